//! `starling doctor`: checks what a practice needs. Each line is ok, or says what to do.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::asr::recognizer::whisper;
use crate::audio::{AudioSource, Recorder, RecorderEvent};
use crate::domain::model_source::ModelSource;
use crate::storage::Store;
use crate::storage::model_files::{self, ModelError};

use super::failure::Failure;

/// About 100 minutes of audio, at 2 MB a minute.
const MIN_FREE_BYTES: u64 = 200 << 20;
/// The noise of a quiet room is louder than this; the signal of an unplugged input is not.
const SILENT_DBFS: f64 = -90.0;
/// How long the microphone has to open.
const OPEN_TIMEOUT: Duration = Duration::from_secs(8);
/// How long the signal level is measured.
const MEASURE_FOR: Duration = Duration::from_secs(2);

/// What to check.
#[derive(Debug, clap::Args)]
pub struct DoctorArgs {
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Name of the microphone [default: the one in the settings, or the system's default].
    #[arg(long, value_name = "NAME")]
    mic: Option<String>,
    /// Name or path of the speech model.
    #[arg(long, value_name = "NAME")]
    model: Option<PathBuf>,
}

#[derive(Serialize)]
struct CheckResult {
    check: &'static str,
    ok: bool,
    #[serde(rename = "says")]
    message: String,
}

/// Runs all checks and prints one line for each.
pub fn run(args: &DoctorArgs, store: &Store) -> Result<(), Failure> {
    let results = [
        result("processor", check_processor()),
        result("model", check_model(args.model.as_deref(), store)),
        result("language", check_language_model(store)),
        result("microphone", check_microphone(args.mic.clone(), store)),
        result("disk", check_disk(store)),
        result("screen", check_screen()),
    ];
    let mut out = io::stdout().lock();
    if args.json {
        serde_json::to_writer(&mut out, &results)?;
        writeln!(out)?;
    } else {
        for result in &results {
            let mark = if result.ok { "ok  " } else { "todo" };
            writeln!(out, "{mark} {:<11} {}", result.check, result.message)?;
        }
    }
    out.flush()?;
    match results.iter().filter(|result| !result.ok).count() {
        0 => Ok(()),
        1 => Err(Failure::Work(anyhow::anyhow!("1 check failed"))),
        n => Err(Failure::Work(anyhow::anyhow!("{n} checks failed"))),
    }
}

fn result(check: &'static str, outcome: Result<String, String>) -> CheckResult {
    CheckResult {
        check,
        ok: outcome.is_ok(),
        message: outcome.unwrap_or_else(|message| message),
    }
}

fn check_processor() -> Result<String, String> {
    whisper::check_processor().map_err(|error| error.to_string())?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(format!("{cores} cores, all required CPU features present"))
}

fn check_model(name: Option<&Path>, store: &Store) -> Result<String, String> {
    let settings = store.settings().map_err(|error| error.to_string())?;
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

fn check_microphone(name: Option<String>, store: &Store) -> Result<String, String> {
    let (sender, events) = mpsc::channel();
    let settings = store.settings().map_err(|error| error.to_string())?;
    let name = name.or(settings.microphone);
    let source = name.map_or(AudioSource::Default, AudioSource::Device);
    let on_event = move |event| {
        // The receiver is gone once the measurement is over.
        let _ = sender.send(event);
    };
    let recorder = Recorder::open(source, on_event).map_err(|error| error.to_string())?;
    let mut deadline = Instant::now() + OPEN_TIMEOUT;
    let mut peak_dbfs = f64::NEG_INFINITY;
    loop {
        match events.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(RecorderEvent::Listening) => deadline = Instant::now() + MEASURE_FOR,
            Ok(RecorderEvent::Level(dbfs)) => peak_dbfs = peak_dbfs.max(dbfs),
            Ok(RecorderEvent::Failed(error)) => return Err(error.to_string()),
            Ok(_) => {}
            Err(_) => break,
        }
    }
    drop(recorder);
    match peak_dbfs {
        peak if peak == f64::NEG_INFINITY => {
            Err("the microphone delivers no audio: choose another one".to_owned())
        }
        peak if peak < SILENT_DBFS => Err(format!(
            "the microphone is open but silent ({peak:.0} dBFS): unmute it, or choose another one"
        )),
        peak => Ok(format!("signal present, peak {peak:.0} dBFS")),
    }
}

fn check_disk(store: &Store) -> Result<String, String> {
    store.prepare().map_err(|error| error.to_string())?;
    let folder = store.folder().display();
    match store.free_space() {
        Ok(bytes) if bytes < MIN_FREE_BYTES => Err(format!(
            "only {} MB free in {folder}: free some disk space",
            bytes >> 20
        )),
        Ok(bytes) => Ok(format!("{} MB free in {folder}", bytes >> 20)),
        Err(error) => Err(format!("{folder}: {error}")),
    }
}

fn check_screen() -> Result<String, String> {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match cfg!(target_os = "linux") && !is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY") {
        true => Err(
            "no screen found: the window cannot open; use `starling rehearse` instead".to_owned(),
        ),
        false => Ok("available".to_owned()),
    }
}
