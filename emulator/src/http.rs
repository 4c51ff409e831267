//! The service over HTTP.

mod body;
mod control;
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

pub(crate) use server::{Server, serve};
