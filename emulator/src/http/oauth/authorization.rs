//! Signing in: the page that Box would show, and the codes that it sends to the application.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{StatusCode, Uri, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest as _, Sha256};

use super::{Form, OauthError};
use crate::http::call::Call;
use crate::http::error::HandlerError;
use crate::http::response::{self, HttpResponse};
use crate::random;
use crate::service::{AuthorizationCode, DEFAULT_USER, Refusal};

/// Signs the default user in at once, and redirects to the application with a code.
pub(crate) fn authorize(call: &Call<'_>) -> Result<HttpResponse, HandlerError> {
    let form = Form::parse(call.head.uri.query().unwrap_or_default().as_bytes());
    let refuse = |text| Err(Refusal::new(StatusCode::BAD_REQUEST, "invalid_request", text).into());
    let Some(client) = form.get("client_id") else { return refuse("`client_id` is missing") };
    if form.get("response_type") != Some("code") {
        return refuse("`response_type` must be `code`");
    }
    let redirect = form.get("redirect_uri").unwrap_or_default();
    let is_absolute = redirect.parse::<Uri>().is_ok_and(|uri| uri.authority().is_some());
    if !is_absolute || redirect.contains('#') {
        return refuse("`redirect_uri` must be an absolute URL");
    }
    let challenge = form.get("code_challenge");
    if challenge.is_some() && form.get("code_challenge_method") != Some("S256") {
        return refuse("`code_challenge_method` must be `S256`");
    }
    let code = random::random_hex(32);
    let now = call.backend.now();
    let authorization = AuthorizationCode {
        client: client.to_owned(),
        redirect: redirect.to_owned(),
        challenge: challenge.map(str::to_owned),
        user: DEFAULT_USER.to_owned(),
        issued: now,
    };
    call.backend.service().tokens.insert_code(&code, authorization);
    let separator = if redirect.contains('?') { '&' } else { '?' };
    let mut location = format!("{redirect}{separator}code={code}");
    if let Some(state) = form.get("state") {
        location += &format!("&state={}", utf8_percent_encode(state, NON_ALPHANUMERIC));
    }
    let mut response = response::empty_response(StatusCode::FOUND);
    response::set_header(&mut response, header::LOCATION, &location);
    Ok(response)
}

/// The user who signed in. A code can be used once, whatever comes of it.
pub(super) fn redeem_code(
    call: &Call<'_>,
    form: &Form,
    client: &str,
) -> Result<String, OauthError> {
    let code = form.get("code").unwrap_or_default();
    let found = call.backend.service().tokens.take_code(code, call.backend.now());
    let found = found.ok_or(("invalid_grant", "the code is unknown, expired or was used"))?;
    if found.client != client || form.get("redirect_uri").is_none_or(|it| it != found.redirect) {
        return Err(("invalid_grant", "the code belongs to another sign-in"));
    }
    let verifier = form.get("code_verifier").unwrap_or_default();
    let computed = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    if found.challenge.is_some_and(|challenge| challenge != computed) {
        return Err(("invalid_grant", "the code verifier does not match"));
    }
    Ok(found.user)
}
