//! Turns an OpenAPI document (3.0, 3.1 or 3.2) into a Rust client crate.
//!
//! [`generate`] does all of it, without any input or output; [`package`] puts the result on disk.

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::todo,
        clippy::unimplemented,
        clippy::unreachable
    )
)]

pub mod baseline;
mod bundle;
pub mod config;
mod description;
pub mod diagnostics;
pub mod diff;
mod emit;
mod extensions;
mod lower;
mod model;
mod names;
mod outline;
pub mod overlay;
pub mod package;
mod prose;
pub mod repair;
pub mod select;
pub mod source;
mod summary;
mod uri;

use serde_json::Value;

use config::Config;
pub use description::{Description, describe};
use diagnostics::Diagnostics;
use model::Api;
pub use outline::{Item, ItemKind, Outline};
use package::Package;
use source::Input;
pub use summary::Summary;

/// What comes of a run: findings, and a crate unless one of them is an error.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The crate; `None` if nothing sensible can be emitted.
    pub package: Option<Package>,
    /// Everything that is to be said about the input.
    pub diagnostics: Diagnostics,
    /// What the crate has, in figures; `None` if the document could not be followed to its end.
    pub summary: Option<Summary>,
    /// The crate's types by the schemas that they were made of, on the same condition.
    pub outline: Option<Outline>,
}

/// The stack that a document nested as deeply as is allowed may need: `openapiv3` takes some 60 KiB a
/// level when it is not optimized. Memory is only taken as far as it is used.
const STACK: usize = 64 << 20;

/// Makes a crate of a document.
///
/// The work is done on a thread of its own, because no document may exhaust the caller's stack.
///
/// # Examples
///
/// ```
/// use openapi_crate::{config::Config, diagnostics::Style, generate, source::{Input, Source}};
///
/// let input = Input::new(Source::new("pets.yaml", "openapi: 4.0.0"));
/// let outcome = generate(&input, &Config::new("pets", "0.1.0")?);
/// assert!(outcome.package.is_none());
/// print!("{}", outcome.diagnostics.render(&input, Style::default()));
/// # Ok::<(), String>(())
/// ```
#[must_use]
pub fn generate(input: &Input, config: &Config) -> Outcome {
    on_own_stack(|| run_stages(input, config))
}

/// Does `work` on a thread whose stack bears every permitted document.
fn on_own_stack<T: Send>(work: impl Fn() -> T + Sync) -> T {
    let work = &work;
    std::thread::scope(|scope| {
        match std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work) {
            Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            // There are no threads here: the caller's stack will do for any sensible document.
            Err(_) => work(),
        }
    })
}

fn run_stages(input: &Input, config: &Config) -> Outcome {
    let mut diagnostics = Diagnostics::default();
    let Some((document, api, mut outline)) = lower_document(input, config, &mut diagnostics) else {
        return Outcome { diagnostics, ..Outcome::default() };
    };
    outline.add_items(&api, &document);
    let package = (!diagnostics.is_fatal(false)).then(|| {
        let mut package = emit::emit_package(&api);
        package.files.insert(baseline::FILE.to_owned(), baseline::write(document));
        package
    });
    Outcome { package, diagnostics, summary: Some(Summary::of(&api)), outline: Some(outline) }
}

/// The document with its overlays and names applied, and with what does not fit its version of OpenAPI set right. `None` if
/// there is nothing to go on with.
///
/// Unlike [`generate`], it uses the caller's stack.
#[must_use]
pub fn read_and_repair(input: &Input, diagnostics: &mut Diagnostics) -> Option<Value> {
    let mut document = bundle::read_documents(input, diagnostics);
    for (index, overlay) in input.overlays.iter().enumerate() {
        let overlay = source::read_document(index + 1, overlay.text(), diagnostics);
        if let (Some(overlay), Some(document)) = (overlay, &mut document) {
            overlay::apply_overlay(index, &overlay, document, diagnostics);
        }
    }
    let mut document =
        document.filter(|document| source::version::check_version(document, diagnostics))?;
    if let Some(names) = &input.names {
        // Whoever read its other members has reported what is wrong with the file itself.
        let config = source::read_document(0, names.text(), &mut Diagnostics::default());
        config::names::apply_names(
            input.number_of_names(),
            &config.unwrap_or_default(),
            &mut document,
            diagnostics,
        );
    }
    if !input.selection.is_everything() {
        input.selection.apply_to_input(&mut document, diagnostics)?;
    }
    repair::repair_document(&mut document, diagnostics);
    Some(document)
}

/// The document after repairs, and the API that it describes.
fn lower_document(
    input: &Input,
    config: &Config,
    diagnostics: &mut Diagnostics,
) -> Option<(Value, Api, Outline)> {
    let mut document = read_and_repair(input, diagnostics)?;
    if input.reduced {
        baseline::reduce(&mut document);
    }
    let parsed = repair::parse_document(&document, diagnostics)?;
    let (api, outline) =
        lower::lower_document(&parsed, source::yaml::value_size(&document), config, diagnostics);
    Some((document, api, outline))
}

/// The examples of the README are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
