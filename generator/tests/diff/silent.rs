//! Silent changes, shown by running: a consumer compiles with the crates of both documents, and does something else.

use std::collections::BTreeMap;

use openapi_crate::diff::Rule;

use crate::case;
use crate::compiled::Place;

/// What the service does of itself, and no client shows.
const OF_THE_SERVICE: [&str; 2] = ["field-default-changed", "parameter-default-changed"];

const HEAD: &str = r#"#![allow(warnings, reason = "only what it prints counts")]
use api::runtime::Mock;
use api::types;

fn asked(mock: &Mock) -> String {
    mock.requests()[0].uri().to_string()
}

// A mock responds at once, so nothing ever waits.
fn run(it: impl Future<Output = String>) -> String {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(it).poll(&mut context) {
        std::task::Poll::Ready(text) => text,
        std::task::Poll::Pending => panic!("it waits"),
    }
}
"#;

#[test]
fn silent_changes_show_when_they_run() {
    let silent = case::all().into_iter().filter(|case| {
        let rule = Rule::from_name(&case.rule).unwrap();
        assert_eq!(
            case.shows.is_some(),
            rule.is_silent() && !OF_THE_SERVICE.contains(&rule.name()),
            "{}",
            case.rule
        );
        case.shows.is_some()
    });
    let silent: Vec<case::Case> = silent.collect();
    let place = Place::new("silent", &silent);
    let mut source = String::from(HEAD);
    let mut calls = String::new();
    for case in &silent {
        let rule = &case.rule;
        let shows = case.shows.as_ref().unwrap();
        let name = rule.replace('-', "_");
        source.push_str(&format!(
            "async fn {name}(client: api::Client, mock: Mock) -> String {{ {shows} }}\n"
        ));
        calls.push_str(&format!(
            "    let mock = Mock::new();\n    \
             let client = api::Client::builder().transport(mock.clone()).build().unwrap();\n    \
             println!(\"{rule} {{}}\", run({name}(client, mock)));\n"
        ));
    }
    source.push_str(&format!("fn main() {{\n{calls}}}\n"));
    let [old, new] = ["old", "new"].map(|which| {
        place.write_consumer(which, &["mock"], "main.rs", &source);
        let output = place.cargo("run").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let lines = text.lines().map(|line| line.split_once(' ').unwrap());
        lines.map(|(rule, shown)| (rule.to_owned(), shown.to_owned())).collect::<BTreeMap<_, _>>()
    });
    assert_eq!(old.len(), silent.len());
    for (rule, shown) in &old {
        assert_ne!(shown, &new[rule], "{rule} does the same");
    }
}
