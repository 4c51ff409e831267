//! Where the document wants credentials, if there is one for each of its security schemes.

use serde_json::Value;

use super::super::document::Document;
use super::server::Sent;

/// What every credential of the probe begins with.
const SECRET: &str = "secret-";

/// A credential's place, its name there and its text.
struct Credential {
    place: String,
    name: String,
    text: String,
}

/// Takes the credentials that an operation wants out of a request. `is_given` tells which parameters were set: these go
/// before credentials.
pub(super) fn take_credentials(
    document: &Document,
    operation: &Value,
    sent: &mut Sent,
    is_given: impl Fn(&str, &str) -> bool,
) -> Result<(), String> {
    let wanted = wanted_credentials(document, operation);
    for Credential { place, name, text } in wanted {
        if is_given(&place, &name) {
            continue;
        }
        let is_there = match &*place {
            "query" => take_pair(sent, &name, &text),
            "cookie" => take_cookie(sent, &name, &text),
            _ => take_header(sent, &name, &text),
        };
        if !is_there {
            return Err(format!("no credential in {place} {name}"));
        }
    }
    let others = sent.headers.iter().map(|(_, value)| value).chain([&sent.target]);
    match others.into_iter().any(|text| text.contains(SECRET)) {
        true => Err("a credential that is not asked for".to_owned()),
        false => Ok(()),
    }
}

/// The first alternative that has something to send.
fn wanted_credentials(document: &Document, operation: &Value) -> Vec<Credential> {
    let security = operation.get("security").unwrap_or(&document.value["security"]);
    let alternatives = security.as_array().into_iter().flatten().filter_map(Value::as_object);
    let mut alternatives =
        alternatives.filter(|schemes| !schemes.is_empty()).filter_map(|schemes| {
            schemes
                .keys()
                .map(|name| credential(document, name))
                .collect::<Option<Vec<Credential>>>()
        });
    alternatives.next().unwrap_or_default()
}

fn credential(document: &Document, scheme: &str) -> Option<Credential> {
    let described = &document.value["components"]["securitySchemes"][scheme];
    let described = document.follow_reference(described).map_or(described, |site| site.schema);
    let secret = format!("{SECRET}{scheme}");
    match described["type"].as_str()? {
        "apiKey" => Some(Credential {
            place: described["in"].as_str()?.to_owned(),
            name: described["name"].as_str()?.to_owned(),
            text: secret,
        }),
        "http" => Some(match described["scheme"].as_str()? {
            word if word.eq_ignore_ascii_case("basic") => authorization("Basic", &secret),
            word if word.eq_ignore_ascii_case("bearer") => authorization("Bearer", &secret),
            word => authorization(word, &secret),
        }),
        "oauth2" | "openIdConnect" => Some(authorization("Bearer", &secret)),
        _ => None,
    }
}

fn take_header(sent: &mut Sent, name: &str, text: &str) -> bool {
    let before = sent.headers.len();
    sent.headers.retain(|(other, value)| !other.eq_ignore_ascii_case(name) || value != text);
    sent.headers.len() < before
}

fn take_pair(sent: &mut Sent, name: &str, text: &str) -> bool {
    let (path, query) = sent.target.split_once('?').unwrap_or((&sent.target, ""));
    let wanted = format!("{}={}", escaped(name), escaped(text));
    let pairs: Vec<&str> = query.split('&').collect();
    let left: Vec<&str> = pairs.iter().copied().filter(|pair| *pair != wanted).collect();
    let is_there = left.len() < pairs.len();
    let mark = if left.is_empty() { "" } else { "?" };
    sent.target = format!("{path}{mark}{}", left.join("&"));
    is_there
}

fn take_cookie(sent: &mut Sent, name: &str, text: &str) -> bool {
    let wanted = format!("{name}={text}");
    let mut is_there = false;
    for (_, value) in
        sent.headers.iter_mut().filter(|(other, _)| other.eq_ignore_ascii_case("cookie"))
    {
        let cookies: Vec<&str> = value.split("; ").collect();
        let left: Vec<&str> = cookies.iter().copied().filter(|cookie| *cookie != wanted).collect();
        is_there |= left.len() < cookies.len();
        *value = left.join("; ");
    }
    is_there
}

/// A text with all bytes percent-encoded but those of unreserved characters (RFC 3986, section 2.3).
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        match byte {
            b'-' | b'.' | b'_' | b'~' => escaped.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => escaped.push(char::from(byte)),
            byte => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

fn authorization(word: &str, secret: &str) -> Credential {
    Credential {
        place: "header".to_owned(),
        name: "authorization".to_owned(),
        text: format!("{word} {secret}"),
    }
}
