//! What the tests begin with.

use box_upload_sessions::Client;
use box_upload_sessions::types::Part;

use crate::server::Server;

/// The id of the session, in requests and in [`SESSION`].
pub(crate) const ID: &str = "F971964745A5CD0C001BBE4E58196BFD";

/// The token that [`client`] sends.
pub(crate) const TOKEN: &str = "hunter2hunter2";

/// A session, as the service describes it.
pub(crate) const SESSION: &str = r#"{
    "id": "F971964745A5CD0C001BBE4E58196BFD",
    "type": "upload_session",
    "session_expires_at": "2026-12-12T10:53:43-08:00",
    "part_size": 8388608,
    "total_parts": 3,
    "num_parts_processed": 0,
    "session_endpoints": {
        "upload_part": "https://upload.app.box.com/api/2.0/files/upload_sessions/F971964745A5CD0C001BBE4E58196BFD",
        "commit": "https://upload.app.box.com/api/2.0/files/upload_sessions/F971964745A5CD0C001BBE4E58196BFD/commit",
        "abort": "https://upload.app.box.com/api/2.0/files/upload_sessions/F971964745A5CD0C001BBE4E58196BFD",
        "list_parts": "https://upload.app.box.com/api/2.0/files/upload_sessions/F971964745A5CD0C001BBE4E58196BFD/parts",
        "status": "https://upload.app.box.com/api/2.0/files/upload_sessions/F971964745A5CD0C001BBE4E58196BFD",
        "log_event": "https://upload.app.box.com/api/2.0/files/upload_sessions/F971964745A5CD0C001BBE4E58196BFD/log"
    }
}"#;

/// The response to a part.
pub(crate) const UPLOADED_PART: &str = r#"{"part":{"part_id":"6F2D3486","offset":8388608,"size":8388608,"sha1":"7e94728397954257ad759a8429a165ab00572733"}}"#;

/// The response to a commit.
pub(crate) const FILES: &str = r#"{"total_count":1,"entries":[{"type":"file","id":"12345","etag":"0","size":20971520,"sha1":"85136c79cbf9fe36bb9d05d0639c70c265c18d37"}]}"#;

/// The part of [`UPLOADED_PART`].
pub(crate) fn part() -> Part {
    let part = Part::builder().offset(8_388_608).part_id("6F2D3486").size(8_388_608);
    part.sha1("7e94728397954257ad759a8429a165ab00572733")
}

/// A client that sends everything to `server`.
pub(crate) fn client(server: &Server) -> Client {
    Client::builder().base_url(server.url()).access_token(TOKEN).build().unwrap()
}

/// The future's output. All that it left running is ended, its connections among it.
pub(crate) fn run<F: IntoFuture>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // Made in there, for futures that need the runtime from their first step on.
    runtime.block_on(async { future.await })
}
