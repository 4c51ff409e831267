//! The stream over the items of all pages.

use proc_macro2::TokenStream;
use quote::quote;

use super::code::{Place, ident, ty, type_ident};
use super::response;
use crate::model::{Operation, Pagination, PagingStyle, Presence, ValueName};

/// The method that gives every item, page after page.
pub(crate) fn stream(operation: &Operation, pagination: &Pagination) -> TokenStream {
    let (page, item) =
        (ty(&pagination.page, Place::Elsewhere), ty(&pagination.item, Place::Elsewhere));
    let (key, error) = (&pagination.parameter, response::error(operation));
    let items = match pagination.items_presence {
        Presence::Required | Presence::Constant | Presence::Fixed => {
            field(&pagination.items, pagination.items_presence)
        }
        presence => {
            let items = field(&pagination.items, presence);
            quote!(#items.unwrap_or_default())
        }
    };
    let next = match &pagination.style {
        PagingStyle::Offset { limit } => {
            let limit = limit.as_deref().unwrap_or_default();
            quote!(request.0.next_offset(#key, #limit, items.len()))
        }
        PagingStyle::Cursor { next, presence } => {
            let value = field(next, *presence);
            match presence {
                Presence::Required | Presence::Constant | Presence::Fixed => {
                    quote!(Some(#value).filter(|next| !next.is_empty()))
                }
                _ => quote!(#value.filter(|next| !next.is_empty())),
            }
        }
        PagingStyle::Page => quote!(request.0.next_page(#key, items.len())),
    };
    let request = type_ident(&operation.type_name);
    quote! {
        #[doc = " Every item, page after page: a stream that asks for a page when it needs it."]
        #[inline]
        pub fn stream(self) -> Items<#item, #error> {
            #[inline]
            fn turn(request: &#request, page: #page) -> (Vec<#item>, Option<#request>) {
                let items = #items;
                let next = #next;
                let next = next.map(|next| request.0.clone().query(#key, &next, Style::Form));
                (items, next.map(#request))
            }
            Items::new(self, turn)
        }
    }
}

/// A field of the page, without the difference between null and missing.
fn field(name: &ValueName, presence: Presence) -> TokenStream {
    let name = ident(name);
    if presence == Presence::Clearable { quote!(page.#name.flatten()) } else { quote!(page.#name) }
}
