//! Any text gives findings or a crate that holds what is expected and nothing else.

#![no_main]

#[path = "../../tests/emitted/items.rs"]
mod items;

use libfuzzer_sys::fuzz_target;
use openapi_crate::{
    config::Config,
    diagnostics::{Severity, Style},
    generate,
    source::{Input, Source},
};

fuzz_target!(|text: &str| {
    let input = Input::new(Source::new("document", text));
    let Ok(config) = Config::new("fuzzed", "0.1.0") else { return };
    let outcome = generate(&input, &config);
    let findings = outcome.diagnostics.render(&input, Style { color: false, all: true });
    let errors = outcome.diagnostics.count(Severity::Error);
    assert_eq!(outcome.package.is_none(), errors > 0, "{findings}");
    if let Some(package) = outcome.package {
        items::check("fuzzed", &package);
    }
});
