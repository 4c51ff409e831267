//! Types that the document describes in several places, and alike: one type, with a name for each place.

mod members;

use std::collections::{HashMap, HashSet};

use super::Lowering;
use super::reached::Reached;
use crate::model::{Type, TypeDefinition, TypeKind, TypeName, ValueName, Webhooks};

/// Rounds after which nothing is merged. Each finds the types that hold what the last one merged, so as many are needed
/// as types are nested; only components whose equality depends on one another might never settle.
const ROUNDS: usize = 128;

impl Lowering<'_, '_> {
    /// Makes each type that is described in place another name for one of equal content, if there is such: a
    /// component, else the one with the shortest name. Components stay what they are, and so do types that
    /// `x-rust-name` names. What operations use is no other name for what only webhooks have, and what is not
    /// deprecated none for what is.
    ///
    /// Types are equal if they have the same members, of the same types. What the document says of them, and the
    /// order of their members, is not looked at: types must not part because somebody edits a description.
    pub(super) fn merge_equal_types(&self, types: &mut [TypeDefinition], reached: &Reached) {
        let kept = self.find_kept(types, reached);
        let mut sets: HashMap<usize, Vec<usize>> = HashMap::new();
        for at in (0..types.len()).filter(|&at| is_mergeable(&types[at].kind)) {
            sets.entry(kept[at]).or_default().push(at);
        }
        for (kept, equal) in sets.into_iter().filter(|(_, equal)| equal.len() > 1) {
            members::share_members(types, kept, &equal);
            for other in equal.into_iter().filter(|&other| other != kept) {
                types[other].equal_to = Some(types[kept].name.clone());
            }
        }
    }

    /// The type that represents each type.
    fn find_kept(&self, types: &[TypeDefinition], reached: &Reached) -> Vec<usize> {
        let contents: Vec<TypeKind> =
            types.iter().map(|known| members::sort_members(known.kind.clone())).collect();
        let held = find_held(types, &contents);
        let numbers = number_contents(types, contents);
        let erased = find_erased(types);
        let ranks: Vec<Rank> = types.iter().map(|known| self.rank(known)).collect();
        let is_fixed = |at: usize| ranks[at] < Rank::InPlace || erased.contains(&at);
        let order = |&at: &usize| {
            let TypeDefinition { name, deprecated, .. } = &types[at];
            (reached.is_only_of_webhooks(at), *deprecated, ranks[at], name.0.len(), &name.0)
        };
        let candidates: Vec<usize> = (0..types.len())
            .filter(|&at| is_mergeable(&types[at].kind) && reached.contains(at))
            .collect();
        let start = find_targets(types, &held);
        let mut kept = start.clone();
        for _ in 0..ROUNDS {
            let mut equal: HashMap<(usize, Vec<usize>), Vec<usize>> = HashMap::new();
            for &at in &candidates {
                let held = held[at].iter().map(|&held| represent(held, &kept)).collect();
                equal.entry((numbers[at], held)).or_default().push(at);
            }
            let mut next = start.clone();
            for equal in equal.into_values().filter(|equal| equal.len() > 1) {
                let Some(first) = equal.iter().copied().min_by_key(order) else { continue };
                for other in equal.into_iter().filter(|&other| !is_fixed(other)) {
                    next[other] = first;
                }
            }
            if next == kept {
                return kept;
            }
            kept = next;
        }
        start
    }

    fn rank(&self, known: &TypeDefinition) -> Rank {
        if self.component_names.contains_key(&known.name) {
            Rank::Component
        } else if self.given_names.contains(&known.name) {
            Rank::Given
        } else {
            Rank::InPlace
        }
    }
}

/// Where a type's name comes from, the one to keep first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Rank {
    /// The document's name of a component.
    Component,
    /// `x-rust-name`.
    Given,
    /// The place where it is described.
    InPlace,
}

/// Puts the names of a type into its module, so that they are there when it is; but what only webhooks use stays in
/// theirs.
pub(super) fn file_with_kept(types: &mut [TypeDefinition], webhooks: &Webhooks) {
    let known: HashMap<TypeName, (Option<TypeName>, Option<ValueName>)> = types
        .iter()
        .map(|known| (known.name.clone(), (known.named_type().cloned(), known.module.clone())))
        .collect();
    for definition in types {
        let Some(mut kept) = definition.named_type() else { continue };
        while let Some((Some(next), _)) = known.get(kept) {
            kept = next;
        }
        if let Some((None, module)) = known.get(kept)
            && (webhooks.module.is_none() || definition.module != webhooks.module)
        {
            definition.module.clone_from(module);
        }
    }
}

/// The types that are known by a number, and stay what they are.
fn find_erased(types: &[TypeDefinition]) -> HashSet<usize> {
    let contents = types.iter().flat_map(|known| known.kind.contents());
    let erased: HashSet<&TypeName> =
        contents.filter_map(Type::erased).map(|(_, name)| name).collect();
    let erased = types.iter().enumerate().filter(|(_, known)| erased.contains(&known.name));
    erased.map(|(at, _)| at).collect()
}

/// Whether a type may become another name of one, or have one.
fn is_mergeable(kind: &TypeKind) -> bool {
    !matches!(kind, TypeKind::Alias(_))
}

/// A number for each type, which those have in common that differ only in the types within them.
fn number_contents(types: &[TypeDefinition], contents: Vec<TypeKind>) -> Vec<usize> {
    let nameless: HashMap<TypeName, TypeName> =
        types.iter().map(|known| (known.name.clone(), TypeName(String::new()))).collect();
    let mut numbers: HashMap<TypeKind, usize> = HashMap::new();
    let mut number = |mut content: TypeKind| {
        content.rename(&nameless);
        let next = numbers.len();
        *numbers.entry(content).or_insert(next)
    };
    contents.into_iter().map(&mut number).collect()
}

/// The types within each type.
fn find_held(types: &[TypeDefinition], contents: &[TypeKind]) -> Vec<Vec<usize>> {
    let index: HashMap<&TypeName, usize> =
        types.iter().enumerate().map(|(at, known)| (&known.name, at)).collect();
    let held = |content: &TypeKind| {
        let named = content.contents().into_iter().filter_map(Type::named);
        named.filter_map(|name| index.get(name).copied()).collect()
    };
    contents.iter().map(held).collect()
}

/// For each type itself, but for another name of a type that type.
fn find_targets(types: &[TypeDefinition], held: &[Vec<usize>]) -> Vec<usize> {
    let target = |(at, known): (usize, &TypeDefinition)| match (&known.kind, &held[at][..]) {
        (TypeKind::Alias(Type::Named(_)), [target]) => *target,
        _ => at,
    };
    types.iter().enumerate().map(target).collect()
}

/// The type that a type is represented by, perhaps by way of others.
fn represent(at: usize, kept: &[usize]) -> usize {
    let mut at = at;
    while kept[at] != at {
        at = kept[at];
    }
    at
}
