use serde_json::{Number, Value};

use super::{
    at::At,
    walk::{Walk, is_similar, value_kind},
};
use crate::diagnostics::Code;

impl Walk<'_> {
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

    pub(super) fn flag(&mut self, value: &mut Value, at: &At<'_>) -> bool {
        let meant = match value {
            Value::Bool(_) => return true,
            Value::String(text) if text.eq_ignore_ascii_case("true") => true,
            Value::String(text) if text.eq_ignore_ascii_case("false") => false,
            _ => return self.misfit(value, "`true` or `false`", at),
        };
        self.coerce(value, Value::Bool(meant), "`true` or `false`", at)
    }

    pub(super) fn count(&mut self, value: &mut Value, at: &At<'_>) -> bool {
        let wanted = "a whole number from 0";
        if value.is_u64() {
            return true;
        }
        match parse_number(value)
            .and_then(|number| whole_number(&number))
            .and_then(|number| u64::try_from(number).ok())
        {
            Some(meant) => self.coerce(value, meant.into(), wanted, at),
            None => self.misfit(value, wanted, at),
        }
    }

    pub(super) fn number(&mut self, value: &mut Value, at: &At<'_>) -> bool {
        if value.is_number() {
            return true;
        }
        match parse_number(value) {
            Some(meant) => self.coerce(value, Value::Number(meant), "a number", at),
            None => self.misfit(value, "a number", at),
        }
    }

    pub(super) fn choice(&mut self, value: &mut Value, choices: &[&str], at: &At<'_>) -> bool {
        let Value::String(text) = &*value else {
            return self.misfit(value, "a string", at);
        };
        if choices.contains(&text.as_str()) {
            return true;
        }
        if let Some(meant) = choices.iter().find(|choice| choice.eq_ignore_ascii_case(text)) {
            let message = format!("`{text}` must be spelled `{meant}`");
            self.report(Code::CoercedValue, at, message);
            *value = Value::String((*meant).to_owned());
            return true;
        }
        if let Some(near) = choices.iter().find(|choice| is_similar(text, choice)) {
            self.report(Code::RepairedValue, at, format!("unknown value `{text}`"))
                .help(format!("read as `{near}`"));
            *value = Value::String((*near).to_owned());
            return true;
        }
        let known: Vec<String> = choices.iter().map(|choice| format!("`{choice}`")).collect();
        let message = format!("`{text}` is not one of {}", known.join(", "));
        self.report(Code::RepairedValue, at, message).help("it is left out");
        false
    }
}

/// A number, or a text that is one.
pub(super) fn parse_number(value: &Value) -> Option<Number> {
    match value {
        Value::Number(number) => Some(number.clone()),
        Value::String(text) => match text.trim().parse::<i64>() {
            Ok(number) => Some(number.into()),
            Err(_) => text.trim().parse::<f64>().ok().and_then(Number::from_f64),
        },
        _ => None,
    }
}

/// The number as an `i64`, if it is whole and fits.
pub(super) fn whole_number(number: &Number) -> Option<i64> {
    /// 2⁶³, the first number beyond.
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    if let Some(whole) = number.as_i64() {
        return Some(whole);
    }
    let float = number.as_f64().filter(|_| number.is_f64())?;
    // A whole number in these bounds converts exactly.
    #[expect(clippy::cast_possible_truncation, reason = "the bounds and the fraction are checked")]
    (float.fract() == 0.0 && (-BEYOND..BEYOND).contains(&float)).then_some(float as i64)
}
