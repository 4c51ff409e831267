use std::{fs, path::Path, process::Command};

use super::{Workshop, packages::Published, run_loudly};

/// Checks a copy of the workspace whose lock file has the oldest version of each direct dependency.
pub(super) fn check_minimal_versions(
    workshop: &Workshop,
    packages: &[Published],
) -> Result<(), String> {
    let copy = Workshop {
        root: workshop.target.join("minimal"),
        target: workshop.target.join("minimal-target"),
    };
    let _ = fs::remove_dir_all(&copy.root);
    copy_tracked(&workshop.root, &copy.root)?;
    run_loudly(copy.cargo_of("nightly", &["update", "-Z", "direct-minimal-versions"]))?;
    let mut command = copy.cargo_command(&["check", "--locked", "--lib", "--bins"]);
    for package in packages {
        command.args(["--package", &package.name]);
    }
    run_loudly(command)
}

/// Copies the files that git knows.
fn copy_tracked(root: &Path, to: &Path) -> Result<(), String> {
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root).output();
    let listed = listed.map_err(|error| error.to_string())?;
    let names = String::from_utf8(listed.stdout).map_err(|error| error.to_string())?;
    for name in names.split('\0').filter(|name| !name.is_empty()) {
        let path = to.join(name);
        let at = |error: std::io::Error| format!("{name}: {error}");
        fs::create_dir_all(path.parent().unwrap_or(to)).map_err(at)?;
        fs::copy(root.join(name), path).map_err(at)?;
    }
    Ok(())
}
