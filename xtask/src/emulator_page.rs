//! Tests the emulator's page.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::commands::{build_binary, copy_file, install_packages, run_command, target_folder};

/// Test the emulator's page in Chromium
///
/// Requires `npm`, and installs the packages of `emulator/tests/browser`. The browser is `$CHROMIUM`, or
/// /usr/bin/chromium.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Save the tests' screenshot for the README
    #[arg(long)]
    screenshot: bool,
}

pub(crate) fn test_page(arguments: &Arguments) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("there is no workspace")?;
    let tests = root.join("emulator/tests/browser");
    install_packages(&tests)?;
    let emulator = build_binary(root, "box-emulator")?;
    let screenshots = target_folder(root).join("emulator-screenshots");
    fs::create_dir_all(&screenshots)
        .map_err(|error| format!("{}: {error}", screenshots.display()))?;
    let mut run = Command::new("npm");
    run.args(["run", "--silent", "test"]).current_dir(&tests);
    run.env("BOX_EMULATOR", emulator);
    run.env("SCREENSHOTS", &screenshots);
    run_command(&mut run)?;
    if arguments.screenshot {
        let screenshot = root.join("docs/emulator.png");
        copy_file(&screenshots.join("emulator-wide-light.png"), &screenshot)?;
    }
    Ok(())
}
