//! What operations give when they fail: each shape of it is one type, however many operations have it.

mod merged;

use std::collections::{BTreeMap, HashMap};

use super::Lowering;
use super::names::{self, Named};
use super::operations::Tagged;
use super::responses::distinct;
use crate::model::{
    Doc, Errors, Payload, Response, Status, Type, TypeDefinition, TypeName, Webhooks,
};

impl Lowering<'_, '_> {
    /// Settles the errors of every operation; gives the enums that several operations have.
    pub(crate) fn settle_errors(
        &mut self,
        operations: &mut [Tagged],
        webhooks: &Webhooks,
        types: &mut Vec<TypeDefinition>,
    ) -> BTreeMap<TypeName, Vec<Response>> {
        self.merge_error_types(operations, webhooks, types);
        let mut shapes: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, tagged) in operations.iter_mut().enumerate() {
            match common(&tagged.failures) {
                Some(errors) => tagged.operation.errors = errors,
                None => shapes.entry(shape(&tagged.failures)).or_default().push(at),
            }
        }
        let mut users: Vec<Vec<usize>> = shapes.into_values().collect();
        users.sort();
        let mut shared = BTreeMap::new();
        for users in users {
            let Some(&first) = users.first() else { continue };
            let first = &operations[first];
            let mut responses = enumerated(&first.failures);
            let text = &first.operation.type_name.0;
            let alone = users.len() == 1;
            let wanted =
                if alone { TypeName(format!("{text}Error")) } else { shared_name(&responses) };
            let named = Named { kind: "error of", text, fallback: "Error", place: &first.pointer };
            let name = self.operation_types.claim_derived(wanted, named, self.diagnostics);
            if !alone {
                for (at, response) in responses.iter_mut().enumerate() {
                    let doc = |user: &usize| Some(&operations[*user].failures.get(at)?.doc);
                    if users.iter().any(|user| doc(user) != Some(&response.doc)) {
                        response.doc = Doc::default();
                    }
                }
                shared.insert(name.clone(), responses.clone());
            }
            for user in users {
                operations[user].operation.errors =
                    Errors::Several(name.clone(), responses.clone());
            }
        }
        for Tagged { operation, failures, .. } in operations {
            operation.error_docs =
                failures.iter().map(|error| (error.status, error.doc.clone())).collect();
        }
        shared
    }
}

/// What the answers of failure have in common, if they do not differ in their bodies.
fn common(failures: &[Response]) -> Option<Errors> {
    let mut bodies =
        failures.iter().map(|error| &error.payload).filter(|body| **body != Payload::Empty);
    let Some(first) = bodies.next() else { return Some(Errors::Undocumented) };
    bodies.all(|body| body == first).then(|| match first {
        Payload::Json(Type::Json) => Errors::Undocumented,
        Payload::Json(ty) => Errors::One(ty.clone()),
        _ => Errors::Undocumented,
    })
}

/// A text that is the same for equal shapes only.
fn shape(failures: &[Response]) -> String {
    let all: Vec<(Status, &Payload)> =
        failures.iter().map(|error| (error.status, &error.payload)).collect();
    format!("{all:?}")
}

/// The variants of an enum of errors. Only JSON and text are looked into; of anything else the bytes
/// are in the answer.
fn enumerated(failures: &[Response]) -> Vec<Response> {
    let mut responses = distinct(failures.to_vec());
    for response in &mut responses {
        if response.payload.is_stream() {
            response.payload = Payload::Empty;
        }
    }
    responses
}

/// A name that says which statuses an enum is for: that of one operation would not fit the others.
fn shared_name(responses: &[Response]) -> TypeName {
    let statuses: Vec<String> = responses
        .iter()
        .map(|response| match response.status {
            Status::Code(code) => code.to_string(),
            Status::Range(class) => format!("{class}xx"),
            Status::Default => "Other".to_owned(),
        })
        .collect();
    names::type_name(&format!("Error{}", statuses.join("Or")), "Error")
}
