//! Mappings and lists.

use serde_json::{Map, Value};

use super::{
    super::{
        at::At,
        pending::{Pending, reference_of},
        repairs::{Doomed, value_kind},
        shape::Shape,
    },
    Walk,
};
use crate::diagnostics::{Code, Edit};

/// How long a path, or the name of anything, may be, in bytes. All that stands in it would have it in its
/// place, and all that is emitted for it in its text.
const LONGEST_NAME: usize = 2_000;

impl Walk<'_> {
    pub(super) fn map(&mut self, value: &mut Value, shape: &'static Shape, at: &At<'_>) -> bool {
        if reference_of(value).is_some() && !matches!(shape, Shape::Text) {
            self.pending.push(Pending::inline(Shape::Map(shape), at));
            return true;
        }
        let Value::Object(map) = value else { return self.repairs.misfit(value, "a mapping", at) };
        self.entries(map, shape, at, |_| true)
    }

    /// A map whose names that start with `x-` are extensions.
    pub(super) fn patterned(
        &mut self,
        value: &mut Value,
        shape: &'static Shape,
        at: &At<'_>,
    ) -> bool {
        let Value::Object(map) = value else { return self.repairs.misfit(value, "a mapping", at) };
        self.entries(map, shape, at, |key| !key.starts_with("x-"))
    }

    fn entries(
        &mut self,
        map: &mut Map<String, Value>,
        shape: &'static Shape,
        at: &At<'_>,
        belongs: impl Fn(&str) -> bool,
    ) -> bool {
        let mut doomed = Doomed::default();
        for (index, (key, value)) in map.iter_mut().enumerate() {
            if !belongs(key) {
                continue;
            }
            if key.len() > LONGEST_NAME {
                let message = format!("`{key}` is too long for a name");
                self.repairs.report(Code::TooComplex, at, message).help("it is left out");
                doomed.add(index);
            } else if !self.entry(value, shape, &at.key(key)) {
                doomed.add(index);
            }
        }
        doomed.remove_from(map);
        true
    }

    fn entry(&mut self, value: &mut Value, shape: &'static Shape, at: &At<'_>) -> bool {
        let empty = match shape {
            _ if !value.is_null() => return self.value(value, *shape, at),
            // A name with nothing behind it still names something.
            Shape::Schema | Shape::Object(_) | Shape::ObjectOr(..) => Value::Object(Map::new()),
            // The scopes of a security requirement.
            Shape::List(_) => Value::Array(Vec::new()),
            Shape::Text => Value::String(String::new()),
            _ => return self.repairs.misfit(value, "a value", at),
        };
        self.repairs
            .report(Code::NullValue, at, format!("`{}` is null", at.name()))
            .help("treated as empty");
        *value = empty;
        self.value(value, *shape, at)
    }

    pub(super) fn list(&mut self, value: &mut Value, shape: &'static Shape, at: &At<'_>) -> bool {
        if !value.is_array() {
            let fits = match shape {
                Shape::Text => value.is_string() || value.is_number(),
                Shape::Any => !value.is_object(),
                Shape::Object(object) => {
                    value.is_object() || (value.is_string() && object.short.is_some())
                }
                _ => value.is_object(),
            };
            if !fits {
                return self.repairs.misfit(value, "a list", at);
            }
            self.repairs
                .report(
                    Code::CoercedValue,
                    at,
                    format!("expected a list, found {}", value_kind(value)),
                )
                .help("read as a list of one element");
            let only = value.take();
            *value = Value::Array(vec![only]);
            let pointer = at.pointer();
            self.repairs
                .diagnostics
                .edited(Edit::FromDocument { to: pointer.index(0), from: pointer });
        }
        let Value::Array(list) = value else { return false };
        let mut doomed = Doomed::default();
        for (index, value) in list.iter_mut().enumerate() {
            let at = at.index(index);
            if value.is_null() && !matches!(shape, Shape::Any) {
                self.repairs
                    .report(Code::NullValue, &at, "an element of the list is null")
                    .help("it is left out");
                doomed.add(index);
            } else if !self.value(value, *shape, &at) {
                doomed.add(index);
            }
        }
        self.repairs.remove_elements(list, doomed, at);
        true
    }
}
