use std::path::{Path, PathBuf};

use openapi_crate::{
    baseline,
    config::{Config, ConfigFile},
    diagnostics::Diagnostics,
    select::Selection,
    source::{Input, Source},
};

use super::{Arguments, print_findings};
use crate::command::{files::Files, revision};

/// What is compared.
pub(super) struct Inputs {
    pub(super) old: Input,
    pub(super) new: Input,
    pub(super) config: Config,
    /// The version of the crate that the old document gave.
    pub(super) version: Option<String>,
}

impl Inputs {
    /// Reads what the command line names; nothing if there are errors in the configuration file.
    pub(super) fn read(arguments: &Arguments, files: &mut Files) -> Result<Option<Self>, String> {
        let mut config = Config::new("api", "0.1.0")?;
        let mut names = None;
        let mut version = None;
        if let Some(path) = &arguments.config {
            let source = files.read(path)?;
            let mut diagnostics = Diagnostics::default();
            let file = ConfigFile::read(&source, &mut diagnostics);
            if print_findings(&diagnostics, &Input::new(source.clone()), arguments) {
                return Ok(None);
            }
            version = file.version.clone();
            config = file.apply_to(config);
            names = Some(source);
        }
        let (old, new) = match (&arguments.against, &arguments.documents[..]) {
            (Some(directory), documents) => {
                version = version_of(directory, files).or(version);
                let new =
                    read_documents(documents, &arguments.new_overlay, &names, arguments, files)?;
                (read_baseline(directory, files)?, Input { reduced: true, ..new })
            }
            (None, [old, new]) => {
                let old = std::slice::from_ref(old);
                let new = std::slice::from_ref(new);
                (
                    read_documents(old, &arguments.old_overlay, &names, arguments, files)?,
                    read_documents(new, &arguments.new_overlay, &names, arguments, files)?,
                )
            }
            _ => return Err("expected two documents, or one document and --against".to_owned()),
        };
        Ok(Some(Self { old, new, config, version }))
    }
}

/// The documents of one crate, with all that changes them.
fn read_documents(
    documents: &[PathBuf],
    own_overlays: &[PathBuf],
    names: &Option<Source>,
    arguments: &Arguments,
    files: &mut Files,
) -> Result<Input, String> {
    let mut input = revision::read_input(documents, files)?;
    input.names.clone_from(names);
    input.selection =
        Selection { only: arguments.only.clone(), exclude: arguments.exclude.clone() };
    for overlay in arguments.overlays.iter().chain(own_overlays) {
        input.overlays.push(revision::read_source(overlay, files)?);
    }
    Ok(input)
}

/// What a crate keeps of its document: overlays, names and selection are in it.
fn read_baseline(directory: &Path, files: &mut Files) -> Result<Input, String> {
    let path = directory.join(baseline::FILE);
    let document = revision::read_source(&path, files).map_err(|error| {
        format!("{error}\nA crate has this file where it was emitted; published packages do not")
    })?;
    Ok(Input { reduced: true, ..Input::new(document) })
}

/// The version that a crate's manifest says it has.
fn version_of(directory: &Path, files: &mut Files) -> Option<String> {
    let manifest = revision::read_source(&directory.join("Cargo.toml"), files).ok()?;
    let mut lines = manifest.text().lines();
    let version = lines.find_map(|line| line.strip_prefix("version = \""))?;
    version.strip_suffix('"').map(str::to_owned)
}
