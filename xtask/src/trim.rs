//! Extracts some operations, and all they need, from a large document.

mod pattern;
mod prose;
mod reach;
mod walk;

use std::{collections::BTreeSet, fs, io::Write, path::PathBuf};

use openapi_crate::{
    diagnostics::{Diagnostics, Style},
    source::{self, Input, Source},
};
use serde_json::{Map, Value};

use pattern::Pattern;
use reach::Reached;

/// Extract some operations, and all they need, from an OpenAPI 3.0 document
///
/// Removes from `paths`, `components` and `tags` what the operations do not reach, and keeps the rest
/// in order. The result is YAML.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  \
    cargo xtask trim box.json --no-prose --paths '/files/upload_sessions*' \\\n      \
    --paths 'GET /files/{file_id}' -o spec/box.yaml")]
pub(crate) struct Arguments {
    /// Document, JSON or YAML
    document: PathBuf,
    /// Keep matching paths: `*` matches any text including slashes, `?` one character. With a method,
    /// as in `GET /files/*`, keep only that operation. Repeatable [default: all paths]
    #[arg(long = "paths", value_name = "PATTERN")]
    paths: Vec<Pattern>,
    /// Remove descriptions and summaries
    #[arg(long)]
    no_prose: bool,
    /// File to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    let path = arguments.document.display().to_string();
    let text =
        fs::read_to_string(&arguments.document).map_err(|error| format!("{path}: {error}"))?;
    let input = Input::new(Source::new(path, text));
    let mut diagnostics = Diagnostics::default();
    let document = source::read(0, input.document.text(), &mut diagnostics);
    eprint!("{}", diagnostics.render(&input, Style::default()));
    let mut document = document.ok_or("the document cannot be read")?;
    trim(&mut document, &arguments.paths)?;
    if arguments.no_prose {
        prose::remove(&mut document);
    }
    let yaml = serde_yaml::to_string(&document).map_err(|error| error.to_string())?;
    if source::read(0, &yaml, &mut Diagnostics::default()).as_ref() != Some(&document) {
        return Err("the YAML would not be read back as the same document".to_owned());
    }
    let text = format!("{}{yaml}", heading(arguments));
    match &arguments.out {
        Some(out) => fs::write(out, text).map_err(|error| format!("{}: {error}", out.display())),
        None => std::io::stdout().write_all(text.as_bytes()).map_err(|error| error.to_string()),
    }
}

/// A comment with the command that creates the file.
fn heading(arguments: &Arguments) -> String {
    let name = arguments.document.file_name().unwrap_or_default().to_string_lossy();
    let mut command = format!("cargo xtask trim {name}");
    if arguments.no_prose {
        command.push_str(" --no-prose");
    }
    for pattern in &arguments.paths {
        command.push_str(&format!(" --paths '{pattern}'"));
    }
    format!("# Made by `{command}`. Do not edit.\n")
}

/// Keeps what the operations matching any of `patterns` need.
fn trim(document: &mut Value, patterns: &[Pattern]) -> Result<(), String> {
    let Some(members) = document.as_object_mut() else { return Err("not a mapping".to_owned()) };
    let Some(Value::Object(paths)) = members.get_mut("paths") else {
        return Err("the document has no `paths`".to_owned());
    };
    if !patterns.is_empty() {
        pattern::retain(paths, patterns)?;
    }
    let reached = Reached::new(document)?;
    let Some(members) = document.as_object_mut() else { return Ok(()) };
    if let Some(Value::Object(components)) = members.get_mut("components") {
        components.retain(|section, entries| {
            section.starts_with("x-") || keep(section, entries, &reached)
        });
        if components.is_empty() {
            members.shift_remove("components");
        }
    }
    if let Some(Value::Array(tags)) = members.get_mut("tags") {
        let name = |tag: &Value| tag.get("name").and_then(Value::as_str).map(str::to_owned);
        tags.retain(|tag| name(tag).is_some_and(|name| reached.tags.contains(&name)));
        if tags.is_empty() {
            members.shift_remove("tags");
        }
    }
    Ok(())
}

/// Keeps the reached entries of a section of `components`; returns whether there are any.
fn keep(section: &str, entries: &mut Value, reached: &Reached) -> bool {
    let none = BTreeSet::new();
    let names = reached.components.get(section).unwrap_or(&none);
    let Value::Object(entries) = entries else { return false };
    let retain = |entries: &mut Map<String, Value>| entries.retain(|name, _| names.contains(name));
    retain(entries);
    !entries.is_empty()
}

#[cfg(test)]
mod tests;
