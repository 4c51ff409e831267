//! Numbers, and what is meant to be one.

use serde_json::{Number, Value};

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
