//! Form bodies (`application/x-www-form-urlencoded`).

use serde::Serialize;
use serde_json::Value;

use super::parameter::{self, expand, strict};
use super::{Call, Style};

impl Call {
    /// Sends the members of `value` as a form. Lists repeat their name and objects are JSON text,
    /// unless `styles` (OpenAPI's `encoding`) says otherwise. In the members that `reserved` names,
    /// reserved characters stay (`allowReserved`), but for `&` and `+`, which mean something else in
    /// a form.
    pub fn form<T: Serialize + ?Sized>(
        self,
        value: &T,
        styles: &[(&str, Style)],
        reserved: &[&str],
    ) -> Self {
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
                let escape = if reserved.contains(&name.as_str()) { loose } else { strict };
                expand(name, value, style, escape)
            };
            text = fields.iter().filter_map(field).collect::<Vec<_>>().join("&");
            Ok(())
        });
        call.body("application/x-www-form-urlencoded", text.into())
    }
}

fn loose(text: &str) -> String {
    parameter::reserved(text).replace('&', "%26").replace('+', "%2B")
}
