//! Requests for access tokens.

use std::time::Duration;

use box_upload_sessions::Client;
use box_upload_sessions::runtime::{Error, Secret};
#[cfg(feature = "login")]
use box_upload_sessions::types::RevokeRequest;
use box_upload_sessions::types::{AccessToken, Oauth2Error, TokenRequest};

use super::{CredentialsError, is_token};
use crate::request_error::is_tls_refusal;

/// Time limit for a request.
const LIMIT: Duration = Duration::from_secs(30);

/// Why there is no token.
pub(super) struct TokenRequestError {
    pub(super) error: CredentialsError,
    /// The service's error code, such as `invalid_grant`.
    #[cfg(any(feature = "jwt", feature = "login"))]
    pub(super) code: Option<String>,
    /// The service's time, if it responded.
    #[cfg(feature = "jwt")]
    pub(super) date: Option<String>,
}

impl From<TokenRequestError> for CredentialsError {
    fn from(failure: TokenRequestError) -> Self {
        failure.error
    }
}

impl From<CredentialsError> for TokenRequestError {
    fn from(error: CredentialsError) -> Self {
        Self {
            error,
            #[cfg(any(feature = "jwt", feature = "login"))]
            code: None,
            #[cfg(feature = "jwt")]
            date: None,
        }
    }
}

/// Requests a token once.
pub(super) async fn request_token(
    client: &Client,
    request: &TokenRequest,
) -> Result<AccessToken, TokenRequestError> {
    let response = client.request_token(request).timeout(LIMIT).await;
    let TokenRequest { client_secret, code, refresh_token, assertion, code_verifier, .. } = request;
    let secrets = [client_secret, code, refresh_token, assertion, code_verifier];
    let failure = |error| describe_failure("cannot obtain an access token", secrets, error);
    let response = response.map_err(failure)?;
    if is_token(response.access_token.expose()) {
        return Ok(response);
    }
    Err(CredentialsError::new("Box returned an invalid access token").into())
}

/// Revokes a token, with one attempt.
#[cfg(feature = "login")]
pub(super) async fn revoke_token(
    client: &Client,
    client_id: &str,
    client_secret: &Secret,
    token: &Secret,
) -> Result<(), CredentialsError> {
    let request = RevokeRequest::default()
        .client_id(client_id)
        .client_secret(client_secret.clone())
        .token(token.clone());
    let revoked = client.revoke_token(&request).timeout(LIMIT).await;
    let secrets = [&request.client_secret, &request.token];
    let failure = |error| describe_failure("Box did not revoke the tokens", secrets, error);
    revoked.map_err(|error| failure(error).error)
}

/// Describes a failed request without its secrets, in case Box or a proxy echoes them.
fn describe_failure<'a>(
    what: &str,
    secrets: impl IntoIterator<Item = &'a Option<Secret>>,
    error: Error<Oauth2Error>,
) -> TokenRequestError {
    let transient = match error.status().map(|status| status.as_u16()) {
        Some(status) => matches!(status, 408 | 429 | 500..),
        None => match &error {
            Error::Connect(error) => !is_tls_refusal(&**error),
            Error::Transport(_) | Error::Timeout => true,
            _ => false,
        },
    };
    let secrets = secrets.into_iter().flatten().map(Secret::expose);
    let secrets = secrets.filter(|secret| !secret.is_empty());
    let what = format!("{what}: {error}");
    let what = secrets.fold(what, |what, secret| what.replace(secret, "…"));
    #[cfg(any(feature = "jwt", feature = "login"))]
    let code = error.body().and_then(|body| body.error.clone());
    #[cfg(feature = "jwt")]
    let date = read_date(&error);
    let source = match error {
        Error::Connect(source) | Error::Transport(source) => Some(source),
        _ => None,
    };
    TokenRequestError {
        error: CredentialsError { what, transient, source },
        #[cfg(any(feature = "jwt", feature = "login"))]
        code,
        #[cfg(feature = "jwt")]
        date,
    }
}

/// The header `Date` of the response, if there is one.
#[cfg(feature = "jwt")]
fn read_date(error: &Error<Oauth2Error>) -> Option<String> {
    let date = error.response()?.headers().get(http::header::DATE)?;
    date.to_str().ok().map(str::to_owned)
}
