//! The service as a whole: servers, credentials, what the document says of itself.

use std::collections::{BTreeMap, BTreeSet};

use super::side::Reached;
use super::verdict::Usage;
use super::{Compared, Rule, Subject, code_span};
use crate::diagnostics::Pointer;
use crate::model::{SecurityScheme, Server, TokenKind};

impl<'a> Compared<'a> {
    pub(super) fn service(&mut self) {
        let old = self.old.api;
        let new = self.new.api;
        let info = service_subject("SERVICE", &Pointer::default().key("info"));
        if (&old.title, &old.api_version) != (&new.title, &new.api_version) {
            let one = code_span(&format!("{} {}", old.title, old.api_version));
            let other = code_span(&format!("{} {}", new.title, new.api_version));
            self.report(Rule::InfoChanged, &info, format!("the document was {one} and is {other}"));
        }
        self.docs(&info, "the service", &old.doc, &new.doc);
        if old.trusted_hosts != new.trusted_hosts {
            let subject = service_subject("SERVICE", &Pointer::default().key("x-trusted-hosts"));
            self.report(Rule::TrustedHostsChanged, &subject, "the trusted hosts changed");
        }
        for group in &new.groups {
            let Some((name, _)) = &group.name else { continue };
            let before = old
                .groups
                .iter()
                .find(|other| other.name.as_ref().is_some_and(|(other, _)| other == name));
            if let Some(before) = before {
                let tags = service_subject(
                    &format!("Client::{}", name.0),
                    &Pointer::default().key("tags"),
                );
                let what = format!("the operations {}", code_span(&name.0));
                self.docs(&tags, &what, &before.doc, &group.doc);
            }
        }
        self.servers();
        self.credentials();
        self.runtime();
    }

    fn servers(&mut self) {
        let old = self.old.api;
        let new = self.new.api;
        let place = Pointer::default().key("servers");
        let before = servers_by_name(&old.servers);
        let after = servers_by_name(&new.servers);
        for (name, server) in &before {
            let subject = service_subject(&format!("servers::{}", constant_name(name)), &place);
            let what = format!("the server {}", code_span(&server.url));
            match after.get(name) {
                None => match new_name(server, &before, &after) {
                    Some(other) => {
                        let message =
                            format!("{what} is now called {}", code_span(&constant_name(other)));
                        self.report(Rule::ServerRenamed, &subject, message);
                    }
                    None => {
                        self.report(Rule::ServerRemoved, &subject, format!("{what} was removed"));
                    }
                },
                Some(other) => {
                    if server.url != other.url || variable_values(server) != variable_values(other)
                    {
                        let message = format!("{what} is {}", code_span(&other.url));
                        self.report(Rule::ServerChanged, &subject, message);
                    }
                    self.docs(&subject, &what, &server.doc, &other.doc);
                }
            }
        }
        for (name, server) in &after {
            if !before.contains_key(name) && new_name(server, &after, &before).is_none() {
                let subject = service_subject(&format!("servers::{}", constant_name(name)), &place);
                let message = format!("the server {} is new", code_span(&server.url));
                self.report(Rule::ServerAdded, &subject, message);
            }
        }
        let first =
            |servers: &'a [Server]| servers.first().map(|server| (&server.name, &server.url));
        if let (Some(one), Some(other)) = (first(&old.servers), first(&new.servers))
            && one.0 != other.0
            && one.1 != other.1
        {
            let message =
                format!("the first server was {} and is {}", code_span(one.1), code_span(other.1));
            self.report(Rule::DefaultServerChanged, &service_subject("SERVICE", &place), message);
        }
        self.variables(&place);
    }

    fn variables(&mut self, place: &Pointer) {
        let before = variable_names(&self.old.api.servers);
        let after = variable_names(&self.new.api.servers);
        for name in before.difference(&after) {
            let subject = service_subject(&format!("ClientBuilder::{name}"), place);
            let message = format!("the variable {} was removed", code_span(name));
            self.report(Rule::ServerVariableRemoved, &subject, message);
        }
        for name in after.difference(&before) {
            let subject = service_subject(&format!("ClientBuilder::{name}"), place);
            let message = format!("the variable {} is new", code_span(name));
            self.report(Rule::ServerVariableAdded, &subject, message);
        }
    }

    fn credentials(&mut self) {
        let old = &self.old.api.security_schemes;
        let new = &self.new.api.security_schemes;
        let known: BTreeMap<&str, &SecurityScheme> =
            new.iter().map(|scheme| (&*scheme.key, scheme)).collect();
        let mut added: Vec<&SecurityScheme> =
            new.iter().filter(|scheme| !old.iter().any(|it| it.key == scheme.key)).collect();
        for scheme in old {
            let subject = credential_subject(scheme);
            let what = format!("the credential {}", code_span(&scheme.key));
            let Some(other) = known.get(&*scheme.key) else {
                let same = added.iter().position(|other| self.known_as(other) == scheme.key);
                match same.map(|at| added.swap_remove(at)) {
                    Some(other) => {
                        let subject = Subject { new: credential_subject(other).new, ..subject };
                        let message = format!("{what} is now called {}", code_span(&other.key));
                        self.report(Rule::SecuritySchemeRenamed, &subject, message);
                    }
                    None => {
                        self.report(
                            Rule::SecuritySchemeRemoved,
                            &subject,
                            format!("{what} was removed"),
                        );
                    }
                }
                continue;
            };
            if scheme.name != other.name {
                let message = format!("{what} has a different name in Rust");
                self.report(Rule::SecuritySchemeRenamed, &subject, message);
            }
            let is_basic = |scheme: &SecurityScheme| scheme.token == TokenKind::Basic;
            if is_basic(scheme) != is_basic(other) {
                let message = format!("{what} is of a different kind");
                self.report(Rule::SecuritySchemeRetyped, &subject, message);
            } else if scheme.token != other.token {
                let message = format!("{what} is sent in a different place");
                self.report(Rule::SecuritySchemeChanged, &subject, message);
            }
            self.docs(&subject, &what, &scheme.doc, &other.doc);
        }
        for scheme in added {
            let message = format!("the credential {} is new", code_span(&scheme.key));
            self.report(Rule::SecuritySchemeAdded, &credential_subject(scheme), message);
        }
    }

    /// A credential's name in the old document, if it has only been renamed; otherwise its own.
    pub(super) fn known_as(&self, scheme: &'a SecurityScheme) -> &'a str {
        let old = &self.old.api.security_schemes;
        let new = &self.new.api.security_schemes;
        let lacks = |schemes: &[SecurityScheme], key: &str| schemes.iter().all(|it| it.key != key);
        if !lacks(old, &scheme.key) {
            return &scheme.key;
        }
        let before = old.iter().find(|it| it.token == scheme.token && lacks(new, &it.key));
        before.map_or(&scheme.key, |before| &before.key)
    }

    fn runtime(&mut self) {
        let old = crate::emit::public_parts(self.old.api);
        let new = crate::emit::public_parts(self.new.api);
        let subject =
            |part: &str| service_subject(&format!("runtime::{part}"), &Pointer::default());
        for part in old.difference(&new) {
            let message = format!("the runtime no longer includes {}", code_span(part));
            self.report(Rule::RuntimeRemoved, &subject(part), message);
        }
        for part in new.difference(&old) {
            let message = format!("the runtime now includes {}", code_span(part));
            self.report(Rule::RuntimeAdded, &subject(part), message);
        }
    }
}

/// The new name of a server that is not known by its old one: that of the only one with the same URL.
fn new_name<'a>(
    server: &Server,
    before: &BTreeMap<&str, &Server>,
    after: &BTreeMap<&'a str, &'a Server>,
) -> Option<&'a str> {
    let is_same = |other: &&Server| other.url == server.url;
    let is_only = before.values().copied().filter(is_same).count() == 1;
    let mut same =
        after.iter().filter(|(name, other)| is_same(other) && !before.contains_key(**name));
    match (same.next(), same.next()) {
        (Some((name, _)), None) if is_only => Some(name),
        _ => None,
    }
}

fn constant_name(name: &str) -> String {
    name.to_ascii_uppercase()
}

/// Something that belongs to no operation.
pub(super) fn service_subject(item: &str, place: &Pointer) -> Subject {
    Subject {
        item: item.to_owned(),
        old: place.clone(),
        new: place.clone(),
        reached: Reached { usage: Usage::BOTH, ..Reached::default() },
    }
}

fn credential_subject(scheme: &SecurityScheme) -> Subject {
    let place = Pointer::default().key("components").key("securitySchemes").key(&scheme.key);
    service_subject(&format!("ClientBuilder::{}", scheme.name.0), &place)
}

/// The defaults and the values of a server's variables.
fn variable_values(server: &Server) -> Vec<(&str, &str, &[String])> {
    let variables = server.variables.iter();
    variables.map(|it| (&*it.key, &*it.default, &it.values[..])).collect()
}

fn servers_by_name(servers: &[Server]) -> BTreeMap<&str, &Server> {
    servers.iter().map(|server| (&*server.name.0, server)).collect()
}

fn variable_names(servers: &[Server]) -> BTreeSet<&str> {
    let variables = servers.iter().flat_map(|server| &server.variables);
    variables.map(|variable| &*variable.name.0).collect()
}
