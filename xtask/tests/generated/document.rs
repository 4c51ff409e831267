//! The document of the crate: Box's, with our overlay.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{fmt, fs};

use openapi_crate::config::{Config, ConfigFile};
use openapi_crate::diagnostics::{Diagnostics, Style};
use openapi_crate::package::Package;
use openapi_crate::source::{Input, Source};
use openapi_crate::{Outcome, generate};
use serde_json::Value;

/// A path in the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn input() -> Input {
    let read = |path: &str| Source::new(path, fs::read_to_string(repository(path)).unwrap());
    let mut input = Input::new(read("spec/box-upload-sessions.yaml"));
    input.overlays.push(read("spec/overlay.yaml"));
    input
}

/// The document with the overlay applied.
pub(crate) fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let input = input();
        let mut diagnostics = Diagnostics::default();
        let document = openapi_crate::read_and_repair(&input, &mut diagnostics);
        let findings = diagnostics.render(&input, Style::default());
        assert!(!diagnostics.is_fatal(true), "{findings}");
        document.unwrap()
    })
}

/// The files that `cargo xtask codegen` writes.
pub(crate) fn package() -> Package {
    let source =
        Source::new("crate.yaml", fs::read_to_string(repository("spec/crate.yaml")).unwrap());
    let file = ConfigFile::read(&source, &mut Diagnostics::default());
    let config = Config::new(file.name.clone().unwrap(), file.version.clone().unwrap()).unwrap();
    let config = file.apply_to(config);
    let input = input();
    let Outcome { package, diagnostics, .. } = generate(&input, &config);
    assert!(!diagnostics.is_fatal(true), "{}", diagnostics.render(&input, Style::default()));
    package.unwrap()
}

/// A place in the document, as a JSON pointer (RFC 6901).
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place(String);

impl Place {
    pub(crate) fn new(pointer: impl Into<String>) -> Self {
        Self(pointer.into())
    }

    pub(crate) fn key(&self, key: &str) -> Self {
        Self(format!("{}/{}", self.0, key.replace('~', "~0").replace('/', "~1")))
    }

    pub(crate) fn index(&self, index: usize) -> Self {
        Self(format!("{}/{index}", self.0))
    }

    /// What is there.
    pub(crate) fn value(&self) -> &'static Value {
        document().pointer(&self.0).unwrap_or_else(|| panic!("there is no `{self}`"))
    }

    /// This place, or the one that a reference here leads to.
    pub(crate) fn followed(&self) -> Self {
        let target = self.value().get("$ref").and_then(Value::as_str);
        target.map_or(self.clone(), |target| Self::new(target.trim_start_matches('#')).followed())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
