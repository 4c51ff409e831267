//! The HTTP plumbing of this crate.
//!
//! # Numbers
//!
//! A `number` is an `f64`, as it is to most who read JSON: of more than 15 significant digits the
//! rest may be lost. One without a fraction is written without one, `10`. An integer is also read
//! where it is written `10.0` or `1e1`.

mod body;
mod call;
mod charset;
mod client;
mod credential;
mod error;
#[cfg(feature = "client")]
mod hyper;
mod json;
mod lenient;
mod number;
mod operation;
mod parameter;
mod reply;
mod retry_after;
mod server;
mod transport;

mod base64;
mod basic;
mod content_range;
mod date_time;
mod digest;
mod erased;
mod event_stream;
mod form;
mod json_lines;
mod multipart;
mod negotiated;
mod newtype;
mod open_enum;
mod pages;
mod record;
mod sse;
mod tuple;
mod union;
mod webhook;
mod webhooks;

pub use body::Body;
pub use call::{Call, Operation, Sending};
pub use client::{BuildError, Client, ClientBuilder};
pub use credential::{Credential, Place, Scheme, Secret, TokenProvider};
pub use error::{BoxError, Error, Result};
pub use json::text;
pub use lenient::Skipped;
pub use number::is_sending;
pub(crate) use operation::operation;
pub use parameter::Style;
pub use reply::Reply;
pub use retry_after::RetryAfter;
pub use server::{Server, Service, Variable};
pub use transport::{BoxFuture, Failure, Transport};

pub use base64::Base64;
pub use content_range::ContentRange;
pub use date_time::{Date, DateTime};
pub use digest::Digest;
pub(crate) use erased::erased;
pub use erased::{Decoder, Erasable, Erased, Slot, decode_by, decode_erased};
pub use event_stream::{EventError, EventOf, EventStream};
pub use json_lines::{JsonLines, LineError};
pub use multipart::{Multipart, Part};
pub use negotiated::Negotiated;
pub(crate) use newtype::newtype;
pub(crate) use open_enum::open_enum;
pub use pages::{Items, Page, Paging};
pub(crate) use record::record;
pub use record::{Members, Record, fill, fill_some, next_key, read_record, write_record};
pub use sse::{Event, Events};
pub(crate) use tuple::tuple;
pub use tuple::{Elements, Tuple, read_tuple, write_tuple};
pub(crate) use union::union;
pub use union::{Choice, Test, Union, best_variant, decode_variant, first_variant};
pub use union::{read_union, tag_of, write_tagged};
pub(crate) use webhook::webhook;
pub use webhook::{Incoming, WebhookError};
pub(crate) use webhooks::webhooks;
