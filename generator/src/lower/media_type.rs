//! Media types: how what has one is written.

/// How a media type is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Format {
    Json,
    Form,
    Multipart,
    Events,
    /// JSON values, one a line.
    Lines,
    /// JSON values, each behind a record separator (RFC 7464).
    Records,
    Text,
    Bytes,
    /// Nothing tells: the schema decides.
    Any,
}

/// How a media type is written, by its name (RFC 6838, structured suffixes of RFC 6839).
pub(crate) fn media_type_format(media: &str) -> Format {
    let essence = media.split(';').next().unwrap_or(media).trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/x-www-form-urlencoded" => Format::Form,
        "text/event-stream" => Format::Events,
        other if other.ends_with("json-seq") => Format::Records,
        other if LINES.contains(&other) => Format::Lines,
        "application/json" | "text/json" => Format::Json,
        "application/octet-stream" | "application/cbor" => Format::Bytes,
        "application/xml"
        | "application/yaml"
        | "application/x-yaml"
        | "application/graphql"
        | "application/jwt" => Format::Text,
        "*/*" | "application/*" => Format::Any,
        other if other.ends_with("json") => Format::Json,
        other
            if other.ends_with("+xml")
                || other.ends_with("+yaml")
                || other.starts_with("text/") =>
        {
            Format::Text
        }
        other if ["protobuf", "msgpack", "+cbor"].iter().any(|binary| other.ends_with(binary)) => {
            Format::Bytes
        }
        other if other.starts_with("multipart/") => Format::Multipart,
        other
            if ["image/", "audio/", "video/", "font/"]
                .iter()
                .any(|class| other.starts_with(class)) =>
        {
            Format::Bytes
        }
        _ => Format::Any,
    }
}

/// The names of JSON values that stand one a line. None of them is registered.
const LINES: &[&str] = &[
    "application/x-ndjson",
    "application/ndjson",
    "application/jsonl",
    "application/x-jsonl",
    "application/jsonlines",
    "application/x-jsonlines",
    "application/json-lines",
    "application/x-json-stream",
    "application/stream+json",
    "text/jsonl",
];

/// The media type that a part is written in, where several may be listed (`text/plain, application/json`): the first that
/// is JSON if `prefers_json`, or else the first that is no range.
pub(crate) fn part_media_type(list: &str, prefers_json: bool) -> Option<&str> {
    let listed = || list.split(',').map(str::trim).filter(|one| !one.contains('*'));
    listed().find(|one| prefers_json && is_json(one)).or_else(|| listed().next())
}

/// Whether a media type is a sequence of JSON values.
pub(crate) fn is_sequence(media: &str) -> bool {
    matches!(media_type_format(media), Format::Lines | Format::Records)
}

/// Whether a media type is JSON.
pub(crate) fn is_json(media: &str) -> bool {
    media_type_format(media) == Format::Json
}

/// What a media type is called in the name of a type.
pub(crate) fn variant_name(media: &str) -> &str {
    match media_type_format(media) {
        Format::Json => match media.split(';').next().unwrap_or(media) {
            "application/json" | "text/json" => "Json",
            other => other.rsplit('/').next().unwrap_or(other),
        },
        Format::Form => "Form",
        Format::Multipart => "Multipart",
        Format::Bytes if media == "application/octet-stream" => "Bytes",
        _ if media == "text/plain" => "Text",
        _ if media.contains("xml") => "Xml",
        _ if media.contains('*') => "Any",
        _ => media.split(';').next().unwrap_or(media).rsplit('/').next().unwrap_or(media),
    }
}
