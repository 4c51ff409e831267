//! That emitted files hold nothing but what the generator means to write, whatever a document says:
//! the items of each file, their attributes, and the tokens in the runtime's macros.

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Attribute, Fields, File, ImplItem, Item, ItemImpl, ItemMacro, ItemMod, Meta, Safety, Visibility,
};

use openapi_crate::package::Package;

/// What an item may depend on: the features that emitted crates have.
const FEATURES: [&str; 7] = ["client", "fetch", "mock", "proxy", "tower", "tracing", "webhooks"];

/// The attributes that items and what is in them may have.
const ATTRIBUTES: &[&str] = &[
    "allow",
    "default",
    "deprecated",
    "derive",
    "doc",
    "inline",
    "must_use",
    "non_exhaustive",
    "rustfmt :: skip",
];

/// The attributes of a whole crate.
const LIBRARY_ATTRIBUTES: [&str; 2] =
    ["allow (deprecated , reason = \"deprecated items are included\")", "forbid (unsafe_code)"];

/// The runtime's macros.
const MACROS: &[&str] = &[
    "crate :: runtime :: erased",
    "newtype",
    "open_enum",
    "operation",
    "record",
    "tuple",
    "union",
    "webhook",
    "webhooks",
];

/// Words that begin an item or a block that no macro of the runtime is given.
const ITEM_WORDS: &[&str] =
    &["fn", "for", "mod", "use", "unsafe", "extern", "static", "const", "struct", "trait", "type"];

/// Checks every file that is emitted, not copied.
pub(crate) fn check(name: &str, package: &Package) {
    for (path, content) in package.files.iter().filter(|(path, _)| is_emitted(path)) {
        let place = format!("{name}: {path}");
        let file: File = syn::parse_str(content)
            .unwrap_or_else(|error| panic!("{place} is no Rust: {error}\n{content}"));
        let inner = file.attrs.iter().filter(|attribute| !attribute.path().is_ident("doc"));
        let inner = inner.map(|attribute| tokens(&attribute.meta)).collect::<Vec<_>>();
        let expected: &[&str] = if path == "src/lib.rs" { &LIBRARY_ATTRIBUTES } else { &[] };
        assert_eq!(inner, expected, "{place}");
        file.items.iter().for_each(|item| check_item(item, &place));
        assert!(!content.contains('\0'), "{place} holds a NUL");
    }
}

/// Whether a file is emitted, not copied.
fn is_emitted(path: &str) -> bool {
    path.ends_with(".rs") && !path.starts_with("src/runtime/")
}

fn tokens(value: &impl quote::ToTokens) -> String {
    value.to_token_stream().to_string()
}

fn check_item(item: &Item, place: &str) {
    match item {
        Item::Use(item) => check_attributes(&item.attrs, place),
        Item::Type(item) => check_attributes(&item.attrs, place),
        Item::Static(item) => {
            check_attributes(&item.attrs, place);
            let ty = tokens(&*item.ty);
            assert!(["Operation", "Server", "Service"].contains(&&*ty), "{place}: {ty}");
        }
        Item::Struct(item) => {
            check_attributes(&item.attrs, place);
            check_fields(&item.fields, place);
        }
        Item::Enum(item) => {
            check_attributes(&item.attrs, place);
            for variant in &item.variants {
                check_attributes(&variant.attrs, place);
                check_fields(&variant.fields, place);
                assert!(variant.discriminant.is_none(), "{place}: {}", tokens(variant));
            }
        }
        Item::Impl(item) => check_impl(item, place),
        Item::Mod(item) => check_module(item, place),
        Item::Macro(item) => check_macro(item, place),
        other => panic!("{place} holds `{}`", tokens(other)),
    }
}

fn check_fields(fields: &Fields, place: &str) {
    fields.iter().for_each(|field| check_attributes(&field.attrs, place));
}

fn check_module(module: &ItemMod, place: &str) {
    let attributes: Vec<&Attribute> =
        module.attrs.iter().filter(|attribute| !attribute.path().is_ident("cfg")).collect();
    attributes.iter().for_each(|attribute| check_attribute(attribute, place));
    let inline = module.content.iter().flat_map(|(_, items)| items);
    let inline: Vec<&Item> = inline.collect();
    assert!(inline.is_empty() || module.ident == "servers", "{place}: {}", module.ident);
    inline.iter().for_each(|item| check_item(item, place));
}

fn check_impl(item: &ItemImpl, place: &str) {
    check_attributes(&item.attrs, place);
    assert!(item.unsafety.is_none(), "{place}");
    for member in &item.items {
        let ImplItem::Fn(method) = member else { panic!("{place}: `{}`", tokens(member)) };
        check_attributes(&method.attrs, place);
        assert_ne!(method.sig.ident, "smuggled", "{place}");
        assert!(
            matches!(method.sig.safety, Safety::Default) && method.sig.abi.is_none(),
            "{place}"
        );
        let private = matches!(method.vis, Visibility::Inherited);
        assert!(!private || item.trait_.is_some() || method.sig.ident == "write", "{place}");
    }
}

fn check_macro(item: &ItemMacro, place: &str) {
    check_attributes(&item.attrs, place);
    let name = tokens(&item.mac.path);
    assert!(item.ident.is_none() && MACROS.contains(&&*name), "{place}: {name}!");
    check_tokens(item.mac.tokens.clone(), place, name == "open_enum");
}

/// No item begins inside a macro's input, but for the enum of `open_enum!`; no attribute but documentation.
fn check_tokens(input: TokenStream, place: &str, is_enum: bool) {
    let mut hash = false;
    let mut tokens_left = input.into_iter().peekable();
    while let Some(token) = tokens_left.next() {
        match &token {
            // The argument of a `new`: `impl Into<…>`.
            TokenTree::Ident(word) if word == "impl" => {
                let next = tokens_left.peek().map(ToString::to_string);
                assert_eq!(next.as_deref(), Some("Into"), "{place}: `impl` in a macro");
            }
            TokenTree::Ident(word) => {
                let word = word.to_string();
                assert!(!ITEM_WORDS.contains(&&*word), "{place}: `{word}` in a macro");
                assert!(is_enum || word != "enum", "{place}: `{word}` in a macro");
            }
            TokenTree::Group(group) if hash => {
                let attribute: Meta = syn::parse2(group.stream()).unwrap();
                let name = tokens(attribute.path());
                assert!(ATTRIBUTES.contains(&&*name), "{place}: #[{name}]");
            }
            TokenTree::Group(group) => check_tokens(group.stream(), place, is_enum),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        hash = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '#');
    }
}

fn check_attributes(attributes: &[Attribute], place: &str) {
    attributes.iter().for_each(|attribute| check_attribute(attribute, place));
}

fn check_attribute(attribute: &Attribute, place: &str) {
    let name = tokens(attribute.path());
    let condition = tokens(&attribute.meta);
    let feature = FEATURES.iter().any(|name| condition == format!("cfg (feature = \"{name}\")"));
    let tags = place.starts_with("tag_features: ") && is_of_tags(&condition);
    assert!(ATTRIBUTES.contains(&&*name) || feature || tags, "{place}: #[{name}]");
}

/// Whether a condition is a feature of a tag, or any of several.
fn is_of_tags(condition: &str) -> bool {
    let any = condition.strip_prefix("cfg (any (").and_then(|rest| rest.strip_suffix("))"));
    let one = condition.strip_prefix("cfg (").and_then(|rest| rest.strip_suffix(')'));
    any.or(one).is_some_and(|features| {
        features.split(" , ").all(|feature| {
            let name = feature.strip_prefix("feature = \"").and_then(|it| it.strip_suffix('"'));
            name.is_some_and(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
        })
    })
}
