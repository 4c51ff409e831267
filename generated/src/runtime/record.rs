//! Records: structs that are JSON objects.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::Error as _;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Error, Result};

use super::{Decode, Object, Source, Target, is_sending, read_target};

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

        impl<'de> $crate::runtime::Decode<'de> for $name {
            // Inline functions are compiled by the programs that use them, and only those.
            #[inline]
            fn decode(source: &mut dyn $crate::runtime::Source<'de>) -> ::serde_json::Result<Self> {
                $($(let mut $field = $crate::runtime::record!(@start $kind);)+)*
                $crate::runtime::read_record(
                    source,
                    concat!("an object, ", stringify!($name)),
                    &[$($($crate::runtime::record!(@name $kind $field $($key)?),)+)*],
                    &mut [$($(&mut $field,)+)*],
                )?;
                Ok(Self { $($($field: $crate::runtime::record!(@end $kind $field $($key)? $([$value])?),)+)* })
            }
        }

        impl $crate::runtime::Record for $name {
            fn visit<M: $crate::runtime::Members>(&self, _members: &mut M) {
                $($($crate::runtime::record!(@visit $kind $field (&self.$field) _members $($key)?);)+)*
            }
        }

        impl ::std::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::runtime::format_record(self, f, stringify!($name))
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::runtime::write_record(self, serializer)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::runtime::deserialize(deserializer)
            }
        }
    };

    (@name rest $field:ident) => { None };
    (@name $kind:ident $field:ident) => { Some(stringify!($field)) };
    (@name $kind:ident $field:ident $key:literal) => { Some($key) };

    (@new required $field:ident) => { $field.into() };
    (@new fixed $field:ident $value:literal) => { $value.into() };
    (@new preset $field:ident $value:literal) => { Some($value.into()) };
    (@new $kind:ident $field:ident) => { Default::default() };

    (@set clearable $field:ident) => { Some(Some($field.into())) };
    (@set rest $field:ident) => { $field.into() };
    (@set $kind:ident $field:ident) => { Some($field.into()) };

    (@start rest) => { ::std::collections::BTreeMap::new() };
    (@start required) => { $crate::runtime::Required(None) };
    (@start clearable) => { $crate::runtime::Present(None) };
    (@start any) => { $crate::runtime::Present(None) };
    (@start $kind:ident) => { None };

    (@end required $field:ident) => { $field.require(stringify!($field))? };
    (@end required $field:ident $key:literal) => { $field.require($key)? };
    (@end clearable $field:ident $($key:literal)?) => { $field.0 };
    (@end any $field:ident $($key:literal)?) => { $field.0 };
    (@end constant $field:ident $($key:literal)?) => { $field.unwrap_or_default() };
    (@end fixed $field:ident $($key:literal)? [$value:literal]) => {
        $field.unwrap_or_else(|| $value.into())
    };
    (@end $kind:ident $field:ident $($key:literal)? $([$value:literal])?) => { $field };

    (@visit rest $field:ident ($value:expr) $members:ident) => { $members.rest($value) };
    (@visit received $field:ident ($value:expr) $members:ident) => {
        $members.received(stringify!($field), $value)
    };
    (@visit received $field:ident ($value:expr) $members:ident $key:literal) => {
        $members.received($key, $value)
    };
    (@visit optional $field:ident ($value:expr) $members:ident) => {
        $members.optional(stringify!($field), $value)
    };
    (@visit optional $field:ident ($value:expr) $members:ident $key:literal) => {
        $members.optional($key, $value)
    };
    (@visit preset $($rest:tt)+) => { $crate::runtime::record!(@visit optional $($rest)+) };
    (@visit any $($rest:tt)+) => { $crate::runtime::record!(@visit optional $($rest)+) };
    (@visit clearable $($rest:tt)+) => { $crate::runtime::record!(@visit optional $($rest)+) };
    (@visit $kind:ident $field:ident ($value:expr) $members:ident) => {
        $members.member(stringify!($field), $value)
    };
    (@visit $kind:ident $field:ident ($value:expr) $members:ident $key:literal) => {
        $members.member($key, $value)
    };
}
pub(crate) use record;

/// A struct whose members can be visited.
pub trait Record {
    /// Passes all members on.
    fn visit<M: Members>(&self, members: &mut M);
}

/// What is done with the members of a record: they are encoded or formatted. Code that is shared by all
/// records costs each of them less compile time than code of its own.
pub trait Members {
    /// Takes a member.
    fn member<T: Serialize + fmt::Debug>(&mut self, key: &str, value: &T);

    /// Takes a member that is left out if it is `None`.
    fn optional<T: Serialize + fmt::Debug>(&mut self, key: &str, value: &Option<T>) {
        if let Some(value) = value {
            self.member(key, value);
        }
    }

    /// Takes a member that only responses have.
    fn received<T: Serialize + fmt::Debug>(&mut self, key: &str, value: &Option<T>) {
        self.optional(key, value);
    }

    /// Takes all other members.
    fn rest<T: Serialize + fmt::Debug>(&mut self, members: &BTreeMap<String, T>) {
        for (key, value) in members {
            self.member(key, value);
        }
    }
}

/// Encodes a record.
pub fn write_record<R: Record, S: Serializer>(
    record: &R,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    let mut members = Encoded { map: serializer.serialize_map(None)?, outcome: Ok(()) };
    record.visit(&mut members);
    members.outcome?;
    members.map.end()
}

/// Members while they are encoded. After an error nothing more is written. That it is kept here spares
/// each member a branch, and each record some compile time.
struct Encoded<M: SerializeMap> {
    map: M,
    outcome: std::result::Result<(), M::Error>,
}

impl<M: SerializeMap> Members for Encoded<M> {
    fn member<T: Serialize + fmt::Debug>(&mut self, key: &str, value: &T) {
        if self.outcome.is_ok() {
            self.outcome = self.map.serialize_entry(key, value);
        }
    }

    /// No request has them.
    fn received<T: Serialize + fmt::Debug>(&mut self, key: &str, value: &Option<T>) {
        if !is_sending() {
            self.optional(key, value);
        }
    }
}

/// Formats a record for debugging, with the members that it has.
pub fn format_record<R: Record>(record: &R, f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    let mut members = Formatted(f.debug_struct(name));
    record.visit(&mut members);
    members.0.finish()
}

/// Members while they are formatted.
struct Formatted<'f, 'b>(fmt::DebugStruct<'f, 'b>);

impl Members for Formatted<'_, '_> {
    fn member<T: Serialize + fmt::Debug>(&mut self, key: &str, value: &T) {
        self.0.field(key, value);
    }
}

/// All other members.
impl<'de, T: Decode<'de>> Target<'de> for BTreeMap<String, T> {
    fn fill(&mut self, key: &str, source: Option<&mut dyn Source<'de>>) -> Result<()> {
        source.map_or(Ok(()), |source| self.member(key, source))
    }
}

/// Reads all members: `names` has that of each target; without a name, a target takes all members that have none of
/// their own.
///
/// # Errors
/// The value is not an object, a required member is missing, or a member has a wrong value.
pub fn read_record<'de>(
    source: &mut dyn Source<'de>,
    expected: &'static str,
    names: &[Option<&'static str>],
    targets: &mut [&mut dyn Target<'de>],
) -> Result<()> {
    source.object(&mut Table { expected, names, targets, next: 0 })
}

/// A record that is being read.
struct Table<'t, 'u, 'de> {
    expected: &'static str,
    names: &'t [Option<&'static str>],
    targets: &'t mut [&'u mut dyn Target<'de>],
    next: usize,
}

impl<'de> Object<'de> for Table<'_, '_, 'de> {
    fn expected(&self) -> &str {
        self.expected
    }

    fn member(&mut self, key: &str, source: &mut dyn Source<'de>) -> Result<()> {
        // Services write members in the order of the document, so that the next one is tried first.
        let (before, after) = self.names.split_at(self.next);
        let found = after.iter().chain(before).position(|name| *name == Some(key));
        let target = match found.map(|at| (self.next + at) % self.names.len()) {
            Some(at) => {
                self.next = at + 1;
                self.targets.get_mut(at)
            }
            None => self.targets.last_mut().filter(|_| self.names.last() == Some(&None)),
        };
        match target {
            Some(target) => read_target(*target, key, source),
            None => source.ignore(),
        }
    }

    fn finish(&self) -> Result<()> {
        let mut members = self.names.iter().zip(self.targets.iter());
        match members.find(|(_, target)| target.is_missing()) {
            Some((Some(name), _)) => Err(Error::missing_field(name)),
            _ => Ok(()),
        }
    }
}
