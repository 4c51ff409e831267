//! Cargo features by tag: what programs without default features have to name.

use std::collections::BTreeSet;

use super::service::service_subject;
use super::side::Side;
use super::types::item_path;
use super::{Compared, Rule, Subject, code_span};
use crate::diagnostics::Pointer;
use crate::emit;
use crate::model::TypeDefinition;

/// The feature of webhooks, which brings types beside the tags.
const WEBHOOKS: &str = "webhooks";

impl<'a> Compared<'a> {
    pub(super) fn features(&mut self) {
        let old = emit::tag_features(self.old.api);
        let new = emit::tag_features(self.new.api);
        let subject = service_subject("Cargo.toml", &Pointer::default().key("paths"));
        match (old.is_empty(), new.is_empty()) {
            (true, true) => {}
            (true, false) => {
                let message = format!("the crate now has {} features by tag", new.len());
                self.report(Rule::TagFeaturesAdded, &subject, message);
            }
            (false, true) => {
                let message = format!("the crate no longer has its {} features by tag", old.len());
                self.report(Rule::TagFeaturesRemoved, &subject, message);
            }
            (false, false) => self.feature_lists(&old, &new),
        }
    }

    fn feature_lists(&mut self, old: &[&'a str], new: &[&'a str]) {
        for name in old.iter().filter(|name| !new.contains(name)) {
            let message = format!("the feature {} was removed", code_span(name));
            self.report(Rule::FeatureRemoved, &feature_subject(self.old, name), message);
        }
        for name in new.iter().filter(|name| !old.contains(name)) {
            let message = format!("the feature {} is new", code_span(name));
            self.report(Rule::FeatureAdded, &feature_subject(self.new, name), message);
        }
        let mut kept: Vec<&str> = old.iter().filter(|name| new.contains(name)).copied().collect();
        let has_webhooks = |side: &Side<'_>| !side.api.webhooks.all.is_empty();
        kept.extend(Some(WEBHOOKS).filter(|_| has_webhooks(self.old) && has_webhooks(self.new)));
        for known in &self.old.api.types {
            let name = self.pairs.types.get(&known.name);
            if let Some(other) = name.and_then(|name| self.new.definition(name)) {
                self.type_features(known, other, &kept);
            }
        }
    }

    /// What brings a type, of the features that both crates have.
    fn type_features(&mut self, old: &'a TypeDefinition, new: &'a TypeDefinition, kept: &[&str]) {
        // A move from or to `webhooks` is told as one, and so is which types are equal: the features of each bring all.
        if is_of_webhooks(self.old, old)
            || is_of_webhooks(self.new, new)
            || has_several_names(self.old, old)
            || has_several_names(self.new, new)
        {
            return;
        }
        let before = features_of(self.old, old, kept);
        let after = features_of(self.new, new, kept);
        for feature in before.difference(&after) {
            let message = match feature {
                Some(name) => format!("the feature {} brings fewer types", code_span(name)),
                None => "types that needed no feature need one".to_owned(),
            };
            let subject = Subject { item: item_path(old), ..bringer(self.new, *feature) };
            self.report(Rule::FeatureTypesRemoved, &subject, message);
        }
        for feature in after.difference(&before) {
            let message = match feature {
                Some(name) => format!("the feature {} brings more types", code_span(name)),
                None => "types that needed a feature need none".to_owned(),
            };
            let subject = Subject { item: item_path(old), ..bringer(self.new, *feature) };
            self.report(Rule::FeatureTypesAdded, &subject, message);
        }
    }
}

fn has_several_names<'a>(side: &Side<'a>, definition: &'a TypeDefinition) -> bool {
    side.names(&definition.name).nth(1).is_some()
}

/// Whether only the requests that the service sends use a type.
fn is_of_webhooks(side: &Side<'_>, definition: &TypeDefinition) -> bool {
    definition.module.is_some() && definition.module == side.api.webhooks.module
}

/// The features that bring a type, of some; all of them and none at all, for a type that is always there.
fn features_of<'a>(
    side: &'a Side<'_>,
    definition: &TypeDefinition,
    kept: &[&'a str],
) -> BTreeSet<Option<&'a str>> {
    let gate = definition.module.as_ref().and_then(|module| side.api.gates.get(module));
    let brings = |name: &&str| gate.is_none_or(|gate| gate.contains(*name));
    let named = kept.iter().copied().filter(brings).map(Some);
    named.chain(gate.is_none().then_some(None)).collect()
}

fn bringer(side: &Side<'_>, feature: Option<&str>) -> Subject {
    match feature {
        Some(WEBHOOKS) => service_subject("Cargo.toml", &Pointer::default().key(WEBHOOKS)),
        Some(feature) => feature_subject(side, feature),
        None => service_subject("Cargo.toml", &Pointer::default().key("paths")),
    }
}

/// A feature, at the first of its operations.
fn feature_subject(side: &Side<'_>, feature: &str) -> Subject {
    let groups = &side.api.groups;
    let group = groups.iter().find(|group| group.feature.as_deref() == Some(feature));
    let place = match group.and_then(|group| group.operations.first()) {
        Some(operation) => side.places.operation(operation),
        None => Pointer::default().key("components").key("schemas"),
    };
    service_subject("Cargo.toml", &place)
}
