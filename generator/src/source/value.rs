//! A JSON value from whatever `serde` reads, with an eye on repeated keys.

use std::{cell::RefCell, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::diagnostics::Pointer;

/// Reads a value. `duplicates` gets the keys that are there twice, of which the last one counts.
pub(super) fn read_value<'de, D: Deserializer<'de>>(
    deserializer: D,
    duplicates: &RefCell<Vec<Pointer>>,
) -> Result<Value, D::Error> {
    Place { parent: None, step: Step::Index(0), duplicates }.deserialize(deserializer)
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

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        // YAML's infinity and not-a-number.
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not a JSON number"))
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
