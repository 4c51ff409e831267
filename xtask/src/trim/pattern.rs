//! Patterns for paths.

use std::{fmt, str::FromStr};

use serde_json::{Map, Value};

/// The keys of a path item that are operations.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Which operations to keep: perhaps a method and a space, then a path, in which `*` stands for any
/// text, slashes included, `?` for one character, everything else, braces too, for itself. The whole
/// path must match.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    /// In lower case, as in a document; none for all of them.
    method: Option<String>,
    path: String,
}

impl FromStr for Pattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // A path begins with a slash, so a letter begins a method.
        if !text.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return Ok(Self { method: None, path: text.to_owned() });
        }
        let (method, path) = text.split_once(' ').unwrap_or((text, ""));
        let method = method.to_ascii_lowercase();
        if !METHODS.contains(&&*method) {
            return Err(format!("begins with `{method}`, which is neither a path nor a method"));
        }
        match path {
            "" => Err("has a method and no path".to_owned()),
            path => Ok(Self { method: Some(method), path: path.to_owned() }),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(method) = &self.method {
            write!(formatter, "{} ", method.to_ascii_uppercase())?;
        }
        formatter.write_str(&self.path)
    }
}

/// Leaves of `paths` the operations that one of `patterns` matches, and what their path items have
/// beside operations.
pub(super) fn retain(paths: &mut Map<String, Value>, patterns: &[Pattern]) -> Result<(), String> {
    if let Some(idle) = patterns.iter().find(|pattern| {
        !paths.iter().any(|(path, item)| pattern.matches(path) && pattern.finds_method(item))
    }) {
        return Err(format!("nothing matches `{idle}`"));
    }
    paths.retain(|path, item| {
        if path.starts_with("x-") {
            return true;
        }
        let matching: Vec<_> = patterns.iter().filter(|pattern| pattern.matches(path)).collect();
        let kept = |key: &str| matching.iter().any(|pattern| pattern.has_method(key));
        if let Value::Object(item) = item {
            item.retain(|key, _| !METHODS.contains(&&**key) || kept(key));
        }
        matching.iter().any(|pattern| pattern.finds_method(item))
    });
    Ok(())
}

impl Pattern {
    fn has_method(&self, key: &str) -> bool {
        self.method.as_ref().is_none_or(|method| method == key)
    }

    fn finds_method(&self, item: &Value) -> bool {
        self.method.as_ref().is_none_or(|method| item.get(method).is_some())
    }

    fn matches(&self, path: &str) -> bool {
        let pattern: Vec<char> = self.path.chars().collect();
        let path: Vec<char> = path.chars().collect();
        let mut at = 0;
        let mut from = 0;
        // The last star, and how much of the path it has taken: where to go on after a mismatch.
        let mut star = None;
        while from < path.len() {
            match pattern.get(at) {
                Some('*') => {
                    star = Some((at, from));
                    at += 1;
                }
                Some(&letter) if letter == '?' || letter == path[from] => {
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
}

#[cfg(test)]
mod tests {
    use super::Pattern;

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
            let pattern: Pattern = pattern.parse().unwrap();
            assert_eq!(pattern.matches(path), matches, "{pattern} on {path}");
        }
    }

    #[test]
    fn a_letter_begins_a_method() {
        let parsed = |text: &str| text.parse::<Pattern>().map(|pattern| pattern.to_string());
        assert_eq!(parsed("get /files/{id}").unwrap(), "GET /files/{id}");
        assert_eq!(parsed("/get /x").unwrap(), "/get /x");
        assert_eq!(parsed("*").unwrap(), "*");
        for (text, message) in [
            ("GETT /x", "begins with `gett`, which is neither a path nor a method"),
            ("files", "begins with `files`, which is neither a path nor a method"),
            ("GET", "has a method and no path"),
            ("GET ", "has a method and no path"),
        ] {
            assert_eq!(parsed(text).unwrap_err(), message);
        }
    }
}
