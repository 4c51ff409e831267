//! That the compiler warns of what is built and then forgotten: requests, futures, builders.

use std::collections::HashSet;

use syn::{Attribute, FnArg, ImplItem, ImplItemFn, Item, ItemImpl, ReceiverKind, ReturnType, Type};

use crate::fixture;

#[test]
fn what_is_built_is_not_forgotten() {
    let mut checked = 0;
    let mut runtime = HashSet::new();
    let mut reminding = HashSet::new();
    for fixture in fixture::all() {
        // A file of the runtime is the same in all crates that have it.
        let mut is_new =
            |path: &String| !path.starts_with("src/runtime") || runtime.insert(path.clone());
        let sources = fixture.package.files.iter().filter(|(path, _)| path.ends_with(".rs"));
        let sources = sources.filter(|(path, _)| is_new(path));
        let files: Vec<syn::File> =
            sources.map(|(_, content)| syn::parse_str(content).unwrap()).collect();
        let items: Vec<&Item> = files.iter().flat_map(|file| &file.items).collect();
        reminding.extend(items.iter().filter_map(|item| reminder(item)));
        for name in items.into_iter().flat_map(forgettable) {
            checked += 1;
            assert!(reminding.contains(&name), "{}: `{name}` is no `#[must_use]`", fixture.name);
        }
    }
    assert!(checked > 250, "{checked}");
}

/// The type, if it is `#[must_use]`.
fn reminder(item: &Item) -> Option<String> {
    match item {
        Item::Struct(item) if reminds(&item.attrs) => Some(item.ident.to_string()),
        _ => None,
    }
}

fn reminds(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("must_use"))
}

/// The types of an item that ought to be `#[must_use]`.
fn forgettable(item: &Item) -> Vec<String> {
    match item {
        // `operation!(GetThing -> …)`: the request.
        Item::Macro(item) if item.mac.path.is_ident("operation") => item
            .mac
            .tokens
            .clone()
            .into_iter()
            .next()
            .map(|name| name.to_string())
            .into_iter()
            .collect(),
        Item::Impl(item) => {
            let future = item.trait_.as_ref().is_some_and(|(path, _)| {
                path.segments.last().is_some_and(|name| name.ident == "Future")
            });
            // Only what hands itself on is a builder.
            match future || item.items.iter().any(hands_on) {
                true => name_of(item).into_iter().collect(),
                false => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

fn name_of(item: &ItemImpl) -> Option<String> {
    let Type::Path(path) = &*item.self_ty else { return None };
    path.path.segments.last().map(|name| name.ident.to_string())
}

/// Whether this is a method from `self` to `Self` that does not remind by itself.
fn hands_on(item: &ImplItem) -> bool {
    let ImplItem::Fn(ImplItemFn { attrs, vis: syn::Visibility::Public(_), sig, .. }) = item else {
        return false;
    };
    let takes = matches!(sig.inputs.first(), Some(FnArg::Receiver(by)) if matches!(by.kind, ReceiverKind::Value));
    let returns = match &sig.output {
        ReturnType::Type(_, ty) => matches!(&**ty, Type::Path(path) if path.path.is_ident("Self")),
        ReturnType::Default => false,
    };
    takes && returns && !reminds(attrs)
}
