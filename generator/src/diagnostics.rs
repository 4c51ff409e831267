//! Findings about the document, collected on the way and printed together.

/// Where a finding stands in the document: an RFC 6901 JSON pointer, `""` for the whole document.
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Pointer(String);

impl Pointer {
    /// The pointer of the member `key` below this one.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        Self(format!("{}/{}", self.0, key.replace('~', "~0").replace('/', "~1")))
    }

    /// The pointer of the element `index` below this one.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self(format!("{}/{index}", self.0))
    }

    /// The pointer that RFC 6901 writes so.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The pointer as RFC 6901 writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What kind of finding it is; each has one severity.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Code {
    /// A `$ref` that leads nowhere.
    UnresolvedReference,
    CircularReference,
    ExternalReference,
    ConflictingAllOf,
    AmbiguousUnion,
    IgnoredKeyword,
    WeakenedType,
    OmittedOperation,
    NameCollision,
    UnsupportedMediaType,
    MissingOperationId,
    DuplicateOperationId,
    UndeclaredPathParameter,
    UnusedPathParameter,
    UnknownSecurityScheme,
    InvalidServer,
    InvalidParameter,
    MissingResponse,
}

/// One thing that is wrong with the document, or that cannot be carried over.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Its kind.
    pub code: Code,
    /// Where it stands.
    pub pointer: Pointer,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What was done about it, or what to do.
    pub help: Option<String>,
}

/// All findings of one run.
#[derive(Debug, Default)]
pub struct Diagnostics {
    findings: Vec<Finding>,
}

impl Diagnostics {
    /// Adds a finding.
    pub fn report(
        &mut self,
        code: Code,
        pointer: &Pointer,
        message: impl Into<String>,
    ) -> &mut Finding {
        self.findings.push(Finding {
            code,
            pointer: pointer.clone(),
            message: message.into(),
            help: None,
        });
        let last = self.findings.len() - 1;
        &mut self.findings[last]
    }

    /// How many findings there are so far.
    pub(crate) fn mark(&self) -> usize {
        self.findings.len()
    }

    /// Forgets the findings made since a mark.
    pub(crate) fn rewind(&mut self, mark: usize) {
        self.findings.truncate(mark);
    }

    /// The findings, in the order in which they were made.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}
