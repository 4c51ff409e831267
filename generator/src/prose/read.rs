//! Markdown, with the HTML in it, read into blocks.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::frame::{Frame, group_blocks};
use super::html::{self, Role, Token};
use super::tree::{Block, Inline, flatten_blocks};

/// The blocks of a text.
pub(super) fn parse_blocks(markdown: &str) -> Vec<Block> {
    let mut reader = Reader::default();
    reader.read(markdown);
    reader.finish()
}

/// A text of one line, in which nothing is a block.
pub(super) fn parse_inlines(markdown: &str) -> Vec<Inline> {
    let mut reader = Reader::default();
    reader.line(markdown);
    flatten_blocks(reader.finish(), Vec::new())
}

/// How deep blocks and elements may be in each other; deeper ones are taken for what is around them.
const DEPTH: usize = 32;

/// The syntax that rustdoc knows. Its quotation marks change nothing but themselves.
fn markdown_options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
}

#[derive(Default)]
struct Reader {
    root: Frame,
    frames: Vec<Frame>,
    /// What became of each construct of Markdown that has begun.
    begun: Vec<Begun>,
    /// The HTML block that is being read.
    html: Option<String>,
    /// Where paragraphs continue what is around them: they stand in an element.
    joined: Option<usize>,
}

enum Begun {
    /// At this place among the frames.
    Frame(usize),
    /// A paragraph that continues what is around it.
    Joined,
    Skipped,
}

impl Reader {
    fn read(&mut self, markdown: &str) {
        for event in Parser::new_ext(markdown, markdown_options()) {
            self.take(event);
        }
    }

    /// Reads text as a part of a line. The word in front keeps its beginning from meaning a block.
    fn line(&mut self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        let line = format!("x {}", text.split_whitespace().collect::<Vec<_>>().join(" "));
        let mut first = true;
        for event in Parser::new_ext(&line, markdown_options()) {
            match event {
                Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => {}
                Event::Text(own) if std::mem::take(&mut first) => {
                    self.text(own.strip_prefix("x ").unwrap_or(&own));
                }
                event => self.take(event),
            }
        }
    }

    fn finish(mut self) -> Vec<Block> {
        while !self.frames.is_empty() {
            self.close(false);
        }
        self.root.flush();
        group_blocks(self.root.blocks)
    }

    fn take(&mut self, event: Event<'_>) {
        if let Some(html) = &mut self.html {
            match event {
                Event::End(TagEnd::HtmlBlock) => {
                    let html = self.html.take().unwrap_or_default();
                    self.html_block(&html);
                }
                Event::Html(text) | Event::Text(text) => html.push_str(&text),
                _ => {}
            }
            return;
        }
        match event {
            Event::Start(Tag::HtmlBlock) => self.html = Some(String::new()),
            Event::Start(tag) => self.start(tag),
            Event::End(_) => self.end(),
            Event::Text(text) => self.text(&text),
            Event::Code(text) => self.inline(Inline::Code(text.into_string())),
            Event::Html(html) | Event::InlineHtml(html) => self.inline_html(&html),
            Event::SoftBreak => self.text(if self.is_raw() { "\n" } else { " " }),
            Event::HardBreak => self.inline(Inline::Break),
            Event::Rule => self.block(Block::Rule),
            Event::FootnoteReference(label) => self.text(&format!("[{label}]")),
            Event::TaskListMarker(done) => self.text(if done { "[x] " } else { "[ ] " }),
            Event::InlineMath(text) | Event::DisplayMath(text) => self.text(&text),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        let role = match tag {
            Tag::Paragraph if self.joined == Some(self.frames.len()) => {
                if !self.top().inlines.is_empty() {
                    self.top().inlines.extend([Inline::Break, Inline::Break]);
                }
                self.begun.push(Begun::Joined);
                return;
            }
            Tag::Paragraph => {
                let frame = self.top();
                frame.loose |= frame.role == Some(Role::Item);
                Role::Flow
            }
            Tag::Heading { level, .. } => Role::Heading(level as usize),
            Tag::BlockQuote(_) => Role::Quote,
            Tag::CodeBlock(CodeBlockKind::Indented) => Role::Pre("text"),
            Tag::CodeBlock(CodeBlockKind::Fenced(word)) => Role::Pre(html::code_language(&word)),
            Tag::List(start) => Role::List(start),
            Tag::Item => Role::Item,
            Tag::FootnoteDefinition(label) => Role::Note(label.into_string()),
            Tag::Table(_) => Role::Table,
            Tag::TableHead | Tag::TableRow => Role::Row,
            Tag::TableCell => Role::Cell,
            Tag::Emphasis => Role::Emphasis,
            Tag::Strong => Role::Strong,
            Tag::Strikethrough => Role::Struck,
            Tag::Link { dest_url, .. } => Role::Link(dest_url.into_string()),
            Tag::Image { .. } => Role::Plain,
            _ => Role::Flow,
        };
        let begun = match self.frames.len() < DEPTH {
            true => Begun::Frame(self.frames.len()),
            false => Begun::Skipped,
        };
        if matches!(begun, Begun::Frame(_)) {
            self.frames.push(Frame { role: Some(role), ..Frame::default() });
        }
        self.begun.push(begun);
    }

    fn end(&mut self) {
        if let Some(Begun::Frame(at)) = self.begun.pop() {
            while self.frames.len() > at + 1 {
                self.close(false);
            }
            self.close(true);
        }
    }

    fn html_block(&mut self, html: &str) {
        for token in html::tokenize_html(html) {
            match token {
                Token::Text(text) => self.markdown_in_html(text),
                Token::Raw(text) => self.raw_text(text),
                Token::Open(tag) => self.open(&tag),
                Token::Close(name) => self.close_element(&name),
            }
        }
    }

    fn inline_html(&mut self, html: &str) {
        for token in html::tokenize_html(html) {
            match token {
                Token::Text(text) => self.text(text),
                Token::Raw(text) => self.raw_text(text),
                Token::Open(tag) => self.open(&tag),
                Token::Close(name) => self.close_element(&name),
            }
        }
    }

    /// Text between the tags of an HTML block. Strictly there is no Markdown in it, but many write some.
    fn markdown_in_html(&mut self, text: &str) {
        if self.is_raw() {
            return self.raw_text(text);
        }
        if text.starts_with(char::is_whitespace) {
            self.text(" ");
        }
        let lines = text.trim_start_matches([' ', '\t']);
        if self.joined.is_none() && (lines.starts_with('\n') || lines.lines().any(begins_fence)) {
            self.joined = Some(self.frames.len());
            self.read(&remove_indentation(lines));
            self.joined = None;
        } else {
            self.line(text);
        }
        if text.ends_with(char::is_whitespace) {
            self.text(" ");
        }
    }

    fn open(&mut self, tag: &html::Tag<'_>) {
        while let Some(at) = self.frames.iter().rposition(|frame| {
            frame.name.as_ref().is_none_or(|open| {
                html::ends_element(&tag.role, &tag.name, open) || html::is_enclosing(open)
            })
        }) {
            let ended = self.frames[at]
                .name
                .as_ref()
                .is_some_and(|open| html::ends_element(&tag.role, &tag.name, open));
            if !ended {
                break;
            }
            self.close_to(at);
        }
        match &tag.role {
            Role::Break => self.inline(Inline::Break),
            Role::Rule => self.block(Block::Rule),
            Role::Image => {
                self.text(&html::find_attribute(tag.attributes, "alt").unwrap_or_default())
            }
            Role::Void if html::may_be_placeholder(tag) => self.text(tag.source),
            Role::Void => {}
            _ => self.push(tag),
        }
    }

    fn push(&mut self, tag: &html::Tag<'_>) {
        let attribute = |name| html::find_attribute(tag.attributes, name);
        let word = attribute("class").or(attribute("lang")).unwrap_or_default();
        let role = match &tag.role {
            Role::Link(_) => Role::Link(attribute("href").unwrap_or_default()),
            Role::List(Some(_)) => Role::List(Some(
                attribute("start").and_then(|start| start.parse().ok()).unwrap_or(1),
            )),
            Role::Pre(_) => Role::Pre(html::code_language(&word)),
            other => other.clone(),
        };
        if let (Role::Code, Some(Frame { role: Some(Role::Pre(language)), .. })) =
            (&role, self.frames.last_mut())
            && !word.is_empty()
        {
            *language = html::code_language(&word);
        }
        if self.frames.len() < DEPTH {
            let source = html::may_be_placeholder(tag).then(|| tag.source.to_owned());
            let name = Some(tag.name.clone());
            self.frames.push(Frame { role: Some(role), name, source, ..Frame::default() });
        }
        if tag.source.ends_with("/>") {
            self.close_element(&tag.name);
        }
    }

    fn close_element(&mut self, name: &str) {
        if name == "br" {
            return self.inline(Inline::Break);
        }
        let own = self.frames.iter().rev().take_while(|frame| frame.name.is_some());
        let Some(above) =
            own.map(|frame| frame.name.as_deref()).position(|open| open == Some(name))
        else {
            return;
        };
        self.close_to(self.frames.len() - 1 - above);
    }

    /// Closes what is open down to this frame.
    fn close_to(&mut self, at: usize) {
        while self.frames.len() > at + 1 {
            self.close(false);
        }
        self.close(true);
    }

    /// Closes the innermost frame.
    fn close(&mut self, ended: bool) {
        let Some(frame) = self.frames.pop() else {
            return;
        };
        self.top().add(frame, ended);
    }

    fn top(&mut self) -> &mut Frame {
        self.frames.last_mut().unwrap_or(&mut self.root)
    }

    /// Whether all text is kept as it is.
    fn is_raw(&self) -> bool {
        let raw = |frame: &Frame| matches!(frame.role, Some(Role::Pre(_) | Role::Code));
        self.frames.iter().any(raw)
    }

    fn text(&mut self, text: &str) {
        self.inline(Inline::Text(text.to_owned()));
    }

    fn raw_text(&mut self, text: &str) {
        self.text(&html::decode_entities(text));
    }

    fn inline(&mut self, inline: Inline) {
        self.top().inlines.push(inline);
    }

    fn block(&mut self, block: Block) {
        self.top().blocks(vec![block]);
    }
}

/// The lines without the indentation that all of them have.
fn remove_indentation(text: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    let common = lines().map(indent).min().unwrap_or(0);
    text.lines().map(|line| format!("{}\n", line.get(common..).unwrap_or(""))).collect()
}

/// Whether a line begins or ends a fenced block of code.
fn begins_fence(line: &str) -> bool {
    line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~")
}
