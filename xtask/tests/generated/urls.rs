//! Calls to an absolute URL from a response: whether the token is sent along.

use box_upload_sessions::{Client, ClientBuilder, Error, types::UploadSession};

use crate::fixtures::{ID, SESSION, TOKEN, run};
use crate::server::{CannedResponse, Server};
use crate::tokens::Provider;
use crate::transport::Recorder;

/// Where a call of a client made by `builder` went; the error if it was refused.
fn follow(builder: ClientBuilder, url: &str) -> Result<String, String> {
    let transport = Recorder::new([(200, SESSION)]);
    let (provider, asked) = Provider::credential([TOKEN]);
    let client = builder.access_token(provider).transport(transport.clone()).build().unwrap();
    let outcome = run(client.get_upload_session(ID).at(url));
    let requests = transport.requests();
    match outcome {
        Ok(_) => {
            assert_eq!(requests.len(), 1);
            assert_eq!(requests[0].headers()["authorization"], format!("Bearer {TOKEN}"));
            Ok(requests[0].uri().to_string())
        }
        Err(Error::UntrustedUrl(message)) => {
            assert!(requests.is_empty(), "{url} was refused, and yet sent");
            assert!(asked.lock().unwrap().is_empty(), "{url} was refused, but cost a token");
            Err(message)
        }
        Err(error) => panic!("{url}: {error:?}"),
    }
}

/// Hosts that Box names in sessions, and other ways to write the configured one.
#[test]
fn urls_of_the_service_are_followed() {
    let path = format!("/api/2.0/files/upload_sessions/{ID}");
    let hosts = [
        "upload.box.com",
        "api.box.com",
        "upload.app.box.com",
        "upload-las.app.box.com",
        "fupload-ec2-eu.app.box.com",
        "upload.app.box-gov.com",
    ];
    for host in hosts {
        let url = format!("https://{host}{path}");
        assert_eq!(follow(Client::builder(), &url).as_ref(), Ok(&url));
    }
    for start in ["HTTPS://Upload.Box.Com", "https://upload.box.com:443"] {
        let url = follow(Client::builder(), &format!("{start}{path}")).unwrap();
        let uri: http::Uri = url.parse().unwrap();
        assert_eq!(uri.scheme_str(), Some("https"));
        assert!(uri.host().unwrap().eq_ignore_ascii_case("upload.box.com"), "{url}");
        assert!(matches!(uri.port_u16(), None | Some(443)), "{url}");
        assert_eq!(uri.path(), path);
    }
}

/// Every step of a session goes where its endpoints say.
#[test]
fn the_endpoints_of_a_session() {
    use box_upload_sessions::runtime::{ContentRange, Digest};
    use box_upload_sessions::types::{CommitUploadSessionBody, LogUploadEventBody};

    let session: UploadSession = serde_json::from_str(SESSION).unwrap();
    let ends = session.session_endpoints.unwrap();
    let transport = Recorder::new([(400, ""); 6]);
    let client = Client::builder().transport(transport.clone()).build().unwrap();
    let digest = Digest::sha(&[7; 20]);
    let body = CommitUploadSessionBody::new([]);
    let event = LogUploadEventBody::new("event");
    run(async {
        let range = ContentRange::new(0, 1, 1).unwrap();
        drop(client.upload_part("1", &range, &digest, "x").at(ends.upload_part.unwrap()).await);
        drop(client.commit_upload_session("1", &digest, &body).at(ends.commit.unwrap()).await);
        drop(client.abort_upload_session("1").at(ends.abort.unwrap()).await);
        drop(client.list_parts("1").limit(5).offset(10).at(ends.list_parts.unwrap()).await);
        drop(client.get_upload_session("1").at(ends.status.unwrap()).await);
        drop(client.log_upload_event("1", &event).at(ends.log_event.unwrap()).await);
    });
    let sent = transport.requests();
    let sent = sent.iter().map(|request| format!("{} {}", request.method(), request.uri()));
    let base = format!("https://upload.app.box.com/api/2.0/files/upload_sessions/{ID}");
    let expected = [
        format!("PUT {base}"),
        format!("POST {base}/commit"),
        format!("DELETE {base}"),
        format!("GET {base}/parts?limit=5&offset=10"),
        format!("GET {base}"),
        format!("POST {base}/log"),
    ];
    assert_eq!(sent.collect::<Vec<_>>(), expected);
}

/// A query of the URL, an empty one even, is the service's own; without one, the call's stays.
#[test]
fn the_query_of_the_url_goes_first() {
    let cases = [
        ("https://upload.box.com/p", "https://upload.box.com/p?limit=5"),
        ("https://upload.box.com/p?", "https://upload.box.com/p"),
        ("https://upload.box.com/p?a=b%20c&d", "https://upload.box.com/p?a=b%20c&d"),
        ("https://upload.box.com", "https://upload.box.com/?limit=5"),
    ];
    for (url, sent) in cases {
        let client = Client::builder().transport(Recorder::default()).build().unwrap();
        let request = client.list_parts(ID).limit(5).at(url).into_request().unwrap();
        assert_eq!(request.uri().to_string(), sent, "{url}");
    }
}

/// None of these is the service, though some look like it.
const FOREIGN: [&str; 55] = [
    // Not encrypted.
    "http://upload.box.com/x",
    "http://upload.app.box.com/x",
    "http://upload.box.com:443/x",
    // Another scheme, or none.
    "ftp://upload.box.com/x",
    "ws://upload.box.com/x",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "https:upload.box.com/x",
    "https:/upload.box.com/x",
    "https:///upload.box.com/x",
    "//upload.box.com/x",
    "/api/2.0/files",
    "upload.box.com/x",
    "upload.box.com:443",
    "",
    "https://",
    // Another host, or another port.
    "https://example.com/x",
    "https://127.0.0.1/x",
    "https://[::1]/x",
    "https://localhost/x",
    "https://upload.box.com:8443/x",
    "https://upload.box.com:80/x",
    "https://upload.app.box.com:8443/x",
    // The name elsewhere.
    "https://upload.box.com.example.com/x",
    "https://evilbox.com/x",
    "https://upload-box.com/x",
    "https://uploadxbox.com/x",
    "https://box.com.evil/x",
    "https://evil/upload.box.com",
    "https://evil?.box.com",
    "https://evil#.box.com",
    "https://evil;.box.com/x",
    "https://evil%2f.box.com/x",
    "https://evil%00.box.com/x",
    "https://upload.box.com./x",
    "https://.box.com/x",
    "https://a..box.com/x",
    "https://[.box.com/x",
    "https://_.box.com/x",
    "https://*.box.com/x",
    "https://upload.b\u{43e}x.com/x",
    "https://upload\u{3002}box.com/x",
    // User-info.
    "https://upload.box.com@example.com/x",
    "https://upload.box.com:443@example.com/x",
    "https://user@upload.box.com/x",
    "https://user:password@upload.app.box.com/x",
    "https://@upload.box.com/x",
    // What parsers disagree about.
    "https://example.com\\.box.com/x",
    "https:\\\\upload.box.com\\x",
    "https://upload.box.com/\\example.com/x",
    "https://upload.box.com/\u{e9}",
    "https://upload.box.com/\u{7f}",
    "https://upload.box.com\t/x",
    " https://upload.box.com/x",
    "https://upload.box.com/x\r\nx-other: 1",
];

#[test]
fn other_urls_are_refused() {
    for url in FOREIGN {
        let message = follow(Client::builder(), url).expect_err(url);
        assert!(!message.is_empty());
    }
}

/// With a base URL the service's own hosts are as foreign as any other.
#[test]
fn other_urls_are_refused_behind_a_base_url() {
    let base = || Client::builder().base_url("https://proxy.example:8443/box");
    let url = "https://proxy.example:8443/box/api/2.0/x";
    assert_eq!(follow(base(), url), Ok(url.to_owned()));
    let near =
        ["https://upload.box.com/x", "https://upload.app.box.com/x", "https://proxy.example/x"];
    for url in near.iter().chain(&["http://proxy.example:8443/x"]).chain(&FOREIGN) {
        follow(base(), url).expect_err(url);
    }
}

#[test]
fn hosts_can_be_allowed() {
    let base = || Client::builder().base_url("https://proxy.example");
    let one = || base().allow_host("Upload.Box.com");
    assert!(follow(one(), "https://upload.box.com/x").is_ok());
    follow(one(), "https://upload.app.box.com/x").unwrap_err();
    follow(one(), "https://x.upload.box.com/x").unwrap_err();
    let all = || base().allow_host("*.box.com");
    assert!(follow(all(), "https://a.b.box.com/x").is_ok());
    for url in FOREIGN {
        follow(all(), url).expect_err(url);
    }
    for pattern in
        ["", "*", "*.", "*box.com", "a.*.com", "https://box.com", "box.com/x", "box.com:1"]
    {
        let error = Client::builder().allow_host(pattern).transport(Recorder::default()).build();
        assert!(error.unwrap_err().to_string().contains(pattern), "{pattern}");
    }
}

/// The server variable makes another host the configured one.
#[test]
fn the_chosen_upload_server_is_followed() {
    let chosen = || Client::builder().box_upload_server("upload.example:8443");
    assert!(follow(chosen(), "https://upload.example:8443/x").is_ok());
    follow(chosen(), "https://upload.example/x").unwrap_err();
    let transport = Recorder::new([(200, SESSION)]);
    let client = chosen().transport(transport.clone()).build().unwrap();
    run(client.get_upload_session("1")).unwrap();
    let sent = "https://upload.example:8443/api/2.0/files/upload_sessions/1";
    assert_eq!(transport.requests()[0].uri().to_string(), sent);
}

/// Over the real HTTP stack: what is refused makes no connection, and plain HTTP is for a base URL
/// that has it only.
#[test]
fn nothing_is_connected_to() {
    let server = Server::start([CannedResponse::json(200, SESSION)]);
    let other = Server::start([]);
    let builder = Client::builder().base_url(server.url()).access_token(TOKEN);
    let client = builder.build().unwrap();
    run(async {
        for url in
            [other.url(), other.url().replace("http:", "https:"), format!("{}:1", server.url())]
        {
            let error = client.get_upload_session(ID).at(url).await.unwrap_err();
            assert!(matches!(error, Error::UntrustedUrl(_)), "{error:?}");
        }
        let url = format!("http://user@{}/x", server.address);
        let error = client.get_upload_session(ID).at(url).await.unwrap_err();
        assert!(matches!(error, Error::UntrustedUrl(_)), "{error:?}");
        client.get_upload_session(ID).at(server.url() + "/elsewhere?a=b").await.unwrap();
    });
    let sent = server.finish();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].line, "GET /elsewhere?a=b HTTP/1.1");
    assert_eq!(sent[0].header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    assert_eq!(other.connections(), 0);
}
