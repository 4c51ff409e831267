//! Arguments of request handlers.

use http::header;
use http::request::Parts;

use super::error::HandlerError;
use crate::backend::Backend;
use crate::service::Caller;

/// A routed request.
pub(crate) struct Call<'a> {
    pub(crate) backend: &'a Backend,
    pub(crate) head: &'a Parts,
    /// The id in the path.
    pub(crate) id: String,
    /// Scheme, host and port of this server, as this client sees them.
    pub(crate) origin: String,
    /// Prefix of the upload server's URLs, as this client sees it.
    pub(crate) base: String,
    /// Corrupt the part; `true` to hide it.
    pub(crate) corrupt: Option<bool>,
    /// Report that the session existed.
    pub(crate) conflict: bool,
}

impl Call<'_> {
    /// Authenticates the caller.
    pub(crate) fn authenticate_caller(&self) -> Result<Caller, HandlerError> {
        let headers = &self.head.headers;
        let as_user = headers.get("as-user").and_then(|user| user.to_str().ok());
        let now = self.backend.now();
        let mut service = self.backend.service();
        let accepted = service.settings.tokens.as_deref();
        let caller =
            service.tokens.authenticate_caller(bearer_token(self.head), as_user, accepted, now)?;
        if let Some(limit) = service.settings.rate_limit {
            service.tokens.count_call(&caller.user, limit, now)?;
        }
        Ok(caller)
    }
}

/// The bearer token of a request (RFC 6750).
pub(crate) fn bearer_token(head: &Parts) -> Option<&str> {
    let value = head.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
