use std::collections::HashMap;

use super::Pointer;

/// One change that was made to the document after it was read.
#[derive(Clone, Debug)]
pub(crate) enum Edit {
    /// What stands at `to` came from `from` in the text of another file.
    FromFile {
        /// Where it was put.
        to: Pointer,
        /// Which file: 0 is the document, then come the overlays, the names, and all others.
        file: usize,
        /// Where it stands there.
        from: Pointer,
    },
    /// What stands at `to` is a copy of, or was moved from, what stood at `from`.
    FromDocument {
        /// Where it was put.
        to: Pointer,
        /// Where it stood before.
        from: Pointer,
    },
    /// Elements were taken out of `list`: those behind them moved up.
    Removed {
        /// The list.
        list: Pointer,
        /// Their places in it before, in rising order.
        indices: Vec<usize>,
    },
}

impl Edit {
    fn place(&self) -> &Pointer {
        match self {
            Self::FromFile { to, .. } | Self::FromDocument { to, .. } => to,
            Self::Removed { list, .. } => list,
        }
    }
}

/// All changes, in the order in which they were made.
#[derive(Debug, Default)]
pub(super) struct Edits {
    edits: Vec<Edit>,
    /// Which edits were made at a pointer; only looked up, never walked.
    by_place: HashMap<Pointer, Vec<usize>>,
}

impl Edits {
    pub(super) fn push(&mut self, edit: Edit) {
        self.by_place.entry(edit.place().clone()).or_default().push(self.edits.len());
        self.edits.push(edit);
    }

    pub(super) fn len(&self) -> usize {
        self.edits.len()
    }

    /// The file and the place in its text from which came what stood at `pointer` after the first
    /// `count` changes. File 0 is the document.
    pub(super) fn origin(&self, pointer: &Pointer, count: usize) -> (usize, Pointer) {
        let mut pointer = pointer.clone();
        let mut count = count;
        while let Some(last) = self.last_before(&pointer, count) {
            count = last;
            match &self.edits[last] {
                Edit::FromFile { to, file, from } => {
                    let rest = pointer.below(to).unwrap_or_default();
                    return (*file, join_pointer(from, rest));
                }
                Edit::FromDocument { to, from } => {
                    pointer = join_pointer(from, pointer.below(to).unwrap_or_default());
                }
                Edit::Removed { list, indices } => {
                    if let Some(before) = before_removal(&pointer, list, indices) {
                        pointer = before;
                    }
                }
            }
        }
        (0, pointer)
    }

    /// The latest of the first `count` edits that was made at `pointer` or above it.
    fn last_before(&self, pointer: &Pointer, count: usize) -> Option<usize> {
        if count == 0 {
            return None;
        }
        pointer
            .with_ancestors()
            .filter_map(|place| self.by_place.get(&place))
            .filter_map(|edits| edits[..edits.partition_point(|&edit| edit < count)].last())
            .copied()
            .max()
    }
}

fn join_pointer(prefix: &Pointer, rest: &str) -> Pointer {
    Pointer::from_text(format!("{}{rest}", prefix.as_str()))
}

/// The pointer as it was before elements went out of `list`, if that moved it.
fn before_removal(pointer: &Pointer, list: &Pointer, removed: &[usize]) -> Option<Pointer> {
    let rest = pointer.below(list)?.strip_prefix('/')?;
    let (index, tail) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let mut index: usize = index.parse().ok()?;
    for &gone in removed {
        if gone <= index {
            index += 1;
        }
    }
    Some(join_pointer(&list.index(index), tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Pointer {
        Pointer::from_text(text)
    }

    #[test]
    fn leads_back_through_every_change() {
        let mut edits = Edits::default();
        edits.push(Edit::Removed { list: at("/a"), indices: vec![1, 2] });
        edits.push(Edit::FromFile { to: at("/a/2"), file: 1, from: at("/actions/3/update") });
        edits.push(Edit::FromDocument { to: at("/b"), from: at("/a") });
        assert_eq!(edits.origin(&at("/b/0/x"), 3), (0, at("/a/0/x")));
        assert_eq!(edits.origin(&at("/b/1/x"), 3), (0, at("/a/3/x")));
        assert_eq!(edits.origin(&at("/b/2/x"), 3), (1, at("/actions/3/update/x")));
        assert_eq!(edits.origin(&at("/b/2/x"), 2), (0, at("/b/2/x")));
        assert_eq!(edits.origin(&at("/a/1"), 0), (0, at("/a/1")));
        assert_eq!(edits.origin(&at("/aa/1"), 3), (0, at("/aa/1")));
    }
}
