//! Names of the user's own, from the configuration file into the document.
//!
//! They become the extension `x-rust-name`, which an overlay can write as well: there is one way in which
//! the later stages learn of a name.

mod find;

use serde_json::{Map, Value};

use crate::diagnostics::{Code, Diagnostics, Edit, Finding, Pointer};

/// The extension that names a type, field, method, argument, variant, server or module.
pub(crate) const EXTENSION: &str = "x-rust-name";

const HELP: &str = "expected `schemas`, `properties`, `operations`, `parameters`, `tags` or `servers`, each a mapping from the document's name to a Rust name, or a JSON pointer that starts with `/`";

/// Writes the names of a configuration file, which is the input `file`, into the document.
pub(crate) fn apply_names(
    file: usize,
    config: &Value,
    document: &mut Value,
    diagnostics: &mut Diagnostics,
) {
    let at = Pointer::default().key("names");
    let mut names = Names { file, document, diagnostics };
    match config.get("names") {
        None => {}
        Some(Value::Object(groups)) => names.groups(groups, &at),
        Some(_) => {
            names.wrong(&at, "`names` must be a mapping".to_owned()).help(HELP);
        }
    }
}

struct Names<'d> {
    file: usize,
    document: &'d mut Value,
    diagnostics: &'d mut Diagnostics,
}

impl Names<'_> {
    fn groups(&mut self, groups: &Map<String, Value>, at: &Pointer) {
        for (group, entries) in groups {
            let at = at.key(group);
            if group.starts_with('/') {
                let place = self.document.pointer(group).map(|_| Pointer::from_text(group));
                self.name(
                    place,
                    &format!("`{group}` does not exist in the document"),
                    entries,
                    &at,
                );
                continue;
            }
            let Some((what, find)) = find::find_group(group) else {
                self.wrong(&at, format!("unknown kind of name `{group}`")).help(HELP);
                continue;
            };
            let Some(entries) = entries.as_object() else {
                self.wrong(&at, format!("`{group}` must be a mapping"));
                continue;
            };
            for (key, name) in entries {
                let place = find(self.document, key);
                let missing = format!("the document has no {what} `{key}`");
                self.name(place, &missing, name, &at.key(key));
            }
        }
    }

    fn name(&mut self, place: Option<Pointer>, missing: &str, name: &Value, at: &Pointer) {
        let Some(name) = name.as_str().filter(|name| is_name(name)) else {
            let message = format!(
                "{name} is not a valid Rust name: use letters, digits and `_`, not starting with a digit"
            );
            self.wrong(at, message);
            return;
        };
        let target = place.and_then(|place| {
            let target = self.document.pointer_mut(place.as_str())?.as_object_mut()?;
            Some((place, target))
        });
        match target {
            Some((place, target)) => {
                target.insert(EXTENSION.to_owned(), name.into());
                let to = place.key(EXTENSION);
                self.diagnostics.edited(Edit::FromFile { to, file: self.file, from: at.clone() });
            }
            None => {
                self.wrong(at, missing.to_owned());
            }
        }
    }

    fn wrong(&mut self, at: &Pointer, message: String) -> &mut Finding {
        self.diagnostics.report_in_file(self.file, Code::InvalidConfig, at, message).at_key()
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && name.contains(|letter: char| letter.is_ascii_alphabetic())
}
