//! Types that hold one another more deeply than rustc follows: it gives up after 128 steps, be it about
//! how they are dropped or about whether they may go to another thread, in the emitted crate and in every
//! program that uses it.

use std::collections::HashMap;

use crate::model::{Presence, Type, TypeDefinition, TypeKind, TypeName};

/// How many steps rustc may have to take from any type of ours to the last. The rest of its 128 are for what
/// stands in that one, and for the program's own types.
const DEEPEST: usize = 100;

/// How many types are tried where it is not plain that no path is too long.
const SAMPLES: usize = 128;

/// A place in a type that holds another type.
#[derive(Clone, Copy)]
struct Edge {
    /// Which of [`TypeKind::contents`].
    slot: usize,
    /// The type that it holds.
    to: usize,
    /// How many steps lead there.
    steps: usize,
}

/// Erases types where the paths would get too long. Ordinary documents have no such path.
pub(crate) fn erase_deep_types(types: &mut [TypeDefinition], index: &HashMap<TypeName, usize>) {
    let edges: Vec<Vec<Edge>> = types.iter().map(|known| type_edges(known, index)).collect();
    let (depths, _) = longest_paths(&edges, types, usize::MAX);
    let mut deep: Vec<usize> = (0..types.len()).filter(|&at| depths[at] > DEEPEST).collect();
    deep.sort_by_key(|&at| std::cmp::Reverse(depths[at]));
    // These are the longest paths that there are. In a graph with cycles rustc need not come by them:
    // it looks at each type once.
    if !deep.iter().take(SAMPLES).any(|&at| measure_descent(at, &edges) > DEEPEST) {
        return;
    }
    let (_, cuts) = longest_paths(&edges, types, DEEPEST);
    let mut numbers: HashMap<usize, usize> = HashMap::new();
    for (from, edge) in cuts {
        let next = numbers.len();
        let number = *numbers.entry(edge.to).or_insert(next);
        erase_slot(&mut types[from].kind, edge.slot, number);
    }
    // An alias is only another name, perhaps one of several: what has a number must be a type of its own.
    for at in numbers.into_keys() {
        if let TypeKind::Alias(ty) = &types[at].kind {
            types[at].kind = TypeKind::Newtype(ty.clone());
        }
    }
}

fn type_edges(definition: &TypeDefinition, index: &HashMap<TypeName, usize>) -> Vec<Edge> {
    let contents = definition.kind.contents();
    let mut edges = Vec::new();
    for (slot, ty) in contents.into_iter().enumerate() {
        if let Some(&to) = ty.named().and_then(|name| index.get(name)) {
            let steps = 1 + presence_depth(&definition.kind, slot) + wrapper_depth(ty);
            edges.push(Edge { slot, to, steps });
        }
    }
    edges
}

/// The steps through what stands around a field's type because it may be missing, or any other member.
fn presence_depth(kind: &TypeKind, slot: usize) -> usize {
    let record = match kind {
        TypeKind::Record(record) => record,
        TypeKind::Tuple(tuple) if slot >= tuple.elements.len() => return LIST,
        TypeKind::Tuple(tuple) => return usize::from(slot >= tuple.required),
        _ => return 0,
    };
    match record.fields.get(slot).map(|field| field.presence) {
        Some(Presence::Required | Presence::Constant | Presence::Fixed) => 0,
        Some(Presence::Optional | Presence::Nullable | Presence::Preset | Presence::Received) => 1,
        Some(Presence::Clearable) => 2,
        None => MAP,
    }
}

/// The steps through a map: to what it owns, to a box of that, to a pair.
const MAP: usize = 3;

/// The steps through a list, of the same kind.
const LIST: usize = 3;

fn wrapper_depth(ty: &Type) -> usize {
    match ty {
        Type::Nullable(inner) => 1 + wrapper_depth(inner),
        Type::Boxed(inner) => 2 + wrapper_depth(inner),
        Type::List(inner) => LIST + wrapper_depth(inner),
        Type::Map(inner) => MAP + wrapper_depth(inner),
        _ => 0,
    }
}

/// The longest path from each type, with those edges left out that close a cycle; and the edges to erase
/// so that none is longer than `deepest`.
fn longest_paths(
    edges: &[Vec<Edge>],
    types: &[TypeDefinition],
    deepest: usize,
) -> (Vec<usize>, Vec<(usize, Edge)>) {
    let mut depths: Vec<Option<usize>> = vec![None; types.len()];
    let mut open = vec![false; types.len()];
    let mut cuts = Vec::new();
    for root in 0..types.len() {
        if depths[root].is_some() {
            continue;
        }
        open[root] = true;
        let mut stack = vec![(root, 0, 0)];
        while let Some((at, next, depth)) = stack.pop() {
            let Some(&edge) = edges[at].get(next) else {
                open[at] = false;
                depths[at] = Some(depth);
                continue;
            };
            match depths[edge.to] {
                // It closes a cycle.
                None if open[edge.to] => {
                    cuts.push((at, edge));
                    stack.push((at, next + 1, depth));
                }
                None => {
                    open[edge.to] = true;
                    stack.push((at, next, depth));
                    stack.push((edge.to, 0, 0));
                }
                Some(known) if known + edge.steps > deepest => {
                    cuts.push((at, edge));
                    stack.push((at, next + 1, depth));
                }
                Some(known) => stack.push((at, next + 1, depth.max(known + edge.steps))),
            }
        }
    }
    (depths.into_iter().map(Option::unwrap_or_default).collect(), cuts)
}

/// How deep a walk from one type gets that comes by each type once, as rustc's does.
fn measure_descent(root: usize, edges: &[Vec<Edge>]) -> usize {
    let mut seen = vec![false; edges.len()];
    seen[root] = true;
    let mut stack = vec![(root, 0, 0)];
    let mut deepest = 0;
    while let Some((at, next, depth)) = stack.pop() {
        let Some(edge) = edges[at].get(next) else { continue };
        stack.push((at, next + 1, depth));
        if !std::mem::replace(&mut seen[edge.to], true) {
            deepest = deepest.max(depth + edge.steps);
            stack.push((edge.to, 0, depth + edge.steps));
        }
    }
    deepest
}

/// Erases the type that stands in a slot of [`TypeKind::contents`].
fn erase_slot(kind: &mut TypeKind, slot: usize, number: usize) {
    let ty = match kind {
        TypeKind::Record(record) if slot < record.fields.len() => &mut record.fields[slot].ty,
        TypeKind::Record(record) => match &mut record.rest {
            Some((_, ty)) => ty,
            None => return,
        },
        TypeKind::Union(union) => match union.alternatives.get_mut(slot) {
            Some(alternative) => &mut alternative.ty,
            None => return,
        },
        TypeKind::Alias(ty) | TypeKind::Newtype(ty) => ty,
        TypeKind::Tuple(tuple) => {
            match tuple.elements.iter_mut().chain(&mut tuple.rest).nth(slot) {
                Some(ty) => ty,
                None => return,
            }
        }
        TypeKind::StringEnum(_) | TypeKind::IntegerEnum(_) => return,
    };
    erase_within(ty, number);
}

fn erase_within(ty: &mut Type, number: usize) {
    match ty {
        Type::Boxed(inner) if matches!(**inner, Type::Named(_)) => {
            // It is on the heap as it is.
            let inner = std::mem::replace(&mut **inner, Type::Json);
            *ty = inner;
            erase_within(ty, number);
        }
        Type::List(inner) | Type::Map(inner) | Type::Nullable(inner) | Type::Boxed(inner) => {
            erase_within(inner, number);
        }
        Type::Named(name) => *ty = Type::Erased(name.clone(), number),
        _ => {}
    }
}
