//! Fields whose type is any JSON value although the document says more of them.

use std::collections::HashSet;

use openapiv3::{AdditionalProperties, ReferenceOr, Schema, SchemaKind, Type as SchemaType};

use super::limits::DEEPEST;
use super::site::{SchemaRef, Site};
use super::{Lowering, references};
use crate::model::{Type, TypeDefinition, TypeKind, TypeName};

impl Lowering<'_, '_> {
    /// Counts a field whose type was weakened.
    pub(crate) fn weigh_field(&mut self, ty: &Type, sites: &[Site<'_>]) {
        if is_any(ty) && sites.iter().any(|site| self.says_more(site.schema)) {
            self.weakened_fields += 1;
        }
    }

    /// Remembers a component whose type was weakened.
    pub(crate) fn weigh_component(
        &mut self,
        name: &TypeName,
        ty: &Type,
        schema: &ReferenceOr<Schema>,
    ) {
        if is_any(ty) && self.says_more(schema.into()) {
            self.weakened_types.insert(name.clone());
        }
    }

    /// How many fields were weakened, by themselves or by the component that they refer to.
    pub(crate) fn count_weakened(&self, types: &[TypeDefinition]) -> usize {
        let records = types.iter().filter_map(|known| match &known.kind {
            TypeKind::Record(record) => Some(record),
            _ => None,
        });
        let referring = records
            .flat_map(|record| &record.fields)
            .filter(|field| field.ty.named().is_some_and(|name| self.weakened_types.contains(name)))
            .count();
        self.weakened_fields + referring
    }

    fn says_more(&self, schema: SchemaRef<'_>) -> bool {
        let mut open = vec![schema];
        let mut seen = HashSet::new();
        while let Some(schema) = open.pop() {
            if seen.len() > DEEPEST {
                return true;
            }
            match schema {
                SchemaRef::Item(schema) if says_more_than_any(schema, &mut open) => return true,
                SchemaRef::Item(_) => {}
                SchemaRef::Reference(reference) => {
                    let find = |name: &str| references::find_schema(self.document, name);
                    match references::find_component(reference, "schemas", find) {
                        Ok((name, target)) if seen.insert(name) => {
                            open.push(SchemaRef::Item(target));
                        }
                        Ok(_) => {}
                        Err(_) => return true,
                    }
                }
            }
        }
        false
    }
}

/// Whether a schema says more by itself than that any value is allowed; adds the schemas within it
/// that may.
fn says_more_than_any<'a>(schema: &'a Schema, within: &mut Vec<SchemaRef<'a>>) -> bool {
    let (items, additional) = match &schema.schema_kind {
        SchemaKind::OneOf { one_of: members }
        | SchemaKind::AnyOf { any_of: members }
        | SchemaKind::AllOf { all_of: members } => {
            within.extend(members.iter().map(SchemaRef::from));
            (None, None)
        }
        SchemaKind::Not { .. } => (None, None),
        SchemaKind::Type(SchemaType::Array(array)) => (array.items.as_ref(), None),
        SchemaKind::Type(SchemaType::Object(object)) => {
            if !object.properties.is_empty() {
                return true;
            }
            (None, object.additional_properties.as_ref())
        }
        SchemaKind::Type(_) => return true,
        SchemaKind::Any(any) => {
            let scalar = any.typ.as_deref().is_some_and(|kind| kind != "object" && kind != "array");
            if scalar || !any.properties.is_empty() || !any.enumeration.is_empty() {
                return true;
            }
            let members = [&any.one_of, &any.any_of, &any.all_of].into_iter().flatten();
            within.extend(members.map(SchemaRef::from));
            (any.items.as_ref(), any.additional_properties.as_ref())
        }
    };
    within.extend(items.map(SchemaRef::from));
    if let Some(AdditionalProperties::Schema(schema)) = additional {
        within.push((&**schema).into());
    }
    false
}

/// Whether it is any JSON value, or nothing but a list or map of such.
fn is_any(ty: &Type) -> bool {
    match ty {
        Type::Json => true,
        Type::List(inner) | Type::Map(inner) | Type::Nullable(inner) | Type::Boxed(inner) => {
            is_any(inner)
        }
        _ => false,
    }
}
