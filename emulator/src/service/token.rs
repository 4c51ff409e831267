//! Access tokens and their users.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use box_upload_sessions::types::ClientErrorCode;
use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::Refusal;
use crate::timestamp::Timestamp;
use box_upload_common::Sha1Hash;

/// The user of every token that was not issued for another one.
pub(crate) const DEFAULT_USER: &str = "1";

/// An issued token. The token itself is not stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct IssuedToken {
    pub(crate) fingerprint: String,
    pub(crate) user: String,
    /// Scopes; all if empty.
    pub(crate) scope: Vec<String>,
    pub(crate) expires: Timestamp,
    /// Fingerprint of the refresh token that came with it.
    #[serde(default)]
    pub(crate) refresh: Option<String>,
    /// Fingerprint of what was used up for it, such as a refresh token.
    pub(crate) used: Option<String>,
}

/// Represents a token in memory and on disk.
pub(crate) fn fingerprint_token(token: &str) -> String {
    Sha1Hash::of(token.as_bytes()).to_string()
}

/// The user and scopes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) user: String,
    pub(crate) fingerprint: String,
    scope: Vec<String>,
}

impl Caller {
    /// Someone who may do everything, without a token.
    pub(crate) fn unrestricted() -> Self {
        Self { user: DEFAULT_USER.to_owned(), fingerprint: String::new(), scope: Vec::new() }
    }

    /// Checks that the token's scopes allow uploads.
    pub(crate) fn check_upload_scope(&self) -> Result<(), Refusal> {
        self.check_scope(&["base_upload", "item_upload", "root_readwrite"], "uploads")
    }

    /// Checks that the token's scopes allow to delete items.
    pub(crate) fn check_deletion_scope(&self) -> Result<(), Refusal> {
        self.check_scope(&["item_delete", "root_readwrite"], "to delete items")
    }

    fn check_scope(&self, sufficient: &[&str], what: &str) -> Result<(), Refusal> {
        if self.scope.is_empty() || self.scope.iter().any(|one| sufficient.contains(&&**one)) {
            return Ok(());
        }
        let text = format!("the access token does not allow {what}");
        Err(Refusal::forbidden(ClientErrorCode::InsufficientScope, text))
    }
}

/// Life of a code, as at Box.
const CODE_LIFE: Duration = Duration::from_secs(30);

/// A sign-in that an application may get a token for.
#[derive(Debug)]
pub(crate) struct AuthorizationCode {
    /// Id of the application.
    pub(crate) client: String,
    /// The URL that the code was sent to.
    pub(crate) redirect: String,
    /// Base64 of the SHA-256 of the code verifier (RFC 7636).
    pub(crate) challenge: Option<String>,
    pub(crate) user: String,
    pub(crate) issued: Timestamp,
}

#[derive(Debug, Default)]
pub(crate) struct Tokens {
    issued: HashMap<String, IssuedToken>,
    revoked: HashSet<String>,
    used: HashSet<String>,
    codes: HashMap<String, AuthorizationCode>,
    /// Requests per user in the current minute, and when it started.
    calls: HashMap<String, (Timestamp, u32)>,
}

impl Tokens {
    pub(crate) fn insert_token(&mut self, token: IssuedToken) {
        self.used.extend(token.used.clone());
        self.issued.insert(token.fingerprint.clone(), token);
    }

    /// Revokes an access token, or a refresh token and the access token that came with it.
    pub(crate) fn revoke_token(&mut self, fingerprint: String) {
        let mut issued = self.issued.values();
        let access = issued.find(|token| token.refresh.as_ref() == Some(&fingerprint));
        self.revoked.extend(access.map(|token| token.fingerprint.clone()));
        self.revoked.insert(fingerprint);
    }

    /// The issued tokens, and whether each was revoked.
    pub(crate) fn issued(&self) -> impl Iterator<Item = (&IssuedToken, bool)> {
        self.issued.values().map(|token| (token, self.revoked.contains(&token.fingerprint)))
    }

    /// The tokens that are still relevant, and the revoked ones.
    pub(crate) fn snapshot_tokens(&self, now: Timestamp) -> (Vec<IssuedToken>, Vec<String>) {
        let useful = |token: &&IssuedToken| token.expires > now || token.used.is_some();
        let issued = self.issued.values().filter(useful).cloned().collect();
        (issued, self.revoked.iter().cloned().collect())
    }

    /// Whether something with this fingerprint, which can be used once, was used or revoked.
    pub(crate) fn is_spent(&self, fingerprint: &str) -> bool {
        self.used.contains(fingerprint) || self.revoked.contains(fingerprint)
    }

    /// Remembers the code of a sign-in. It is lost when the emulator ends.
    pub(crate) fn insert_code(&mut self, code: &str, authorization: AuthorizationCode) {
        let now = authorization.issued;
        self.codes.retain(|_, other| other.issued.plus(CODE_LIFE) > now);
        self.codes.insert(code.to_owned(), authorization);
    }

    /// The sign-in with this code, which cannot be used again.
    pub(crate) fn take_code(&mut self, code: &str, now: Timestamp) -> Option<AuthorizationCode> {
        self.codes.remove(code).filter(|found| found.issued.plus(CODE_LIFE) > now)
    }

    /// Authenticates a token; `as_user` acts on behalf of another user.
    pub(crate) fn authenticate_caller(
        &self,
        token: Option<&str>,
        as_user: Option<&str>,
        accepted: Option<&[String]>,
        now: Timestamp,
    ) -> Result<Caller, Refusal> {
        let token = token.filter(|token| !token.is_empty()).ok_or_else(unauthorized)?;
        let fingerprint = fingerprint_token(token);
        if self.revoked.contains(&fingerprint) {
            return Err(unauthorized());
        }
        let (user, scope) = match self.issued.get(&fingerprint) {
            Some(issued) if issued.expires > now => (issued.user.clone(), issued.scope.clone()),
            Some(_) => return Err(unauthorized()),
            None if accepted.is_some_and(|list| !list.iter().any(|one| one == token)) => {
                return Err(unauthorized());
            }
            None => (DEFAULT_USER.to_owned(), Vec::new()),
        };
        let user = as_user.map_or(user, str::to_owned);
        Ok(Caller { user, fingerprint, scope })
    }

    /// Counts a request, and refuses it if there were too many in this minute.
    pub(crate) fn count_call(
        &mut self,
        user: &str,
        limit: u32,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let (start, calls) = self.calls.entry(user.to_owned()).or_insert((now, 0));
        let end = start.plus(Duration::from_secs(60));
        if now >= end {
            *start = now;
            *calls = 0;
        }
        *calls += 1;
        if *calls <= limit {
            return Ok(());
        }
        let text = format!("more than {limit} requests per minute");
        let code = ClientErrorCode::RateLimitExceeded;
        let mut refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, code, text);
        refusal.retry_after = Some(end.after(now));
        Err(refusal)
    }
}

fn unauthorized() -> Refusal {
    let text = "the access token is missing, unknown, expired or revoked";
    Refusal::new(StatusCode::UNAUTHORIZED, ClientErrorCode::Unauthorized, text)
}
