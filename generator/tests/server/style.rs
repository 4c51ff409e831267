//! The styles of parameters and fields, read: OpenAPI 3.0.3, Parameter Object, `style`.

use serde_json::{Map, Value};

use super::document::Document;

/// Names and values as they were sent, the values not yet decoded.
pub(super) type Pairs = Vec<(String, String)>;

/// A parameter, or a field of a form.
pub(super) struct Parameter<'d> {
    document: &'d Document,
    name: String,
    schema: &'d Value,
    style: String,
    explode: bool,
    /// Whether it is JSON, whatever its style.
    json: bool,
    /// Whether its value is as it was sent: headers have no escapes.
    plain: bool,
    pub(super) required: bool,
}

impl<'d> Parameter<'d> {
    pub(super) fn of(
        document: &'d Document,
        place: &str,
        name: &str,
        parameter: &'d Value,
    ) -> Self {
        let usual = if matches!(place, "path" | "header") { "simple" } else { "form" };
        let style = parameter["style"].as_str().unwrap_or(usual).to_owned();
        let content = parameter["content"].as_object();
        let json = content.is_some_and(|content| content.keys().any(|media| is_json(media)));
        let schema = match content.and_then(|content| content.values().next()) {
            Some(content) => &content["schema"],
            None => &parameter["schema"],
        };
        Self {
            document,
            name: if place == "header" { name.to_ascii_lowercase() } else { name.to_owned() },
            schema: document.follow(schema),
            explode: parameter["explode"].as_bool().unwrap_or(style == "form"),
            style,
            json,
            plain: place == "header",
            required: parameter["required"] == true,
        }
    }

    /// A field of a form, by its encoding (OpenAPI 3.0.3, Encoding Object).
    pub(super) fn field(
        document: &'d Document,
        name: &str,
        schema: &'d Value,
        encoding: &'d Value,
    ) -> Self {
        let mut field = Self::of(document, "query", name, encoding);
        field.schema = document.follow(schema);
        let said = encoding["style"].is_string() || encoding["explode"].is_boolean();
        // Without a style an object is JSON.
        field.json = encoding["contentType"].as_str().is_some_and(is_json)
            || !said && field.schema["type"] == "object";
        field
    }

    fn kind(&self) -> &str {
        match self.schema["type"].as_str() {
            Some(kind @ ("array" | "object")) if !self.json => kind,
            _ => "scalar",
        }
    }

    fn is_deep(&self) -> bool {
        self.style == "deepObject" && self.kind() != "scalar"
    }

    /// Whether an object's members stand for themselves.
    fn is_spread(&self) -> bool {
        let delimited = matches!(&*self.style, "form" | "spaceDelimited" | "pipeDelimited");
        self.kind() == "object" && self.explode && delimited
    }

    fn is_member(&self, name: &str) -> bool {
        !self.document.member(self.schema, name).is_null()
    }

    /// Which of the names that were sent are this parameter's.
    pub(super) fn names(&self, sent: &Pairs) -> Vec<String> {
        let own = |name: &&String| match () {
            () if self.is_deep() => name.starts_with(&format!("{}[", self.name)),
            () if self.is_spread() => self.is_member(name),
            () => **name == self.name,
        };
        sent.iter().map(|(name, _)| name).filter(own).cloned().collect()
    }

    /// Its value, if it was sent.
    pub(super) fn read(&self, sent: &Pairs) -> Result<Option<Value>, String> {
        let names = self.names(sent);
        let own: Vec<&(String, String)> =
            sent.iter().filter(|(name, _)| names.contains(name)).collect();
        let Some((_, first)) = own.first() else { return Ok(None) };
        let value = match (&*self.style, self.kind()) {
            _ if self.json => {
                let text = self.text(first);
                serde_json::from_str(&text).map_err(|error| format!("{text}: {error}"))?
            }
            _ if self.is_deep() => self.deep(&own)?,
            _ if self.is_spread() => {
                self.object(own.iter().map(|(name, value)| (&**name, &**value)))?
            }
            ("form" | "spaceDelimited" | "pipeDelimited", "array") if self.explode => {
                self.list(own.iter().map(|(_, value)| &**value))?
            }
            ("label", _) => self.joined(first.strip_prefix('.').ok_or("no label")?, ".")?,
            ("matrix", _) => self.matrix(first)?,
            ("spaceDelimited", _) => self.joined(first, "%20")?,
            ("pipeDelimited", _) => self.joined(first, "%7C")?,
            _ => self.joined(first, ",")?,
        };
        match own.len() {
            1 => Ok(Some(value)),
            _ if self.is_deep() || self.is_spread() || value.is_array() => Ok(Some(value)),
            _ => Err(format!("{} is there twice", self.name)),
        }
    }

    /// A value whose parts are joined: by `separator`, or where that is of exploded ones only, by
    /// commas.
    fn joined(&self, text: &str, separator: &str) -> Result<Value, String> {
        let separator = if separator == "." && !self.explode { "," } else { separator };
        let parts: Vec<&str> = text.split(separator).collect();
        match self.kind() {
            "array" => self.list(parts.into_iter()),
            "object" if self.explode => {
                let pairs = parts.iter().map(|part| part.split_once('=').ok_or("no `=`"));
                self.object(pairs.collect::<Result<Vec<_>, _>>()?.into_iter())
            }
            "object" if parts.len().is_multiple_of(2) => {
                self.object(parts.chunks_exact(2).map(|pair| (pair[0], pair[1])))
            }
            "object" => Err(format!("{text}: a name without a value")),
            _ => self.document.typed(self.schema, &self.text(text)),
        }
    }

    fn matrix(&self, text: &str) -> Result<Value, String> {
        let parts: Vec<&str> = text.strip_prefix(';').ok_or("no `;`")?.split(';').collect();
        let pairs = parts.iter().map(|part| part.split_once('=').unwrap_or((part, "")));
        if self.explode && self.kind() == "object" {
            return self.object(pairs);
        }
        let mut values = Vec::new();
        for (name, value) in pairs {
            if name != self.name {
                return Err(format!("`{name}` is not `{}`", self.name));
            }
            values.push(value);
        }
        match self.explode && self.kind() == "array" {
            true => self.list(values.into_iter()),
            false => self.joined(values.first().ok_or("nothing")?, ","),
        }
    }

    fn list<'t>(&self, parts: impl Iterator<Item = &'t str>) -> Result<Value, String> {
        let items = parts.map(|part| self.document.typed(&self.schema["items"], &self.text(part)));
        items.collect::<Result<Vec<_>, _>>().map(Value::from)
    }

    fn object<'t>(
        &self,
        members: impl Iterator<Item = (&'t str, &'t str)>,
    ) -> Result<Value, String> {
        let typed = members.map(|(name, value)| {
            let name = self.text(name);
            let schema = self.document.member(self.schema, &name);
            Ok((name, self.document.typed(schema, &self.text(value))?))
        });
        typed.collect::<Result<Map<_, _>, _>>().map(Value::from)
    }

    /// `name[a][b]=…`, where what is in brackets may be a number.
    fn deep(&self, own: &[&(String, String)]) -> Result<Value, String> {
        let mut whole = Value::Null;
        for (name, value) in own {
            let path = name.strip_prefix(&*self.name).and_then(|path| path.strip_prefix('['));
            let path = path.and_then(|path| path.strip_suffix(']')).ok_or("no brackets")?;
            let mut place = &mut whole;
            let mut schema = self.schema;
            for key in path.split("][") {
                schema = self.document.follow(schema);
                if schema["type"] == "array" {
                    let index: usize = key.parse().map_err(|_| "no index")?;
                    let list = match place {
                        Value::Array(list) => list,
                        place => {
                            *place = Value::from(Vec::<Value>::new());
                            place.as_array_mut().ok_or("no list")?
                        }
                    };
                    list.resize(list.len().max(index + 1), Value::Null);
                    (place, schema) = (&mut list[index], &schema["items"]);
                } else {
                    schema = self.document.member(schema, key);
                    place = &mut place[key];
                }
            }
            *place = self.document.typed(schema, &self.text(value))?;
        }
        Ok(whole)
    }

    fn text(&self, sent: &str) -> String {
        if self.plain { sent.to_owned() } else { decode(sent) }
    }
}

/// Whether a media type is JSON.
pub(super) fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json") || essence.ends_with("+json")
}

/// The names and values of a query or a form, the names decoded.
pub(super) fn pairs(text: &str) -> Pairs {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let split = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    split.map(|(name, value)| (decode(name), value.to_owned())).collect()
}

/// RFC 6265, section 4.2.1.
pub(super) fn cookies(text: &str) -> Pairs {
    text.split("; ").flat_map(pairs).collect()
}

/// RFC 3986, section 2.1.
pub(super) fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        let digits = behind.get(..2).filter(|_| *first == b'%');
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &behind[2..];
            }
            None => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
