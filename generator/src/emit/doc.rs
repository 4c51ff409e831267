//! Documentation comments.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Doc;
use crate::prose;

/// Outer documentation, a line an attribute.
pub(crate) fn doc(doc: &Doc) -> TokenStream {
    lines(&doc.lines)
}

/// Outer documentation, or where the document says nothing these words.
pub(crate) fn doc_or(doc: &Doc, fallback: &str) -> TokenStream {
    if doc.lines.is_empty() { lines(&[fallback.to_owned()]) } else { lines(&doc.lines) }
}

/// Outer documentation made of lines.
pub(crate) fn lines(lines: &[String]) -> TokenStream {
    let lines = lines
        .iter()
        .map(|line| tame(line))
        .map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}

/// A line that is one whatever it quotes: what must not be in a comment is a space.
pub(crate) fn tame(line: &str) -> String {
    line.replace(prose::is_invisible, " ").trim_end().to_owned()
}

/// What is said of a deprecated type: words, because an attribute would warn wherever it is named.
pub(crate) fn deprecated_type(deprecated: bool) -> TokenStream {
    if deprecated { lines(&[String::new(), "Deprecated.".to_owned()]) } else { TokenStream::new() }
}

/// `#[deprecated]`, where it is.
pub(crate) fn deprecated(deprecated: bool) -> TokenStream {
    if deprecated {
        quote!(#[deprecated = "the API's document says so"])
    } else {
        TokenStream::new()
    }
}
