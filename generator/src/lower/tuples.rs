//! Arrays whose elements have a schema each.

use openapiv3::Schema;
use serde_json::Value;

use super::Lowering;
use super::flat::Additional;
use super::limits::entries_size;
use super::schemas::{Lowered, Naming};
use super::site::{SchemaRef, Site, name_all};
use crate::extensions::PREFIX_ITEMS;
use crate::model::{Tuple, Type, TypeKind};
use crate::names;

impl<'a> Lowering<'a, '_> {
    /// The tuple struct of an array whose `items` has the extension `x-prefix-items`; its properties are
    /// the elements.
    pub(crate) fn lower_tuple(
        &mut self,
        items: &[Site<'a>],
        schema: Option<&'a Schema>,
        site: &Site<'a>,
        naming: &Naming,
    ) -> Option<Type> {
        if !items.iter().any(|item| is_tuple(item.schema)) {
            return None;
        }
        let flat = self.quietly(|lowering| lowering.flatten_all(items));
        if !self.write(entries_size(flat.properties.keys().copied()), &site.pointer) {
            return Some(Type::Json);
        }
        let name = self.name_for(naming.clone(), schema, &site.pointer);
        let ty = Type::Named(name.clone());
        // Known before its elements are, so that they can lead back to it.
        self.lowered
            .insert(site.pointer.clone(), Lowered { ty: ty.clone(), nullable: flat.nullable });
        let at = self.types.len();
        let doc = self.type_doc(schema, &site.pointer);
        self.define(
            name.clone(),
            doc,
            schema.is_some_and(|schema| schema.schema_data.deprecated),
            TypeKind::Tuple(Tuple::default()),
        );
        let mut elements = Vec::new();
        for (place, sites) in flat.properties.values().enumerate() {
            let hint = names::child_name(&name.0, &format!("item {}", place + 1));
            let mut sites = sites.clone();
            name_all(&mut sites, &hint);
            elements.push(self.lower_all(&sites, hint).element());
        }
        let rest = match &flat.additional {
            Additional::None => None,
            Additional::Any | Additional::Unsaid => Some(Type::Json),
            Additional::Schema(sites) => {
                let hint = names::child_name(&name.0, "rest");
                let mut sites = sites.clone();
                name_all(&mut sites, &hint);
                Some(self.lower_all(&sites, hint).element())
            }
        };
        let required = flat.required.len().min(elements.len());
        self.types[at].kind = TypeKind::Tuple(Tuple { elements, required, rest });
        Some(ty)
    }
}

/// Whether the elements of an array have a schema each.
fn is_tuple(items: SchemaRef<'_>) -> bool {
    let SchemaRef::Item(schema) = items else { return false };
    schema.schema_data.extensions.get(PREFIX_ITEMS) == Some(&Value::Bool(true))
}
