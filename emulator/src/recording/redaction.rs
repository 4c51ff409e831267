//! Removing secrets.

use serde_json::Value;

/// What stands in place of a secret.
const REMOVED: &str = "REMOVED";

/// Parts of the names of members and parameters whose values are secret.
const SECRET_NAMES: [&str; 6] =
    ["token", "secret", "password", "assertion", "signature", "private_key"];

/// Names that look like those of secrets but are not.
const PLAIN_NAMES: [&str; 3] = ["token_type", "subject_token_type", "actor_token_type"];

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    !PLAIN_NAMES.contains(&&*name) && SECRET_NAMES.iter().any(|secret| name.contains(secret))
}

/// Removes the secrets in a JSON value, at any depth.
pub(super) fn redact_json(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if is_secret(name) => REMOVED.clone_into(text),
                    member => redact_json(member),
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(redact_json),
        Value::String(text) if text.starts_with("https://") || text.starts_with("http://") => {
            *text = redact_url(text);
        }
        _ => {}
    }
}

/// Removes the secrets in a form. Of a token request, only the kind of grant is kept.
pub(super) fn redact_form(path: &str, form: &[u8]) -> String {
    let is_token_request = path.contains("/oauth2/");
    let mut redacted = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(form) {
        let keeps = if is_token_request { name == "grant_type" } else { !is_secret(&name) };
        redacted.append_pair(&name, if keeps { &value } else { REMOVED });
    }
    redacted.finish()
}

/// Removes the secrets in a URL.
pub(super) fn redact_url(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return redact_path(url) };
    let start = rest.find('/').unwrap_or(rest.len());
    let authority = rest[..start].rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{authority}{}", redact_path(&rest[start..]))
}

/// Removes the secrets in a path and query. Only the query of an API is known well enough to keep
/// the rest of it: that of a download is a signature.
pub(super) fn redact_path(path: &str) -> String {
    let Some((path, query)) = path.split_once('?') else { return path.to_owned() };
    if !is_api_path(path) {
        return path.to_owned();
    }
    let is_kept = |pair: &&str| !is_secret(pair.split('=').next().unwrap_or_default());
    let kept: Vec<&str> = query.split('&').filter(is_kept).collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}

pub(super) fn is_api_path(path: &str) -> bool {
    ["/2.0/", "/api/2.0/", "/oauth2/", "/api/oauth2/"].iter().any(|start| path.starts_with(start))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_that_are_secret_are_removed() {
        let mut value = json!({
            "access_token": "a", "refresh_token": "b", "token_type": "bearer", "expires_in": 60,
            "entries": [{ "shared_link": { "password": "c" }, "name": "d" }],
            "upload_token": null,
            "url": "https://user:pass@dl.boxcloud.com/d/1?sign=e",
            "next": "https://api.box.com/2.0/folders/0/items?marker=f&access_token=g",
        });
        redact_json(&mut value);
        let expected = json!({
            "access_token": "REMOVED", "refresh_token": "REMOVED", "token_type": "bearer", "expires_in": 60,
            "entries": [{ "shared_link": { "password": "REMOVED" }, "name": "d" }],
            "upload_token": null,
            "url": "https://dl.boxcloud.com/d/1",
            "next": "https://api.box.com/2.0/folders/0/items?marker=f",
        });
        assert_eq!(value, expected);
    }

    #[test]
    fn a_token_request_keeps_only_the_kind_of_grant() {
        let form = b"grant_type=client_credentials&client_id=x&client_secret=y&box_subject_id=1";
        let redacted = redact_form("/oauth2/token", form);
        let kept = "grant_type=client_credentials&client_id=REMOVED&client_secret=REMOVED&\
                    box_subject_id=REMOVED";
        assert_eq!(redacted, kept);
    }

    #[test]
    fn queries_of_downloads_are_removed() {
        assert_eq!(redact_path("/d/1/signed?x=1"), "/d/1/signed");
        assert_eq!(redact_path("/2.0/files/1?fields=id&token=x"), "/2.0/files/1?fields=id");
        assert_eq!(redact_path("/2.0/files/1?token=x"), "/2.0/files/1");
    }
}
