//! Arguments in, window or command out.

use std::process::ExitCode;

use clap::Parser;
use starling::cli::{self, Args, Command, Failure};
use starling::gui;

fn main() -> ExitCode {
    cli::keep_words_out_of_panics();
    cli::keep_words_out_of_dumps();
    let args = Args::parse();
    let data = args.data();
    let outcome = match args.command {
        None => gui::open(cli::config(data, None, None), None),
        Some(Command::Open { mic, story, model }) => {
            gui::open(cli::config(data, mic, model), story)
        }
        Some(Command::Work(work)) => match cli::run(work, data) {
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
    cli::complain(failure);
    ExitCode::from(failure.exit_code())
}
