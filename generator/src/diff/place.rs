//! Where in a document a change stands.

use serde_json::Value;

use crate::diagnostics::Pointer;
use crate::extensions::{OWN_METHOD, OWN_PATH};
use crate::model::{Operation, ParameterStyle, Status};

/// How many references in a row are followed.
const LONGEST_CHAIN: usize = 32;

/// Finds things of the model in the document that it was made of.
#[derive(Clone, Copy)]
pub(super) struct Places<'a>(pub(super) &'a Value);

impl<'a> Places<'a> {
    pub(super) fn operation(self, operation: &Operation) -> Pointer {
        let method = operation.method.key();
        let paths = Pointer::default().key("paths");
        let usual = paths.key(&operation.path).key(method);
        if operation.custom_method.is_none() && self.0.pointer(usual.as_str()).is_some() {
            return usual;
        }
        // Another method than those of OpenAPI 3.0, or a path of several documents: it has a key of its own.
        let items = self.0.get("paths").and_then(Value::as_object).into_iter().flatten();
        let found = items.into_iter().find(|(_, item)| holds_operation(item, operation));
        found.map_or(usual, |(key, _)| paths.key(key).key(method))
    }

    pub(super) fn body(self, operation: &Operation) -> Pointer {
        self.follow(&self.operation(operation).key("requestBody"))
    }

    pub(super) fn response(self, operation: &Operation, status: Status) -> Pointer {
        let responses = self.operation(operation).key("responses");
        let keys = match status {
            Status::Code(code) => vec![code.to_string()],
            Status::Range(class) => vec![format!("{class}XX"), format!("{class}xx")],
            Status::Default => vec!["default".to_owned()],
        };
        let known = keys.iter().map(|key| responses.key(key));
        match known.into_iter().find(|place| self.0.pointer(place.as_str()).is_some()) {
            Some(place) => self.follow(&place),
            None => responses,
        }
    }

    /// Where a parameter is described: in the operation, its path, or the components.
    pub(super) fn parameter(
        self,
        operation: &Operation,
        key: &str,
        style: ParameterStyle,
    ) -> Pointer {
        let own = self.operation(operation);
        let shared = Pointer::default().key("paths").key(&operation.path);
        let place = parameter_location(style);
        for list in [own.key("parameters"), shared.key("parameters")] {
            let listed = self.0.pointer(list.as_str()).and_then(Value::as_array);
            for index in 0..listed.map_or(0, Vec::len) {
                let found = self.follow(&list.index(index));
                let parameter = self.0.pointer(found.as_str());
                let says = |member: &str| parameter.and_then(|it| it.get(member)?.as_str());
                let same = match place {
                    "header" => says("name").is_some_and(|name| name.eq_ignore_ascii_case(key)),
                    _ => says("name") == Some(key),
                };
                if same && says("in") == Some(place) {
                    return found;
                }
            }
        }
        own
    }

    /// Where a member of the object at `schema` is described: there, or in what it builds on.
    pub(super) fn member(self, schema: &Pointer, key: &str) -> Option<Pointer> {
        self.find(schema, LONGEST_CHAIN, &|place, value| {
            value.get("properties")?.get(key).map(|_| place.key("properties").key(key))
        })
    }

    /// Where the values of the enumeration at `schema` are listed.
    pub(super) fn values(self, schema: &Pointer) -> Pointer {
        let found = self.find(schema, LONGEST_CHAIN, &|place, value| {
            value.get("enum").map(|_| place.key("enum"))
        });
        found.unwrap_or_else(|| schema.clone())
    }

    /// The value that a schema says is assumed, and where it stands; without one, where it would stand.
    pub(super) fn default(self, schema: &Pointer) -> (Pointer, Option<&'a Value>) {
        let found = self.find(schema, LONGEST_CHAIN, &|place, value| {
            value.get("default").map(|_| place.key("default"))
        });
        let value = found.as_ref().and_then(|found| self.0.pointer(found.as_str()));
        (found.unwrap_or_else(|| self.follow(schema)), value)
    }

    /// What an operation asks for: the requirements of its own, or those of all operations.
    pub(super) fn security(self, operation: &Operation) -> Pointer {
        let own = self.operation(operation).key("security");
        match self.0.pointer(own.as_str()) {
            Some(_) => own,
            None => Pointer::default().key("security"),
        }
    }

    /// Looks in a schema, then in those that it consists of.
    fn find(
        self,
        schema: &Pointer,
        left: usize,
        look: &impl Fn(&Pointer, &Value) -> Option<Pointer>,
    ) -> Option<Pointer> {
        let place = self.follow(schema);
        let value = self.0.pointer(place.as_str())?;
        if let Some(found) = look(&place, value) {
            return Some(found);
        }
        let parts = value.get("allOf").and_then(Value::as_array).map_or(0, Vec::len);
        let left = left.checked_sub(1)?;
        (0..parts).find_map(|index| self.find(&place.key("allOf").index(index), left, look))
    }

    /// The place that a reference leads to, if there is one.
    fn follow(self, place: &Pointer) -> Pointer {
        let mut place = place.clone();
        for _ in 0..LONGEST_CHAIN {
            let reference = self.0.pointer(place.as_str()).and_then(|it| it.get("$ref")?.as_str());
            let Some(target) = reference.and_then(|it| it.strip_prefix('#')) else { break };
            if self.0.pointer(target).is_none() {
                break;
            }
            place = Pointer::from_text(target);
        }
        place
    }
}

/// The part of a request that a parameter stands in, as a document's `in` says it.
pub(super) fn parameter_location(style: ParameterStyle) -> &'static str {
    match style {
        ParameterStyle::PathSimple { .. }
        | ParameterStyle::PathLabel { .. }
        | ParameterStyle::PathMatrix { .. }
        | ParameterStyle::PathJson => "path",
        ParameterStyle::Query { .. } => "query",
        ParameterStyle::Header { .. } | ParameterStyle::HeaderJson => "header",
        ParameterStyle::Cookie { .. } | ParameterStyle::CookieJson => "cookie",
    }
}

/// Whether a path item with a key of its own has an operation.
fn holds_operation(item: &Value, operation: &Operation) -> bool {
    let text = |key: &str| item.get(key).and_then(Value::as_str);
    text(OWN_PATH) == Some(&operation.path)
        && text(OWN_METHOD) == operation.custom_method.as_deref()
        && item.get(operation.method.key()).is_some()
}
