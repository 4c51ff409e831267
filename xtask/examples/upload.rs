//! Uploads a file in parts. Shown in the README.

use std::error::Error;
use std::fs::File;
use std::io::Read;

use box_upload_sessions::Client;
use box_upload_sessions::operations::CommitUploadSessionOutcome;
use box_upload_sessions::runtime::{ContentRange, Digest};
use box_upload_sessions::types::{CommitUploadSessionBody, CreateUploadSessionBody};
use sha1::{Digest as _, Sha1};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::builder().access_token(std::env::var("BOX_ACCESS_TOKEN")?).build()?;
    let mut file = File::open("movie.mov")?;
    let size = file.metadata()?.len();
    let new_file =
        CreateUploadSessionBody::builder().file_name("movie.mov").file_size(size).folder_id("0");
    let session = client.create_upload_session(&new_file).await?;

    let mut parts = Vec::new();
    let mut whole = Sha1::new();
    let mut start = 0;
    while start < size {
        let length = session.part_size.min(size - start);
        let range = ContentRange::new(start, length, size)?;
        let mut bytes = Vec::new();
        file.by_ref().take(length).read_to_end(&mut bytes)?;
        whole.update(&bytes);
        let sha = Digest::sha(&Sha1::digest(&bytes).into());
        let stored = client.upload_part(&session.id, &range, &sha, bytes).await?;
        parts.push(stored.part);
        start += length;
    }

    let commit = CommitUploadSessionBody::new(parts);
    let sha = Digest::sha(&whole.finalize().into());
    match client.commit_upload_session(&session.id, &sha, &commit).await? {
        CommitUploadSessionOutcome::Created(files) => println!("stored as {}", files.entries[0].id),
        CommitUploadSessionOutcome::Accepted { retry_after } => {
            println!("not yet: commit again after {:?}", retry_after.map(|after| after.delay()));
        }
        _ => println!("an outcome that this program does not know"),
    }
    Ok(())
}
