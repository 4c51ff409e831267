//! Numbers in JSON. `5`, `5.0` and `0.5e1` are the same integer to JSON Schema, and not to everyone
//! who reads them: a number without a fraction is written without one, and read either way.

use std::cell::Cell;
use std::io;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

thread_local! {
    static SENDING: Cell<bool> = const { Cell::new(false) };
}

/// Whether what this thread encodes is a part of a request: what only responses have is left out of it.
pub fn is_sending() -> bool {
    SENDING.get()
}

/// JSON text of a part of a request.
pub(crate) fn encode<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<Vec<u8>> {
    let mut text = Vec::with_capacity(128);
    SENDING.set(true);
    let outcome = value.serialize(&mut Serializer::with_formatter(&mut text, Plain));
    SENDING.set(false);
    outcome.map(|()| text)
}

/// JSON text, as text.
pub(crate) fn text<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<String> {
    encode(value).map(|text| String::from_utf8(text).unwrap_or_default())
}

/// Writes `10` where serde_json writes `10.0`.
struct Plain;

impl Formatter for Plain {
    fn write_f64<W: io::Write + ?Sized>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        // Up to where JavaScript too writes all digits.
        match value.fract() == 0.0 && value.abs() < 1e21 {
            true => write!(writer, "{value}"),
            false => CompactFormatter.write_f64(writer, value),
        }
    }
}

/// The same JSON with whole numbers that are written with a fraction or an exponent (`1.5E10`)
/// written plainly: some services write large integers so. `None` if there are none.
pub(crate) fn plain_integers(text: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::with_capacity(text.len());
    let mut at = 0;
    let mut changed = false;
    while let Some(&byte) = text.get(at) {
        let rest = &text[at..];
        let length = match byte {
            b'"' => string_length(rest),
            b'-' | b'0'..=b'9' => {
                let number = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
                rest.iter().take_while(|byte| number(byte)).count()
            }
            _ => 1,
        };
        let whole =
            std::str::from_utf8(&rest[..length]).ok().filter(|_| byte != b'"').and_then(whole);
        changed |= whole.is_some();
        plain.extend_from_slice(whole.as_deref().map_or(&rest[..length], str::as_bytes));
        at += length;
    }
    changed.then_some(plain)
}

/// The length of the JSON string that `text` begins with.
fn string_length(text: &[u8]) -> usize {
    let mut escaped = true;
    for (at, byte) in text.iter().enumerate() {
        if *byte == b'"' && !escaped {
            return at + 1;
        }
        escaped = *byte == b'\\' && !escaped;
    }
    text.len()
}

/// The digits of a number that has a fraction, an exponent or a sign of zero and is an integer all
/// the same.
pub(crate) fn whole(number: &str) -> Option<String> {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if integer.len() == number.len() && number != "-0" {
        return None;
    }
    let (sign, integer) = integer.strip_prefix('-').map_or(("", integer), |integer| ("-", integer));
    let digits = format!("{integer}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    if digits.bytes().all(|digit| digit == b'0') {
        return Some("0".to_owned());
    }
    let shift: i32 = exponent.parse().ok()?;
    let point = usize::try_from(i32::try_from(integer.len()).ok()?.checked_add(shift)?).ok()?;
    // Longer ones fit no integer type.
    let padded = format!("{digits:0<width$}", width = point.min(40));
    let (kept, dropped) = padded.split_at_checked(point)?;
    let kept = kept.trim_start_matches('0');
    let fraction = dropped.bytes().any(|digit| digit != b'0');
    (!fraction).then(|| format!("{sign}{kept}"))
}
