//! What leads to each type: operations, webhooks alone, or nothing.

use std::collections::{HashMap, HashSet};

use super::presence;
use crate::config::Unused;
use crate::model::{Group, Type, TypeDefinition, TypeName, ValueName, Webhooks};

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
    let (sent, other) = {
        let index: HashMap<&TypeName, usize> =
            types.iter().enumerate().map(|(at, known)| (&known.name, at)).collect();
        let sent = reachable_types(types, &index, webhooks.types());
        let roots: Vec<Type> = match unused {
            Unused::Omit => Vec::new(),
            Unused::Keep => {
                let unsent = types.iter().enumerate().filter(|(at, _)| !sent.contains(at));
                unsent.map(|(_, known)| Type::Named(known.name.clone())).collect()
            }
        };
        let operations = groups.iter().flat_map(|group| presence::types_of(&group.operations));
        // What is erased has a number in the list of all types.
        let erased = types.iter().flat_map(|known| known.kind.contents());
        let erased = erased.filter(|ty| ty.erased().is_some());
        let other = reachable_types(types, &index, operations.chain(&roots).chain(erased));
        (sent, other)
    };
    let module = ValueName(MODULE.to_owned());
    for &at in sent.difference(&other) {
        types[at].module = Some(module.clone());
        webhooks.module = Some(module.clone());
    }
    let mut at = 0;
    types.retain(|_| {
        at += 1;
        sent.contains(&(at - 1)) || other.contains(&(at - 1))
    });
}

/// The types that some types lead to.
pub(super) fn reachable_types<'t>(
    types: &'t [TypeDefinition],
    index: &HashMap<&TypeName, usize>,
    roots: impl IntoIterator<Item = &'t Type>,
) -> HashSet<usize> {
    let mut found = HashSet::new();
    let mut open: Vec<&TypeName> = roots.into_iter().filter_map(Type::named).collect();
    while let Some(name) = open.pop() {
        let Some(&at) = index.get(name) else { continue };
        if found.insert(at) {
            open.extend(types[at].references());
        }
    }
    found
}
