//! The README of an emitted crate: its features, how requests are sent, and unit tests.

/// The section on features. Crates are counted in the tree of `cargo tree`, beside those of the defaults.
pub(crate) const FEATURES: &str = "\
## Features

| feature | adds | crates |
|---|---|---|
| none | the types, and requests as `http::Request`, for your own transport | about 15 |
| `client` (default) | `runtime::HttpTransport`: hyper's client and rustls, HTTP/1.1, the system's root certificates | 28 more |
| `ring` (default), `aws-lc-rs` | the cryptography of TLS: with both, aws-lc-rs is used; with neither, the provider that the process has installed | 3; 2, and C code that takes long to compile |
| `http2` | HTTP/2 for requests with a small body or none | 8 |
| `proxy` | HTTP and SOCKS proxies: `HttpTransport::builder().proxy(url)`, or from the environment | 1 |
| `webpki-roots` | Mozilla's root certificates, for systems without any | 1 |
| `tower` | `Client::builder().layer(layer)`; tower services as transports, and transports as services | 1 (2 without `client`) |
| `tracing` | a span for each call: method, path template, status, attempts | none (4 without `client`) |
| `fetch` | `runtime::FetchTransport`, for `wasm32-unknown-unknown`, where `client` does not compile: request bodies are sent whole | 16 |
| `mock` | `runtime::Mock`, a transport for unit tests | none |

";

/// The section on how calls are sent, and that on unit tests.
pub(crate) fn sending(module: &str) -> String {
    format!(
        "## Sending\n\n\
         By default, each call sends one request. The builder changes that:\n\n\
         ```rust,ignore\n\
         use std::time::Duration;\n\
         use {module}::Client;\n\
         use {module}::runtime::{{HttpTransport, Retry}};\n\n\
         let transport = HttpTransport::builder().root_certificate_pem(std::fs::read(\"ca.pem\")?).build()?;\n\
         let client = Client::builder()\n    \
             .transport(transport)\n    \
             .retry(Retry::default().attempts(5)) // idempotent requests, and those that had no effect\n    \
             .follow_redirects(3) // without credentials to other hosts\n    \
             .timeout(Duration::from_secs(30)) // for all attempts together\n    \
             .build()?;\n\
         ```\n\n\
         ## Unit tests\n\n\
         `Mock` needs no service. It returns values of the crate's types, or any JSON, and records the requests:\n\n\
         ```rust,ignore\n\
         let mock = {module}::runtime::Mock::new().json(200, &value).status(404);\n\
         let client = {module}::Client::builder().transport(mock.clone()).build()?;\n\
         // … the code under test makes two calls …\n\
         assert_eq!(mock.requests()[0].method(), \"GET\");\n\
         ```\n\n",
    )
}
