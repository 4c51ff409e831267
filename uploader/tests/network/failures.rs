//! What is certain and what is not when a request fails.

use std::time::Duration;

use box_emulator::{Action, Fault, FaultPlan, Moment, On, Operation};
use box_upload_sessions::Error;
use bytes::Bytes;
use tokio::net::TcpListener;

use crate::support::{emulator, put, transport, words};

/// Where the emulator takes parts, of a session that it does not have.
const PART: &str = "/api/2.0/files/upload_sessions/0123456789abcdef0123456789abcdef";

#[tokio::test]
async fn a_refused_connection_has_sent_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = put(&transport().build().unwrap(), &url, "body").await.unwrap_err();
    assert!(matches!(error, Error::Connect(_)), "{error:?}");
    assert!(words(&error).to_lowercase().contains("refused"), "{}", words(&error));
}

#[tokio::test]
async fn a_connection_that_takes_too_long_has_sent_nothing() {
    // It takes the connection, and says nothing to a client that begins TLS.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let authority = crate::certificates::Certificates::new().authority;
    let transport = transport().connect_timeout(Duration::from_millis(200));
    let transport = transport.root_certificate_pem(authority).build().unwrap();
    let error = put(&transport, &url, "body").await.unwrap_err();
    assert!(matches!(error, Error::Connect(_)), "{error:?}");
    assert!(words(&error).contains("connecting timed out after 200ms"), "{}", words(&error));
}

#[tokio::test]
async fn a_reset_has_an_unknown_outcome() {
    for moment in [Moment::BeforeBody, Moment::DuringBody, Moment::AfterBody] {
        let reset = Fault::nth(On::Any, 1, Action::Reset(moment));
        let plan = FaultPlan::new(1).fault(reset);
        let emulator = emulator().faults(plan).start().await.unwrap();
        let transport = transport().build().unwrap();
        let url = emulator.url() + PART;
        let body = Bytes::from(vec![0; 1 << 20]);
        let error = put(&transport, &url, body).await.unwrap_err();
        assert!(matches!(error, Error::Transport(_)), "{moment:?}: {error:?}");
        // It was not sent again, and the next request finds a connection.
        assert_eq!(emulator.requests().len(), 1);
        assert_eq!(put(&transport, &url, "").await.unwrap().status(), 401);
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let away = Action::OtherHost("localhost:1".to_owned());
    let plan = FaultPlan::new(1).fault(Fault::nth(Operation::UploadPart, 1, away));
    let emulator = emulator().faults(plan).start().await.unwrap();
    let response = put(&transport().build().unwrap(), &(emulator.url() + PART), "body").await;
    let response = response.unwrap();
    assert_eq!(response.status(), 307);
    assert!(response.headers()["location"].to_str().unwrap().contains("localhost:1"));
}
