//! The building blocks of clients, requests and responses.
//!
//! Few programs need this page: a [`Client`] has a method for each operation, documented with its
//! arguments and its response.
//!
//! - Content: a [`Body`] is sent or received unchanged, in memory or as a stream.
//! - Errors: [`Error`] says why a call failed, [`RetryAfter`] when to retry, and [`Skipped`] what a
//!   lenient client ignored.
//! - Authentication: a [`Credential`] is a fixed [`Secret`], or comes from a [`TokenProvider`].
//! - The HTTP stack: a [`Transport`] sends requests. The default is `HttpTransport`, whose builder
//!   takes certificates, proxies, a resolver and more. Implement the trait to use another stack. For
//!   unit tests, there is `Mock`, behind the feature `mock`.
//! - Retries: [`Retry`] sets when a failed request is sent again; by default, it is not.
//! - Calls that the document does not describe: declare an [`Operation`] in a `static`, start a
//!   [`Call`] with [`Client::call`], and send it with [`Sending`].
//!
//! # Features
//!
//! - `client` (default): `HttpTransport`. Without it, you need to provide a transport.
//! - `ring` (default), `aws-lc-rs`: the cryptography of TLS. With both, aws-lc-rs is used; with neither,
//!   the provider that the process has installed.
//! - `http2`: HTTP/2 for requests with a small body or none.
//! - `proxy`: HTTP and SOCKS proxies.
//! - `webpki-roots`: Mozilla's root certificates, instead of the system's or if it has none.
//! - `tower`: layers around the transport, `ClientBuilder::layer`.
//! - `tracing`: a span for each call, with names from OpenTelemetry's conventions for HTTP clients. It has
//!   the method, path template, status, number of attempts and kind of error, and nothing else.
//! - `fetch`: instead of `client` in WebAssembly, a transport that uses JavaScript's `fetch`.
//! - `mock`: a transport for unit tests.
//!
//! # Numbers
//!
//! A `number` is an `f64`, as in most JSON parsers: digits beyond the 15th may be lost. A number without
//! a fraction is written without one, as `10`. Integers may be read from `10.0` or `1e1`.

mod body;
mod call;
mod charset;
pub(crate) mod client;
mod clock;
#[cfg(feature = "client")]
mod connection;
#[cfg(feature = "client")]
mod connector;
mod credential;
mod decode;
pub(crate) mod error;
mod exchange;
#[cfg(feature = "fetch")]
mod fetch;
#[cfg(feature = "client")]
mod http_transport;
mod json;
mod lenient;
#[cfg(feature = "mock")]
mod mock;
mod number;
#[cfg(feature = "client")]
mod opener;
mod operation;
mod parameter;
#[cfg(feature = "proxy")]
pub(crate) mod proxy;
mod redirect;
mod reply;
mod retry;
mod retry_after;
mod server;
mod source;
mod target;
#[cfg(feature = "client")]
mod tls;
#[cfg(feature = "tower")]
mod tower;
#[cfg(feature = "tracing")]
mod trace;
mod transport;

mod base64;
mod basic;
mod content_range;
mod cookie;
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
#[doc(hidden)]
pub use call::never;
pub use call::{Call, Sending};
// These stand at the crate's root.
pub(crate) use client::{Client, ClientBuilder};
#[cfg(feature = "client")]
pub use connection::Connection;
pub use credential::{Credential, Place, Scheme, Secret, TokenProvider};
#[doc(hidden)]
pub use decode::{Decode, decode_text, deserialize, parse_text, read_json};
pub use error::{BoxError, Error, Failure, Result};
#[cfg(feature = "fetch")]
pub use fetch::FetchTransport;
#[cfg(feature = "client")]
pub use http_transport::{HttpTransport, HttpTransportBuilder};
pub use lenient::Skipped;
#[cfg(feature = "mock")]
pub use mock::Mock;
pub use number::is_sending;
pub(crate) use operation::operation;
pub use parameter::Style;
pub use reply::Reply;
pub use retry::Retry;
pub use retry_after::RetryAfter;
pub use server::{Operation, Server, Service, Variable};
#[doc(hidden)]
pub use source::{Array, Kind, Object, Source};
#[doc(hidden)]
pub use target::{Present, Required, Target, read_target};
#[cfg(feature = "client")]
pub use tls::Roots;
#[cfg(feature = "tower")]
pub use tower::{ServiceTransport, TransportService};
pub use transport::{BoxFuture, Transport};

pub use base64::Base64;
pub use content_range::ContentRange;
pub use date_time::{Date, DateTime, TimeError};
pub use digest::Digest;
pub use erased::Erased;
pub(crate) use erased::erased;
#[doc(hidden)]
pub use erased::{Decoder, Erasable, Slot, decode_by, decode_erased};
pub use event_stream::{EventError, EventOf, EventStream};
pub use json_lines::{JsonLines, LineError};
#[doc(hidden)]
pub use multipart::Multipart;
pub use multipart::Part;
pub use negotiated::Negotiated;
pub(crate) use newtype::newtype;
pub(crate) use open_enum::open_enum;
pub use pages::Items;
#[doc(hidden)]
pub use pages::{Page, Paging};
pub(crate) use record::record;
#[doc(hidden)]
pub use record::{Members, Record};
#[doc(hidden)]
pub use record::{format_record, read_record, write_record};
pub use sse::{Event, Events};
pub(crate) use tuple::tuple;
#[doc(hidden)]
pub use tuple::{Elements, Tuple, read_tuple, write_tuple};
pub(crate) use union::union;
#[doc(hidden)]
pub use union::{Choice, Test, Union, best_variant, decode_variant, first_variant, whole_variant};
#[doc(hidden)]
pub use union::{read_union, tag_of, write_tagged};
#[doc(hidden)]
pub use webhook::Incoming;
pub use webhook::WebhookError;
pub(crate) use webhook::webhook;
pub(crate) use webhooks::webhooks;
