//! OpenAPI 3.0's schemas as JSON Schema, for an independent validator.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use super::document::{Direction, Document, Site};
use super::flat::Flat;
use super::schema::{format_range, is_null, is_spared, type_name};

/// Checks values against schemas of a document, as one side sends them.
pub(super) struct Checker {
    strict: Validator,
    loose: Validator,
    numbers: BTreeMap<String, usize>,
}

impl Checker {
    /// A checker for the schemas at these pointers.
    pub(super) fn new(
        document: &Document,
        direction: Direction,
        pointers: &[&str],
    ) -> Result<Self, String> {
        let (strict, numbers) =
            Conversion::new(document, direction, true).into_validator(pointers)?;
        let (loose, _) = Conversion::new(document, direction, false).into_validator(pointers)?;
        Ok(Self { strict, loose, numbers })
    }

    /// What is wrong with a value of the schema at `pointer`.
    pub(super) fn check_value(&self, pointer: &str, value: &Value) -> Result<(), String> {
        self.check_with(&self.strict, pointer, value)
    }

    /// The same where several alternatives of a `oneOf` may allow the value.
    pub(super) fn check_loosely(&self, pointer: &str, value: &Value) -> Result<(), String> {
        self.check_with(&self.loose, pointer, value)
    }

    fn check_with(
        &self,
        validator: &Validator,
        pointer: &str,
        value: &Value,
    ) -> Result<(), String> {
        let Some(number) = self.numbers.get(pointer) else { return Err("no schema".to_owned()) };
        let whole = json!({ number.to_string(): value });
        validator.validate(&whole).map_err(|error| {
            let path = error.instance_path().to_string();
            let path = path.splitn(3, '/').nth(2).unwrap_or_default().to_owned();
            format!("/{path}: {}", error.masked())
        })
    }
}

fn reference_to(number: usize) -> Value {
    json!({"$ref": format!("#/definitions/{number}")})
}

fn is_base64(text: &str) -> bool {
    let letters = text.trim_end_matches('=');
    letters.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/-_\r\n".contains(&byte))
        && letters.bytes().filter(|byte| !b"\r\n".contains(byte)).count() % 4 != 1
}

/// The schema that a schema is a part of, if both are about the same value.
#[derive(Default)]
struct Home<'h> {
    pointer: &'h str,
    /// Whether it is without its alternatives.
    plain: bool,
    /// Members that are not expected.
    spared: Vec<&'h str>,
}

struct Conversion<'d> {
    document: &'d Document,
    direction: Direction,
    /// Whether `oneOf` means one and no more.
    strict: bool,
    /// Whether the validator takes a pattern.
    patterns: BTreeMap<String, bool>,
    /// The schemas to convert, and whether without their alternatives.
    wanted: Vec<(String, bool)>,
    numbers: BTreeMap<(String, bool), usize>,
}

impl<'d> Conversion<'d> {
    fn new(document: &'d Document, direction: Direction, strict: bool) -> Self {
        Self {
            document,
            direction,
            strict,
            patterns: BTreeMap::new(),
            wanted: Vec::new(),
            numbers: BTreeMap::new(),
        }
    }

    /// A validator of objects whose members are values of these schemas, each by its number.
    fn into_validator(
        mut self,
        pointers: &[&str],
    ) -> Result<(Validator, BTreeMap<String, usize>), String> {
        let numbers: BTreeMap<String, usize> = pointers
            .iter()
            .map(|pointer| ((*pointer).to_owned(), self.definition_number(pointer, false)))
            .collect();
        let members: Map<String, Value> =
            numbers.values().map(|number| (number.to_string(), reference_to(*number))).collect();
        let whole = json!({"properties": members, "definitions": self.convert_definitions()});
        let validator = jsonschema::options()
            .with_draft(Draft::Draft7)
            .with_format("byte", |text: &str| is_base64(text))
            .should_validate_formats(true)
            .build(&whole)
            .map_err(|error| format!("{}: {error}", error.schema_path()))?;
        Ok((validator, numbers))
    }

    /// The number of a definition.
    fn definition_number(&mut self, pointer: &str, plain: bool) -> usize {
        let known = self.numbers.len();
        let wanted = &mut self.wanted;
        *self.numbers.entry((pointer.to_owned(), plain)).or_insert_with(|| {
            wanted.push((pointer.to_owned(), plain));
            known
        })
    }

    fn convert_definitions(&mut self) -> Map<String, Value> {
        let mut definitions = Map::new();
        while let Some((pointer, plain)) = self.wanted.pop() {
            let number = self.definition_number(&pointer, plain);
            let document = self.document;
            let schema = document.value_at(&pointer).unwrap_or(&Value::Null);
            let site = Site { pointer: pointer.clone(), schema };
            // What one member of an `allOf` calls read-only, another may require.
            let spared = match schema.get("allOf") {
                Some(_) => Flat::new(document, self.direction, &[site]).spared,
                None => Vec::new(),
            };
            let converted = self.convert_schema(schema, &Home { pointer: &pointer, plain, spared });
            definitions.insert(number.to_string(), converted);
        }
        definitions
    }

    /// A schema of the same value as that of the definition `home`.
    fn convert_schema(&mut self, schema: &'d Value, home: &Home<'_>) -> Value {
        let Some(members) = schema.as_object() else { return json!({}) };
        if schema["$ref"].is_string() {
            return self.convert_reference(schema, home.pointer);
        }
        let mut out = Map::new();
        self.convert_assertions(members, &mut out);
        self.convert_parts(members, home, &mut out);
        for keyword in ["allOf", "oneOf", "anyOf"] {
            let Some(list) = members.get(keyword).and_then(Value::as_array) else { continue };
            let list: Vec<&Value> = list.iter().filter(|member| member.is_object()).collect();
            if list.is_empty() || (home.plain && keyword != "allOf") {
                continue;
            }
            let converted: Vec<Value> = list
                .into_iter()
                .map(|member| {
                    if is_null(member) && keyword != "allOf" {
                        json!({"type": "null"})
                    } else {
                        self.convert_schema(member, home)
                    }
                })
                .collect();
            let loose = !self.strict && keyword == "oneOf" && !members.contains_key("anyOf");
            let keyword = if loose { "anyOf" } else { keyword };
            out.insert(keyword.to_owned(), converted.into());
        }
        if let Some(inner) = members.get("not").filter(|inner| inner.is_object()) {
            let inner = self.convert_schema(inner, &Home::default());
            out.insert("not".to_owned(), inner);
        }
        if schema["nullable"] == true {
            return json!({"anyOf": [{"type": "null"}, out]});
        }
        out.into()
    }

    /// A base that lists its subtypes, which extend it in turn, is without its list in them: it would go round in
    /// circles.
    fn convert_reference(&mut self, schema: &Value, home: &str) -> Value {
        let Some(target) = self.document.follow_reference(schema) else { return json!({}) };
        let leads_back = |words: &[&str]| {
            !home.is_empty() && self.leads_to(&target.pointer, home, words, &mut BTreeSet::new())
        };
        // Nothing more can be said of what extends itself.
        if leads_back(&["allOf"]) {
            return json!({});
        }
        let circular = leads_back(&["allOf", "oneOf", "anyOf"]);
        reference_to(self.definition_number(&target.pointer, circular))
    }

    /// Whether a schema says of the same value what another does.
    fn leads_to(&self, from: &str, to: &str, words: &[&str], seen: &mut BTreeSet<String>) -> bool {
        if from == to {
            return true;
        }
        if !seen.insert(from.to_owned()) {
            return false;
        }
        let Some(schema) = self.document.value_at(from) else { return false };
        self.leads_on(schema, to, words, seen)
    }

    fn leads_on(
        &self,
        schema: &Value,
        to: &str,
        words: &[&str],
        seen: &mut BTreeSet<String>,
    ) -> bool {
        if let Some(target) = self.document.follow_reference(schema) {
            return self.leads_to(&target.pointer, to, words, seen);
        }
        let lists = words.iter().filter_map(|word| schema[word].as_array());
        lists.flatten().any(|member| self.leads_on(member, to, words, seen))
    }

    /// What needs no schema of its own.
    fn convert_assertions(&mut self, members: &Map<String, Value>, out: &mut Map<String, Value>) {
        for (word, value) in members {
            let kept = match word.as_str() {
                "type" => match value.as_str().and_then(type_name) {
                    Some(name) => {
                        out.insert(word.clone(), name.into());
                        false
                    }
                    None => false,
                },
                "enum" => value.as_array().is_some_and(|values| !values.is_empty()),
                "minimum" | "maximum" => value.is_number(),
                "multipleOf" => value.as_f64().is_some_and(|number| number > 0.0),
                "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties"
                | "maxProperties" => value.is_u64(),
                "uniqueItems" => value.is_boolean(),
                "pattern" => value.as_str().is_some_and(|pattern| self.supports_pattern(pattern)),
                "format" => ["date-time", "date", "byte"].iter().any(|name| value == name),
                _ => false,
            };
            if kept {
                out.insert(word.clone(), value.clone());
            }
        }
        for (word, limit) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
            if members.get(word) == Some(&json!(true))
                && let Some(value) = out.remove(limit)
            {
                out.insert(word.to_owned(), value);
            }
        }
        let format = members.get("format").and_then(Value::as_str);
        let Some((least, most)) = format.and_then(format_range) else { return };
        if ["integer", "number"].iter().any(|name| members.get("type") == Some(&json!(name))) {
            out.entry("minimum").or_insert(least);
            out.entry("maximum").or_insert(most);
        }
    }

    fn supports_pattern(&mut self, pattern: &str) -> bool {
        if let Some(known) = self.patterns.get(pattern) {
            return *known;
        }
        let schema = json!({"pattern": pattern});
        let takes = jsonschema::options().with_draft(Draft::Draft7).build(&schema).is_ok();
        self.patterns.insert(pattern.to_owned(), takes);
        takes
    }

    /// The schemas of what is in a value.
    fn convert_parts(
        &mut self,
        members: &'d Map<String, Value>,
        home: &Home<'_>,
        out: &mut Map<String, Value>,
    ) {
        if let Some(required) = members.get("required").and_then(Value::as_array) {
            let properties = &members.get("properties").unwrap_or(&Value::Null);
            let spared = |name: &str| is_spared(self.document, &properties[name], self.direction);
            let mut names: Vec<&str> = required.iter().filter_map(Value::as_str).collect();
            names.retain(|name| !spared(name) && !home.spared.contains(name));
            names.sort_unstable();
            names.dedup();
            out.insert("required".to_owned(), names.into());
        }
        if let Some(properties) = members.get("properties").and_then(Value::as_object) {
            let converted: Map<String, Value> = properties
                .iter()
                .map(|(name, schema)| (name.clone(), self.convert_schema(schema, &Home::default())))
                .collect();
            out.insert("properties".to_owned(), converted.into());
        }
        if let Some(first) = members.get("prefixItems").and_then(Value::as_array) {
            let first: Vec<Value> =
                first.iter().map(|schema| self.convert_schema(schema, &Home::default())).collect();
            let rest = match members.get("items") {
                Some(schema @ Value::Object(_)) => self.convert_schema(schema, &Home::default()),
                Some(Value::Bool(false)) => Value::Bool(false),
                _ => Value::Bool(true),
            };
            out.insert("items".to_owned(), first.into());
            out.insert("additionalItems".to_owned(), rest);
        }
        for word in ["items", "additionalProperties"] {
            if out.contains_key(word) {
                continue;
            }
            let converted = match members.get(word) {
                // Beside an `allOf` it forbids what the other members ask for.
                Some(Value::Bool(false)) if !self.strict => continue,
                Some(Value::Bool(any)) => Value::Bool(*any),
                Some(schema @ Value::Object(_)) => self.convert_schema(schema, &Home::default()),
                _ => continue,
            };
            out.insert(word.to_owned(), converted);
        }
    }
}
