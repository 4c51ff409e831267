//! Types: records, enumerations, unions, and what stands in a field.

use std::collections::HashMap;

use super::{Doc, TypeName, ValueName};

/// A named type of the emitted crate.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TypeDefinition {
    /// Its name, unique in the crate.
    pub(crate) name: TypeName,
    /// Its documentation.
    pub(crate) doc: Doc,
    /// Whether the document calls it deprecated.
    pub(crate) deprecated: bool,
    /// The file of `types/` that it belongs to, where there are several.
    pub(crate) module: Option<ValueName>,
    /// The type of equal content that it is emitted as another name for.
    pub(crate) equal_to: Option<TypeName>,
    /// What it is.
    pub(crate) kind: TypeKind,
}

impl TypeDefinition {
    /// The named types in it, and the one that it is another name for.
    pub(crate) fn references(&self) -> impl Iterator<Item = &TypeName> {
        self.kind.contents().into_iter().filter_map(Type::named).chain(&self.equal_to)
    }

    /// The type that it is another name for. No name leads back to itself.
    #[must_use]
    pub(crate) fn named_type(&self) -> Option<&TypeName> {
        match (&self.equal_to, &self.kind) {
            (Some(kept), _) | (None, TypeKind::Alias(Type::Named(kept))) => Some(kept),
            _ => None,
        }
    }
}

/// What a named type is.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) enum TypeKind {
    /// A struct.
    Record(Record),
    /// An open set of strings.
    StringEnum(Enumeration<String>),
    /// An open set of integers.
    IntegerEnum(Enumeration<i64>),
    /// One of several types.
    Union(Union),
    /// Another name for a type.
    Alias(Type),
    /// A tuple struct around a type that contains itself.
    Newtype(Type),
    /// A tuple struct that is written as an array.
    Tuple(Tuple),
}

/// An array whose elements have a type each.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct Tuple {
    /// The elements.
    pub(crate) elements: Vec<Type>,
    /// How many of them are always there; the array may end before any other.
    pub(crate) required: usize,
    /// The type of the elements behind them, where there may be such.
    pub(crate) rest: Option<Type>,
}

/// A struct with named fields.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Record {
    /// The fields, in document order.
    pub(crate) fields: Vec<Field>,
    /// The field that holds every other member, where the document declares such.
    pub(crate) rest: Option<(ValueName, Type)>,
    /// How a value is constructed.
    pub(crate) constructor: Constructor,
    /// Whether requests send it.
    pub(crate) sent: bool,
}

impl Record {
    /// The required fields in the order in which the constructor takes them. It does not change when
    /// the document's does.
    #[must_use]
    pub(crate) fn arguments(&self) -> Vec<&Field> {
        let required = self.fields.iter().filter(|field| field.presence == Presence::Required);
        let mut arguments: Vec<&Field> = required.collect();
        arguments.sort_by(|one, other| one.key.cmp(&other.key));
        arguments
    }
}

/// How a value of a struct is constructed.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Constructor {
    /// By `new`, whose arguments are the required fields.
    New,
    /// By `builder` and a method for each required field, on a type of this name.
    Builder(TypeName),
}

/// A field of a record.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Field {
    /// Name in Rust.
    pub(crate) name: ValueName,
    /// Name on the wire.
    pub(crate) key: String,
    /// Documentation.
    pub(crate) doc: Doc,
    /// Type of a value that is there.
    pub(crate) ty: Type,
    /// Whether it may be missing or null.
    pub(crate) presence: Presence,
    /// The value that it has, where the document knows it and the type does not.
    pub(crate) known: Option<Known>,
    /// Whether the document calls it deprecated.
    pub(crate) deprecated: bool,
}

/// Required × nullable, told apart where it matters.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Presence {
    /// Always there: `T`.
    Required,
    /// Always there, perhaps null: `Option<T>`, written as null.
    Nullable,
    /// Perhaps missing: `Option<T>`, left out.
    Optional,
    /// Perhaps missing and, when there, perhaps null, in a type that requests send: `Option<Option<T>>`, or
    /// `Option<Value>` of any JSON.
    Clearable,
    /// Perhaps missing, and never sent in a request: `Option<T>`, left out.
    Received,
    /// Always there with one value that the type's default is: `T`, filled in by itself.
    Constant,
    /// Always there with the value that is known: `T`, filled in by itself.
    Fixed,
    /// Perhaps missing: `Option<T>`, filled in by itself with the value that is known.
    Preset,
}

/// A value that the document knows.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Known {
    /// A text.
    Text(String),
    /// A boolean.
    Flag(bool),
}

/// The type of a value.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Type {
    /// `()`: null and nothing else.
    Null,
    /// `bool`
    Bool,
    /// `i32`
    I32,
    /// `i64`
    I64,
    /// `u32`
    U32,
    /// `u64`
    U64,
    /// `f64`
    F64,
    /// A number of any size or precision.
    Number,
    /// `String`
    String,
    /// A string that is not to be printed.
    Secret,
    /// A date and time with an offset.
    DateTime,
    /// A calendar date.
    Date,
    /// Bytes, written as Base64.
    Base64,
    /// RFC 9110 `Content-Range`.
    ContentRange,
    /// RFC 3230 instance digest.
    Digest,
    /// Any JSON value.
    Json,
    /// A list.
    List(Box<Type>),
    /// A map from strings.
    Map(Box<Type>),
    /// An element or a value that may be null.
    Nullable(Box<Type>),
    /// A type that would otherwise contain itself.
    Boxed(Box<Type>),
    /// A named type of the crate, where the compiler would have to follow types too deeply; it is known
    /// there by its number, from 0.
    Erased(TypeName, usize),
    /// A named type of the crate.
    Named(TypeName),
}

/// An enumeration that stays open: a value that it does not name is kept as it is.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Enumeration<T> {
    /// The values that the document names.
    pub(crate) variants: Vec<Variant<T>>,
    /// Whether it allows every other value as well.
    pub(crate) free: bool,
}

/// One value of an enumeration.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Variant<T> {
    /// Name in Rust.
    pub(crate) name: TypeName,
    /// Value on the wire.
    pub(crate) value: T,
    /// Documentation.
    pub(crate) doc: Doc,
}

/// One of several types.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Union {
    /// How the alternative is found.
    pub(crate) selection: Selection,
    /// The alternatives, in the order in which they are tried.
    pub(crate) alternatives: Vec<Alternative>,
    /// The name of the one that a value without a known tag belongs to.
    pub(crate) default: Option<TypeName>,
}

/// How the alternative that a value belongs to is found.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Selection {
    /// By a member whose value each alternative has its own of.
    Tag(String),
    /// By the alternatives' tests, in order.
    Order,
    /// By how many of the value's members an alternative knows, among those whose tests it passes.
    Members,
    /// As by `Members`, but no alternative takes a value of which another one that it passes for knows more.
    AllMembers,
}

/// One alternative of a union.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Alternative {
    /// Name of the variant.
    pub(crate) name: TypeName,
    /// Documentation.
    pub(crate) doc: Doc,
    /// Its content.
    pub(crate) ty: Type,
    /// What a value must fulfil to belong here.
    pub(crate) test: Test,
    /// The tag to write, where its content has no member for it.
    pub(crate) written: Option<String>,
    /// Its place in the document.
    pub(crate) place: usize,
}

/// What a value must fulfil to belong to an alternative.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Test {
    /// The tag has one of these values.
    Tag(Vec<String>),
    /// An object of this shape.
    Object(Shape),
    /// One of these.
    Either(Vec<Test>),
    /// One of these strings.
    Values(Vec<String>),
    /// A string.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A boolean.
    Boolean,
    /// An array.
    Array,
    /// Any value.
    Any,
}

/// What is known of the members of an object.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Shape {
    /// Members that must be there.
    pub(crate) required: Vec<String>,
    /// Members that, when there, must have one of these values.
    pub(crate) constants: Vec<(String, Vec<String>)>,
    /// Members that have a place of their own.
    pub(crate) known: Vec<String>,
    /// Whether every other member is kept too.
    pub(crate) open: bool,
    /// Whether the document allows no other member.
    pub(crate) closed: bool,
}

impl Shape {
    /// The values that a member must have one of.
    #[must_use]
    pub(crate) fn values_of(&self, key: &str) -> Option<&[String]> {
        self.constants.iter().find(|(known, _)| known == key).map(|(_, values)| &values[..])
    }

    /// Whether a member must have one of other values than these.
    pub(crate) fn excludes(&self, key: &str, values: &[String]) -> bool {
        let own = self.values_of(key);
        own.is_some_and(|own| own.iter().all(|value| !values.contains(value)))
    }

    /// Whether a member must have one of these values.
    pub(crate) fn is_limited_to(&self, key: &str, values: &[String]) -> bool {
        let own = self.values_of(key);
        own.is_some_and(|own| own.iter().all(|value| values.contains(value)))
    }
}

impl Type {
    /// The named type in it, however it is wrapped.
    #[must_use]
    pub(crate) fn named(&self) -> Option<&TypeName> {
        match self {
            Self::Named(name) | Self::Erased(name, _) => Some(name),
            Self::List(inner) | Self::Map(inner) | Self::Nullable(inner) | Self::Boxed(inner) => {
                inner.named()
            }
            _ => None,
        }
    }
}

impl Type {
    /// The type in it that is erased, if it is, and its number.
    #[must_use]
    pub(crate) fn erased(&self) -> Option<(usize, &TypeName)> {
        match self {
            Self::Erased(name, number) => Some((*number, name)),
            Self::List(inner) | Self::Map(inner) | Self::Nullable(inner) | Self::Boxed(inner) => {
                inner.erased()
            }
            _ => None,
        }
    }
}

impl Type {
    /// The type without what only says that a value may be null, or where it is kept.
    #[must_use]
    pub(crate) fn bare(&self) -> &Self {
        match self {
            Self::Nullable(inner) | Self::Boxed(inner) => inner.bare(),
            other => other,
        }
    }

    /// Calls the named type in it by another name, where there is one for it.
    pub(crate) fn rename(&mut self, names: &HashMap<TypeName, TypeName>) {
        match self {
            Self::Named(name) | Self::Erased(name, _) => {
                if let Some(other) = names.get(name) {
                    *name = other.clone();
                }
            }
            Self::List(inner) | Self::Map(inner) | Self::Nullable(inner) | Self::Boxed(inner) => {
                inner.rename(names);
            }
            _ => {}
        }
    }
}

impl TypeKind {
    /// Calls the named types in it by other names, where there are such.
    pub(crate) fn rename(&mut self, names: &HashMap<TypeName, TypeName>) {
        match self {
            Self::Record(record) => {
                record.fields.iter_mut().for_each(|field| field.ty.rename(names));
                record.rest.iter_mut().for_each(|(_, ty)| ty.rename(names));
            }
            Self::Union(union) => {
                union.alternatives.iter_mut().for_each(|one| one.ty.rename(names));
            }
            Self::Alias(ty) | Self::Newtype(ty) => ty.rename(names),
            Self::Tuple(tuple) => {
                tuple.elements.iter_mut().chain(&mut tuple.rest).for_each(|ty| ty.rename(names));
            }
            Self::StringEnum(_) | Self::IntegerEnum(_) => {}
        }
    }

    /// The types of everything in it.
    #[must_use]
    pub(crate) fn contents(&self) -> Vec<&Type> {
        match self {
            Self::Record(record) => record
                .fields
                .iter()
                .map(|field| &field.ty)
                .chain(record.rest.iter().map(|(_, ty)| ty))
                .collect(),
            Self::Union(union) => {
                union.alternatives.iter().map(|alternative| &alternative.ty).collect()
            }
            Self::Alias(ty) | Self::Newtype(ty) => vec![ty],
            Self::Tuple(tuple) => tuple.elements.iter().chain(&tuple.rest).collect(),
            Self::StringEnum(_) | Self::IntegerEnum(_) => Vec::new(),
        }
    }
}
