//! What the repository says of itself is true: the guide's code runs, and each package has what the registry expects.

mod commands;
mod guide;
mod packages;
mod steps;
