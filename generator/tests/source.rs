//! Reading JSON and YAML.

use openapi_crate::{
    diagnostics::{Code, Diagnostics},
    source::{self, Input, Source},
};
use serde_json::{Value, json};

/// What a text says, and the findings about it with their places: `code line:column message`.
fn read(text: &str) -> (Option<Value>, Vec<String>) {
    let input = Input::new(Source::new("text", text));
    let mut diagnostics = Diagnostics::default();
    let value = source::read_document(0, input.document.text(), &mut diagnostics);
    let lines = diagnostics.render_json(&input);
    let findings = lines.lines().map(|line| {
        let finding: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| finding[key].as_str().unwrap().to_owned();
        format!("{} {}:{} {}", text("code"), finding["line"], finding["column"], text("message"))
    });
    (value, findings.collect())
}

#[track_caller]
fn means(text: &str, value: Value) {
    assert_eq!(read(text), (Some(value), vec![]), "{text}");
}

#[track_caller]
fn fails(text: &str, finding: &str) {
    assert_eq!(read(text), (None, vec![finding.to_owned()]), "{text}");
}

#[test]
fn keys_are_texts_as_written() {
    means(
        "200: a\n1.0: b\ntrue: c\n~: d\n'x': e",
        json!({"200": "a", "1.0": "b", "true": "c", "~": "d", "x": "e"}),
    );
}

#[test]
fn the_order_of_keys_is_kept() {
    let keys = |text: &str| -> Vec<String> {
        read(text).0.unwrap().as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(keys("z: 1\na: 2\nm: 3"), ["z", "a", "m"]);
    assert_eq!(keys(r#"{"z": 1, "a": 2, "m": 3}"#), ["z", "a", "m"]);
}

#[test]
fn dates_and_words_stay_texts() {
    means(
        "a: 2020-01-02\nb: 2020-01-02T03:04:05Z\nc: yes\nd: off\ne: 12:30:45",
        json!({"a": "2020-01-02", "b": "2020-01-02T03:04:05Z", "c": "yes", "d": "off", "e": "12:30:45"}),
    );
}

#[test]
fn core_tags_decide_about_the_type() {
    means(
        "a: !!str 200\nb: !!int '7'\nc: ! 8\nd: !!map {}",
        json!({"a": "200", "b": 7, "c": "8", "d": {}}),
    );
}

#[test]
fn other_tags_are_left_out_and_noted() {
    let (value, findings) = read("a: !include b.yaml\nc: !set\n  d: 1");
    assert_eq!(value, Some(json!({"a": "b.yaml", "c": {"d": 1}})));
    assert_eq!(
        findings,
        [
            "unknown-tag 1:13 the tag `!include` is ignored",
            "unknown-tag 3:3 the tag `!set` is ignored"
        ]
    );
}

#[test]
fn aliases_and_merge_keys_are_followed() {
    means(
        "x: &x {a: 1, b: 2}\ny: &y {c: 3, a: 9}\nz:\n  <<: *x\n  b: 4\nw:\n  <<: [*x, *y]\nk: &k name\n*k : 5",
        json!({
            "x": {"a": 1, "b": 2},
            "y": {"c": 3, "a": 9},
            "z": {"b": 4, "a": 1},
            "w": {"a": 1, "b": 2, "c": 3},
            "k": "name",
            "name": 5
        }),
    );
    means("'<<': {a: 1}\n", json!({"<<": {"a": 1}}));
    means(r#"{"<<": {"a": 1}}"#, json!({"<<": {"a": 1}}));
}

#[test]
fn a_byte_order_mark_is_skipped() {
    means("\u{feff}{\"a\": 1}", json!({"a": 1}));
    means("\u{feff}a: 1", json!({"a": 1}));
    fails("\u{feff}{\"a\" 1}", "syntax 1:6 this is not JSON: expected `:`");
}

#[test]
fn large_numbers_are_kept_as_well_as_can_be() {
    means(
        "a: 18446744073709551616\nb: 1e400",
        json!({"a": 18_446_744_073_709_551_616_f64, "b": "1e400"}),
    );
    means(
        "{\"a\": 18446744073709551616, \"b\": 1e400}",
        json!({"a": 18_446_744_073_709_551_616_f64, "b": "1e400"}),
    );
}

#[test]
fn mistakes_have_their_place() {
    fails("{\n  \"é\": tru }", "syntax 2:11 this is not JSON: expected ident");
    fails("{\"a\": [1, 2", "syntax 1:11 the JSON ends too early: EOF while parsing a list");
    fails("a: 'b", "syntax 1:4 this is not YAML: unclosed quote");
    fails("a: *b", "syntax 1:4 this is not YAML: while parsing node, found unknown anchor");
    fails("a: &a [*a]", "syntax 1:8 the alias refers to a value that contains it");
    fails("? [a]\n: b", "syntax 1:3 a key is a list or a mapping, which JSON does not allow");
    fails("a: 1\n---\nb: 2", "syntax 2:1 the file has a second YAML document");
}

#[test]
fn only_a_mapping_is_a_document() {
    for empty in ["", "\n# nothing\n", "---\n", "null"] {
        fails(empty, "not-a-mapping 1:1 the file is empty");
    }
    fails("- a", "not-a-mapping 1:1 the file is a list, not a mapping");
    fails("a", "not-a-mapping 1:1 the file is a single value, not a mapping");
    fails("{a", "syntax 1:2 this is not JSON: key must be a string");
}

#[test]
fn repeated_keys_are_reported_where_they_are() {
    let (value, findings) = read("a: 1\nb:\n  c: 1\n  c: 2\n");
    assert_eq!(value, Some(json!({"a": 1, "b": {"c": 2}})));
    assert_eq!(findings, ["duplicate-key 4:3 duplicate key `c`: the last value is used"]);
    let (value, findings) = read("{\"a\": [{\"c\": 1,\n \"c\": 2}]}");
    assert_eq!(value, Some(json!({"a": [{"c": 2}]})));
    assert_eq!(findings, ["duplicate-key 2:2 duplicate key `c`: the last value is used"]);
}

#[test]
fn depth_is_limited_in_every_syntax() {
    let levels = 100_000;
    for text in [
        format!("{}{}", "{\"a\":".repeat(levels), "}".repeat(levels)),
        format!("a: {}{}", "[".repeat(levels), "]".repeat(levels)),
        "- ".repeat(levels),
        (0..200).map(|level| format!("{}a:\n", " ".repeat(level))).collect(),
        // Aliases make it deep, the text is not.
        (1..200).fold("a0: &a0 [x]\n".to_owned(), |text, level| {
            format!("{text}a{level}: &a{level} [*a{}]\n", level - 1)
        }),
    ] {
        let (value, findings) = read(&text);
        assert_eq!(value, None);
        let [finding] = findings.as_slice() else { panic!("{findings:?}") };
        assert!(finding.starts_with("too-deep"), "{finding}");
    }
    let deep = format!("a: {}{}", "[".repeat(120), "]".repeat(120));
    assert!(read(&deep).0.is_some());
}

#[test]
fn aliases_cannot_expand_without_end() {
    let wide = format!("a: &a [{}]\nb: [{}]\n", "x,".repeat(20_000), "*a,".repeat(20_000));
    let (value, findings) = read(&wide);
    assert_eq!(value, None);
    assert!(findings[0].starts_with(Code::AliasExpansion.name()), "{findings:?}");
    // A sensible number of them is fine.
    let few = format!("a: &a [{}]\nb: [{}]\n", "x,".repeat(100), "*a,".repeat(100));
    assert_eq!(read(&few).0.unwrap()["b"].as_array().unwrap().len(), 100);
}

#[test]
fn versions_are_distinguished() {
    for (text, code) in [
        ("openapi: 3.0.3\ninfo: {title: a, version: b}\npaths: {}", None),
        (
            "openapi: 3.0\ninfo: {title: a, version: b}\npaths: {}",
            Some("expected a string, found a number"),
        ),
        ("openapi: 3.1.0\ninfo: {title: a, version: b}\nwebhooks: {}", None),
        ("openapi: 3.2.1\ninfo: {title: a, version: b}\ncomponents: {}", None),
        ("openapi: '3.00'", Some("OpenAPI 3.00 is not supported; 3.0, 3.1 and 3.2 are")),
        ("openapi: 3.3.0", Some("OpenAPI 3.3.0 is not supported; 3.0, 3.1 and 3.2 are")),
        ("openapi: 3", Some("OpenAPI 3 is not supported; 3.0, 3.1 and 3.2 are")),
        ("swagger: 2.0", Some("Swagger 2.0 is not supported; OpenAPI 3.0, 3.1 and 3.2 are")),
        ("overlay: 1.0.0", Some("the document does not state its OpenAPI version")),
    ] {
        let mut diagnostics = Diagnostics::default();
        let _ = openapi_crate::read_and_repair(
            &Input::new(Source::new("text", text)),
            &mut diagnostics,
        );
        let message = diagnostics.findings().first().map(|finding| finding.message.as_str());
        assert_eq!(message, code, "{text}");
    }
}
