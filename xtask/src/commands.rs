//! Other programs, and the files that they need and leave.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

pub(crate) const WEBASSEMBLY: &str = "wasm32-unknown-unknown";

/// Installs the packages that the lock file names, unless they are there.
pub(crate) fn install_packages(web: &Path) -> Result<(), String> {
    let changed = |path: &str| fs::metadata(web.join(path)).and_then(|it| it.modified()).ok();
    let installed = changed("node_modules/.package-lock.json");
    if installed.is_some() && installed >= changed("package-lock.json") {
        return Ok(());
    }
    run_command(Command::new("npm").args(["ci", "--ignore-scripts"]).current_dir(web))
}

/// Installs the target of WebAssembly. Without rustup, whoever installed the toolchain has to do it.
pub(crate) fn install_webassembly() -> Result<(), String> {
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output();
    let sysroot = sysroot.map_err(|error| format!("rustc: {error}"))?.stdout;
    let sysroot = String::from_utf8_lossy(&sysroot);
    if Path::new(sysroot.trim()).join("lib/rustlib").join(WEBASSEMBLY).is_dir() {
        return Ok(());
    }
    run_command(Command::new("rustup").args(["target", "add", WEBASSEMBLY]))
}

/// Cargo, as it was called, in the workspace.
pub(crate) fn cargo_command(root: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

/// Builds a command of the workspace, with the workspace's features, and returns where it is.
pub(crate) fn build_binary(root: &Path, name: &str) -> Result<PathBuf, String> {
    run_command(cargo_command(root).args(["build", "--quiet", "--workspace", "--bin", name]))?;
    Ok(target_folder(root).join("debug").join(format!("{name}{}", env::consts::EXE_SUFFIX)))
}

/// Where cargo puts what it builds.
pub(crate) fn target_folder(root: &Path) -> PathBuf {
    root.join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

pub(crate) fn copy_file(from: &Path, to: &Path) -> Result<(), String> {
    let copied = fs::copy(from, to).map(|_| ());
    copied.map_err(|error| format!("{} to {}: {error}", from.display(), to.display()))
}

/// Runs a command to its end; its output is ours.
pub(crate) fn run_command(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().map_err(|error| format!("{name}: {error}"))?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("`{name}` failed: {status}")),
    }
}
