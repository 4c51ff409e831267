//! What the README of an emitted crate says of its features, and of what stands in for the service.

/// The section on features. Crates are counted in the tree of `cargo tree`, beside those of the defaults.
pub(crate) const FEATURES: &str = "\
## Features

| feature | adds | crates |
|---|---|---|
| none | the types, and requests as `http::Request`; a transport of one's own | about 15 |
| `client` (default) | `runtime::HttpTransport`: hyper's client and rustls, HTTP/1.1, the system's root certificates | 28 more |
| `ring` (default), `aws-lc-rs` | the cryptography of TLS; with both it is aws-lc-rs, with neither what the process has installed | 3; 2, and C code that takes long to compile |
| `http2` | HTTP/2 for requests with a small body or none | 8 |
| `proxy` | HTTP and SOCKS proxies: `HttpTransport::builder().proxy(url)`, or from the environment | 1 |
| `webpki-roots` | Mozilla's root certificates, for systems that have none | 1 |
| `tower` | `Client::builder().layer(layer)`; services of tower as transports, and transports as services | 1 (2 without `client`) |
| `tracing` | a span for each call: method, path template, status, attempts | none (4 without `client`) |
| `fetch` | `runtime::FetchTransport`, for `wasm32-unknown-unknown`, where `client` does not compile: request bodies are sent whole | 16 |
| `mock` | `runtime::Mock`, a transport for unit tests | none |

";

/// The section on how calls are sent, and that on unit tests.
pub(crate) fn sending(module: &str) -> String {
    format!(
        "## Sending\n\n\
         A call is one request unless the builder is told otherwise:\n\n\
         ```rust,ignore\n\
         use std::time::Duration;\n\
         use {module}::Client;\n\
         use {module}::runtime::{{HttpTransport, Retry}};\n\n\
         let transport = HttpTransport::builder().root_certificate_pem(std::fs::read(\"ca.pem\")?).build()?;\n\
         let client = Client::builder()\n    \
             .transport(transport)\n    \
             .retry(Retry::default().attempts(5)) // what is idempotent, and what was not processed\n    \
             .follow_redirects(3) // to other hosts without credentials\n    \
             .timeout(Duration::from_secs(30)) // all attempts together\n    \
             .build()?;\n\
         ```\n\n\
         ## Unit tests\n\n\
         `Mock` needs no service: it keeps what it was asked, and answers with values of the crate's types, or any JSON.\n\n\
         ```rust,ignore\n\
         let mock = {module}::runtime::Mock::new().json(200, &value).status(404);\n\
         let client = {module}::Client::builder().transport(mock.clone()).build()?;\n\
         // … what is tested makes two calls …\n\
         assert_eq!(mock.requests()[0].method(), \"GET\");\n\
         ```\n\n",
    )
}
