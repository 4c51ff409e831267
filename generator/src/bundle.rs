//! Several files, and several documents, as one document.
//!
//! A reference to another file becomes one to an entry of `components` that holds what it leads to, so that
//! later stages know of one document only, and overlays can correct all of it. Where OpenAPI has no such
//! section (path items, say), a copy stands in place of the reference. A document that stands alone and
//! refers to no other file is left as it is.
//!
//! It goes in steps:
//!
//! - `shelf` reads the files, each once, and finds where references lead;
//! - `gather` follows all of them, and lists what is to be an entry;
//! - `same` finds which of these are equal, and `name` settles what they are called. Neither depends on the
//!   order of files, but for the first document, whose entries keep their names;
//! - `build` rewrites the references, and puts the entries into the first document;
//! - `operations` adds those of the other documents.
//!
//! Examples are values: a `$ref` in one is no reference.

mod build;
mod gather;
mod gathered;
mod name;
mod operations;
mod same;
mod shelf;

use serde_json::Value;

use crate::diagnostics::Diagnostics;
use crate::source::{self, Input, Source};
use build::Builder;
use shelf::{Shelf, reference_of};

/// The document with the others, and with the files that they refer to; `None` if it cannot be read.
pub(crate) fn read_documents(input: &Input, diagnostics: &mut Diagnostics) -> Option<Value> {
    let document = source::read_document(0, input.document.text(), diagnostics);
    let others: Vec<(usize, &Source, Value)> = input
        .others
        .iter()
        .enumerate()
        .filter_map(|(index, other)| {
            let number = input.number_of_others() + index;
            let value = source::read_document(number, other.text(), diagnostics)?;
            let mut findings = Diagnostics::default();
            let known = source::version::check_version(&value, &mut findings);
            diagnostics.take_over(findings, number);
            known.then_some((number, other, value))
        })
        .collect();
    let document = document?;
    if others.is_empty() && (input.files.is_none() || !refers_out(&document)) {
        return Some(document);
    }
    let mut documents = vec![(0, &input.document, document)];
    documents.extend(others);
    let mut shelf = Shelf::new(input, documents);
    let found = gather::follow_references(&mut shelf, diagnostics);
    let same = same::find_equal_entries(&mut shelf, &found, diagnostics);
    let names = name::name_entries(&shelf, &found, &same);
    let mut builder = Builder::new(&mut shelf, &found, names, diagnostics);
    let mut document = builder.document(&same);
    operations::merge_operations(&mut builder, &same, &mut document);
    Some(document)
}

/// Whether there is a reference to another file anywhere.
fn refers_out(value: &Value) -> bool {
    match value {
        Value::Object(map) => {
            reference_of(value).is_some_and(|reference| !reference.starts_with('#'))
                || map.values().any(refers_out)
        }
        Value::Array(list) => list.iter().any(refers_out),
        _ => false,
    }
}
