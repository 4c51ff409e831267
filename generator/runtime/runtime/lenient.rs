//! Responses that decode but for some of their parts.
//!
//! What decodes is found by decoding: a part that does not is left out, and the rest is tried again.
//! A list or map whose parts fail is halved, with as little as possible around it, until each bad
//! part stands alone, so that thousands of them take little more than one.

use std::fmt;
use std::mem::{replace, take};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::json::{self, Step};
use super::{Operation, number};

/// A part of a response that did not decode and was ignored.
#[non_exhaustive]
pub struct Skipped {
    /// The operation that was called.
    pub operation: &'static Operation,
    /// Where in the body it was, such as `entries[0].size`.
    pub path: String,
    /// The part, unchanged.
    pub value: Value,
    /// Why it did not decode.
    pub message: String,
}

/// The value is not shown: it may contain secrets.
impl fmt::Debug for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Operation { method, path, .. } = self.operation;
        write!(f, "Skipped({method} {path}: `{}`)", self.path)
    }
}

pub(super) type Report = Arc<dyn Fn(&Skipped) + Send + Sync>;

/// Tries to decode some JSON text.
pub(super) type Attempt<'a> = &'a mut dyn FnMut(&[u8]) -> serde_json::Result<()>;

/// Decodes what of `text` decodes, if leaving out parts helps. The last attempt is that of the rest.
pub(super) fn decode(
    text: &[u8],
    attempt: Attempt<'_>,
    operation: &'static Operation,
) -> Option<Vec<Skipped>> {
    let mut root = serde_json::from_slice(text).ok()?;
    let budget = 100 * text.len() + 1_000_000;
    let mut search =
        Search { attempt, operation, budget, origins: Vec::new(), skipped: Vec::new() };
    search.settle(&mut root, &[])?;
    Some(search.skipped)
}

/// How many members may hold an empty object for null.
const MOST_EMPTY: usize = 32;

/// Whether `text` decodes once objects without members, where they do not decode, are null: OpenAPI 3.0
/// has no type for null, so that documents write an object that has no members.
pub(super) fn decode_empty_as_null(text: &[u8], attempt: Attempt<'_>) -> bool {
    let Err(mut error) = attempt(text) else { return true };
    let Ok(mut root) = serde_json::from_slice::<Value>(text) else { return false };
    let mut text = text.to_vec();
    for _ in 0..MOST_EMPTY {
        let (path, message) = json::locate(&text, &error);
        // Where no object is expected at all, an empty one is a mistake like any other.
        let lacks_members = message.starts_with("missing field");
        if !lacks_members || !json::steps(&path).is_some_and(|path| clear_empty(&mut root, &path)) {
            return false;
        }
        text = match number::encode(&root) {
            Ok(text) => text,
            Err(_) => return false,
        };
        match attempt(&text) {
            Ok(()) => return true,
            Err(next) => error = next,
        }
    }
    false
}

/// Makes objects without members null, at a path and where only the index is another. Whether there is one.
fn clear_empty(value: &mut Value, path: &[Step]) -> bool {
    match path.split_first() {
        None => {
            let is_empty = value.as_object().is_some_and(Map::is_empty);
            if is_empty {
                *value = Value::Null;
            }
            is_empty
        }
        Some((Step::Member(name), rest)) => {
            value.get_mut(name).is_some_and(|value| clear_empty(value, rest))
        }
        Some((Step::Element(_), rest)) => {
            let mut any = false;
            for item in value.as_array_mut().into_iter().flatten() {
                any |= clear_empty(item, rest);
            }
            any
        }
    }
}

struct Search<'a> {
    attempt: Attempt<'a>,
    operation: &'static Operation,
    /// How many bytes may still be tried.
    budget: usize,
    /// Of the lists that hold one element alone: how deep they are, and its index before.
    origins: Vec<(usize, usize)>,
    skipped: Vec<Skipped>,
}

impl Search<'_> {
    /// Whether `root` decodes, or else where it does not, and why; `None` if the effort is too much.
    fn probe(&mut self, root: &Value) -> Option<Result<(), (Vec<Step>, String)>> {
        let text = number::encode(root).ok()?;
        self.budget = self.budget.checked_sub(text.len())?;
        let Err(error) = (self.attempt)(&text) else { return Some(Ok(())) };
        let (path, message) = json::locate(&text, &error);
        Some(Err((json::steps(&path)?, message)))
    }

    /// Leaves out what does not decode of what stands at `hole`.
    fn settle(&mut self, root: &mut Value, hole: &[Step]) -> Option<()> {
        loop {
            let Err((path, message)) = self.probe(root)? else { return Some(()) };
            if hole.starts_with(&path) && !hole.is_empty() {
                // Whoever made this frame can do no better than try without it.
                return Some(());
            }
            if !path.starts_with(hole) {
                // It is met again where it belongs.
                remove(root, &path)?;
                continue;
            }
            let known = self.skipped.len();
            for depth in hole.len()..path.len() {
                self.split(root, &path[..depth])?;
                if self.skipped.len() > known {
                    break;
                }
            }
            if self.skipped.len() == known {
                self.skip(root, &path, message)?;
            }
        }
    }

    /// Settles each part of a list or map by itself.
    fn split(&mut self, root: &mut Value, path: &[Step]) -> Option<()> {
        let place = at(root, path)?;
        let count = place.as_array().map(Vec::len).or(place.as_object().map(Map::len));
        if count.is_none_or(|count| count < 2) {
            return Some(());
        }
        let is_object = place.is_object();
        let parts = Parts::take(place);
        let mut around = frame(root, Some(path), 16);
        let mut decodes = self.probe(&around)?.is_ok();
        if !decodes {
            around = frame(root, Some(path), usize::MAX);
            // A record of which something is required needs it: it is no map.
            decodes = !is_object || self.probe(&around)?.is_ok();
        }
        let parts = if decodes {
            let path: Vec<Step> = path.iter().map(Step::alone).collect();
            self.halve(&mut around, &path, parts, 0)?
        } else {
            parts
        };
        parts.put(at(root, path)?);
        Some(())
    }

    /// `first` is the index of the first of these parts; `path`, where they belong in `frame`.
    fn halve(
        &mut self,
        frame: &mut Value,
        path: &[Step],
        parts: Parts,
        first: usize,
    ) -> Option<Parts> {
        let count = parts.0.len();
        parts.put(at(frame, path)?);
        if count == 1 {
            self.origins.push((path.len(), first));
            self.settle(frame, path)?;
            self.origins.pop();
        } else if self.probe(frame)?.is_err() {
            let mut parts = Parts::take(at(frame, path)?);
            let rest = Parts(parts.0.split_off(count / 2));
            let mut settled = self.halve(frame, path, parts, first)?;
            settled.0.extend(self.halve(frame, path, rest, first + count / 2)?.0);
            return Some(settled);
        }
        Some(Parts::take(at(frame, path)?))
    }

    /// Leaves out what does not decode.
    fn skip(&mut self, root: &mut Value, path: &[Step], mut message: String) -> Option<()> {
        let origin = self.original(path);
        let place = at(root, path)?;
        let missing = message.starts_with("missing field");
        let empty = match place {
            _ if missing => None,
            Value::Object(_) | Value::Null if message.contains("expected a sequence") => {
                Some(Value::Array(Vec::new()))
            }
            Value::Array(_) | Value::Null if message.contains("expected a map") => {
                Some(Value::Object(Map::new()))
            }
            _ => None,
        };
        // What was left out of this and cannot be: all of it is left out, as it came.
        while missing
            && let Some(steps) = self.skipped.last().and_then(|last| json::steps(&last.path))
            && let Some((Step::Member(name), parent)) = steps.split_last()
            && parent == origin
            && let Some(last) = self.skipped.pop()
        {
            message = format!("at `{name}`: {}", last.message);
            place.as_object_mut()?.insert(name.clone(), last.value);
        }
        let value = match empty {
            Some(empty) => replace(place, empty),
            None => remove(root, path)?,
        };
        let path = json::show(&origin);
        self.skipped.push(Skipped { operation: self.operation, path, value, message });
        Some(())
    }

    /// The path in the whole body.
    fn original(&self, path: &[Step]) -> Vec<Step> {
        let mut path = path.to_vec();
        for (depth, index) in &self.origins {
            if let Some(Step::Element(alone)) = path.get_mut(*depth) {
                *alone = *index;
            }
        }
        path
    }
}

/// What a list or map holds, by name in a map.
struct Parts(Vec<(String, Value)>);

impl Parts {
    fn take(container: &mut Value) -> Self {
        match container {
            Value::Array(items) => {
                Self(take(items).into_iter().map(|item| (String::new(), item)).collect())
            }
            Value::Object(members) => Self(take(members).into_iter().collect()),
            _ => Self(Vec::new()),
        }
    }

    /// Puts them where they were taken from.
    fn put(self, container: &mut Value) {
        match container {
            Value::Array(items) => items.extend(self.0.into_iter().map(|(_, item)| item)),
            Value::Object(members) => members.extend(self.0),
            _ => {}
        }
    }
}

fn at<'v>(root: &'v mut Value, path: &[Step]) -> Option<&'v mut Value> {
    path.iter().try_fold(root, |value, step| match step {
        Step::Member(name) => value.get_mut(name),
        Step::Element(index) => value.get_mut(index),
    })
}

fn remove(root: &mut Value, path: &[Step]) -> Option<Value> {
    let (last, parent) = path.split_last()?;
    match (at(root, parent)?, last) {
        (Value::Array(items), Step::Element(index)) if *index < items.len() => {
            Some(items.remove(*index))
        }
        (Value::Object(members), Step::Member(name)) => members.remove(name),
        _ => None,
    }
}

/// A copy without the elements of lists, and without the members of an object of more than `most`,
/// but for those that lead to `path`.
fn frame(value: &Value, path: Option<&[Step]>, most: usize) -> Value {
    let next = path.and_then(<[Step]>::split_first);
    match value {
        Value::Array(items) => match next {
            Some((Step::Element(index), rest)) => {
                items.get(*index).into_iter().map(|item| frame(item, Some(rest), most)).collect()
            }
            _ => Value::Array(Vec::new()),
        },
        Value::Object(members) if path.is_none() && members.len() > most => {
            Value::Object(Map::new())
        }
        Value::Object(members) => {
            let copy = |(name, value): (&String, &Value)| {
                let rest = match next {
                    Some((Step::Member(own), rest)) if own == name => Some(rest),
                    _ => None,
                };
                (name.clone(), frame(value, rest, most))
            };
            members.iter().map(copy).collect()
        }
        scalar => scalar.clone(),
    }
}
