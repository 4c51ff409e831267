//! The emulator, seen by its clients over a socket.

mod client;
mod command;
mod crowd;
mod durability;
mod errors;
mod faults;
mod oauth;
mod operations;
mod page;
mod recordings;
mod schema;
