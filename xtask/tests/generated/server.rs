//! A server on the loopback interface that plays canned responses and records what it is sent.

use std::collections::VecDeque;
use std::fmt;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// What the server does once it has read a request.
pub(crate) enum CannedResponse {
    /// Sends these bytes.
    Bytes(Vec<u8>),
    /// Sends these bytes and hangs up.
    Last(Vec<u8>),
    /// Says nothing until the client hangs up.
    Silence,
}

impl CannedResponse {
    pub(crate) fn new(status: u16, headers: &[(&str, &str)], body: &str) -> Self {
        let mut head = format!("HTTP/1.1 {status} As You Like It\r\n");
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        // RFC 9110, section 8.6: no Content-Length with 204.
        if status != 204 {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        Self::Bytes(format!("{head}\r\n{body}").into_bytes())
    }

    pub(crate) fn json(status: u16, body: &str) -> Self {
        Self::new(status, &[("Content-Type", "application/json")], body)
    }
}

/// A request as it came over the wire.
pub(crate) struct Recorded {
    /// Method, target and version.
    pub(crate) line: String,
    /// Names in lower case, sorted.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Whether the client sent as much as it said it would.
    pub(crate) complete: bool,
}

impl Recorded {
    /// The value of a header that must be there once or not at all.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(other, _)| other == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "`{name}` is there twice");
        value
    }
}

/// The whole request, with the server's address replaced by HOST and a binary body escaped.
impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.line)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {value}")?;
        }
        match std::str::from_utf8(&self.body) {
            Ok(text) if !text.contains(char::is_control) => write!(f, "\n{text}"),
            _ => write!(f, "\n{}", self.body.escape_ascii()),
        }
    }
}

/// Listens until [`Server::finish`], with a thread for each connection.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
    listener: Option<JoinHandle<usize>>,
}

struct Shared {
    responses: Mutex<VecDeque<CannedResponse>>,
    requests: Mutex<Vec<Recorded>>,
    /// The connection that says that no further one is to be taken.
    end: Mutex<Option<SocketAddr>>,
}

impl Server {
    /// Plays `responses` in this order, to any request.
    pub(crate) fn start(responses: impl IntoIterator<Item = CannedResponse>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            responses: Mutex::new(responses.into_iter().collect()),
            requests: Mutex::default(),
            end: Mutex::default(),
        });
        let thread = thread::spawn({
            let shared = Arc::clone(&shared);
            move || listen(&listener, &shared)
        });
        Self { address, shared, listener: Some(thread) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Everything that was sent. The client's connections must be closed by now: what [`run`] ran
    /// leaves none.
    ///
    /// [`run`]: crate::fixtures::run
    pub(crate) fn finish(mut self) -> Vec<Recorded> {
        self.stop();
        let left = self.shared.responses.lock().unwrap().len();
        assert_eq!(left, 0, "unused responses");
        std::mem::take(&mut *self.shared.requests.lock().unwrap())
    }

    /// How many connections were made. Connections are taken in the order in which they were made,
    /// so none is overlooked.
    pub(crate) fn connections(mut self) -> usize {
        self.stop()
    }

    fn stop(&mut self) -> usize {
        let Some(listener) = self.listener.take() else { return 0 };
        let end = {
            let mut end = self.shared.end.lock().unwrap();
            let stream = TcpStream::connect(self.address).unwrap();
            *end = Some(stream.local_addr().unwrap());
            stream
        };
        let connections = listener.join().unwrap();
        drop(end);
        connections
    }
}

/// A test that fails must not leave a thread behind.
impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn listen(listener: &TcpListener, shared: &Arc<Shared>) -> usize {
    let mut connections = Vec::new();
    loop {
        let (stream, from) = listener.accept().unwrap();
        if *shared.end.lock().unwrap() == Some(from) {
            break;
        }
        // A guard against a test that hangs; nothing waits for it.
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let shared = Arc::clone(shared);
        connections.push(thread::spawn(move || serve(stream, &shared)));
    }
    let count = connections.len();
    for connection in connections {
        connection.join().unwrap();
    }
    count
}

fn serve(stream: TcpStream, shared: &Shared) {
    let mut writer = stream.try_clone().unwrap();
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader, &writer) {
        let complete = request.complete;
        shared.requests.lock().unwrap().push(request);
        if !complete {
            return;
        }
        let response = shared.responses.lock().unwrap().pop_front();
        let (bytes, last) = match response {
            Some(CannedResponse::Bytes(bytes)) => (bytes, false),
            Some(CannedResponse::Last(bytes)) => (bytes, true),
            Some(CannedResponse::Silence) => {
                drop(reader.read_to_end(&mut Vec::new()));
                return;
            }
            None => {
                (b"HTTP/1.1 599 No More Responses\r\nContent-Length: 0\r\n\r\n".to_vec(), false)
            }
        };
        // The client may be gone by now, which is for the test to notice.
        if writer.write_all(&bytes).is_err() || last {
            return;
        }
    }
}

/// A request; `None` if the client has hung up.
fn read(reader: &mut BufReader<TcpStream>, stream: &TcpStream) -> Option<Recorded> {
    let line = read_line(reader)?;
    let mut headers = Vec::new();
    loop {
        let line = read_line(reader)?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').unwrap();
        let own = stream.local_addr().unwrap().to_string();
        headers.push((name.to_ascii_lowercase(), value.trim().replace(&own, "HOST")));
    }
    headers.sort();
    let chunked = headers.iter().any(|(name, _)| name == "transfer-encoding");
    assert!(!chunked, "every body of this crate has a Content-Length");
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = Vec::new();
    // The client may break off, by a reset even; what came before counts.
    drop(reader.by_ref().take(length).read_to_end(&mut body));
    let complete = body.len() as u64 == length;
    Some(Recorded { line, headers, body, complete })
}

fn read_line(reader: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line).ok()?;
    let line = line.strip_suffix(b"\r\n")?;
    Some(String::from_utf8(line.to_vec()).unwrap())
}
