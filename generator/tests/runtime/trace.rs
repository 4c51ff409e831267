//! What is noted of each call.

use std::io::Write;
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::fake::{CannedResponse, Fake, canned, run};
use crate::runtime::{Error, Retry};

/// A file in memory.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Written {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The span and events of a call with this response.
fn noted(responses: impl IntoIterator<Item = CannedResponse>) -> String {
    let written = Written::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_span_events(FmtSpan::CLOSE)
        .with_ansi(false)
        .with_writer(written.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, || {
        let fake = Fake::new(responses);
        let client = fake.configure(|builder| {
            builder.retry(Retry::default()).credential("OAuth2", "hush").base_url("https://h.test")
        });
        let _ = run(client.list_parts("s3cret").offset(5).into_future());
    });
    let bytes = written.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_span_says_what_the_document_says_and_how_it_ended() {
    let text = noted([
        canned(503, "hush"),
        Err(Error::Connect("hush".into())),
        canned(200, r#"{"entries":[]}"#),
    ]);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    let span =
        r#"request{otel.kind="client" http.request.method=GET url.template="/sessions/{id}/parts""#;
    assert!(lines.iter().all(|line| line.contains(span)), "{text}");
    assert!(lines[0].contains("attempt=1 status=503"), "{text}");
    assert!(lines[1].contains(r#"attempt=2 error="connect""#), "{text}");
    let end = "http.request.resend_count=2 http.response.status_code=200}";
    assert!(lines[2].contains(end) && lines[2].contains("close"), "{text}");
    for secret in ["hush", "s3cret", "offset", "h.test"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn a_failure_has_a_word() {
    let text = noted([canned(404, r#"{"message":"hush"}"#)]);
    assert!(text.contains("http.response.status_code=404 error.type=404}"), "{text}");
    let text = noted([Err(Error::Request("hush".to_owned()))]);
    assert!(text.contains(r#"error.type="request"}"#) && !text.contains("hush"), "{text}");
}
