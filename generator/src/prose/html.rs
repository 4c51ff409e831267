//! HTML as it stands in Markdown: tags, and text between them.

use pulldown_cmark::{Event, Parser};

/// A piece of HTML.
#[derive(Debug)]
pub(super) enum Token<'t> {
    /// Text, with whatever Markdown is in it.
    Text(&'t str),
    /// Text without Markdown: in `<pre>`, in `<code>`, in CDATA.
    Raw(&'t str),
    Open(Tag<'t>),
    /// The name of a closing tag.
    Close(String),
}

/// An opening tag of an element that is known.
#[derive(Debug)]
pub(super) struct Tag<'t> {
    /// In lower case.
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) attributes: &'t str,
    /// The whole tag.
    pub(super) source: &'t str,
}

/// What an element, or the Markdown that means the same, does with what is in it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Role {
    /// Stands apart.
    Flow,
    /// Stands apart, as the title of what follows.
    Title,
    Heading(usize),
    Quote,
    List(Option<u64>),
    Item,
    Table,
    Row,
    Cell,
    Pre(&'static str),
    /// A footnote.
    Note(String),
    Emphasis,
    Strong,
    Struck,
    Code,
    Link(String),
    Superscript,
    Quotation,
    /// Nothing that Markdown could show.
    Plain,
    /// Its content is nothing to read.
    Hidden,
    Break,
    Image,
    Rule,
    /// No content, and nothing to show.
    Void,
}

/// What an element is for; of one that HTML does not have, nothing is known.
fn element_role(name: &str) -> Option<Role> {
    Some(match name {
        "address" | "article" | "aside" | "body" | "caption" | "center" | "dd" | "details"
        | "div" | "dl" | "fieldset" | "figcaption" | "figure" | "footer" | "form" | "header"
        | "hgroup" | "html" | "legend" | "main" | "nav" | "p" | "search" | "section" | "tbody"
        | "tfoot" | "thead" => Role::Flow,
        "dt" | "summary" => Role::Title,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
            Role::Heading(usize::from(name.as_bytes()[1] - b'0'))
        }
        "blockquote" => Role::Quote,
        "ul" | "menu" | "dir" => Role::List(None),
        "ol" => Role::List(Some(1)),
        "li" => Role::Item,
        "table" => Role::Table,
        "tr" => Role::Row,
        "td" | "th" => Role::Cell,
        "pre" | "listing" | "textarea" | "xmp" => Role::Pre("text"),
        "em" | "i" | "cite" | "dfn" => Role::Emphasis,
        "b" | "strong" => Role::Strong,
        "del" | "s" | "strike" => Role::Struck,
        "code" | "kbd" | "samp" | "tt" | "var" => Role::Code,
        "a" => Role::Link(String::new()),
        "sup" => Role::Superscript,
        "q" => Role::Quotation,
        "abbr" | "acronym" | "bdi" | "bdo" | "big" | "button" | "data" | "font" | "ins"
        | "label" | "mark" | "meter" | "object" | "option" | "output" | "picture" | "progress"
        | "ruby" | "select" | "small" | "span" | "sub" | "time" | "title" | "u" => Role::Plain,
        "head" | "iframe" | "noscript" | "script" | "style" | "svg" | "template" | "video"
        | "audio" | "canvas" | "math" => Role::Hidden,
        "br" => Role::Break,
        "img" => Role::Image,
        "hr" => Role::Rule,
        "area" | "base" | "col" | "colgroup" | "embed" | "input" | "link" | "meta" | "param"
        | "source" | "track" | "wbr" => Role::Void,
        _ => return None,
    })
}

/// Elements that are words too: `<time>`, without an attribute and never closed, is a placeholder.
pub(super) fn may_be_placeholder(tag: &Tag<'_>) -> bool {
    let words = [
        "address", "area", "audio", "base", "body", "button", "caption", "code", "data", "dir",
        "embed", "form", "head", "header", "input", "label", "link", "main", "map", "mark", "math",
        "menu", "meta", "object", "option", "output", "param", "picture", "progress", "script",
        "search", "section", "select", "source", "style", "summary", "table", "template", "time",
        "title", "track", "var", "video",
    ];
    tag.attributes.trim().is_empty() && words.contains(&&*tag.name)
}

/// The pieces of HTML, in their order. What is no tag, or one of an unknown element, is text.
pub(super) fn tokenize_html(html: &str) -> Vec<Token<'_>> {
    let mut scanner = Scanner { html, at: 0, start: 0, raw: None, tokens: Vec::new() };
    while scanner.at < html.len() {
        scanner.step();
    }
    scanner.text();
    scanner.tokens
}

struct Scanner<'t> {
    html: &'t str,
    at: usize,
    /// Where the text begins that is no token yet.
    start: usize,
    /// The element whose content is no Markdown.
    raw: Option<String>,
    tokens: Vec<Token<'t>>,
}

impl<'t> Scanner<'t> {
    fn step(&mut self) {
        let html = self.html;
        let rest = &html[self.at..];
        match rest.as_bytes()[0] {
            b'`' | b'~' if self.raw.is_none() => self.at += code_length(html, self.at),
            b'<' => match markup_length(rest) {
                Some((length, token)) => {
                    self.text();
                    self.at += length;
                    self.start = self.at;
                    self.push(token);
                }
                None => self.at += 1,
            },
            _ => {
                let mut next = rest.match_indices(['<', '`', '~']).map(|(at, _)| at);
                self.at += next.find(|&at| at > 0).unwrap_or(rest.len());
            }
        }
    }

    /// Ends the text before this place.
    fn text(&mut self) {
        let end = self.at.min(self.html.len());
        if self.start < end {
            let text = &self.html[self.start..end];
            self.tokens.push(if self.raw.is_some() { Token::Raw(text) } else { Token::Text(text) });
        }
        self.start = end;
    }

    fn push(&mut self, token: Option<Token<'t>>) {
        let Some(token) = token else { return };
        match &token {
            Token::Open(tag) if matches!(&*tag.name, "script" | "style" | "textarea" | "xmp") => {
                self.opaque(tag.name.clone());
            }
            Token::Open(tag) if matches!(tag.role, Role::Pre(_) | Role::Code) => {
                self.raw.get_or_insert_with(|| tag.name.clone());
            }
            Token::Close(name) if self.raw.as_ref() == Some(name) => self.raw = None,
            _ => {}
        }
        // What an opaque element holds was read with it.
        match token {
            Token::Open(tag) if self.at > self.start => {
                let content = &self.html[self.start..self.at];
                let name = tag.name.clone();
                self.tokens.extend([Token::Open(tag), Token::Raw(content), Token::Close(name)]);
                self.at +=
                    self.html[self.at..].find('>').map_or(self.html.len() - self.at, |end| end + 1);
                self.start = self.at;
            }
            token => self.tokens.push(token),
        }
    }

    /// Goes to the end of an element in which there are no tags.
    fn opaque(&mut self, name: String) {
        let rest = &self.html[self.start..];
        let mut ends = rest.match_indices("</").map(|(at, _)| at);
        let end = ends.find(|&at| {
            let found = rest[at + 2..].get(..name.len());
            found.is_some_and(|found| found.eq_ignore_ascii_case(&name))
        });
        self.at = self.start + end.unwrap_or(rest.len());
    }
}

/// How long the code is that begins here: a fenced block at the beginning of a line, or a span on
/// one. What looks like a tag in it is none.
fn code_length(html: &str, at: usize) -> usize {
    let rest = &html[at..];
    let mark = rest.as_bytes()[0];
    let run = rest.bytes().take_while(|&byte| byte == mark).count();
    let indent = html[..at].trim_end_matches([' ', '>']);
    if run >= 3 && (indent.is_empty() || indent.ends_with('\n')) {
        let mut length = 0;
        for (index, line) in rest.split_inclusive('\n').enumerate() {
            length += line.len();
            let marks = line.trim_start_matches([' ', '>']).trim_end();
            if index > 0 && marks.len() >= run && marks.bytes().all(|byte| byte == mark) {
                break;
            }
        }
        return length;
    }
    if mark == b'~' {
        return run;
    }
    let behind = &rest[run..];
    let near = behind.char_indices().nth(SPAN).map_or(behind, |(end, _)| &behind[..end]);
    let line = near.split('\n').next().unwrap_or_default();
    line.find(&rest[..run]).map_or(run, |end| run + end + run)
}

/// The longest code span, in characters, that is looked for among tags.
const SPAN: usize = 500;

/// How long the markup is that the text begins with, and what it says, if it says something.
fn markup_length(text: &str) -> Option<(usize, Option<Token<'_>>)> {
    if text.starts_with("<!--") {
        return Some((end_of(text, "-->", 2), None));
    }
    if let Some(data) = text.strip_prefix("<![CDATA[") {
        let end = end_of(text, "]]>", 9);
        let content = data.split("]]>").next().unwrap_or_default();
        return Some((end, Some(Token::Raw(content))));
    }
    if text.starts_with("<?") {
        return Some((end_of(text, "?>", 2), None));
    }
    if text[1..].starts_with('!') && text[2..].starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Some((end_of(text, ">", 2), None));
    }
    let closing = text[1..].starts_with('/');
    let from = if closing { 2 } else { 1 };
    let name_end = text[from..]
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_' && c != ':' && c != '.')
        .map_or(text.len(), |at| from + at);
    let name = text[from..name_end].to_ascii_lowercase();
    let role = element_role(&name)?;
    let length = tag_end(text, name_end)?;
    if closing {
        return Some((length, Some(Token::Close(name))));
    }
    let attributes = text[name_end..length - 1].trim_end_matches('/');
    let source = &text[..length];
    Some((length, Some(Token::Open(Tag { name, role, attributes, source }))))
}

/// The end of a tag, behind its `>`; a `>` in quotes does not count.
fn tag_end(text: &str, name_end: usize) -> Option<usize> {
    if !text[name_end..].starts_with(|c: char| c.is_whitespace() || c == '>' || c == '/') {
        return None;
    }
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate().skip(name_end).take(ATTRIBUTES) {
        match (byte, quote) {
            (b'>', None) => return Some(at + 1),
            (b'<', None) => return None,
            (b'"' | b'\'', None) => quote = Some(byte),
            (_, Some(open)) if byte == open => quote = None,
            _ => {}
        }
    }
    None
}

/// The longest tag, in bytes.
const ATTRIBUTES: usize = 4_000;

/// The value of an attribute.
pub(super) fn find_attribute(attributes: &str, wanted: &str) -> Option<String> {
    let mut rest = attributes.trim_start();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        let name = &rest[..end];
        rest = rest[end..].trim_start();
        let mut value = "";
        if let Some(behind) = rest.strip_prefix('=') {
            rest = behind.trim_start();
            let quote = rest.chars().next().filter(|c| *c == '"' || *c == '\'');
            let (own, behind) = match quote {
                Some(quote) => rest[1..].split_once(quote).unwrap_or((&rest[1..], "")),
                None => rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())),
            };
            value = own;
            rest = behind.trim_start();
        }
        if name.eq_ignore_ascii_case(wanted) {
            return Some(decode_entities(value));
        }
    }
    None
}

/// Text with its entities replaced.
pub(super) fn decode_entities(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        clean.push_str(&rest[..at]);
        rest = &rest[at..];
        let name = rest[1..]
            .bytes()
            .take(32)
            .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#')
            .count();
        let whole = rest.get(..name + 2).filter(|whole| whole.ends_with(';'));
        let letter = whole.and_then(decode_entity);
        clean.push_str(letter.as_deref().unwrap_or("&"));
        rest = &rest[if letter.is_some() { name + 2 } else { 1 }..];
    }
    clean.push_str(rest);
    clean
}

/// What an entity stands for.
fn decode_entity(whole: &str) -> Option<String> {
    let text = Parser::new(whole).find_map(|event| match event {
        Event::Text(text) => Some(text.into_string()),
        _ => None,
    })?;
    (whole == "&amp;" || (text != "&" && text != whole)).then_some(text)
}

/// Whether an element that opens ends one that is open: a paragraph ends before a block, an item before the next.
pub(super) fn ends_element(opening: &Role, name: &str, open: &str) -> bool {
    match open {
        "p" => matches!(
            opening,
            Role::Flow
                | Role::Title
                | Role::Heading(_)
                | Role::Quote
                | Role::List(_)
                | Role::Item
                | Role::Table
                | Role::Row
                | Role::Cell
                | Role::Pre(_)
        ),
        "li" => *opening == Role::Item,
        "dt" | "dd" => matches!(name, "dt" | "dd"),
        "td" | "th" => matches!(opening, Role::Cell | Role::Row),
        "tr" => *opening == Role::Row,
        _ => false,
    }
}

/// Whether an open element keeps what opens in it from ending what is around it.
pub(super) fn is_enclosing(open: &str) -> bool {
    matches!(
        open,
        "ul" | "ol"
            | "menu"
            | "dir"
            | "table"
            | "dl"
            | "blockquote"
            | "div"
            | "details"
            | "section"
    )
}

/// A block of code in one of the languages that rustdoc does not take for Rust.
pub(super) fn code_language(word: &str) -> &'static str {
    let word = word.strip_prefix("language-").unwrap_or(word);
    let first = word.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    LANGUAGES.iter().find(|known| known.eq_ignore_ascii_case(first)).copied().unwrap_or("text")
}

/// Languages that may be named in a block of code.
pub(super) const LANGUAGES: &[&str] = &[
    "text",
    "json",
    "bash",
    "sh",
    "shell",
    "http",
    "xml",
    "yaml",
    "html",
    "javascript",
    "python",
    "curl",
    "sql",
    "console",
    "css",
    "csv",
    "diff",
    "go",
    "graphql",
    "ini",
    "java",
    "js",
    "kotlin",
    "php",
    "powershell",
    "protobuf",
    "ruby",
    "swift",
    "toml",
    "ts",
    "typescript",
    "yml",
];

/// Where a mark ends that is looked for from here, or the text.
fn end_of(text: &str, mark: &str, from: usize) -> usize {
    text[from..].find(mark).map_or(text.len(), |at| from + at + mark.len())
}
