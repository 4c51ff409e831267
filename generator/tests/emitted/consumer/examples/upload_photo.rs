//! Uploads a photo as a stream, with progress, and again if that fails.

use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use photos::runtime::Retry;
use photos::types::{NewPhoto, Photo, Problem};
use photos::{Body, Client, Error};

const CHUNK: usize = 64 << 10;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let retry = Retry::default().attempts(5);
    let token = std::env::var("PHOTOS_TOKEN")?;
    let client = Client::builder().token(token).retry(retry).build()?;
    let content = Bytes::from(std::fs::read("sunset.jpg")?);
    println!("stored as {}", upload(&client, "Sunset", content).await?.id);
    Ok(())
}

async fn upload(client: &Client, title: &str, content: Bytes) -> Result<Photo, Error<Problem>> {
    // A `POST` is repeated by the client only if that cannot create a second photo.
    let body = NewPhoto::new(title);
    let photo = client.create_photo("holidays", &body).header("idempotency-key", title).await?;
    let mut attempt = 1;
    // A stream is gone when it is sent: only the program can make another one.
    while let Err(error) = client.upload_photo(&photo.id, show_progress(&content)).await {
        if attempt == 5 || !error.is_transient() {
            return Err(error);
        }
        let pause = Duration::from_millis(100 << attempt);
        tokio::time::sleep(error.retry_after().map_or(pause, |after| after.delay())).await;
        attempt += 1;
    }
    Ok(photo)
}

/// The content as a stream that says how much of it has been read.
fn show_progress(content: &Bytes) -> Body {
    let content = content.clone();
    let size = content.len();
    let chunks = (0..size).step_by(CHUNK).map(move |start| {
        println!("{:3} %", start * 100 / size);
        Ok::<_, std::io::Error>(content.slice(start..size.min(start + CHUNK)))
    });
    Body::stream(size as u64, stream::iter(chunks))
}

#[tokio::test]
async fn failures_are_repeated() {
    use photos::runtime::Mock;

    let photo = Photo::builder().id("1").size(0).title("Sunset");
    let mock = Mock::new().status(503).json(201, &Photo::from(photo)).status(503).status(204);
    let client = Client::builder().token("secret").transport(mock.clone());
    let client = client.retry(Retry::default()).build().unwrap();
    let content = Bytes::from(vec![7; 2 * CHUNK + 1]);
    assert_eq!(upload(&client, "Sunset", content.clone()).await.unwrap().id, "1");
    let requests = mock.requests();
    let sizes: Vec<_> = requests.iter().map(|request| request.body().len()).collect();
    assert_eq!(sizes[2..], [content.len(), content.len()]);
    assert_eq!(requests[0].headers()["idempotency-key"], "Sunset");
}
