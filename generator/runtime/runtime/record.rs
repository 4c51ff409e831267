//! Records: structs that are JSON objects.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};

/// `record!(Part { required: id: String, size: i64 = "file_size"; optional: sha1; })`: how a struct
/// is made, encoded and decoded. The string is the JSON name of a field that has another one. All
/// sections can be left out; they are, in this order:
/// - `required`: always there, and an argument of `new`.
/// - `nullable`: `Option`, null if `None`; reads as `None` where it is missing.
/// - `optional`: `Option`, left out if `None`; null reads as `None`.
/// - `clearable`: `Option<Option>`: left out, null, or a value.
/// - `constant`: always written; its `Default` where it is missing or null.
/// - `rest`: a `BTreeMap` of all other members, which are ignored without it.
macro_rules! record {
    (@key $field:ident) => { stringify!($field) };
    (@key $field:ident $key:literal) => { $key };
    (@other $map:ident $key:ident) => { $map.next_value::<::serde::de::IgnoredAny>().map(drop)? };
    (@other $map:ident $key:ident $rest:ident) => {{
        $rest.insert($key.into(), $map.next_value()?);
    }};
    ($name:ident {
        $(required: $($required:ident: $required_type:ty $(= $required_key:literal)?),+;)?
        $(nullable: $($nullable:ident $(= $nullable_key:literal)?),+;)?
        $(optional: $($optional:ident $(= $optional_key:literal)?),+;)?
        $(clearable: $($clearable:ident $(= $clearable_key:literal)?),+;)?
        $(constant: $($constant:ident $(= $constant_key:literal)?),+;)?
        $(rest: $rest:ident;)?
    }) => {
        impl $name {
            /// One with what is required; everything else is absent.
            #[must_use]
            #[allow(clippy::too_many_arguments, reason = "the document requires all of them")]
            pub fn new($($($required: impl Into<$required_type>),+)?) -> Self {
                Self {
                    $($($required: $required.into(),)+)?
                    $($($nullable: None,)+)?
                    $($($optional: None,)+)?
                    $($($clearable: None,)+)?
                    $($($constant: Default::default(),)+)?
                    $($rest: Default::default(),)?
                }
            }
        }

        impl $crate::runtime::Record for $name {
            const NAME: &'static str = stringify!($name);

            fn read<'de, A: ::serde::de::MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
                $($(let mut $required = None;)+)?
                $($(let mut $nullable = None;)+)?
                $($(let mut $optional = None;)+)?
                $($(let mut $clearable = None;)+)?
                $($(let mut $constant = None;)+)?
                $(let mut $rest = ::std::collections::BTreeMap::new();)?
                while let Some(key) = map.next_key::<$crate::runtime::Key<'de>>()? {
                    match key.as_str() {
                        $($($crate::runtime::record!(@key $required $($required_key)?) => {
                            $required = Some(map.next_value()?);
                        })+)?
                        $($($crate::runtime::record!(@key $nullable $($nullable_key)?) => {
                            $nullable = map.next_value()?;
                        })+)?
                        $($($crate::runtime::record!(@key $optional $($optional_key)?) => {
                            $optional = map.next_value()?;
                        })+)?
                        $($($crate::runtime::record!(@key $clearable $($clearable_key)?) => {
                            $clearable = Some(map.next_value()?);
                        })+)?
                        $($($crate::runtime::record!(@key $constant $($constant_key)?) => {
                            $constant = map.next_value()?;
                        })+)?
                        _ => $crate::runtime::record!(@other map key $($rest)?),
                    }
                }
                Ok(Self {
                    $($($required: $crate::runtime::required(
                        $required,
                        $crate::runtime::record!(@key $required $($required_key)?),
                    )?,)+)?
                    $($($nullable,)+)?
                    $($($optional,)+)?
                    $($($clearable,)+)?
                    $($($constant: $constant.unwrap_or_default(),)+)?
                    $($rest,)?
                })
            }

            fn write<M: ::serde::ser::SerializeMap>(&self, _map: &mut M) -> Result<(), M::Error> {
                $($(_map.serialize_entry(
                    $crate::runtime::record!(@key $required $($required_key)?), &self.$required)?;)+)?
                $($(_map.serialize_entry(
                    $crate::runtime::record!(@key $nullable $($nullable_key)?), &self.$nullable)?;)+)?
                $($(if let Some(value) = &self.$optional {
                    _map.serialize_entry($crate::runtime::record!(@key $optional $($optional_key)?), value)?;
                })+)?
                $($(if let Some(value) = &self.$clearable {
                    _map.serialize_entry($crate::runtime::record!(@key $clearable $($clearable_key)?), value)?;
                })+)?
                $($(_map.serialize_entry(
                    $crate::runtime::record!(@key $constant $($constant_key)?), &self.$constant)?;)+)?
                $(for (key, value) in &self.$rest {
                    _map.serialize_entry(key, value)?;
                })?
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
}
pub(crate) use record;

/// What `record!` writes for a struct.
pub trait Record: Sized {
    /// The struct's name.
    const NAME: &'static str;

    /// Reads all members.
    ///
    /// # Errors
    /// A member does not decode, or a required one is missing.
    fn read<'de, A: MapAccess<'de>>(map: A) -> Result<Self, A::Error>;

    /// Writes all members.
    ///
    /// # Errors
    /// The serializer's own.
    fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error>;
}

/// Encodes a record.
///
/// # Errors
/// The serializer's own.
pub fn write_record<R: Record, S: Serializer>(
    record: &R,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    record.write(&mut map)?;
    map.end()
}

/// Decodes a record.
///
/// # Errors
/// It is not an object, or not that one.
pub fn read_record<'de, R: Record, D: Deserializer<'de>>(deserializer: D) -> Result<R, D::Error> {
    struct Object<R>(PhantomData<R>);
    impl<'de, R: Record> Visitor<'de> for Object<R> {
        type Value = R;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "an object: {}", R::NAME)
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<R, A::Error> {
            R::read(map)
        }
    }
    deserializer.deserialize_map(Object(PhantomData))
}

/// The value of a required member.
///
/// # Errors
/// It is missing.
pub fn required<T, E: Error>(value: Option<T>, key: &'static str) -> Result<T, E> {
    value.ok_or_else(|| E::missing_field(key))
}

/// A member's name, borrowed where the input allows it.
#[derive(Debug)]
pub struct Key<'de>(Cow<'de, str>);

impl Key<'_> {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Key<'_>> for String {
    fn from(key: Key<'_>) -> Self {
        key.0.into_owned()
    }
}

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl<'de> Visitor<'de> for Name {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a member's name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(name.to_owned())))
            }
        }
        deserializer.deserialize_str(Name)
    }
}
