//! Access tokens that are requested when needed.

use std::time::Duration;

use box_upload_sessions::runtime::{BoxError, BoxFuture, Secret, TokenProvider};
use box_upload_sessions::types::AccessToken;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::CredentialsError;

/// A token is renewed this long before it expires, or in the last half of its life.
const MARGIN: Duration = Duration::from_secs(300);

/// Delay after a failed renewal while the token is still valid.
const PAUSE: Duration = Duration::from_secs(15);

/// What tokens are requested with.
pub(super) trait Grant: Send + Sync + 'static {
    /// Requests a token. `rejected` was refused by the service.
    fn request_token<'a>(
        &'a self,
        rejected: Option<&'a Secret>,
    ) -> BoxFuture<'a, Result<AccessToken, CredentialsError>>;
}

/// Requests a token when needed, and keeps it until it is about to expire or is rejected.
pub(super) struct RenewedToken<G> {
    grant: G,
    /// Locked while a token is requested, so that others wait for the same one.
    token: Mutex<Option<Token>>,
}

struct Token {
    secret: Secret,
    /// When to renew it, and when it expires; `None` if unknown.
    times: Option<(Instant, Instant)>,
}

impl<G: Grant> RenewedToken<G> {
    pub(super) fn new(grant: G) -> Self {
        Self { grant, token: Mutex::new(None) }
    }

    async fn get_token(&self, rejected: Option<&Secret>) -> Result<Secret, CredentialsError> {
        let mut token = self.token.lock().await;
        let now = Instant::now();
        let current = token.as_mut().filter(|token| Some(&token.secret) != rejected);
        if let Some(token) = &current
            && token.times.is_none_or(|(renew, _)| now < renew)
        {
            return Ok(token.secret.clone());
        }
        match (self.grant.request_token(rejected).await, current) {
            (Ok(response), _) => {
                let fresh = Token::new(response, now);
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
}

impl Token {
    fn new(response: AccessToken, asked: Instant) -> Self {
        let life = response.expires_in.map(|seconds| u64::try_from(seconds).unwrap_or(0));
        let times = life.and_then(|seconds| {
            let life = Duration::from_secs(seconds);
            let end = asked.checked_add(life)?;
            Some((asked + life.saturating_sub(MARGIN).max(life / 2), end))
        });
        Self { secret: response.access_token, times }
    }
}

impl<G: Grant> TokenProvider for RenewedToken<G> {
    fn token<'a>(
        &'a self,
        rejected: Option<&'a Secret>,
    ) -> BoxFuture<'a, Result<Secret, BoxError>> {
        Box::pin(async move { self.get_token(rejected).await.map_err(Into::into) })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::{Arc, Mutex as StdMutex};

    use box_upload_sessions::runtime::{Failure, Transport};
    use box_upload_sessions::{Body, Client};
    use http::{Request, Response};

    use super::*;
    use crate::credentials::Subject;
    use crate::credentials::client_grant::ClientGrant;

    /// Responds with these statuses and texts, never if there is no status, and records the
    /// requests.
    #[derive(Clone, Default)]
    struct Fake {
        responses: Arc<StdMutex<VecDeque<(u16, String)>>>,
        sent: Arc<StdMutex<Vec<String>>>,
    }

    impl Transport for Fake {
        fn send(&self, request: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, Failure>> {
            Box::pin(async move {
                assert_eq!(request.uri(), "https://api.box.com/oauth2/token");
                assert!(!request.headers().contains_key("authorization"));
                let body = request.into_body().bytes().await.unwrap();
                self.sent.lock().unwrap().push(String::from_utf8(body.to_vec()).unwrap());
                let (status, text) = self.responses.lock().unwrap().pop_front().unwrap();
                if status == 0 {
                    std::future::pending::<()>().await;
                }
                Ok(Response::builder().status(status).body(Body::from(text)).unwrap())
            })
        }

        fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
            Box::pin(tokio::time::sleep(duration))
        }
    }

    fn token(text: &str, life: i64) -> (u16, String) {
        (200, format!(r#"{{"access_token":"{text}","expires_in":{life},"token_type":"bearer"}}"#))
    }

    fn grant(
        responses: impl IntoIterator<Item = (u16, String)>,
    ) -> (RenewedToken<ClientGrant>, Fake) {
        let fake = Fake::default();
        fake.responses.lock().unwrap().extend(responses);
        let client = Client::builder().transport(fake.clone()).build().unwrap();
        let subject = Subject::User("8".to_owned());
        let grant = ClientGrant::new(client, "the id".to_owned(), "hush&hush".into(), subject);
        (RenewedToken::new(grant), fake)
    }

    async fn get(
        grant: &RenewedToken<ClientGrant>,
        rejected: Option<&str>,
    ) -> Result<String, CredentialsError> {
        let rejected = rejected.map(Secret::from);
        grant.get_token(rejected.as_ref()).await.map(|token| token.expose().to_owned())
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_asked_for_as_box_wants_it() {
        let (grant, fake) = grant([token("one", 3600)]);
        assert_eq!(get(&grant, None).await.unwrap(), "one");
        let sent = fake.sent.lock().unwrap().clone();
        let form = "grant_type=client_credentials&client_id=the%20id&client_secret=hush%26hush&\
                    box_subject_type=user&box_subject_id=8";
        assert_eq!(sent, [form]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_renewed_before_its_end() {
        let (grant, fake) = grant([token("one", 3600), token("two", 100), token("three", -1)]);
        let seconds = |seconds| tokio::time::advance(Duration::from_secs(seconds));
        assert_eq!(get(&grant, None).await.unwrap(), "one");
        seconds(3299).await;
        assert_eq!(get(&grant, None).await.unwrap(), "one");
        seconds(1).await;
        assert_eq!(get(&grant, None).await.unwrap(), "two");
        seconds(49).await;
        assert_eq!(get(&grant, None).await.unwrap(), "two");
        seconds(1).await;
        assert_eq!(get(&grant, None).await.unwrap(), "three");
        assert!(fake.responses.lock().unwrap().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_rejected_token_is_renewed_at_once() {
        let (grant, _) = grant([token("one", 3600), token("two", 3600)]);
        assert_eq!(get(&grant, None).await.unwrap(), "one");
        assert_eq!(get(&grant, Some("one")).await.unwrap(), "two");
        // A late caller presents the old one.
        assert_eq!(get(&grant, Some("one")).await.unwrap(), "two");
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_of_unknown_life_lives_until_it_is_rejected() {
        let response = (200, r#"{"access_token":"one"}"#.to_owned());
        let (grant, _) = grant([response, token("two", 1)]);
        assert_eq!(get(&grant, None).await.unwrap(), "one");
        tokio::time::advance(Duration::from_secs(1_000_000)).await;
        assert_eq!(get(&grant, None).await.unwrap(), "one");
        assert_eq!(get(&grant, Some("one")).await.unwrap(), "two");
    }

    #[tokio::test(start_paused = true)]
    async fn a_good_token_outlives_a_failed_renewal() {
        let busy = || (503, String::new());
        let silent = (0, String::new());
        let (grant, fake) = grant([token("one", 3600), busy(), silent, busy(), busy()]);
        let left = || fake.responses.lock().unwrap().len();
        let seconds = |seconds| tokio::time::advance(Duration::from_secs(seconds));
        assert_eq!(get(&grant, None).await.unwrap(), "one");
        seconds(3300).await;
        assert_eq!((get(&grant, None).await.unwrap().as_str(), left()), ("one", 3));
        // Not for every request.
        assert_eq!((get(&grant, None).await.unwrap().as_str(), left()), ("one", 3));
        seconds(15).await;
        // No response counts as a failure.
        assert_eq!((get(&grant, None).await.unwrap().as_str(), left()), ("one", 2));
        // A rejected or expired token is useless.
        assert!(get(&grant, Some("one")).await.unwrap_err().is_transient());
        seconds(300).await;
        assert!(get(&grant, None).await.unwrap_err().is_transient());
    }

    #[tokio::test(start_paused = true)]
    async fn an_error_has_box_s_words_and_not_the_secret() {
        let response = |error: &str| {
            let description = "wrong secret: hush&hush";
            (400, format!(r#"{{"error":"{error}","error_description":"{description}"}}"#))
        };
        let html = (502, "<html>hush&hush</html>".to_owned());
        let (grant, _) = grant([response("invalid_client"), html, (200, "{}".to_owned())]);
        let error = get(&grant, None).await.unwrap_err();
        let told = "cannot obtain an access token: the service responded with 400 Bad Request: \
                    invalid_client: wrong secret: …";
        assert_eq!((error.to_string().as_str(), error.is_transient()), (told, false));
        for transient in [true, false] {
            let error = get(&grant, None).await.unwrap_err();
            assert_eq!(error.is_transient(), transient);
            assert!(!format!("{error} {error:?}").contains("hush"));
        }
    }
}
