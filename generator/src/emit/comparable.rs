//! Which types are `Eq` and `Hash`.

use std::collections::{HashMap, HashSet};

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{Api, Type, TypeName};

/// The types that are `Eq` and `Hash`: those that hold no `f64` and nothing erased, however deep.
pub(crate) fn types(api: &Api) -> HashSet<&TypeName> {
    let mut holders: HashMap<&TypeName, Vec<&TypeName>> = HashMap::new();
    let mut open = Vec::new();
    for definition in &api.types {
        for ty in definition.kind.contents() {
            match ty.named() {
                _ if !is_comparable(ty) => open.push(&definition.name),
                Some(held) => holders.entry(held).or_default().push(&definition.name),
                None => {}
            }
        }
    }
    let mut comparable: HashSet<&TypeName> =
        api.types.iter().map(|definition| &definition.name).collect();
    while let Some(name) = open.pop() {
        if comparable.remove(name) {
            open.extend(holders.remove(name).unwrap_or_default());
        }
    }
    comparable
}

/// Whether a type is, if those are that it names.
pub(crate) fn is_comparable(ty: &Type) -> bool {
    match ty {
        Type::F64 | Type::Erased(..) => false,
        Type::List(inner) | Type::Map(inner) | Type::Nullable(inner) | Type::Boxed(inner) => {
            is_comparable(inner)
        }
        _ => true,
    }
}

/// What a type derives that is no record.
pub(crate) fn derived(comparable: bool) -> TokenStream {
    match comparable {
        true => quote!(Clone, Debug, Eq, Hash, PartialEq),
        false => quote!(Clone, Debug, PartialEq),
    }
}
