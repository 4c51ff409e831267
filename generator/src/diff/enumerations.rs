//! Enumerations.

use std::collections::{HashMap, HashSet};
use std::fmt::Display;
use std::hash::Hash;

use super::{Compared, Rule, Subject, code_span};
use crate::model::{Enumeration, TypeName, Variant};

impl Compared<'_> {
    pub(super) fn enumeration<T: Display + Eq + Hash>(
        &mut self,
        subject: &Subject,
        old: &Enumeration<T>,
        new: &Enumeration<T>,
    ) {
        let subject = Subject {
            old: self.old.places.values(&subject.old),
            new: self.new.places.values(&subject.new),
            ..subject.clone()
        };
        let known: HashMap<&T, &Variant<T>> =
            new.variants.iter().map(|variant| (&variant.value, variant)).collect();
        let before: HashSet<&T> = old.variants.iter().map(|variant| &variant.value).collect();
        let mut added: Vec<&Variant<T>> =
            new.variants.iter().filter(|variant| !before.contains(&variant.value)).collect();
        for variant in &old.variants {
            let subject = variant_subject(&subject, &variant.name);
            let what = format!("the value {}", code_span(&variant.value.to_string()));
            let Some(other) = known.get(&variant.value) else {
                let same = added.iter().position(|other| other.name == variant.name);
                match same.map(|at| added.swap_remove(at)) {
                    Some(other) => {
                        let message =
                            format!("{what} is now {}", code_span(&other.value.to_string()));
                        self.report(Rule::EnumValueChanged, &subject, message);
                    }
                    None => {
                        self.report(
                            Rule::EnumValueRemoved,
                            &subject,
                            format!("{what} was removed"),
                        );
                    }
                }
                continue;
            };
            if other.name != variant.name {
                let one = code_span(&variant.name.0);
                let other = code_span(&other.name.0);
                let message = format!("the variant of {what} was {one} and is {other}");
                self.report(Rule::EnumVariantRenamed, &subject, message);
            }
            self.docs(&subject, &what, &variant.doc, &other.doc);
        }
        for variant in added {
            let message = format!("the value {} is new", code_span(&variant.value.to_string()));
            self.report(Rule::EnumValueAdded, &variant_subject(&subject, &variant.name), message);
        }
        match (old.variants.len(), new.variants.len()) {
            (1, 2..) => {
                let message = "the enum now has more than one value";
                self.report(Rule::ConstantOpened, &subject, message);
            }
            (2.., 1) => {
                let message = "the enum now has only one value";
                self.report(Rule::ConstantClosed, &subject, message);
            }
            _ => {}
        }
    }
}

/// The same for a variant.
pub(super) fn variant_subject(subject: &Subject, variant: &TypeName) -> Subject {
    Subject { item: format!("{}::{}", subject.item, variant.0), ..subject.clone() }
}
