//! What the extension `x-pagination` says.

use serde_json::Value;

use super::members::{self, PageResponse};
use super::{backward_parameter, dialect, has_query, query_parameter};
use crate::model::{Member, Next, Pagination, PagingStyle, Type};

const STYLES: &[&str] = &["offset", "page", "cursor", "url", "link"];

/// The members that the extension knows.
const KEYS: &[&str] = &[
    "style",
    "offset",
    "page",
    "cursor",
    "limit",
    "items",
    "next",
    "last_item",
    "total",
    "more",
    "first",
    "switch",
];

/// How the response is paged, and what is wrong with what the extension says.
#[derive(Default)]
pub(super) struct Stated {
    pub(super) pagination: Option<Pagination>,
    pub(super) mistakes: Vec<String>,
}

/// Reads the extension; there is no response where that has no JSON, or several forms.
pub(super) fn read_extension(said: &Value, response: Option<&PageResponse<'_>>) -> Stated {
    let mut stated = Stated::default();
    let Some(said) = said.as_object() else {
        stated.mistakes.push("`x-pagination` must be an object".to_owned());
        return stated;
    };
    let translated = dialect::translate_dialect(said);
    let dialect = translated.is_some();
    let said = translated.as_ref().unwrap_or(said);
    for key in said.keys().filter(|key| !KEYS.contains(&key.as_str())) {
        let known = KEYS.join("`, `");
        stated.mistakes.push(format!("unknown member `{key}`: expected one of `{known}`"));
    }
    let Some(response) = response else {
        stated.mistakes.push("the operation has no response that could be a page".to_owned());
        return stated;
    };
    match (Extension { said, response, dialect }).read() {
        Ok(pagination) => stated.pagination = Some(pagination),
        Err(mistake) => stated.mistakes.push(format!("{mistake}; no stream is generated")),
    }
    stated
}

struct Extension<'a> {
    said: &'a serde_json::Map<String, Value>,
    response: &'a PageResponse<'a>,
    /// Whether it was written in the words of [`dialect`].
    dialect: bool,
}

impl Extension<'_> {
    fn read(&self) -> Result<Pagination, String> {
        let style = self.required("style")?;
        let (items, item) = self.items()?;
        self.parameter("limit")?;
        let style = self.style(style)?;
        let is_flag = |member: &Member| member.ty == Type::Bool;
        Ok(Pagination {
            next: self.next(&style, &item)?,
            style,
            page: self.response.page.clone(),
            items,
            item,
            total: self.member("total", "an integer", Member::is_integer)?,
            more: self.member("more", "a boolean", is_flag)?,
        })
    }

    fn style(&self, style: &str) -> Result<PagingStyle, String> {
        Ok(match style {
            "offset" => PagingStyle::Offset { name: self.named("offset")? },
            "page" => {
                let name = self.named("page")?;
                let first = match self.said.get("first") {
                    Some(first) => first.as_i64().ok_or("`first` must be an integer")?,
                    None => {
                        let page = query_parameter(self.response.operation, &name);
                        page.and_then(|page| page.first).unwrap_or(i64::from(!self.dialect))
                    }
                };
                PagingStyle::Page { name, first, explicit: self.dialect }
            }
            "cursor" => {
                let name = self.named("cursor")?;
                let by_item = self.said.contains_key("last_item");
                PagingStyle::Cursor {
                    back: backward_parameter(self.response.operation, &name).filter(|_| by_item),
                    name,
                    switch: self.parameter("switch")?,
                    offset: self.parameter("offset")?,
                }
            }
            "url" => PagingStyle::Url,
            "link" => PagingStyle::Link,
            other => {
                let styles = STYLES.join("`, `");
                return Err(format!("unknown style `{other}`: expected one of `{styles}`"));
            }
        })
    }

    fn items(&self) -> Result<(Option<members::Place>, Type), String> {
        if let (Some(item), None) = (self.response.item(self.response.page), self.said.get("items"))
        {
            return Ok((None, item.clone()));
        }
        let key = self.required("items")?;
        let Some(record) = self.response.record else {
            return Err("the response is not an object".to_owned());
        };
        let Some(field) = members::find_field(record, key) else {
            return Err(format!("the response has no member `{key}`"));
        };
        match self.response.item(&field.ty) {
            Some(item) => Ok((Some((field.name.clone(), field.presence)), item.clone())),
            None => Err(format!("`{key}` of the response is not a list")),
        }
    }

    /// What leads on, for the styles that need it.
    fn next(&self, style: &PagingStyle, item: &Type) -> Result<Option<Next>, String> {
        if !matches!(style, PagingStyle::Cursor { .. } | PagingStyle::Url) {
            return Ok(None);
        }
        if let Some(path) = self.text("last_item")? {
            let member = self.response.member_of_item(item, path).filter(Member::is_cursor);
            let missing =
                || format!("items have no member `{path}` that is a string or an integer");
            return member.map(|member| Some(Next::LastItem(member))).ok_or_else(missing);
        }
        let next = self.member("next", "a string or an integer", Member::is_cursor)?;
        next.map(|next| Some(Next::Member(next))).ok_or_else(|| "`next` is missing".to_owned())
    }

    fn member(
        &self,
        key: &str,
        kind: &str,
        fits: fn(&Member) -> bool,
    ) -> Result<Option<Member>, String> {
        let Some(path) = self.text(key)? else { return Ok(None) };
        let Some(member) = self.response.member(path) else {
            return Err(format!("the response has no member `{path}`"));
        };
        match fits(&member) {
            true => Ok(Some(member)),
            false => Err(format!("`{path}` of the response is not {kind}")),
        }
    }

    /// The query parameter that this member names, which the style cannot do without.
    fn named(&self, key: &str) -> Result<String, String> {
        self.parameter(key)?.ok_or_else(|| format!("`{key}` is missing"))
    }

    fn parameter(&self, key: &str) -> Result<Option<String>, String> {
        match self.text(key)? {
            Some(name) if !has_query(self.response.operation, name) => {
                Err(format!("the operation has no query parameter `{name}`"))
            }
            name => Ok(name.map(str::to_owned)),
        }
    }

    fn required(&self, key: &str) -> Result<&str, String> {
        self.text(key)?.ok_or_else(|| format!("`{key}` is missing"))
    }

    fn text(&self, key: &str) -> Result<Option<&str>, String> {
        match self.said.get(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(format!("`{key}` must be a string")),
        }
    }
}
