//! The emulator, seen by its clients over a socket.

mod client;
mod durability;
mod errors;
mod faults;
mod operations;
