//! Enums that stay open: a value that the document does not name is kept as it is.

/// `open_enum! { pub enum Order { Ascending = "asc", Descending = "desc" } }`, or with `: i64`
/// behind the name and numbers for strings. `Other` is added. An enum of one value has it as its
/// `Default`.
macro_rules! open_enum {
    (@text [$($meta:tt)*] $name:ident { $($([$($doc:tt)*])* $variant:ident = $value:literal,)+ }) => {
        open_enum!(@common [$($meta)*] $name String { $($([$($doc)*])* $variant = $value,)+ });

        impl $name {
            /// The value as it is written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)+
                    Self::Other(value) => value,
                }
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                match value {
                    $($value => Self::$variant,)+
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self {
                Self::from(value.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(value))
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::runtime::text(deserializer, |value| Ok(Self::from(value)))
            }
        }
    };
    (@number [$($meta:tt)*] $name:ident { $($([$($doc:tt)*])* $variant:ident = $value:literal,)+ }) => {
        open_enum!(@common [$($meta)*] $name i64 { $($([$($doc)*])* $variant = $value,)+ });

        impl $name {
            /// The value as it is written.
            #[must_use]
            pub fn value(&self) -> i64 {
                match self {
                    $(Self::$variant => $value,)+
                    Self::Other(value) => *value,
                }
            }
        }

        impl From<i64> for $name {
            fn from(value: i64) -> Self {
                match value {
                    $($value => Self::$variant,)+
                    other => Self::Other(other),
                }
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::num::ParseIntError;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                value.parse().map(i64::into)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.value().fmt(f)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_i64(self.value())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                i64::deserialize(deserializer).map(Self::from)
            }
        }
    };
    (@common [$($meta:tt)*] $name:ident $other:ident {
        $($([$($doc:tt)*])* $variant:ident = $value:literal,)+
    }) => {
        $($meta)*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$($doc)*])* $variant,)+
            /// A value that the document does not name.
            Other($other),
        }
    };
    (@default $name:ident $variant:ident) => {
        impl Default for $name {
            fn default() -> Self {
                Self::$variant
            }
        }
    };
    (@default $name:ident $($variant:ident)+) => {};
    ($(#[$($meta:tt)*])* pub enum $name:ident {
        $($(#[$($doc:tt)*])* $variant:ident = $value:literal),+ $(,)?
    }) => {
        open_enum!(@text [$(#[$($meta)*])*] $name { $($([$($doc)*])* $variant = $value,)+ });
        open_enum!(@default $name $($variant)+);
    };
    ($(#[$($meta:tt)*])* pub enum $name:ident: i64 {
        $($(#[$($doc:tt)*])* $variant:ident = $value:literal),+ $(,)?
    }) => {
        open_enum!(@number [$(#[$($meta)*])*] $name { $($([$($doc)*])* $variant = $value,)+ });
        open_enum!(@default $name $($variant)+);
    };
}
pub(crate) use open_enum;
