//! A service as the generator would emit it.

#![allow(missing_docs, reason = "what the types and operations of a test are is plain")]

use std::collections::BTreeMap;

use http::Method;
use serde_json::Value;

use crate::runtime::{
    Body, Call, Client, ContentRange, DateTime, Digest, Event, Events, Items, Multipart, Operation,
    Page, Paging, Place, RetryAfter, Scheme, Server, Service, Style, Variable, open_enum,
    operation, record, union,
};

pub static SERVICE: Service = Service {
    name: "parts-client",
    version: "1.2.3",
    servers: &[&API, &SESSION, &QUERY],
    trusted_hosts: &["*.box.com"],
    schemes: &[
        Scheme { name: "OAuth2", place: Place::Authorization("Bearer") },
        Scheme { name: "Basic", place: Place::Authorization("Basic") },
        Scheme { name: "HeaderKey", place: Place::Header("x-api-key") },
        Scheme { name: "QueryKey", place: Place::Query("api key") },
        Scheme { name: "CookieKey", place: Place::Cookie("session") },
    ],
};

pub static API: Server = Server { url: "https://api.box.com/2.0/", variables: &[] };

pub static SESSION: Server = Server {
    url: "https://{upload-server}/api{area}/{version}",
    variables: &[
        Variable { name: "upload-server", default: "upload.box.com", values: &[] },
        Variable { name: "version", default: "2.0", values: &["2.0", "3.0"] },
        Variable { name: "area", default: "", values: &[] },
    ],
};

pub static QUERY: Server = Server { url: "https://api.box.com/rpc?tenant=7", variables: &[] };

const fn operation(method: Method, server: &'static Server, path: &'static str) -> Operation {
    let security: &[&[&str]] =
        &[&["OAuth2"], &["Basic"], &["HeaderKey", "CookieKey"], &["QueryKey"]];
    Operation { method, server, path, accept: "application/json", security }
}

static LIST_PARTS: Operation = operation(Method::GET, &SESSION, "/sessions/{id}/parts");
static UPLOAD_PART: Operation = operation(Method::PUT, &SESSION, "/sessions/{id}");
static COMMIT: Operation = operation(Method::POST, &SESSION, "/sessions/{id}/commit");
static DELETE: Operation = operation(Method::DELETE, &SESSION, "/sessions/{id}");
static DOWNLOAD: Operation = operation(Method::GET, &API, "/files/{id}/content");
static EVENTS: Operation = operation(Method::GET, &API, "/events");
static UPLOAD: Operation = operation(Method::POST, &API, "/files/content");
static RPC: Operation = operation(Method::POST, &QUERY, "/call?fixed=1#second");
/// An operation without a type of its own, to try the parameters of a [`Call`] on.
pub static ANY: Operation = Operation {
    method: Method::GET,
    server: &API,
    path: "/a/{p}/b{q}.json",
    accept: "",
    security: &[],
};

impl Client {
    pub fn list_parts(&self, id: &str) -> ListParts {
        ListParts(self.call(&LIST_PARTS).path("id", id, Style::Simple))
    }

    pub fn upload_part(
        &self,
        id: &str,
        digest: &Digest,
        range: &ContentRange,
        body: impl Into<Body>,
    ) -> UploadPart {
        UploadPart(
            self.call(&UPLOAD_PART)
                .path("id", id, Style::Simple)
                .header("digest", digest, Style::Simple)
                .header("content-range", range, Style::Simple)
                .body("application/octet-stream", body.into()),
        )
    }

    pub fn commit(&self, id: &str, body: &CommitBody) -> Commit {
        let call = self.call(&COMMIT).path("id", id, Style::Simple);
        Commit(call.json("application/json", body))
    }

    pub fn delete(&self, id: &str) -> Delete {
        Delete(self.call(&DELETE).path("id", id, Style::Simple))
    }

    pub fn download(&self, id: i64) -> Download {
        Download(self.call(&DOWNLOAD).path("id", &id, Style::Simple))
    }

    pub fn events(&self) -> ListenEvents {
        ListenEvents(self.call(&EVENTS))
    }

    pub fn upload(&self, parts: Multipart) -> Upload {
        Upload(self.call(&UPLOAD).multipart("multipart/form-data", parts))
    }

    pub fn rpc(&self, fields: &Value, styles: &[(&str, Style)]) -> Rpc {
        Rpc(self.call(&RPC).form(fields, styles, &[]))
    }
}

#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct ListParts(pub Call);

impl ListParts {
    pub fn offset(self, offset: i64) -> Self {
        Self(self.0.query("offset", &offset, Style::Form))
    }

    pub fn marker(self, marker: &str) -> Self {
        Self(self.0.query("marker", marker, Style::Form))
    }

    pub fn page(self, page: i64) -> Self {
        Self(self.0.query("page", &page, Style::Form))
    }

    fn items(self, paging: Paging) -> Items<Part, ClientError> {
        Items::new(
            self.0,
            paging,
            |call| Self(call).send(),
            |page: Parts, _| Page {
                next: page.next_marker,
                total: page.total,
                more: page.more,
                items: page.entries,
            },
        )
    }

    pub fn by_offset(self) -> Items<Part, ClientError> {
        self.items(Paging::Offset("offset"))
    }

    pub fn by_marker(self) -> Items<Part, ClientError> {
        self.items(Paging::Cursor { name: "marker", switch: None, offset: None, back: None })
    }

    pub fn by_last_item(self) -> Items<Part, ClientError> {
        let paging =
            Paging::Cursor { name: "after", switch: None, offset: None, back: Some("before") };
        Items::new(
            self.0,
            paging,
            |call| Self(call).send(),
            |page: Parts, back| Page {
                next: if back { page.entries.first() } else { page.entries.last() }
                    .map(|part| part.id.clone()),
                total: None,
                more: page.more,
                items: page.entries,
            },
        )
    }

    pub fn before(self, id: &str) -> Self {
        Self(self.0.query("before", id, Style::Form))
    }

    pub fn by_page_from_one(self) -> Items<Part, ClientError> {
        self.items(Paging::PageFrom("page", 1))
    }

    pub fn by_either(self) -> Items<Part, ClientError> {
        let switch = Some("usemarker");
        self.items(Paging::Cursor { name: "marker", switch, offset: Some("offset"), back: None })
    }

    pub fn use_marker(self, value: bool) -> Self {
        Self(self.0.query("usemarker", &value, Style::Form))
    }

    pub fn by_page(self) -> Items<Part, ClientError> {
        self.items(Paging::Page("page", 1))
    }

    pub fn by_page_from_zero(self) -> Items<Part, ClientError> {
        self.items(Paging::Page("page", 0))
    }

    pub fn by_url(self) -> Items<Part, ClientError> {
        self.items(Paging::Url)
    }

    pub fn by_link(self) -> Items<Part, ClientError> {
        self.items(Paging::Link)
    }
}

operation!(ListParts -> Parts, ClientError; |reply| match reply.status() {
    200 => reply.json(),
    _ => Err(reply.error()),
});

#[derive(Clone, Debug)]
pub struct UploadPart(Call);

impl UploadPart {
    /// As if parts came in pages, to see that a stream is not sent twice.
    pub fn twice(self) -> Items<Part, ClientError> {
        let paging = Paging::Offset("offset");
        Items::new(
            self.0,
            paging,
            |call| Self(call).send(),
            |part: Part, _| Page { next: None, total: None, more: None, items: vec![part] },
        )
    }
}

operation!(UploadPart -> Part, ClientError; |reply| match reply.status() {
    200 => reply.json(),
    _ => Err(reply.error()),
});

#[derive(Debug)]
pub struct Commit(Call);

#[derive(Debug, PartialEq)]
pub enum CommitResponse {
    Created(Parts),
    Accepted { retry_after: Option<RetryAfter> },
}

operation!(Commit -> CommitResponse, CommitError; |reply| match reply.status() {
    201 => Ok(CommitResponse::Created(reply.json()?)),
    202 => Ok(CommitResponse::Accepted { retry_after: reply.retry_after() }),
    409 => Err(reply.error_as(|reply| Ok(CommitError::Conflict(reply.json()?)))),
    _ => Err(reply.error_as(|reply| Ok(CommitError::Text(reply.text()?)))),
});

#[derive(Debug, PartialEq)]
pub enum CommitError {
    Conflict(ClientError),
    Text(String),
}

#[derive(Clone, Debug)]
pub struct Delete(Call);
operation!(Delete -> (), Value; |reply| match reply.status() {
    200..=299 => Ok(()),
    _ => Err(reply.error()),
});

#[derive(Debug)]
pub struct Download(Call);
operation!(Download -> Body, ClientError; stream(200 | 206); |reply| match reply.status() {
    200 | 206 => Ok(reply.stream()),
    _ => Err(reply.error()),
});

#[derive(Debug)]
pub struct ListenEvents(Call);
operation!(ListenEvents -> Events, Value; stream(200..=299); |reply| match reply.status() {
    200 => Ok(Events::new(reply.stream())),
    _ => Err(reply.error()),
});

#[derive(Debug)]
pub struct Upload(Call);
operation!(Upload -> String, Value; |reply| match reply.status() {
    201 => reply.text(),
    _ => Err(reply.error()),
});

#[derive(Debug)]
pub struct Rpc(Call);
operation!(Rpc -> bytes::Bytes, Value; |reply| match reply.status() {
    200 => Ok(reply.bytes()),
    _ => Err(reply.error()),
});

/// What follows an event, to name its type.
pub type Next = Option<std::io::Result<Event>>;

#[derive(Clone, PartialEq)]
pub struct Part {
    pub id: String,
    pub size: i64,
    pub r#type: PartType,
    pub created_at: Option<DateTime>,
}
record!(Part(id: String, size as i64) {
    required: id = "part_id", size;
    optional: created_at;
    constant: r#type = "type";
});

#[derive(Clone, PartialEq)]
pub struct Parts {
    pub entries: Vec<Part>,
    pub next_marker: Option<String>,
    pub total: Option<i64>,
    pub more: Option<bool>,
}
record!(Parts(entries: Vec<Part>) { required: entries; optional: next_marker, total, more; });

#[derive(Clone, PartialEq)]
pub struct CommitBody {
    pub parts: Vec<Part>,
    pub attributes: BTreeMap<String, Value>,
}
record!(CommitBody(parts: Vec<Part>, attributes: BTreeMap<String, Value>) { required: parts, attributes; });

#[derive(Clone, Default, PartialEq)]
pub struct ClientError {
    pub code: Option<ErrorCode>,
    pub context: Option<Item>,
}
record!(ClientError { optional: code, context = "context_info"; });

open_enum! {
    /// The type of a part.
    pub enum PartType {
        /// `upload_part`
        UploadPart = "upload_part",
    }
}

open_enum! {
    /// What went wrong.
    pub enum ErrorCode {
        /// The name is taken.
        ItemNameInUse = "item_name_in_use",
        /// Something is missing.
        NotFound = "not_found",
    }
}

/// A file or a folder.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    File(Box<File>),
    Folder(Folder),
    Other(Value),
}
union!(Item by "type" { "file" => File, "folder" | "root" => Folder });

#[derive(Clone, PartialEq)]
pub struct File {
    pub id: String,
    pub size: i64,
    pub parent: Option<Box<Item>>,
    pub rest: BTreeMap<String, Value>,
}
record!(File(id: String, size as i64) { required: id, size; optional: parent; rest: rest; });

#[derive(Clone, PartialEq)]
pub struct Folder {
    pub id: String,
    pub items: Vec<Item>,
    pub rest: BTreeMap<String, Value>,
}
record!(Folder(id: String, items: Vec<Item>) { required: id, items; rest: rest; });
