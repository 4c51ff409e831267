//! What is made of prose: what reads well, and that nothing in it is run or refused.

mod judge;
mod property;
mod shapes;

use pulldown_cmark::{Event, Options, Parser};

use super::*;

fn written(text: &str) -> String {
    document_text([text]).lines.join("\n")
}

#[test]
fn markdown_is_written_in_one_form() {
    for (given, expected) in [
        ("Plain `code` and *emphasis*.", "Plain `code` and *emphasis*."),
        ("See https://example.com/a.", "See <https://example.com/a>."),
        ("See [guide](https://example.com).", "See [guide](https://example.com)."),
        ("See [guide](/guide) and [other].", "See guide and \\[other\\]."),
        ("Vec<String> and [x]", "Vec\\<String> and \\[x\\]"),
        ("Run:\n\n    cargo run\n\nDone.", "Run:\n\n```text\ncargo run\n```\n\nDone."),
        ("```\nlet x = 1;\n```", "```text\nlet x = 1;\n```"),
        ("```rust,should_panic\nlet x = 1;\n```", "```text\nlet x = 1;\n```"),
        ("~~~ json,ignore\n{}\n~~~", "```json\n{}\n```"),
        ("`a[0]` stays", "`a[0]` stays"),
        ("One\nparagraph.\n\n- an\n  item\n- two", "One paragraph.\n\n- an item\n- two"),
        ("> a\n> b", "> a b"),
        ("* a\n\n* b", "- a\n\n- b"),
        ("3) a\n   - b\n     c\n4) d", "3. a\n   - b c\n4. d"),
        ("Title\n===\n\nText\n---", "# Title\n\n## Text"),
        ("a|b\n-|-\n`1\\|2`|<br>3<br>", "| a | b |\n| --- | --- |\n| `1\\|2` | 3 |"),
        ("[![badge](https://a.b/c.png)](https://a.b)", "[badge](https://a.b)"),
        ("Text[^n].\n\n[^n]: a note", "Text\\[n\\].\n\n\\[n\\]: a note"),
        ("See [this][r].\n\n[r]: https://a.b/c", "See [this](https://a.b/c)."),
        ("2 * 3 < 4, a_b, 5*, C:\\x, 1 & 2", "2 * 3 < 4, a_b, 5\\*, C:\\x, 1 & 2"),
        ("# 1. of\n\n1\\. x\n\n\\- y", "# 1. of\n\n1\\. x\n\n\\- y"),
        ("a  \nb\\\nc", "a\\\nb\\\nc"),
        ("a\rb", "a b"),
        ("- [x] done", "- \\[x\\] done"),
        ("at https://{host}/a, https://a.b/{id}.", "at `https://{host}/a`, `https://a.b/{id}`."),
        ("[x](crate::y) [a](fn@b) [`Vec`]", "x a \\[`Vec`\\]"),
    ] {
        assert_eq!(written(given), expected, "{given:?}");
    }
}

#[test]
fn html_becomes_markdown() {
    for (given, expected) in [
        ("A <b>bold</b> and <i>fine</i> claim", "A **bold** and *fine* claim"),
        ("one<br/>two<br><br>three", "one\\\ntwo\n\nthree"),
        ("<p>one</p><p>two", "one\n\ntwo"),
        ("<p>\nsome <code>a_b</code> text\n</p>", "some `a_b` text"),
        ("<p>Some `code` and *more*.</p>", "Some `code` and *more*."),
        ("All: <ul><li>one</li><li>two</ul>end", "All:\n\n- one\n- two\n\nend"),
        ("<ol start=4><li><p>a</p><p>b</p><li>c</ol>", "4. a\n\n   b\n\n5. c"),
        ("<a href='https://a.b?x=1&amp;y=2'>text</a>", "[text](https://a.b?x=1&y=2)"),
        ("<a href=\"/docs\">text</a> <a name=x>y", "text y"),
        ("<ol start=18446744073709551615><li>a<li>b</ol>", "1. a\n2. b"),
        ("<h2>Head</h2>text<hr>more", "## Head\n\ntext\n\n***\n\nmore"),
        ("<img src=x alt='A &amp; B'> <img src=y>", "A & B"),
        (
            "<pre><code class=\"language-json\">{\n  \"a\": \"&lt;b&gt;\"\n}</code></pre>",
            "```json\n{\n  \"a\": \"<b>\"\n}\n```",
        ),
        ("<details><summary>More</summary>\n\n- a\n\n</details>", "**More**\n\n- a"),
        (
            "<details>\n<summary>Example</summary>\n```\nrun()\n```\n</details>",
            "**Example**\n\n```text\nrun()\n```",
        ),
        (
            "<table><tr><th>A<th>B<tr><td>1<td>a|b</table>",
            "| A | B |\n| --- | --- |\n| 1 | a\\|b |",
        ),
        ("<table>\n<tr><td>a</td></tr>\n</table>", "a"),
        ("a <!-- no --> b <?php no ?> c <!X> d <![CDATA[<e>]]>", "a b c d \\<e>"),
        ("<script>\nno()\n\nno()\n</script>\n\nyes", "yes"),
        ("a<script>no()</script>b", "ab"),
        ("<blockquote>a<p>b</blockquote>", "> a\n>\n> b"),
        ("<dl><dt>Term<dd>what it is</dl>", "**Term**\n\nwhat it is"),
        ("x<sup>2</sup>, H<sub>2</sub>O, <q>so</q>, <del>old</del>", "x^2, H2O, \"so\", ~~old~~"),
        (
            "Bearer <token>, <time>, <Response><Say>",
            "Bearer \\<token>, \\<time>, \\<Response>\\<Say>",
        ),
        ("a &lt;b&gt; &amp;amp; &copy; &nosuch;", "a \\<b> \\&amp; © \\&nosuch;"),
        ("<br>\nSome *text*:\n- one\n- two", "Some *text*:\n\n- one\n- two"),
        ("<div>\n<pre>\nhttps://a.b <i>x</i>\n</pre>\n</div>", "```text\nhttps://a.b x\n```"),
        ("<td>-</td>", "\\-"),
        ("<b>a</b>b <b>\"c\"</b>d", "**a**b \"c\"d"),
    ] {
        assert_eq!(written(given), expected, "{given:?}");
    }
}

#[test]
fn what_is_written_stays_as_it_is() {
    for shape in shapes::SHAPES {
        let once = written(shape);
        assert_eq!(written(&once), once, "{shape:?}");
    }
}

#[test]
fn what_is_meant_is_shown() {
    for shape in shapes::SHAPES {
        let text = shape.trim().replace("\r\n", "\n").replace('\r', "\n");
        let meant = tree::raw_text(&read::parse_blocks(&text), &[]);
        assert_eq!(shown(&written(shape)), unspaced(&meant), "{shape:?}");
    }
}

/// What a reader of the Markdown sees, without spaces.
fn shown(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let texts = Parser::new_ext(markdown, options).map(|event| match event {
        Event::Text(text) | Event::Code(text) => unspaced(&text),
        _ => String::new(),
    });
    texts.collect()
}

fn unspaced(text: &str) -> String {
    text.replace(|c: char| c.is_whitespace() || is_invisible(c), "")
}

#[test]
fn code_is_code_whatever_is_in_it() {
    for (given, expected) in [
        ("a", "`a`"),
        ("a`b", "``a`b``"),
        ("a``b`c", "```a``b`c```"),
        ("`", "`` ` ``"),
        (" a", "`  a `"),
        ("", "`\"\"`"),
        (" ", "`\" \"`"),
        ("a\nb\u{202e}c", "`a b c`"),
    ] {
        assert_eq!(code_span(given), expected);
        assert!(check::is_prose(&code_span(given)), "{given:?}");
    }
}

#[test]
fn a_line_is_one_line() {
    assert_eq!(one_line("# API\n- of <b>x</b>\n```"), "\\# API - of **x** \\`\\`\\`");
    assert_eq!(one_line("1. of"), "1\\. of");
    assert_eq!(one_line("1.0"), "1.0");
}

#[test]
fn words_alone_are_prose() {
    for shape in shapes::SHAPES {
        let plain = plain_lines(&read::parse_blocks(shape)).join("\n");
        assert!(check::is_prose(&plain), "{shape:?}: {plain}");
    }
}

#[test]
fn what_is_no_prose_is_found() {
    for text in [
        "```\nx\n```",
        "```rust\nx\n```",
        "```text,rust\nx\n```",
        "a\n\n    x",
        "<b>x",
        "<div>",
        "[x]",
        "[x][]",
        "[x](y)",
        "![x](https://a.b)",
        "see https://a.b",
        "a ` b",
        "[^x]\n\n[^x]: y",
        "- [ ] x",
    ] {
        assert!(!check::is_prose(text), "{text:?}");
    }
}

#[test]
fn paragraphs_are_apart() {
    assert_eq!(document_text(["One", "", "Two"]).lines, ["One", "", "Two"]);
}

#[test]
fn hostile_texts_take_no_time() {
    let long = |part: &str| part.repeat(200_000 / part.len());
    for part in [
        "<b>",
        "> ",
        "<ul><li>",
        "`",
        "`` ",
        "<!--",
        "<a '",
        "*a _b",
        "[",
        "&",
        "- ",
        "<p",
        "~~~\n",
        "](",
        "<pre>",
        "http://a ",
        "https://a ",
    ] {
        let text = long(part);
        let start = std::time::Instant::now();
        assert!(check::is_prose(&written(&text)), "{part:?}");
        assert!(start.elapsed().as_secs() < 10, "{part:?}: {:?}", start.elapsed());
    }
}

#[test]
fn a_table_of_one_wide_row_and_many_short_ones_is_no_longer_than_it_was() {
    let cells = "<td>a".repeat(10_000);
    let rows = "<tr><td>b".repeat(10_000);
    let text = format!("<table><tr>{cells}{rows}</table>");
    assert!(written(&text).len() < 2 * text.len());
}
