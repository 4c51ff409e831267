//! Operations: names, servers, and everything that stands in them.

use std::collections::HashSet;

use openapiv3::{Operation as DocumentOperation, PathItem, ReferenceOr};
use serde_json::Value;

use super::limits::entries_size;
use super::parameters::{Declared, location_number};
use super::scope::{Named, Scope};
use super::{Lowering, reserved, servers};
use crate::diagnostics::{Code, Pointer};
use crate::extensions::{OWN_METHOD, OWN_PATH, WEBHOOK};
use crate::model::{
    Doc, Errors, Method, Operation, Parameter, ParameterStyle, Response, Type, TypeName, ValueName,
};
use crate::names;

/// An operation and the tag that it is filed under.
pub(crate) struct Tagged {
    pub(crate) tag: Option<String>,
    /// The extension `x-pagination`.
    pub(crate) pagination: Option<Value>,
    /// Whether its response has a `Link` header.
    pub(crate) has_links: bool,
    pub(crate) operation: Operation,
    /// What the document says of failures; the operation's errors are settled once all are known.
    pub(crate) failures: Vec<Response>,
    /// Where it stands.
    pub(crate) pointer: Pointer,
}

/// What an operation is before its name is settled.
struct Found<'a> {
    path: &'a str,
    item: &'a PathItem,
    method: Method,
    /// A method that OpenAPI 3.0 does not have, in place of it.
    custom: Option<&'a str>,
    key: &'static str,
    operation: &'a DocumentOperation,
    /// Where the path item stands.
    place: Pointer,
    pointer: Pointer,
}

impl<'a> Lowering<'a, '_> {
    /// Every operation, in document order.
    pub(crate) fn lower_operations(&mut self) -> Vec<Tagged> {
        let mut found = Vec::new();
        let document = self.document;
        for (key, item) in &document.paths.paths {
            let pointer = Pointer::default().key("paths").key(key);
            match item {
                ReferenceOr::Item(item) if item.extensions.contains_key(WEBHOOK) => {}
                ReferenceOr::Item(item) => {
                    let text = |key: &str| item.extensions.get(key).and_then(Value::as_str);
                    // Where two documents have this path, or it has other methods, only one of them can be its key.
                    let path = text(OWN_PATH).unwrap_or(key);
                    let custom = text(OWN_METHOD);
                    found.extend(operations_of(item).map(|(method, key, operation)| Found {
                        path,
                        item,
                        method,
                        custom,
                        key,
                        operation,
                        place: pointer.clone(),
                        pointer: pointer.key(key),
                    }))
                }
                ReferenceOr::Reference { reference } => {
                    let message = format!(
                        "the operations of this path are defined elsewhere, in `{reference}`, and are omitted"
                    );
                    self.diagnostics.report(Code::OmittedOperation, &pointer, message);
                }
            }
        }
        let names = self.name_operations(&found);
        let types = self.name_requests(&found, &names);
        let named = found.into_iter().zip(names).zip(types);
        named
            .filter_map(|((found, name), type_name)| self.lower_operation(&found, name, type_name))
            .collect()
    }

    /// A method name for each operation: those that the document gives come first.
    fn name_operations(&mut self, found: &[Found<'_>]) -> Vec<ValueName> {
        let mut scope = Scope::reserving(reserved::CLIENT, "_operation");
        let mut names: Vec<Option<ValueName>> = vec![None; found.len()];
        let mut ids = HashSet::new();
        for derived in [false, true] {
            for (index, found) in found.iter().enumerate() {
                let id = found.operation.operation_id.as_deref();
                let usable = id.filter(|id| !names::value_name(id, "").0.is_empty());
                let extensions = &found.operation.extensions;
                let given = extensions.get("x-rust-name").and_then(Value::as_str).or(usable);
                if given.is_none() != derived {
                    continue;
                }
                let name = match given {
                    Some(given) if ids.insert(given) => {
                        let place = found.pointer.key("operationId");
                        let fallback = "operation";
                        let named = Named { kind: "method", text: given, fallback, place: &place };
                        scope.claim_value(named, self.diagnostics)
                    }
                    Some(given) => {
                        let name = scope.take_value(names::value_name(given, "operation"));
                        let message = format!(
                            "the name `{given}` is taken: the method is named `{}`",
                            name.0
                        );
                        let place = found.pointer.key("operationId");
                        self.diagnostics.report(Code::DuplicateOperationId, &place, message);
                        name
                    }
                    None => self.derive_name(found, &mut scope),
                };
                names[index] = Some(name);
            }
        }
        names.into_iter().flatten().collect()
    }

    /// A name from the HTTP method and the path.
    fn derive_name(&mut self, found: &Found<'_>, scope: &mut Scope) -> ValueName {
        let key = found.custom.map(str::to_ascii_lowercase);
        let text = format!("{} {}", key.as_deref().unwrap_or(found.key), found.path);
        let name = scope.take_value(names::value_name(&text, "operation"));
        match &found.operation.operation_id {
            Some(id) => {
                let message = format!(
                    "`{id}` has no letters to make a name of: the method is named `{}`",
                    name.0
                );
                let place = found.pointer.key("operationId");
                self.diagnostics.report(Code::InvalidOperationId, &place, message);
            }
            None => {
                let message = format!("no `operationId`: the method is named `{}`", name.0);
                self.diagnostics.report(Code::MissingOperationId, &found.pointer, message);
            }
        }
        name
    }

    /// A name for the type of each operation's request. All of them come first, so that no outcome or
    /// error takes one.
    fn name_requests(&mut self, found: &[Found<'_>], names: &[ValueName]) -> Vec<TypeName> {
        for name in names.iter().filter(|name| !name.0.contains('_')) {
            // The name of the operation's static, which has the constructors of the requests for
            // neighbours: `AB` is what both `ab` and `a_b` would be.
            self.operation_types.reserve(name.0.to_ascii_uppercase());
        }
        let named = found.iter().zip(names);
        named
            .map(|(found, name)| {
                let text = &name.0;
                let place = &found.pointer;
                let named = Named { kind: "request", text, fallback: "Operation", place };
                self.operation_types.claim_type(named, self.diagnostics)
            })
            .collect()
    }

    fn lower_operation(
        &mut self,
        found: &Found<'a>,
        name: ValueName,
        type_name: TypeName,
    ) -> Option<Tagged> {
        let operation = found.operation;
        let path_pointer = &found.place;
        let pointer = &found.pointer;
        if !self.write(entries_size([found.path]), pointer) {
            let message = "the operation is omitted: the schemas it refers to expand too far";
            self.diagnostics.report(Code::OmittedOperation, pointer, message);
            return None;
        }
        let hint = &type_name.0;
        let mut declared = self.lower_parameters(
            (&found.item.parameters, path_pointer.key("parameters")),
            (&operation.parameters, pointer.key("parameters")),
            hint,
        );
        self.match_path(found, &mut declared);
        let parameters = self.name_parameters(declared, found.path);
        let body = operation
            .request_body
            .as_ref()
            .and_then(|body| self.lower_body(body, &pointer.key("requestBody"), hint));
        let mut responses = self.lower_responses(
            &operation.responses,
            &pointer.key("responses"),
            hint,
            found.method,
            &parameters,
        );
        if let Some(body) = &operation.request_body {
            self.flag_streams(&mut responses.choices, body, &pointer.key("requestBody"));
        }
        let server = self.server_of(
            (&operation.servers, pointer.key("servers")),
            (&found.item.servers, path_pointer.key("servers")),
        );
        let security = self.lower_security(operation.security.as_deref(), pointer);
        Some(Tagged {
            tag: operation.tags.first().cloned(),
            pagination: operation.extensions.get("x-pagination").cloned(),
            has_links: self.has_links(operation),
            operation: Operation {
                doc: self.operation_doc(operation, found.item, pointer),
                deprecated: operation.deprecated,
                method: found.method,
                custom_method: found.custom.map(str::to_owned),
                path: found.path.to_owned(),
                name,
                type_name,
                server,
                security,
                parameters,
                body,
                accept: responses.accept,
                outcome: responses.outcome,
                choices: responses.choices,
                errors: Errors::Undocumented,
                error_docs: Vec::new(),
                describes_rest: responses.describes_rest,
                pagination: None,
                idempotent: operation.extensions.get("x-idempotent").and_then(Value::as_bool),
            },
            failures: responses.failures,
            pointer: found.pointer.clone(),
        })
    }

    pub(super) fn operation_doc(
        &mut self,
        operation: &DocumentOperation,
        item: &PathItem,
        pointer: &Pointer,
    ) -> Doc {
        let summary = operation.summary.as_deref().or(item.summary.as_deref()).unwrap_or_default();
        let description =
            operation.description.as_deref().or(item.description.as_deref()).unwrap_or_default();
        let description = if description.trim() == summary.trim() { "" } else { description };
        self.doc([summary, description], pointer)
    }

    /// Whether a response has a `Link` header (RFC 8288).
    fn has_links(&self, operation: &DocumentOperation) -> bool {
        operation.responses.responses.values().any(|response| {
            let response = match response {
                ReferenceOr::Item(response) => Some(response),
                ReferenceOr::Reference { reference } => self.shared_response(reference),
            };
            response.is_some_and(|response| {
                response.headers.keys().any(|name| name.eq_ignore_ascii_case("link"))
            })
        })
    }

    /// The response in `components` that a reference leads to at once.
    fn shared_response(&self, reference: &str) -> Option<&openapiv3::Response> {
        let name = reference.strip_prefix("#/components/responses/")?;
        self.document.components.as_ref()?.responses.get(name)?.as_item()
    }

    /// Makes the path's parameters those that the path has room for.
    fn match_path(&mut self, found: &Found<'_>, declared: &mut Vec<Declared>) {
        let wanted = servers::template_names(found.path);
        let in_path = |known: &&Declared| location_number(known.parameter.style) == 0;
        let known: HashSet<String> =
            declared.iter().filter(in_path).map(|known| known.parameter.key.clone()).collect();
        if found.path.matches('{').count() != found.path.matches('}').count() {
            let place = found.place.clone();
            let message = format!("unbalanced braces in `{}`", found.path);
            let finding = self.diagnostics.report(Code::InvalidPath, &place, message);
            finding.at_key().help("unmatched braces are sent as they are");
        }
        for key in &wanted {
            if !known.contains(*key) {
                let message =
                    format!("path parameter `{{{key}}}` is not declared: treated as a string");
                self.diagnostics.report(Code::UndeclaredPathParameter, &found.pointer, message);
                let parameter = Parameter {
                    name: ValueName((*key).to_owned()),
                    key: (*key).to_owned(),
                    doc: Doc::default(),
                    ty: Type::String,
                    required: true,
                    deprecated: false,
                    style: ParameterStyle::PathSimple { explode: false },
                    first: None,
                };
                declared.push(Declared { parameter, pointer: found.pointer.clone() });
            }
        }
        let wanted: HashSet<&str> = wanted.into_iter().collect();
        declared.retain(|Declared { parameter, .. }| {
            let fits =
                location_number(parameter.style) != 0 || wanted.contains(parameter.key.as_str());
            if !fits {
                let message =
                    format!("the path has no `{{{}}}`: this parameter is ignored", parameter.key);
                self.diagnostics.report(Code::UnusedPathParameter, &found.pointer, message);
            }
            fits
        });
    }
}

pub(super) fn operations_of(
    item: &PathItem,
) -> impl Iterator<Item = (Method, &'static str, &DocumentOperation)> {
    [
        (Method::Get, "get", &item.get),
        (Method::Put, "put", &item.put),
        (Method::Post, "post", &item.post),
        (Method::Delete, "delete", &item.delete),
        (Method::Options, "options", &item.options),
        (Method::Head, "head", &item.head),
        (Method::Patch, "patch", &item.patch),
        (Method::Trace, "trace", &item.trace),
    ]
    .into_iter()
    .filter_map(|(method, key, operation)| Some((method, key, operation.as_ref()?)))
}
