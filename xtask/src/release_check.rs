//! Checks of a release, in addition to `.ci/run`: they take minutes, and further toolchains and targets.

mod features;
mod minimal;
mod packages;
mod semver;

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use clap::ValueEnum;

use packages::Published;

/// Check what a release promises: features, minimal versions, Rust versions, Windows, licenses, APIs
///
/// Requires the toolchains that the packages declare, `nightly`, the target x86_64-pc-windows-gnu, cargo-deny, and
/// cargo-semver-checks. All checks run even if one fails; a summary with their times comes last.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run only these checks
    #[arg(value_enum)]
    checks: Vec<Check>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Check {
    /// Each feature of each package alone, all pairs, none, and all
    Features,
    /// The oldest version of each dependency that the manifests allow
    MinimalVersions,
    /// Each package with the Rust version that it declares
    RustVersion,
    /// All packages for Windows
    Windows,
    /// The licenses of all dependencies, against deny.toml
    Licenses,
    /// The version of each package against what has changed in its API since the last release
    Semver,
}

const WINDOWS: &str = "x86_64-pc-windows-gnu";

pub(crate) fn check_release(arguments: &Arguments) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("there is no workspace")?;
    let workshop = Workshop { root: root.to_owned(), target: root.join("target/release-check") };
    let packages = packages::published_packages(root)?;
    let mut summary = Vec::new();
    let mut failed = 0;
    for check in Check::value_variants() {
        if !arguments.checks.is_empty() && !arguments.checks.contains(check) {
            continue;
        }
        let started = Instant::now();
        let found = match check {
            Check::Features => features::check_features(&workshop, &packages),
            Check::MinimalVersions => minimal::check_minimal_versions(&workshop, &packages),
            Check::RustVersion => check_rust_version(&workshop, &packages),
            Check::Windows => check_windows(&workshop, &packages),
            Check::Licenses => run_loudly(workshop.cargo_command(&["deny", "check", "licenses"])),
            Check::Semver => semver::check_semver(&workshop, &packages),
        };
        let seconds = started.elapsed().as_secs();
        let result = match found {
            Ok(()) => "passed".to_owned(),
            Err(message) => {
                failed += 1;
                format!("FAILED: {message}")
            }
        };
        summary.push(format!("{seconds:>4} s  {check:?}: {result}"));
    }
    println!("\n{}", summary.join("\n"));
    match failed {
        0 => Ok(()),
        failed => Err(format!("{failed} checks failed")),
    }
}

/// Where commands run, and where they build.
struct Workshop {
    root: PathBuf,
    target: PathBuf,
}

impl Workshop {
    /// A command of cargo, by this toolchain.
    fn cargo_command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("cargo");
        command.args(arguments).current_dir(&self.root);
        command.env("CARGO_TARGET_DIR", &self.target).env("CARGO_PROFILE_DEV_DEBUG", "0");
        command
    }

    /// The same with a toolchain of rustup. Cargo's variables for its own toolchain are removed.
    fn cargo_of(&self, toolchain: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new("rustup");
        command.args(["run", toolchain, "cargo"]).args(arguments).current_dir(&self.root);
        command.env("CARGO_TARGET_DIR", &self.target).env("CARGO_PROFILE_DEV_DEBUG", "0");
        for name in ["CARGO", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN"] {
            command.env_remove(name);
        }
        command
    }
}

/// Runs a command with what it prints.
fn run_loudly(mut command: Command) -> Result<(), String> {
    println!("==> {command:?}");
    let status = command.status().map_err(|error| error.to_string())?;
    if status.success() { Ok(()) } else { Err(format!("{command:?}")) }
}

fn check_rust_version(workshop: &Workshop, packages: &[Published]) -> Result<(), String> {
    let mut versions: Vec<&str> = packages.iter().map(|package| &*package.rust_version).collect();
    versions.sort_unstable();
    versions.dedup();
    let mut failures = Vec::new();
    for version in versions {
        let declared = packages.iter().filter(|package| package.rust_version == version);
        let mut command = workshop.cargo_of(version, &["check", "--locked", "--lib", "--bins"]);
        for package in declared {
            command.args(["--package", &package.name]);
        }
        failures.extend(run_loudly(command).err());
    }
    if failures.is_empty() { Ok(()) } else { Err(failures.join("; ")) }
}

fn check_windows(workshop: &Workshop, packages: &[Published]) -> Result<(), String> {
    let mut command =
        workshop.cargo_command(&["check", "--locked", "--lib", "--bins", "--target", WINDOWS]);
    for package in packages {
        command.args(["--package", &package.name]);
    }
    // Checking links nothing, so what build scripts compile of C need not be there.
    for tool in ["CC", "AR"] {
        command.env(format!("{tool}_{}", WINDOWS.replace('-', "_")), "true");
    }
    run_loudly(command)
}
