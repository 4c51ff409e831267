//! Paths as documents write them, and the servers that they stand behind.

use crate::{Wire, builder, client, done, expect_targets, target};

#[tokio::test]
async fn paths() {
    let peer = done();
    let client = client!(paths, peer);
    client.upload("1").await.unwrap();
    client.download("1").await.unwrap();
    client.slash().await.unwrap();
    client.inside("a.b").await.unwrap();
    client.parts("1", "2", "3").await.unwrap();
    client.percent("%").await.unwrap();
    client.fixed("a&b").await.unwrap();
    client.foreign().await.unwrap();
    client.odd().await.unwrap();
    client.get().await.unwrap();
    client.relative().await.unwrap();
    client.brace().await.unwrap();
    let escaped = "RFC 3986 2.1: what no URL may hold is escaped";
    expect_targets(
        &peer,
        &[
            ("/files/1", "RFC 3986 3.5: a fragment is not sent"),
            ("/files/1", "RFC 3986 3.5: a fragment is not sent"),
            ("/files/", "OpenAPI 3.0.3, Paths Object: the path is appended as it is"),
            ("/files/a.b.json", "OpenAPI 3.0.3, Path Templating: part of a segment"),
            ("/files/1/2..3", "OpenAPI 3.0.3, Path Templating: several in a segment"),
            ("/a%20b/100%25/%25", "RFC 3986 2.4: what is escaped is not escaped again"),
            ("/fixed?action=go&x=a%26b", "a query in the path stays one"),
            ("/gr%C3%B6%C3%9Fe/%E6%97%A5%E6%9C%AC", escaped),
            ("/a%20b/%22quoted%22/%3Cx%3E", escaped),
            ("/", "OpenAPI 3.0.3, Paths Object"),
            ("/relative", "OpenAPI 3.0.3, Paths Object: a path begins with a slash"),
            ("/open/%7Bbrace", escaped),
        ],
    );
    assert_eq!(peer.seen()[0].line, "POST /files/1 HTTP/1.1");
}

/// OpenAPI 3.0.3, Server Object: the operation's server, its path's, or the document's first; each
/// server's own path is kept behind the base URL.
#[tokio::test]
async fn servers_by_level() {
    let peer = done();
    let client = builder!(servers, peer.url() + "/proxy/").version("3").build().unwrap();
    client.main().await.unwrap();
    client.upload().await.unwrap();
    client.upload_elsewhere().await.unwrap();
    client.local().await.unwrap();
    let source = "OpenAPI 3.0.3, Server Object";
    expect_targets(
        &peer,
        &[
            ("/proxy/v3/main", source),
            ("/proxy/api/upload", source),
            ("/proxy/api/upload", source),
            ("/proxy/local/local", source),
        ],
    );
}

/// OpenAPI 3.0.3, Server Object, `url`; RFC 3986, sections 4.2 and 5.2.4. Behind a base URL, a
/// server's own path and query are kept.
#[tokio::test]
async fn every_form_of_server() {
    let peer = done();
    let client = builder!(server_forms, peer.url() + "/proxy").tenant("b").build().unwrap();
    client.dot().await.unwrap();
    client.network().await.unwrap();
    client.root().await.unwrap();
    client.bare().await.unwrap();
    client.up().await.unwrap();
    client.host().await.unwrap();
    client.query().await.unwrap();
    client.whole().await.unwrap();
    client.variable().await.unwrap();
    expect_targets(
        &peer,
        &[
            ("/proxy/.well-known/dot", "a name that begins with a dot is no dot segment"),
            ("/proxy/v1/network", "RFC 3986 4.2: `//` begins a host"),
            ("/proxy/root", "the root"),
            ("/proxy/v2/bare", "RFC 3986 4.2: relative to the base"),
            ("/proxy/v3/up", "RFC 3986 5.2.4: never above the root"),
            ("/proxy/host", "no path"),
            ("/proxy/b/query?key=1", "RFC 3986 5.2.4"),
            ("/proxy/v4/whole", "variables may stand for any part"),
            ("/proxy/b/v5/variable", "a variable in a relative URL"),
        ],
    );
    let client = server_forms::Client::builder().transport(Wire::default()).build().unwrap();
    let request = client.network().into_request().unwrap();
    assert_eq!(request.uri(), "https://host.example/v1/network");
    assert!(client.dot().into_request().is_err(), "it is relative");
}

#[tokio::test]
async fn servers_by_name() {
    let client = builder!(servers, "http://localhost").region("us").build();
    assert!(client.is_ok());
    for builder in [
        builder!(servers, "http://localhost").region("moon"),
        builder!(servers, "http://localhost").variable("nowhere", "x"),
        builder!(servers, "localhost"),
    ] {
        let error = builder.build().unwrap_err().to_string();
        assert!(error.starts_with("cannot build the client: "), "{error}");
    }
}

/// What is wrong with one server is no matter of the operations of others.
#[tokio::test]
async fn servers_that_are_none() {
    let client = servers::Client::builder().transport(Wire::default()).build().unwrap();
    for (request, expected) in [
        (client.local().into_request().map(drop), Some("`/local` is relative: set `base_url`")),
        (client.upload().into_request().map(drop), None),
        (client.main().into_request().map(drop), None),
    ] {
        let said = request.err().map(|error| error.to_string());
        let expected =
            expected.map(|what| format!("the request cannot be sent: its server's URL {what}"));
        assert_eq!(said, expected);
    }
    let peer = done();
    client!(servers, peer).undeclared().await.unwrap();
    assert_eq!(target(&peer.seen()[0]), "/undeclared");
}

/// OpenAPI 3.0.3, OpenAPI Object, `servers`: without any, the URL is `/`.
#[tokio::test]
async fn no_server() {
    let peer = done();
    let client = no_server::Client::builder().base_url(peer.url()).build().unwrap();
    client.here().await.unwrap();
    assert_eq!(target(&peer.seen()[0]), "/here/");
    let error = no_server::Client::builder().build().unwrap_err().to_string();
    assert!(error.contains("base_url"), "{error}");
}
