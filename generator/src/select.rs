//! Cutting some operations, and all that they need, out of a document.

mod pattern;
mod prose;
mod reach;
mod walk;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::diagnostics::{Code, Diagnostics, Edit, Pointer};
use crate::source;

use pattern::METHODS;
pub use pattern::Pattern;
pub use prose::remove_prose;
use reach::Reached;
pub(crate) use walk::Place;

/// Which operations of a document are wanted. All of them, unless it says something.
///
/// # Examples
///
/// ```
/// use openapi_crate::select::Selection;
/// use serde_json::json;
///
/// let mut document = json!({
///     "paths": {"/pets": {"get": {}, "post": {}}, "/owners": {"get": {}}},
///     "components": {"schemas": {"Pet": {}}},
/// });
/// let selection = Selection { only: vec!["/pets".parse()?], exclude: vec!["POST".parse()?] };
/// selection.apply(&mut document)?;
/// assert_eq!(document, json!({"paths": {"/pets": {"get": {}}}}));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Selection {
    /// Those that one of these means; all, if there are none.
    pub only: Vec<Pattern>,
    /// But those that one of these means.
    pub exclude: Vec<Pattern>,
}

impl Selection {
    /// Whether it leaves the document as it is.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.only.is_empty() && self.exclude.is_empty()
    }

    /// Leaves what the wanted operations need of `paths`, `components` and `tags`. Everything else stays as it is, in
    /// the same order.
    ///
    /// # Errors
    ///
    /// A sentence, if a pattern means no operation, nothing is left, or an operation refers to one that is not left.
    pub fn apply(&self, document: &mut Value) -> Result<(), String> {
        self.cut(document, &mut Diagnostics::default())
    }

    /// The same where a finding may be made about what is left.
    pub(crate) fn apply_to_input(
        &self,
        document: &mut Value,
        diagnostics: &mut Diagnostics,
    ) -> Option<()> {
        if let Err(message) = self.cut(document, diagnostics) {
            let paths = Pointer::default().key("paths");
            diagnostics.report(Code::NothingSelected, &paths, message).at_key();
            return None;
        }
        Some(())
    }

    fn cut(&self, document: &mut Value, diagnostics: &mut Diagnostics) -> Result<(), String> {
        let Some(members) = document.as_object_mut() else {
            return Err("not a mapping".to_owned());
        };
        let Some(Value::Object(paths)) = members.get_mut("paths") else {
            return Err("the document has no `paths`".to_owned());
        };
        if !self.is_everything() {
            self.retain(paths)?;
        }
        let reached = Reached::new(document)?;
        let Some(members) = document.as_object_mut() else { return Ok(()) };
        if let Some(Value::Object(components)) = members.get_mut("components") {
            components.retain(|section, entries| {
                section.starts_with("x-") || keep_reached(section, entries, &reached)
            });
            if components.is_empty() {
                members.shift_remove("components");
            }
        }
        if let Some(Value::Array(tags)) = members.get_mut("tags") {
            let gone: Vec<usize> =
                (0..tags.len()).filter(|at| !reached.has_tag(&tags[*at])).collect();
            tags.retain(|tag| reached.has_tag(tag));
            let list = Pointer::default().key("tags");
            if tags.is_empty() {
                members.shift_remove("tags");
            } else if !gone.is_empty() {
                diagnostics.edited(Edit::Removed { list, indices: gone });
            }
        }
        Ok(())
    }

    /// Leaves of `paths` the wanted operations, and what their path items have beside operations.
    fn retain(&self, paths: &mut Map<String, Value>) -> Result<(), String> {
        for pattern in self.only.iter().chain(&self.exclude) {
            if !paths.iter().any(|(path, item)| matches_some(pattern, path, item)) {
                return Err(format!("`{pattern}` matches no operation"));
            }
        }
        paths.retain(|path, item| {
            if path.starts_with("x-") {
                return true;
            }
            let had = operations_of(item).next().is_some();
            if let Value::Object(item) = item {
                item.retain(|key, value| {
                    !METHODS.contains(&&**key)
                        || self.selects(|pattern| pattern.matches(path, key, value))
                });
            }
            let whole = self.selects(|pattern| pattern.matches_all(path));
            operations_of(item).next().is_some() || (whole && !had)
        });
        match paths.keys().all(|path| path.starts_with("x-")) {
            true => Err("no operations are left".to_owned()),
            false => Ok(()),
        }
    }

    /// Whether something is wanted, by which of the patterns match it.
    fn selects(&self, matches: impl Fn(&Pattern) -> bool) -> bool {
        (self.only.is_empty() || self.only.iter().any(&matches))
            && !self.exclude.iter().any(&matches)
    }
}

/// A document as YAML that is read as the same document.
///
/// # Errors
///
/// A sentence, if it holds something that YAML cannot say.
pub fn write_yaml(document: &Value) -> Result<String, String> {
    let yaml = serde_yaml::to_string(document).map_err(|error| error.to_string())?;
    match source::read_document(0, &yaml, &mut Diagnostics::default()).as_ref() == Some(document) {
        true => Ok(yaml),
        false => Err("the YAML would not parse back to the same value".to_owned()),
    }
}

/// Whether a pattern matches all of a path, or an operation of it.
fn matches_some(pattern: &Pattern, path: &str, item: &Value) -> bool {
    pattern.matches_all(path)
        || operations_of(item).any(|(method, operation)| pattern.matches(path, method, operation))
}

/// The operations of a path item, by their methods.
fn operations_of(item: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let members = item.as_object().into_iter().flatten();
    members.filter(|(key, _)| METHODS.contains(&&***key)).map(|(key, value)| (&**key, value))
}

/// Leaves the reached entries of a section of `components`; whether there are any.
fn keep_reached(section: &str, entries: &mut Value, reached: &Reached) -> bool {
    let none = BTreeSet::new();
    let names = reached.components.get(section).unwrap_or(&none);
    let Value::Object(entries) = entries else { return false };
    entries.retain(|name, _| names.contains(name));
    !entries.is_empty()
}

#[cfg(test)]
mod tests;
