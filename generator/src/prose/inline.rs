//! The parts of a line as Markdown, with whatever would mean something escaped.

use std::collections::BTreeSet;

use super::character::{is_blank, visible_text};
use super::tree::{Inline, has_text, raw_text};

/// A space at which a line is not broken.
pub(super) const KEPT_SPACE: &str = "\u{0}";

/// Where a line stands.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Place {
    #[default]
    Paragraph,
    Heading,
    Cell,
}

/// The lines of a paragraph: it is broken where the document breaks it. Spaces in code are kept ones.
pub(super) fn inline_lines(inlines: &[Inline]) -> Vec<String> {
    let parts = inlines.split(|inline| *inline == Inline::Break);
    let mut lines: Vec<String> = parts
        .map(|part| write_inlines(part, Place::Paragraph))
        .filter(|line| !line.is_empty())
        .collect();
    let last = lines.len().saturating_sub(1);
    lines.iter_mut().take(last).for_each(|line| line.push('\\'));
    lines
}

/// All of it on one line.
pub(super) fn inline_line(inlines: &[Inline], place: Place) -> String {
    let text = write_inlines(inlines, place).replace(KEPT_SPACE, " ");
    let last = text.rsplit(' ').next().unwrap_or_default();
    // Number signs at the end of a heading are none of its text.
    match place == Place::Heading && !last.is_empty() && last.bytes().all(|byte| byte == b'#') {
        true => format!("{}\\{last}", &text[..text.len() - last.len()]),
        false => text,
    }
}

/// A text as code.
pub(super) fn code_span(text: &str) -> String {
    let text = visible_text(text);
    let text = match text.trim().is_empty() {
        true => format!("\"{text}\""),
        false => text,
    };
    // A fence of another length than any run in it, and short.
    let taken: BTreeSet<usize> = backtick_runs(&text).collect();
    let fence = "`".repeat((1..).find(|length| !taken.contains(length)).unwrap_or(1));
    let edge = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let pad = if edge { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// How many backticks follow each other in the text at most.
pub(super) fn longest_run(text: &str) -> usize {
    backtick_runs(text).max().unwrap_or(0)
}

fn backtick_runs(text: &str) -> impl Iterator<Item = usize> {
    text.split(|c| c != '`').map(str::len).filter(|&length| length > 0)
}

fn write_inlines(inlines: &[Inline], place: Place) -> String {
    let inlines = merge_adjacent(inlines);
    let tildes = inlines.iter().map(count_tildes).sum::<usize>() > 1;
    let mut writer = Writer { place, tildes, ..Writer::default() };
    writer.all(&inlines);
    writer.out.truncate(writer.out.trim_end_matches(' ').len());
    writer.out
}

/// How many tildes there are, of those that could strike something out.
fn count_tildes(inline: &Inline) -> usize {
    match inline {
        Inline::Text(text) => text.matches('~').count(),
        Inline::Struck(_) => 2,
        Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Link(_, inner) => {
            inner.iter().map(count_tildes).sum()
        }
        Inline::Code(_) | Inline::Break => 0,
    }
}

/// The same with texts and codes that touch made one, and what has no text made a space.
fn merge_adjacent(inlines: &[Inline]) -> Vec<Inline> {
    let mut merged: Vec<Inline> = Vec::with_capacity(inlines.len());
    for inline in inlines {
        let space = Inline::Text(" ".to_owned());
        let inline = if has_text(std::slice::from_ref(inline)) { inline } else { &space };
        match (inline, merged.last_mut()) {
            (Inline::Text(own), Some(Inline::Text(text)))
            | (Inline::Code(own), Some(Inline::Code(text))) => text.push_str(own),
            (other, _) => merged.push(other.clone()),
        }
    }
    merged
}

#[derive(Default)]
struct Writer {
    out: String,
    place: Place,
    tildes: bool,
    emphasis: bool,
    strong: bool,
    struck: bool,
    link: bool,
    /// What follows the last part.
    follow: Option<char>,
}

impl Writer {
    fn all(&mut self, inlines: &[Inline]) {
        for (index, inline) in inlines.iter().enumerate() {
            // Of what nothing may be left, a letter is the worst that can follow.
            let next = inlines.get(index + 1).map(|next| first_character(next).unwrap_or('x'));
            let next = next.or(self.follow);
            match inline {
                Inline::Text(text) => self.text(text, next),
                Inline::Code(text) => self.code(text),
                Inline::Emphasis(inner) => self.marked("*", inner, next),
                Inline::Strong(inner) => self.marked("**", inner, next),
                Inline::Struck(inner) => self.marked("~~", inner, next),
                Inline::Link(to, inner) => self.link(to, inner, next),
                Inline::Break => self.space(),
            }
        }
    }

    fn space(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with(' ') {
            self.out.push(' ');
        }
    }

    fn code(&mut self, text: &str) {
        if visible_text(text).trim().is_empty() {
            return self.space();
        }
        if self.out.ends_with('`') {
            self.out.push(' ');
        }
        let lines = text.split(['\n', '\r']).map(str::trim).collect::<Vec<_>>();
        let code = code_span(visible_text(&lines.join(" ")).trim());
        let code = if self.place == Place::Cell { code.replace('|', "\\|") } else { code };
        self.out.push_str(&code.replace(' ', KEPT_SPACE));
    }

    /// The same writer for what is inside of something that it has begun.
    fn inside(&self) -> Self {
        Self { out: String::new(), follow: Some('*'), ..*self }
    }

    /// Parts as if there were nothing around them.
    fn bare(&mut self, inner: &[Inline], next: Option<char>) {
        let follow = std::mem::replace(&mut self.follow, next);
        self.all(inner);
        self.follow = follow;
    }

    /// Parts without the marks that did not fit around them. The same marks are not tried on each of
    /// the parts again, which for marks in marks would take longer with every one of them.
    fn unmarked(&mut self, inner: &[Inline], next: Option<char>, tried: &Self) {
        let emphasis = self.emphasis;
        let strong = self.strong;
        let struck = self.struck;
        self.emphasis = tried.emphasis;
        self.strong = tried.strong;
        self.struck = tried.struck;
        self.bare(inner, next);
        self.emphasis = emphasis;
        self.strong = strong;
        self.struck = struck;
    }

    fn marked(&mut self, mark: &str, inner: &[Inline], next: Option<char>) {
        let inner = merge_adjacent(inner);
        let mut inside = Self {
            emphasis: self.emphasis || mark == "*",
            strong: self.strong || mark == "**",
            struck: self.struck || mark == "~~",
            ..self.inside()
        };
        let flags = |writer: &Self| (writer.emphasis, writer.strong, writer.struck);
        if flags(&inside) == flags(self) {
            return self.bare(&inner, next);
        }
        // In front of the content stands something, which is neither a letter nor a space.
        inside.out.push('(');
        inside.all(&inner);
        let text = &inside.out[1..];
        let content = text.trim_matches(' ');
        if !self.fits(mark, text, next) {
            return self.unmarked(&inner, next, &inside);
        }
        if text.starts_with(' ') {
            self.space();
        }
        self.out.extend([mark, content, mark]);
        if text.ends_with(' ') {
            self.space();
        }
    }

    /// Whether marks around the text would be read as marks.
    fn fits(&self, mark: &str, text: &str, next: Option<char>) -> bool {
        let apart = |c: Option<char>| c.is_none_or(|c| is_blank(c) || c.is_ascii_punctuation());
        let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let collides = |c: char| mark.starts_with(c) || c == '\\';
        let content = text.trim_matches(' ');
        let before = self.out.chars().next_back().filter(|_| !text.starts_with(' '));
        let after = next.filter(|_| !text.ends_with(' '));
        !content.is_empty()
            && !["\\*", "\\~"]
                .iter()
                .any(|mark| content.starts_with(mark) || content.ends_with(mark))
            && !before.is_some_and(collides)
            && (apart(before) || letter(content.chars().next()))
            && (apart(after) || letter(content.chars().next_back()))
    }

    fn link(&mut self, to: &str, inner: &[Inline], next: Option<char>) {
        let inner = merge_adjacent(inner);
        let Some(target) = link_target(to).filter(|_| !self.link) else {
            return self.bare(&inner, next);
        };
        let text = raw_text(&[], &inner);
        let text = text.trim();
        let named = text.trim_end_matches('/') == to.trim().trim_end_matches('/');
        if to.starts_with("http") && named && !text.contains(ends_address) {
            return self.out.push_str(&format!("<{text}>"));
        }
        if text.is_empty() {
            return self.space();
        }
        let mut inside = Self { link: true, ..self.inside() };
        inside.out.push('[');
        inside.all(&inner);
        let content = inside.out[1..].trim_matches(' ');
        if inside.out.starts_with("[ ") {
            self.space();
        }
        self.out.push_str(&format!("[{content}]({target})"));
        if inside.out.ends_with(' ') {
            self.space();
        }
    }

    fn text(&mut self, text: &str, next: Option<char>) {
        let mut rest = text;
        while let Some(at) = find_address(rest).filter(|_| !self.link) {
            self.words(&rest[..at], Some('<'));
            let (length, written) = leading_address(&rest[at..]);
            match written {
                Some(link) => self.out.push_str(&link),
                None => self.code(&rest[at..at + length]),
            }
            rest = &rest[at + length..];
        }
        self.words(rest, next);
    }

    /// Words, with each character escaped that would mean something where it stands.
    fn words(&mut self, text: &str, follow: Option<char>) {
        let mut characters = text.char_indices().peekable();
        // The character before, if it marks emphasis, and whether it would mean something.
        let mut run: Option<(char, bool)> = None;
        while let Some((at, c)) = characters.next() {
            if is_blank(c) {
                self.space();
                run = None;
                continue;
            }
            let before = self.out.chars().next_back();
            let next = characters.peek().map(|(_, next)| *next);
            let met = next.is_none() && follow.is_some();
            // Of a run, each mark means what the first does; looking around it takes its length.
            let means = match run {
                Some((mark, means)) if mark == c => means,
                _ => self.means(c, before, next, &text[at..]),
            };
            run = matches!(c, '*' | '_').then_some((c, means));
            if means || (met && matches!(c, '<' | '!')) {
                self.out.push('\\');
            }
            self.out.push(c);
            if self.is_item_number(&text[at + c.len_utf8()..]) {
                self.out.push('\\');
            }
        }
    }

    /// Whether the line so far is a number, and what follows makes it that of an item.
    fn is_item_number(&self, rest: &str) -> bool {
        let mut rest = rest.chars();
        self.place == Place::Paragraph
            && matches!(rest.next(), Some('.' | ')'))
            && rest.next().is_none_or(is_blank)
            && (1..10).contains(&self.out.len())
            && self.out.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// Whether a character would mean something.
    fn means(&self, c: char, before: Option<char>, next: Option<char>, rest: &str) -> bool {
        let space = |c: Option<char>| c.is_none_or(is_blank);
        let starts = before.is_none() && self.place == Place::Paragraph;
        match c {
            '`' | '[' | ']' => true,
            '\\' => space(next) || next.is_some_and(|next| next.is_ascii_punctuation()),
            '<' => next.is_some_and(|next| next.is_ascii_alphabetic() || "/!?".contains(next)),
            '^' => before == Some('['),
            '*' | '_' => {
                let end = rest.find(|other| other != c);
                let after = end.and_then(|end| rest[end..].chars().next());
                let lettered = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
                let behind = self.out.trim_end_matches(c).chars().next_back();
                // At the end it would meet the mark of what it is in.
                let last = rest.trim_start_matches(c).chars().all(is_blank);
                let apart = space(behind) && space(after) && behind.is_some() && !last;
                let within = c == '_' && lettered(behind) && lettered(after);
                !apart && !within
            }
            '~' => self.tildes,
            '&' => is_entity(rest),
            '|' => starts || self.place == Place::Cell,
            '>' => starts,
            '#' => starts && space(rest.trim_start_matches('#').chars().next()),
            '+' => starts && space(next),
            '-' => starts && (space(next) || matches!(next, Some('-' | ':' | '|'))),
            ':' => starts && next == Some('-'),
            '=' => starts && (space(next) || next == Some('=')),
            _ => false,
        }
    }
}

/// Whether an ampersand begins what is read as another character.
fn is_entity(text: &str) -> bool {
    let name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'#';
    let length = text[1..].bytes().take(40).take_while(name).count();
    length > 0 && text.as_bytes().get(length + 1).is_none_or(|byte| *byte == b';')
}

/// The first character that is written of a part, but for marks that may be left out.
fn first_character(inline: &Inline) -> Option<char> {
    match inline {
        Inline::Text(text) => text.chars().next(),
        Inline::Code(_) => Some('`'),
        Inline::Emphasis(inner)
        | Inline::Strong(inner)
        | Inline::Struck(inner)
        | Inline::Link(_, inner) => inner.iter().find_map(first_character),
        Inline::Break => None,
    }
}

/// Where a link leads, if that is a place on the web, with nothing in it that ends the link.
fn link_target(to: &str) -> Option<String> {
    let to = to.trim();
    let web = to.strip_prefix("https://").or(to.strip_prefix("http://"));
    let mail = to.strip_prefix("mailto:").filter(|to| to.contains('@') && to.contains('.'));
    web.or(mail).filter(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '['))?;
    let mut target = String::with_capacity(to.len());
    for (at, c) in to.char_indices() {
        match c {
            '(' | ')' | '<' | '>' | '[' | ']' | '\\' | '"' | '\'' | '`' | '|' | '{' | '}' | '*'
            | ' ' => {
                target.push_str(&format!("%{:02X}", u32::from(c)));
            }
            '&' if is_entity(&to[at..]) => target.push_str("\\&"),
            c if is_blank(c) => {}
            c => target.push(c),
        }
    }
    Some(target)
}

/// Where the first address of a text begins.
fn find_address(text: &str) -> Option<usize> {
    let is_address =
        |&at: &usize| text[at..].starts_with("http://") || text[at..].starts_with("https://");
    text.match_indices("http").map(|(at, _)| at).find(is_address)
}

/// An address at the beginning of a text: how long it is, and how it is written as a link if it is
/// one; an address with places to fill in is none.
fn leading_address(text: &str) -> (usize, Option<String>) {
    let end = text.find(ends_address).unwrap_or(text.len());
    let template = text[end..].starts_with(['{', '<', '*', '['])
        && text[end + 1..].starts_with(|c: char| c.is_alphanumeric() || "_-.{<$".contains(c));
    let end = match template {
        true => text.find(|c| ends_address(c) && !"<>[]{}*".contains(c)).unwrap_or(text.len()),
        false => end,
    };
    let mut found = &text[..end];
    let open = found.matches('(').count();
    let mut closed = found.matches(')').count();
    while let Some(last) = found.chars().next_back() {
        match last {
            '.' | ',' | ';' | ':' | '!' | '?' => {}
            ')' if closed > open => closed -= 1,
            _ => break,
        }
        found = &found[..found.len() - 1];
    }
    let host = found.split_once("://").map_or("", |(_, host)| host);
    if template || !host.starts_with(|c: char| c.is_alphanumeric()) {
        return (found.len().max("http://".len()).min(end.max(1)), None);
    }
    (found.len(), Some(format!("<{found}>")))
}

/// Whether a character is none of an address in a text.
fn ends_address(c: char) -> bool {
    is_blank(c) || "<>[]{}\"'`|\\*".contains(c)
}
