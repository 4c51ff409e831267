//! Makes `generated/` of `spec/`.

use std::{fs, path::Path};

use openapi_crate::{
    Outcome,
    config::Config,
    diagnostics::Style,
    generate,
    package::{Difference, Package},
    source::{Input, Source},
};

/// The generated crate's name, and the version that its users see.
const NAME: &str = "box-upload-sessions";
const VERSION: &str = "0.1.0";

/// Makes `generated/` of `spec/`
///
/// Warnings are denied: a correction in `spec/overlay.yaml` is the way to be rid of one.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Write nothing; fail if a file is missing, changed or left over
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("there is no workspace")?;
    let read = |name: &str| -> Result<Source, String> {
        let text =
            fs::read_to_string(root.join(name)).map_err(|error| format!("{name}: {error}"))?;
        Ok(Source::new(name, text))
    };
    let input = Input {
        names: None,
        document: read("spec/box-upload-sessions.yaml")?,
        overlays: vec![read("spec/overlay.yaml")?],
    };
    let Outcome { package, diagnostics, .. } = generate(&input, &Config::new(NAME, VERSION)?);
    eprint!("{}", diagnostics.render(&input, Style::default()));
    let package = package.filter(|_| !diagnostics.is_fatal(true));
    let package = package.ok_or("spec/ is not fit to make a crate of")?;
    let directory = root.join("generated");
    if arguments.check { check(&package, &directory) } else { write(&package, &directory) }
}

fn write(package: &Package, directory: &Path) -> Result<(), String> {
    let done = package.write(directory).map_err(|error| error.to_string())?;
    for name in done.written {
        println!("written: generated/{name}");
    }
    for name in done.removed {
        println!("removed: generated/{name}");
    }
    Ok(())
}

fn check(package: &Package, directory: &Path) -> Result<(), String> {
    let differences = package.check(directory).map_err(|error| error.to_string())?;
    for difference in &differences {
        match difference {
            Difference::Missing(name) => println!("missing: generated/{name}"),
            Difference::Changed(name) => println!("changed: generated/{name}"),
            Difference::LeftOver(name) => println!("left over: generated/{name}"),
        }
    }
    match differences.is_empty() {
        true => Ok(()),
        false => Err("generated/ is not what spec/ says; run `cargo xtask codegen`".to_owned()),
    }
}
