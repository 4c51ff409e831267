//! Texts, truth values and numbers.

use serde_json::Value;

use super::{
    super::{
        at::At,
        number::{parse_number, whole_number},
    },
    Walk, is_similar,
};
use crate::diagnostics::Code;

impl Walk<'_> {
    pub(super) fn flag(&mut self, value: &mut Value, at: &At<'_>) -> bool {
        let meant = match value {
            Value::Bool(_) => return true,
            Value::String(text) if text.eq_ignore_ascii_case("true") => true,
            Value::String(text) if text.eq_ignore_ascii_case("false") => false,
            _ => return self.repairs.misfit(value, "`true` or `false`", at),
        };
        self.repairs.coerce(value, Value::Bool(meant), "`true` or `false`", at)
    }

    pub(super) fn count(&mut self, value: &mut Value, at: &At<'_>) -> bool {
        let wanted = "an integer of at least 0";
        if value.is_u64() {
            return true;
        }
        match parse_number(value)
            .and_then(|number| whole_number(&number))
            .and_then(|number| u64::try_from(number).ok())
        {
            Some(meant) => self.repairs.coerce(value, meant.into(), wanted, at),
            None => self.repairs.misfit(value, wanted, at),
        }
    }

    pub(super) fn number(&mut self, value: &mut Value, at: &At<'_>) -> bool {
        if value.is_number() {
            return true;
        }
        match parse_number(value) {
            Some(meant) => self.repairs.coerce(value, Value::Number(meant), "a number", at),
            None => self.repairs.misfit(value, "a number", at),
        }
    }

    pub(super) fn choice(&mut self, value: &mut Value, choices: &[&str], at: &At<'_>) -> bool {
        let Value::String(text) = &*value else {
            return self.repairs.misfit(value, "a string", at);
        };
        if choices.contains(&text.as_str()) {
            return true;
        }
        if let Some(meant) = choices.iter().find(|choice| choice.eq_ignore_ascii_case(text)) {
            let message = format!("`{text}` must be spelled `{meant}`");
            self.repairs.report(Code::CoercedValue, at, message);
            *value = Value::String((*meant).to_owned());
            return true;
        }
        if let Some(near) = choices.iter().find(|choice| is_similar(text, choice)) {
            self.repairs
                .report(Code::RepairedValue, at, format!("unknown value `{text}`"))
                .help(format!("read as `{near}`"));
            *value = Value::String((*near).to_owned());
            return true;
        }
        let known: Vec<String> = choices.iter().map(|choice| format!("`{choice}`")).collect();
        let message = format!("`{text}` is not one of {}", known.join(", "));
        self.repairs.report(Code::RepairedValue, at, message).help("it is left out");
        false
    }
}
