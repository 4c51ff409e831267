//! The redirect URL of a sign-in: a server that expects one request of a browser.

use std::io;
use std::time::Duration;

use box_upload_sessions::runtime::Secret;
use box_uploader::credentials::{Redirected, SignIn};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::net::{TcpListener, TcpStream};

use crate::command::command_error::CommandError;
use crate::command::web;

/// Browsers open connections that they do not use.
const LIMIT: Duration = Duration::from_secs(30);

/// Connections at a time.
const MAX_CONNECTIONS: usize = 32;

/// Waits until a browser brings the code, or the reason why there is none. Requests that do not
/// belong to the sign-in get a response and are otherwise ignored.
pub(super) async fn wait_for_code(
    listener: &TcpListener,
    sign_in: &SignIn,
) -> Result<Result<Secret, String>, CommandError> {
    let mut connections = FuturesUnordered::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if connections.len() < MAX_CONNECTIONS => {
                let (stream, _) = accepted.map_err(|error| {
                    CommandError::setup("cannot accept the browser's connection").because(&error)
                })?;
                let exchange = respond_to_browser(stream, sign_in);
                connections.push(tokio::time::timeout(LIMIT, exchange));
            }
            Some(done) = connections.next() => match done {
                Ok(Ok(Redirected::Code(code))) => return Ok(Ok(code)),
                Ok(Ok(Redirected::Refused(reason))) => return Ok(Err(reason)),
                // A favicon, an idle connection, or somebody else.
                _ => {}
            }
        }
    }
}

/// Responds to a request, and returns what it contains.
async fn respond_to_browser(mut stream: TcpStream, sign_in: &SignIn) -> io::Result<Redirected> {
    let Some(target) = web::read_target(&mut stream).await? else {
        return Ok(Redirected::Unrelated);
    };
    let redirected = match target.strip_prefix("/?") {
        Some(query) => sign_in.read_query(query),
        None => Redirected::Unrelated,
    };
    let (status, text) = match &redirected {
        Redirected::Code(_) => ("200 OK", "You can close this page and return to box-upload."),
        Redirected::Refused(_) => ("200 OK", "The sign-in was refused. You can close this page."),
        _ => ("404 Not Found", "There is nothing here."),
    };
    let page = format!("<!doctype html><title>box-upload</title><p>{text}</p>\n");
    // The sign-in counts even if the browser does not wait for the page.
    web::write_response(&mut stream, status, "text/html; charset=utf-8", &page).await;
    Ok(redirected)
}
