//! Which proxy a request goes through.

use std::ffi::OsString;

use http::{HeaderValue, Uri};

use crate::runtime::proxy::{Proxies, Route};

fn proxies(proxy: Option<&str>, variables: &[(&str, &str)]) -> Result<Proxies, String> {
    let get = |name: &str| {
        let found = variables.iter().find(|(other, _)| *other == name);
        found.map(|(_, value)| OsString::from(value))
    };
    Proxies::new(proxy, &get)
}

/// The proxy to `url` and how it is spoken to.
fn route(proxies: &Proxies, url: &str) -> String {
    let Some((proxy, route)) = proxies.route(&url.parse().unwrap()) else {
        return "direct".to_owned();
    };
    let text = |value: HeaderValue| value.to_str().unwrap().to_owned();
    let route = match route {
        Route::Forward => "forward".to_owned(),
        Route::Tunnel(value) => format!("tunnel {:?}", value.map(text)),
        Route::Socks(login) => format!("socks {login:?}"),
    };
    format!("{proxy} {route}")
}

#[test]
fn the_environment_names_proxies() {
    let both = [("HTTPS_PROXY", "http://one:1"), ("http_proxy", "two:2")];
    let all = [("all_proxy", "http://three:3"), ("HTTPS_PROXY", ""), ("https_proxy", "four:4")];
    for (variables, https, http) in [
        (&[][..], "direct", "direct"),
        (&both, "http://one:1/ tunnel None", "http://two:2/ forward"),
        (&all, "http://four:4/ tunnel None", "http://three:3/ forward"),
        (&[("HTTP_PROXY", "one:1"), ("REQUEST_METHOD", "GET")], "direct", "direct"),
    ] {
        let proxies = proxies(None, variables).unwrap();
        assert_eq!(route(&proxies, "https://upload.box.com/x"), https, "{variables:?}");
        assert_eq!(route(&proxies, "http://upload.box.com/x"), http, "{variables:?}");
    }
}

#[test]
fn some_hosts_are_reached_without_a_proxy() {
    let no = "box.com, .example.com,10.0.0.0/8, ::1";
    for proxy in [None, Some("http://given:1")] {
        let proxies = proxies(proxy, &[("ALL_PROXY", "http://one:1"), ("no_proxy", no)]);
        let proxies = proxies.unwrap();
        for url in [
            "https://box.com",
            "https://upload.box.com:444",
            "http://a.example.com",
            "http://10.1.2.3:80",
            "https://[::1]:1",
        ] {
            assert_eq!(route(&proxies, url), "direct", "{url}");
        }
        for url in ["https://otherbox.com", "http://box.com.example.org", "http://11.0.0.1"] {
            assert_ne!(route(&proxies, url), "direct", "{url}");
        }
    }
    let proxies = proxies(Some("http://one:1"), &[("NO_PROXY", "*")]).unwrap();
    assert_eq!(route(&proxies, "https://box.com"), "direct");
}

#[test]
fn logins_go_where_the_proxy_reads_them() {
    let by = |proxy| proxies(Some(proxy), &[]).unwrap();
    let http = by("http://user:p%40ss@host:8080/ignored");
    let secure = "https://box.com";
    let plain = "http://box.com";
    let basic = "Basic dXNlcjpwQHNz";
    let tunnel = format!("http://host:8080/ tunnel Some({basic:?})");
    assert_eq!(route(&http, secure), tunnel);
    assert_eq!(route(&http, plain), "http://host:8080/ forward");
    let sent = |proxies: &Proxies, url| proxies.authorization(&Uri::from_static(url));
    assert_eq!(sent(&http, plain).unwrap(), basic);
    assert!(sent(&http, plain).unwrap().is_sensitive());
    // In a tunnel it would go to the service.
    assert_eq!(sent(&http, secure), None);

    let socks = by("socks5://user:p%40ss@host");
    let told = "socks5://host:1080/ socks Some((\"user\", \"p@ss\"))";
    assert_eq!((route(&socks, secure), route(&socks, plain)), (told.into(), told.into()));
    assert_eq!(sent(&socks, plain), None);
    assert_eq!(route(&by("socks5h://[::1]:9"), secure), "socks5h://[::1]:9/ socks None");
}

#[test]
fn an_invalid_proxy_is_named_without_its_value() {
    for (variables, told) in [
        (("https_proxy", "socks4://u:hush@a:1"), "https_proxy: the scheme `socks4`"),
        (("ALL_PROXY", "ftp://u:hush@a:1"), "ALL_PROXY: expected a URL such as"),
        (("HTTP_PROXY", "u:hush@ a"), "HTTP_PROXY: expected a URL such as"),
    ] {
        let error = proxies(None, &[variables]).err().unwrap();
        assert!(error.starts_with(told) && !error.contains("hush"), "{error}");
    }
    assert!(proxies(Some("http://"), &[]).is_err());
}
