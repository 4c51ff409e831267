//! Path items that `openapiv3` has no place for become path items under `paths`, each with extensions of our own:
//!
//! - `x-webhook: NAME`: a webhook, or a callback of an operation;
//! - `x-own-path: PATH` and `x-method: METHOD`: an operation with another method than those of OpenAPI 3.0. It
//!   stands under `post`.

use serde_json::{Map, Value};

use crate::diagnostics::{Code, Diagnostics, Edit, Pointer};
use crate::extensions::{OWN_METHOD, OWN_PATH, WEBHOOK};
use crate::prose;

/// The methods of OpenAPI 3.0.
const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Puts all path items of a document under `paths`, where `openapiv3` sees them.
pub(super) fn gather_path_items(document: &mut Value, diagnostics: &mut Diagnostics) {
    let Some(document) = document.as_object_mut() else { return };
    let webhooks = document.shift_remove("webhooks");
    if let Some(Value::Object(components)) = document.get_mut("components") {
        for section in ["pathItems", "callbacks", "mediaTypes"] {
            components.shift_remove(section);
        }
    }
    let Some(Value::Object(paths)) = document.get_mut("paths") else { return };
    let mut gathered = Gathered { diagnostics, paths: Map::new(), callbacks: Vec::new() };
    for (path, mut item) in std::mem::take(paths) {
        let place = Pointer::default().key("paths").key(&path);
        gathered.take_callbacks(&mut item, &place);
        let others = gathered.other_methods(&path, &mut item, &place);
        gathered.paths.insert(path, item);
        gathered.paths.extend(others);
    }
    if let Some(Value::Object(webhooks)) = webhooks {
        for (name, mut item) in webhooks.into_iter().filter(|(name, _)| !name.starts_with("x-")) {
            let place = Pointer::default().key("webhooks").key(&name);
            gathered.take_callbacks(&mut item, &place);
            gathered.add_webhook(&name, item, place);
        }
    }
    for (name, item, place) in std::mem::take(&mut gathered.callbacks) {
        gathered.add_webhook(&name, item, place);
    }
    *paths = gathered.paths;
}

struct Gathered<'d> {
    diagnostics: &'d mut Diagnostics,
    paths: Map<String, Value>,
    callbacks: Vec<(String, Value, Pointer)>,
}

impl Gathered<'_> {
    fn add_webhook(&mut self, name: &str, mut item: Value, from: Pointer) {
        let Some(members) = item.as_object_mut() else { return };
        let own = members.get(OWN_PATH).and_then(Value::as_str).unwrap_or(name).to_owned();
        members.insert(WEBHOOK.to_owned(), own.into());
        let mut path = format!("/x-webhooks/{name}");
        let mut number = 2;
        while let Some(known) = self.paths.get(&path) {
            if *known == item {
                return;
            }
            path = format!("/x-webhooks/{name}#{number}");
            number += 1;
        }
        let to = Pointer::default().key("paths").key(&path);
        self.diagnostics.edited(Edit::FromDocument { to, from });
        self.paths.insert(path, item);
    }

    fn take_callbacks(&mut self, item: &mut Value, place: &Pointer) {
        let Some(members) = item.as_object_mut() else { return };
        let additional = members
            .get_mut("additionalOperations")
            .and_then(Value::as_object_mut)
            .map(|operations| operations.iter_mut().collect::<Vec<_>>());
        for (method, operation) in additional.into_iter().flatten() {
            let place = place.key("additionalOperations").key(method);
            take_callbacks_of(operation, &place, &mut self.callbacks);
        }
        for (method, operation) in members.iter_mut() {
            if METHODS.contains(&method.as_str()) || method == "query" {
                take_callbacks_of(operation, &place.key(method), &mut self.callbacks);
            }
        }
    }

    /// The operations with other methods, each as a path item of its own.
    fn other_methods(
        &mut self,
        path: &str,
        item: &mut Value,
        place: &Pointer,
    ) -> Vec<(String, Value)> {
        let Some(members) = item.as_object_mut() else { return Vec::new() };
        let mut others: Vec<(String, Value, Pointer)> = Vec::new();
        if let Some(operation) = members.shift_remove("query") {
            others.push(("QUERY".to_owned(), operation, place.key("query")));
        }
        if let Some(Value::Object(operations)) = members.shift_remove("additionalOperations") {
            let place = place.key("additionalOperations");
            for (method, operation) in operations {
                let place = place.key(&method);
                if is_token(&method) {
                    others.push((method, operation, place));
                } else {
                    let message = format!("{} is not an HTTP method", prose::code_span(&method));
                    self.diagnostics.report(Code::OmittedOperation, &place, message);
                }
            }
        }
        let shared = members.iter().filter(|(key, _)| !METHODS.contains(&key.as_str()));
        let shared: Map<String, Value> =
            shared.map(|(key, value)| (key.clone(), value.clone())).collect();
        let mut items = Vec::new();
        for (method, operation, from) in others {
            let key = format!("{path}#{method}");
            let to = Pointer::default().key("paths").key(&key);
            let edit = Edit::FromDocument { to: to.clone(), from: place.clone() };
            self.diagnostics.edited(edit);
            self.diagnostics.edited(Edit::FromDocument { to: to.key("post"), from });
            let mut item = shared.clone();
            item.entry(OWN_PATH).or_insert_with(|| path.into());
            item.insert(OWN_METHOD.to_owned(), method.into());
            item.insert("post".to_owned(), operation);
            items.push((key, Value::Object(item)));
        }
        items
    }
}

/// Whether a text can be a method (RFC 9110, section 5.6.2).
fn is_token(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_part)
}

fn take_callbacks_of(
    operation: &mut Value,
    place: &Pointer,
    found: &mut Vec<(String, Value, Pointer)>,
) {
    let Some(members) = operation.as_object_mut() else { return };
    let Some(Value::Object(callbacks)) = members.shift_remove("callbacks") else { return };
    for (name, callback) in callbacks {
        let place = place.key("callbacks").key(&name);
        let Value::Object(callback) = callback else { continue };
        for (expression, mut item) in callback {
            let place = place.key(&expression);
            // What a callback calls back is beyond what anybody describes.
            item.as_object_mut().into_iter().flat_map(Map::values_mut).for_each(|operation| {
                operation.as_object_mut().map(|operation| operation.shift_remove("callbacks"));
            });
            found.push((name.clone(), item, place));
        }
    }
}
