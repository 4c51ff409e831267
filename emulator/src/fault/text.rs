//! Fault plans as YAML.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};

use super::{Fault, FaultPlan};

/// Formats the plan as YAML, with a line for each fault.
impl fmt::Display for FaultPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed: {}", self.seed)?;
        if self.faults.is_empty() {
            return writeln!(f, "faults: []");
        }
        writeln!(f, "faults:")?;
        self.faults.iter().try_for_each(|fault| writeln!(f, "  - {fault}"))
    }
}

/// Formats the fault as YAML, in one line.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Its numbers are finite once it is checked, so it always encodes.
        let members = [
            ("nth", json!(self.nth)),
            ("probability", json!(self.probability)),
            ("times", json!(self.times)),
            ("do", json!(self.action)),
        ];
        write!(f, "{{ on: {}", self.on)?;
        for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
            write!(f, ", {name}: ")?;
            write_flow(f, value)?;
        }
        f.write_str(" }")
    }
}

/// Writes a value in YAML's flow style.
fn write_flow(f: &mut fmt::Formatter<'_>, value: &Value) -> fmt::Result {
    match value {
        Value::Object(members) if members.is_empty() => f.write_str("{}"),
        Value::Object(members) => {
            // In the same order whether or not `serde_json` keeps that of the members.
            let members: BTreeMap<_, _> = members.iter().collect();
            for (index, (name, value)) in members.into_iter().enumerate() {
                f.write_str(if index == 0 { "{ " } else { ", " })?;
                write!(f, "{name}: ")?;
                write_flow(f, value)?;
            }
            f.write_str(" }")
        }
        Value::String(text) if is_plain(text) => f.write_str(text),
        // JSON is YAML.
        other => write!(f, "{other}"),
    }
}

/// Whether YAML reads the text as a string without quotes.
fn is_plain(text: &str) -> bool {
    let reserved = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !reserved.contains(&&*text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_reads_as_it_was_written() {
        let text = "\
seed: 7
faults:
  - { on: upload_part, nth: 3, do: lose_response }
  - { on: any, probability: 0.05, times: 2, do: { respond: { retry_after: { date_in: 2.0 }, status: 503 } } }
  - { on: upload_part, times: forever, do: { corrupt: { hidden: true } } }
  - { on: any, nth: 2, do: { other_host: \"https://a.example:1\" } }
  - { on: any, nth: 2, do: { respond: { code: \"on\", status: 400 } } }
";
        let plan: FaultPlan = text.parse().unwrap();
        assert_eq!(plan.to_string(), text);
        let empty = FaultPlan::new(3);
        assert_eq!(empty.to_string().parse::<FaultPlan>().unwrap(), empty);
    }
}
