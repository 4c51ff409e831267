//! Each rule by a change that breaks it.

use std::collections::BTreeSet;

use openapi_crate::diff::Rule;
use serde_json::{Value, json};

use crate::case::{self, Case};

#[test]
fn every_rule_has_a_case() {
    let cases: Vec<String> = case::all().into_iter().map(|case| case.rule).collect();
    let mut rules: Vec<String> = Rule::ALL.iter().map(|rule| rule.name().to_owned()).collect();
    rules.sort();
    assert_eq!(cases, rules);
}

#[test]
fn every_case_has_exactly_its_findings() {
    let mut wrong = Vec::new();
    for Case { rule, also, .. } in &case::all() {
        let case = case::all().into_iter().find(|case| case.rule == *rule).unwrap();
        let (old, new) = case::documents(&case);
        let comparison = case::compare(&old, &new);
        let found: BTreeSet<&str> =
            comparison.changes.iter().map(|change| change.rule.name()).collect();
        let expected: BTreeSet<&str> = also.iter().chain([rule]).map(String::as_str).collect();
        if found != expected {
            wrong.push(format!("{rule}: {found:?}, not {expected:?}"));
        }
        for document in [&old, &new] {
            let same = case::compare(document, document);
            assert!(same.changes.is_empty(), "{rule}: {:?}", same.changes);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A type is unsigned because of a minimum, so losing the sign is narrowing.
#[test]
fn the_sign_is_part_of_a_range() {
    let document = |schema: &Value| {
        let mut document = case::empty();
        document["paths"]["/count"] = json!({"get": {
            "operationId": "count",
            "tags": ["all"],
            "parameters": [{"name": "a", "in": "query", "schema": schema}],
            "responses": {"204": {"description": "Done"}},
        }});
        document
    };
    let long = json!({"type": "integer"});
    let unsigned = json!({"type": "integer", "minimum": 0});
    let short = json!({"type": "integer", "format": "int32"});
    for (narrow, wide) in [(&unsigned, &long), (&short, &long)] {
        let one = document(narrow);
        let other = document(wide);
        for (old, new, rule) in [
            (&one, &other, Rule::ParameterTypeWidened),
            (&other, &one, Rule::ParameterTypeNarrowed),
        ] {
            let found: Vec<Rule> =
                case::compare(old, new).changes.iter().map(|change| change.rule).collect();
            assert_eq!(found, [rule]);
        }
    }
    let found = case::compare(&document(&short), &document(&unsigned)).changes;
    assert!(found.iter().all(|change| change.rule == Rule::ParameterTypeChanged));
}

/// What a name stands for is compared, too, whatever other names there are.
#[test]
fn another_name_hides_no_change() {
    let schemas = json!({
        "A": {"type": "object", "properties": {"a": {"type": "string"}}},
        "B": {"type": "object", "properties": {"b": {"type": "integer"}}},
    });
    let document = |alias: &str, body: &str, inline: &str| {
        let mut document = case::empty();
        document["components"]["schemas"] = schemas.clone();
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        document["components"]["schemas"]["Alias"] = reference(alias);
        let content = |schema: Value| json!({"application/json": {"schema": schema}});
        document["paths"]["/p"] = json!({"post": {
            "operationId": "p",
            "requestBody": {"required": true, "content": content(reference(body))},
            "responses": {"200": {"description": "OK", "content": content(schemas[inline].clone())}},
        }});
        document
    };
    let found = |old: &Value, new: &Value| -> BTreeSet<&'static str> {
        let comparison = case::compare(old, new);
        comparison.changes.iter().map(|change| change.rule.name()).collect()
    };
    let base = document("A", "Alias", "A");
    let changed = found(&base, &document("B", "Alias", "A"));
    assert!(
        changed.contains("type-changed") && changed.contains("body-type-changed"),
        "{changed:?}"
    );
    assert!(!changed.contains("types-split"), "{changed:?}");
    let direct = document("A", "A", "A");
    assert!(found(&direct, &document("A", "B", "B")).contains("body-type-changed"));
}
