//! What a text consists of, whatever it was written in.

use super::character::is_blank;

/// A block.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Block {
    Paragraph(Vec<Inline>),
    Heading(usize, Vec<Inline>),
    Code(Code),
    Quote(Vec<Block>),
    List(List),
    /// Rows of cells; the first row is the heading.
    Table(Vec<Vec<Vec<Inline>>>),
    Rule,
    /// An item whose list is not read yet.
    Item(Vec<Block>),
    /// A row whose table is not read yet.
    Row(Vec<Vec<Inline>>),
    /// A cell whose row is not read yet.
    Cell(Vec<Inline>),
}

/// A block of code.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Code {
    pub(super) language: &'static str,
    pub(super) text: String,
}

/// A list.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct List {
    /// The number of the first item, if items are numbered.
    pub(super) start: Option<u64>,
    /// Whether items follow each other without a blank line.
    pub(super) tight: bool,
    pub(super) items: Vec<Vec<Block>>,
}

/// A part of a paragraph.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Inline {
    Text(String),
    Code(String),
    Emphasis(Vec<Inline>),
    Strong(Vec<Inline>),
    Struck(Vec<Inline>),
    Link(String, Vec<Inline>),
    Break,
}

/// Whether there is anything to see.
pub(super) fn has_text(inlines: &[Inline]) -> bool {
    inlines.iter().any(|inline| match inline {
        Inline::Text(text) | Inline::Code(text) => !text.chars().all(is_blank),
        Inline::Emphasis(inner)
        | Inline::Strong(inner)
        | Inline::Struck(inner)
        | Inline::Link(_, inner) => has_text(inner),
        Inline::Break => false,
    })
}

/// The text of blocks and of what follows them, as one wrote it in a block of code.
pub(super) fn raw_text(blocks: &[Block], inlines: &[Inline]) -> String {
    let mut text = String::new();
    raw_blocks(blocks, &mut text);
    raw_inlines(inlines, &mut text);
    text
}

fn raw_blocks(blocks: &[Block], text: &mut String) {
    for block in blocks {
        match block {
            Block::Paragraph(inlines) | Block::Heading(_, inlines) | Block::Cell(inlines) => {
                raw_inlines(inlines, text);
            }
            Block::Code(code) => text.push_str(&code.text),
            Block::Quote(inner) | Block::Item(inner) => raw_blocks(inner, text),
            Block::List(list) => list.items.iter().for_each(|item| raw_blocks(item, text)),
            Block::Table(rows) => rows.iter().for_each(|row| raw_row(row, text)),
            Block::Row(row) => raw_row(row, text),
            Block::Rule => {}
        }
        text.push_str("\n\n");
    }
}

fn raw_row(row: &[Vec<Inline>], text: &mut String) {
    for cell in row {
        raw_inlines(cell, text);
        text.push('\n');
    }
}

fn raw_inlines(inlines: &[Inline], text: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(own) | Inline::Code(own) => text.push_str(own),
            Inline::Emphasis(inner)
            | Inline::Strong(inner)
            | Inline::Struck(inner)
            | Inline::Link(_, inner) => raw_inlines(inner, text),
            Inline::Break => text.push('\n'),
        }
    }
}

/// Blocks on one line, as a heading or a cell needs them.
pub(super) fn flatten_blocks(blocks: Vec<Block>, inlines: Vec<Inline>) -> Vec<Inline> {
    let mut flat = Vec::new();
    flatten_into(blocks, &mut flat);
    flat.extend(inlines);
    flat
}

fn flatten_into(blocks: Vec<Block>, flat: &mut Vec<Inline>) {
    for block in blocks {
        match block {
            Block::Paragraph(inlines) | Block::Heading(_, inlines) | Block::Cell(inlines) => {
                flat.extend(inlines);
            }
            Block::Code(code) => flat.push(Inline::Code(code.text)),
            Block::Quote(inner) | Block::Item(inner) => flatten_into(inner, flat),
            Block::List(list) => flatten_into(list.items.into_iter().flatten().collect(), flat),
            Block::Table(rows) => {
                for cell in rows.into_iter().flatten() {
                    flat.extend(cell);
                    flat.push(Inline::Break);
                }
            }
            Block::Row(cells) => flat.extend(cells.into_iter().flatten()),
            Block::Rule => {}
        }
        flat.push(Inline::Break);
    }
}
