//! One Cargo workspace of all fixtures' crates and the consumer, below the repository's own target
//! folder, whose built dependencies it uses.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use crate::fixture::{self, Fixture};

/// What a crate of the workspace is held to: the repository's lints, and no warnings.
const LINTS: &str = r#"
[workspace.lints.rust]
warnings = { level = "deny", priority = -1 }
unsafe_code = "forbid"
unreachable_pub = "deny"
unused_qualifications = "deny"

[workspace.lints.rustdoc]
all = { level = "deny", priority = -1 }
"#;

/// The workspace, written once.
static WORKSPACE: LazyLock<PathBuf> =
    LazyLock::new(|| write(Path::new(env!("CARGO_TARGET_TMPDIR"))));

/// The fixtures whose crates the consumer calls.
const CONSUMED: &[&str] = &[
    "access",
    "allow_reserved",
    "constants_31",
    "constructors",
    "cookie_parameters",
    "deep_object",
    "deep_types",
    "enums",
    "form_body",
    "form_encoding",
    "header_parameters",
    "json_bodies",
    "json_parameter",
    "keywords_31",
    "maps",
    "media_types",
    "multipart_body",
    "multipart_kinds",
    "negotiated",
    "no_server",
    "nullable",
    "nulls_31",
    "one_of",
    "pagination",
    "pagination_forms",
    "path_label",
    "path_matrix",
    "path_simple",
    "paths",
    "photos",
    "query_delimited",
    "query_form",
    "raw_bodies",
    "response_kinds",
    "scalars",
    "security",
    "server_forms",
    "servers",
    "several_responses",
    "several_bodies",
    "shared_errors",
    "streams",
    "styles",
    "success_statuses",
    "tuples",
    "union_bases",
    "undescribed",
    "union_below",
    "union_choice",
    "union_constants",
    "union_middles",
    "union_overlaps",
    "union_values",
    "unsigned",
    "version_32",
    "webhooks",
    "webhooks_only",
];

/// The consumer's programs that show how a crate is used.
const EXAMPLES: &[&str] = &["list_photos", "unit_test", "upload_photo"];

/// Those of them whose requests a server of the consumer's takes apart by the document.
const SERVED: &[&str] = &[
    "allow_reserved",
    "cookie_parameters",
    "deep_object",
    "form_body",
    "form_encoding",
    "header_parameters",
    "json_bodies",
    "json_parameter",
    "multipart_body",
    "styles",
];

/// Runs cargo on the workspace; gives what it printed, and whether all went well.
pub(crate) fn cargo(arguments: &[&str]) -> (bool, String) {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).arg("--offline").arg("--target-dir").arg(target);
    // What is built once, or all of it anew when the generator changes, gains nothing by it.
    command.env("CARGO_INCREMENTAL", "0");
    // Cargo's variables for the test's own package would make dependencies stale.
    for (name, _) in std::env::vars() {
        if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|start| name.starts_with(start)) {
            command.env_remove(name);
        }
    }
    let output = command.current_dir(&*WORKSPACE).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout) + &text(&output.stderr))
}

fn write(folder: &Path) -> PathBuf {
    let root = folder.join("emitted");
    let mut members = vec!["consumer".to_owned()];
    let mut profiles = String::new();
    for Fixture { name, mut package, .. } in fixture::all() {
        let manifest = package.files.get_mut("Cargo.toml").unwrap();
        manifest.push_str("\n[lints]\nworkspace = true\n");
        package.write(&root.join(&name)).unwrap();
        profiles += &format!("[profile.dev.package.{}]\ndebug = false\n", name.replace('_', "-"));
        members.push(name);
    }
    let manifest =
        format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n{LINTS}\n{profiles}");
    put(&root.join("Cargo.toml"), &manifest);
    put(&root.join("consumer/Cargo.toml"), &consumer());
    for name in SERVED {
        put(&root.join(format!("consumer/documents/{name}.json")), &document(name));
    }
    lock(&root);
    root
}

/// The manifest of the consumer, whose source stays where it is.
fn consumer() -> String {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emitted/consumer/main.rs");
    let crates: String = CONSUMED
        .iter()
        .map(|name| {
            // All but two without the HTTP client of their own, which takes long to compile.
            let client = ["no_server", "photos"].contains(name);
            let package = name.replace('_', "-");
            let features = match *name {
                "photos" => ", features = [\"mock\"]",
                "webhooks" | "webhooks_only" => ", features = [\"webhooks\"]",
                _ => "",
            };
            format!(
                "{package} = {{ path = \"../{name}\", default-features = {client}{features} }}\n"
            )
        })
        .collect();
    let examples: String = EXAMPLES
        .iter()
        .map(|name| {
            let path = source.with_file_name(format!("examples/{name}.rs"));
            format!("[[example]]\nname = \"{name}\"\npath = {path:?}\ntest = true\n\n")
        })
        .collect();
    format!(
        r#"[package]
name = "consumer"
version = "0.1.0"
edition = "2024"
autotests = false

[[test]]
name = "consumer"
path = {source:?}

{examples}[dependencies]
bytes = "1"
futures-util = {{ version = "0.3", default-features = false }}
http = "1"
http-body = "1"
hyper-util = {{ version = "0.1", features = ["client-legacy", "http1", "tokio"] }}
serde_json = "1"
tokio = {{ version = "1", features = ["macros", "rt-multi-thread", "time"] }}
{crates}"#
    )
}

/// A document as JSON, for the server that takes requests apart by it.
fn document(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let text = fs::read_to_string(folder.join(format!("{name}.yaml"))).unwrap();
    let value: serde_json::Value = serde_yaml::from_str(&text).unwrap();
    value.to_string()
}

/// The versions that the repository has; cargo adds the crates, and leaves out what none of them needs.
fn lock(root: &Path) {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let versions = fs::read_to_string(repository.join("Cargo.lock")).unwrap();
    let own = root.join("Cargo.lock");
    let copied = root.join("Cargo.lock.copied");
    if !own.exists() || fs::read_to_string(&copied).is_ok_and(|known| known != versions) {
        put(&own, &versions);
    }
    put(&copied, &versions);
}

/// Writes a file whose content differs.
fn put(path: &Path, content: &str) {
    if fs::read_to_string(path).is_ok_and(|known| known == content) {
        return;
    }
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}
