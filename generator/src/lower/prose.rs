//! Prose of the document as Markdown that rustdoc takes without a warning.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use crate::model::Doc;

/// The documentation made of several paragraphs of the document, empty ones left out.
pub(crate) fn doc<'a>(paragraphs: impl IntoIterator<Item = &'a str>) -> Doc {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in paragraphs {
        let clean = clean(paragraph.trim());
        if clean.is_empty() {
            continue;
        }
        if !lines.is_empty() {
            lines.push(String::new());
        }
        let mut code = false;
        for line in clean.lines() {
            code ^= line.trim_start().starts_with("```");
            wrap(line.trim_end(), code, &mut lines);
        }
    }
    Doc { lines }
}

/// Longest line of a paragraph.
const WIDTH: usize = 96;

/// Breaks a long line, where that cannot change what it means: in a plain paragraph, before a plain word.
fn wrap(line: &str, code: bool, lines: &mut Vec<String>) {
    let plain =
        |text: &str| text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '`' || c == '"');
    if code || !plain(line) || line.contains('|') || line.starts_with("```") {
        lines.push(line.to_owned());
        return;
    }
    let mut rest = line;
    while rest.len() > WIDTH {
        let spaces = rest.match_indices(' ').map(|(at, _)| at);
        let fits = spaces.take_while(|&at| at <= WIDTH);
        let Some(at) =
            fits.filter(|&at| plain(&rest[at + 1..]) && even_backticks(&rest[..at])).last()
        else {
            break;
        };
        lines.push(rest[..at].trim_end().to_owned());
        rest = &rest[at + 1..];
    }
    lines.push(rest.to_owned());
}

/// Whether no code span is open at the end of the text.
fn even_backticks(text: &str) -> bool {
    text.matches('`').count().is_multiple_of(2)
}

/// A text on one line, for headings; as clean as documentation.
pub(crate) fn line(text: &str) -> String {
    clean(&text.split_whitespace().collect::<Vec<_>>().join(" ")).replace('\n', " ")
}

/// The same Markdown with what rustdoc would warn of, run or hide taken out: bare HTML, links
/// that lead nowhere, bare URLs, code blocks that would be compiled.
fn clean(markdown: &str) -> String {
    let mut cleaner = Cleaner { markdown, edits: Vec::new(), inside: Inside::Text };
    for (event, range) in Parser::new_ext(markdown, Options::ENABLE_TABLES).into_offset_iter() {
        cleaner.take(event, range);
    }
    apply(markdown, cleaner.edits)
}

/// What an event stands in.
enum Inside {
    Text,
    /// A link that is kept as it is.
    Link,
    /// A link that leads nowhere, and its text so far.
    DeadLink(Range<usize>, String),
    /// A fenced code block.
    Fence,
    /// A code block by indentation.
    Indented(Range<usize>),
}

struct Cleaner<'a> {
    markdown: &'a str,
    edits: Vec<(Range<usize>, String)>,
    inside: Inside,
}

impl Cleaner<'_> {
    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => {
                self.inside = Inside::Indented(range);
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                self.edits.extend(fence(self.markdown, &range, &language));
                self.inside = Inside::Fence;
            }
            Event::Start(
                Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. },
            ) => {
                self.inside = match link_type {
                    LinkType::Inline | LinkType::Autolink if absolute(&dest_url) => Inside::Link,
                    _ => Inside::DeadLink(range, String::new()),
                };
            }
            Event::End(TagEnd::CodeBlock | TagEnd::Link | TagEnd::Image) => self.leave(),
            Event::Html(_) | Event::InlineHtml(_) => {
                self.edits.push((range.clone(), escape(&self.markdown[range])));
            }
            Event::Text(content) | Event::Code(content)
                if matches!(self.inside, Inside::DeadLink(..)) =>
            {
                if let Inside::DeadLink(_, label) = &mut self.inside {
                    label.push_str(&content);
                }
            }
            Event::Text(_) if matches!(self.inside, Inside::Text) => {
                self.edits.push((range.clone(), text(&self.markdown[range])));
            }
            _ => {}
        }
    }

    fn leave(&mut self) {
        match std::mem::replace(&mut self.inside, Inside::Text) {
            Inside::DeadLink(range, label) => self.edits.push((range, text(&label))),
            Inside::Indented(range) => {
                let line = self.markdown[..range.start].rfind('\n').map_or(0, |at| at + 1);
                let start = match self.markdown[line..range.start].trim() {
                    "" => line,
                    _ => range.start,
                };
                self.edits.push((start..range.end, fenced(&self.markdown[range])));
            }
            Inside::Text | Inside::Link | Inside::Fence => {}
        }
    }
}

fn absolute(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://") || url.starts_with("mailto:")
}

/// Text with brackets and angle brackets escaped and bare URLs made links.
fn text(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("http://").into_iter().chain(rest.find("https://")).min() {
        clean.push_str(&escape(&rest[..at]));
        let url = &rest[at..];
        let end = url
            .find(|c: char| c.is_whitespace() || "<>()[]{}\"'`|\\*".contains(c))
            .unwrap_or(url.len());
        let address = url[..end].trim_end_matches(['.', ',', ';', ':', '!', '?']);
        if address.len() > "https://".len() {
            clean.push_str(&format!("<{address}>"));
        } else {
            clean.push_str(&format!("`{address}`"));
        }
        rest = &url[address.len()..];
    }
    clean.push_str(&escape(rest));
    clean
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut after_backslash = false;
    for c in text.chars() {
        if matches!(c, '<' | '>' | '[' | ']') && !after_backslash {
            escaped.push('\\');
        }
        after_backslash = c == '\\' && !after_backslash;
        escaped.push(c);
    }
    escaped
}

/// What to change of a fenced block so that rustdoc takes it for text.
fn fence(markdown: &str, block: &Range<usize>, language: &str) -> Option<(Range<usize>, String)> {
    let foreign = [
        "json",
        "bash",
        "sh",
        "shell",
        "http",
        "xml",
        "yaml",
        "text",
        "html",
        "javascript",
        "python",
        "curl",
        "sql",
    ];
    if foreign.contains(&language) {
        return None;
    }
    let start = markdown[block.clone()].find(|c| c != '`' && c != '~').unwrap_or(block.len());
    let line = markdown[block.clone()].find('\n').unwrap_or(block.len());
    let from = block.start + start.min(line);
    Some((from..block.start + line, "text".to_owned()))
}

fn fenced(block: &str) -> String {
    let lines: Vec<&str> = block.lines().map(|line| line.trim_start_matches([' ', '\t'])).collect();
    format!("```text\n{}\n```\n", lines.join("\n").replace("```", "'''"))
}

fn apply(text: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (range, replacement) in edits {
        if range.start < done {
            continue;
        }
        out.push_str(&text[done..range.start]);
        out.push_str(&replacement);
        done = range.end;
    }
    out.push_str(&text[done..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_rustdoc_clean() {
        for (given, expected) in [
            ("Plain `code` and *emphasis*.", "Plain `code` and *emphasis*."),
            ("A <b>bold</b> claim", "A \\<b\\>bold\\</b\\> claim"),
            ("See https://example.com/a.", "See <https://example.com/a>."),
            ("See [guide](https://example.com).", "See [guide](https://example.com)."),
            ("See [guide](/guide) and [other].", "See guide and \\[other\\]."),
            ("Vec<String> and [x]", "Vec\\<String\\> and \\[x\\]"),
            ("Run:\n\n    cargo run\n\nDone.", "Run:\n\n```text\ncargo run\n```\n\nDone."),
            ("```\nlet x = 1;\n```", "```text\nlet x = 1;\n```"),
            ("```rust\nlet x = 1;\n```", "```text\nlet x = 1;\n```"),
            ("```json\n{}\n```", "```json\n{}\n```"),
            ("`a[0]` stays", "`a[0]` stays"),
        ] {
            assert_eq!(doc([given]).lines.join("\n"), expected, "{given:?}");
        }
    }

    #[test]
    fn paragraphs_are_apart() {
        assert_eq!(doc(["One", "", "Two"]).lines, ["One", "", "Two"]);
    }
}
