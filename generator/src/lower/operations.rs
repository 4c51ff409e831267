//! Operations: names, servers, and everything that stands in them.

use openapiv3::{Operation as DocumentOperation, PathItem, ReferenceOr};
use serde_json::Value;

use super::names::{self, Scope};
use super::parameters::place;
use super::{Lowering, prose, servers};
use crate::diagnostics::{Code, Pointer};
use crate::model::{Doc, Method, Operation, Parameter, ParameterStyle, Type, TypeName, ValueName};

/// Names that an operation's optional parameters cannot have: the request's own methods, and the body.
const REQUEST_METHODS: &[&str] = &[
    "at",
    "body",
    "decode",
    "header",
    "into_future",
    "into_request",
    "pages",
    "send",
    "stream",
    "timeout",
];

/// Methods of the client itself.
const CLIENT_METHODS: &[&str] = &["builder", "call", "clone", "new"];

/// An operation and the tag that it is filed under.
pub(crate) struct Tagged {
    pub(crate) tag: Option<String>,
    /// The extension `x-pagination`.
    pub(crate) pagination: Option<Value>,
    pub(crate) operation: Operation,
}

/// What an operation is before its name is settled.
struct Found<'a> {
    path: &'a str,
    item: &'a PathItem,
    method: Method,
    key: &'static str,
    operation: &'a DocumentOperation,
    pointer: Pointer,
}

impl<'a> Lowering<'a, '_> {
    /// Every operation, in document order.
    pub(crate) fn lower_operations(&mut self) -> Vec<Tagged> {
        let mut found = Vec::new();
        let document = self.document;
        for (path, item) in &document.paths.paths {
            let pointer = Pointer::default().key("paths").key(path);
            match item {
                ReferenceOr::Item(item) => {
                    found.extend(methods(item).map(|(method, key, operation)| Found {
                        path,
                        item,
                        method,
                        key,
                        operation,
                        pointer: pointer.key(key),
                    }))
                }
                ReferenceOr::Reference { reference } => {
                    let message = format!(
                        "the operations of this path stand elsewhere, in `{reference}`, and are left out"
                    );
                    self.diagnostics.report(Code::OmittedOperation, &pointer, message);
                }
            }
        }
        let names = self.name_operations(&found);
        // All of them first, so that no outcome or error takes an operation's name.
        let types: Vec<TypeName> = names
            .iter()
            .map(|name| self.operation_types.take_type(names::type_name(&name.0, "Operation")))
            .collect();
        let named = found.into_iter().zip(names).zip(types);
        named
            .map(|((found, name), type_name)| self.lower_operation(&found, name, type_name))
            .collect()
    }

    /// A method name for each operation: those that the document gives come first.
    fn name_operations(&mut self, found: &[Found<'_>]) -> Vec<ValueName> {
        let mut scope = Scope::with(CLIENT_METHODS);
        let mut names: Vec<Option<ValueName>> = vec![None; found.len()];
        for derived in [false, true] {
            for (index, found) in found.iter().enumerate() {
                let id = found
                    .operation
                    .operation_id
                    .as_deref()
                    .filter(|id| names::value_name(id, "") != ValueName(String::new()));
                let given =
                    found.operation.extensions.get("x-rust-name").and_then(Value::as_str).or(id);
                if given.is_none() != derived {
                    continue;
                }
                let wanted = match given {
                    Some(given) => names::value_name(given, "operation"),
                    None => {
                        names::value_name(&format!("{} {}", found.key, found.path), "operation")
                    }
                };
                let name = scope.take_value(wanted.clone());
                self.report_name(found, given, &wanted, &name);
                names[index] = Some(name);
            }
        }
        names.into_iter().flatten().collect()
    }

    fn report_name(
        &mut self,
        found: &Found<'_>,
        given: Option<&str>,
        wanted: &ValueName,
        name: &ValueName,
    ) {
        match given {
            None => {
                let message = format!("no `operationId`: the method is called `{}`", name.0);
                self.diagnostics.report(Code::MissingOperationId, &found.pointer, message);
            }
            Some(given) if name != wanted => {
                let message = format!("`{given}` is taken: the method is called `{}`", name.0);
                self.diagnostics.report(
                    Code::DuplicateOperationId,
                    &found.pointer.key("operationId"),
                    message,
                );
            }
            Some(_) => {}
        }
    }

    fn lower_operation(
        &mut self,
        found: &Found<'a>,
        name: ValueName,
        type_name: TypeName,
    ) -> Tagged {
        let operation = found.operation;
        let path_pointer = Pointer::default().key("paths").key(found.path);
        let pointer = &found.pointer;
        let hint = &type_name.0;
        let mut parameters = self.lower_parameters(
            (&found.item.parameters, path_pointer.key("parameters")),
            (&operation.parameters, pointer.key("parameters")),
            hint,
        );
        self.match_path(found, &mut parameters);
        self.name_parameters(&mut parameters, found.path, REQUEST_METHODS);
        let body = operation
            .request_body
            .as_ref()
            .and_then(|body| self.lower_body(body, &pointer.key("requestBody"), hint));
        let (outcome, errors) = self.lower_responses(
            &operation.responses,
            &pointer.key("responses"),
            hint,
            found.method,
        );
        let server = self.server_of(
            (&operation.servers, pointer.key("servers")),
            (&found.item.servers, path_pointer.key("servers")),
        );
        let security = self.lower_security(operation.security.as_deref(), pointer);
        Tagged {
            tag: operation.tags.first().cloned(),
            pagination: operation.extensions.get("x-pagination").cloned(),
            operation: Operation {
                doc: operation_doc(operation, found.item),
                deprecated: operation.deprecated,
                method: found.method,
                path: found.path.to_owned(),
                name,
                type_name,
                server,
                security,
                parameters,
                body,
                outcome,
                errors,
                pagination: None,
            },
        }
    }

    /// Makes the path's parameters those that the path has room for.
    fn match_path(&mut self, found: &Found<'_>, parameters: &mut Vec<Parameter>) {
        let wanted = servers::templates(found.path);
        if found.path.matches('{').count() != found.path.matches('}').count() {
            let place = Pointer::default().key("paths").key(found.path);
            let message = format!("the braces of `{}` do not pair", found.path);
            let finding = self.diagnostics.report(Code::InvalidPath, &place, message);
            finding.at_key().help("those without a partner are sent as they are");
        }
        for key in &wanted {
            if !parameters.iter().any(|known| known.key == *key && place(known.style) == 0) {
                let message =
                    format!("the path's `{{{key}}}` is not declared: it is taken for a string");
                self.diagnostics.report(Code::UndeclaredPathParameter, &found.pointer, message);
                parameters.push(Parameter {
                    name: names::value_name(key, "value"),
                    key: (*key).to_owned(),
                    doc: Doc::default(),
                    ty: Type::String,
                    required: true,
                    deprecated: false,
                    style: ParameterStyle::PathSimple { explode: false },
                });
            }
        }
        parameters.retain(|parameter| {
            let fits = place(parameter.style) != 0 || wanted.contains(&parameter.key.as_str());
            if !fits {
                let message =
                    format!("the path has no `{{{}}}`: the parameter is left out", parameter.key);
                self.diagnostics.report(Code::UnusedPathParameter, &found.pointer, message);
            }
            fits
        });
    }
}

fn operation_doc(operation: &DocumentOperation, item: &PathItem) -> Doc {
    let summary = operation.summary.as_deref().or(item.summary.as_deref()).unwrap_or_default();
    let description =
        operation.description.as_deref().or(item.description.as_deref()).unwrap_or_default();
    let description = if description.trim() == summary.trim() { "" } else { description };
    prose::doc([summary, description])
}

fn methods(item: &PathItem) -> impl Iterator<Item = (Method, &'static str, &DocumentOperation)> {
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
