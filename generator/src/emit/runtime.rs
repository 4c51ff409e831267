//! The runtime's files, copied as they are: those that the API needs.

use std::collections::BTreeMap;

use super::uses::Uses;

/// The runtime's table of contents, with every optional module.
const CONTENTS: &str = include_str!("../../runtime/runtime.rs");

/// The modules that every crate has.
macro_rules! sources {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../runtime/runtime/", $name, ".rs")))),*]
    };
}

const ALWAYS: &[(&str, &str)] = sources![
    "body",
    "call",
    "charset",
    "client",
    "credential",
    "error",
    "hyper",
    "json",
    "lenient",
    "number",
    "parameter",
    "reply",
    "retry_after",
    "server",
    "transport",
];

const OPTIONAL: &[(&str, &str)] = sources![
    "base64",
    "basic",
    "content_range",
    "date_time",
    "digest",
    "erased",
    "form",
    "multipart",
    "negotiated",
    "newtype",
    "open_enum",
    "operation",
    "pages",
    "record",
    "sse",
    "tuple",
    "union",
];

/// The files of the runtime.
pub(crate) fn files(uses: &Uses) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for (name, text) in ALWAYS.iter().chain(OPTIONAL.iter().filter(|(name, _)| uses.has(name))) {
        files.insert(format!("src/runtime/{name}.rs"), (*text).to_owned());
    }
    let unused: Vec<&str> =
        OPTIONAL.iter().map(|(name, _)| *name).filter(|name| !uses.has(name)).collect();
    let kept = CONTENTS.lines().filter(|line| !unused.iter().any(|name| is_about(line, name)));
    files.insert("src/runtime.rs".to_owned(), kept.map(|line| format!("{line}\n")).collect());
    files
}

/// Whether a line of the table of contents declares or re-exports a module.
fn is_about(line: &str, module: &str) -> bool {
    let item = line.trim_start_matches("pub(crate) ").trim_start_matches("pub ");
    let rest = item.strip_prefix("mod ").or_else(|| item.strip_prefix("use "));
    rest.and_then(|rest| rest.strip_prefix(module)).is_some_and(|rest| rest.starts_with([';', ':']))
}
