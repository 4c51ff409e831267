//! Uploads a file, and resumes after a crash. Shown in the README.

use box_upload_sessions::Client;
use box_uploader::Uploader;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::builder().access_token(std::env::var("BOX_ACCESS_TOKEN")?).build()?;
    let uploader = Uploader::new(client).journal("unfinished");
    let upload = uploader.file("backup.tar").to_folder("0").concurrency(4);
    let uploaded = upload.on_progress(|event| println!("{event:?}")).send().await?;
    println!("stored as {}, SHA-1 {}", uploaded.file.id, uploaded.sha1);
    Ok(())
}
