//! Base URLs and their variables.

use std::collections::HashSet;

use indexmap::IndexMap;
use openapiv3::Server as DocumentServer;
use serde_json::Value;

use super::client::Wanted;
use super::{Lowering, prose};
use crate::diagnostics::{Code, Pointer};
use crate::model::{Doc, Server, ServerVariable, ValueName};
use crate::uri::without_scheme;

impl Lowering<'_, '_> {
    /// The document's own servers; the first is every operation's that names none.
    pub(crate) fn lower_servers(&mut self) {
        let pointer = Pointer::default().key("servers");
        for (index, server) in self.document.servers.iter().enumerate() {
            self.server(server, &pointer.index(index));
        }
        if self.servers.is_empty() {
            // OpenAPI 3.0.3: no servers means one with the URL `/`.
            let doc = Doc { lines: vec!["The document has no server: set a base URL.".to_owned()] };
            let place = Pointer::default();
            self.wanted_servers.push(Wanted { given: None, text: "default".to_owned(), place });
            let name = ValueName(String::new());
            self.servers.push(Server { name, doc, url: "/".to_owned(), variables: Vec::new() });
        }
    }

    /// The server that an operation goes to: its own, its path's, or the document's first.
    pub(crate) fn server_of(
        &mut self,
        own: (&[DocumentServer], Pointer),
        path: (&[DocumentServer], Pointer),
    ) -> usize {
        match (own.0.first(), path.0.first()) {
            (Some(server), _) => self.server(server, &own.1.index(0)),
            (None, Some(server)) => self.server(server, &path.1.index(0)),
            (None, None) => 0,
        }
    }

    fn server(&mut self, server: &DocumentServer, pointer: &Pointer) -> usize {
        let variables = self.variables(server, pointer);
        let same = self.servers_by_url.get(&server.url).into_iter().flatten();
        if let Some(&known) = same.into_iter().find(|&&at| self.servers[at].variables == variables)
        {
            return known;
        }
        let few = |text: &&str| text.split_whitespace().count() <= 3;
        let host = Some(host_of(&server.url)).filter(|host| !host.is_empty());
        let text = server.description.as_deref().filter(few).or(host).unwrap_or("server");
        self.wanted_servers.push(Wanted {
            given: given_name(&server.extensions),
            text: text.to_owned(),
            place: pointer.clone(),
        });
        let name = ValueName(String::new());
        let doc = prose::document_text(server.description.as_deref());
        let at = self.servers.len();
        self.servers_by_url.entry(server.url.clone()).or_default().push(at);
        self.servers.push(Server { name, doc, url: server.url.clone(), variables });
        at
    }

    fn variables(&mut self, server: &DocumentServer, pointer: &Pointer) -> Vec<ServerVariable> {
        let mut variables = Vec::new();
        for key in template_names(&server.url) {
            let declared = server.variables.as_ref().and_then(|variables| variables.get(key));
            if declared.is_none() {
                let message =
                    format!("the variable `{key}` of this URL is not declared in `variables`");
                self.diagnostics.report(Code::InvalidServer, &pointer.key("url"), message);
            }
            self.wanted_variables.entry(key.to_owned()).or_insert_with(|| Wanted {
                given: declared.and_then(|variable| given_name(&variable.extensions)),
                text: key.to_owned(),
                place: pointer.key("variables").key(key),
            });
            variables.push(ServerVariable {
                name: ValueName(String::new()),
                key: key.to_owned(),
                doc: prose::document_text(
                    declared.and_then(|variable| variable.description.as_deref()),
                ),
                default: declared.map(|variable| variable.default.clone()).unwrap_or_default(),
                values: declared.map(|variable| variable.enumeration.clone()).unwrap_or_default(),
            });
        }
        variables
    }
}

/// The names in braces of a URL or a path.
pub(crate) fn template_names(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut rest = text;
    while let Some((_, tail)) = rest.split_once('{') {
        let Some((name, tail)) = tail.split_once('}') else { break };
        if seen.insert(name) {
            found.push(name);
        }
        rest = tail;
    }
    found
}

/// The name that the extension `x-rust-name` gives.
pub(crate) fn given_name(extensions: &IndexMap<String, Value>) -> Option<String> {
    extensions.get("x-rust-name").and_then(Value::as_str).map(str::to_owned)
}

fn host_of(url: &str) -> &str {
    let rest = without_scheme(url);
    rest.split('/').next().unwrap_or(rest)
}
