//! How parameters are written: the styles of OpenAPI, which are those of RFC 6570, section 3.2.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// How a path parameter is written; `Exploded` is OpenAPI's `explode: true`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathStyle {
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
    /// JSON text.
    Json,
}

/// How a query parameter, a cookie or a form field is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryStyle {
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
    /// `color=` and JSON text.
    Json,
}

/// How a header parameter is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderStyle {
    /// `blue,black`, `R,100,G,200`.
    Simple,
    /// `blue,black`, `R=100,G=200`.
    SimpleExploded,
    /// JSON text.
    Json,
}

/// RFC 3986's unreserved characters stay, all others are escaped.
const STRICT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The reserved characters that a query can hold (not `#`, `[`, `]`) stay too.
const RESERVED: &AsciiSet = &STRICT
    .remove(b':')
    .remove(b'/')
    .remove(b'?')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

type Escape = fn(&str) -> String;

pub(crate) fn strict(text: &str) -> String {
    utf8_percent_encode(text, STRICT).to_string()
}

pub(crate) fn reserved(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// The text that stands for a path parameter; `None` if there is no value.
pub(crate) fn path(name: &str, value: &Value, style: PathStyle) -> Option<String> {
    use PathStyle as Style;
    if style == Style::Json {
        return Some(strict(&value.to_string()));
    }
    let value = Flat::new(value, strict)?;
    let name = strict(name);
    Some(match style {
        Style::Simple | Style::Json => value.expand(None, ",", None),
        Style::SimpleExploded => value.expand(None, ",", Some(",")),
        Style::Label => format!(".{}", value.expand(None, ",", None)),
        Style::LabelExploded => format!(".{}", value.expand(None, ",", Some("."))),
        Style::Matrix => format!(";{}", value.expand(Some((&name, "")), ",", None)),
        Style::MatrixExploded => format!(";{}", value.expand(Some((&name, "")), ",", Some(";"))),
    })
}

/// `name=value` pairs with `separator` between them; `None` if there is no value.
pub(crate) fn query(
    name: &str,
    value: &Value,
    style: QueryStyle,
    escape: Escape,
    separator: &str,
) -> Option<String> {
    let name = strict(name);
    let (join, explode) = match style {
        QueryStyle::Form => (",", None),
        QueryStyle::FormExploded => (",", Some(separator)),
        QueryStyle::SpaceDelimited => ("%20", None),
        QueryStyle::PipeDelimited => ("%7C", None),
        QueryStyle::DeepObject => {
            let mut pairs = Vec::new();
            deep(&name, value, escape, &mut pairs);
            return (!pairs.is_empty()).then(|| pairs.join(separator));
        }
        QueryStyle::Json => return Some(format!("{name}={}", escape(&value.to_string()))),
    };
    Some(Flat::new(value, escape)?.expand(Some((&name, "=")), join, explode))
}

/// A header's value; `None` if there is no value.
pub(crate) fn header(value: &Value, style: HeaderStyle) -> Option<String> {
    let explode = match style {
        HeaderStyle::Simple => None,
        HeaderStyle::SimpleExploded => Some(","),
        HeaderStyle::Json => return Some(value.to_string()),
    };
    Some(Flat::new(value, str::to_owned)?.expand(None, ",", explode))
}

fn deep(name: &str, value: &Value, escape: Escape, pairs: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                deep(&format!("{name}%5B{}%5D", strict(key)), value, escape, pairs);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                deep(&format!("{name}%5B{index}%5D"), value, escape, pairs);
            }
        }
        value => pairs.extend(scalar(value, escape).map(|text| format!("{name}={text}"))),
    }
}

/// A value as RFC 6570 knows it, escaped: what is nested deeper is JSON text.
enum Flat {
    One(String),
    List(Vec<String>),
    Pairs(Vec<(String, String)>),
}

impl Flat {
    /// `None` for what RFC 6570 calls undefined: null, an empty list, an empty object.
    fn new(value: &Value, escape: Escape) -> Option<Self> {
        match value {
            Value::Array(items) => {
                let items: Vec<_> = items.iter().filter_map(|v| scalar(v, escape)).collect();
                (!items.is_empty()).then_some(Self::List(items))
            }
            Value::Object(members) => {
                let pair = |(k, v): (&String, _)| Some((escape(k), scalar(v, escape)?));
                let pairs: Vec<_> = members.iter().filter_map(pair).collect();
                (!pairs.is_empty()).then_some(Self::Pairs(pairs))
            }
            value => scalar(value, escape).map(Self::One),
        }
    }

    /// `name` comes with what stands between it and an empty value; `explode` is what stands
    /// between exploded items, `join` between others.
    fn expand(&self, name: Option<(&str, &str)>, join: &str, explode: Option<&str>) -> String {
        let named = |value: &str| match name {
            None => value.to_owned(),
            Some((name, empty)) if value.is_empty() => format!("{name}{empty}"),
            Some((name, _)) => format!("{name}={value}"),
        };
        match (self, explode) {
            (Self::One(value), _) => named(value),
            (Self::List(items), None) => named(&items.join(join)),
            (Self::List(items), Some(separator)) => {
                items.iter().map(|item| named(item)).collect::<Vec<_>>().join(separator)
            }
            (Self::Pairs(pairs), None) => {
                let pair = |(key, value): &(String, String)| format!("{key}{join}{value}");
                named(&pairs.iter().map(pair).collect::<Vec<_>>().join(join))
            }
            (Self::Pairs(pairs), Some(separator)) => {
                let empty = name.map_or("=", |(_, empty)| empty);
                let pair = |(key, value): &(String, String)| match value.as_str() {
                    "" => format!("{key}{empty}"),
                    value => format!("{key}={value}"),
                };
                pairs.iter().map(pair).collect::<Vec<_>>().join(separator)
            }
        }
    }
}

fn scalar(value: &Value, escape: Escape) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(escape(text)),
        value => Some(escape(&value.to_string())),
    }
}
