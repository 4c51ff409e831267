//! Responses that are not in UTF-8.

use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use crate::runtime::{Error, Reply};

fn reply(content_type: &str, body: &'static [u8]) -> Reply {
    let response = Response::builder().header("content-type", content_type);
    Reply::from(response.body(Bytes::from_static(body)).unwrap())
}

#[test]
fn texts() {
    for (content_type, body, text) in [
        ("text/plain", "größe".as_bytes(), "größe"),
        ("text/plain; charset=UTF-8", "größe".as_bytes(), "größe"),
        ("text/plain; charset=iso-8859-1", b"gr\xf6\xdfe", "größe"),
        ("text/plain; format=flowed; Charset=\"Latin1\"", b"\xe9", "é"),
        // The Encoding Standard, section 4.2: all labels of Latin-1 are windows-1252.
        ("text/plain; charset=windows-1252", b"\x80\x93a\x94 \x9f", "€“a” Ÿ"),
        ("text/plain; charset=us-ascii", "é".as_bytes(), "é"),
        ("text/csv; charset=utf-16", b"\xff\xfea\0\xac\x20", "a€"),
        ("text/csv; charset=utf-16", b"\xfe\xff\0a\x20\xac", "a€"),
        ("text/csv; charset=utf-16le", b"a\0", "a"),
        ("text/csv; charset=UTF-16BE", b"\xd8\x3d\xde\0", "😀"),
        ("text/plain; charset=shift_jis", b"plain", "plain"),
        ("text/plain; charset=", b"a", "a"),
    ] {
        let read = reply(content_type, body).text::<()>().unwrap();
        assert_eq!(read, text, "{content_type}");
    }
}

#[test]
fn texts_that_cannot_be_read() {
    for (content_type, body, message) in [
        ("text/plain", &b"gr\xf6\xdfe"[..], "invalid utf-8"),
        ("text/plain; charset=shift_jis", b"\x82\xa0", "the charset `shift_jis`"),
        ("text/plain; charset=utf-16", b"a", "truncated"),
        ("text/plain; charset=utf-16be", b"\xd8\x3d", "surrogate"),
    ] {
        let error = reply(content_type, body).text::<()>().unwrap_err();
        assert!(matches!(error, Error::Decode { .. }), "{error}");
        assert!(error.to_string().contains(message), "{error}");
    }
}

/// RFC 8259, section 8.1 wants UTF-8, whatever the header says.
#[test]
fn json_in_another_charset() {
    for (content_type, body) in [
        ("application/json", "{\"a\":\"ö\"}".as_bytes()),
        ("application/json; charset=iso-8859-1", "{\"a\":\"ö\"}".as_bytes()),
        ("application/json; charset=iso-8859-1", b"{\"a\":\"\xf6\"}"),
        ("application/json; charset=utf-16", b"{\0\"\0a\0\"\0:\0\"\0\xf6\0\"\0}\0"),
    ] {
        let value: Value = reply(content_type, body).json::<_, ()>().unwrap();
        assert_eq!(value, json!({ "a": "ö" }), "{content_type}");
    }
    assert!(reply("application/json", b"\"\xf6\"").json::<Value, ()>().is_err());
}

#[test]
fn an_empty_body_in_place_of_json_is_an_error() {
    for body in [&b""[..], b" \r\n"] {
        let error = reply("application/json", body).json::<Value, ()>().unwrap_err();
        assert!(matches!(error, Error::Empty(_)), "{error}");
        assert_eq!(error.status().unwrap(), 200);
        assert_eq!(error.to_string(), "the response 200 OK has no content");
    }
}
