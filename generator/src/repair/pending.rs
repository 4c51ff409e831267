//! References that are put off until the rest of the document is repaired.

use serde_json::Value;

use super::{at::At, shape::Shape};
use crate::diagnostics::Pointer;

/// A reference that is to be resolved when everything else is in order.
pub(super) struct Pending {
    pub(super) place: Pointer,
    pub(super) task: Task,
}

/// What is to be done about it.
pub(super) enum Task {
    /// Move what it leads to into this section of `components`.
    Hoist { section: String },
    /// Put a copy of what it leads to here: OpenAPI has no reference in this place.
    Inline { shape: Shape },
}

impl Pending {
    /// For a reference that is not to an entry of `components`, but to something in the document.
    pub(super) fn hoist(reference: &str, section: &str, at: &At<'_>) -> Option<Self> {
        let entry = reference
            .strip_prefix("#/components/")
            .is_some_and(|rest| rest.matches('/').count() == 1);
        let inside = reference.starts_with("#/") && !entry;
        inside.then(|| Self {
            place: at.pointer(),
            task: Task::Hoist { section: section.to_owned() },
        })
    }

    pub(super) fn inline(shape: Shape, at: &At<'_>) -> Self {
        Self { place: at.pointer(), task: Task::Inline { shape } }
    }
}

/// The reference, if the value is one.
pub(super) fn reference_of(value: &Value) -> Option<&str> {
    value.as_object()?.get("$ref")?.as_str()
}
