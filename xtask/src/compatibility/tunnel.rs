//! A proxy that leads every tunnel (RFC 9110, section 9.3.6) to one address, whatever host is asked for.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;

/// A proxy that runs until this process ends.
pub(super) struct Tunnel(SocketAddr);

impl Tunnel {
    /// Starts a proxy to the host and port of `url`.
    pub(super) fn start(url: &str) -> io::Result<Self> {
        let target = url.rsplit("//").next().unwrap_or_default().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let target = target.clone();
                // A broken connection is the client's to report.
                thread::spawn(move || open_tunnel(client, &target));
            }
        });
        Ok(Self(address))
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.0)
    }
}

fn open_tunnel(mut client: TcpStream, target: &str) -> io::Result<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let server = TcpStream::connect(target)?;
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
    let from = server.try_clone()?;
    let to = client.try_clone()?;
    thread::spawn(move || copy_bytes(from, to));
    copy_bytes(client, server)
}

/// Copies until one side closes its connection.
fn copy_bytes(mut from: TcpStream, mut to: TcpStream) -> io::Result<()> {
    io::copy(&mut from, &mut to)?;
    to.shutdown(Shutdown::Write)
}
