//! Operations.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::side::{Reached, Side};
use super::verdict::Usage;
use super::{Compared, Rule, Subject, code_span};
use crate::diagnostics::Pointer;
use crate::emit;
use crate::model::{Operation, ValueName};

type Known<'a> = (&'a Operation, Option<&'a ValueName>);

impl<'a> Compared<'a> {
    pub(super) fn operations(&mut self) {
        let pairs = self.pairs;
        let kept: HashSet<usize> = pairs.operations.iter().map(|(old, _)| *old).collect();
        let taken: HashSet<usize> = pairs.operations.iter().map(|(_, new)| *new).collect();
        let known: HashMap<String, usize> = (0..self.new.operations.len())
            .map(|at| (item_path(self.new.operations[at]), at))
            .collect();
        for (at, operation) in self.old.operations.iter().enumerate() {
            if !kept.contains(&at) {
                let subject = self.alone(self.old, *operation, at);
                let message =
                    format!("the operation {} was removed", code_span(&self.old.labels[at]));
                self.report(Rule::OperationRemoved, &subject, message);
            }
        }
        for (at, operation) in self.new.operations.iter().enumerate() {
            if !taken.contains(&at) {
                let subject = self.alone(self.new, *operation, at);
                let message = format!("the operation {} is new", code_span(&self.new.labels[at]));
                self.report(Rule::OperationAdded, &subject, message);
            }
        }
        for (one, other) in &pairs.operations {
            let reused =
                known.get(&item_path(self.old.operations[*one])).is_some_and(|at| at != other);
            self.operation(*one, *other, reused);
        }
    }

    /// What an operation is that only one of the documents has.
    fn alone(&self, side: &Side<'_>, operation: Known<'_>, at: usize) -> Subject {
        let place = side.places.operation(operation.0);
        let operations = BTreeSet::from([side.labels[at].clone()]);
        Subject {
            item: item_path(operation),
            old: place.clone(),
            new: place,
            reached: Reached { usage: Usage::BOTH, operations },
        }
    }

    /// `reused`: whether the old name now belongs to another operation.
    fn operation(&mut self, old_at: usize, new_at: usize, reused: bool) {
        let (old, old_group) = self.old.operations[old_at];
        let (new, new_group) = self.new.operations[new_at];
        let subject = Subject {
            item: item_path((old, old_group)),
            old: self.old.places.operation(old),
            new: self.new.places.operation(new),
            reached: Reached {
                usage: Usage::BOTH,
                operations: BTreeSet::from([self.old.labels[old_at].clone()]),
            },
        };
        let what = format!("the operation {}", code_span(&self.old.labels[old_at]));
        if old.name != new.name || old.type_name != new.type_name {
            let rule = if reused { Rule::OperationNameReused } else { Rule::OperationRenamed };
            let message = format!(
                "{what} was called {} and is {}",
                code_span(&old.name.0),
                code_span(&new.name.0)
            );
            let id = |place: &Pointer| place.key("operationId");
            let subject =
                Subject { old: id(&subject.old), new: id(&subject.new), ..subject.clone() };
            self.report(rule, &subject, message);
        }
        if old_group != new_group {
            let one = group_accessor(old_group);
            let other = group_accessor(new_group);
            let message = format!("{what} moved from {one} to {other}");
            self.report(Rule::OperationMoved, &subject, message);
        }
        let method = old.method != new.method || old.custom_method != new.custom_method;
        if method || path_pieces(&old.path) != path_pieces(&new.path) {
            let message = format!("{what} has a different method or path");
            self.report(Rule::OperationPathChanged, &subject, message);
        }
        let clone = (emit::is_request_clone(old), emit::is_request_clone(new));
        self.clone_derived(&subject, &format!("the request of {what}"), clone);
        let rules = [Rule::OperationDeprecated, Rule::OperationUndeprecated];
        self.deprecation(&subject, &what, rules, (old.deprecated, new.deprecated));
        self.docs(&subject, &what, &old.doc, &new.doc);
        let server = |side: &Side<'_>, at: usize| side.api.servers.get(at).map(|it| it.url.clone());
        let moved = server(self.old, old.server) != server(self.new, new.server);
        // A change of the document's first server is one of all operations, and reported there.
        if moved && (old.server, new.server) != (0, 0) {
            self.report(
                Rule::OperationServerChanged,
                &subject,
                format!("{what} has a different server"),
            );
        }
        if old.idempotent != new.idempotent {
            let place = |place: &Pointer| place.key("x-idempotent");
            let subject =
                Subject { old: place(&subject.old), new: place(&subject.new), ..subject.clone() };
            let message = format!("whether {what} may be repeated has changed");
            self.report(Rule::IdempotencyChanged, &subject, message);
        }
        self.security(&subject, &what, old, new);
        self.parameters(&subject, old, new);
        self.body(&subject, old, new);
        self.responses(&subject, old, new);
        self.pagination(&subject, old, new);
    }
}

/// `Client::files().get_file`
fn item_path((operation, group): Known<'_>) -> String {
    match group {
        Some(group) => format!("Client::{}().{}", group.0, operation.name.0),
        None => format!("Client::{}", operation.name.0),
    }
}

/// A path without the names of its parameters.
fn path_pieces(path: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    for piece in path.split('{') {
        pieces.push(piece.split_once('}').map_or(piece, |(_, rest)| rest));
    }
    pieces
}

/// What has the methods of a group.
fn group_accessor(group: Option<&ValueName>) -> String {
    match group {
        Some(name) => code_span(&format!("client.{}()", name.0)),
        None => "the client itself".to_owned(),
    }
}
