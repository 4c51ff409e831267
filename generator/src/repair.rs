//! Makes of a document what the `openapiv3` crate can read, with as little lost as possible.
//!
//! `openapiv3` refuses a whole document for one bad spot and does not say where that is. So the
//! document is walked once, with a table of what may stand where (`table`), and the smallest spot that
//! does not fit is set right or left out, each with a finding. What OpenAPI 3.1 and 3.2 say in other
//! words, and what is often written although no version has it, is translated: 3.0 is what is left.
//!
//! Some things are put in order although nothing is wrong with them, so that later stages need not
//! know them:
//!
//! - every reference is to an entry of `components`: what another reference leads to is moved there;
//! - path items and media types are no references;
//! - what stands beside the `$ref` of a schema and describes it (`description`, `nullable`, …) is
//!   kept by an `allOf` around the reference;
//! - `explode` of an encoding is there where its default is `true`, and `style` where `explode` or
//!   `allowReserved` is;
//! - webhooks, callbacks and operations with other methods stand under `paths` (`gather`);
//! - links and `not`, which a client has no use for, are gone.

mod at;
mod enumeration;
mod events;
mod gather;
mod identifiers;
mod number;
mod objects;
mod parse;
mod pending;
mod reference;
mod repairs;
mod schema;
mod schema31;
mod shape;
mod structure;
mod table;
mod types;
mod value_texts;
mod walk;

pub(crate) use at::At;
pub(crate) use identifiers::resolve_identifiers as settle_identifiers;
pub use parse::parse_document;
pub(crate) use reference::largest_copy;
pub(crate) use structure::Structure;

use serde_json::Value;

use crate::diagnostics::{Code, Diagnostics, Pointer};
use crate::source::Version;

/// Sets right what does not fit the document's version, and puts the rest into the words of OpenAPI 3.0. Every change that loses something is reported.
pub fn repair_document(document: &mut Value, diagnostics: &mut Diagnostics) {
    if let Some(members) = document.as_object_mut().filter(|members| members.contains_key("$ref")) {
        let message = "the root of a document must not be a `$ref`: ignored";
        diagnostics.report(Code::UnknownKeyword, &Pointer::default().key("$ref"), message).at_key();
        members.shift_remove("$ref");
    }
    let version = Version::of(document);
    if version >= Version::V31 {
        identifiers::resolve_identifiers(document);
    }
    if version >= Version::V32 {
        events::settle(document);
    }
    let mut walk = walk::Walk::new(diagnostics, version);
    walk.object(document, &table::DOCUMENT, &At::root());
    reference::resolve_references(document, &mut walk);
    gather::gather_path_items(document, walk.repairs.diagnostics);
    walk.repairs.report_older();
}
