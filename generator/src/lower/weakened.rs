//! Fields whose type is any JSON value although the document says more of them.

use openapiv3::{AdditionalProperties, ReferenceOr, Schema, SchemaKind, Type as SchemaType};

use super::site::{SchemaRef, Site};
use super::{Lowering, references};
use crate::model::{Type, TypeDefinition, TypeKind, TypeName};

/// How many references and levels of lists are followed.
const FAR: usize = 16;

impl Lowering<'_, '_> {
    /// Counts a field whose type was weakened.
    pub(crate) fn weigh_field(&mut self, ty: &Type, sites: &[Site<'_>]) {
        if is_any(ty) && sites.iter().any(|site| self.says_more(site.schema, FAR)) {
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
        if is_any(ty) && self.says_more(schema.into(), FAR) {
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

    fn says_more(&self, schema: SchemaRef<'_>, far: usize) -> bool {
        let Some(far) = far.checked_sub(1) else { return false };
        let schema = match schema {
            SchemaRef::Item(schema) => schema,
            SchemaRef::Reference(reference) => {
                let find = |name: &str| references::schema(self.document, name);
                return match references::component(reference, "schemas", find) {
                    Ok((_, target)) => self.says_more(SchemaRef::Item(target), far),
                    Err(_) => true,
                };
            }
        };
        let some = |members: &[ReferenceOr<Schema>]| {
            members.iter().any(|member| self.says_more(member.into(), far))
        };
        let values = |additional: &Option<AdditionalProperties>| match additional {
            Some(AdditionalProperties::Schema(schema)) => self.says_more((&**schema).into(), far),
            _ => false,
        };
        let items = |items: &Option<ReferenceOr<Box<Schema>>>| {
            items.as_ref().is_some_and(|items| self.says_more(items.into(), far))
        };
        match &schema.schema_kind {
            SchemaKind::OneOf { one_of: members }
            | SchemaKind::AnyOf { any_of: members }
            | SchemaKind::AllOf { all_of: members } => some(members),
            SchemaKind::Not { .. } => false,
            SchemaKind::Type(SchemaType::Array(array)) => items(&array.items),
            SchemaKind::Type(SchemaType::Object(object)) => {
                !object.properties.is_empty() || values(&object.additional_properties)
            }
            SchemaKind::Type(_) => true,
            SchemaKind::Any(any) => {
                any.typ.as_deref().is_some_and(|kind| kind != "object" && kind != "array")
                    || !any.properties.is_empty()
                    || !any.enumeration.is_empty()
                    || values(&any.additional_properties)
                    || items(&any.items)
                    || [&any.one_of, &any.any_of, &any.all_of].into_iter().any(|list| some(list))
            }
        }
    }
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
