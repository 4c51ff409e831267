//! What callers of an emitted crate can name, a line each: what is gone from it, or has another type, breaks one.

use std::collections::{BTreeMap, BTreeSet};

use openapi_crate::package::Package;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Fields, FnArg, ImplItem, Item, ItemEnum, Visibility};

/// What callers can name: the features, and the public items of all files but the runtime's, which is the same in every
/// crate.
pub(crate) struct Surface {
    lines: BTreeSet<String>,
    /// What names of types stand for that are names of others.
    aliases: BTreeMap<String, String>,
}

impl Surface {
    pub(crate) fn of(package: &Package) -> Self {
        let mut lines = BTreeSet::new();
        for (path, text) in &package.files {
            let Some(name) = path.strip_prefix("src/").and_then(|path| path.strip_suffix(".rs"))
            else {
                continue;
            };
            if !name.starts_with("runtime") {
                // What is in a file of `types` is exported from there, but for what only webhooks have.
                let module = match name.strip_prefix("types/") {
                    Some("webhook_payloads") => "webhooks".to_owned(),
                    Some(_) => "types".to_owned(),
                    None => name.replace('/', "::"),
                };
                items(&module, syn::parse_file(text).unwrap().items, &mut lines);
            }
        }
        let aliased = aliased_errors(&lines);
        lines.extend(aliased);
        let manifest = package.files["Cargo.toml"].lines();
        let features = manifest.skip_while(|line| *line != "[features]").skip(1);
        let features = features.take_while(|line| !line.starts_with('['));
        let names = features.filter_map(|line| Some(line.split_once(" = ")?.0));
        lines.extend(names.map(|name| format!("feature {name}")));
        let alias = |line: &String| {
            let (name, ty) = line.strip_prefix("type types::")?.split_once(" = ")?;
            Some((name.to_owned(), ty.replace("types :: ", "")))
        };
        let aliases = lines.iter().filter_map(alias).collect();
        Self { lines, aliases }
    }

    /// What callers can name here and cannot in the other crate, or not as here. Types are those that their names
    /// stand for in the other one.
    pub(crate) fn lost_in(&self, other: &Self) -> Vec<String> {
        let mut aliases = self.aliases.clone();
        aliases.retain(|name, _| !other.lines.contains(&format!("type types::{name}")));
        aliases.extend(other.aliases.clone());
        let has: BTreeSet<String> =
            other.lines.iter().map(|line| resolved(line, &other.aliases)).collect();
        let had = self.lines.iter().map(|line| resolved(line, &aliases));
        let mut lost: Vec<String> = had.filter(|line| !has.contains(line)).collect();
        for (name, ty) in &self.aliases {
            let is_known = |name: &str| has.contains(&format!("type types::{name}"));
            let is_one = resolved(name, &aliases) == resolved(ty, &aliases);
            if is_known(name) && is_known(ty) && !is_one {
                lost.push(format!("{name} is {ty}"));
            }
        }
        lost
    }
}

/// What errors that several operations share have, under the names that they have for each of them.
fn aliased_errors(surface: &BTreeSet<String>) -> Vec<String> {
    let mut lines = Vec::new();
    for line in surface {
        let Some((alias, ty)) = line.strip_prefix("type ").and_then(|it| it.split_once(" = "))
        else {
            continue;
        };
        let shared = format!("operations::{}", ty.rsplit(' ').next().unwrap_or(ty));
        if !alias.starts_with("operations::") {
            continue;
        }
        for known in surface {
            let Some((before, after)) = known.split_once(&shared) else { continue };
            if !after.starts_with(|next: char| next.is_alphanumeric() || next == '_') {
                lines.push(format!("{before}{alias}{after}"));
            }
        }
    }
    lines
}

/// A line with all aliases in it replaced by what they stand for; that of a type only has its name.
fn resolved(line: &str, aliases: &BTreeMap<String, String>) -> String {
    if line.starts_with("type ") {
        return line.split(" = ").next().unwrap_or(line).to_owned();
    }
    let mut text = line.replace("types :: ", "");
    // As deep as anybody nests them.
    for _ in 0..8 {
        let words = text.split_inclusive(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let replaced = words.map(|word| {
            let (name, end) = match word.char_indices().last() {
                Some((at, last)) if !last.is_alphanumeric() && last != '_' => word.split_at(at),
                _ => (word, ""),
            };
            format!("{}{end}", aliases.get(name).map_or(name, String::as_str))
        });
        text = replaced.collect();
    }
    text
}

fn items(module: &str, all: Vec<Item>, surface: &mut BTreeSet<String>) {
    for item in all {
        match item {
            Item::Mod(item) if is_public(&item.vis) => {
                let inner = format!("{module}::{}", item.ident);
                items(&inner, item.content.map(|it| it.1).unwrap_or_default(), surface);
                surface.insert(format!("mod {inner}"));
            }
            Item::Const(item) if is_public(&item.vis) => {
                surface.insert(format!("const {module}::{}: {}", item.ident, show(&item.ty)));
            }
            Item::Static(item) if is_public(&item.vis) => {
                surface.insert(format!("static {module}::{}: {}", item.ident, show(&item.ty)));
            }
            // Another name of a type, or of its builder.
            Item::Use(item) if is_public(&item.vis) => {
                let tokens = item.tree.to_token_stream().into_iter();
                let words: Vec<String> = tokens.map(|token| token.to_string()).collect();
                if let [.., kept, as_word, name] = &words[..]
                    && as_word == "as"
                {
                    surface.insert(format!("type {module}::{name} = {kept}"));
                }
            }
            Item::Type(item) => {
                surface.insert(format!("type {module}::{} = {}", item.ident, show(&item.ty)));
            }
            Item::Fn(item) if is_public(&item.vis) => {
                surface.insert(function(module, &item.sig));
            }
            Item::Struct(item) => {
                let name = format!("{module}::{}", item.ident);
                derives(&name, &item.attrs, surface);
                fields(&name, &item.fields, surface);
            }
            Item::Enum(item) => enumeration(module, &item, surface),
            Item::Impl(item) => {
                let ty = show(&item.self_ty);
                if let Some((path, ..)) = &item.trait_ {
                    surface.insert(format!("impl {} for {module}::{ty}", show(path)));
                    continue;
                }
                for inner in &item.items {
                    if let ImplItem::Fn(inner) = inner
                        && is_public(&inner.vis)
                    {
                        surface.insert(function(&format!("{module}::{ty}"), &inner.sig));
                    }
                }
            }
            Item::Macro(item) => {
                let name = show(&item.mac.path);
                invocation(module, &name, item.mac.tokens, surface);
            }
            _ => {}
        }
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn derives(name: &str, attributes: &[syn::Attribute], surface: &mut BTreeSet<String>) {
    for attribute in attributes.iter().filter(|it| it.path().is_ident("derive")) {
        let list = show(&attribute.meta.require_list().unwrap().tokens);
        surface.extend(list.split(" , ").map(|derived| format!("impl {derived} for {name}")));
    }
}

fn fields(name: &str, fields: &Fields, surface: &mut BTreeSet<String>) {
    surface.insert(format!("type {name}"));
    for (index, field) in fields.iter().enumerate().filter(|(_, field)| is_public(&field.vis)) {
        let known = field.ident.as_ref().map_or_else(|| index.to_string(), |it| it.to_string());
        surface.insert(format!("{name}.{known}: {}", show(&field.ty)));
    }
}

fn enumeration(module: &str, item: &ItemEnum, surface: &mut BTreeSet<String>) {
    let name = format!("{module}::{}", item.ident);
    surface.insert(format!("type {name}"));
    derives(&name, &item.attrs, surface);
    for variant in &item.variants {
        let fields = variant.fields.iter().map(|field| {
            let known = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("{known}: {}", show(&field.ty))
        });
        let fields = fields.collect::<Vec<_>>().join(", ");
        surface.insert(format!("{name}::{}({fields})", variant.ident));
    }
}

fn function(owner: &str, signature: &syn::Signature) -> String {
    let inputs = signature.inputs.iter().map(|input| match input {
        FnArg::Receiver(receiver) => show(receiver),
        FnArg::Typed(typed) => show(&typed.ty),
    });
    let inputs = inputs.collect::<Vec<_>>().join(", ");
    format!("fn {owner}::{}({inputs}) {}", signature.ident, show(&signature.output))
}

fn invocation(module: &str, name: &str, tokens: TokenStream, surface: &mut BTreeSet<String>) {
    match name {
        "record" => record(module, tokens, surface),
        "open_enum" | "union" => {
            if let Ok(item) = syn::parse2::<ItemEnum>(tokens.clone()) {
                enumeration(module, &item, surface);
            }
        }
        // The request, what it gives, and its error.
        "operation" => {
            let head = tokens.into_iter().take_while(|it| it.to_string() != ";");
            surface.insert(format!("{module}: {}", head.collect::<TokenStream>()));
        }
        _ => {}
    }
}

/// `Pet(name: String) { required: name; optional: age: i64; }`: how it is made, and the methods that set its fields.
fn record(module: &str, tokens: TokenStream, surface: &mut BTreeSet<String>) {
    let mut tokens = tokens.into_iter().peekable();
    let name = format!("{module}::{}", tokens.next().unwrap());
    let mut made = String::from("new");
    let mut arguments: Vec<String> = Vec::new();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
                arguments = entries(group.stream());
            }
            TokenTree::Group(group) => {
                for entry in entries(group.stream()) {
                    let (field, rest) = entry.split_once(' ').unwrap_or((&entry, ""));
                    let taken =
                        [": ", "as "].iter().find_map(|sign| Some(rest.split_once(sign)?.1));
                    let ty = taken.map(|ty| ty.split(" = ").next().unwrap().trim());
                    surface.extend(ty.map(|ty| format!("fn {name}::{field}({ty})")));
                    let clear = rest.strip_prefix("/ ").and_then(|it| it.split(' ').next());
                    surface.extend(clear.map(|clear| format!("fn {name}::{clear}()")));
                }
            }
            other if other.to_string() == "by" => {
                made = "builder".to_owned();
                surface.insert(format!("type {module}::{}", tokens.next().unwrap()));
            }
            _ => {}
        }
    }
    if made == "new" {
        // Positions count, not names.
        let types = arguments.iter().map(|it| it.split_once(' ').map_or("", |(_, ty)| ty));
        arguments = types.map(str::to_owned).collect();
    }
    surface.insert(format!("fn {name}::{made}({})", arguments.join(", ")));
}

/// What stands between commas, semicolons and the names of kinds in front of colons.
fn entries(tokens: TokenStream) -> Vec<String> {
    let mut entries = vec![Vec::new()];
    let mut angles = 0;
    for token in tokens {
        let text = token.to_string();
        angles += i32::from(text == "<") - i32::from(text == ">");
        match text.as_str() {
            "," | ";" if angles == 0 => entries.push(Vec::new()),
            _ => entries.last_mut().unwrap().push(text),
        }
    }
    let kinds = [
        "required",
        "optional",
        "nullable",
        "clearable",
        "preset",
        "received",
        "constant",
        "fixed",
        "rest",
        "any",
    ];
    for entry in &mut entries {
        if entry.len() > 1 && entry[1] == ":" && kinds.contains(&entry[0].as_str()) {
            entry.drain(..2);
        }
    }
    entries.retain(|entry| !entry.is_empty());
    entries.into_iter().map(|entry| entry.join(" ")).collect()
}

fn show(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string()
}
