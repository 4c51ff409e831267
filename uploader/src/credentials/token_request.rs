//! Requests for access tokens.

use std::time::Duration;

use box_upload_sessions::Client;
use box_upload_sessions::runtime::{Error, Secret};
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
    let answer = client.request_token(request).timeout(LIMIT).await;
    let answer = answer.map_err(|error| describe_failure(request, error))?;
    if is_token(answer.access_token.expose()) {
        return Ok(answer);
    }
    Err(CredentialsError::new("Box returned an invalid access token").into())
}

/// Describes why there is no token, without the request's secrets, in case Box or a proxy echoes
/// them.
fn describe_failure(request: &TokenRequest, error: Error<Oauth2Error>) -> TokenRequestError {
    let transient = match error.status().map(|status| status.as_u16()) {
        Some(status) => matches!(status, 408 | 429 | 500..),
        None => match &error {
            Error::Connect(error) => !is_tls_refusal(&**error),
            Error::Transport(_) | Error::Timeout => true,
            _ => false,
        },
    };
    let TokenRequest { client_secret, code, refresh_token, assertion, code_verifier, .. } = request;
    let secrets = [client_secret, code, refresh_token, assertion, code_verifier];
    let secrets = secrets.into_iter().flatten().map(Secret::expose);
    let secrets = secrets.filter(|secret| !secret.is_empty());
    let what = format!("cannot obtain an access token: {error}");
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
