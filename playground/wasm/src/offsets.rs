use std::ops::Range;

/// From bytes of a text to what JavaScript counts: units of UTF-16.
pub(crate) struct Offsets<'t> {
    text: &'t str,
    /// A byte for every so many, with its offset in UTF-16; none where both are the same.
    known: Vec<(usize, usize)>,
}

/// How many bytes are counted at most to find an offset.
const STEP: usize = 1024;

impl<'t> Offsets<'t> {
    pub(crate) fn of(text: &'t str) -> Self {
        let mut known = Vec::new();
        if !text.is_ascii() {
            let mut units = 0;
            for (at, letter) in text.char_indices() {
                if known.last().is_none_or(|(last, _)| at >= last + STEP) {
                    known.push((at, units));
                }
                units += letter.len_utf16();
            }
        }
        Self { text, known }
    }

    fn utf16_offset(&self, at: usize) -> usize {
        let next = self.known.partition_point(|(known, _)| *known <= at);
        let Some((from, units)) = next.checked_sub(1).map(|last| self.known[last]) else {
            return at;
        };
        let between = self.text.get(from..at).unwrap_or_default();
        units + between.encode_utf16().count()
    }

    /// Both ends of a range of bytes.
    pub(crate) fn range(&self, range: &Range<usize>) -> [usize; 2] {
        [self.utf16_offset(range.start), self.utf16_offset(range.end)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_as_javascript_does() {
        let text = "aé😀b".repeat(STEP);
        let offsets = Offsets::of(&text);
        let places = (0..=text.len()).filter(|at| text.is_char_boundary(*at));
        for at in places {
            let units = text[..at].encode_utf16().count();
            assert_eq!(offsets.range(&(at..at)), [units, units]);
        }
        assert_eq!(Offsets::of("plain").range(&(1..4)), [1, 4]);
    }
}
