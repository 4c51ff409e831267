//! Unions: which alternative a value is read as, and that it is written as it came.

use serde_json::{from_value, json, to_value};

use crate::values::decodes;

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
fn the_alternative_that_knows_most_of_a_value_is_taken() {
    use union_choice::types::{Either, Entry, Nested, Numbered, Owner, SameTag, Tagged};
    decodes!(union_choice::Owner {
        json!({"id": "1", "login": "a", "mail": "m"}) => Owner::User(_),
        json!({"id": "1", "login": "a", "owner": "o"}) => Owner::Robot(_),
        json!({"id": "1"}) => Owner::User(_),
        json!({"id": "1", "login": "a"}) => Owner::User(_),
        json!({"login": "a"}) => Owner::Other(_),
    });
    decodes!(union_choice::Either {
        json!({"id": "1"}) => Either::ByText(_),
        json!({"id": 1}) => Either::ByNumber(_),
        json!({"id": 1, "b": "b"}) => Either::ByNumber(_),
        json!({"id": true}) => Either::Other(_),
    });
    decodes!(union_choice::Tagged {
        json!({"id": "1", "mail": "m"}) => Tagged::User(_),
        json!({"id": "1", "color": "red"}) => Tagged::Labels(_),
    });
    decodes!(union_choice::Entry {
        json!({"state": "draft", "text": "t"}) => Entry::Draft(_),
        json!({"state": "edited", "text": "t"}) => Entry::Post(_),
        json!({"text": "t", "at": "now"}) => Entry::Post(_),
        json!({"text": "t"}) => Entry::Draft(_),
        json!({"state": "gone"}) => Entry::Other(_),
    });
    decodes!(union_choice::Numbered {
        json!({"type": 1, "label": "l"}) => Numbered::Button(_),
        json!({"type": 3, "options": ["o"]}) => Numbered::Menu(_),
        json!({"type": 4}) => Numbered::Other(_),
    });
    // A union within a union takes what its own alternatives take, and no more.
    decodes!(union_choice::Nested {
        json!({"id": "1", "login": "a", "owner": "o"}) => Nested::Owner(_),
        json!({"celsius": 1.5}) => Nested::Reading(_),
        json!({"at": "now"}) => Nested::Entry(_),
    });
    // Two alternatives with one tag are told apart by the rest.
    decodes!(union_choice::SameTag {
        json!({"kind": "box", "width": 1}) => SameTag::Small(_),
        json!({"kind": "box", "depth": 1, "height": 2}) => SameTag::Large(_),
        json!({"kind": "bag"}) => SameTag::Other(_),
    });
}

#[test]
fn a_union_that_only_restricts_a_record_makes_no_union_of_it() {
    use union_choice::types::Recipient;
    decodes!(union_choice::Recipient {
        json!({"r": "x", "city": "y"}) => Recipient::Home(_),
        json!({"r": null, "zip": "z"}) => Recipient::Home(_),
        json!({"c": "x", "city": "y"}) => Recipient::Office(_),
        json!({"c": null, "zip": "z"}) => Recipient::Office(_),
    });
}

#[test]
fn a_tag_that_the_payload_has_no_member_for_is_written() {
    use union_choice::types::{Card, Payment};
    decodes!(union_choice::Payment {
        json!({"method": "card", "number": "1"}) => Payment::Card(_),
        json!({"method": "cash", "amount": 5}) => Payment::Cash(_),
        json!({"number": "1"}) => Payment::Other(_),
    });
    let built = Payment::Card(Box::new(Card::default()));
    assert_eq!(to_value(built).unwrap(), json!({"method": "card"}));
}

#[test]
fn scalars_of_a_union() {
    use union_choice::types::{Place, Whole};
    // Strings that no type tells apart are one.
    let place: Place = String::from("/a");
    assert_eq!(to_value(place).unwrap(), json!("/a"));
    let read: Whole = from_value(json!(5.0)).unwrap();
    assert!(matches!(read, Whole::Integer(5)));
}

#[test]
fn bases_that_list_what_builds_on_them() {
    use union_bases::types::{Choice, Extra, Pet, Puppy, Ring, Rope, Shape};
    decodes!(union_bases::Pet {
        json!({"kind": "cat", "name": "n", "claws": 5}) => Pet::Cat(_),
        json!({"kind": "dog", "name": "n", "bark": "b"}) => Pet::Dog(_),
        json!({"kind": "Fish", "name": "n"}) => Pet::Fish(_),
        json!({"kind": "cow", "name": "n"}) => Pet::Other(_),
    });
    let Pet::Cat(cat) = from_value(json!({"kind": "cat", "name": "n"})).unwrap() else { panic!() };
    assert_eq!((cat.name.as_str(), cat.claws), ("n", None));
    let puppy: Puppy = from_value(json!({"kind": "dog", "name": "n", "weeks": 3})).unwrap();
    assert_eq!(puppy.weeks, Some(3));
    decodes!(union_bases::Shape {
        json!({"color": "red", "radius": 1.5}) => Shape::Circle(_),
        json!({"color": "red", "side": 1.5}) => Shape::Square(_),
    });
    // What the base describes beside its alternatives is kept.
    decodes!(union_bases::Extra {
        json!({"hotel": "h", "carrier": "c", "code": "1", "more": "m"}) => Extra { hotel: Some(_), carrier: Some(_), .. },
        json!({"more": "m"}) => Extra { carrier: None, .. },
    });
    decodes!(union_bases::Choice {
        json!({"carrier": "c", "more": "m"}) => Choice::Flight(_),
        json!({"hotel": "h", "more": "m"}) => Choice::Stay(_),
    });
    // Unions that contain each other have the same values.
    decodes!(union_bases::Ring { json!(1) => Ring::Integer(1), json!("a") => Ring::String(_), json!([]) => Ring::Other(_) });
    decodes!(union_bases::Rope { json!(1) => Rope::Integer(1), json!("a") => Rope::String(_) });
}

#[test]
fn what_the_document_knows_is_filled_in() {
    use union_constants::types::{Constants, Duplicate, ImageMessage, Location, Sticker, TextMessage};
    assert_eq!(to_value(TextMessage::new("hi")).unwrap(), json!({"type": "text", "text": "hi"}));
    assert_eq!(to_value(ImageMessage::default()).unwrap(), json!({"type": "image"}));
    assert_eq!(to_value(Duplicate::new("a")).unwrap(), json!({"job": "Duplicate", "from": "a"}));
    assert_eq!(to_value(Constants::default()).unwrap(), json!({"text": "a", "number": 5, "flag": true}));
    // Two values lead to it: which one is the caller's to say.
    assert_eq!(to_value(Sticker::new("emoji")).unwrap(), json!({"type": "emoji"}));
    // What may be missing is filled in, and stays missing where it is.
    assert_eq!(to_value(Location::new()).unwrap(), json!({"type": "Location"}));
    decodes!(union_constants::Location { json!({"place": "p"}) => Location { r#type: None, .. } });
    // What was read is kept, and what is missing is what it must be.
    decodes!(union_constants::TextMessage { json!({"type": "rich", "text": "t"}) => _ });
    decodes!(union_constants::Constants { json!({"text": "z", "number": 6, "flag": false}) => _ });
    let read: TextMessage = from_value(json!({"text": "t"})).unwrap();
    assert_eq!(read, TextMessage::new("t"));
}

#[test]
fn alternatives_may_differ_below_a_member() {
    use union_below::types::{Lists, Settled, Signal};
    decodes!(union_below::Signal {
        json!({"label": "a", "source": {"seconds": 1}}) => Signal::Timed(_),
        json!({"label": "a", "source": {"steps": [1]}}) => Signal::Counted(_),
    });
    decodes!(union_below::Lists {
        json!([{}, {"limit": 1}]) => Lists::Counters(_),
    });
    decodes!(union_below::Settled {
        json!({"kind": "short", "source": {"seconds": 1}}) => Settled::Short(_),
        json!({"span": "a", "source": {"limit": 1}}) => Settled::Long(_),
        json!({"source": "a"}) => Settled::Other(_),
    });
}

#[test]
fn alternatives_that_hold_at_once_are_one_struct() {
    use union_choice::types::{Account, Pages, Torn};
    decodes!(union_choice::Account {
        json!({"id": "1", "mail": "m", "owner": "o"}) => Account { mail: Some(_), owner: Some(_), .. },
        json!({"id": "1"}) => Account { login: None, .. },
    });
    decodes!(union_choice::Pages {
        json!({"size": 1, "first": "f", "next": "n", "last": "l"}) => Pages { size: 1, .. },
    });
    decodes!(union_choice::Torn {
        json!({"at": "a", "inch": 1.5}) => Torn::Narrow(_),
        json!({"at": 1, "mile": 1.5}) => Torn::Broad(_),
    });
}

#[test]
fn a_value_that_is_several_alternatives_loses_nothing() {
    use union_overlaps::types::{Chain, Contact, Key, OneContact, Recipient};
    decodes!(union_overlaps::Contact {
        json!({"mail": "m", "note": "n"}) => Contact::Mail(_),
        json!({"phone": "p", "note": "n"}) => Contact::Phone(_),
        json!({"mail": "m", "phone": "p", "note": "n"}) => Contact::Other(_),
    });
    // What is null, what does not decode, and what no alternative describes decide nothing.
    let read = |value| from_value::<Contact>(value).unwrap();
    assert!(matches!(read(json!({"mail": "m", "phone": null})), Contact::Mail(_)));
    assert!(matches!(read(json!({"mail": "m", "phone": 1})), Contact::Mail(_)));
    assert!(matches!(read(json!({"phone": "p", "seen": "now", "fax": 1})), Contact::Phone(_)));
    decodes!(union_overlaps::Recipient {
        json!({"mail": "m"}) => Recipient::Contact(_),
        json!({"street": "s"}) => Recipient::Postal(_),
        json!({"street": "s", "phone": "p"}) => Recipient::Other(_),
    });
    let both = json!({"mail": "m", "phone": "p"});
    assert!(!matches!(from_value(both).unwrap(), OneContact::Other(_)));
    let closed = json!({"id": 1, "name": "n"});
    assert!(!matches!(from_value(closed).unwrap(), Key::Other(_)));
    // A value is not tried again at each level.
    let deep = (0..100).fold(json!({"end": 1}), |next, _| json!({"next": next, "end": 1}));
    decodes!(union_overlaps::Chain { deep => Chain::Other(_) });
}

#[test]
fn a_member_that_alternatives_describe_differently_takes_what_any_of_them_allows() {
    use union_overlaps::types::Options;
    decodes!(union_overlaps::Options {
        json!({"capture": "preferred", "card": "c", "client": "d"}) => Options { .. },
        json!({"usage": "once", "support": true}) => Options { support: Some(true), .. },
        json!({"usage": "always", "plan": {"months": 1, "rate": 0.5, "available": true}}) =>
            Options { plan: Some(_), .. },
        json!({"next": {"card": "c", "client": "d", "next": {"client": "e", "card": "f"}}}) =>
            Options { next: Some(_), .. },
    });
    let read: Options = from_value(json!({"usage": null, "support": null})).unwrap();
    assert!(matches!(read, Options { card: None, .. }));
}

#[test]
fn a_base_is_an_alternative_for_what_its_subtypes_leave() {
    use union_middles::types::{Action, Animal, Dog, Restriction, Shape};
    decodes!(union_middles::Action {
        json!({"kind": "Mail", "to": "a"}) => Action::MailAction(_),
        json!({"kind": "Call", "number": "1"}) => Action::CallAction(_),
    });
    decodes!(union_middles::Restriction {
        json!({"type": "daily", "seconds": 1}) => Restriction::Base(_),
        json!({"type": "weekly", "seconds": 1, "day": 1, "week": 2}) => Restriction::WeeklyRestriction(_),
    });
    decodes!(union_middles::Shape {
        json!({"kind": "Circle", "radius": 1.5}) => Shape::Circle(_),
        json!({"kind": "Point", "color": "red"}) => Shape::Base(_),
    });
    decodes!(union_middles::Dog {
        json!({"animal": "puppy", "bark": "loud", "weeks": 3}) => Dog::Puppy(_),
        json!({"animal": "dog", "bark": "loud"}) => Dog::Base(_),
    });
    decodes!(union_middles::Animal {
        json!({"animal": "dog", "bark": "loud"}) => Animal::Dog(_),
        json!({"animal": "puppy", "weeks": 3}) => Animal::Puppy(_),
    });
}
