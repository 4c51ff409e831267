//! Form bodies (`application/x-www-form-urlencoded`).

use serde::Serialize;
use serde_json::Value;

use super::{Call, QueryStyle, parameter};

impl Call {
    /// Sends the members of `value` as a form. Lists repeat their name and objects are JSON text,
    /// unless `styles` (OpenAPI's `encoding`) says otherwise.
    #[must_use]
    pub fn form<T: Serialize + ?Sized>(self, value: &T, styles: &[(&str, QueryStyle)]) -> Self {
        match serde_json::to_value(value) {
            Ok(Value::Object(fields)) => {
                let field = |(name, value): (&String, &Value)| {
                    let chosen = styles.iter().find(|(other, _)| other == name);
                    let style = match value {
                        _ if chosen.is_some() => chosen?.1,
                        Value::Object(_) => QueryStyle::Json,
                        _ => QueryStyle::FormExploded,
                    };
                    parameter::query(name, value, style, parameter::strict, "&")
                };
                let text = fields.iter().filter_map(field).collect::<Vec<_>>().join("&");
                self.body("application/x-www-form-urlencoded", text.into())
            }
            Ok(_) => self.mistake("a form is an object".to_owned()),
            Err(error) => self.mistake(format!("the form cannot be written: {error}")),
        }
    }
}
