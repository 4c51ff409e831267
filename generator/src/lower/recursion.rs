//! Types that contain themselves: boxed where they must be, and only there.

use std::collections::HashMap;

use super::depth;
use crate::model::{Type, TypeDefinition, TypeKind, TypeName};

/// Breaks every cycle: of values by a box, of aliases by a struct of its own.
pub(crate) fn break_cycles(types: &mut [TypeDefinition]) {
    let index: HashMap<TypeName, usize> =
        types.iter().enumerate().map(|(at, known)| (known.name.clone(), at)).collect();
    settle_aliases(types, &index);
    box_alternatives(types, &index);
    for (at, field) in back_edges(types, &index) {
        match &mut types[at].kind {
            TypeKind::Record(record) => box_type(&mut record.fields[field].ty),
            TypeKind::Tuple(tuple) => box_type(&mut tuple.elements[field]),
            _ => {}
        }
    }
    depth::erase_deep_types(types, &index);
}

/// An alternative that is a struct is boxed: a union is as large as its largest alternative.
fn box_alternatives(types: &mut [TypeDefinition], index: &HashMap<TypeName, usize>) {
    for at in 0..types.len() {
        let TypeKind::Union(union) = &types[at].kind else { continue };
        let large: Vec<bool> = union
            .alternatives
            .iter()
            .map(|alternative| is_record(&alternative.ty, types, index))
            .collect();
        let TypeKind::Union(union) = &mut types[at].kind else { continue };
        for (alternative, large) in union.alternatives.iter_mut().zip(large) {
            if large {
                box_type(&mut alternative.ty);
            }
        }
    }
}

/// Whether a type is a struct, a tuple or a union, by whatever name.
fn is_record(ty: &Type, types: &[TypeDefinition], index: &HashMap<TypeName, usize>) -> bool {
    let mut ty = ty;
    // An alias that leads back to itself is a struct by now, so this ends.
    while let Type::Named(name) = ty {
        match index.get(name).map(|&at| &types[at].kind) {
            Some(TypeKind::Alias(other)) => ty = other,
            Some(TypeKind::Record(_) | TypeKind::Union(_) | TypeKind::Tuple(_)) => return true,
            _ => return false,
        }
    }
    false
}

fn box_type(ty: &mut Type) {
    let inner = std::mem::replace(ty, Type::Json);
    *ty = match inner {
        Type::Nullable(inner) => Type::Nullable(Box::new(Type::Boxed(inner))),
        other => Type::Boxed(Box::new(other)),
    };
}

/// An alias that leads back to itself becomes a struct.
fn settle_aliases(types: &mut [TypeDefinition], index: &HashMap<TypeName, usize>) {
    // The walk that came by each type first.
    let mut walks: Vec<Option<usize>> = vec![None; types.len()];
    for start in 0..types.len() {
        let mut at = start;
        while walks[at].is_none() {
            walks[at] = Some(start);
            match alias_target(at, types, index) {
                Some(next) => at = next,
                None => break,
            }
        }
        // Where a walk meets itself, it has found a cycle of aliases, or the end of a path.
        if walks[at] != Some(start) || alias_target(at, types, index).is_none() {
            continue;
        }
        let first = alias_cycle(at, types, index).min().unwrap_or(at);
        if let TypeKind::Alias(ty) = &types[first].kind {
            types[first].kind = TypeKind::Newtype(ty.clone());
        }
    }
}

/// The type that an alias leads to.
fn alias_target(
    at: usize,
    types: &[TypeDefinition],
    index: &HashMap<TypeName, usize>,
) -> Option<usize> {
    let TypeKind::Alias(ty) = &types[at].kind else { return None };
    index.get(ty.named()?).copied()
}

/// The aliases of a cycle, from one of them on.
fn alias_cycle(
    start: usize,
    types: &[TypeDefinition],
    index: &HashMap<TypeName, usize>,
) -> impl Iterator<Item = usize> {
    let next = move |&at: &usize| alias_target(at, types, index).filter(|&next| next != start);
    std::iter::successors(Some(start), next)
}

/// The fields that close a cycle of values: found by walking depth first, without recursion.
fn back_edges(types: &[TypeDefinition], index: &HashMap<TypeName, usize>) -> Vec<(usize, usize)> {
    let edges: Vec<Vec<(usize, usize)>> =
        types.iter().map(|definition| held_by_value(&definition.kind, types, index)).collect();
    let mut state = vec![State::New; types.len()];
    let mut found = Vec::new();
    for root in 0..types.len() {
        let mut stack = vec![(root, 0)];
        while let Some((at, next)) = stack.pop() {
            state[at] = if state[at] == State::New { State::Open } else { state[at] };
            if state[at] == State::Done {
                continue;
            }
            let Some(&(field, to)) = edges[at].get(next) else {
                state[at] = State::Done;
                continue;
            };
            stack.push((at, next + 1));
            match state[to] {
                State::New => stack.push((to, 0)),
                State::Open => found.push((at, field)),
                State::Done => {}
            }
        }
    }
    found
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum State {
    New,
    Open,
    Done,
}

/// The fields of a struct that hold another by value, seen through aliases.
fn held_by_value(
    kind: &TypeKind,
    types: &[TypeDefinition],
    index: &HashMap<TypeName, usize>,
) -> Vec<(usize, usize)> {
    let fields: Vec<&Type> = match kind {
        TypeKind::Record(record) => record.fields.iter().map(|field| &field.ty).collect(),
        TypeKind::Tuple(tuple) => tuple.elements.iter().collect(),
        _ => return Vec::new(),
    };
    let held = |(at, ty): (usize, &Type)| Some((at, by_value(ty, types, index)?));
    fields.into_iter().enumerate().filter_map(held).collect()
}

fn by_value<'t>(
    mut ty: &'t Type,
    types: &'t [TypeDefinition],
    index: &HashMap<TypeName, usize>,
) -> Option<usize> {
    // An alias that leads back to itself is a struct by now, so this ends.
    loop {
        ty = match ty {
            Type::Nullable(inner) => inner,
            Type::Named(name) => {
                let &at = index.get(name)?;
                match &types[at].kind {
                    TypeKind::Alias(other) => other,
                    _ => return Some(at),
                }
            }
            _ => return None,
        }
    }
}
