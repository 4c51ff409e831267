//! Claims of the documents hold: commands and code run, and each package has what the registry expects.

mod commands;
mod guide;
mod packages;
mod steps;
