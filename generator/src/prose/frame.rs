//! What is open while a text is read, and what becomes of it when it ends.

use super::html::{self, Role};
use super::tree::{Block, Code, Inline, List, flatten_blocks, has_text, raw_text};

/// A block, an element or a span that is open.
#[derive(Debug, Default)]
pub(super) struct Frame {
    pub(super) role: Option<Role>,
    /// The element's name; a construct of Markdown has none.
    pub(super) name: Option<String>,
    /// What was written, if it may have been meant as text.
    pub(super) source: Option<String>,
    pub(super) blocks: Vec<Block>,
    pub(super) inlines: Vec<Inline>,
    /// Whether there are blank lines between the items.
    pub(super) loose: bool,
}

impl Frame {
    /// Adds what was in this one. If it was not ended where it should have been, it may have been meant as text.
    pub(super) fn add(&mut self, mut frame: Frame, ended: bool) {
        if let (false, Some(source)) = (ended, frame.source.take()) {
            self.inlines.push(Inline::Text(html::decode_entities(&source)));
            return self.take_over(frame);
        }
        match frame.role.take().unwrap_or(Role::Flow) {
            Role::Hidden | Role::Break | Role::Rule | Role::Image | Role::Void => {}
            Role::Flow => {
                frame.flush();
                self.blocks(frame.blocks);
            }
            Role::Title => {
                if !frame.inlines.is_empty() {
                    frame.inlines = vec![Inline::Strong(frame.inlines)];
                }
                frame.flush();
                self.blocks(frame.blocks);
            }
            Role::Note(label) => {
                frame.flush();
                if let Some(Block::Paragraph(inlines)) = frame.blocks.first_mut() {
                    inlines.insert(0, Inline::Text(format!("[{label}]: ")));
                }
                self.blocks(frame.blocks);
            }
            Role::Heading(level) => {
                self.blocks(vec![Block::Heading(
                    level,
                    flatten_blocks(frame.blocks, frame.inlines),
                )]);
            }
            Role::Quote => {
                frame.flush();
                self.blocks(vec![Block::Quote(group_blocks(frame.blocks))]);
            }
            Role::List(start) => {
                frame.flush();
                self.blocks(vec![Block::List(make_list(start, frame.blocks, frame.loose))]);
            }
            Role::Item => {
                frame.flush();
                self.loose |= frame.loose;
                self.blocks(vec![Block::Item(group_blocks(frame.blocks))]);
            }
            Role::Table => {
                frame.flush();
                self.blocks(group_blocks(frame.blocks));
            }
            Role::Row => self.blocks(vec![Block::Row(table_row(frame))]),
            Role::Cell => {
                self.blocks(vec![Block::Cell(flatten_blocks(frame.blocks, frame.inlines))])
            }
            Role::Pre(language) => {
                let text = raw_text(&frame.blocks, &frame.inlines);
                self.blocks(vec![Block::Code(Code { language, text })]);
            }
            role => self.span(role, frame),
        }
    }

    /// Ends the paragraph, if there is one: several where two breaks follow each other.
    pub(super) fn flush(&mut self) {
        let mut paragraph = Vec::new();
        let mut breaks = 0;
        for inline in self.inlines.drain(..) {
            match &inline {
                Inline::Break => breaks += 1,
                Inline::Text(text) if text.trim().is_empty() => {}
                _ => breaks = 0,
            }
            if breaks < 2 {
                paragraph.push(inline);
            } else if has_text(&paragraph) {
                self.blocks.push(Block::Paragraph(std::mem::take(&mut paragraph)));
            }
        }
        if has_text(&paragraph) {
            self.blocks.push(Block::Paragraph(paragraph));
        }
    }

    pub(super) fn blocks(&mut self, blocks: Vec<Block>) {
        self.flush();
        self.blocks.extend(blocks);
    }

    /// Takes the content of a frame as if that had never been.
    fn take_over(&mut self, frame: Frame) {
        if !frame.blocks.is_empty() {
            self.flush();
            self.blocks.extend(frame.blocks);
        }
        self.inlines.extend(frame.inlines);
    }

    /// Adds a part of a line, whose content is in the frame.
    fn span(&mut self, role: Role, frame: Frame) {
        if role == Role::Code {
            let text = raw_text(&frame.blocks, &frame.inlines);
            let inside = matches!(self.role, Some(Role::Pre(_)));
            return match text.trim().matches('\n').count() < 2 || inside {
                true => self.inlines.push(Inline::Code(text)),
                false => self.blocks(vec![Block::Code(Code { language: "text", text })]),
            };
        }
        if !frame.blocks.is_empty() {
            return self.take_over(frame);
        }
        let inner = frame.inlines;
        let quote = || Inline::Text("\"".to_owned());
        match role {
            Role::Emphasis => self.inlines.push(Inline::Emphasis(inner)),
            Role::Strong => self.inlines.push(Inline::Strong(inner)),
            Role::Struck => self.inlines.push(Inline::Struck(inner)),
            Role::Link(to) => self.inlines.push(Inline::Link(to, inner)),
            Role::Superscript => {
                if raw_text(&[], &inner).starts_with(|c: char| c.is_ascii_digit() || c == '-') {
                    self.inlines.push(Inline::Text("^".to_owned()));
                }
                self.inlines.extend(inner);
            }
            Role::Quotation => {
                self.inlines.push(quote());
                self.inlines.extend(inner);
                self.inlines.push(quote());
            }
            _ => self.inlines.extend(inner),
        }
    }
}

fn make_list(start: Option<u64>, blocks: Vec<Block>, loose: bool) -> List {
    let mut items: Vec<Vec<Block>> = Vec::new();
    for block in blocks {
        match (block, items.last_mut()) {
            (Block::Item(item), _) => items.push(item),
            // A list in a list, without an item of its own, belongs to the item before it.
            (block @ Block::List(_), Some(item)) => item.push(block),
            (block, _) => items.push(vec![block]),
        }
    }
    List { start, tight: !loose && items.iter().all(|item| count_paragraphs(item) < 2), items }
}

fn count_paragraphs(item: &[Block]) -> usize {
    item.iter().filter(|block| matches!(block, Block::Paragraph(_))).count()
}

fn table_row(frame: Frame) -> Vec<Vec<Inline>> {
    let mut cells = Vec::new();
    for block in frame.blocks {
        match block {
            Block::Cell(cell) => cells.push(cell),
            other => cells.push(flatten_blocks(vec![other], Vec::new())),
        }
    }
    if has_text(&frame.inlines) {
        cells.push(frame.inlines);
    }
    cells
}

/// Items without a list made one, and rows without a table.
pub(super) fn group_blocks(blocks: Vec<Block>) -> Vec<Block> {
    let mut groups: Vec<Block> = Vec::new();
    for block in blocks {
        let block = match block {
            Block::Item(_) => Block::List(make_list(None, vec![block], false)),
            Block::Row(row) => Block::Table(vec![row]),
            Block::Cell(cell) => Block::Paragraph(cell),
            other => other,
        };
        match (block, groups.last_mut()) {
            (Block::Table(own), Some(Block::Table(rows))) if own.len() == 1 => rows.extend(own),
            // Nothing that Markdown has would keep them apart.
            (Block::List(own), Some(Block::List(list)))
                if own.start.is_some() == list.start.is_some() =>
            {
                list.tight &= own.tight;
                list.items.extend(own.items);
            }
            (block, _) => groups.push(block),
        }
    }
    groups
}
