//! From the model to the files of a crate. Nothing here can fail: what would be wrong is not in the model.

mod body;
mod client;
mod code;
mod comparable;
mod doc;
mod enumeration;
mod example;
mod features;
mod library;
mod manifest;
mod operation;
mod pages;
mod parallel;
mod record;
mod response;
mod runtime;
mod sections;
mod tag_features;
mod tuple;
mod types;
mod union;
mod uses;
mod webhooks;

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Api, Type};
use crate::package::Package;
use uses::Uses;

/// A type as one writes it outside of the module `types`.
pub(crate) fn type_path(ty: &Type) -> String {
    code::write_on_one_line(&code::owned_type(ty, code::Place::Elsewhere))
}

pub(crate) use comparable::{is_comparable, types as comparable_types};
pub(crate) use operation::is_clone as is_request_clone;
pub(crate) use record::{Setters, setters};
pub(crate) use response::is_clone as are_responses_clone;
pub(crate) use tag_features::names as tag_features;

/// The parts of the runtime that the API needs and its callers can name.
pub(crate) fn public_parts(api: &Api) -> BTreeSet<&'static str> {
    runtime::public_modules(&Uses::of(api))
}

/// The files of the crate.
pub(crate) fn emit_package(api: &Api) -> Package {
    let uses = Uses::of(api);
    let mut files = BTreeMap::new();
    files.insert("Cargo.toml".to_owned(), manifest::emit_manifest(api, &uses));
    if api.metadata.readme.is_none() {
        files.insert("README.md".to_owned(), manifest::emit_readme(api, &uses));
    }
    files.insert("src/lib.rs".to_owned(), library::emit_library(api));
    files.insert("src/client.rs".to_owned(), client::emit_client(api));
    files.extend(operation::operation_files(api));
    files.extend(types::type_files(api));
    files.extend(webhooks::emit_file(api).map(|text| ("src/webhooks.rs".to_owned(), text)));
    files.extend(runtime::runtime_files(&uses, tag_features::are_used(api)));
    Package { files }
}
