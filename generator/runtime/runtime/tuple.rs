//! Arrays whose elements have a type each.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeSeq, Serializer};

/// `tuple!(Point { required: 0, 1; optional: 2; rest: 3; });`: how a tuple struct is encoded and decoded.
/// The sections, in this order, are:
/// - `required`: an element that is always there.
/// - `optional`: an `Option`: the array may end before it.
/// - `rest`: a `Vec` of all elements behind the others, which are ignored without it.
macro_rules! tuple {
    ($name:ident { $($kind:ident: $($at:tt),+;)* }) => {
        impl $crate::runtime::Tuple for $name {
            const NAME: &'static str = stringify!($name);

            #[inline]
            fn read<'de, A: ::serde::de::SeqAccess<'de>>(
                elements: &mut $crate::runtime::Elements<A>,
            ) -> Result<Self, A::Error> {
                Ok(Self($($($crate::runtime::tuple!(@read elements $kind $at)?,)+)*))
            }

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
                $crate::runtime::read_tuple(deserializer)
            }
        }
    };

    (@read $elements:ident required $at:tt) => { $elements.next::<_>($at) };
    (@read $elements:ident optional $at:tt) => { $elements.next_if_any() };
    (@read $elements:ident rest $at:tt) => { $elements.remaining() };
}
pub(crate) use tuple;

/// What `tuple!` writes for a tuple struct.
#[doc(hidden)]
pub trait Tuple: Sized {
    /// Its name.
    const NAME: &'static str;
    /// Reads one.
    fn read<'de, A: SeqAccess<'de>>(elements: &mut Elements<A>) -> Result<Self, A::Error>;
    /// Writes its elements.
    fn write<S: SerializeSeq>(&self, elements: &mut Elements<S>) -> Result<(), S::Error>;
}

/// The elements of an array that is being read or written.
#[doc(hidden)]
#[derive(Debug)]
pub struct Elements<A> {
    array: A,
    /// How many elements were left out: they are written as null if another follows.
    missing: usize,
}

impl<'de, A: SeqAccess<'de>> Elements<A> {
    /// The element at this place.
    pub fn next<T: Deserialize<'de>>(&mut self, at: usize) -> Result<T, A::Error> {
        self.array.next_element()?.ok_or_else(|| A::Error::invalid_length(at, &"a longer array"))
    }

    /// The next element, if there is one.
    pub fn next_if_any<T: Deserialize<'de>>(&mut self) -> Result<Option<T>, A::Error> {
        self.array.next_element::<Option<T>>().map(Option::flatten)
    }

    /// All elements that are left.
    pub fn remaining<T: Deserialize<'de>>(&mut self) -> Result<Vec<T>, A::Error> {
        let mut all = Vec::new();
        while let Some(element) = self.array.next_element()? {
            all.push(element);
        }
        Ok(all)
    }
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

/// Reads a tuple struct.
#[doc(hidden)]
pub fn read_tuple<'de, T: Tuple, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_seq(TupleVisitor(PhantomData))
}

/// Writes a tuple struct.
#[doc(hidden)]
pub fn write_tuple<T: Tuple, S: Serializer>(tuple: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let mut elements = Elements { array: serializer.serialize_seq(None)?, missing: 0 };
    tuple.write(&mut elements)?;
    elements.array.end()
}

struct TupleVisitor<T>(PhantomData<T>);

impl<'de, T: Tuple> Visitor<'de> for TupleVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "an array, {}", T::NAME)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, array: A) -> Result<T, A::Error> {
        let mut elements = Elements { array, missing: 0 };
        let tuple = T::read(&mut elements)?;
        while elements.array.next_element::<IgnoredAny>()?.is_some() {}
        Ok(tuple)
    }
}
