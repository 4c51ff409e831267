//! Runs the generator on folders of documents.

mod compile;
mod figures;
mod measure;
mod process;
mod round_trip;
mod table;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use compile::Workspace;
use figures::Figures;
use process::Ended;
use round_trip::{Batch, Report, Trial};
use table::Row;

pub(crate) use measure::{Arguments as MeasureArguments, measure_corpus as measure};

/// Run the generator on every document in the given folders, and print a table of results
///
/// Each document is processed in its own process, so that a panic or a hang affects only that one.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Folders of the documents: *.json, *.yaml, *.yml
    #[arg(required = true)]
    folders: Vec<PathBuf>,
    /// Also compile the crates and their documentation, with warnings denied
    #[arg(long)]
    compile: bool,
    /// Also decode and encode examples and generated values with the types of each crate, and check
    /// that its requests conform to the document
    #[arg(long)]
    round_trip: bool,
    /// Time limit per document, for the generator and for the compiler
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    limit: u64,
    /// Where to write the crates [default: target/corpus]
    #[arg(short, long, value_name = "DIRECTORY")]
    out: Option<PathBuf>,
}

pub(crate) fn check_corpus(arguments: &Arguments) -> Result<(), String> {
    let usual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/corpus");
    let target = arguments.out.as_ref().unwrap_or(&usual);
    // Crates of earlier runs do not belong to this one.
    match fs::remove_dir_all(target.join("crates")) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(format!("{}: {error}", target.display()));
        }
        _ => fs::create_dir_all(target.join("crates")).map_err(|error| error.to_string())?,
    }
    let limit = Duration::from_secs(arguments.limit);
    let mut rows = Vec::new();
    for folder in &arguments.folders {
        for document in find_documents(folder)? {
            rows.push(generate_crate(&document, target, limit)?);
        }
    }
    let root = target.join("crates");
    if arguments.compile {
        let crates: Vec<&str> = emitted_rows(&rows).map(|row| &*row.package).collect();
        let workspace = Workspace::new(&root, &crates, limit)?;
        for row in
            rows.iter_mut().filter(|row| matches!(row.figures, Ok(figures) if figures.emitted))
        {
            row.compiled = Some(workspace.check_package(&row.package)?);
            row.documented = Some(workspace.document_package(&row.package)?);
        }
    }
    if arguments.round_trip {
        try_types(&mut rows, target, limit)?;
    }
    print!(
        "{}{}{}",
        table::write_table(&rows, arguments.compile),
        table::write_summary(&rows, arguments.compile),
        Report::faults(table::round_trip_reports(&rows)),
    );
    Ok(())
}

/// Sends values through the types of all crates.
fn try_types(rows: &mut [Row], target: &Path, limit: Duration) -> Result<(), String> {
    let crates = target.join("crates");
    let trial = |row: &Row| Trial::new(&row.path, &row.package, &crates);
    let trials: Result<Vec<Trial>, String> = emitted_rows(rows).map(trial).collect();
    let root = target.join("probes");
    let batches = Batch::divide_trials(trials?, &crates, &root)?;
    let programs: Vec<&str> = batches.iter().map(Batch::package).collect();
    let (built, errors) =
        Workspace::with_members(&root, &programs, limit)?.build_packages(&programs)?;
    for batch in &batches {
        for (package, report) in batch.run_trials(&built, &errors, target) {
            let row = rows.iter_mut().find(|row| row.package == package);
            row.into_iter().for_each(|row| row.round_trip = Some(report.clone()));
        }
    }
    Ok(())
}

fn emitted_rows(rows: &[Row]) -> impl Iterator<Item = &Row> {
    rows.iter().filter(|row| matches!(row.figures, Ok(figures) if figures.emitted))
}

fn find_documents(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let fail = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut documents = Vec::new();
    for entry in fs::read_dir(folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path.extension().is_some_and(|end| end == "json" || end == "yaml" || end == "yml") {
            documents.push(path);
        }
    }
    documents.sort();
    if documents.is_empty() {
        Err(format!("{}: there are no documents here", folder.display()))
    } else {
        Ok(documents)
    }
}

/// Runs the generator on one document, in a new process of this program.
fn generate_crate(document: &Path, target: &Path, limit: Duration) -> Result<Row, String> {
    let name = document.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let package = package_name(&name);
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = std::process::Command::new(this);
    command.arg("measure").arg(document).arg(&package).arg(target.join("crates").join(&package));
    let output = target.join("measurement.json");
    let figures = match process::run_with_limit(&mut command, &output, limit)? {
        Ended::Well { .. } => {
            let text = fs::read_to_string(&output).map_err(|error| error.to_string())?;
            Ok(Figures::from_json(&text).ok_or("a measurement is not JSON")?)
        }
        Ended::Badly { .. } => Err("it panicked".to_owned()),
        Ended::Never => Err(format!("stopped after {} s", limit.as_secs())),
    };
    let path = document.to_owned();
    Ok(Row { name, path, package, figures, compiled: None, documented: None, round_trip: None })
}

/// A package name for a file name: `box-2024.0.json` becomes `c-box-2024-0-json`.
fn package_name(file: &str) -> String {
    let legal = file.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
    format!("c-{}", legal.to_ascii_lowercase())
}

#[cfg(test)]
mod tests;
