//! What the tests share.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use box_emulator::{Emulator, FaultPlan};
use box_upload_sessions::Client;
use box_uploader::{Error, Event, Retry, Sha1Hash, Upload, Uploaded, Uploader};

/// The size of a part, in bytes.
pub(crate) const PART: usize = 1000;

/// An emulator with small parts, and an uploader that does not wait long.
pub(crate) struct Setting {
    pub(crate) emulator: Emulator,
    pub(crate) uploader: Uploader,
}

impl Setting {
    pub(crate) async fn new(faults: FaultPlan) -> Self {
        let builder = Emulator::builder().part_size(PART as u64).smallest_file(1);
        let emulator = builder.faults(faults).start().await.expect("the emulator starts");
        let uploader = uploader(&emulator);
        Self { emulator, uploader }
    }

    /// Checks that just this file is there, with this content.
    pub(crate) async fn holds(&self, uploaded: &Uploaded, content: &[u8]) {
        assert_eq!(uploaded.sha1, Sha1Hash::of(content));
        let files = self.emulator.files();
        let file = files.iter().find(|file| file.id == uploaded.file.id);
        let file = file.expect("the file is there");
        assert!(uploaded.sha1.matches(file.sha1.as_ref().unwrap()));
        assert!(self.emulator.content(&file.id).await.unwrap() == content);
    }
}

/// An uploader to `emulator` that does not wait long.
pub(crate) fn uploader(emulator: &Emulator) -> Uploader {
    let client = Client::builder().base_url(emulator.url()).oauth2_security("token");
    let client = client.build().expect("the client is well configured");
    let retry = Retry {
        first_delay: Duration::from_millis(1),
        longest_delay: Duration::from_millis(20),
        ..Retry::default()
    };
    Uploader::new(client).retry(retry).sessions_from(1).idle_timeout(Duration::from_millis(500))
}

/// Bytes that differ from part to part.
pub(crate) fn content(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    std::iter::repeat_with(next).take(length).collect()
}

/// Runs an upload that must come to an end, and gives what it told.
pub(crate) async fn finish(upload: Upload) -> (Result<Uploaded, Error>, Vec<Event>) {
    let events = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&events);
    let upload = upload.on_progress(move |event| sink.lock().unwrap().push(event.clone()));
    let outcome = tokio::time::timeout(Duration::from_secs(60), upload.send()).await;
    let events = std::mem::take(&mut *events.lock().unwrap());
    (outcome.expect("an upload that hangs"), events)
}
