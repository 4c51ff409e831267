//! The rules held by the compiler: consumers of the crate of the old document, built on that of the new one.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use openapi_crate::config::{Config, When};
use openapi_crate::diff::{Bump, Rule};
use openapi_crate::generate;
use openapi_crate::source::{Input, Source};
use serde_json::Value;

use crate::case::{self, Case};

/// Where we say that callers have to change, one does not compile any more; where we say that they have not, or that
/// nobody notices, all do.
#[test]
fn the_compiler_agrees() {
    let cases: Vec<Case> = case::all().into_iter().filter(|it| it.features.is_none()).collect();
    let place = Place::new("rules", &cases);
    let is_loud = |case: &&Case| {
        let rule = Rule::from_name(&case.rule).unwrap();
        rule.bump() == Bump::Major && !rule.is_silent()
    };
    let (loud, quiet): (Vec<&Case>, Vec<&Case>) = cases.iter().partition(|case| is_loud(case));
    let all: Vec<&Case> = cases.iter().collect();
    let wrong = place.broken("old", &all);
    assert!(wrong.is_empty(), "not even of the old crate: {wrong:?}");
    let wrong = place.broken("new", &quiet);
    assert!(wrong.is_empty(), "no longer compile: {wrong:?}");
    // What cannot be named hides what is of another type: so again without the former.
    let mut left = loud;
    loop {
        let broken = place.broken("new", &left);
        if broken.is_empty() {
            break;
        }
        left.retain(|case| !broken.contains(&case.rule));
    }
    let left: Vec<&String> = left.iter().map(|case| &case.rule).collect();
    assert!(left.is_empty(), "still compile: {left:?}");
}

/// The same for what depends on features, each case on its own: a feature that is gone is no error of a line.
#[test]
fn cargo_agrees_on_features() {
    for case in case::all() {
        let Some(features) = &case.features else { continue };
        let place = Place::with_features("features", &case);
        let source = format!(
            "#![allow(warnings, reason = \"only errors count\")]\nuse api::*;\n\
             async fn consume(client: api::Client) {{ {} }}\n",
            case.uses.trim()
        );
        let builds = ["old", "new"].map(|which| {
            place.write_consumer(which, features, "lib.rs", &source);
            place.cargo("check").output().unwrap()
        });
        let is_major = Rule::from_name(&case.rule).unwrap().bump() == Bump::Major;
        let [old, new] = builds.map(|output| {
            (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
        });
        assert!(old.0, "{}: {}", case.rule, old.1);
        assert_eq!(new.0, !is_major, "{}: {}", case.rule, new.1);
    }
}

/// A workspace of both crates and a consumer, below the repository's own target folder.
pub(crate) struct Place(pub(crate) PathBuf);

impl Place {
    /// Of crates without features by tag: their consumers use every tag.
    pub(crate) fn new(name: &str, cases: &[Case]) -> Self {
        let cases: Vec<&Case> = cases.iter().collect();
        Self::write(name, &cases, When::Never)
    }

    fn with_features(name: &str, case: &Case) -> Self {
        Self::write(name, &[case], When::Auto)
    }

    fn write(name: &str, cases: &[&Case], tag_features: When) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let [mut old, mut new] = [case::empty(), case::empty()];
        for case in cases {
            case::add(&mut old, case, &case.old);
            case::add(&mut new, case, &case.new);
        }
        for (name, document) in [("old", old), ("new", new)] {
            write(&root.join(name), &document, name, tag_features);
        }
        let manifest =
            "[workspace]\nresolver = \"3\"\nmembers = [\"old\", \"new\", \"consumer\"]\n";
        fs::write(root.join("Cargo.toml"), manifest).unwrap();
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        if !root.join("Cargo.lock").exists() {
            fs::copy(repository.join("Cargo.lock"), root.join("Cargo.lock")).unwrap();
        }
        Self(root)
    }

    /// Writes a consumer of one of the crates, which uses features of it, with its code in `file`.
    pub(crate) fn write_consumer(
        &self,
        which: &str,
        features: &[impl AsRef<str>],
        file: &str,
        source: &str,
    ) {
        let consumer = self.0.join("consumer");
        let _ = fs::remove_dir_all(&consumer);
        fs::create_dir_all(consumer.join("src")).unwrap();
        let features: Vec<&str> = features.iter().map(AsRef::as_ref).collect();
        let manifest = format!(
            "[package]\nname = \"rules-consumer\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
             api = {{ path = \"../{which}\", package = \"rules-{which}\", default-features = false, features = {features:?} }}\n\
             serde_json = \"1\"\n"
        );
        fs::write(consumer.join("Cargo.toml"), manifest).unwrap();
        fs::write(consumer.join("src").join(file), source).unwrap();
    }

    /// The cases whose consumers do not compile with one of the crates.
    fn broken(&self, which: &str, cases: &[&Case]) -> BTreeSet<String> {
        let mut source =
            String::from("#![allow(warnings, reason = \"only errors count\")]\nuse api::types;\n");
        let mut lines = Vec::new();
        for case in cases {
            let name = case.rule.replace('-', "_");
            let text = case.uses.trim();
            source.push_str(&format!("async fn {name}(client: api::Client) {{ {text} }}\n"));
            lines.push(source.lines().count());
        }
        self.write_consumer(which, &["webhooks"], "lib.rs", &source);
        let errors = self.errors();
        let of = |line: usize| lines.iter().position(|known| *known == line);
        errors.into_iter().filter_map(|line| Some(cases[of(line)?].rule.clone())).collect()
    }

    /// A command of cargo for the consumer.
    pub(crate) fn cargo(&self, command: &str) -> Command {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args([command, "--package", "rules-consumer", "--offline", "--quiet"]);
        cargo.arg("--target-dir").arg(target).env("CARGO_INCREMENTAL", "0");
        for (name, _) in std::env::vars() {
            if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|start| name.starts_with(start)) {
                cargo.env_remove(name);
            }
        }
        cargo.current_dir(&self.0);
        cargo
    }

    /// The lines of the consumer in which the compiler finds errors.
    fn errors(&self) -> BTreeSet<usize> {
        let mut command = self.cargo("check");
        let output = command.args(["--message-format", "json"]).output().unwrap();
        let mut lines = BTreeSet::new();
        for message in String::from_utf8(output.stdout).unwrap().lines() {
            let message: Value = serde_json::from_str(message).unwrap();
            let message = &message["message"];
            if message["level"] == "error" {
                for span in message["spans"].as_array().unwrap() {
                    let line = usize::try_from(span["line_start"].as_u64().unwrap()).unwrap();
                    let own = span["file_name"].as_str().unwrap().ends_with("consumer/src/lib.rs");
                    assert!(own || span["is_primary"] == false, "{message}");
                    lines.extend(Some(line).filter(|_| span["is_primary"] == true));
                }
            }
        }
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() || !lines.is_empty(), "{said}");
        lines
    }
}

fn write(folder: &Path, document: &Value, which: &str, tag_features: When) {
    let input = Input::new(Source::new(which, document.to_string()));
    let mut config = Config::new(format!("rules-{which}"), "0.1.0").unwrap();
    config.tag_features = tag_features;
    let outcome = generate(&input, &config);
    outcome.package.unwrap().write(folder).unwrap();
}
