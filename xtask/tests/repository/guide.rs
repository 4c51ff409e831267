//! The guide to upload sessions: its commands and its Rust upload a file to the emulator, and both languages show the
//! same code.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use box_emulator::Emulator;
use box_upload_sessions::Client;

use crate::steps;

const ENGLISH: &str = "upload-sessions.md";
const JAPANESE: &str = "upload-sessions.ja.md";

/// Two parts and a half.
const SIZE: usize = 2500;
const PART_SIZE: u64 = 1000;

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_upload_a_file_and_a_new_version() {
    if !commands_are_installed() {
        return;
    }
    let emulator = start_emulator().await;
    let [setup, create, version, parts, list, commit, abort] =
        read_blocks(ENGLISH, "sh").try_into().unwrap();
    let setup = setup.replacen("export BOX_ACCESS_TOKEN=…\n", "", 1);
    let folder = tempfile::tempdir().unwrap();
    write_movie(folder.path());

    let shown =
        run_commands(&emulator, folder.path(), &[&setup, &create, &parts, &list, &commit]).await;
    let stored = &emulator.files()[0];
    let file = format!("{} {}", stored.id, stored.sha1.as_deref().unwrap());
    let lines: Vec<_> = shown.lines().collect();
    assert_eq!(lines.len(), 4, "three stored parts and the file: {shown}");
    assert_eq!(lines[3], file);

    // The name is taken now. The response says so, and names the file.
    let taken = format!("{create} || true");
    run_commands(&emulator, folder.path(), &[&setup, &taken, &version, &parts, &commit]).await;
    run_commands(&emulator, folder.path(), &[&setup, &taken, &version, &abort]).await;
    assert_eq!(emulator.files().len(), 1);
    assert_eq!(emulator.open_sessions(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rust_uploads_a_file_and_a_new_version() {
    steps::connect("any").unwrap();
    let emulator = start_emulator().await;
    let client = Client::builder().base_url(emulator.url()).access_token("any").build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = File::open(write_movie(folder.path())).unwrap();

    let session = steps::create_session(&client, "movie.mov", &file).await.unwrap();
    steps::upload_part(&client, &session, &file, PART_SIZE).await.unwrap();
    assert_eq!(steps::list_parts(&client, &session).await.unwrap().len(), 1);
    let stored = steps::resume(&client, &session.id, &file).await.unwrap();
    assert_eq!(emulator.files()[0].id, stored.id);

    let taken = steps::find_conflict(&client, "movie.mov", &file).await.unwrap().unwrap();
    let file_id = taken.id.unwrap();
    assert_eq!(file_id, stored.id);
    let session = steps::create_session_for_version(&client, &file_id, &file).await.unwrap();
    let parts = steps::upload_missing_parts(&client, &session, &file, Vec::new()).await.unwrap();
    let version = steps::commit(&client, &session, parts, &file).await.unwrap();
    assert_eq!(version.id, stored.id);

    assert!(steps::find_conflict(&client, "other.mov", &file).await.unwrap().is_none());
    assert_eq!(emulator.open_sessions(), 0);
}

#[test]
fn the_guide_shows_the_rust_that_runs() {
    let text = include_str!("steps.rs");
    let (_, code) = text.split_once("\n\n").unwrap();
    assert_eq!(
        read_blocks(ENGLISH, "rust").join("\n\n"),
        code.replace("pub(crate) ", "").trim_end()
    );
}

#[test]
fn both_languages_have_the_same_sections_and_the_same_code() {
    for language in ["rust", "sh"] {
        assert_eq!(read_blocks(ENGLISH, language), read_blocks(JAPANESE, language));
    }
    let levels = |name| -> Vec<usize> {
        let text = read_guide(name);
        let headings = text.lines().filter(|line| line.starts_with('#') && !line.starts_with("#["));
        headings.map(|line| line.chars().take_while(|c| *c == '#').count()).collect()
    };
    assert_eq!(levels(ENGLISH), levels(JAPANESE));
    let rows = |name| read_guide(name).lines().filter(|line| line.starts_with('|')).count();
    assert_eq!(rows(ENGLISH), rows(JAPANESE), "rows of tables");
}

async fn start_emulator() -> Emulator {
    Emulator::builder().part_size(PART_SIZE).smallest_file(0).start().await.unwrap()
}

fn write_movie(folder: &Path) -> PathBuf {
    let path = folder.join("movie.mov");
    let content: Vec<u8> = (0..SIZE).map(|index| (index % 251) as u8).collect();
    fs::write(&path, content).unwrap();
    path
}

fn read_guide(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name)).unwrap()
}

/// The fenced blocks of one language, in order.
fn read_blocks(guide: &str, language: &str) -> Vec<String> {
    let text = read_guide(guide);
    let fence = format!("```{language}\n");
    let blocks =
        text.split(&fence).skip(1).map(|rest| rest.split("\n```").next().unwrap().to_owned());
    blocks.collect()
}

/// Whether the tools that the guide names are here; where the tests must be complete, they have to be.
fn commands_are_installed() -> bool {
    let tools = ["bash", "curl", "jq", "openssl"];
    let missing =
        tools.into_iter().find(|tool| Command::new(tool).arg("--version").output().is_err());
    if let Some(tool) = missing {
        assert!(std::env::var_os("CI").is_none(), "`{tool}` is missing");
        eprintln!("not tested: `{tool}` is missing");
    }
    missing.is_none()
}

/// Runs blocks as one script, and returns what it wrote to the standard output.
async fn run_commands(emulator: &Emulator, folder: &Path, blocks: &[&str]) -> String {
    let mut command = Command::new("bash");
    command.args(["-euo", "pipefail", "-c", &blocks.join("\n")]).current_dir(folder);
    command
        .env("BOX_ACCESS_TOKEN", "any")
        .env("BOX_UPLOAD_URL", format!("{}/api/2.0", emulator.url()));
    let run = move || command.output();
    let output: Output = tokio::task::spawn_blocking(run).await.unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
