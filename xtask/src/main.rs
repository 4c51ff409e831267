//! Development tasks of this repository.

mod codegen;
mod commands;
mod compatibility;
mod corpus;
mod emulator_page;
mod fetch;
mod history;
mod picture;
mod playground;
mod release_check;
mod soak;
mod update;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Development tasks of this repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    Codegen(codegen::Arguments),
    Compatibility(compatibility::Arguments),
    Corpus(corpus::Arguments),
    EmulatorPage(emulator_page::Arguments),
    Fetch(fetch::Arguments),
    History(history::Arguments),
    #[command(hide = true)]
    Measure(corpus::MeasureArguments),
    Picture(picture::Arguments),
    Playground(playground::Arguments),
    ReleaseCheck(release_check::Arguments),
    Soak(soak::Arguments),
    Update(update::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().chore {
        Chore::Codegen(arguments) => codegen::generate_box_crate(&arguments),
        Chore::Compatibility(arguments) => compatibility::test_clients(&arguments),
        Chore::Corpus(arguments) => corpus::check_corpus(&arguments),
        Chore::EmulatorPage(arguments) => emulator_page::test_page(&arguments),
        Chore::Fetch(arguments) => fetch::test_fetch(&arguments),
        Chore::History(arguments) => history::compare_history(&arguments),
        Chore::Measure(arguments) => corpus::measure(&arguments),
        Chore::Picture(arguments) => picture::draw_picture(&arguments),
        Chore::Playground(arguments) => playground::build_playground(&arguments),
        Chore::ReleaseCheck(arguments) => release_check::check_release(&arguments),
        Chore::Soak(arguments) => soak::run_soak(&arguments),
        Chore::Update(arguments) => update::update_document(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
