//! Rust names from whatever the document calls things.

use std::borrow::Cow;

use heck::{ToSnakeCase, ToUpperCamelCase};

use crate::model::{TypeName, ValueName};

/// No name is longer, and so no line of a file that holds one, and no file that is named after one.
pub(crate) const LONGEST: usize = 60;

/// Words with a capital inside that is no start of another word.
const ONE_WORD: &[(&str, &str)] =
    &[("OAuth", "Oauth"), ("IPv", "Ipv"), ("IDs", "Ids"), ("URLs", "Urls"), ("GitHub", "Github")];

/// Keywords that cannot be written raw.
const NEVER_RAW: &[&str] = &["self", "super", "crate"];

/// The Pascal-case identifier for a text; `fallback` where the text has nothing to offer.
pub(crate) fn type_name(text: &str, fallback: &str) -> TypeName {
    let words = split_words(text).to_upper_camel_case();
    let name = match words.chars().next() {
        None => fallback.to_owned(),
        Some(first) if first.is_ascii_digit() => format!("N{words}"),
        Some(_) => words,
    };
    TypeName(if name == "Self" { "SelfValue".to_owned() } else { name })
}

/// The snake-case identifier for a text; `fallback` where the text has nothing to offer.
pub(crate) fn value_name(text: &str, fallback: &str) -> ValueName {
    let words = split_words(text).to_snake_case();
    let name = match words.chars().next() {
        None => fallback.to_owned(),
        Some(first) if first.is_ascii_digit() => format!("n{words}"),
        Some(_) => words,
    };
    ValueName(if NEVER_RAW.contains(&name.as_str()) { format!("{name}_") } else { name })
}

/// The text in ASCII letters and digits, other characters as separators; a sign before a
/// digit, a comparison at the end, and symbols that stand alone, as words.
fn split_words(text: &str) -> String {
    let mut ascii = deunicode::deunicode_with_tofu(text, " ");
    for (inner, one) in ONE_WORD {
        if ascii.contains(inner) {
            ascii = ascii.replace(inner, one);
        }
    }
    for (symbol, spelled) in [('<', " less"), ('>', " greater")] {
        if let Some(bound) = ascii.strip_suffix(symbol).filter(|bound| !bound.is_empty()) {
            ascii = format!("{bound}{spelled}");
        }
    }
    let spelled = match ascii.strip_prefix(['+', '-']) {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => {
            format!("{} {rest}", if ascii.starts_with('+') { "plus" } else { "minus" })
        }
        _ if ascii.contains(|c: char| c.is_ascii_alphanumeric()) => ascii,
        _ => ascii.chars().map(symbol_name).collect(),
    };
    let mut words = String::with_capacity(spelled.len());
    let mut rest = spelled.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '+' if rest.peek().is_some_and(char::is_ascii_digit) => words.push_str(" plus "),
            _ if c.is_ascii_alphanumeric() => words.push(c),
            _ => words.push(' '),
        }
    }
    words
}

/// What a symbol is called.
fn symbol_name(symbol: char) -> &'static str {
    match symbol {
        '+' => "plus ",
        '-' => "minus ",
        '*' => "star ",
        '/' => "slash ",
        '=' => "equal ",
        '<' => "less ",
        '>' => "greater ",
        '!' => "not ",
        '~' => "tilde ",
        '^' => "caret ",
        '&' => "and ",
        '|' => "or ",
        '%' => "percent ",
        '$' => "dollar ",
        '#' => "hash ",
        '@' => "at ",
        '.' => "dot ",
        '?' => "question ",
        ':' => "colon ",
        _ => " ",
    }
}

/// The type name for a part of a named thing: words that both share stand once.
pub(crate) fn child_name(parent: &str, part: &str) -> String {
    let part = type_name(part, "Value").0;
    let parents = pascal_words(parent);
    let parts = pascal_words(&part);
    let shared = (1..=parents.len().min(parts.len().saturating_sub(1)))
        .rev()
        .find(|&n| parents[parents.len() - n..] == parts[..n])
        .unwrap_or(0);
    cut_name(&format!("{parent}{}", parts[shared..].concat()), LONGEST).into_owned()
}

/// The type name for an element of a named list.
pub(crate) fn element_name(list: &str) -> String {
    let stem = |end: &str| list.strip_suffix(end).filter(|stem| stem.len() > 2);
    if let Some(stem) = stem("ies") {
        return format!("{stem}y");
    }
    if let Some(stem) = ["sses", "xes", "ches", "shes"]
        .iter()
        .find_map(|end| stem(&end[end.len() - 2..]).filter(|_| list.ends_with(end)))
    {
        return stem.to_owned();
    }
    match stem("s") {
        Some(stem) if !stem.ends_with(['s', 'u', 'i']) => stem.to_owned(),
        _ => format!("{list}Item"),
    }
}

fn pascal_words(name: &str) -> Vec<&str> {
    let mut starts: Vec<usize> = name
        .char_indices()
        .filter(|&(at, c)| at == 0 || c.is_ascii_uppercase())
        .map(|(at, _)| at)
        .collect();
    starts.push(name.len());
    starts.windows(2).map(|pair| &name[pair[0]..pair[1]]).collect()
}

/// A name of at most so many letters: words are left out of its middle, because the first ones say
/// where it belongs and the last ones what it is.
pub(crate) fn cut_name(name: &str, longest: usize) -> Cow<'_, str> {
    if name.len() <= longest {
        return Cow::Borrowed(name);
    }
    // Where words begin, with the underline in front of them.
    let begins = |(at, c): &(usize, char)| *at > 0 && (*c == '_' || c.is_ascii_uppercase());
    let tail = name.char_indices().filter(begins).map(|(at, _)| at);
    let tail = tail.clone().find(|at| name.len() - at <= longest / 2).unwrap_or(name.len());
    let room = longest - (name.len() - tail);
    let ends = name.char_indices().filter(begins).map(|(at, _)| at);
    let head = ends.take_while(|at| *at <= room).last();
    // A word without an end has no better place than this one.
    let head = head.filter(|head| *head > room / 2).unwrap_or(room);
    let cut = format!("{}{}", &name[..head], &name[tail..]);
    Cow::Owned(cut.trim_end_matches('_').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_identifiers_whatever_the_text() {
        for (text, pascal, snake) in [
            ("File--Full", "FileFull", "file_full"),
            ("$typeVersion", "TypeVersion", "type_version"),
            ("3d_secure", "N3dSecure", "n3d_secure"),
            ("+1", "Plus1", "plus_1"),
            ("-1", "Minus1", "minus_1"),
            (">=", "GreaterEqual", "greater_equal"),
            ("", "Fallback", "fallback"),
            ("  ", "Fallback", "fallback"),
            ("Etc/GMT+3", "EtcGmtPlus3", "etc_gmt_plus_3"),
            ("Etc/GMT-3", "EtcGmt3", "etc_gmt_3"),
            ("EndTime>", "EndTimeGreater", "end_time_greater"),
            ("größe", "Grosse", "grosse"),
            ("self", "SelfValue", "self_"),
            ("type", "Type", "type"),
            ("OAuth2Security", "Oauth2Security", "oauth2_security"),
            ("HTTPStatus", "HttpStatus", "http_status"),
            ("a\"]b\n#[x]", "ABX", "a_b_x"),
        ] {
            assert_eq!(type_name(text, "Fallback").0, pascal, "{text:?}");
            assert_eq!(value_name(text, "fallback").0, snake, "{text:?}");
        }
    }

    #[test]
    fn parts_do_not_repeat_their_parent() {
        assert_eq!(child_name("UploadSession", "session_endpoints"), "UploadSessionEndpoints");
        assert_eq!(child_name("FileFull", "lock"), "FileFullLock");
        assert_eq!(child_name("File", "file"), "FileFile");
    }

    #[test]
    fn elements_are_singular() {
        for (list, element) in [
            ("Entries", "Entry"),
            ("Boxes", "Box"),
            ("Parts", "Part"),
            ("Status", "StatusItem"),
            ("Data", "DataItem"),
        ] {
            assert_eq!(element_name(list), element);
        }
    }
}
