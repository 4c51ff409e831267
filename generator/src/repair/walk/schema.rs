//! Schemas, and references to them with what stands beside.

use serde_json::{Map, Value, json};

use super::{
    super::{
        at::At,
        pending::{Pending, reference_of},
        shape::Shape,
        table, types,
    },
    Walk,
};
use crate::diagnostics::{Code, Edit};

type Members = Map<String, Value>;

/// What describes a place, so that it makes sense beside a `$ref`.
const DESCRIBING: &[&str] = &[
    "description",
    "title",
    "nullable",
    "deprecated",
    "readOnly",
    "writeOnly",
    "default",
    "example",
];

/// Those of them that decide about values, so that it is to be said how they are read.
const DECIDING: &[&str] = &["nullable", "readOnly", "writeOnly", "default"];

impl Walk<'_> {
    pub(super) fn schema(&mut self, value: &mut Value, at: &At<'_>) -> bool {
        match value {
            Value::Object(_) if reference_of(value).is_some() => {
                return self.schema_reference(value, at);
            }
            Value::Bool(true) => {
                self.repairs.newer(at, "the schema is `true`", "read as `{}`");
                *value = json!({});
            }
            Value::Bool(false) => {
                self.repairs
                    .report(Code::InvalidSchema, at, "no value satisfies the schema `false`")
                    .help("any value is accepted");
                *value = json!({});
            }
            Value::String(name) if types::is_type(name) => {
                let schema = json!({"type": name});
                return self.repairs.coerce(value, schema, "a schema", at)
                    && self.schema(value, at);
            }
            _ => {}
        }
        self.object(value, &table::SCHEMA, at)
    }

    pub(super) fn schema_or_flag(&mut self, value: &mut Value, at: &At<'_>) -> bool {
        match value {
            Value::Bool(_) => true,
            Value::String(_) => self.flag(value, at),
            _ => self.schema(value, at),
        }
    }

    /// What stands beside a `$ref` is ignored in OpenAPI 3.0. What describes the place is kept all the
    /// same, as OpenAPI 3.1 does: above all, a null that is announced there will come.
    fn schema_reference(&mut self, value: &mut Value, at: &At<'_>) -> bool {
        let Value::Object(map) = value else { return true };
        if map.len() > 1 {
            match self.repairs.is_31() {
                true => self.with_reference(map, at),
                false => self.beside_reference(map, at),
            }
        }
        match map.get("allOf") {
            Some(Value::Array(list)) => {
                let inner = at.key("allOf");
                let reference = list.first().and_then(reference_of).unwrap_or_default();
                self.pending.extend(Pending::hoist(reference, "schemas", &inner.index(0)));
                // The members beside it may be as wrong as any.
                self.object(value, &table::SCHEMA, at)
            }
            _ => {
                let reference = reference_of(value).unwrap_or_default();
                self.pending.extend(Pending::hoist(reference, "schemas", at));
                true
            }
        }
    }

    /// In OpenAPI 3.1 all that stands beside a `$ref` holds too.
    fn with_reference(&mut self, map: &mut Members, at: &At<'_>) {
        let reference = map.shift_remove("$ref").unwrap_or_default();
        if map.keys().all(|key| key.starts_with("x-") || self.is_idle(key)) {
            map.insert("$ref".to_owned(), reference);
            return;
        }
        let mut members = vec![json!({"$ref": reference})];
        if let Some(Value::Array(others)) = map.shift_remove("allOf") {
            members.extend(others);
        }
        map.insert("allOf".to_owned(), Value::Array(members));
        let to = at.key("allOf").index(0).pointer();
        let from = at.pointer();
        self.repairs.diagnostics.edited(Edit::FromDocument { to, from });
    }

    /// Whether a keyword says nothing of values.
    fn is_idle(&self, key: &str) -> bool {
        let member = table::SCHEMA.member_in(self.repairs.version, key);
        key == "summary" || member.is_some_and(|member| matches!(member.shape, Shape::Idle))
    }

    fn beside_reference(&mut self, map: &mut Members, at: &At<'_>) {
        let reference = map.shift_remove("$ref").unwrap_or_default();
        map.retain(|key, value| {
            let describes = describes_place(key, value);
            if !describes && !DESCRIBING.contains(&key.as_str()) && key != "summary" {
                let message = format!("`{key}` is ignored beside a `$ref`");
                self.repairs
                    .report(Code::IgnoredKeyword, &at.key(key), message)
                    .help("wrap the `$ref` in `allOf`")
                    .at_key();
            }
            describes
        });
        if map.keys().all(|key| key.starts_with("x-")) {
            map.insert("$ref".to_owned(), reference);
            return;
        }
        if let Some(key) = map.keys().find(|key| DECIDING.contains(&key.as_str())) {
            let message = format!("`{key}` beside a `$ref`");
            let help = "read as in OpenAPI 3.1, as if the `$ref` were in an `allOf`";
            self.repairs.report(Code::NewerKeyword, &at.key(key), message).help(help).at_key();
        }
        map.insert("allOf".to_owned(), json!([{"$ref": reference}]));
        let to = at.key("allOf").index(0).pointer();
        let from = at.pointer();
        self.repairs.diagnostics.edited(Edit::FromDocument { to, from });
    }
}

/// Whether a member beside a `$ref` says something of the place that the reference stands in.
fn describes_place(key: &str, value: &Value) -> bool {
    key.starts_with("x-")
        || DESCRIBING.contains(&key) && *value != Value::Bool(false) && !value.is_null()
}
