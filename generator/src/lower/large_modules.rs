//! Modules with so many types that rustc would be slow with them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::model::{Group, TypeDefinition, ValueName, Webhooks};

/// Most types of a module. For each attribute, rustc walks along the macros that the module calls before it:
/// GitHub's document, with 4,600 types in one module, took a fourth of its time for that.
const MOST_TYPES: usize = 250;

/// Distributes the types of large modules over several, which the same features bring.
pub(super) fn split_large_modules(
    groups: &[Group],
    webhooks: &Webhooks,
    types: &mut [TypeDefinition],
    gates: &mut BTreeMap<ValueName, BTreeSet<String>>,
) {
    let named = groups.iter().filter_map(|group| Some(&group.name.as_ref()?.0));
    let mut taken: HashSet<ValueName> = named.cloned().collect();
    taken.extend(types.iter().filter_map(|definition| definition.module.clone()));
    let mut parts: HashMap<ValueName, Part> = HashMap::new();
    // Another name of a type has nothing to compile.
    for definition in types.iter_mut().filter(|known| known.equal_to.is_none()) {
        let Some(module) = &definition.module else { continue };
        if webhooks.module.as_ref() == Some(module) {
            continue;
        }
        let part = parts.entry(module.clone()).or_insert_with(|| Part {
            name: module.clone(),
            number: 1,
            types: 0,
        });
        if part.types == MOST_TYPES {
            part.begin_next(module, &mut taken);
            if let Some(users) = gates.get(module).cloned() {
                gates.insert(part.name.clone(), users);
            }
        }
        part.types += 1;
        definition.module = Some(part.name.clone());
    }
}

/// The module that the next types of a large one go to.
struct Part {
    name: ValueName,
    number: usize,
    types: usize,
}

impl Part {
    fn begin_next(&mut self, module: &ValueName, taken: &mut HashSet<ValueName>) {
        self.types = 0;
        loop {
            self.number += 1;
            self.name = ValueName(format!("{}_{}", module.0, self.number));
            if taken.insert(self.name.clone()) {
                return;
            }
        }
    }
}
