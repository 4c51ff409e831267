/// Where a finding stands in the document: an RFC 6901 JSON pointer, `""` for the whole document.
///
/// # Examples
///
/// ```
/// use openapi_crate::diagnostics::Pointer;
///
/// let pointer = Pointer::default().key("paths").key("/a~b").key("parameters").index(2);
/// assert_eq!(pointer.as_str(), "/paths/~1a~0b/parameters/2");
/// assert_eq!(pointer.segments().nth(1).as_deref(), Some("/a~b"));
/// ```
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Pointer(String);

impl Pointer {
    /// The pointer that `text` writes, which is taken as it stands.
    pub(crate) fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The pointer of the member `key` below this one.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        let mut text = String::with_capacity(self.0.len() + 1 + key.len());
        text.push_str(&self.0);
        push_segment(&mut text, key);
        Self(text)
    }

    /// The pointer of the element `index` below this one.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self(format!("{}/{index}", self.0))
    }

    /// The pointer as RFC 6901 writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The keys and indices that lead there from the root, decoded.
    pub fn segments(&self) -> impl Iterator<Item = String> {
        self.0.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~"))
    }

    /// The pointer of what contains this one, and its key or index there. `None` for the root.
    pub(crate) fn split(&self) -> Option<(Self, String)> {
        let (parent, last) = self.0.rsplit_once('/')?;
        Some((Self(parent.to_owned()), last.replace("~1", "/").replace("~0", "~")))
    }

    /// This pointer, then that of what contains it, up to the root.
    pub(crate) fn with_ancestors(&self) -> impl Iterator<Item = Self> {
        let ends = self.0.rmatch_indices('/').map(|(at, _)| at);
        std::iter::once(self.0.len()).chain(ends).map(|end| Self(self.0[..end].to_owned()))
    }

    /// What follows `prefix` in this pointer: `""`, or a slash and more. `None` if it is not below it.
    pub(crate) fn below(&self, prefix: &Self) -> Option<&str> {
        self.0.strip_prefix(&prefix.0).filter(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// Writes a slash and `key` with its tildes and slashes escaped.
pub(crate) fn push_segment(text: &mut String, key: &str) {
    text.push('/');
    for letter in key.chars() {
        match letter {
            '~' => text.push_str("~0"),
            '/' => text.push_str("~1"),
            other => text.push(other),
        }
    }
}
