//! Turns an OpenAPI 3.0 document into a Rust client crate.

pub mod config;
pub mod diagnostics;
pub mod emit;
pub mod lower;
pub mod model;
pub mod overlay;
pub mod source;

use serde_json::Value;

use diagnostics::Diagnostics;
use source::Input;

/// Reads the document and applies the overlays. `None` if there is nothing to go on with.
#[must_use]
pub fn load(input: &Input, diagnostics: &mut Diagnostics) -> Option<Value> {
    let mut document = source::read(0, input.document.text(), diagnostics);
    for (index, overlay) in input.overlays.iter().enumerate() {
        let overlay = source::read(index + 1, overlay.text(), diagnostics);
        if let (Some(overlay), Some(document)) = (overlay, &mut document) {
            overlay::apply(index, &overlay, document, diagnostics);
        }
    }
    document.filter(|document| source::check_version(document, diagnostics))
}
