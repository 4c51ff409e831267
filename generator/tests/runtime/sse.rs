//! Server-sent events, against the examples of the HTML standard (section 9.2.6) and more.

use std::time::Duration;

use crate::fake::{Fake, canned, chunks, pieces, run};
use crate::runtime::{Body, Event, Events};
use crate::service::Next;

/// Type, data and id of each event, however the text is cut.
fn events(text: &'static str) -> Vec<(String, String, String)> {
    let read = |body: Body| {
        let mut events = Events::new(body);
        let mut all = Vec::new();
        run(async {
            while let Some(event) = events.next().await {
                all.push(event.unwrap());
            }
        });
        all
    };
    let whole: Vec<Event> = read(text.into());
    for size in [1, 2, 5] {
        let cut = Body::stream(text.len() as u64, pieces(text, size));
        assert_eq!(read(cut), whole);
    }
    whole.into_iter().map(|event| (event.event, event.data, event.id)).collect()
}

fn message(data: &str) -> (String, String, String) {
    ("message".to_owned(), data.to_owned(), String::new())
}

#[test]
fn examples_of_the_standard() {
    assert_eq!(events("data: YHOO\ndata: +2\ndata: 10\n\n"), [message("YHOO\n+2\n10")]);
    let stream = ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n";
    assert_eq!(
        events(stream),
        [
            ("message".to_owned(), "first event".to_owned(), "1".to_owned()),
            message("second event"),
            message(" third event"),
        ]
    );
    assert_eq!(events("data\n\ndata\ndata\n\ndata:"), [message(""), message("\n")]);
    assert_eq!(events("data:test\n\ndata: test\n\n"), [message("test"), message("test")]);
}

#[test]
fn lines_end_in_three_ways() {
    for text in
        ["data: a\n\ndata: b\n\n", "data: a\r\rdata: b\r\r", "data: a\r\n\r\ndata: b\r\n\r\n"]
    {
        assert_eq!(events(text), [message("a"), message("b")]);
    }
    assert_eq!(events("data: a\r\ndata: b\r\r\n"), [message("a\nb")]);
}

#[test]
fn types_ids_and_what_is_ignored() {
    let text = "\u{feff}event: add\nid: 7\ndata: ü: x\nfoo: bar\n\nevent: none\n\ndata: y\nid: a\0b\n\n\
                \u{feff}data: z\n\n";
    assert_eq!(
        events(text),
        [
            ("add".to_owned(), "ü: x".to_owned(), "7".to_owned()),
            ("message".to_owned(), "y".to_owned(), "7".to_owned()),
        ]
    );
    assert_eq!(events("data: not complete\n"), []);
    assert_eq!(events(""), []);
}

#[test]
fn an_operation_gives_events() {
    let fake = Fake::new([canned(200, "retry: 1500\ndata: 1\n\nretry: x\ndata: 2\n\n")]);
    run(async {
        let mut events = fake.client().events().await.unwrap();
        let first = events.next().await.unwrap().unwrap();
        assert_eq!(first.retry, Some(Duration::from_millis(1_500)));
        assert_eq!(events.next().await.unwrap().unwrap().retry, None);
        assert!(events.next().await.is_none());
    });
}

#[test]
fn a_stream_that_breaks_off_says_so() {
    let mut events = Events::new(Body::stream(99, chunks(["data: 1\n\nda"]).then_error("gone")));
    run(async {
        let first: Next = events.next().await;
        assert_eq!(first.unwrap().unwrap().data, "1");
        assert_eq!(events.next().await.unwrap().unwrap_err().to_string(), "gone");
        assert!(events.next().await.is_none());
    });
}
