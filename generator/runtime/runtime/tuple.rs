//! Arrays whose elements have a type each.

use serde::de::Error as _;
use serde::ser::{Serialize, SerializeSeq, Serializer};
use serde_json::Error;

use super::{Array, Decode, Source, Target, read_target};

/// `tuple!(Point { required: 0, 1; optional: 2; rest: 3; });`: how a tuple struct is encoded and decoded.
/// The sections, in this order, are:
/// - `required`: an element that is always there.
/// - `optional`: an `Option`: the array may end before it.
/// - `rest`: a `Vec` of all elements behind the others, which are ignored without it.
macro_rules! tuple {
    ($name:ident { $($kind:ident: $($at:tt),+;)* }) => {
        impl<'de> $crate::runtime::Decode<'de> for $name {
            #[inline]
            fn decode(source: &mut dyn $crate::runtime::Source<'de>) -> ::serde_json::Result<Self> {
                let mut slots = ($($($crate::runtime::tuple!(@start $kind $at),)+)*);
                $crate::runtime::read_tuple(
                    source,
                    concat!("an array, ", stringify!($name)),
                    false $($(|| $crate::runtime::tuple!(@has_rest $kind $at))+)*,
                    &mut [$($(&mut slots.$at,)+)*],
                )?;
                Ok(Self($($($crate::runtime::tuple!(@end slots $kind $at),)+)*))
            }
        }

        impl $crate::runtime::Tuple for $name {
            #[inline]
            fn write<S: ::serde::ser::SerializeSeq>(
                &self,
                elements: &mut $crate::runtime::Elements<S>,
            ) -> Result<(), S::Error> {
                $($(elements.$kind(&self.$at)?;)+)*
                Ok(())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::runtime::write_tuple(self, serializer)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::runtime::deserialize(deserializer)
            }
        }
    };

    (@start required $at:tt) => { $crate::runtime::Required(None) };
    (@start optional $at:tt) => { None };
    (@start rest $at:tt) => { Vec::new() };

    (@has_rest rest $at:tt) => { true };
    (@has_rest $kind:ident $at:tt) => { false };

    (@end $slots:ident required $at:tt) => { $slots.$at.require(stringify!($at))? };
    (@end $slots:ident $kind:ident $at:tt) => { $slots.$at };
}
pub(crate) use tuple;

/// What `tuple!` writes for a tuple struct.
#[doc(hidden)]
pub trait Tuple {
    /// Writes its elements.
    fn write<S: SerializeSeq>(&self, elements: &mut Elements<S>) -> Result<(), S::Error>;
}

/// The elements of an array that is being written.
#[doc(hidden)]
#[derive(Debug)]
pub struct Elements<S> {
    array: S,
    /// How many elements were left out: they are written as null if another follows.
    missing: usize,
}

impl<S: SerializeSeq> Elements<S> {
    /// Writes an element.
    pub fn required<T: Serialize>(&mut self, element: &T) -> Result<(), S::Error> {
        for _ in 0..std::mem::take(&mut self.missing) {
            self.array.serialize_element(&())?;
        }
        self.array.serialize_element(element)
    }

    /// Writes an element that may be missing.
    pub fn optional<T: Serialize>(&mut self, element: &Option<T>) -> Result<(), S::Error> {
        match element {
            Some(element) => self.required(element),
            None => {
                self.missing += 1;
                Ok(())
            }
        }
    }

    /// Writes all elements that are left.
    pub fn rest<T: Serialize>(&mut self, elements: &[T]) -> Result<(), S::Error> {
        elements.iter().try_for_each(|element| self.required(element))
    }
}

/// Reads the elements of a tuple struct. If it has a rest, that is the last target.
///
/// # Errors
/// The value is not an array, it is too short, or an element has a wrong value.
#[doc(hidden)]
pub fn read_tuple<'de>(
    source: &mut dyn Source<'de>,
    expected: &'static str,
    has_rest: bool,
    targets: &mut [&mut dyn Target<'de>],
) -> serde_json::Result<()> {
    source.array(&mut Places { expected, has_rest, targets, next: 0 })
}

/// A tuple struct that is being read.
struct Places<'t, 'u, 'de> {
    expected: &'static str,
    has_rest: bool,
    targets: &'t mut [&'u mut dyn Target<'de>],
    next: usize,
}

impl<'de> Array<'de> for Places<'_, '_, 'de> {
    fn expected(&self) -> &str {
        self.expected
    }

    fn element(&mut self, source: &mut dyn Source<'de>) -> serde_json::Result<()> {
        let last = self.targets.len().saturating_sub(1);
        let at = if self.has_rest { self.next.min(last) } else { self.next };
        self.next = at + 1;
        match self.targets.get_mut(at) {
            Some(target) => read_target(*target, "", source),
            None => source.ignore(),
        }
    }

    fn finish(&self) -> serde_json::Result<()> {
        match self.targets.iter().position(|target| target.is_missing()) {
            Some(at) => Err(Error::invalid_length(at, &"a longer array")),
            None => Ok(()),
        }
    }
}

/// All elements behind the others.
impl<'de, T: Decode<'de>> Target<'de> for Vec<T> {
    fn fill(&mut self, _: &str, source: Option<&mut dyn Source<'de>>) -> serde_json::Result<()> {
        source.map_or(Ok(()), |source| self.element(source))
    }
}

/// Writes a tuple struct.
#[doc(hidden)]
pub fn write_tuple<T: Tuple, S: Serializer>(tuple: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let mut elements = Elements { array: serializer.serialize_seq(None)?, missing: 0 };
    tuple.write(&mut elements)?;
    elements.array.end()
}
