//! Names in Box: which it accepts, which it treats as one, and how others are encoded.

use std::ffi::{OsStr, OsString};

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Maximum length, in characters.
const MAX_LENGTH: usize = 255;

/// Returns the name in Box of a local file or folder, or says why Box refuses it.
pub(crate) fn choose_name(local: &OsStr, encode: bool) -> Result<String, &'static str> {
    let name = if encode {
        encode_name(local)
    } else {
        local.to_str().ok_or("it is not valid UTF-8")?.to_owned()
    };
    check_name(&name)?;
    Ok(name)
}

/// Checks a name by Box's documented rules.
fn check_name(name: &str) -> Result<(), &'static str> {
    if name.chars().count() > MAX_LENGTH {
        Err("it is longer than 255 characters")
    } else if matches!(name, "" | "." | "..") {
        Err("it is reserved")
    } else if name.starts_with(' ') || name.ends_with(' ') {
        Err("it starts or ends with a space")
    } else if name.contains(['/', '\\']) {
        Err("it contains a slash or backslash")
    } else if name.contains(|c: char| c.is_ascii_control()) {
        Err("it contains a control character")
    } else {
        Ok(())
    }
}

/// Replaces what Box refuses by `%` and two hexadecimal digits for each byte. So is `%` itself
/// where two such digits follow it, which makes the encoding reversible.
fn encode_name(local: &OsStr) -> String {
    let bytes = local.as_encoded_bytes();
    let last = bytes.len().saturating_sub(1);
    let is_reserved = matches!(bytes, b"." | b"..");
    let mut name = String::with_capacity(bytes.len());
    let mut position = 0;
    for chunk in bytes.utf8_chunks() {
        for (offset, c) in chunk.valid().char_indices() {
            let at = position + offset;
            let refused = match c {
                '/' | '\\' => true,
                ' ' => at == 0 || at == last,
                '.' => is_reserved,
                '%' => bytes.get(at + 1..at + 3).is_some_and(is_hexadecimal),
                c => c.is_ascii_control(),
            };
            if refused { push_encoded(&mut name, c as u8) } else { name.push(c) }
        }
        chunk.invalid().iter().for_each(|byte| push_encoded(&mut name, *byte));
        position += chunk.valid().len() + chunk.invalid().len();
    }
    name
}

fn is_hexadecimal(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_hexdigit)
}

fn push_encoded(name: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    name.push('%');
    for digit in [byte >> 4, byte & 15] {
        name.push(char::from(DIGITS[usize::from(digit)]));
    }
}

/// The local name that [`encode_name`] has encoded; `None` if there can be none on this system.
pub(crate) fn decode_name(name: &str) -> Option<OsString> {
    let mut rest = name.as_bytes();
    let mut bytes = Vec::with_capacity(rest.len());
    while let Some((first, tail)) = rest.split_first() {
        let digits = tail.get(..2).filter(|digits| *first == b'%' && is_hexadecimal(digits));
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        rest = tail.get(if byte.is_some() { 2 } else { 0 }..).unwrap_or_default();
        bytes.push(byte.unwrap_or(*first));
    }
    from_bytes(bytes)
}

#[cfg(unix)]
fn from_bytes(bytes: Vec<u8>) -> Option<OsString> {
    Some(std::os::unix::ffi::OsStringExt::from_vec(bytes))
}

#[cfg(not(unix))]
fn from_bytes(bytes: Vec<u8>) -> Option<OsString> {
    String::from_utf8(bytes).ok().map(OsString::from)
}

/// Folds a name or a path, so that those that are one in Box are equal: it ignores case. Composed
/// and decomposed characters count as equal, too, because some file systems change one to the
/// other.
///
/// ```
/// use box_uploader::fold_name;
///
/// assert_eq!(fold_name("Films/A\u{308}rger.mov"), fold_name("films/\u{c4}RGER.MOV"));
/// ```
#[must_use]
pub fn fold_name(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    let lower = name.to_lowercase();
    if is_nfc(&lower) { lower } else { lower.nfc().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        let choose = |name: &str| choose_name(OsStr::new(name), false);
        assert_eq!(choose("Übung 1.mov").unwrap(), "Übung 1.mov");
        assert!(choose(&"ä".repeat(255)).is_ok());
        for name in ["", ".", "..", " a", "a ", "a\\b", "a\nb", "a\u{7f}", &"ä".repeat(256)] {
            assert!(choose(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn encoded_names_are_accepted_and_decode_to_the_local_ones() {
        for (name, expected) in [
            ("plain ä.txt", "plain ä.txt"),
            (" a ", "%20a%20"),
            ("a\\b\n", "a%5Cb%0A"),
            (".", "%2E"),
            ("..", "%2E%2E"),
            ("100%", "100%"),
            ("100%.txt", "100%.txt"),
            ("%41", "%2541"),
            ("% 1", "% 1"),
            (" ", "%20"),
        ] {
            let encoded = choose_name(OsStr::new(name), true).unwrap();
            assert_eq!((&*encoded, decode_name(&encoded)), (expected, Some(name.into())));
        }
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_not_utf8_can_be_encoded() {
        use std::os::unix::ffi::OsStrExt;
        let name = OsStr::from_bytes(b"\xffa%4\xe41");
        assert!(choose_name(name, false).is_err());
        let encoded = choose_name(name, true).unwrap();
        assert_eq!((&*encoded, decode_name(&encoded)), ("%FFa%4%E41", Some(name.to_owned())));
    }

    #[test]
    fn names_that_are_one_in_box_are_folded_to_one() {
        assert_eq!(fold_name("A.TXT"), fold_name("a.txt"));
        assert_eq!(fold_name("Ärger"), fold_name("A\u{308}rger"));
        assert_ne!(fold_name("a"), fold_name("ä"));
    }
}
