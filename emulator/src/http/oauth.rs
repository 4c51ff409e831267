//! Issuing access tokens (RFC 6749).

use std::collections::HashMap;

use http::StatusCode;
use serde_json::json;

use super::body::RequestBody;
use super::call::Call;
use super::error::HandlerError;
use super::response::{self, HttpResponse};
use crate::random;
use crate::service::{DEFAULT_USER, Event, IssuedToken, Service, fingerprint_token};

/// Largest form accepted.
const MAX_FORM: usize = 64 << 10;

pub(crate) async fn issue_token(
    call: Call<'_>,
    body: &mut RequestBody,
) -> Result<HttpResponse, HandlerError> {
    let text = body.read_to_end(MAX_FORM).await?;
    let form: HashMap<_, _> = form_urlencoded::parse(&text).into_owned().collect();
    let given = |name: &str| form.get(name).filter(|value| !value.is_empty());
    if given("client_id").is_none() || given("client_secret").is_none() {
        return Ok(oauth_error("invalid_client", "missing client credentials"));
    }
    let mut used = None;
    match form.get("grant_type").map(String::as_str) {
        Some("client_credentials") => {}
        Some("refresh_token") => {
            let unknown =
                || oauth_error("invalid_grant", "the refresh token is missing or was used");
            let Some(token) = given("refresh_token") else { return Ok(unknown()) };
            if call.backend.service().tokens.is_used(token) {
                return Ok(unknown());
            }
            used = Some(fingerprint_token(token));
        }
        _ => {
            return Ok(oauth_error(
                "unsupported_grant_type",
                "expected client_credentials or refresh_token",
            ));
        }
    }
    let by_user = given("box_subject_type").is_some_and(|kind| kind == "user");
    let user = given("box_subject_id").filter(|_| by_user).map_or(DEFAULT_USER, String::as_str);
    let scope = given("scope").map(|scope| scope.split(' ').map(str::to_owned).collect());
    let access = random::random_hex(32);
    let refresh = used.is_some().then(|| random::random_hex(64));
    let fingerprint = fingerprint_token(&access);
    let user = user.to_owned();
    let issue = move |service: &Service, now: crate::timestamp::Timestamp| {
        let life = service.settings.token_life;
        let expires = now.plus(life);
        let scope = scope.unwrap_or_default();
        let issued = IssuedToken { fingerprint, user, scope, expires, used };
        Ok((Event::TokenIssued(issued), life))
    };
    let life = call.backend.commit_event(issue).await?;
    let mut answer = json!({
        "access_token": access,
        "expires_in": life.as_secs(),
        "restricted_to": [],
        "token_type": "bearer",
    });
    if let Some(refresh) = refresh {
        answer["refresh_token"] = json!(refresh);
    }
    Ok(response::json_response(StatusCode::OK, &answer))
}

/// RFC 6749, section 5.2.
fn oauth_error(code: &str, description: &str) -> HttpResponse {
    let answer = json!({ "error": code, "error_description": description });
    response::json_response(StatusCode::BAD_REQUEST, &answer)
}
