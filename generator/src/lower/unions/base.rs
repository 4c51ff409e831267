//! The unions of schemas that others build on: their discriminator leads to those.

use std::collections::HashSet;

use openapiv3::Schema;

use super::{Candidate, tag};
use crate::diagnostics::Pointer;
use crate::lower::Lowering;
use crate::lower::flat::Flat;
use crate::lower::schemas::Naming;
use crate::lower::site::{SchemaRef, Site};
use crate::model::Type;

impl<'a> Lowering<'a, '_> {
    /// Whether a reference leads to a schema that [`Self::lower_base_class`] is for.
    pub(crate) fn is_base_class(&mut self, site: &Site<'a>) -> bool {
        let SchemaRef::Reference(reference) = site.schema else { return false };
        let target = self.quietly(|lowering| lowering.resolve(reference, &site.pointer));
        target.is_some_and(|target| {
            target.schema.schema_data.discriminator.is_some()
                && self.flat_of(&target.site()).unions.is_empty()
        })
    }

    /// The union of a schema that others build on and that has a discriminator.
    pub(crate) fn lower_base_class(
        &mut self,
        flat: &Flat<'a>,
        schema: Option<&'a Schema>,
        site: &Site<'a>,
        naming: &Naming,
    ) -> Option<Type> {
        let Naming::Own(name) = naming else { return None };
        let component = self.component_of(name)?;
        let document = self.document;
        let schemas = &document.components.as_ref()?.schemas;
        let mapped =
            flat.discriminator.iter().flat_map(|discriminator| discriminator.mapping.values());
        let mapped = mapped.filter_map(|target| schemas.get_key_value(&tag::mapping_name(target)));
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
        if names.is_empty() {
            return None;
        }
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
        Some(self.define_union(flat, schema, site, naming, candidates, false))
    }
}
