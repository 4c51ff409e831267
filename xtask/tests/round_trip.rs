//! Values made from the schemas of the generator's fixtures, on their way through the types that are emitted for them, and
//! in requests to a server that knows the documents alone.

use std::{collections::BTreeSet, path::Path, process::Command};

/// Where a value does not come back as it was, and why that is as it should be.
const EXPLAINED: &[(&str, &str)] = &[
    ("all_of.yaml /components/schemas/Dog", "a name that is text and a boolean has no value"),
    ("enums.yaml /components/schemas/None", "an enumeration of nothing has no value"),
    ("form_encoding.yaml /paths/~1send/post", "two objects of the form have the same members"),
    (
        "hostile.json /paths/~1a~1\"#~1{x\"}~1*~1\\n~1{}/post",
        "what follows a `#` in its path is not sent",
    ),
    ("hostile.json /paths/~1b/get", "no header can have the name of its credential's"),
    (
        "keywords_31.yaml /components/schemas/Thing",
        "it requires a member that nothing is allowed in",
    ),
    ("multipart_kinds.yaml /paths/~1typed/post", "the caller writes one of its parts in XML"),
    ("names.yaml /components/schemas/Box", "what requires itself has no value"),
    ("names.yaml /paths/~1a~1{type}~1{Type}~1{self}/post", "its body requires itself"),
    ("paths.yaml /paths/~1fixed?action=go&x={id}/get", "OpenAPI has no such place for a parameter"),
    ("prose.yaml /servers", "the URL of its server is not valid"),
    ("raw_bodies.yaml /paths/~1picture/put", "the caller says what kind of image the body is"),
    ("recursive.yaml /components/schemas/Must", "what requires itself has no value"),
    (
        "version_32.yaml /components/schemas/PetEvent",
        "its data is text that holds JSON, which the stream of events reads as what the JSON is",
    ),
    ("version_32.yaml /paths/~1pets/post", "the server knows no methods but those of OpenAPI 3.0"),
    ("version_32.yaml /paths/~1pets/get", "the server knows no `querystring`"),
    ("version_32.yaml /paths/~1search/get", "the server knows no `querystring`"),
];

#[test]
fn values_and_requests_of_every_fixture_arrive_as_they_were() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generator/tests/fixtures");
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["corpus", "--round-trip", "--out"])
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("round-trip"))
        .arg(fixtures)
        .output()
        .unwrap();
    let table = String::from_utf8_lossy(&output.stdout);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    assert!(!table.contains("no round trips"), "{table}");
    let (_, faults) = table.split_once("round trips of ").unwrap();
    let mut found = BTreeSet::new();
    for line in faults.lines().skip(1) {
        let (what, place) = line.trim_end_matches(')').rsplit_once("  (").unwrap();
        assert!(what.trim_start().starts_with("1 places ") || what.starts_with("no "), "{table}");
        found.insert(place);
    }
    let explained: BTreeSet<&str> = EXPLAINED.iter().map(|(place, _)| *place).collect();
    assert_eq!(found, explained, "{table}");
}
