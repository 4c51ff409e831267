//! What a schema says of itself that cannot be: a default that is none of its values, a discriminator
//! that leads nowhere.

use std::borrow::Cow;
use std::collections::HashSet;

use openapiv3::{ReferenceOr, Schema, SchemaKind, Type as SchemaType};
use serde_json::Value;

use super::site::Site;
use super::unions::mapping_name;
use super::{Lowering, references};
use crate::diagnostics::Code;

impl Lowering<'_, '_> {
    /// Reports what is wrong with a schema by itself.
    pub(crate) fn check_schema(&mut self, schema: &Schema, site: &Site<'_>) {
        if schema.schema_data.default.is_some() && default_of(schema).is_none() {
            let place = site.pointer.key("default");
            let message = "the default does not match its schema: ignored";
            self.diagnostics.report(Code::InvalidDefault, &place, message);
        }
        self.check_mapping(schema, site);
    }

    /// A mapping leads to members of the union, or where there is none to schemas that build on this one.
    fn check_mapping(&mut self, schema: &Schema, site: &Site<'_>) {
        let Some(discriminator) = &schema.schema_data.discriminator else { return };
        let members = match &schema.schema_kind {
            SchemaKind::OneOf { one_of: members } | SchemaKind::AnyOf { any_of: members } => {
                members
            }
            _ => &Vec::new(),
        };
        let names: Option<HashSet<String>> = members.iter().map(referenced_component).collect();
        let names = names.unwrap_or_default();
        for (value, target) in &discriminator.mapping {
            let name = mapping_name(target);
            let what = if references::find_schema(self.document, &name).is_none() {
                "not a schema of this document"
            } else if !names.is_empty() && !names.contains(&name) {
                "not a member of this union"
            } else {
                continue;
            };
            let place = site.pointer.key("discriminator").key("mapping").key(value);
            let message = format!("`{target}` is {what}: this mapping is ignored");
            self.diagnostics.report(Code::InvalidDiscriminator, &place, message);
        }
    }
}

/// The component that a member of a union refers to.
fn referenced_component(member: &ReferenceOr<Schema>) -> Option<String> {
    match member {
        ReferenceOr::Reference { reference } => {
            references::component_name(reference, "schemas").map(Cow::into_owned)
        }
        ReferenceOr::Item(_) => None,
    }
}

/// The default of a schema, if it is a value of it.
pub(crate) fn default_of(schema: &Schema) -> Option<&Value> {
    let value = schema.schema_data.default.as_ref()?;
    let SchemaKind::Type(kind) = &schema.schema_kind else { return Some(value) };
    let fits = match (kind, value) {
        (_, Value::Null) => true,
        (SchemaType::String(string), Value::String(text)) => {
            let mut values = string.enumeration.iter().flatten();
            string.enumeration.is_empty() || values.any(|value| value == text)
        }
        (SchemaType::Number(_), Value::Number(_)) => true,
        (SchemaType::Integer(_), Value::Number(number)) => {
            number.as_f64().is_some_and(|number| number.fract() == 0.0)
        }
        (SchemaType::Boolean(_), Value::Bool(_)) => true,
        (SchemaType::Array(_), Value::Array(_)) => true,
        (SchemaType::Object(_), Value::Object(_)) => true,
        _ => false,
    };
    fits.then_some(value)
}
