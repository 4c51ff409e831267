//! What operations give when they fail: each shape of it is one type, however many operations have it.

mod merged;

use std::collections::HashMap;

use super::Lowering;
use super::operations::Tagged;
use super::responses::rename_duplicates;
use super::scope::Named;
use crate::model::{
    Doc, Errors, Payload, Response, SharedErrors, Status, Type, TypeDefinition, TypeName, Webhooks,
};
use crate::names;

impl Lowering<'_, '_> {
    /// Settles the errors of every operation; gives the enums that several operations have.
    pub(crate) fn settle_errors(
        &mut self,
        operations: &mut [Tagged],
        webhooks: &Webhooks,
        types: &mut Vec<TypeDefinition>,
    ) -> SharedErrors {
        self.merge_error_types(operations, webhooks, types);
        let mut shapes: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, tagged) in operations.iter_mut().enumerate() {
            match common_errors(&tagged.failures) {
                Some(errors) => tagged.operation.errors = errors,
                None => {
                    shapes.entry(shape_text(&tagged.failures)).or_default().push(at);
                    // The operation's own name, whatever other operations there are.
                    let name = self.name_errors(tagged);
                    tagged.operation.errors =
                        Errors::Several(name, error_variants(&tagged.failures));
                }
            }
        }
        let mut users: Vec<Vec<usize>> = shapes.into_values().collect();
        users.sort();
        let mut shared = SharedErrors::default();
        for users in users.into_iter().filter(|users| users.len() > 1) {
            self.share_errors(&users, operations, &mut shared);
        }
        for Tagged { operation, failures, .. } in operations {
            operation.error_docs =
                failures.iter().map(|error| (error.status, error.doc.clone())).collect();
        }
        shared
    }

    fn name_errors(&mut self, tagged: &Tagged) -> TypeName {
        let text = &tagged.operation.type_name.0;
        let named = Named { kind: "error of", text, fallback: "Error", place: &tagged.pointer };
        let wanted = TypeName(format!("{text}Error"));
        self.operation_types.claim_derived(wanted, named, self.diagnostics)
    }

    /// Makes one enum of those of several operations, whose own names stay for it.
    fn share_errors(&mut self, users: &[usize], operations: &[Tagged], shared: &mut SharedErrors) {
        let Some(&first) = users.first() else { return };
        let mut responses = error_variants(&operations[first].failures);
        let name = self.operation_types.take_type(shared_name(&responses));
        for (at, response) in responses.iter_mut().enumerate() {
            let doc = |user: &usize| Some(&operations[*user].failures.get(at)?.doc);
            if users.iter().any(|user| doc(user) != Some(&response.doc)) {
                response.doc = Doc::default();
            }
        }
        for user in users {
            if let Errors::Several(own, _) = &operations[*user].operation.errors {
                shared.aliases.insert(own.clone(), name.clone());
            }
        }
        shared.enums.insert(name, responses);
    }
}

/// What the responses of failure have in common, if they do not differ in their bodies.
fn common_errors(failures: &[Response]) -> Option<Errors> {
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
fn shape_text(failures: &[Response]) -> String {
    let all: Vec<(Status, &Payload)> =
        failures.iter().map(|error| (error.status, &error.payload)).collect();
    format!("{all:?}")
}

/// The variants of an enum of errors. Only JSON and text are looked into; of anything else the bytes
/// are in the response.
fn error_variants(failures: &[Response]) -> Vec<Response> {
    let mut responses = rename_duplicates(failures.to_vec());
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
