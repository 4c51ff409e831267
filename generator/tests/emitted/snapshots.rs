//! What is emitted, snapshotted without the runtime, which is the same in every crate.

use std::panic::catch_unwind;

use openapi_crate::baseline;

use crate::fixture::{self, Fixture};

#[test]
fn what_is_emitted_is_as_it_was() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots/emitted");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let changed: Vec<String> = fixture::all()
        .into_iter()
        .filter(|fixture| {
            let text = shown(fixture);
            settings
                .bind(|| catch_unwind(|| insta::assert_snapshot!(&*fixture.name, text)).is_err())
        })
        .map(|fixture| fixture.name)
        .collect();
    assert!(changed.is_empty(), "changed: {changed:?}");
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    for (once, again) in fixture::all().into_iter().zip(fixture::all()) {
        assert!(once.package.files == again.package.files, "{}", once.name);
    }
}

fn shown(fixture: &Fixture) -> String {
    let mut text = String::new();
    for (path, content) in &fixture.package.files {
        match path.as_str() {
            path if path.starts_with("src/runtime") => continue,
            "README.md" => text += section(content, "## Tags", "\n## "),
            // `tests/diff/baseline.rs` has more about it.
            baseline::FILE => continue,
            // The rest of the manifest is the same for all.
            "Cargo.toml" => {
                let own = ["description", "base64", "chrono"];
                let line = |line: &&str| own.iter().any(|start| line.starts_with(start));
                let lines: Vec<&str> = content.lines().filter(line).collect();
                text += &format!("==> {path}\n{}\n", lines.join("\n"));
                text += section(content, "# The operations by their tags", "\n[dependencies]");
            }
            path => text += &format!("==> {path}\n{content}\n"),
        }
    }
    format!("{text}==> findings\n{}", fixture.findings)
}

/// The part of a text from `start` to `end`, if it has one.
fn section<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let rest = text.find(start).map_or("", |at| &text[at..]);
    rest.find(end).map_or(rest, |at| &rest[..at])
}
