//! Unions.

use std::collections::BTreeSet;

use super::enumerations::variant_subject;
use super::relation::Relation;
use super::types::describe_change;
use super::{Compared, Rule, Subject, code_span};
use crate::model::{Alternative, Selection, Test, Union};

impl<'a> Compared<'a> {
    pub(super) fn union(&mut self, subject: &Subject, old: &'a Union, new: &'a Union) {
        let mut added: Vec<&Alternative> = Vec::new();
        for alternative in &new.alternatives {
            if !old.alternatives.iter().any(|known| known.name == alternative.name) {
                added.push(alternative);
            }
        }
        for alternative in &old.alternatives {
            let same = new.alternatives.iter().find(|other| other.name == alternative.name);
            let subject = variant_subject(subject, &alternative.name);
            let what = format!("the alternative {}", code_span(&alternative.name.0));
            if let Some(other) = same {
                self.alternative(&subject, alternative, other);
                continue;
            }
            let relations = self.relations();
            let renamed = added
                .iter()
                .position(|other| relations.of(&alternative.ty, &other.ty) == Relation::Same);
            match renamed.map(|at| added.swap_remove(at)) {
                Some(other) => {
                    let message = format!("{what} is now called {}", code_span(&other.name.0));
                    self.report(Rule::AlternativeRenamed, &subject, message);
                }
                None => {
                    self.report(Rule::AlternativeRemoved, &subject, format!("{what} was removed"))
                }
            }
        }
        for alternative in added {
            let message = format!("the alternative {} is new", code_span(&alternative.name.0));
            self.report(
                Rule::AlternativeAdded,
                &variant_subject(subject, &alternative.name),
                message,
            );
        }
        if describe_selection(&old.selection) != describe_selection(&new.selection) {
            let message = format!(
                "the alternatives were told apart {} and are told apart {}",
                describe_selection(&old.selection),
                describe_selection(&new.selection)
            );
            self.report(Rule::UnionSelectionChanged, subject, message);
        }
    }

    fn alternative(&mut self, subject: &Subject, old: &'a Alternative, new: &'a Alternative) {
        let what = format!("the alternative {}", code_span(&old.name.0));
        if self.relations().of(&old.ty, &new.ty) != Relation::Same {
            let message = format!("{what} {}", describe_change(&old.ty, &new.ty));
            self.report(Rule::AlternativeChanged, subject, message);
        }
        if let (Test::Tag(one), Test::Tag(other)) = (&old.test, &new.test)
            && one.iter().collect::<BTreeSet<_>>() != other.iter().collect()
        {
            let message = format!("{what} has a different tag");
            self.report(Rule::UnionSelectionChanged, subject, message);
        }
        self.docs(subject, &what, &old.doc, &new.doc);
    }
}

fn describe_selection(selection: &Selection) -> String {
    match selection {
        Selection::Tag(tag) => format!("by {}", code_span(tag)),
        Selection::Order => "by their order".to_owned(),
        Selection::Members => "by their members".to_owned(),
        Selection::AllMembers => "by all their members".to_owned(),
    }
}
