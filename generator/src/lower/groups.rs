//! Operations by tag, once there are more than a handful, and their types with them.

use std::collections::{HashMap, HashSet};

use openapiv3::Tag;

use super::operations::Tagged;
use super::scope::{Named, Scope};
use super::{Lowering, prose, reached, reserved};
use crate::diagnostics::Pointer;
use crate::model::{Group, Type, TypeDefinition, TypeName, ValueName};
use crate::names;

/// More operations than this are grouped by tag.
const HANDFUL: usize = 12;

impl Lowering<'_, '_> {
    /// The operations in groups; tells each type which group it belongs to.
    pub(crate) fn group(
        &mut self,
        operations: Vec<Tagged>,
        types: &mut [TypeDefinition],
    ) -> Vec<Group> {
        let tags: HashSet<&Option<String>> = operations.iter().map(|tagged| &tagged.tag).collect();
        if operations.len() <= HANDFUL || tags.len() <= 1 {
            let operations = operations.into_iter().map(|tagged| tagged.operation).collect();
            return vec![Group {
                name: None,
                feature: None,
                doc: prose::document_text(None),
                operations,
            }];
        }
        let mut described: HashMap<&str, (usize, &Tag)> = HashMap::new();
        for (index, tag) in self.document.tags.iter().enumerate() {
            described.entry(&tag.name).or_insert((index, tag));
        }
        // A group is a method of the client, a module and a file.
        let taken = [reserved::CLIENT, reserved::MODULES].concat();
        let mut scope = Scope::reserving(&taken, "_group");
        let mut known: HashMap<Option<String>, usize> = HashMap::new();
        let mut groups: Vec<Group> = Vec::new();
        for Tagged { tag, operation, pointer, .. } in operations {
            if let Some(&at) = known.get(&tag) {
                groups[at].operations.push(operation);
                continue;
            }
            let text = tag.as_deref().unwrap_or("untagged");
            let place = match described.get(text) {
                Some((index, _)) => Pointer::default().key("tags").index(*index),
                None => pointer.key("tags"),
            };
            let described = described.get(text).map(|(_, tag)| *tag);
            let mut group = self.new_group(text, described, &place, &mut scope);
            group.operations.push(operation);
            known.insert(tag, groups.len());
            groups.push(group);
        }
        assign_type_files(types, &groups);
        groups
    }

    fn new_group(
        &mut self,
        text: &str,
        described: Option<&Tag>,
        place: &Pointer,
        scope: &mut Scope,
    ) -> Group {
        let given = described.and_then(|tag| tag.extensions.get("x-rust-name")?.as_str());
        let text = given.unwrap_or(text);
        let named = Named { kind: "group", text, fallback: "group", place };
        let name = scope.claim_value(named, self.diagnostics);
        let type_name = names::type_name(&format!("{}_api", name.0), "Api");
        let named = Named { kind: "type of the group", ..named };
        let type_name = self.operation_types.claim_derived(type_name, named, self.diagnostics);
        let doc = prose::document_text(described.and_then(|tag| tag.description.as_deref()));
        Group { name: Some((name, type_name)), feature: None, doc, operations: Vec::new() }
    }
}

/// Files each type with the one group that uses it, and under `shared` where several do.
fn assign_type_files(types: &mut [TypeDefinition], groups: &[Group]) {
    let index: HashMap<TypeName, usize> =
        types.iter().enumerate().map(|(at, known)| (known.name.clone(), at)).collect();
    let within: Vec<Vec<usize>> = types
        .iter()
        .map(|known| known.references().filter_map(|name| index.get(name).copied()).collect())
        .collect();
    let mut users = vec![Users::None; types.len()];
    for (group, Group { operations, .. }) in groups.iter().enumerate() {
        let named = reached::types_of(operations).into_iter().filter_map(Type::named);
        let mut open: Vec<usize> = named.filter_map(|name| index.get(name).copied()).collect();
        while let Some(at) = open.pop() {
            users[at] = match users[at] {
                Users::None => Users::One(group),
                // What is in a type that several groups use, they use too: it was looked into then.
                Users::Several => continue,
                Users::One(known) if known == group => continue,
                Users::One(_) => Users::Several,
            };
            open.extend(&within[at]);
        }
    }
    let shared = ValueName("shared".to_owned());
    for (definition, user) in types.iter_mut().zip(users) {
        let group = match user {
            Users::One(group) => groups[group].name.as_ref().map(|(name, _)| name.clone()),
            Users::None | Users::Several => None,
        };
        definition.module = Some(group.unwrap_or_else(|| shared.clone()));
    }
}

/// Which groups use a type.
#[derive(Clone, Copy)]
enum Users {
    None,
    One(usize),
    Several,
}
