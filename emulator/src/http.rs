//! The service over HTTP.

mod admin;
mod body;
mod call;
mod connection;
mod content_receiver;
mod control;
mod error;
mod exchange;
mod files;
mod folders;
mod input;
mod multipart;
mod oauth;
mod pause;
mod resettable_stream;
mod response;
mod route;
mod server;
mod sessions;
mod users;

pub(crate) use admin::Gate;
pub(crate) use connection::accept_connections;
pub(crate) use server::Server;
