//! Parameters, and the parts of forms, which are set in the same way.

use std::collections::BTreeMap;

use super::arguments::Argument;
use super::place::parameter_location;
use super::relation::Relation;
use super::types::describe_change;
use super::verdict::Usage;
use super::{Compared, Rule, Side, Subject, code_span};
use crate::diagnostics::Pointer;
use crate::model::{FormField, Operation, Type, ValueName};

/// A parameter or a part of a form.
#[derive(Clone)]
struct Set<'a> {
    name: &'a ValueName,
    key: &'a str,
    /// The part of the request that it stands in.
    within: &'static str,
    ty: Option<&'a Type>,
    required: bool,
    deprecated: bool,
    /// How it is written.
    style: String,
    doc: &'a crate::model::Doc,
    place: Pointer,
}

impl<'a> Compared<'a> {
    pub(super) fn parameters(&mut self, subject: &Subject, old: &'a Operation, new: &'a Operation) {
        let mut before = parameter_sets(self.old, old);
        let after = parameter_sets(self.new, new);
        rename_in_path(old, new, &mut before);
        self.sets(subject, "parameter", &before, &after);
        self.positions(subject, &before, &after);
    }

    /// `positional`: whether the required ones are given without their names.
    pub(super) fn form(
        &mut self,
        subject: &Subject,
        old: &'a [FormField],
        new: &'a [FormField],
        positional: bool,
    ) {
        let before = form_sets(old, &subject.old);
        let after = form_sets(new, &subject.new);
        self.sets(subject, "part", &before, &after);
        if positional {
            self.positions(subject, &before, &after);
        }
    }

    fn sets(&mut self, subject: &Subject, kind: &str, old: &[Set<'a>], new: &[Set<'a>]) {
        let known: BTreeMap<(&str, &str), &Set<'a>> =
            new.iter().map(|set| ((set.key, set.within), set)).collect();
        let before: BTreeMap<(&str, &str), &Set<'a>> =
            old.iter().map(|set| ((set.key, set.within), set)).collect();
        let mut added: Vec<&Set<'a>> =
            new.iter().filter(|set| !before.contains_key(&(set.key, set.within))).collect();
        for set in old {
            let what = format!("the {kind} {}", code_span(set.key));
            if let Some(other) = known.get(&(set.key, set.within)) {
                self.set(&parameters_subject(subject, set, Some(other)), &what, set, other);
                continue;
            }
            let moved = added.iter().position(|other| other.key == set.key);
            match moved.map(|at| added.swap_remove(at)) {
                Some(other) => {
                    let subject = parameters_subject(subject, set, Some(other));
                    let message =
                        format!("{what} was in the {} and is in the {}", set.within, other.within);
                    self.report(Rule::ParameterMoved, &subject, message);
                    self.set(&subject, &what, set, other);
                }
                None => {
                    let mut subject = parameters_subject(subject, set, None);
                    subject.old = set.place.clone();
                    self.report(Rule::ParameterRemoved, &subject, format!("{what} was removed"));
                }
            }
        }
        for set in added {
            let (rule, how) = match set.required {
                true => (Rule::RequiredParameterAdded, "new and required"),
                false => (Rule::OptionalParameterAdded, "new"),
            };
            let mut subject = parameters_subject(subject, set, None);
            subject.new = set.place.clone();
            self.report(rule, &subject, format!("the {kind} {} is {how}", code_span(set.key)));
        }
    }

    /// Compares the arguments that are required: those of a method have the document's order, parts that of
    /// their names.
    fn positions(&mut self, subject: &Subject, old: &[Set<'a>], new: &[Set<'a>]) {
        let old = required_arguments(old);
        let new = required_arguments(new);
        self.arguments(subject, Rule::ArgumentsSwapped, &old, &new);
    }

    fn set(&mut self, subject: &Subject, what: &str, old: &Set<'a>, new: &Set<'a>) {
        if old.name != new.name && !(old.required && new.required) {
            let message = format!(
                "{what} is now {} in Rust, not {}",
                code_span(&new.name.0),
                code_span(&old.name.0)
            );
            self.report(Rule::ParameterRenamed, subject, message);
        }
        let relation = match (old.ty, new.ty) {
            (Some(one), Some(other)) => self.relations().of(one, other),
            (None, None) => Relation::Same,
            _ => Relation::Different,
        };
        let rule = match relation {
            Relation::Same => None,
            Relation::Rewrapped | Relation::Widened => Some(Rule::ParameterTypeWidened),
            Relation::Narrowed => Some(Rule::ParameterTypeNarrowed),
            Relation::Different => Some(Rule::ParameterTypeChanged),
        };
        if let Some(rule) = rule {
            let how = match (old.ty, new.ty) {
                (Some(one), Some(other)) => describe_change(one, other),
                (None, _) => "was a file and is a value".to_owned(),
                (_, None) => "was a value and is a file".to_owned(),
            };
            self.report(rule, subject, format!("{what} {how}"));
        }
        match (old.required, new.required) {
            (false, true) => {
                self.report(Rule::ParameterBecameRequired, subject, format!("{what} is required"));
            }
            (true, false) => {
                let message = format!("{what} is no longer required");
                self.report(Rule::ParameterBecameOptional, subject, message);
            }
            _ => {}
        }
        if old.style != new.style && old.within == new.within {
            let message = format!("the values of {what} are serialized differently");
            self.report(Rule::ParameterStyleChanged, subject, message);
        }
        let places = [&old.place, &new.place].map(|place| place.key("schema"));
        let schemas = [&places[0], &places[1]];
        if old.within == "form" || self.is_default_same(schemas) {
            self.docs(subject, what, old.doc, new.doc);
        } else {
            self.default_value(Rule::ParameterDefaultChanged, subject, what, schemas);
        }
        let rules = [Rule::ParameterDeprecated, Rule::ParameterUndeprecated];
        self.deprecation(subject, what, rules, (old.deprecated, new.deprecated));
    }
}

/// Gives the parameters of a path the names that they have in the new one: they are arguments, in the path's
/// order, so that their names are nobody's business.
fn rename_in_path<'a>(old: &Operation, new: &'a Operation, sets: &mut [Set<'a>]) {
    let names =
        |path: &'a str| path.split('{').skip(1).filter_map(|it| Some(it.split_once('}')?.0));
    let old_names: Vec<String> = old
        .path
        .split('{')
        .skip(1)
        .filter_map(|it| Some(it.split_once('}')?.0.to_owned()))
        .collect();
    let new_names: Vec<&str> = names(&new.path).collect();
    if old_names.len() != new_names.len() {
        return;
    }
    for set in sets.iter_mut().filter(|set| set.within == "path") {
        if let Some(at) = old_names.iter().position(|name| name == set.key) {
            set.key = new_names[at];
        }
    }
}

fn parameters_subject(owner: &Subject, old: &Set<'_>, new: Option<&Set<'_>>) -> Subject {
    let mut reached = owner.reached.clone();
    reached.usage = Usage::SENT;
    Subject {
        item: format!("{} ({})", owner.item, old.name.0),
        old: new.map_or_else(|| owner.old.clone(), |_| old.place.clone()),
        new: new.map_or_else(|| owner.new.clone(), |set| set.place.clone()),
        reached,
    }
}

/// The parameters of an operation.
fn parameter_sets<'a>(side: &Side<'_>, operation: &'a Operation) -> Vec<Set<'a>> {
    let parameters = operation.parameters.iter().map(|parameter| Set {
        name: &parameter.name,
        key: &parameter.key,
        within: parameter_location(parameter.style),
        ty: Some(&parameter.ty),
        required: parameter.required,
        deprecated: parameter.deprecated,
        style: format!("{:?}", parameter.style),
        doc: &parameter.doc,
        place: side.places.parameter(operation, &parameter.key, parameter.style),
    });
    parameters.collect()
}

/// The fields of a form that stands in this place.
fn form_sets<'a>(fields: &'a [FormField], place: &Pointer) -> Vec<Set<'a>> {
    let parts = fields.iter().map(|field| Set {
        name: &field.name,
        key: &field.key,
        within: "form",
        ty: Some(&field.ty).filter(|_| !field.file),
        required: field.required,
        deprecated: false,
        style: format!("{:?} {} {:?}", field.style, field.allow_reserved, field.content_type),
        doc: &field.doc,
        place: place.clone(),
    });
    parts.collect()
}

/// The required ones, in the order in which they are given.
fn required_arguments<'a>(sets: &[Set<'a>]) -> Vec<Argument<'a>> {
    let mut required: Vec<&Set<'a>> = sets.iter().filter(|set| set.required).collect();
    if sets.iter().all(|set| set.within == "form") {
        required.sort_by_key(|set| set.key);
    }
    // What is a file is told from every text.
    let typed = required
        .into_iter()
        .map(|set| Argument { key: set.key, ty: set.ty.unwrap_or(&Type::Base64) });
    typed.collect()
}
