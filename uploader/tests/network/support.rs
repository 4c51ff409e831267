//! What the tests share.

use std::error::Error as _;

use box_emulator::{Builder, Emulator};
use box_upload_sessions::runtime::{Failure, Transport};
use box_upload_sessions::{Body, Client};
use box_uploader::transport::{HttpTransport, HttpTransportBuilder};
use box_uploader::{OnConflict, Uploader};
use http::{Request, Response};

/// A transport that the environment of the tests has no say in.
pub(crate) fn transport() -> HttpTransportBuilder {
    HttpTransport::builder().proxy_from_env(false)
}

/// An emulator that takes small parts.
pub(crate) fn emulator() -> Builder {
    Emulator::builder().part_size(1000).smallest_file(1)
}

/// Uploads a small file in parts, and checks that it has arrived.
pub(crate) async fn upload(transport: HttpTransport, emulator: &Emulator) {
    upload_to(transport, &emulator.url(), emulator).await;
}

/// The same, by another URL.
pub(crate) async fn upload_to(transport: HttpTransport, url: &str, emulator: &Emulator) {
    let client = Client::builder().base_url(url).access_token("token").transport(transport);
    let uploader = Uploader::new(client.build().unwrap()).sessions_from(1);
    let content: Vec<_> = (0..3500_u32).map(|index| (index * 7 / 3) as u8).collect();
    let upload = uploader.bytes("name", content.clone()).to_folder("0");
    let uploaded = upload.on_conflict(OnConflict::Version).send().await.unwrap();
    assert!(emulator.content(&uploaded.file.id).await.unwrap() == content);
}

/// Sends `body` to this URL.
pub(crate) async fn put(
    transport: &HttpTransport,
    url: &str,
    body: impl Into<Body>,
) -> Result<Response<Body>, Failure> {
    transport.send(Request::put(url).body(body.into()).unwrap()).await
}

/// An error and all that lies beneath it.
pub(crate) fn words(error: &Failure) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        text = format!("{text}: {error}");
        next = error.source();
    }
    // `Debug` must not print more either.
    let shown = format!("{error:?}");
    assert!(!shown.contains("hush"), "{shown}");
    text
}
