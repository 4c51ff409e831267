//! Values made from the schemas of the generator's fixtures, on their way through the types that are emitted for them.

use std::{path::Path, process::Command};

#[test]
fn values_of_every_fixture_come_back_as_they_were() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generator/tests/fixtures");
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["corpus", "--round-trip", "--out"])
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("round-trip"))
        .arg(fixtures)
        .output()
        .unwrap();
    let (table, error) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{error}");
    assert!(!table.contains("no round trips"), "{table}");
    let (_, faults) = table.split_once("round trips of ").unwrap();
    assert!(faults.contains(" schemas (100.00 %), "), "{table}");
    assert_eq!(faults.lines().count(), 1, "{table}");
}
