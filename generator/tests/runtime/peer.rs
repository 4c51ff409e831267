//! A server of raw bytes, on a port that the system chooses.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// What was received.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// Which connection it came on, counted from 0.
    pub(crate) connection: usize,
    /// The request line.
    pub(crate) line: String,
    /// The headers as they came, `name: value`.
    pub(crate) headers: Vec<String>,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.headers.iter().filter_map(|line| line.split_once(": "));
        lines.find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// The response to a request.
pub(crate) enum Reaction {
    /// With these bytes.
    Send(String),
    /// With these bytes, and the end of the connection.
    SendAndClose(String),
    /// With these bytes, which may be no text, and the end of the connection.
    #[allow(dead_code, reason = "the tests of emitted crates have it")]
    SendBytes(Vec<u8>),
    /// Not at all.
    Hang,
}

/// A JSON response.
pub(crate) fn json(status: &str, body: &str) -> Reaction {
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\n");
    Reaction::Send(format!("{head}content-length: {}\r\n\r\n{body}", body.len()))
}

type React = dyn Fn(usize, &Seen) -> Reaction + Send + Sync;

pub(crate) struct Peer {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    stop: AtomicBool,
    seen: Mutex<Vec<Seen>>,
    sockets: Mutex<Vec<TcpStream>>,
    react: Box<React>,
}

impl Peer {
    /// Responds to each request with `react`, which gets the number of earlier ones.
    pub(crate) fn start(react: impl Fn(usize, &Seen) -> Reaction + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            stop: AtomicBool::new(false),
            seen: Mutex::default(),
            sockets: Mutex::default(),
            react: Box::new(react),
        });
        let thread = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || shared.listen(&listener)
        });
        Self { address, shared, thread: Some(thread) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All requests that came whole so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.shared.sockets.lock().unwrap().len()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
        for socket in self.shared.sockets.lock().unwrap().iter() {
            let _ = socket.shutdown(Shutdown::Both);
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn listen(&self, listener: &TcpListener) {
        std::thread::scope(|scope| {
            for (connection, socket) in listener.incoming().enumerate() {
                let socket = socket.unwrap();
                if self.stop.load(Ordering::SeqCst) {
                    return;
                }
                self.sockets.lock().unwrap().push(socket.try_clone().unwrap());
                scope.spawn(move || self.serve(connection, socket));
            }
        });
    }

    fn serve(&self, connection: usize, mut socket: TcpStream) {
        let mut reader = BufReader::new(socket.try_clone().unwrap());
        while let Some(seen) = receive(connection, &mut reader) {
            let before = {
                let mut all = self.seen.lock().unwrap();
                all.push(seen.clone());
                all.len() - 1
            };
            match (self.react)(before, &seen) {
                Reaction::Send(text) => socket.write_all(text.as_bytes()).unwrap(),
                Reaction::SendAndClose(text) => {
                    socket.write_all(text.as_bytes()).unwrap();
                    let _ = socket.shutdown(Shutdown::Both);
                    return;
                }
                Reaction::SendBytes(bytes) => {
                    // The other side may have seen enough.
                    let _ = socket.write_all(&bytes);
                    let _ = socket.shutdown(Shutdown::Both);
                    return;
                }
                // Until the other side, or the end of the test, closes the connection.
                Reaction::Hang => drop(reader.read(&mut [0])),
            }
        }
    }
}

fn receive(connection: usize, reader: &mut impl BufRead) -> Option<Seen> {
    let mut seen = Seen { connection, line: line(reader)?, ..Seen::default() };
    loop {
        let header = line(reader)?;
        if header.is_empty() {
            break;
        }
        seen.headers.push(header);
    }
    if seen.header("transfer-encoding") == Some("chunked") {
        loop {
            let size = usize::from_str_radix(&line(reader)?, 16).ok()?;
            let mut chunk = vec![0; size];
            reader.read_exact(&mut chunk).ok()?;
            line(reader)?;
            if size == 0 {
                return Some(seen);
            }
            seen.body.extend(chunk);
        }
    }
    let length = seen.header("content-length").map_or(0, |length| length.parse().unwrap());
    seen.body.resize(length, 0);
    reader.read_exact(&mut seen.body).ok()?;
    Some(seen)
}

fn line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    Some(line.trim_end_matches(['\r', '\n']).to_owned())
}
