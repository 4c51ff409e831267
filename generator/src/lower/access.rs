//! Who may send a property: `readOnly` and `writeOnly`, wherever they stand.

use std::collections::HashSet;

use openapiv3::{ReferenceOr, Schema, SchemaKind};

use super::Lowering;
use super::limits::DEEPEST;
use super::references;
use super::site::{SchemaRef, Site};

/// `readOnly` and `writeOnly`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Access {
    /// Only responses carry it.
    pub(crate) read_only: bool,
    /// Only requests carry it.
    pub(crate) write_only: bool,
}

impl Access {
    /// What holds if one of them does.
    fn either(self, other: Self) -> Self {
        Self {
            read_only: self.read_only || other.read_only,
            write_only: self.write_only || other.write_only,
        }
    }

    /// What holds if both do.
    fn both(self, other: Self) -> Self {
        Self {
            read_only: self.read_only && other.read_only,
            write_only: self.write_only && other.write_only,
        }
    }
}

impl<'a> Lowering<'a, '_> {
    /// Who may send a property that these schemas describe at once.
    pub(crate) fn access_of(&mut self, sites: &[Site<'a>]) -> Access {
        let mut open = HashSet::new();
        sites.iter().fold(Access::default(), |known, site| {
            known.either(self.access(site.schema, &mut open))
        })
    }

    /// `open` are the components that are being looked at. One that leads back to itself adds
    /// nothing.
    fn access(&mut self, schema: SchemaRef<'a>, open: &mut HashSet<&'a str>) -> Access {
        let schema = match schema {
            SchemaRef::Item(schema) => schema,
            SchemaRef::Reference(reference) => {
                let find = |name: &str| references::find_schema(self.document, name);
                let Ok((name, schema)) = references::find_component(reference, "schemas", find)
                else {
                    return Access::default();
                };
                if let Some(&known) = self.component_access.get(name) {
                    return known;
                }
                if open.len() >= DEEPEST || !open.insert(name) {
                    return Access::default();
                }
                let access = self.access(SchemaRef::Item(schema), open);
                open.remove(name);
                self.component_access.insert(name, access);
                return access;
            }
        };
        let data = &schema.schema_data;
        let mut access = Access { read_only: data.read_only, write_only: data.write_only };
        let (all, unions): (&'a [ReferenceOr<Schema>], [&'a [ReferenceOr<Schema>]; 2]) =
            match &schema.schema_kind {
                SchemaKind::AllOf { all_of } => (all_of, [&[], &[]]),
                SchemaKind::OneOf { one_of: union } | SchemaKind::AnyOf { any_of: union } => {
                    (&[], [union, &[]])
                }
                SchemaKind::Any(any) => (&any.all_of, [&any.one_of, &any.any_of]),
                SchemaKind::Type(_) | SchemaKind::Not { .. } => return access,
            };
        for member in all {
            access = access.either(self.access(member.into(), open));
        }
        for union in unions {
            let of_each: Vec<Access> =
                union.iter().map(|member| self.access(member.into(), open)).collect();
            access = access.either(of_each.into_iter().reduce(Access::both).unwrap_or_default());
        }
        access
    }
}
