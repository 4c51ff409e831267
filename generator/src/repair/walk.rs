//! The one pass over the document, by the table of what is allowed where.

mod container;
mod scalar;
mod schema;

use serde_json::{Map, Value};

use super::{
    at::At,
    objects::from_short_form,
    pending::{Pending, reference_of},
    repairs::{Doomed, Repairs, value_kind},
    shape::{Member, Need, Object, Shape},
    table,
};
use crate::diagnostics::{Code, Diagnostics};
use crate::source::Version;

/// The one pass over the document. Each method returns whether the value can stay.
pub(super) struct Walk<'d> {
    pub(super) repairs: Repairs<'d>,
    /// References that are to be resolved when everything else is in order.
    pub(super) pending: Vec<Pending>,
    /// Whether this part may have been walked already, so that what does not go away with the
    /// first time is not reported again.
    pub(super) again: bool,
}

impl<'d> Walk<'d> {
    pub(super) fn new(diagnostics: &'d mut Diagnostics, version: Version) -> Self {
        Self { repairs: Repairs::new(diagnostics, version), pending: Vec::new(), again: false }
    }

    pub(super) fn value(&mut self, value: &mut Value, shape: Shape, at: &At<'_>) -> bool {
        match shape {
            Shape::Any => true,
            Shape::Ignored => self.ignored(value, at),
            Shape::Idle => false,
            Shape::Text => self.repairs.text(value, at),
            Shape::Flag => self.flag(value, at),
            Shape::Count => self.count(value, at),
            Shape::Number => self.number(value, at),
            Shape::Choice(choices) => self.choice(value, choices, at),
            Shape::Object(object) => self.object(value, object, at),
            Shape::ObjectOr(section, object) => self.object_or(value, section, object, at),
            Shape::Schema => self.schema(value, at),
            Shape::SchemaOrFlag => self.schema_or_flag(value, at),
            Shape::Map(shape) => self.map(value, shape, at),
            Shape::Patterned(shape) => self.patterned(value, shape, at),
            Shape::List(shape) => self.list(value, shape, at),
        }
    }

    fn ignored(&mut self, value: &Value, at: &At<'_>) -> bool {
        if value.as_object().is_none_or(|map| !map.is_empty()) {
            let message = format!("`{}` is ignored: it does not affect a client", at.name());
            self.repairs.report(Code::IgnoredKeyword, at, message).at_key();
        }
        false
    }

    fn object_or(
        &mut self,
        value: &mut Value,
        section: &str,
        object: &'static Object,
        at: &At<'_>,
    ) -> bool {
        if let Some(reference) = reference_of(value) {
            self.pending.extend(Pending::hoist(reference, section, at));
            return true;
        }
        self.object(value, object, at)
    }

    pub(super) fn object(
        &mut self,
        value: &mut Value,
        object: &'static Object,
        at: &At<'_>,
    ) -> bool {
        if reference_of(value).is_some() {
            self.pending.push(Pending::inline(Shape::Object(object), at));
            return true;
        }
        if value.is_null() {
            // A key with nothing behind it: an object without members.
            self.repairs.report(Code::NullValue, at, format!("{} is null", object.name));
            *value = Value::Object(Map::new());
        }
        let found = value_kind(value);
        if let Some(short) = from_short_form(value, object) {
            let message = format!("{} must be a mapping, not {found}", object.name);
            self.repairs
                .report(Code::CoercedValue, at, message)
                .help("its short form is supported");
            *value = short;
        }
        let Value::Object(map) = value else {
            if !std::ptr::eq(object, &table::OPERATION) {
                return self.repairs.misfit(value, "a mapping", at);
            }
            let message = format!("an operation must be a mapping, not {}", value_kind(value));
            self.repairs.report(Code::OmittedOperation, at, message).help("it is left out");
            return false;
        };
        if map.contains_key("$ref") {
            self.repairs
                .report(Code::RepairedValue, &at.key("$ref"), "`$ref` must be a string")
                .help("it is left out");
            map.shift_remove("$ref");
        }
        object.before.is_none_or(|hook| hook(&mut self.repairs, map, at))
            && self.members(map, object, at)
            && object.after.is_none_or(|hook| hook(&mut self.repairs, map, at))
    }

    fn members(
        &mut self,
        map: &mut Map<String, Value>,
        object: &'static Object,
        at: &At<'_>,
    ) -> bool {
        let mut doomed = Doomed::default();
        for (index, (key, value)) in map.iter_mut().enumerate() {
            let Some(member) = object.member_in(self.repairs.version, key) else { continue };
            let at = at.key(key);
            if value.is_null() && !matches!(member.shape, Shape::Any | Shape::Idle) {
                self.repairs
                    .report(Code::NullValue, &at, format!("`{key}` is null"))
                    .help("treated as absent");
                doomed.add(index);
            } else if !self.value(value, member.shape, &at) {
                doomed.add(index);
            }
        }
        let unread = doomed.any();
        doomed.remove_from(map);
        if !self.again {
            self.unknown_members(map, object, at);
        }
        object.members.iter().all(|member| {
            matches!(member.need, Need::Optional)
                || map.contains_key(member.key)
                || self.missing(map, object, member, unread, at)
        })
    }

    fn missing(
        &mut self,
        map: &mut Map<String, Value>,
        object: &Object,
        member: &Member,
        unread: bool,
        at: &At<'_>,
    ) -> bool {
        // It may have been there, and been reported as what it was.
        let usable = if unread { "usable " } else { "" };
        let message = format!("{} has no {usable}`{}`", object.name, member.key);
        let filler = match member.need {
            Need::Optional => return true,
            Need::Essential => {
                self.repairs
                    .report(Code::RepairedValue, at, message)
                    .help("it is left out")
                    .at_key();
                return false;
            }
            Need::EmptyText => Value::String(String::new()),
            Need::EmptyMap(_) => Value::Object(Map::new()),
        };
        let code = match member.need {
            Need::EmptyMap(code) => code,
            _ => Code::MissingMember,
        };
        self.repairs.report(code, at, message).at_key();
        map.insert(member.key.to_owned(), filler);
        true
    }

    fn unknown_members(&mut self, map: &Map<String, Value>, object: &Object, at: &At<'_>) {
        for key in map.keys() {
            if key.starts_with("x-") || object.member_in(self.repairs.version, key).is_some() {
                continue;
            }
            let version = self.repairs.version;
            let message =
                format!("unknown member `{key}` of {} in {}", object.name, version.name());
            let near = object.members.iter().filter(|member| member.since <= version);
            let near = near.map(|member| member.key);
            let near =
                near.filter(|known| !map.contains_key(*known)).find(|known| is_similar(key, known));
            let finding = self.repairs.report(Code::UnknownKeyword, &at.key(key), message).at_key();
            if let Some(near) = near {
                finding.help(format!("did you mean `{near}`?"));
            }
        }
    }
}

/// Whether one word is a misspelling of the other: another case, or up to two letters wrong, missing or too many.
pub(super) fn is_similar(word: &str, known: &str) -> bool {
    word.eq_ignore_ascii_case(known)
        || word.len() >= 4
            && known.len() >= 4
            && word.len().abs_diff(known.len()) <= 2
            && strsim::levenshtein(word, known) <= 2
}
