//! Upload sessions.

mod commit;
mod create;
mod parts;
mod transfer;

use std::collections::BTreeMap;

use box_upload_sessions::Client;
use box_upload_sessions::operations::{AbortUploadSession, GetUploadSession, ListParts};
use box_upload_sessions::types::{Part, UploadSession};
use http::Uri;

use crate::Error;
use crate::context::{Context, StepError};
use crate::request_error::RequestError;
use crate::session_id::is_valid_session_id;

pub(crate) use commit::Commit;
pub(crate) use create::{Created, create_session};
pub(crate) use transfer::{Transfer, TransferredParts};

/// Page size of part lists. Box allows 1,000.
const PAGE: usize = 1000;

/// Largest offset of a part list.
const MAX_LIST_OFFSET: usize = 10_000;

/// A session, and where its requests go.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) id: String,
    /// Size of every part but the last, in bytes.
    pub(crate) part_size: u64,
    /// Number of parts.
    pub(crate) parts: u64,
    upload_part: Option<String>,
    list_parts: Option<String>,
    commit: Option<String>,
    status: Option<String>,
    abort: Option<String>,
    /// A URL at an untrusted host, which is not used.
    pub(crate) untrusted_url: Option<String>,
}

impl Session {
    /// Checks that the session fits a file of `size` bytes.
    pub(crate) fn new(
        client: &Client,
        session: UploadSession,
        size: u64,
    ) -> Result<Self, StepError> {
        if !is_valid_session_id(&session.id) {
            return Err(StepError::lost("the session id is invalid"));
        }
        let part_size = session.part_size;
        let parts = (part_size > 0).then(|| size.div_ceil(part_size));
        let agrees = |parts: &u64| session.total_parts.is_none_or(|total| total == *parts);
        let parts = parts.filter(agrees);
        let Some(parts) = parts else {
            return Err(StepError::lost("the session does not fit the file size"));
        };
        let id = session.id;
        let urls = session.session_endpoints.unwrap_or_default();
        let mut checker = UrlChecker { client, id: &id, untrusted: None };
        let upload_part = checker.check_url(urls.upload_part, "");
        let list_parts = checker.check_url(urls.list_parts, "/parts");
        let commit = checker.check_url(urls.commit, "/commit");
        let status = checker.check_url(urls.status, "");
        let abort = checker.check_url(urls.abort, "");
        let untrusted_url = checker.untrusted;
        Ok(Self {
            id,
            part_size,
            parts,
            upload_part,
            list_parts,
            commit,
            status,
            abort,
            untrusted_url,
        })
    }

    /// Checks that the session exists; the error [tells](RequestError::is_session_gone) if it has
    /// ended.
    pub(crate) async fn check_status(&self, context: &Context) -> Result<(), RequestError> {
        let request = || self.build_status_request(&context.client);
        context.send_retrying("get_upload_session", request).await.map(drop)
    }

    fn build_status_request(&self, client: &Client) -> GetUploadSession {
        let request = client.get_upload_session(&self.id);
        match &self.status {
            Some(url) => request.at(url),
            None => request,
        }
    }

    /// All parts that the service has, by offset.
    pub(crate) async fn list_parts(
        &self,
        context: &Context,
    ) -> Result<BTreeMap<u64, Part>, StepError> {
        let mut parts = BTreeMap::new();
        loop {
            let page = self.list_page(context, parts.len(), PAGE).await?;
            let before = parts.len();
            parts.extend(page.into_iter().map(|part| (part.offset, part)));
            // A short page need not be the last one. A page without new parts would repeat forever.
            let complete = parts.len() as u64 >= self.parts;
            if complete || parts.len() == before || parts.len() > MAX_LIST_OFFSET {
                return Ok(parts);
            }
        }
    }

    /// Up to `limit` parts after the first `skipped` ones.
    async fn list_page(
        &self,
        context: &Context,
        skipped: usize,
        limit: usize,
    ) -> Result<Vec<Part>, StepError> {
        let skipped = skipped as u64;
        let limit = limit as u64;
        let client = &context.client;
        let request = || self.build_list_request(client).offset(skipped).limit(limit);
        let page = context.send_retrying_404("list_parts", request).await;
        page.map(|page| page.entries).map_err(StepError::in_session)
    }

    fn build_list_request(&self, client: &Client) -> ListParts {
        let request = client.list_parts(&self.id);
        match &self.list_parts {
            Some(url) => request.at(url),
            None => request,
        }
    }

    /// Aborts the session, ignoring errors; returns whether it has ended.
    pub(crate) async fn abort_quietly(&self, context: &Context) -> bool {
        abort_quietly(context, &self.id, self.abort.as_deref()).await
    }
}

/// Checks the URLs of a session.
struct UrlChecker<'a> {
    client: &'a Client,
    id: &'a str,
    /// The first URL that a token must not be sent to.
    untrusted: Option<String>,
}

impl UrlChecker<'_> {
    /// Returns the URL if it is allowed.
    fn check_url(&mut self, url: Option<String>, suffix: &str) -> Option<String> {
        let url = url?;
        let allowed = allow_url(self.client, self.id, url.clone(), suffix);
        if allowed.is_none() {
            self.untrusted.get_or_insert(url);
        }
        allowed
    }
}

/// The URL, if a token may be sent there: its host is allowed by the client and its path is the
/// step of this session. Other steps go to the configured host.
fn allow_url(client: &Client, id: &str, url: String, suffix: &str) -> Option<String> {
    let path = url.parse::<Uri>().ok()?.path().to_owned();
    let own = path.strip_suffix(suffix).and_then(|path| path.strip_suffix(id));
    let own = own.is_some_and(|path| path.ends_with("/files/upload_sessions/"));
    let plain = !path.split('/').any(|segment| matches!(segment, "." | ".."));
    let allowed = client.get_upload_session(id).at(&url).into_request().is_ok();
    let follow = own && plain && allowed;
    follow.then_some(url)
}

/// Fetches a session; `None` if it is gone.
pub(crate) async fn fetch_session(
    context: &Context,
    id: &str,
) -> Result<Option<Session>, StepError> {
    let request = || context.client.get_upload_session(id);
    match context.send_retrying_404("get_upload_session", request).await {
        Ok(session) => Session::new(&context.client, session, context.size).map(Some),
        // 403: it belongs to another user, and says nothing about this upload.
        Err(failure) if failure.is_session_gone() || failure.status == Some(403) => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}

/// Aborts an unneeded session, ignoring errors; returns whether it has ended.
pub(crate) async fn abort_quietly(context: &Context, id: &str, url: Option<&str>) -> bool {
    let request = || build_abort_request(&context.client, id, url);
    match context.send_retrying("abort_upload_session", request).await {
        Err(failure) if !failure.is_session_gone() => {
            tracing::debug!(session = id, "not aborted: {}", failure.text);
            false
        }
        _ => true,
    }
}

fn build_abort_request(client: &Client, id: &str, url: Option<&str>) -> AbortUploadSession {
    let request = client.abort_upload_session(id);
    match url {
        Some(url) => request.at(url),
        None => request,
    }
}

/// Aborts a session by id; returns whether there was one.
pub(crate) async fn abort_by_id(context: &Context, id: &str) -> Result<bool, Error> {
    let request = || context.client.abort_upload_session(id);
    match context.send_retrying("abort_upload_session", request).await {
        Ok(()) => Ok(true),
        // A lost earlier attempt may have ended it.
        Err(failure) if failure.is_session_gone() => {
            Ok(failure.status == Some(410) || context.statistics().retries > 0)
        }
        Err(failure) => Err(failure.into_kind(1).into()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use box_upload_sessions::runtime::{Body, BoxFuture, Failure, Transport};
    use http::{Request, Response};

    use super::{Client, Part, Session, allow_url};

    struct Nowhere;

    impl Transport for Nowhere {
        fn send(&self, _: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, Failure>> {
            Box::pin(std::future::pending())
        }

        fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
            Box::pin(std::future::pending())
        }
    }

    const ID: &str = "f971964745bd9ec22f71964745bd9ec2";

    fn is_followed(client: &Client, url: &str, suffix: &str) -> bool {
        let url = url.replace("ID", ID);
        let followed = allow_url(client, ID, url.clone(), suffix);
        assert!(followed.is_none() || followed == Some(url));
        followed.is_some()
    }

    #[test]
    fn urls_of_box_are_followed() {
        let client = Client::builder().transport(Nowhere).build().unwrap();
        for (url, suffix) in [
            ("https://upload.box.com/api/2.0/files/upload_sessions/ID", ""),
            ("https://fupload-ec2prod.app.box.com/api/2.0/files/upload_sessions/ID", ""),
            ("https://upload.app.box-gov.com/api/2.0/files/upload_sessions/ID/parts", "/parts"),
            ("https://upload.app.box.com:443/api/2.0/files/upload_sessions/ID/commit", "/commit"),
        ] {
            assert!(is_followed(&client, url, suffix), "{url}");
        }
        for (url, suffix) in [
            ("", ""),
            ("/api/2.0/files/upload_sessions/ID", ""),
            ("http://upload.box.com/api/2.0/files/upload_sessions/ID", ""),
            ("https://upload.box.com:8443/api/2.0/files/upload_sessions/ID", ""),
            ("https://evil-box.com/api/2.0/files/upload_sessions/ID", ""),
            ("https://upload.box.com.example/api/2.0/files/upload_sessions/ID", ""),
            ("https://upload.box.com@example.org/api/2.0/files/upload_sessions/ID", ""),
            ("https://user:word@upload.box.com/api/2.0/files/upload_sessions/ID", ""),
            ("https://upload.box.com/api/2.0/files/upload_sessions/IDx", ""),
            ("https://upload.box.com/api/2.0/files/upload_sessions/xID", ""),
            ("https://upload.box.com/api/2.0/files/upload_sessions/ID/commit", ""),
            ("https://upload.box.com/api/2.0/files/upload_sessions/ID", "/commit"),
            ("https://upload.box.com/api/2.0/users/../files/upload_sessions/ID", ""),
            ("https://upload.box.com/api/2.0/users/ID", ""),
        ] {
            assert!(!is_followed(&client, url, suffix), "{url}");
        }
    }

    #[test]
    fn a_session_needs_an_id_and_the_size_of_a_part() {
        let client = Client::builder().transport(Nowhere).build().unwrap();
        let session = |members: &str| {
            let text = format!(r#"{{"id": "{ID}", "part_size": 8388608 {members}}}"#);
            let session = serde_json::from_str(&text).unwrap();
            Session::new(&client, session, 20_971_520)
        };
        for sparse in ["", r#", "session_endpoints": {}"#, r#", "total_parts": 3"#] {
            let session = session(sparse).unwrap();
            assert_eq!((session.parts, session.upload_part), (3, None), "{sparse}");
        }
        assert!(session(r#", "total_parts": 4"#).is_err());
        let url = format!("https://upload.box.com/api/2.0/files/upload_sessions/{ID}");
        let session = session(&format!(r#", "session_endpoints": {{"upload_part": "{url}"}}"#));
        let session = session.unwrap();
        assert_eq!((session.upload_part, session.commit), (Some(url), None));
    }

    #[test]
    fn a_part_without_a_hash_is_known_by_its_place() {
        let sha1 = crate::Sha1Hash::of(b"bytes");
        let piece = super::parts::LocalPart { index: 1, offset: 8, size: 5, sha1 };
        let part = |offset, sha1: Option<&str>| {
            let mut part = Part::builder().offset(offset).part_id("6F2D3486").size(5);
            part.sha1 = sha1.map(str::to_owned);
            part
        };
        assert!(piece.matches(&part(8, None)));
        assert!(piece.matches(&part(8, Some(&sha1.to_string()))));
        assert!(!piece.matches(&part(8, Some("7e94728397954257ad759a8429a165ab00572733"))));
        assert!(!piece.matches(&part(0, None)));
    }

    #[test]
    fn with_a_base_url_no_other_host_is_trusted() {
        let client = Client::builder().transport(Nowhere).base_url("http://127.0.0.1:8080");
        let client = client.build().unwrap();
        let path = "api/2.0/files/upload_sessions/ID";
        assert!(is_followed(&client, &format!("http://127.0.0.1:8080/{path}"), ""));
        for host in ["127.0.0.1:8081", "127.0.0.1", "localhost:8080", "upload.box.com"] {
            for scheme in ["http", "https"] {
                assert!(!is_followed(&client, &format!("{scheme}://{host}/{path}"), ""), "{host}");
            }
        }
        let client = Client::builder().transport(Nowhere).base_url("http://127.0.0.1:8080");
        let client = client.allow_host("*.box.com").build().unwrap();
        assert!(is_followed(&client, &format!("https://upload.box.com/{path}"), ""));
    }
}
