//! The service over HTTP.

mod body;
mod call;
mod connection;
mod control;
mod error;
mod exchange;
mod files;
mod folders;
mod input;
mod intake;
mod multipart;
mod oauth;
mod reply;
mod route;
mod server;
mod sessions;
mod wire;

pub(crate) use connection::serve;
pub(crate) use server::Server;
