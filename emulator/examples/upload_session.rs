//! Uploads content in parts, with progress and retries, while every third part fails at first.

use std::error::Error;
use std::time::Duration;

use box_emulator::{Action, Emulator, Fault, FaultPlan, FaultResponse, Operation};
use box_upload_sessions::Client;
use box_upload_sessions::operations::CommitUploadSessionOutcome;
use box_upload_sessions::runtime::{ContentRange, Digest, Retry};
use box_upload_sessions::types::{CommitUploadSessionBody, CreateUploadSessionBody, FileFull};
use bytes::Bytes;
use sha1::{Digest as _, Sha1};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let failure = Action::Respond(FaultResponse::new(503));
    let plan = FaultPlan::new(1).fault(Fault::random(Operation::UploadPart, 0.3, failure));
    let emulator = Emulator::builder().part_size(1 << 20).smallest_file(0).faults(plan).start();
    let emulator = emulator.await?;
    let retry =
        Retry::default().attempts(8).delays(Duration::from_millis(10), Duration::from_secs(1));
    let client = Client::builder()
        .base_url(emulator.url()) // Box, without this line
        .access_token("token")
        .retry(retry)
        .build()?;
    let file = upload_file(&client, "movie.mov", Bytes::from(vec![7; 10 << 20])).await?;
    println!("stored as {}", file.id);
    assert_eq!(emulator.content(&file.id).await?.len(), 10 << 20);
    Ok(())
}

async fn upload_file(
    client: &Client,
    name: &str,
    content: Bytes,
) -> Result<FileFull, Box<dyn Error>> {
    let size = content.len() as u64;
    let body = CreateUploadSessionBody::builder().file_name(name).file_size(size).folder_id("0");
    let session = client.create_upload_session(&body).await?;
    let mut parts = Vec::new();
    let mut sent = 0;
    while sent < size {
        let end = size.min(sent + session.part_size);
        let part = content.slice(sent as usize..end as usize);
        let range = ContentRange::new(sent, end - sent, size)?;
        let digest = Digest::sha(&Sha1::digest(&part).into());
        // It is sent again after a failure: `PUT` is idempotent, and `part` is in memory.
        let uploaded = client.upload_part(&session.id, &range, &digest, part).await?;
        parts.push(uploaded.part);
        sent = end;
        println!("{:3} %", sent * 100 / size);
    }
    let digest = Digest::sha(&Sha1::digest(&content).into());
    let body = CommitUploadSessionBody::new(parts);
    loop {
        match client.commit_upload_session(&session.id, &digest, &body).await? {
            CommitUploadSessionOutcome::Created(mut files) => {
                return files.entries.pop().ok_or_else(|| "the response has no file".into());
            }
            // The service is not done with the parts.
            _ => tokio::time::sleep(Duration::from_secs(1)).await,
        }
    }
}

#[test]
fn it_runs() {
    main().unwrap();
}
