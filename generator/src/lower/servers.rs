//! Base URLs and their variables.

use std::collections::HashSet;

use openapiv3::Server as DocumentServer;

use super::names::{self, Named};
use super::{Lowering, prose};
use crate::diagnostics::{Code, Pointer};
use crate::model::{Doc, Server, ServerVariable, ValueName};

impl Lowering<'_, '_> {
    /// The document's own servers; the first is every operation's that names none.
    pub(crate) fn lower_servers(&mut self) {
        let pointer = Pointer::default().key("servers");
        for (index, server) in self.document.servers.iter().enumerate() {
            self.server(server, &pointer.index(index));
        }
        if self.servers.is_empty() {
            // OpenAPI 3.0.3: no servers means one with the URL `/`.
            let doc = Doc {
                lines: vec!["The document names no server: the base URL must be set.".to_owned()],
            };
            let name = names::value_name("default", "default");
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
        let given = server.extensions.get("x-rust-name").and_then(serde_json::Value::as_str);
        let text = given
            .or(server.description.as_deref())
            .filter(|text| text.split_whitespace().count() <= 3);
        let host = Some(host(&server.url)).filter(|host| !host.is_empty());
        let text = text.or(host).unwrap_or("server");
        let named = Named { kind: "server", text, fallback: "server", place: pointer };
        let name = self.server_names.claim_value(named, self.diagnostics);
        let doc = prose::doc(server.description.as_deref());
        let at = self.servers.len();
        self.servers_by_url.entry(server.url.clone()).or_default().push(at);
        self.servers.push(Server { name, doc, url: server.url.clone(), variables });
        at
    }

    fn variables(&mut self, server: &DocumentServer, pointer: &Pointer) -> Vec<ServerVariable> {
        let mut variables = Vec::new();
        for key in templates(&server.url) {
            let declared = server.variables.as_ref().and_then(|variables| variables.get(key));
            if declared.is_none() {
                let message = format!("the variable `{key}` of this URL is not declared");
                self.diagnostics.report(Code::InvalidServer, &pointer.key("url"), message);
            }
            variables.push(ServerVariable {
                name: self.variable_name(key, pointer),
                key: key.to_owned(),
                doc: prose::doc(declared.and_then(|variable| variable.description.as_deref())),
                default: declared.map(|variable| variable.default.clone()).unwrap_or_default(),
                values: declared.map(|variable| variable.enumeration.clone()).unwrap_or_default(),
            });
        }
        variables
    }

    /// The method of the builder that sets a variable, the same one for all servers that have it.
    fn variable_name(&mut self, key: &str, server: &Pointer) -> ValueName {
        if let Some(known) = self.variables.get(key) {
            return known.clone();
        }
        let place = server.key("variables").key(key);
        let named = Named { kind: "variable", text: key, fallback: "variable", place: &place };
        let name = self.builder.claim_method(named, "_variable", self.diagnostics);
        self.variables.insert(key.to_owned(), name.clone());
        name
    }
}

/// The names in braces of a URL or a path.
pub(crate) fn templates(text: &str) -> Vec<&str> {
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

fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}
