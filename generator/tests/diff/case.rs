//! What shows a rule: two small documents, and a consumer of the first one's crate.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use openapi_crate::Description;
use openapi_crate::config::Config;
use openapi_crate::describe;
use openapi_crate::diff::{self, Comparison};
use openapi_crate::source::{Input, Source};
use serde_json::{Map, Value, json};

/// An entry of a file in `tests/diff/rules`, under the name of its rule.
pub(crate) struct Case {
    pub(crate) rule: String,
    /// What the documents have in common with no other: their parts that show the rule.
    pub(crate) old: String,
    pub(crate) new: String,
    /// Statements of a consumer, with `client` in scope.
    pub(crate) uses: String,
    /// What a consumer sends or gets, of a change that it compiles after: a text, with `client` and `mock` in scope.
    pub(crate) shows: Option<String>,
    /// The other rules that the same change breaks or follows.
    pub(crate) also: Vec<String>,
    /// The features that a consumer turns on, in place of the default ones, of what depends on features.
    pub(crate) features: Option<Vec<String>>,
}

/// All of them, sorted by name.
pub(crate) fn all() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff/rules");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<Case> = files.flat_map(|path: PathBuf| read(&path)).collect();
    cases.sort_by(|one, other| one.rule.cmp(&other.rule));
    cases
}

fn read(path: &Path) -> Vec<Case> {
    let file: BTreeMap<String, Value> =
        serde_yaml::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let cases = file.into_iter().map(|(rule, case)| {
        let text = |key: &str| filled(case[key].as_str().unwrap(), &rule);
        let names = |key: &str| -> Option<Vec<String>> {
            let names = case.get(key)?.as_array().unwrap().iter();
            Some(names.map(|name| name.as_str().unwrap().to_owned()).collect())
        };
        Case {
            old: text("old"),
            new: text("new"),
            uses: text("uses"),
            shows: case.get("shows").map(|_| text("shows")),
            also: names("also").unwrap_or_default(),
            features: names("features"),
            rule,
        }
    });
    cases.collect()
}

/// A text with the names that belong to the rule: `$T` for its type, `$op` for its method.
fn filled(text: &str, rule: &str) -> String {
    let type_name: String =
        rule.split('-').map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect();
    text.replace("$T", &type_name).replace("$op", &rule.replace('-', "_"))
}

/// A document of nothing but what keeps the operations of all cases in groups.
pub(crate) fn empty() -> Value {
    let mut document = json!({
        "openapi": "3.0.3",
        "info": {"title": "Pets", "version": "1"},
        "paths": {},
        "components": {"schemas": {}, "securitySchemes": {}},
    });
    fill(&mut document, 14);
    document
}

/// Adds operations until there are so many.
fn fill(document: &mut Value, operations: u64) {
    for index in 0..operations {
        let operation = json!({
            "operationId": format!("filler_{index}"),
            "tags": [if index == 0 { "others" } else { "all" }],
            "responses": {"204": {"description": "Done"}},
        });
        document["paths"][format!("/filler/{index}")] = json!({"get": operation});
    }
}

/// Adds one of a case's documents to a document.
pub(crate) fn add(document: &mut Value, case: &Case, part: &str) {
    let part: Option<Map<String, Value>> = serde_yaml::from_str(part).unwrap();
    let mut part = part.unwrap_or_default();
    let path = format!("/{}", case.rule);
    if let Some(operations) = part.remove("operations") {
        fill(document, operations.as_u64().unwrap());
    }
    if let Some(operation) = part.remove("op") {
        document["paths"][&path] = json!({"post": completed(operation, case)});
    }
    if let Some(schema) = part.remove("type") {
        let name = filled("$T", &case.rule);
        let content = json!({"application/json": {
            "schema": {"$ref": format!("#/components/schemas/{name}")},
        }});
        let operation = json!({
            "requestBody": {"required": true, "content": content},
            "responses": {"200": {"description": "Done", "content": content}},
        });
        document["paths"][&path] = json!({"post": completed(operation, case)});
        document["components"]["schemas"][name] = schema;
    }
    merge(document, Value::Object(part));
}

fn completed(mut operation: Value, case: &Case) -> Value {
    let defaults = json!({
        "operationId": filled("$op", &case.rule),
        "tags": ["all"],
        "responses": {"204": {"description": "Done"}},
    });
    for (key, value) in defaults.as_object().unwrap() {
        if operation.get(key).is_none() {
            operation[key] = value.clone();
        }
    }
    operation
}

fn merge(document: &mut Value, part: Value) {
    match (document, part) {
        (Value::Object(members), Value::Object(part)) => {
            for (key, value) in part {
                merge(members.entry(key).or_insert(Value::Null), value);
            }
        }
        (Value::Array(list), Value::Array(part)) => {
            for value in part {
                if !list.contains(&value) {
                    list.push(value);
                }
            }
        }
        (document, part) => *document = part,
    }
}

/// A case's two documents.
pub(crate) fn documents(case: &Case) -> (Value, Value) {
    let [mut old, mut new] = [empty(), empty()];
    add(&mut old, case, &case.old);
    add(&mut new, case, &case.new);
    (old, new)
}

pub(crate) fn understood(document: &Value) -> Description {
    let input = Input::new(Source::new("document.json", document.to_string()));
    let config = Config::new("api", "0.1.0").unwrap();
    describe(&input, &config).unwrap_or_else(|findings| {
        panic!("{}", findings.render(&input, openapi_crate::diagnostics::Style::default()))
    })
}

pub(crate) fn compare(old: &Value, new: &Value) -> Comparison {
    diff::compare(&understood(old), &understood(new))
}
