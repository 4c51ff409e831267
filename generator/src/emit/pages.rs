//! The stream over the items of all pages.

use proc_macro2::TokenStream;
use quote::quote;

use super::code::{Place, owned_type, value_ident};
use super::response;
use crate::model::{Member, Next, Operation, Pagination, PagingStyle, Presence, Type, ValueName};

/// The method that gives every item, page after page.
pub(crate) fn emit_stream_method(operation: &Operation, pagination: &Pagination) -> TokenStream {
    let page = owned_type(&pagination.page, Place::Elsewhere);
    let item = owned_type(&pagination.item, Place::Elsewhere);
    let error = response::error_type(operation);
    let paging = emit_paging(&pagination.style);
    let items = match &pagination.items {
        None => quote!(page),
        Some((name, presence)) => take_items(name, *presence),
    };
    let back = match &pagination.style {
        PagingStyle::Cursor { back: Some(_), .. } => quote!(back),
        _ => quote!(_),
    };
    let next = next_page(pagination);
    let total = read_member(pagination.total.as_ref(), total_of);
    let more = read_member(pagination.more.as_ref(), |_| quote!(.copied()));
    quote! {
        #[doc = " A stream of all items, which requests pages as needed."]
        #[inline]
        pub fn stream(self) -> Items<#item, #error> {
            Items::new(self.0, #paging, |call| Self(call).send(), |page: #page, #back| Page {
                next: #next,
                total: #total,
                more: #more,
                items: #items,
            })
        }
    }
}

fn emit_paging(style: &PagingStyle) -> TokenStream {
    match style {
        PagingStyle::Offset { name } => quote!(Paging::Offset(#name)),
        PagingStyle::Page { name, first, explicit: false } => quote!(Paging::Page(#name, #first)),
        PagingStyle::Page { name, first, explicit: true } => {
            quote!(Paging::PageFrom(#name, #first))
        }
        PagingStyle::Cursor { name, switch, offset, back } => {
            let switch = write_optional(switch.as_deref());
            let offset = write_optional(offset.as_deref());
            let back = write_optional(back.as_deref());
            quote!(Paging::Cursor { name: #name, switch: #switch, offset: #offset, back: #back })
        }
        PagingStyle::Url => quote!(Paging::Url),
        PagingStyle::Link => quote!(Paging::Link),
    }
}

/// The items, taken out of the page.
fn take_items(name: &ValueName, presence: Presence) -> TokenStream {
    let name = value_ident(name);
    match presence {
        Presence::Required | Presence::Constant | Presence::Fixed => quote!(page.#name),
        Presence::Clearable => quote!(page.#name.flatten().unwrap_or_default()),
        Presence::Nullable | Presence::Optional | Presence::Preset | Presence::Received => {
            quote!(page.#name.unwrap_or_default())
        }
    }
}

fn next_page(pagination: &Pagination) -> TokenStream {
    match &pagination.next {
        None => quote!(None),
        Some(Next::Member(member)) => {
            let value = member_within(&quote!(Some(&page)), member);
            let text = cursor_text(member);
            quote!(#value #text)
        }
        Some(Next::LastItem(member)) => {
            let end = match &pagination.style {
                PagingStyle::Cursor { back: Some(_), .. } => {
                    quote!(if back { it.first() } else { it.last() })
                }
                _ => quote!(it.last()),
            };
            let items = match &pagination.items {
                None => quote!(Some(&page).and_then(|it| #end)),
                Some((name, presence)) => {
                    let list = vec![(name.clone(), *presence)];
                    let list =
                        Member { path: list, ty: Type::List(Box::new(pagination.item.clone())) };
                    let list = member_within(&quote!(Some(&page)), &list);
                    quote!(#list.and_then(|it| #end))
                }
            };
            let value = member_within(&items, member);
            let text = cursor_text(member);
            quote!(#value #text)
        }
    }
}

fn read_member(member: Option<&Member>, convert: fn(&Member) -> TokenStream) -> TokenStream {
    match member {
        None => quote!(None),
        Some(member) => {
            let value = member_within(&quote!(Some(&page)), member);
            let convert = convert(member);
            quote!(#value #convert)
        }
    }
}

/// From an optional reference to a struct to one to its member.
fn member_within(start: &TokenStream, member: &Member) -> TokenStream {
    let steps = member.path.iter().map(|(name, presence)| {
        let name = value_ident(name);
        match presence {
            Presence::Required | Presence::Constant | Presence::Fixed => {
                quote!(.map(|it| &it.#name))
            }
            Presence::Nullable | Presence::Optional | Presence::Preset | Presence::Received => {
                quote!(.and_then(|it| it.#name.as_ref()))
            }
            Presence::Clearable => quote!(.and_then(|it| it.#name.as_ref()?.as_ref())),
        }
    });
    quote!(#start #(#steps)*)
}

/// A cursor as text. No page has a number below 1 after another one.
fn cursor_text(member: &Member) -> TokenStream {
    match member.ty {
        Type::String => quote!(.cloned()),
        Type::F64 => quote!(.filter(|it| **it > 0.0).map(|it| it.to_string())),
        _ => quote!(.filter(|it| **it > 0).map(|it| it.to_string())),
    }
}

fn total_of(member: &Member) -> TokenStream {
    match member.ty {
        Type::I64 => quote!(.copied()),
        Type::U64 => quote!(.and_then(|it| i64::try_from(*it).ok())),
        _ => quote!(.map(|it| i64::from(*it))),
    }
}

/// A name as an option.
fn write_optional(name: Option<&str>) -> TokenStream {
    match name {
        Some(name) => quote!(Some(#name)),
        None => quote!(None),
    }
}
