//! The document that requests are taken apart by: which operation a request is for, and its parameters by their places.

use serde_json::{Map, Value};

use super::style::{Pairs, Parameter, cookies, decode, pairs};
use super::{Sent, body};

/// A document.
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
    pub(crate) fn new(document: Value) -> Self {
        Self(document)
    }

    /// What a request says, or what of it the document does not know.
    pub(crate) fn parse(&self, sent: &Sent) -> Result<Request, String> {
        let method = sent.method.to_ascii_lowercase();
        let (path, query) = sent.target.split_once('?').unwrap_or((&sent.target, ""));
        let (item, operation, segments) = self.find(&method, path)?;
        let places = [
            ("path", segments),
            ("query", pairs(query)),
            ("header", headers(sent)),
            ("cookie", cookies(sent.header("cookie").unwrap_or_default())),
        ];
        let name = operation["operationId"].as_str().unwrap_or_default().to_owned();
        let mut request = Request { operation: name, ..Request::default() };
        for (place, sent) in &places {
            self.read_place(place, sent, &self.parameters(item, operation), &mut request)?;
        }
        request.body = body::read(self, self.follow(&operation["requestBody"]), sent)?;
        Ok(request)
    }

    /// Reads the parameters of one place.
    fn read_place(
        &self,
        place: &str,
        sent: &Pairs,
        parameters: &[&Value],
        request: &mut Request,
    ) -> Result<(), String> {
        let own = parameters.iter().filter(|parameter| parameter["in"] == place);
        let declared: Vec<(&str, Parameter<'_>)> = own
            .map(|parameter| {
                let name = parameter["name"].as_str().unwrap_or_default();
                (name, Parameter::of(self, place, name, parameter))
            })
            .collect();
        let names: Vec<&str> = declared.iter().map(|(name, _)| *name).collect();
        let mut known = Vec::new();
        for (name, parameter) in &declared {
            // What has the name of another parameter is no member of an object.
            let others =
                |(sent, _): &&(String, String)| sent == name || !names.contains(&sent.as_str());
            let own: Pairs = sent.iter().filter(others).cloned().collect();
            known.extend(parameter.names(&own));
            match parameter.read(&own)? {
                Some(value) => {
                    request.parameters.insert(format!("{place} {name}"), value);
                }
                None if parameter.required => return Err(format!("{place} {name} is missing")),
                None => {}
            }
        }
        let unknown = sent.iter().find(|(name, _)| !known.contains(name));
        match unknown.filter(|_| place != "header") {
            Some((name, _)) => Err(format!("{place} {name} is not declared")),
            None => Ok(()),
        }
    }

    fn find(&self, method: &str, path: &str) -> Result<Found<'_>, String> {
        let paths = self.0["paths"].as_object().ok_or("no paths")?;
        let fitting = paths.iter().filter(|(_, item)| item[method].is_object());
        let mut found =
            fitting.filter_map(|(template, item)| Some((item, segments(template, path)?)));
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
            Some("integer") => match text.parse::<i64>() {
                Ok(number) => Ok(number.into()),
                Err(_) => text.parse::<u64>().map(Value::from).map_err(|_| wrong("integer")),
            },
            Some("number") => text.parse::<f64>().map(Value::from).map_err(|_| wrong("number")),
            Some("boolean") => text.parse::<bool>().map(Value::from).map_err(|_| wrong("boolean")),
            // Inside of something else, OpenAPI 3.0.3, Encoding Object, `contentType`.
            Some("object") => serde_json::from_str(text).map_err(|_| wrong("object")),
            Some("array") => serde_json::from_str(text).map_err(|_| wrong("array")),
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

/// The values of a path's parameters, not yet decoded, if the path fits: each is as short as it can be.
fn segments(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let parameter = template.split_once('{').and_then(|(before, rest)| {
        let (name, after) = rest.split_once('}')?;
        Some((before, name, after))
    });
    let Some((before, name, after)) = parameter else {
        return (decode(path) == decode(template)).then(Vec::new);
    };
    let start = literal_end(before, path)?;
    let segment = path[start..].split('/').next().unwrap_or_default();
    let ends = segment.char_indices().map(|(index, letter)| index + letter.len_utf8());
    ends.into_iter().find_map(|end| {
        let mut values = segments(after, &path[start + end..])?;
        let own = (name.to_owned(), segment[..end].to_owned());
        // A template may have a parameter twice.
        if !values.contains(&own) {
            values.insert(0, own);
        }
        Some(values)
    })
}

/// Where what a path begins with ends, if it is `literal`.
fn literal_end(literal: &str, path: &str) -> Option<usize> {
    let wanted = decode(literal);
    (0..=path.len()).find(|&end| path.get(..end).is_some_and(|start| decode(start) == wanted))
}

fn headers(sent: &Sent) -> Pairs {
    sent.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect()
}
