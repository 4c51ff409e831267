//! Values that are about to be read.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess,
    Unexpected, Visitor,
};
use serde_json::{Error, Result, Value};

/// Takes what was read. Its error gets the place where the reader is.
type Take<'t, T> = &'t mut dyn FnMut(T) -> Result<()>;

/// A value that is about to be read, once.
pub trait Source<'de> {
    /// Reads true or false.
    fn boolean(&mut self) -> Result<bool>;

    /// Reads a number.
    fn number(&mut self, numbers: NumberType, take: Take<'_, Unexpected<'de>>) -> Result<()>;

    /// Reads a string, borrowed where the input allows it.
    fn text(&mut self) -> Result<Cow<'de, str>>;

    /// Reads a string that is parsed.
    fn parse(&mut self, take: &mut dyn FnMut(&str) -> Result<()>) -> Result<()>;

    /// Reads any value.
    fn json(&mut self, take: Take<'_, Value>) -> Result<()>;

    /// Skips the value.
    fn ignore(&mut self) -> Result<()>;

    /// Passes the value on unless it is null.
    fn optional(&mut self, read: &mut dyn FnMut(&mut dyn Source<'de>) -> Result<()>) -> Result<()>;

    /// Reads an array.
    fn array(&mut self, array: &mut dyn Array<'de>) -> Result<()>;

    /// Reads an object.
    fn object(&mut self, object: &mut dyn Object<'de>) -> Result<()>;
}

/// The numbers of a type.
#[derive(Clone, Copy, Debug)]
pub enum NumberType {
    /// Up to those of a `u64`, for the type of this name.
    Unsigned(&'static str),
    /// Up to those of an `i64`, for the type of this name.
    Signed(&'static str),
    /// Those of an `f64`.
    Float,
}

impl NumberType {
    fn name(self) -> &'static str {
        match self {
            Self::Unsigned(name) | Self::Signed(name) => name,
            Self::Float => "f64",
        }
    }
}

/// An array that is being read.
pub trait Array<'de> {
    /// What it is, for error messages.
    fn expected(&self) -> &str;

    /// Reads the next element.
    fn element(&mut self, source: &mut dyn Source<'de>) -> Result<()>;

    /// Checks what was read.
    fn finish(&self) -> Result<()>;
}

/// An object that is being read.
pub trait Object<'de> {
    /// What it is, for error messages.
    fn expected(&self) -> &str;

    /// Reads the next member.
    fn member(&mut self, key: &str, source: &mut dyn Source<'de>) -> Result<()>;

    /// Checks what was read.
    fn finish(&self) -> Result<()>;
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
        let Some(deserializer) = self.deserializer.take() else {
            return Err(Error::custom("the value was read before"));
        };
        read(deserializer).map_err(|error| {
            self.error = Some(error);
            Error::custom("the deserializer failed")
        })
    }
}

impl<'de, D: Deserializer<'de>> Source<'de> for SourceOf<D, D::Error> {
    fn boolean(&mut self) -> Result<bool> {
        self.read(bool::deserialize)
    }

    fn number(&mut self, numbers: NumberType, take: Take<'_, Unexpected<'de>>) -> Result<()> {
        let visitor = NumberVisitor(numbers, take);
        self.read(|deserializer| match numbers {
            NumberType::Unsigned(_) => deserializer.deserialize_u64(visitor),
            NumberType::Signed(_) => deserializer.deserialize_i64(visitor),
            NumberType::Float => deserializer.deserialize_f64(visitor),
        })
    }

    fn text(&mut self) -> Result<Cow<'de, str>> {
        self.read(|deserializer| deserializer.deserialize_str(TextVisitor))
    }

    fn parse(&mut self, take: &mut dyn FnMut(&str) -> Result<()>) -> Result<()> {
        self.read(|deserializer| deserializer.deserialize_str(ParseVisitor(take)))
    }

    fn json(&mut self, take: Take<'_, Value>) -> Result<()> {
        self.read(|deserializer| deserializer.deserialize_any(JsonVisitor(take)))
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

struct NumberVisitor<'t, 'de>(NumberType, Take<'t, Unexpected<'de>>);

impl<'de> Visitor<'de> for NumberVisitor<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> std::result::Result<(), E> {
        (self.1)(Unexpected::Unsigned(number)).map_err(E::custom)
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> std::result::Result<(), E> {
        (self.1)(Unexpected::Signed(number)).map_err(E::custom)
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> std::result::Result<(), E> {
        (self.1)(Unexpected::Float(number)).map_err(E::custom)
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
struct JsonVisitor<'t>(Take<'t, Value>);

macro_rules! scalars {
    ($($visit:ident $type:ty),+) => {
        $(fn $visit<E: serde::de::Error>(self, value: $type) -> std::result::Result<(), E> {
            (self.0)(value.into()).map_err(E::custom)
        })+
    };
}

impl<'de> Visitor<'de> for JsonVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: serde::de::Error>(self) -> std::result::Result<(), E> {
        (self.0)(Value::Null).map_err(E::custom)
    }

    scalars!(visit_bool bool, visit_i64 i64, visit_u64 u64, visit_f64 f64, visit_str &str);

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> std::result::Result<(), A::Error> {
        let value = Value::deserialize(SeqAccessDeserializer::new(items))?;
        (self.0)(value).map_err(A::Error::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> std::result::Result<(), A::Error> {
        let value = Value::deserialize(MapAccessDeserializer::new(members))?;
        (self.0)(value).map_err(A::Error::custom)
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
