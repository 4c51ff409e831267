//! Bodies of several parts: `multipart/form-data` (RFC 7578), and others (RFC 2046, section 5.1).

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::task::{Context, Poll, ready};

use http::header;
use serde::Serialize;

use super::parameter::{members, plain};
use super::{Body, Call, number};

/// In a `Content-Type`, in front of the boundary.
const BOUNDARY: &str = "; boundary=";

/// The parts of a body, in the order in which they are sent. Several may have the same name.
#[derive(Debug, Default)]
#[must_use]
pub struct Multipart(Vec<(String, Part)>);

/// A part of a body: its content and, for a file, its name.
#[derive(Debug)]
#[must_use]
pub struct Part {
    body: Body,
    file_name: Option<String>,
    content_type: Option<String>,
}

impl Part {
    /// A part with this content. A stream has a known length, so that `Content-Length` can be sent.
    pub fn new(body: impl Into<Body>) -> Self {
        Self { body: body.into(), file_name: None, content_type: None }
    }

    /// Sets the file name, which makes the part a file.
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.file_name = Some(name.into());
        self
    }

    /// Sets the content type.
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// The head of the part. In names only what would end them is escaped, as browsers do.
    fn head(&self, name: &str, form: bool) -> String {
        // RFC 2183, section 2: what is not in a form is shown or kept.
        let disposition = match (form, &self.file_name) {
            (true, _) => "form-data",
            (false, Some(_)) => "attachment",
            (false, None) => "inline",
        };
        let quote = |text: &str| text.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
        let mut head = format!("Content-Disposition: {disposition}; name=\"{}\"", quote(name));
        if let Some(name) = &self.file_name {
            head += &format!("; filename=\"{}\"", quote(name));
        }
        if let Some(content_type) = &self.content_type {
            head += &format!("\r\nContent-Type: {}", content_type.replace(['\r', '\n'], " "));
        }
        head + "\r\n\r\n"
    }
}

impl<T: Into<Body>> From<T> for Part {
    fn from(body: T) -> Self {
        Self::new(body)
    }
}

impl Multipart {
    /// An empty form.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a part.
    pub fn part(mut self, name: impl Into<String>, part: impl Into<Part>) -> Self {
        self.0.push((name.into(), part.into()));
        self
    }

    /// Sorts the parts: those of the first name first, and so on.
    pub fn in_order(mut self, names: &[&str]) -> Self {
        self.0.sort_by_key(|(own, _)| names.iter().position(|name| name == own));
        self
    }

    /// Adds a file. If it has no content type, this one is used; if it has no file name, it is that of
    /// the part, because many services treat a part without one as a value.
    pub fn file(self, name: &str, part: impl Into<Part>, content_type: &str) -> Self {
        let mut part = part.into();
        part.content_type.get_or_insert_with(|| content_type.to_owned());
        part.file_name.get_or_insert_with(|| name.to_owned());
        self.part(name, part)
    }

    /// Adds a value: text unchanged, a list as several parts, an object as JSON. It is sent with this
    /// content type, unless that is empty.
    pub fn field<T: Serialize + ?Sized>(self, name: &str, value: &T, content_type: &str) -> Self {
        // What no JSON can hold is left out, as an absent value is.
        match number::text(value) {
            Ok(json) => self.value(name, &json, content_type),
            Err(_) => self,
        }
    }

    fn value(self, name: &str, json: &str, content_type: &str) -> Self {
        let is_json = content_type == "application/json";
        if json.starts_with('[') && !is_json {
            let items = members(json).into_iter();
            return items.fold(self, |all, (_, item)| all.value(name, item, content_type));
        }
        let Some(text) = plain(json) else { return self };
        let text = if is_json { json.to_owned() } else { text };
        let usual = if json.starts_with('{') { "application/json" } else { "" };
        let mut part = Part::new(text);
        part.content_type = [content_type, usual]
            .iter()
            .find(|kind| !kind.is_empty())
            .map(|kind| (*kind).to_owned());
        self.part(name, part)
    }

    fn into_body(self, boundary: &str, form: bool) -> Body {
        let mut pieces: VecDeque<Body> = VecDeque::new();
        for (name, part) in self.0 {
            pieces.push_back(format!("--{boundary}\r\n{}", part.head(&name, form)).into());
            pieces.push_back(part.body);
            pieces.push_back(Body::from("\r\n"));
        }
        pieces.push_back(format!("--{boundary}--\r\n").into());
        Body::join(pieces)
    }
}

impl Body {
    /// One body out of several: in memory if they are, so that it can be sent again.
    fn join(mut pieces: VecDeque<Self>) -> Self {
        let in_memory = pieces.iter().map(|piece| piece.in_memory().map(|bytes| &bytes[..]));
        if let Some(all) = in_memory.collect::<Option<Vec<_>>>() {
            return all.concat().into();
        }
        let length = pieces.iter().try_fold(0, |sum: u64, piece| sum.checked_add(piece.length()?));
        let next = move |cx: &mut Context<'_>| {
            while let Some(piece) = pieces.front_mut() {
                match ready!(piece.poll_chunk(cx)) {
                    None => drop(pieces.pop_front()),
                    chunk => return Poll::Ready(chunk),
                }
            }
            Poll::Ready(None)
        };
        Self::poll_with(length, Box::new(next))
    }
}

impl Call {
    /// Sends `parts` as this multipart type, such as `multipart/form-data`.
    pub fn multipart(self, media_type: &str, parts: Multipart) -> Self {
        // The hasher's keys are random: no content can foresee them.
        let random = || RandomState::new().hash_one(0_u8);
        let boundary = format!("{:016x}{:016x}", random(), random());
        let media_type = media_type.split(';').next().unwrap_or_default().trim();
        let mut content_type = format!("{media_type}{BOUNDARY}{boundary}");
        if media_type.eq_ignore_ascii_case("multipart/related") {
            // RFC 2387, section 3.1: the type of the first part.
            let first = parts.0.first().and_then(|(_, part)| part.content_type.as_deref());
            content_type += &format!("; type=\"{}\"", first.unwrap_or("text/plain"));
        }
        let form = media_type.eq_ignore_ascii_case("multipart/form-data");
        let body = parts.into_body(&boundary, form);
        // Without its boundary nobody can read it, whatever type the caller gives it.
        match self.own_content_type() {
            Some(own) => {
                let own = own.split(BOUNDARY).next().unwrap_or_default();
                let own = format!("{own}{BOUNDARY}{boundary}");
                self.raw_header(header::CONTENT_TYPE.as_str(), &own).body(&own, body)
            }
            None => self.body(&content_type, body),
        }
    }

    /// Sets a part of the form to true: in place of one that it has, and in front of the others. In a
    /// form with streams, nothing is replaced.
    pub fn with_multipart_flag(mut self, name: &str) -> Self {
        let content_type = self.parts.headers.get(header::CONTENT_TYPE);
        let boundary = content_type.and_then(|it| Some(it.to_str().ok()?.rsplit_once(BOUNDARY)?.1));
        let Some(boundary) = boundary else { return self };
        let head = format!("--{boundary}\r\n{}", Part::new("").head(name, true));
        let rest = match self.body.in_memory() {
            Some(text) => Body::from(without_part(text, boundary, head.trim_end())),
            None => std::mem::replace(&mut self.body, Body::empty()),
        };
        self.body = Body::join([Body::from(head + "true\r\n"), rest].into());
        self
    }

    /// The `Content-Type` that the caller has set.
    fn own_content_type(&self) -> Option<&str> {
        let own = self.parts.headers.get(header::CONTENT_TYPE).filter(|_| self.parts.typed);
        own.and_then(|own| own.to_str().ok())
    }
}

/// A form without the parts that start with this head.
fn without_part(text: &[u8], boundary: &str, head: &str) -> Vec<u8> {
    let mut rest = text.to_vec();
    while let Some(start) = find(&rest, head.as_bytes()) {
        let end = find(&rest[start..], format!("\r\n--{boundary}").as_bytes());
        // The line break belongs to the part.
        rest.drain(start..end.map_or(rest.len(), |end| start + end + 2));
    }
    rest
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|part| part == wanted)
}
