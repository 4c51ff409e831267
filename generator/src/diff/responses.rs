//! Responses.

use std::collections::{BTreeMap, BTreeSet};

use super::place::Places;
use super::relation::Relation;
use super::service::service_subject;
use super::types::describe_change;
use super::verdict::Usage;
use super::{Compared, Rule, Subject, code_span};
use crate::diagnostics::Pointer;
use crate::emit;
use crate::model::{
    Errors, HeaderField, HeaderType, Operation, Outcome, Payload, Response, Status, Type,
};

impl<'a> Compared<'a> {
    pub(super) fn responses(&mut self, owner: &Subject, old: &'a Operation, new: &'a Operation) {
        let mut owner = owner.clone();
        owner.reached.usage = Usage::RECEIVED;
        self.outcome(&owner, (old, &old.outcome), (new, &new.outcome));
        for choice in &old.choices {
            let media = code_span(&choice.media_type);
            match new.choices.iter().find(|other| other.media_type == choice.media_type) {
                Some(other) => self.outcome(&owner, (old, &choice.outcome), (new, &other.outcome)),
                None => {
                    let message = format!("the response can no longer be {media}");
                    self.report(Rule::ResponseChoiceRemoved, &responses_subject(&owner), message);
                }
            }
        }
        for choice in &new.choices {
            if old.choices.iter().all(|other| other.media_type != choice.media_type) {
                let message = format!("the response can also be {}", code_span(&choice.media_type));
                self.report(Rule::ResponseChoiceAdded, &responses_subject(&owner), message);
            }
        }
        if accepted_media_types(&old.accept) != accepted_media_types(&new.accept)
            && !is_empty(&old.outcome)
            && !is_empty(&new.outcome)
        {
            let one = code_span(&old.accept);
            let other = code_span(&new.accept);
            let message = format!("the operation requested {one} and now requests {other}");
            self.report(Rule::ResponseMediaTypeChanged, &responses_subject(&owner), message);
        }
        self.errors(&owner, old, new);
    }

    /// What an operation gives in one of the media types that it can be asked for.
    fn outcome(
        &mut self,
        owner: &Subject,
        old: (&'a Operation, &'a Outcome),
        new: (&'a Operation, &'a Outcome),
    ) {
        match (old.1, new.1) {
            (Outcome::One(one), Outcome::One(other)) => {
                let subject =
                    self.response_subject(owner, (old.0, one.status), (new.0, other.status));
                if one.status != other.status {
                    let message =
                        format!("the response now has the status {}", status_text(other.status));
                    self.report(Rule::ResponseStatusChanged, &subject, message);
                }
                self.payload(&subject, "the response", &one.payload, &other.payload);
                self.docs(&subject, "the response", &one.doc, &other.doc);
            }
            (Outcome::Several(_, one), Outcome::Several(_, other)) => {
                let rules = [Rule::ResponseStatusAdded, Rule::ResponseStatusRemoved];
                self.compare_responses(owner, (old.0, one), (new.0, other), rules);
            }
            (Outcome::One(_), Outcome::Several(..)) => {
                let message = "the operation now returns a type of its own";
                self.report(Rule::ResponseBecameSeveral, &responses_subject(owner), message);
            }
            (Outcome::Several(..), Outcome::One(_)) => {
                let message = "the operation no longer returns a type of its own";
                self.report(Rule::ResponseBecameOne, &responses_subject(owner), message);
            }
        }
    }

    fn response_subject(
        &self,
        owner: &Subject,
        old: (&Operation, Status),
        new: (&Operation, Status),
    ) -> Subject {
        let place = |places: Places<'_>, (operation, status)| places.response(operation, status);
        Subject {
            old: place(self.old.places, old),
            new: place(self.new.places, new),
            ..owner.clone()
        }
    }

    fn errors(&mut self, owner: &Subject, old: &'a Operation, new: &'a Operation) {
        let subject = responses_subject(owner);
        if old.describes_rest != new.describes_rest {
            let message =
                "errors with a status that the document does not list are read differently";
            self.report(Rule::ErrorRestChanged, &subject, message);
        }
        match (&old.errors, &new.errors) {
            (Errors::Undocumented, Errors::Undocumented) => {}
            (Errors::One(one), Errors::One(other)) => {
                if self.relations().of(one, other) != Relation::Same {
                    let message = format!("the error body {}", describe_change(one, other));
                    self.report(Rule::ErrorTypeChanged, &subject, message);
                }
            }
            (Errors::Several(old_name, one), Errors::Several(new_name, other)) => {
                // It is named after the operation, which has its own finding where it is renamed.
                if old.type_name == new.type_name && old_name != new_name {
                    let message = format!("`{}` is called `{}`", old_name.0, new_name.0);
                    self.report(Rule::ErrorTypeChanged, &subject, message);
                }
                let rules = [Rule::ErrorStatusAdded, Rule::ErrorStatusRemoved];
                self.compare_responses(owner, (old, one), (new, other), rules);
            }
            (one, other) => {
                let message = format!(
                    "the error body was {} and is {}",
                    error_body_name(one),
                    error_body_name(other)
                );
                self.report(Rule::ErrorTypeChanged, &subject, message);
            }
        }
    }

    /// The enums of errors that several operations have. Names that are an operation's own are
    /// reported with it.
    pub(super) fn shared_errors(&mut self) {
        let subject = service_subject("operations", &Pointer::default().key("paths"));
        let old = &self.old.api.shared_errors.enums;
        let new = &self.new.api.shared_errors.enums;
        for name in old.keys().filter(|name| !new.contains_key(*name)) {
            let message = format!("the shared error type `operations::{}` was removed", name.0);
            self.report(Rule::SharedErrorRemoved, &subject, message);
        }
        for name in new.keys().filter(|name| !old.contains_key(*name)) {
            let message = format!("the shared error type `operations::{}` is new", name.0);
            self.report(Rule::SharedErrorAdded, &subject, message);
        }
    }

    /// Responses by their status.
    fn compare_responses(
        &mut self,
        owner: &Subject,
        old: (&'a Operation, &'a [Response]),
        new: (&'a Operation, &'a [Response]),
        rules: [Rule; 2],
    ) {
        let known: BTreeMap<Status, &Response> =
            new.1.iter().map(|response| (response.status, response)).collect();
        // A struct of headers is no enumeration of one variant.
        let alone = |responses: &[Response]| responses.len() == 1;
        if rules[0] == Rule::ResponseStatusAdded && alone(old.1) != alone(new.1) {
            let rule = match alone(old.1) {
                true => Rule::ResponseBecameSeveral,
                false => Rule::ResponseBecameOne,
            };
            self.report(rule, &responses_subject(owner), "the number of success responses changed");
            return;
        }
        let clone = (emit::are_responses_clone(old.1), emit::are_responses_clone(new.1));
        self.clone_derived(&responses_subject(owner), "the enum of responses", clone);
        for response in old.1 {
            let status = status_text(response.status);
            match known.get(&response.status) {
                Some(other) => {
                    let subject = self.response_subject(
                        owner,
                        (old.0, response.status),
                        (new.0, other.status),
                    );
                    let what = format!("the response {status}");
                    self.payload(&subject, &what, &response.payload, &other.payload);
                    let alone = alone(old.1) && rules[0] == Rule::ResponseStatusAdded;
                    self.headers(&subject, &response.headers, &other.headers, alone);
                    self.docs(&subject, &what, &response.doc, &other.doc);
                }
                None => {
                    let subject = responses_subject(owner);
                    self.report(rules[1], &subject, format!("the response {status} was removed"));
                }
            }
        }
        for response in new.1 {
            if !old.1.iter().any(|known| known.status == response.status) {
                let message = format!("the response {} is new", status_text(response.status));
                self.report(rules[0], &responses_subject(owner), message);
            }
        }
    }

    fn payload(&mut self, subject: &Subject, what: &str, old: &'a Payload, new: &'a Payload) {
        if *old == Payload::Empty && *new != Payload::Empty {
            let message = format!("{what} had no body and is {}", payload_name(new));
            self.report(Rule::ResponseBodyAdded, subject, message);
            return;
        }
        let relation = match (old.ty(), new.ty()) {
            _ if payload_form(old) != payload_form(new) => Relation::Different,
            (Some(one), Some(other)) => self.relations().of(one, other),
            _ => Relation::Same,
        };
        let rule = match relation {
            Relation::Same => return,
            Relation::Rewrapped => Rule::ResponseTypeRenamed,
            _ => Rule::ResponseTypeChanged,
        };
        self.report(
            rule,
            subject,
            format!("{what} was {} and is {}", payload_name(old), payload_name(new)),
        );
    }

    /// `alone`: whether they are the fields of a struct, and not of a variant.
    fn headers(
        &mut self,
        subject: &Subject,
        old: &[HeaderField],
        new: &[HeaderField],
        alone: bool,
    ) {
        let old_names = list_headers(old);
        let new_names = list_headers(new);
        if !alone && old_names != new_names {
            let message = format!("its headers were {old_names} and are {new_names}");
            self.report(Rule::ResponseVariantChanged, subject, message);
            return;
        }
        for header in old {
            let what = format!("the header {}", code_span(&header.key));
            match new.iter().find(|other| other.key == header.key) {
                Some(other) if (&other.ty, &other.name) != (&header.ty, &header.name) => {
                    let message = format!(
                        "{what} was {} and is {}",
                        code_span(&header_field(header)),
                        code_span(&header_field(other))
                    );
                    self.report(Rule::ResponseHeaderChanged, subject, message);
                }
                Some(other) => self.docs(subject, &what, &header.doc, &other.doc),
                None => {
                    self.report(
                        Rule::ResponseHeaderRemoved,
                        subject,
                        format!("{what} was removed"),
                    );
                }
            }
        }
        for header in new {
            if !old.iter().any(|other| other.key == header.key) {
                let message = format!("the header {} is new", code_span(&header.key));
                self.report(Rule::ResponseHeaderAdded, subject, message);
            }
        }
    }
}

/// All responses of an operation.
fn responses_subject(owner: &Subject) -> Subject {
    let all = |place: &Pointer| place.key("responses");
    Subject { old: all(&owner.old), new: all(&owner.new), ..owner.clone() }
}

fn status_text(status: Status) -> String {
    match status {
        Status::Code(code) => code.to_string(),
        Status::Range(class) => format!("{class}XX"),
        Status::Default => "`default`".to_owned(),
    }
}

/// The field of a header, as it stands in the emitted crate: `limit: u64`.
pub(super) fn header_field(header: &HeaderField) -> String {
    let ty = match &header.ty {
        HeaderType::Value(ty) => emit::type_path(ty),
        HeaderType::RetryAfter => "RetryAfter".to_owned(),
    };
    format!("{}: {ty}", header.name.0)
}

/// The media types of an `Accept` header, whose order says nothing.
fn accepted_media_types(header: &str) -> BTreeSet<&str> {
    header.split(',').map(str::trim).collect()
}

/// What a body is, whatever its type.
pub(super) fn payload_form(payload: &Payload) -> &'static str {
    match payload {
        Payload::Empty => "empty",
        Payload::Json(_) => "JSON",
        Payload::Text => "text",
        Payload::Stream => "a stream of bytes",
        Payload::Events => "a stream of events",
        Payload::EventStream { whole: true, .. } => "a stream of typed events",
        Payload::EventStream { whole: false, .. } => "a stream of the events' data",
        Payload::JsonLines { records: true, .. } => "a sequence of JSON texts",
        Payload::JsonLines { records: false, .. } => "a stream of JSON lines",
    }
}

fn payload_name(payload: &Payload) -> String {
    match (payload, payload.ty()) {
        (Payload::Json(_), Some(ty)) => code_span(&emit::type_path(ty)),
        (_, Some(ty)) => format!("{} ({})", payload_form(payload), code_span(&emit::type_path(ty))),
        (_, None) => payload_form(payload).to_owned(),
    }
}

fn error_body_name(errors: &Errors) -> String {
    let written = |ty: &Type| code_span(&emit::type_path(ty));
    match errors {
        Errors::One(ty) => written(ty),
        Errors::Several(name, _) => code_span(&name.0),
        Errors::Undocumented => written(&Type::Json),
    }
}

/// Whether an operation gives nothing.
fn is_empty(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::One(response) => response.payload == Payload::Empty,
        Outcome::Several(..) => false,
    }
}

/// The names of headers, in their order.
fn list_headers(headers: &[HeaderField]) -> String {
    let mut names: Vec<&str> = headers.iter().map(|header| &*header.name.0).collect();
    names.sort_unstable();
    match names.is_empty() {
        true => "none".to_owned(),
        false => code_span(&names.join(", ")),
    }
}
