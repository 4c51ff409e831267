//! `.at(url)`: where credentials go, and where they do not.

use http::Uri;

use crate::fake::{Fake, Numbered, canned, run};
use crate::runtime::{ClientBuilder, Credential, Error};

/// Where a call goes whose URL is replaced by `url`; sends nothing.
fn target(configure: fn(ClientBuilder) -> ClientBuilder, url: &str) -> Result<Uri, String> {
    let client = Fake::default().configure(configure);
    match client.list_parts("1").offset(5).at(url).into_request() {
        Ok(request) => Ok(request.uri().clone()),
        Err(Error::UntrustedUrl(why)) => Err(why),
        Err(error) => panic!("{error}"),
    }
}

fn plain(builder: ClientBuilder) -> ClientBuilder {
    builder
}

#[test]
fn configured_and_trusted_hosts_are_allowed() {
    for (url, sent) in [
        ("https://upload.box.com/x/y", "https://upload.box.com/x/y?offset=5"),
        ("https://upload.box.com:443/x", "https://upload.box.com:443/x?offset=5"),
        ("https://UPLOAD.Box.Com/x", "https://UPLOAD.Box.Com/x?offset=5"),
        ("HTTPS://upload.box.com/x", "https://upload.box.com/x?offset=5"),
        ("https://fupload-ec2-1.app.box.com/x", "https://fupload-ec2-1.app.box.com/x?offset=5"),
        ("https://api.box.com/x?limit=1&y=%20", "https://api.box.com/x?limit=1&y=%20"),
        ("https://api.box.com/x?", "https://api.box.com/x"),
        ("https://api.box.com", "https://api.box.com/?offset=5"),
        ("https://api.box.com/x#fragment", "https://api.box.com/x?offset=5"),
        ("https://api.box.com/a%2Fb/@:c", "https://api.box.com/a%2Fb/@:c?offset=5"),
    ] {
        assert_eq!(target(plain, url).as_ref().map(Uri::to_string), Ok(sent.to_owned()), "{url}");
    }
}

#[test]
fn everything_else_is_refused() {
    for url in [
        // Other hosts, and those that look like the right ones.
        "https://evil.org/",
        "https://box.com.evil.org/",
        "https://evilbox.com/",
        "https://upload.box.com.evil.org/x",
        "https://upload-box.com/",
        "https://box.com/",
        "https://upload.box.co/",
        "https://upload.box.com./",
        "https://.box.com/",
        "https://a..box.com/",
        "https://evil.org%2f.box.com/",
        "https://evil.org%00.box.com/",
        "https://*.box.com/",
        "https://evil.org;.box.com/",
        "https://evil.org,x.box.com/",
        "https://[::1].box.com/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://2130706433/",
        // User-info.
        "https://me@upload.box.com/",
        "https://me:secret@upload.box.com/",
        "https://upload.box.com@evil.org/",
        "https://upload.box.com:secret@evil.org/",
        "https://@upload.box.com/",
        // Ports.
        "https://upload.box.com:8443/",
        "https://fupload.app.box.com:8443/",
        "https://upload.box.com:/",
        "https://upload.box.com:0443/",
        "https://upload.box.com:65979/",
        "https://upload.box.com:443:443/",
        // Schemes.
        "http://upload.box.com/",
        "http://upload.box.com:443/",
        "ftp://upload.box.com/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "//upload.box.com/",
        "upload.box.com/",
        "upload.box.com:443",
        "/files",
        "https:/upload.box.com/",
        "https:upload.box.com/",
        "https://",
        "https:///x",
        "",
        "*",
        // What other parsers might read differently.
        "https://evil.org\\.box.com/",
        "https://evil.org\\@upload.box.com/",
        "https:\\\\upload.box.com/",
        "https://upload.box.com\\@evil.org/",
        "https://evil.org/\\upload.box.com/",
        "https://evil.org#.box.com/",
        "https://evil.org?.box.com/",
        "https://evil.org/.box.com/",
        " https://upload.box.com/",
        "https://upload.box.com/ ",
        "https://upload.box.com/a b",
        "https://upload.box.com/a\r\nx: y",
        "https://upload.box.com\t/",
        "https://uploäd.box.com/",
        "https://upload.box.com\u{3002}evil.org/",
        "https://evil.org\u{ff0f}.box.com/",
        "https://ｕpload.box.com/",
        "https://upload.box.com/ä",
    ] {
        let why = target(plain, url).expect_err(url);
        assert!(!why.contains("secret"), "{why}");
    }
}

#[test]
fn a_host_can_be_allowed() {
    fn allow(builder: ClientBuilder) -> ClientBuilder {
        builder.allow_host("Files.Example.com").allow_host("*.cdn.example.com")
    }
    for url in ["https://files.example.com/", "https://a.b.CDN.example.com/"] {
        assert!(target(allow, url).is_ok(), "{url}");
    }
    for url in [
        "http://files.example.com/",
        "https://files.example.com:444/",
        "https://a.files.example.com/",
        "https://cdn.example.com/",
        "https://xcdn.example.com/",
    ] {
        assert!(target(allow, url).is_err(), "{url}");
    }
}

/// Tests against a local server must not reach the real one.
#[test]
fn a_base_url_takes_the_place_of_all_servers_and_trusted_hosts() {
    fn local(builder: ClientBuilder) -> ClientBuilder {
        builder.base_url("http://127.0.0.1:8080/x")
    }
    assert!(target(local, "http://127.0.0.1:8080/y").is_ok());
    for url in [
        "https://127.0.0.1:8080/y",
        "http://127.0.0.1:8081/y",
        "http://127.0.0.1/y",
        "http://127.1:8080/y",
        "http://localhost:8080/y",
        "https://upload.box.com/",
        "https://fupload.app.box.com/",
    ] {
        assert!(target(local, url).is_err(), "{url}");
    }
    fn both(builder: ClientBuilder) -> ClientBuilder {
        builder.base_url("http://127.0.0.1:8080/x").allow_host("*.box.com")
    }
    assert!(target(both, "https://upload.box.com/").is_ok());
}

#[test]
fn a_refused_call_asks_for_no_token_and_sends_nothing() {
    let fake = Fake::new([canned(200, "{}")]);
    let tokens = Numbered::default();
    let credential = Credential::provider(tokens.clone());
    let client = fake.configure(|builder| builder.credential("OAuth2", credential));
    let result = run(client.list_parts("1").at("https://evil.org/steal?key=secret").into_future());
    let error = result.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the URL is not trusted: `https://evil.org` is neither configured nor allowed; \
         hosts are allowed by https on port 443"
    );
    assert!(fake.requests().is_empty());
    assert!(tokens.0.lock().unwrap().is_empty());
}
