use std::{fmt, str::FromStr};

use serde_json::Value;

/// The keys of a path item that are operations.
pub(super) const METHODS: [&str; 9] =
    ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// Which operations are meant.
///
/// | written as | means |
/// |---|---|
/// | `/files/*` | those whose path matches |
/// | `GET /files/*` | those of this method whose path matches |
/// | `GET` | those of this method |
/// | `tag:Files` | those with a tag that matches |
/// | `id:get_files*` | those whose `operationId` matches |
///
/// `*` stands for any text, slashes included, `?` for one character, everything else, braces too, for itself. The
/// whole text must match.
///
/// # Examples
///
/// ```
/// use openapi_crate::select::Pattern;
///
/// let pattern: Pattern = "get /files/{id}".parse()?;
/// assert_eq!(pattern.to_string(), "GET /files/{id}");
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Pattern(Form);

#[derive(Clone, Debug, Eq, PartialEq)]
enum Form {
    /// A method in lower case, as in a document, if there is one; and a path, unless any will do.
    Path {
        method: Option<String>,
        path: Option<String>,
    },
    Tag(String),
    Id(String),
}

impl FromStr for Pattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(tag) = text.strip_prefix("tag:") {
            return Ok(Self(Form::Tag(tag.to_owned())));
        }
        if let Some(id) = text.strip_prefix("id:") {
            return Ok(Self(Form::Id(id.to_owned())));
        }
        // A path begins with a slash, so a letter begins a method.
        if !text.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return Ok(Self(Form::Path { method: None, path: Some(text.to_owned()) }));
        }
        let (method, path) = text.split_once(' ').unwrap_or((text, ""));
        let method = method.to_ascii_lowercase();
        if !METHODS.contains(&&*method) {
            return Err(format!(
                "starts with `{method}`, which is not a path, a method, `tag:` or `id:`"
            ));
        }
        let path = Some(path.to_owned()).filter(|path| !path.is_empty());
        Ok(Self(Form::Path { method: Some(method), path }))
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Tag(tag) => write!(formatter, "tag:{tag}"),
            Form::Id(id) => write!(formatter, "id:{id}"),
            Form::Path { method, path } => {
                let method = method.as_ref().map(|method| method.to_ascii_uppercase());
                let parts: Vec<&str> =
                    [method.as_deref(), path.as_deref()].into_iter().flatten().collect();
                formatter.write_str(&parts.join(" "))
            }
        }
    }
}

impl Pattern {
    /// Whether it means this operation.
    pub(super) fn matches(&self, path: &str, method: &str, operation: &Value) -> bool {
        match &self.0 {
            Form::Path { method: wanted, path: pattern } => {
                wanted.as_ref().is_none_or(|wanted| wanted == method)
                    && pattern.as_ref().is_none_or(|pattern| matches_glob(pattern, path))
            }
            Form::Tag(pattern) => {
                let tags = operation.get("tags").and_then(Value::as_array).into_iter().flatten();
                tags.filter_map(Value::as_str).any(|tag| matches_glob(pattern, tag))
            }
            Form::Id(pattern) => {
                let id = operation.get("operationId").and_then(Value::as_str);
                id.is_some_and(|id| matches_glob(pattern, id))
            }
        }
    }

    /// Whether it means all operations of a path, even if there are none.
    pub(super) fn matches_all(&self, path: &str) -> bool {
        match &self.0 {
            Form::Path { method: None, path: Some(pattern) } => matches_glob(pattern, path),
            _ => false,
        }
    }
}

fn matches_glob(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let mut at = 0;
    let mut from = 0;
    // The last star, and how much of the text it has taken: where to go on after a mismatch.
    let mut star = None;
    while from < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(&letter) if letter == '?' || letter == text[from] => {
                at += 1;
                from += 1;
            }
            _ => {
                let Some((place, taken)) = star else { return false };
                star = Some((place, taken + 1));
                at = place + 1;
                from = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|letter| *letter == '*')
}

#[cfg(test)]
mod tests {
    use super::{Pattern, matches_glob};

    #[test]
    fn matches_whole_paths() {
        for (pattern, path, matches) in [
            ("/files", "/files", true),
            ("/files", "/files/1", false),
            ("/files*", "/files/{id}/parts", true),
            ("*/parts", "/files/{id}/parts", true),
            ("/*/{id}/*", "/files/{id}/parts", true),
            ("/*/{id}/x*", "/files/{id}/parts", false),
            ("/files/{??}", "/files/{id}", true),
            ("*a*b*", "/xaybz", true),
            ("*a*b", "/xaybz", false),
            ("", "/", false),
        ] {
            assert_eq!(matches_glob(pattern, path), matches, "{pattern} on {path}");
        }
    }

    #[test]
    fn a_letter_begins_a_method() {
        let parsed = |text: &str| text.parse::<Pattern>().map(|pattern| pattern.to_string());
        assert_eq!(parsed("get /files/{id}").unwrap(), "GET /files/{id}");
        assert_eq!(parsed("/get /x").unwrap(), "/get /x");
        assert_eq!(parsed("*").unwrap(), "*");
        assert_eq!(parsed("post").unwrap(), "POST");
        assert_eq!(parsed("tag:Some files").unwrap(), "tag:Some files");
        assert_eq!(parsed("id:get_*").unwrap(), "id:get_*");
        for (text, word) in [("GETT /x", "gett"), ("files", "files")] {
            assert!(
                parsed(text).unwrap_err().starts_with(&format!("starts with `{word}`")),
                "{text}"
            );
        }
    }
}
