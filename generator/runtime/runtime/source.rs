//! Values that are about to be read.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, IntoDeserializer,
    MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde_json::{Error, Number, Result, Value};

/// A value that is about to be read, once.
pub trait Source<'de> {
    /// Reads a `bool`.
    fn bool(&mut self) -> Result<bool>;

    /// Reads an `i32`.
    fn i32(&mut self) -> Result<i32>;

    /// Reads an `i64`.
    fn i64(&mut self) -> Result<i64>;

    /// Reads a `u32`.
    fn u32(&mut self) -> Result<u32>;

    /// Reads a `u64`.
    fn u64(&mut self) -> Result<u64>;

    /// Reads an `f64`.
    fn f64(&mut self) -> Result<f64>;

    /// Reads a string, borrowed where the input allows it.
    fn text(&mut self) -> Result<Cow<'de, str>>;

    /// Reads a string that `take` parses. Its error is placed where the source stands.
    fn parse(&mut self, take: &mut dyn FnMut(&str) -> Result<()>) -> Result<()>;

    /// Reads a value of this kind. An error of `take` is placed where the source stands.
    fn json(&mut self, kind: Kind, take: &mut dyn FnMut(Value) -> Result<()>) -> Result<()>;

    /// Skips the value.
    fn ignore(&mut self) -> Result<()>;

    /// Passes the value on unless it is null.
    fn optional(&mut self, read: &mut dyn FnMut(&mut dyn Source<'de>) -> Result<()>) -> Result<()>;

    /// Reads an array.
    fn array(&mut self, array: &mut dyn Array<'de>) -> Result<()>;

    /// Reads an object.
    fn object(&mut self, object: &mut dyn Object<'de>) -> Result<()>;
}

/// Which values are read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// All.
    Any,
    /// Numbers.
    Number,
    /// Null.
    Null,
}

/// An array that is being read.
pub trait Array<'de> {
    /// What it is, for error messages.
    fn expected(&self) -> &str;

    /// Reads the next element.
    fn element(&mut self, source: &mut dyn Source<'de>) -> Result<()>;

    /// Checks what was read.
    fn finish(&self) -> Result<()> {
        Ok(())
    }
}

/// An object that is being read.
pub trait Object<'de> {
    /// What it is, for error messages.
    fn expected(&self) -> &str;

    /// Reads the next member.
    fn member(&mut self, key: &str, source: &mut dyn Source<'de>) -> Result<()>;

    /// Checks what was read.
    fn finish(&self) -> Result<()> {
        Ok(())
    }
}

/// Reads a value from a deserializer of serde.
///
/// # Errors
/// The deserializer's own error, unchanged, or that of `read`.
pub(super) fn read_from<'de, T, D: Deserializer<'de>>(
    deserializer: D,
    read: impl FnOnce(&mut dyn Source<'de>) -> Result<T>,
) -> std::result::Result<T, D::Error> {
    let mut source = SourceOf { deserializer: Some(deserializer), error: None };
    read(&mut source).map_err(|error| source.error.unwrap_or_else(|| D::Error::custom(error)))
}

/// The source that is a deserializer of serde.
struct SourceOf<D, E> {
    deserializer: Option<D>,
    /// What the deserializer said, which has a type that [`Source`] cannot name.
    error: Option<E>,
}

impl<'de, D: Deserializer<'de>> SourceOf<D, D::Error> {
    fn read<T>(&mut self, read: impl FnOnce(D) -> std::result::Result<T, D::Error>) -> Result<T> {
        match self.deserializer.take().map(read) {
            Some(Ok(value)) => Ok(value),
            Some(Err(error)) => Err(self.keep(error)),
            None => Err(Error::custom("the value was read before")),
        }
    }

    fn keep(&mut self, error: D::Error) -> Error {
        self.error = Some(error);
        Error::custom("the deserializer failed")
    }
}

impl<'de, D: Deserializer<'de>> Source<'de> for SourceOf<D, D::Error> {
    fn bool(&mut self) -> Result<bool> {
        self.read(bool::deserialize)
    }

    fn i32(&mut self) -> Result<i32> {
        self.read(i32::deserialize)
    }

    fn i64(&mut self) -> Result<i64> {
        self.read(i64::deserialize)
    }

    fn u32(&mut self) -> Result<u32> {
        self.read(u32::deserialize)
    }

    fn u64(&mut self) -> Result<u64> {
        self.read(u64::deserialize)
    }

    fn f64(&mut self) -> Result<f64> {
        self.read(f64::deserialize)
    }

    fn text(&mut self) -> Result<Cow<'de, str>> {
        self.read(|deserializer| deserializer.deserialize_str(TextVisitor))
    }

    fn parse(&mut self, take: &mut dyn FnMut(&str) -> Result<()>) -> Result<()> {
        self.read(|deserializer| deserializer.deserialize_str(ParseVisitor(take)))
    }

    fn json(&mut self, kind: Kind, take: &mut dyn FnMut(Value) -> Result<()>) -> Result<()> {
        self.read(|deserializer| deserializer.deserialize_any(JsonVisitor(kind, take)))
    }

    fn ignore(&mut self) -> Result<()> {
        self.read(IgnoredAny::deserialize).map(drop)
    }

    fn optional(&mut self, read: &mut dyn FnMut(&mut dyn Source<'de>) -> Result<()>) -> Result<()> {
        self.read(|deserializer| deserializer.deserialize_option(OptionVisitor(read)))
    }

    fn array(&mut self, array: &mut dyn Array<'de>) -> Result<()> {
        self.read(|deserializer| deserializer.deserialize_seq(ArrayVisitor(array)))
    }

    fn object(&mut self, object: &mut dyn Object<'de>) -> Result<()> {
        self.read(|deserializer| deserializer.deserialize_map(ObjectVisitor(object)))
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> std::result::Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> std::result::Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> std::result::Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text))
    }

    // As serde reads a `String`.
    fn visit_bytes<E: serde::de::Error>(
        self,
        bytes: &[u8],
    ) -> std::result::Result<Cow<'de, str>, E> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.visit_str(text),
            Err(_) => Err(E::invalid_value(Unexpected::Bytes(bytes), &self)),
        }
    }
}

struct ParseVisitor<'t>(&'t mut dyn FnMut(&str) -> Result<()>);

impl Visitor<'_> for ParseVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> std::result::Result<(), E> {
        (self.0)(text).map_err(E::custom)
    }
}

/// Reads a value and passes it on while the deserializer is still at it, so that an error is placed there;
/// [`Value`]'s own decoder would be behind it.
struct JsonVisitor<'t>(Kind, &'t mut dyn FnMut(Value) -> Result<()>);

impl JsonVisitor<'_> {
    fn pass<E: serde::de::Error>(self, value: Value) -> std::result::Result<(), E> {
        let fits = match self.0 {
            Kind::Any => true,
            Kind::Number => value.is_number(),
            Kind::Null => value.is_null(),
        };
        if !fits {
            return Err(E::invalid_type(unexpected(&value), &self));
        }
        (self.1)(value).map_err(E::custom)
    }

    /// Passes on what `Value` makes of a scalar.
    fn convert<'de, E: serde::de::Error>(
        self,
        scalar: impl IntoDeserializer<'de, E>,
    ) -> std::result::Result<(), E> {
        let value = Value::deserialize(scalar.into_deserializer())?;
        self.pass(value)
    }
}

fn unexpected(value: &Value) -> Unexpected<'_> {
    match value {
        Value::Null => Unexpected::Unit,
        Value::Bool(value) => Unexpected::Bool(*value),
        Value::String(text) => Unexpected::Str(text),
        Value::Array(_) => Unexpected::Seq,
        Value::Object(_) => Unexpected::Map,
        Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
            (Some(number), _, _) => Unexpected::Unsigned(number),
            (_, Some(number), _) => Unexpected::Signed(number),
            (_, _, Some(number)) => Unexpected::Float(number),
            _ => Unexpected::Other("number"),
        },
    }
}

macro_rules! scalars {
    ($($visit:ident $type:ty),+) => {
        $(fn $visit<E: serde::de::Error>(self, value: $type) -> std::result::Result<(), E> {
            self.pass(value.into())
        })+
    };
}

impl<'de> Visitor<'de> for JsonVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Any => "any valid JSON value",
            Kind::Number => "a JSON number",
            Kind::Null => "unit",
        })
    }

    scalars!(visit_bool bool, visit_i64 i64, visit_u64 u64, visit_f64 f64, visit_str &str, visit_string String);

    fn visit_i128<E: serde::de::Error>(self, number: i128) -> std::result::Result<(), E> {
        self.convert(number)
    }

    fn visit_u128<E: serde::de::Error>(self, number: u128) -> std::result::Result<(), E> {
        self.convert(number)
    }

    fn visit_unit<E: serde::de::Error>(self) -> std::result::Result<(), E> {
        self.pass(Value::Null)
    }

    fn visit_none<E: serde::de::Error>(self) -> std::result::Result<(), E> {
        self.pass(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, value: D) -> std::result::Result<(), D::Error> {
        value.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> std::result::Result<(), A::Error> {
        if self.0 != Kind::Any {
            return Err(A::Error::invalid_type(Unexpected::Seq, &self));
        }
        let value = Value::deserialize(SeqAccessDeserializer::new(items))?;
        self.pass(value)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> std::result::Result<(), A::Error> {
        let members = MapAccessDeserializer::new(members);
        let value = match self.0 {
            Kind::Any => Value::deserialize(members)?,
            // With the feature `arbitrary_precision` of serde_json, numbers come as maps.
            Kind::Number => Number::deserialize(members)?.into(),
            Kind::Null => return Err(A::Error::invalid_type(Unexpected::Map, &self)),
        };
        self.pass(value)
    }
}

struct OptionVisitor<'t, 'de>(&'t mut dyn FnMut(&mut dyn Source<'de>) -> Result<()>);

impl<'de> Visitor<'de> for OptionVisitor<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("option")
    }

    fn visit_unit<E>(self) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_none<E>(self) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<(), D::Error> {
        read_from(deserializer, self.0)
    }
}

struct ArrayVisitor<'t, 'de>(&'t mut dyn Array<'de>);

impl<'de> Visitor<'de> for ArrayVisitor<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.expected())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> std::result::Result<(), A::Error> {
        while elements.next_element_seed(Element(&mut *self.0))?.is_some() {}
        self.0.finish().map_err(A::Error::custom)
    }
}

struct Element<'t, 'de>(&'t mut dyn Array<'de>);

impl<'de> DeserializeSeed<'de> for Element<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<(), D::Error> {
        read_from(deserializer, |source| self.0.element(source))
    }
}

struct ObjectVisitor<'t, 'de>(&'t mut dyn Object<'de>);

impl<'de> Visitor<'de> for ObjectVisitor<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.expected())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> std::result::Result<(), A::Error> {
        while let Some(key) = members.next_key_seed(Key)? {
            members.next_value_seed(Member(&key, &mut *self.0))?;
        }
        self.0.finish().map_err(A::Error::custom)
    }
}

struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

struct Member<'t, 'de>(&'t str, &'t mut dyn Object<'de>);

impl<'de> DeserializeSeed<'de> for Member<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<(), D::Error> {
        read_from(deserializer, |source| self.1.member(self.0, source))
    }
}
