use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use openapi_crate::{diff::Bump, package::Package};

/// The folder that crates are built in, one after the other.
pub(super) struct Workshop(PathBuf);

/// What cargo-semver-checks says.
pub(super) struct Checked {
    pub(super) bump: Bump,
    /// The names of what it found.
    pub(super) lints: Vec<String>,
}

impl Workshop {
    pub(super) fn new(folder: &Path) -> Result<Self, String> {
        let at = |error| format!("{}: {error}", folder.display());
        fs::create_dir_all(folder).map_err(at)?;
        Ok(Self(fs::canonicalize(folder).map_err(at)?))
    }

    /// Writes a crate, and builds its documentation as JSON.
    pub(super) fn document_package(
        &self,
        package: &Package,
        name: &str,
    ) -> Result<PathBuf, String> {
        let folder = self.0.join("crate");
        package.write(&folder).map_err(|error| error.to_string())?;
        // The crate is in no workspace but its own.
        let manifest = folder.join("Cargo.toml");
        let text = package.files.get("Cargo.toml").map(String::as_str).unwrap_or_default();
        fs::write(&manifest, format!("{text}\n[workspace]\n"))
            .map_err(|error| error.to_string())?;
        let mut command = Command::new("cargo");
        command.args(["rustdoc", "--quiet", "--lib", "--no-default-features", "--manifest-path"]);
        command.arg(&manifest).arg("--target-dir").arg(self.0.join("target"));
        command.args([
            "--",
            "-Z",
            "unstable-options",
            "--output-format",
            "json",
            "--cap-lints",
            "allow",
        ]);
        // The format is unstable, and cargo-semver-checks knows that of the stable compiler.
        run_command(command.env("RUSTC_BOOTSTRAP", "1"))?;
        let documented = self.0.join(format!("{name}.rustdoc.json"));
        fs::rename(self.0.join("target/doc/history.json"), &documented)
            .map_err(|error| error.to_string())?;
        Ok(documented)
    }

    /// Compares two crates.
    pub(super) fn check_versions(&self, old: &Path, new: &Path) -> Result<Checked, String> {
        let mut command = Command::new("cargo");
        command.args(["semver-checks", "--release-type", "patch", "--color", "never"]);
        command.arg("--baseline-rustdoc").arg(old).arg("--current-rustdoc").arg(new);
        let output = command.output().map_err(|error| error.to_string())?;
        let said = output_text(&output);
        let bump = match said.lines().find(|line| line.contains("Summary")) {
            Some(summary) if summary.contains("requires new major") => Bump::Major,
            Some(summary) if summary.contains("requires new minor") => Bump::Minor,
            Some(_) => Bump::None,
            None => return Err(said),
        };
        let found = said.lines().filter_map(|line| line.strip_prefix("--- failure "));
        let lints = found.filter_map(|line| Some(line.split_once(':')?.0.to_owned())).collect();
        Ok(Checked { bump, lints })
    }
}

fn run_command(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| error.to_string())?;
    if output.status.success() { Ok(()) } else { Err(output_text(&output)) }
}

fn output_text(output: &Output) -> String {
    let out = String::from_utf8_lossy(&output.stdout);
    format!("{out}{}", String::from_utf8_lossy(&output.stderr))
}
