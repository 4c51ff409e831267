//! Values whose type the compiler follows no further.

use std::any::Any;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::{RefUnwindSafe, UnwindSafe};

use serde::de::{self, Deserialize, DeserializeOwned, Deserializer};
use serde::ser::{self, Serialize, Serializer};
use serde_json::{Error, Value};

use super::{Decode, Kind, Source, deserialize, read_json};

/// A value on the heap, used as the value itself. rustc follows what types hold no deeper than 128
/// steps; here it stops, because nothing but a number tells the type of the value, and so types may
/// hold one another more deeply than that.
pub struct Erased<const N: usize>(Box<dyn Held<N>>)
where
    Slot<N>: Erasable;

/// The number of a type that can stand in an [`Erased`].
#[derive(Debug)]
pub struct Slot<const N: usize>;

/// What the number stands for; `erased!` implements it.
pub trait Erasable {
    /// The type of the value.
    type Value: Clone + fmt::Debug + PartialEq + Serialize + Send + Sync + 'static;

    /// Decodes one.
    fn decode(value: Value) -> Result<Self::Value, Error>;
}

type Of<const N: usize> = <Slot<N> as Erasable>::Value;

/// What a value in an [`Erased`] can do: called by pointers, which rustc need not follow.
trait Held<const N: usize>: Send + Sync
where
    Slot<N>: Erasable,
{
    fn get(&self) -> &Of<N>;
    fn get_mut(&mut self) -> &mut Of<N>;
    fn take(self: Box<Self>) -> Of<N>;
    fn duplicate(&self) -> Erased<N>;
    fn equals(&self, other: &Of<N>) -> bool;
    fn print(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
    fn encode(&self) -> Result<Value, Error>;
}

impl<T, const N: usize> Held<N> for T
where
    Slot<N>: Erasable<Value = T>,
    T: Clone + fmt::Debug + PartialEq + Serialize + Send + Sync + 'static,
{
    fn get(&self) -> &T {
        self
    }

    fn get_mut(&mut self) -> &mut T {
        self
    }

    fn take(self: Box<Self>) -> T {
        *self
    }

    fn duplicate(&self) -> Erased<N> {
        Erased::new(self.clone())
    }

    fn equals(&self, other: &T) -> bool {
        self == other
    }

    fn print(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }

    fn encode(&self) -> Result<Value, Error> {
        serde_json::to_value(self)
    }
}

impl<const N: usize> Erased<N>
where
    Slot<N>: Erasable,
{
    /// Puts a value on the heap.
    pub fn new(value: Of<N>) -> Self {
        Self(Box::new(value))
    }

    /// The value itself.
    pub fn into_inner(self) -> Of<N> {
        self.0.take()
    }
}

// As the value itself, of which rustc knows no more.
impl<const N: usize> UnwindSafe for Erased<N> where Slot<N>: Erasable {}
impl<const N: usize> RefUnwindSafe for Erased<N> where Slot<N>: Erasable {}

impl<const N: usize> Deref for Erased<N>
where
    Slot<N>: Erasable,
{
    type Target = Of<N>;

    fn deref(&self) -> &Of<N> {
        (*self.0).get()
    }
}

impl<const N: usize> DerefMut for Erased<N>
where
    Slot<N>: Erasable,
{
    fn deref_mut(&mut self) -> &mut Of<N> {
        (*self.0).get_mut()
    }
}

impl<const N: usize> Clone for Erased<N>
where
    Slot<N>: Erasable,
{
    fn clone(&self) -> Self {
        (*self.0).duplicate()
    }
}

impl<const N: usize> PartialEq for Erased<N>
where
    Slot<N>: Erasable,
{
    fn eq(&self, other: &Self) -> bool {
        (*self.0).equals(other)
    }
}

impl<const N: usize> fmt::Debug for Erased<N>
where
    Slot<N>: Erasable,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (*self.0).print(f)
    }
}

impl<const N: usize> Serialize for Erased<N>
where
    Slot<N>: Erasable,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (*self.0).encode().map_err(ser::Error::custom)?.serialize(serializer)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Erased<N>
where
    Slot<N>: Erasable,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize(deserializer)
    }
}

impl<'de, const N: usize> Decode<'de> for Erased<N>
where
    Slot<N>: Erasable,
{
    fn decode(source: &mut dyn Source<'de>) -> Result<Self, Error> {
        read_json(source, Kind::Any, |value| Slot::<N>::decode(value).map(Self::new))
    }
}

/// Decodes a value of some type.
pub type Decoder = fn(Value) -> Result<Box<dyn Any>, Error>;

/// The [`Decoder`] of `T`.
pub fn decode_erased<T: DeserializeOwned + 'static>(value: Value) -> Result<Box<dyn Any>, Error> {
    serde_json::from_value::<T>(value).map(|value| Box::new(value) as Box<dyn Any>)
}

/// What `decoder` makes of `value`.
pub fn decode_by<T: 'static>(decoder: Option<&Decoder>, value: Value) -> Result<T, Error> {
    let decoded = decoder.map(|decode| decode(value)).transpose()?;
    match decoded.and_then(|value| value.downcast::<T>().ok()) {
        Some(value) => Ok(*value),
        None => Err(de::Error::custom("not the decoder of this type")),
    }
}

/// `erased!(Folder = 0, File = 1);`: the types that stand in an [`Erased`], numbered from 0. All decoders
/// are in one table: rustc compiles a table once, wherever it comes by it, and so no decoder leads it
/// deeper than to the next use of the table.
macro_rules! erased {
    ($($name:ident = $at:literal),+ $(,)?) => {
        static DECODERS: &[$crate::runtime::Decoder] =
            &[$($crate::runtime::decode_erased::<$name>),+];

        $(
            impl $crate::runtime::Erasable for $crate::runtime::Slot<$at> {
                type Value = $name;

                #[inline(never)]
                fn decode(value: ::serde_json::Value) -> Result<$name, ::serde_json::Error> {
                    $crate::runtime::decode_by(DECODERS.get($at), value)
                }
            }

            impl From<$name> for $crate::runtime::Erased<$at> {
                fn from(value: $name) -> Self {
                    Self::new(value)
                }
            }
        )+
    };
}
pub(crate) use erased;
