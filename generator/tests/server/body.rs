//! Bodies, read by their media type: OpenAPI 3.0.3, Media Type Object and Encoding Object.

use serde_json::{Map, Value};

use super::Sent;
use super::document::Document;
use super::style::{Pairs, Parameter, is_json, pairs};

/// What a body says; null if there is none.
pub(super) fn read(document: &Document, body: &Value, sent: &Sent) -> Result<Value, String> {
    let Some(content_type) = sent.header("content-type") else {
        let missing = body["required"] == true || !sent.body.is_empty();
        return if missing { Err("no content type".to_owned()) } else { Ok(Value::Null) };
    };
    let contents = body["content"].as_object().ok_or("a body that is not described")?;
    let essence = essence(content_type);
    let content = contents.iter().find(|(media, _)| self::essence(media) == essence);
    let content =
        content.or_else(|| contents.iter().find(|(media, _)| is_in_range(media, &essence)));
    let (_, content) = content.ok_or_else(|| format!("`{content_type}` is not described"))?;
    let schema = document.follow(&content["schema"]);
    let text = || String::from_utf8(sent.body.clone()).map_err(|error| error.to_string());
    match &*essence {
        "application/x-www-form-urlencoded" => {
            fields(document, schema, &content["encoding"], &pairs(&text()?))
        }
        multipart if multipart.starts_with("multipart/") => {
            let parts = parts(content_type, &sent.body)?;
            multipart_fields(document, schema, &content["encoding"], &parts)
        }
        json if is_json(json) => serde_json::from_str(&text()?).map_err(|error| error.to_string()),
        _ => Ok(as_text(&sent.body).into()),
    }
}

/// Bytes as text: where they are not UTF-8, each as a character.
fn as_text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}

/// Whether a media type is in a range: `image/*` or `*/*`.
fn is_in_range(range: &str, essence: &str) -> bool {
    let range = self::essence(range);
    range == "*/*" || range.strip_suffix('*').is_some_and(|start| essence.starts_with(start))
}

fn essence(media: &str) -> String {
    media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn fields(
    document: &Document,
    schema: &Value,
    encoding: &Value,
    sent: &Pairs,
) -> Result<Value, String> {
    let mut read = Map::new();
    let mut known = Vec::new();
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        let field = Parameter::field(document, name, schema, &encoding[name]);
        known.extend(field.names(sent));
        if let Some(value) = field.read(sent)? {
            read.insert(name.clone(), value);
        }
    }
    let stranger = sent.iter().find(|(name, _)| !known.contains(name));
    require(schema, &read)?;
    match stranger {
        Some((name, _)) => Err(format!("the field {name} is not described")),
        None => Ok(Value::from(read)),
    }
}

fn require(schema: &Value, read: &Map<String, Value>) -> Result<(), String> {
    let mut required =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    match required.find(|name| !read.contains_key(*name)) {
        Some(name) => Err(format!("the field {name} is missing")),
        None => Ok(()),
    }
}

/// A part of a multipart body.
struct Part {
    name: String,
    content_type: Option<String>,
    content: String,
}

/// RFC 2046, section 5.1.1, and RFC 7578, section 4.
fn parts(content_type: &str, body: &[u8]) -> Result<Vec<Part>, String> {
    let boundary = content_type.split("boundary=").nth(1).ok_or("no boundary")?;
    let boundary = boundary.split(';').next().unwrap_or_default().trim_matches('"');
    let mut rest = body.strip_prefix(format!("--{boundary}").as_bytes()).ok_or("no start")?;
    let mut parts = Vec::new();
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let (head, content) = split_at(part, b"\r\n\r\n").ok_or("no head")?;
        let head = as_text(head);
        let header = |name: &str| {
            let lines = head.split("\r\n").filter_map(|line| line.split_once(": "));
            let mut own = lines.filter(|(other, _)| other.eq_ignore_ascii_case(name));
            own.next().map(|(_, value)| value.to_owned())
        };
        let disposition = header("content-disposition").ok_or("no disposition")?;
        let name = disposition.split("; name=\"").nth(1).ok_or("no name")?;
        let name = name.split('"').next().unwrap_or_default();
        // HTML, section 4.10.21.8.
        let name = name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n");
        let end = format!("\r\n--{boundary}");
        let (content, after) = split_at(content, end.as_bytes()).ok_or("no end of a part")?;
        let content_type = header("content-type");
        parts.push(Part { name, content_type, content: as_text(content) });
        rest = after;
    }
    rest.strip_prefix(b"--").map(|_| parts).ok_or_else(|| "no end".to_owned())
}

fn split_at<'b>(bytes: &'b [u8], separator: &[u8]) -> Option<(&'b [u8], &'b [u8])> {
    let at = bytes.windows(separator.len()).position(|window| window == separator)?;
    Some((&bytes[..at], &bytes[at + separator.len()..]))
}

fn multipart_fields(
    document: &Document,
    schema: &Value,
    encoding: &Value,
    parts: &[Part],
) -> Result<Value, String> {
    let mut read = Map::new();
    for part in parts {
        let name = &part.name;
        let described = document.member(schema, name);
        if described.is_null() {
            return Err(format!("the part {name} is not described"));
        }
        let is_list = described["type"] == "array";
        let one = if is_list { document.follow(&described["items"]) } else { described };
        let said = encoding[name]["contentType"].as_str().map(str::to_owned);
        let usual = match (one["type"].as_str(), one["format"].as_str()) {
            (Some("object"), _) => Some("application/json".to_owned()),
            _ => None,
        };
        let wanted = said.or(usual);
        if wanted.is_some() && part.content_type != wanted {
            return Err(format!("the part {name} is {:?}", part.content_type));
        }
        let value = match wanted.as_deref() {
            Some(media) if is_json(media) => {
                serde_json::from_str(&part.content).map_err(|error| error.to_string())?
            }
            _ => document.typed(one, &part.content)?,
        };
        if !is_list && read.contains_key(name) {
            return Err(format!("the part {name} is there twice"));
        }
        match read.entry(name.clone()).or_insert_with(|| Value::from(Vec::<Value>::new())) {
            Value::Array(list) if is_list => list.push(value),
            place => *place = value,
        }
    }
    require(schema, &read)?;
    Ok(Value::from(read))
}
