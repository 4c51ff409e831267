//! The document of the emulator's API: our generator makes a client of it without a finding, and a
//! program that uses the client finds everything as the document says.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use box_emulator::Emulator;
use openapi_crate::config::Config;
use openapi_crate::diagnostics::Style;
use openapi_crate::generate;
use openapi_crate::source::{Input, Source};

const DOCUMENT: &str = include_str!("../../src/page/admin.yaml");

const MANIFEST: &str = r#"[package]
name = "consumer"
version = "0.1.0"
edition = "2024"

[workspace]
members = ["client"]

[[bin]]
name = "box-emulator-consumer"
path = "main.rs"

[dependencies]
box-emulator-admin = { path = "client" }
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }

[profile.dev]
debug = false
"#;

/// Writes the client and the program, and builds them with the dependencies that are there.
fn build(root: &Path) {
    let input = Input::new(Source::new("admin.yaml", DOCUMENT.to_owned()));
    let config = Config::new("box-emulator-admin".to_owned(), "0.1.0".to_owned()).unwrap();
    let outcome = generate(&input, &config);
    let findings = outcome.diagnostics.render(&input, Style::default());
    assert!(outcome.diagnostics.findings().is_empty(), "{findings}");
    outcome.package.unwrap().write(&root.join("client")).unwrap();
    fs::write(root.join("Cargo.toml"), MANIFEST).unwrap();
    fs::write(root.join("main.rs"), include_str!("consumer.rs")).unwrap();
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    fs::copy(repository.join("Cargo.lock"), root.join("Cargo.lock")).unwrap();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--offline", "--target-dir"]).arg(target);
    cargo.env("CARGO_INCREMENTAL", "0").current_dir(root);
    // Cargo's variables for the test's own package would make dependencies stale.
    for (name, _) in std::env::vars() {
        if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|start| name.starts_with(start)) {
            cargo.env_remove(name);
        }
    }
    check(&cargo.output().unwrap());
}

fn check(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn the_generated_client_finds_what_the_document_says() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("admin");
    fs::create_dir_all(&root).unwrap();
    build(&root);
    let emulator = Emulator::builder().part_size(1_000).smallest_file(0).start().await.unwrap();
    leave_a_session(&emulator.url()).await;
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let program = program.join("debug/box-emulator-consumer");
    let output = tokio::process::Command::new(program).arg(emulator.url()).output().await.unwrap();
    check(&output);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "done\n");
}

/// Creates a session of three parts, and uploads the second of them.
async fn leave_a_session(url: &str) {
    use box_upload_sessions::runtime::{ContentRange, Digest};
    use box_upload_sessions::types::CreateUploadSessionBody;
    use sha1::Digest as _;

    let client = box_upload_sessions::Client::builder().base_url(url).access_token("token");
    let client = client.build().unwrap();
    let body = CreateUploadSessionBody::builder().file_name("b").file_size(3_000u64).folder_id("0");
    let session = client.create_upload_session(&body).await.unwrap();
    let part = vec![7; 1_000];
    let digest = Digest::sha(&sha1::Sha1::digest(&part).into());
    let range = ContentRange::new(1_000, 1_000, 3_000).unwrap();
    client.upload_part(&session.id, &range, &digest, part).await.unwrap();
}
