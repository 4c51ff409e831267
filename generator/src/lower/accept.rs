//! The media types that an operation's responses are requested in.

use std::collections::BTreeSet;

use crate::model::{Payload, Response};

/// The most media types that a header names: servers refuse long headers.
const MOST: usize = 40;

/// The `Accept` header of an operation (RFC 9110, section 12.5.1): the media types of its responses
/// that can be read, JSON before text before bytes, and behind them those of its errors.
pub(crate) fn accept_header(successes: &[Response], errors: &[Response]) -> String {
    let mut wanted: Vec<String> = Vec::new();
    let mut other: Vec<String> = Vec::new();
    let mut ordered: Vec<&Response> = successes.iter().collect();
    ordered.sort_by_key(|response| payload_rank(&response.payload));
    for response in ordered {
        for media in &response.media_types {
            add_media_type(response, media, &mut wanted, &mut other);
        }
        // Whatever bytes come, they are handed on.
        if response.payload == Payload::Stream {
            other.push("*/*".to_owned());
        }
    }
    add_errors(errors, &mut other);
    join_media_types(wanted, other)
}

/// The `Accept` header of who chose `media_type`: it and, for responses of other statuses, what they
/// come in, but for what was declined.
pub(crate) fn accept_header_for(
    media_type: &str,
    successes: &[Response],
    errors: &[Response],
    declined: &[&str],
) -> String {
    let mut wanted = Vec::new();
    let mut other = Vec::new();
    for response in successes {
        for media in &response.media_types {
            match media == media_type {
                true => add_media_type(response, media, &mut wanted, &mut Vec::new()),
                false => add_media_type(response, media, &mut other, &mut Vec::new()),
            }
        }
    }
    add_errors(errors, &mut other);
    let declined: BTreeSet<String> = declined.iter().copied().filter_map(media_range).collect();
    other.retain(|media| !declined.contains(media));
    join_media_types(wanted, other)
}

/// Adds the media types of errors that are looked into.
fn add_errors(errors: &[Response], other: &mut Vec<String>) {
    for error in errors {
        if matches!(error.payload, Payload::Json(_) | Payload::Text) {
            let media_types = error.media_types.iter();
            media_types.for_each(|media| add_media_type(error, media, other, &mut Vec::new()));
        }
    }
}

/// A header of what is wanted, and of what else will do.
fn join_media_types(mut wanted: Vec<String>, mut other: Vec<String>) -> String {
    if wanted.is_empty() {
        wanted = std::mem::take(&mut other);
    }
    if wanted.is_empty() || wanted.iter().any(|media| media == "*/*") {
        return "*/*".to_owned();
    }
    if other.iter().any(|media| media == "*/*") {
        other.retain(|media| media == "*/*");
    }
    let mut known = BTreeSet::new();
    let mut all: Vec<String> = Vec::new();
    all.extend(wanted.into_iter().filter(|media| known.insert(media.clone())));
    let other = other.into_iter().filter(|media| known.insert(media.clone()));
    all.extend(other.map(|media| format!("{media};q=0.5")));
    all.truncate(MOST);
    all.join(", ")
}

fn payload_rank(payload: &Payload) -> u8 {
    match payload {
        Payload::Json(_) => 0,
        Payload::Events | Payload::EventStream { .. } | Payload::JsonLines { .. } => 1,
        Payload::Text => 2,
        Payload::Stream => 3,
        Payload::Empty => 4,
    }
}

/// Adds a media type; of a range, the type that is read, and the range behind it.
fn add_media_type(
    response: &Response,
    media: &str,
    wanted: &mut Vec<String>,
    other: &mut Vec<String>,
) {
    let Some(media) = media_range(media) else { return };
    match response.payload {
        Payload::Json(_) if media.contains('*') => wanted.push("application/json".to_owned()),
        Payload::Text if media == "*/*" || media == "application/*" => {
            wanted.push("text/plain".to_owned());
            other.push(media);
        }
        _ => wanted.push(media),
    }
}

/// Whether a header can ask for this media type.
pub(crate) fn is_media_range(media: &str) -> bool {
    media_range(media).is_some()
}

/// A media type as a header can hold it: without parameters that it cannot, and without a charset,
/// which is no part of what is chosen between. `None` for what is no media type.
fn media_range(media: &str) -> Option<String> {
    let mut parts = media.split(';').map(str::trim);
    let essence = parts.next()?.to_ascii_lowercase();
    let (class, subtype) = essence.split_once('/')?;
    if !is_token(class) || !is_token(subtype) {
        return None;
    }
    let mut range = essence.clone();
    for part in parts {
        let Some((name, value)) = part.split_once('=') else { continue };
        let known = ["charset", "q"].iter().any(|known| name.eq_ignore_ascii_case(known));
        if !known && is_token(name) && is_token(value.trim_matches('"')) {
            range += &format!(";{part}");
        }
    }
    Some(range)
}

/// Whether a text is a token (RFC 9110, section 5.6.2).
fn is_token(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !text.is_empty() && text.chars().all(fits)
}
