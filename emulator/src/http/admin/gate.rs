//! Who may use the page and its API.

use std::net::IpAddr;

use box_upload_sessions::types::ClientErrorCode;
use http::header::{self, HeaderValue};
use http::request::Parts;
use http::uri::Authority;

use crate::service::Refusal;

/// Decides who may use the page and its API.
///
/// The API has no password, so a web page that the user visits must not reach it through the
/// user's browser: neither by a request of its own, which names its `Origin`, nor after its domain
/// was made to resolve to this computer (DNS rebinding), which the `Host` shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gate {
    /// Hosts under which any client may use the API; by default only the loopback interface may.
    hosts: Vec<String>,
}

impl Gate {
    pub(crate) fn new(hosts: Vec<String>) -> Self {
        Self { hosts: hosts.iter().map(|host| normalize_host(host)).collect() }
    }

    /// Checks a request from `peer`.
    pub(crate) fn check_request(&self, head: &Parts, peer: IpAddr) -> Result<(), Refusal> {
        let hosts = head.headers.get_all(header::HOST).iter();
        let hosts: Vec<Option<Authority>> =
            hosts.map(|host| host.to_str().ok()?.parse().ok()).collect();
        let [Some(host)] = hosts.as_slice() else {
            return Err(refuse_request("the request has no valid `Host` header"));
        };
        let target = head.uri.authority().unwrap_or(host);
        if !self.allows_host(host, peer) || !self.allows_host(target, peer) {
            return Err(refuse_request(
                "only this computer may use the emulator's page and API, as `localhost` or \
                 `127.0.0.1`; `--page-host` allows others",
            ));
        }
        let mut origins = head.headers.get_all(header::ORIGIN).iter();
        if !origins.all(|origin| has_authority(origin, host)) {
            return Err(refuse_request("pages of other origins may not use the emulator's API"));
        }
        Ok(())
    }

    fn allows_host(&self, authority: &Authority, peer: IpAddr) -> bool {
        let host = normalize_host(authority.host());
        let is_loopback = host == "localhost"
            || host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback());
        !authority.as_str().contains('@')
            && (self.hosts.contains(&host) || is_loopback && peer.to_canonical().is_loopback())
    }
}

/// Whether the origin of a page has this host and port.
fn has_authority(origin: &HeaderValue, host: &Authority) -> bool {
    let authority = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    authority.is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host.as_str()))
}

fn refuse_request(text: &str) -> Refusal {
    Refusal::forbidden(ClientErrorCode::Forbidden, text)
}

/// A host in lower case, an IPv6 address without its brackets.
fn normalize_host(host: &str) -> String {
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn check(gate: &Gate, peer: &str, headers: &[(&str, &str)]) -> bool {
        let mut request = Request::builder().uri("/__emulator/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (head, ()) = request.body(()).unwrap().into_parts();
        gate.check_request(&head, peer.parse().unwrap()).is_ok()
    }

    #[test]
    fn only_names_of_the_loopback_interface_are_allowed() {
        let gate = Gate::default();
        for host in ["localhost", "LOCALHOST:8080", "127.0.0.1:8080", "[::1]:8080", "127.9.9.9"] {
            assert!(check(&gate, "127.0.0.1", &[("host", host)]), "{host}");
            assert!(check(&gate, "::ffff:127.0.0.1", &[("host", host)]), "{host}");
            assert!(!check(&gate, "192.0.2.1", &[("host", host)]), "{host}");
        }
        let others =
            ["evil.example", "localhost.evil.example", "192.0.2.1", "127.0.0.1@evil.example", ""];
        for host in others {
            assert!(!check(&gate, "127.0.0.1", &[("host", host)]), "{host}");
        }
        assert!(!check(&gate, "127.0.0.1", &[]));
        assert!(!check(&gate, "127.0.0.1", &[("host", "localhost"), ("host", "localhost")]));
    }

    #[test]
    fn configured_hosts_are_allowed() {
        let gate = Gate::new(vec!["Emulator".to_owned(), "[2001:db8::1]".to_owned()]);
        assert!(check(&gate, "192.0.2.1", &[("host", "emulator:8080")]));
        assert!(check(&gate, "192.0.2.1", &[("host", "[2001:DB8::1]:8080")]));
        assert!(!check(&gate, "192.0.2.1", &[("host", "localhost")]));
        assert!(check(&gate, "127.0.0.1", &[("host", "localhost")]));
    }

    #[test]
    fn only_the_own_origin_is_allowed() {
        let gate = Gate::default();
        let check_origin =
            |origin| check(&gate, "::1", &[("host", "localhost:8080"), ("origin", origin)]);
        assert!(check_origin("http://localhost:8080"));
        assert!(check_origin("https://LOCALHOST:8080"));
        let others = [
            "null",
            "http://localhost",
            "http://localhost:8081",
            "http://127.0.0.1:8080",
            "http://evil.example",
            "http://localhost:8080.evil.example",
            "",
        ];
        for origin in others {
            assert!(!check_origin(origin), "{origin}");
        }
    }
}
