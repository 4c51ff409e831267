//! How structs are constructed: by `new`, where its arguments cannot be mistaken for one another, else by
//! a builder that names each required field.

use std::collections::HashMap;

use super::names::Scope;
use crate::model::{Constructor, Record, Type, TypeDefinition, TypeKind, TypeName};

/// How many arguments are read without their names.
const MOST_ARGUMENTS: usize = 3;

/// How many steps a builder has at most: each repeats the types of those before it.
const MOST_STEPS: usize = 32;

/// Settles the constructor of each record. `names`: those of all types.
pub(crate) fn settle(types: &mut [TypeDefinition], names: &mut Scope) {
    let kinds: HashMap<&TypeName, &TypeKind> =
        types.iter().map(|known| (&known.name, &known.kind)).collect();
    let built: Vec<bool> = types.iter().map(|known| needs_builder(&known.kind, &kinds)).collect();
    for (definition, _) in types.iter_mut().zip(built).filter(|(_, built)| *built) {
        if let TypeKind::Record(record) = &mut definition.kind {
            let name = names.take_type(TypeName(format!("{}Builder", definition.name.0)));
            record.constructor = Constructor::Builder(name);
        }
    }
}

fn needs_builder(kind: &TypeKind, kinds: &HashMap<&TypeName, &TypeKind>) -> bool {
    let TypeKind::Record(record) = kind else { return false };
    let classes = classes(record, kinds);
    let alike = classes.iter().enumerate().any(|(at, class)| classes[..at].contains(class));
    let any = classes.len() > 1 && classes.contains(&Class::Any);
    (classes.len() > MOST_ARGUMENTS || alike || any) && classes.len() <= MOST_STEPS
}

fn classes(record: &Record, kinds: &HashMap<&TypeName, &TypeKind>) -> Vec<Class> {
    let arguments = record.arguments();
    arguments.into_iter().take(MOST_STEPS + 1).map(|field| class(&field.ty, kinds)).collect()
}

/// What can be passed for an argument: arguments of one class can be swapped, and still compile.
#[derive(PartialEq)]
enum Class {
    /// What a `&str` converts into.
    Text,
    /// What an integer literal fits.
    Integer,
    /// What everything converts into.
    Any,
    /// Only this type.
    Own(Type),
}

fn class(ty: &Type, kinds: &HashMap<&TypeName, &TypeKind>) -> Class {
    match unaliased(ty, kinds) {
        Type::String | Type::Secret | Type::Base64 => Class::Text,
        Type::I32 | Type::I64 | Type::U32 | Type::U64 | Type::Number => Class::Integer,
        Type::Json => Class::Any,
        Type::Boxed(inner) => class(&inner, kinds),
        Type::Named(name) => match kinds.get(&name) {
            Some(TypeKind::StringEnum(_)) => Class::Text,
            Some(TypeKind::IntegerEnum(_)) => Class::Integer,
            _ => Class::Own(Type::Named(name)),
        },
        other => Class::Own(other),
    }
}

/// A type without the other names that it has. An alias that leads back to itself is a struct by now,
/// so this ends.
fn unaliased(ty: &Type, kinds: &HashMap<&TypeName, &TypeKind>) -> Type {
    let inner = |inner: &Type| Box::new(unaliased(inner, kinds));
    match ty {
        Type::Named(name) => match kinds.get(name) {
            Some(TypeKind::Alias(other)) => unaliased(other, kinds),
            _ => ty.clone(),
        },
        Type::List(items) => Type::List(inner(items)),
        Type::Map(values) => Type::Map(inner(values)),
        Type::Nullable(value) => Type::Nullable(inner(value)),
        Type::Boxed(value) => Type::Boxed(inner(value)),
        _ => ty.clone(),
    }
}
