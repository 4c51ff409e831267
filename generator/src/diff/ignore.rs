use serde_json::{Map, Value};

use super::{Change, Comparison, Rule};
use crate::diagnostics::{Code, Diagnostics, Pointer};
use crate::source::{self, Source};

/// Changes that are known and accepted, each with a reason and perhaps until a day.
///
/// ```yaml
/// ignore:
/// - rule: field-removed
///   at: /components/schemas/File     # and below, in either document; left out: everywhere
///   reason: Nobody has used it since 2024.
///   until: 2027-03-31                # the last day; left out: for ever
/// ```
#[derive(Clone, Debug, Default)]
pub struct Ignored {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    rule: Rule,
    at: String,
    /// Days since 1970-01-01.
    until: Option<i64>,
    pointer: Pointer,
}

impl Ignored {
    /// Reads a file of such changes; what is wrong with it is reported, and left out.
    #[must_use]
    pub fn read(file: &Source, diagnostics: &mut Diagnostics) -> Self {
        let mut ignored = Self::default();
        let Some(document) = source::read_document(0, file.text(), diagnostics) else {
            return ignored;
        };
        let list = Pointer::default().key("ignore");
        let Some(entries) = document.get("ignore").and_then(Value::as_array) else {
            let message = "the file must have a list `ignore`";
            diagnostics.report(Code::InvalidConfig, &list, message);
            return ignored;
        };
        for (index, entry) in entries.iter().enumerate() {
            let pointer = list.index(index);
            match read_entry(entry, &pointer) {
                Ok(entry) => ignored.entries.push(entry),
                Err((place, message)) => {
                    diagnostics.report(Code::InvalidConfig, &place, message);
                }
            }
        }
        ignored
    }

    /// Takes the changes out of a comparison; how many there were. Entries that are out of date, as of `today` in
    /// days since 1970-01-01, do nothing, and are reported, as are those that match no change.
    pub fn apply(
        &self,
        comparison: &mut Comparison,
        today: i64,
        diagnostics: &mut Diagnostics,
    ) -> usize {
        let before = comparison.changes.len();
        for entry in &self.entries {
            if entry.until.is_some_and(|last| last < today) {
                let message = format!("the exception for `{}` has expired", entry.rule.name());
                diagnostics.report(Code::StaleException, &entry.pointer, message);
                continue;
            }
            let all = comparison.changes.len();
            comparison.changes.retain(|change| !entry.matches(change));
            if comparison.changes.len() == all {
                let message =
                    format!("no change matches the exception for `{}`", entry.rule.name());
                diagnostics.report(Code::StaleException, &entry.pointer, message);
            }
        }
        before - comparison.changes.len()
    }
}

impl Entry {
    fn matches(&self, change: &Change) -> bool {
        let prefix = Pointer::from_text(self.at.clone());
        let below = [&change.old, &change.new].iter().any(|place| place.below(&prefix).is_some());
        change.rule == self.rule && below
    }
}

fn read_entry(entry: &Value, pointer: &Pointer) -> Result<Entry, (Pointer, String)> {
    let at = |key: &str| pointer.key(key);
    let Some(members) = entry.as_object() else {
        return Err((pointer.clone(), "an exception must be a mapping".to_owned()));
    };
    if let Some(key) =
        members.keys().find(|key| !["rule", "at", "reason", "until"].contains(&&***key))
    {
        return Err((at(key), format!("unknown member `{key}` in an exception")));
    }
    let Some(name) = read_text(members, "rule", pointer)? else {
        return Err((pointer.clone(), "an exception needs a `rule`".to_owned()));
    };
    let Some(rule) = Rule::from_name(name) else {
        return Err((at("rule"), format!("unknown rule `{name}`")));
    };
    if read_text(members, "reason", pointer)?.is_none_or(|reason| reason.trim().is_empty()) {
        return Err((pointer.clone(), "an exception needs a `reason`".to_owned()));
    }
    let until = match read_text(members, "until", pointer)? {
        None => None,
        Some(date) => match days_since_epoch(date) {
            Some(days) => Some(days),
            None => {
                return Err((
                    at("until"),
                    format!("`{date}` is not a valid date: expected a form such as 2027-03-31"),
                ));
            }
        },
    };
    let place = read_text(members, "at", pointer)?.unwrap_or_default().to_owned();
    if !place.is_empty() && !place.starts_with('/') {
        return Err((at("at"), "`at` must be a JSON pointer, starting with `/`".to_owned()));
    }
    Ok(Entry { rule, at: place, until, pointer: pointer.clone() })
}

fn read_text<'a>(
    members: &'a Map<String, Value>,
    key: &str,
    pointer: &Pointer,
) -> Result<Option<&'a str>, (Pointer, String)> {
    match members.get(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err((pointer.key(key), format!("`{key}` must be a string; quote it"))),
    }
}

/// The days from 1970-01-01 to a date of the Gregorian calendar.
fn days_since_epoch(date: &str) -> Option<i64> {
    let numbers: Option<Vec<i64>> = date.split('-').map(|number| number.parse().ok()).collect();
    let [year, month, day] = numbers?.try_into().ok()?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let lengths = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let length = lengths.get(usize::try_from(month).ok()?.checked_sub(1)?)?;
    if !(1970..=9999).contains(&year) || !(1..=*length).contains(&day) {
        return None;
    }
    let before = year - 1;
    let leaps = |year: i64| year / 4 - year / 100 + year / 400;
    let months: i64 = lengths.iter().take(usize::try_from(month).ok()? - 1).sum();
    Some((year - 1970) * 365 + leaps(before) - leaps(1969) + months + day - 1)
}

#[cfg(test)]
mod tests {
    use super::days_since_epoch;

    #[test]
    fn counts_days() {
        assert_eq!(days_since_epoch("1970-01-01"), Some(0));
        assert_eq!(days_since_epoch("2000-03-01"), Some(11_017));
        assert_eq!(days_since_epoch("2026-11-21"), Some(20_778));
        for wrong in
            ["2026-02-29", "2026-13-01", "2026-00-10", "2026-01", "x", "99999999999999-1-1"]
        {
            assert_eq!(days_since_epoch(wrong), None, "{wrong}");
        }
    }
}
