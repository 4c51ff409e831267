//! Uploads a file in parts; the README shows it.

use std::error::Error;

use box_upload_sessions::Client;
use box_upload_sessions::operations::CommitUploadSessionOutcome;
use box_upload_sessions::runtime::{ContentRange, Digest};
use box_upload_sessions::types::{CommitUploadSessionBody, CreateUploadSessionBody};
use bytes::Bytes;
use sha1::{Digest as _, Sha1};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::builder().oauth2_security(std::env::var("BOX_ACCESS_TOKEN")?).build()?;
    let content = Bytes::from(std::fs::read("movie.mov")?);
    let sha = |bytes: &[u8]| Digest::sha(&Sha1::digest(bytes).into());

    let size = content.len();
    let new_file = CreateUploadSessionBody::new("0", i64::try_from(size)?, "movie.mov");
    let session = client.create_upload_session(&new_file).await?;

    let part_size = usize::try_from(session.part_size)?;
    let mut parts = Vec::new();
    for start in (0..size).step_by(part_size) {
        let bytes = content.slice(start..size.min(start + part_size));
        let range = ContentRange::new(start as u64, bytes.len() as u64, size as u64)?;
        let stored = client.upload_part(&session.id, &sha(&bytes), &range, bytes).await?;
        parts.push(stored.part);
    }

    let commit = CommitUploadSessionBody::new(parts);
    match client.commit_upload_session(&session.id, &sha(&content), &commit).await? {
        CommitUploadSessionOutcome::Created(files) => println!("stored as {}", files.entries[0].id),
        CommitUploadSessionOutcome::Accepted { retry_after } => {
            println!("not yet: commit again after {:?}", retry_after.map(|after| after.delay()));
        }
        _ => println!("an outcome that this program does not know"),
    }
    Ok(())
}
