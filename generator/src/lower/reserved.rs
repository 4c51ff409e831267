//! The names of the emitted crate itself, by the places in which a name of the document could meet them.

/// Names that a type must not have, because emitted code uses them unqualified.
pub(crate) const TYPES: &[&str] = &[
    "AsRef",
    "Base64",
    "Box",
    "BTreeMap",
    "Clone",
    "ContentRange",
    "Copy",
    "Date",
    "DateTime",
    "Debug",
    "Default",
    "Deserialize",
    "Digest",
    "Drop",
    "Eq",
    "Err",
    "Fn",
    "From",
    "Hash",
    "Into",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Secret",
    "Self",
    "Send",
    "Serialize",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToString",
    "Value",
    "Vec",
];

/// Further names that a type of the operations must not have.
pub(crate) const OPERATION_TYPES: &[&str] = &[
    "Body",
    "BuildError",
    "Call",
    "Client",
    "ClientBuilder",
    "Credential",
    "Error",
    "Event",
    "EventStream",
    "Events",
    "IntoFuture",
    "Items",
    "JsonLines",
    "Page",
    "Paging",
    "Method",
    "Multipart",
    "Negotiated",
    "Operation",
    "Part",
    "Reply",
    "RetryAfter",
    "Sending",
    "Server",
    "Service",
    "Style",
];

/// The methods of the client's builder, beside which stand those for server variables and credentials.
pub(crate) const BUILDER: &[&str] = &[
    "allow_host",
    "base_url",
    "build",
    "config",
    "connect_timeout",
    "credential",
    "default_header",
    "follow_redirects",
    "layer",
    "lenient",
    "max_response_size",
    "new",
    "read_timeout",
    "retry",
    "timeout",
    "transport",
    "user_agent",
    "variable",
];

/// The methods of the client, beside which stand the operations, or the groups of operations.
pub(crate) const CLIENT: &[&str] = &["builder", "call", "clone", "new"];

/// The methods of a request, beside which stand those for optional parameters.
pub(crate) const REQUEST: &[&str] = &[
    "at",
    "body",
    "decode",
    "header",
    "into_future",
    "into_request",
    "pages",
    "send",
    "stream",
    "timeout",
];

/// The functions of a form, beside which stand those for its parts.
pub(crate) const FORM: &[&str] = &["builder", "default", "new"];

/// What a module, and so a file, must not be called: `shared` is one of ours, `mod.rs` would be the
/// folder's own, and the rest are devices to Windows.
pub(crate) const MODULES: &[&str] = &[
    "aux",
    "com1",
    "com2",
    "com3",
    "com4",
    "com5",
    "com6",
    "com7",
    "com8",
    "com9",
    "con",
    "lpt1",
    "lpt2",
    "lpt3",
    "lpt4",
    "lpt5",
    "lpt6",
    "lpt7",
    "lpt8",
    "lpt9",
    "mod",
    "nul",
    "prn",
    "shared",
    "webhook_payloads",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::PathBuf;

    use proc_macro2::{TokenStream, TokenTree};
    use syn::{File, ImplItem, Item, ItemImpl, UseTree};

    use super::*;
    use crate::config::Config;
    use crate::source::{Input, Source};

    fn folder(name: &str) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
    }

    fn texts(name: &str) -> impl Iterator<Item = String> {
        let paths = fs::read_dir(folder(name)).unwrap().map(|entry| entry.unwrap().path());
        paths.filter(|path| path.is_file()).map(|path| fs::read_to_string(path).unwrap())
    }

    /// The functions of all inherent `impl`s of a type in the runtime.
    fn functions(owner: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for text in texts("runtime/runtime") {
            let file: File = syn::parse_str(&text).unwrap();
            for item in file.items {
                let Item::Impl(ItemImpl { trait_: None, self_ty, items, .. }) = item else {
                    continue;
                };
                if quote::quote!(#self_ty).to_string() != owner {
                    continue;
                }
                for item in items {
                    let ImplItem::Fn(function) = item else { continue };
                    found.insert(function.sig.ident.to_string());
                }
            }
        }
        assert!(!found.is_empty(), "no functions of {owner}");
        found
    }

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn every_method_of_the_builder_is_reserved() {
        assert_eq!(set(BUILDER), functions("ClientBuilder"));
    }

    #[test]
    fn every_method_of_the_client_is_reserved() {
        // `builder` is emitted, `clone` is derived, and `new` is what Clippy wants to make one.
        let mut expected = functions("Client");
        expected.extend(["builder", "clone", "new"].map(str::to_owned));
        assert_eq!(set(CLIENT), expected);
    }

    /// What follows `fn` in some tokens.
    fn declared(tokens: TokenStream, found: &mut BTreeSet<String>) {
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Group(group) => declared(group.stream(), found),
                TokenTree::Ident(word) if word == "fn" => {
                    if let Some(TokenTree::Ident(name)) = tokens.peek() {
                        found.insert(name.to_string());
                    }
                }
                _ => {}
            }
        }
    }

    #[test]
    fn every_method_of_a_request_is_reserved() {
        let text = fs::read_to_string(folder("runtime/runtime/operation.rs")).unwrap();
        let mut found = BTreeSet::new();
        for item in syn::parse_str::<File>(&text).unwrap().items {
            if let Item::Macro(item) = item {
                declared(item.mac.tokens, &mut found);
            }
        }
        // These stand beside the request, not in it.
        found.remove("read");
        found.remove("streams");
        // What is emitted: the setter of an optional body, and the streams over pages.
        found.extend(["body", "pages", "stream"].map(str::to_owned));
        assert_eq!(set(REQUEST), found);
    }

    /// The types that a file imports, however deep in braces.
    fn imported(tree: UseTree, found: &mut BTreeSet<String>) {
        match tree {
            UseTree::Path(path) => imported(*path.tree, found),
            UseTree::Group(group) => {
                group.items.into_iter().for_each(|tree| imported(tree, found));
            }
            UseTree::Name(name) => {
                found.insert(name.ident.to_string());
            }
            UseTree::Rename(_) | UseTree::Glob(_) => {}
        }
    }

    #[test]
    fn every_type_that_is_imported_is_reserved() {
        let types = set(TYPES);
        let all = set(&[TYPES, OPERATION_TYPES].concat());
        for text in texts("tests/fixtures") {
            let input = Input::new(Source::new("fixture", text));
            let outcome = crate::generate(&input, &Config::new("fixture", "0.1.0").unwrap());
            for (path, text) in outcome.package.unwrap().files {
                let reserved = match path {
                    _ if path.starts_with("src/types") => &types,
                    _ if path.starts_with("src/operations") => &all,
                    _ => continue,
                };
                let mut found = BTreeSet::new();
                for item in syn::parse_str::<File>(&text).unwrap().items {
                    if let Item::Use(item) = item {
                        let ours =
                            matches!(&item.tree, UseTree::Path(path) if path.ident == "super");
                        if !ours {
                            imported(item.tree, &mut found);
                        }
                    }
                }
                found.retain(|name| name.starts_with(char::is_uppercase));
                assert!(found.is_subset(reserved), "{path}: {:?}", found.difference(reserved));
            }
        }
    }
}
