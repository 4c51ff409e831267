//! What a server makes of a request, compared with what was to be sent.

use serde_json::{Map, Value, json};

use super::super::document::{Document, Site};
use super::super::verdict::{Fault, Finding, compare_values};
use super::credentials::take_credentials;
use super::made::Request;
use super::parameter::Parameter;
use super::plain::plain_schema;
use super::server::{self, Sent};

/// What is wrong with a request, and its body as the server takes it, if that is JSON.
pub(in super::super) struct Delivery {
    pub(in super::super) found: Vec<Finding>,
    pub(in super::super) json: Option<Value>,
}

impl Request<'_> {
    /// Compares the request with what was sent.
    pub(in super::super) fn deliver(&self, document: &Document, sent: &Value) -> Delivery {
        match self.try_deliver(document, sent) {
            Ok(delivery) => delivery,
            Err(problem) => {
                let found = vec![Finding::new(Fault::Misread, "", &problem, Some(sent))];
                Delivery { found, json: None }
            }
        }
    }

    fn try_deliver(&self, document: &Document, sent: &Value) -> Result<Delivery, String> {
        let operation =
            document.value_at(&self.operation.pointer).ok_or("it is not in the document")?;
        let mut sent = sent_of(sent).ok_or("the probe says no request")?;
        take_credentials(document, operation, &mut sent, |place, name| self.is_given(place, name))?;
        let (base, fixed) = base_path(document, &self.operation.pointer, operation);
        let target =
            sent.target.strip_prefix(&base).ok_or_else(|| format!("no path below {base}"))?;
        let own = self.operation.path.split('#').next().unwrap_or_default();
        let own = own.split_once('?').map_or("", |(_, query)| query);
        sent.target = take_fixed_pairs(target, &[&fixed, own])?;
        let read = server::Document::new(self.plain_document(document, operation)).parse(&sent)?;
        let mut expected = json!({"parameters": without_empty(&self.parameters.clone().into())});
        let mut got = json!({"parameters": without_empty(&read.parameters.into())});
        let is_json = self.body.as_ref().is_some_and(|body| is_json(&body.media_type));
        if !is_json {
            let given = self.body.as_ref().map_or(Value::Null, |body| without_empty(&body.value));
            expected["body"] = given;
            got["body"] = match without_empty(&read.body) {
                // A form without fields has nothing to say so by.
                Value::Null if expected["body"].is_object() => json!({}),
                body => body,
            };
        }
        let found = compare_values(&expected, &got).into_iter().map(|(fault, path)| {
            let at = |value: &Value| value.pointer(&path).cloned().unwrap_or_default();
            let about = format!("{} became {}", at(&expected), at(&got));
            Finding::new(fault, &path, &about, Some(&got))
        });
        Ok(Delivery { found: found.collect(), json: is_json.then_some(read.body) })
    }

    fn is_given(&self, place: &str, name: &str) -> bool {
        let wanted = format!("{place} {name}");
        self.parameters.keys().any(|key| key.eq_ignore_ascii_case(&wanted))
    }

    /// The operation alone, without references, its schemas as plain as its values.
    fn plain_document(&self, document: &Document, operation: &Value) -> Value {
        let pointer = &self.operation.pointer;
        let (_, method) = pointer.rsplit_once('/').unwrap_or_default();
        let path = self.operation.path.split(['?', '#']).next().unwrap_or_default();
        let parameters: Vec<Value> = Parameter::all(document, self.operation)
            .iter()
            .map(|parameter| {
                let name = format!("{} {}", parameter.place, parameter.name);
                let value = self.parameters.get(&name).unwrap_or(&Value::Null);
                parameter.plain(plain_schema(
                    document,
                    std::slice::from_ref(&parameter.site),
                    value,
                ))
            })
            .collect();
        let mut plain = json!({"parameters": parameters});
        let body = &operation["requestBody"];
        let body = document.follow_reference(body).map_or(body, |site| site.schema);
        if body.is_object() {
            plain["requestBody"] = json!({"required": body["required"], "content": self.plain_contents(document, body)});
        }
        json!({"paths": {path: {method: plain}}})
    }

    fn plain_contents(&self, document: &Document, described: &Value) -> Value {
        let contents = described["content"].as_object().into_iter().flatten();
        let plain = contents.map(|(media_type, content)| {
            let body = self.body.as_ref().filter(|body| !is_json(&body.media_type));
            let schema = body.map_or_else(
                || json!({}),
                |body| {
                    let schema = document.value_at(&body.pointer);
                    let site = schema.map(|schema| Site { pointer: body.pointer.clone(), schema });
                    plain_schema(document, site.as_slice(), &body.value)
                },
            );
            let content = json!({"schema": schema, "encoding": content["encoding"]});
            (media_type.clone(), content)
        });
        plain.collect::<Map<String, Value>>().into()
    }
}

fn sent_of(value: &Value) -> Option<Sent> {
    let headers = value["headers"].as_array()?.iter();
    let headers =
        headers.map(|header| Some((header[0].as_str()?.to_owned(), bytes_text(&header[1])?)));
    Some(Sent {
        method: value["method"].as_str()?.to_owned(),
        target: value["target"].as_str()?.to_owned(),
        headers: headers.collect::<Option<Vec<_>>>()?,
        body: bytes_of(&value["body"])?,
    })
}

/// The bytes that the probe writes as a character each.
fn bytes_of(value: &Value) -> Option<Vec<u8>> {
    value.as_str()?.chars().map(|letter| u8::try_from(u32::from(letter)).ok()).collect()
}

fn bytes_text(value: &Value) -> Option<String> {
    String::from_utf8(bytes_of(value)?).ok()
}

/// The path of an operation's server, with the defaults of its variables, and its query.
fn base_path(document: &Document, pointer: &str, operation: &Value) -> (String, String) {
    let (item, _) = pointer.rsplit_once('/').unwrap_or_default();
    let item = document.value_at(item).unwrap_or(&Value::Null);
    let lists = [operation, item, &document.value].map(|holder| holder["servers"].as_array());
    let server = lists.into_iter().flatten().find_map(|list| list.first()).unwrap_or(&Value::Null);
    let mut url = server["url"].as_str().unwrap_or_default().to_owned();
    for (name, variable) in server["variables"].as_object().into_iter().flatten() {
        let default = variable["default"].as_str().unwrap_or_default();
        url = url.replace(&format!("{{{name}}}"), default);
    }
    let (url, query) = url.split_once('?').unwrap_or((&url, ""));
    let path = match url.split_once("//") {
        Some((_, rest)) => rest.find('/').map_or("", |start| &rest[start..]),
        None => url,
    };
    // RFC 3986, section 5.2.4.
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment),
        }
    }
    let path = segments.iter().map(|segment| format!("/{segment}")).collect();
    (path, query.to_owned())
}

/// A target without the pairs of its query that the document itself has.
fn take_fixed_pairs(target: &str, fixed: &[&str]) -> Result<String, String> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut pairs: Vec<&str> = query.split('&').collect();
    for pair in fixed.iter().flat_map(|query| query.split('&')).filter(|pair| !pair.is_empty()) {
        let at = pairs.iter().position(|known| *known == pair);
        pairs.remove(at.ok_or_else(|| format!("{pair} is not in the query"))?);
    }
    let mark = if pairs.is_empty() { "" } else { "?" };
    Ok(format!("{path}{mark}{}", pairs.join("&")))
}

fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence == "application/json" || essence.ends_with("+json")
}

/// A value without empty lists and objects: a query or a form has nothing to tell them by.
fn without_empty(value: &Value) -> Value {
    let is_empty = |value: &Value| *value == json!([]) || *value == json!({});
    match value {
        Value::Object(members) => {
            let members =
                members.iter().map(|(name, member)| (name.clone(), without_empty(member)));
            members.filter(|(_, member)| !is_empty(member)).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().map(without_empty).collect(),
        other => other.clone(),
    }
}
