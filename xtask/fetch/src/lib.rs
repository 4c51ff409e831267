//! Calls by the generated crate's `FetchTransport`. `run.mjs` runs them in Node.js against the emulator.

#![cfg(target_arch = "wasm32")]

use std::time::Duration;

use box_upload_sessions::operations::UploadFileForm;
use box_upload_sessions::runtime::{FetchTransport, Part};
use box_upload_sessions::types::{CreateFolderBody, NewFile, ParentFolder};
use box_upload_sessions::{Client, ClientBuilder, Error};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// Makes all calls to the service at `url`, and says what is wrong if anything is.
///
/// # Errors
/// The call that did not end as it should have.
#[wasm_bindgen]
pub async fn check(url: String) -> Result<(), JsValue> {
    make_calls(&url).await.map_err(|message| JsValue::from_str(&message))
}

async fn make_calls(url: &str) -> Result<(), String> {
    let client = builder(url).build().map_err(|error| format!("building: {error}"))?;
    client.get_current_user().await.map_err(|error| format!("without a body: {error}"))?;
    let folder = CreateFolderBody::new("plans", ParentFolder::new("0"));
    let folder = client.create_folder(&folder).await;
    let folder = folder.map_err(|error| format!("a JSON body: {error}"))?;
    let file = NewFile::new("a.txt", ParentFolder::new(folder.id));
    let form = UploadFileForm::new(&file, Part::from("Hello"));
    let files = client.upload_file(form).await;
    let files = files.map_err(|error| format!("a multipart body: {error}"))?;
    let sizes: Vec<_> = files.entries.iter().map(|file| file.size).collect();
    expect(sizes == [Some(5)], || format!("the file has {sizes:?} bytes"))?;

    let missing = client.get_file("999999").await.err();
    let status = missing.as_ref().and_then(Error::status);
    expect(status.is_some_and(|status| status.as_u16() == 404), || format!("404: {missing:?}"))?;

    // The emulator stalls the second of these calls.
    let hasty = builder(url).timeout(Duration::from_millis(200)).build();
    let hasty = hasty.map_err(|error| format!("building: {error}"))?;
    let late = hasty.get_current_user().await.err();
    expect(late.as_ref().is_some_and(Error::is_timeout), || format!("a time limit: {late:?}"))?;

    // The discard port, where nothing listens.
    let nowhere = builder("http://127.0.0.1:9").build();
    let nowhere = nowhere.map_err(|error| format!("building: {error}"))?;
    let failed = nowhere.get_current_user().await.err();
    expect(matches!(failed, Some(Error::Transport(_))), || format!("no connection: {failed:?}"))
}

fn builder(url: &str) -> ClientBuilder {
    Client::builder().base_url(url).access_token("any").transport(FetchTransport)
}

fn expect(holds: bool, message: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(message()) }
}
