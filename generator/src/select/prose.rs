//! Removing descriptions.

use serde_json::Value;

use super::walk::Place;

/// Leaves out the descriptions and summaries that describe the document's own objects. Properties,
/// parameters and so on that are *named* so stay, and so does all data. A response's description is
/// required, so it becomes empty.
pub fn remove_prose(document: &mut Value) {
    remove_below(Place::Members, document);
}

fn remove_below(place: Place, value: &mut Value) {
    match value {
        _ if place == Place::Data => {}
        Value::Object(map) => {
            if place.has_keywords() {
                map.retain(|key, value| {
                    !(matches!(&**key, "description" | "summary") && value.is_string())
                        || (place == Place::Response && key == "description")
                });
                if let Some(text) = map.get_mut("description").filter(|text| text.is_string()) {
                    *text = Value::String(String::new());
                }
            }
            for (key, value) in map {
                remove_below(place.below(key), value);
            }
        }
        Value::Array(list) => {
            list.iter_mut().for_each(|value| remove_below(place.element(), value))
        }
        _ => {}
    }
}
