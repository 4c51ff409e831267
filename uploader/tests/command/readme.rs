//! Every `box-upload` command of the READMEs runs as it is printed, in order, against the emulator.

use std::path::Path;
use std::{env, fs};

use box_emulator::Access;
use box_upload_sessions::Client;
use box_upload_sessions::types::CreateUploadSessionBody;

use super::*;

/// Placeholders of the README for an existing file, its ETag, and an unfinished session.
const FILE: &str = "--file-id 67890 --if-match 3";
const SESSION: &str = "0123456789ABCDEF0123456789ABCDEF";

/// What the README says of a job's volume and of its tasks, and what a test has: one task.
const JOB: [(&str, &str); 3] =
    [("/state/", ""), ("$JOB_COMPLETION_INDEX/8", "0/1"), ("$JOB_COMPLETION_INDEX", "0")];

#[tokio::test]
async fn every_command_of_the_readmes_runs() {
    let emulator = Emulator::builder()
        .part_size(MIB)
        .smallest_file(0)
        .folder("12345", "Videos", Access::Write)
        .start()
        .await
        .unwrap();
    let home = Home::new();
    write_files(&home);
    let file = upload_report(&home, &emulator).await;
    let session = create_session(&emulator).await;

    let commands = [read_commands("../README.md"), read_commands("README.md")].concat();
    assert!(commands.len() > 10, "{commands:?}");
    for command in commands {
        let mut command = command.replace(FILE, &file).replace(SESSION, &session);
        for (there, here) in JOB {
            command = command.replace(there, here);
        }
        let ended = run_command(&home, &emulator, &command).await;
        assert_eq!(ended.code, Some(0), "{command}\n{}", ended.err);
    }
    assert_eq!(emulator.open_sessions(), 0);
}

/// Files that the commands name.
fn write_files(home: &Home) {
    home.file("movie.mov", "a movie");
    home.file("report.pdf", "a report");
    fs::create_dir(home.path("photos")).unwrap();
    home.file("photos/cat.jpg", "a photo");
    for folder in [".local/share/bash-completion/completions", ".local/share/man/man1"] {
        fs::create_dir_all(home.path(folder)).unwrap();
    }
}

/// Uploads a file, and returns the options that name this version of it.
async fn upload_report(home: &Home, emulator: &Emulator) -> String {
    let ended = home.upload(emulator, &["report.pdf", "--to", "0"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let [file] = &emulator.files()[..] else { panic!("{:?}", emulator.files()) };
    format!("--file-id {} --if-match {}", file.id, file.etag.as_deref().unwrap())
}

/// The id of a session with Box.
async fn create_session(emulator: &Emulator) -> String {
    let client = Client::builder().base_url(emulator.url()).access_token(TOKEN).build().unwrap();
    let body = CreateUploadSessionBody::builder().file_name("a").file_size(1).folder_id("0");
    client.create_upload_session(&body).await.unwrap().id
}

/// The commands of a file's shell blocks that use `box-upload`.
fn read_commands(file: &str) -> Vec<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let mut commands = Vec::new();
    let mut in_block = false;
    for line in text.lines() {
        match line.strip_prefix("```") {
            Some(language) => in_block = matches!(language, "sh" | "console"),
            None if in_block => commands.push(line.strip_prefix("$ ").unwrap_or(line).to_owned()),
            None => {}
        }
    }
    // A browser signs in, as in `login.rs`.
    let skipped = ["cargo ", "box-upload login "];
    commands.retain(|command| {
        command.contains("box-upload ") && !skipped.iter().any(|start| command.starts_with(start))
    });
    commands
}

/// Runs a command line in a shell that finds `box-upload`, with the emulator for Box.
pub(crate) async fn run_command(home: &Home, emulator: &Emulator, line: &str) -> Ended {
    let binary = Path::new(env!("CARGO_BIN_EXE_box-upload"));
    let mut folders = vec![binary.parent().unwrap().to_owned()];
    folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    let mut shell = Command::new("bash");
    shell.args(["-euo", "pipefail", "-c", line]).env_clear().current_dir(home.path(""));
    shell.env("PATH", env::join_paths(folders).unwrap()).env("HOME", home.path(""));
    shell.env("BOX_ACCESS_TOKEN", TOKEN).env("BOX_BASE_URL", emulator.url());
    shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    end(&mut shell).await
}
