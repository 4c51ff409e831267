//! How the library gets through networks, and who it says that it is.

mod certificates;
mod credentials;
mod failures;
mod proxies;
mod proxy;
mod sending;
mod support;
mod tls;
