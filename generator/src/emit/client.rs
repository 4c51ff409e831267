//! The module of the client: the service, its servers and its credentials.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::code::{Code, static_ident, value_ident};
use super::doc::{doc_lines, doc_or};
use crate::model::{Api, ApiKeyPlace, SecurityScheme, Server, ServerVariable, TokenKind};
use crate::prose;

/// `src/client.rs`
pub(crate) fn emit_client(api: &Api) -> String {
    let mut code =
        Code::new(&format!("{}: its servers and credentials.", prose::one_line(&api.title)));
    let variables: Vec<&ServerVariable> = distinct_variables(api);
    let scheme = (!api.security_schemes.is_empty()).then(|| quote!(Credential, Place, Scheme,));
    let variable = (!variables.is_empty()).then(|| quote!(Variable,));
    code.items(
        quote!(use crate::runtime::{Client, ClientBuilder, #scheme Server, Service, #variable};),
    );
    let servers = api.servers.iter().map(|server| {
        let name = static_ident(&server.name);
        quote!(&servers::#name)
    });
    let hosts = &api.trusted_hosts;
    let schemes = api.security_schemes.iter().map(scheme_value);
    code.items(quote! {
        #[doc = " The service as described by its document."]
        pub static SERVICE: Service = Service {
            name: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            servers: &[#(#servers),*],
            trusted_hosts: &[#(#hosts),*],
            schemes: &[#(#schemes),*],
        };
    });
    let servers = api.servers.iter().map(server_item);
    code.items(quote! {
        #[doc = " The servers."]
        pub mod servers {
            use super::{Server, #variable};
            #(#servers)*
        }
    });
    code.items(quote! {
        impl Client {
            #[doc = " Returns a builder for a client."]
            pub fn builder() -> ClientBuilder {
                ClientBuilder::new(&SERVICE)
            }
        }
    });
    let credentials = api.security_schemes.iter().map(emit_credential);
    let variables = variables.into_iter().map(variable_method);
    let methods: Vec<TokenStream> = credentials.chain(variables).collect();
    if !methods.is_empty() {
        code.items(quote!(impl ClientBuilder { #(#methods)* }));
    }
    code.finish()
}

/// The variables of all servers, each once.
fn distinct_variables(api: &Api) -> Vec<&ServerVariable> {
    let mut known = HashSet::new();
    let variables = api.servers.iter().flat_map(|server| &server.variables);
    variables.filter(|variable| known.insert(&variable.key)).collect()
}

fn scheme_value(scheme: &SecurityScheme) -> TokenStream {
    let name = &scheme.key;
    let place = match &scheme.token {
        TokenKind::Bearer => quote!(Place::Authorization("Bearer")),
        TokenKind::Basic => quote!(Place::Authorization("Basic")),
        TokenKind::Authorization(word) => quote!(Place::Authorization(#word)),
        TokenKind::ApiKey(ApiKeyPlace::Header, key) => quote!(Place::Header(#key)),
        TokenKind::ApiKey(ApiKeyPlace::Query, key) => quote!(Place::Query(#key)),
        TokenKind::ApiKey(ApiKeyPlace::Cookie, key) => quote!(Place::Cookie(#key)),
    };
    quote!(Scheme { name: #name, place: #place })
}

fn server_item(server: &Server) -> TokenStream {
    let name = static_ident(&server.name);
    let url = &server.url;
    let docs = doc_or(&server.doc, &prose::code_span(&server.url));
    let variables = server.variables.iter().map(|variable| {
        let key = &variable.key;
        let default = &variable.default;
        let values = &variable.values;
        quote!(Variable { name: #key, default: #default, values: &[#(#values),*] })
    });
    quote!(#docs pub static #name: Server = Server { url: #url, variables: &[#(#variables),*] };)
}

fn emit_credential(scheme: &SecurityScheme) -> TokenStream {
    let name = value_ident(&scheme.name);
    let key = &scheme.key;
    let what = match &scheme.token {
        TokenKind::Bearer => "The bearer token".to_owned(),
        TokenKind::Basic => "The user's name and password".to_owned(),
        TokenKind::Authorization(word) => {
            format!("The value after {} in the `Authorization` header", prose::code_span(word))
        }
        TokenKind::ApiKey(ApiKeyPlace::Header, name) => {
            format!("The key in the header {}", prose::code_span(name))
        }
        TokenKind::ApiKey(ApiKeyPlace::Query, name) => {
            format!("The key in the query parameter {}", prose::code_span(name))
        }
        TokenKind::ApiKey(ApiKeyPlace::Cookie, name) => {
            format!("The key in the cookie {}", prose::code_span(name))
        }
    };
    let mut about = vec![format!("{what}, for the document's {}.", prose::code_span(key))];
    if !scheme.doc.lines.is_empty() {
        about.push(String::new());
        about.extend(scheme.doc.lines.iter().cloned());
    }
    let docs = doc_lines(&about);
    if scheme.token == TokenKind::Basic {
        return quote! {
            #docs
            pub fn #name(self, user: &str, password: &str) -> Self {
                self.credential(#key, Credential::basic(user, password))
            }
        };
    }
    quote! {
        #docs
        pub fn #name(self, credential: impl Into<Credential>) -> Self {
            self.credential(#key, credential)
        }
    }
}

fn variable_method(variable: &ServerVariable) -> TokenStream {
    let name = value_ident(&variable.name);
    let key = &variable.key;
    let fallback = format!(
        "The server variable {}; {} if not set.",
        prose::code_span(key),
        prose::code_span(&variable.default)
    );
    let docs = doc_or(&variable.doc, &fallback);
    quote! {
        #docs
        pub fn #name(self, value: impl Into<String>) -> Self {
            self.variable(#key, value)
        }
    }
}
