//! What a service may do with any member of any object: leave it out, send null, or add another one.

use serde_json::{Value, json};

use crate::document::Place;
use crate::examples::{Composer, Row, SOME_NAME, Trip, schemas};

/// Calls `check` with each type, with a value that has all members, and with the place of each object
/// in it whose members the document names.
fn objects(mut check: impl FnMut(&Place, Trip, &Value, &str)) {
    for Row { schema, trip, .. } in schemas() {
        let Some(schema) = schema else { continue };
        let value = Composer::default().compose(&schema);
        let mut places = Vec::new();
        find(&value, String::new(), &mut places);
        assert!(!places.is_empty(), "{schema}");
        for place in places {
            check(&schema, trip, &value, &place);
        }
    }
}

fn find(value: &Value, place: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            // The rest is free: what is in there is kept, null included.
            let named =
                members.iter().filter(|(name, _)| !["order", SOME_NAME].contains(&name.as_str()));
            for (name, value) in named {
                find(value, format!("{place}/{name}"), found);
            }
            found.push(place);
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                find(value, format!("{place}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// `value` with the object at `place` changed.
fn changed(
    value: &Value,
    place: &str,
    change: impl FnOnce(&mut serde_json::Map<String, Value>),
) -> Value {
    let mut value = value.clone();
    change(value.pointer_mut(place).unwrap().as_object_mut().unwrap());
    value
}

/// A member that may be missing may be null, which is the same. A required one may be neither.
#[test]
fn null_is_absence_everywhere() {
    let mut optional = 0;
    let mut required = 0;
    objects(|schema, trip, value, place| {
        let names = value.pointer(place).unwrap().as_object().unwrap().keys();
        for name in names.filter(|name| *name != SOME_NAME) {
            let absent = trip(&changed(value, place, |members| drop(members.shift_remove(name))));
            let null =
                changed(value, place, |members| drop(members.insert(name.clone(), Value::Null)));
            match (absent, trip(&null)) {
                // A union that cannot be read keeps what it is given.
                (Ok((_, decoded)), _) if decoded.contains("Other(") => {}
                (Ok((absent, _)), Ok((null, _))) => {
                    assert_eq!(null, absent, "{schema}: {place}/{name}");
                    optional += 1;
                }
                (Err(error), Err(_)) => {
                    assert!(error.contains("missing field"), "{schema}: {error}");
                    required += 1;
                }
                (absent, null) => {
                    panic!("{schema}: {place}/{name} absent is {absent:?} and null is {null:?}")
                }
            }
        }
    });
    assert!(optional > 200 && required > 50, "{optional} {required}");
}

/// A new member does no harm anywhere, and is kept where the document has `additionalProperties`.
#[test]
fn new_members_do_no_harm_anywhere() {
    let mut kept = 0;
    objects(|schema, trip, value, place| {
        // A shape that suits those maps, too, whose values are objects.
        let new = json!({"brand_new": {"deeper": {"deepest": {}}}});
        let value_with =
            changed(value, place, |members| drop(members.insert("new".to_owned(), new)));
        let (encoded, _) =
            trip(&value_with).unwrap_or_else(|error| panic!("{schema} {place}: {error}"));
        let is_kept = value.pointer(place).unwrap().get(SOME_NAME).is_some();
        kept += usize::from(is_kept);
        assert_eq!(encoded, if is_kept { value_with } else { value.clone() }, "{schema} {place}");
    });
    assert!(kept >= 7, "{kept}");
}
