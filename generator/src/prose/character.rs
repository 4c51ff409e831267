//! Kinds of characters.

/// Whether a character is none to show: control characters, and those that change the direction of
/// writing, which rustc refuses in comments.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a character is written as a space.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_invisible(c)
}

/// The text with spaces in place of line breaks and other invisible characters.
pub(super) fn visible_text(text: &str) -> String {
    text.replace(is_invisible, " ")
}
