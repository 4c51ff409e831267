//! Security schemes and requirements.

use indexmap::IndexMap;
use openapiv3::{APIKeyLocation, SecurityRequirement, SecurityScheme as DocumentScheme};
use serde_json::Value;

use super::client::Wanted;
use super::limits::entries_size;
use super::servers::given_name;
use super::{Lowering, prose, references};
use crate::diagnostics::{Code, Pointer};
use crate::model::{ApiKeyPlace, SecurityScheme, TokenKind, ValueName};

/// How many alternatives an operation may have: each operation has them all. Real documents have some.
const MOST_ALTERNATIVES: usize = 100;

impl Lowering<'_, '_> {
    /// The alternatives by which an operation's caller may prove who asks.
    pub(crate) fn lower_security(
        &mut self,
        own: Option<&[SecurityRequirement]>,
        pointer: &Pointer,
    ) -> Vec<Vec<usize>> {
        let alternatives = match own {
            Some(own) => self.alternatives(own, &pointer.key("security")),
            None => self.default_alternatives(),
        };
        let keys = alternatives.iter().flatten().filter_map(|&at| self.security_schemes.get(at));
        let size = entries_size(keys.map(|scheme| scheme.key.as_str()));
        self.write(size, pointer);
        alternatives
    }

    /// Those of the document, for the operations that name none.
    fn default_alternatives(&mut self) -> Vec<Vec<usize>> {
        if let Some(known) = &self.default_security {
            return known.clone();
        }
        let document = self.document;
        let requirements = document.security.as_deref().unwrap_or_default();
        let found = self.alternatives(requirements, &Pointer::default().key("security"));
        self.default_security = Some(found.clone());
        found
    }

    fn alternatives(
        &mut self,
        requirements: &[SecurityRequirement],
        pointer: &Pointer,
    ) -> Vec<Vec<usize>> {
        if requirements.len() > MOST_ALTERNATIVES {
            let message = format!("there are {} alternatives here", requirements.len());
            self.diagnostics
                .report(Code::TooComplex, pointer, message)
                .help(format!("those after the first {MOST_ALTERNATIVES} are ignored"));
        }
        let mut alternatives = Vec::new();
        for (index, requirement) in requirements.iter().take(MOST_ALTERNATIVES).enumerate() {
            let schemes: Vec<Option<usize>> = requirement
                .keys()
                .map(|key| self.scheme(key, &pointer.index(index).key(key)))
                .collect();
            if let Some(schemes) = schemes.into_iter().collect::<Option<Vec<usize>>>()
                && !alternatives.contains(&schemes)
            {
                alternatives.push(schemes);
            }
        }
        alternatives
    }

    fn scheme(&mut self, key: &str, pointer: &Pointer) -> Option<usize> {
        if let Some(&known) = self.schemes_by_key.get(key) {
            return Some(known);
        }
        let document = self.document;
        let reference =
            format!("#/components/securitySchemes/{}", key.replace('~', "~0").replace('/', "~1"));
        let found = references::find_component(&reference, "securitySchemes", |name| {
            let schemes = &document.components.as_ref()?.security_schemes;
            schemes.get_key_value(name).map(|(key, scheme)| (key.as_str(), scheme))
        });
        let Ok((_, scheme)) = found else {
            let message = format!("security scheme `{key}` is not declared");
            self.diagnostics.report(Code::UnknownSecurityScheme, pointer, message);
            return None;
        };
        let (token, description, extensions) = token_parts(scheme);
        let place = Pointer::default().key("components").key("securitySchemes").key(key);
        let given = given_name(extensions);
        self.wanted_schemes.push(Wanted { given, text: key.to_owned(), place });
        let name = ValueName(String::new());
        let doc = prose::document_text(description.as_deref());
        let at = self.security_schemes.len();
        self.schemes_by_key.insert(key.to_owned(), at);
        self.security_schemes.push(SecurityScheme { name, key: key.to_owned(), doc, token });
        Some(at)
    }
}

fn token_parts(scheme: &DocumentScheme) -> (TokenKind, &Option<String>, &IndexMap<String, Value>) {
    match scheme {
        DocumentScheme::APIKey { location, name, description, extensions } => {
            let place = match location {
                APIKeyLocation::Header => ApiKeyPlace::Header,
                APIKeyLocation::Query => ApiKeyPlace::Query,
                APIKeyLocation::Cookie => ApiKeyPlace::Cookie,
            };
            (TokenKind::ApiKey(place, name.clone()), description, extensions)
        }
        DocumentScheme::HTTP { scheme, description, extensions, .. } => {
            let token = match scheme.to_ascii_lowercase().as_str() {
                "bearer" => TokenKind::Bearer,
                "basic" => TokenKind::Basic,
                _ => TokenKind::Authorization(scheme.clone()),
            };
            (token, description, extensions)
        }
        DocumentScheme::OAuth2 { description, extensions, .. }
        | DocumentScheme::OpenIDConnect { description, extensions, .. } => {
            (TokenKind::Bearer, description, extensions)
        }
    }
}
