//! The methods of an emitted crate that make requests, read from its source.

use std::collections::BTreeMap;

use quote::ToTokens;
use syn::{
    Expr, FnArg, GenericArgument, ImplItem, ImplItemFn, Item, ItemEnum, ItemImpl, ItemStruct, Lit,
    Pat, PathArguments, ReturnType, Type,
};

/// A module of operations: what of it makes requests.
#[derive(Default)]
pub(super) struct Module {
    /// The name of the group, if there are groups.
    pub(super) group: Option<String>,
    /// The items that requests are made with, without documentation.
    pub(super) source: String,
    pub(super) methods: Vec<Method>,
    /// The forms, by their types.
    pub(super) forms: BTreeMap<String, Form>,
    /// The bodies with several media types, by their types.
    pub(super) choices: BTreeMap<String, Vec<Variant>>,
}

/// A method that makes a request.
pub(super) struct Method {
    pub(super) name: String,
    /// In the order of the method's arguments.
    pub(super) arguments: Vec<Argument>,
    pub(super) setters: Vec<Argument>,
}

/// An argument of a method.
#[derive(Clone)]
pub(super) struct Argument {
    pub(super) name: String,
    /// Its type, in Rust.
    pub(super) ty: String,
    /// What is called with it: `query`, `json`.
    pub(super) role: String,
    /// The first string that is given with it: the name of a parameter, or a media type.
    pub(super) key: Option<String>,
}

/// A form whose fields are set one by one.
#[derive(Default)]
pub(super) struct Form {
    /// Whether the required fields are taken by a builder.
    pub(super) is_built: bool,
    /// In the order in which they are taken, with the type of each.
    pub(super) required: Vec<(String, String)>,
    pub(super) fields: Vec<Argument>,
}

/// A variant of a body with several media types.
pub(super) struct Variant {
    pub(super) name: String,
    /// Its type, in Rust.
    pub(super) ty: String,
    pub(super) role: String,
    pub(super) media_type: String,
}

impl Module {
    /// Reads a file of operations.
    pub(super) fn parse(group: Option<&str>, text: &str) -> Result<Self, String> {
        let file = syn::parse_file(text).map_err(|error| format!("operations: {error}"))?;
        let mut module = Self { group: group.map(str::to_owned), ..Self::default() };
        let mut enums = BTreeMap::new();
        let mut builders = BTreeMap::new();
        let mut blocks: Vec<ItemImpl> = Vec::new();
        for item in file.items {
            match item {
                Item::Use(item) => {
                    let text = item.to_token_stream().to_string();
                    // Responses alone need what the groups share, and the client is one of the probe's.
                    if !text.contains("use super ::") {
                        module.keep(&text.replace(" Client ,", ""));
                    }
                }
                Item::Static(mut item) => {
                    item.attrs.clear();
                    module.keep(&item.to_token_stream().to_string());
                }
                Item::Struct(item) => builders.extend(module.add_struct(item)),
                Item::Enum(item) => drop(enums.insert(item.ident.to_string(), item)),
                Item::Impl(block) => blocks.push(block),
                _ => {}
            }
        }
        let requests = Requests::of(&blocks);
        for block in &blocks {
            module.add_methods(block, &requests);
        }
        for block in blocks {
            match builders.get(&last_name(&block.self_ty)) {
                Some(form) if is_step(&block) => module.add_step(block, form),
                _ => module.add_items(block, &mut enums),
            }
        }
        Ok(module)
    }

    fn keep(&mut self, text: &str) {
        self.source.push_str(text);
        self.source.push('\n');
    }

    /// Keeps a struct that is a request, a form, a step of a builder, or a group of operations. Returns the name of a
    /// builder, and of its form.
    fn add_struct(&mut self, mut item: ItemStruct) -> Option<(String, String)> {
        let syn::Fields::Unnamed(fields) = &item.fields else { return None };
        let wrapped = last_name(&fields.unnamed.first()?.ty);
        let is_builder = item.generics.const_params().next().is_some();
        if !is_builder && !matches!(&*wrapped, "Call" | "Multipart" | "Client") {
            return None;
        }
        item.attrs.retain(|attribute| attribute.to_token_stream().to_string().contains("Default"));
        self.keep(&item.to_token_stream().to_string());
        is_builder.then(|| (item.ident.to_string(), wrapped))
    }

    /// Keeps what of a block makes requests, and learns of forms and of bodies with several media types.
    fn add_items(&mut self, mut kept: ItemImpl, enums: &mut BTreeMap<String, ItemEnum>) {
        let name = last_name(&kept.self_ty);
        kept.attrs.clear();
        kept.items.retain(|item| matches!(item, ImplItem::Fn(method) if makes_request(method)));
        for item in &mut kept.items {
            let ImplItem::Fn(method) = item else { continue };
            method.attrs.clear();
            let calls = calls_of(method);
            let is_field = calls.iter().any(|call| matches!(&*call.method, "field" | "file"));
            if method.sig.ident == "write"
                && let Some(mut choice) = enums.remove(&name)
            {
                self.choices.insert(name.clone(), variants(&choice, method));
                choice.attrs.clear();
                choice.variants.iter_mut().for_each(|variant| variant.attrs.clear());
                self.keep(&choice.to_token_stream().to_string());
            } else if matches!(&*method.sig.ident.to_string(), "new" | "builder") {
                let form = self.forms.entry(name.clone()).or_default();
                form.is_built = method.sig.ident == "builder";
                if !form.is_built {
                    form.required = inputs(method);
                }
            } else if is_field {
                let form = self.forms.entry(name.clone()).or_default();
                form.fields.extend(arguments(method, &calls));
            }
        }
        if !kept.items.is_empty() {
            self.keep(&kept.to_token_stream().to_string());
        }
    }

    /// Keeps a step of a form's builder, which takes one of the fields that the form requires.
    fn add_step(&mut self, mut kept: ItemImpl, form: &str) {
        for item in &mut kept.items {
            let ImplItem::Fn(method) = item else { continue };
            method.attrs.clear();
            self.forms.entry(form.to_owned()).or_default().required.extend(inputs(method));
        }
        self.keep(&kept.to_token_stream().to_string());
    }

    fn add_methods(&mut self, block: &ItemImpl, requests: &Requests) {
        for item in &block.items {
            let ImplItem::Fn(method) = item else { continue };
            let calls = calls_of(method);
            if !calls.iter().any(|call| call.method == "call") {
                continue;
            }
            let request = match &method.sig.output {
                ReturnType::Type(_, ty) => last_name(ty),
                ReturnType::Default => continue,
            };
            self.methods.push(Method {
                name: method.sig.ident.to_string(),
                arguments: arguments(method, &calls),
                setters: requests.0.get(&request).cloned().unwrap_or_default(),
            });
        }
    }
}

/// The setters of requests, by their types.
struct Requests(BTreeMap<String, Vec<Argument>>);

impl Requests {
    fn of(blocks: &[ItemImpl]) -> Self {
        let mut requests: BTreeMap<String, Vec<Argument>> = BTreeMap::new();
        for block in blocks {
            let own = requests.entry(last_name(&block.self_ty)).or_default();
            for item in &block.items {
                let ImplItem::Fn(method) = item else { continue };
                if takes_self(method) {
                    own.extend(arguments(method, &calls_of(method)));
                }
            }
        }
        Self(requests)
    }
}

/// Whether a block is a step of a builder.
fn is_step(block: &ItemImpl) -> bool {
    let Type::Path(path) = &*block.self_ty else { return false };
    path.path.segments.last().is_some_and(|segment| match &segment.arguments {
        PathArguments::AngleBracketed(all) => {
            all.args.iter().any(|argument| matches!(argument, GenericArgument::Const(_)))
        }
        _ => false,
    })
}

/// Whether a method only makes a request or a part of one: it reads no response.
fn makes_request(method: &ImplItemFn) -> bool {
    let name = method.sig.ident.to_string();
    let calls = calls_of(method);
    let is_operation = calls.iter().any(|call| call.method == "call");
    let is_accessor = calls.is_empty() && !takes_self(method) && inputs(method).is_empty();
    let is_setter = match &method.sig.output {
        ReturnType::Type(_, ty) => last_name(ty) == "Self" && !inputs(method).is_empty(),
        ReturnType::Default => false,
    };
    matches!(&*name, "new" | "builder" | "write") || is_operation || is_accessor || is_setter
}

/// Whether a method takes its receiver by value.
fn takes_self(method: &ImplItemFn) -> bool {
    method.sig.receiver().is_some_and(|receiver| receiver.to_token_stream().to_string() == "self")
}

/// A call of a method in an expression: its name, the names it is called with, and the first string.
struct Called {
    method: String,
    names: Vec<String>,
    text: Option<String>,
}

fn calls_of(method: &ImplItemFn) -> Vec<Called> {
    let mut calls = Vec::new();
    for statement in &method.block.stmts {
        if let syn::Stmt::Expr(expression, _) = statement {
            collect_calls(expression, &mut calls);
        }
    }
    calls
}

fn collect_calls(expression: &Expr, calls: &mut Vec<Called>) {
    match expression {
        Expr::MethodCall(call) => {
            collect_calls(&call.receiver, calls);
            let mut names: Vec<String> = call.args.iter().filter_map(name_in).collect();
            if call.method == "write" {
                names.extend(name_in(&call.receiver));
            }
            let text = call.args.iter().find_map(string_in);
            calls.push(Called { method: call.method.to_string(), names, text });
            call.args.iter().for_each(|argument| collect_calls(argument, calls));
        }
        Expr::Call(call) => call.args.iter().for_each(|argument| collect_calls(argument, calls)),
        Expr::Block(block) => {
            for statement in &block.block.stmts {
                if let syn::Stmt::Expr(expression, _) = statement {
                    collect_calls(expression, calls);
                }
            }
        }
        Expr::Match(choice) => {
            choice.arms.iter().for_each(|arm| collect_calls(&arm.body, calls));
        }
        _ => {}
    }
}

/// The variable in an argument: `limit`, `&limit`, `body.0`, `body.into()`.
fn name_in(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
        Expr::Reference(reference) => name_in(&reference.expr),
        Expr::Field(field) => name_in(&field.base),
        Expr::MethodCall(call) if call.method == "into" => name_in(&call.receiver),
        _ => None,
    }
}

fn string_in(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// The arguments of a method that a call in it is made with.
fn arguments(method: &ImplItemFn, calls: &[Called]) -> Vec<Argument> {
    let arguments = inputs(method).into_iter().filter_map(|(name, ty)| {
        let call = calls.iter().find(|call| call.names.contains(&name))?;
        Some(Argument { ty, role: call.method.clone(), key: call.text.clone(), name })
    });
    arguments.collect()
}

/// The names and types of what a method takes beside its receiver.
fn inputs(method: &ImplItemFn) -> Vec<(String, String)> {
    let inputs = method.sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(argument) => match &*argument.pat {
            Pat::Ident(name) => {
                Some((name.ident.to_string(), argument.ty.to_token_stream().to_string()))
            }
            _ => None,
        },
        FnArg::Receiver(_) => None,
    });
    inputs.collect()
}

/// What the variants of a body are, and how each is written.
fn variants(choice: &ItemEnum, write: &ImplItemFn) -> Vec<Variant> {
    let Some(syn::Stmt::Expr(Expr::Match(written), _)) = write.block.stmts.first() else {
        return Vec::new();
    };
    let variants = choice.variants.iter().zip(&written.arms).filter_map(|(variant, arm)| {
        let mut calls = Vec::new();
        collect_calls(&arm.body, &mut calls);
        let call = calls.into_iter().next()?;
        let form = "application/x-www-form-urlencoded";
        Some(Variant {
            name: variant.ident.to_string(),
            ty: variant.fields.iter().next()?.ty.to_token_stream().to_string(),
            media_type: call.text.unwrap_or_else(|| form.to_owned()),
            role: call.method,
        })
    });
    variants.collect()
}

/// The last name in the path of a type that is written like this.
pub(super) fn type_name(ty: &str) -> String {
    syn::parse_str(ty).map(|ty| last_name(&ty)).unwrap_or_default()
}

/// The last name in a path, behind references.
pub(super) fn last_name(ty: &Type) -> String {
    match ty {
        Type::Reference(reference) => last_name(&reference.elem),
        Type::Path(path) => {
            path.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default()
        }
        _ => String::new(),
    }
}
