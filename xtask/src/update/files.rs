use std::{
    fs,
    path::{Path, PathBuf},
};

use openapi_crate::{
    baseline,
    config::{Config, ConfigFile},
    diagnostics::{Diagnostics, Style},
    select::{self, Pattern, Selection as Operations},
    source::{self, Input, Source},
};
use serde_json::Value;

/// What `spec/` says.
pub(super) struct Project {
    pub(super) root: PathBuf,
    pub(super) selection: Selection,
    pub(super) document: Source,
    overlays: Vec<Source>,
    pub(super) config: Config,
    pub(super) version: String,
}

/// `spec/selection.yaml`: what is taken of the service's document.
pub(super) struct Selection {
    /// The name of the document in `spec/`.
    pub(super) document: String,
    pub(super) operations: Operations,
    /// Whether the document's own descriptions are kept. Without them, everything needs words of ours.
    pub(super) prose: bool,
    /// Operations that resemble selected ones and are not wanted. Without a list, the question is not asked.
    pub(super) passed_over: Option<Vec<String>>,
}

/// The service's document.
pub(super) struct Upstream {
    /// All of it.
    pub(super) whole: Value,
    /// The selected part, as in `spec/`.
    pub(super) text: String,
    /// The commit that it says it is of.
    pub(super) commit: Option<String>,
}

impl Project {
    pub(super) fn read_files(root: &Path) -> Result<Self, String> {
        let selection = Selection::parse_selection(&read_text(root, "spec/selection.yaml")?)?;
        let config = read_text(root, "spec/crate.yaml")?;
        let mut diagnostics = Diagnostics::default();
        let file = ConfigFile::read(&config, &mut diagnostics);
        if diagnostics.is_fatal(true) {
            return Err(diagnostics.render(&Input::new(config), Style::default()));
        }
        let name = file.name.clone().ok_or("spec/crate.yaml has no `name`")?;
        let version = file.version.clone().ok_or("spec/crate.yaml has no `version`")?;
        let config = file.apply_to(Config::new(name, &version)?);
        let overlay = root.join("spec/overlay.yaml").exists();
        let overlays = match overlay {
            true => vec![read_text(root, "spec/overlay.yaml")?],
            false => Vec::new(),
        };
        let document = read_text(root, &format!("spec/{}", selection.document))?;
        Ok(Self { root: root.to_owned(), selection, document, overlays, config, version })
    }

    /// A document with what belongs to it.
    pub(super) fn input_of(&self, document: Source) -> Input {
        Input { overlays: self.overlays.clone(), ..Input::new(document) }
    }

    /// The present input of the crate: an overlay with descriptions of new items does not fit the present document.
    pub(super) fn previous_input(&self) -> Input {
        let name = format!("generated/{}", baseline::FILE);
        match read_text(&self.root, &name) {
            Ok(kept) => Input { reduced: true, ..Input::new(kept) },
            Err(_) => self.input_of(self.document.clone()),
        }
    }

    /// Reads the service's document, and takes of it what is wanted.
    pub(super) fn read_upstream(&self, path: &Path) -> Result<Upstream, String> {
        let name = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
        let input = Input::new(Source::new(name, text));
        let mut diagnostics = Diagnostics::default();
        let whole = source::read_document(0, input.document.text(), &mut diagnostics)
            .ok_or_else(|| diagnostics.render(&input, Style::default()))?;
        let mut document = whole.clone();
        self.selection.operations.apply(&mut document)?;
        if !self.selection.prose {
            select::remove_prose(&mut document);
        }
        let commit = whole.pointer("/info/x-box-commit-hash").and_then(Value::as_str);
        let heading = "# Made by `cargo xtask update`, as selection.yaml says. Do not edit.\n";
        let text = format!("{heading}{}", select::write_yaml(&document)?);
        Ok(Upstream { commit: commit.map(str::to_owned), whole, text })
    }
}

fn read_text(root: &Path, name: &str) -> Result<Source, String> {
    let text = fs::read_to_string(root.join(name)).map_err(|error| format!("{name}: {error}"))?;
    Ok(Source::new(name, text))
}

impl Selection {
    fn parse_selection(file: &Source) -> Result<Self, String> {
        let mut diagnostics = Diagnostics::default();
        let Some(value) = source::read_document(0, file.text(), &mut diagnostics) else {
            return Err(diagnostics.render(&Input::new(file.clone()), Style::default()));
        };
        let document = value.get("document").and_then(Value::as_str);
        Ok(Self {
            document: document.ok_or("spec/selection.yaml has no `document`")?.to_owned(),
            operations: Operations {
                only: read_patterns(file, &value, "only")?,
                exclude: read_patterns(file, &value, "exclude")?,
            },
            prose: value.get("prose").and_then(Value::as_bool).unwrap_or(true),
            passed_over: read_list(file, &value, "passed_over")?,
        })
    }
}

/// A list of strings of a file, if it has one of this name.
fn read_list(file: &Source, value: &Value, key: &str) -> Result<Option<Vec<String>>, String> {
    let Some(list) = value.get(key) else { return Ok(None) };
    let wrong = || format!("{}: `{key}` must be a list of strings", file.name());
    let list = list.as_array().ok_or_else(wrong)?;
    let texts: Option<Vec<String>> =
        list.iter().map(|text| text.as_str().map(str::to_owned)).collect();
    texts.map(Some).ok_or_else(wrong)
}

fn read_patterns(file: &Source, value: &Value, key: &str) -> Result<Vec<Pattern>, String> {
    let texts = read_list(file, value, key)?.unwrap_or_default();
    texts.iter().map(|text| text.parse().map_err(|why| format!("`{text}` {why}"))).collect()
}
