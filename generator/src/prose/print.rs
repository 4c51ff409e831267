//! Blocks as Markdown of one form, in which nothing means more than it should.

use super::character::visible_text;
use super::inline::{self, Place};
use super::tree::{Block, Code, Inline, List};

/// The lines of blocks.
pub(super) fn lines(blocks: &[Block]) -> Vec<String> {
    let mut lines = Vec::new();
    print_blocks(blocks, Around::Page, &mut lines);
    lines
}

/// What blocks are in.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Around {
    Page,
    Quote,
    LooseItem,
    TightItem,
}

fn print_blocks(blocks: &[Block], around: Around, lines: &mut Vec<String>) {
    let mut before: Option<&Block> = None;
    for block in blocks {
        let own = block_lines(block, around);
        if own.is_empty() {
            continue;
        }
        if before
            .is_some_and(|before| around != Around::TightItem || !follows_directly(before, block))
        {
            lines.push(String::new());
        }
        lines.extend(own);
        before = Some(block);
    }
}

/// Whether a block is one without a blank line between it and the block before.
fn follows_directly(before: &Block, block: &Block) -> bool {
    matches!(before, Block::Paragraph(_))
        && match block {
            Block::Code(_) => true,
            Block::List(list) => list.tight && list.start.is_none_or(|start| start == 1),
            _ => false,
        }
}

fn block_lines(block: &Block, around: Around) -> Vec<String> {
    match block {
        Block::Paragraph(inlines) | Block::Cell(inlines) => paragraph_lines(inlines, around),
        Block::Heading(level, inlines) => {
            let text = inline::inline_line(inlines, Place::Heading);
            if text.is_empty() {
                Vec::new()
            } else {
                vec![format!("{} {text}", "#".repeat(*level))]
            }
        }
        Block::Code(code) => fenced_lines(code),
        Block::Quote(inner) => {
            let mut own = Vec::new();
            print_blocks(inner, Around::Quote, &mut own);
            own.into_iter().map(|line| format!("> {line}").trim_end().to_owned()).collect()
        }
        Block::List(own) => list_lines(own),
        Block::Table(rows) => table_lines(rows),
        Block::Item(inner) => {
            let mut own = Vec::new();
            print_blocks(inner, around, &mut own);
            own
        }
        Block::Row(cells) => table_lines(std::slice::from_ref(cells)),
        // Not of hyphens, which make a heading of the line above.
        Block::Rule => vec!["***".to_owned()],
    }
}

/// Longest line of a paragraph.
const WIDTH: usize = 96;

fn paragraph_lines(inlines: &[Inline], around: Around) -> Vec<String> {
    let mut own = Vec::new();
    for line in inline::inline_lines(inlines) {
        match around {
            Around::Page => wrap_line(&line, &mut own),
            _ => own.push(line),
        }
    }
    // What is one word to `wrap` is not to a reader.
    own.into_iter().map(|line| line.replace(inline::KEPT_SPACE, " ")).collect()
}

/// Breaks a long line, where that cannot change what it means: in a plain paragraph, before a plain word.
pub(super) fn wrap_line(line: &str, lines: &mut Vec<String>) {
    let plain =
        |text: &str| text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '`' || c == '"');
    if !plain(line) || line.contains('|') {
        lines.push(line.to_owned());
        return;
    }
    let mut rest = line;
    while rest.len() > WIDTH {
        let spaces = rest.match_indices(' ').map(|(at, _)| at);
        let fits = spaces.take_while(|&at| at <= WIDTH);
        let Some(at) = fits.filter(|&at| plain(&rest[at + 1..])).last() else {
            break;
        };
        lines.push(rest[..at].trim_end().to_owned());
        rest = &rest[at + 1..];
    }
    lines.push(rest.to_owned());
}

fn fenced_lines(code: &Code) -> Vec<String> {
    let clean = |line: &str| visible_text(&line.replace('\t', "    ")).trim_end().to_owned();
    let mut own: Vec<String> = code.text.lines().map(clean).collect();
    while own.last().is_some_and(String::is_empty) {
        own.pop();
    }
    let blank = own.iter().take_while(|line| line.is_empty()).count();
    own.drain(..blank);
    if own.is_empty() {
        return own;
    }
    let fence = "`".repeat(inline::longest_run(&code.text).max(2) + 1);
    own.insert(0, format!("{fence}{}", code.language));
    own.push(fence);
    own
}

/// The highest number of an item that Markdown has.
const LAST: u64 = 999_999_999;

fn list_lines(list: &List) -> Vec<String> {
    let fits = |start: &u64| start.saturating_add(list.items.len() as u64) <= LAST;
    let start = list.start.map(|start| if fits(&start) { start } else { 1 });
    let around = if list.tight { Around::TightItem } else { Around::LooseItem };
    let mut lines: Vec<String> = Vec::new();
    let mut number = start;
    for item in &list.items {
        let mut own = Vec::new();
        print_blocks(item, around, &mut own);
        if own.is_empty() {
            continue;
        }
        if !list.tight && !lines.is_empty() {
            lines.push(String::new());
        }
        let mark = number.map_or("- ".to_owned(), |number| format!("{number}. "));
        number = number.map(|number| number + 1);
        for (index, line) in own.iter().enumerate() {
            let margin = if index == 0 { mark.clone() } else { " ".repeat(mark.len()) };
            lines.push(format!("{margin}{line}").trim_end().to_owned());
        }
    }
    lines
}

fn table_lines(rows: &[Vec<Vec<Inline>>]) -> Vec<String> {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    if width < 2 {
        let lines = rows.iter().flatten().map(|cell| inline::inline_line(cell, Place::Paragraph));
        let mut own: Vec<String> = Vec::new();
        for line in lines.filter(|line| !line.is_empty()) {
            own.extend((!own.is_empty()).then(String::new));
            own.push(line);
        }
        return own;
    }
    let mut lines = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let mut cells: Vec<String> =
            row.iter().map(|cell| inline::inline_line(cell, Place::Cell)).collect();
        // The first row says how wide the table is: empty cells at the end of others go without saying.
        let filled = cells.iter().rposition(|cell| !cell.is_empty()).map_or(1, |last| last + 1);
        cells.resize(if index == 0 { width } else { filled }, String::new());
        lines.push(format!("| {} |", cells.join(" | ")));
        if index == 0 {
            lines.push(format!("|{}", " --- |".repeat(width)));
        }
    }
    lines
}
