//! A crate that was emitted earlier against a document.

use openapi_crate::config::Config;
use openapi_crate::source::{Input, Source};
use openapi_crate::{Description, baseline, describe, diff, generate};

use crate::mutated;

fn understood(name: &str, text: &str) -> Option<Description> {
    let source = Source::new(name, text);
    let input = Input { reduced: true, ..Input::new(source) };
    describe(&input, &Config::new("api", "0.1.0").unwrap()).ok()
}

/// Neither what is left out nor what repairs put into other words makes a difference.
#[test]
fn a_document_is_the_same_as_what_its_crate_keeps_of_it() {
    let mut wrong = Vec::new();
    let mut checked = 0;
    for (name, text) in mutated::texts() {
        let input = Input::new(Source::new(&*name, &*text));
        let outcome = generate(&input, &Config::new("api", "0.1.0").unwrap());
        let Some(package) = outcome.package else { continue };
        let kept = &package.files[baseline::FILE];
        let before = understood("openapi.json", kept).unwrap_or_else(|| panic!("{name}: {kept}"));
        let after = understood(&name, &text).unwrap();
        let changes = diff::compare(&before, &after).changes;
        if !changes.is_empty() || !before.has_same_api(&after) {
            wrong.push(format!("{name}: {changes:#?}"));
        }
        checked += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 0);
}
