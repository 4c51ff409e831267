//! Every example of the document decodes into the crate's type for it, and encodes back.

use std::collections::BTreeSet;
use std::fmt::{Debug, Display};
use std::str::FromStr;
use std::time::Duration;

use box_upload_sessions::runtime::{ContentRange, DateTime, Digest, RetryAfter};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::document::{Place, document};
use crate::rows::ROWS;

/// Decodes and encodes: the result must equal the input, and how the decoded value looks.
pub(crate) type Trip = fn(&Value) -> Result<(Value, String), String>;

pub(crate) fn json<T: DeserializeOwned + Serialize + Debug>(
    value: &Value,
) -> Result<(Value, String), String> {
    let decoded: T = serde_json::from_str(&value.to_string()).map_err(|error| error.to_string())?;
    let encoded = serde_json::to_value(&decoded).map_err(|error| error.to_string())?;
    Ok((encoded, format!("{decoded:?}")))
}

fn text<T: FromStr<Err: Debug> + Display>(value: &Value) -> Result<(Value, String), String> {
    let decoded: T =
        value.as_str().ok_or("no text")?.parse().map_err(|error| format!("{error:?}"))?;
    Ok((decoded.to_string().into(), decoded.to_string()))
}

/// What has examples.
pub(crate) struct Row {
    /// Where they are: a schema, a body, a parameter or a header.
    place: Place,
    /// The schema, if its members have examples, too.
    pub(crate) schema: Option<Place>,
    pub(crate) trip: Trip,
}

/// The type of the schema at a place, or of the one that a reference there leads to.
fn trip(schema: &Place) -> Option<Trip> {
    let place = schema.followed().to_string();
    ROWS.iter().find(|(known, _)| *known == place).map(|(_, trip)| *trip)
}

/// The schemas that have a type with a name.
pub(crate) fn schemas() -> impl Iterator<Item = Row> {
    ROWS.iter().map(|(path, trip)| {
        let place = Place::new(*path);
        let has_members = Composer::default().compose(&place).is_object();
        Row { schema: has_members.then(|| place.clone()), place, trip: *trip }
    })
}

/// Bodies, whose examples are beside the schema.
fn bodies() -> Vec<Row> {
    let mut found = Vec::new();
    visit(&Place::default(), document(), &mut |place, value| {
        let is_body = value.get("schema").is_some() && place.to_string().contains("/content/");
        if is_body && let Some(trip) = trip(&place.key("schema")) {
            found.push(Row { place: place.clone(), schema: None, trip });
        }
    });
    assert!(!found.is_empty());
    found
}

/// Parameters and headers: their values are written as text.
fn parameters() -> Vec<Row> {
    let mut found = Vec::new();
    visit(&Place::default(), document(), &mut |place, value| {
        let path = place.to_string();
        // What is in `content` is a body.
        let kind = !path.contains("/content/") && !path.contains("/properties");
        let Some(schema) = value.get("schema").filter(|_| kind) else { return };
        let known = trip(&place.key("schema"));
        let trip = known.unwrap_or(match (schema["type"].as_str(), schema["format"].as_str()) {
            (Some("string"), Some("instance-digest")) => text::<Digest>,
            (Some("string"), Some("content-range")) => text::<ContentRange>,
            (Some("string"), Some("date-time")) => text::<DateTime>,
            (Some("integer"), Some("int64")) => json::<u64>,
            (Some("integer"), _) => json::<i64>,
            (Some("boolean"), _) => json::<bool>,
            (Some("array"), _) => json::<Vec<String>>,
            _ => json::<String>,
        });
        found.push(Row { place: place.clone(), schema: None, trip });
    });
    found
}

/// Calls `look` with every object of the document, except in examples.
fn visit(place: &Place, value: &Value, look: &mut dyn FnMut(&Place, &Value)) {
    match value {
        Value::Object(members) => {
            look(place, value);
            for (key, value) in members {
                // A property may be called `example`; only its schema is looked at then.
                let is_name = place.to_string().ends_with("/properties");
                if is_name || !(key.starts_with("example") || key.starts_with("x-")) {
                    visit(&place.key(key), value, look);
                }
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                visit(&place.index(index), value, look);
            }
        }
        _ => {}
    }
}

/// The example of a schema, a body, a parameter or a header, and its examples; also those of the one schema that an
/// `allOf` is around.
fn examples(place: &Place) -> Vec<(Place, &'static Value)> {
    let value = place.value();
    let says = |part: &Value| part.get("type").or(part.get("$ref")).or(part.get("allOf")).is_some();
    let parts = value["allOf"].as_array().into_iter().flatten().enumerate();
    if let [(index, part)] = parts.filter(|(_, part)| says(part)).collect::<Vec<_>>()[..]
        && part.get("$ref").is_none()
    {
        return examples(&place.key("allOf").index(index));
    }
    let one = value.get("example").map(|value| (place.key("example"), value));
    let many = value.get("examples").and_then(Value::as_object).into_iter().flatten();
    let many = many.map(|(name, example)| (place.key("examples").key(name), &example["value"]));
    one.into_iter().chain(many).collect()
}

/// The name of a member that the document does not name.
pub(crate) const SOME_NAME: &str = "some name";

/// A value put together from the examples of a schema's members.
#[derive(Default)]
pub(crate) struct Composer {
    /// Which value of an enum, and which alternative, is taken.
    pick: usize,
    used: BTreeSet<Place>,
}

impl Composer {
    pub(crate) fn compose(&mut self, place: &Place) -> Value {
        let place = &place.followed();
        let schema = place.value();
        for key in ["oneOf", "anyOf"] {
            // A value of any type is `Other`, which needs no test here.
            let says_nothing = |schema: &Value| schema.as_object().is_some_and(Map::is_empty);
            let alternatives = schema[key].as_array();
            let named = alternatives.map(|all| all.iter().filter(|one| !says_nothing(one)).count());
            if let Some(count) = named {
                return self.compose(&place.key(key).index(self.pick % count));
            }
        }
        let anything = json!(["anything", 1.5, { "null": null }]);
        let mut value = Value::Null;
        for index in 0..schema["allOf"].as_array().map_or(0, Vec::len) {
            merge(&mut value, self.compose(&place.key("allOf").index(index)));
        }
        for (name, _) in schema["properties"].as_object().into_iter().flatten() {
            let member = match self.compose(&place.key("properties").key(name)) {
                // A schema that says nothing takes anything.
                Value::Null => anything.clone(),
                member => member,
            };
            merge(&mut value, Value::Object(Map::from_iter([(name.clone(), member)])));
        }
        let rest = match &schema["additionalProperties"] {
            Value::Object(_) => match self.compose(&place.key("additionalProperties")) {
                Value::Null => Some(anything),
                member => Some(member),
            },
            Value::Bool(true) => Some(anything),
            _ => None,
        };
        if let Some(member) = rest {
            merge(&mut value, json!({ SOME_NAME: member }));
        }
        if value.is_null() { self.leaf(place, schema) } else { value }
    }

    /// A value without members.
    fn leaf(&mut self, place: &Place, schema: &Value) -> Value {
        let example = schema.get("example");
        self.used.extend(example.map(|_| place.key("example")));
        if let Some(values) = schema["enum"].as_array() {
            assert!(example.is_none_or(|example| values.contains(example)), "{place}");
            return values[self.pick % values.len()].clone();
        }
        match (example, schema["type"].as_str()) {
            (Some(example), _) if self.pick == 0 || schema["items"].is_null() => example.clone(),
            (_, Some("array")) => json!([self.compose(&place.key("items"))]),
            (_, Some("string")) => json!("text"),
            (_, Some("integer")) => json!(4_294_967_296_u64),
            (_, Some("boolean")) => json!(true),
            (_, Some("object")) => json!({}),
            _ => Value::Null,
        }
    }
}

fn merge(value: &mut Value, other: Value) {
    match (value, other) {
        (Value::Object(members), Value::Object(others)) => members.extend(others),
        (value @ Value::Null, other) => *value = other,
        _ => {}
    }
}

#[track_caller]
fn check(place: &Place, trip: Trip, value: &Value) {
    match trip(value) {
        Ok((encoded, decoded)) => {
            assert_eq!(encoded, *value, "{place}");
            assert!(!decoded.contains("Other("), "{place}: {decoded} is not all that it might be");
        }
        Err(error) => panic!("{place}: {error}: {value}"),
    }
}

#[test]
fn every_example_decodes_and_encodes_back() {
    let mut composer = Composer::default();
    for Row { place, schema, trip } in schemas().chain(bodies()).chain(parameters()) {
        for (at, example) in examples(&place) {
            check(&at, trip, example);
            composer.used.insert(at);
        }
        if let Some(schema) = schema {
            check(&schema, trip, &composer.compose(&schema));
        }
    }
    let mut all = BTreeSet::new();
    visit(&Place::default(), document(), &mut |place, value| {
        let properties = place.to_string().ends_with("/properties");
        if !properties && (value.get("example").is_some() || value.get("examples").is_some()) {
            all.extend(examples(place).into_iter().map(|(at, _)| at));
        }
    });
    assert!(all.len() > 100, "{}", all.len());
    let missing: Vec<_> = all.difference(&composer.used).collect();
    assert!(missing.is_empty(), "the table lacks the types of these examples: {missing:#?}");
}

/// No schema of the document is without a type here, so none is without a test.
#[test]
fn every_schema_is_in_the_table() {
    let schemas = document()["components"]["schemas"].as_object().unwrap();
    let components = Place::new("/components/schemas");
    let missing: Vec<_> =
        schemas.keys().filter(|name| trip(&components.key(name)).is_none()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Whatever the document names, value of an enum or alternative of a union, has a name in the crate:
/// nothing is `Other`.
#[test]
fn every_named_value_has_a_variant() {
    let mut longest = 0;
    visit(&Place::default(), document(), &mut |_, value| {
        longest = longest.max(value["enum"].as_array().map_or(0, Vec::len));
    });
    assert!(longest >= 46, "{longest}");
    for pick in 0..longest {
        let mut composer = Composer { pick, ..Composer::default() };
        for Row { place, trip, .. } in schemas() {
            check(&place, trip, &composer.compose(&place));
        }
    }
}

/// `type: string` with a format has its own type.
#[test]
fn times_are_times_and_waits_are_waits() {
    let mut times = 0;
    visit(&Place::default(), document(), &mut |place, value| {
        if let (Some("date-time"), Some(example)) = (value["format"].as_str(), value.get("example"))
        {
            check(place, text::<DateTime>, example);
            times += 1;
        }
    });
    assert!(times >= 14, "{times}");
    let mut waits = 0;
    visit(&Place::default(), document(), &mut |place, value| {
        if place.to_string().ends_with("/headers/Retry-After") {
            let Some(example) = value["example"].as_str() else { return };
            let wait: RetryAfter = example.parse().unwrap();
            let seconds = example.parse().unwrap();
            assert_eq!(wait, RetryAfter::Delay(Duration::from_secs(seconds)), "{place}");
            waits += 1;
        }
    });
    assert!(waits >= 2, "{waits}");
}
