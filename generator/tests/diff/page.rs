//! The page of all rules, which is made of the rules themselves and of what shows each.

use std::fs;
use std::path::Path;

use openapi_crate::diff::{Bump, Rule, Usage};

use crate::case::{self, Case};

#[test]
fn the_page_of_rules_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("RULES.md");
    let page = page();
    if std::env::var("INSTA_UPDATE").is_ok_and(|how| how == "always") {
        fs::write(&path, &page).unwrap();
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    assert!(known == page, "run this test with INSTA_UPDATE=always, and read the diff of RULES.md");
}

fn page() -> String {
    let mut page = String::from(
        "# Rules of `openapi-crate diff`\n\n\
         Each kind of change, with its effect and an example. **Crate** is the version bump that it requires of the \
         generated crate. **Wire** says whether programs built from the old document still work. After a *silent* \
         change, callers may still compile but do something else. In the examples, `op` is an operation, `type` \
         the schema of a component that is used in requests and responses, and `operations` the number of operations. \
         This page is written by a test; \
         `openapi-crate diff --explain RULE` prints a single rule.\n",
    );
    let cases = case::all();
    for rule in Rule::ALL {
        let case = cases.iter().find(|case| case.rule == rule.name()).unwrap();
        page.push_str(&entry(*rule, case));
    }
    page
}

fn entry(rule: Rule, case: &Case) -> String {
    let silent = if rule.is_silent() { ", silent" } else { "" };
    let sent = rule.wire(Usage::SENT).name();
    let received = rule.wire(Usage::RECEIVED).name();
    let wire = match sent == received {
        true => sent.to_owned(),
        false => format!("{sent} in requests, {received} in responses"),
    };
    let with = match &case.features {
        None => String::new(),
        Some(features) => format!(", with `default-features = false, features = {features:?}`"),
    };
    let broken = match (rule.bump(), rule.is_silent()) {
        (Bump::Major, false) => format!("\nNo longer compiles: `{}`{with}\n", case.uses),
        _ => String::new(),
    };
    format!(
        "\n## {}\n\nCrate: {}{silent}. Wire: {wire}.\n\n{}\n\n```diff\n{}{}```\n{broken}",
        rule.name(),
        rule.bump().name(),
        rule.explanation(),
        lines('-', &case.old),
        lines('+', &case.new)
    )
}

/// The lines of a text behind a sign.
fn lines(sign: char, text: &str) -> String {
    text.lines().map(|line| format!("{sign} {line}\n")).collect()
}
