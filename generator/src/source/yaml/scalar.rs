use serde_json::{Number, Value};

/// What a scalar without quotes means in the core schema of YAML 1.2 (section 10.3.2), read as
/// `serde_yaml` does: with `0b101`, too, and signs before any number.
///
/// Three things stay text, because a number would not be what was written: digits behind a leading
/// zero (decimal in YAML 1.2, octal in 1.1), numbers beyond any `f64`, infinity and not-a-number.
pub(super) fn plain_scalar(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => parse_number(text).map_or_else(|| Value::String(text.to_owned()), Value::Number),
    }
}

fn parse_number(text: &str) -> Option<Number> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    for (prefix, base) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = unsigned.strip_prefix(prefix) {
            return parse_radix(digits, base, text.starts_with('-'));
        }
    }
    let all_digits = unsigned.bytes().all(|digit| digit.is_ascii_digit());
    let first = unsigned.as_bytes().first()?;
    if !(first.is_ascii_digit() || *first == b'.')
        || (all_digits && unsigned.len() > 1 && *first == b'0')
    {
        return None;
    }
    let text = text.strip_prefix('+').unwrap_or(text);
    if let Ok(number) = text.parse::<u64>() {
        return Some(number.into());
    }
    if let Ok(number) = text.parse::<i64>() {
        return Some(number.into());
    }
    // Rust reads words such as `inf` and `1e5`, `.5`, `5.` alike; the first byte has ruled out words.
    text.parse::<f64>().ok().and_then(Number::from_f64)
}

fn parse_radix(digits: &str, radix: u32, negative: bool) -> Option<Number> {
    if !digits.bytes().all(|digit| digit.is_ascii_alphanumeric()) {
        return None;
    }
    match negative {
        true => i64::from_str_radix(&format!("-{digits}"), radix).ok().map(Number::from),
        false => u64::from_str_radix(digits, radix).ok().map(Number::from),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::plain_scalar;

    #[test]
    fn follows_the_core_schema() {
        for (text, value) in [
            ("", json!(null)),
            ("~", json!(null)),
            ("Null", json!(null)),
            ("True", json!(true)),
            ("yes", json!("yes")),
            ("off", json!("off")),
            ("0", json!(0)),
            ("-0", json!(0)),
            ("+5", json!(5)),
            ("-17", json!(-17)),
            ("18446744073709551615", json!(u64::MAX)),
            ("18446744073709551616", json!(18_446_744_073_709_551_616.0)),
            ("-9223372036854775808", json!(i64::MIN)),
            ("0x1F", json!(31)),
            ("0o17", json!(15)),
            ("0x+1", json!("0x+1")),
            ("017", json!("017")),
            ("00", json!("00")),
            ("00.5", json!(0.5)),
            ("-0x1F", json!(-31)),
            ("0b101", json!(5)),
            ("1.50", json!(1.5)),
            (".5", json!(0.5)),
            ("5.", json!(5.0)),
            ("1e3", json!(1000.0)),
            ("1e400", json!("1e400")),
            (".inf", json!(".inf")),
            ("-inf", json!("-inf")),
            ("nan", json!("nan")),
            ("1_000", json!("1_000")),
            ("2020-01-02", json!("2020-01-02")),
            ("1:30", json!("1:30")),
            (".", json!(".")),
            ("-", json!("-")),
            ("3.0.3", json!("3.0.3")),
        ] {
            assert_eq!(plain_scalar(text), value, "{text}");
        }
    }
}
