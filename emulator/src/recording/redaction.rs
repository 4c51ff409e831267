//! Removing secrets.

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// What stands in place of a secret.
const REMOVED: &str = "REMOVED";

/// A longer segment of a path may be a secret.
const MAX_SEGMENT: usize = 20;

/// Parts of the names of members and parameters whose values are secret.
const SECRET_NAMES: [&str; 6] =
    ["token", "secret", "password", "assertion", "signature", "private_key"];

/// Names that look like those of secrets but are not.
const PLAIN_NAMES: [&str; 3] = ["token_type", "subject_token_type", "actor_token_type"];

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    !PLAIN_NAMES.contains(&&*name) && SECRET_NAMES.iter().any(|secret| name.contains(secret))
}

/// Whether a text that is neither JSON nor a form mentions a secret.
pub(super) fn mentions_secret(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    SECRET_NAMES.iter().any(|secret| text.contains(secret))
}

/// Removes the secrets in a JSON value, at any depth.
pub(super) fn redact_json(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if is_secret(name) { remove_texts(member) } else { redact_json(member) }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(redact_json),
        Value::String(text) if text.starts_with("https://") || text.starts_with("http://") => {
            *text = redact_url(text);
        }
        _ => {}
    }
}

/// Removes all texts of a secret, which may be a list or an object.
fn remove_texts(value: &mut Value) {
    match value {
        Value::Object(members) => members.values_mut().for_each(remove_texts),
        Value::Array(elements) => elements.iter_mut().for_each(remove_texts),
        Value::String(text) => REMOVED.clone_into(text),
        Value::Number(_) => *value = REMOVED.into(),
        Value::Bool(_) | Value::Null => {}
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

/// Removes the secrets in a path and query. Only those of an API are known well enough to keep the
/// rest of them: whoever has the URL of a download has the file.
pub(super) fn redact_path(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    if !is_api_path(path) {
        let redact = |segment| if str::len(segment) > MAX_SEGMENT { REMOVED } else { segment };
        return path.split('/').map(redact).collect::<Vec<_>>().join("/");
    }
    let kept: Vec<&str> = query.split('&').filter(|pair| is_public_pair(pair)).collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}

fn is_public_pair(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default();
    !pair.is_empty() && !is_secret(&percent_decode_str(name).decode_utf8_lossy())
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
            "upload_token": null, "tokens": ["h", { "i": 7 }],
            "url": "https://user:pass@dl.boxcloud.com/d/1?sign=e",
            "next": "https://api.box.com/2.0/folders/0/items?marker=f&access_token=g",
        });
        redact_json(&mut value);
        let expected = json!({
            "access_token": "REMOVED", "refresh_token": "REMOVED", "token_type": "bearer", "expires_in": 60,
            "entries": [{ "shared_link": { "password": "REMOVED" }, "name": "d" }],
            "upload_token": null, "tokens": ["REMOVED", { "i": "REMOVED" }],
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
    fn urls_of_downloads_are_redacted() {
        assert_eq!(redact_path("/d/1/signed?x=1"), "/d/1/signed");
        assert_eq!(redact_path("/2.0/files/1?fields=id&token=x"), "/2.0/files/1?fields=id");
        assert_eq!(redact_path("/2.0/files/1?token=x"), "/2.0/files/1");
        assert_eq!(redact_path("/2.0/files/1?access_%74oken=x&a=b"), "/2.0/files/1?a=b");
        let long = format!("/d/1/{}/download", "x".repeat(21));
        assert_eq!(redact_path(&long), "/d/1/REMOVED/download");
    }
}
