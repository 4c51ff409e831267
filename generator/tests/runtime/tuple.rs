//! `tuple!`: a struct is written as an array whose elements have a type each.

use serde_json::{Value, from_value, json, to_value};

use crate::runtime::tuple;

#[derive(Clone, Debug, PartialEq)]
struct Line(String, i64, Option<bool>, Option<String>, Vec<Value>);
tuple!(Line { required: 0, 1; optional: 2, 3; rest: 4; });

#[derive(Clone, Debug, PartialEq)]
struct Pair(String, i64);
tuple!(Pair { required: 0, 1; });

#[test]
fn elements_go_there_and_back() {
    for value in [
        json!(["a", 1]),
        json!(["a", 1, true]),
        json!(["a", 1, null, "b"]),
        json!(["a", 1, true, "b", 2, null, {"c": []}]),
    ] {
        let line: Line = from_value(value.clone()).unwrap();
        assert_eq!(to_value(&line).unwrap(), value);
    }
}

#[test]
fn what_must_be_there_is_missed() {
    let error = from_value::<Line>(json!(["a"])).unwrap_err().to_string();
    assert_eq!(error, "invalid length 1, expected a longer array");
    let error = from_value::<Line>(json!({"a": 1})).unwrap_err().to_string();
    assert_eq!(error, "invalid type: map, expected an array, Line");
}

#[test]
fn what_follows_a_closed_array_is_ignored() {
    let text = r#"["a", 1, {"more": []}, 2]"#;
    let pair: Pair = serde_json::from_str(text).unwrap();
    assert_eq!(pair, Pair("a".to_owned(), 1));
}
