//! Putting an emitted crate on disk.

use std::{fs, path::Path};

use openapi_crate::package::{Difference, MARK, Package, PackageError, Written};

fn package(files: &[(&str, &str)]) -> Package {
    let manifest = ("Cargo.toml".to_owned(), format!("{MARK}; edits are lost.\n"));
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    Package { files: files.chain([manifest]).collect() }
}

fn written(written: &[&str], removed: &[&str]) -> Written {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Written { written: owned(written), removed: owned(removed) }
}

fn files(directory: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            names.push(format!("{name}/"));
            names.extend(files(&path).into_iter().map(|inner| format!("{name}/{inner}")));
        } else {
            names.push(name);
        }
    }
    names.sort();
    names
}

#[test]
fn only_what_changed_is_written_and_what_is_stale_is_removed() {
    let root = tempfile::tempdir().unwrap();
    let directory = root.path().join("deep/out");
    let first =
        package(&[("src/lib.rs", "1"), ("src/a/b.rs", "2"), ("src/c.rs", "3"), ("README.md", "4")]);
    let all = ["Cargo.toml", "README.md", "src/a/b.rs", "src/c.rs", "src/lib.rs"];
    assert_eq!(first.write(&directory).unwrap(), written(&all, &[]));
    assert_eq!(first.write(&directory).unwrap(), written(&[], &[]));
    assert_eq!(first.check(&directory).unwrap(), []);

    let second = package(&[("src/lib.rs", "1"), ("src/c.rs", "5")]);
    assert_eq!(
        second.check(&directory).unwrap(),
        [
            Difference::Changed("src/c.rs".to_owned()),
            Difference::LeftOver("README.md".to_owned()),
            Difference::LeftOver("src/a/b.rs".to_owned()),
        ]
    );
    assert_eq!(
        second.write(&directory).unwrap(),
        written(&["src/c.rs"], &["README.md", "src/a/b.rs"])
    );
    assert_eq!(files(&directory), ["Cargo.toml", "src/", "src/c.rs", "src/lib.rs"]);
    assert_eq!(first.check(&directory).unwrap()[0], Difference::Missing("README.md".to_owned()));
}

#[test]
fn foreign_files_are_left_alone() {
    let root = tempfile::tempdir().unwrap();
    let package = package(&[("src/lib.rs", "1")]);
    package.write(root.path()).unwrap();
    fs::create_dir(root.path().join("tests")).unwrap();
    fs::write(root.path().join("tests/own.rs"), "own").unwrap();
    fs::write(root.path().join("LICENSE"), "own").unwrap();
    assert_eq!(package.check(root.path()).unwrap(), []);
    assert_eq!(package.write(root.path()).unwrap(), written(&[], &[]));
    assert_eq!(fs::read_to_string(root.path().join("tests/own.rs")).unwrap(), "own");
}

#[test]
fn a_directory_that_is_not_an_output_is_refused_untouched() {
    for (name, text) in [
        ("Cargo.toml", "[package]\nname = \"mine\"\n"),
        ("src/lib.rs", "mine"),
        ("notes.txt", "mine"),
        ("README.md", "mine"),
    ] {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        let before = files(root.path());
        let package = package(&[("src/lib.rs", "1")]);
        for error in
            [package.write(root.path()).unwrap_err(), package.check(root.path()).unwrap_err()]
        {
            assert!(matches!(&error, PackageError::Foreign(_)), "{error}");
            assert!(error.to_string().contains("not an earlier output"), "{error}");
        }
        assert_eq!(files(root.path()), before);
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn an_interrupted_run_is_completed_by_the_next() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("src")).unwrap();
    let unfinished = ".openapi-crate-unfinished";
    fs::write(root.path().join(format!("Cargo.toml{unfinished}")), "# Gen").unwrap();
    fs::write(root.path().join(format!("src/lib.rs{unfinished}")), "half").unwrap();
    let package = package(&[("src/lib.rs", "whole")]);
    let done = package.write(root.path()).unwrap();
    assert_eq!(done.written, ["Cargo.toml", "src/lib.rs"]);
    assert_eq!(files(root.path()), ["Cargo.toml", "src/", "src/lib.rs"]);
    assert_eq!(package.check(root.path()).unwrap(), []);
}

#[test]
fn a_file_in_place_of_the_directory_is_an_error_with_its_path() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("file");
    fs::write(&path, "mine").unwrap();
    let error = package(&[]).write(&path).unwrap_err();
    assert!(matches!(&error, PackageError::Io(at, _) if *at == path), "{error}");
    assert!(std::error::Error::source(&error).is_some());
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
}

#[test]
fn a_file_that_cannot_be_written_leaves_all_as_it_was() {
    let root = tempfile::tempdir().unwrap();
    let long = format!("src/types/{}.rs", "long".repeat(100));
    let bad = package(&[("src/lib.rs", "2"), ("src/new/a.rs", "3"), (&long, "4")]);
    let refused = bad.write(root.path()).unwrap_err();
    assert!(matches!(&refused, PackageError::Io(path, _) if path.ends_with(&long)), "{refused:?}");
    assert_eq!(files(root.path()), <[String; 0]>::default());
    package(&[("src/lib.rs", "1")]).write(root.path()).unwrap();
    bad.write(root.path()).unwrap_err();
    assert_eq!(files(root.path()), ["Cargo.toml", "src/", "src/lib.rs"]);
    assert_eq!(fs::read_to_string(root.path().join("src/lib.rs")).unwrap(), "1");
}

#[test]
fn a_title_without_end_is_cut_because_cargo_must_pass_it_on() {
    use openapi_crate::{
        config::Config,
        diagnostics::Code,
        generate,
        source::{Input, Source},
    };
    let title = "é ".repeat(500_000);
    let version = "9".repeat(500_000);
    let document = format!(
        "{{\"openapi\":\"3.0.3\",\"info\":{{\"title\":\"{title}\",\"version\":\"{version}\"}},\"paths\":{{}}}}"
    );
    let outcome = generate(
        &Input::new(Source::new("long.json", document)),
        &Config::new("long", "0.1.0").unwrap(),
    );
    let codes: Vec<Code> =
        outcome.diagnostics.findings().iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [Code::TooComplex, Code::TooComplex]);
    assert!(outcome.package.unwrap().files["Cargo.toml"].len() < 10_000);
}
