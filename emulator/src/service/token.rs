//! Access tokens and whom they speak for.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use box_upload_sessions::types::ClientErrorCode;
use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::Refusal;
use crate::sha1_hash::Sha1Hash;
use crate::timestamp::Timestamp;

/// The user that every token speaks for unless it was issued for another one.
pub(crate) const DEFAULT_USER: &str = "1";

/// A token that the service has issued. The token itself is kept nowhere.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct IssuedToken {
    pub(crate) fingerprint: String,
    pub(crate) user: String,
    /// What it allows; everything if it is empty.
    pub(crate) scope: Vec<String>,
    pub(crate) expires: Timestamp,
    /// The refresh token that was given for it and is used up.
    pub(crate) used: Option<String>,
}

/// What may stand for a token in memory and on disk.
pub(crate) fn fingerprint(token: &str) -> String {
    Sha1Hash::of(token.as_bytes()).to_string()
}

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) user: String,
    pub(crate) fingerprint: String,
    scope: Vec<String>,
}

impl Caller {
    /// Refuses a caller whose token does not allow uploads.
    pub(crate) fn check_upload_scope(&self) -> Result<(), Refusal> {
        let uploads = ["base_upload", "item_upload", "root_readwrite"];
        if self.scope.is_empty() || self.scope.iter().any(|one| uploads.contains(&one.as_str())) {
            return Ok(());
        }
        let text = "the access token does not allow uploads";
        Err(Refusal::forbidden(ClientErrorCode::InsufficientScope, text))
    }
}

#[derive(Debug, Default)]
pub(crate) struct Tokens {
    issued: HashMap<String, IssuedToken>,
    revoked: HashSet<String>,
    used: HashSet<String>,
    /// Requests of each user in the minute that began then.
    calls: HashMap<String, (Timestamp, u32)>,
}

impl Tokens {
    pub(crate) fn insert(&mut self, token: IssuedToken) {
        self.used.extend(token.used.clone());
        self.issued.insert(token.fingerprint.clone(), token);
    }

    pub(crate) fn revoke(&mut self, fingerprint: String) {
        self.revoked.insert(fingerprint);
    }

    /// The tokens that still say something, and those that must not be taken again.
    pub(crate) fn snapshot(&self, now: Timestamp) -> (Vec<IssuedToken>, Vec<String>) {
        let useful = |token: &&IssuedToken| token.expires > now || token.used.is_some();
        let issued = self.issued.values().filter(useful).cloned().collect();
        (issued, self.revoked.iter().cloned().collect())
    }

    pub(crate) fn is_used(&self, refresh_token: &str) -> bool {
        self.used.contains(&fingerprint(refresh_token))
    }

    /// Who presents this token; `as_user` if they act for somebody else.
    pub(crate) fn caller(
        &self,
        token: Option<&str>,
        as_user: Option<&str>,
        accepted: Option<&[String]>,
        now: Timestamp,
    ) -> Result<Caller, Refusal> {
        let unauthorized = || {
            let text = "the access token is missing, unknown, expired or revoked";
            Refusal::new(StatusCode::UNAUTHORIZED, ClientErrorCode::Unauthorized, text)
        };
        let token = token.filter(|token| !token.is_empty()).ok_or_else(unauthorized)?;
        let fingerprint = fingerprint(token);
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

    /// Counts a request of `user` and refuses it if there were too many in this minute.
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
        let text = format!("at most {limit} requests a minute");
        let code = ClientErrorCode::RateLimitExceeded;
        let mut refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, code, text);
        refusal.retry_after = Some(end.after(now));
        Err(refusal)
    }
}
