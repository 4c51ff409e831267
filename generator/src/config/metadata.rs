//! What `Cargo.toml` says of the emitted crate beside its name and version.

use serde_json::Value;

use crate::diagnostics::{Code, Diagnostics, Pointer};

/// The entries of `[package]` in the emitted `Cargo.toml` that the caller chooses.
///
/// Cargo's manual says what each of them means. What is not set is left out, so a crate claims no
/// license that nobody has given it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Metadata {
    /// `description`; by default the document's title and version.
    pub description: Option<String>,
    /// `license`, an SPDX expression.
    pub license: Option<String>,
    /// `repository`, a URL.
    pub repository: Option<String>,
    /// `homepage`, a URL.
    pub homepage: Option<String>,
    /// `documentation`, a URL.
    pub documentation: Option<String>,
    /// `readme`, a path from the crate's folder to a file of the caller's own. No `README.md` is
    /// emitted then.
    pub readme: Option<String>,
    /// `authors`
    pub authors: Vec<String>,
    /// `keywords`, five at most.
    pub keywords: Vec<String>,
    /// `categories`, five at most.
    pub categories: Vec<String>,
    /// `publish`; by default the crate may be published anywhere.
    pub publish: Publish,
}

/// Where the emitted crate may be published.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Publish {
    /// In any registry.
    #[default]
    Anywhere,
    /// In these registries; in none if the list is empty.
    Only(Vec<String>),
}

const ENTRIES: &str = "expected `description`, `license`, `repository`, `homepage`, `documentation`, `readme`, `authors`, `keywords`, `categories` and `publish`";

/// As many keywords, and as many categories, as a registry takes.
const MOST: usize = 5;

impl Metadata {
    /// Reads the member `package` of a configuration file, which stands at `at`.
    pub(super) fn read(value: &Value, at: &Pointer, diagnostics: &mut Diagnostics) -> Self {
        let mut metadata = Self::default();
        let Some(members) = value.as_object() else {
            let message = "`package` must be a mapping";
            diagnostics.report(Code::InvalidConfig, at, message).help(ENTRIES);
            return metadata;
        };
        for (key, value) in members {
            if let Err(message) = metadata.set(key, value) {
                diagnostics.report(Code::InvalidConfig, &at.key(key), message);
            }
        }
        metadata
    }

    fn set(&mut self, key: &str, value: &Value) -> Result<(), String> {
        match key {
            "description" => self.description = Some(read_text(key, value)?),
            "license" => self.license = Some(read_text(key, value)?),
            "repository" => self.repository = Some(read_url(key, value)?),
            "homepage" => self.homepage = Some(read_url(key, value)?),
            "documentation" => self.documentation = Some(read_url(key, value)?),
            "readme" => self.readme = Some(read_text(key, value)?),
            "authors" => self.authors = read_list(key, value)?,
            "keywords" => self.keywords = read_keywords(key, value)?,
            "categories" => self.categories = read_short_list(key, value)?,
            "publish" => self.publish = read_publish(value)?,
            _ => return Err(format!("unknown key `{key}`: {ENTRIES}")),
        }
        Ok(())
    }
}

fn read_text(key: &str, value: &Value) -> Result<String, String> {
    match value.as_str().map(str::trim) {
        Some(text) if !text.is_empty() => Ok(text.to_owned()),
        _ => Err(format!("`{key}` must be a non-empty string")),
    }
}

fn read_url(key: &str, value: &Value) -> Result<String, String> {
    let text = read_text(key, value)?;
    match text.starts_with("https://") || text.starts_with("http://") {
        true => Ok(text),
        false => Err(format!("`{key}` must be a URL that starts with `https://` or `http://`")),
    }
}

fn read_list(key: &str, value: &Value) -> Result<Vec<String>, String> {
    let items = value.as_array().ok_or_else(|| format!("`{key}` must be a list of strings"))?;
    items.iter().map(|item| read_text(key, item)).collect()
}

fn read_short_list(key: &str, value: &Value) -> Result<Vec<String>, String> {
    let items = read_list(key, value)?;
    match items.len() <= MOST {
        true => Ok(items),
        false => {
            Err(format!("`{key}` has {} entries; registries accept at most {MOST}", items.len()))
        }
    }
}

/// Registries take keywords of up to 20 letters, digits, `_`, `-` and `+`.
fn read_keywords(key: &str, value: &Value) -> Result<Vec<String>, String> {
    let keywords = read_short_list(key, value)?;
    match keywords.iter().find(|word| !is_keyword(word)) {
        None => Ok(keywords),
        Some(word) => Err(format!(
            "`{word}` is not a valid keyword: use at most 20 letters, digits, `_`, `-` and `+`, starting with a letter or digit"
        )),
    }
}

/// Whether the registry accepts a keyword.
fn is_keyword(word: &str) -> bool {
    let is_legal =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '+');
    word.len() <= 20
        && word.starts_with(|first: char| first.is_ascii_alphanumeric())
        && word.chars().all(is_legal)
}

fn read_publish(value: &Value) -> Result<Publish, String> {
    match value {
        Value::Bool(true) => Ok(Publish::Anywhere),
        Value::Bool(false) => Ok(Publish::Only(Vec::new())),
        Value::Array(_) => read_list("publish", value).map(Publish::Only),
        _ => Err("`publish` must be `true`, `false` or a list of registries".to_owned()),
    }
}
