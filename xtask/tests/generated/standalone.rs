//! The generated folder, copied elsewhere: it builds there, with and without its HTTP client.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;
use std::{env, fs};

/// A workspace that knows nothing of ours but the versions of what everybody depends on. It stays
/// where it is, so that a second run has nothing to compile.
fn workspace() -> &'static Path {
    static WORKSPACE: OnceLock<&Path> = OnceLock::new();
    WORKSPACE.get_or_init(|| {
        let to = Path::new(concat!(env!("CARGO_TARGET_TMPDIR"), "/standalone"));
        let ours = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        mirror(&ours.join("generated"), &to.join("box-upload-sessions"));
        let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/generated/standalone");
        mirror(&package, &to.join("consumer"));
        let manifest = "[workspace]\nresolver = \"3\"\nmembers = [\"consumer\"]\n";
        write(&to.join("Cargo.toml"), manifest.as_bytes());
        write(&to.join("Cargo.lock"), &fs::read(ours.join("Cargo.lock")).unwrap());
        to
    })
}

/// Makes `to` what `from` is. What has not changed is left alone: cargo goes by the time of a file.
/// A manifest is kept as `Cargo.toml.in` here, lest cargo take its folder for a package of ours.
fn mirror(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    let names = |folder: &Path| -> Vec<_> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name()).filter(|name| name != "target").collect()
    };
    let mut kept = Vec::new();
    for name in names(from) {
        let source = from.join(&name);
        let target = match name.to_str().unwrap().strip_suffix(".in") {
            Some(stem) => to.join(stem),
            None => to.join(&name),
        };
        if source.is_dir() {
            mirror(&source, &target)
        } else {
            write(&target, &fs::read(&source).unwrap())
        }
        kept.push(target);
    }
    for stale in names(to).iter().map(|name| to.join(name)).filter(|path| !kept.contains(path)) {
        if stale.is_dir() {
            fs::remove_dir_all(stale).unwrap()
        } else {
            fs::remove_file(stale).unwrap()
        }
    }
}

fn write(path: &Path, text: &[u8]) {
    if fs::read(path).ok().as_deref() != Some(text) {
        fs::write(path, text).unwrap();
    }
}

/// What a cargo command prints; it must succeed without a warning.
fn cargo(arguments: &[&str]) -> String {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let mut command = Command::new(cargo);
    // Cargo's variables for the test's own package would make build scripts run again.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    let output = command
        .args(arguments)
        .args([OsStr::new("--offline"), OsStr::new("--color=never")])
        .current_dir(workspace())
        .env("CARGO_TARGET_DIR", target)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    // Where a crate has its home is its owner's business.
    let home = "warning: manifest has no documentation, homepage or repository";
    assert!(!errors.replace(home, "").contains("warning"), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// In a workspace with others, features that they ask of a dependency can hide that this one does not.
#[test]
fn it_builds_with_its_http_client() {
    cargo(&["check", "--package", "box-upload-sessions"]);
}

#[test]
fn it_works_without_its_http_client() {
    assert_eq!(cargo(&["run", "--quiet", "--package", "consumer"]), "It works.\n");
}

#[test]
fn without_its_http_client_it_brings_in_none() {
    let arguments = ["tree", "--package", "consumer", "--edges", "normal", "--prefix", "none"];
    let tree = cargo(&arguments);
    let names: Vec<_> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.contains(&"http") && names.contains(&"serde_json"), "{tree}");
    for name in ["hyper", "hyper-util", "hyper-rustls", "rustls", "ring", "tokio", "tower-service"]
    {
        assert!(!names.contains(&name), "{tree}");
    }
    // Every one of them costs all users time.
    let packages: std::collections::BTreeSet<_> = names.into_iter().collect();
    assert!(packages.len() <= 20, "{packages:?}");
}

/// Except for `aws-lc-rs` and `fetch`: their dependencies may not have been downloaded. CI checks them with all the others.
#[test]
fn each_feature_compiles_alone() {
    let manifest = fs::read_to_string(workspace().join("box-upload-sessions/Cargo.toml")).unwrap();
    let (_, features) = manifest.split_once("[features]").unwrap();
    let (features, _) = features.split_once("[dependencies]").unwrap();
    let names = features.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name);
    let mut count = 0;
    for name in names.filter(|name| !["default", "aws-lc-rs", "fetch"].contains(name)) {
        let package = ["check", "--package", "box-upload-sessions", "--no-default-features"];
        cargo(&[&package[..], &["--features", name]].concat());
        count += 1;
    }
    assert!(count >= 8, "{features}");
}

/// What is published is what is in the folder, and all that a registry asks for is said.
#[test]
fn it_can_be_packed() {
    let arguments = ["package", "--package", "box-upload-sessions", "--list", "--allow-dirty"];
    let list = cargo(&arguments);
    let packed: Vec<_> = list.lines().map(|line| line.replace('\\', "/")).collect();
    for name in ["Cargo.toml", "README.md", "src/lib.rs", "src/operations.rs", "src/types.rs"] {
        assert!(packed.iter().any(|packed| packed == name), "{packed:?}");
    }
    let manifest = fs::read_to_string(workspace().join("box-upload-sessions/Cargo.toml")).unwrap();
    for key in ["description", "license", "readme", "rust-version", "edition"] {
        assert!(manifest.contains(&format!("\n{key} = \"")), "{key}");
    }
    assert!(!manifest.contains("workspace") && !manifest.contains("path ="), "{manifest}");
}
