//! What a type is to another one.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::pairs::Pairs;
use super::side::Side;
use crate::model::{Enumeration, Field, Type, TypeKind, TypeName};

/// What a new type is to an old one. Joined, the worst counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Relation {
    /// The same type.
    Same,
    /// Another type with the same values on the wire.
    Rewrapped,
    /// Another type with more values.
    Widened,
    /// Another type with fewer values.
    Narrowed,
    /// Another type.
    Different,
}

impl Relation {
    fn is_equal_on_wire(self) -> bool {
        matches!(self, Self::Same | Self::Rewrapped)
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Same, other) | (other, Self::Same) => other,
            (Self::Rewrapped, other) | (other, Self::Rewrapped) => other,
            (one, other) if one == other => one,
            _ => Self::Different,
        }
    }
}

/// Compares types of two documents.
#[derive(Clone, Copy)]
pub(super) struct Relations<'a> {
    pub(super) old: &'a Side<'a>,
    pub(super) new: &'a Side<'a>,
    pub(super) pairs: &'a Pairs,
}

impl<'a> Relations<'a> {
    pub(super) fn of(self, old: &'a Type, new: &'a Type) -> Relation {
        self.compare(old, new, DEEPEST)
    }

    /// `levels`: how deep types without a common name are compared.
    fn compare(self, old: &'a Type, new: &'a Type, levels: usize) -> Relation {
        if let (Some(one), Some(other)) = (type_name(old), type_name(new))
            && self.are_one(one, other)
        {
            // What is in it is compared where it stands.
            let same = matches!(old, Type::Named(_)) == matches!(new, Type::Named(_));
            return if same { Relation::Same } else { Relation::Rewrapped };
        }
        match (self.old.resolved(old), self.new.resolved(new)) {
            (Type::Boxed(one), Type::Boxed(other))
            | (Type::List(one), Type::List(other))
            | (Type::Map(one), Type::Map(other))
            | (Type::Nullable(one), Type::Nullable(other)) => self.compare(one, other, levels),
            (Type::Boxed(one), other) => Relation::Rewrapped.and(self.compare(one, other, levels)),
            (one, Type::Boxed(other)) => Relation::Rewrapped.and(self.compare(one, other, levels)),
            (one, Type::Nullable(other)) => Relation::Widened.and(self.compare(one, other, levels)),
            (Type::Nullable(one), other) => {
                Relation::Narrowed.and(self.compare(one, other, levels))
            }
            (one, other) if type_name(one).is_none() && one == other => Relation::Same,
            (one, other) if self.holds((self.new, other), (self.old, one)) => Relation::Widened,
            (one, other) if self.holds((self.old, one), (self.new, other)) => Relation::Narrowed,
            (one, other) if self.is_content_same(one, other, levels) => Relation::Rewrapped,
            (one, other) => {
                compare_scalars(self.scalar(self.old, one), self.scalar(self.new, other))
            }
        }
    }

    /// What the content of two types of different kinds, and of one name, is to each other.
    pub(super) fn of_kinds(self, old: &TypeKind, new: &TypeKind) -> Relation {
        compare_scalars(self.kind(self.old, old), self.kind(self.new, new))
    }

    /// Whether two types that have names have the same values on the wire, as far as so many levels tell.
    fn is_content_same(self, old: &'a Type, new: &'a Type, levels: usize) -> bool {
        let (Type::Named(one), Type::Named(other)) = (old, new) else { return false };
        let (Some(one), Some(other), Some(levels)) =
            (self.old.definition(one), self.new.definition(other), levels.checked_sub(1))
        else {
            return false;
        };
        match (&one.kind, &other.kind) {
            (TypeKind::StringEnum(one), TypeKind::StringEnum(other)) => {
                values(one) == values(other)
            }
            (TypeKind::IntegerEnum(one), TypeKind::IntegerEnum(other)) => {
                values(one) == values(other)
            }
            (TypeKind::Record(one), TypeKind::Record(other)) => {
                let known: BTreeMap<&str, &Field> =
                    other.fields.iter().map(|field| (&*field.key, field)).collect();
                one.rest.is_some() == other.rest.is_some()
                    && one.fields.len() == other.fields.len()
                    && one.fields.iter().all(|field| {
                        known.get(&*field.key).is_some_and(|other| {
                            field.presence == other.presence
                                && field.known == other.known
                                && self.compare(&field.ty, &other.ty, levels).is_equal_on_wire()
                        })
                    })
            }
            _ => false,
        }
    }

    /// Whether the second type is an alternative of the union that the first one is.
    fn holds(self, union: (&'a Side<'a>, &'a Type), ty: (&'a Side<'a>, &'a Type)) -> bool {
        union.0.alternatives(union.1).iter().any(|alternative| {
            match (type_name(&alternative.ty), type_name(ty.1)) {
                (Some(one), Some(other)) => {
                    self.pairs.are(one, other) || self.pairs.are(other, one)
                }
                (None, None) => alternative.ty == *ty.1,
                _ => false,
            }
        })
    }

    fn scalar(self, side: &Side<'_>, ty: &Type) -> Scalar {
        match ty {
            Type::Bool => Scalar::Flag,
            Type::I32 => Scalar::Number { is_signed: true, range: 0 },
            Type::U32 => Scalar::Number { is_signed: false, range: 0 },
            Type::I64 => Scalar::Number { is_signed: true, range: 1 },
            Type::U64 => Scalar::Number { is_signed: false, range: 1 },
            Type::F64 => Scalar::Number { is_signed: true, range: 2 },
            Type::Number => Scalar::Number { is_signed: true, range: 3 },
            Type::String | Type::Secret => Scalar::Text,
            Type::DateTime | Type::Date | Type::Base64 | Type::ContentRange | Type::Digest => {
                Scalar::Format
            }
            Type::Json => Scalar::Any,
            Type::Named(_) | Type::Erased(..) => {
                let known = type_name(ty).and_then(|name| side.definition(name));
                match known.map(|known| &known.kind) {
                    Some(TypeKind::StringEnum(_)) => Scalar::Words,
                    Some(TypeKind::IntegerEnum(_)) => Scalar::Numbers,
                    _ => Scalar::Other,
                }
            }
            Type::Null | Type::List(_) | Type::Map(_) | Type::Nullable(_) | Type::Boxed(_) => {
                Scalar::Other
            }
        }
    }

    fn kind(self, side: &Side<'a>, kind: &TypeKind) -> Scalar {
        match kind {
            TypeKind::StringEnum(_) => Scalar::Words,
            TypeKind::IntegerEnum(_) => Scalar::Numbers,
            TypeKind::Alias(ty) | TypeKind::Newtype(ty) => self.scalar(side, ty),
            TypeKind::Record(_) | TypeKind::Union(_) | TypeKind::Tuple(_) => Scalar::Other,
        }
    }

    /// Whether an argument of the new type accepts what was written for one of the old type.
    pub(super) fn accepts(self, old: &'a Type, new: &'a Type) -> bool {
        if self.of(old, new) == Relation::Same {
            return true;
        }
        let one = self.scalar(self.old, self.old.resolved(old));
        let other = self.scalar(self.new, self.new.resolved(new));
        let is_text = |scalar| matches!(scalar, Scalar::Text | Scalar::Words);
        other == Scalar::Any || (is_text(one) && is_text(other))
    }

    /// Whether the old type has become the new one, or one of them another name of the other.
    fn are_one(self, old: &'a TypeName, new: &'a TypeName) -> bool {
        let now = self.pairs.types.get(old).map(|now| self.new.kept(now));
        let before = self.pairs.old_of(new).map(|before| self.old.kept(before));
        now == Some(self.new.kept(new)) || before == Some(self.old.kept(old))
    }
}

/// How deep types without a common name are compared.
const DEEPEST: usize = 3;

fn values<T: Ord>(enumeration: &Enumeration<T>) -> BTreeSet<&T> {
    enumeration.variants.iter().map(|variant| &variant.value).collect()
}

/// The name of a type that has one.
fn type_name(ty: &Type) -> Option<&TypeName> {
    match ty {
        Type::Named(name) | Type::Erased(name, _) => Some(name),
        _ => None,
    }
}

/// What a type's values are on the wire.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Scalar {
    Flag,
    /// By sign and range: a higher range holds the lower ones. `u64` counts as part of `i64`, because a type is unsigned
    /// where the document has a minimum.
    Number {
        is_signed: bool,
        range: u8,
    },
    /// An enumeration of numbers.
    Numbers,
    Text,
    /// An enumeration of texts.
    Words,
    /// A text of a certain form.
    Format,
    Any,
    Other,
}

fn compare_scalars(old: Scalar, new: Scalar) -> Relation {
    match (old, new) {
        (Scalar::Any, _) => Relation::Narrowed,
        (_, Scalar::Any) => Relation::Widened,
        (Scalar::Text, Scalar::Text) => Relation::Rewrapped,
        (Scalar::Words | Scalar::Format, Scalar::Text) => Relation::Widened,
        (Scalar::Text, Scalar::Words | Scalar::Format) => Relation::Narrowed,
        (
            Scalar::Number { is_signed, range },
            Scalar::Number { is_signed: is_new_signed, range: new_range },
        ) => match (is_signed.cmp(&is_new_signed), range.cmp(&new_range)) {
            (Ordering::Equal, Ordering::Equal) => Relation::Rewrapped,
            (Ordering::Less | Ordering::Equal, Ordering::Less | Ordering::Equal) => {
                Relation::Widened
            }
            (Ordering::Greater | Ordering::Equal, Ordering::Greater | Ordering::Equal) => {
                Relation::Narrowed
            }
            _ => Relation::Different,
        },
        (Scalar::Numbers, Scalar::Number { .. }) => Relation::Widened,
        (Scalar::Number { .. }, Scalar::Numbers) => Relation::Narrowed,
        _ => Relation::Different,
    }
}
