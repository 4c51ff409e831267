//! OpenAPI Overlay 1.0: corrections to a document that is not ours to edit.
//!
//! <https://spec.openapis.org/overlay/v1.0.0.html>. Where the specification leaves room:
//!
//! - an action whose target matches nothing is an error: a correction that no longer applies must be
//!   noticed;
//! - `remove` takes out values of any kind, as Overlay 1.1 allows, because 1.0 has no way to take out
//!   a single keyword;
//! - a list given for a list is appended element by element, both at the target and inside of an
//!   object. OpenAPI has no lists of lists that could be meant instead.
//!
//! Beyond the specification:
//!
//! - the extension `x-expect` of an action says what each target must hold before it is changed: of an object each member
//!   that is named, where null stands for one that must not be there; of anything else all of it;
//! - words and limits for a property that the document does not have are an error: they would make one of any type;
//! - an action that changes nothing is noted: the document says the same by now.

mod action;
mod expect;
mod target;

use serde_json::{Map, Value};

use crate::diagnostics::{Code, Diagnostics, Finding, Pointer};

use action::Action;

/// Applies an overlay that has been read to `document`. `index` counts overlays from 0.
///
/// Every mistake is reported; the actions without one are applied.
pub fn apply_overlay(
    index: usize,
    overlay: &Value,
    document: &mut Value,
    diagnostics: &mut Diagnostics,
) {
    let mut check = Check { file: index + 1, diagnostics };
    let Some(members) = overlay.as_object() else { return };
    let root = Pointer::default();
    check.members(members, &root, "an overlay", &["overlay", "info", "extends", "actions"]);
    check.version(members);
    check.info(members);
    if members.get("extends").is_some_and(|extends| !extends.is_string()) {
        check.invalid(&root.key("extends"), "`extends` must be a string");
    }
    let Some(Value::Array(actions)) =
        members.get("actions").filter(|list| *list != &Value::Array(vec![]))
    else {
        check.invalid(&root.key("actions"), "`actions` must be a list of at least one action");
        return;
    };
    for (place, value) in actions.iter().enumerate() {
        let pointer = root.key("actions").index(place);
        if let Some(action) = Action::new(value, &pointer, &mut check) {
            action.apply(index, document, check.diagnostics);
        }
    }
}

/// Says what is wrong with the overlay itself.
struct Check<'d> {
    file: usize,
    diagnostics: &'d mut Diagnostics,
}

impl Check<'_> {
    fn invalid(&mut self, pointer: &Pointer, message: impl Into<String>) -> &mut Finding {
        self.diagnostics.report_in_file(self.file, Code::OverlayInvalid, pointer, message)
    }

    /// Every member must be one of `known`, or an extension.
    fn members(&mut self, map: &Map<String, Value>, at: &Pointer, what: &str, known: &[&str]) {
        for key in map.keys() {
            if !known.contains(&key.as_str()) && !key.starts_with("x-") {
                self.invalid(&at.key(key), format!("unknown member `{key}` of {what}")).at_key();
            }
        }
    }

    fn version(&mut self, members: &Map<String, Value>) {
        let message = match members.get("overlay") {
            Some(Value::String(version)) if version.starts_with("1.0.") => return,
            Some(Value::String(version)) => {
                format!("Overlay {version} is not supported; only 1.0 is")
            }
            Some(_) => "`overlay` must be a string such as `1.0.0`".to_owned(),
            None => "the overlay does not state its version: add `overlay: 1.0.0`".to_owned(),
        };
        self.invalid(&Pointer::default().key("overlay"), message);
    }

    fn info(&mut self, members: &Map<String, Value>) {
        let at = Pointer::default().key("info");
        let Some(Value::Object(info)) = members.get("info") else {
            self.invalid(&at, "`info` must be a mapping with `title` and `version`");
            return;
        };
        self.members(info, &at, "`info`", &["title", "version"]);
        for key in ["title", "version"] {
            let (at, message) = match info.get(key) {
                Some(Value::String(_)) => continue,
                Some(_) => (at.key(key), format!("`{key}` must be a string; quote it")),
                None => (at.clone(), format!("`info` has no `{key}`")),
            };
            self.invalid(&at, message);
        }
    }
}
