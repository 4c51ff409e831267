use serde_json::Value;

use super::{Check, expect, target::Target};
use crate::diagnostics::{Code, Diagnostics, Edit, Pointer};

/// One change that an overlay makes.
pub(super) struct Action<'o> {
    target: Target,
    change: Change<'o>,
    /// What each target must hold before it is changed: the extension `x-expect`.
    expected: Option<&'o Value>,
    /// Where it stands in the overlay.
    pointer: Pointer,
}

enum Change<'o> {
    Remove,
    Update(&'o Value),
}

impl<'o> Action<'o> {
    /// Reads an action; nothing, if it is wrong in any way.
    pub(super) fn new(value: &'o Value, pointer: &Pointer, check: &mut Check<'_>) -> Option<Self> {
        let Some(members) = value.as_object() else {
            check.invalid(pointer, "an action must be a mapping");
            return None;
        };
        check.members(
            members,
            pointer,
            "an action",
            &["target", "description", "update", "remove"],
        );
        if members.get("description").is_some_and(|text| !text.is_string()) {
            check.invalid(&pointer.key("description"), "`description` must be a string");
        }
        let target = match members.get("target") {
            Some(Value::String(text)) => match Target::new(text) {
                Ok(target) => Some(target),
                Err(message) => {
                    check.invalid(&pointer.key("target"), message);
                    None
                }
            },
            Some(_) => {
                check.invalid(&pointer.key("target"), "`target` must be a string");
                None
            }
            None => {
                check.invalid(pointer, "the action has no `target`");
                None
            }
        };
        let change = match (members.get("remove"), members.get("update")) {
            (Some(Value::Bool(true)), _) => Change::Remove,
            (None | Some(Value::Bool(false)), Some(update)) => Change::Update(update),
            (None | Some(Value::Bool(false)), None) => {
                check.invalid(pointer, "the action has neither `update` nor `remove: true`");
                return None;
            }
            (Some(_), _) => {
                check.invalid(&pointer.key("remove"), "`remove` must be true or false");
                return None;
            }
        };
        let expected = members.get("x-expect");
        Some(Self { target: target?, change, expected, pointer: pointer.clone() })
    }

    /// Changes the document; `overlay` counts overlays from 0.
    pub(super) fn apply(
        &self,
        overlay: usize,
        document: &mut Value,
        diagnostics: &mut Diagnostics,
    ) {
        let places = self.target.places(document);
        if places.is_empty() {
            let at = self.pointer.key("target");
            let message = format!("`{}` matches nothing in the document", self.target.text());
            let finding =
                diagnostics.report_in_file(overlay + 1, Code::OverlayNoMatch, &at, message);
            if let Some(part) = self.target.longest_match(document) {
                finding.help(format!("`{part}` matches, but what follows does not"));
            }
            return;
        }
        if let Some(expected) = self.expected {
            let unlike = places.iter().find(|place| {
                let found = document.pointer(place.as_str());
                found.is_some_and(|found| !expect::meets_expectation(found, expected))
            });
            if let Some(place) = unlike {
                let at = self.pointer.key("x-expect");
                let message = format!("`{}` is not what the action expects", place.as_str());
                let code = Code::OverlayUnexpected;
                diagnostics.report_in_file(overlay + 1, code, &at, message);
                return;
            }
        }
        self.look_for_orphans(overlay, &places, document, diagnostics);
        if !self.change_places(overlay, places, document, diagnostics) {
            let message = "the action has no effect: the document already says this";
            let code = Code::OverlaySuperfluous;
            diagnostics.report_in_file(overlay + 1, code, &self.pointer.key("target"), message);
        }
    }

    /// Words and limits for a property that the document does not have would make one of any type.
    fn look_for_orphans(
        &self,
        overlay: usize,
        places: &[Pointer],
        document: &Value,
        diagnostics: &mut Diagnostics,
    ) {
        let Change::Update(update) = self.change else { return };
        for place in places {
            let Some(found) = document.pointer(place.as_str()) else { continue };
            let is_map = place.split().is_some_and(|(_, key)| key == "properties");
            for orphan in expect::orphaned_properties(found, update, self.expected, is_map) {
                let at =
                    Pointer::from_text(format!("{}{orphan}", self.pointer.key("update").as_str()));
                let message =
                    "the document does not have this property, and the action gives it no type";
                let code = Code::OverlayUnexpected;
                let finding = diagnostics.report_in_file(overlay + 1, code, &at, message);
                finding.at_key().help(
                    "if it is a new property, give it a type, or list it as null in `x-expect`",
                );
            }
        }
    }

    /// Whether there was anything to change, or something was wrong and is reported.
    fn change_places(
        &self,
        overlay: usize,
        places: Vec<Pointer>,
        document: &mut Value,
        diagnostics: &mut Diagnostics,
    ) -> bool {
        let mut failed = None;
        let mut changed = false;
        match self.change {
            Change::Remove => {
                changed = true;
                failed = remove_values(document, places, diagnostics).err();
            }
            Change::Update(update) => {
                for place in places {
                    let Some(value) = document.pointer_mut(place.as_str()) else { continue };
                    let mut merge = Merge { overlay, diagnostics, changed: false };
                    let from = self.pointer.key("update");
                    failed = failed.or(merge.at_target(value, update, &place, &from).err());
                    changed |= merge.changed;
                }
            }
        }
        changed |= failed.is_some();
        if let Some(message) = failed {
            Check { file: overlay + 1, diagnostics }.invalid(&self.pointer.key("target"), message);
        }
        changed
    }
}

/// Takes the values at `places` out of the document.
fn remove_values(
    document: &mut Value,
    mut places: Vec<Pointer>,
    diagnostics: &mut Diagnostics,
) -> Result<(), String> {
    // From the last to the first, nothing moves that is still to go.
    while let Some(place) = places.pop() {
        let Some((parent, key)) = place.split() else {
            return Err("the whole document cannot be removed".to_owned());
        };
        match document.pointer_mut(parent.as_str()) {
            Some(Value::Object(map)) => {
                map.shift_remove(&key);
            }
            Some(Value::Array(list)) => {
                if let Some(index) = key.parse().ok().filter(|index| *index < list.len()) {
                    list.remove(index);
                    diagnostics.edited(Edit::Removed { list: parent, indices: vec![index] });
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Puts an update into the document and remembers where each part came from.
struct Merge<'d> {
    overlay: usize,
    diagnostics: &'d mut Diagnostics,
    /// Whether the document said something else before.
    changed: bool,
}

impl Merge<'_> {
    fn at_target(
        &mut self,
        target: &mut Value,
        update: &Value,
        to: &Pointer,
        from: &Pointer,
    ) -> Result<(), String> {
        match (&mut *target, update) {
            (Value::Object(_), Value::Object(_)) | (Value::Array(_), Value::Array(_)) => {
                self.merge(target, update, to, from);
            }
            (Value::Array(list), entry) => self.append(list, entry, to, from),
            (Value::Object(_), _) => {
                return Err("the target is a mapping, so `update` must be one".to_owned());
            }
            _ => {
                return Err("the target is a single value; \
                    select the mapping that contains it and give the member in `update`"
                    .to_owned());
            }
        }
        Ok(())
    }

    fn merge(&mut self, target: &mut Value, update: &Value, to: &Pointer, from: &Pointer) {
        match (&mut *target, update) {
            (Value::Object(members), Value::Object(updates)) => {
                for (key, update) in updates {
                    let to = to.key(key);
                    let from = from.key(key);
                    match members.get_mut(key) {
                        Some(member) => self.merge(member, update, &to, &from),
                        None => {
                            members.insert(key.clone(), update.clone());
                            self.changed = true;
                            self.came(to, from);
                        }
                    }
                }
            }
            (Value::Array(list), Value::Array(updates)) => {
                for (index, update) in updates.iter().enumerate() {
                    self.append(list, update, to, &from.index(index));
                }
            }
            _ => {
                self.changed |= *target != *update;
                *target = update.clone();
                self.came(to.clone(), from.clone());
            }
        }
    }

    fn append(&mut self, list: &mut Vec<Value>, entry: &Value, to: &Pointer, from: &Pointer) {
        self.changed = true;
        self.came(to.index(list.len()), from.clone());
        list.push(entry.clone());
    }

    fn came(&mut self, to: Pointer, from: Pointer) {
        self.diagnostics.edited(Edit::FromFile { to, file: self.overlay + 1, from });
    }
}
