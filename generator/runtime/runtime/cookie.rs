//! Cookie parameters whose values are not escaped (`style: cookie`).

use percent_encoding::percent_decode_str;
use serde::Serialize;

use super::parameter::{expand, strict};
use super::{Call, Style, number};

impl Call {
    /// Sets a cookie parameter without escaping it. Its values cannot contain what ends a cookie.
    pub fn plain_cookie<T: Serialize + ?Sized>(self, name: &str, value: &T, style: Style) -> Self {
        self.set(number::text(value), &mut |parts, value| {
            // Escaped first, because an exploded value is several cookies.
            let Some(text) = expand(name, value, style, strict) else { return Ok(()) };
            let mut cookies = Vec::new();
            for cookie in text.split('&') {
                let cookie = percent_decode_str(cookie).decode_utf8_lossy().into_owned();
                if cookie.contains(';') {
                    return Err(format!("cookie `{name}` contains a semicolon"));
                }
                cookies.push(cookie);
            }
            parts.set_cookie(name, Some(cookies.join("; ")));
            Ok(())
        })
    }
}
