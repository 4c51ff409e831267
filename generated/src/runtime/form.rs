//! Form bodies (`application/x-www-form-urlencoded`).

use serde::Serialize;
use serde_json::Value;

use super::parameter::{expand, strict};
use super::{Call, Style};

impl Call {
    /// Sends the members of `value` as a form. Lists repeat their name and objects are JSON text,
    /// unless `styles` (OpenAPI's `encoding`) says otherwise.
    pub fn form<T: Serialize + ?Sized>(self, value: &T, styles: &[(&str, Style)]) -> Self {
        let value = serde_json::to_value(value);
        let mut text = String::new();
        let call = self.set(value, &mut |_, value| {
            let fields = value.as_object().ok_or("a form is an object")?;
            let field = |(name, value): (&String, &Value)| {
                let style = match styles.iter().find(|(other, _)| other == name) {
                    Some((_, style)) => *style,
                    None if value.is_object() => Style::NamedJson,
                    None => Style::FormExploded,
                };
                expand(name, value, style, strict)
            };
            text = fields.iter().filter_map(field).collect::<Vec<_>>().join("&");
            Ok(())
        });
        call.body("application/x-www-form-urlencoded", text.into())
    }
}
