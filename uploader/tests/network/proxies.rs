//! By proxies.

use box_upload_sessions::Error;

use crate::certificates::Certificates;
use crate::proxy::{Proxy, Rules};
use crate::support::{emulator, put, transport, upload, upload_to, words};

/// `user:p@ss`
const LOGIN: &str = "Basic dXNlcjpwQHNz";

#[tokio::test]
async fn a_tunnel_leads_to_https() {
    let certificates = Certificates::new();
    let emulator = certificates.serve(emulator()).start().await.unwrap();
    for (login, before) in [(None, ""), (Some(LOGIN), "user:p%40ss@")] {
        let proxy = Proxy::start(Rules { login, ..Rules::default() }).await;
        let transport = transport()
            .proxy(format!("http://{before}{}", proxy.address))
            .root_certificate_pem(&*certificates.authority)
            .build()
            .unwrap();
        upload(transport, &emulator).await;
        let asked = proxy.asked();
        assert!(!asked.is_empty());
        for head in asked {
            assert!(head.starts_with(&format!("CONNECT {} HTTP/1.1\r\n", emulator.address())));
            let sent = head.to_lowercase().contains("proxy-authorization: ");
            assert_eq!(sent, login.is_some(), "{head}");
        }
    }
    assert!(emulator.requests().iter().all(|r| !r.headers.contains_key("proxy-authorization")));
}

#[tokio::test]
async fn a_proxy_reads_plain_http() {
    let emulator = emulator().start().await.unwrap();
    let proxy = Proxy::start(Rules { login: Some(LOGIN), ..Rules::default() }).await;
    let transport = transport().proxy(format!("http://user:p%40ss@{}", proxy.address));
    upload(transport.build().unwrap(), &emulator).await;
    let asked = proxy.asked();
    let whole = format!("POST {}/api/2.0/files/upload_sessions HTTP/1.1\r\n", emulator.url());
    assert!(asked.iter().any(|head| head.starts_with(&whole)), "{asked:?}");
    let host = format!("\r\nhost: {}\r\n", emulator.address());
    assert!(asked.iter().all(|head| head.to_lowercase().contains(&host)), "{asked:?}");
}

#[tokio::test]
async fn a_proxy_may_speak_tls_itself() {
    let certificates = Certificates::new();
    let secure = certificates.serve(emulator()).start().await.unwrap();
    let plain = emulator().start().await.unwrap();
    let rules = Rules { tls: Some(certificates.acceptor()), ..Rules::default() };
    let proxy = Proxy::start(rules).await;
    for emulator in [&secure, &plain] {
        let transport = transport()
            .proxy(format!("https://localhost:{}", proxy.address.port()))
            .root_certificate_pem(&*certificates.authority);
        upload(transport.build().unwrap(), emulator).await;
    }
    let asked = proxy.asked();
    assert!(asked.iter().any(|head| head.starts_with("CONNECT ")), "{asked:?}");
    assert!(asked.iter().any(|head| head.starts_with("POST http://")), "{asked:?}");
}

#[tokio::test]
async fn socks_proxies_resolve_the_host_name() {
    let certificates = Certificates::new();
    let secure = certificates.serve(emulator()).start().await.unwrap();
    let plain = emulator().start().await.unwrap();
    for (emulator, scheme) in [(&secure, "https"), (&plain, "http")] {
        for (login, before) in [(None, ""), (Some("user:p@ss"), "user:p%40ss@")] {
            let proxy = Proxy::start(Rules { login, ..Rules::default() }).await;
            let transport = transport()
                .proxy(format!("socks5://{before}{}", proxy.address))
                .root_certificate_pem(&*certificates.authority);
            let port = emulator.address().port();
            let url = format!("{scheme}://localhost:{port}");
            upload_to(transport.build().unwrap(), &url, emulator).await;
            let asked = proxy.asked();
            let told = format!("SOCKS localhost:{port}");
            assert!(!asked.is_empty() && asked.iter().all(|asked| *asked == told), "{asked:?}");
        }
    }
}

#[tokio::test]
async fn a_refusing_proxy_is_a_failed_connection() {
    let unknown = Rules { login: Some(LOGIN), ..Rules::default() };
    let forbids = Rules { refuses: Some(403), ..Rules::default() };
    let socks = Rules { login: Some("user:p@ss"), ..Rules::default() };
    for (rules, scheme, told) in [
        (unknown, "http", "proxy authorization required"),
        (forbids, "http", "unsuccessful"),
        (socks, "socks5", "credentials not accepted"),
    ] {
        let proxy = Proxy::start(rules).await;
        let url = format!("{scheme}://user:hush@{}", proxy.address);
        let transport = transport().proxy(url).build().unwrap();
        assert!(!format!("{transport:?}").contains("hush"));
        let error = put(&transport, "https://localhost/x", "body").await.unwrap_err();
        assert!(matches!(error, Error::Connect(_)), "{error:?}");
        let words = words(&error);
        let by = format!("cannot connect through the proxy {scheme}://{}/", proxy.address);
        assert!(words.contains(&by) && words.contains(told), "{words}");
        assert!(!words.contains("hush"), "{words}");
    }
}

#[test]
fn a_proxy_s_url_is_checked() {
    let error = transport().proxy("ftp://user:hush@host").build().unwrap_err().to_string();
    assert_eq!(
        error,
        "cannot build the transport: proxy: expected a URL such as `http://host:port`"
    );
}
