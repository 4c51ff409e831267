//! What the crate offers, a line an operation and a line a type: a change of it is a change for its users.

use std::collections::BTreeMap;
use std::fs;

use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{
    Expr, Fields, FnArg, ImplItem, Item, ItemEnum, ItemImpl, ItemMacro, ItemStatic, ReturnType,
    Signature, Token, Type, Visibility,
};

use crate::document::{document, repository};

#[test]
fn outline() {
    let mut outline = Outline::default();
    outline.read("generated/src/operations.rs");
    outline.read("generated/src/types.rs");
    let paths = document()["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|item| item.as_object().unwrap().values());
    assert_eq!(
        outline.statics.len(),
        operations.filter(|it| it.get("responses").is_some()).count()
    );
    insta::assert_snapshot!(outline.text());
}

#[derive(Default)]
struct Outline {
    /// The methods of `Client`: what they take, and the request they give.
    methods: Vec<(String, String, String)>,
    /// The bodies of several parts.
    forms: Vec<String>,
    /// What each request has besides, and what makes up each form, by its name.
    chained: BTreeMap<String, String>,
    /// What becomes of each request, by its name.
    outcomes: BTreeMap<String, String>,
    /// Method, path and server of each operation, by the name of its method.
    statics: BTreeMap<String, String>,
    /// A line each.
    types: Vec<String>,
}

impl Outline {
    fn read(&mut self, path: &str) {
        let text = fs::read_to_string(repository(path)).unwrap();
        for item in syn::parse_file(&text).unwrap().items {
            match item {
                Item::Impl(item) => self.read_impl(&item),
                Item::Static(item) => self.read_static(&item),
                Item::Macro(item) => self.read_macro(&item),
                Item::Enum(item) => self.read_enum(&item),
                Item::Struct(item) => match item.fields {
                    Fields::Named(fields) => {
                        let fields = fields.named.iter().map(|field| {
                            assert!(matches!(field.vis, Visibility::Public(_)));
                            format!("{}: {}", show(&field.ident), show(&field.ty))
                        });
                        self.types.push(format!(
                            "struct {} {{ {} }}",
                            item.ident,
                            join(fields, ", ")
                        ));
                    }
                    fields if show(&fields) == "(Multipart)" => {
                        self.forms.push(item.ident.to_string());
                    }
                    // The request of an operation.
                    fields => assert_eq!(show(&fields), "(Call)", "{}", item.ident),
                },
                Item::Type(item) => {
                    self.types.push(format!("type {} = {}", item.ident, show(&item.ty)));
                }
                // Another name of a type.
                Item::Use(item) if matches!(item.vis, Visibility::Public(_)) => {
                    self.types.push(format!("use {}", show(&item.tree)));
                }
                Item::Use(_) => {}
                item => panic!("{}", show(&item)),
            }
        }
    }

    fn read_impl(&mut self, item: &ItemImpl) {
        if let Some((path, _)) = &item.trait_ {
            return assert_eq!(show(path), "Eq", "{}", show(&item.self_ty));
        }
        let functions = item.items.iter().map(|item| match item {
            ImplItem::Fn(function) => {
                assert!(matches!(function.vis, Visibility::Public(_)), "{}", show(&function.sig));
                &function.sig
            }
            item => panic!("{}", show(item)),
        });
        let name = show(&item.self_ty);
        if name == "Client" {
            self.methods.extend(functions.map(|signature| {
                let call = format!("{}({})", signature.ident, arguments(signature));
                (signature.ident.to_string(), call, returned(signature))
            }));
        } else {
            let chained = functions.map(|signature| match &*returned(signature) {
                "Self" => format!(".{}({})", signature.ident, arguments(signature)),
                other => format!("[.{}({}) -> {other}]", signature.ident, arguments(signature)),
            });
            self.chained.insert(name, join(chained, ""));
        }
    }

    fn read_static(&mut self, item: &ItemStatic) {
        assert_eq!(show(&item.ty), "Operation");
        let Expr::Struct(value) = &*item.expr else { panic!("{}", show(&item.expr)) };
        let field = |name: &str| {
            let mut fields = value.fields.iter();
            let field = fields.find(|field| show(&field.member) == name).unwrap();
            show(&field.expr).trim_matches('"').to_owned()
        };
        let method = field("method").replace("Method::", "");
        let server = field("server").replace("&servers::", "");
        self.statics.insert(
            show(&item.ident).to_lowercase(),
            format!("{method} {} ({server})", field("path")),
        );
    }

    fn read_macro(&mut self, item: &ItemMacro) {
        let tokens = item.mac.tokens.clone();
        match &*show(&item.mac.path) {
            "operation" => {
                let parser = |input: ParseStream<'_>| {
                    let name: syn::Ident = input.parse()?;
                    input.parse::<Token![->]>()?;
                    let output: Type = input.parse()?;
                    input.parse::<Token![,]>()?;
                    let error: Type = input.parse()?;
                    input.parse::<Token![;]>()?;
                    // Other tests cover how the response is read.
                    input.parse::<proc_macro2::TokenStream>()?;
                    Ok((name.to_string(), format!("{}, or {}", show(&output), show(&error))))
                };
                self.outcomes.extend([parser.parse2(tokens).unwrap()]);
            }
            "open_enum" => self.read_enum(&syn::parse2(tokens).unwrap()),
            // The types already show these two.
            "record" | "union" => {}
            other => panic!("{other}"),
        }
    }

    fn read_enum(&mut self, item: &ItemEnum) {
        let variants = item.variants.iter().map(|variant| match &variant.discriminant {
            Some((_, value)) => format!("{} = {}", variant.ident, show(value)),
            None => {
                let fields = variant.fields.iter().map(|field| match &field.ident {
                    Some(name) => format!("{name}: {}", show(&field.ty)),
                    None => show(&field.ty),
                });
                format!("{}({})", variant.ident, join(fields, ", "))
            }
        });
        self.types.push(format!("enum {} {{ {} }}", item.ident, join(variants, ", ")));
    }

    fn text(&self) -> String {
        let operations = self.methods.iter().map(|(name, call, request)| {
            let chained = self.chained.get(request).map_or("", String::as_str);
            let place = &self.statics[name];
            let outcome = &self.outcomes[request];
            format!("{place} {call}{chained} -> {outcome}\n")
        });
        let forms = self.forms.iter().map(|name| format!("form {name}{}\n", self.chained[name]));
        let types = self.types.iter().map(|line| format!("{line}\n"));
        operations.chain(["\n".to_owned()]).chain(forms).chain(types).collect()
    }
}

fn arguments(signature: &Signature) -> String {
    let arguments = signature.inputs.iter().filter_map(|argument| match argument {
        FnArg::Receiver(_) => None,
        FnArg::Typed(argument) => Some(show(argument)),
    });
    join(arguments, ", ")
}

fn returned(signature: &Signature) -> String {
    match &signature.output {
        ReturnType::Default => "()".to_owned(),
        ReturnType::Type(_, output) => show(output),
    }
}

fn join(parts: impl Iterator<Item = String>, separator: &str) -> String {
    parts.collect::<Vec<_>>().join(separator)
}

/// Tokens as a person would write them, on one line.
fn show(tokens: &impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string();
    let pairs = [
        (" :: ", "::"),
        (" < ", "<"),
        (" >", ">"),
        ("& ", "&"),
        (" :", ":"),
        (" ,", ","),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        ("[ ", "["),
        (" ]", "]"),
    ];
    for (from, to) in pairs {
        text = text.replace(from, to);
    }
    text
}
