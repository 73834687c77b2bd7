//! `starling doctor`: checks what a practice needs. Each line is ok, or says what to do.

mod data_folder;
mod microphone;
mod outcome;
mod window;

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::asr::recognizer::whisper;
use crate::audio;
use crate::domain::model_source::ModelSource;
use crate::storage::Store;
use crate::storage::clock;
use crate::storage::model_files::{self, ModelError};

use super::failure::Failure;
use super::terminal;
use outcome::Outcome;

/// What to check.
#[derive(Debug, clap::Args)]
pub struct DoctorArgs {
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Microphone: id, name or a part of it [default: the one in the settings, or the system's default].
    #[arg(long, value_name = "NAME")]
    mic: Option<String>,
    /// Number of the microphone's channel to check [default: those with a voice].
    #[arg(long, value_name = "N")]
    channel: Option<u16>,
    /// Name or path of the speech model.
    #[arg(long, value_name = "NAME")]
    model: Option<PathBuf>,
}

#[derive(Serialize)]
struct CheckResult {
    check: &'static str,
    ok: bool,
    skipped: bool,
    #[serde(rename = "says")]
    message: String,
}

/// Runs all checks and prints one line for each.
pub fn run(args: &DoctorArgs, store: &Store) -> Result<(), Failure> {
    let [screen, opengl, fonts] = window::check(store);
    let results = [
        ("processor", check_processor().into()),
        ("model", check_model(args.model.as_deref(), store).into()),
        ("language", check_language_model(store).into()),
        (
            "microphone",
            microphone::check(
                args.mic.as_deref(),
                args.channel,
                args.model.as_deref(),
                store,
            )
            .into(),
        ),
        ("formats", check_formats().into()),
        ("disk", data_folder::check_disk(store).into()),
        ("permissions", data_folder::check_permissions(store).into()),
        ("database", data_folder::check_database(store).into()),
        ("settings", data_folder::check_settings(store).into()),
        ("stories", data_folder::check_stories(store).into()),
        ("zone", clock::zone_name().into()),
        ("screen", screen),
        ("opengl", opengl),
        ("fonts", fonts),
    ];
    let results = results.map(|(check, outcome)| result(check, outcome));
    if args.json {
        terminal::print_json(&results)?;
    } else {
        let mut out = terminal::stdout();
        for result in &results {
            let mark = match (result.ok, result.skipped) {
                (_, true) => "skip",
                (true, false) => "ok",
                (false, false) => "todo",
            };
            let message = result.message.replace('\n', "\n                 ");
            writeln!(out, "{mark:<4} {:<11} {message}", result.check)?;
        }
        out.flush()?;
    }
    match results.iter().filter(|result| !result.ok).count() {
        0 => Ok(()),
        1 => Err(Failure::Work(anyhow::anyhow!("1 check failed"))),
        n => Err(Failure::Work(anyhow::anyhow!("{n} checks failed"))),
    }
}

fn result(check: &'static str, outcome: Outcome) -> CheckResult {
    let (ok, skipped, message) = match outcome {
        Outcome::Passed(message) => (true, false, message),
        Outcome::Skipped(message) => (true, true, message),
        Outcome::Failed(message) => (false, false, message),
    };
    CheckResult {
        check,
        ok,
        skipped,
        message,
    }
}

fn check_processor() -> Result<String, String> {
    whisper::check_processor().map_err(|error| error.to_string())?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(format!("{cores} cores, all required CPU features present"))
}

fn check_model(name: Option<&Path>, store: &Store) -> Result<String, String> {
    // Settings that cannot be read have a check of their own.
    let settings = store.settings().unwrap_or_default();
    let name = name.or(settings.model.as_deref().map(Path::new));
    let files = model_files::find(name, &[store.models()]).map_err(|error| error.to_string())?;
    model_files::check(&files).map_err(|error| error.to_string())?;
    Ok(verified(&files.whisper))
}

fn check_language_model(store: &Store) -> Result<String, String> {
    let model = model_files::find_language_model(&[store.models()]);
    let checked = model.and_then(|model| model_files::check_language_model(&model).map(|()| model));
    let model = checked.map_err(|error| {
        let copy = "planned phrases in other words are rarely found; copy it";
        match error {
            ModelError::Missing { file, folder } => {
                format!(
                    "language model {file} is missing, so {copy} to {}",
                    folder.display()
                )
            }
            ModelError::Wrong(path) => {
                format!(
                    "language model {} is damaged, so {copy} again",
                    path.display()
                )
            }
            error => error.to_string(),
        }
    })?;
    Ok(verified(&model))
}

/// A model that was checked. One in the program needs no check.
fn verified(model: &ModelSource) -> String {
    match model {
        ModelSource::File(path) => format!("{} verified", path.display()),
        ModelSource::Embedded(model) => format!("{}, part of this program", model.file),
    }
}

/// Whether the decoders of all compressed formats are there. docs/formats.md has the containers.
fn check_formats() -> Result<String, String> {
    let (readable, missing): (Vec<_>, Vec<_>) = audio::compressed_formats()
        .into_iter()
        .partition(|(_, is_readable)| *is_readable);
    let names = |formats: &[(&'static str, bool)]| -> String {
        let names: Vec<&str> = formats.iter().map(|(name, _)| *name).collect();
        names.join(", ")
    };
    match missing.is_empty() {
        true => Ok(format!("PCM, {} can be read", names(&readable))),
        false => Err(format!(
            "{} cannot be read: use a complete build",
            names(&missing)
        )),
    }
}
