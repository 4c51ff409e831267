//! How structs are constructed: by `new`, where its arguments cannot be mistaken for one another, else by
//! a builder that names each required field.

use std::collections::HashMap;

use super::operations::Tagged;
use super::scope::Scope;
use crate::model::{
    Constructor, FormField, PartKind, Record, Type, TypeDefinition, TypeKind, TypeName,
};

/// How many arguments are read without their names.
const MOST_ARGUMENTS: usize = 3;

/// How many steps a builder has at most: each repeats the types of those before it.
const MOST_STEPS: usize = 32;

/// Settles the constructor of each record. `names`: those of all types.
pub(crate) fn choose_constructors(types: &mut [TypeDefinition], names: &mut Scope) {
    let known: HashMap<&TypeName, &TypeDefinition> =
        types.iter().map(|known| (&known.name, known)).collect();
    let built: Vec<bool> = types.iter().map(|one| needs_builder(&one.kind, &known)).collect();
    for (definition, _) in types.iter_mut().zip(built).filter(|(_, built)| *built) {
        if let TypeKind::Record(record) = &mut definition.kind {
            let name = names.take_type(TypeName(format!("{}Builder", definition.name.0)));
            record.constructor = Constructor::Builder(name);
        }
    }
}

/// Settles the constructors of the forms of operations in the same way. `names`: those of the types that
/// belong to operations.
pub(crate) fn settle_forms(operations: &mut [Tagged], types: &[TypeDefinition], names: &mut Scope) {
    let known: HashMap<&TypeName, &TypeDefinition> =
        types.iter().map(|known| (&known.name, known)).collect();
    for body in operations.iter_mut().filter_map(|tagged| tagged.operation.body.as_mut()) {
        for part in body.parts_mut() {
            if let PartKind::Multipart(name, fields, constructor) = &mut part.kind
                && are_mistakable(&form_classes(fields, &known))
            {
                let builder = names.take_type(TypeName(format!("{}Builder", name.0)));
                *constructor = Constructor::Builder(builder);
            }
        }
    }
}

/// The classes of a form's required parts, which take a value of their own type; a file takes what a
/// text does.
fn form_classes(fields: &[FormField], types: &HashMap<&TypeName, &TypeDefinition>) -> Vec<Class> {
    let required = fields.iter().filter(|field| field.required);
    let classes = required.map(|field| match &field.ty {
        _ if field.file => Class::Text,
        Type::String => Class::Text,
        Type::I32 | Type::I64 | Type::U32 | Type::U64 => Class::Integer,
        other => Class::Own(resolve_aliases(other, types)),
    });
    classes.collect()
}

fn needs_builder(kind: &TypeKind, types: &HashMap<&TypeName, &TypeDefinition>) -> bool {
    let TypeKind::Record(record) = kind else { return false };
    let classes = argument_classes(record, types);
    are_mistakable(&classes) && classes.len() <= MOST_STEPS
}

/// Whether arguments are too many to be read without names, or can be taken for one another.
fn are_mistakable(classes: &[Class]) -> bool {
    let alike = classes.iter().enumerate().any(|(at, class)| classes[..at].contains(class));
    let any = classes.len() > 1 && classes.contains(&Class::Any);
    classes.len() > MOST_ARGUMENTS || alike || any
}

fn argument_classes(record: &Record, types: &HashMap<&TypeName, &TypeDefinition>) -> Vec<Class> {
    let arguments = record.arguments();
    arguments
        .into_iter()
        .take(MOST_STEPS + 1)
        .map(|field| argument_class(&field.ty, types))
        .collect()
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

fn argument_class(ty: &Type, types: &HashMap<&TypeName, &TypeDefinition>) -> Class {
    match resolve_aliases(ty, types) {
        Type::String | Type::Secret | Type::Base64 => Class::Text,
        Type::I32 | Type::I64 | Type::U32 | Type::U64 | Type::Number => Class::Integer,
        Type::Json => Class::Any,
        Type::Boxed(inner) => argument_class(&inner, types),
        Type::Named(name) => match types.get(&name).map(|known| &known.kind) {
            Some(TypeKind::StringEnum(_)) => Class::Text,
            Some(TypeKind::IntegerEnum(_)) => Class::Integer,
            _ => Class::Own(Type::Named(name)),
        },
        other => Class::Own(other),
    }
}

/// A type without the other names that it has. An alias that leads back to itself is a struct by now,
/// so this ends.
fn resolve_aliases(ty: &Type, types: &HashMap<&TypeName, &TypeDefinition>) -> Type {
    let inner = |inner: &Type| Box::new(resolve_aliases(inner, types));
    match ty {
        Type::Named(name) => match types.get(name) {
            Some(TypeDefinition { kind: TypeKind::Alias(other), .. }) => {
                resolve_aliases(other, types)
            }
            Some(TypeDefinition { equal_to: Some(other), .. }) => Type::Named(other.clone()),
            _ => ty.clone(),
        },
        Type::List(items) => Type::List(inner(items)),
        Type::Map(values) => Type::Map(inner(values)),
        Type::Nullable(value) => Type::Nullable(inner(value)),
        Type::Boxed(value) => Type::Boxed(inner(value)),
        _ => ty.clone(),
    }
}
