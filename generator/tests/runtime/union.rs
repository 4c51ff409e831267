//! `union!`: by a tag and in order.

use std::collections::BTreeMap;

use serde_json::{Value, from_str, from_value, json, to_value};

use crate::runtime::{open_enum, record, union};
use crate::service::{File, Folder, Item};

#[derive(Clone, PartialEq)]
struct Circle {
    radius: f64,
}
record!(Circle(radius as f64) { required: radius; });

#[derive(Clone, PartialEq)]
struct Square {
    side: f64,
    kind: String,
}
record!(Square(side as f64, kind: String) { required: side, kind; });

#[derive(Clone, Debug, PartialEq)]
enum Shape {
    Circle(Circle),
    Square(Box<Square>),
    Empty(()),
    Flag(bool),
    Count(i64),
    Number(f64),
    Name(String),
    Points(Vec<i64>),
    Map(BTreeMap<String, String>),
    Other(Value),
}
union!(Shape in order {
    Circle if Keys(&["radius"]);
    Square if Tag("kind", &["square", "box"]), Keys(&["side", "kind"]), Object;
    Empty if Null;
    Flag if Boolean;
    Count if Integer;
    Number if Number;
    Name if String;
    Points if Array;
    Map;
});

fn item(value: Value) -> Result<Item, String> {
    let one = from_str::<Item>(&value.to_string()).map_err(|error| error.to_string());
    assert_eq!(one.as_ref().ok(), from_value::<Item>(value).ok().as_ref());
    one
}

#[test]
fn the_tag_decides() {
    let file = json!({ "type": "file", "id": "1", "size": 2 });
    let folder = json!({ "type": "folder", "id": "1", "items": [file] });
    let rest = |tag| BTreeMap::from([("type".to_owned(), json!(tag))]);
    let one = File { id: "1".to_owned(), size: 2, parent: None, rest: rest("file") };
    let one = Item::File(Box::new(one));
    assert_eq!(item(file.clone()), Ok(one.clone()));
    let both = |tag| {
        Item::Folder(Folder { id: "1".to_owned(), items: vec![one.clone()], rest: rest(tag) })
    };
    assert_eq!(item(folder.clone()), Ok(both("folder")));
    assert_eq!(
        item(json!({ "items": [file], "id": "1", "type": "root" })),
        Ok(both("root")),
        "several tags may lead to one variant"
    );
    assert_eq!(to_value(both("folder")).unwrap(), folder);
}

#[test]
fn a_file_is_never_a_folder() {
    let wrong = json!({ "type": "file", "id": "1", "items": [] });
    let error = item(wrong).unwrap_err();
    assert!(error.contains("missing field `size`"), "{error}");
}

#[test]
fn what_is_unknown_is_kept() {
    for value in [
        json!({ "type": "web_link", "id": "1", "n": [1.5, null] }),
        json!({ "id": "1" }),
        json!({ "type": null }),
        json!({ "type": 5 }),
        json!("file"),
        json!(["type"]),
        json!(null),
        json!(true),
        json!(7),
        json!(-7),
        json!(7.5),
    ] {
        assert_eq!(item(value.clone()), Ok(Item::Other(value.clone())));
        assert_eq!(to_value(Item::Other(value.clone())).unwrap(), value);
    }
}

#[test]
fn in_order_the_first_that_fits_is_taken() {
    let square = Square::new(1.0, "box".to_owned());
    for (value, shape) in [
        (json!({ "radius": 2.0 }), Shape::Circle(Circle::new(2.0))),
        (json!({ "side": 1.0, "kind": "box" }), Shape::Square(Box::new(square))),
        (json!(null), Shape::Empty(())),
        (json!(true), Shape::Flag(true)),
        (json!(3), Shape::Count(3)),
        (json!(3.5), Shape::Number(3.5)),
        (json!("a"), Shape::Name("a".to_owned())),
        (json!([1, 2]), Shape::Points(vec![1, 2])),
        (json!({ "a": "b" }), Shape::Map(BTreeMap::from([("a".to_owned(), "b".to_owned())]))),
    ] {
        assert_eq!(from_value::<Shape>(value.clone()).unwrap(), shape);
        assert_eq!(from_str::<Shape>(&value.to_string()).unwrap(), shape);
        assert_eq!(to_value(&shape).unwrap(), value);
    }
}

#[test]
fn in_order_what_does_not_decode_is_passed_over() {
    for value in [
        json!({ "radius": true }),
        json!({ "side": 1.0, "kind": 7 }),
        json!({ "kind": "square", "side": "x", "more": 1 }),
        json!([1, "a"]),
    ] {
        assert_eq!(from_value::<Shape>(value.clone()).unwrap(), Shape::Other(value));
    }
    let big = json!(u64::MAX);
    assert_eq!(from_value::<Shape>(big).unwrap(), Shape::Number(u64::MAX as f64));
}

#[derive(Clone, Default, PartialEq)]
struct Carton {
    kind: Option<String>,
    width: Option<i64>,
}
record!(Carton { optional: kind, width; });

#[derive(Clone, Default, PartialEq)]
struct Crate {
    kind: Option<String>,
    width: Option<i64>,
    depth: Option<i64>,
}
record!(Crate { optional: kind, width, depth; });

#[derive(Clone, Debug, PartialEq)]
enum Container {
    Carton(Carton),
    Crate(Crate),
    Either(Value),
    Map(BTreeMap<String, i64>),
    Other(Value),
}
union!(Container by members {
    Carton if MayBe("kind", &["box"]), Knows(&["kind", "width"]);
    Crate if MayBe("kind", &["box", "crate"]), Knows(&["kind", "width", "depth"]);
    Either if Either(&[&[Keys(&["a"])], &[Boolean]]), Knows(&["a"]);
    Map if Object, Keeps;
});

#[test]
fn by_members_the_one_that_knows_most_is_taken() {
    let number = |members: &[(&str, i64)]| {
        members.iter().map(|(key, value)| ((*key).to_owned(), *value)).collect::<BTreeMap<_, _>>()
    };
    for (value, expected) in [
        (json!({ "kind": "box", "width": 1 }), "Carton"),
        (json!({ "kind": "box", "depth": 1 }), "Crate"),
        (json!({ "kind": "crate" }), "Crate"),
        (json!({ "kind": null, "depth": 1 }), "Crate"),
        (json!({}), "Carton"),
        (json!({ "a": 1 }), "Either"),
        (json!(true), "Either"),
        // It keeps all of them, and the others do not.
        (json!({ "width": 1, "more": 2 }), "Map"),
        // The best does not decode.
        (json!({ "depth": "x", "width": 1 }), "Carton"),
        (json!({ "kind": 7 }), "Map"),
        (json!("a"), "Other"),
    ] {
        let read = from_value::<Container>(value.clone()).unwrap();
        assert!(format!("{read:?}").starts_with(expected), "{value} is {read:?}");
    }
    let built = (Carton::new(), Crate::new());
    assert_eq!(built, Default::default());
    let read = from_value::<Container>(json!({ "b": 1 })).unwrap();
    assert_eq!(read, Container::Map(number(&[("b", 1)])));
}

#[derive(Clone, Debug, PartialEq)]
enum Payment {
    Carton(Carton),
    Crate(Crate),
    Other(Value),
}
union!(Payment by "method" { "1" | "one" => Carton written "1", "true" => Crate });

#[test]
fn a_tag_may_be_a_number_and_is_written_where_the_payload_lacks_it() {
    for (value, written) in [
        (json!({ "method": 1, "width": 1 }), json!({ "method": "1", "width": 1 })),
        (json!({ "method": 1.0 }), json!({ "method": "1" })),
        (json!({ "method": true, "depth": 1 }), json!({ "depth": 1 })),
        (json!({ "method": null }), json!({ "method": null })),
    ] {
        let read = from_value::<Payment>(value.clone()).unwrap();
        assert_eq!(matches!(read, Payment::Other(_)), value["method"].is_null());
        assert_eq!(to_value(&read).unwrap(), written);
    }
}

#[derive(Clone, PartialEq)]
struct Timer {
    seconds: Option<i64>,
}
record!(Timer { optional: seconds; });

#[derive(Clone, PartialEq)]
struct Counter {
    limit: Option<i64>,
    steps: Option<Vec<i64>>,
}
record!(Counter { optional: limit, steps; });

#[derive(Clone, PartialEq)]
struct Timed {
    label: String,
    source: Option<Timer>,
}
record!(Timed(label: String) { required: label; optional: source; });

#[derive(Clone, PartialEq)]
struct Counted {
    label: String,
    source: Option<Counter>,
}
record!(Counted(label: String) { required: label; optional: source; });

#[derive(Clone, Debug, PartialEq)]
enum Signal {
    Timed(Timed),
    Counted(Counted),
    Timers(Vec<Timer>),
    Counters(Vec<Counter>),
    Other(Value),
}
union!(Signal by members {
    Timed if Keys(&["label"]), Knows(&["label", "source"]);
    Counted if Keys(&["label"]), Knows(&["label", "source"]);
    Timers if Array;
    Counters if Array;
});

#[test]
fn of_those_that_know_as_much_it_is_the_one_that_keeps_most_below() {
    for (value, expected) in [
        (json!({ "label": "a" }), "Timed"),
        (json!({ "label": "a", "source": { "seconds": 1 } }), "Timed"),
        (json!({ "label": "a", "source": { "limit": 1 } }), "Counted"),
        (json!({ "label": "a", "source": { "seconds": 1, "limit": 1, "steps": [1] } }), "Counted"),
        (json!({ "label": "a", "source": { "steps": [] } }), "Counted"),
        (json!({ "label": "a", "source": { "unknown": 1, "steps": [1, 2] } }), "Counted"),
        (json!({ "label": "a", "source": { "unknown": 1 } }), "Timed"),
        (json!({ "label": "a", "source": { "limit": null } }), "Timed"),
        (json!({ "label": "a", "source": { "seconds": "1", "limit": 1 } }), "Counted"),
        (json!([{}, { "seconds": 1 }]), "Timers"),
        (json!([{}, { "limit": 1.0 }]), "Counters"),
        (json!([{ "unknown": 1 }]), "Timers"),
        (json!([1]), "Other"),
    ] {
        let read = from_value::<Signal>(value.clone()).unwrap();
        assert!(format!("{read:?}").starts_with(expected), "{value} is {read:?}");
    }
    let read = from_value::<Signal>(json!({ "label": "a", "source": {} })).unwrap();
    let timed = Timed { source: Some(Timer::new()), ..Timed::new("a".to_owned()) };
    assert_eq!(read, Signal::Timed(timed));
    let read = from_value::<Signal>(json!({ "label": "a", "source": { "steps": [] } })).unwrap();
    let counter = Counter { steps: Some(Vec::new()), ..Counter::new() };
    let counted = Counted { source: Some(counter), ..Counted::new("a".to_owned()) };
    assert_eq!(read, Signal::Counted(counted));
}

#[derive(Clone, PartialEq)]
struct Branch {
    left: Option<Box<Tree>>,
    leaf: Option<i64>,
}
record!(Branch { optional: left, leaf; });

#[derive(Clone, PartialEq)]
struct Fork {
    left: Option<Box<Tree>>,
    fruit: Option<i64>,
}
record!(Fork { optional: left, fruit; });

#[derive(Clone, Debug, PartialEq)]
enum Tree {
    Branch(Branch),
    Fork(Fork),
    Other(Value),
}
union!(Tree by members {
    Branch if Object, Knows(&["left", "leaf"]);
    Fork if Object, Knows(&["left", "fruit"]);
});

#[test]
fn what_is_nested_deeply_is_not_tried_again_and_again() {
    let nested = |leaf: Value| (0..60).fold(leaf, |inner, _| json!({ "left": inner }));
    let nested_once = |leaf: Value| json!({ "left": { "left": leaf } });
    for leaf in [json!({ "fruit": 1 }), json!({ "leaf": 1 })] {
        let value = nested(leaf);
        assert_eq!(to_value(from_value::<Tree>(value.clone()).unwrap()).unwrap(), value);
    }
    // Each of two alternatives at each of 60 steps loses what neither knows.
    let lost = from_value::<Tree>(nested(json!({ "unknown": 1 }))).unwrap();
    assert_eq!(to_value(lost).unwrap(), nested(json!({})));
    let lost = from_value::<Tree>(nested_once(json!({ "unknown": 1, "fruit": 1 }))).unwrap();
    assert_eq!(to_value(lost).unwrap(), nested_once(json!({ "fruit": 1 })));
    assert_eq!(from_value::<Tree>(json!({})).unwrap(), Tree::Branch(Branch::new()));
    let fork = Fork { fruit: Some(1), ..Fork::new() };
    assert_eq!(from_value::<Tree>(json!({ "fruit": 1 })).unwrap(), Tree::Fork(fork));
}

open_enum! {
    #[allow(dead_code, reason = "only decoded")]
    pub enum Kind { Mail = "mail" }
}

#[derive(Clone, PartialEq)]
struct Mail {
    kind: Kind,
    to: Option<String>,
}
record!(Mail { constant: kind; optional: to; });

#[derive(Clone, Debug, PartialEq)]
enum Contact {
    Mail(Mail),
    Named(Carton),
    Text(String),
    Other(Value),
}
union!(Contact in order {
    Mail if Tag("kind", &["mail"]);
    Named if Keys(&["width"]);
    Text if String;
});

#[test]
fn a_tag_that_the_payload_fills_in_may_be_missing() {
    let to = |to: &str| Contact::Mail(Mail { to: Some(to.to_owned()), ..Mail::new() });
    for (value, expected) in [
        (json!({ "kind": "mail", "to": "a" }), to("a")),
        (json!({ "to": "a" }), to("a")),
        (json!({ "kind": null, "to": "a", "unknown": 1 }), to("a")),
        (json!("a"), Contact::Text("a".to_owned())),
    ] {
        assert_eq!(from_value::<Contact>(value).unwrap(), expected);
    }
    for other in [json!({}), json!({ "unknown": 1 }), json!({ "kind": "fax", "to": "a" }), json!(1)]
    {
        assert_eq!(from_value::<Contact>(other.clone()).unwrap(), Contact::Other(other));
    }
}
