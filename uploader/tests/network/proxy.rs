//! A small proxy.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// A proxy that notes what it is asked for: HTTP, with or without TLS, and SOCKS 5. Dropped, it
/// stops.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

#[derive(Clone, Default)]
pub(crate) struct Rules {
    /// The `Proxy-Authorization` that it insists on, or `user:password` of SOCKS.
    pub(crate) login: Option<&'static str>,
    pub(crate) tls: Option<TlsAcceptor>,
    /// The status of every response.
    pub(crate) refuses: Option<u16>,
}

impl Proxy {
    pub(crate) async fn start(rules: Rules) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = asked.clone();
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let rules = rules.clone();
                let log = log.clone();
                connections.spawn(async move {
                    // A client that disconnects is not a failure of the proxy.
                    let _ = match rules.tls.clone() {
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => serve(stream, rules, &log).await,
                            Err(error) => Err(error),
                        },
                        None => serve(stream, rules, &log).await,
                    };
                });
            }
        });
        Self { address, asked, task }
    }

    /// The heads of the requests for connections, or `SOCKS host:port`.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve<S>(mut client: S, rules: Rules, log: &Mutex<Vec<String>>) -> std::io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let first = client.read_u8().await?;
    if first == 5 {
        return serve_socks(client, rules, log).await;
    }
    let mut head = vec![first];
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    let text = String::from_utf8(head.clone()).unwrap();
    log.lock().unwrap().push(text.clone());
    let login = rules.login.map(|login| format!("proxy-authorization: {login}\r\n"));
    let known = login.is_none_or(|login| text.to_lowercase().contains(&login.to_lowercase()));
    let status = rules.refuses.or((!known).then_some(407));
    if let Some(status) = status {
        let response = format!("HTTP/1.1 {status} No\r\ncontent-length: 0\r\n\r\n");
        return client.write_all(response.as_bytes()).await;
    }
    let url = text.split(' ').nth(1).unwrap();
    if text.starts_with("CONNECT ") {
        let mut server = TcpStream::connect(url).await?;
        client.write_all(b"HTTP/1.1 200 Here you are\r\n\r\n").await?;
        copy_bidirectional(&mut client, &mut server).await?;
    } else {
        let host = url.strip_prefix("http://").unwrap().split('/').next().unwrap();
        let mut server = TcpStream::connect(host).await?;
        server.write_all(&head).await?;
        copy_bidirectional(&mut client, &mut server).await?;
    }
    Ok(())
}

/// RFC 1928 and RFC 1929, host names only.
async fn serve_socks<S>(
    mut client: S,
    rules: Rules,
    log: &Mutex<Vec<String>>,
) -> std::io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    text(&mut client).await?;
    let method = if rules.login.is_some() { 2 } else { 0 };
    client.write_all(&[5, method]).await?;
    if let Some(login) = rules.login {
        client.read_u8().await?;
        let user = text(&mut client).await?;
        let password = text(&mut client).await?;
        let known = login == format!("{user}:{password}");
        client.write_all(&[1, u8::from(!known)]).await?;
    }
    let mut head = [0; 4];
    client.read_exact(&mut head).await?;
    assert_eq!(head, [5, 1, 0, 3], "not a connection to a host name");
    let host = text(&mut client).await?;
    let port = client.read_u16().await?;
    log.lock().unwrap().push(format!("SOCKS {host}:{port}"));
    let mut server = TcpStream::connect((host, port)).await?;
    client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

/// A text with its length before it.
async fn text(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<String> {
    let mut text = vec![0; stream.read_u8().await?.into()];
    stream.read_exact(&mut text).await?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
