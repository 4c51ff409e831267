//! Whether rustdoc will take a text for prose.

use std::ops::Range;

use pulldown_cmark::{
    BrokenLink, CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd,
};

use super::html::LANGUAGES;

/// Whether there is nothing in it that rustdoc would run, refuse or warn of.
pub(super) fn is_prose(markdown: &str) -> bool {
    // As rustdoc reads what it shows, and as it looks for examples.
    let shown = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_SMART_PUNCTUATION;
    [shown, Options::empty()].into_iter().all(|options| is_harmless(markdown, options))
}

fn is_harmless(markdown: &str, options: Options) -> bool {
    // rustdoc takes `[Name]` for a link to an item.
    let mut item = |_: BrokenLink<'_>| Some((CowStr::from(""), CowStr::from("")));
    let parser = Parser::new_with_broken_link_callback(markdown, options, Some(&mut item));
    let mut quiet = 0;
    parser.into_offset_iter().all(|(event, range)| match event {
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
            quiet += 1;
            LANGUAGES.contains(&&*language)
        }
        Event::Start(Tag::Link { link_type, dest_url, .. }) => {
            quiet += 1;
            matches!(link_type, LinkType::Inline | LinkType::Autolink) && leads_out(&dest_url)
        }
        Event::End(TagEnd::CodeBlock | TagEnd::Link) => {
            quiet -= 1;
            true
        }
        Event::Text(text) => quiet > 0 || is_text(markdown, &text, range),
        Event::Start(
            Tag::CodeBlock(CodeBlockKind::Indented)
            | Tag::Image { .. }
            | Tag::HtmlBlock
            | Tag::FootnoteDefinition(_),
        )
        | Event::Html(_)
        | Event::InlineHtml(_)
        | Event::FootnoteReference(_)
        | Event::TaskListMarker(_) => false,
        _ => true,
    })
}

fn leads_out(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://") || url.starts_with("mailto:")
}

/// Whether a text has neither a bare address nor a backtick that nothing escapes.
fn is_text(markdown: &str, text: &str, range: Range<usize>) -> bool {
    let escaped = text.strip_prefix('`').filter(|_| markdown[..range.start].ends_with('\\'));
    !escaped.unwrap_or(text).contains('`')
        && !has_address(text, "http://")
        && !has_address(text, "https://")
}

/// Whether an address with this scheme is in a text.
fn has_address(text: &str, scheme: &str) -> bool {
    let marks = |c: char| c.is_alphanumeric() || "-@:%._+~#=".contains(c);
    text.match_indices(scheme).any(|(at, _)| text[at + scheme.len()..].starts_with(marks))
}
