//! What has changed from one document to another, and what it means to those who depend on the emitted crate.
//!
//! [`compare`] takes two [descriptions](crate::Description) and gives each change once, at the place that caused it.
//! A change has a [rule](Rule), and the rule says two things: which version of the crate is due by cargo's rules
//! ([`Bump`]), and whether programs built from the old document still work against a service that follows the new
//! one ([`Wire`]).

mod arguments;
mod bodies;
mod change;
mod comparables;
mod defaults;
mod enumerations;
mod equal_types;
mod features;
mod fields;
mod ignore;
mod operations;
mod pagination;
mod pairs;
mod parameters;
mod place;
mod relation;
mod render;
mod responses;
mod rule;
mod security;
mod service;
mod side;
mod types;
mod unions;
mod verdict;
mod webhooks;

use crate::Description;
use crate::diagnostics::Pointer;
use crate::model::{Doc, TypeName};

pub use change::Change;
use change::Changes;
pub use ignore::Ignored;
use pairs::Pairs;
use relation::Relations;
pub use render::Report;
pub use rule::Rule;
use side::{Reached, Side};
pub use verdict::{Bump, Usage, Wire};

/// What has changed from one document to another.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The changes, the gravest first.
    pub changes: Vec<Change>,
}

impl Comparison {
    /// What all changes together ask of the next version of the crate.
    #[must_use]
    pub fn bump(&self) -> Bump {
        self.changes.iter().map(Change::bump).max().unwrap_or(Bump::None)
    }

    /// What all changes together do to programs that are not built anew.
    #[must_use]
    pub fn wire(&self) -> Wire {
        self.changes.iter().map(Change::wire).max().unwrap_or(Wire::Works)
    }
}

/// Compares two documents.
///
/// # Examples
///
/// ```
/// use openapi_crate::{config::Config, describe, diff, source::{Input, Source}};
///
/// let text = "
///     openapi: 3.0.3
///     info: {title: Pets, version: '1'}
///     paths: {/pets: {get: {operationId: list_pets, responses: {'204': {description: None}}}}}
/// ";
/// let config = Config::new("pets", "0.1.0")?;
/// let describe = |text: &str| describe(&Input::new(Source::new("pets.yaml", text)), &config).unwrap();
/// let comparison =
///     diff::compare(&describe(text), &describe(&text.replace("list_pets", "all_pets")));
/// assert_eq!(comparison.changes[0].rule.name(), "operation-renamed");
/// assert_eq!(comparison.bump(), diff::Bump::Major);
/// assert_eq!(comparison.wire(), diff::Wire::Works);
/// # Ok::<(), String>(())
/// ```
#[must_use]
pub fn compare(old: &Description, new: &Description) -> Comparison {
    let old = Side::new(old);
    let mut new = Side::new(new);
    let pairs = Pairs::new(&old, &new);
    // An operation counts once, even if its path is written in another way.
    for (one, other) in &pairs.operations {
        new.labels[*other].clone_from(&old.labels[*one]);
    }
    let mut compared =
        Compared { old: &old, new: &new, pairs: &pairs, changes: Changes::default() };
    compared.service();
    compared.operations();
    compared.shared_errors();
    compared.types();
    compared.equal_types();
    compared.comparables();
    compared.webhooks();
    compared.features();
    Comparison { changes: compared.changes.finish() }
}

/// Two documents on the way of being compared.
struct Compared<'a> {
    old: &'a Side<'a>,
    new: &'a Side<'a>,
    pairs: &'a Pairs,
    changes: Changes,
}

/// What a change is about: a place in both documents, and what of the crate comes from it.
#[derive(Clone)]
struct Subject {
    item: String,
    old: Pointer,
    new: Pointer,
    reached: Reached,
}

impl<'a> Compared<'a> {
    fn report(&mut self, rule: Rule, subject: &Subject, message: impl Into<String>) {
        let Subject { item, old, new, reached } = subject.clone();
        let Reached { usage, operations } = reached;
        let items = [item].into();
        let message = message.into();
        self.changes.add(Change { rule, message, items, operations, old, new, usage });
    }

    fn relations(&self) -> Relations<'a> {
        Relations { old: self.old, new: self.new, pairs: self.pairs }
    }

    /// What reaches a type that both documents have.
    fn reached(&self, old: &TypeName, new: &TypeName) -> Reached {
        let one = self.old.reached(old);
        let other = self.new.reached(new);
        let operations = one.operations.union(&other.operations).cloned().collect();
        Reached { usage: one.usage.or(other.usage), operations }
    }

    fn docs(&mut self, subject: &Subject, what: &str, old: &Doc, new: &Doc) {
        if old != new {
            self.report(
                Rule::DocsChanged,
                subject,
                format!("the documentation of {what} has changed"),
            );
        }
    }

    /// `is_clone`: whether the type was `Clone`, and whether it is.
    fn clone_derived(&mut self, subject: &Subject, what: &str, is_clone: (bool, bool)) {
        match is_clone {
            (true, false) => {
                self.report(Rule::CloneRemoved, subject, format!("{what} is no longer `Clone`"));
            }
            (false, true) => {
                self.report(Rule::CloneAdded, subject, format!("{what} is now `Clone`"));
            }
            _ => {}
        }
    }

    fn deprecation(
        &mut self,
        subject: &Subject,
        what: &str,
        rules: [Rule; 2],
        deprecated: (bool, bool),
    ) {
        match deprecated {
            (false, true) => self.report(rules[0], subject, format!("{what} is deprecated")),
            (true, false) => {
                self.report(rules[1], subject, format!("{what} is no longer deprecated"));
            }
            _ => {}
        }
    }
}

/// Text in backquotes.
fn code_span(text: &str) -> String {
    crate::prose::code_span(text)
}
