//! Prose of the document as Markdown that rustdoc shows, and does nothing else with.
//!
//! What was written is read as rustdoc would read it, HTML included, and written anew: paragraphs,
//! headings, lists, tables, quotations, links, emphasis and code that is marked as text. Whatever else
//! a text contains is escaped. So nothing in a document becomes an example, which rustdoc would
//! compile and run, and nothing in it makes the documentation fail to build.

mod character;
mod check;
mod frame;
mod html;
mod inline;
mod print;
mod read;
mod tree;

pub(crate) use character::is_invisible;

use crate::model::Doc;
use character::visible_text;
use tree::Block;

/// The documentation made of several paragraphs of the document, empty ones left out.
pub(crate) fn document_text<'a>(paragraphs: impl IntoIterator<Item = &'a str>) -> Doc {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in paragraphs {
        let own = lines_of(paragraph.trim());
        if !lines.is_empty() && !own.is_empty() {
            lines.push(String::new());
        }
        lines.extend(own);
    }
    Doc { lines }
}

/// A text on one line, for headings; as clean as documentation.
pub(crate) fn one_line(text: &str) -> String {
    let inlines = read::parse_inlines(text);
    let line = inline::inline_line(&inlines, inline::Place::Paragraph);
    if check::is_prose(&line) { line } else { escape_text(&tree::raw_text(&[], &inlines)) }
}

/// A text as code between backticks, whatever is in it.
pub(crate) fn code_span(text: &str) -> String {
    inline::code_span(text)
}

fn lines_of(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    if is_plain(text) {
        print::wrap_line(text, &mut lines);
        return lines;
    }
    // Some readers of Markdown end a line at a carriage return, and some do not.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let blocks = read::parse_blocks(&text);
    let lines = print::lines(&blocks);
    if check::is_prose(&lines.join("\n")) { lines } else { plain_lines(&blocks) }
}

/// Whether a text has nothing in it that could mean anything: words on a line.
fn is_plain(text: &str) -> bool {
    let words = |c: char| c.is_ascii_alphanumeric() || " ,.;'\"()/%?-".contains(c);
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(words)
        && !text.contains("  ")
        && !text.contains("//")
}

/// The words of blocks alone, a paragraph for each block.
fn plain_lines(blocks: &[Block]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for block in blocks {
        let text = escape_text(&tree::raw_text(std::slice::from_ref(block), &[]));
        if !text.is_empty() {
            lines.extend((!lines.is_empty()).then(String::new));
            lines.push(text);
        }
    }
    lines
}

/// Words on a line, every mark among them escaped.
fn escape_text(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for word in visible_text(text).split_whitespace() {
        if !plain.is_empty() {
            plain.push(' ');
        }
        for c in word.chars() {
            if c.is_ascii_punctuation() {
                plain.push('\\');
            }
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests;
