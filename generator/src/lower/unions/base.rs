//! The unions of schemas that others build on: their discriminator leads to those.

use std::collections::HashSet;

use openapiv3::{Discriminator, Schema};

use super::{Candidate, tag};
use crate::diagnostics::Pointer;
use crate::lower::Lowering;
use crate::lower::flat::Flat;
use crate::lower::schemas::Naming;
use crate::lower::site::{SchemaRef, Site};
use crate::model::{Type, TypeName};

impl<'a> Lowering<'a, '_> {
    /// Whether a reference leads to a schema that [`Self::lower_base_class`] is for.
    pub(crate) fn is_base_class(&mut self, site: &Site<'a>) -> bool {
        let SchemaRef::Reference(reference) = site.schema else { return false };
        let target = self.quietly(|lowering| lowering.resolve(reference, &site.pointer));
        target.is_some_and(|target| {
            let flat = self.flat_of(&target.site());
            flat.discriminator.is_some() && flat.unions.is_empty()
        })
    }

    /// The union of a schema that others build on and that has a discriminator, its own or one of what it
    /// builds on itself.
    pub(crate) fn lower_base_class(
        &mut self,
        flat: &Flat<'a>,
        schema: Option<&'a Schema>,
        site: &Site<'a>,
        naming: &Naming,
    ) -> Option<Type> {
        let Naming::Own(name) = naming else { return None };
        let component = self.component_of(name)?;
        let discriminator = flat.discriminator?;
        let is_root = schema.is_some_and(|schema| schema.schema_data.discriminator.is_some());
        let names = self.subtypes_of(component, is_root.then_some(discriminator));
        if names.is_empty() {
            return None;
        }
        let document = self.document;
        let schemas = &document.components.as_ref()?.schemas;
        let mut candidates = Vec::new();
        for child in names {
            if !self.combine(&site.pointer) {
                break;
            }
            let own = self.components[child].clone();
            let pointer = Pointer::default().key("components").key("schemas").key(child);
            let site = Site::new(&schemas[child], pointer, own.0.clone());
            let flat = self.flat_of(&site);
            candidates.push(Candidate { site, flat, ty: Type::Named(own.clone()), name: own });
        }
        if !is_root || self.has_values_of_its_own(flat, discriminator, &candidates) {
            let naming = Naming::Hint(format!("{}Base", name.0));
            // A place of its own: the pointer of the base belongs to the union.
            let place = Site { pointer: site.pointer.key("allOf"), ..site.clone() };
            let ty = self.lower_record(flat.clone(), schema, &place, naming);
            let site = site.clone();
            let flat = flat.clone();
            candidates.push(Candidate { site, flat, ty, name: TypeName("Base".to_owned()) });
        }
        Some(self.define_union(flat, schema, site, naming, candidates, false))
    }

    /// The components that a discriminator leads to, and those that build on a component.
    fn subtypes_of(
        &self,
        component: &'a str,
        discriminator: Option<&'a Discriminator>,
    ) -> Vec<&'a str> {
        let document = self.document;
        let Some(components) = &document.components else { return Vec::new() };
        let mapped = discriminator.into_iter().flat_map(|named| named.mapping.values());
        let mapped = mapped
            .filter_map(|target| components.schemas.get_key_value(&tag::mapping_name(target)));
        let mut names: Vec<&'a str> = mapped.map(|(name, _)| name.as_str()).collect();
        names.extend(self.children.get(component).into_iter().flatten());
        names.retain(|&name| name != component);
        let mut seen = HashSet::from([component]);
        names.retain(|name| seen.insert(*name));
        // Those that build on these build on the base too.
        let mut next = 0;
        while let Some(name) = names.get(next) {
            let children = self.children.get(name).into_iter().flatten();
            names.extend(children.copied().filter(|child| seen.insert(*child)).collect::<Vec<_>>());
            next += 1;
        }
        names
    }

    /// Whether a base lists values of its discriminator that lead to none of its subtypes.
    fn has_values_of_its_own(
        &mut self,
        flat: &Flat<'a>,
        discriminator: &Discriminator,
        subtypes: &[Candidate<'a>],
    ) -> bool {
        let key = discriminator.property_name.as_str();
        let Some((mut values, _)) = self.tag_values(flat, key) else { return false };
        values.retain(|value| !discriminator.mapping.contains_key(value));
        for subtype in subtypes {
            let own = subtype.flat.properties.get(key);
            let is_inherited = own.map(|sites| self.places_of(sites))
                == flat.properties.get(key).map(|sites| self.places_of(sites));
            let claimed = if is_inherited { None } else { self.tag_values(&subtype.flat, key) };
            let claimed = claimed.map(|(claimed, _)| claimed);
            let claimed = claimed.or_else(|| {
                let name = self.component_at(&subtype.site)?;
                Some(vec![self.declared_tag(&name).unwrap_or(name)])
            });
            values.retain(|value| !claimed.iter().flatten().any(|claimed| claimed == value));
        }
        !values.is_empty()
    }
}
