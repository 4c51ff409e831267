use std::collections::BTreeMap;
use std::fmt::Display;

use serde_json::{Map, Value};

use super::{
    at::At,
    reference::Pending,
    shape::{Member, Need, Object, Shape},
};
use crate::diagnostics::{Code, Diagnostics, Edit, Finding, Pointer};
use crate::source::Version;

/// The one pass over the document. Each method answers whether the value can stay.
pub(super) struct Walk<'d> {
    pub(super) diagnostics: &'d mut Diagnostics,
    /// References that are to be seen to when everything else is in order.
    pub(super) pending: Vec<Pending>,
    /// Whether this part may have been walked already, so that what does not go away with the
    /// first time is not reported again.
    pub(super) again: bool,
    pub(super) version: Version,
    /// The keywords of OpenAPI 3.0 in a document of a later version: where the first one stands, and how
    /// many there are.
    older: BTreeMap<&'static str, (Pointer, usize)>,
}

impl<'d> Walk<'d> {
    pub(super) fn new(diagnostics: &'d mut Diagnostics, version: Version) -> Self {
        let pending = Vec::new();
        let older = BTreeMap::new();
        Self { diagnostics, pending, again: false, version, older }
    }

    /// Whether the document is written in JSON Schema 2020-12.
    pub(super) fn is_31(&self) -> bool {
        self.version >= Version::V31
    }

    /// Reports what later versions have words for, and this one has not.
    pub(super) fn newer(
        &mut self,
        at: &At<'_>,
        message: impl Display,
        help: impl Display,
    ) -> Option<&mut Finding> {
        if self.is_31() {
            return None;
        }
        let finding = self.report(Code::NewerKeyword, at, message.to_string());
        Some(finding.help(help.to_string()))
    }

    /// Remembers a keyword that the document's version has no longer.
    pub(super) fn older(&mut self, keyword: &'static str, at: &At<'_>) {
        if self.is_31() {
            let (_, number) = self.older.entry(keyword).or_insert_with(|| (at.pointer(), 0));
            *number += 1;
        }
    }

    /// Reports the keywords that the document's version has no longer, each once.
    pub(super) fn report_older(&mut self) {
        for (keyword, (pointer, number)) in std::mem::take(&mut self.older) {
            let places = match number {
                1 => String::new(),
                _ => format!("; used in {number} places, first here"),
            };
            let message =
                format!("{keyword} is OpenAPI 3.0 syntax, not {}{places}", self.version.name());
            self.diagnostics
                .report(Code::OlderKeyword, &pointer, message)
                .help("read as in OpenAPI 3.0");
        }
    }

    pub(super) fn report(
        &mut self,
        code: Code,
        at: &At<'_>,
        message: impl Into<String>,
    ) -> &mut Finding {
        self.diagnostics.report(code, &at.pointer(), message)
    }

    /// Says that a value is something else than belongs there and is left out.
    pub(super) fn misfit(&mut self, value: &Value, wanted: &str, at: &At<'_>) -> bool {
        let message = format!("expected {wanted}, found {}", value_kind(value));
        self.report(Code::RepairedValue, at, message).help("it is left out");
        false
    }

    pub(super) fn value(&mut self, value: &mut Value, shape: Shape, at: &At<'_>) -> bool {
        match shape {
            Shape::Any => true,
            Shape::Ignored => self.ignored(value, at),
            Shape::Idle => false,
            Shape::Text => self.text(value, at),
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
            self.report(Code::IgnoredKeyword, at, message).at_key();
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
            self.report(Code::NullValue, at, format!("{} is null", object.name));
            *value = Value::Object(Map::new());
        }
        let found = value_kind(value);
        if let Some(short) = super::objects::from_short_form(value, object) {
            let message = format!("{} must be a mapping, not {found}", object.name);
            self.report(Code::CoercedValue, at, message).help("its short form is supported");
            *value = short;
        }
        let Value::Object(map) = value else {
            if !std::ptr::eq(object, &super::table::OPERATION) {
                return self.misfit(value, "a mapping", at);
            }
            let message = format!("an operation must be a mapping, not {}", value_kind(value));
            self.report(Code::OmittedOperation, at, message).help("it is left out");
            return false;
        };
        if map.contains_key("$ref") {
            self.report(Code::RepairedValue, &at.key("$ref"), "`$ref` must be a string")
                .help("it is left out");
            map.shift_remove("$ref");
        }
        object.before.is_none_or(|hook| hook(self, map, at))
            && self.members(map, object, at)
            && object.after.is_none_or(|hook| hook(self, map, at))
    }

    fn members(
        &mut self,
        map: &mut Map<String, Value>,
        object: &'static Object,
        at: &At<'_>,
    ) -> bool {
        let mut doomed = Doomed::default();
        for (index, (key, value)) in map.iter_mut().enumerate() {
            let Some(member) = object.member_in(self.version, key) else { continue };
            let at = at.key(key);
            if value.is_null() && !matches!(member.shape, Shape::Any | Shape::Idle) {
                self.report(Code::NullValue, &at, format!("`{key}` is null"))
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
                self.report(Code::RepairedValue, at, message).help("it is left out").at_key();
                return false;
            }
            Need::EmptyText => Value::String(String::new()),
            Need::EmptyMap(_) => Value::Object(Map::new()),
        };
        let code = match member.need {
            Need::EmptyMap(code) => code,
            _ => Code::MissingMember,
        };
        self.report(code, at, message).at_key();
        map.insert(member.key.to_owned(), filler);
        true
    }

    fn unknown_members(&mut self, map: &Map<String, Value>, object: &Object, at: &At<'_>) {
        for key in map.keys() {
            if key.starts_with("x-") || object.member_in(self.version, key).is_some() {
                continue;
            }
            let version = self.version;
            let message =
                format!("unknown member `{key}` of {} in {}", object.name, version.name());
            let near = object.members.iter().filter(|member| member.since <= version);
            let near = near.map(|member| member.key);
            let near =
                near.filter(|known| !map.contains_key(*known)).find(|known| is_similar(key, known));
            let finding = self.report(Code::UnknownKeyword, &at.key(key), message).at_key();
            if let Some(near) = near {
                finding.help(format!("did you mean `{near}`?"));
            }
        }
    }

    /// Removes elements from a list, and remembers it.
    pub(super) fn remove_elements(&mut self, list: &mut Vec<Value>, doomed: Doomed, at: &At<'_>) {
        if doomed.0.is_empty() {
            return;
        }
        let mut index = 0;
        list.retain(|_| {
            index += 1;
            !doomed.has(index - 1)
        });
        self.diagnostics.edited(Edit::Removed { list: at.pointer(), indices: doomed.0 });
    }
}

/// Places in a list or mapping that are to go, in rising order.
#[derive(Default)]
pub(super) struct Doomed(Vec<usize>);

impl Doomed {
    pub(super) fn add(&mut self, index: usize) {
        self.0.push(index);
    }

    pub(super) fn any(&self) -> bool {
        !self.0.is_empty()
    }

    fn has(&self, index: usize) -> bool {
        self.0.binary_search(&index).is_ok()
    }

    pub(super) fn remove_from(&self, map: &mut Map<String, Value>) {
        if !self.0.is_empty() {
            let mut index = 0;
            map.retain(|_, _| {
                index += 1;
                !self.has(index - 1)
            });
        }
    }
}

/// The reference, if the value is one.
pub(super) fn reference_of(value: &Value) -> Option<&str> {
    value.as_object()?.get("$ref")?.as_str()
}

/// What a value is, for messages.
pub(super) fn value_kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(true) => "`true`",
        Value::Bool(false) => "`false`",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
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
