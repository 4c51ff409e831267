//! Operations: what a request is made of and what may come back.

use std::collections::{BTreeMap, BTreeSet};

use super::{Constructor, Doc, Pagination, Type, TypeName, ValueName};

/// Operations that are offered together.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Group {
    /// Name of the module and of the accessor, and of the type; none where there is one group only.
    pub(crate) name: Option<(ValueName, TypeName)>,
    /// The cargo feature that brings it; `None` if it is always there.
    pub(crate) feature: Option<String>,
    /// What the document says of it.
    pub(crate) doc: Doc,
    /// Its operations, in document order.
    pub(crate) operations: Vec<Operation>,
}

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Operation {
    /// Name of the method.
    pub(crate) name: ValueName,
    /// Name of the request's type.
    pub(crate) type_name: TypeName,
    /// Documentation.
    pub(crate) doc: Doc,
    /// Whether the document calls it deprecated.
    pub(crate) deprecated: bool,
    /// HTTP method.
    pub(crate) method: Method,
    /// The method that is sent in its place, where OpenAPI 3.0 has no operations for it.
    pub(crate) custom_method: Option<String>,
    /// Path template, as the document writes it.
    pub(crate) path: String,
    /// Index into [`super::Api::servers`].
    pub(crate) server: usize,
    /// Alternatives, each a set of indices into [`super::Api::security_schemes`].
    pub(crate) security: Vec<Vec<usize>>,
    /// Parameters: the required ones in order, then the optional ones.
    pub(crate) parameters: Vec<Parameter>,
    /// What is sent.
    pub(crate) body: Option<Body>,
    /// The `Accept` header.
    pub(crate) accept: String,
    /// What comes back when all is well.
    pub(crate) outcome: Outcome,
    /// What comes back instead where the caller asks for another media type.
    pub(crate) choices: Vec<Choice>,
    /// What comes back otherwise.
    pub(crate) errors: Errors,
    /// What the document says of each error that it names.
    pub(crate) error_docs: Vec<(Status, Doc)>,
    /// Whether `default` describes the statuses that are not named, beside others that are.
    pub(crate) describes_rest: bool,
    /// How its pages follow each other.
    pub(crate) pagination: Option<Pagination>,
    /// Whether it may be sent a second time whatever became of the first, where the document says it.
    pub(crate) idempotent: Option<bool>,
}

impl Operation {
    /// What its request's body may be; nothing if it has none.
    pub(crate) fn parts(&self) -> Vec<&Part> {
        self.body.as_ref().map(Body::parts).unwrap_or_default()
    }

    /// Every response that the document describes, of success and of failure, but for failures that all have
    /// one body.
    pub(crate) fn responses(&self) -> impl Iterator<Item = &Response> {
        let failures = match &self.errors {
            Errors::Several(_, failures) => &failures[..],
            Errors::One(_) | Errors::Undocumented => &[],
        };
        self.outcomes().flat_map(Outcome::responses).chain(failures)
    }

    /// What comes back when all is well, whatever the caller asks for.
    pub(crate) fn outcomes(&self) -> impl Iterator<Item = &Outcome> {
        std::iter::once(&self.outcome).chain(self.choices.iter().map(|choice| &choice.outcome))
    }
}

/// HTTP methods that OpenAPI 3.0 has operations for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Method {
    Get,
    Put,
    Post,
    Delete,
    Options,
    Head,
    Patch,
    Trace,
}

impl Method {
    /// The method as a document's key: `get`.
    #[must_use]
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Put => "put",
            Self::Post => "post",
            Self::Delete => "delete",
            Self::Options => "options",
            Self::Head => "head",
            Self::Patch => "patch",
            Self::Trace => "trace",
        }
    }
}

/// A parameter outside the body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Parameter {
    /// Name in Rust.
    pub(crate) name: ValueName,
    /// Name on the wire.
    pub(crate) key: String,
    /// Documentation.
    pub(crate) doc: Doc,
    /// Type of its value.
    pub(crate) ty: Type,
    /// Whether a request cannot do without.
    pub(crate) required: bool,
    /// Whether the document calls it deprecated.
    pub(crate) deprecated: bool,
    /// Where it stands and how it is written.
    pub(crate) style: ParameterStyle,
    /// The integer that the service assumes if it is not sent, as far as the document tells.
    pub(crate) first: Option<i64>,
}

/// Where a parameter stands and how it is written there (OpenAPI 3.0.3, Parameter Object, `style`).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ParameterStyle {
    PathSimple { explode: bool },
    PathLabel { explode: bool },
    PathMatrix { explode: bool },
    PathJson,
    Query { style: QueryStyle, allow_reserved: bool },
    Header { explode: bool },
    HeaderJson,
    Cookie { explode: bool, escaped: bool },
    CookieJson,
}

/// How a value is written into a query.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum QueryStyle {
    Form,
    FormExploded,
    SpaceDelimited,
    PipeDelimited,
    DeepObject,
    Json,
    /// JSON that is all of the query (`in: querystring`).
    WholeJson,
    /// A form that is all of the query (`in: querystring`).
    WholeForm,
}

/// A request's body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Body {
    /// Documentation.
    pub(crate) doc: Doc,
    /// Whether a request cannot do without.
    pub(crate) required: bool,
    /// What it may be made of: one content, or a choice.
    pub(crate) content: BodyContent,
}

impl Body {
    /// What it may be, each with its media type.
    pub(crate) fn parts(&self) -> Vec<&Part> {
        match &self.content {
            BodyContent::One(part) => vec![part],
            BodyContent::Choice(_, variants) => {
                variants.iter().map(|variant| &variant.part).collect()
            }
        }
    }

    /// The same, to change them.
    pub(crate) fn parts_mut(&mut self) -> Vec<&mut Part> {
        match &mut self.content {
            BodyContent::One(part) => vec![part],
            BodyContent::Choice(_, variants) => {
                variants.iter_mut().map(|variant| &mut variant.part).collect()
            }
        }
    }

    /// Whether it is bytes or text and nothing else.
    pub(crate) fn is_bytes(&self) -> bool {
        match &self.content {
            BodyContent::One(part) => matches!(part.kind, PartKind::Bytes | PartKind::Text),
            BodyContent::Choice(..) => false,
        }
    }
}

/// What a body may be made of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum BodyContent {
    /// One media type.
    One(Part),
    /// Several: an enum of this name.
    Choice(TypeName, Vec<BodyVariant>),
}

/// One of several request bodies.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BodyVariant {
    /// Name of the variant.
    pub(crate) name: TypeName,
    /// Its content.
    pub(crate) part: Part,
}

/// A content with its media type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Part {
    /// The `Content-Type` to send.
    pub(crate) media_type: String,
    /// How it is written.
    pub(crate) kind: PartKind,
}

/// How a content is written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum PartKind {
    /// JSON of a type.
    Json(Type),
    /// Bytes as they are, perhaps streamed.
    Bytes,
    /// Text as it is.
    Text,
    /// `application/x-www-form-urlencoded` of a type, with the fields' styles where the document gives them.
    Form(Type, Vec<FormField>),
    /// `multipart/form-data` or another multipart type, its fields set one by one; how it is constructed.
    Multipart(TypeName, Vec<FormField>, Constructor),
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FormField {
    /// Name in Rust.
    pub(crate) name: ValueName,
    /// Name on the wire.
    pub(crate) key: String,
    /// Documentation.
    pub(crate) doc: Doc,
    /// Type of its value; unused where it is a file.
    pub(crate) ty: Type,
    /// Whether it is a file: bytes with a file name and a content type.
    pub(crate) file: bool,
    /// Whether it may stand several times.
    pub(crate) repeated: bool,
    /// Whether a request cannot do without.
    pub(crate) required: bool,
    /// Its `Content-Type`, where the document gives one.
    pub(crate) content_type: Option<String>,
    /// How a list or an object is written (url-encoded forms).
    pub(crate) style: QueryStyle,
    /// Whether reserved characters stay (url-encoded forms).
    pub(crate) allow_reserved: bool,
}

/// What an operation gives when all is well.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// One response.
    One(Response),
    /// Several responses, or one with headers and nothing else: a type of this name.
    Several(TypeName, Vec<Response>),
}

impl Outcome {
    /// Its responses.
    #[must_use]
    pub(crate) fn responses(&self) -> &[Response] {
        match self {
            Self::One(response) => std::slice::from_ref(response),
            Self::Several(_, responses) => responses,
        }
    }
}

/// Another media type of an operation's response, with a value of another type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Choice {
    /// Name of the method that asks for it.
    pub(crate) name: ValueName,
    /// The media type, as the document writes it.
    pub(crate) media_type: String,
    /// The `Accept` header.
    pub(crate) accept: String,
    /// The member of the body that has to be true for it.
    pub(crate) flag: Option<Flag>,
    /// What comes back when all is well.
    pub(crate) outcome: Outcome,
}

/// A member of a request's body that is set to true.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Flag {
    /// Its name on the wire.
    pub(crate) key: String,
    /// The kinds of bodies that have it.
    pub(crate) bodies: BTreeSet<FlagBody>,
}

/// A kind of body that has members.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum FlagBody {
    /// A JSON object.
    Json,
    /// `application/x-www-form-urlencoded`
    Form,
    /// `multipart/form-data`
    Multipart,
}

/// A response that the document names.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Response {
    /// Name of the variant where there are several.
    pub(crate) name: TypeName,
    /// Its status.
    pub(crate) status: Status,
    /// Documentation.
    pub(crate) doc: Doc,
    /// Its body.
    pub(crate) payload: Payload,
    /// The media types that the body may come in.
    pub(crate) media_types: Vec<String>,
    /// Its declared headers.
    pub(crate) headers: Vec<HeaderField>,
}

/// Which statuses a response is for.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Status {
    /// One status.
    Code(u16),
    /// `2XX` is `Range(2)`.
    Range(u8),
    /// Every status that is not named otherwise.
    Default,
}

/// The body of a response.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Payload {
    /// Nothing.
    Empty,
    /// JSON of a type.
    Json(Type),
    /// Text.
    Text,
    /// Bytes, as a stream.
    Stream,
    /// Server-sent events, as a stream.
    Events,
    /// Server-sent events whose data has this type, as a stream; or, if `whole`, that have it themselves.
    EventStream {
        /// The type.
        ty: Type,
        /// Whether it is that of the event.
        whole: bool,
    },
    /// JSON values of this type, as a stream: one a line, or each behind a record separator.
    JsonLines {
        /// The type of each.
        ty: Type,
        /// Whether each stands behind a record separator.
        records: bool,
    },
}

impl Payload {
    /// Whether it is handed out before all of it is there.
    #[must_use]
    pub(crate) fn is_stream(&self) -> bool {
        match self {
            Self::Stream | Self::Events | Self::EventStream { .. } | Self::JsonLines { .. } => true,
            Self::Empty | Self::Json(_) | Self::Text => false,
        }
    }

    /// The type that is decoded.
    #[must_use]
    pub(crate) fn ty(&self) -> Option<&Type> {
        match self {
            Self::Json(ty) | Self::EventStream { ty, .. } | Self::JsonLines { ty, .. } => Some(ty),
            Self::Empty | Self::Text | Self::Stream | Self::Events => None,
        }
    }
}

/// A declared header of a response.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct HeaderField {
    /// Name in Rust.
    pub(crate) name: ValueName,
    /// Name on the wire, in lower case.
    pub(crate) key: String,
    /// Documentation.
    pub(crate) doc: Doc,
    /// Type of its value.
    pub(crate) ty: HeaderType,
}

/// Type of a response header's value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum HeaderType {
    /// A string, a number or a boolean.
    Value(Type),
    RetryAfter,
}

/// What an operation gives when it fails.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Errors {
    /// Every error that the document names has this body.
    One(Type),
    /// Different statuses have different bodies: an enum of this name, or that of a shared one.
    Several(TypeName, Vec<Response>),
    /// The document names no error body.
    Undocumented,
}

/// The enums of errors that several operations have.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SharedErrors {
    /// They and their variants.
    pub(crate) enums: BTreeMap<TypeName, Vec<Response>>,
    /// What the operations call them: a name that does not change when another operation has the same errors.
    pub(crate) aliases: BTreeMap<TypeName, TypeName>,
}
