use std::collections::{BTreeMap, BTreeSet};

use super::rule::Rule;
use super::verdict::{Bump, Usage, Wire};
use crate::diagnostics::Pointer;

/// One change, at the place that caused it.
#[derive(Clone, Debug)]
pub struct Change {
    /// Its kind.
    pub rule: Rule,
    /// What has changed, in a sentence without a full stop.
    pub message: String,
    /// What it changes in the emitted crate: `types::File::size`, `files().get_file`.
    pub items: BTreeSet<String>,
    /// The operations that it touches: `GET /files/{file_id}`.
    pub operations: BTreeSet<String>,
    /// Where it stands in the old document; or where what is new would have stood.
    pub old: Pointer,
    /// Where it stands in the new document; or where what is gone would stand.
    pub new: Pointer,
    /// Who sends what has changed.
    pub usage: Usage,
}

impl Change {
    /// What it asks of the next version of the crate.
    #[must_use]
    pub fn bump(&self) -> Bump {
        self.rule.bump()
    }

    /// What it does to programs that are not built anew.
    #[must_use]
    pub fn wire(&self) -> Wire {
        self.rule.wire(self.usage)
    }
}

/// Changes as they are found: those that differ only in the type or the operation that shows them are one.
#[derive(Default)]
pub(super) struct Changes(BTreeMap<(Rule, Pointer, Pointer, String), Change>);

impl Changes {
    pub(super) fn add(&mut self, change: Change) {
        let key = (change.rule, change.old.clone(), change.new.clone(), change.message.clone());
        match self.0.get_mut(&key) {
            Some(known) => {
                known.items.extend(change.items);
                known.operations.extend(change.operations);
                known.usage = known.usage.or(change.usage);
            }
            None => {
                self.0.insert(key, change);
            }
        }
    }

    /// The changes, the gravest first.
    pub(super) fn finish(self) -> Vec<Change> {
        let mut changes: Vec<Change> = self.0.into_values().collect();
        changes.sort_by_key(|change| {
            let silent = change.rule.is_silent();
            std::cmp::Reverse((change.bump(), silent, change.wire()))
        });
        changes
    }
}
