//! Generates `generated/` from `spec/`.

mod rows;

use std::{fs, path::Path, time::Instant};

use openapi_crate::{
    Outcome, Outline, Summary,
    config::{Config, ConfigFile},
    diagnostics::{Diagnostics, Style},
    generate,
    package::{Difference, Package},
    source::{Input, Source},
};

/// Generate `generated/` from `spec/`
///
/// Warnings are errors: fix their cause, or correct the document in `spec/overlay.yaml`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Write nothing; fail if a file is missing, out of date or no longer generated
    #[arg(long)]
    check: bool,
}

pub(crate) fn generate_box_crate(arguments: &Arguments) -> Result<(), String> {
    let started = Instant::now();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("there is no workspace")?;
    let mut input = Input::new(read_text(root, "spec/box-upload-sessions.yaml")?);
    input.overlays.push(read_text(root, "spec/overlay.yaml")?);
    let config = read_config(&read_text(root, "spec/crate.yaml")?)?;
    let Outcome { package, diagnostics, summary, outline } = generate(&input, &config);
    eprint!("{}", diagnostics.render(&input, Style::default()));
    let package = package.filter(|_| !diagnostics.is_fatal(true));
    let package = package.ok_or("nothing was written: the findings above come first")?;
    let directory = root.join("generated");
    write_rows(root, &outline.unwrap_or_default(), arguments.check)?;
    let done = if arguments.check {
        check_files(&package, &directory)?
    } else {
        write_files(&package, &directory)?
    };
    let Summary { operations, types, .. } = summary.unwrap_or_default();
    let findings = diagnostics.findings().len();
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "generated/: {operations} operations, {types} types, {done}, {findings} findings, {seconds:.2} s"
    );
    Ok(())
}

fn read_text(root: &Path, name: &str) -> Result<Source, String> {
    let text = fs::read_to_string(root.join(name)).map_err(|error| format!("{name}: {error}"))?;
    Ok(Source::new(name, text))
}

/// Writes the table of types that tests go through, or fails where it would be another one.
pub(crate) fn write_rows(root: &Path, outline: &Outline, check: bool) -> Result<(), String> {
    match rows::compare_rows(root, outline) {
        Some(_) if check => {
            Err("the table of types for tests is not up to date; run `cargo xtask codegen`"
                .to_owned())
        }
        Some(text) => rows::write_rows(root, &text),
        None => Ok(()),
    }
}

/// Name, version and metadata of the generated package.
fn read_config(source: &Source) -> Result<Config, String> {
    let mut diagnostics = Diagnostics::default();
    let file = ConfigFile::read(source, &mut diagnostics);
    if diagnostics.is_fatal(true) {
        return Err(diagnostics.render(&Input::new(source.clone()), Style::default()));
    }
    let name = file.name.clone().ok_or("spec/crate.yaml has no `name`")?;
    let version = file.version.clone().ok_or("spec/crate.yaml has no `version`")?;
    Ok(file.apply_to(Config::new(name, version)?))
}

/// Writes the changed files, and prints their number.
fn write_files(package: &Package, directory: &Path) -> Result<String, String> {
    let done = package.write(directory).map_err(|error| error.to_string())?;
    for name in &done.written {
        println!("written: generated/{name}");
    }
    for name in &done.removed {
        println!("removed: generated/{name}");
    }
    let written = done.written.len();
    let unchanged = package.files.len() - written;
    let removed = match done.removed.len() {
        0 => String::new(),
        removed => format!(", {removed} removed"),
    };
    Ok(format!("{written} files written, {unchanged} unchanged{removed}"))
}

/// Fails if files differ, and names them.
fn check_files(package: &Package, directory: &Path) -> Result<String, String> {
    let differences = package.check(directory).map_err(|error| error.to_string())?;
    for difference in &differences {
        match difference {
            Difference::Missing(name) => println!("missing: generated/{name}"),
            Difference::Changed(name) => println!("changed: generated/{name}"),
            Difference::LeftOver(name) => println!("left over: generated/{name}"),
        }
    }
    if differences.is_empty() {
        Ok(format!("all {} files up to date", package.files.len()))
    } else {
        Err("generated/ is not what spec/ says; run `cargo xtask codegen`".to_owned())
    }
}
