//! The parameters of an operation, and which of their values a request can tell.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::super::document::{Document, Site};
use super::super::pointer::join_pointer;
use super::Operation;

/// A parameter that the document gives an operation.
pub(super) struct Parameter<'d> {
    pub(super) place: &'d str,
    pub(super) name: &'d str,
    pub(super) required: bool,
    /// The schema of its values.
    pub(super) site: Site<'d>,
    /// The media type of its values, where they have one.
    pub(super) media_type: Option<&'d str>,
    style: &'d str,
    explode: bool,
    reserved: bool,
}

impl<'d> Parameter<'d> {
    /// The parameters of an operation: its own, and those of its path that it does not replace. Those of the path are in
    /// its template.
    pub(super) fn all(document: &'d Document, described: &'d Operation) -> Vec<Self> {
        let pointer = described.pointer.as_str();
        let operation = document.value_at(pointer).unwrap_or(&Value::Null);
        let (item, _) = pointer.rsplit_once('/').unwrap_or_default();
        let shared = document.value_at(item).unwrap_or(&Value::Null);
        let mut all: Vec<Self> = Vec::new();
        for (pointer, holder) in [(pointer, operation), (item, shared)] {
            for (index, parameter) in
                holder["parameters"].as_array().into_iter().flatten().enumerate()
            {
                let pointer = format!("{pointer}/parameters/{index}");
                let resolved = document.resolve_site(&pointer, parameter);
                let Some(parameter) = resolved.and_then(|site| Self::of(&site)) else { continue };
                let known = all
                    .iter()
                    .any(|own| own.place == parameter.place && own.name == parameter.name);
                let is_elsewhere = parameter.place == "path"
                    && !described.path_parameters().any(|name| name == parameter.name);
                if !known && !is_elsewhere && !parameter.is_described_elsewhere() {
                    all.push(parameter);
                }
            }
        }
        // What the template has and nothing declares is text.
        for name in described.path_parameters() {
            if !all.iter().any(|own| own.place == "path" && own.name == name) {
                all.push(Self::undeclared(name));
            }
        }
        all
    }

    fn undeclared(name: &'d str) -> Self {
        static TEXT: LazyLock<Value> = LazyLock::new(|| json!({"type": "string"}));
        Self {
            place: "path",
            name,
            required: true,
            site: Site { pointer: String::new(), schema: &TEXT },
            media_type: None,
            style: "simple",
            explode: false,
            reserved: false,
        }
    }

    fn of(site: &Site<'d>) -> Option<Self> {
        let parameter = site.schema;
        let place = parameter["in"].as_str()?;
        let usual = if matches!(place, "path" | "header") { "simple" } else { "form" };
        let style = parameter["style"].as_str().unwrap_or(usual);
        let content = parameter["content"].as_object().and_then(|content| content.iter().next());
        let schema = match content {
            Some((media_type, content)) => Site {
                pointer: join_pointer(&join_pointer(&site.pointer, "content"), media_type)
                    + "/schema",
                schema: &content["schema"],
            },
            None => Site {
                pointer: join_pointer(&site.pointer, "schema"),
                schema: &parameter["schema"],
            },
        };
        Some(Self {
            place,
            name: parameter["name"].as_str()?,
            required: place == "path" || parameter["required"] == true,
            site: schema,
            media_type: content.map(|(media_type, _)| media_type.as_str()),
            style,
            explode: parameter["explode"].as_bool().unwrap_or(style == "form"),
            reserved: parameter["allowReserved"] == true,
        })
    }

    /// OpenAPI 3.0.3, Parameter Object: such headers are no parameters. Cookies have their own.
    fn is_described_elsewhere(&self) -> bool {
        let others = ["accept", "content-type", "authorization", "cookie"];
        self.place == "header" && others.iter().any(|other| self.name.eq_ignore_ascii_case(other))
    }

    /// The parameter as the server takes it, with this schema.
    pub(super) fn plain(&self, schema: Value) -> Value {
        let mut plain = json!({
            "in": self.place,
            "name": self.name,
            "required": self.required,
            "style": self.style,
            "explode": self.explode,
        });
        match self.media_type {
            Some(media_type) => plain["content"] = json!({ media_type: { "schema": schema } }),
            None => plain["schema"] = schema,
        }
        plain
    }

    /// Whether a server can tell this value from others: OpenAPI has no words for lists in lists, for example, and a
    /// delimiter of a list cannot be in its elements.
    pub(super) fn can_tell(&self, value: &Value) -> bool {
        if self.media_type.is_some() {
            return true;
        }
        if self.required && is_nothing(value) {
            return false;
        }
        let is_deep = self.style == "deepObject";
        let nested = |value: &Value| value.is_array() || value.is_object();
        let (parts, texts): (Vec<&Value>, Vec<&str>) = match value {
            Value::Array(items) => (items.iter().collect(), Vec::new()),
            Value::Object(members) => {
                (members.values().collect(), members.keys().map(String::as_str).collect())
            }
            scalar => return self.can_tell_text(&text_of(scalar), false),
        };
        if is_deep {
            return texts.iter().all(|key| !key.contains(['[', ']'])) && !value.is_array();
        }
        let fits = |text: &str| self.can_tell_text(text, true);
        parts.iter().all(|part| !nested(part) && fits(&text_of(part)))
            && texts.into_iter().all(fits)
    }

    /// The same of a text that is the value, or a part of it.
    fn can_tell_text(&self, text: &str, is_part: bool) -> bool {
        let delimited =
            |delimiters: &str| is_part && text.contains(|letter| delimiters.contains(letter));
        let reserved = self.reserved && text.contains(['&', '#', '+', '%', ',', '=']);
        let is_clear = match (self.place, self.style) {
            ("path", "label") => !text.is_empty() && !delimited(".,="),
            ("path", _) => !text.is_empty() && !matches!(text, "." | ".."),
            ("header", _) => {
                let is_plain =
                    text.chars().all(|letter| !letter.is_control()) && text.trim() == text;
                is_plain && !delimited(",=")
            }
            (_, "spaceDelimited") => !delimited(" "),
            (_, "pipeDelimited") => !delimited("|"),
            _ => true,
        };
        is_clear && !reserved
    }
}

/// Whether all of a value is empty lists and objects, which nothing stands for.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.values().all(is_nothing),
        _ => false,
    }
}

/// A scalar as it is written.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
