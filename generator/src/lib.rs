//! Turns an OpenAPI 3.0 document into a Rust client crate.

pub mod config;
pub mod diagnostics;
pub mod model;
pub mod overlay;
pub mod repair;
pub mod source;

use diagnostics::Diagnostics;
use openapiv3::OpenAPI;
use source::Input;

/// Reads the document, applies the overlays and sets right what does not fit OpenAPI 3.0. `None` if
/// there is nothing to go on with.
#[must_use]
pub fn parse(input: &Input, diagnostics: &mut Diagnostics) -> Option<OpenAPI> {
    let mut document = source::read(0, input.document.text(), diagnostics);
    for (index, overlay) in input.overlays.iter().enumerate() {
        let overlay = source::read(index + 1, overlay.text(), diagnostics);
        if let (Some(overlay), Some(document)) = (overlay, &mut document) {
            overlay::apply(index, &overlay, document, diagnostics);
        }
    }
    let mut document = document.filter(|document| source::check_version(document, diagnostics))?;
    repair::repair(&mut document, diagnostics);
    repair::parse(document, diagnostics)
}
