//! The version of each package against what has changed in its API, by cargo-semver-checks.

use std::path::Path;
use std::process::Command;

use super::packages::Published;
use super::{Workshop, run_loudly};

/// Compares the packages with the last release before this commit.
pub(super) fn check_semver(workshop: &Workshop, packages: &[Published]) -> Result<(), String> {
    let mut version = workshop.cargo_command(&["semver-checks", "--version"]);
    if !version.output().is_ok_and(|output| output.status.success()) {
        return Err("not installed: `cargo install cargo-semver-checks --locked`".to_owned());
    }
    let Some(tag) = find_last_release(&workshop.root)? else {
        println!("==> no tag `v…` before this commit: there is no release to compare with");
        return Ok(());
    };
    let mut command = workshop.cargo_command(&["semver-checks", "--baseline-rev", &tag]);
    for package in packages {
        match is_in_release(workshop, package, &tag)? {
            true => drop(command.args(["--package", &package.name])),
            false => println!("==> {} is new since {tag}", package.name),
        }
    }
    run_loudly(command)
}

/// The tag of the highest version before this commit, which may have a tag itself.
fn find_last_release(root: &Path) -> Result<Option<String>, String> {
    let mut git = Command::new("git");
    git.args(["tag", "--list", "v*", "--merged", "HEAD^", "--sort=-version:refname"]);
    let output = git.current_dir(root).output().map_err(|error| format!("git: {error}"))?;
    if !output.status.success() {
        return Err(format!("git: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().next().map(str::to_owned))
}

fn is_in_release(workshop: &Workshop, package: &Published, tag: &str) -> Result<bool, String> {
    let folder = package.folder.strip_prefix(&workshop.root).map_err(|error| error.to_string())?;
    let manifest = format!("{tag}:{}/Cargo.toml", folder.display());
    let mut git = Command::new("git");
    git.args(["cat-file", "-e", &manifest]).current_dir(&workshop.root);
    Ok(git.output().map_err(|error| format!("git: {error}"))?.status.success())
}
