//! Structs and their fields.

use std::collections::HashMap;

use super::arguments::Argument;
use super::relation::Relation;
use super::types::describe_change;
use super::verdict::Bump;
use super::{Compared, Rule, Side, Subject, code_span};
use crate::diagnostics::Pointer;
use crate::emit::{self, Setters};
use crate::model::{Constructor, Field, Presence, Record, Type, ValueName};

/// The map of members without a field of their own, by its name.
type Rest = (ValueName, Type);

impl<'a> Compared<'a> {
    pub(super) fn record(&mut self, subject: &Subject, old: &'a Record, new: &'a Record) {
        let known: HashMap<&str, &Field> =
            new.fields.iter().map(|field| (&*field.key, field)).collect();
        let before: HashMap<&str, &Field> =
            old.fields.iter().map(|field| (&*field.key, field)).collect();
        let gone: Vec<&Field> =
            old.fields.iter().filter(|field| !known.contains_key(&*field.key)).collect();
        let mut added: Vec<&Field> =
            new.fields.iter().filter(|field| !before.contains_key(&*field.key)).collect();
        for field in &old.fields {
            if let Some(other) = known.get(&*field.key) {
                let subject = self.member(subject, field, other);
                self.field(&subject, field, other);
                let presence = compare_presence(field.presence, other.presence);
                let is_told = presence.is_some_and(|(rule, _)| rule.bump() == Bump::Major);
                if !is_told && old.sent && new.sent {
                    self.setters(&subject, emit::setters(field, old), emit::setters(other, new));
                }
            }
        }
        if old.sent != new.sent {
            self.setters(subject, all_setters(old), all_setters(new));
        }
        for field in gone {
            // One key for another may give the same name in Rust.
            let same = added.iter().position(|other| other.name == field.name);
            match same {
                Some(at) => {
                    let other = added.swap_remove(at);
                    self.rekeyed(&self.member(subject, field, other), field, other);
                }
                None => self.field_removed(&self.member(subject, field, field), field),
            }
        }
        for field in added {
            self.field_added(&self.member(subject, field, field), field);
        }
        let constructor = Subject { item: format!("{}::new", subject.item), ..subject.clone() };
        // A builder names each of them.
        if old.constructor == Constructor::New && new.constructor == Constructor::New {
            let old = constructor_arguments(old);
            let new = constructor_arguments(new);
            self.arguments(&constructor, Rule::ConstructorSwapped, &old, &new);
        }
        let keys = |record: &Record| -> Vec<String> {
            record.arguments().iter().map(|field| field.key.clone()).collect()
        };
        if keys(old) == keys(new) {
            self.constructors(subject, &old.constructor, &new.constructor);
        }
        self.rest(subject, old.rest.as_ref(), new.rest.as_ref());
    }

    /// Looks for another constructor of what has the same arguments.
    pub(super) fn constructors(&mut self, subject: &Subject, old: &Constructor, new: &Constructor) {
        let name = |constructor: &Constructor| match constructor {
            Constructor::New => "new",
            Constructor::Builder(_) => "builder",
        };
        if name(old) != name(new) {
            let message = format!("`{}` is replaced by `{}`", name(old), name(new));
            self.report(Rule::ConstructorReplaced, subject, message);
        }
    }

    fn setters(&mut self, subject: &Subject, before: Setters, after: Setters) {
        for (what, before, after) in
            [("sets it", before.sets, after.sets), ("sets it to null", before.clears, after.clears)]
        {
            match (before, after) {
                (true, false) => {
                    let message = format!("the method that {what} was removed");
                    self.report(Rule::SettersRemoved, subject, message);
                }
                (false, true) => {
                    let message = format!("a method that {what} was added");
                    self.report(Rule::SettersAdded, subject, message);
                }
                _ => {}
            }
        }
    }

    /// The same for a member of a struct.
    fn member(&self, owner: &Subject, old: &Field, new: &Field) -> Subject {
        let one = self.old.places.member(&owner.old, &old.key);
        let other = self.new.places.member(&owner.new, &new.key);
        let old_place = one.clone().or_else(|| object_around(self.old, other.as_ref()?));
        let new_place = other.or_else(|| object_around(self.new, one.as_ref()?));
        Subject {
            item: format!("{}::{}", owner.item, old.name.0),
            old: old_place.unwrap_or_else(|| owner.old.clone()),
            new: new_place.unwrap_or_else(|| owner.new.clone()),
            reached: owner.reached.clone(),
        }
    }

    fn field_added(&mut self, subject: &Subject, field: &Field) {
        let what = code_span(&field.key);
        let (rule, how) = match field.presence {
            Presence::Required => (Rule::RequiredFieldAdded, "a new required field"),
            Presence::Optional | Presence::Clearable | Presence::Preset | Presence::Received => {
                (Rule::FieldAdded, "a new field")
            }
            Presence::Nullable | Presence::Constant | Presence::Fixed => {
                (Rule::FilledFieldAdded, "a new field that is filled in automatically")
            }
        };
        self.report(rule, subject, format!("{what} is {how}"));
    }

    fn field_removed(&mut self, subject: &Subject, field: &Field) {
        let rule = match field.presence {
            Presence::Optional | Presence::Clearable | Presence::Preset | Presence::Received => {
                Rule::FieldRemoved
            }
            Presence::Required | Presence::Nullable | Presence::Constant | Presence::Fixed => {
                Rule::RequiredFieldRemoved
            }
        };
        self.report(rule, subject, format!("the field {} was removed", code_span(&field.key)));
    }

    fn rekeyed(&mut self, subject: &Subject, old: &'a Field, new: &'a Field) {
        let message = format!("{} is now called {}", code_span(&old.key), code_span(&new.key));
        self.report(Rule::FieldKeyChanged, subject, message);
        self.field(subject, old, new);
    }

    fn field(&mut self, subject: &Subject, old: &'a Field, new: &'a Field) {
        let what = format!("the field {}", code_span(&old.key));
        if old.name != new.name {
            let message = format!(
                "{what} is now {} in Rust, not {}",
                code_span(&new.name.0),
                code_span(&old.name.0)
            );
            self.report(Rule::FieldRenamed, subject, message);
        }
        let rule = match self.relations().of(&old.ty, &new.ty) {
            Relation::Same => None,
            Relation::Rewrapped => Some(Rule::FieldRewrapped),
            Relation::Widened => Some(Rule::FieldTypeWidened),
            Relation::Narrowed => Some(Rule::FieldTypeNarrowed),
            Relation::Different => Some(Rule::FieldTypeChanged),
        };
        if let Some(rule) = rule {
            self.report(rule, subject, format!("{what} {}", describe_change(&old.ty, &new.ty)));
        }
        if let Some((rule, how)) = compare_presence(old.presence, new.presence) {
            self.report(rule, subject, format!("{what} {how}"));
        } else if old.known != new.known {
            let message = format!("the fixed value of {what} changed");
            self.report(Rule::ConstantValueChanged, subject, message);
        }
        let schemas = [&subject.old, &subject.new];
        if rule.is_none() {
            self.default_value(Rule::FieldDefaultChanged, subject, &what, schemas);
        }
        let rules = [Rule::FieldDeprecated, Rule::FieldUndeprecated];
        self.deprecation(subject, &what, rules, (old.deprecated, new.deprecated));
        if self.is_default_same(schemas) {
            self.docs(subject, &what, &old.doc, &new.doc);
        }
    }

    fn rest(&mut self, subject: &Subject, old: Option<&'a Rest>, new: Option<&'a Rest>) {
        match (old, new) {
            (None, Some(_)) => {
                let message = "members without a field of their own are kept in a map";
                self.report(Rule::AdditionalMembersAdded, subject, message);
            }
            (Some(_), None) => {
                let message = "members without a field of their own are no longer kept";
                self.report(Rule::AdditionalMembersRemoved, subject, message);
            }
            (Some((one, old)), Some((other, new))) => {
                if one != other {
                    let one = code_span(&one.0);
                    let other = code_span(&other.0);
                    let message =
                        format!("the map of other members was called {one} and is {other}");
                    self.report(Rule::AdditionalMembersChanged, subject, message);
                }
                if self.relations().of(old, new) != Relation::Same {
                    let turned = describe_change(old, new);
                    let message =
                        format!("the type of members without a field of their own {turned}");
                    self.report(Rule::AdditionalMembersChanged, subject, message);
                }
            }
            (None, None) => {}
        }
    }
}

/// The arguments of a struct's constructor, which have no names.
fn constructor_arguments(record: &Record) -> Vec<Argument<'_>> {
    let fields = record.arguments().into_iter();
    fields.map(|field| Argument { key: &field.name.0, ty: &field.ty }).collect()
}

/// The object that one document has in the place of the object around a member of the other, if it has one.
fn object_around(side: &Side<'_>, member: &Pointer) -> Option<Pointer> {
    let (properties, _) = member.split()?;
    let (object, _) = properties.split()?;
    side.places.0.pointer(object.as_str()).map(|_| object)
}

/// The methods that some field of a struct has.
fn all_setters(record: &Record) -> Setters {
    let sets = record.fields.iter().any(|field| emit::setters(field, record).sets);
    Setters { sets, clears: false }
}

/// What another presence is, and in words.
fn compare_presence(old: Presence, new: Presence) -> Option<(Rule, &'static str)> {
    use Presence::{Clearable, Constant, Fixed, Nullable, Optional, Preset, Received, Required};
    let found = match (old, new) {
        _ if old == new => return None,
        (Constant, Fixed) | (Fixed, Constant) => return None,
        (Required, Constant | Fixed) => (Rule::FieldValueFixed, "can only have one value"),
        (Constant | Fixed, Required) => (Rule::FieldValueFreed, "can have other values"),
        (Required | Constant | Fixed, Nullable) => (Rule::FieldBecameNullable, "may be null"),
        (Nullable, Required | Constant | Fixed) => {
            (Rule::FieldBecameNonNull, "may no longer be null")
        }
        (Required | Constant | Fixed, Optional | Clearable | Preset | Received) => {
            (Rule::FieldBecameOptional, "is no longer required")
        }
        (Optional | Clearable | Preset | Received, Required | Constant | Fixed) => {
            (Rule::FieldBecameRequired, "is required")
        }
        (Clearable, Nullable | Optional | Preset | Received) => {
            (Rule::FieldNoLongerClearable, "may be null or missing, not both")
        }
        (Nullable | Optional | Preset | Received, Clearable) => {
            (Rule::FieldBecameClearable, "may be null or missing, which differ")
        }
        (_, Received) => (Rule::FieldSendingChanged, "is no longer sent in requests"),
        (Received, _) => (Rule::FieldSendingChanged, "is sent in requests again"),
        (Preset, _) | (_, Preset) => {
            (Rule::FieldFilledInChanged, "is now filled in by `new`, or no longer is")
        }
        (Nullable, _) => (Rule::FieldPresenceChanged, "is now missing instead of null"),
        _ => (Rule::FieldPresenceChanged, "is now null instead of missing"),
    };
    Some(found)
}
