//! Form bodies (`application/x-www-form-urlencoded`).

use http::header;
use serde::Serialize;

use super::parameter::{expand, members, reserved, strict};
use super::{Call, Style, number};

const FORM: &str = "application/x-www-form-urlencoded";

impl Call {
    /// Sends the members of `value` as a form. Lists repeat their name and objects are JSON text,
    /// unless `styles` (OpenAPI's `encoding`) says otherwise. In the members that `reserve` names,
    /// reserved characters stay (`allowReserved`), but for `&` and `+`, which mean something else in
    /// a form.
    pub fn form<T: Serialize + ?Sized>(
        self,
        value: &T,
        styles: &[(&str, Style)],
        reserve: &[&str],
    ) -> Self {
        let mut text = String::new();
        let call = self.set(number::text(value), &mut |_, json| {
            text = write(json, styles, reserve)?;
            Ok(())
        });
        call.body(FORM, text.into())
    }

    /// Sets a member of a body that is a form to true.
    pub fn with_form_flag(mut self, name: &str) -> Self {
        let content_type = self.parts.headers.get(header::CONTENT_TYPE);
        let is_form = content_type.is_some_and(|it| it.as_bytes().starts_with(FORM.as_bytes()));
        if let Some(text) = self.body.in_memory().filter(|_| is_form) {
            let text = String::from_utf8_lossy(text);
            let flag = format!("{name}=true");
            let others = text.split('&').filter(|field| {
                !field.is_empty() && field.split('=').next().is_none_or(|other| other != name)
            });
            self.body = others.chain([&*flag]).collect::<Vec<_>>().join("&").into();
        }
        self
    }

    /// Writes the members of `value` into the query, as into a form.
    pub fn query_form<T: Serialize + ?Sized>(self, name: &str, value: &T) -> Self {
        self.set(number::text(value), &mut |parts, json| {
            let text = write(json, &[], &[])?;
            parts.query.retain(|(other, _)| other != name);
            parts.query.push((name.to_owned(), text));
            Ok(())
        })
    }
}

/// The members of a JSON object as a form.
fn write(json: &str, styles: &[(&str, Style)], reserve: &[&str]) -> Result<String, String> {
    if !json.starts_with('{') {
        return Err("a form must be an object".to_owned());
    }
    let mut fields = Vec::new();
    for (name, json) in members(json) {
        let name = name.unwrap_or_default();
        let style = match styles.iter().find(|(other, _)| *other == name) {
            Some((_, style)) => *style,
            None if json.starts_with('{') => Style::NamedJson,
            None => Style::FormExploded,
        };
        let escape = if reserve.contains(&name.as_str()) { loose } else { strict };
        fields.extend(expand(&name, json, style, escape));
    }
    Ok(fields.join("&"))
}

fn loose(text: &str) -> String {
    reserved(text).replace('&', "%26").replace('+', "%2B")
}
