//! Strings and numbers that a schema allows.

use regex_syntax::hir::{Class, Hir, HirKind};
use serde_json::{Value, json};

use super::flat::Flat;
use super::schema::format_range;

/// Strings that a schema allows, the plainest first.
pub(super) fn allowed_strings(flat: &Flat<'_>) -> Vec<Value> {
    let given = flat.example.filter(|example| example.is_string());
    let known: &[&str] = match flat.format {
        Some("date-time") => &[
            "2020-02-29T12:34:56Z",
            "2020-12-31T23:59:59.123456789+05:30",
            "1969-07-20T20:17:40.5-04:00",
        ],
        Some("date") => &["2020-02-29", "1969-12-31"],
        Some("byte") => &["aGVsbG8=", "", "+/8="],
        Some("uuid") => &["12345678-1234-4abc-8def-1234567890ab"],
        Some("uri" | "url" | "uri-reference") => &["https://example.com/a?b=c#d"],
        Some("email") => &["someone@example.com"],
        Some("ipv4" | "ip") => &["192.0.2.1"],
        Some("ipv6") => &["2001:db8::1"],
        Some("hostname") => &["example.com"],
        Some("time") => &["12:34:56Z"],
        _ => &["text", "", "\"\\\n\u{9}é\u{1f600}\u{2028}", "true"],
    };
    let mut texts: Vec<String> = known.iter().map(|&text| text.to_owned()).collect();
    if let Some(pattern) = flat.patterns.first() {
        texts = matching_strings(pattern);
        texts.extend(known.iter().map(|&text| text.to_owned()));
        texts.extend(given.and_then(Value::as_str).map(str::to_owned));
        let patterns: Vec<Value> =
            flat.patterns.iter().map(|pattern| json!({"pattern": pattern})).collect();
        if let Ok(all) = jsonschema::draft7::new(&json!({"allOf": patterns})) {
            texts.retain(|text| all.is_valid(&json!(text)));
        }
    }
    let least = flat.count_limit("minLength").unwrap_or(0);
    let most = flat.count_limit("maxLength").unwrap_or(usize::MAX);
    let fits = |text: &String| (least..=most).contains(&text.chars().count());
    let plain =
        flat.patterns.is_empty() && !matches!(flat.format, Some("date-time" | "date" | "byte"));
    if plain && least <= 10_000 {
        texts.retain(fits);
        // The shortest and the longest.
        texts.extend([least, most.min(least.max(200))].map(|length| "x".repeat(length)));
        texts.dedup();
        if most == usize::MAX {
            texts.pop();
        }
    } else {
        texts.retain(fits);
    }
    texts.into_iter().map(Value::from).collect()
}

/// Integers that a schema allows, the plainest first.
pub(super) fn allowed_integers(flat: &Flat<'_>) -> Vec<Value> {
    let mut all: Vec<i64> = vec![1, 0, -1, 1 << 31];
    let limit = |word| flat.limits.get(word).and_then(|value: &&Value| value.as_i64());
    if let Some(least) = limit("minimum") {
        all.extend([least, least.saturating_add(1)]);
    }
    if let Some(most) = limit("maximum") {
        all.extend([most, most.saturating_sub(1)]);
    }
    if let Some(step) = limit("multipleOf").filter(|step| *step > 0) {
        let multiples: Vec<i64> =
            all.iter().map(|number| number - number.rem_euclid(step)).collect();
        all.extend(multiples.iter().map(|number| number.saturating_add(step)));
        all.extend(multiples);
    }
    let range = flat.format.and_then(format_range).map(|(least, most)| [most, least]);
    within_bounds(flat, all.into_iter().map(Value::from).chain(range.into_iter().flatten()))
}

/// Numbers that a schema allows, the plainest first.
pub(super) fn allowed_numbers(flat: &Flat<'_>) -> Vec<Value> {
    let mut all = vec![json!(1.5), json!(0), json!(-2.25), json!(1), json!(1e-7), json!(1e15)];
    if matches!(flat.format, Some("int32" | "int64" | "integer")) {
        return allowed_integers(flat);
    }
    let limits = ["minimum", "maximum"].into_iter().filter_map(|word| flat.limits.get(word));
    let limits: Vec<Value> = limits.map(|&value| value.clone()).collect();
    if let [least, most] = &*limits
        && let (Some(least), Some(most)) = (least.as_f64(), most.as_f64())
    {
        all.push(json!((least + most) / 2.0));
    }
    for limit in limits {
        if let Some(number) = limit.as_f64() {
            all.extend([json!(number + 0.5), json!(number - 0.5)]);
        }
        all.push(limit);
    }
    if let Some(&step) = flat.limits.get("multipleOf") {
        all.push(step.clone());
    }
    within_bounds(flat, all.into_iter())
}

fn within_bounds(flat: &Flat<'_>, numbers: impl Iterator<Item = Value>) -> Vec<Value> {
    let range = flat.format.and_then(format_range);
    let mut kept: Vec<Value> = Vec::new();
    for number in numbers {
        let fits = |number| is_in_range(range.as_ref(), number) && is_in_limits(flat, number);
        if number.as_f64().is_some_and(fits) && !kept.contains(&number) {
            kept.push(number);
        }
    }
    kept
}

/// Whether a format has this number.
fn is_in_range(range: Option<&(Value, Value)>, number: f64) -> bool {
    range.is_none_or(|(least, most)| {
        least.as_f64().is_none_or(|least| number >= least)
            && most.as_f64().is_none_or(|most| number <= most)
    })
}

/// Whether `minimum` and `maximum` allow this number.
fn is_in_limits(flat: &Flat<'_>, number: f64) -> bool {
    let limit = |word| flat.limits.get(word).and_then(|value: &&Value| value.as_f64());
    let excluded = |word| flat.limits.get(word).is_some_and(|value: &&Value| **value == true);
    limit("minimum")
        .is_none_or(|least| number > least || (number == least && !excluded("exclusiveMinimum")))
        && limit("maximum")
            .is_none_or(|most| number < most || (number == most && !excluded("exclusiveMaximum")))
}

/// Strings that a regular expression matches: with as few repetitions as it allows, and with more.
fn matching_strings(pattern: &str) -> Vec<String> {
    let Ok(parsed) = regex_syntax::parse(pattern) else { return Vec::new() };
    let texts = [0, 1, 3].map(|more| {
        let mut text = String::new();
        write_match(&parsed, more, &mut text);
        text
    });
    let mut texts = texts.to_vec();
    texts.retain(|text| text.len() < 10_000);
    texts.dedup();
    texts
}

fn write_match(pattern: &Hir, more: u32, text: &mut String) {
    match pattern.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(Class::Unicode(class)) => {
            let ranges = class.ranges();
            let good = |letter: &char| letter.is_ascii_alphanumeric();
            let letters = ranges.iter().flat_map(|range| (range.start()..=range.end()).take(128));
            let first = ranges.first().map(regex_syntax::hir::ClassUnicodeRange::start);
            text.extend(
                letters.clone().find(good).or(letters.clone().find(char::is_ascii)).or(first),
            );
        }
        HirKind::Class(Class::Bytes(class)) => {
            text.extend(class.ranges().first().map(|range| char::from(range.start())));
        }
        HirKind::Repetition(repeated) => {
            let most = repeated.max.unwrap_or(u32::MAX);
            for _ in 0..repeated.min.saturating_add(more).min(most) {
                write_match(&repeated.sub, more, text);
            }
        }
        HirKind::Capture(group) => write_match(&group.sub, more, text),
        HirKind::Concat(parts) => parts.iter().for_each(|part| write_match(part, more, text)),
        HirKind::Alternation(parts) => {
            let index = usize::try_from(more).unwrap_or(0) % parts.len().max(1);
            if let Some(part) = parts.get(index) {
                write_match(part, more, text);
            }
        }
    }
}
