//! Values that the service assumes where none is sent.

use serde_json::Value;

use super::{Compared, Rule, Subject, code_span};
use crate::diagnostics::Pointer;

impl Compared<'_> {
    /// Reports another default of two schemas.
    pub(super) fn default_value(
        &mut self,
        rule: Rule,
        subject: &Subject,
        what: &str,
        schemas: [&Pointer; 2],
    ) {
        let (old, one) = self.old.places.default(schemas[0]);
        let (new, other) = self.new.places.default(schemas[1]);
        if one == other {
            return;
        }
        let change = format!("was {} and is {}", shown(one), shown(other));
        let within =
            |place: &Pointer, schema: &Pointer| place.as_str().starts_with(schema.as_str());
        if within(&old, schemas[0]) || within(&new, schemas[1]) {
            self.report(rule, subject, format!("the default of {what} {change}"));
        } else {
            // All that refers to the schema has changed by that.
            let subject = Subject { old, new, ..subject.clone() };
            self.report(rule, &subject, format!("the default {change}"));
        }
    }

    /// Whether two schemas have the same default.
    pub(super) fn is_default_same(&self, schemas: [&Pointer; 2]) -> bool {
        self.old.places.default(schemas[0]).1 == self.new.places.default(schemas[1]).1
    }
}

fn shown(value: Option<&Value>) -> String {
    match value {
        Some(value) => code_span(&value.to_string()),
        None => "nothing".to_owned(),
    }
}
