//! That every emitted crate compiles without a warning; and of those whose documentation has most in
//! it, the documentation and its examples.

use crate::workspace::cargo;

/// Documenting takes longer than compiling, and examples are compiled each time anew.
const DOCUMENTED: &[&str] = &[
    "deprecated",
    "groups",
    "hostile",
    "multipart-body",
    "names",
    "prose",
    "several-bodies",
    "shared-errors",
];

#[test]
fn emitted_crates_compile_without_warnings() {
    let (well, said) = cargo(&["check", "--workspace", "--quiet", "--keep-going"]);
    assert!(well && said.is_empty(), "{said}");
    let webhooks = ["--package", "webhooks", "--package", "webhooks-only"];
    let features = ["check", "--features", "webhooks", "--quiet"];
    let (well, said) = cargo(&[&features[..], &webhooks].concat());
    assert!(well && said.is_empty(), "{said}");
}

#[test]
fn documentation_has_no_warnings_and_its_examples_compile() {
    let packages = DOCUMENTED.iter().flat_map(|name| ["--package", *name]);
    let run = |arguments: &[&'static str]| {
        let arguments = arguments.iter().copied().chain(packages.clone());
        cargo(&arguments.chain(["--no-default-features", "--quiet"]).collect::<Vec<_>>())
    };
    let (well, said) = run(&["doc", "--no-deps"]);
    assert!(well && said.is_empty(), "{said}");
    let (well, said) = run(&["test", "--doc"]);
    assert!(well && said.matches("test result: ok.").count() >= DOCUMENTED.len(), "{said}");
}
