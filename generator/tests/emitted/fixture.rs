//! The fixtures and what is emitted for them.

use std::fs;
use std::path::{Path, PathBuf};

use openapi_crate::config::Config;
use openapi_crate::diagnostics::Style;
use openapi_crate::package::Package;
use openapi_crate::source::{Input, Source};

/// A document of `tests/fixtures`, with what the generator makes of it.
pub(crate) struct Fixture {
    /// Its file's name without the ending: `path_label`.
    pub(crate) name: String,
    pub(crate) package: Package,
    /// The findings as they are printed.
    pub(crate) findings: String,
}

/// All of them, sorted by name.
pub(crate) fn all() -> Vec<Fixture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    paths.iter().map(|path| generate(path)).collect()
}

fn generate(path: &Path) -> Fixture {
    let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
    let file = path.file_name().unwrap().to_str().unwrap();
    let input = Input::new(Source::new(file, fs::read_to_string(path).unwrap()));
    let config = Config::new(name.replace('_', "-"), "0.1.0").unwrap();
    let outcome = openapi_crate::generate(&input, &config);
    let findings = outcome.diagnostics.render(&input, Style { color: false, all: true });
    let package = outcome.package.unwrap_or_else(|| panic!("{name} gives no crate:\n{findings}"));
    Fixture { name, package, findings }
}
