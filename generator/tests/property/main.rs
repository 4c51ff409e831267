//! What holds for every input: the generator does not panic, says what is wrong or gives a crate, the
//! crate's files are Rust with nothing in them but what is meant to be, and the same input gives the
//! same bytes.

mod arbitrary;
mod corpus;
mod fixtures;
mod found;
#[path = "../emitted/items.rs"]
mod items;
mod mutation;
mod promise;
