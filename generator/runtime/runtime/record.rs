//! Records: structs that are JSON objects.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
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
                /// Creates one with only the required members.
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
            /// Returns a builder that takes the required members, ordered by name; the last one returns the
            /// struct.
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
        #[allow(deprecated, reason = "deprecated items are included")]
        impl $builder<($($type,)*)> {
            /// Sets the last required member, and returns the struct.
            #[must_use]
            pub fn $field(self, $field: $taken) -> $name {
                let ($($given,)*) = self.0;
                $name::from_required(($($given,)* $field.into(),))
            }
        }
    };
    (@step $name:ident $builder:ident [$($given:ident: $type:ty,)*] $field:ident [$taken:ty] [$own:ty] $($next:tt)+) => {
        impl $builder<($($type,)*)> {
            /// Sets this required member.
            pub fn $field(self, $field: $taken) -> $builder<($($type,)* $own,)> {
                let ($($given,)*) = self.0;
                $builder(($($given,)* $field.into(),))
            }
        }
        $crate::runtime::record!(@step $name $builder [$($given: $type,)* $field: $own,] $($next)+);
    };
    (@impls $name:ident [$($constructor:tt)+] $($kind:ident: $($field:ident $(/ $clear:ident)? $(: $into:ty)? $(as $plain:ty)?
        $(= $key:literal)? $([$value:literal])?),+;)*) => {
        #[allow(deprecated, reason = "deprecated items are included")]
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

        #[allow(deprecated, reason = "deprecated items are included")]
        impl $crate::runtime::Record for $name {
            fn read<'de, A: ::serde::de::MapAccess<'de>>(map: A) -> Result<Self, A::Error> {
                $($(let mut $field = $crate::runtime::record!(@start $kind);)+)*
                $crate::runtime::read_members(map, &mut [
                    $($(($crate::runtime::record!(@name $kind $field $($key)?), &mut $field),)+)*
                ])?;
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
                $crate::runtime::read_record(deserializer, stringify!($name))
            }
        }
    };

    (@key $kind:ident $field:ident) => { stringify!($field) };
    (@key $kind:ident $field:ident $key:literal) => { $key };

    (@name rest $field:ident) => { None };
    (@name $kind:ident $($key:tt)+) => { Some($crate::runtime::record!(@key $kind $($key)+)) };

    (@new required $field:ident) => { $field.into() };
    (@new fixed $field:ident $value:literal) => { $value.into() };
    (@new preset $field:ident $value:literal) => { Some($value.into()) };
    (@new $kind:ident $field:ident) => { Default::default() };

    (@set clearable $field:ident) => { Some(Some($field.into())) };
    (@set rest $field:ident) => { $field.into() };
    (@set $kind:ident $field:ident) => { Some($field.into()) };

    (@start rest) => { ::std::collections::BTreeMap::new() };
    (@start required) => { $crate::runtime::Present(None) };
    (@start clearable) => { $crate::runtime::Present(None) };
    (@start any) => { $crate::runtime::Present(None) };
    (@start $kind:ident) => { None };

    (@end required $field:ident $($key:literal)?) => {
        $field.require($crate::runtime::record!(@key required $field $($key)?))?
    };
    (@end clearable $field:ident $($key:literal)?) => { $field.0 };
    (@end any $field:ident $($key:literal)?) => { $field.0 };
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

    /// Writes a member that only responses have, where no request is written.
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

/// Decodes a record of this name.
pub fn read_record<'de, R: Record, D: Deserializer<'de>>(
    deserializer: D,
    name: &'static str,
) -> Result<R, D::Error> {
    struct Object<R>(&'static str, PhantomData<R>);
    impl<'de, R: Record> Visitor<'de> for Object<R> {
        type Value = R;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object, ").and_then(|()| f.write_str(self.0))
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<R, A::Error> {
            R::read(map)
        }
    }
    deserializer.deserialize_map(Object(name, PhantomData))
}

/// What a member is read into. A record has a table of these and not code for each of its members:
/// rustc takes half the time for it.
pub trait Target<'de, A: MapAccess<'de>> {
    /// Reads the member's value.
    fn fill(&mut self, map: &mut A, key: Cow<'de, str>) -> Result<(), A::Error>;
}

/// A member that may be missing or null.
impl<'de, A: MapAccess<'de>, T: Deserialize<'de>> Target<'de, A> for Option<T> {
    fn fill(&mut self, map: &mut A, _: Cow<'de, str>) -> Result<(), A::Error> {
        map.next_value().map(|value| *self = value)
    }
}

/// A member for which null is a value like any other.
#[derive(Debug)]
pub struct Present<T>(pub Option<T>);

impl<T> Present<T> {
    /// The value of a required member.
    pub fn require<E: de::Error>(self, key: &'static str) -> Result<T, E> {
        self.0.ok_or_else(|| E::missing_field(key))
    }
}

impl<'de, A: MapAccess<'de>, T: Deserialize<'de>> Target<'de, A> for Present<T> {
    fn fill(&mut self, map: &mut A, _: Cow<'de, str>) -> Result<(), A::Error> {
        map.next_value().map(|value| self.0 = Some(value))
    }
}

/// All other members.
impl<'de, A: MapAccess<'de>, T: Deserialize<'de>> Target<'de, A> for BTreeMap<String, T> {
    fn fill(&mut self, map: &mut A, key: Cow<'de, str>) -> Result<(), A::Error> {
        map.next_value().map(|value| self.extend([(key.into_owned(), value)]))
    }
}

/// A member's name and what it is read into; without a name, all members that have no target of their own.
pub type Targeted<'t, 'de, A> = (Option<&'static str>, &'t mut dyn Target<'de, A>);

/// Reads all members.
pub fn read_members<'de, A: MapAccess<'de>>(
    mut map: A,
    targets: &mut [Targeted<'_, 'de, A>],
) -> Result<(), A::Error> {
    let mut next = 0;
    while let Some(key) = next_key(&mut map)? {
        // Services write members in the order of the document, so that the next one is tried first.
        let (before, after) = targets.split_at_mut(next);
        let found = after.iter().chain(&*before).position(|(name, _)| *name == Some(&*key));
        match found.map(|at| (next + at) % targets.len()) {
            Some(at) => {
                next = at + 1;
                targets[at].1.fill(&mut map, key)?;
            }
            None => match targets.last_mut() {
                Some((None, rest)) => rest.fill(&mut map, key)?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            },
        }
    }
    Ok(())
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
