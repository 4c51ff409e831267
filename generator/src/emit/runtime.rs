//! The runtime's files, copied as they are: those that the API needs.

use std::collections::{BTreeMap, BTreeSet};

use super::uses::{Need, Uses};

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
    "clock",
    "connection",
    "connector",
    "credential",
    "decode",
    "error",
    "exchange",
    "fetch",
    "http_transport",
    "json",
    "lenient",
    "mock",
    "number",
    "opener",
    "parameter",
    "proxy",
    "redirect",
    "reply",
    "retry",
    "retry_after",
    "server",
    "source",
    "target",
    "tls",
    "tower",
    "trace",
    "transport",
];

const OPTIONAL: &[(&str, &str)] = sources![
    "base64",
    "basic",
    "content_range",
    "cookie",
    "date_time",
    "date_time/chrono",
    "date_time/date",
    "date_time/jiff",
    "date_time/time",
    "digest",
    "erased",
    "event_stream",
    "form",
    "json_lines",
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
    "webhook",
    "webhooks",
];

/// The files of the runtime; `gated` if some of what uses it comes with features.
pub(crate) fn runtime_files(uses: &Uses, gated: bool) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let needed = OPTIONAL.iter().filter(|(name, _)| uses.need(name) != Need::Never);
    for (name, text) in ALWAYS.iter().chain(needed) {
        files.insert(format!("src/runtime/{name}.rs"), (*text).to_owned());
    }
    files.insert(
        "src/runtime.rs".to_owned(),
        filter_contents(CONTENTS, |module| uses.need(module), gated),
    );
    files
}

/// The optional modules that are needed and have public items.
pub(crate) fn public_modules(uses: &Uses) -> BTreeSet<&'static str> {
    let items = split_items(CONTENTS);
    let is_public =
        |name: &&str| items.iter().any(|item| item.contains("pub use") && is_about(item, name));
    let needed =
        OPTIONAL.iter().map(|(name, _)| *name).filter(|name| uses.need(name) == Need::Always);
    needed.filter(is_public).collect()
}

/// In front of a module, and of the macro that it exports: features that do not need it leave it unused.
const UNUSED: &str =
    "#[allow(unused_imports, unused_macros, reason = \"not every feature needs it\")]\n";

/// A table of contents with what it says of those modules that are needed.
fn filter_contents(contents: &str, need: impl Fn(&str) -> Need, gated: bool) -> String {
    let mut kept = String::new();
    for item in split_items(contents) {
        let module = OPTIONAL.iter().find(|(module, _)| is_about(&item, module));
        match module.map_or(Need::Always, |(module, _)| need(module)) {
            Need::Never => continue,
            Need::ForWebhooks => kept += "#[cfg(feature = \"webhooks\")]\n",
            Need::Always => {}
        }
        if gated && module.is_some() && !item.contains("pub use ") {
            kept += UNUSED;
        }
        kept += &item;
    }
    kept
}

/// The items of a table of contents, each with the comments and attributes in front of it; blank lines and
/// what is said of the whole are items too.
fn split_items(contents: &str) -> Vec<String> {
    let mut items = Vec::new();
    let mut item = String::new();
    for line in contents.split_inclusive('\n') {
        item.push_str(line);
        let line = line.trim();
        if line.is_empty() || line.starts_with("//!") || line.ends_with([';', '}']) {
            items.push(std::mem::take(&mut item));
        }
    }
    items.push(item);
    items
}

/// Whether an item declares or re-exports a module.
fn is_about(item: &str, module: &str) -> bool {
    let beside = |line: &&str| !line.starts_with("//") && !line.starts_with("#[");
    let code = item.lines().map(str::trim).filter(beside).collect::<Vec<_>>().join(" ");
    let public = code.strip_prefix("pub").unwrap_or(&code).trim_start();
    let visible = match public.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((_, rest)) => rest.trim_start(),
        None => public,
    };
    let rest = visible.strip_prefix("mod ").or_else(|| visible.strip_prefix("use "));
    rest.and_then(|rest| rest.strip_prefix(module)).is_some_and(|rest| rest.starts_with([';', ':']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_goes_with_all_its_lines() {
        let contents = "//! About.\n\nmod base64;\n/// Kept.\n#[cfg(feature = \"client\")]\nmod hyper;\n\
                        // Why.\n#[allow(unused, reason = \"x\")]\npub(crate) use union::{\n    one,\n    two,\n};\n\
                        pub use unions::Other;\n";
        let expected = "//! About.\n\nmod base64;\n/// Kept.\n#[cfg(feature = \"client\")]\nmod hyper;\n\
                        pub use unions::Other;\n";
        assert_eq!(
            filter_contents(contents, |_| Need::Never, false),
            expected.replace("mod base64;\n", "")
        );
        assert_eq!(filter_contents(contents, |_| Need::Always, false), contents);
        let gated = filter_contents(contents, |_| Need::ForWebhooks, false);
        assert!(gated.contains("#[cfg(feature = \"webhooks\")]\nmod base64;\n"), "{gated}");
    }

    #[test]
    fn nothing_is_left_of_any_module() {
        for (module, _) in OPTIONAL {
            let without = |known: &str| if known == *module { Need::Never } else { Need::Always };
            let text = filter_contents(CONTENTS, without, true);
            syn::parse_str::<syn::File>(&text).unwrap();
            let named = |word: &str| word == *module;
            let code = text.lines().filter(|line| !line.starts_with("//"));
            let mut heads = code.filter_map(|line| line.split("::").next());
            let left = heads.any(|head| head.split([' ', ';']).any(named));
            assert!(!left, "{module} is left in {text}");
        }
    }
}
