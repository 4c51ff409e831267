//! What is reported and remembered while a document is repaired.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde_json::{Map, Value};

use super::at::At;
use crate::diagnostics::{Code, Diagnostics, Edit, Finding, Pointer};
use crate::source::Version;

/// The repairs of a document, as whatever makes one records it.
pub(super) struct Repairs<'d> {
    pub(super) diagnostics: &'d mut Diagnostics,
    pub(super) version: Version,
    /// The keywords of OpenAPI 3.0 in a document of a later version: where the first one stands, and how
    /// many there are.
    older: BTreeMap<&'static str, (Pointer, usize)>,
}

impl<'d> Repairs<'d> {
    pub(super) fn new(diagnostics: &'d mut Diagnostics, version: Version) -> Self {
        Self { diagnostics, version, older: BTreeMap::new() }
    }

    /// Whether the document is written in JSON Schema 2020-12.
    pub(super) fn is_31(&self) -> bool {
        self.version >= Version::V31
    }

    /// Reports what later versions have words for, and this one has not.
    pub(super) fn newer(
        &mut self,
        at: &At<'_>,
        message: impl Display,
        help: impl Display,
    ) -> Option<&mut Finding> {
        if self.is_31() {
            return None;
        }
        let finding = self.report(Code::NewerKeyword, at, message.to_string());
        Some(finding.help(help.to_string()))
    }

    /// Remembers a keyword that the document's version has no longer.
    pub(super) fn older(&mut self, keyword: &'static str, at: &At<'_>) {
        if self.is_31() {
            let (_, number) = self.older.entry(keyword).or_insert_with(|| (at.pointer(), 0));
            *number += 1;
        }
    }

    /// Reports the keywords that the document's version has no longer, each once.
    pub(super) fn report_older(&mut self) {
        for (keyword, (pointer, number)) in std::mem::take(&mut self.older) {
            let places = match number {
                1 => String::new(),
                _ => format!("; used in {number} places, first here"),
            };
            let message =
                format!("{keyword} is OpenAPI 3.0 syntax, not {}{places}", self.version.name());
            self.diagnostics
                .report(Code::OlderKeyword, &pointer, message)
                .help("read as in OpenAPI 3.0");
        }
    }

    pub(super) fn report(
        &mut self,
        code: Code,
        at: &At<'_>,
        message: impl Into<String>,
    ) -> &mut Finding {
        self.diagnostics.report(code, &at.pointer(), message)
    }

    /// Says that a value is something else than belongs there and is left out.
    pub(super) fn misfit(&mut self, value: &Value, wanted: &str, at: &At<'_>) -> bool {
        let message = format!("expected {wanted}, found {}", value_kind(value));
        self.report(Code::RepairedValue, at, message).help("it is left out");
        false
    }

    /// Says that a value was written as something else and takes it as what it was meant to be.
    pub(super) fn coerce(
        &mut self,
        value: &mut Value,
        meant: Value,
        wanted: &str,
        at: &At<'_>,
    ) -> bool {
        let message = format!("expected {wanted}, found {}", value_kind(value));
        self.report(Code::CoercedValue, at, message).help(format!("read as `{meant}`"));
        *value = meant;
        true
    }

    /// Accepts a text, and what was meant to be one. Whether the value can stay.
    pub(super) fn text(&mut self, value: &mut Value, at: &At<'_>) -> bool {
        match value {
            Value::String(_) => true,
            Value::Number(_) | Value::Bool(_) => {
                let meant = Value::String(value.to_string());
                self.coerce(value, meant, "a string", at)
            }
            _ => self.misfit(value, "a string", at),
        }
    }

    /// Removes elements from a list, and remembers it.
    pub(super) fn remove_elements(&mut self, list: &mut Vec<Value>, doomed: Doomed, at: &At<'_>) {
        if doomed.0.is_empty() {
            return;
        }
        let mut index = 0;
        list.retain(|_| {
            index += 1;
            !doomed.has(index - 1)
        });
        self.diagnostics.edited(Edit::Removed { list: at.pointer(), indices: doomed.0 });
    }
}

/// Places in a list or mapping that are to go, in rising order.
#[derive(Default)]
pub(super) struct Doomed(Vec<usize>);

impl Doomed {
    pub(super) fn add(&mut self, index: usize) {
        self.0.push(index);
    }

    pub(super) fn any(&self) -> bool {
        !self.0.is_empty()
    }

    fn has(&self, index: usize) -> bool {
        self.0.binary_search(&index).is_ok()
    }

    pub(super) fn remove_from(&self, map: &mut Map<String, Value>) {
        if !self.0.is_empty() {
            let mut index = 0;
            map.retain(|_, _| {
                index += 1;
                !self.has(index - 1)
            });
        }
    }
}

/// What a value is, for messages.
pub(super) fn value_kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(true) => "`true`",
        Value::Bool(false) => "`false`",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}
