//! How parameters are written: the styles of OpenAPI, which are those of RFC 6570, section 3.2.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// How a parameter is serialized. `Exploded` is OpenAPI's `explode: true`.
#[derive(Clone, Copy, Debug)]
pub enum Style {
    /// `blue,black`, `R,100,G,200`.
    Simple,
    /// `blue,black`, `R=100,G=200`.
    SimpleExploded,
    /// `.blue,black`, `.R,100,G,200`.
    Label,
    /// `.blue.black`, `.R=100.G=200`.
    LabelExploded,
    /// `;color=blue,black`, `;color=R,100,G,200`.
    Matrix,
    /// `;color=blue;color=black`, `;R=100;G=200`.
    MatrixExploded,
    /// `color=blue,black`, `color=R,100,G,200`.
    Form,
    /// `color=blue&color=black`, `R=100&G=200`.
    FormExploded,
    /// `color=blue%20black`, `color=R%20100%20G%20200`.
    SpaceDelimited,
    /// `color=blue%7Cblack`, `color=R%7C100%7CG%7C200`.
    PipeDelimited,
    /// `color%5BR%5D=100&color%5BG%5D=200`, nested as deep as the value.
    DeepObject,
    /// JSON text.
    Json,
    /// `color=` and JSON text.
    NamedJson,
}

/// RFC 3986's unreserved characters stay, all others are escaped.
const STRICT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The reserved characters that stay too where they may. `#`, `[` and `]` stand in no query.
const RESERVED: &[char] =
    &[':', '/', '?', '@', '!', '$', '&', '\'', '(', ')', '*', '+', ',', ';', '='];

pub(crate) fn strict(text: &str) -> String {
    utf8_percent_encode(text, STRICT).to_string()
}

/// As RFC 6570's reserved expansion: what is escaped already stays so.
pub(crate) fn reserved(text: &str) -> String {
    let mut escaped = String::new();
    let mut rest = text.chars();
    while let Some(next) = rest.next() {
        if RESERVED.contains(&next) || (next == '%' && starts_with_hex_pair(rest.as_str())) {
            escaped.push(next);
        } else {
            escaped.push_str(&strict(next.encode_utf8(&mut [0; 4])));
        }
    }
    escaped
}

fn starts_with_hex_pair(text: &str) -> bool {
    text.as_bytes().get(..2).is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit))
}

/// A parameter in its style, from JSON text without white space, which unlike a [`Value`] has its
/// members in their order; `None` if there is no value.
///
/// [`Value`]: serde_json::Value
pub(crate) fn expand(
    name: &str,
    json: &str,
    style: Style,
    escape: fn(&str) -> String,
) -> Option<String> {
    // What stands first, between items, and between exploded items; and for a style that names
    // the parameter, what stands between a name and an empty value.
    let (first, comma, explode, named) = match style {
        Style::Simple | Style::Json => ("", ",", None, None),
        Style::SimpleExploded => ("", ",", Some(","), None),
        Style::Label => (".", ",", None, None),
        Style::LabelExploded => (".", ",", Some("."), None),
        Style::Matrix => (";", ",", None, Some("")),
        Style::MatrixExploded => (";", ",", Some(";"), Some("")),
        Style::Form | Style::NamedJson => ("", ",", None, Some("=")),
        Style::FormExploded | Style::DeepObject => ("", ",", Some("&"), Some("=")),
        Style::SpaceDelimited => ("", "%20", None, Some("=")),
        Style::PipeDelimited => ("", "%7C", None, Some("=")),
    };
    let mut items = Vec::new();
    match style {
        Style::Json | Style::NamedJson => items.push((None, escape(json))),
        Style::DeepObject => deep(strict(name), json, escape, &mut items),
        _ => flat(json, escape, &mut items),
    }
    let pair = |name: &str, value: &str| match (named, value) {
        (Some(empty), "") => format!("{name}{empty}"),
        _ => format!("{name}={value}"),
    };
    let own = |value: &str| named.map_or(value.to_owned(), |_| pair(&strict(name), value));
    let each = |(key, value): &(Option<String>, String)| match (key, explode) {
        (Some(key), Some(_)) => pair(key, value),
        (Some(key), None) => format!("{key}{comma}{value}"),
        (None, Some(_)) => own(value),
        (None, None) => value.clone(),
    };
    let text = items.iter().map(each).collect::<Vec<_>>().join(explode.unwrap_or(comma));
    let text = if explode.is_none() { own(&text) } else { text };
    (!items.is_empty()).then(|| format!("{first}{text}"))
}

type Items = Vec<(Option<String>, String)>;

/// Lists and objects one level deep; what is nested deeper is JSON text.
fn flat(json: &str, escape: fn(&str) -> String, items: &mut Items) {
    let parts = if json.starts_with(['[', '{']) { members(json) } else { vec![(None, json)] };
    for (key, json) in parts {
        items.extend(plain(json).map(|text| (key.map(|key| escape(&key)), escape(&text))));
    }
}

fn deep(name: String, json: &str, escape: fn(&str) -> String, items: &mut Items) {
    if !json.starts_with(['[', '{']) {
        items.extend(plain(json).map(|text| (Some(name), escape(&text))));
        return;
    }
    for (index, (key, json)) in members(json).into_iter().enumerate() {
        let key = key.unwrap_or_else(|| index.to_string());
        deep(format!("{name}%5B{}%5D", strict(&key)), json, escape, items);
    }
}

/// The text of a JSON string; any other value as it is, but null.
pub(crate) fn plain(json: &str) -> Option<String> {
    match json {
        "null" => None,
        json if json.starts_with('"') => serde_json::from_str(json).ok(),
        json => Some(json.to_owned()),
    }
}

/// The members of a JSON object with their names, or the elements of an array.
pub(crate) fn members(json: &str) -> Vec<(Option<String>, &str)> {
    let mut found = Vec::new();
    let mut depth = 0;
    let mut start = 1;
    let mut key = None;
    let mut quoted = false;
    let mut escaped = false;
    for (at, byte) in json.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => depth += 1,
            b':' if depth == 1 => {
                key = serde_json::from_str(&json[start..at]).ok();
                start = at + 1;
            }
            b',' | b'}' | b']' if depth == 1 => {
                if start < at {
                    found.push((key.take(), &json[start..at]));
                }
                start = at + 1;
            }
            b'}' | b']' => depth -= 1,
            _ => {}
        }
    }
    found
}
