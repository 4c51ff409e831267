//! Arguments whose type is another name for a simple one: who calls an operation passes the simple one.

use std::collections::HashMap;

use super::operations::Tagged;
use crate::model::{Body, FormField, PartKind, Type, TypeDefinition, TypeKind, TypeName};

/// Puts simple types in place of their aliases in parameters and in the parts of forms: `&str` instead of
/// `&types::UserId`, which is a `String`.
pub(crate) fn replace_aliases(operations: &mut [Tagged], types: &[TypeDefinition]) {
    let aliases: HashMap<&TypeName, &Type> = types
        .iter()
        .filter_map(|known| match &known.kind {
            TypeKind::Alias(ty) => Some((&known.name, ty)),
            _ => None,
        })
        .collect();
    for Tagged { operation, .. } in operations {
        let parameters = operation.parameters.iter_mut().map(|parameter| &mut parameter.ty);
        let fields = operation.body.iter_mut().flat_map(form_fields).map(|field| &mut field.ty);
        for ty in parameters.chain(fields) {
            if let Some(simple) = simple_type(ty, &aliases) {
                *ty = simple;
            }
        }
    }
}

/// The parts of a body that are set one by one.
fn form_fields(body: &mut Body) -> impl Iterator<Item = &mut FormField> {
    body.parts_mut().into_iter().flat_map(|part| match &mut part.kind {
        PartKind::Multipart(_, fields, _) => fields.as_mut_slice(),
        _ => &mut [],
    })
}

/// The simple type that a type is another name for.
fn simple_type(ty: &Type, aliases: &HashMap<&TypeName, &Type>) -> Option<Type> {
    match ty {
        Type::List(inner) => match simple_type(inner, aliases)? {
            Type::String => Some(Type::List(Box::new(Type::String))),
            _ => None,
        },
        Type::Bool | Type::I32 | Type::I64 | Type::U32 | Type::U64 | Type::F64 | Type::String => {
            Some(ty.clone())
        }
        // An alias that leads back to itself is a struct by now, so this ends.
        Type::Named(name) => simple_type(aliases.get(name)?, aliases),
        _ => None,
    }
}
