//! Values that are decoded and encoded again: unions, enumerations, null, numbers, maps.

use serde_json::{Value, from_str, from_value, json, to_value};

/// Decodes a value, compares the pattern, and encodes it back to the same JSON.
macro_rules! decodes {
    ($name:ident::$type:ident { $($value:expr => $pattern:pat),+ $(,)? }) => {$(
        let value = $value;
        let read: $name::types::$type = from_value(value.clone()).unwrap();
        assert!(matches!(&read, $pattern), "{value} is {read:?}");
        assert_eq!(to_value(&read).unwrap(), value);
    )+};
}
pub(crate) use decodes;

#[test]
fn enumerations() {
    use enums::types::{Color, Level, Reaction};
    decodes!(enums::Color {
        json!("light green") => Color::LightGreen,
        json!("BLUE") => Color::Blue,
        json!("other") => Color::OtherValue,
        json!("mauve") => Color::Other(_),
    });
    decodes!(enums::Level { json!(-3) => Level::Minus3, json!(9) => Level::Other(9) });
    decodes!(enums::Reaction {
        json!("+1") => Reaction::Plus1,
        json!("-1") => Reaction::Minus1,
        json!("A") => Reaction::A2,
        json!("") => Reaction::Empty,
    });
    // One value is filled in by itself.
    let built = enums::types::Enums::new(Level::N1);
    assert_eq!(to_value(&built).unwrap(), json!({"one": "only", "level": 1}));
}

#[test]
fn null_and_absent() {
    use nullable::types::{Both, Inner, Read};
    for value in [
        json!({"always": null, "never": "n"}),
        json!({"always": "a", "never": "n", "maybe": null, "list": [null, "x"], "map": {"a": null}}),
        json!({"always": "a", "never": "n", "maybe": "m", "level": null, "inner": {}}),
    ] {
        let read: Both = from_value(value.clone()).unwrap();
        assert_eq!(to_value(&read).unwrap(), value);
    }
    let both = Both::new("n").clear_maybe().clear_level().inner(Inner::new().a(1));
    let value = json!({"always": null, "never": "n", "maybe": null, "level": null, "inner": {"a": 1}});
    assert_eq!(to_value(&both).unwrap(), value);
    assert_eq!(to_value(both.any(Value::Null)).unwrap().get("any"), Some(&Value::Null));
    // What only responses carry needs no such distinction; a null that nobody announced is as if absent.
    let read: Read = from_value(json!({"never": "n", "maybe": null, "absent": null})).unwrap();
    assert_eq!((read.always, read.maybe, read.absent), (None, None, None));
    assert!(from_value::<Read>(json!({"always": "a"})).is_err(), "`never` is missing");
}

#[test]
fn what_one_side_never_sends_is_not_required_of_it() {
    use access::types::{Account, Login};
    for value in [
        json!({"plain": {"text": "a"}, "some": 1, "own": "o", "behind": "b", "inside": {"text": "i"}}),
        json!({"plain": {"text": "a"}, "some": 1, "beside": {"text": "b"}, "far": "f", "wrapped": "w", "both": 1}),
    ] {
        let read: Account = from_value(value.clone()).unwrap();
        assert_eq!(to_value(&read).unwrap(), value);
    }
    assert!(from_value::<Account>(json!({"plain": {"text": "a"}})).is_err(), "`some` is missing");
    decodes!(access::Login {
        json!({"user": "u"}) => Login::ByCode(_),
        json!({"key": "k"}) => Login::ByKey(_),
    });
}

#[test]
fn numbers_and_formats() {
    for value in [
        json!({"large": u64::MAX, "plain": i64::MIN, "int32": -1, "uint64": u64::MAX}),
        json!({"date": "2020-01-31", "instant": "2020-01-31T00:00:00Z", "bytes": "+/8="}),
        json!({"float": 0.1, "double": 1e300, "number": 5.5, "wrong": 3, "flag": true}),
        json!({"large": -1, "past": 9_223_372_036_854_775_808_u64, "date": "2020-1-31"}),
    ] {
        let read: scalars::types::Scalars = from_value(value.clone()).unwrap();
        assert_eq!(to_value(&read).unwrap(), value);
    }
    // All 17 digits count.
    let text = r#"{"number":0.30000000000000004,"double":89255.08391204101}"#;
    let read: scalars::types::Scalars = from_str(text).unwrap();
    assert_eq!((read.number, read.double), (Some(0.1 + 0.2), Some(89255.08391204101)));
    // RFC 8259, section 6: 7.0 is the same number as 7.
    let response = bytes::Bytes::from_static(br#"{"number":5,"plain":7.0}"#);
    let response = http::Response::new(response);
    let read = scalars::operations::Scalars::decode(response).unwrap();
    assert_eq!((read.number, read.plain), (Some(5.0), Some(7)));
}

#[test]
fn numbers_that_are_never_negative() {
    use unsigned::types::Unsigned;
    let value = json!({"size": 1, "count": u64::MAX, "narrow": u32::MAX, "below": -1, "default": -1});
    let read: Unsigned = from_value(value.clone()).unwrap();
    assert_eq!((read.count, read.narrow, read.default), (u64::MAX, Some(u32::MAX), Some(-1)));
    assert_eq!(to_value(&read).unwrap(), value);
    assert!(from_value::<Unsigned>(json!({"size": -1, "count": 0})).is_err());
}

#[test]
fn maps_and_other_members() {
    let value = json!({
        "free": {"a": [1]}, "open": {}, "closed": {},
        "nested": {"a": {"b": {"c": 1}}}, "nulls": {"a": null, "b": "c"},
    });
    let read: maps::types::Maps = from_value(value.clone()).unwrap();
    assert_eq!(to_value(&read).unwrap(), value);
    let value = json!({"name": "n", "additional_properties": "own", "x": [1.5], "y": []});
    let read: maps::types::Beside = from_value(value.clone()).unwrap();
    assert_eq!(read.additional_properties.as_deref(), Some("own"));
    assert_eq!(read.additional_properties_2.len(), 2);
    assert_eq!(to_value(&read).unwrap(), value);
    assert!(from_value::<maps::types::Beside>(json!({"name": "n", "x": "no list"})).is_err());
    let shut: Value =
        to_value(from_value::<maps::types::Shut>(json!({"new": 1})).unwrap()).unwrap();
    assert_eq!(shut, json!({}), "a field that is not declared is ignored");
}

#[test]
fn constructors_and_setters() {
    use constructors::types::{File, Four, Loose, Order, Owner, Range, Sorted};
    let owner = Owner::new("o");
    let file = File::new("n", owner.clone(), 5)
        .note("for you")
        .range(Range::builder().from(1).to(2))
        .sorted(Sorted::builder().by("name").order("desc"))
        .loose(Loose::builder().any(7).owner(owner.clone()))
        .four(Four::builder().a(owner).b("b").c(true).d(-1))
        .clear_type()
        .limit(3)
        .clear_limit(true)
        .any(Value::Null)
        .additional_properties([("x".to_owned(), 1)]);
    assert_eq!(file.sorted.as_ref().unwrap().order, Order::Desc);
    let value = json!({
        "name": "n", "owner": {"id": "o"}, "size": 5, "note": "for you", "range": {"from": 1, "to": 2},
        "sorted": {"by": "name", "order": "desc"}, "loose": {"any": 7, "owner": {"id": "o"}},
        "four": {"a": {"id": "o"}, "b": "b", "c": true, "d": -1}, "type": null, "limit": 3,
        "clear_limit": true, "any": null, "x": 1,
    });
    assert_eq!(to_value(&file).unwrap(), value);
}
