//! `cargo xtask corpus` on a small folder.

use std::{fs, process::Command};

#[test]
fn a_document_that_cannot_be_read_does_not_stop_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    put(
        "pets.yaml",
        "openapi: 3.0.3\ninfo: {title: Pets, version: '1'}\npaths:\n  /pets:\n    get:\n      operationId: list_pets\n      \
         responses: {'204': {description: None}}\n",
    );
    put("broken.json", "{");
    put("notes.txt", "no document");
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("corpus")
        .arg(folder.path())
        .arg("--out")
        .arg(folder.path().join("out"))
        .output()
        .unwrap();
    let table = String::from_utf8_lossy(&output.stdout);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 4, "{table}");
    assert!(lines[1].starts_with("broken.json        0 of 0"), "{table}");
    assert!(lines[2].starts_with("pets.yaml          1 of 1"), "{table}");
    assert!(lines[3].starts_with("operations 1 of 1 (100.00 %)"), "{table}");
    assert!(folder.path().join("out/crates/c-pets-yaml/src/lib.rs").exists());
}
