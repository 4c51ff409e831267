//! The functions of a probe that make requests of values.

use std::fmt::Write;

use quote::ToTokens;
use syn::Type;

use super::methods::{Argument, Form, Method, Module, Variant, last_name};

/// The source of a module whose functions `way_0`, `way_1` and so on make the requests of its methods. `root` is the
/// path of the crate's modules in the probe.
pub(super) fn write_module(module: &Module, root: &str) -> String {
    let mut text = module.source.clone();
    for (name, form) in &module.forms {
        write_form(&mut text, module, name, form);
    }
    for (name, variants) in &module.choices {
        write_choice(&mut text, module, name, variants);
    }
    for (index, method) in module.methods.iter().enumerate() {
        write_method(&mut text, module, index, method);
    }
    // The client is one of the probe's: crates in one program have methods of the same name.
    let uses = format!("use {root}::{{Client, new_client}};\nuse crate::{{Given, send}};\n");
    uses + &text
        .replace("crate :: types", &format!("{root} :: types"))
        .replace("crate :: client", &format!("{root} :: client"))
}

fn write_method(text: &mut String, module: &Module, index: usize, method: &Method) {
    let _ = writeln!(
        text,
        "pub fn way_{index}(text: Vec<u8>) -> Result<Vec<u8>, String> {{\n    let mut given = Given::read(text)?;"
    );
    let mut passed = Vec::new();
    for (position, argument) in method.arguments.iter().enumerate() {
        let owned = Owned::of(module, &argument.ty);
        let name = plain_name(&argument.name);
        let _ = writeln!(text, "    let a{position} = {};", owned.required("given", name));
        passed.push(owned.passed(&format!("a{position}")));
    }
    let group = module.group.as_ref().map(|group| format!(".{}()", raw_name(group)));
    let _ = writeln!(
        text,
        "    let mut request = new_client()?{}.{}({});",
        group.unwrap_or_default(),
        method.name,
        passed.join(", ")
    );
    for setter in &method.setters {
        write_setter(text, module, "request", setter, false);
    }
    text.push_str("    send(request.0)\n}\n");
}

fn write_setter(
    text: &mut String,
    module: &Module,
    target: &str,
    setter: &Argument,
    repeats: bool,
) {
    let owned = Owned::of(module, &setter.ty);
    let name = plain_name(&setter.name);
    let set = format!("{target} = {target}.{}({});", setter.name, owned.passed("value"));
    let taken = owned.optional("given", name);
    let keyword = if repeats { "while" } else { "if" };
    let _ = writeln!(text, "    {keyword} let Some(value) = {taken} {{ {set} }}");
}

fn write_form(text: &mut String, module: &Module, name: &str, form: &Form) {
    let _ = writeln!(text, "fn form_{name}(mut given: Given) -> Result<{name}, String> {{");
    let mut passed = Vec::new();
    for (field, ty) in &form.required {
        let owned = Owned::of(module, ty);
        let position = passed.len();
        let _ =
            writeln!(text, "    let a{position} = {};", owned.required("given", plain_name(field)));
        passed.push(owned.passed(&format!("a{position}")));
    }
    let made = if form.is_built {
        let steps = form.required.iter().zip(&passed);
        steps.map(|((field, _), passed)| format!(".{field}({passed})")).collect::<String>()
    } else {
        passed.join(", ")
    };
    let _ = match form.is_built {
        true => writeln!(text, "    let mut form = {name}::builder(){made};"),
        false => writeln!(text, "    let mut form = {name}::new({made});"),
    };
    for field in &form.fields {
        write_setter(text, module, "form", field, field.role == "file");
    }
    text.push_str("    Ok(form)\n}\n");
}

fn write_choice(text: &mut String, module: &Module, name: &str, variants: &[Variant]) {
    let _ = writeln!(
        text,
        "fn choice_{name}(mut given: Given) -> Result<{name}, String> {{\n    match given.variant()?.as_str() {{"
    );
    for variant in variants {
        let owned = Owned::of(module, &variant.ty);
        let variant = &variant.name;
        let value = owned.required("given", "value");
        let _ = writeln!(
            text,
            "        \"{variant}\" => {{ let value = {value}; Ok({name}::{variant}({})) }}",
            owned.passed("value"),
        );
    }
    text.push_str("        other => Err(format!(\"\\tno variant {other}\")),\n    }\n}\n");
}

/// What the value of an argument is while the probe has it.
enum Owned {
    /// A type, and what is put around its value.
    Type(String, &'static str, &'static str),
    /// Bytes, each as a character.
    Bytes {
        /// Whether they have to be converted.
        converted: bool,
    },
    /// What a function of the module makes.
    Made(String),
}

impl Owned {
    fn of(module: &Module, ty: &str) -> Self {
        let Ok(ty) = syn::parse_str::<Type>(ty) else { return Self::Type(ty.to_owned(), "", "") };
        let name = last_name(&ty);
        match &ty {
            Type::Reference(reference) => match &*reference.elem {
                Type::Slice(slice) if is_text(&slice.elem) => Self::Type(
                    "Vec<String>".to_owned(),
                    "&",
                    ".iter().map(String::as_str).collect::<Vec<&str>>()",
                ),
                Type::Slice(slice) => {
                    Self::Type(format!("Vec<{}>", slice.elem.to_token_stream()), "&", "")
                }
                _ if name == "str" => Self::Type("String".to_owned(), "&", ""),
                inner => Self::Type(inner.to_token_stream().to_string(), "&", ""),
            },
            Type::ImplTrait(_) => Self::Bytes { converted: false },
            // A schema may have the same name: its type has a path.
            _ if is_path(&ty) => Self::Type(ty.to_token_stream().to_string(), "", ""),
            _ if module.forms.contains_key(&name) => Self::Made(format!("form_{name}")),
            _ if module.choices.contains_key(&name) => Self::Made(format!("choice_{name}")),
            _ if name == "Body" => Self::Bytes { converted: true },
            _ if name == "Multipart" => Self::Made("crate::multipart".to_owned()),
            _ => Self::Type(ty.to_token_stream().to_string(), "", ""),
        }
    }

    fn required(&self, given: &str, name: &str) -> String {
        let taken = self.optional(given, name);
        format!("{taken}.ok_or(\"\\t{name} is missing\")?")
    }

    fn optional(&self, given: &str, name: &str) -> String {
        match self {
            Self::Type(ty, ..) => format!("{given}.take::<{ty}>(\"{name}\")?"),
            Self::Bytes { .. } => format!("{given}.bytes(\"{name}\")?"),
            Self::Made(function) => {
                format!("{given}.inner(\"{name}\")?.map({function}).transpose()?")
            }
        }
    }

    fn passed(&self, value: &str) -> String {
        match self {
            Self::Type(_, before, after) => format!("{before}{value}{after}"),
            Self::Bytes { converted: true } => format!("{value}.into()"),
            Self::Bytes { converted: false } | Self::Made(_) => value.to_owned(),
        }
    }
}

fn is_path(ty: &Type) -> bool {
    matches!(ty, Type::Path(named) if named.path.segments.len() > 1)
}

fn is_text(ty: &Type) -> bool {
    matches!(ty, Type::Reference(_)) && last_name(ty) == "str"
}

/// A name without the mark of a raw identifier.
pub(super) fn plain_name(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}

/// A group's name as its accessor has it, which is raw for a keyword.
fn raw_name(name: &str) -> String {
    match syn::parse_str::<syn::Ident>(name) {
        Ok(_) => name.to_owned(),
        Err(_) => format!("r#{name}"),
    }
}
