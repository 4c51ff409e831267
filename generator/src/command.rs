//! The command line.

mod arguments;
mod color;
mod diff;
mod files;
mod revision;
mod select;
mod tree;

use std::{
    io::{self, Write},
    sync::Arc,
};

use openapi_crate::{
    Outcome,
    config::{Config, ConfigFile},
    diagnostics::{Code, Diagnostics, Severity, Style},
    generate,
    package::{Difference, Package},
    select::Selection,
    source::{self, Input, Source},
};

pub(crate) use arguments::Arguments;
use arguments::Command;
use color::use_color;

/// Runs the command. `false`: the findings are fatal, or the directory differs. An error is about the
/// command line or the system.
pub(crate) fn run(arguments: &Arguments) -> Result<bool, String> {
    match &arguments.command {
        Some(Command::Diff(arguments)) => return diff::run(arguments),
        Some(Command::Select(arguments)) => return select::run(arguments),
        None => {}
    }
    if let Some(name) = &arguments.explain {
        return explain_code(name);
    }
    let mut reader = files::Files::default();
    let Some((config, names)) = read_config(arguments, &mut reader)? else { return Ok(false) };
    let mut documents = arguments.documents.iter().map(|path| reader.read(path));
    let document = documents.next().ok_or("no document given")??;
    let others = documents.collect::<Result<Vec<Source>, String>>()?;
    let tree = tree::Tree::new(&arguments.documents, arguments.root.as_deref())?;
    let selection = Selection { only: arguments.only.clone(), exclude: arguments.exclude.clone() };
    let files = Some(Arc::new(tree) as Arc<dyn source::Files>);
    let mut input = Input { names, others, files, selection, ..Input::new(document) };
    for overlay in &arguments.overlays {
        input.overlays.push(reader.read(overlay)?);
    }
    let Outcome { package, diagnostics, .. } = generate(&input, &config);
    print_diagnostics(&diagnostics, &input, arguments)?;
    if diagnostics.is_fatal(arguments.deny_warnings) {
        return Ok(false);
    }
    match (package, &arguments.out) {
        (Some(package), Some(_)) if arguments.check => check_package(&package, arguments),
        (Some(package), Some(_)) => write_package(&package, arguments),
        _ => Ok(true),
    }
}

fn explain_code(name: &str) -> Result<bool, String> {
    let Some(code) = Code::from_name(name) else {
        let names: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
        return Err(format!(
            "unknown diagnostic code `{name}`; the codes are {}",
            names.join(", ")
        ));
    };
    let severity = code.severity().name();
    write_stdout(&format!("{severity}[{name}]\n\n{}\n", files::wrap_text(code.explanation(), 80)))?;
    Ok(true)
}

/// The command line says more than the configuration file, which is given back. `None` if it is wrong.
fn read_config(
    arguments: &Arguments,
    files: &mut files::Files,
) -> Result<Option<(Config, Option<Source>)>, String> {
    let mut file = ConfigFile::default();
    let mut names = None;
    if let Some(path) = &arguments.config {
        let source = files.read(path)?;
        let mut diagnostics = Diagnostics::default();
        file = ConfigFile::read(&source, &mut diagnostics);
        print_diagnostics(&diagnostics, &Input::new(source.clone()), arguments)?;
        names = Some(source);
        if diagnostics.is_fatal(arguments.deny_warnings) {
            return Ok(None);
        }
    }
    let name = arguments.name.clone().or_else(|| file.name.clone());
    let name = match (name, &arguments.out) {
        (Some(name), _) => name,
        (None, Some(_)) => {
            return Err(
                "a crate needs a name: use --name, or `name` in the configuration file".to_owned()
            );
        }
        // Nothing is written, so nobody will see it.
        (None, None) => "api".to_owned(),
    };
    let version = arguments.crate_version.clone().or_else(|| file.version.clone());
    let config = Config::new(name, version.unwrap_or_else(|| "0.1.0".to_owned()))?;
    let config = file.apply_to(config);
    let config = Config {
        tag_features: arguments.tag_features.map_or(config.tag_features, arguments::When::into),
        merge_types: arguments.merge_types.map_or(config.merge_types, arguments::When::into),
        ..config
    };
    Ok(Some((config, names)))
}

fn print_diagnostics(
    diagnostics: &Diagnostics,
    input: &Input,
    arguments: &Arguments,
) -> Result<(), String> {
    if arguments.json {
        return write_stdout(&diagnostics.render_json(input));
    }
    let color = use_color(arguments.color, true);
    eprint!("{}", diagnostics.render(input, Style { color, all: arguments.all }));
    let worst = diagnostics
        .findings()
        .iter()
        .map(|finding| finding.code)
        .min_by_key(|code| code.severity());
    if let Some(code) = worst.filter(|code| code.severity() != Severity::Note) {
        eprintln!("For more information, run `openapi-crate --explain {}`.", code.name());
    }
    Ok(())
}

fn write_package(package: &Package, arguments: &Arguments) -> Result<bool, String> {
    let Some(directory) = &arguments.out else { return Ok(true) };
    let done = package.write(directory).map_err(|error| error.to_string())?;
    let written = done.written.len();
    let removed = done.removed.len();
    let unchanged = package.files.len() - written;
    let directory = directory.display();
    eprintln!("{directory}: {written} written, {removed} removed, {unchanged} unchanged");
    Ok(true)
}

fn check_package(package: &Package, arguments: &Arguments) -> Result<bool, String> {
    let Some(directory) = &arguments.out else { return Ok(true) };
    let differences = package.check(directory).map_err(|error| error.to_string())?;
    for difference in &differences {
        let (what, name) = match difference {
            Difference::Missing(name) => ("missing", name),
            Difference::Changed(name) => ("changed", name),
            Difference::LeftOver(name) => ("left over", name),
        };
        eprintln!("{what}: {}", directory.join(name).display());
    }
    Ok(differences.is_empty())
}

/// Writes to the standard output. Nobody reading any more is no error.
fn write_stdout(text: &str) -> Result<(), String> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.to_string()),
        _ => Ok(()),
    }
}
