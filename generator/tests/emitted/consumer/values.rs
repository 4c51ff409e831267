//! Values that are decoded and encoded again: unions, enumerations, null, numbers, maps.

use serde_json::{Value, from_value, json, to_value};

/// Decodes a value, compares the pattern, and encodes it back to the same JSON.
macro_rules! decodes {
    ($name:ident::$type:ident { $($value:expr => $pattern:pat),+ $(,)? }) => {$(
        let value = $value;
        let read: $name::types::$type = from_value(value.clone()).unwrap();
        assert!(matches!(&read, $pattern), "{value} is {read:?}");
        assert_eq!(to_value(&read).unwrap(), value);
    )+};
}

#[test]
fn tagged_unions() {
    use one_of::types::{Implicit, Mapped, Tagged, Vehicle};
    decodes!(one_of::Mapped {
        json!({"kind": "cat", "claws": 5}) => Mapped::Cat(_),
        json!({"kind": "kitten"}) => Mapped::Cat(_),
        json!({"kind": "dog", "bark": "woof"}) => Mapped::Dog(_),
        json!({"kind": "cow", "milk": 1}) => Mapped::Other(_),
        json!({"claws": 5}) => Mapped::Other(_),
        json!("cat") => Mapped::Other(_),
    });
    decodes!(one_of::Implicit {
        json!({"kind": "Cat"}) => Implicit::Cat(_),
        json!({"kind": "cat"}) => Implicit::Other(_),
    });
    decodes!(one_of::Tagged {
        json!({"type": "file", "size": 1}) => Tagged::File(_),
        json!({"type": "folder", "size": 1}) => Tagged::Folder(_),
        json!({"type": "web_link"}) => Tagged::Other(_),
    });
    decodes!(one_of::Vehicle {
        json!({"vehicleType": "car", "doors": 3}) => Vehicle::Car(_),
        json!({"vehicleType": "lorry", "load": 2.5, "wheels": 6}) => Vehicle::Truck(_),
        json!({"vehicleType": "Bike"}) => Vehicle::Bike(_),
        json!({"vehicleType": "boat"}) => Vehicle::Other(_),
    });
    // A known tag whose body does not decode is a mistake, not another type.
    assert!(from_value::<Tagged>(json!({"type": "file", "size": "large"})).is_err());
}

#[test]
fn unions_in_order() {
    use one_of::types::{Based, Inline, Mixed, Named, Scalar, Shape, TaggedOrNot, Vague};
    decodes!(one_of::Shape {
        json!({"radius": 1.5}) => Shape::Circle(_),
        json!({"side": 1.5}) => Shape::Square(_),
        json!({"side": 1.5, "height": 2.0}) => Shape::Cuboid(_),
        json!({"depth": 1}) => Shape::Other(_),
        json!([1]) => Shape::Other(_),
    });
    decodes!(one_of::Scalar {
        json!(5) => Scalar::Integer(5),
        json!("2020-01-31") => Scalar::Date(_),
        json!("31 January") => Scalar::String(_),
        json!(true) => Scalar::Boolean(true),
        json!([1.5]) => Scalar::List(_),
        json!({"a": 1}) => Scalar::Other(_),
        json!(1.5) => Scalar::Other(_),
    });
    decodes!(one_of::Named {
        json!("auto") => Named::Auto(_),
        json!(1.5) => Named::Number(_),
        json!({"a": "b"}) => Named::Map(_),
        json!("manual") => Named::Other(_),
    });
    decodes!(one_of::Inline {
        json!({"l": "1"}) => Inline::Left(_),
        json!({"r": "1"}) => Inline::Right(_),
    });
    decodes!(one_of::Vague { json!({"a": "1"}) => Vague::A(_) });
    decodes!(one_of::Mixed { json!([null]) => Mixed::Other(_) });
    // Where any value will do, a known tag promises nothing.
    decodes!(one_of::TaggedOrNot {
        json!({"type": "file", "size": 1}) => TaggedOrNot::File(_),
        json!({"type": "file", "size": "large"}) => TaggedOrNot::Other(_),
        json!({"type": "folder"}) => TaggedOrNot::Other(_),
        json!("file") => TaggedOrNot::Other(_),
    });
    decodes!(one_of::Based {
        json!({"id": "1", "radius": 1.0}) => Based::Circle(_),
        json!({"id": "1", "side": 1.0}) => Based::Square(_),
    });
}

#[test]
fn null_in_a_union_is_none() {
    use union_values::types::{Point, Values, ValuesUnset, ValuesWhen};
    let point = || Point::new(1);
    // `Option<Point>` each, whatever null is spelled as.
    let mut built = Values::default();
    built.typed_null = Some(Some(point()));
    built.listed_null = Some(Some(point()));
    built.bare_null = Some(Some(point()));
    built.object_null = Some(Some(point()));
    built.referred_null = Some(Some(point()));
    built.beside = Some(Some(point()));
    built.behind = Some(Some(point()));
    built.behind_all = Some(vec![Some(point()), None]);
    built.one = Some(point());
    let written = to_value(&built).unwrap();
    assert_eq!(from_value::<Values>(written).unwrap(), built);
    let nulls = json!({
        "typed_null": null, "listed_null": null, "bare_null": null, "object_null": null,
        "referred_null": null, "beside": null, "within": null, "behind": null,
        "behind_all": [null, {"x": 2}], "shade": null,
    });
    let read: Values = from_value(nulls.clone()).unwrap();
    assert_eq!(read.typed_null, Some(None));
    assert_eq!(read.behind_all, Some(vec![None, Some(Point::new(2))]));
    assert_eq!(to_value(&read).unwrap(), nulls);
    decodes!(union_values::ValuesUnset {
        json!("") => ValuesUnset::Empty(_),
        json!(5) => ValuesUnset::Integer(5),
    });
    decodes!(union_values::ValuesWhen {
        json!("today") => ValuesWhen::Today(_),
        json!("2020-01-31") => ValuesWhen::Date(_),
    });
}

#[test]
fn unions_of_listed_values_are_enumerations() {
    use union_values::types::{ValuesModel, ValuesNumbers, ValuesShade, ValuesWords};
    decodes!(union_values::ValuesWords {
        json!("asc") => ValuesWords::Asc,
        json!("desc") => ValuesWords::Desc,
        json!("random") => ValuesWords::Other(_),
    });
    decodes!(union_values::ValuesNumbers {
        json!(1) => ValuesNumbers::N1,
        json!(3) => ValuesNumbers::Other(3),
    });
    decodes!(union_values::ValuesModel {
        json!("small") => ValuesModel::Small,
        json!("huge") => ValuesModel::Other(_),
    });
    decodes!(union_values::ValuesShade {
        json!("light") => ValuesShade::Light,
        json!("") => ValuesShade::Empty,
        json!("dim") => ValuesShade::Other(_),
    });
}

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
    use nullable::types::{Both, Read};
    for value in [
        json!({"always": null, "never": "n"}),
        json!({"always": "a", "never": "n", "maybe": null, "list": [null, "x"], "map": {"a": null}}),
        json!({"always": "a", "never": "n", "maybe": "m", "level": null, "inner": {}}),
    ] {
        let read: Both = from_value(value.clone()).unwrap();
        assert_eq!(to_value(&read).unwrap(), value);
    }
    // What only answers carry needs no such distinction; a null that nobody announced is as if absent.
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
    ] {
        let read: scalars::types::Scalars = from_value(value.clone()).unwrap();
        assert_eq!(to_value(&read).unwrap(), value);
    }
    // RFC 8259, section 6: 7.0 is the same number as 7.
    let answer = bytes::Bytes::from_static(br#"{"number":5,"plain":7.0}"#);
    let answer = http::Response::new(answer);
    let read = scalars::operations::Scalars::decode(answer).unwrap();
    assert_eq!((read.number, read.plain), (Some(5.0), Some(7)));
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
