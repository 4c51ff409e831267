//! A program that takes values through the types of some crates, with a function for each type, and makes requests of
//! values, with a function for each operation.
//!
//! It has copies of the crates' types and runtime, and what of their operations makes requests, not the crates: what
//! sends requests and reads responses takes most of the time that it takes to compile them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::super::compile::{read_file, write_if_changed};
use super::requests::{self, Methods};

/// What a type made of a value.
pub(super) enum RoundTrip {
    Encoded(Value),
    /// Where it failed, and why.
    Failed(String, String),
}

/// A program for some crates.
pub(super) struct Probe {
    pub(super) package: String,
    /// The types, each behind the name of its crate's module.
    ways: Vec<String>,
    folder: PathBuf,
}

/// A crate, and which of its types are of interest.
pub(super) struct Part<'p> {
    pub(super) package: &'p str,
    pub(super) types: BTreeSet<&'p str>,
    pub(super) methods: &'p Methods,
}

impl Probe {
    /// Writes the program for crates in `crates` into the workspace at `root`.
    pub(super) fn write_crate(
        root: &Path,
        crates: &Path,
        parts: &[Part<'_>],
    ) -> Result<Self, String> {
        let first = parts.first().map_or("none", |part| part.package);
        let package = format!("probe-{first}");
        let folder = root.join(&package);
        let mut ways = Vec::new();
        let mut modules = String::new();
        let mut dependencies = BTreeMap::new();
        let mut contents = String::new();
        for part in parts {
            let own = crates.join(part.package);
            let module = module_name(part.package);
            let manifest = read_file(&own.join("Cargo.toml"))?;
            dependencies.extend(required_dependencies(&manifest));
            merge_runtime(&mut contents, &with_webhooks(&read_file(&own.join("src/runtime.rs"))?));
            copy_folder(&own.join("src/runtime"), &folder.join("src/runtime"))?;
            copy_folder(&own.join("src/types"), &folder.join("src").join(&module).join("types"))?;
            let types = without_gates(&read_file(&own.join("src/types.rs")).unwrap_or_default());
            write_if_changed(&folder.join("src").join(&module).join("types.rs"), &types)?;
            let client = client_source(&own)?;
            let _ = write!(modules, "mod {module} {{\n    pub mod types;\n    {client}{WAYS}");
            for ty in &part.types {
                let _ = writeln!(modules, "        way::<{ty}>,");
                ways.push(round_trip_path(part.package, ty));
            }
            for way in part.methods.ways() {
                let _ = writeln!(modules, "        {way},");
                ways.push(round_trip_path(part.package, way));
            }
            modules.push_str("    ];\n");
            part.methods.write(&mut modules, &format!("crate::{module}"));
            modules.push_str("}\n\n");
        }
        let all: Vec<String> =
            parts.iter().map(|part| format!("{}::WAYS", module_name(part.package))).collect();
        let forms = if contents.contains("Multipart") { requests::MULTIPART } else { "" };
        let main = format!(
            "{PROGRAM}{}{forms}{modules}static ALL: &[&[Way]] = &[{}];\n",
            requests::PROGRAM,
            all.join(", ")
        );
        let dependencies: Vec<String> = dependencies.into_values().collect();
        let manifest = format!(
            "[package]\nname = \"{package}\"\nedition = \"2024\"\n\n[features]\ndefault = [\"webhooks\"]\nclient = []\nwebhooks = []\n\n[dependencies]\n{}\n",
            dependencies.join("\n")
        );
        write_if_changed(&folder.join("Cargo.toml"), &manifest)?;
        write_if_changed(&folder.join("src/main.rs"), &main)?;
        write_if_changed(&folder.join("src/runtime.rs"), &contents)?;
        Ok(Self { package, ways, folder })
    }

    /// What the types of a crate make of values, in order. Where the program ends early, so does the list.
    pub(super) fn decode_values<'v>(
        &self,
        program: &Path,
        package: &str,
        values: impl Iterator<Item = (&'v str, &'v Value)>,
    ) -> Result<Vec<RoundTrip>, String> {
        let fail = |error: std::io::Error| format!("{}: {error}", program.display());
        let known: BTreeMap<&str, usize> =
            self.ways.iter().enumerate().map(|(index, way)| (way.as_str(), index)).collect();
        let path = self.folder.join("input.txt");
        let mut input = BufWriter::new(File::create(&path).map_err(fail)?);
        for (ty, value) in values {
            let index =
                known.get(&*round_trip_path(package, ty)).ok_or("a type is not in the program")?;
            writeln!(input, "{index}\t{value}").map_err(fail)?;
        }
        input.flush().map_err(fail)?;
        let mut child = Command::new(program)
            .stdin(File::open(&path).map_err(fail)?)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(fail)?;
        let mut results = Vec::new();
        for line in child.stdout.take().map(BufReader::new).into_iter().flat_map(BufRead::lines) {
            let Some(result) = line.ok().as_deref().and_then(parse_round_trip) else { break };
            results.push(result);
        }
        child.wait().map_err(fail)?;
        Ok(results)
    }
}

fn round_trip_path(package: &str, ty: &str) -> String {
    format!("{package} {ty}")
}

fn module_name(package: &str) -> String {
    package.replace('-', "_")
}

fn parse_round_trip(line: &str) -> Option<RoundTrip> {
    match line.strip_prefix('+') {
        Some(text) => Some(RoundTrip::Encoded(serde_json::from_str(text).ok()?)),
        None => {
            let (path, message) = line.strip_prefix('-')?.split_once('\t')?;
            Some(RoundTrip::Failed(path.to_owned(), message.to_owned()))
        }
    }
}

/// The dependencies in a manifest that are not optional, and those of webhooks, by their names.
fn required_dependencies(manifest: &str) -> impl Iterator<Item = (String, String)> {
    let webhooks = manifest.lines().find(|line| line.starts_with("webhooks = ")).unwrap_or("");
    let lines = manifest.lines().skip_while(|line| *line != "[dependencies]").skip(1);
    let lines = lines.take_while(|line| !line.starts_with('['));
    lines.filter_map(move |line| {
        let (name, _) = line.split_once(" = ")?;
        let is_needed = !line.contains(OPTIONAL) || webhooks.contains(&format!("\"dep:{name}\""));
        is_needed.then(|| (name.to_owned(), line.replace(OPTIONAL, "")))
    })
}

const OPTIONAL: &str = ", optional = true";

/// What a crate's runtime has, with what it has by the feature `webhooks` alone: types that only webhooks have need it, and
/// another crate may have the same without a condition.
fn with_webhooks(contents: &str) -> String {
    let lines = contents.lines().filter(|line| *line != "#[cfg(feature = \"webhooks\")]");
    lines.map(|line| format!("{line}\n")).collect()
}

/// The same without the features of tags: all of them are wanted.
fn without_gates(types: &str) -> String {
    let mut text = String::new();
    let mut is_gate = false;
    for line in types.lines() {
        is_gate |= line.starts_with("#[cfg(");
        if !is_gate {
            text.push_str(line);
            text.push('\n');
        }
        is_gate &= !line.ends_with(")]");
    }
    text
}

/// The servers and the security schemes of a crate. Its methods for credentials are not called: crates in one program have
/// methods of the same name.
fn client_source(crate_: &Path) -> Result<String, String> {
    let text = read_file(&crate_.join("src/client.rs"))?;
    let end = text.find("\nimpl ").unwrap_or(text.len());
    let lines = text[..end].lines().filter(|line| !line.trim_start().starts_with("//"));
    let lines: Vec<&str> = lines.collect();
    Ok(format!("pub mod client {{\n{}\n    }}\n    {}", lines.join("\n"), requests::CLIENT))
}

/// Adds what a crate's runtime has that others have not: each has of it what it needs.
fn merge_runtime(contents: &mut String, own: &str) {
    if contents.is_empty() {
        own.clone_into(contents);
        return;
    }
    for line in own.lines().filter(|line| line.ends_with(';')) {
        if contents.lines().all(|known| known != line) {
            contents.push_str(line);
            contents.push('\n');
        }
    }
}

/// Copies a folder, if there is one.
fn copy_folder(from: &Path, to: &Path) -> Result<(), String> {
    let Ok(entries) = fs::read_dir(from) else { return Ok(()) };
    for path in entries.filter_map(|entry| entry.ok().map(|entry| entry.path())) {
        let Some(name) = path.file_name() else { continue };
        if path.is_dir() {
            copy_folder(&path, &to.join(name))?;
        } else {
            write_if_changed(&to.join(name), &read_file(&path)?)?;
        }
    }
    Ok(())
}

/// The head of a crate's list.
const WAYS: &str = "use std::collections::BTreeMap;
    use serde_json::Value;
    use crate::{Way, way};
    use crate::runtime::*;
    pub static WAYS: &[Way] = &[
";

/// The program decodes as a client decodes responses, and encodes as it encodes requests.
const PROGRAM: &str = r#"#![allow(warnings, reason = "copies of emitted files; their crates are checked by themselves")]

mod runtime;

use std::convert::Infallible;
use std::io::{BufRead, Write};

use runtime::{Error, Reply};
use serde::{Serialize, de::DeserializeOwned};

type Way = fn(Vec<u8>) -> Result<Vec<u8>, String>;

fn way<T: DeserializeOwned + Serialize>(text: Vec<u8>) -> Result<Vec<u8>, String> {
    serde_json::to_vec(&decode::<T>(text)?).map_err(|error| format!("\t{error}"))
}

fn decode<T: DeserializeOwned>(text: Vec<u8>) -> Result<T, String> {
    let mut reply = Reply::from(http::Response::new(bytes::Bytes::from(text)));
    reply.json::<T, Infallible>().map_err(failure)
}

fn failure(error: Error<Infallible>) -> String {
    match error {
        Error::Decode { path, message, .. } => format!("{path}\t{message}"),
        other => format!("\t{other}"),
    }
}

fn main() {
    let ways: Vec<Way> = ALL.concat();
    let mut output = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let (index, text) = line.split_once('\t').unwrap();
        match ways[index.parse::<usize>().unwrap()](text.as_bytes().to_vec()) {
            Ok(text) => {
                output.write_all(b"+").unwrap();
                output.write_all(&text).unwrap();
            }
            Err(error) => write!(output, "-{}", error.replace(['\n', '\r'], " ")).unwrap(),
        }
        output.write_all(b"\n").unwrap();
    }
}

"#;
