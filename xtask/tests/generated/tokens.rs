//! Where tokens come from, where they go, and where they are never seen.

use std::collections::VecDeque;
use std::error::Error as _;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use box_upload_sessions::runtime::{
    BoxError, BoxFuture, ContentRange, Digest, Secret, TokenProvider,
};
use box_upload_sessions::types::ClientError;
use box_upload_sessions::{Client, Credential, Error};
use http::header::AUTHORIZATION;

use crate::fixtures::{ID, SESSION, TOKEN, UPLOADED_PART, client, run};
use crate::server::{CannedResponse, Recorded, Server};
use crate::transport::Recorder;

/// Gives these tokens, one after the other, and fails when there are none left.
pub(crate) struct Provider {
    tokens: Mutex<VecDeque<&'static str>>,
    asked: Asked,
}

/// The rejected token of each time that the provider was asked.
type Asked = Arc<Mutex<Vec<Option<String>>>>;

impl Provider {
    /// A credential, and what is asked of it.
    pub(crate) fn credential<const N: usize>(tokens: [&'static str; N]) -> (Credential, Asked) {
        let asked = Asked::default();
        let provider = Self { tokens: Mutex::new(tokens.into()), asked: Arc::clone(&asked) };
        (Credential::provider(provider), asked)
    }
}

impl TokenProvider for Provider {
    fn token<'a>(
        &'a self,
        rejected: Option<&'a Secret>,
    ) -> BoxFuture<'a, Result<Secret, BoxError>> {
        self.asked.lock().unwrap().push(rejected.map(|secret| secret.expose().to_owned()));
        let token = self.tokens.lock().unwrap().pop_front();
        Box::pin(async move { token.map(Secret::from).ok_or_else(|| "no more tokens".into()) })
    }
}

/// The client that asks `provider` and sends to `server`.
fn asking(server: &Server, provider: Credential) -> Client {
    Client::builder().base_url(server.url()).access_token(provider).build().unwrap()
}

fn authorizations(requests: &[Recorded]) -> Vec<&str> {
    requests.iter().map(|request| request.header("authorization").unwrap()).collect()
}

#[test]
fn a_client_without_a_token_sends_none() {
    let server = Server::start([CannedResponse::json(200, SESSION)]);
    let client = Client::builder().base_url(server.url()).build().unwrap();
    run(client.get_upload_session(ID)).unwrap();
    assert_eq!(server.finish()[0].header("authorization"), None);
}

#[test]
fn a_call_can_have_a_token_of_its_own() {
    let server = Server::start([CannedResponse::json(200, SESSION)]);
    let call = client(&server).get_upload_session(ID).header("Authorization", "Bearer own");
    run(call).unwrap();
    assert_eq!(authorizations(&server.finish()), ["Bearer own"]);
}

#[test]
fn a_provider_is_asked_before_each_call() {
    let server =
        Server::start([CannedResponse::json(200, SESSION), CannedResponse::json(200, SESSION)]);
    let (provider, asked) = Provider::credential(["one", "two"]);
    let client = asking(&server, provider);
    run(async {
        client.get_upload_session(ID).await.unwrap();
        client.clone().get_upload_session(ID).await.unwrap();
    });
    assert_eq!(*asked.lock().unwrap(), [None, None]);
    assert_eq!(authorizations(&server.finish()), ["Bearer one", "Bearer two"]);
}

#[test]
fn a_provider_is_asked_again_after_a_401() {
    let server = Server::start([
        CannedResponse::new(401, &[], ""),
        CannedResponse::json(200, UPLOADED_PART),
    ]);
    let (provider, asked) = Provider::credential(["stale", "fresh"]);
    let range = ContentRange::new(0, 8, 16).unwrap();
    let client = asking(&server, provider);
    run(client.upload_part(ID, &range, &Digest::sha(&[7; 20]), "12345678")).unwrap();
    assert_eq!(*asked.lock().unwrap(), [None, Some("stale".to_owned())]);
    let sent = server.finish();
    assert_eq!(authorizations(&sent), ["Bearer stale", "Bearer fresh"]);
    // Nothing else is another one the second time.
    let lines = sent.iter().map(|request| request.to_string().replace("stale", "fresh"));
    let lines: Vec<_> = lines.collect();
    assert_eq!(lines[0], lines[1]);
    assert!(lines[0].ends_with("\n\n12345678"), "{}", lines[0]);
}

#[test]
fn a_provider_is_asked_again_only_once() {
    let refusal = || CannedResponse::new(401, &[], r#"{"code":"unauthorized"}"#);
    let server = Server::start([refusal(), refusal()]);
    let (provider, asked) = Provider::credential(["one", "two", "three"]);
    let error = run(asking(&server, provider).get_upload_session(ID)).unwrap_err();
    assert_eq!(error.status().unwrap(), 401);
    assert_eq!(*asked.lock().unwrap(), [None, Some("one".to_owned())]);
    assert_eq!(authorizations(&server.finish()), ["Bearer one", "Bearer two"]);
}

/// The rejected token would be rejected again.
#[test]
fn the_same_token_is_not_sent_again() {
    let server = Server::start([CannedResponse::new(401, &[], "")]);
    let (provider, asked) = Provider::credential(["same", "same"]);
    let error = run(asking(&server, provider).get_upload_session(ID)).unwrap_err();
    assert_eq!(error.status().unwrap(), 401);
    assert_eq!(asked.lock().unwrap().len(), 2);
    assert_eq!(server.finish().len(), 1);
}

/// 403 is about the user, not the token.
#[test]
fn other_statuses_request_no_other_token() {
    for status in [400, 403, 407, 419, 500] {
        let server = Server::start([CannedResponse::new(status, &[], "")]);
        let (provider, asked) = Provider::credential(["one", "two"]);
        let error = run(asking(&server, provider).get_upload_session(ID)).unwrap_err();
        assert_eq!(error.status().unwrap(), status);
        assert_eq!(*asked.lock().unwrap(), [None]);
        assert_eq!(server.finish().len(), 1);
    }
}

#[test]
fn a_provider_that_fails() {
    let server = Server::start([]);
    let (provider, _) = Provider::credential([]);
    let error = run(asking(&server, provider).get_upload_session(ID)).unwrap_err();
    assert!(matches!(error, Error::Token(_)), "{error:?}");
    assert_eq!(error.source().unwrap().to_string(), "no more tokens");
    assert_eq!(server.connections(), 0);

    let server = Server::start([CannedResponse::new(401, &[], "")]);
    let (provider, _) = Provider::credential(["one"]);
    let error = run(asking(&server, provider).get_upload_session(ID)).unwrap_err();
    assert!(matches!(error, Error::Token(_)), "{error:?}");
    assert_eq!(server.finish().len(), 1);
}

/// Nobody is asked for a token that would not be sent.
#[test]
fn a_wrong_request_costs_no_token() {
    let server = Server::start([]);
    let (provider, asked) = Provider::credential(["one"]);
    let client = asking(&server, provider);
    assert!(matches!(run(client.get_upload_session("")), Err(Error::Request(_))));
    let call = client.get_upload_session(ID).at("https://example.com/");
    assert!(matches!(run(call), Err(Error::UntrustedUrl(_))));
    assert_eq!(asked.lock().unwrap().len(), 0);
}

/// How a value looks in a log, and that the token is not in there.
fn shown(value: &impl Debug) -> String {
    let text = format!("{value:?} {value:#?}");
    assert!(!text.contains(TOKEN), "{text}");
    text
}

#[test]
fn tokens_are_in_no_debug_output() {
    let transport = Recorder::new([(200, SESSION)]);
    let builder = Client::builder().access_token(TOKEN).transport(transport.clone());
    let client = builder.build().unwrap();
    assert!(shown(&client).contains("https://upload.box.com"));
    let call = client.get_upload_session(ID);
    assert!(shown(&call).contains(&format!("GET /files/upload_sessions/{ID}")));
    assert!(!shown(&call.into_request().unwrap()).is_empty());
    shown(&Secret::from(TOKEN));
    shown(&Ok::<_, Error<ClientError>>(run(client.get_upload_session(ID).send()).unwrap()));
    // The transport gets the token, marked so that it is not printed.
    let request = transport.requests().remove(0);
    assert_eq!(request.headers()[AUTHORIZATION], format!("Bearer {TOKEN}"));
    assert!(request.headers()[AUTHORIZATION].is_sensitive());
    shown(&request);
}

#[test]
fn tokens_are_in_no_error() {
    let responses = [
        CannedResponse::new(401, &[("WWW-Authenticate", "Bearer")], ""),
        CannedResponse::json(403, r#"{"code":"forbidden"}"#),
        CannedResponse::json(200, "{}"),
        CannedResponse::Last(Vec::new()),
    ];
    for response in responses {
        let server = Server::start([response]);
        let error = run(client(&server).get_upload_session(ID)).unwrap_err();
        assert!(!format!("{error} {}", shown(&error)).contains(TOKEN));
        let mut source = error.source();
        while let Some(error) = source {
            assert!(!format!("{error} {error:?}").contains(TOKEN), "{error:?}");
            source = error.source();
        }
    }
}

/// A token with a line break, from a file say, cannot be sent, and is not shown for that.
#[test]
fn a_token_that_cannot_be_sent() {
    let server = Server::start([]);
    let token = format!("{TOKEN}\n");
    let builder = Client::builder().base_url(server.url()).access_token(token);
    let error = run(builder.build().unwrap().get_upload_session(ID)).unwrap_err();
    let Error::Request(message) = &error else { panic!("{error:?}") };
    assert!(message.to_lowercase().contains("authorization"), "{message}");
    shown(&error);
    assert!(!error.to_string().contains(TOKEN));
    assert_eq!(server.connections(), 0);
}

/// User-info of a URL is a password more often than not.
#[test]
fn passwords_of_urls_are_in_no_error() {
    let url = format!("https://user:{TOKEN}@upload.box.com/api/2.0");
    let error = Client::builder().base_url(url.as_str()).build().unwrap_err();
    assert!(!format!("{error} {error:?}").contains(TOKEN), "{error}");
    let transport = Recorder::default();
    let client = Client::builder().transport(transport).build().unwrap();
    let error = run(client.get_upload_session(ID).at(url)).unwrap_err();
    assert!(matches!(error, Error::UntrustedUrl(_)), "{error:?}");
    assert!(!format!("{error} {error:?}").contains(TOKEN), "{error}");
}
