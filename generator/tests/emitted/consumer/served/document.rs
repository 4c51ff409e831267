//! A server's view of requests: each is taken apart by the document that the client was generated
//! from, with nothing of the generator or the runtime.

use std::fs;

use serde_json::{Map, Value};

use super::body;
use super::style::{Parameter, cookies, decode, pairs};
use crate::peer::Seen;
use crate::target;

/// A document of `tests/fixtures`.
pub(crate) struct Document(Value);

/// What a request says: its parameters by place and name, and its body.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Request {
    pub(crate) operation: String,
    pub(crate) parameters: Map<String, Value>,
    pub(crate) body: Value,
}

const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

impl Document {
    pub(crate) fn read(name: &str) -> Self {
        let path = format!("{}/documents/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        Self(serde_json::from_str(&text).unwrap())
    }

    /// What a request says, or what of it the document does not know.
    pub(crate) fn parse(&self, seen: &Seen) -> Result<Request, String> {
        let method = seen.line.split(' ').next().unwrap_or_default().to_ascii_lowercase();
        let (path, query) = target(seen).split_once('?').unwrap_or((target(seen), ""));
        let (item, operation, segments) = self.find(&method, path)?;
        let sent = [
            ("path", segments),
            ("query", pairs(query)),
            ("header", headers(seen)),
            ("cookie", cookies(seen.header("cookie").unwrap_or_default())),
        ];
        let mut request = Request::default();
        request.operation = operation["operationId"].as_str().unwrap_or_default().to_owned();
        let mut known: Vec<(&str, String)> = Vec::new();
        for parameter in self.parameters(item, operation) {
            let place = parameter["in"].as_str().unwrap_or_default();
            let (place, all) = sent.iter().find(|(name, _)| *name == place).ok_or("no place")?;
            let name = parameter["name"].as_str().unwrap_or_default();
            let parameter = Parameter::of(self, place, name, parameter);
            known.extend(parameter.names(all).into_iter().map(|name| (*place, name)));
            match parameter.read(all)? {
                Some(value) => {
                    request.parameters.insert(format!("{place} {name}"), value);
                }
                None if parameter.required => return Err(format!("{place} {name} is missing")),
                None => {}
            }
        }
        for (place, all) in sent.iter().filter(|(place, _)| *place != "header") {
            for (name, _) in all {
                let named = known.iter().any(|(where_, known)| where_ == place && known == name);
                named.then_some(()).ok_or_else(|| format!("{place} {name} is not declared"))?;
            }
        }
        request.body = body::read(self, self.follow(&operation["requestBody"]), seen)?;
        Ok(request)
    }

    fn find(&self, method: &str, path: &str) -> Result<Found<'_>, String> {
        let paths = self.0["paths"].as_object().ok_or("no paths")?;
        let fitting = paths.iter().filter(|(_, item)| item[method].is_object());
        let mut found = fitting.filter_map(|(template, item)| Some((item, segments(template, path)?)));
        let known = METHODS.contains(&method);
        let (item, segments) = found
            .next()
            .filter(|_| known)
            .ok_or_else(|| format!("no operation {method} {path}"))?;
        Ok((item, &item[method], segments))
    }

    fn parameters<'d>(&'d self, item: &'d Value, operation: &'d Value) -> Vec<&'d Value> {
        let list = |value: &'d Value| value["parameters"].as_array().into_iter().flatten();
        let own: Vec<&Value> = list(operation).map(|one| self.follow(one)).collect();
        let same = |one: &Value| {
            own.iter().any(|other| other["name"] == one["name"] && other["in"] == one["in"])
        };
        let shared = list(item).map(|one| self.follow(one)).filter(|one| !same(one));
        // OpenAPI 3.0.3, Parameter Object: these are described elsewhere.
        let ignored = ["accept", "content-type", "authorization"];
        let is_ignored = |one: &&Value| {
            let name = one["name"].as_str().unwrap_or_default().to_ascii_lowercase();
            one["in"] == "header" && ignored.contains(&&*name)
        };
        shared.chain(own.iter().copied()).filter(|one| !is_ignored(one)).collect()
    }

    /// What a reference stands for.
    pub(super) fn follow<'d>(&'d self, value: &'d Value) -> &'d Value {
        let mut value = value;
        while let Some(reference) = value["$ref"].as_str() {
            value = self.0.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null);
        }
        value
    }

    /// A text as a value of a schema.
    pub(super) fn typed(&self, schema: &Value, text: &str) -> Result<Value, String> {
        let wrong = |what| format!("`{text}` is no {what}");
        match self.follow(schema)["type"].as_str() {
            Some("integer") => text.parse::<i64>().map(Value::from).map_err(|_| wrong("integer")),
            Some("number") => text.parse::<f64>().map(Value::from).map_err(|_| wrong("number")),
            Some("boolean") => text.parse::<bool>().map(Value::from).map_err(|_| wrong("boolean")),
            _ => Ok(Value::from(text)),
        }
    }

    /// The schema of a member.
    pub(super) fn member<'d>(&'d self, schema: &'d Value, name: &str) -> &'d Value {
        let schema = self.follow(schema);
        match &schema["properties"][name] {
            Value::Null => self.follow(&schema["additionalProperties"]),
            member => self.follow(member),
        }
    }
}

type Found<'d> = (&'d Value, &'d Value, Vec<(String, String)>);

/// The values of a path's parameters, not yet decoded, if the path fits.
fn segments(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let (templates, parts) = (template.split('/'), path.split('/'));
    if templates.clone().count() != parts.clone().count() {
        return None;
    }
    let mut values = Vec::new();
    for (template, part) in templates.zip(parts) {
        match template.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => values.push((name.to_owned(), part.to_owned())),
            None => (decode(part) == template).then_some(())?,
        }
    }
    Some(values)
}

fn headers(seen: &Seen) -> Vec<(String, String)> {
    let lines = seen.headers.iter().filter_map(|line| line.split_once(": "));
    lines.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect()
}
