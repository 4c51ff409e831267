//! The names of servers, their variables and credentials. They are settled once all are known, so that
//! the document's order changes none of them.

use std::collections::HashMap;

use super::Lowering;
use super::scope::Named;
use crate::diagnostics::Pointer;
use crate::names;
use crate::uri::without_scheme;

/// What something is to be called.
pub(crate) struct Wanted {
    /// By the extension `x-rust-name`.
    pub(crate) given: Option<String>,
    /// If that says nothing.
    pub(crate) text: String,
    /// Where it stands.
    pub(crate) place: Pointer,
}

impl Wanted {
    fn text(&self) -> &str {
        self.given.as_deref().unwrap_or(&self.text)
    }
}

impl Lowering<'_, '_> {
    /// Names what is known of the client by now: everything.
    pub(crate) fn name_client(&mut self) {
        self.name_servers();
        self.name_variables();
        self.name_schemes();
    }

    /// Of servers that would have one name, each is called by its URL.
    fn name_servers(&mut self) {
        let wanted = std::mem::take(&mut self.wanted_servers);
        let mut users: HashMap<String, usize> = HashMap::new();
        for one in &wanted {
            *users.entry(names::value_name(one.text(), "server").0).or_default() += 1;
        }
        let mut order: Vec<usize> = (0..wanted.len()).collect();
        order.sort_by_key(|&at| (wanted[at].given.is_none(), self.servers[at].url.clone()));
        for at in order {
            let Wanted { given, place, .. } = &wanted[at];
            let text = wanted[at].text();
            let shared = users.get(&names::value_name(text, "server").0).is_some_and(|&n| n > 1);
            let url = self.servers[at].url.clone();
            let text = if shared && given.is_none() { without_scheme(&url) } else { text };
            let named = Named { kind: "server", text, fallback: "server", place };
            self.servers[at].name = self.server_names.claim_value(named, self.diagnostics);
        }
    }

    /// A method of the builder for each variable, the same one for all servers that have it.
    fn name_variables(&mut self) {
        for (key, wanted) in std::mem::take(&mut self.wanted_variables) {
            let text = wanted.text();
            let place = &wanted.place;
            let named = Named { kind: "variable", text, fallback: "variable", place };
            let name = self.builder.claim_method(named, "_variable", self.diagnostics);
            let variables = self.servers.iter_mut().flat_map(|server| &mut server.variables);
            for variable in variables.filter(|variable| variable.key == key) {
                variable.name = name.clone();
            }
        }
    }

    fn name_schemes(&mut self) {
        let wanted = std::mem::take(&mut self.wanted_schemes);
        let mut order: Vec<usize> = (0..wanted.len()).collect();
        order.sort_by_key(|&at| (wanted[at].given.is_none(), &wanted[at].text));
        for at in order {
            let text = wanted[at].text();
            let place = &wanted[at].place;
            let named = Named { kind: "credential", text, fallback: "credential", place };
            self.security_schemes[at].name =
                self.builder.claim_method(named, "_credential", self.diagnostics);
        }
    }
}
