use serde_json::Value;

use super::{Check, target::Target};
use crate::diagnostics::{Code, Diagnostics, Edit, Pointer};

/// One change that an overlay makes.
pub(super) struct Action<'o> {
    target: Target,
    change: Change<'o>,
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
                check.invalid(
                    pointer,
                    "the action does nothing: it has no `update` and no `remove: true`",
                );
                return None;
            }
            (Some(_), _) => {
                check.invalid(&pointer.key("remove"), "`remove` must be true or false");
                return None;
            }
        };
        Some(Self { target: target?, change, pointer: pointer.clone() })
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
                finding.help(format!("`{part}` matches, what follows it does not"));
            }
            return;
        }
        let mut failed = None;
        match self.change {
            Change::Remove => failed = remove(document, places, diagnostics).err(),
            Change::Update(update) => {
                for place in places {
                    let Some(value) = document.pointer_mut(place.as_str()) else { continue };
                    let mut merge = Merge { overlay, diagnostics };
                    let from = self.pointer.key("update");
                    failed = failed.or(merge.at_target(value, update, &place, &from).err());
                }
            }
        }
        if let Some(message) = failed {
            Check { file: overlay + 1, diagnostics }.invalid(&self.pointer.key("target"), message);
        }
    }
}

/// Takes the values at `places` out of the document.
fn remove(
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
                    let (to, from) = (to.key(key), from.key(key));
                    match members.get_mut(key) {
                        Some(member) => self.merge(member, update, &to, &from),
                        None => {
                            members.insert(key.clone(), update.clone());
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
                *target = update.clone();
                self.came(to.clone(), from.clone());
            }
        }
    }

    fn append(&mut self, list: &mut Vec<Value>, entry: &Value, to: &Pointer, from: &Pointer) {
        self.came(to.index(list.len()), from.clone());
        list.push(entry.clone());
    }

    fn came(&mut self, to: Pointer, from: Pointer) {
        self.diagnostics.edited(Edit::FromFile { to, file: self.overlay + 1, from });
    }
}
