//! Which credentials operations ask for.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::side::Side;
use super::{Compared, Rule, Subject};
use crate::model::Operation;

/// Alternatives, each with the credentials that it takes together.
type Alternatives<'a> = Vec<BTreeSet<&'a str>>;

impl<'a> Compared<'a> {
    pub(super) fn security(
        &mut self,
        subject: &Subject,
        what: &str,
        old: &Operation,
        new: &Operation,
    ) {
        let places = (self.old.places.security(old), self.new.places.security(new));
        // What is said of all operations changes once for all of them.
        let is_shared = [&places.0, &places.1].iter().all(|place| place.segments().count() == 1);
        let what = if is_shared { "the service" } else { what };
        let subject = Subject { old: places.0, new: places.1, ..subject.clone() };
        self.alternatives(&subject, what, old, new);
        self.scopes(&subject, what);
    }

    /// The sets of credentials that an operation accepts.
    fn alternatives_of(&self, side: &'a Side<'a>, operation: &Operation) -> Alternatives<'a> {
        let schemes = &side.api.security_schemes;
        let key = |at: &usize| schemes.get(*at).map(|scheme| self.known_as(scheme));
        let set = |set: &Vec<usize>| set.iter().filter_map(key).collect();
        let mut sets: Alternatives<'a> = operation.security.iter().map(set).collect();
        // No alternatives: nothing is asked.
        if sets.is_empty() {
            sets.push(BTreeSet::new());
        }
        sets
    }

    fn alternatives(&mut self, subject: &Subject, what: &str, old: &Operation, new: &Operation) {
        let before = self.alternatives_of(self.old, old);
        let after = self.alternatives_of(self.new, new);
        if before == after {
            return;
        }
        let unordered = |sets: &Alternatives<'a>| sets.iter().cloned().collect::<BTreeSet<_>>();
        let enough =
            before.iter().filter(|had| after.iter().any(|asked| asked.is_subset(had))).count();
        let (rule, how) = match enough {
            _ if unordered(&before) == unordered(&after) => {
                (Rule::SecurityReordered, "lists the accepted credentials in another order")
            }
            0 => (Rule::SecurityTightened, "requires different credentials"),
            all if all == before.len() => (Rule::SecurityRelaxed, "accepts further credentials"),
            _ => (Rule::SecurityChanged, "no longer accepts some credentials"),
        };
        self.report(rule, subject, format!("{what} {how}"));
    }

    /// What tokens have to be allowed. Only the documents say it: requests do not.
    fn scopes(&mut self, subject: &Subject, what: &str) {
        let old = scopes_of(self.old.places.0.pointer(subject.old.as_str()));
        let new = scopes_of(self.new.places.0.pointer(subject.new.as_str()));
        for (scheme, before) in &old {
            let Some(after) = new.get(scheme) else { continue };
            if after.difference(before).next().is_some() {
                let message = format!("{what} requires further scopes");
                self.report(Rule::ScopesAdded, subject, message);
            }
            if before.difference(after).next().is_some() {
                let message = format!("{what} no longer requires some scopes");
                self.report(Rule::ScopesRemoved, subject, message);
            }
        }
    }
}

/// The scopes by credential, of all alternatives together.
fn scopes_of(security: Option<&Value>) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut scopes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let alternatives = security.and_then(Value::as_array).into_iter().flatten();
    for (scheme, list) in alternatives.filter_map(Value::as_object).flatten() {
        let names = list.as_array().into_iter().flatten().filter_map(Value::as_str);
        scopes.entry(scheme).or_default().extend(names);
    }
    scopes
}
