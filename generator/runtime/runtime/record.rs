//! Records: structs that are JSON objects.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};

/// `record!(Part { required: id: String, size: i64 = "file_size"; optional: sha1; })`: how a struct is
/// made, encoded and decoded. The string is the JSON name of a field that has another one. The
/// sections are:
/// - `required`: always there, and, with its type, an argument of `new`.
/// - `nullable`: an `Option`, null if `None`; `None` where it is missing.
/// - `optional`: an `Option`, left out if `None`; `None` where it is null.
/// - `clearable`: an `Option<Option>`: left out, null, or a value.
/// - `constant`: always written; its `Default` where it is missing or null.
/// - `rest`, the last: a `BTreeMap` of all other members, which are ignored without it.
macro_rules! record {
    ($name:ident { $($kind:ident: $($field:ident $(: $type:ty)? $(= $key:literal)?),+;)* }) => {
        #[allow(deprecated, reason = "what is deprecated is carried all the same")]
        impl $name {
            /// One with what is required, and nothing else.
            #[allow(clippy::too_many_arguments, reason = "the document requires all of them")]
            #[must_use]
            pub fn new($($($($field: impl Into<$type>,)?)+)*) -> Self {
                Self { $($($field: $crate::runtime::record!(@new $kind $field),)+)* }
            }
        }

        #[allow(deprecated, reason = "what is deprecated is carried all the same")]
        impl $crate::runtime::Record for $name {
            const NAME: &'static str = stringify!($name);

            fn read<'de, A: ::serde::de::MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
                $($(let mut $field = $crate::runtime::record!(@start $kind);)+)*
                while let Some(key) = map.next_key::<$crate::runtime::Key<'de>>()? {
                    #[allow(unreachable_patterns, reason = "`rest` takes every other key")]
                    match key.as_str() {
                        $($($crate::runtime::record!(@key $kind $field $($key)?) => $crate::runtime::record!(@read $kind $field map key),)+)*
                        _ => drop(map.next_value::<::serde::de::IgnoredAny>()?),
                    }
                }
                Ok(Self { $($($field: $crate::runtime::record!(@end $kind $field $($key)?),)+)* })
            }

            fn write<M: ::serde::ser::SerializeMap>(&self, _map: &mut M) -> Result<(), M::Error> {
                $($($crate::runtime::record!(@write $kind $field (&self.$field) _map $($key)?);)+)*
                Ok(())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::runtime::write_record(self, serializer)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::runtime::read_record(deserializer)
            }
        }
    };

    (@key rest $field:ident) => { _ };
    (@key $kind:ident $field:ident) => { stringify!($field) };
    (@key $kind:ident $field:ident $key:literal) => { $key };

    (@new required $field:ident) => { $field.into() };
    (@new $kind:ident $field:ident) => { Default::default() };

    (@start rest) => { ::std::collections::BTreeMap::new() };
    (@start $kind:ident) => { None };

    (@read required $field:ident $map:ident $key:ident) => { $field = Some($map.next_value()?) };
    (@read clearable $field:ident $map:ident $key:ident) => { $field = Some($map.next_value()?) };
    (@read rest $field:ident $map:ident $key:ident) => {
        drop($field.insert($key.into_string(), $map.next_value()?))
    };
    (@read $kind:ident $field:ident $map:ident $key:ident) => { $field = $map.next_value()? };

    (@end required $field:ident $($key:literal)?) => {
        match $field {
            Some(value) => value,
            None => return Err(::serde::de::Error::missing_field($crate::runtime::record!(@key required $field $($key)?))),
        }
    };
    (@end constant $field:ident $($key:literal)?) => { $field.unwrap_or_default() };
    (@end $kind:ident $field:ident $($key:literal)?) => { $field };

    (@write optional $field:ident ($value:expr) $map:ident $($key:literal)?) => {
        if let Some(value) = $value {
            $map.serialize_entry($crate::runtime::record!(@key optional $field $($key)?), value)?;
        }
    };
    (@write clearable $($rest:tt)+) => { $crate::runtime::record!(@write optional $($rest)+) };
    (@write rest $field:ident ($value:expr) $map:ident) => {
        for (key, value) in $value {
            $map.serialize_entry(key, value)?;
        }
    };
    (@write $kind:ident $field:ident ($value:expr) $map:ident $($key:literal)?) => {
        $map.serialize_entry($crate::runtime::record!(@key $kind $field $($key)?), $value)?
    };
}
pub(crate) use record;

/// What `record!` writes for a struct.
pub trait Record: Sized {
    /// The struct's name.
    const NAME: &'static str;

    /// Reads all members.
    fn read<'de, A: MapAccess<'de>>(map: A) -> Result<Self, A::Error>;

    /// Writes all members.
    fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error>;
}

/// Encodes a record.
pub fn write_record<R: Record, S: Serializer>(
    record: &R,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    record.write(&mut map)?;
    map.end()
}

/// Decodes a record.
pub fn read_record<'de, R: Record, D: Deserializer<'de>>(deserializer: D) -> Result<R, D::Error> {
    struct Object<R>(PhantomData<R>);
    impl<'de, R: Record> Visitor<'de> for Object<R> {
        type Value = R;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "an object, {}", R::NAME)
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<R, A::Error> {
            R::read(map)
        }
    }
    deserializer.deserialize_map(Object(PhantomData))
}

/// A member's name, borrowed where the input allows it.
#[derive(Debug, Default)]
pub struct Key<'de>(Cow<'de, str>);

impl Key<'_> {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name, owned.
    pub fn into_string(self) -> String {
        self.0.into_owned()
    }
}

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Self::default())
    }
}

impl<'de> Visitor<'de> for Key<'de> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self, E> {
        Ok(Self(name.into()))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self, E> {
        Ok(Self(name.to_owned().into()))
    }
}
