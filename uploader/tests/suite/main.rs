//! Uploads to the emulator, on a good day and on bad ones.

mod basics;
mod commit;
mod directories;
mod invariants;
mod kill;
mod mixtures;
mod parts;
mod refusals;
mod support;
mod table;
