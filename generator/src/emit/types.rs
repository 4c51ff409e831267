//! The module of types: one file, or one for each group of operations.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::code::{Code, Place, owned_type, type_ident, value_ident, wrap_list};
use super::doc::{deprecated_type, doc_attributes, doc_or};
use super::{body, comparable, enumeration, parallel, record, tag_features, tuple, union};
use crate::model::{
    Api, Constructor, Group, Record, Type, TypeDefinition, TypeKind, TypeName, ValueName,
};
use crate::prose;

/// The types of other files than one: all of them by their home, and which home that one is.
struct Foreign<'a> {
    homes: &'a BTreeMap<&'a TypeName, &'a ValueName>,
    here: Option<&'a ValueName>,
}

impl Foreign<'_> {
    fn contains(&self, name: &TypeName) -> bool {
        self.homes.get(name).copied() != self.here
    }
}

/// The files of `types`.
pub(crate) fn type_files(api: &Api) -> BTreeMap<String, String> {
    let ordered = in_order(api);
    let comparable = comparable::types(api);
    let known: HashMap<&TypeName, &TypeDefinition> =
        api.types.iter().map(|definition| (&definition.name, definition)).collect();
    let texts = parallel::map_in_parallel(&api.types, |definition| {
        match definition.named_type().and_then(|kept| known.get(kept)) {
            Some(kept) => emit_name(definition, kept),
            None => emit_type(definition, &ordered, comparable.contains(&definition.name)),
        }
    });
    let homes: BTreeMap<&TypeName, &ValueName> =
        api.types.iter().filter_map(|known| Some((&known.name, known.module.as_ref()?))).collect();
    let mut modules: BTreeMap<Option<&ValueName>, Vec<(&TypeDefinition, &String)>> =
        BTreeMap::new();
    for (definition, text) in api.types.iter().zip(&texts) {
        modules.entry(definition.module.as_ref()).or_default().push((definition, text));
    }
    let mut files = BTreeMap::new();
    let about = format!("The types of {}.", prose::one_line(&api.title));
    let mut root = Code::new(&about);
    let mut declared = String::from("\n");
    let mut exported = String::from("\n");
    let alone = modules.contains_key(&None);
    for (module, own) in modules {
        let foreign = Foreign { homes: &homes, here: module };
        let (path, about) = match module {
            None => ("src/types.rs".to_owned(), about.clone()),
            Some(module) if Some(module) == api.webhooks.module.as_ref() => {
                let name = value_ident(module);
                declared
                    .push_str(&format!("#[cfg(feature = \"webhooks\")]\npub(crate) mod {name};\n"));
                (format!("src/types/{}.rs", module.0), "Types that only webhooks use.".to_owned())
            }
            Some(module) => {
                let gate = tag_features::gate(api.gates.get(module).into_iter().flatten());
                declared.push_str(&format!("{gate}mod {};\n", value_ident(module)));
                exported.push_str(&format!("{gate}pub use self::{}::*;\n", value_ident(module)));
                let about = about_module(api, module);
                (format!("src/types/{}.rs", module.0), about)
            }
        };
        files.insert(path, emit_file(&about, &own, &foreign));
    }
    let erased = emit_erased(api);
    if alone {
        let more = if homes.is_empty() { erased } else { declared + &erased };
        files.entry("src/types.rs".to_owned()).and_modify(|text| text.push_str(&more));
    } else if !homes.is_empty() {
        root.attached(&declared);
        if exported.len() > 1 {
            root.attached(&exported);
        }
        root.attached(&erased);
        files.insert("src/types.rs".to_owned(), root.finish());
    }
    files
}

/// What the file of a module is about.
fn about_module(api: &Api, module: &ValueName) -> String {
    let is_group = |group: &Group| group.name.as_ref().is_some_and(|(name, _)| name == module);
    if api.groups.iter().any(is_group) {
        return format!("Types of the operations in `{}`.", module.0);
    }
    match api.gates.get(module) {
        None => "Types used by several groups of operations, or by none.".to_owned(),
        Some(features) => {
            let features: Vec<String> =
                features.iter().map(|feature| format!("`{feature}`")).collect();
            let noun = if features.len() == 1 { "feature" } else { "features" };
            wrap_list(&format!("Types that come with the {noun} "), "", &features, ",") + "."
        }
    }
}

/// `erased!`: the types that are erased somewhere.
fn emit_erased(api: &Api) -> String {
    let contents = api.types.iter().flat_map(|definition| definition.kind.contents());
    let types: BTreeMap<usize, &TypeName> = contents.filter_map(Type::erased).collect();
    let numbered: Vec<String> =
        types.into_iter().map(|(number, name)| format!("{} = {number}", name.0)).collect();
    match numbered.is_empty() {
        true => String::new(),
        false => wrap_list("\ncrate::runtime::erased!(", "    ", &numbered, ",") + ");\n",
    }
}

/// One file of types.
fn emit_file(about: &str, types: &[(&TypeDefinition, &String)], foreign: &Foreign<'_>) -> String {
    let mut code = Code::new(about);
    emit_imports(&mut code, types.iter().map(|(definition, _)| *definition), foreign);
    types.iter().for_each(|(_, text)| code.attached(text));
    code.finish()
}

/// The types whose members are written one behind the other, in parameters and forms, where the
/// order shows.
fn in_order(api: &Api) -> BTreeSet<&TypeName> {
    let types: BTreeMap<&TypeName, &TypeDefinition> =
        api.types.iter().map(|definition| (&definition.name, definition)).collect();
    let operations = api.groups.iter().flat_map(|group| &group.operations);
    let mut left: Vec<&Type> = Vec::new();
    for operation in operations {
        left.extend(operation.parameters.iter().map(|parameter| &parameter.ty));
        left.extend(operation.body.iter().flat_map(body::form_types));
    }
    let mut found = BTreeSet::new();
    while let Some(ty) = left.pop() {
        if let Some(name) = ty.named()
            && found.insert(name)
            && let Some(known) = types.get(name)
        {
            found.extend(&known.equal_to);
            left.extend(known.kind.contents());
        }
    }
    found
}

/// One type, which is `Eq` and `Hash` where `comparable`.
fn emit_type(
    definition: &TypeDefinition,
    ordered: &BTreeSet<&TypeName>,
    comparable: bool,
) -> String {
    let mut code = Code::default();
    let about = record::fallback_doc(&definition.doc, &definition.name.0);
    match &definition.kind {
        TypeKind::Record(fields) => {
            let ordered = ordered.contains(&definition.name);
            record::emit_record(&mut code, definition, fields, &about, (ordered, comparable));
        }
        TypeKind::StringEnum(values) => {
            enumeration::emit_string_enum(&mut code, definition, values, &about)
        }
        TypeKind::IntegerEnum(values) => {
            enumeration::emit_integer_enum(&mut code, definition, values, &about)
        }
        TypeKind::Union(alternatives) => {
            union::emit_union(&mut code, definition, alternatives, &about, comparable)
        }
        TypeKind::Alias(inner) => code.items(emit_alias(definition, inner, &about)),
        TypeKind::Newtype(inner) => {
            code.items(emit_newtype(definition, inner, &about, comparable));
            code.attached(&format!("newtype!({});\n", definition.name.0));
        }
        TypeKind::Tuple(elements) => {
            tuple::emit_tuple(&mut code, definition, elements, &about, comparable)
        }
    }
    code.finish()
}

/// Another name for a type, and for its builder: unlike an alias, it has the variants of an enum.
fn emit_name(definition: &TypeDefinition, kept: &TypeDefinition) -> String {
    let mut code = Code::default();
    let docs = doc_attributes(&definition.doc);
    let old = deprecated_type(definition.deprecated);
    let home = if definition.module == kept.module { quote!(self) } else { quote!(super) };
    let use_as = |kept: &TypeName, name: &TypeName| {
        let kept = type_ident(kept);
        let name = type_ident(name);
        quote!(#[doc(inline)] pub use #home::#kept as #name;)
    };
    let of_type = use_as(&kept.name, &definition.name);
    code.items(quote!(#docs #old #of_type));
    if let Some((name, kept_name)) = builder(definition).zip(builder(kept)) {
        code.items(use_as(kept_name, name));
    }
    code.finish()
}

fn builder(definition: &TypeDefinition) -> Option<&TypeName> {
    match &definition.kind {
        TypeKind::Record(Record { constructor: Constructor::Builder(name), .. }) => Some(name),
        _ => None,
    }
}

fn emit_alias(definition: &TypeDefinition, inner: &Type, about: &str) -> TokenStream {
    let name = type_ident(&definition.name);
    let docs = doc_or(&definition.doc, about);
    let inner = owned_type(inner, Place::Types);
    let old = deprecated_type(definition.deprecated);
    quote!(#docs #old pub type #name = #inner;)
}

fn emit_newtype(
    definition: &TypeDefinition,
    inner: &Type,
    about: &str,
    comparable: bool,
) -> TokenStream {
    let name = type_ident(&definition.name);
    let docs = doc_or(&definition.doc, about);
    let inner = owned_type(inner, Place::Types);
    let old = deprecated_type(definition.deprecated);
    let traits = comparable::derived(comparable);
    quote! {
        #docs
        #old
        #[derive(#traits)]
        pub struct #name(pub #inner);
    }
}

fn emit_imports<'a>(
    code: &mut Code,
    types: impl Iterator<Item = &'a TypeDefinition>,
    foreign: &Foreign<'_>,
) {
    let mut runtime = BTreeSet::new();
    let mut needs = Needs::default();
    let mut others = BTreeSet::new();
    for definition in types.filter(|definition| definition.named_type().is_none()) {
        match &definition.kind {
            TypeKind::Record(record) => {
                runtime.insert("record");
                needs.map |= record.rest.is_some();
            }
            TypeKind::StringEnum(_) | TypeKind::IntegerEnum(_) => {
                runtime.insert("open_enum");
            }
            TypeKind::Union(_) => {
                runtime.insert("union");
                needs.value = true;
            }
            TypeKind::Newtype(_) => {
                runtime.insert("newtype");
            }
            TypeKind::Tuple(_) => {
                runtime.insert("tuple");
            }
            TypeKind::Alias(_) => {}
        }
        for inner in definition.kind.contents() {
            needs.add(inner, &mut runtime);
            others.extend(inner.named().filter(|name| foreign.contains(name)));
        }
    }
    needs.write(code);
    let runtime = runtime.into_iter().map(|name| format_ident!("{name}"));
    let others = others.into_iter().map(type_ident);
    let mut uses = TokenStream::new();
    let runtime: Vec<_> = runtime.collect();
    let others: Vec<_> = others.collect();
    if !others.is_empty() {
        uses.extend(quote!(use super::{#(#others),*};));
    }
    if !runtime.is_empty() {
        uses.extend(quote!(use crate::runtime::{#(#runtime),*};));
    }
    if !uses.is_empty() {
        code.imports(uses);
    }
}

/// What some types need from outside the crate.
#[derive(Default)]
pub(crate) struct Needs {
    /// `BTreeMap`
    pub(crate) map: bool,
    /// `serde_json::Value`
    pub(crate) value: bool,
}

impl Needs {
    /// Adds what a type needs; `runtime` are the names that it needs of the runtime.
    pub(crate) fn add(&mut self, ty: &Type, runtime: &mut BTreeSet<&'static str>) {
        match ty {
            Type::Json => self.value = true,
            Type::Map(inner) => {
                self.map = true;
                self.add(inner, runtime);
            }
            Type::List(inner) | Type::Nullable(inner) | Type::Boxed(inner) => {
                self.add(inner, runtime)
            }
            Type::Secret => drop(runtime.insert("Secret")),
            Type::DateTime => drop(runtime.insert("DateTime")),
            Type::Date => drop(runtime.insert("Date")),
            Type::Base64 => drop(runtime.insert("Base64")),
            Type::ContentRange => drop(runtime.insert("ContentRange")),
            Type::Digest => drop(runtime.insert("Digest")),
            _ => {}
        }
    }

    /// Imports it.
    pub(crate) fn write(&self, code: &mut Code) {
        if self.map {
            code.items(quote!(
                use std::collections::BTreeMap;
            ));
        }
        if self.value {
            code.items(quote!(
                use serde_json::Value;
            ));
        }
    }
}
