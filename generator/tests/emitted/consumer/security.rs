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

/// OpenAPI 3.0.3, Security Requirement Object: a list of alternatives, each a set of schemes, of
/// which one must be satisfied; an empty set makes credentials optional.
#[tokio::test]
async fn the_first_alternative_that_is_satisfied_is_taken() {
    const TOKEN: &str = "authorization: Bearer t";
    // The operation, the schemes that there are credentials for, and what is sent.
    let rows: &[(&str, &[&str], &[&str])] = &[
        ("default", &[], &[]),
        ("default", &["token"], &[TOKEN]),
        ("default", &["header", "login"], &[]),
        ("basic", &["token", "login"], &["authorization: Basic dTpw"]),
        ("none", &["token", "header", "query", "cookie"], &[]),
        ("unknown", &["token"], &[]),
        ("keys", &["header", "query", "cookie"], &["x-key: h", "cookie: key=c", "?api%20key=q"]),
        ("keys", &["header", "cookie"], &[]),
        ("either", &["oauth", "header"], &["authorization: Bearer o"]),
        ("either", &["header"], &["x-key: h"]),
        ("either", &["token", "cookie"], &[]),
        ("optional", &["token"], &[TOKEN]),
        ("optional", &["header"], &[]),
        ("optional", &[], &[]),
        ("last", &["header", "query", "cookie"], &["x-key: h", "?api%20key=q"]),
        ("last", &["query", "cookie"], &["cookie: key=c"]),
        ("last", &["query"], &[]),
        ("odd", &["digest", "open id"], &["authorization: digest d"]),
        ("odd", &["open id"], &["authorization: Bearer i"]),
        ("jar", &["jar"], &["cookie: a=1; b=2"]),
    ];
    let peer = done();
    for (operation, credentials, expected) in rows {
        let builder = builder!(security, peer.url());
        let client = credentials.iter().fold(builder, configure).build().unwrap();
        match *operation {
            "default" => client.default().await,
            "basic" => client.basic().await,
            "none" => client.none().await,
            "unknown" => client.unknown().await,
            "keys" => client.keys().await,
            "either" => client.either().await,
            "optional" => client.optional().await,
            "last" => client.last().await,
            "odd" => client.odd().await,
            _ => client.jar().await,
        }
        .unwrap();
        let all = peer.seen();
        let seen = all.last().unwrap();
        let headers = ["authorization", "x-key", "cookie"];
        let headers = headers.iter().filter_map(|name| Some((name, seen.header(name)?)));
        let mut sent: Vec<_> = headers.map(|(name, value)| format!("{name}: {value}")).collect();
        sent.extend(target(seen).split_once('?').map(|(_, query)| format!("?{query}")));
        assert_eq!(sent, *expected, "{operation} with {credentials:?}");
    }
}

/// A client with a credential for this scheme too.
fn configure(builder: security::ClientBuilder, scheme: &&str) -> security::ClientBuilder {
    match *scheme {
        "token" => builder.token("t"),
        "login" => builder.login("u", "p"),
        "header" => builder.header_key("h"),
        "query" => builder.query_key("q"),
        "cookie" => builder.cookie_key("c"),
        "oauth" => builder.oauth("o"),
        "digest" => builder.digest("d"),
        "open id" => builder.open_id("i"),
        _ => builder.header_cookie("a=1; b=2"),
    }
}

/// RFC 6265, section 5.4: a request has one `Cookie` header.
#[tokio::test]
async fn all_cookies_are_in_one_header() {
    let peer = done();
    let client = || builder!(security, peer.url()).cookie_key("c");
    let plain = client().build().unwrap();
    let full = client().default_header("Cookie", "d=0").build().unwrap();
    plain.cookies().await.unwrap();
    plain.cookies().theme("dark").await.unwrap();
    plain.cookies().theme("dark").theme("light").cookie("a=1; b=2").await.unwrap();
    full.cookies().await.unwrap();
    full.cookies().cookie("a=1").theme("dark").await.unwrap();
    full.cookies().header("cookie", "a=2").await.unwrap();
    plain.cookies().key("own").await.unwrap();
    let expected = [
        "key=c",
        "theme=dark; key=c",
        "theme=light; a=1; b=2; key=c",
        "d=0; key=c",
        "d=0; a=1; theme=dark; key=c",
        "d=0; a=2; key=c",
        "key=own",
    ];
    let seen = peer.seen();
    assert_eq!(seen.len(), expected.len());
    for (seen, expected) in seen.iter().zip(expected) {
        let is_cookie = |line: &&String| line.to_ascii_lowercase().starts_with("cookie:");
        assert_eq!(seen.headers.iter().filter(is_cookie).count(), 1, "{:?}", seen.headers);
        assert_eq!(seen.header("cookie"), Some(expected));
    }
}

#[tokio::test]
async fn a_secret_goes_to_no_other_host() {
    let peer = done();
    let client = builder!(security, peer.url()).token("t").build().unwrap();
    let error = client.default().at("http://localhost:1/x").await.unwrap_err();
    assert!(matches!(error, security::Error::UntrustedUrl(_)), "{error}");
    client.default().at(peer.url() + "/there").await.unwrap();
    assert_eq!(target(&peer.seen()[0]), "/there");
    assert_eq!(peer.seen().len(), 1);
}
