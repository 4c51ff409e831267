//! Credentials: where they are sent, how they are renewed, and that they are never shown.

use std::error::Error as _;

use http::Request;
use serde_json::json;

use crate::fake::{Fake, Numbered, canned, canned_with, chunks, run};
use crate::runtime::{
    Body, BoxError, BoxFuture, Client, ContentRange, Credential, Digest, Error, Secret,
    TokenProvider,
};

const TOKEN: &str = "s3cr3t t0ken/+";

/// The head of the request that is sent with these credentials.
fn sent(credentials: &[(&'static str, &str)]) -> Request<bytes::Bytes> {
    let fake = Fake::new([canned(204, "")]);
    let client = fake.configure(|builder| {
        credentials.iter().fold(builder, |builder, (scheme, secret)| match *scheme {
            "Basic" => builder.credential("Basic", Credential::basic("Aladdin", secret)),
            scheme => builder.credential(scheme, *secret),
        })
    });
    run(client.delete("1").into_future()).unwrap();
    fake.requests().remove(0)
}

#[test]
fn each_scheme_has_its_place() {
    let request = sent(&[("OAuth2", "abc")]);
    assert_eq!(request.headers()["authorization"], "Bearer abc");
    assert!(request.headers()["authorization"].is_sensitive());
    // RFC 7617, section 2.
    let request = sent(&[("Basic", "open sesame")]);
    assert_eq!(request.headers()["authorization"], "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    let request = sent(&[("HeaderKey", "h"), ("CookieKey", "c")]);
    assert_eq!(request.headers()["x-api-key"], "h");
    assert_eq!(request.headers()["cookie"], "session=c");
    assert!(request.headers()["x-api-key"].is_sensitive());
    assert!(request.headers()["cookie"].is_sensitive());
    let request = sent(&[("QueryKey", "a&b")]);
    assert_eq!(request.uri().query(), Some("api%20key=a%26b"));
}

#[test]
fn the_first_complete_alternative_is_taken() {
    let all = ["QueryKey", "HeaderKey", "CookieKey", "Basic", "OAuth2"].map(|name| (name, "x"));
    let request = sent(&all);
    assert_eq!(request.headers()["authorization"], "Bearer x");
    assert!(!request.headers().contains_key("x-api-key") && request.uri().query().is_none());
    let request = sent(&all[..2]);
    assert_eq!(request.uri().query(), Some("api%20key=x"), "a header key alone is not enough");
    assert!(!request.headers().contains_key("x-api-key"));
    let request = sent(&[]);
    assert!(!request.headers().contains_key("authorization"), "the service decides");
}

#[test]
fn a_header_of_the_call_wins() {
    let fake = Fake::new([canned(204, "")]);
    let client = fake.configure(|builder| builder.credential("OAuth2", TOKEN));
    run(client.delete("1").header("authorization", "Own").into_future()).unwrap();
    assert_eq!(fake.requests()[0].headers()["authorization"], "Own");
}

#[test]
fn a_request_without_sending_it_holds_no_credentials() {
    let client = Fake::default()
        .configure(|builder| builder.credential("QueryKey", TOKEN).credential("OAuth2", TOKEN));
    let request = client.list_parts("1").into_request().unwrap();
    assert!(!request.headers().contains_key("authorization"));
    assert_eq!(request.uri(), "https://upload.box.com/api/2.0/sessions/1/parts");
}

#[test]
fn a_key_in_the_query_goes_with_another_url_too() {
    let fake = Fake::new([canned(204, "")]);
    let client = fake.configure(|builder| builder.credential("QueryKey", "k"));
    run(client.delete("1").at("https://upload.box.com/x?y=1").into_future()).unwrap();
    assert_eq!(fake.requests()[0].uri(), "https://upload.box.com/x?y=1&api%20key=k");
}

fn provided(fake: &Fake, tokens: &Numbered) -> Client {
    let credential = Credential::provider(tokens.clone());
    fake.configure(|builder| builder.credential("OAuth2", credential))
}

#[test]
fn after_401_the_provider_is_asked_again() {
    let fake = Fake::new([canned(401, "old"), canned(200, r#"{"part_id":"a","size":1}"#)]);
    let tokens = Numbered::default();
    let client = provided(&fake, &tokens);
    let range = ContentRange::new(0, 4, 4).unwrap();
    let call = client.upload_part("1", &Digest::sha(&[0; 20]), &range, "body");
    assert_eq!(run(call.into_future()).unwrap().id, "a");
    assert_eq!(*tokens.0.lock().unwrap(), [None, Some("token-1".to_owned())]);
    let requests = fake.requests();
    let mut heads = requests
        .iter()
        .map(|request| (request.headers()["authorization"].to_str().unwrap(), &request.body()[..]));
    assert_eq!(heads.next(), Some(("Bearer token-1", &b"body"[..])));
    assert_eq!(heads.next(), Some(("Bearer token-2", &b"body"[..])));
    assert_eq!(heads.next(), None);
}

#[test]
fn a_second_401_is_returned() {
    let fake = Fake::new([canned(401, "1"), canned(401, "2")]);
    let error = run(provided(&fake, &Numbered::default()).list_parts("1").into_future());
    let error = error.unwrap_err();
    assert_eq!(
        (error.status().unwrap().as_u16(), &error.response().unwrap().body()[..]),
        (401, &b"2"[..])
    );
    assert_eq!(fake.requests().len(), 2);
}

#[test]
fn a_fixed_token_is_not_sent_twice() {
    let fake = Fake::new([canned(401, "no")]);
    let client = fake.configure(|builder| builder.credential("OAuth2", TOKEN));
    let error = run(client.list_parts("1").into_future()).unwrap_err();
    assert_eq!(error.to_string(), "the service responded with 401 Unauthorized");
    assert_eq!(fake.requests().len(), 1);
}

#[test]
fn a_stream_is_not_sent_twice_but_its_token_is_replaced() {
    let fake = Fake::new([canned(401, "no")]);
    let tokens = Numbered::default();
    let body = Body::stream(4, chunks(["body"]));
    let range = ContentRange::new(0, 4, 4).unwrap();
    let call = provided(&fake, &tokens).upload_part("1", &Digest::sha(&[0; 20]), &range, body);
    let error = run(call.into_future()).unwrap_err();
    assert_eq!(error.status().unwrap(), 401);
    assert_eq!(fake.requests().len(), 1);
    // Else a provider that keeps its token would give the rejected one for ever.
    assert_eq!(*tokens.0.lock().unwrap(), [None, Some("token-1".to_owned())]);
}

struct Failing;

impl TokenProvider for Failing {
    fn token<'a>(&'a self, _: Option<&'a Secret>) -> BoxFuture<'a, Result<Secret, BoxError>> {
        Box::pin(async { Err("the vault is closed".into()) })
    }
}

/// A 401 counts wherever redirects lead on the same host; another host's is no reason for a new token.
#[test]
fn a_401_behind_a_redirect_asks_again() {
    let here = || canned_with(302, "location", "/x");
    let fake = Fake::new([here(), canned(401, ""), here(), canned(200, r#"{"entries":[]}"#)]);
    let tokens = Numbered::default();
    let credential = Credential::provider(tokens.clone());
    let client =
        fake.configure(|builder| builder.credential("OAuth2", credential).follow_redirects(3));
    assert!(run(client.list_parts("1").into_future()).is_ok());
    assert_eq!(*tokens.0.lock().unwrap(), [None, Some("token-1".to_owned())]);

    let elsewhere = canned_with(302, "location", "https://b.example/x");
    let fake = Fake::new([elsewhere, canned(401, "")]);
    let tokens = Numbered::default();
    let credential = Credential::provider(tokens.clone());
    let client =
        fake.configure(|builder| builder.credential("OAuth2", credential).follow_redirects(3));
    assert!(run(client.list_parts("1").into_future()).is_err());
    assert_eq!(*tokens.0.lock().unwrap(), [None]);
}

#[test]
fn a_provider_may_fail() {
    let fake = Fake::default();
    let credential = Credential::provider(Failing);
    let client = fake.configure(|builder| builder.credential("OAuth2", credential));
    let error = run(client.list_parts("1").into_future()).unwrap_err();
    assert!(matches!(&error, Error::Token(_)), "{error}");
    assert_eq!(error.source().unwrap().to_string(), "the vault is closed");
    assert!(fake.requests().is_empty());
}

#[test]
fn secrets_are_never_shown() {
    let mut shown =
        vec![format!("{:?}", Secret::from(TOKEN)), format!("{:?}", Secret::from(TOKEN.to_owned()))];
    for scheme in ["OAuth2", "QueryKey"] {
        let fake = Fake::new([
            canned(500, "broken"),
            canned(200, "[1]"),
            canned(418, ""),
            Err(Error::Connect("refused".into())),
            Err(Error::Transport("reset".into())),
        ]);
        let client = fake.configure(|builder| builder.credential(scheme, TOKEN));
        shown.push(format!("{client:?}"));
        let call = client.list_parts("1").header("x-secret", TOKEN);
        shown.push(format!("{call:?}"));
        let mut errors: Vec<_> =
            (0..5).map(|_| run(client.list_parts("1").into_future()).unwrap_err()).collect();
        for url in ["https://evil.org/", "https://me:s3cr3t@upload.box.com/", "https://a b/s3cr3t"]
        {
            errors.push(run(client.list_parts("1").at(url).into_future()).unwrap_err());
        }
        errors.push(run(client.list_parts("").into_future()).unwrap_err());
        let waiting = client.list_parts("1").timeout(std::time::Duration::ZERO);
        errors.push(run(waiting.into_future()).unwrap_err());
        for error in errors {
            shown.extend([format!("{error}"), format!("{error:?}"), format!("{error:#?}")]);
        }
        for request in fake.requests() {
            shown.push(format!("{:?}", request.headers()));
        }
    }
    // A secret that no header can hold.
    let client = Fake::default().configure(|builder| builder.credential("OAuth2", "s3cr3t\n"));
    let error = run(client.list_parts("1").into_future()).unwrap_err();
    shown.extend([format!("{error}"), format!("{error:?}")]);
    for text in shown {
        let clean = !text.contains("s3cr3t") && !text.contains("t0ken") && !text.contains("secret");
        assert!(clean || text.contains("x-secret"), "{text}");
    }
}

#[test]
fn a_secret_can_be_compared_and_used() {
    let secret = Secret::from("a");
    assert_eq!(secret, Secret::from("a".to_owned()));
    assert_ne!(secret, Secret::from("b"));
    assert_eq!(json!(secret.expose()), json!("a"));
}
