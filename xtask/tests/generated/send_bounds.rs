//! Bounds that users rely on: calls can be spawned, and errors passed on.

use std::error::Error as StdError;
use std::fmt::Debug;

use box_upload_sessions::operations::UploadPart;
use box_upload_sessions::runtime::{ContentRange, Digest, Items, Secret};
use box_upload_sessions::types::{ClientError, FileFull, Part, Resource};
use box_upload_sessions::{Body, Client, ClientBuilder, Credential, Error};

use crate::fixtures::{ID, UPLOADED_PART, client, part};
use crate::server::{CannedResponse, Server};

fn shared<T: Send + Sync + 'static>() {}
fn sent<T: Send + 'static>() {}
fn value<T: Clone + Debug + PartialEq + Send + Sync + 'static>() {}

#[test]
fn public_types_are_send_and_sync() {
    shared::<Client>();
    shared::<Credential>();
    shared::<Secret>();
    sent::<ClientBuilder>();
    sent::<Body>();
    sent::<UploadPart>();
    sent::<<UploadPart as IntoFuture>::IntoFuture>();
    sent::<Items<Part, ClientError>>();
    value::<FileFull>();
    value::<Resource>();
    fn error<T: StdError + Send + Sync + 'static>() {}
    error::<Error<ClientError>>();
    // Above this, clippy advises every caller against returning it.
    assert!(size_of::<Error<ClientError>>() < 128);
}

/// Several parts at once, on other threads, by clones of one client.
#[test]
fn calls_can_be_spawned() {
    let server = Server::start((0..5).map(|_| CannedResponse::json(200, UPLOADED_PART)));
    let client = client(&server);
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let calls: Vec<_> = (0..5_u8)
            .map(|number| {
                let client = client.clone();
                let range = ContentRange::new(u64::from(number) * 8, 8, 40).unwrap();
                let body = vec![number; 8];
                tokio::spawn(async move {
                    client.upload_part(ID, &range, &Digest::sha(&[7; 20]), body).await
                })
            })
            .collect();
        for call in calls {
            assert_eq!(call.await.unwrap().unwrap().part, part());
        }
    });
    drop(runtime);
    let sent = server.finish();
    let mut sent: Vec<_> = sent
        .iter()
        .map(|request| (request.body[0], request.header("content-range").unwrap().to_owned()))
        .collect();
    sent.sort_unstable();
    let range = |number: u8| (number, format!("bytes {}-{}/40", number * 8, number * 8 + 7));
    assert_eq!(sent, [0, 1, 2, 3, 4].map(range));
}
