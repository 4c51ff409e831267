use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use super::place::Places;
use super::verdict::Usage;
use crate::Description;
use crate::diagnostics::Pointer;
use crate::model::{
    Alternative, Api, Operation, Type, TypeDefinition, TypeKind, TypeName, ValueName,
};

/// One of the two documents.
pub(super) struct Side<'a> {
    pub(super) api: &'a Api,
    pub(super) places: Places<'a>,
    homes: &'a HashMap<TypeName, Pointer>,
    /// The operations of all groups, each with the name of its group.
    pub(super) operations: Vec<(&'a Operation, Option<&'a ValueName>)>,
    types: HashMap<&'a TypeName, &'a TypeDefinition>,
    /// The types whose content names a type.
    users: HashMap<&'a TypeName, Vec<&'a TypeName>>,
    /// The other names of types.
    names: HashMap<&'a TypeName, Vec<&'a TypeName>>,
    /// The operations that send a type, and those that receive it.
    sent: HashMap<&'a TypeName, Vec<usize>>,
    received: HashMap<&'a TypeName, Vec<usize>>,
    /// The types of what webhooks bring.
    brought: HashSet<&'a TypeName>,
    reached: RefCell<HashMap<TypeName, Rc<Reached>>>,
    /// What each operation is called in reports.
    pub(super) labels: Vec<String>,
}

/// What a change of a type touches.
#[derive(Clone, Debug, Default)]
pub(super) struct Reached {
    pub(super) usage: Usage,
    pub(super) operations: BTreeSet<String>,
}

impl<'a> Side<'a> {
    pub(super) fn new(description: &'a Description) -> Self {
        let api = &description.api;
        let mut operations = Vec::new();
        for group in &api.groups {
            let name = group.name.as_ref().map(|(name, _)| name);
            operations.extend(group.operations.iter().map(|operation| (operation, name)));
        }
        let mut side = Self {
            api,
            places: Places(&description.document),
            homes: &description.homes,
            types: api.types.iter().map(|known| (&known.name, known)).collect(),
            users: HashMap::new(),
            names: HashMap::new(),
            sent: HashMap::new(),
            received: HashMap::new(),
            brought: api
                .webhooks
                .all
                .iter()
                .filter_map(|webhook| webhook.payload.ty()?.named())
                .collect(),
            reached: RefCell::default(),
            labels: operations.iter().map(|(operation, _)| operation_label(operation)).collect(),
            operations,
        };
        for (index, (operation, _)) in side.operations.iter().enumerate() {
            for name in operation.sent().into_iter().filter_map(Type::named) {
                side.sent.entry(name).or_default().push(index);
            }
            for name in operation.received().into_iter().filter_map(Type::named) {
                side.received.entry(name).or_default().push(index);
            }
        }
        for definition in &api.types {
            let kept = side.kept(&definition.name);
            if *kept != definition.name {
                side.names.entry(kept).or_default().push(&definition.name);
            }
            for name in definition.kind.contents().into_iter().filter_map(Type::named) {
                side.users.entry(name).or_default().push(&definition.name);
            }
        }
        side
    }

    pub(super) fn definition(&self, name: &TypeName) -> Option<&'a TypeDefinition> {
        self.types.get(name).copied()
    }

    /// The content of a type, or of the one that it is another name for.
    pub(super) fn content(&self, known: &'a TypeDefinition) -> &'a TypeKind {
        self.definition(self.kept(&known.name)).map_or(&known.kind, |kept| &kept.kind)
    }

    /// All names of a type, by one of them.
    pub(super) fn names(&self, name: &'a TypeName) -> impl Iterator<Item = &'a TypeName> {
        let kept = self.kept(name);
        let others = self.names.get(kept).into_iter().flatten().copied();
        std::iter::once(kept).chain(others)
    }

    /// The type that a name is another one for, or else the name itself.
    pub(super) fn kept(&self, name: &'a TypeName) -> &'a TypeName {
        let mut kept = name;
        // No name stands for itself, but this is not the place to rely on it.
        for _ in 0..self.types.len() {
            match self.definition(kept).and_then(TypeDefinition::named_type) {
                Some(other) => kept = other,
                None => break,
            }
        }
        kept
    }

    /// The types whose content names a type.
    pub(super) fn users(&self, name: &TypeName) -> &[&'a TypeName] {
        self.users.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Where a type comes from in the document.
    pub(super) fn home(&self, name: &TypeName) -> Pointer {
        self.homes.get(name).cloned().unwrap_or_default()
    }

    /// A type with the names that only stand for another one replaced by what they stand for.
    pub(super) fn resolved(&self, ty: &'a Type) -> &'a Type {
        let mut ty = ty;
        // No name stands for itself, but this is not the place to rely on it.
        for _ in 0..self.types.len() {
            let Type::Named(name) = ty else { break };
            match self.definition(name).map(|definition| &definition.kind) {
                Some(TypeKind::Alias(inner)) => ty = inner,
                _ => break,
            }
        }
        ty
    }

    /// The alternatives of the union that a type is.
    pub(super) fn alternatives(&self, ty: &'a Type) -> &'a [Alternative] {
        let Type::Named(name) = self.resolved(ty) else { return &[] };
        match self.definition(name).map(|definition| &definition.kind) {
            Some(TypeKind::Union(union)) => &union.alternatives,
            _ => &[],
        }
    }

    /// The operations that a type reaches, and who sends it there.
    pub(super) fn reached(&self, name: &TypeName) -> Rc<Reached> {
        if let Some(known) = self.reached.borrow().get(name) {
            return Rc::clone(known);
        }
        let mut reached = Reached::default();
        let mut seen: HashSet<&TypeName> = HashSet::new();
        let mut open = vec![name];
        while let Some(name) = open.pop() {
            if !seen.insert(name) {
                continue;
            }
            reached.usage.received |= self.brought.contains(name);
            if let Some(operations) = self.sent.get(name) {
                reached.usage.sent = true;
                reached.operations.extend(operations.iter().map(|at| self.labels[*at].clone()));
            }
            if let Some(operations) = self.received.get(name) {
                reached.usage.received = true;
                reached.operations.extend(operations.iter().map(|at| self.labels[*at].clone()));
            }
            open.extend(self.users(name));
        }
        let reached = Rc::new(reached);
        self.reached.borrow_mut().insert(name.clone(), Rc::clone(&reached));
        reached
    }
}

/// `GET /files/{file_id}`
fn operation_label(operation: &Operation) -> String {
    format!("{} {}", operation.method.key().to_ascii_uppercase(), operation.path)
}
