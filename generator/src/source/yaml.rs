//! YAML 1.2, by two readers that agree on every value.
//!
//! `serde_yaml` reads what is ordinary. It knows no places, no merge keys and few tags, and takes time
//! that grows with the square of the nesting before its limits apply (38 s for 100,000 brackets). So
//! what needs care, and what it refuses, goes to a reader of our own.

mod careful;
mod ordinary;
mod scalar;

pub(crate) use careful::{measure_value, value_size, yaml_events};

use super::{Document, Mistake};

/// Reads a YAML text of one document. An empty one is null.
pub(super) fn read_yaml(text: &str) -> Result<Document, Mistake> {
    match ordinary::read_ordinary(text) {
        Some(value) => Ok(Document { value, ..Document::default() }),
        None => careful::read_carefully(text),
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use proptest::{collection::vec, prelude::*, sample::select};

    use super::{careful, ordinary};

    /// Whether `serde_yaml` reads the text; the other reader must not say anything else then.
    #[track_caller]
    fn agree(text: &str) -> bool {
        let Some(ordinary) = ordinary::read_ordinary(text) else { return false };
        // Slips that `serde_yaml` forgives, such as `>#`.
        let Ok(careful) = careful::read_carefully(text) else { return true };
        assert!(careful.remarks.is_empty(), "{:?} in {text:?}", careful.remarks);
        assert_eq!(ordinary, careful.value, "{text:?}");
        true
    }

    fn files(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files(&path, found);
            } else if path.extension().is_some_and(|end| end == "yaml" || end == "yml") {
                found.push(fs::read_to_string(path).unwrap());
            }
        }
    }

    #[test]
    fn both_readers_agree_on_documents() {
        let mut texts = Vec::new();
        files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"), &mut texts);
        let ordinary = texts.iter().filter(|text| agree(text)).count();
        assert!(ordinary * 10 > texts.len() * 8, "{ordinary} of {}", texts.len());
    }

    #[test]
    fn both_readers_agree_on_scalars() {
        for scalar in ODD_SCALARS {
            agree(&format!("a: {scalar}\nb: c\n"));
            agree(&format!("a:\n- {scalar}\n- c\n"));
            agree(&format!("? {scalar}\n: c\n"));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn both_readers_agree_on_pieces(pieces in vec(select(PIECES), 0..24)) {
            let text = pieces.concat();
            agree(&text);
            agree(&format!("k: {text}"));
            agree(&format!("k: [{text}]"));
        }

        #[test]
        fn both_readers_agree_on_lines(
            lines in vec((0..4_usize, select(STARTS), select(SCALARS)), 0..12)
        ) {
            let line = |(depth, start, scalar): &(usize, &str, &str)| {
                format!("{}{start}{scalar}\n", "  ".repeat(*depth))
            };
            agree(&lines.iter().map(line).collect::<String>());
        }
    }

    const ODD_SCALARS: &[&str] = &[
        "0",
        "-0",
        "+0",
        "017",
        "-017",
        "00",
        "0o17",
        "-0o17",
        "0x1F",
        "+0x1F",
        "-0x1F",
        "0x+1",
        "0b11",
        "0xg",
        "0o8",
        "1_000",
        "1e3",
        "1E-3",
        "1e400",
        "-1e400",
        "1e-400",
        ".5",
        "5.",
        ".",
        "-.5",
        "+.5",
        "1.",
        "00.5",
        "01e2",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775808",
        "-9223372036854775809",
        "0xFFFFFFFFFFFFFFFF",
        "0x10000000000000000",
        ".inf",
        "-.inf",
        "+.INF",
        ".nan",
        "nan",
        "inf",
        "infinity",
        "-infinity",
        "~",
        "null",
        "Null",
        "nULL",
        "",
        "true",
        "True",
        "tRUE",
        "yes",
        "no",
        "on",
        "off",
        "y",
        "2020-01-02",
        "2020-01-02T03:04:05Z",
        "12:30:45",
        "3.0.3",
        "1.0",
        "'1'",
        "\"1\"",
        "''",
        "\"\"",
        "'null'",
        "'it''s'",
        "\"\\u00e9\\t\\x41\"",
        "'~'",
        "a b",
        "a:b",
        "a#b",
        "a #b",
        "=",
        "<",
        "%",
        "|\n  a\n  b",
        ">-\n  a\n  b\n\n  c",
        "|+\n  a\n\n",
        "a\n  b\n\n  c",
        "|2\n   a",
        "'a\n  b'",
        "\"a\\\n  b\"",
        "[a, 1, ~, '']",
        "{a: 1, b}",
        "[a: 1, {b: }]",
        "[]",
        "{}",
    ];

    const PIECES: &[&str] = &[
        "a", "b", "key", "1", "0x1", ".5", "é", "\u{2028}", "\u{85}", "\t", " ", " ", "  ", "\n",
        "\n", "\n  ", "\r\n", ": ", ":", "- ", "-", "? ", ", ", ",", "[", "]", "{", "}", "'", "\"",
        "|", ">", "|-\n", "#", " # c", "&a ", "*a", "!", "!!str ", "<<: ", "%", "@", "`", "\\",
        "\\n", "---", "...", "~", "=", "true",
    ];

    const STARTS: &[&str] =
        &["a: ", "b: ", "c:", "'d': ", "- ", "- e: ", "- - ", "? ", ": ", "", "1: ", "~: ", "# "];

    const SCALARS: &[&str] = &[
        "",
        "x",
        "x y",
        "x # y",
        "x: y",
        "'x'",
        "'x",
        "\"x\\n\"",
        "|",
        "|-",
        ">",
        ">+",
        "[x, y]",
        "{x: y}",
        "[x,",
        "]",
        "1.5",
        "-",
        "~",
        "true",
        "*x*",
        "http://x/#y",
        "x:",
        "it's",
        "\"a\": b",
        "!x",
        "&x",
    ];
}
