//! What leads to each type: operations, webhooks alone, or nothing.

use std::collections::{HashMap, HashSet};

use crate::config::Unused;
use crate::model::{Group, Operation, Type, TypeDefinition, TypeName, ValueName, Webhooks};

/// The module of the types that only webhooks have.
const MODULE: &str = "webhook_payloads";

/// Puts the types that nothing but webhooks leads to into a module of their own, and leaves out those that
/// nothing leads to, if that is wanted.
pub(crate) fn separate_webhook_types(
    webhooks: &mut Webhooks,
    groups: &[Group],
    types: &mut Vec<TypeDefinition>,
    unused: Unused,
) {
    let operations = groups.iter().flat_map(|group| &group.operations);
    let reached = find_reached(webhooks, operations, types, unused);
    let module = ValueName(MODULE.to_owned());
    for (at, known) in types.iter_mut().enumerate() {
        if reached.is_only_of_webhooks(at) {
            known.module = Some(module.clone());
            webhooks.module = Some(module.clone());
        }
    }
    let mut at = 0;
    types.retain(|_| {
        at += 1;
        reached.contains(at - 1)
    });
}

/// The types that are emitted.
pub(super) struct Reached {
    by_webhooks: HashSet<usize>,
    otherwise: HashSet<usize>,
}

impl Reached {
    /// Whether nothing but webhooks leads to a type.
    pub(super) fn is_only_of_webhooks(&self, at: usize) -> bool {
        self.by_webhooks.contains(&at) && !self.otherwise.contains(&at)
    }

    pub(super) fn contains(&self, at: usize) -> bool {
        self.by_webhooks.contains(&at) || self.otherwise.contains(&at)
    }
}

/// What leads to each type.
pub(super) fn find_reached<'a>(
    webhooks: &Webhooks,
    operations: impl IntoIterator<Item = &'a Operation>,
    types: &[TypeDefinition],
    unused: Unused,
) -> Reached {
    let index: HashMap<&TypeName, usize> =
        types.iter().enumerate().map(|(at, known)| (&known.name, at)).collect();
    let by_webhooks = reachable_types(types, &index, webhooks.types());
    let roots: Vec<Type> = match unused {
        Unused::Omit => Vec::new(),
        Unused::Keep => {
            // A type does not move because another one is equal.
            let described = described_types(types, &index, webhooks.types());
            let unsent = types.iter().enumerate().filter(|(at, _)| !described.contains(at));
            unsent.map(|(_, known)| Type::Named(known.name.clone())).collect()
        }
    };
    // What is erased has a number in the list of all types.
    let erased = types.iter().flat_map(|known| known.kind.contents());
    let erased = erased.filter(|ty| ty.erased().is_some());
    let sent = types_of(operations).into_iter().chain(&roots).chain(erased);
    let otherwise = reachable_types(types, &index, sent);
    Reached { by_webhooks, otherwise }
}

/// The types that some types lead to.
pub(super) fn reachable_types<'t>(
    types: &'t [TypeDefinition],
    index: &HashMap<&TypeName, usize>,
    roots: impl IntoIterator<Item = &'t Type>,
) -> HashSet<usize> {
    walk(types, index, roots, |known| known.references().collect())
}

/// The types that some types lead to by what the document says of them.
pub(super) fn described_types<'t>(
    types: &'t [TypeDefinition],
    index: &HashMap<&TypeName, usize>,
    roots: impl IntoIterator<Item = &'t Type>,
) -> HashSet<usize> {
    walk(types, index, roots, |known| {
        known.kind.contents().into_iter().filter_map(Type::named).collect()
    })
}

fn walk<'t>(
    types: &'t [TypeDefinition],
    index: &HashMap<&TypeName, usize>,
    roots: impl IntoIterator<Item = &'t Type>,
    next: impl Fn(&'t TypeDefinition) -> Vec<&'t TypeName>,
) -> HashSet<usize> {
    let mut found = HashSet::new();
    let mut open: Vec<&TypeName> = roots.into_iter().filter_map(Type::named).collect();
    while let Some(name) = open.pop() {
        let Some(&at) = index.get(name) else { continue };
        if found.insert(at) {
            open.extend(next(&types[at]));
        }
    }
    found
}

/// The types that some operations send or receive.
pub(crate) fn types_of<'a>(operations: impl IntoIterator<Item = &'a Operation>) -> Vec<&'a Type> {
    let mut types = Vec::new();
    for operation in operations {
        types.extend(operation.sent());
        types.extend(operation.received());
    }
    types
}
