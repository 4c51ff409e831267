//! What the caller chooses.

mod metadata;
pub(crate) mod names;

pub use metadata::{Metadata, Publish};
use serde_json::Value;

use crate::{
    diagnostics::{Code, Diagnostics, Pointer},
    source::{self, Source},
};

/// What the caller of the generator chooses; everything else comes from the document.
#[derive(Clone, Debug)]
pub struct Config {
    /// Package name of the emitted crate, as in `Cargo.toml`.
    pub name: String,
    /// Version of the emitted crate.
    pub version: String,
    /// What else its `Cargo.toml` says of it.
    pub metadata: Metadata,
    /// What becomes of the schemas that nothing refers to.
    pub unused: Unused,
    /// Whether each group of operations, that is, each tag, has a cargo feature; only if the operations are
    /// grouped at all.
    pub tag_features: When,
    /// Whether types that the document describes in place, and alike, are one type, with a name for each place.
    pub merge_types: When,
}

/// When to apply a setting that makes large crates compile faster.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum When {
    /// If there are more than a hundred operations: a smaller crate is checked in about a second anyway.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// More operations than this make a crate large.
const MANY: usize = 100;

impl When {
    /// Whether this is so for a crate with so many operations.
    pub(crate) fn applies_to(self, operations: usize) -> bool {
        match self {
            Self::Auto => operations > MANY,
            Self::Always => true,
            Self::Never => false,
        }
    }

    /// The setting that a configuration file calls so.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "auto" => Some(Self::Auto),
            "always" => Some(Self::Always),
            "never" => Some(Self::Never),
            _ => None,
        }
    }
}

/// What becomes of the components that no operation and no webhook leads to.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Unused {
    /// They are emitted: documents keep there what travels by ways that they do not describe.
    #[default]
    Keep,
    /// They are left out.
    Omit,
}

impl Config {
    /// A crate of this name and version.
    ///
    /// # Errors
    ///
    /// A sentence, if cargo would refuse the name or the version.
    ///
    /// # Examples
    ///
    /// ```
    /// use openapi_crate::config::Config;
    ///
    /// assert!(Config::new("petstore-client", "0.1.0").is_ok());
    /// assert!(Config::new("1st", "0.1.0").is_err());
    /// assert!(Config::new("petstore", "one").is_err());
    /// ```
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> Result<Self, String> {
        let name = name.into();
        let version = version.into();
        check_name(&name)?;
        check_version(&version)?;
        Ok(Self {
            name,
            version,
            metadata: Metadata::default(),
            unused: Unused::Keep,
            tag_features: When::Auto,
            merge_types: When::Auto,
        })
    }
}

const KNOWN: &str = "expected `name`, `version`, `package`, `names`, `unused-types`, `tag-features` or `merge-types`";

/// A configuration file: YAML or JSON, with `name`, `version`, `package`, `names`, `unused-types`,
/// `tag-features` and `merge-types`, all optional.
///
/// `names` is not kept here: it goes with the document, as [`Input::names`](source::Input::names).
#[derive(Clone, Debug, Default)]
pub struct ConfigFile {
    /// See [`Config::name`].
    pub name: Option<String>,
    /// See [`Config::version`].
    pub version: Option<String>,
    /// See [`Config::metadata`]; the member `package` of the file.
    pub metadata: Metadata,
    /// See [`Config::unused`]; the member `unused-types` of the file.
    pub unused: Unused,
    /// See [`Config::tag_features`]; the member `tag-features` of the file.
    pub tag_features: When,
    /// See [`Config::merge_types`]; the member `merge-types` of the file.
    pub merge_types: When,
}

impl ConfigFile {
    /// Applies its settings, but for `name` and `version`, which the caller may choose otherwise.
    #[must_use]
    pub fn apply_to(self, config: Config) -> Config {
        let Self { metadata, unused, tag_features, merge_types, .. } = self;
        Config { metadata, unused, tag_features, merge_types, ..config }
    }

    /// Reads a configuration file. What is wrong with it is reported as if it were the document.
    ///
    /// ```
    /// use openapi_crate::{config::ConfigFile, diagnostics::Diagnostics, source::Source};
    ///
    /// let source = Source::new("client.yaml", "name: petstore-client\nversion: 1.2.0\n");
    /// let mut diagnostics = Diagnostics::default();
    /// let file = ConfigFile::read(&source, &mut diagnostics);
    /// assert!(!diagnostics.is_fatal(true));
    /// assert_eq!(file.name.as_deref(), Some("petstore-client"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn read(source: &Source, diagnostics: &mut Diagnostics) -> Self {
        let mut file = Self::default();
        let Some(Value::Object(members)) = source::read_document(0, source.text(), diagnostics)
        else {
            return file;
        };
        for (key, value) in members {
            let at = Pointer::default().key(&key);
            let read = match key.as_str() {
                "name" => parse_text(&key, value, check_name).map(|text| file.name = Some(text)),
                "version" => {
                    parse_text(&key, value, check_version).map(|text| file.version = Some(text))
                }
                "package" => {
                    file.metadata = Metadata::read(&value, &at, diagnostics);
                    Ok(())
                }
                "unused-types" => parse_unused(&value).map(|unused| file.unused = unused),
                "tag-features" => parse_when(&key, &value).map(|when| file.tag_features = when),
                "merge-types" => parse_when(&key, &value).map(|when| file.merge_types = when),
                "names" => Ok(()),
                _ => Err(format!("unknown setting `{key}`")),
            };
            if let Err(message) = read {
                diagnostics.report(Code::InvalidConfig, &at, message).help(KNOWN);
            }
        }
        file
    }
}

fn parse_when(key: &str, value: &Value) -> Result<When, String> {
    let known = value.as_str().and_then(When::from_name);
    known.ok_or_else(|| format!("`{key}` must be `auto`, `always` or `never`"))
}

fn parse_unused(value: &Value) -> Result<Unused, String> {
    match value.as_str() {
        Some("keep") => Ok(Unused::Keep),
        Some("omit") => Ok(Unused::Omit),
        _ => Err("`unused-types` must be `keep` or `omit`".to_owned()),
    }
}

fn parse_text(
    key: &str,
    value: Value,
    check: impl Fn(&str) -> Result<(), String>,
) -> Result<String, String> {
    match value {
        Value::String(text) => check(&text).map(|()| text),
        _ => Err(format!("`{key}` must be a string; quote it")),
    }
}

/// What cargo asks of a package's name: letters, digits, `-` and `_`, a letter first.
fn check_name(name: &str) -> Result<(), String> {
    let fine = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_'));
    match fine {
        true => Ok(()),
        false => Err(format!(
            "`{name}` is not a valid package name: use letters, digits, `-` and `_`, starting with a letter"
        )),
    }
}

/// Checks a version as cargo does.
fn check_version(version: &str) -> Result<(), String> {
    match semver::Version::parse(version) {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("`{version}` is not a valid version, such as `0.1.0`: {error}")),
    }
}
