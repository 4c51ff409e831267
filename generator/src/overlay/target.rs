use serde_json::Value;
use serde_json_path::JsonPath;

use crate::diagnostics::Pointer;

/// What an action changes: a JSONPath query (RFC 9535).
pub(super) struct Target {
    text: String,
    path: JsonPath,
}

impl Target {
    pub(super) fn new(text: &str) -> Result<Self, String> {
        match JsonPath::parse(text) {
            Ok(path) => Ok(Self { text: text.to_owned(), path }),
            Err(error) => Err(format!(
                "`{text}` is not a valid JSONPath query (RFC 9535): error at character {}",
                error.position()
            )),
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// What it matches, each once: a container before its content, and indices in rising order.
    pub(super) fn places(&self, document: &Value) -> Vec<Pointer> {
        let nodes = self.path.query_located(document);
        let mut places: Vec<Vec<Step>> = nodes
            .iter()
            .map(|node| Pointer::from_text(node.location().to_json_pointer()))
            .map(|pointer| pointer.segments().map(Step::new).collect())
            .collect();
        places.sort();
        places.dedup();
        places.iter().map(|steps| steps.iter().fold(Pointer::default(), Step::below)).collect()
    }

    /// The longest beginning of the query that is a query and matches something.
    pub(super) fn longest_match(&self, document: &Value) -> Option<&str> {
        let ends = self.text.rmatch_indices(['.', '[']).map(|(at, _)| at);
        ends.map(|end| self.text[..end].trim_end_matches('.'))
            .find(|part| JsonPath::parse(part).is_ok_and(|path| !path.query(document).is_empty()))
    }
}

/// One step of a pointer. Sorted, indices are in the order of the list.
#[derive(Eq, Ord, PartialEq, PartialOrd)]
enum Step {
    Index(usize),
    Key(String),
}

impl Step {
    fn new(segment: String) -> Self {
        match segment.parse::<usize>() {
            // Keys such as `007` stay what they are.
            Ok(index) if index.to_string() == segment => Self::Index(index),
            _ => Self::Key(segment),
        }
    }

    fn below(pointer: Pointer, step: &Self) -> Pointer {
        match step {
            Self::Index(index) => pointer.index(*index),
            Self::Key(key) => pointer.key(key),
        }
    }
}
