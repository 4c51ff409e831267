//! Server-sent events: tell the page that something changed.

use std::sync::Arc;
use std::time::Duration;

use http::{Response, header};

use super::super::body::{ResponseBody, send_chunk};
use super::super::response::{self, HttpResponse};
use super::super::server::Server;

/// Least time between two events: an upload of many parts changes much.
const PAUSE: Duration = Duration::from_millis(100);

/// Time after which a comment shows that the connection still exists.
const SILENCE: Duration = Duration::from_secs(15);

/// Sends an event now and after each change. It names a revision, not what changed: a client that
/// misses some only has to read the state once.
pub(crate) fn stream_changes(server: &Arc<Server>) -> HttpResponse {
    let mut changes = server.changes.subscribe();
    let body = ResponseBody::streamed(|sender| async move {
        loop {
            let revision = *changes.borrow_and_update();
            let event = format!("event: change\ndata: {{\"revision\":{revision}}}\n\n");
            send_chunk(&sender, event.into()).await?;
            tokio::time::sleep(PAUSE).await;
            loop {
                match tokio::time::timeout(SILENCE, changes.changed()).await {
                    Ok(Ok(())) => break,
                    Ok(Err(_)) => return Ok(()),
                    Err(_) => send_chunk(&sender, ":\n\n".into()).await?,
                }
            }
        }
    });
    let mut response = Response::new(body);
    response::set_header(&mut response, header::CONTENT_TYPE, "text/event-stream");
    response
}
