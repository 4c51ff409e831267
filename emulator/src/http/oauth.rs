//! Access tokens (RFC 6749).

use std::collections::HashMap;

use http::StatusCode;
use serde_json::json;

use super::body::RequestBody;
use super::call::Call;
use super::error::Stop;
use super::reply::{self, Reply};
use crate::random;
use crate::service::{DEFAULT_USER, Event, IssuedToken, Service, fingerprint};

/// The largest form that asks for a token.
const LARGEST_FORM: usize = 64 << 10;

pub(crate) async fn token(call: Call<'_>, body: &mut RequestBody) -> Result<Reply, Stop> {
    let text = body.collect(LARGEST_FORM).await?;
    let form: HashMap<_, _> = form_urlencoded::parse(&text).into_owned().collect();
    let given = |name: &str| form.get(name).filter(|value| !value.is_empty());
    if given("client_id").is_none() || given("client_secret").is_none() {
        return Ok(error("invalid_client", "the client's credentials are missing"));
    }
    let mut used = None;
    match form.get("grant_type").map(String::as_str) {
        Some("client_credentials") => {}
        Some("refresh_token") => {
            let unknown = || error("invalid_grant", "the refresh token is missing or used up");
            let Some(token) = given("refresh_token") else { return Ok(unknown()) };
            if call.backend.service().tokens.is_used(token) {
                return Ok(unknown());
            }
            used = Some(fingerprint(token));
        }
        _ => {
            return Ok(error(
                "unsupported_grant_type",
                "ask by client_credentials or refresh_token",
            ));
        }
    }
    let by_user = given("box_subject_type").is_some_and(|kind| kind == "user");
    let user = given("box_subject_id").filter(|_| by_user).map_or(DEFAULT_USER, String::as_str);
    let scope = given("scope").map(|scope| scope.split(' ').map(str::to_owned).collect());
    let access = random::hex(32);
    let refresh = used.is_some().then(|| random::hex(64));
    let fingerprint = fingerprint(&access);
    let user = user.to_owned();
    let issue = move |service: &Service, now: crate::timestamp::Timestamp| {
        let life = service.settings.token_life;
        let expires = now.plus(life);
        let scope = scope.unwrap_or_default();
        let issued = IssuedToken { fingerprint, user, scope, expires, used };
        Ok((Event::TokenIssued(issued), life))
    };
    let life = call.backend.change(issue).await?;
    let mut answer = json!({
        "access_token": access,
        "expires_in": life.as_secs(),
        "restricted_to": [],
        "token_type": "bearer",
    });
    if let Some(refresh) = refresh {
        answer["refresh_token"] = json!(refresh);
    }
    Ok(reply::json(StatusCode::OK, &answer))
}

/// RFC 6749, section 5.2.
fn error(code: &str, description: &str) -> Reply {
    let answer = json!({ "error": code, "error_description": description });
    reply::json(StatusCode::BAD_REQUEST, &answer)
}
