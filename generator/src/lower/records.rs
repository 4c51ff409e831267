//! Structs: fields, their names and presence.

use std::collections::HashSet;

use openapiv3::Schema;
use serde_json::Value;

use super::access::Access;
use super::checks::default_of;
use super::flat::{Additional, Flat};
use super::limits::entries_size;
use super::schemas::{Lowered, Naming};
use super::scope::{Named, Scope};
use super::site::{SchemaRef, Site};
use super::{Lowering, prose};
use crate::diagnostics::Pointer;
use crate::model::{
    Constructor, Doc, Field, Known, Presence, Record, Type, TypeKind, TypeName, ValueName,
};
use crate::names;

/// What the document says of a field's presence; what becomes of it depends on who sends the record.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Promise {
    pub(crate) required: bool,
    pub(crate) nullable: bool,
    pub(crate) access: Access,
}

impl<'a> Lowering<'a, '_> {
    /// Defines the struct of an object.
    pub(crate) fn lower_record(
        &mut self,
        mut flat: Flat<'a>,
        schema: Option<&'a Schema>,
        site: &Site<'a>,
        naming: Naming,
    ) -> Type {
        let keys = flat.properties.keys().copied().chain(flat.undescribed());
        if !self.write(entries_size(keys), &site.pointer) {
            return Type::Json;
        }
        let wanted = naming.base().to_owned();
        let name = self.name_for(naming, schema, &site.pointer);
        // Known before its fields are, so that they can lead back to it.
        self.lowered.insert(
            site.pointer.clone(),
            Lowered { ty: Type::Named(name.clone()), nullable: flat.nullable },
        );
        if is_numbered(&wanted, &name) {
            // What is in it is named after it, and needs no number of its own then.
            for site in flat.properties.values_mut().flatten() {
                if let Some(part) = site.hint.name().strip_prefix(&wanted) {
                    site.hint = format!("{}{part}", name.0).into();
                }
            }
        }
        let at = self.types.len();
        let doc = self.type_doc(schema, &site.pointer);
        self.define(
            name.clone(),
            doc,
            schema.is_some_and(|schema| schema.schema_data.deprecated),
            TypeKind::Record(new_record(Vec::new(), None)),
        );
        let record = self.lower_fields(&flat, &name, &site.pointer);
        self.types[at].kind = TypeKind::Record(record);
        Type::Named(name)
    }

    fn lower_fields(&mut self, flat: &Flat<'a>, owner: &TypeName, pointer: &Pointer) -> Record {
        let mut scope = Scope::default();
        let mut fields = Vec::new();
        let mut promises = Vec::new();
        let all_required: HashSet<&str> = flat.required.iter().copied().collect();
        let count = flat.properties.len() + flat.undescribed().count();
        let fitting = self.limit_fields(
            count,
            "properties",
            "become arbitrary JSON values in a map of the struct",
            pointer,
        );
        for (key, sites) in flat.properties.iter().take(fitting) {
            let required = all_required.contains(key);
            let hint = names::child_name(&owner.0, key);
            let lowered = match flat.choices.contains(key) {
                true => self.lower_choice(sites, pointer.key("properties").key(key), hint),
                false => self.lower_all(sites, hint),
            };
            let (field, promise) = self.lower_field(key, sites, required, lowered, &mut scope);
            fields.push(field);
            promises.push(promise);
        }
        for key in flat.undescribed().take(fitting.saturating_sub(flat.properties.len())) {
            fields.push(self.undescribed_field(key, pointer, &mut scope));
            // A service may leave out what it does not know of.
            promises.push(Promise::default());
        }
        let rest = match &flat.additional {
            _ if fitting < count => Some(Type::Json),
            Additional::Unsaid | Additional::None => None,
            Additional::Any => Some(Type::Json),
            Additional::Schema(values) => {
                let hint = values.first().map(|site| site.hint.name()).unwrap_or_default();
                Some(self.lower_all(values, hint).element())
            }
        };
        let rest = rest.map(|ty| {
            let named = Named {
                kind: "map of the other members,",
                text: "additionalProperties",
                fallback: "additional_properties",
                place: pointer,
            };
            (scope.claim_value(named, self.diagnostics), ty)
        });
        self.promises.insert(owner.clone(), promises);
        new_record(fields, rest)
    }

    fn lower_field(
        &mut self,
        key: &str,
        sites: &[Site<'a>],
        required: bool,
        lowered: Lowered,
        scope: &mut Scope,
    ) -> (Field, Promise) {
        self.weigh_field(&lowered.ty, sites);
        let promise =
            Promise { required, nullable: lowered.nullable, access: self.access_of(sites) };
        let mut doc = Doc::default();
        let mut wanted = None;
        let mut deprecated = false;
        for site in sites {
            let SchemaRef::Item(schema) = site.schema else { continue };
            let data = &schema.schema_data;
            deprecated |= data.deprecated;
            let said = self.field_doc(schema, &site.pointer);
            if !said.lines.is_empty() {
                doc = said;
            }
            wanted = data.extensions.get("x-rust-name").and_then(Value::as_str).or(wanted);
        }
        let place = &sites[0].pointer;
        let text = wanted.unwrap_or(key);
        let named = Named { kind: "field", text, fallback: "value", place };
        let name = scope.claim_value(named, self.diagnostics);
        let ty = lowered.ty;
        let known = self.known_flag(&ty, sites);
        let field = Field {
            name,
            key: key.to_owned(),
            doc,
            ty,
            presence: Presence::Optional,
            known,
            deprecated,
        };
        (field, promise)
    }

    /// A field for a member that must be there, and that is all.
    fn undescribed_field(&mut self, key: &str, place: &Pointer, scope: &mut Scope) -> Field {
        let named = Named { kind: "field", text: key, fallback: "value", place };
        Field {
            name: scope.claim_value(named, self.diagnostics),
            key: key.to_owned(),
            doc: prose::document_text(["Required, but not described."]),
            ty: Type::Json,
            presence: Presence::Optional,
            known: None,
            deprecated: false,
        }
    }

    /// What the document says of a field: its description and the facts that no type holds.
    pub(crate) fn field_doc(&mut self, schema: &Schema, place: &Pointer) -> Doc {
        let data = &schema.schema_data;
        let text = data.description.as_deref().or(data.title.as_deref()).unwrap_or_default();
        let default = match default_of(schema) {
            Some(value @ (Value::Bool(_) | Value::Number(_) | Value::String(_))) => {
                format!("Default: {}.", prose::code_span(&value.to_string()))
            }
            _ => String::new(),
        };
        let default = if self.write(default.len(), place) { default } else { String::new() };
        let mut doc = self.doc([text], place);
        if !default.is_empty() {
            if !doc.lines.is_empty() {
                doc.lines.push(String::new());
            }
            doc.lines.push(default);
        }
        doc
    }

    /// The one value of a boolean that has only one.
    fn known_flag(&mut self, ty: &Type, sites: &[Site<'a>]) -> Option<Known> {
        if *ty != Type::Bool {
            return None;
        }
        let flat = self.quietly(|lowering| lowering.flatten_all(sites));
        match flat.values.as_deref() {
            Some([Value::Bool(value)]) => Some(Known::Flag(*value)),
            _ => None,
        }
    }

    /// The type of what several members of an `allOf` describe at once, called `hint` if they make a new one: where all but
    /// one of them only add annotations, that one's.
    pub(crate) fn lower_all(&mut self, sites: &[Site<'a>], hint: String) -> Lowered {
        let first = match sites {
            [] => return Lowered { ty: Type::Json, nullable: true },
            [site] => return self.lower(site),
            [first, ..] => first,
        };
        let flat = self.flatten_all(sites);
        let schema = sites.iter().rev().find_map(|site| match site.schema {
            SchemaRef::Item(schema) => Some(schema),
            SchemaRef::Reference(_) => None,
        });
        let mut structures = Vec::new();
        for site in sites {
            let one = self.flatten_all(std::slice::from_ref(site));
            if !one.is_empty() {
                structures.push(site.clone());
            }
        }
        let nullable = flat.nullable;
        match &structures[..] {
            [] => Lowered { ty: Type::Json, nullable },
            [only] => Lowered { ty: self.lower(only).ty, nullable },
            _ => {
                // A place of its own, and the same one wherever the same schemas meet: the first
                // site's pointer belongs to the first site's type.
                let mut pointer = first.pointer.key("allOf");
                for structure in &structures {
                    pointer = pointer.key(structure.pointer.as_str());
                }
                if let Some(known) = self.lowered.get(&pointer) {
                    return known.clone();
                }
                let site = Site::new(first.schema, pointer, hint.clone());
                if !self.combine(&site.pointer) {
                    return Lowered { ty: Type::Json, nullable };
                }
                let lowered = self.lower_flat(flat, schema, &site, Naming::Hint(hint));
                self.lowered.insert(site.pointer, lowered.clone());
                lowered
            }
        }
    }
}

/// A record whose constructor is settled later.
fn new_record(fields: Vec<Field>, rest: Option<(ValueName, Type)>) -> Record {
    Record { fields, rest, constructor: Constructor::New, sent: false }
}

/// Whether a type has the wanted name with a number behind it.
fn is_numbered(wanted: &str, name: &TypeName) -> bool {
    let number = name.0.strip_prefix(&names::type_name(wanted, "Value").0);
    number.is_some_and(|number| !number.is_empty())
}
