//! Documentation comments.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Doc;
use crate::prose;

/// Between the lines of one attribute, until it is laid out: an attribute for each line takes twice as long in all.
pub(crate) const LINE_BREAK: char = '\u{1f}';

/// Outer documentation.
pub(crate) fn doc_attributes(doc: &Doc) -> TokenStream {
    doc_lines(&doc.lines)
}

/// Outer documentation, or where the document says nothing these words.
pub(crate) fn doc_or(doc: &Doc, fallback: &str) -> TokenStream {
    if doc.lines.is_empty() { doc_lines(&[fallback.to_owned()]) } else { doc_lines(&doc.lines) }
}

/// Outer documentation made of lines.
pub(crate) fn doc_lines(lines: &[String]) -> TokenStream {
    let mut text = String::new();
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            text.push(LINE_BREAK);
        }
        let line = sanitize_line(line);
        if !line.is_empty() {
            text.push(' ');
            text.push_str(&line);
        }
    }
    if lines.is_empty() { TokenStream::new() } else { quote!(#[doc = #text]) }
}

/// A line that is one whatever it quotes: what must not be in a comment is a space.
pub(crate) fn sanitize_line(line: &str) -> String {
    line.replace(prose::is_invisible, " ").trim_end().to_owned()
}

/// What is said of a deprecated type: words, because an attribute would warn wherever it is named.
pub(crate) fn deprecated_type(deprecated: bool) -> TokenStream {
    if deprecated {
        doc_lines(&[String::new(), "Deprecated.".to_owned()])
    } else {
        TokenStream::new()
    }
}

/// `#[deprecated]`, where it is.
pub(crate) fn deprecated_attribute(deprecated: bool) -> TokenStream {
    if deprecated {
        quote!(#[deprecated = "the API's document says so"])
    } else {
        TokenStream::new()
    }
}
