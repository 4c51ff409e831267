//! Body of an upload in one request (RFC 7578): the field `attributes`, then that of the file.

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

/// Name of the first field.
const ATTRIBUTES: &str = "attributes";

/// The fields of a form, in order.
pub(crate) struct Form {
    fields: Multipart<'static>,
    /// The field of the file, if it came first.
    file: Option<Field<'static>>,
}

impl Form {
    /// Reads the field `attributes`, which must come first.
    pub(crate) async fn read_attributes(&mut self) -> Result<Bytes, Refusal> {
        let text = "the field `attributes` must come before the file";
        let late = || Refusal::bad_request("metadata_after_file_contents".into(), text);
        self.read_attributes_if_any().await?.ok_or_else(late)
    }

    /// The same for a version, whose attributes can be left out, as Box's SDK 3 for Node does.
    pub(crate) async fn read_attributes_if_any(&mut self) -> Result<Option<Bytes>, Refusal> {
        let mut field = self.next_field(ATTRIBUTES).await?;
        if field.name() != Some(ATTRIBUTES) {
            self.file = Some(field);
            return Ok(None);
        }
        let mut text = Vec::new();
        while let Some(chunk) = next_chunk(&mut field).await? {
            if text.len() + chunk.len() > MAX_JSON {
                return Err(super::body::body_too_large(MAX_JSON as u64));
            }
            text.extend_from_slice(&chunk);
        }
        Ok(Some(text.into()))
    }

    /// Returns the field of the file. Box calls it `file`, and accepts every name: rclone sends
    /// `contents`, Box's SDK 3 for Node `content`.
    pub(crate) async fn next_file(&mut self) -> Result<Field<'static>, Refusal> {
        if let Some(file) = self.file.take() {
            return Ok(file);
        }
        let field = self.next_field("file").await?;
        match field.name() {
            Some(ATTRIBUTES) => Err(malformed_form("the field `attributes` occurs twice")),
            _ => Ok(field),
        }
    }

    async fn next_field(&mut self, name: &str) -> Result<Field<'static>, Refusal> {
        let error = |error| malformed_form(format!("invalid form: {error}"));
        let field = self.fields.next_field().await.map_err(error)?;
        field.ok_or_else(|| malformed_form(format!("missing form field `{name}`")))
    }

    /// Checks that no field follows.
    pub(crate) async fn expect_end(&mut self) -> Result<(), Refusal> {
        match self.fields.next_field().await {
            Ok(None) => Ok(()),
            Ok(Some(_)) => Err(malformed_form("unexpected form field after the file")),
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
    let parse = parse(Form { fields: Multipart::new(Chunks(receiver), boundary), file: None });
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
