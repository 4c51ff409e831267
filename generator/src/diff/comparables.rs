//! Which types are `Eq` and `Hash`: a number with a fraction takes that from all types that hold it.

use std::collections::{HashMap, HashSet};

use super::side::Side;
use super::types::item_path;
use super::{Compared, Rule, Subject, code_span};
use crate::diagnostics::Pointer;
use crate::emit;
use crate::model::{Type, TypeDefinition, TypeKind, TypeName};

/// The types of one document that are not `Eq` although they are in the other one.
struct Changed<'a> {
    side: &'a Side<'a>,
    /// Each with what it is in the other document.
    types: HashMap<&'a TypeName, &'a TypeDefinition>,
    /// Those that are `Eq`.
    comparable: HashSet<&'a TypeName>,
}

impl<'a> Compared<'a> {
    pub(super) fn comparables(&mut self) {
        let old = self.old;
        let new = self.new;
        let there = self.pairs.types.iter();
        let back = there.clone().map(|(one, other)| (other, one));
        let lost = Changed::new(new, old, back);
        let gained = Changed::new(old, new, there);
        for (new, old) in lost.causes() {
            self.comparable(Rule::HashRemoved, &lost, old, new);
        }
        for (old, new) in gained.causes() {
            self.comparable(Rule::HashAdded, &gained, old, new);
        }
    }

    fn comparable(
        &mut self,
        rule: Rule,
        changed: &Changed<'a>,
        old: &'a TypeDefinition,
        new: &'a TypeDefinition,
    ) {
        let cause = if rule == Rule::HashRemoved { new } else { old };
        let key = changed.field(cause);
        let subject = Subject {
            item: item_path(old),
            old: member_or_type(self.old, old, key),
            new: member_or_type(self.new, new, key),
            reached: self.reached(&old.name, &new.name),
        };
        let how = if rule == Rule::HashRemoved { "no longer" } else { "now" };
        let reach = match changed.count_holders(&cause.name) {
            0 => String::new(),
            1 => "; the same goes for a type that holds it".to_owned(),
            count => format!("; the same goes for {count} types that hold it"),
        };
        let what = code_span(&old.name.0);
        self.report(rule, &subject, format!("the type {what} is {how} `Eq` and `Hash`{reach}"));
    }
}

/// Where a member of a type stands, or the type if it has no such member.
fn member_or_type(side: &Side<'_>, definition: &TypeDefinition, key: Option<&str>) -> Pointer {
    let home = side.home(&definition.name);
    key.and_then(|key| side.places.member(&home, key)).unwrap_or(home)
}

impl<'a> Changed<'a> {
    /// `pairs`: the types of both documents, that of `side` first.
    fn new(
        side: &'a Side<'a>,
        other: &'a Side<'a>,
        pairs: impl Iterator<Item = (&'a TypeName, &'a TypeName)>,
    ) -> Self {
        let comparable = emit::comparable_types(side.api);
        let elsewhere = emit::comparable_types(other.api);
        let pairs =
            pairs.filter(|(own, foreign)| !comparable.contains(own) && elsewhere.contains(foreign));
        let types = pairs.filter_map(|(own, foreign)| Some((own, other.definition(foreign)?)));
        Self { side, types: types.collect(), comparable }
    }

    /// The types that have changed of themselves, not only by what they held in the other document too.
    fn causes(&self) -> Vec<(&'a TypeDefinition, &'a TypeDefinition)> {
        let all = self.side.api.types.iter();
        let changed = all.filter_map(|own| Some((own, *self.types.get(&own.name)?)));
        changed
            .filter(|(own, other)| {
                let held = held_types(other);
                own.kind.contents().into_iter().any(|ty| self.is_cause(ty, &held))
            })
            .collect()
    }

    /// `held`: what the type held in the other document.
    fn is_cause(&self, ty: &Type, held: &HashSet<&TypeName>) -> bool {
        match ty.named() {
            _ if !emit::is_comparable(ty) => true,
            None => false,
            Some(name) => match self.types.get(name) {
                Some(other) => !held.contains(&other.name),
                None => !self.comparable.contains(name),
            },
        }
    }

    /// The first field of a struct whose type is the cause, or names it.
    fn field(&self, definition: &'a TypeDefinition) -> Option<&'a str> {
        let TypeKind::Record(record) = &definition.kind else { return None };
        let held = held_types(self.types.get(&definition.name)?);
        let mut fields = record.fields.iter();
        fields.find(|field| self.is_cause(&field.ty, &held)).map(|field| &*field.key)
    }

    /// How many types have changed because they hold a type, however deep.
    fn count_holders(&self, name: &'a TypeName) -> usize {
        let mut seen = HashSet::from([name]);
        let mut open = vec![name];
        while let Some(name) = open.pop() {
            let holders = self.side.users(name).iter().copied();
            open.extend(holders.filter(|it| self.types.contains_key(it) && seen.insert(it)));
        }
        seen.len() - 1
    }
}

fn held_types(definition: &TypeDefinition) -> HashSet<&TypeName> {
    definition.kind.contents().into_iter().filter_map(Type::named).collect()
}
