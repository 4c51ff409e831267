//! The generated crate contains no paths or names of the machine that built it, and no secrets.

use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::document::repository;

/// The text of each file, by its path.
fn files(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            // Build output is not checked.
            true if path.ends_with("target") => {}
            true => files(&path, found),
            false => {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
}

/// What is in `text` that should not be: paths, addresses, and how keys and tokens begin.
fn traces(text: &str) -> Vec<String> {
    let marks = [
        "/home/",
        "/root/",
        "/Users/",
        "/var/",
        "/usr/",
        "/opt/",
        "/mnt/",
        ":\\",
        "file://",
        "../",
        ".cargo",
        "localhost",
        "127.0.0.1",
        "BEGIN ",
        "ghp_",
        "AKIA",
        "eyJ",
    ];
    let mut marks: Vec<String> = marks.map(str::to_owned).into();
    let paths = [repository("").canonicalize().unwrap(), env::temp_dir()];
    marks.extend(paths.map(|path| path.display().to_string()));
    let homes =
        ["HOME", "USERPROFILE", "CARGO_HOME"].into_iter().filter_map(|name| env::var(name).ok());
    // The root directory would be found in any text.
    marks.extend(homes.filter(|home| home.len() > 4));
    marks.retain(|mark| text.contains(mark.as_str()));
    marks
}

#[test]
fn there_are_no_host_paths() {
    let mut found = Vec::new();
    files(&repository("generated"), &mut found);
    let has = |name: &str| found.iter().any(|(path, _)| path.ends_with(name));
    assert!(
        has("Cargo.toml") && has("README.md") && has("src/lib.rs") && has("src/runtime/call.rs")
    );
    for (path, text) in found {
        let traces = traces(&text);
        assert!(traces.is_empty(), "{}: {traces:?}", path.display());
    }
}

#[test]
fn a_trace_would_be_found() {
    let root = repository("").canonicalize().unwrap();
    for text in [root.join("spec").to_str().unwrap(), "/home/somebody", "C:\\Users", "AKIA0123"] {
        assert!(!traces(text).is_empty(), "{text}");
    }
    assert!(traces("https://upload.box.com/api/2.0").is_empty());
}
