//! What of the old document is what of the new one, whatever it is called there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::side::Side;
use crate::diagnostics::Pointer;
use crate::model::{Operation, Type, TypeDefinition, TypeKind, TypeName};

/// How alike the contents of two types in the same place must be, in percent, to be one type renamed.
const ALIKE: usize = 50;

/// The things that both documents have.
#[derive(Default)]
pub(super) struct Pairs {
    /// Operations by their places in the two sides.
    pub(super) operations: Vec<(usize, usize)>,
    /// Types by their names in the two documents.
    pub(super) types: BTreeMap<TypeName, TypeName>,
    /// The same by the names in the new document.
    olds: HashMap<TypeName, TypeName>,
}

impl Pairs {
    pub(super) fn new(old: &Side<'_>, new: &Side<'_>) -> Self {
        let mut pairs = Self { operations: pair_operations(old, new), ..Self::default() };
        pairs.components(old, new);
        pairs.names(old, new);
        pairs.homes(old, new);
        while pairs.places(old, new) {}
        pairs.contents(old, new);
        pairs
    }

    /// Whether two names are those of one type.
    pub(super) fn are(&self, old: &TypeName, new: &TypeName) -> bool {
        self.types.get(old) == Some(new)
    }

    pub(super) fn is_new(&self, new: &TypeName) -> bool {
        !self.olds.contains_key(new)
    }

    /// The name that a type had.
    pub(super) fn old_of(&self, new: &TypeName) -> Option<&TypeName> {
        self.olds.get(new)
    }

    fn add(&mut self, old: &TypeName, new: &TypeName) -> bool {
        let free = !self.types.contains_key(old) && self.is_new(new);
        if free {
            self.types.insert(old.clone(), new.clone());
            self.olds.insert(new.clone(), old.clone());
        }
        free
    }

    /// Components of one name, whatever they are called in Rust.
    fn components(&mut self, old: &Side<'_>, new: &Side<'_>) {
        let known = components_of(new);
        for (home, name) in components_of(old) {
            if let Some(other) = known.get(&home) {
                self.add(name, other);
            }
        }
    }

    fn names(&mut self, old: &Side<'_>, new: &Side<'_>) {
        for known in &old.api.types {
            if new.definition(&known.name).is_some() {
                self.add(&known.name, &known.name);
            }
        }
    }

    /// Types within other things, at one place of both documents.
    fn homes(&mut self, old: &Side<'_>, new: &Side<'_>) {
        let free = new.api.types.iter().filter(|known| self.is_new(&known.name));
        let known: HashMap<Pointer, &TypeDefinition> =
            free.map(|known| (new.home(&known.name), known)).collect();
        for definition in &old.api.types {
            if let Some(other) = known.get(&old.home(&definition.name))
                && similarity(definition, other) >= ALIKE
            {
                self.add(&definition.name, &other.name);
            }
        }
    }

    /// Types that stand in the same place of something that both documents have; whether there were any.
    fn places(&mut self, old: &Side<'_>, new: &Side<'_>) -> bool {
        let mut candidates: BTreeSet<(&TypeName, &TypeName)> = BTreeSet::new();
        let mut note = |one: &Type, other: &Type| {
            let pair = one.named().zip(other.named());
            let known = pair.and_then(|(one, other)| {
                Some((&old.definition(one)?.name, &new.definition(other)?.name))
            });
            candidates.extend(known);
        };
        for (one, other) in &self.operations {
            let one = old.operations[*one].0;
            let other = new.operations[*other].0;
            in_places(&one.sent(), &other.sent(), &mut note);
            in_places(&one.received(), &other.received(), &mut note);
        }
        for (one, other) in &self.types {
            let Some((one, other)) = old.definition(one).zip(new.definition(other)) else {
                continue;
            };
            match (&one.kind, &other.kind) {
                (TypeKind::Record(one), TypeKind::Record(other)) => {
                    let known: HashMap<&str, &Type> =
                        other.fields.iter().map(|field| (&*field.key, &field.ty)).collect();
                    for field in &one.fields {
                        if let Some(other) = known.get(&*field.key) {
                            note(&field.ty, other);
                        }
                    }
                }
                _ => in_places(&one.kind.contents(), &other.kind.contents(), &mut note),
            }
        }
        let mut scored = Vec::new();
        for (one, other) in candidates {
            if self.types.contains_key(one) || !self.is_new(other) {
                continue;
            }
            let Some((first, second)) = old.definition(one).zip(new.definition(other)) else {
                continue;
            };
            scored.push((similarity(first, second), one, other));
        }
        self.best(scored, ALIKE)
    }

    /// Components of one content.
    fn contents(&mut self, old: &Side<'_>, new: &Side<'_>) {
        let gone = old.api.types.iter().filter(|known| !self.types.contains_key(&known.name));
        let gone: Vec<_> = gone.filter(|known| is_component(&old.home(&known.name))).collect();
        let added = new.api.types.iter().filter(|known| self.is_new(&known.name));
        let added: Vec<_> = added.filter(|known| is_component(&new.home(&known.name))).collect();
        let mut by_content: HashMap<String, Vec<&TypeDefinition>> = HashMap::new();
        for known in added {
            by_content.entry(content_text(known)).or_default().push(known);
        }
        let mut scored = Vec::new();
        for one in gone {
            // More than one could be meant: then none is.
            if let Some([other]) = by_content.get(&content_text(one)).map(Vec::as_slice) {
                scored.push((similarity(one, other), &one.name, &other.name));
            }
        }
        self.best(scored, 100);
    }

    /// Takes the pairs that are most alike; whether there were any.
    fn best(&mut self, mut scored: Vec<(usize, &TypeName, &TypeName)>, least: usize) -> bool {
        scored.retain(|(score, ..)| *score >= least);
        // In an order that is the same from the new document to the old one.
        scored.sort_by_key(|(score, one, other)| {
            (std::cmp::Reverse(*score), (*one).min(other).clone(), (*one).max(other).clone())
        });
        let mut any = false;
        for (_, one, other) in scored {
            any |= self.add(one, other);
        }
        any
    }
}

/// Operations by method and path, then by the path without the names of its parameters, then by name.
fn pair_operations(old: &Side<'_>, new: &Side<'_>) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut gone: Vec<usize> = (0..old.operations.len()).collect();
    let mut added: Vec<usize> = (0..new.operations.len()).collect();
    let keys: [fn(&Operation) -> String; 3] = [
        |it| format!("{:?}{:?} {}", it.method, it.custom_method, it.path),
        |it| format!("{:?}{:?} {}", it.method, it.custom_method, without_names(&it.path)),
        |it| it.name.0.clone(),
    ];
    for key in keys {
        let mut known: HashMap<String, Vec<usize>> = HashMap::new();
        for at in &added {
            known.entry(key(new.operations[*at].0)).or_default().push(*at);
        }
        let mut counts: HashMap<String, usize> = HashMap::new();
        for at in &gone {
            *counts.entry(key(old.operations[*at].0)).or_default() += 1;
        }
        gone.retain(|at| {
            let key = key(old.operations[*at].0);
            let only = counts.get(&key) == Some(&1);
            let Some([other]) = known.get(&key).filter(|_| only).map(Vec::as_slice) else {
                return true;
            };
            added.retain(|at| at != other);
            pairs.push((*at, *other));
            false
        });
    }
    pairs
}

/// A path with `{}` for each parameter.
fn without_names(path: &str) -> String {
    let mut text = String::new();
    let mut within = false;
    for letter in path.chars() {
        within &= letter != '}';
        if !within {
            text.push(letter);
        }
        within |= letter == '{';
    }
    text
}

fn in_places<'a>(old: &[&'a Type], new: &[&'a Type], note: &mut impl FnMut(&'a Type, &'a Type)) {
    if old.len() == new.len() {
        for (one, other) in old.iter().zip(new) {
            note(one, other);
        }
    }
}

/// How much of two types' contents is in both of them, in percent.
fn similarity(one: &TypeDefinition, other: &TypeDefinition) -> usize {
    let (one, other) = match (parts_of(one), parts_of(other)) {
        (Some(one), Some(other)) => (one, other),
        _ => return 0,
    };
    let both = one.intersection(&other).count();
    let either = one.union(&other).count();
    // A kind is always there, and alone says nothing.
    (both * 100).checked_div(either).unwrap_or_default()
}

/// What a type consists of; nothing, if that is too little to know it by.
fn parts_of(definition: &TypeDefinition) -> Option<BTreeSet<String>> {
    let parts: BTreeSet<String> = match &definition.kind {
        TypeKind::Record(record) => {
            record.fields.iter().map(|field| format!("field {}", field.key)).collect()
        }
        TypeKind::StringEnum(values) => {
            values.variants.iter().map(|variant| format!("value {}", variant.value)).collect()
        }
        TypeKind::IntegerEnum(values) => {
            values.variants.iter().map(|variant| format!("number {}", variant.value)).collect()
        }
        TypeKind::Union(union) => {
            let names = union.alternatives.iter().map(|it| format!("variant {}", it.name.0));
            names.collect()
        }
        TypeKind::Alias(_) | TypeKind::Newtype(_) | TypeKind::Tuple(_) => return None,
    };
    Some(parts).filter(|parts| !parts.is_empty())
}

/// A type's content as text, to be compared as a whole.
fn content_text(definition: &TypeDefinition) -> String {
    parts_of(definition).into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// Whether a place is that of a component's schema.
pub(super) fn is_component(home: &Pointer) -> bool {
    home.as_str().starts_with("/components/schemas/") && home.segments().count() == 3
}

/// The types of components, by their pointers.
fn components_of<'a>(side: &'a Side<'_>) -> BTreeMap<Pointer, &'a TypeName> {
    let named = side.api.types.iter().map(|known| (side.home(&known.name), &known.name));
    named.filter(|(home, _)| is_component(home)).collect()
}
