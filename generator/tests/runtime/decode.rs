//! What the types of a crate decode from: whatever serde has a deserializer for.

use std::collections::BTreeMap;
use std::fmt;
use std::thread;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde::de::IntoDeserializer;
use serde::de::value::{BytesDeserializer, Error, MapDeserializer};
use serde_json::{Number, Value, json};

use crate::runtime::{DateTime, Decode, deserialize, open_enum, record, tuple, union};

open_enum! {
    /// A color.
    pub enum Color { Red = "red", Blue = "blue" }
}

open_enum! {
    /// A level.
    pub enum Level: i64 { Low = 1, High = 2 }
}

#[derive(Clone, PartialEq)]
struct Thing {
    id: u64,
    at: Option<DateTime>,
    below: Option<Box<Thing>>,
    color: Option<Color>,
    cleared: Option<Option<i32>>,
    level: Option<Level>,
    note: Option<String>,
    parts: Option<Vec<Option<Either>>>,
    place: Option<Place>,
    price: Option<f64>,
    rest: BTreeMap<String, bool>,
}
record!(Thing(id as u64) {
    required: id;
    optional: at, below, color, level, note, parts, place, price;
    clearable: cleared / clear_cleared;
    rest: rest;
});

#[derive(Clone, Debug, PartialEq)]
struct Place(u32, Option<bool>, Vec<Number>);
tuple!(Place { required: 0; optional: 1; rest: 2; });

#[derive(Clone, Debug, PartialEq)]
enum Either {
    Thing(Box<Thing>),
    Count(i64),
    Other(Value),
}
union!(Either in order { Thing if Keys(&["id"]); Count if Integer; });

fn everything() -> Value {
    json!({
        "id": u64::MAX,
        "at": "2026-01-02T03:04:05Z",
        "below": { "id": 2, "note": null },
        "color": "green",
        "cleared": null,
        "level": 2,
        "note": "a \"quoted\" line\n",
        "parts": [null, 5, { "id": 3, "unknown": true }, ["x"]],
        "place": [7, null, 1.5, 3],
        "price": 10,
        "more": true,
    })
}

#[test]
fn every_source_gives_the_same() {
    let value = everything();
    let text = value.to_string();
    let thing: Thing = serde_json::from_str(&text).unwrap();
    assert_eq!(thing.id, u64::MAX);
    assert_eq!(thing.below.as_ref().map(|below| below.id), Some(2));
    assert_eq!(thing.color, Some(Color::Other("green".to_owned())));
    assert_eq!(thing.cleared, Thing::new(1).clear_cleared().cleared);
    assert_eq!(thing.level, Some(Level::High));
    let place = Place(7, None, vec![Number::from_f64(1.5).unwrap(), 3.into()]);
    assert_eq!(thing.place, Some(place));
    assert_eq!((thing.price, &thing.rest), (Some(10.0), &[("more".to_owned(), true)].into()));
    let parts = thing.parts.as_deref().unwrap();
    assert!(matches!(
        parts,
        [None, Some(Either::Count(5)), Some(Either::Thing(_)), Some(Either::Other(_))]
    ));
    // Strings that cannot be borrowed, a tree, and YAML.
    assert_eq!(serde_json::from_reader::<_, Thing>(text.as_bytes()).unwrap(), thing);
    assert_eq!(serde_json::from_value::<Thing>(value).unwrap(), thing);
    assert_eq!(serde_yaml::from_str::<Thing>(&text).unwrap(), thing);
}

/// Members of other types, as of a form or of a map that was read before.
#[test]
fn members_may_come_from_a_map() {
    let members = MapDeserializer::<_, Error>::new([("red", "1"), ("blue", "x")].into_iter());
    let colors = BTreeMap::<String, String>::deserialize(members).unwrap();
    assert_eq!(colors.get("red").map(String::as_str), Some("1"));
    let members = MapDeserializer::<_, Error>::new([("id", 4_u8)].into_iter());
    assert_eq!(Thing::deserialize(members).unwrap(), Thing::new(4));
}

/// What JSON has no words for, other formats have.
#[test]
fn formats_have_scalars_of_their_own() {
    fn read<'de, T: Decode<'de>>(scalar: impl IntoDeserializer<'de, Error>) -> Result<T, Error> {
        deserialize(scalar.into_deserializer())
    }
    assert_eq!(read(BytesDeserializer::new(b"a")), Ok("a".to_owned()));
    assert!(read::<String>(BytesDeserializer::new(b"\xff")).is_err());
    assert_eq!(read(5_i128), Ok(json!(5)));
    assert_eq!(read(5_u128), Ok(Number::from(5)));
    assert_eq!(read(()), Ok(Value::Null));
    assert_eq!(read::<Option<Color>>(()), Ok(None));
    assert_eq!(read(1_u8), Ok(Level::Low));
}

/// A wrong value is refused where it begins, however much it holds.
#[test]
fn a_mistake_ends_the_reading() {
    let text = r#"{"id":1,"place":[1,true,[2,[3"#;
    let error = serde_json::from_str::<Thing>(text).unwrap_err();
    assert_eq!((error.line(), error.column()), (1, 25), "{error}");
    assert!(error.is_data());
    let error = serde_json::from_str::<Thing>(r#"{"id":1,"note":"#).unwrap_err();
    assert!(error.is_eof());
}

/// What is wrong with a value, by the same words whether it has a place or not.
fn mistake<T: DeserializeOwned + fmt::Debug>(value: Value) -> String {
    let text = value.to_string();
    let placed = serde_json::from_str::<T>(&text).unwrap_err();
    assert_eq!(placed.line(), 1);
    let message = serde_json::from_value::<T>(value).unwrap_err().to_string();
    assert!(placed.to_string().starts_with(&message), "{placed}; {message}");
    message
}

#[test]
fn mistakes_are_worded_as_serde_does() {
    let invalid = |what: &str| format!("invalid {what}");
    assert_eq!(mistake::<u32>(json!(-1)), invalid("value: integer `-1`, expected u32"));
    assert_eq!(mistake::<Thing>(json!({ "id": -1 })), invalid("value: integer `-1`, expected u64"));
    let thing = |member: &str, value: Value| {
        let mut thing = json!({ "id": 1 });
        thing[member] = value;
        mistake::<Thing>(thing)
    };
    assert_eq!(
        thing("cleared", json!(1_u64 << 40)),
        invalid("value: integer `1099511627776`, expected i32")
    );
    assert_eq!(thing("level", json!(0.5)), invalid("type: floating point `0.5`, expected i64"));
    assert_eq!(thing("price", json!("1")), invalid("type: string \"1\", expected f64"));
    assert_eq!(thing("color", json!(1)), invalid("type: integer `1`, expected a string"));
    assert_eq!(thing("parts", json!({})), invalid("type: map, expected a sequence"));
    assert_eq!(thing("place", json!([])), invalid("length 0, expected a longer array"));
    assert_eq!(thing("place", json!(["1"])), invalid("type: string \"1\", expected u32"));
    assert_eq!(
        thing("place", json!([1, true, []])),
        invalid("type: sequence, expected a JSON number")
    );
    assert_eq!(thing("more", json!(1)), invalid("type: integer `1`, expected a boolean"));
    assert_eq!(thing("below", json!({})), "missing field `id`");
    assert_eq!(thing("below", json!([1])), invalid("type: sequence, expected an object, Thing"));
    assert_eq!(thing("id", json!(null)), invalid("type: null, expected u64"));
}

#[test]
fn the_last_of_equal_members_counts() {
    let thing: Thing = serde_json::from_str(r#"{"id":1,"id":2,"note":"a","note":"b"}"#).unwrap();
    assert_eq!((thing.id, thing.note.as_deref()), (2, Some("b")));
    let thing: Thing = serde_json::from_str(r#"{"id":1,"note":"a","note":null}"#).unwrap();
    assert_eq!(thing.note, None);
}

/// As deep as serde_json goes, on a thread's stack.
#[test]
fn values_may_be_deep() {
    let deep = |levels: usize| {
        let open = r#"{"id":1,"below":"#.repeat(levels);
        format!(r#"{open}{{"id":2}}{}"#, "}".repeat(levels))
    };
    let thread = thread::Builder::new().stack_size(1 << 21).spawn(move || {
        assert!(serde_json::from_str::<Thing>(&deep(126)).is_ok());
        let error = serde_json::from_str::<Thing>(&deep(100_000)).unwrap_err();
        assert!(error.to_string().starts_with("recursion limit exceeded"), "{error}");
    });
    thread.unwrap().join().unwrap();
}
