//! Requests that are made of generated values.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::super::checker::Checker;
use super::super::document::{Direction, Document, Site};
use super::super::instances::{Maker, UNKNOWN};
use super::super::pointer::join_pointer;
use super::calls::plain_name;
use super::methods::{Argument, Module, type_name};
use super::parameter::Parameter;
use super::{Methods, Operation};

/// The most requests of an operation.
const MOST: usize = 24;
/// Texts with what an encoding could lose.
const TEXTS: [&str; 4] = ["a b", "1,2;3|4", "ä&b=c?d#e/f+g%20h[i]", "😀'\"<>\\^`{}~"];

/// A request to make.
pub(in super::super) struct Request<'r> {
    pub(in super::super) operation: &'r Operation,
    /// What the probe is given: values by the names of arguments.
    pub(in super::super) given: Value,
    /// The values that are sent, by place and name.
    pub(super) parameters: Map<String, Value>,
    pub(in super::super) body: Option<Body>,
}

/// A body to send.
#[derive(Clone)]
pub(in super::super) struct Body {
    pub(super) media_type: String,
    /// Where its schema is.
    pub(in super::super) pointer: String,
    pub(in super::super) value: Value,
    /// The value as the probe is given it.
    given: Value,
}

/// Makes the requests of a document's operations.
pub(super) struct Requester<'r> {
    document: &'r Document,
    methods: &'r Methods,
    maker: Maker<'r>,
    checker: Checker,
}

/// A parameter, the argument that it is, and its values.
struct Filled<'r> {
    parameter: Parameter<'r>,
    argument: &'r str,
    values: Vec<Value>,
}

impl<'r> Request<'r> {
    /// The requests of an operation, or why there are none, for all operations of a document.
    #[expect(clippy::type_complexity, reason = "a list of results")]
    pub(in super::super) fn all(
        document: &'r Document,
        methods: &'r Methods,
    ) -> Result<Vec<(&'r Operation, Result<Vec<Self>, String>)>, String> {
        let mut pointers = BTreeSet::new();
        for operation in &methods.operations {
            let parameters = Parameter::all(document, operation);
            pointers.extend(parameters.into_iter().map(|parameter| parameter.site.pointer));
            pointers
                .extend(contents(document, operation).into_iter().map(|(_, site)| site.pointer));
        }
        let pointers: Vec<&str> = pointers
            .iter()
            .map(String::as_str)
            .filter(|pointer| document.value_at(pointer).is_some())
            .collect();
        let checker = Checker::new(document, Direction::Request, &pointers)?;
        let maker = Maker::new(document, Direction::Request);
        let requester = Requester { document, methods, maker, checker };
        let all = methods.operations.iter();
        Ok(all.map(|operation| (operation, requester.requests(operation))).collect())
    }
}

impl<'r> Requester<'r> {
    fn requests(&self, operation: &'r Operation) -> Result<Vec<Request<'r>>, String> {
        let described =
            self.document.value_at(&operation.pointer).ok_or("it is not in the document")?;
        let mut filled = Vec::new();
        for parameter in Parameter::all(self.document, operation) {
            filled.extend(self.fill(operation, parameter)?);
        }
        let bodies = self.bodies(operation)?;
        let body =
            self.document.follow_reference(&described["requestBody"]).map(|site| site.schema);
        let needs_body = body.unwrap_or(&described["requestBody"])["required"] == true;
        if needs_body && bodies.is_empty() {
            return Err("there is no value for its body".to_owned());
        }
        let widest = filled.iter().map(|filled| filled.values.len()).chain([bodies.len()]).max();
        let least = self.request(operation, &filled, bodies.first().filter(|_| needs_body), None);
        let columns = (0..widest.unwrap_or(0).min(MOST)).map(|column| {
            let body = bodies.get(column.checked_rem(bodies.len()).unwrap_or(0));
            self.request(operation, &filled, body, Some(column))
        });
        Ok(std::iter::once(least).chain(columns).collect())
    }

    /// A request with the values of a column, or with what is required alone.
    fn request(
        &self,
        operation: &'r Operation,
        filled: &[Filled<'r>],
        body: Option<&Body>,
        column: Option<usize>,
    ) -> Request<'r> {
        let mut given = Map::new();
        let mut parameters = Map::new();
        for Filled { parameter, argument, values } in filled {
            if column.is_none() && !parameter.required || values.is_empty() {
                continue;
            }
            let value = &values[column.unwrap_or(0) % values.len()];
            given.insert((*argument).to_owned(), value.clone());
            parameters.insert(format!("{} {}", parameter.place, parameter.name), value.clone());
        }
        given.extend(body.map(|body| ("body".to_owned(), body.given.clone())));
        Request { operation, given: given.into(), parameters, body: body.cloned() }
    }

    /// Finds the argument and the values of a parameter. `None` where it needs neither.
    fn fill(
        &self,
        operation: &'r Operation,
        parameter: Parameter<'r>,
    ) -> Result<Option<Filled<'r>>, String> {
        let method = self.methods.method_of(operation);
        let name = format!("{} {}", parameter.place, parameter.name);
        let mut arguments = method.arguments.iter().chain(&method.setters);
        let argument = arguments
            .find(|argument| is_for(argument, &parameter))
            .ok_or_else(|| format!("there is no argument for {name}"))?;
        let values = self.parameter_values(&parameter);
        if values.is_empty() && parameter.required {
            return Err(format!("there is no value for {name}"));
        }
        Ok(Some(Filled { parameter, argument: plain_name(&argument.name), values }))
    }

    fn parameter_values(&self, parameter: &Parameter<'_>) -> Vec<Value> {
        let pointer = &parameter.site.pointer;
        if pointer.is_empty() {
            return TEXTS.map(Value::from).to_vec();
        }
        let mut values = self.values(pointer);
        if values.first().is_some_and(Value::is_string) {
            values.extend(TEXTS.map(Value::from));
        }
        if values.iter().any(|value| value[0].is_string()) {
            values.extend([json!(TEXTS), json!(TEXTS[..2]), json!(TEXTS[3..])]);
        }
        values.retain(|value| {
            let allowed = self.checker.check_loosely(pointer, value).is_ok();
            allowed && is_sent(value) && parameter.can_tell(value)
        });
        values
    }

    /// Values of the schema at `pointer` that it allows.
    fn values(&self, pointer: &str) -> Vec<Value> {
        let mut values = self.maker.make_values(pointer);
        values.retain(|value| self.checker.check_loosely(pointer, value).is_ok());
        values
    }

    /// The bodies that an operation may be sent.
    fn bodies(&self, operation: &'r Operation) -> Result<Vec<Body>, String> {
        let method = self.methods.method_of(operation);
        let is_body = |argument: &&Argument| argument.name == "body";
        let Some(argument) = method.arguments.iter().chain(&method.setters).find(is_body) else {
            return Ok(Vec::new());
        };
        let module = self.methods.module_of(operation);
        let contents = contents(self.document, operation);
        let choice = module.choices.get(&type_name(&argument.ty));
        let Some(variants) = choice else {
            let form = "application/x-www-form-urlencoded";
            let media_type = argument.key.as_deref().unwrap_or(form);
            return self.contents(
                module,
                &contents,
                (&argument.role, media_type, &type_name(&argument.ty)),
            );
        };
        let mut lists = Vec::new();
        for variant in variants {
            let ty = type_name(&variant.ty);
            let mut bodies =
                self.contents(module, &contents, (&variant.role, &variant.media_type, &ty))?;
            for body in &mut bodies {
                body.given = json!({"variant": variant.name, "value": body.given});
            }
            lists.push(bodies.into_iter());
        }
        // One of each media type, then the next of each.
        let mut bodies = Vec::new();
        while bodies.len() < 2 * MOST {
            let before = bodies.len();
            bodies.extend(lists.iter_mut().filter_map(Iterator::next));
            if bodies.len() == before {
                break;
            }
        }
        Ok(bodies)
    }

    /// The bodies of one media type, written by the method `role` from a value of the type `ty`.
    fn contents(
        &self,
        module: &Module,
        contents: &[(&str, Site<'_>)],
        (role, media_type, ty): (&str, &str, &str),
    ) -> Result<Vec<Body>, String> {
        let found = contents.iter().find(|(known, _)| known == &media_type);
        let found = found.or_else(|| contents.iter().find(|(known, _)| covers(known, media_type)));
        let Some((_, site)) = found else {
            return Err(format!("its body has the media type {media_type}"));
        };
        let values = match role {
            "body" => ["text", "", "\u{0}\n\u{e9}\u{1f600}"].map(Value::from).to_vec(),
            _ if self.document.value_at(&site.pointer).is_none() => vec![json!({"a": "text"})],
            "json" => self.values(&site.pointer),
            _ => self.values(&site.pointer).into_iter().filter(is_sent).collect(),
        };
        let bodies = values.into_iter().filter(|value| !value.is_null()).filter_map(|value| {
            let given = match role {
                "body" => letters_of(&value),
                "multipart" => given_form(module, ty, &value)?,
                _ => value.clone(),
            };
            let media_type = media_type.to_owned();
            Some(Body { media_type, pointer: site.pointer.clone(), value, given })
        });
        Ok(bodies.collect())
    }
}

/// The media types of an operation's body, and the places of their schemas.
fn contents<'d>(document: &'d Document, operation: &Operation) -> Vec<(&'d str, Site<'d>)> {
    let Some(described) = document.value_at(&operation.pointer) else { return Vec::new() };
    let pointer = join_pointer(&operation.pointer, "requestBody");
    let Some(body) = document.resolve_site(&pointer, &described["requestBody"]) else {
        return Vec::new();
    };
    let pointer = join_pointer(&body.pointer, "content");
    let contents = body.schema["content"].as_object().into_iter().flatten();
    let contents = contents.map(|(media_type, content)| {
        let pointer = join_pointer(&join_pointer(&pointer, media_type), "schema");
        (media_type.as_str(), Site { pointer, schema: &content["schema"] })
    });
    contents.collect()
}

/// Whether a media type or a range covers another, whatever their parameters.
fn covers(range: &str, media_type: &str) -> bool {
    let essence =
        |text: &str| text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let range = essence(range);
    let media_type = essence(media_type);
    let start = range.strip_suffix('*').map(|start| if start == "*/" { "" } else { start });
    range == media_type || start.is_some_and(|start| media_type.starts_with(start))
}

/// Whether all of a value is sent: a request has no null, and no member that no schema mentions.
fn is_sent(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => items.iter().all(is_sent),
        Value::Object(members) => {
            members.iter().all(|(name, member)| name != UNKNOWN && is_sent(member))
        }
        _ => true,
    }
}

/// A text with each byte as a character.
fn letters_of(value: &Value) -> Value {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.bytes().map(char::from).collect::<String>().into()
}

/// The fields of a form by the names of their arguments, files as bytes. `None` if there is no such field.
fn given_form(module: &Module, ty: &str, value: &Value) -> Option<Value> {
    let Some(form) = module.forms.get(ty) else { return Some(value.clone()) };
    let mut given = Map::new();
    for (key, member) in value.as_object()? {
        let field = form.fields.iter().find(|field| field.key.as_ref() == Some(key))?;
        let member = match (&*field.role, member) {
            ("file", Value::Array(items)) => items.iter().map(letters_of).collect(),
            ("file", member) => letters_of(member),
            _ => member.clone(),
        };
        given.insert(plain_name(&field.name).to_owned(), member);
    }
    Some(given.into())
}

/// Whether an argument of a method is for this parameter.
fn is_for(argument: &Argument, parameter: &Parameter<'_>) -> bool {
    argument.role.split('_').next() == Some(parameter.place)
        && argument.key.as_ref().is_some_and(|key| match parameter.place {
            "header" => key.eq_ignore_ascii_case(parameter.name),
            _ => key == parameter.name,
        })
}
