//! Open enums: values that the document does not list are kept.

/// `open_enum! { pub enum Order { Ascending = "asc", Descending = "desc" } }`; for numbers,
/// `pub enum Status: i64 { NotFound = 404 }`. `Other` is added. An enum of one value has that
/// for its `Default`.
macro_rules! open_enum {
    ($(#[$($meta:tt)*])* pub enum $name:ident { $($variants:tt)+ }) => {
        $crate::runtime::open_enum!(@enum [$(#[$($meta)*])*] $name String { $($variants)+ });
        $crate::runtime::open_enum!(@value $name as_str &str [] { $($variants)+ });

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            #[inline]
            fn from_str(value: &str) -> Result<Self, ::std::convert::Infallible> {
                Ok(value.into())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::runtime::deserialize(deserializer)
            }
        }

        impl<'de> $crate::runtime::Decode<'de> for $name {
            #[inline]
            fn decode(source: &mut dyn $crate::runtime::Source<'de>) -> ::serde_json::Result<Self> {
                let value = source.text()?;
                Ok(Self::from(&*value))
            }
        }
    };
    ($(#[$($meta:tt)*])* pub enum $name:ident: i64 { $($variants:tt)+ }) => {
        $crate::runtime::open_enum!(@enum [$(#[$($meta)*])*] $name i64 { $($variants)+ });
        $crate::runtime::open_enum!(@value $name value i64 [*] { $($variants)+ });

        impl ::std::str::FromStr for $name {
            type Err = ::std::num::ParseIntError;

            #[inline]
            fn from_str(value: &str) -> Result<Self, ::std::num::ParseIntError> {
                value.parse::<i64>().map(Self::from)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::runtime::deserialize(deserializer)
            }
        }

        impl<'de> $crate::runtime::Decode<'de> for $name {
            #[inline]
            fn decode(source: &mut dyn $crate::runtime::Source<'de>) -> ::serde_json::Result<Self> {
                <i64 as $crate::runtime::Decode>::decode(source).map(Self::from)
            }
        }
    };
    (@enum [$($meta:tt)*] $name:ident $other:ident {
        $($(#[$($doc:tt)*])* $variant:ident = $value:literal),+ $(,)?
    }) => {
        $($meta)*
        #[derive(Clone)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$($doc)*])* $variant,)+
            /// A value that the document does not list.
            Other($other),
        }
        $crate::runtime::open_enum!(@default $name $($variant)+);

    };
    (@value $name:ident $get:ident $plain:ty [$($deref:tt)?] {
        $($(#[$($doc:tt)*])* $variant:ident = $value:literal),+ $(,)?
    }) => {
        impl $name {
            /// The value on the wire.
            #[inline]
            pub fn $get(&self) -> $plain {
                match self {
                    $(Self::$variant => $value,)+
                    Self::Other(value) => $($deref)? value,
                }
            }
        }

        // These go by the value on the wire: what would be derived takes several times as long to compile.
        impl PartialEq for $name {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                self.$get() == other.$get()
            }
        }

        impl Eq for $name {}

        impl PartialOrd for $name {
            #[inline]
            fn partial_cmp(&self, other: &Self) -> Option<::std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            #[inline]
            fn cmp(&self, other: &Self) -> ::std::cmp::Ordering {
                self.$get().cmp(&other.$get())
            }
        }

        impl ::std::hash::Hash for $name {
            #[inline]
            fn hash<H: ::std::hash::Hasher>(&self, state: &mut H) {
                self.$get().hash(state);
            }
        }

        impl From<$plain> for $name {
            #[inline]
            fn from(value: $plain) -> Self {
                match value {
                    $($value => Self::$variant,)+
                    other => Self::Other(other.into()),
                }
            }
        }

        impl ::std::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.$get().fmt(f)
            }
        }

        impl ::std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.$get().fmt(f)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.$get().serialize(serializer)
            }
        }
    };
    (@default $name:ident $variant:ident) => {
        impl Default for $name {
            #[inline]
            fn default() -> Self {
                Self::$variant
            }
        }
    };
    (@default $($many:ident)+) => {};
}
pub(crate) use open_enum;
