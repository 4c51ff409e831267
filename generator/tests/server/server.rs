//! A server's view of requests: each is taken apart by the document that the client was generated from, with nothing of
//! the generator or the runtime.

mod body;
pub(crate) mod document;
mod style;

pub(crate) use document::Document;

/// A request as it was sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sent {
    pub(crate) method: String,
    /// The path and the query.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Sent {
    /// The value of the first header of this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut own = self.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        own.next().map(|(_, value)| value.as_str())
    }
}
