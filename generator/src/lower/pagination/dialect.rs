//! The words that Datadog's documents have for `x-pagination`, in those of this generator.

use serde_json::{Map, Value};

/// Each word, and what it is here.
const WORDS: &[(&str, &str)] = &[
    ("cursorParam", "cursor"),
    ("cursorPath", "next"),
    ("limitParam", "limit"),
    ("pageOffsetParam", "offset"),
    ("pageParam", "page"),
    ("pageStart", "first"),
    ("resultsPath", "items"),
];

/// The styles, by the word that implies them.
const STYLES: &[(&str, &str)] =
    &[("cursorParam", "cursor"), ("pageOffsetParam", "offset"), ("pageParam", "page")];

/// What the extension says, in the generator's own words, if it is written in these. Pages begin
/// at 0 there, and the first is asked for by its number.
pub(super) fn translate_dialect(said: &Map<String, Value>) -> Option<Map<String, Value>> {
    let (_, style) = STYLES.iter().find(|(word, _)| said.contains_key(*word))?;
    if said.contains_key("style") {
        return None;
    }
    let known = |key: &str| WORDS.iter().find(|(word, _)| *word == key).map(|(_, own)| *own);
    let own = said.iter().map(|(key, value)| {
        let key = known(key).unwrap_or(key).to_owned();
        (key, value.clone())
    });
    let style = ("style".to_owned(), Value::from(*style));
    Some(own.chain([style]).collect())
}
