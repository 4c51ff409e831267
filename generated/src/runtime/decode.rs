//! Decoding. serde's `Deserialize` is generic over the deserializer, so that a program compiles the
//! deserializer's code for maps, sequences and options once for each type. The types of this crate
//! implement [`Decode`], which reads from a [`Source`] by dynamic dispatch: a program compiles that code
//! once, and `Deserialize` for each type is one call of [`deserialize`].

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::{Deserializer, Error as _};
use serde_json::{Error, Number, Result, Value};

use super::source::{Array, Kind, Object, Source, read_from};

/// A type that reads itself from a [`Source`].
pub trait Decode<'de>: Sized {
    /// Reads one.
    ///
    /// # Errors
    /// The value is wrong. What the deserializer behind the source says of it is kept there, and
    /// [`deserialize`] returns it.
    fn decode(source: &mut dyn Source<'de>) -> Result<Self>;
}

/// `Deserialize` for what implements [`Decode`].
///
/// # Errors
/// Those of [`Decode::decode`].
pub fn deserialize<'de, T: Decode<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<T, D::Error> {
    read_from(deserializer, T::decode)
}

/// Decodes JSON text.
///
/// # Errors
/// Those of `read`, and what is wrong with the text.
pub fn decode_text<'de>(
    text: &'de [u8],
    read: &mut dyn FnMut(&mut dyn Source<'de>) -> Result<()>,
) -> Result<()> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    read_from(&mut deserializer, read)?;
    deserializer.end()
}

/// Reads a string that `parse` parses.
///
/// # Errors
/// It is not a string, or what `parse` says.
pub fn parse_text<T>(
    source: &mut dyn Source<'_>,
    parse: impl Fn(&str) -> std::result::Result<T, String>,
) -> Result<T> {
    let mut read = None;
    source.parse(&mut |text| {
        read = Some(parse(text).map_err(Error::custom)?);
        Ok(())
    })?;
    taken(read)
}

/// Reads a value, of which `choose` makes something.
///
/// # Errors
/// What `choose` says, or that the value is of another kind.
pub fn read_json<T>(
    source: &mut dyn Source<'_>,
    kind: Kind,
    choose: impl Fn(Value) -> Result<T>,
) -> Result<T> {
    let mut read = None;
    source.json(kind, &mut |value| {
        read = Some(choose(value)?);
        Ok(())
    })?;
    taken(read)
}

/// What a source has passed on, as every source does.
fn taken<T>(value: Option<T>) -> Result<T> {
    value.ok_or_else(|| Error::custom("the value is missing"))
}

macro_rules! scalars {
    ($($type:ident),+) => {$(
        impl<'de> Decode<'de> for $type {
            fn decode(source: &mut dyn Source<'de>) -> Result<Self> {
                source.$type()
            }
        }
    )+};
}
scalars!(bool, i32, i64, u32, u64, f64);

impl<'de> Decode<'de> for String {
    fn decode(source: &mut dyn Source<'de>) -> Result<Self> {
        source.text().map(Cow::into_owned)
    }
}

impl<'de> Decode<'de> for Value {
    fn decode(source: &mut dyn Source<'de>) -> Result<Self> {
        read_json(source, Kind::Any, Ok)
    }
}

impl<'de> Decode<'de> for Number {
    fn decode(source: &mut dyn Source<'de>) -> Result<Self> {
        read_json(source, Kind::Number, |value| match value {
            Value::Number(number) => Ok(number),
            _ => Err(Error::custom("not a JSON number")),
        })
    }
}

impl<'de> Decode<'de> for () {
    fn decode(source: &mut dyn Source<'de>) -> Result<Self> {
        read_json(source, Kind::Null, |_| Ok(()))
    }
}

impl<'de, T: Decode<'de>> Decode<'de> for Box<T> {
    fn decode(source: &mut dyn Source<'de>) -> Result<Self> {
        T::decode(source).map(Self::new)
    }
}

impl<'de, T: Decode<'de>> Decode<'de> for Option<T> {
    fn decode(source: &mut dyn Source<'de>) -> Result<Self> {
        let mut read = None;
        source.optional(&mut |source| {
            read = Some(T::decode(source)?);
            Ok(())
        })?;
        Ok(read)
    }
}

impl<'de, T: Decode<'de>> Decode<'de> for Vec<T> {
    fn decode(source: &mut dyn Source<'de>) -> Result<Self> {
        let mut elements = Self::new();
        source.array(&mut elements)?;
        Ok(elements)
    }
}

impl<'de, T: Decode<'de>> Array<'de> for Vec<T> {
    fn expected(&self) -> &str {
        "a sequence"
    }

    fn element(&mut self, source: &mut dyn Source<'de>) -> Result<()> {
        self.push(T::decode(source)?);
        Ok(())
    }
}

impl<'de, T: Decode<'de>> Decode<'de> for BTreeMap<String, T> {
    fn decode(source: &mut dyn Source<'de>) -> Result<Self> {
        let mut members = Self::new();
        source.object(&mut members)?;
        Ok(members)
    }
}

impl<'de, T: Decode<'de>> Object<'de> for BTreeMap<String, T> {
    fn expected(&self) -> &str {
        "a map"
    }

    fn member(&mut self, key: &str, source: &mut dyn Source<'de>) -> Result<()> {
        self.insert(key.to_owned(), T::decode(source)?);
        Ok(())
    }
}
