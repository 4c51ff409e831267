//! Texts in another charset than UTF-8, as the Encoding Standard reads them.

/// The characters of windows-1252 from 0x80 to 0x9F; all others are those of Unicode.
const WINDOWS_1252: [char; 32] = [
    '\u{20AC}', '\u{81}', '\u{201A}', '\u{192}', '\u{201E}', '\u{2026}', '\u{2020}', '\u{2021}',
    '\u{2C6}', '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8D}', '\u{17D}', '\u{8F}',
    '\u{90}', '\u{2018}', '\u{2019}', '\u{201C}', '\u{201D}', '\u{2022}', '\u{2013}', '\u{2014}',
    '\u{2DC}', '\u{2122}', '\u{161}', '\u{203A}', '\u{153}', '\u{9D}', '\u{17E}', '\u{178}',
];

/// A text in the charset that its `Content-Type` says, or why it cannot be read.
pub(crate) fn decode(body: &[u8], content_type: &str) -> Result<String, String> {
    let charset = charset(content_type);
    match &*charset {
        "utf-8" | "utf8" | "" => {
            String::from_utf8(body.to_vec()).map_err(|error| error.to_string())
        }
        "iso-8859-1" | "iso8859-1" | "latin1" | "windows-1252" | "cp1252" => Ok(western(body)),
        "us-ascii" | "ascii" => {
            Ok(String::from_utf8(body.to_vec()).unwrap_or_else(|_| western(body)))
        }
        "utf-16" | "utf-16le" | "utf-16be" => utf_16(body, charset == "utf-16be"),
        // What nearly all others have in common.
        _ if body.is_ascii() => Ok(body.iter().copied().map(char::from).collect()),
        other => Err(format!("the charset `{other}` is not supported")),
    }
}

/// JSON that is not in UTF-8, in UTF-8. It must be (RFC 8259, section 8.1), and a charset means
/// nothing there; but without this such a response could not be read at all.
pub(crate) fn recode(body: &[u8], content_type: &str) -> Option<Vec<u8>> {
    let wide = charset(content_type).starts_with("utf-16");
    let foreign = wide || std::str::from_utf8(body).is_err();
    foreign.then(|| decode(body, content_type).ok()).flatten().map(String::into_bytes)
}

/// The parameter `charset`, in lower case.
fn charset(content_type: &str) -> String {
    let parameters = content_type.split(';').skip(1).filter_map(|part| part.split_once('='));
    let mut charsets = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    let value = charsets.next().map_or("", |(_, value)| value.trim().trim_matches(['"', '\'']));
    value.to_ascii_lowercase()
}

fn western(body: &[u8]) -> String {
    body.iter().filter_map(|byte| western_char(*byte)).collect()
}

fn western_char(byte: u8) -> Option<char> {
    match byte {
        0x80..=0x9f => WINDOWS_1252.get(usize::from(byte - 0x80)).copied(),
        _ => Some(char::from(byte)),
    }
}

/// Without a byte order mark, the order is the charset's.
fn utf_16(body: &[u8], big: bool) -> Result<String, String> {
    let (body, big) = match body {
        [0xfe, 0xff, rest @ ..] => (rest, true),
        [0xff, 0xfe, rest @ ..] => (rest, false),
        _ => (body, big),
    };
    let (pairs, []) = body.as_chunks::<2>() else {
        return Err("its UTF-16 is truncated".to_owned());
    };
    let read = if big { u16::from_be_bytes } else { u16::from_le_bytes };
    let units: Vec<u16> = pairs.iter().copied().map(read).collect();
    String::from_utf16(&units).map_err(|error| error.to_string())
}
