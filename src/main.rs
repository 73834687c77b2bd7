//! Parses the arguments, then opens the window or runs a command.

use std::process::ExitCode;

use starling::cli;
use starling::cli::{Args, Command, Failure, controller_config};
use starling::domain::model_source::EmbeddedModel;
use starling::gui;
use starling::storage::model_files;

/// The default models, so that one file works wherever it was built, copied or installed. They are here, not in
/// the library, because each test program would contain them. docs/performance.md has what this costs.
static MODELS: [EmbeddedModel; 3] = [
    complete(
        EmbeddedModel {
            file: "ggml-tiny.en-q8_0.bin",
            bytes: include_bytes!("../models/ggml-tiny.en-q8_0.bin"),
        },
        43_550_795,
    ),
    complete(
        EmbeddedModel {
            file: "ggml-silero-v6.2.0.bin",
            bytes: include_bytes!("../models/ggml-silero-v6.2.0.bin"),
        },
        885_098,
    ),
    complete(
        EmbeddedModel {
            file: "all-minilm-l6-v2-int8.safetensors",
            bytes: include_bytes!("../models/all-minilm-l6-v2-int8.safetensors"),
        },
        23_113_075,
    ),
];

/// Ends the build if the file of a model is incomplete, since nothing checks the models in the program later.
const fn complete(model: EmbeddedModel, length: usize) -> EmbeddedModel {
    assert!(
        model.bytes.len() == length,
        "a file in models/ does not have the size in models/manifest.toml: restore it from Git"
    );
    model
}

fn main() -> ExitCode {
    model_files::embed(&MODELS);
    cli::install_panic_hook();
    cli::disable_core_dumps();
    let args = match Args::from_command_line() {
        Ok(args) => args,
        Err(code) => return code,
    };
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
        Some(Command::ExamineWindow) => {
            gui::examine_window(data).and_then(|report| Ok(cli::print_json(&report)?))
        }
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
