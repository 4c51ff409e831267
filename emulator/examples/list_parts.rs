//! Lists what an upload session has stored: page by page, as one stream.

use std::error::Error;

use box_emulator::Emulator;
use box_upload_sessions::Client;
use box_upload_sessions::runtime::{ContentRange, Digest};
use box_upload_sessions::types::CreateUploadSessionBody;
use bytes::Bytes;
use sha1::{Digest as _, Sha1};

const PART: u64 = 1_000;
const SIZE: u64 = 5 * PART;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let emulator = Emulator::builder().part_size(PART).smallest_file(0).longest_page(2);
    let emulator = emulator.start().await?;
    let client = Client::builder().base_url(emulator.url()).access_token("token").build()?;
    let session = upload_parts(&client).await?;
    let before = emulator.requests().len();
    let missing = missing_bytes(&client, &session).await?;
    println!("{missing} of {SIZE} bytes are missing");
    // Five parts, two a page, and the empty page that ends them.
    assert_eq!((missing, emulator.requests().len() - before), (0, 4));
    Ok(())
}

/// How many bytes of a session's file are not stored.
async fn missing_bytes(client: &Client, session: &str) -> Result<u64, Box<dyn Error>> {
    let mut parts = client.list_parts(session).stream();
    let mut missing = SIZE;
    // A page is asked for when its first item is.
    while let Some(part) = parts.next().await {
        let part = part?;
        println!("{}: bytes {} to {}", part.part_id, part.offset, part.offset + part.size - 1);
        missing -= part.size;
    }
    Ok(missing)
}

/// The id of a session with all its parts.
async fn upload_parts(client: &Client) -> Result<String, Box<dyn Error>> {
    let body = CreateUploadSessionBody::builder().file_name("a").file_size(SIZE).folder_id("0");
    let session = client.create_upload_session(&body).await?;
    for first in (0..SIZE).step_by(PART as usize) {
        let part = Bytes::from(vec![first as u8; PART as usize]);
        let range = ContentRange::new(first, PART, SIZE)?;
        let digest = Digest::sha(&Sha1::digest(&part).into());
        client.upload_part(&session.id, &range, &digest, part).await?;
    }
    Ok(session.id)
}

#[test]
fn it_runs() {
    main().unwrap();
}
