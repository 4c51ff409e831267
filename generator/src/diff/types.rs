//! Named types.

use super::pairs::is_component;
use super::relation::Relation;
use super::side::Side;
use super::{Compared, Rule, Subject, code_span};
use crate::model::{Tuple, Type, TypeDefinition, TypeKind};

impl<'a> Compared<'a> {
    pub(super) fn types(&mut self) {
        for known in &self.old.api.types {
            match self.pairs.types.get(&known.name).and_then(|name| self.new.definition(name)) {
                Some(other) => self.type_pair(known, other),
                None => self.type_removed(known),
            }
        }
        for known in &self.new.api.types {
            if self.pairs.is_new(&known.name) {
                self.type_added(known);
            }
        }
    }

    fn type_removed(&mut self, known: &TypeDefinition) {
        let home = self.old.home(&known.name);
        // What an operation or a type has of its own goes with it, or with what made it change.
        let rule = Rule::TypeRemoved;
        let subject = Subject {
            item: item_path(known),
            new: home.clone(),
            old: home,
            reached: (*self.old.reached(&known.name)).clone(),
        };
        self.report(rule, &subject, format!("the type {} was removed", code_span(&known.name.0)));
    }

    fn type_added(&mut self, known: &TypeDefinition) {
        let home = self.new.home(&known.name);
        let subject = Subject {
            item: item_path(known),
            old: home.clone(),
            new: home,
            reached: (*self.new.reached(&known.name)).clone(),
        };
        self.report(
            Rule::TypeAdded,
            &subject,
            format!("the type {} is new", code_span(&known.name.0)),
        );
    }

    fn type_pair(&mut self, old: &'a TypeDefinition, new: &'a TypeDefinition) {
        let subject = Subject {
            item: item_path(old),
            old: self.old.home(&old.name),
            new: self.new.home(&new.name),
            reached: self.reached(&old.name, &new.name),
        };
        let what = format!("the type {}", code_span(&old.name.0));
        if old.name != new.name && self.is_cause(old, new) {
            let message = format!("{what} is now called {}", code_span(&new.name.0));
            self.report(Rule::TypeRenamed, &subject, message);
        }
        let one = module_of(self.old, old);
        let other = module_of(self.new, new);
        if one != other {
            let message =
                format!("{what} was in {} and is in {}", code_span(one), code_span(other));
            self.report(Rule::TypeMoved, &subject, message);
        }
        let rules = [Rule::TypeDeprecated, Rule::TypeUndeprecated];
        self.deprecation(&subject, &what, rules, (old.deprecated, new.deprecated));
        self.docs(&subject, &what, &old.doc, &new.doc);
        let is_alias = |kind: &TypeKind| matches!(kind, TypeKind::Alias(_));
        let (one, other) = match (is_alias(&old.kind), is_alias(&new.kind)) {
            (true, false) => (self.old.content(old), &new.kind),
            (false, true) => (&old.kind, self.new.content(new)),
            _ => (&old.kind, &new.kind),
        };
        match (one, other) {
            (TypeKind::Record(old), TypeKind::Record(new)) => self.record(&subject, old, new),
            (TypeKind::StringEnum(old), TypeKind::StringEnum(new)) => {
                self.enumeration(&subject, old, new);
            }
            (TypeKind::IntegerEnum(old), TypeKind::IntegerEnum(new)) => {
                self.enumeration(&subject, old, new);
            }
            (TypeKind::Union(old), TypeKind::Union(new)) => self.union(&subject, old, new),
            (TypeKind::Alias(old), TypeKind::Alias(new))
            | (TypeKind::Newtype(old), TypeKind::Newtype(new)) => {
                self.content(&subject, &what, old, new);
            }
            (TypeKind::Tuple(one), TypeKind::Tuple(other)) => {
                self.tuple(&subject, &what, one, other);
            }
            (one, other) if kind_name(one) != kind_name(other) => {
                let message = format!("{what} was {} and is {}", kind_name(one), kind_name(other));
                let rule = match self.relations().of_kinds(one, other) {
                    Relation::Widened => Rule::TypeWidened,
                    Relation::Narrowed => Rule::TypeNarrowed,
                    _ => Rule::TypeKindChanged,
                };
                self.report(rule, &subject, message);
            }
            _ => {}
        }
    }

    /// Whether a type's new name is a change of its own: what is within something else is named after that.
    fn is_cause(&self, old: &TypeDefinition, new: &TypeDefinition) -> bool {
        let one = self.old.home(&old.name);
        let other = self.new.home(&new.name);
        if is_component(&one) || is_component(&other) {
            return true;
        }
        let renamed_operation = self.pairs.operations.iter().any(|(old, new)| {
            let old = self.old.operations[*old].0;
            let new = self.new.operations[*new].0;
            old.type_name != new.type_name
                && one.as_str().starts_with(self.old.places.operation(old).as_str())
        });
        let renamed_component = self.pairs.types.iter().any(|(old, new)| {
            old != new && {
                let home = self.old.home(old);
                is_component(&home) && owner_of(one.as_str()).starts_with(home.as_str())
            }
        });
        !renamed_operation && !renamed_component
    }

    fn tuple(&mut self, subject: &Subject, what: &str, old: &'a Tuple, new: &'a Tuple) {
        let relations = self.relations();
        let all = |tuple: &'a Tuple| tuple.elements.iter().chain(&tuple.rest);
        let same = (old.elements.len(), old.required, old.rest.is_some())
            == (new.elements.len(), new.required, new.rest.is_some());
        let mut pairs = all(old).zip(all(new));
        if !same || pairs.any(|(one, other)| relations.of(one, other) != Relation::Same) {
            self.report(Rule::TupleChanged, subject, format!("the elements of {what} changed"));
        }
    }

    fn content(&mut self, subject: &Subject, what: &str, old: &'a Type, new: &'a Type) {
        let rule = match self.relations().of(old, new) {
            Relation::Same => return,
            Relation::Rewrapped => Rule::TypeRewrapped,
            Relation::Widened => Rule::TypeWidened,
            Relation::Narrowed => Rule::TypeNarrowed,
            Relation::Different => Rule::TypeChanged,
        };
        self.report(rule, subject, format!("{what} {}", describe_change(old, new)));
    }
}

/// `types::File`
pub(super) fn item_path(definition: &TypeDefinition) -> String {
    format!("types::{}", definition.name.0)
}

fn kind_name(kind: &TypeKind) -> &'static str {
    match kind {
        TypeKind::Record(_) => "a struct",
        TypeKind::StringEnum(_) => "a string enum",
        TypeKind::IntegerEnum(_) => "an integer enum",
        TypeKind::Union(_) => "a union",
        TypeKind::Tuple(_) => "a tuple",
        TypeKind::Alias(_) => "a type alias",
        TypeKind::Newtype(_) => "a newtype",
    }
}

/// Which type something was, and which it is.
pub(super) fn describe_change(old: &Type, new: &Type) -> String {
    let one = crate::emit::type_path(old);
    let other = crate::emit::type_path(new);
    format!("was {} and is {}", code_span(&one), code_span(&other))
}

/// The module that has a type.
fn module_of(side: &Side<'_>, definition: &TypeDefinition) -> &'static str {
    let webhooks = side.api.webhooks.module.as_ref();
    if webhooks.is_some() && definition.module.as_ref() == webhooks { "webhooks" } else { "types" }
}

/// The pointer of the operation or the member of a component that something stands in.
fn owner_of(pointer: &str) -> String {
    let depth = if pointer.starts_with("/paths/") { 3 } else { 4 };
    pointer.split('/').take(depth + 1).collect::<Vec<_>>().join("/")
}
