use serde_json::Value;

use crate::diagnostics::{Code, Diagnostics, Pointer};

/// Which version of OpenAPI a document is written in, as far as versions differ.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Version {
    #[default]
    V30,
    V31,
    V32,
}

/// What a member such as `openapi` says of the version.
fn stated_version(document: &Value, key: &str) -> Option<String> {
    match document.get(key)? {
        Value::String(text) => Some(text.trim().to_owned()),
        // YAML without quotes.
        Value::Number(number) => Some(number.to_string()),
        _ => Some("of unknown version".to_owned()),
    }
}

impl Version {
    /// The version by `openapi`; the first one where it says nothing that is known.
    pub(crate) fn of(document: &Value) -> Self {
        stated_version(document, "openapi")
            .and_then(|text| Self::from_text(&text))
            .unwrap_or_default()
    }

    fn from_text(text: &str) -> Option<Self> {
        let known = [("3.0", Self::V30), ("3.1", Self::V31), ("3.2", Self::V32)];
        let (_, version) = known.into_iter().find(|(minor, _)| {
            text.strip_prefix(minor).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })?;
        Some(version)
    }

    /// As messages call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::V30 => "OpenAPI 3.0",
            Self::V31 => "OpenAPI 3.1",
            Self::V32 => "OpenAPI 3.2",
        }
    }
}

/// Whether the document is of a version that is understood. Otherwise an error says which one it is.
pub(crate) fn check_version(document: &Value, diagnostics: &mut Diagnostics) -> bool {
    let root = Pointer::default();
    if let Some(version) = stated_version(document, "openapi") {
        if Version::from_text(&version).is_some() {
            return true;
        }
        let message = format!("OpenAPI {version} is not supported; 3.0, 3.1 and 3.2 are");
        diagnostics.report(Code::UnsupportedVersion, &root.key("openapi"), message);
    } else if let Some(version) = stated_version(document, "swagger") {
        let message = format!("Swagger {version} is not supported; OpenAPI 3.0, 3.1 and 3.2 are");
        diagnostics.report(Code::UnsupportedVersion, &root.key("swagger"), message).help(
            "convert the document first, for example with `npx swagger2openapi` or at converter.swagger.io",
        );
    } else {
        let message = "the document does not state its OpenAPI version";
        let help = match document.get("overlay") {
            Some(_) => "this looks like an overlay: pass it with --overlay",
            None => "if it is OpenAPI 3.0, add `openapi: 3.0.3` at the top",
        };
        diagnostics.report(Code::UnsupportedVersion, &root, message).help(help);
    }
    false
}
