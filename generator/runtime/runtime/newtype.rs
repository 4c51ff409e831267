//! Tuple structs that are written as what they hold.

/// `newtype!(Tree);`: how a struct around one value is encoded and decoded.
macro_rules! newtype {
    ($name:ident) => {
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                $crate::runtime::deserialize(deserializer)
            }
        }

        impl<'de> $crate::runtime::Decode<'de> for $name {
            #[inline]
            fn decode(source: &mut dyn $crate::runtime::Source<'de>) -> ::serde_json::Result<Self> {
                $crate::runtime::Decode::decode(source).map(Self)
            }
        }
    };
}
pub(crate) use newtype;
