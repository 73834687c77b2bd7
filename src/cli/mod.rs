//! The command line: everything the window does, without a screen. Results go to stdout; progress,
//! warnings and errors go to stderr. Exit codes: 0 success, 1 the work failed, 2 wrong arguments.

mod analyze;
mod check;
mod controller_config;
mod crash_privacy;
mod devices;
mod doctor;
mod erase;
mod export;
mod failure;
mod feedback_text;
mod history;
mod lookup;
mod privacy;
mod rehearse;
mod stories;
mod terminal;
mod text_input;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::asr;
use crate::audio::AudioSource;
use crate::domain::model_source::ModelSource;
use crate::storage::{clock, model_files};

use controller_config::audio_source_parser;
use lookup::open_store;
use terminal::PlainText;
pub use terminal::print_json;

pub use controller_config::controller_config;
pub use crash_privacy::{disable_core_dumps, install_panic_hook};
pub use failure::{Failure, print_error};

/// Rehearse spoken STAR answers, aloud, on your own machine. Opens the window if no command is given.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Folder for takes, settings, and your own stories and models.
    /// STARLING_DATA sets it, too.
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open the window.
    Open {
        /// Microphone (id, name or a part of it), or wav:FILE to use a file as the microphone.
        #[arg(long, value_name = "SOURCE", value_parser = audio_source_parser())]
        mic: Option<AudioSource>,
        /// Number of the microphone's channel to record [default: those with a voice].
        #[arg(long, value_name = "N")]
        channel: Option<u16>,
        /// Story to select.
        #[arg(long, value_name = "ID")]
        story: Option<String>,
        /// Name or path of the speech model.
        #[arg(long, value_name = "NAME")]
        model: Option<PathBuf>,
    },
    /// Open an invisible window, and print what it shows. Started by `starling doctor`.
    #[command(hide = true)]
    ExamineWindow,
    /// Any command that runs without a screen.
    #[command(flatten)]
    Work(Headless),
}

/// A command that runs without a screen.
#[derive(Debug, Subcommand)]
pub enum Headless {
    /// Transcribe recordings, or read text, and give feedback on it.
    Analyze(analyze::AnalyzeArgs),
    /// Practice against the clock, without the window.
    Rehearse(rehearse::RehearseArgs),
    /// List the microphones.
    Devices {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Check what a practice needs: models, microphone, formats, data folder, time zone, screen and fonts.
    Doctor(doctor::DoctorArgs),
    /// List the stories.
    Stories {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Check story files and report every problem with its line.
    Check {
        /// Story files to check.
        #[arg(required = true, value_name = "PACK")]
        packs: Vec<PathBuf>,
    },
    /// List the recorded takes, newest first.
    History(history::HistoryArgs),
    /// Export a take as HTML with its audio, Markdown, JSON, subtitles, or audio only.
    Export(export::ExportArgs),
    /// Erase one take or all takes, with recording and transcript.
    Erase(erase::EraseArgs),
    /// Show what Starling saves, where, what it never does, and how to erase it.
    Privacy,
    /// The subprocess that runs the speech recognizer. Started by Starling itself.
    #[command(hide = true, alias = "recogniser")]
    Recognizer {
        /// Number of threads for decoding.
        threads: u32,
        /// Whisper model file [default: the one in the program].
        model: Option<PathBuf>,
    },
}

/// Runs a command.
pub fn run(command: Headless, data: Option<PathBuf>) -> Result<(), Failure> {
    match command {
        Headless::Analyze(args) => analyze::run(args, &open_store(data)?),
        Headless::Rehearse(args) => rehearse::run(args, data),
        Headless::Devices { json } => devices::run(json),
        Headless::Doctor(args) => doctor::run(&args, &open_store(data)?),
        Headless::Stories { json } => stories::run(json, &open_store(data)?),
        Headless::Check { packs } => check::run(&packs),
        Headless::History(args) => history::run(args, &open_store(data)?),
        Headless::Export(args) => export::run(&args, &open_store(data)?),
        Headless::Erase(args) => erase::run(&args, &open_store(data)?),
        Headless::Privacy => privacy::run(&open_store(data)?),
        Headless::Recognizer { threads, model } => {
            controller_config::name_process();
            let model = match model {
                Some(path) => ModelSource::File(path),
                None => default_model()?,
            };
            Ok(asr::serve(&model, threads)?)
        }
    }
}

/// The speech model in the program.
fn default_model() -> Result<ModelSource, Failure> {
    let found = model_files::find(None, &[]).map_err(anyhow::Error::from)?;
    Ok(found.whisper)
}

impl Args {
    /// The arguments of this process. On failure, and for `--help`, prints the text, and returns the exit code.
    pub fn from_command_line() -> Result<Self, ExitCode> {
        Args::try_parse().map_err(|error| {
            // If the stream is closed, there is no other place to print to.
            let _ = match error.use_stderr() {
                // It quotes arguments.
                true => write!(PlainText(io::stderr()), "{}", error.render()),
                false => error.print(),
            };
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
        })
    }

    /// Sets the clock of this program from the environment variable `STARLING_CLOCK`, if there is one.
    pub fn set_clock(&self) -> Result<(), Failure> {
        let Some(text) = std::env::var_os("STARLING_CLOCK").filter(|text| !text.is_empty()) else {
            return Ok(());
        };
        let start = text.to_str().and_then(|text| text.parse().ok());
        let start = start.ok_or_else(|| {
            Failure::Arguments(format!(
                "STARLING_CLOCK is `{}`, not a moment such as 2026-11-01T05:50:00Z: correct it or unset it",
                text.display()
            ))
        })?;
        clock::start_at(start);
        Ok(())
    }

    /// The data folder from the argument or the environment.
    pub fn data(&self) -> Option<PathBuf> {
        let from_env = || std::env::var_os("STARLING_DATA").filter(|folder| !folder.is_empty());
        self.data.clone().or_else(|| Some(from_env()?.into()))
    }
}
