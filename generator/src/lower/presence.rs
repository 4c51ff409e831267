//! What becomes of a field's promises: it depends on who sends the record.

use std::collections::{HashMap, HashSet};

use super::reached::described_types;
use super::records::Promise;
use crate::model::{
    Known, Operation, Presence, Type, TypeDefinition, TypeKind, TypeName, Webhooks,
};

/// Settles the presence of every field.
pub(crate) fn assign_presence<'a>(
    types: &mut [TypeDefinition],
    promises: &HashMap<TypeName, Vec<Promise>>,
    tags: &HashMap<TypeName, HashMap<String, HashSet<String>>>,
    operations: impl Iterator<Item = &'a Operation>,
    webhooks: &'a Webhooks,
) {
    let mut requests = Vec::new();
    let mut responses: Vec<&Type> = webhooks.types().collect();
    for operation in operations {
        requests.extend(operation.sent());
        responses.extend(operation.received());
    }
    let index: HashMap<&TypeName, usize> =
        types.iter().enumerate().map(|(at, known)| (&known.name, at)).collect();
    let requested = described_types(types, &index, requests);
    let returned = described_types(types, &index, responses);
    let constants: HashSet<TypeName> =
        types.iter().filter(|known| is_constant(known)).map(|known| known.name.clone()).collect();
    let texts: HashSet<TypeName> =
        types.iter().filter(|known| is_text(known)).map(|known| known.name.clone()).collect();
    for (at, definition) in types.iter_mut().enumerate() {
        let TypeKind::Record(record) = &mut definition.kind else { continue };
        let requested = requested.contains(&at);
        let returned = returned.contains(&at);
        record.sent = requested;
        let Some(promises) = promises.get(&definition.name) else { continue };
        for (field, promise) in record.fields.iter_mut().zip(promises) {
            let constant = matches!(&field.ty, Type::Named(name) if constants.contains(name));
            let access = promise.access;
            let spared = (access.read_only && requested) || (access.write_only && returned);
            let tag = tags
                .get(&definition.name)
                .and_then(|members| members.get(&field.key))
                .and_then(only_element)
                .filter(|_| {
                    is_text_type(&field.ty, &texts) && !access.read_only && !promise.nullable
                });
            let tagged = tag.is_some();
            if let Some(tag) = tag {
                field.known = Some(Known::Text(tag.clone()));
            }
            field.presence = match (promise.required && !spared, promise.nullable) {
                _ if access.read_only && requested => Presence::Received,
                (true, false) if constant => Presence::Constant,
                (true, false) if field.known.is_some() => Presence::Fixed,
                (true, false) => Presence::Required,
                (true, true) => Presence::Nullable,
                (false, false) if tagged => Presence::Preset,
                // Any JSON may be null.
                (false, nullable) if requested && (nullable || field.ty == Type::Json) => {
                    Presence::Clearable
                }
                (false, _) => Presence::Optional,
            };
            if !matches!(field.presence, Presence::Fixed | Presence::Preset) {
                field.known = None;
            }
        }
    }
}

/// Whether a text can be made a value of it.
fn is_text(definition: &TypeDefinition) -> bool {
    matches!(definition.kind, TypeKind::StringEnum(_) | TypeKind::Alias(Type::String))
}

fn is_text_type(ty: &Type, texts: &HashSet<TypeName>) -> bool {
    match ty {
        Type::String => true,
        Type::Named(name) => texts.contains(name),
        _ => false,
    }
}

/// The one element of a set that has no other.
fn only_element(set: &HashSet<String>) -> Option<&String> {
    set.iter().next().filter(|_| set.len() == 1)
}

fn is_constant(definition: &TypeDefinition) -> bool {
    match &definition.kind {
        TypeKind::StringEnum(values) => values.variants.len() == 1 && !values.free,
        TypeKind::IntegerEnum(values) => values.variants.len() == 1 && !values.free,
        _ => false,
    }
}
