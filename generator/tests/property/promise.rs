use openapi_crate::{
    Outcome,
    config::Config,
    diagnostics::{Severity, Style},
    generate,
    source::{Input, Source},
};

use proptest::test_runner::Config as Runs;

use crate::items;

/// Half as many runs as usual, so that all of them together take a few seconds. `PROPTEST_CASES` says how
/// many are usual.
pub(crate) fn runs() -> Runs {
    let usual = Runs::default();
    Runs { cases: usual.cases / 2, failure_persistence: None, ..usual }
}

/// Runs the generator on a text, and checks all that it promises. Whether there is a crate.
#[track_caller]
pub(crate) fn keeps(text: &str) -> bool {
    let input = Input::new(Source::new("document", text));
    let config = Config::new("mutant", "0.1.0").unwrap();
    let Outcome { package, diagnostics, summary, .. } = generate(&input, &config);
    let findings = diagnostics.render(&input, Style { color: false, all: true });
    assert_eq!(package.is_none(), diagnostics.count(Severity::Error) > 0, "{findings}");
    assert!(package.is_none() || summary.is_some());
    let again = generate(&input, &config);
    assert_eq!(findings, again.diagnostics.render(&input, Style { color: false, all: true }));
    let Some(package) = package else { return false };
    assert_eq!(Some(&package.files), again.package.as_ref().map(|package| &package.files));
    items::check("document", &package);
    true
}
