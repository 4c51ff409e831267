//! Receives content into the store with bounded memory.

use std::io;

use bytes::Bytes;
use tokio::task::JoinHandle;

use crate::backend::internal_error;
use crate::service::Refusal;
use crate::store::{BlobWriter, PendingBlob};
use box_upload_common::Sha1Hash;

/// Bytes hashed and written at a time. Twice as many are in memory.
const BATCH: usize = 1 << 20;

/// Receives a blob: while one batch is written, the next arrives.
#[derive(Debug)]
pub(crate) struct ContentReceiver {
    job: Option<JoinHandle<io::Result<BlobWriter>>>,
    writer: Option<BlobWriter>,
    batch: Vec<Bytes>,
    batched: usize,
    pub(crate) size: u64,
}

impl ContentReceiver {
    pub(crate) fn new(writer: BlobWriter) -> Self {
        Self { job: None, writer: Some(writer), batch: Vec::new(), batched: 0, size: 0 }
    }

    pub(crate) async fn push_chunk(&mut self, chunk: Bytes) -> Result<(), Refusal> {
        self.size += chunk.len() as u64;
        self.batched += chunk.len();
        self.batch.push(chunk);
        if self.batched >= BATCH { self.write_batch().await } else { Ok(()) }
    }

    async fn write_batch(&mut self) -> Result<(), Refusal> {
        let mut writer = self.take_writer().await?;
        let batch = std::mem::take(&mut self.batch);
        self.batched = 0;
        self.job = Some(tokio::task::spawn_blocking(move || {
            batch.into_iter().try_for_each(|chunk| writer.write_chunk(chunk))?;
            Ok(writer)
        }));
        Ok(())
    }

    /// The writer, once the last batch is written.
    async fn take_writer(&mut self) -> Result<BlobWriter, Refusal> {
        if let Some(job) = self.job.take() {
            let written = job.await.map_err(io::Error::other).and_then(|result| result);
            self.writer = Some(written.map_err(internal_error)?);
        }
        self.writer.take().ok_or_else(|| internal_error(io::Error::other("nothing to write with")))
    }

    /// Persists the content.
    pub(crate) async fn finish(mut self) -> Result<(PendingBlob, Sha1Hash), Refusal> {
        let mut writer = self.take_writer().await?;
        let batch = self.batch;
        let finished = tokio::task::spawn_blocking(move || {
            batch.into_iter().try_for_each(|chunk| writer.write_chunk(chunk))?;
            writer.finish()
        });
        finished.await.map_err(io::Error::other).and_then(|result| result).map_err(internal_error)
    }
}
