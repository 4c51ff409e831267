use openapiv3::OpenAPI;
use serde::Deserialize as _;
use serde_json::{Map, Value};

use crate::diagnostics::{Code, Diagnostics, Pointer};

/// Reads a document that has been repaired.
///
/// Should `openapiv3` refuse it all the same, it is given the path items and components one by one, and
/// only those that it refuses are left out. `None` if it refuses even what is around them.
pub fn parse_document(document: &Value, diagnostics: &mut Diagnostics) -> Option<OpenAPI> {
    match OpenAPI::deserialize(document) {
        Ok(document) => Some(document),
        Err(_) => parse_piecewise(document.clone(), diagnostics),
    }
}

fn parse_piecewise(mut document: Value, diagnostics: &mut Diagnostics) -> Option<OpenAPI> {
    let root = Pointer::default();
    let mut empty = document.clone();
    if let Some(members) = empty.as_object_mut() {
        members.insert("paths".to_owned(), Value::Object(Map::new()));
        members.shift_remove("components");
    }
    if let Some(Value::Object(paths)) = document.get_mut("paths") {
        retain_readable(paths, &root.key("paths"), diagnostics, |path, item| {
            let mut probe = empty.clone();
            probe["paths"][path] = item.clone();
            probe
        });
    }
    for (section, entries) in
        document.get_mut("components").and_then(Value::as_object_mut).into_iter().flatten()
    {
        let at = root.key("components").key(section);
        let Value::Object(entries) = entries else { continue };
        retain_readable(entries, &at, diagnostics, |name, entry| {
            let mut probe = empty.clone();
            probe["components"][section][name] = entry.clone();
            probe
        });
    }
    match serde_json::from_value(document) {
        Ok(document) => Some(document),
        Err(error) => {
            diagnostics.report(
                Code::UnreadableDocument,
                &root,
                format!("cannot read the document: {error}"),
            );
            None
        }
    }
}

/// Leaves those entries with which `probe` makes a document that can be read.
fn retain_readable(
    entries: &mut Map<String, Value>,
    at: &Pointer,
    diagnostics: &mut Diagnostics,
    probe: impl Fn(&str, &Value) -> Value,
) {
    entries.retain(|name, entry| match serde_json::from_value::<OpenAPI>(probe(name, entry)) {
        Ok(_) => true,
        Err(error) => {
            diagnostics
                .report(Code::OmittedComponent, &at.key(name), format!("cannot read this: {error}"))
                .help("it is left out");
            false
        }
    });
}
