//! Operations of the service that look as if they belonged to those that are taken.

use std::collections::BTreeSet;

use serde_json::Value;

use super::files::Selection;

const METHODS: [&str; 9] =
    ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// A question for each operation that is not taken, has not been passed over, and stands at or below a path that is
/// taken or ends in the same word.
pub(super) fn unknown_operations(selection: &Selection, whole: &Value) -> Vec<String> {
    let Some(passed_over) = &selection.passed_over else { return Vec::new() };
    let mut taken = whole.clone();
    if selection.operations.apply(&mut taken).is_err() {
        return Vec::new();
    }
    let taken_operations = operations_of(&taken);
    let paths: BTreeSet<&str> =
        taken_operations.iter().filter_map(|it| Some(it.split_once(' ')?.1)).collect();
    let mut unknown = Vec::new();
    for operation in operations_of(whole) {
        let Some((_, path)) = operation.split_once(' ') else { continue };
        let close = paths.iter().any(|known| is_similar_path(path, known));
        if close && !taken_operations.contains(&operation) && !passed_over.contains(&operation) {
            unknown.push(format!(
                "`{operation}` resembles what is taken: add it to `only` or to `passed_over` in spec/selection.yaml"
            ));
        }
    }
    unknown
}

fn is_similar_path(path: &str, known: &str) -> bool {
    let below =
        path.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    below || last_word(path) == last_word(known)
}

/// The last segment of a path that is not a parameter.
fn last_word(path: &str) -> Option<&str> {
    path.split('/').rev().find(|part| !part.is_empty() && !part.starts_with('{'))
}

/// `GET /files/{file_id}`
fn operations_of(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let paths = document.get("paths").and_then(Value::as_object);
    for (path, item) in paths.into_iter().flatten() {
        for method in item.as_object().into_iter().flat_map(|item| item.keys()) {
            if METHODS.contains(&method.as_str()) {
                found.insert(format!("{} {path}", method.to_ascii_uppercase()));
            }
        }
    }
    found
}
