//! Unions (`oneOf`, `anyOf`): enums whose variant depends on the JSON that is read.

use std::borrow::Cow;
use std::cell::Cell;
use std::cmp::Reverse;

use serde::de::Error as _;
use serde::ser::{Serialize, Serializer};
use serde_json::{Error, Value};

use super::{Decode, Kind, Source, decode_text, json, number, read_json};

/// How an enum of payloads and `Other(Value)` is encoded and decoded.
///
/// - By a tag: `union!(Item by "type" { "file" => File, "folder" | "root" => Folder })`. A known tag
///   whose body does not decode is an error. `"file" => File written "file"`: the payload has no
///   member for the tag, so it is written beside the payload's own. `else File` behind the braces: what
///   has none of the tags is a `File`, if it decodes as one.
/// - In order: `union!(Shape in order { Circle if Keys(&["radius"]); Named if String; Rest; })`, where
///   the first variant is taken whose [`Test`]s all hold and which decodes.
/// - By members: `union!(Owner by members { User if Keys(&["id"]), Knows(&["id", "login"]); … })`, where
///   it is the one of those that knows most of the value's members; of several, the first that keeps
///   most of what is in them.
/// - By all members: `union!(Owner by all members { … })`, as by members, but the variant knows every member
///   that any variant whose tests hold knows.
///
/// What fits nowhere is `Other`.
macro_rules! union {
    ($name:ident by $tag:literal {
        $($($value:literal)|+ => $variant:ident $(written $own:literal)?),+ $(,)?
    } $(else $default:ident)?) => {
        $crate::runtime::union!(@impls $name { $($variant $($tag = $own)?)+ } |value| {
            match $crate::runtime::tag_of(&value, $tag).as_deref() {
                $(Some($($value)|+) => $crate::runtime::decode_variant(&value).map(Self::$variant),)+
                _ => $crate::runtime::union!(@other value $($default)?),
            }
        });
    };
    ($name:ident in order { $($arms:tt)+ }) => {
        $crate::runtime::union!(@choose first_variant $name $($arms)+);
    };
    ($name:ident by members { $($arms:tt)+ }) => {
        $crate::runtime::union!(@choose best_variant $name $($arms)+);
    };
    ($name:ident by all members { $($arms:tt)+ }) => {
        $crate::runtime::union!(@choose whole_variant $name $($arms)+);
    };
    (@choose $choose:ident $name:ident $($variant:ident $(if $($test:expr),+)?;)+) => {
        $crate::runtime::union!(@impls $name { $($variant)+ } |value| {
            #[allow(unused_imports, reason = "not every union tests")]
            use $crate::runtime::Test::*;
            let variants: &[$crate::runtime::Choice<Self>] = &[$(
                (&[$($($test),+)?], |value| $crate::runtime::decode_variant(value).map(Self::$variant))
            ),+];
            Ok($crate::runtime::$choose(&value, variants).unwrap_or(Self::Other(value)))
        });
    };
    (@impls $name:ident { $($variant:ident $($tag:literal = $own:literal)?)+ } |$value:ident| $choose:block) => {
        impl $crate::runtime::Union for $name {
            #[inline]
            fn choose($value: ::serde_json::Value) -> Result<Self, String> $choose
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => {
                        $crate::runtime::union!(@write value serializer $($tag $own)?)
                    })+
                    Self::Other(value) => value.serialize(serializer),
                }
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
                $crate::runtime::read_union(source)
            }
        }
    };
    (@other $value:ident) => { Ok(Self::Other($value)) };
    (@other $value:ident $default:ident) => {
        Ok($crate::runtime::decode_variant(&$value).map_or(Self::Other($value), Self::$default))
    };
    (@write $value:ident $serializer:ident) => { $value.serialize($serializer) };
    (@write $value:ident $serializer:ident $tag:literal $own:literal) => {
        $crate::runtime::write_tagged($tag, $own, $value, $serializer)
    };
}
pub(crate) use union;

/// What `union!` writes for an enum.
pub trait Union: Sized {
    /// The variant for a value.
    ///
    /// # Errors
    /// What is wrong with a value whose variant is certain.
    fn choose(value: Value) -> Result<Self, String>;
}

/// A test of a value, for a union without a tag.
#[derive(Clone, Copy, Debug)]
pub enum Test {
    /// An object with all these members.
    Keys(&'static [&'static str]),
    /// An object with a member that is one of these strings.
    Tag(&'static str, &'static [&'static str]),
    /// An object whose member, if it is there and not null, is one of these strings.
    MayBe(&'static str, &'static [&'static str]),
    /// An object for which one of these lists holds.
    Either(&'static [&'static [Self]]),
    /// Holds always: the members that have a place of their own in the payload.
    Knows(&'static [&'static str]),
    /// Holds always: the payload keeps every other member too.
    Keeps,
    /// One of these strings.
    OneOf(&'static [&'static str]),
    /// A string.
    String,
    /// A number.
    Number,
    /// A number without a fraction.
    Integer,
    /// True or false.
    Boolean,
    /// An array.
    Array,
    /// An object.
    Object,
    /// Null.
    Null,
}

impl Test {
    /// Whether `value` passes.
    pub fn holds(self, value: &Value) -> bool {
        match self {
            Self::Keys(keys) => keys.iter().all(|key| value.get(key).is_some()),
            Self::Tag(key, tags) => tag_of(value, key).is_some_and(|tag| tags.contains(&&*tag)),
            Self::MayBe(key, tags) => {
                let absent = value.get(key).is_none_or(Value::is_null);
                value.is_object() && (absent || Self::Tag(key, tags).holds(value))
            }
            Self::Either(tests) => tests.iter().any(|tests| all_hold(tests, value)),
            Self::Knows(_) | Self::Keeps => true,
            Self::OneOf(values) => value.as_str().is_some_and(|value| values.contains(&value)),
            Self::String => value.is_string(),
            Self::Number => value.is_number(),
            Self::Integer => value.as_f64().is_some_and(|number| number.fract() == 0.0),
            Self::Boolean => value.is_boolean(),
            Self::Array => value.is_array(),
            Self::Object => value.is_object(),
            Self::Null => value.is_null(),
        }
    }
}

fn all_hold(tests: &[Test], value: &Value) -> bool {
    tests.iter().all(|test| test.holds(value))
}

/// How many members of `value` are kept by what passes these tests, and how many of them have a place of
/// their own.
fn kept(tests: &[Test], value: &Value) -> (usize, usize) {
    let members = value.as_object().map_or(0, serde_json::Map::len);
    let mut most = (0, 0);
    for test in tests {
        most = match test {
            Test::Knows(keys) => {
                let known = keys.iter().filter(|key| value.get(key).is_some()).count();
                (known.max(most.0), known)
            }
            Test::Keeps => (members, most.1),
            Test::Either(lists) => {
                let lists = lists.iter().filter(|tests| all_hold(tests, value));
                lists.map(|tests| kept(tests, value)).max().unwrap_or(most)
            }
            _ => most,
        };
    }
    most
}

/// A variant's tests, and how it is decoded.
pub type Choice<U> = (&'static [Test], fn(&Value) -> Result<U, String>);

/// The first variant whose tests hold and which decodes.
pub fn first_variant<U: Serialize>(value: &Value, variants: &[Choice<U>]) -> Option<U> {
    let mut fitting = variants.iter().filter(|(tests, _)| all_hold(tests, value));
    let first = fitting.find_map(|(_, decode)| decode(value).ok());
    first.or_else(|| untagged_variant(value, variants))
}

/// The variant that keeps most of a value, among those whose tests hold and which decode.
pub fn best_variant<U: Serialize>(value: &Value, variants: &[Choice<U>]) -> Option<U> {
    let fits = |(tests, _): &&Choice<U>| all_hold(tests, value);
    let mut fitting: Vec<&Choice<U>> = variants.iter().filter(fits).collect();
    fitting.sort_by_key(|(tests, _)| Reverse(kept(tests, value)));
    let ties = fitting.chunk_by(|(one, _), (other, _)| kept(one, value) == kept(other, value));
    let best = ties.into_iter().find_map(|tied| closest_variant(value, tied));
    best.or_else(|| untagged_variant(value, variants))
}

/// The variant that keeps most of a value; none if several fit, and none of them has a place for every member
/// that one of them has a place for.
pub fn whole_variant<U: Serialize>(value: &Value, variants: &[Choice<U>]) -> Option<U> {
    let fits = |(tests, _): &&Choice<U>| all_hold(tests, value);
    let mut fitting: Vec<&Choice<U>> = variants.iter().filter(fits).collect();
    if !is_known_to_one(value, &fitting) && !TRYING.get() {
        TRYING.set(true);
        fitting.retain(|(_, decode)| decode(value).is_ok());
        TRYING.set(false);
    }
    is_known_to_one(value, &fitting).then(|| best_variant(value, variants)).flatten()
}

/// Whether one of some variants has a place for every member of a value that any of them has a place for. A null
/// may be missing.
fn is_known_to_one<U>(value: &Value, variants: &[&Choice<U>]) -> bool {
    let members = value.as_object().into_iter().flatten().filter(|(_, part)| !part.is_null());
    let is_known = |key: &str| variants.iter().any(|(tests, _)| knows(tests, key, value));
    let known: Vec<&String> = members.map(|(key, _)| key).filter(|key| is_known(key)).collect();
    let knows_all = |(tests, _): &&Choice<U>| known.iter().all(|key| knows(tests, key, value));
    variants.is_empty() || variants.iter().any(knows_all)
}

/// Whether what passes these tests has a place for a member of `value`.
fn knows(tests: &[Test], key: &str, value: &Value) -> bool {
    tests.iter().any(|test| match test {
        Test::Knows(keys) => keys.contains(&key),
        Test::Keeps => true,
        Test::Either(lists) => {
            lists.iter().any(|tests| all_hold(tests, value) && knows(tests, key, value))
        }
        _ => false,
    })
}

/// The variant for an object without the tag that it should have: a payload fills that in by itself.
fn untagged_variant<U: Serialize>(value: &Value, variants: &[Choice<U>]) -> Option<U> {
    let members = value.as_object()?;
    let fits = |(tests, _): &&Choice<U>| all_hold_without_tags(tests, value);
    let fitting: Vec<&Choice<U>> = variants.iter().filter(fits).collect();
    let closest = closest_variant(value, &fitting)?;
    let kept = serde_json::to_value(&closest).ok()?;
    members.keys().any(|key| kept.get(key).is_some()).then_some(closest)
}

fn all_hold_without_tags(tests: &[Test], value: &Value) -> bool {
    tests.iter().all(|test| match *test {
        Test::Tag(key, tags) => Test::MayBe(key, tags).holds(value),
        Test::Either(lists) => lists.iter().any(|tests| all_hold_without_tags(tests, value)),
        test => test.holds(value),
    })
}

thread_local! {
    /// Whether a variant is tried. Within it the first that decodes is taken, so that what is nested
    /// deeply is not tried again and again.
    static TRYING: Cell<bool> = const { Cell::new(false) };
}

/// The variant that is encoded most like the value; the first of several.
fn closest_variant<U: Serialize>(value: &Value, variants: &[&Choice<U>]) -> Option<U> {
    if variants.len() < 2 || TRYING.get() {
        return variants.iter().find_map(|(_, decode)| decode(value).ok());
    }
    let mut closest = None;
    for (_, decode) in variants {
        TRYING.set(true);
        let variant = decode(value);
        TRYING.set(false);
        let Ok(variant) = variant else { continue };
        let changed = serde_json::to_value(&variant).map_or(usize::MAX, |got| changes(value, &got));
        if changed == 0 {
            return Some(variant);
        }
        if closest.as_ref().is_none_or(|(least, _)| changed < *least) {
            closest = Some((changed, decode));
        }
    }
    // Once more, for the unions within it.
    closest.and_then(|(_, decode)| decode(value).ok())
}

/// How many scalars and empty containers of a value are missing or other ones in `got`, and how many
/// members are new there. A null may be missing.
fn changes(value: &Value, got: &Value) -> usize {
    match (value, got) {
        (Value::Object(members), _) if !members.is_empty() => {
            let changed = members.iter().map(|(key, value)| changes(value, part(got.get(key))));
            let new = got.as_object().into_iter().flat_map(serde_json::Map::keys);
            changed.sum::<usize>() + new.filter(|key| !members.contains_key(*key)).count()
        }
        (Value::Array(items), _) if !items.is_empty() => {
            items.iter().enumerate().map(|(at, item)| changes(item, part(got.get(at)))).sum()
        }
        (Value::Number(number), Value::Number(got)) => usize::from(number.as_f64() != got.as_f64()),
        _ => usize::from(value != got),
    }
}

fn part(value: Option<&Value>) -> &Value {
    value.unwrap_or(&Value::Null)
}

/// The text of the member that tells variants apart.
pub fn tag_of<'v>(value: &'v Value, tag: &str) -> Option<Cow<'v, str>> {
    match value.get(tag)? {
        Value::String(text) => Some(text.into()),
        number @ (Value::Number(_) | Value::Bool(_)) => number::text(number).ok().map(Cow::Owned),
        _ => None,
    }
}

/// Encodes a payload with a tag that it has no member for.
///
/// # Errors
/// What the payload's own encoding says.
pub fn write_tagged<T: Serialize, S: Serializer>(
    tag: &str,
    own: &str,
    payload: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut value = serde_json::to_value(payload).map_err(serde::ser::Error::custom)?;
    if let Value::Object(members) = &mut value {
        members.entry(tag).or_insert_with(|| own.into());
    }
    value.serialize(serializer)
}

/// Decodes the payload of a variant. It goes by JSON text, so that a mistake has a place.
///
/// # Errors
/// What is wrong, and where.
pub fn decode_variant<T: for<'de> Decode<'de>>(value: &Value) -> Result<T, String> {
    let mut payload = None;
    read_payload(value, &mut |source| {
        payload = Some(T::decode(source)?);
        Ok(())
    })?;
    payload.ok_or_else(|| "the value is missing".to_owned())
}

fn read_payload(
    value: &Value,
    read: &mut dyn FnMut(&mut dyn Source<'_>) -> serde_json::Result<()>,
) -> Result<(), String> {
    let text = number::encode(value).map_err(|error| error.to_string())?;
    decode_text(&text, read).map_err(|error| match json::locate(&text, &error) {
        (path, message) if path.is_empty() => message,
        (path, message) => format!("at `{path}`: {message}"),
    })
}

/// Decodes a union.
///
/// # Errors
/// What [`Union::choose`] says.
pub fn read_union<U: Union>(source: &mut dyn Source<'_>) -> serde_json::Result<U> {
    read_json(source, Kind::Any, |value| U::choose(value).map_err(Error::custom))
}
