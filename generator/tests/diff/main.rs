//! What has changed from one document to another: the rules, and what `openapi-crate diff` prints.

mod baseline;
mod case;
mod command;
mod compiled;
mod mutated;
mod page;
mod rules;
mod silent;
mod surface;
