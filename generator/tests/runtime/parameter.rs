//! Styles against the tables of RFC 6570 and of OpenAPI.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::fake::Fake;
use crate::runtime::{Call, Error, Style};
use crate::service::{ANY, Part, PartType};

fn call() -> Call {
    Fake::default().client().call(&ANY)
}

fn path<T: Serialize + ?Sized>(value: &T, style: Style) -> String {
    let call = call().path("p", value, style).path("q", "q", Style::Simple);
    let request = call.into_request::<()>().unwrap();
    let path = request.uri().path();
    path.strip_prefix("/2.0/a/").unwrap().strip_suffix("/bq.json").unwrap().to_owned()
}

fn with_path(call: Call) -> String {
    let call = call.path("p", "p", Style::Simple).path("q", "q", Style::Simple);
    let uri = call.into_request::<()>().unwrap().uri().to_string();
    uri.strip_prefix("https://api.box.com/2.0/a/p/bq.json").unwrap().to_owned()
}

fn query<T: Serialize + ?Sized>(name: &str, value: &T, style: Style) -> String {
    with_path(call().query(name, value, style))
}

fn header<T: Serialize + ?Sized>(value: &T, style: Style) -> Option<String> {
    let call = call().header("x-color", value, style);
    let call = call.path("p", "p", Style::Simple).path("q", "q", Style::Simple);
    let request = call.into_request::<()>().unwrap();
    request.headers().get("x-color").map(|value| value.to_str().unwrap().to_owned())
}

fn cookie<T: Serialize + ?Sized>(value: &T, style: Style) -> Option<String> {
    let call = call().cookie("color", value, style).cookie("other", "1", Style::Form);
    let call = call.path("p", "p", Style::Simple).path("q", "q", Style::Simple);
    let request = call.into_request::<()>().unwrap();
    request.headers().get("cookie").map(|value| value.to_str().unwrap().to_owned())
}

fn colors() -> Value {
    json!(["blue", "black", "brown"])
}

fn rgb() -> Value {
    json!({ "R": 100, "G": 200, "B": 150 })
}

fn keys() -> Value {
    json!({ "semi": ";", "dot": ".", "comma": "," })
}

/// The table "Style Examples" of OpenAPI 3.0.4.
#[test]
fn openapi_table_of_paths() {
    let rows = [
        (Style::Simple, "blue", "blue,black,brown", "R,100,G,200,B,150"),
        (Style::SimpleExploded, "blue", "blue,black,brown", "R=100,G=200,B=150"),
        (Style::Label, ".blue", ".blue,black,brown", ".R,100,G,200,B,150"),
        (Style::LabelExploded, ".blue", ".blue.black.brown", ".R=100.G=200.B=150"),
        (Style::Matrix, ";p=blue", ";p=blue,black,brown", ";p=R,100,G,200,B,150"),
        (Style::MatrixExploded, ";p=blue", ";p=blue;p=black;p=brown", ";R=100;G=200;B=150"),
    ];
    for (style, string, array, object) in rows {
        assert_eq!(path("blue", style), string, "{style:?}");
        assert_eq!(path(&colors(), style), array, "{style:?}");
        assert_eq!(path(&rgb(), style), object, "{style:?}");
    }
    assert_eq!(path("", Style::Matrix), ";p");
    assert_eq!(path("", Style::MatrixExploded), ";p");
}

#[test]
fn openapi_table_of_queries() {
    let rows = [
        (Style::Form, "?color=blue,black,brown", "?color=R,100,G,200,B,150"),
        (Style::FormExploded, "?color=blue&color=black&color=brown", "?R=100&G=200&B=150"),
        (
            Style::SpaceDelimited,
            "?color=blue%20black%20brown",
            "?color=R%20100%20G%20200%20B%20150",
        ),
        (Style::PipeDelimited, "?color=blue%7Cblack%7Cbrown", "?color=R%7C100%7CG%7C200%7CB%7C150"),
        (
            Style::DeepObject,
            "?color%5B0%5D=blue&color%5B1%5D=black&color%5B2%5D=brown",
            "?color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150",
        ),
    ];
    for (style, array, object) in rows {
        assert_eq!(query("color", "blue", style), "?color=blue", "{style:?}");
        assert_eq!(query("color", "", style), "?color=", "{style:?}");
        assert_eq!(query("color", &colors(), style), array, "{style:?}");
        assert_eq!(query("color", &rgb(), style), object, "{style:?}");
    }
}

#[test]
fn openapi_table_of_headers_and_cookies() {
    for style in [Style::Simple, Style::SimpleExploded] {
        assert_eq!(header("blue", style).as_deref(), Some("blue"));
        assert_eq!(header(&colors(), style).as_deref(), Some("blue,black,brown"));
        assert_eq!(header("a b%;,", style).as_deref(), Some("a b%;,"), "nothing is escaped");
    }
    assert_eq!(header(&rgb(), Style::Simple).as_deref(), Some("R,100,G,200,B,150"));
    assert_eq!(header(&rgb(), Style::SimpleExploded).as_deref(), Some("R=100,G=200,B=150"));
    assert_eq!(header(&rgb(), Style::Json).as_deref(), Some(r#"{"R":100,"G":200,"B":150}"#));

    assert_eq!(cookie("blue", Style::Form).as_deref(), Some("color=blue; other=1"));
    assert_eq!(cookie(&colors(), Style::Form).as_deref(), Some("color=blue,black,brown; other=1"));
    let exploded = Some("color=blue; color=black; color=brown; other=1");
    assert_eq!(cookie(&colors(), Style::FormExploded).as_deref(), exploded);
    assert_eq!(cookie("a;b&c", Style::Form).as_deref(), Some("color=a%3Bb%26c; other=1"));
    assert_eq!(cookie(&Value::Null, Style::Form).as_deref(), Some("other=1"));
}

/// RFC 6570, sections 3.2.2 (simple), 3.2.5 (label), 3.2.7 (matrix) and 3.2.8 (form).
#[test]
fn rfc_6570_tables() {
    let list = json!(["red", "green", "blue"]);
    assert_eq!(path("Hello World!", Style::Simple), "Hello%20World%21");
    assert_eq!(path("50%", Style::Simple), "50%25");
    assert_eq!(path(&list, Style::Simple), "red,green,blue");
    assert_eq!(path(&keys(), Style::Simple), "semi,%3B,dot,.,comma,%2C");
    assert_eq!(path(&keys(), Style::SimpleExploded), "semi=%3B,dot=.,comma=%2C");
    assert_eq!(path("50%", Style::Label), ".50%25");
    assert_eq!(path(&list, Style::Label), ".red,green,blue");
    assert_eq!(path(&list, Style::LabelExploded), ".red.green.blue");
    assert_eq!(path(&keys(), Style::Label), ".semi,%3B,dot,.,comma,%2C");
    assert_eq!(path(&keys(), Style::LabelExploded), ".semi=%3B.dot=..comma=%2C");
    assert_eq!(path(&1024, Style::Matrix), ";p=1024");
    assert_eq!(path(&list, Style::Matrix), ";p=red,green,blue");
    assert_eq!(path(&list, Style::MatrixExploded), ";p=red;p=green;p=blue");
    assert_eq!(path(&keys(), Style::Matrix), ";p=semi,%3B,dot,.,comma,%2C");
    assert_eq!(path(&keys(), Style::MatrixExploded), ";semi=%3B;dot=.;comma=%2C");
    assert_eq!(query("half", "50%", Style::Form), "?half=50%25");
    assert_eq!(query("who", "fred", Style::FormExploded), "?who=fred");
    assert_eq!(query("keys", &keys(), Style::Form), "?keys=semi,%3B,dot,.,comma,%2C");
    assert_eq!(query("keys", &keys(), Style::FormExploded), "?semi=%3B&dot=.&comma=%2C");
    assert_eq!(query("empty", &json!({ "a": "" }), Style::FormExploded), "?a=");
    assert_eq!(path(&json!({ "a": "" }), Style::MatrixExploded), ";a");
}

/// RFC 6570, section 2.3: null, an empty list and an empty object are no values.
#[test]
fn what_is_undefined_is_left_out() {
    let none = [json!(null), json!([]), json!({}), json!([null]), json!({ "a": null })];
    for value in &none {
        for style in [Style::Form, Style::FormExploded, Style::SpaceDelimited, Style::DeepObject] {
            assert_eq!(query("x", value, style), "", "{value} {style:?}");
        }
        assert_eq!(header(value, Style::Simple), None, "{value}");
    }
    assert_eq!(query("x", &None::<i64>, Style::Form), "");
    assert_eq!(query("x", &Some(1), Style::Form), "?x=1");
    assert_eq!(query("x", &json!([1, null, 2]), Style::Form), "?x=1,2");
    assert_eq!(query("x", &json!({ "a": null, "b": 2 }), Style::FormExploded), "?b=2");
}

#[test]
fn nested_values() {
    let nested = json!({ "b": { "c": 1, "d e": "f&g" }, "h": [true, null, "i"], "j": null });
    assert_eq!(
        query("a", &nested, Style::DeepObject),
        "?a%5Bb%5D%5Bc%5D=1&a%5Bb%5D%5Bd%20e%5D=f%26g&a%5Bh%5D%5B0%5D=true&a%5Bh%5D%5B2%5D=i"
    );
    let inner = "%7B%22c%22%3A1%7D";
    assert_eq!(query("a", &json!({ "b": { "c": 1 } }), Style::Form), format!("?a=b,{inner}"));
    assert_eq!(query("a", &json!([{ "c": 1 }]), Style::FormExploded), format!("?a={inner}"));
    assert_eq!(query("a", &json!({ "c": 1 }), Style::NamedJson), format!("?a={inner}"));
    assert_eq!(path(&json!({ "c": 1 }), Style::Json), inner);
    assert_eq!(query("a", &Value::Null, Style::NamedJson), "?a=null");
}

/// Members come in the order in which a type writes them, whatever their text holds.
#[test]
fn members_in_order() {
    let part = Part {
        id: "a\\\"{[,:]}ü".to_owned(),
        size: -7,
        r#type: PartType::UploadPart,
        created_at: None,
    };
    let id = "a%5C%22%7B%5B%2C%3A%5D%7D%C3%BC";
    let exploded = format!("?part_id={id}&size=-7&type=upload_part");
    assert_eq!(query("x", &part, Style::FormExploded), exploded);
    let list = [part.clone(), part];
    let json = "%7B%22part_id%22%3A%22a%5C%5C%5C%22%7B%5B%2C%3A%5D%7D%C3%BC%22%2C%22size%22%3A-7\
                %2C%22type%22%3A%22upload_part%22%7D";
    assert_eq!(query("x", &list, Style::Form), format!("?x={json},{json}"));
    let deep = query("x", &list, Style::DeepObject);
    assert!(deep.contains("&x%5B1%5D%5Bpart_id%5D=a%5C%22%7B%5B%2C%3A%5D%7D%C3%BC&"), "{deep}");
    assert_eq!(
        query("x", &json!(["", {}, [], "\\", "\""]), Style::Form),
        "?x=,%7B%7D,%5B%5D,%5C,%22"
    );
}

#[test]
fn only_unreserved_characters_stay() {
    let ascii: String = (1..=127).map(char::from).collect();
    let kept = |text: String| -> String {
        let mut rest = text.as_str();
        let mut kept = String::new();
        while let Some(c) = rest.chars().next() {
            let skip = if c == '%' { 3 } else { 1 };
            kept.extend((c != '%').then_some(c));
            rest = &rest[skip..];
        }
        kept
    };
    let unreserved = "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~";
    assert_eq!(kept(path(&ascii, Style::Simple)), unreserved);
    let text = query("a", &ascii, Style::Form);
    assert_eq!(kept(text.strip_prefix("?a=").unwrap().to_owned()), unreserved);
    assert_eq!(path("ä/€", Style::Simple), "%C3%A4%2F%E2%82%AC");
    assert_eq!(query("ä[]&=", "1", Style::Form), "?%C3%A4%5B%5D%26%3D=1");
}

#[test]
fn reserved_characters_may_stay_in_a_query() {
    let reserved = with_path(call().query_reserved("a", ":/?#[]@!$&'()*+,;= %ä", Style::Form));
    assert_eq!(reserved, "?a=:/?%23%5B%5D@!$&'()*+,;=%20%25%C3%A4");
    // RFC 6570 3.2.3: what is escaped already stays so; a percent sign alone is escaped.
    let escaped = with_path(call().query_reserved("a", "50%2f%C3%A4%2 %zz%", Style::Form));
    assert_eq!(escaped, "?a=50%2f%C3%A4%252%20%25zz%25");
    let list = with_path(call().query_reserved("a", &["x/y", "z"], Style::FormExploded));
    assert_eq!(list, "?a=x/y&a=z");
}

#[test]
fn scalars() {
    assert_eq!(query("a", &true, Style::Form), "?a=true");
    assert_eq!(query("a", &-5, Style::Form), "?a=-5");
    assert_eq!(query("a", &0.5, Style::Form), "?a=0.5");
    assert_eq!(query("a", &u64::MAX, Style::Form), "?a=18446744073709551615");
}

#[test]
fn a_parameter_set_again_is_replaced() {
    let twice = call().query("a", &1, Style::Form).query("b", &2, Style::Form);
    assert_eq!(with_path(twice.query("a", &3, Style::Form)), "?b=2&a=3");
}

#[test]
fn what_cannot_be_a_path_segment_is_refused() {
    let whole = |value: &Value| {
        let call = call().path("p", value, Style::Simple).path("q", "", Style::Matrix);
        call.into_request::<()>().map(|request| request.uri().path().to_owned())
    };
    for value in [json!(""), json!(null), json!([]), json!("."), json!(".."), json!(["", null])] {
        assert!(matches!(whole(&value), Err(Error::Request(_))), "{value}");
    }
    for value in ["...", ".a", "a..", "%2e", "a/../b", "../..", "?", "#"] {
        let path = whole(&json!(value)).unwrap();
        assert_eq!(path.split('/').count(), 5, "{path}");
        assert!(path.starts_with("/2.0/a/") && path.ends_with("/b;q.json"), "{path}");
    }
    assert_eq!(whole(&json!("{q}")).unwrap(), "/2.0/a/%7Bq%7D/b;q.json");
}

#[test]
fn what_cannot_be_written_is_refused() {
    let map = BTreeMap::from([(vec![1], 2)]);
    let error = call().query("a", &map, Style::Form).into_request::<()>().unwrap_err();
    assert!(matches!(&error, Error::Request(text) if text.contains("key must be")), "{error}");
    let error = call().json("application/json", &map).into_request::<()>().unwrap_err();
    assert!(matches!(&error, Error::Request(text) if text.contains("key must be")), "{error}");
    let error = call().header("a", "x\r\ny: z", Style::Simple).into_request::<()>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the request cannot be sent: header `a` contains a control character"
    );
    let error = call().header("a b", "x", Style::Simple).into_request::<()>().unwrap_err();
    assert!(error.to_string().contains("`a b` is not a valid header name"), "{error}");
}
