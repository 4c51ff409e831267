//! Access tokens by the client-credentials grant.

use std::time::Duration;

use box_upload_sessions::Client;
use box_upload_sessions::runtime::{BoxError, BoxFuture, Error, Secret, TokenProvider};
use box_upload_sessions::types::{
    AccessToken, Oauth2Error, TokenRequest, TokenRequestBoxSubjectType, TokenRequestGrantType,
};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::{CredentialsError, Subject};

/// How long before its end a token is renewed, if that is within its last half.
const MARGIN: Duration = Duration::from_secs(300);

/// How long after a failed renewal, with a token that is still good, it is tried again.
const PAUSE: Duration = Duration::from_secs(15);

/// How long Box may take to give a token.
const LIMIT: Duration = Duration::from_secs(30);

/// Fetches a token when it is needed, and keeps it until it is nearly over or is rejected.
pub(super) struct ClientGrant {
    client: Client,
    id: String,
    secret: Secret,
    subject: Subject,
    /// Locked while a token is fetched: whoever needs one meanwhile waits for that one.
    token: Mutex<Option<Token>>,
}

struct Token {
    secret: Secret,
    /// When to renew it, and when it ends; `None` if that is unknown.
    times: Option<(Instant, Instant)>,
}

impl ClientGrant {
    pub(super) fn new(client: Client, id: String, secret: Secret, subject: Subject) -> Self {
        Self { client, id, secret, subject, token: Mutex::new(None) }
    }

    async fn get(&self, rejected: Option<&Secret>) -> Result<Secret, CredentialsError> {
        let mut token = self.token.lock().await;
        let now = Instant::now();
        let current = token.as_mut().filter(|token| Some(&token.secret) != rejected);
        if let Some(token) = &current
            && token.times.is_none_or(|(renew, _)| now < renew)
        {
            return Ok(token.secret.clone());
        }
        match (self.fetch().await, current) {
            (Ok(answer), _) => {
                let fresh = Token::new(answer, now);
                Ok(token.insert(fresh).secret.clone())
            }
            // There is time left for another attempt.
            (Err(error), Some(Token { secret, times: Some((renew, end)) }))
                if error.transient && Instant::now() < *end =>
            {
                tracing::warn!(%error, "the access token could not be renewed yet");
                *renew = Instant::now() + PAUSE;
                Ok(secret.clone())
            }
            (Err(error), _) => Err(error),
        }
    }

    async fn fetch(&self) -> Result<AccessToken, CredentialsError> {
        let (kind, id) = match &self.subject {
            Subject::Enterprise(id) => (TokenRequestBoxSubjectType::Enterprise, id),
            Subject::User(id) => (TokenRequestBoxSubjectType::User, id),
        };
        let mut request = TokenRequest::new(TokenRequestGrantType::ClientCredentials);
        request.client_id = Some(self.id.clone());
        request.client_secret = Some(self.secret.clone());
        request.box_subject_type = Some(kind);
        request.box_subject_id = Some(id.clone());
        let answer = self.client.request_token(&request).timeout(LIMIT).await;
        answer.map_err(|error| self.failure(error))
    }

    /// Why there is no token, in Box's words, but without the secret: should Box, or a proxy,
    /// repeat what it was sent.
    fn failure(&self, error: Error<Oauth2Error>) -> CredentialsError {
        let transient = match error.status().map(|status| status.as_u16()) {
            Some(status) => matches!(status, 408 | 429 | 500..),
            None => matches!(error, Error::Connect(_) | Error::Transport(_) | Error::Timeout),
        };
        let text = format!("Box gives no access token: {error}");
        let what = match self.secret.expose() {
            "" => text,
            secret => text.replace(secret, "…"),
        };
        let source = match error {
            Error::Connect(source) | Error::Transport(source) => Some(source),
            _ => None,
        };
        CredentialsError { what, transient, source }
    }
}

impl Token {
    fn new(answer: AccessToken, asked: Instant) -> Self {
        let life = answer.expires_in.map(|seconds| u64::try_from(seconds).unwrap_or(0));
        let times = life.and_then(|seconds| {
            let life = Duration::from_secs(seconds);
            let end = asked.checked_add(life)?;
            Some((asked + life.saturating_sub(MARGIN).max(life / 2), end))
        });
        Self { secret: answer.access_token, times }
    }
}

impl TokenProvider for ClientGrant {
    fn token<'a>(
        &'a self,
        rejected: Option<&'a Secret>,
    ) -> BoxFuture<'a, Result<Secret, BoxError>> {
        Box::pin(async move { self.get(rejected).await.map_err(Into::into) })
    }
}
