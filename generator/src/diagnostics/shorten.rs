/// The longest message that is printed as it is, in bytes.
const LONGEST: usize = 400;

/// How much is left of a name of the document in a longer one, in characters.
const LONGEST_NAME: usize = 80;

/// How much is left of a message whose names are no longer the reason, in characters.
const LONGEST_SHORTENED: usize = 1_000;

/// A message on one line, and with what it quotes of the document cut where that is very
/// long: a reference may have a million letters.
pub(super) fn shorten_message(message: String) -> String {
    let one_line = !message.contains(ends_line);
    if one_line && message.len() <= LONGEST {
        return message;
    }
    let message = message.replace(ends_line, " ");
    if message.len() <= LONGEST {
        return message;
    }
    let parts: Vec<String> = message.split('`').map(|part| cut_text(part, LONGEST_NAME)).collect();
    cut_text(&parts.join("`"), LONGEST_SHORTENED)
}

fn ends_line(letter: char) -> bool {
    matches!(letter, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn cut_text(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_is_cut_and_the_sentence_stays() {
        let message = format!("the reference `{}` leads to nothing", "a".repeat(1_000_000));
        let expected = format!("the reference `{}…` leads to nothing", "a".repeat(80));
        assert_eq!(shorten_message(message), expected);
        assert!(shorten_message("`a".repeat(100_000)).len() <= 4 * LONGEST_SHORTENED);
        assert_eq!(shorten_message("`a\n\rb` is taken".to_owned()), "`a  b` is taken");
        let ordinary = "there is no security scheme `größe`".to_owned();
        assert_eq!(shorten_message(ordinary.clone()), ordinary);
    }
}
