//! Credentials: where each scheme puts them, and which of several alternatives is taken.

use crate::{builder, done, target};

#[tokio::test]
async fn credentials_stand_where_their_scheme_says() {
    let peer = done();
    let client = builder!(security, peer.url())
        .token("t0ken")
        .login("Aladdin", "open sesame")
        .header_key("h")
        .query_key("q&1")
        .cookie_key("c")
        .open_id("id")
        .build()
        .unwrap();
    client.default().await.unwrap();
    client.basic().await.unwrap();
    client.keys().await.unwrap();
    client.either().await.unwrap();
    client.none().await.unwrap();
    client.odd().await.unwrap();
    let seen = peer.seen();
    let rows = [
        ("/default", Some("Bearer t0ken"), None, None, "RFC 6750 2.1"),
        ("/basic", Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), None, None, "RFC 7617 2"),
        ("/keys?api%20key=q%261", None, Some("h"), Some("key=c"), "OpenAPI 3.0.3, `in` and `name`"),
        ("/either", None, Some("h"), None, "OpenAPI 3.0.3: one of the alternatives is enough"),
        ("/none", None, None, None, "OpenAPI 3.0.3: an empty list takes the document's away"),
        ("/odd", Some("Bearer id"), None, None, "OpenID Connect Core 5.3.1"),
    ];
    assert_eq!(seen.len(), rows.len());
    for (seen, (path, authorization, key, cookie, source)) in seen.iter().zip(rows) {
        assert_eq!(target(seen), path, "{source}");
        assert_eq!(seen.header("authorization"), authorization, "{path}: {source}");
        assert_eq!(seen.header("x-key"), key, "{path}: {source}");
        assert_eq!(seen.header("cookie"), cookie, "{path}: {source}");
    }
    let shown = format!("{client:?} {:?}", client.keys());
    assert!(!shown.contains("t0ken") && !shown.contains("q&1"), "{shown}");
}

#[tokio::test]
async fn without_credentials_nothing_is_made_up() {
    let peer = done();
    let client = builder!(security, peer.url()).build().unwrap();
    client.default().await.unwrap();
    client.either().await.unwrap();
    for seen in peer.seen() {
        assert_eq!(seen.header("authorization").or(seen.header("cookie")), None);
    }
}

#[tokio::test]
async fn a_secret_goes_to_no_other_host() {
    let peer = done();
    let client = builder!(security, peer.url()).token("t").build().unwrap();
    let error = client.default().at("http://localhost:1/x").await.unwrap_err();
    assert!(matches!(error, security::Error::Refused(_)), "{error}");
    client.default().at(peer.url() + "/there").await.unwrap();
    assert_eq!(target(&peer.seen()[0]), "/there");
    assert_eq!(peer.seen().len(), 1);
}
