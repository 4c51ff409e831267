//! What was found in one document.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::{Value, json};

use super::verdict::Fault;

/// What was found in one document.
#[derive(Clone, Debug, Default)]
pub(in crate::corpus) struct Report {
    /// Components and bodies.
    pub(super) subjects: usize,
    /// Those of which every value came back as it was.
    pub(super) good: usize,
    pub(super) values: usize,
    pub(super) good_values: usize,
    /// Values that came back without what is of no use to who receives them: a null that says what its absence says.
    pub(super) spared: usize,
    /// Components and bodies of which no value could be made, or that have no type, and why.
    pub(super) unmade: BTreeMap<String, String>,
    /// Examples that are valid by their own schemas.
    pub(super) examples: usize,
    pub(super) good_examples: usize,
    /// Examples that are not, and how many of them came back as they were all the same.
    pub(super) invalid_examples: usize,
    pub(super) good_invalid_examples: usize,
    pub(super) untyped_examples: usize,
    pub(super) operations: usize,
    /// Those of which every request said what it was to say.
    pub(super) good_operations: usize,
    pub(super) requests: usize,
    pub(super) good_requests: usize,
    /// Operations of which no request could be made, and why.
    pub(super) untried: BTreeMap<String, String>,
    pub(super) classes: BTreeMap<(Fault, String), Class>,
}

/// Faults of one kind.
#[derive(Clone, Debug, Default)]
pub(super) struct Class {
    pub(super) values: usize,
    /// Where they are.
    pub(super) places: BTreeSet<String>,
    pub(super) first: Option<Sample>,
}

/// A fault.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) place: String,
    pub(super) ty: String,
    pub(super) path: String,
    pub(super) given: Value,
    pub(super) got: Value,
}

impl Report {
    pub(super) fn add_fault(&mut self, fault: Fault, about: &str, sample: Sample) {
        let class = self.classes.entry((fault, generalize_message(about))).or_default();
        class.values += 1;
        class.places.insert(sample.place.clone());
        class.first.get_or_insert(sample);
    }

    /// What stands above [`Report::cells`].
    pub(in crate::corpus) const HEADING: &str =
        "              round trips         examples         requests";

    /// Components and bodies that are as they should be, examples that are, and operations whose requests are.
    pub(in crate::corpus) fn cells(&self) -> String {
        let types = format!("{} of {} ({:.2} %)", self.good, self.subjects, self.percent());
        let examples = format!("{} of {}", self.good_examples, self.examples);
        let requests = format!("{} of {}", self.good_operations, self.operations);
        format!(" {types:>24} {examples:>16} {requests:>16}")
    }

    fn percent(&self) -> f64 {
        100.0 * self.good as f64 / self.subjects.max(1) as f64
    }

    /// All documents in a line.
    pub(in crate::corpus) fn sum<'r>(reports: impl Iterator<Item = &'r Self>) -> String {
        let mut all = Self::default();
        for report in reports {
            all.subjects += report.subjects;
            all.good += report.good;
            all.values += report.values;
            all.good_values += report.good_values;
            all.examples += report.examples;
            all.good_examples += report.good_examples;
            all.operations += report.operations;
            all.good_operations += report.good_operations;
            all.requests += report.requests;
            all.good_requests += report.good_requests;
        }
        format!(
            "round trips of {} of {} schemas ({:.2} %), {} of {} values, {} of {} examples, \
             requests of {} of {} operations, {} of {} requests",
            all.good,
            all.subjects,
            all.percent(),
            all.good_values,
            all.values,
            all.good_examples,
            all.examples,
            all.good_operations,
            all.operations,
            all.good_requests,
            all.requests,
        )
    }

    /// The kinds of faults of all documents, the most frequent first.
    pub(in crate::corpus) fn faults<'r>(
        reports: impl Iterator<Item = (&'r str, &'r Self)>,
    ) -> String {
        let mut kinds: BTreeMap<&(Fault, String), (usize, usize, String)> = BTreeMap::new();
        let mut unmade = String::new();
        for (document, report) in reports {
            for (place, why) in &report.unmade {
                let why: String = why.chars().take(100).collect();
                let _ = writeln!(unmade, "no value: {why}  ({document} {place})");
            }
            for (place, why) in &report.untried {
                let _ = writeln!(unmade, "no requests: {why}  ({document} {place})");
            }
            for (kind, class) in &report.classes {
                let first = class.first.as_ref().map(|sample| &*sample.place).unwrap_or_default();
                let known =
                    kinds.entry(kind).or_insert_with(|| (0, 0, format!("{document} {first}")));
                known.0 += class.places.len();
                known.1 += class.values;
            }
        }
        let mut kinds: Vec<_> = kinds.into_iter().collect();
        kinds.sort_by_key(|(_, (places, ..))| std::cmp::Reverse(*places));
        let line = |((fault, about), (places, values, first)): (
            &(Fault, String),
            (usize, usize, String),
        )| {
            format!("{places:>6} places {values:>7} values  {}: {about}  ({first})\n", fault.name())
        };
        kinds.into_iter().map(line).collect::<String>() + &unmade
    }

    pub(super) fn to_json(&self) -> Value {
        let classes = self.classes.iter().map(|((fault, about), class)| {
            let first = class.first.as_ref().map(|sample| {
                json!({
                    "place": sample.place,
                    "type": sample.ty,
                    "path": sample.path,
                    "given": sample.given,
                    "got": sample.got,
                })
            });
            json!({
                "fault": fault.name(),
                "about": about,
                "values": class.values,
                "places": class.places,
                "first": first,
            })
        });
        json!({
            "subjects": self.subjects,
            "good": self.good,
            "values": self.values,
            "good_values": self.good_values,
            "spared": self.spared,
            "unmade": self.unmade,
            "examples": self.examples,
            "good_examples": self.good_examples,
            "invalid_examples": self.invalid_examples,
            "good_invalid_examples": self.good_invalid_examples,
            "untyped_examples": self.untyped_examples,
            "operations": self.operations,
            "good_operations": self.good_operations,
            "requests": self.requests,
            "good_requests": self.good_requests,
            "untried": self.untried,
            "classes": classes.collect::<Vec<_>>(),
        })
    }
}

/// A message without what differs from one value to the next: names and numbers.
fn generalize_message(message: &str) -> String {
    let mut text = String::new();
    let mut open: Option<char> = None;
    for letter in message.chars() {
        match open {
            Some(quote) if quote == letter => {
                text.push('…');
                text.push(letter);
                open = None;
            }
            Some(_) => {}
            None if matches!(letter, '`' | '"') => {
                text.push(letter);
                open = Some(letter);
            }
            None if letter.is_ascii_digit() => {
                if !text.ends_with('0') {
                    text.push('0');
                }
            }
            None => text.push(letter),
        }
    }
    text
}
