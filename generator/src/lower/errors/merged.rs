//! The bodies of errors that operations describe each for itself, and alike.

use std::collections::{HashMap, HashSet};

use crate::lower::operations::Tagged;
use crate::lower::{Lowering, reached};
use crate::model::{Doc, Payload, Type, TypeDefinition, TypeKind, TypeName, Webhooks};
use crate::names::type_name;

/// A type within a type that is merged is merged in the round before. Errors are no deeper.
const ROUNDS: usize = 8;

impl Lowering<'_, '_> {
    /// Makes one type of those that describe the bodies of errors in place, and are equal but for
    /// what is said of them.
    pub(super) fn merge_error_types(
        &mut self,
        operations: &mut [Tagged],
        webhooks: &Webhooks,
        types: &mut Vec<TypeDefinition>,
    ) {
        let mut owners = self.described_in_place(operations, webhooks, types);
        if owners.len() < 2 {
            return;
        }
        let mut merged = HashSet::new();
        let mut replaced = HashMap::new();
        for _ in 0..ROUNDS {
            let mut alike: HashMap<String, Vec<usize>> = HashMap::new();
            for (at, definition) in types.iter().enumerate() {
                if owners.contains_key(&definition.name) {
                    alike.entry(self.shape_of(definition)).or_default().push(at);
                }
            }
            let mut sets: Vec<Vec<usize>> =
                alike.into_values().filter(|set| set.len() > 1).collect();
            sets.sort();
            let mut renamed = HashMap::new();
            let mut gone = HashSet::new();
            for mut set in sets {
                // The order of the document's paths must not show in any name.
                set.sort_by(|one, other| types[*one].name.0.cmp(&types[*other].name.0));
                let Some((&kept, others)) = set.split_first() else { continue };
                for &other in others {
                    renamed.insert(types[other].name.clone(), types[kept].name.clone());
                    gone.insert(types[other].name.clone());
                }
                types[kept].doc = Doc::default();
            }
            if renamed.is_empty() {
                break;
            }
            types.retain(|known| !gone.contains(&known.name));
            merged.extend(renamed.values().cloned());
            self.rename(&renamed, operations, types);
            replaced.extend(renamed);
        }
        owners.retain(|name, _| merged.contains(name));
        let named = self.name_merged(&owners, operations, types);
        keep_names(&replaced, &named, types);
    }

    /// The types that are described where an operation's errors are, and stand nowhere else, with what
    /// the operation's name begins theirs with.
    fn described_in_place(
        &self,
        operations: &[Tagged],
        webhooks: &Webhooks,
        types: &[TypeDefinition],
    ) -> HashMap<TypeName, String> {
        let index: HashMap<&TypeName, &TypeKind> =
            types.iter().map(|known| (&known.name, &known.kind)).collect();
        let mut owners = HashMap::new();
        for tagged in operations {
            let start = format!("{}Error", tagged.operation.type_name.0);
            let bodies = tagged.failures.iter().filter_map(|error| match &error.payload {
                Payload::Json(ty) => ty.named(),
                _ => None,
            });
            let mut open: Vec<&TypeName> =
                bodies.filter(|name| self.is_named_after(name, &start)).collect();
            while let Some(name) = open.pop() {
                if owners.insert(name.clone(), start.clone()).is_some() {
                    continue;
                }
                let within = index.get(name).map(|kind| kind.contents()).unwrap_or_default();
                let within = within.into_iter().filter_map(Type::named);
                open.extend(within.filter(|name| self.is_named_after(name, &start)));
            }
        }
        let operations = operations.iter().map(|tagged| &tagged.operation);
        let elsewhere = types.iter().filter(|known| !owners.contains_key(&known.name));
        let elsewhere = elsewhere.flat_map(|known| known.kind.contents());
        let elsewhere: HashSet<&TypeName> = elsewhere
            .chain(reached::types_of(operations))
            .chain(webhooks.types())
            .filter_map(Type::named)
            .collect();
        owners.retain(|name, _| !elsewhere.contains(name));
        owners
    }

    /// Whether a type is no component's, and its name starts with this.
    fn is_named_after(&self, name: &TypeName, start: &str) -> bool {
        name.0.starts_with(start) && !self.component_names.contains_key(name)
    }

    /// A text that is the same only for types that decode and encode alike.
    fn shape_of(&self, definition: &TypeDefinition) -> String {
        let mut kind = definition.kind.clone();
        match &mut kind {
            TypeKind::Record(record) => {
                record.fields.iter_mut().for_each(|field| field.doc = Doc::default());
            }
            TypeKind::StringEnum(values) => {
                values.variants.iter_mut().for_each(|value| value.doc = Doc::default());
            }
            TypeKind::IntegerEnum(values) => {
                values.variants.iter_mut().for_each(|value| value.doc = Doc::default());
            }
            TypeKind::Union(union) => {
                union.alternatives.iter_mut().for_each(|one| one.doc = Doc::default());
            }
            TypeKind::Alias(_) | TypeKind::Newtype(_) | TypeKind::Tuple(_) => {}
        }
        let promises = self.promises.get(&definition.name);
        let tagged = self.tags.contains_key(&definition.name).then_some(&definition.name);
        format!("{kind:?} {promises:?} {tagged:?}")
    }

    /// Gives what was merged a name that is no operation's; gives those names.
    fn name_merged(
        &mut self,
        owners: &HashMap<TypeName, String>,
        operations: &mut [Tagged],
        types: &mut [TypeDefinition],
    ) -> HashMap<TypeName, TypeName> {
        let mut renamed = HashMap::new();
        let mut merged: Vec<&mut TypeDefinition> = types.iter_mut().collect();
        merged.sort_by(|one, other| one.name.0.cmp(&other.name.0));
        for definition in merged {
            let Some(owner) = owners.get(&definition.name) else { continue };
            let rest = definition.name.0.strip_prefix(owner).unwrap_or_default();
            let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_');
            if rest.is_empty() {
                let about = "The body of an error of several operations.";
                definition.doc = Doc { lines: vec![about.to_owned()] };
            }
            let wanted = type_name(&format!("ApiError{rest}"), "ApiError");
            let name = self.type_names.take_type(wanted);
            if let Some(promises) = self.promises.remove(&definition.name) {
                self.promises.insert(name.clone(), promises);
            }
            renamed.insert(std::mem::replace(&mut definition.name, name.clone()), name);
        }
        self.rename(&renamed, operations, types);
        renamed
    }

    /// Calls types by other names, wherever they stand.
    fn rename(
        &mut self,
        renamed: &HashMap<TypeName, TypeName>,
        operations: &mut [Tagged],
        types: &mut [TypeDefinition],
    ) {
        types.iter_mut().for_each(|known| known.kind.rename(renamed));
        self.lowered.values_mut().for_each(|lowered| lowered.ty.rename(renamed));
        for Tagged { failures, .. } in operations {
            for error in failures {
                if let Payload::Json(ty) = &mut error.payload {
                    ty.rename(renamed);
                }
            }
        }
    }
}

/// Keeps the names that merged types have where no other operation has the like, as other names: who uses
/// them needs not change when another operation is added. `replaced`: by which of the merged; `named`: what
/// those are called now.
fn keep_names(
    replaced: &HashMap<TypeName, TypeName>,
    named: &HashMap<TypeName, TypeName>,
    types: &mut Vec<TypeDefinition>,
) {
    let own = named.keys().chain(replaced.keys());
    let aliases = own.filter_map(|own| {
        let name = final_name(own, replaced, named)?.clone();
        let about = format!("`{}`, by the operation's own name.", name.0);
        let doc = Doc { lines: vec![about] };
        let kind = TypeKind::Alias(Type::Named(name));
        Some(TypeDefinition {
            name: own.clone(),
            doc,
            deprecated: false,
            module: None,
            equal_to: None,
            kind,
        })
    });
    let aliases: Vec<TypeDefinition> = aliases.collect();
    types.extend(aliases);
}

/// What the type is called that replaces this one, perhaps by way of others.
fn final_name<'a>(
    name: &'a TypeName,
    replaced: &'a HashMap<TypeName, TypeName>,
    named: &'a HashMap<TypeName, TypeName>,
) -> Option<&'a TypeName> {
    let mut kept = name;
    for _ in 0..ROUNDS {
        let Some(other) = replaced.get(kept) else { break };
        kept = other;
    }
    named.get(kept)
}
