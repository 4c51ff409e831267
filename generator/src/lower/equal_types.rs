//! Types that the document describes in several places, and alike: one type, with a name for each place.

mod members;

use std::collections::{HashMap, HashSet};

use super::Lowering;
use crate::model::{Type, TypeDefinition, TypeKind, TypeName};

impl Lowering<'_, '_> {
    /// Makes each type that is described in place another name for one of equal content, if there is such: a
    /// component, else the one with the shortest name. Components stay what they are, and so do types that
    /// `x-rust-name` names.
    ///
    /// Types are equal if they have the same members, of the same types. What the document says of them, and the
    /// order of their members, is not looked at: types must not part because somebody edits a description.
    pub(super) fn merge_equal_types(&self, types: &mut [TypeDefinition]) {
        let contents: Vec<TypeKind> =
            types.iter().map(|known| members::sort_members(known.kind.clone())).collect();
        let held = find_held(types, &contents);
        let numbers = number_contents(types, contents);
        let fixed = self.find_fixed(types);
        // By which type each one is represented.
        let mut kept: Vec<usize> = (0..types.len()).collect();
        for (at, held) in held.iter().enumerate() {
            // Another name of a type is no type of its own.
            if let (TypeKind::Alias(Type::Named(_)), [target]) = (&types[at].kind, &held[..]) {
                kept[at] = *target;
            }
        }
        // Types within equal types are equal: one round finds those that hold what the last has found.
        loop {
            let mut equal: HashMap<(usize, Vec<usize>), Vec<usize>> = HashMap::new();
            for at in (0..types.len()).filter(|&at| is_mergeable(&types[at].kind)) {
                let held = held[at].iter().map(|&held| represent(held, &kept)).collect();
                equal.entry((numbers[at], held)).or_default().push(at);
            }
            let mut is_changed = false;
            for equal in equal.into_values().filter(|equal| equal.len() > 1) {
                let name = |at: usize| &types[at].name.0;
                let rank = |&at: &usize| (!fixed.contains(&at), name(at).len(), name(at));
                let Some(first) = equal.iter().copied().min_by_key(rank) else { continue };
                for other in equal.into_iter().filter(|other| !fixed.contains(other)) {
                    is_changed |= kept[other] != first;
                    kept[other] = first;
                }
            }
            if !is_changed {
                break;
            }
        }
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

    /// The types that are no other names for other ones: components, those with a name of their own, and those that
    /// are known by a number.
    fn find_fixed(&self, types: &[TypeDefinition]) -> HashSet<usize> {
        let contents = types.iter().flat_map(|known| known.kind.contents());
        let erased: HashSet<&TypeName> =
            contents.filter_map(Type::erased).map(|(_, name)| name).collect();
        let is_fixed = |known: &TypeDefinition| {
            self.component_names.contains_key(&known.name)
                || self.given_names.contains(&known.name)
                || erased.contains(&known.name)
        };
        let fixed = types.iter().enumerate().filter(|(_, known)| is_fixed(known));
        fixed.map(|(at, _)| at).collect()
    }
}

/// Whether a type may have another name: by that of a tuple struct, no value can be constructed.
fn is_mergeable(kind: &TypeKind) -> bool {
    !matches!(kind, TypeKind::Alias(_) | TypeKind::Newtype(_) | TypeKind::Tuple(_))
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

/// The type that a type is represented by, perhaps by way of others.
fn represent(at: usize, kept: &[usize]) -> usize {
    let mut at = at;
    while kept[at] != at {
        at = kept[at];
    }
    at
}
