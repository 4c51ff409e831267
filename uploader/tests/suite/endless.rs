//! Services whose list of a folder does not end.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use box_upload_sessions::Client;
use box_uploader::{DirectorySummary, FolderPath, OnConflict, Uploader};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::quick;

/// What a service sends for the page with this number.
type Page = fn(usize) -> String;

/// A service whose folders exist, have these pages and take nothing.
struct Service {
    url: String,
    pages: Arc<AtomicUsize>,
    deletions: Arc<AtomicUsize>,
}

impl Service {
    async fn start(page: Page) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let pages = Arc::new(AtomicUsize::new(0));
        let deletions = Arc::new(AtomicUsize::new(0));
        let service = Self { url, pages: Arc::clone(&pages), deletions: Arc::clone(&deletions) };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(respond(stream, page, Arc::clone(&pages), Arc::clone(&deletions)));
            }
        });
        service
    }

    fn uploader(&self) -> Uploader {
        let client = Client::builder().base_url(&self.url).access_token("token").build().unwrap();
        Uploader::new(client).retry(quick())
    }

    /// Uploads a directory with one file, and deletes.
    async fn mirror(&self) -> DirectorySummary {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("photos");
        fs::create_dir(&root).unwrap();
        fs::write(root.join("same"), "same").unwrap();
        let upload = self.uploader().directory(&root).to_folder("0");
        upload.on_conflict(OnConflict::Version).delete(100, false).send().await.unwrap()
    }
}

async fn respond(
    mut stream: TcpStream,
    page: Page,
    pages: Arc<AtomicUsize>,
    deletions: Arc<AtomicUsize>,
) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        request.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&request).to_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if body.len() < length.map_or(0, |length| length.parse().unwrap()) {
            continue;
        }
        let (status, body) = match head.split(' ').next() {
            Some("get") => ("200 OK", page(pages.fetch_add(1, Ordering::Relaxed))),
            Some("post") => {
                let conflict = r#"{"conflicts":[{"type":"folder","id":"5"}]}"#;
                let error = r#"{"type":"error","code":"item_name_in_use","context_info":"#;
                ("409 Conflict", format!("{error}{conflict}}}"))
            }
            Some("delete") => {
                deletions.fetch_add(1, Ordering::Relaxed);
                ("204 No Content", String::new())
            }
            _ => ("403 Forbidden", "{}".to_owned()),
        };
        let length = body.len();
        let kind = "content-type: application/json";
        let head = format!("HTTP/1.1 {status}\r\n{kind}\r\ncontent-length: {length}\r\n\r\n");
        let _ = stream.write_all((head + &body).as_bytes()).await;
        request.clear();
    }
}

/// A page with the directory's file and one that it does not have.
fn page_with(marker: &str) -> String {
    // The SHA-1 of `same`.
    let sha1 = "ff3390557335ba88d37755e41514beb03bc499ec";
    let same = format!(r#"{{"type":"file","id":"1","name":"same","size":4,"sha1":"{sha1}"}}"#);
    let other = r#"{"type":"file","id":"2","name":"other","size":1,"etag":"0"}"#;
    format!(r#"{{"entries":[{same},{other}],"next_marker":{marker}}}"#)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_ends_and_one_that_was_cut_deletes_nothing() {
    let same: Page = |_| page_with(r#""again""#);
    let two: Page = |number| page_with(&format!(r#""{}""#, number % 2));
    let empty: Page = |number| format!(r#"{{"entries":[],"next_marker":"{number}"}}"#);
    let short: Page = |_| page_with("null").replacen('{', r#"{"total_count":3,"#, 1);
    for (page, limit) in [(same, 2), (two, 3), (empty, 102), (short, 1)] {
        let service = Service::start(page).await;
        let summary = service.mirror().await;
        let pages = service.pages.load(Ordering::Relaxed);
        assert_eq!((summary.deleted, service.deletions.load(Ordering::Relaxed)), (0, 0));
        assert!(pages <= limit, "{pages} {summary:?}");
    }
    // A list that is complete.
    let service = Service::start(|_| page_with(r#""""#)).await;
    assert_eq!(service.mirror().await.deleted, 1);
    assert_eq!(service.pages.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn the_search_for_a_folder_ends() {
    let service = Service::start(|number| page_with(&format!(r#""{}""#, number % 3))).await;
    let path: FolderPath = "/Films".parse().unwrap();
    service.uploader().find_folder(&path).await.unwrap_err();
    assert!(service.pages.load(Ordering::Relaxed) <= 4);
}

/// A folder that contains itself.
#[tokio::test]
async fn endless_depth_reaches_the_limit() {
    let service = Service::start(|number| {
        let folder = format!(r#"{{"type":"folder","id":"{number}","name":"deep"}}"#);
        let same = page_with("null");
        same.replacen(r#""entries":["#, &format!(r#""entries":[{folder},"#), 1)
    });
    let service = service.await;
    let summary = service.mirror().await;
    assert_eq!(service.deletions.load(Ordering::Relaxed), 0, "{summary:?}");
    assert!(service.pages.load(Ordering::Relaxed) < 110);
}
