//! Uploads to the emulator, on a good day and on bad ones.

mod basics;
mod changes;
mod commit;
mod deletion;
mod destinations;
mod directories;
mod directory_runs;
mod endless;
mod fault_plans;
mod invariants;
#[cfg(feature = "command")]
mod kill;
mod mixtures;
#[cfg(feature = "transport")]
mod pace;
mod parts;
mod refusals;
mod resumption;
mod sessions;
mod sources;
mod support;
mod table;
