//! The units in `deploy/systemd`.

use std::fs;
use std::path::PathBuf;

use super::{Home, emulator};

fn units() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../deploy/systemd")
}

/// The command line of the unit, with values for its variables.
fn command_line(options: &str) -> Vec<String> {
    let unit = fs::read_to_string(units().join("box-upload@.service")).unwrap();
    let line = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
    let words = line.split_whitespace().skip(1);
    let value = |word: &str| match word {
        "$OPTIONS" => options.split_whitespace().map(str::to_owned).collect(),
        "${SOURCE}" => vec!["back ups".to_owned()],
        "${DESTINATION}" => vec!["/Backups/all of them".to_owned()],
        word => vec![word.to_owned()],
    };
    words.flat_map(value).collect()
}

#[tokio::test]
async fn the_unit_s_command_line_uploads() {
    let home = Home::new();
    fs::create_dir(home.path("back ups")).unwrap();
    home.file("back ups/a.txt", "abc");
    let emulator = emulator().await;
    for (options, stored) in [("", 1), ("--metrics 0 --json", 0)] {
        let line = command_line(options);
        let line: Vec<_> = line.iter().map(String::as_str).collect();
        let ended = home.upload(&emulator, &line).await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        if options.is_empty() {
            assert!(ended.err.contains(&format!("{stored} stored")), "{ended:?}");
        } else {
            assert_eq!(ended.last_event()["stored"], stored, "{ended:?}");
        }
    }
    assert_eq!(emulator.files().len(), 1);
}

/// Where systemd is, it finds nothing wrong. The binary has to exist.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn systemd_accepts_the_units() {
    let home = Home::new();
    let mut names = Vec::new();
    for kind in ["service", "timer"] {
        let unit = fs::read_to_string(units().join(format!("box-upload@.{kind}"))).unwrap();
        let unit = unit.replace("/usr/local/bin/box-upload", env!("CARGO_BIN_EXE_box-upload"));
        home.file(&format!("box-upload@.{kind}"), &unit);
        names.push(home.file(&format!("box-upload@backups.{kind}"), &unit));
    }
    let mut command = tokio::process::Command::new("systemd-analyze");
    match command.args(["verify", "--man=no"]).args(names).output().await {
        Ok(output) => {
            assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        }
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::NotFound),
    }
}
