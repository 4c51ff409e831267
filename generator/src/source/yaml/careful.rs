//! YAML from the events of the parser that also tells places: with limits, aliases, merge keys, tags,
//! and a place for every mistake.

use std::{borrow::Cow, collections::HashMap, ops::Range};

use granit_parser::{
    ErrorKind, Event, Options, Parser, ScalarStyle, ScanError, Span, Tag, options,
};
use serde_json::{Map, Value};

use super::scalar;
use crate::diagnostics::Code;
use crate::source::{self, DEEPEST, Document, Mistake};

/// The longest key. YAML draws the line at 1,024, JSON nowhere.
const LONGEST_KEY: usize = 1 << 16;

/// The events of a YAML (or JSON) text with their places; ends with the first error.
pub(crate) fn yaml_events(
    text: &str,
) -> impl Iterator<Item = Result<(Event<'_>, Span), ScanError>> {
    let options: Options = options! {
        simple_key_max_lookahead: LONGEST_KEY,
        flow_nesting_limit: DEEPEST,
        block_nesting_limit: DEEPEST,
    };
    let mut failed = false;
    Parser::new_from_str_with_options(text, options).map_while(move |event| {
        let go_on = !failed;
        failed = event.is_err();
        go_on.then_some(event)
    })
}

/// Reads a YAML text of one document. An empty one is null.
pub(super) fn read_carefully(text: &str) -> Result<Document, Mistake> {
    let mut builder = Builder::new(text);
    for event in yaml_events(text) {
        let (event, span) = event.map_err(|error| scan_mistake(text, &error))?;
        builder.event(event, &span)?;
    }
    Ok(builder.document)
}

fn scan_mistake(text: &str, error: &ScanError) -> Mistake {
    let range = source::character_range(text, error.marker().byte_offset().unwrap_or(text.len()));
    match error.kind() {
        ErrorKind::RecursionLimitExceeded => too_deep(range),
        _ => {
            let message = format!("this is not YAML: {}", error.info());
            Mistake { code: Code::Syntax, range, message }
        }
    }
}

fn too_deep(range: Range<usize>) -> Mistake {
    let message = format!("values are nested deeper than {DEEPEST} levels");
    Mistake { code: Code::TooDeep, range, message }
}

/// Puts the value together. It keeps its own stack, so that no nesting can exhaust the thread's.
struct Builder {
    document: Document,
    documents: usize,
    stack: Vec<Frame>,
    anchors: HashMap<usize, Anchored>,
    /// How much more aliases may expand to.
    budget: usize,
    /// Where the text ends, if that is not behind a line feed.
    open_end: Option<usize>,
}

/// A mapping or a list that is open.
struct Frame {
    content: Content,
    anchor: usize,
}

enum Content {
    List(Vec<Value>),
    Mapping { map: Map<String, Value>, key: Option<Key>, merges: Vec<Value> },
}

struct Key {
    text: String,
    range: Range<usize>,
    /// Whether it is a plain `<<`.
    merge: bool,
}

/// What an anchor stands for, how deep it is and how much memory it takes, roughly.
struct Anchored {
    value: Value,
    depth: usize,
    size: usize,
}

impl Builder {
    fn new(text: &str) -> Self {
        Self {
            document: Document::default(),
            documents: 0,
            stack: Vec::new(),
            anchors: HashMap::new(),
            budget: text.len().saturating_mul(8).saturating_add(1 << 22),
            open_end: text
                .lines()
                .last()
                .filter(|line| !text.ends_with('\n') && !line.trim().is_empty())
                .map(|_| text.len()),
        }
    }

    fn event(&mut self, event: Event<'_>, span: &Span) -> Result<(), Mistake> {
        let range = span.byte_range().unwrap_or_default();
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(syntax_mistake(range, "the file has a second YAML document"));
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                let merge = style == ScalarStyle::Plain && text == "<<";
                // The parser writes `~` for a scalar that is not there.
                let absent = style == ScalarStyle::Plain && range.is_empty();
                let text = self.without_end(text, style, &range);
                if let Some(key) = self.open_key() {
                    let text = if absent { String::new() } else { text.into_owned() };
                    *key = Some(Key { text: text.clone(), range: range.clone(), merge });
                    if anchor != 0 {
                        self.remember(anchor, &Value::String(text));
                    }
                    return Ok(());
                }
                let value = self.scalar(&text, style, tag.as_deref(), &range);
                if anchor != 0 {
                    self.remember(anchor, &value);
                }
                self.put(value);
            }
            Event::Alias(anchor) => self.alias(anchor, range)?,
            Event::SequenceStart(_, anchor, tag) => {
                self.open(Content::List(Vec::new()), anchor, tag.as_deref(), range)?;
            }
            Event::MappingStart(_, anchor, tag) => {
                let content = Content::Mapping { map: Map::new(), key: None, merges: Vec::new() };
                self.open(content, anchor, tag.as_deref(), range)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            _ => {}
        }
        Ok(())
    }

    /// The parser ends a block scalar with a line feed even where the text ends without one.
    fn without_end<'t>(
        &self,
        text: Cow<'t, str>,
        style: ScalarStyle,
        range: &Range<usize>,
    ) -> Cow<'t, str> {
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        match text.strip_suffix('\n') {
            Some(kept) if block && self.open_end.is_some_and(|end| range.end >= end) => {
                Cow::Owned(kept.to_owned())
            }
            _ => text,
        }
    }

    /// The place for a key, if a key is due.
    fn open_key(&mut self) -> Option<&mut Option<Key>> {
        match &mut self.stack.last_mut()?.content {
            Content::Mapping { key: key @ None, .. } => Some(key),
            _ => None,
        }
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        range: &Range<usize>,
    ) -> Value {
        match tag.map(|tag| (tag, tag.core_suffix())) {
            None if style == ScalarStyle::Plain => scalar::plain_scalar(text),
            None | Some((_, Some("str"))) => Value::String(text.to_owned()),
            Some((_, Some(_))) => scalar::plain_scalar(text),
            Some((tag, None)) => {
                self.unknown_tag(tag, range);
                // A lone `!` makes a string of whatever follows.
                let plain = style == ScalarStyle::Plain && tag.suffix() != "!";
                if plain { scalar::plain_scalar(text) } else { Value::String(text.to_owned()) }
            }
        }
    }

    fn unknown_tag(&mut self, tag: &Tag, range: &Range<usize>) {
        if tag.core_suffix().is_none() && !tag.suffix().is_empty() && tag.suffix() != "!" {
            let message = format!("the tag `{}` is ignored", tag.original());
            let remark = Mistake { code: Code::UnknownTag, range: range.clone(), message };
            self.document.remarks.push(remark);
        }
    }

    fn open(
        &mut self,
        content: Content,
        anchor: usize,
        tag: Option<&Tag>,
        range: Range<usize>,
    ) -> Result<(), Mistake> {
        if self.open_key().is_some() {
            return Err(syntax_mistake(
                range,
                "a key is a list or a mapping, which JSON does not allow",
            ));
        }
        if self.stack.len() >= DEEPEST {
            return Err(too_deep(range));
        }
        if let Some(tag) = tag {
            self.unknown_tag(tag, &range);
        }
        self.stack.push(Frame { content, anchor });
        Ok(())
    }

    fn close(&mut self) {
        let Some(Frame { content, anchor }) = self.stack.pop() else { return };
        let value = match content {
            Content::List(list) => Value::Array(list),
            Content::Mapping { mut map, merges, .. } => {
                merges.into_iter().for_each(|merge| merge_into(&mut map, merge));
                Value::Object(map)
            }
        };
        if anchor != 0 {
            self.remember(anchor, &value);
        }
        self.put(value);
    }

    /// Puts a finished value into what is open.
    fn put(&mut self, value: Value) {
        match self.stack.last_mut().map(|frame| &mut frame.content) {
            None => self.document.value = value,
            Some(Content::List(list)) => list.push(value),
            Some(Content::Mapping { map, key, merges }) => {
                let Some(Key { text, range, merge }) = key.take() else { return };
                let mergeable = match &value {
                    Value::Object(_) => true,
                    Value::Array(list) => list.iter().all(Value::is_object),
                    _ => false,
                };
                if merge && mergeable {
                    merges.push(value);
                    return;
                }
                if map.contains_key(&text) {
                    let message = format!("duplicate key `{text}`: the last value is used");
                    let remark = Mistake { code: Code::DuplicateKey, range, message };
                    self.document.remarks.push(remark);
                }
                map.insert(text, value);
            }
        }
    }

    fn remember(&mut self, anchor: usize, value: &Value) {
        let (depth, size) = measure_value(value);
        self.anchors.insert(anchor, Anchored { value: value.clone(), depth, size });
    }

    fn alias(&mut self, anchor: usize, range: Range<usize>) -> Result<(), Mistake> {
        let Some(Anchored { value, depth, size }) = self.anchors.get(&anchor) else {
            return Err(syntax_mistake(range, "the alias refers to a value that contains it"));
        };
        if self.stack.len() + depth > DEEPEST {
            return Err(too_deep(range));
        }
        let Some(budget) = self.budget.checked_sub(*size) else {
            let message = "the aliases in this file expand to many times its size".to_owned();
            return Err(Mistake { code: Code::AliasExpansion, range, message });
        };
        self.budget = budget;
        let value = value.clone();
        match (self.open_key(), value) {
            (None, value) => self.put(value),
            (Some(key), Value::String(text)) => *key = Some(Key { text, range, merge: false }),
            (Some(key), value @ (Value::Null | Value::Bool(_) | Value::Number(_))) => {
                *key = Some(Key { text: value.to_string(), range, merge: false });
            }
            (Some(_), _) => {
                return Err(syntax_mistake(
                    range,
                    "a key is a list or a mapping, which JSON does not allow",
                ));
            }
        }
        Ok(())
    }
}

/// YAML's merge key: what the mapping does not say itself comes from `merge`, the first one first.
fn merge_into(map: &mut Map<String, Value>, merge: Value) {
    match merge {
        Value::Object(members) => {
            for (key, value) in members {
                map.entry(key).or_insert(value);
            }
        }
        Value::Array(list) => list.into_iter().for_each(|merge| merge_into(map, merge)),
        _ => {}
    }
}

/// Roughly how many bytes a value takes.
pub(crate) fn value_size(value: &Value) -> usize {
    measure_value(value).1
}

/// How deep a value is nested, and roughly how many bytes it takes.
pub(crate) fn measure_value(value: &Value) -> (usize, usize) {
    const NODE: usize = 32;
    match value {
        Value::Array(list) => {
            let (depth, size) = measure_values(list.iter());
            (depth + 1, NODE + size)
        }
        Value::Object(map) => {
            let keys: usize = map.keys().map(|key| key.len() + NODE).sum();
            let (depth, size) = measure_values(map.values());
            (depth + 1, keys + size)
        }
        Value::String(text) => (0, NODE + text.len()),
        _ => (0, NODE),
    }
}

fn syntax_mistake(range: Range<usize>, message: &str) -> Mistake {
    Mistake { code: Code::Syntax, range, message: message.to_owned() }
}

/// The depth of the deepest of several values, and their size.
fn measure_values<'v>(values: impl Iterator<Item = &'v Value>) -> (usize, usize) {
    let mut depth = 0;
    let mut size = 0;
    for value in values {
        let (deeper, more) = measure_value(value);
        depth = depth.max(deeper);
        size += more;
    }
    (depth, size)
}
