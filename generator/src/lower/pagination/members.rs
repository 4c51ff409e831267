//! The members of a response, by their names on the wire.

use std::collections::HashMap;

use crate::model::{
    Field, Member, Operation, Presence, Record, Type, TypeDefinition, TypeKind, TypeName, ValueName,
};

/// A field: its name, and whether it may be missing.
pub(super) type Place = (ValueName, Presence);

pub(super) type Types<'a> = HashMap<&'a TypeName, &'a TypeDefinition>;

/// The response of an operation, if it may be a page.
pub(super) struct PageResponse<'a> {
    pub(super) operation: &'a Operation,
    pub(super) page: &'a Type,
    /// Its members, if it is an object.
    pub(super) record: Option<&'a Record>,
    types: &'a Types<'a>,
}

impl<'a> PageResponse<'a> {
    pub(super) fn new(operation: &'a Operation, page: &'a Type, types: &'a Types<'a>) -> Self {
        Self { operation, page, record: record_of(page, types), types }
    }

    /// The items' type, if this is a list, by whatever name.
    pub(super) fn item<'b>(&'b self, ty: &'b Type) -> Option<&'b Type> {
        match resolve_aliases(ty, self.types) {
            Type::List(item) => Some(item),
            _ => None,
        }
    }

    /// The member that a dotted path leads to.
    pub(super) fn member(&self, path: &str) -> Option<Member> {
        find_member(self.record?, path, self.types)
    }

    /// The member of this type of the items' type.
    pub(super) fn member_of_item(&self, item: &Type, path: &str) -> Option<Member> {
        find_member(record_of(item, self.types)?, path, self.types)
    }
}

fn find_member(record: &Record, path: &str, types: &Types<'_>) -> Option<Member> {
    let mut steps = Vec::new();
    let mut within = Some(record);
    let mut ty = None;
    for key in path.split('.') {
        let field = find_field(within?, key)?;
        steps.push((field.name.clone(), field.presence));
        within = record_of(&field.ty, types);
        ty = Some(resolve_aliases(&field.ty, types).clone());
    }
    Some(Member { path: steps, ty: ty? })
}

/// The type behind aliases.
fn resolve_aliases<'a>(ty: &'a Type, types: &Types<'a>) -> &'a Type {
    let mut ty = ty;
    for _ in 0..types.len() {
        let Type::Named(name) = ty else { break };
        match types.get(name).map(|known| &known.kind) {
            Some(TypeKind::Alias(other)) => ty = other,
            _ => break,
        }
    }
    ty
}

/// A field that emitted code may use without a warning.
pub(super) fn find_field<'a>(record: &'a Record, key: &str) -> Option<&'a Field> {
    record.fields.iter().find(|field| field.key == key && is_usable(field))
}

/// Whether a field says something of its page, and will go on to.
pub(super) fn is_usable(field: &Field) -> bool {
    let fixed = matches!(field.presence, Presence::Constant | Presence::Fixed);
    !field.deprecated && !fixed
}

/// The struct that a type is, by whatever name.
fn record_of<'a>(ty: &Type, types: &Types<'a>) -> Option<&'a Record> {
    let mut ty = ty;
    for _ in 0..=types.len() {
        match ty {
            Type::Boxed(inner) => ty = inner,
            Type::Named(name) => match &types.get(name)?.kind {
                TypeKind::Record(record) => return Some(record),
                TypeKind::Alias(other) => ty = other,
                _ => return None,
            },
            _ => return None,
        }
    }
    None
}
