//! Signed assertions (RFC 7523). Every signature is accepted, as every token is.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::timestamp::Timestamp;

/// Box's limit to the life of an assertion.
const MAX_LIFE: Duration = Duration::from_secs(60);

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    box_sub_type: String,
    aud: String,
    jti: String,
    exp: u64,
}

/// Checks an assertion as Box does, except for its signature. Returns the user, unless it is for
/// the service account, and the assertion's id.
pub(super) fn check_assertion(
    assertion: &str,
    client: &str,
    now: Timestamp,
) -> Result<(Option<String>, String), &'static str> {
    let parts: Vec<_> = assertion.split('.').collect();
    let [header, claims, signature] = parts[..] else { return Err("the assertion is no JWT") };
    let header: Header = decode_part(header).ok_or("the assertion's header is invalid")?;
    let claims: Claims = decode_part(claims).ok_or("the assertion's claims are invalid")?;
    if !matches!(&*header.alg, "RS256" | "RS384" | "RS512") || header.kid.is_empty() {
        return Err("the assertion's algorithm or key id is not supported");
    }
    if URL_SAFE_NO_PAD.decode(signature).is_ok_and(|signature| signature.is_empty()) {
        return Err("the assertion is not signed");
    }
    if claims.iss != client || !claims.aud.ends_with("/oauth2/token") {
        return Err("the assertion's issuer or audience is wrong");
    }
    let expires = Timestamp::from_seconds(claims.exp);
    if expires <= now || expires > now.plus(MAX_LIFE) {
        return Err("the assertion has expired, or lives for more than 60 seconds");
    }
    if !(16..=128).contains(&claims.jti.len()) {
        return Err("the assertion's id must have 16 to 128 characters");
    }
    match &*claims.box_sub_type {
        "enterprise" => Ok((None, claims.jti)),
        "user" => Ok((Some(claims.sub), claims.jti)),
        _ => Err("the assertion's subject type is unknown"),
    }
}

fn decode_part<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}
