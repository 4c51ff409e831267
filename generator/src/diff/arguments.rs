//! Arguments, which have an order: of methods, and of `new`.

use super::{Compared, Rule, Subject, code_span};
use crate::model::Type;

/// An argument: its name on the wire, and its type.
pub(super) struct Argument<'a> {
    pub(super) key: &'a str,
    pub(super) ty: &'a Type,
}

impl<'a> Compared<'a> {
    /// Looks for calls that compile as before and mean something else.
    pub(super) fn arguments(
        &mut self,
        subject: &Subject,
        rule: Rule,
        old: &[Argument<'a>],
        new: &[Argument<'a>],
    ) {
        let moved = old.iter().zip(new).any(|(one, other)| one.key != other.key);
        let relations = self.relations();
        let mut pairs = old.iter().zip(new);
        if old.len() == new.len()
            && moved
            && pairs.all(|(one, other)| relations.accepts(one.ty, other.ty))
        {
            let message = format!(
                "the arguments were {} and are {}",
                list_arguments(old),
                list_arguments(new)
            );
            self.report(rule, subject, message);
        }
    }
}

fn list_arguments(arguments: &[Argument<'_>]) -> String {
    let names: Vec<String> = arguments.iter().map(|argument| code_span(argument.key)).collect();
    names.join(", ")
}
