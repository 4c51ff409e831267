//! Uploads to the emulator, on a good day and on bad ones.

mod basics;
mod directories;
mod invariants;
mod kill;
mod mixtures;
mod support;
mod table;
