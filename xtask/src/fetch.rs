//! Runs the generated crate's transport for WebAssembly.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::commands::{
    WEBASSEMBLY, build_binary, cargo_command, install_webassembly, run_command, target_folder,
};

/// Call the emulator from WebAssembly, through JavaScript's `fetch`
///
/// Compiles `xtask/fetch` to WebAssembly and runs it in Node.js. Requires `node`; installs the target
/// `wasm32-unknown-unknown`, and `wasm-bindgen` into the target folder, which takes some minutes the first time.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

pub(crate) fn test_fetch(_: &Arguments) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("there is no workspace")?;
    let target = target_folder(root);
    let emulator = build_binary(root, "box-emulator")?;
    install_webassembly()?;
    let mut build = cargo_command(root);
    build.args(["build", "--quiet", "--package", "fetch-check", "--target", WEBASSEMBLY]);
    run_command(&mut build)?;
    let tools = target.join("tools");
    let version = locked_version(root, "wasm-bindgen")?;
    let mut install = cargo_command(root);
    install.args(["install", "--quiet", "wasm-bindgen-cli", "--version", &version, "--root"]);
    run_command(install.arg(&tools))?;
    let module = target.join("fetch-check");
    let mut bind = Command::new(tools.join("bin/wasm-bindgen"));
    bind.args(["--target", "nodejs", "--out-dir"]).arg(&module);
    run_command(bind.arg(target.join(WEBASSEMBLY).join("debug/fetch_check.wasm")))?;
    let check = root.join("xtask/fetch");
    let mut run = Command::new("node");
    run.arg(check.join("run.mjs")).arg(module.join("fetch_check.js"));
    run.arg(emulator).arg(check.join("faults.yaml"));
    run_command(&mut run)
}

/// The version of a package in `Cargo.lock`.
fn locked_version(root: &Path, package: &str) -> Result<String, String> {
    let lock = fs::read_to_string(root.join("Cargo.lock"))
        .map_err(|error| format!("Cargo.lock: {error}"))?;
    let head = format!("name = \"{package}\"\nversion = \"");
    let version = lock.split_once(&head).and_then(|(_, rest)| rest.split('"').next());
    version.map(str::to_owned).ok_or_else(|| format!("Cargo.lock has no {package}"))
}
