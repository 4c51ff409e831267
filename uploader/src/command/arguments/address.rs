//! Addresses to listen at.

use std::net::{Ipv4Addr, SocketAddr};

/// Parses an address, or a port of this computer alone.
pub(super) fn parse_address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(port) = text.parse() {
        return Ok((Ipv4Addr::LOCALHOST, port).into());
    }
    text.parse().map_err(|_| "expected a port, or an address such as 127.0.0.1:9464".to_owned())
}
