//! Which types are one, because the document describes them alike.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::side::Side;
use super::types::item_path;
use super::{Compared, Rule, Subject, code_span};
use crate::model::{TypeKind, TypeName};

/// The types of both documents, by the name in the old one and that in the new one.
type Pair<'a> = (&'a TypeName, &'a TypeName);

impl<'a> Compared<'a> {
    pub(super) fn equal_types(&mut self) {
        let before = self.old;
        let after = self.new;
        let one_before = |(old, _): Pair<'a>| before.kept(old);
        let one_after = |(_, new): Pair<'a>| after.kept(new);
        // What a component that only refers to another one is, is told as a change of it.
        let is_alias = |side: &Side<'a>, name| {
            side.definition(name).is_some_and(|known| matches!(known.kind, TypeKind::Alias(_)))
        };
        let pairs = self.pairs.types.iter();
        let pairs: Vec<Pair<'a>> =
            pairs.filter(|(old, new)| !is_alias(before, old) && !is_alias(after, new)).collect();
        for (kept, part) in find_parts(&pairs, one_before, one_after) {
            let message = format!(
                "{} no longer the same type as {}",
                name_types(&part),
                code_span(&kept.0.0)
            );
            self.report_part(Rule::TypesSplit, &part, message);
        }
        for (kept, part) in find_parts(&pairs, one_after, one_before) {
            let message =
                format!("{} now the same type as {}", name_types(&part), code_span(&kept.1.0));
            self.report_part(Rule::TypesMerged, &part, message);
        }
    }

    fn report_part(&mut self, rule: Rule, part: &[Pair<'a>], message: String) {
        let Some((old, new)) = part.first() else { return };
        let Some(known) = self.old.definition(old) else { return };
        let subject = Subject {
            item: item_path(known),
            old: self.old.home(old),
            new: self.new.home(new),
            reached: self.reached(old, new),
        };
        self.report(rule, &subject, message);
    }
}

/// Of the types that are one by `whole`, those that are not by `part`: all parts but the largest one, each with
/// the first type of that.
fn find_parts<'a>(
    pairs: &[Pair<'a>],
    whole: impl Fn(Pair<'a>) -> &'a TypeName,
    part: impl Fn(Pair<'a>) -> &'a TypeName,
) -> Vec<(Pair<'a>, Vec<Pair<'a>>)> {
    let mut wholes: BTreeMap<&TypeName, BTreeMap<&TypeName, Vec<Pair<'a>>>> = BTreeMap::new();
    for &pair in pairs {
        wholes.entry(whole(pair)).or_default().entry(part(pair)).or_default().push(pair);
    }
    let mut found = Vec::new();
    for parts in wholes.into_values() {
        let mut parts: Vec<Vec<Pair<'a>>> = parts.into_values().collect();
        // The sort is stable, so that of equally large ones the first by name is the largest.
        parts.sort_by_key(|part| Reverse(part.len()));
        let mut parts = parts.into_iter();
        let Some(kept) = parts.next().and_then(|largest| largest.first().copied()) else {
            continue;
        };
        found.extend(parts.map(|part| (kept, part)));
    }
    found
}

/// The first of some types, how many there are beside, and a verb.
fn name_types(part: &[Pair<'_>]) -> String {
    let first = part.first().map(|(old, _)| code_span(&old.0)).unwrap_or_default();
    match part.len() {
        0 | 1 => format!("{first} is"),
        more => format!("{first} and {} more are", more - 1),
    }
}
