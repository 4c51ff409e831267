//! Measurements of one document.

use serde_json::{Value, json};

/// Measurements of one document and its crate.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Figures {
    /// Operations in the document.
    pub(super) operations_in: u64,
    /// Operations in the crate.
    pub(super) operations_out: u64,
    pub(super) fields: u64,
    /// Fields of type any JSON value although the document says more.
    pub(super) weakened: u64,
    pub(super) errors: u64,
    pub(super) warnings: u64,
    pub(super) notes: u64,
    /// Time of the generator, without file I/O, in microseconds.
    pub(super) micros: u64,
    /// Peak memory of the process, in KiB; 0 if unknown.
    pub(super) kibibytes: u64,
    /// Lines of Rust.
    pub(super) lines: u64,
    /// Whether there is a crate.
    pub(super) emitted: bool,
}

impl Figures {
    pub(super) fn to_json(self) -> String {
        json!([
            self.operations_in,
            self.operations_out,
            self.fields,
            self.weakened,
            self.errors,
            self.warnings,
            self.notes,
            self.micros,
            self.kibibytes,
            self.lines,
            u64::from(self.emitted),
        ])
        .to_string()
    }

    pub(super) fn from_json(text: &str) -> Option<Self> {
        let values: Vec<Value> = serde_json::from_str(text).ok()?;
        let values: Option<Vec<u64>> = values.iter().map(Value::as_u64).collect();
        let [
            operations_in,
            operations_out,
            fields,
            weakened,
            errors,
            warnings,
            notes,
            micros,
            kibibytes,
            lines,
            emitted,
        ] = values?.try_into().ok()?;
        Some(Self {
            operations_in,
            operations_out,
            fields,
            weakened,
            errors,
            warnings,
            notes,
            micros,
            kibibytes,
            lines,
            emitted: emitted == 1,
        })
    }
}
