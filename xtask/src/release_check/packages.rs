use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// A package of the workspace that is published.
pub(super) struct Published {
    pub(super) name: String,
    pub(super) rust_version: String,
    /// Its features but `default`, each with what it turns on.
    pub(super) features: BTreeMap<String, Vec<String>>,
    pub(super) folder: PathBuf,
}

/// The published packages, as their manifests describe them.
pub(super) fn published_packages(root: &Path) -> Result<Vec<Published>, String> {
    let mut command = Command::new("cargo");
    command.args(["metadata", "--no-deps", "--format-version", "1"]).current_dir(root);
    let output = command.output().map_err(|error| error.to_string())?;
    let metadata: Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("cargo metadata: {error}"))?;
    let packages = metadata["packages"].as_array().ok_or("cargo metadata names no packages")?;
    Ok(packages.iter().filter(|package| package["publish"].is_null()).map(parse_package).collect())
}

fn parse_package(package: &Value) -> Published {
    let text = |key: &str| package[key].as_str().unwrap_or_default().to_owned();
    let features = package["features"].as_object().into_iter().flatten();
    let features = features.filter(|(name, _)| *name != "default");
    Published {
        name: text("name"),
        rust_version: text("rust_version"),
        features: features.map(|(name, enabled)| (name.clone(), texts(enabled))).collect(),
        folder: PathBuf::from(text("manifest_path")).parent().unwrap_or(Path::new("")).to_owned(),
    }
}

impl Published {
    /// The features that change what is compiled of the package itself. Others are for its tests.
    pub(super) fn effective_features(&self) -> Result<Vec<&str>, String> {
        let mut sources = String::new();
        read_sources(&self.folder.join("src"), &mut sources)?;
        let effective = self.features.iter().filter(|(name, enabled)| {
            !enabled.is_empty() || sources.contains(&format!("feature = \"{name}\""))
        });
        Ok(effective.map(|(name, _)| name.as_str()).collect())
    }
}

fn read_sources(folder: &Path, text: &mut String) -> Result<(), String> {
    let at = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(at)? {
        let path = entry.map_err(at)?.path();
        if path.is_dir() {
            read_sources(&path, text)?;
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            text.push_str(&fs::read_to_string(&path).map_err(at)?);
        }
    }
    Ok(())
}

/// The texts of a list.
fn texts(values: &Value) -> Vec<String> {
    let values = values.as_array().into_iter().flatten().filter_map(Value::as_str);
    values.map(str::to_owned).collect()
}
