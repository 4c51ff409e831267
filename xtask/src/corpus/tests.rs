//! Tests of the table.

use serde_json::json;

use super::{
    compile::Compiled,
    figures::Figures,
    measure, package_name,
    table::{self, Row},
};

fn row(name: &str, figures: Result<Figures, String>) -> Row {
    let package = package_name(name);
    let name = name.to_owned();
    Row {
        path: name.clone().into(),
        name,
        package,
        figures,
        compiled: None,
        documented: None,
        round_trip: None,
    }
}

#[test]
fn operations_are_counted_in_the_document() {
    let document = json!({
        "paths": {
            "/a": {"get": {}, "post": {}, "parameters": [], "summary": "s", "put": null},
            "/b": {"$ref": "#/x-items/b"},
            "/c": {"$ref": "#/nowhere"},
            "/d": null,
            "x-paths": {"get": {}},
        },
        "x-items": {"b": {"trace": {}, "x-get": {}}},
    });
    assert_eq!(measure::count_operations(&document), 3);
}

#[test]
fn figures_survive_the_process() {
    let figures = Figures { operations_in: 1, lines: 9, emitted: true, ..Figures::default() };
    assert_eq!(Figures::from_json(&figures.to_json()), Some(figures));
    assert_eq!(Figures::from_json("[]"), None);
    assert_eq!(Figures::from_json(""), None);
}

#[test]
fn every_document_has_a_line_whatever_becomes_of_it() {
    let one = Figures {
        operations_in: 4,
        operations_out: 2,
        micros: 1500,
        emitted: true,
        ..Figures::default()
    };
    let mut rows = vec![
        row("one.yaml", Ok(one)),
        row("two.json", Err("it panicked".to_owned())),
        row("three.json", Ok(Figures { operations_in: 4, errors: 1, ..Figures::default() })),
    ];
    let time = std::time::Duration::from_secs(2);
    rows[0].compiled = Some(Compiled { time, errors: 0, first: None });
    let bare = "src/lib.rs:1: this URL is not a hyperlink".to_owned();
    rows[0].documented = Some(Compiled { time, errors: 3, first: Some(bare.clone()) });
    let table = table::write_table(&rows, true);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 4);
    assert!(lines[1].contains("2 of 4") && lines[1].contains("    2.0 s "), "{table}");
    assert!(lines[1].ends_with(&format!(" 3 errors  {bare}")), "{table}");
    assert!(lines[2].ends_with("it panicked"), "{table}");
    assert!(lines[3].contains("0 of 4") && lines[3].ends_with("no crate"), "{table}");
    let summary = table::write_summary(&rows, true);
    assert!(summary.starts_with("operations 2 of 8 (25.00 %)"), "{summary}");
    assert!(summary.contains("documents emitted 1 of 3, compiled 1, documented 0"), "{summary}");
    assert!(summary.contains("ms an operation: 0.75 smallest"), "{summary}");
}
