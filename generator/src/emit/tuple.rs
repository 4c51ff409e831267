//! Tuple structs and their `tuple!`.

use quote::quote;

use super::code::{Code, Place, owned_type, type_ident};
use super::comparable::derived;
use super::doc::{deprecated_type, doc_or};
use crate::model::{Tuple, TypeDefinition};

/// Adds a tuple struct, which is `Eq` and `Hash` where `comparable`.
pub(crate) fn emit_tuple(
    code: &mut Code,
    definition: &TypeDefinition,
    tuple: &Tuple,
    about: &str,
    comparable: bool,
) {
    let name = type_ident(&definition.name);
    let docs = doc_or(&definition.doc, about);
    let old = deprecated_type(definition.deprecated);
    let elements = tuple.elements.iter().enumerate().map(|(at, element)| {
        let value = owned_type(element, Place::Types);
        if at < tuple.required { quote!(pub #value) } else { quote!(pub Option<#value>) }
    });
    let rest = tuple.rest.iter().map(|rest| {
        let value = owned_type(rest, Place::Types);
        quote!(pub Vec<#value>)
    });
    let elements = elements.chain(rest);
    let traits = derived(comparable);
    code.items(quote! {
        #docs
        #old
        #[derive(#traits)]
        pub struct #name(#(#elements),*);
    });
    let number = tuple.elements.len();
    let required = write_section("required", 0..tuple.required);
    let optional = write_section("optional", tuple.required..number);
    let rest = write_section("rest", number..number + usize::from(tuple.rest.is_some()));
    code.attached(&format!("tuple!({} {{{required}{optional}{rest} }});\n", definition.name.0));
}

/// A section of `tuple!`: the places of some elements, or nothing.
fn write_section(keyword: &str, places: std::ops::Range<usize>) -> String {
    let places: Vec<String> = places.map(|at| at.to_string()).collect();
    match places.is_empty() {
        true => String::new(),
        false => format!(" {keyword}: {};", places.join(", ")),
    }
}
