//! Records: structs that are JSON objects.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::is_sending;

/// `record!(Part(id: String, size as u64) { required: id, size = "file_size"; optional: sha1: String; })`: how
/// a struct is constructed, encoded and decoded. `new` takes what is in parentheses: `size` as it is, `id` as
/// anything that converts into it. `Part by PartBuilder(…)` has a builder instead. The string is the JSON name of
/// a field that has another one; a field with a type has a method that sets it. The sections are:
/// - `required`: always there.
/// - `nullable`: an `Option`, null if `None`; `None` where it is missing.
/// - `optional`: an `Option`, left out if `None`; `None` where it is null.
/// - `received`: the same, and it is left out of requests.
/// - `clearable`, as in `name / clear_name: String`: an `Option<Option>`: left out, null, or a value.
/// - `any`: an `Option<Value>`: left out, or a value, which may be null.
/// - `constant`: always written; its `Default` where it is missing or null.
/// - `fixed`, as in `kind = "type" ["file"]`: always written; the value in brackets in `new`, and where
///   it is missing or null.
/// - `preset`: an `Option`, the value in brackets in `new`; left out if `None`.
/// - `rest`, the last: a `BTreeMap` of all other members, which are ignored without it.
macro_rules! record {
    ($name:ident $(($($argument:ident $(: $into:ty)? $(as $plain:ty)?),+))? { $($fields:tt)* }) => {
        $crate::runtime::record!(@impls $name
            [
                /// One with what is required, and nothing else.
                #[allow(clippy::too_many_arguments, reason = "the document requires all of them")]
                #[must_use]
                pub fn new($($($argument: $(impl Into<$into>)? $($plain)?),+)?)
            ] $($fields)*);
    };
    ($name:ident by $builder:ident($($required:ident $(: $into:ty)? $(as $plain:ty)?),+) { $($fields:tt)* }) => {
        #[doc = concat!("Takes what a [`", stringify!($name), "`] requires, one by one.")]
        #[derive(Clone, Debug)]
        #[must_use = "it takes more"]
        pub struct $builder<T>(T);

        impl $name {
            /// Takes what is required, one by one, in the order of the names; the last gives the struct.
            pub fn builder() -> $builder<()> {
                $builder(())
            }
        }
        $crate::runtime::record!(@step $name $builder []
            $($required [$(impl Into<$into>)? $($plain)?] [$($into)? $($plain)?])+);
        $crate::runtime::record!(@impls $name
            [fn from_required(($($required),+,): ($($($into)? $($plain)?),+,))] $($fields)*);
    };
    (@step $name:ident $builder:ident [$($given:ident: $type:ty,)*] $field:ident [$taken:ty] [$own:ty]) => {
        #[allow(deprecated, reason = "what is deprecated is carried all the same")]
        impl $builder<($($type,)*)> {
            /// Takes the last one.
            #[must_use]
            pub fn $field(self, $field: $taken) -> $name {
                let ($($given,)*) = self.0;
                $name::from_required(($($given,)* $field.into(),))
            }
        }
    };
    (@step $name:ident $builder:ident [$($given:ident: $type:ty,)*] $field:ident [$taken:ty] [$own:ty] $($next:tt)+) => {
        impl $builder<($($type,)*)> {
            /// Takes this one.
            pub fn $field(self, $field: $taken) -> $builder<($($type,)* $own,)> {
                let ($($given,)*) = self.0;
                $builder(($($given,)* $field.into(),))
            }
        }
        $crate::runtime::record!(@step $name $builder [$($given: $type,)* $field: $own,] $($next)+);
    };
    (@impls $name:ident [$($constructor:tt)+] $($kind:ident: $($field:ident $(/ $clear:ident)? $(: $into:ty)? $(as $plain:ty)?
        $(= $key:literal)? $([$value:literal])?),+;)*) => {
        #[allow(deprecated, reason = "what is deprecated is carried all the same")]
        impl $name {
            $($constructor)+ -> Self {
                Self { $($($field: $crate::runtime::record!(@new $kind $field $($value)?),)+)* }
            }

            $($($(
                /// Sets the field of this name.
                #[must_use]
                pub fn $field(mut self, $field: impl Into<$into>) -> Self {
                    self.$field = $crate::runtime::record!(@set $kind $field);
                    self
                }
            )? $(
                /// Sets the field of this name.
                #[must_use]
                pub fn $field(mut self, $field: $plain) -> Self {
                    self.$field = $crate::runtime::record!(@set $kind $field);
                    self
                }
            )? $(
                /// Sets the field to null.
                #[must_use]
                pub fn $clear(mut self) -> Self {
                    self.$field = Some(None);
                    self
                }
            )?)+)*
        }

        #[allow(deprecated, reason = "what is deprecated is carried all the same")]
        impl $crate::runtime::Record for $name {
            const NAME: &'static str = stringify!($name);

            fn read<'de, A: ::serde::de::MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
                $($(let mut $field = $crate::runtime::record!(@start $kind);)+)*
                while let Some(key) = $crate::runtime::next_key(&mut map)? {
                    #[allow(unreachable_patterns, reason = "`rest` takes every other key")]
                    match &*key {
                        $($($crate::runtime::record!(@key $kind $field $($key)?) => {
                            $crate::runtime::record!(@read $kind $field map key)
                        })+)*
                        _ => $crate::runtime::fill(&mut map, &mut ::serde::de::IgnoredAny),
                    }?;
                }
                Ok(Self { $($($field: $crate::runtime::record!(@end $kind $field $($key)? $([$value])?),)+)* })
            }

            fn write<M: ::serde::ser::SerializeMap>(&self, _members: &mut $crate::runtime::Members<M>) {
                $($($crate::runtime::record!(@write $kind $field (&self.$field) _members $($key)?);)+)*
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
    (@new fixed $field:ident $value:literal) => { $value.into() };
    (@new preset $field:ident $value:literal) => { Some($value.into()) };
    (@new $kind:ident $field:ident) => { Default::default() };

    (@set clearable $field:ident) => { Some(Some($field.into())) };
    (@set rest $field:ident) => { $field.into() };
    (@set $kind:ident $field:ident) => { Some($field.into()) };

    (@start rest) => { ::std::collections::BTreeMap::new() };
    (@start $kind:ident) => { None };

    (@read required $field:ident $map:ident $key:ident) => {
        $crate::runtime::fill_some(&mut $map, &mut $field)
    };
    (@read clearable $field:ident $map:ident $key:ident) => {
        $crate::runtime::fill_some(&mut $map, &mut $field)
    };
    (@read any $($rest:tt)+) => { $crate::runtime::record!(@read clearable $($rest)+) };
    (@read rest $field:ident $map:ident $key:ident) => {
        $map.next_value().map(|value| $field.extend([($key.into_owned(), value)]))
    };
    (@read $kind:ident $field:ident $map:ident $key:ident) => {
        $crate::runtime::fill(&mut $map, &mut $field)
    };

    (@end required $field:ident $($key:literal)?) => {
        match $field {
            Some(value) => value,
            None => return Err(::serde::de::Error::missing_field($crate::runtime::record!(@key required $field $($key)?))),
        }
    };
    (@end constant $field:ident $($key:literal)?) => { $field.unwrap_or_default() };
    (@end fixed $field:ident $($key:literal)? [$value:literal]) => {
        $field.unwrap_or_else(|| $value.into())
    };
    (@end $kind:ident $field:ident $($key:literal)? $([$value:literal])?) => { $field };

    (@write optional $field:ident ($value:expr) $members:ident $($key:literal)?) => {
        $members.optional($crate::runtime::record!(@key optional $field $($key)?), $value)
    };
    (@write preset $($rest:tt)+) => { $crate::runtime::record!(@write optional $($rest)+) };
    (@write any $($rest:tt)+) => { $crate::runtime::record!(@write optional $($rest)+) };
    (@write clearable $($rest:tt)+) => { $crate::runtime::record!(@write optional $($rest)+) };
    (@write received $field:ident ($value:expr) $members:ident $($key:literal)?) => {
        $members.received($crate::runtime::record!(@key received $field $($key)?), $value)
    };
    (@write rest $field:ident ($value:expr) $members:ident) => { $members.rest($value) };
    (@write $kind:ident $field:ident ($value:expr) $members:ident $($key:literal)?) => {
        $members.member($crate::runtime::record!(@key $kind $field $($key)?), $value)
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
    fn write<M: SerializeMap>(&self, members: &mut Members<M>);
}

/// The members of a record while they are written. After an error nothing more is written. That it
/// is kept here spares each member a branch, and each record some compile time.
pub struct Members<M: SerializeMap> {
    map: M,
    outcome: Result<(), M::Error>,
}

impl<M: SerializeMap> Members<M> {
    /// Writes a member.
    pub fn member<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) {
        if self.outcome.is_ok() {
            self.outcome = self.map.serialize_entry(key, value);
        }
    }

    /// Writes a member that is left out if it is `None`.
    pub fn optional<T: Serialize>(&mut self, key: &str, value: &Option<T>) {
        if let Some(value) = value {
            self.member(key, value);
        }
    }

    /// Writes a member that only answers have, where no request is written.
    pub fn received<T: Serialize>(&mut self, key: &str, value: &Option<T>) {
        if !is_sending() {
            self.optional(key, value);
        }
    }

    /// Writes all other members.
    pub fn rest<T: Serialize>(&mut self, members: &BTreeMap<String, T>) {
        for (key, value) in members {
            self.member(key, value);
        }
    }
}

/// Encodes a record.
pub fn write_record<R: Record, S: Serializer>(
    record: &R,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut members = Members { map: serializer.serialize_map(None)?, outcome: Ok(()) };
    record.write(&mut members);
    members.outcome?;
    members.map.end()
}

/// Decodes a record.
pub fn read_record<'de, R: Record, D: Deserializer<'de>>(deserializer: D) -> Result<R, D::Error> {
    struct Object<R>(PhantomData<R>);
    impl<'de, R: Record> Visitor<'de> for Object<R> {
        type Value = R;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object, ").and_then(|()| f.write_str(R::NAME))
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<R, A::Error> {
            R::read(map)
        }
    }
    deserializer.deserialize_map(Object(PhantomData))
}

/// Reads the value of a member. Not inlined, so that it is compiled once for each type of value
/// and not for each field: that would be most of what decoders cost to compile.
#[inline(never)]
pub fn fill<'de, A, T>(map: &mut A, field: &mut T) -> Result<(), A::Error>
where
    A: MapAccess<'de>,
    T: Deserialize<'de>,
{
    map.next_value().map(|value| *field = value)
}

/// Reads the value of a member that is there.
#[inline(never)]
pub fn fill_some<'de, A, T>(map: &mut A, field: &mut Option<T>) -> Result<(), A::Error>
where
    A: MapAccess<'de>,
    T: Deserialize<'de>,
{
    map.next_value().map(|value| *field = Some(value))
}

/// The name of the next member, borrowed where the input allows it.
#[inline(never)]
pub fn next_key<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<Cow<'de, str>>, A::Error> {
    struct Name;
    impl<'de> DeserializeSeed<'de> for Name {
        type Value = Cow<'de, str>;

        fn deserialize<D: Deserializer<'de>>(self, name: D) -> Result<Cow<'de, str>, D::Error> {
            name.deserialize_str(self)
        }
    }
    impl<'de> Visitor<'de> for Name {
        type Value = Cow<'de, str>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a member's name")
        }

        fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Cow<'de, str>, E> {
            Ok(name.into())
        }

        fn visit_str<E>(self, name: &str) -> Result<Cow<'de, str>, E> {
            Ok(name.to_owned().into())
        }
    }
    map.next_key_seed(Name)
}
