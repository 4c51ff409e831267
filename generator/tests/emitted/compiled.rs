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

/// The features of `tests/fixtures/tag_features.yaml`, but for those that every crate has.
const TAGS: &[&str] = &[
    "all-api",
    "client-api",
    "files",
    "issues",
    "other-types",
    "repos-forks",
    "self",
    "time-api",
    "time-api-api",
    "untagged",
    "users",
    "webhooks",
    "webhooks-api",
    "yuza",
];

#[test]
fn each_tag_compiles_alone_and_so_do_its_documentation_and_no_tag() {
    let run = |command: &[&str], features: &str| {
        let arguments = ["--package", "tag-features", "--quiet", "--no-default-features"];
        let (well, said) = cargo(&[command, &arguments, &["--features", features]].concat());
        assert!(well && said.is_empty(), "{command:?} {features}: {said}");
    };
    for features in TAGS.iter().chain(&["", "client,issues", "issues,webhooks", "all"]) {
        run(&["check"], features);
    }
    for features in ["", "issues", "repos-forks", "other-types,webhooks", "all"] {
        run(&["doc", "--no-deps"], features);
    }
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
