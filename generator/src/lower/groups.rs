//! Operations by tag, once there are more than a handful, and their types with them.

use std::collections::{HashMap, HashSet};

use openapiv3::OpenAPI;

use super::names::{self, Scope};
use super::operations::Tagged;
use super::prose;
use crate::model::{Group, TypeDefinition, TypeName, ValueName};

/// More operations than this are grouped by tag.
const HANDFUL: usize = 12;

/// The operations in groups; tells each type which group it belongs to.
pub(crate) fn group(
    document: &OpenAPI,
    operations: Vec<Tagged>,
    types: &mut [TypeDefinition],
    operation_types: &mut Scope,
) -> Vec<Group> {
    let tags: HashSet<&Option<String>> = operations.iter().map(|tagged| &tagged.tag).collect();
    if operations.len() <= HANDFUL || tags.len() <= 1 {
        let operations = operations.into_iter().map(|tagged| tagged.operation).collect();
        return vec![Group { name: None, doc: prose::doc(None), operations }];
    }
    let mut scope = Scope::with(&["builder", "call", "clone", "new", "shared"]);
    let mut groups: Vec<(Option<String>, Group)> = Vec::new();
    for Tagged { tag, operation, .. } in operations {
        if let Some((_, known)) = groups.iter_mut().find(|(known, _)| *known == tag) {
            known.operations.push(operation);
            continue;
        }
        let text = tag.as_deref().unwrap_or("untagged");
        let described = document.tags.iter().find(|known| known.name == text);
        let given = described.and_then(|tag| tag.extensions.get("x-rust-name")?.as_str());
        let name = scope.take_value(names::value_name(given.unwrap_or(text), "group"));
        let doc = prose::doc(described.and_then(|tag| tag.description.as_deref()));
        let type_name =
            operation_types.take_type(names::type_name(&format!("{}_api", name.0), "Api"));
        groups
            .push((tag, Group { name: Some((name, type_name)), doc, operations: vec![operation] }));
    }
    let groups: Vec<Group> = groups.into_iter().map(|(_, group)| group).collect();
    file(types, &groups);
    groups
}

/// Files each type with the one group that uses it, and under `shared` where several do.
fn file(types: &mut [TypeDefinition], groups: &[Group]) {
    let index: HashMap<TypeName, usize> =
        types.iter().enumerate().map(|(at, known)| (known.name.clone(), at)).collect();
    let mut users: Vec<Option<ValueName>> = vec![None; types.len()];
    let shared = ValueName("shared".to_owned());
    for group in groups {
        let Some((name, _)) = &group.name else { continue };
        for at in super::presence::used_by(types, &index, &group.operations) {
            users[at] = match &users[at] {
                None => Some(name.clone()),
                Some(_) => Some(shared.clone()),
            };
        }
    }
    for (definition, user) in types.iter_mut().zip(users) {
        definition.module = Some(user.unwrap_or_else(|| shared.clone()));
    }
}
