//! Unions (`oneOf`, `anyOf`): enums whose variant depends on the JSON that is read.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{
    Deserialize, DeserializeOwned, Deserializer, Error, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;

use super::{json, number};

/// How an enum of payloads and `Other(Value)` is encoded and decoded: by a tag,
/// `union!(Item by "type" { "file" => File, "folder" | "root" => Folder })`, or in order,
/// `union!(Shape in order { Circle if Keys(&["radius"]); Named if String; Rest; })`, where the
/// first variant is taken whose [`Test`]s all hold and which decodes. What fits nowhere is `Other`;
/// a known tag whose body does not decode is an error.
macro_rules! union {
    ($name:ident by $tag:literal { $($($value:literal)|+ => $variant:ident),+ $(,)? }) => {
        $crate::runtime::union!(@impls $name { $($variant)+ } |value| {
            match value[$tag].as_str() {
                $(Some($($value)|+) => $crate::runtime::decode_variant(&value).map(Self::$variant),)+
                _ => Ok(Self::Other(value)),
            }
        });
    };
    ($name:ident in order { $($variant:ident $(if $($test:expr),+)?;)+ }) => {
        $crate::runtime::union!(@impls $name { $($variant)+ } |value| {
            #[allow(unused_imports, reason = "not every union tests")]
            use $crate::runtime::Test::*;
            $(if true $($(&& $test.holds(&value))+)? {
                if let Ok(variant) = $crate::runtime::decode_variant(&value) {
                    return Ok(Self::$variant(variant));
                }
            })+
            Ok(Self::Other(value))
        });
    };
    (@impls $name:ident { $($variant:ident)+ } |$value:ident| $choose:block) => {
        impl $crate::runtime::Union for $name {
            #[inline]
            fn choose($value: ::serde_json::Value) -> Result<Self, String> $choose
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => value.serialize(serializer),)+
                    Self::Other(value) => value.serialize(serializer),
                }
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::runtime::read_union(deserializer)
            }
        }
    };
}
pub(crate) use union;

/// What `union!` writes for an enum.
pub trait Union: Sized {
    /// The variant for a value.
    ///
    /// # Errors
    /// What is wrong with a value whose variant is certain.
    fn choose(value: Value) -> Result<Self, String>;
}

/// A test of a value, for a union without a tag.
#[derive(Clone, Copy, Debug)]
pub enum Test {
    /// An object with all these members.
    Keys(&'static [&'static str]),
    /// An object with a member that is one of these strings.
    Tag(&'static str, &'static [&'static str]),
    /// One of these strings.
    OneOf(&'static [&'static str]),
    /// A string.
    String,
    /// A number.
    Number,
    /// A number without a fraction.
    Integer,
    /// True or false.
    Boolean,
    /// An array.
    Array,
    /// An object.
    Object,
    /// Null.
    Null,
}

impl Test {
    /// Whether `value` passes.
    pub fn holds(self, value: &Value) -> bool {
        match self {
            Self::Keys(keys) => keys.iter().all(|key| value.get(key).is_some()),
            Self::Tag(key, tags) => value[key].as_str().is_some_and(|tag| tags.contains(&tag)),
            Self::OneOf(values) => value.as_str().is_some_and(|value| values.contains(&value)),
            Self::String => value.is_string(),
            Self::Number => value.is_number(),
            Self::Integer => value.as_f64().is_some_and(|number| number.fract() == 0.0),
            Self::Boolean => value.is_boolean(),
            Self::Array => value.is_array(),
            Self::Object => value.is_object(),
            Self::Null => value.is_null(),
        }
    }
}

/// Decodes the payload of a variant. It goes by JSON text, so that no second copy of all the
/// payload's decoders is compiled, and so that a mistake has a place.
///
/// # Errors
/// What is wrong, and where.
pub fn decode_variant<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    let text = number::encode(value).map_err(|error| error.to_string())?;
    serde_json::from_slice(&text).map_err(|error| match json::locate(&text, &error) {
        (path, message) if path.is_empty() => message,
        (path, message) => format!("at `{path}`: {message}"),
    })
}

/// Decodes a union.
///
/// # Errors
/// What [`Union::choose`] says.
pub fn read_union<'de, U: Union, D: Deserializer<'de>>(deserializer: D) -> Result<U, D::Error> {
    deserializer.deserialize_any(Buffer(PhantomData))
}

/// Buffers a value itself, rather than by [`Value`]'s own decoder, so that a mistake is reported
/// while the value is being read: its place is then that of the value.
struct Buffer<U>(PhantomData<U>);

macro_rules! scalars {
    ($($visit:ident $type:ty),+) => {
        $(fn $visit<E: Error>(self, value: $type) -> Result<U, E> {
            U::choose(value.into()).map_err(E::custom)
        })+
    };
}

impl<'de, U: Union> Visitor<'de> for Buffer<U> {
    type Value = U;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<U, E> {
        U::choose(Value::Null).map_err(E::custom)
    }

    scalars!(visit_bool bool, visit_i64 i64, visit_u64 u64, visit_f64 f64, visit_str &str);

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<U, A::Error> {
        U::choose(Value::deserialize(SeqAccessDeserializer::new(items))?).map_err(Error::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<U, A::Error> {
        U::choose(Value::deserialize(MapAccessDeserializer::new(members))?).map_err(Error::custom)
    }
}
