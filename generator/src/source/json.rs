//! JSON by `serde_json`, with an eye on repeated keys.

use std::{cell::RefCell, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value, error::Category};

use super::{DEEPEST, Document, Mistake, yaml};
use crate::diagnostics::{Code, Pointer};

/// Reads a JSON text.
pub(super) fn read(text: &str) -> Result<Document, Mistake> {
    let duplicates = RefCell::default();
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Place { parent: None, step: Step::Index(0), duplicates: &duplicates }
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value));
    match read {
        Ok(value) => {
            Ok(Document { value, duplicates: duplicates.into_inner(), ..Document::default() })
        }
        // Numbers beyond any `f64` are legal JSON. The YAML reader keeps them, as texts.
        Err(error) if error.to_string().starts_with("number out of range") => {
            yaml::read(text).map_err(|_| mistake(text, &error))
        }
        Err(error) => Err(mistake(text, &error)),
    }
}

fn mistake(text: &str, error: &serde_json::Error) -> Mistake {
    let mut starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
    let start = starts.nth(error.line().saturating_sub(1)).unwrap_or(text.len());
    // `serde_json` counts the bytes that it has read, so the last of them is the one.
    let range = super::character(text, start + error.column().saturating_sub(1));
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(&*message, |(message, _)| message);
    if message.contains("recursion limit") {
        let message = format!("values are nested deeper than {DEEPEST} levels");
        return Mistake { code: Code::TooDeep, range, message };
    }
    let message = match error.classify() {
        Category::Eof => format!("the JSON ends too early: {message}"),
        _ => format!("this is not JSON: {message}"),
    };
    Mistake { code: Code::Syntax, range, message }
}

/// Where a value is being read. A chain on the stack, so that a good document allocates nothing.
#[derive(Clone, Copy)]
struct Place<'p> {
    parent: Option<&'p Place<'p>>,
    step: Step<'p>,
    duplicates: &'p RefCell<Vec<Pointer>>,
}

#[derive(Clone, Copy)]
enum Step<'p> {
    Key(&'p str),
    Index(usize),
}

impl Place<'_> {
    fn below<'p>(&'p self, step: Step<'p>) -> Place<'p> {
        Place { parent: Some(self), step, duplicates: self.duplicates }
    }

    fn pointer(&self) -> Pointer {
        match (self.parent, self.step) {
            (None, _) => Pointer::default(),
            (Some(parent), Step::Key(key)) => parent.pointer().key(key),
            (Some(parent), Step::Index(index)) => parent.pointer().index(index),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Place<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Place<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = access.next_element_seed(self.below(Step::Index(list.len())))? {
            list.push(value);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            let place = self.below(Step::Key(&key));
            let value = access.next_value_seed(place)?;
            if map.contains_key(&key) {
                self.duplicates.try_borrow_mut().map_err(A::Error::custom)?.push(place.pointer());
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}
