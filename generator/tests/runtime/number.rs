//! Numbers: written without a fraction where they have none, read either way.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Response;
use serde::de::DeserializeOwned;
use serde_json::{Value, from_slice, json};

use crate::fake::Fake;
use crate::open_enum::Status;
use crate::runtime::{Call, Multipart, Reply, Style, union};
use crate::service::ANY;

fn call() -> Call {
    let call = Fake::default().client().call(&ANY);
    call.path("p", &2.0, Style::Simple).path("q", &0.5, Style::Simple)
}

fn body(call: Call) -> String {
    crate::fake::read(call.into_request::<()>().unwrap().into_body())
        .map(|bytes| String::from_utf8(bytes.to_vec()).unwrap())
        .unwrap()
}

/// Each number, and how it is written.
const WRITTEN: &[(f64, &str)] = &[
    (10.0, "10"),
    (0.0, "0"),
    (-0.0, "-0"),
    (-3.0, "-3"),
    (0.1, "0.1"),
    (1e-7, "1e-7"),
    (1e15, "1000000000000000"),
    (123_456_789_012_345_680.0, "123456789012345680"),
    (1e20, "100000000000000000000"),
    (1e21, "1e+21"),
    (1e300, "1e+300"),
    (f64::MAX, "1.7976931348623157e+308"),
    (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
];

#[test]
fn a_number_without_a_fraction_is_written_without_one() {
    for (number, text) in WRITTEN {
        let json = call().json("application/json", &json!({"a": [number, "2.0"], "b": number}));
        assert_eq!(body(json), format!(r#"{{"a":[{text},"2.0"],"b":{text}}}"#));
        let back: f64 = from_slice(text.as_bytes()).unwrap();
        assert_eq!(back.to_bits(), number.to_bits(), "{text}");
    }
    assert_eq!(body(call().json("application/json", &f64::NAN)), "null");
}

#[test]
fn in_parameters_forms_and_parts_too() {
    let call = call()
        .query("f", &10.0, Style::Form)
        .query("l", &[1.0, 1.5], Style::Form)
        .query("j", &json!({"a": [3.0]}), Style::NamedJson)
        .query("d", &json!({"a": {"b": 4.0}}), Style::DeepObject)
        .header("h", &5.0, Style::Simple);
    let request = call.into_request::<()>().unwrap();
    assert_eq!(
        request.uri().path_and_query().unwrap().as_str(),
        "/2.0/a/2/b0.5.json?f=10&l=1,1.5&j=%7B%22a%22%3A%5B3%5D%7D&d%5Ba%5D%5Bb%5D=4"
    );
    assert_eq!(request.headers()["h"], "5");
    assert_eq!(
        body(self::call().form(&json!({"a": 6.0, "b": {"c": 7.0}}), &[], &[])),
        "a=6&b=%7B%22c%22%3A7%7D"
    );
    let parts = Multipart::new().field("a", &8.0, "").field("b", &json!({"c": 9.0}), "");
    let parts = body(self::call().multipart("multipart/form-data", parts));
    assert!(parts.contains("\r\n\r\n8\r\n") && parts.contains("\r\n\r\n{\"c\":9}\r\n"), "{parts}");
}

fn decode<T: DeserializeOwned>(text: &str) -> Option<T> {
    let mut reply = Reply::from(Response::new(Bytes::copy_from_slice(text.as_bytes())));
    reply.json::<T, Value>().ok()
}

/// Each text of a number, and the integer that it is.
const READ: &[(&str, Option<i64>)] = &[
    ("5", Some(5)),
    ("5.0", Some(5)),
    ("-2.000", Some(-2)),
    ("1e3", Some(1_000)),
    ("1.5E+2", Some(150)),
    ("120e-1", Some(12)),
    ("0.0", Some(0)),
    ("-0", Some(0)),
    ("-0.0", Some(0)),
    ("0e99", Some(0)),
    ("9.223372036854775807e18", Some(i64::MAX)),
    ("9223372036854775808.0", None),
    ("5.5", None),
    ("1e-1", None),
    ("1e400", None),
];

#[derive(Debug, PartialEq)]
enum Size {
    Count(i64),
    Name(String),
    Map(BTreeMap<String, i64>),
    Other(Value),
}
union!(Size in order { Count if Integer; Name if String; Map if Object; });

#[test]
fn an_integer_is_read_however_it_is_written() {
    for (text, number) in READ {
        assert_eq!(decode::<i64>(text), *number, "{text}");
        assert_eq!(decode::<Vec<i64>>(&format!("[1, {text}]")), number.map(|n| vec![1, n]));
        let map = decode::<BTreeMap<String, i64>>(&format!(r#"{{"5.0":{text}}}"#));
        assert_eq!(map, number.map(|n| BTreeMap::from([("5.0".to_owned(), n)])), "{text}");
        // What is buffered for a union is an `f64` if it looks like one.
        let Some(number) = number.filter(|_| !text.starts_with("-0") && text.len() < 20) else {
            continue;
        };
        assert_eq!(decode::<Size>(text), Some(Size::Count(number)), "{text}");
        let map = Size::Map(BTreeMap::from([("a".to_owned(), number)]));
        assert_eq!(decode::<Size>(&format!(r#"{{"a":{text}}}"#)), Some(map), "{text}");
    }
    assert_eq!(decode::<Size>("5.5"), Some(Size::Other(json!(5.5))));
    assert_eq!(decode::<Size>("\"5.0\""), Some(Size::Name("5.0".to_owned())));
    assert_eq!(decode::<Status>("404.0"), Some(Status::NotFound));
    assert_eq!(
        decode::<Vec<Status>>("[4.04e2, 1e0]"),
        Some(vec![Status::NotFound, Status::Other(1)])
    );
    assert_eq!(
        decode::<(i64, f64, String)>(r#"[1.0, 1.5, "a \"1.0"]"#),
        Some((1, 1.5, "a \"1.0".to_owned()))
    );
}

#[test]
fn in_headers_too() {
    for (text, number) in READ {
        let response = Response::builder().header("x", *text).body(Bytes::new()).unwrap();
        let reply = Reply::from(response);
        assert_eq!(reply.header::<i64>("x"), *number, "{text}");
        assert_eq!(reply.header::<String>("x").as_deref(), Some(*text));
    }
}
