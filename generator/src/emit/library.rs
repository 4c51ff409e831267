//! `src/lib.rs`: what the crate is, and its table of contents.

use super::code::Code;
use super::tag_features;
use crate::model::{Api, TypeDefinition, TypeKind};
use crate::prose;

/// `src/lib.rs`
pub(crate) fn emit_library(api: &Api) -> String {
    let mut about = vec![format!(
        "A client of {}, version {}.",
        prose::one_line(&api.title),
        prose::one_line(&api.api_version)
    )];
    if !api.doc.lines.is_empty() {
        about.push(String::new());
        about.extend(api.doc.lines.iter().cloned());
    }
    about.push(String::new());
    about.push("# Example".to_owned());
    about.extend(crate_example(api));
    let is_sent =
        |known: &TypeDefinition| matches!(&known.kind, TypeKind::Record(record) if record.sent);
    if api.types.iter().any(is_sent) {
        about.push(String::new());
        about.extend(STRUCTS.lines().map(str::to_owned));
    }
    if api.types.iter().any(|known| known.equal_to.is_some()) {
        about.push(String::new());
        about.extend(EQUAL_TYPES.lines().map(str::to_owned));
    }
    about.push(String::new());
    about.extend(WRITTEN.lines().map(str::to_owned));
    if tag_features::are_used(api) {
        about.push(String::new());
        about.extend(FEATURES.lines().map(str::to_owned));
    }
    let mut code = Code::new(&about.join("\n"));
    code.text(ATTRIBUTES);
    let modules = ["mod client", "pub mod operations", "pub mod types"];
    for module in modules.into_iter().filter(|module| !is_module_empty(api, module)) {
        code.text(&format!("#[rustfmt::skip]\n{module};\n"));
    }
    if !api.webhooks.all.is_empty() {
        code.text("#[cfg(feature = \"webhooks\")]\n#[rustfmt::skip]\npub mod webhooks;\n");
    }
    code.attached("pub mod runtime;\n");
    code.text(EXPORTS);
    code.finish()
}

fn is_module_empty(api: &Api, module: &str) -> bool {
    match module {
        "pub mod operations" => api.groups.iter().all(|group| group.operations.is_empty()),
        "pub mod types" => api.types.is_empty(),
        _ => false,
    }
}

/// What applies to the whole crate.
const ATTRIBUTES: &str = "\
#![allow(deprecated, reason = \"deprecated items are included\")]
#![forbid(unsafe_code)]
";

/// How a struct is made.
const STRUCTS: &str = "\
# Structs

A struct's `new` or `builder` takes the required members. Every other member has a method that sets it;
if it is not called, the member is not sent, or sent as null if it is required and nullable. For an
optional member that may be null, `clear_…` sends null.";

/// Why some types have several names.
const EQUAL_TYPES: &str = "\
# Equal types

If the document describes the same type in several places, it is one type here, with a name for each
place. The name that is kept is that of a component, or else the shortest.";

/// What may surprise readers of the crate.
const WRITTEN: &str = "\
# Generated code

This crate is generated and formatted by the generator, hence `#[rustfmt::skip]`. Its types do not
derive `Serialize` and `Deserialize`, and structs do not derive `Debug`, because derived code would
dominate compile time: macros such as `record!` implement these traits on top of shared code.";

/// How to compile a part of the crate.
const FEATURES: &str = "\
# Features

Each module of [`operations`] has a feature, which includes the types that its operations use. The
default feature `all` enables all of them; the README has a table.";

const EXPORTS: &str = "\
pub use client::{SERVICE, servers};
pub use runtime::client::{Client, ClientBuilder};
pub use runtime::error::BuildError;
#[doc(no_inline)]
pub use runtime::{Body, Credential, Error};
";

fn crate_example(api: &Api) -> Vec<String> {
    let module = api.package.replace('-', "_");
    let mut builder = vec!["let client = Client::builder()".to_owned()];
    if let Some(scheme) = api.security_schemes.first() {
        let value = match scheme.token {
            crate::model::TokenKind::Basic => "\"user\", \"password\"",
            _ => "std::env::var(\"TOKEN\")?",
        };
        builder.push(format!("    .{}({value})", scheme.name.0));
    }
    if api.servers.iter().any(|server| !server.url.contains("://")) {
        builder.push("    .base_url(\"https://example.com\")".to_owned());
    }
    builder.push("    .build()?;".to_owned());
    let mut lines = vec![
        String::new(),
        "```no_run".to_owned(),
        format!("use {module}::Client;"),
        String::new(),
    ];
    lines.push("# fn main() -> Result<(), Box<dyn std::error::Error>> {".to_owned());
    lines.extend(builder);
    lines.extend(["# Ok(())".to_owned(), "# }".to_owned(), "```".to_owned()]);
    lines
}
