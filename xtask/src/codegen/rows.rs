//! The table of the crate's types that the tests of `generated/` go through.

use std::{fs, path::Path};

use openapi_crate::Outline;

/// Its path in the repository.
const FILE: &str = "xtask/tests/generated/rows.rs";

/// The table for `outline`, and whether the repository at `root` has another one. A repository without these tests
/// needs none.
pub(crate) fn compare_rows(root: &Path, outline: &Outline) -> Option<String> {
    let path = root.join(FILE);
    let is_tested = path.parent().is_some_and(Path::is_dir);
    let text = write_table(outline);
    (is_tested && fs::read_to_string(path).ok().as_ref() != Some(&text)).then_some(text)
}

/// Puts a table in its place.
pub(crate) fn write_rows(root: &Path, text: &str) -> Result<(), String> {
    fs::write(root.join(FILE), text).map_err(|error| format!("{FILE}: {error}"))?;
    println!("written: {FILE}");
    Ok(())
}

fn write_table(outline: &Outline) -> String {
    let mut text = String::from(
        "//! Written by `cargo xtask codegen`; edits are lost.\n\n\
         use std::collections::BTreeMap;\n\n\
         use box_upload_sessions::types;\n\n\
         use crate::examples::{Trip, json};\n\n\
         /// The types of the components, and of all other schemas whose type has a name.\n\
         #[rustfmt::skip]\n\
         pub(crate) const ROWS: &[(&str, Trip)] = &[\n",
    );
    for pointer in outline.pointers() {
        let component = pointer.strip_prefix("/components/schemas/");
        let is_component = component.is_some_and(|name| !name.contains('/'));
        let named = |ty: &String| is_component || ty.contains("types::");
        if let Some(ty) = outline.type_of(pointer).filter(named) {
            text.push_str(&format!("    ({pointer:?}, json::<{ty}>),\n"));
        }
    }
    text + "];\n"
}
