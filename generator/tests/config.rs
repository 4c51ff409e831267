//! What the configuration file says of the package, and where it ends up.

use openapi_crate::{
    Outcome,
    config::{Config, ConfigFile},
    diagnostics::Diagnostics,
    generate,
    source::{Input, Source},
};

const DOCUMENT: &str = "openapi: 3.0.3\ninfo: {title: Pets, version: '1'}\npaths: {}\n";

/// The emitted files for a configuration file of this text.
fn emitted(text: &str) -> std::collections::BTreeMap<String, String> {
    let mut diagnostics = Diagnostics::default();
    let file = ConfigFile::read(&Source::new("config.yaml", text), &mut diagnostics);
    assert!(diagnostics.findings().is_empty());
    let config = Config { metadata: file.metadata, ..Config::new("pets", "0.1.0").unwrap() };
    let Outcome { package, .. } =
        generate(&Input::new(Source::new("pets.yaml", DOCUMENT)), &config);
    package.unwrap().files
}

#[test]
fn the_manifest_says_what_the_configuration_says() {
    let files = emitted(concat!(
        "package:\n",
        "  description: All the \"pets\"\n",
        "  license: MIT\n",
        "  repository: https://example.com/pets\n",
        "  authors: [Example Ltd]\n",
        "  keywords: [pets, http-client]\n",
        "  publish: [internal]\n",
        "  readme: ../README.md\n",
    ));
    let manifest = &files["Cargo.toml"];
    for line in [
        r#"description = "All the \"pets\"""#,
        r#"license = "MIT""#,
        r#"repository = "https://example.com/pets""#,
        r#"readme = "../README.md""#,
        r#"authors = ["Example Ltd"]"#,
        r#"keywords = ["pets", "http-client"]"#,
        r#"publish = ["internal"]"#,
    ] {
        assert!(manifest.lines().any(|known| known == line), "{line} is not in\n{manifest}");
    }
    assert!(!files.contains_key("README.md"));
}

#[test]
fn a_crate_claims_no_licence_that_nobody_gave_it() {
    let files = emitted("package: {publish: false}");
    let manifest = &files["Cargo.toml"];
    assert!(!manifest.contains("license"));
    assert!(manifest.contains("publish = false\n"));
    assert!(manifest.contains("description = \"Client of Pets, version 1\"\n"));
    assert!(manifest.contains("readme = \"README.md\"\n"));
    assert!(files.contains_key("README.md"));
}
