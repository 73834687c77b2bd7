//! Parses the arguments, then opens the window or runs a command.

use std::process::ExitCode;

use clap::Parser;
use starling::cli;
use starling::cli::{Args, Command, Failure, controller_config};
use starling::gui;

fn main() -> ExitCode {
    cli::install_panic_hook();
    cli::disable_core_dumps();
    let args = Args::parse();
    if let Err(failure) = args.set_clock() {
        return fail(&failure);
    }
    let data = args.data();
    let outcome = match args.command {
        None => gui::open(controller_config(data, None, None, None), None),
        Some(Command::Open {
            mic,
            channel,
            story,
            model,
        }) => gui::open(controller_config(data, mic, channel, model), story),
        Some(Command::Work(command)) => match cli::run(command, data) {
            Ok(()) => return ExitCode::SUCCESS,
            Err(failure) => return fail(&failure),
        },
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&Failure::Work(error)),
    }
}

fn fail(failure: &Failure) -> ExitCode {
    cli::print_error(failure);
    ExitCode::from(failure.exit_code())
}
