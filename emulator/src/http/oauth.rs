//! Signing in and issuing access tokens (RFC 6749, RFC 7523, RFC 7636).

mod assertion;
mod authorization;

use std::collections::HashMap;

use http::StatusCode;
use serde_json::json;

use super::body::RequestBody;
use super::call::Call;
use super::error::HandlerError;
use super::response::{self, HttpResponse};
use crate::random;
use crate::service::{DEFAULT_USER, Event, IssuedToken, Refusal, Service, fingerprint_token};
use crate::timestamp::Timestamp;

pub(crate) use authorization::authorize;

/// Largest form accepted.
const MAX_FORM: usize = 64 << 10;

/// The members of a form or a query.
struct Form(HashMap<String, String>);

impl Form {
    fn parse(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    /// A member that is not empty.
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

/// An error code of RFC 6749, section 5.2, and what is wrong.
type OauthError = (&'static str, &'static str);

/// What a request for a token may have.
struct Grant {
    user: String,
    /// Fingerprint of what can be used only once.
    used: Option<String>,
    /// Whether a refresh token comes with the access token.
    refreshes: bool,
}

pub(crate) async fn issue_token(
    call: Call<'_>,
    body: &mut RequestBody,
) -> Result<HttpResponse, HandlerError> {
    let form = Form::parse(&body.read_to_end(MAX_FORM).await?);
    let grant = match check_grant(&call, &form) {
        Ok(grant) => grant,
        Err(error) => return Ok(oauth_error(error)),
    };
    let scope = form.get("scope").map(|scope| scope.split(' ').map(str::to_owned).collect());
    let access = random::random_hex(32);
    let refresh = grant.refreshes.then(|| random::random_hex(64));
    let fingerprint = fingerprint_token(&access);
    let renews = refresh.as_deref().map(fingerprint_token);
    let Grant { user, used, .. } = grant;
    let issue = move |service: &Service, now: Timestamp| {
        // Here, because of two requests at once only one may succeed.
        if used.as_ref().is_some_and(|used| service.tokens.is_spent(used)) {
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "invalid_grant", ""));
        }
        let life = service.settings.token_life;
        let expires = now.plus(life);
        let scope = scope.unwrap_or_default();
        let issued = IssuedToken { fingerprint, user, scope, expires, refresh: renews, used };
        Ok((Event::TokenIssued(issued), life))
    };
    let life = match call.backend.commit_event(issue).await {
        Err(refusal) if refusal.status == StatusCode::BAD_REQUEST => {
            return Ok(oauth_error(("invalid_grant", "the grant was used before, or revoked")));
        }
        life => life?,
    };
    let mut response = json!({
        "access_token": access,
        "expires_in": life.as_secs(),
        "restricted_to": [],
        "token_type": "bearer",
    });
    if let Some(refresh) = refresh {
        response["refresh_token"] = json!(refresh);
    }
    Ok(response::json_response(StatusCode::OK, &response))
}

/// Revokes a token, whoever has it; one that nobody has is none any more, either (RFC 7009).
pub(crate) async fn revoke_token(
    call: Call<'_>,
    body: &mut RequestBody,
) -> Result<HttpResponse, HandlerError> {
    let form = Form::parse(&body.read_to_end(MAX_FORM).await?);
    if form.get("client_id").is_none() || form.get("client_secret").is_none() {
        return Ok(oauth_error(("invalid_client", "missing client credentials")));
    }
    let Some(token) = form.get("token") else {
        return Ok(oauth_error(("invalid_request", "missing `token`")));
    };
    let event = Event::TokenRevoked { fingerprint: fingerprint_token(token) };
    call.backend.commit_event(|_, _| Ok((event, ()))).await?;
    Ok(response::empty_response(StatusCode::OK))
}

/// Checks what a token is requested with.
fn check_grant(call: &Call<'_>, form: &Form) -> Result<Grant, OauthError> {
    let (Some(client), Some(_)) = (form.get("client_id"), form.get("client_secret")) else {
        return Err(("invalid_client", "missing client credentials"));
    };
    let default = DEFAULT_USER.to_owned();
    match form.get("grant_type") {
        Some("client_credentials") => {
            let by_user = form.get("box_subject_type") == Some("user");
            let user = form.get("box_subject_id").filter(|_| by_user);
            let user = user.map_or(default, str::to_owned);
            Ok(Grant { user, used: None, refreshes: false })
        }
        Some("refresh_token") => {
            let token = form.get("refresh_token");
            let token = token.ok_or(("invalid_grant", "the refresh token is missing"))?;
            Ok(Grant { user: default, used: Some(fingerprint_token(token)), refreshes: true })
        }
        Some("authorization_code") => {
            let user = authorization::redeem_code(call, form, client)?;
            Ok(Grant { user, used: None, refreshes: true })
        }
        Some("urn:ietf:params:oauth:grant-type:jwt-bearer") => {
            let assertion = form.get("assertion").unwrap_or_default();
            let now = call.backend.now();
            let (user, id) = assertion::check_assertion(assertion, client, now)
                .map_err(|what| ("invalid_grant", what))?;
            let used = Some(fingerprint_token(&format!("assertion {id}")));
            Ok(Grant { user: user.unwrap_or(default), used, refreshes: false })
        }
        _ => Err(("unsupported_grant_type", "no grant of this type is supported")),
    }
}

fn oauth_error((code, description): OauthError) -> HttpResponse {
    let response = json!({ "error": code, "error_description": description });
    response::json_response(StatusCode::BAD_REQUEST, &response)
}
