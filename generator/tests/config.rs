//! What the configuration file says of the package, and where it ends up.

use openapi_crate::{
    Outcome,
    config::{Config, ConfigFile, Unused, When},
    diagnostics::Diagnostics,
    generate,
    source::{Input, Source},
};
use serde_json::json;

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
fn a_crate_has_no_licence_by_default() {
    let files = emitted("package: {publish: false}");
    let manifest = &files["Cargo.toml"];
    assert!(!manifest.contains("license"));
    assert!(manifest.contains("publish = false\n"));
    assert!(manifest.contains("description = \"Client of Pets, version 1\"\n"));
    assert!(manifest.contains("readme = \"README.md\"\n"));
    assert!(files.contains_key("README.md"));
}

#[test]
fn unused_types_are_omitted_on_request() {
    let document = json!({
        "openapi": "3.1.0",
        "info": {"title": "Pets", "version": "1"},
        "webhooks": {"born": {"post": {"requestBody": {"content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/Pet"},
        }}}}}},
        "components": {"schemas": {
            "Pet": {"type": "object", "properties": {"name": {"$ref": "#/components/schemas/Name"}}},
            "Name": {"type": "object", "properties": {"first": {"type": "string"}}},
            "Unused": {"type": "object", "properties": {"name": {"$ref": "#/components/schemas/Name"}}},
        }},
    });
    let input = Input::new(Source::new("pets.json", document.to_string()));
    let emitted = |unused| {
        let config = Config { unused, ..Config::new("pets", "0.1.0").unwrap() };
        generate(&input, &config).package.unwrap().files
    };
    let kept = emitted(Unused::Keep);
    assert!(kept["src/types.rs"].contains("pub struct Unused "));
    assert!(kept["src/types.rs"].contains("pub struct Name "));
    assert!(kept["src/types/webhook_payloads.rs"].contains("pub struct Pet "));
    let omitted = emitted(Unused::Omit);
    assert!(!omitted["src/types.rs"].contains("pub struct"));
    assert!(omitted["src/types/webhook_payloads.rs"].contains("pub struct Name "));
    let mut diagnostics = Diagnostics::default();
    let file = Source::new("config.yaml", "unused-types: omit");
    assert_eq!(ConfigFile::read(&file, &mut diagnostics).unused, Unused::Omit);
    assert!(diagnostics.findings().is_empty());
}

/// Whether a crate with this many operations in two groups has features for them.
fn has_features(operations: usize, tag_features: When) -> bool {
    let mut text = "openapi: 3.0.3\ninfo: {title: Pets, version: '1'}\npaths:\n".to_owned();
    for index in 0..operations {
        let tag = if index == 0 { "pets" } else { "toys" };
        text += &format!(
            "  /{index}: {{get: {{operationId: get_{index}, tags: [{tag}], responses: {{'204': {{description: OK}}}}}}}}\n"
        );
    }
    let config = Config { tag_features, ..Config::new("pets", "0.1.0").unwrap() };
    let package = generate(&Input::new(Source::new("pets.yaml", text)), &config).package.unwrap();
    keys(&package.files["Cargo.toml"], "features").contains(&"toys".to_owned())
}

#[test]
fn tags_have_features_in_large_crates_or_on_request() {
    assert!(!has_features(100, When::Auto));
    assert!(has_features(101, When::Auto));
    assert!(!has_features(101, When::Never));
    assert!(has_features(13, When::Always));
    // There are no groups.
    assert!(!has_features(12, When::Always));
    let mut diagnostics = Diagnostics::default();
    let file = Source::new("config.yaml", "tag-features: always");
    assert_eq!(ConfigFile::read(&file, &mut diagnostics).tag_features, When::Always);
    assert!(diagnostics.findings().is_empty());
    let file = Source::new("config.yaml", "tag-features: often");
    assert_eq!(ConfigFile::read(&file, &mut diagnostics).tag_features, When::Auto);
    assert_eq!(diagnostics.findings().len(), 1);
}

/// The names that a section of a manifest defines.
fn keys(manifest: &str, section: &str) -> Vec<String> {
    let (_, rest) = manifest.split_once(&format!("\n[{section}]\n")).unwrap();
    let lines = rest.lines().take_while(|line| !line.starts_with('['));
    lines.filter_map(|line| Some(line.split_once(" = ")?.0.to_owned())).collect()
}

#[test]
fn no_tag_takes_the_name_of_a_feature_or_a_dependency() {
    let manifest = emitted("{}").remove("Cargo.toml").unwrap();
    let own = [keys(&manifest, "features"), keys(&manifest, "dependencies")].concat();
    let mut text = "openapi: 3.0.3\ninfo: {title: Pets, version: '1'}\npaths:\n".to_owned();
    for (index, tag) in own.iter().enumerate() {
        text += &format!(
            "  /{index}: {{get: {{operationId: get_{index}, tags: [{tag}], responses: {{'204': {{description: OK}}}}}}}}\n"
        );
    }
    let config = Config { tag_features: When::Always, ..Config::new("pets", "0.1.0").unwrap() };
    let package = generate(&Input::new(Source::new("pets.yaml", text)), &config).package.unwrap();
    let features = keys(&package.files["Cargo.toml"], "features");
    for name in &own {
        let before = keys(&manifest, "features").iter().filter(|known| *known == name).count();
        assert_eq!(features.iter().filter(|known| *known == name).count(), before, "{name}");
        let feature = format!("{}-api", name.replace('_', "-"));
        assert!(features.contains(&feature), "{feature} is not among {features:?}");
    }
}

#[test]
fn a_version_is_what_cargo_accepts() {
    for version in ["0.1.0", "1.2.3-beta.1", "1.0.0-rc1+build.5"] {
        Config::new("a", version).unwrap();
    }
    for version in ["", "1", "1.0", "01.0.0", "1.0.0-01", "1.0.0-a..b", "1.0.0-"] {
        let error = Config::new("a", version).unwrap_err();
        assert!(error.starts_with(&format!("`{version}` is not a valid version")), "{error}");
    }
}
