//! Body of an upload in one request (RFC 7578): the part `attributes`, then the part `file`.

use std::pin::Pin;
use std::task::{Context, Poll};

use box_upload_sessions::types::ClientErrorCode;
use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderMap, header};
use multer::{Field, Multipart};
use tokio::sync::mpsc;

use super::body::RequestBody;
use super::error::HandlerError;
use super::input::MAX_JSON;
use crate::service::Refusal;

fn malformed_form(text: impl Into<String>) -> Refusal {
    Refusal::bad_request(ClientErrorCode::BadRequest, text)
}

/// The fields of a form, in order.
pub(crate) struct Form(Multipart<'static>);

impl Form {
    /// Reads the field `attributes`, which must come first.
    pub(crate) async fn read_attributes(&mut self) -> Result<Bytes, Refusal> {
        let mut field = self.next_field("attributes").await?;
        let mut text = Vec::new();
        while let Some(chunk) = next_chunk(&mut field).await? {
            if text.len() + chunk.len() > MAX_JSON {
                return Err(super::body::body_too_large(MAX_JSON as u64));
            }
            text.extend_from_slice(&chunk);
        }
        Ok(text.into())
    }

    /// Returns the field `file`.
    pub(crate) async fn next_file(&mut self) -> Result<Field<'static>, Refusal> {
        self.next_field("file").await
    }

    async fn next_field(&mut self, name: &str) -> Result<Field<'static>, Refusal> {
        let error = |error| malformed_form(format!("invalid form: {error}"));
        let field = self.0.next_field().await.map_err(error)?;
        let field = field.ok_or_else(|| malformed_form(format!("missing form field `{name}`")))?;
        match field.name() {
            Some(found) if found == name => Ok(field),
            Some("file") => {
                let text = "the field `attributes` must come before the field `file`";
                Err(Refusal::bad_request("metadata_after_file_contents".into(), text))
            }
            _ => Err(malformed_form(format!("expected the form field `{name}`"))),
        }
    }

    /// Checks that no field follows.
    pub(crate) async fn expect_end(&mut self) -> Result<(), Refusal> {
        match self.0.next_field().await {
            Ok(None) => Ok(()),
            Ok(Some(_)) => Err(malformed_form("unexpected form field after `file`")),
            Err(error) => Err(malformed_form(format!("invalid form: {error}"))),
        }
    }
}

/// The next bytes of a field; `None` at its end.
pub(crate) async fn next_chunk(field: &mut Field<'static>) -> Result<Option<Bytes>, Refusal> {
    field.chunk().await.map_err(|error| malformed_form(format!("invalid form: {error}")))
}

/// Parses a form as it arrives.
pub(crate) async fn read_form<T>(
    headers: &HeaderMap,
    body: &mut RequestBody,
    parse: impl AsyncFnOnce(Form) -> Result<T, Refusal>,
) -> Result<T, HandlerError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let boundary = multer::parse_boundary(kind.unwrap_or_default())
        .map_err(|error| malformed_form(format!("invalid `content-type` header: {error}")))?;
    let (sender, receiver) = mpsc::channel(1);
    let pump = async move {
        while let Some(chunk) = body.next_chunk().await? {
            if sender.send(chunk).await.is_err() {
                break;
            }
        }
        Ok::<(), HandlerError>(())
    };
    let parse = parse(Form(Multipart::new(Chunks(receiver), boundary)));
    tokio::pin!(parse);
    tokio::select! {
        biased;
        pumped = pump => {
            pumped?;
            Ok(parse.await?)
        }
        parsed = &mut parse => Ok(parsed?),
    }
}

struct Chunks(mpsc::Receiver<Bytes>);

impl Stream for Chunks {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(cx).map(|chunk| chunk.map(Ok))
    }
}
