//! The units, the script and the manifest in `deploy/`.

use std::fs;
use std::path::Path;

use super::{Ended, Home, emulator};

fn read_file(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy");
    fs::read_to_string(folder.join(name)).unwrap()
}

/// The command line of the unit, with values for its variables.
fn read_unit_command(options: &str) -> Vec<String> {
    let unit = read_file("systemd/box-upload@.service");
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
        let line = read_unit_command(options);
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

#[cfg(unix)]
#[tokio::test]
async fn the_slurm_script_uploads_every_share() {
    let home = Home::new();
    fs::create_dir(home.path("results")).unwrap();
    for number in 0..20 {
        home.file(&format!("results/{number}.txt"), format!("result {number}"));
    }
    home.file("slurm.sh", read_file("slurm.sh"));
    let emulator = emulator().await;
    // An array may begin at any number.
    for task in [5, 6] {
        let line = format!(
            "export SLURM_ARRAY_JOB_ID=1 SLURM_ARRAY_TASK_ID={task} SLURM_ARRAY_TASK_MIN=5 \
             SLURM_ARRAY_TASK_COUNT=2; bash slurm.sh results /Backups"
        );
        assert_success(&super::readme::run_command(&home, &emulator, &line).await);
    }
    assert_eq!(emulator.files().len(), 20);
    for share in 0..2 {
        assert!(home.path(&format!("box-upload-1/manifest-{share}.jsonl")).is_file());
    }
}

#[tokio::test]
async fn the_kubernetes_job_s_arguments_upload() {
    let home = Home::new();
    for folder in ["data", "state"] {
        fs::create_dir(home.path(folder)).unwrap();
    }
    let manifest = read_file("kubernetes.yaml");
    let arguments = manifest.lines().map(str::trim).skip_while(|line| *line != "args:").skip(1);
    let arguments = arguments.map_while(|line| line.strip_prefix("- "));
    let mut words = Vec::new();
    for argument in arguments {
        let argument = argument.replace("$(JOB_COMPLETION_INDEX)", "0");
        words.push(argument.replace("/data", "data").replace("=/state", "=state"));
    }
    assert!(words.iter().any(|word| word == "--shard=0/8"), "{words:?}");
    home.file("data/a.txt", "abc");
    let emulator = emulator().await;
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    assert_success(&home.upload(&emulator, &words).await);
    assert!(home.path("state/manifest-0.jsonl").is_file());
}

fn assert_success(ended: &Ended) {
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

/// If systemd is installed, it finds nothing wrong. The binary has to exist.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn systemd_accepts_the_units() {
    let home = Home::new();
    let mut names = Vec::new();
    for kind in ["service", "timer"] {
        let unit = read_file(&format!("systemd/box-upload@.{kind}"));
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
