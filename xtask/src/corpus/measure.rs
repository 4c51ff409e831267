//! Measuring one document, in a process of its own.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use openapi_crate::{
    ItemKind, Outcome, Outline,
    config::Config,
    diagnostics::{Diagnostics, Severity},
    generate,
    package::Package,
    source::{self, Input, Source},
};
use serde_json::{Map, Value};

use super::{figures::Figures, round_trip};

/// Run the generator on one document, and print measurements
#[derive(clap::Args)]
pub(crate) struct Arguments {
    document: PathBuf,
    package: String,
    out: PathBuf,
}

pub(crate) fn measure_corpus(arguments: &Arguments) -> Result<(), String> {
    let path = arguments.document.display().to_string();
    let text = fs::read(&arguments.document).map_err(|error| format!("{path}: {error}"))?;
    let input = Input::new(Source::new(path, String::from_utf8_lossy(&text)));
    let config = Config::new(&*arguments.package, "0.1.0")?;
    let start = Instant::now();
    let Outcome { package, diagnostics, summary, outline } = generate(&input, &config);
    let micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    let count = |severity| diagnostics.count(severity) as u64;
    let summary = summary.filter(|_| package.is_some()).unwrap_or_default();
    let mut figures = Figures {
        operations_out: summary.operations as u64,
        fields: summary.fields as u64,
        weakened: summary.weakened_fields as u64,
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        notes: count(Severity::Note),
        micros,
        kibibytes: peak_memory().unwrap_or(0),
        emitted: package.is_some(),
        ..Figures::default()
    };
    if let Some(package) = package {
        let rust = package.files.iter().filter(|(name, _)| name.ends_with(".rs"));
        figures.lines = rust.map(|(_, text)| text.lines().count() as u64).sum();
        package.write(&arguments.out).map_err(|error| error.to_string())?;
        let outline = outline.unwrap_or_default();
        write_outline(&outline, &arguments.out)?;
        write_operations(&outline, &package, &arguments.out)?;
    }
    let document = source::read_document(0, input.document.text(), &mut Diagnostics::default());
    figures.operations_in = document.map_or(0, |document| count_operations(&document));
    println!("{}", figures.to_json());
    Ok(())
}

/// Write the types of the crate's schemas beside it.
fn write_outline(outline: &Outline, package: &Path) -> Result<(), String> {
    let all = outline.with_webhooks();
    let mut types = Map::new();
    for pointer in all.pointers() {
        // What only webhooks have is in a module of its own, behind their feature.
        let gated = || Some(all.type_of(pointer)?.replace("types::", "types::webhook_payloads::"));
        if let Some(ty) = outline.type_of(pointer).or_else(gated) {
            types.insert(pointer.to_owned(), ty.into());
        }
    }
    let path = round_trip::outline_of(package);
    fs::write(&path, Value::from(types).to_string())
        .map_err(|error| format!("{}: {error}", path.display()))
}

/// Write the operations of the crate beside it.
fn write_operations(outline: &Outline, package: &Package, folder: &Path) -> Result<(), String> {
    let items = outline.items(package).into_iter();
    let operations = items.filter(|item| item.kind == ItemKind::Operation);
    let entries: Vec<round_trip::Entry> = operations
        .filter_map(|item| Some((item.pointer?.as_str().to_owned(), item.group, item.name)))
        .collect();
    let path = round_trip::operations_of(folder);
    let text = serde_json::to_string(&entries).map_err(|error| error.to_string())?;
    fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
}

/// Number of operations in a document, whatever the generator accepts.
pub(super) fn count_operations(document: &Value) -> u64 {
    const METHODS: [&str; 8] =
        ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
    let items = document["paths"].as_object().into_iter().flatten();
    let items = items.filter(|(path, _)| !path.starts_with("x-")).map(|(_, item)| {
        let reference = item["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
        reference.and_then(|pointer| document.pointer(pointer)).unwrap_or(item)
    });
    items
        .map(|item| METHODS.iter().filter(|method| item[**method].is_object()).count() as u64)
        .sum()
}

/// Peak memory of this process, in KiB, where the system reports it (Linux does).
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
