//! `starling doctor`: checks what a practice needs. Each line is ok, or says what to do.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::app;
use crate::asr::recognizer::whisper;
use crate::audio::{
    AudioSource, ChannelNote, ChannelRule, InputRequest, KnownMicrophone, OpenedMicrophone,
    Recorder, RecorderEvent,
};
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
    #[serde(rename = "says")]
    message: String,
}

/// Runs all checks and prints one line for each.
pub fn run(args: &DoctorArgs, store: &Store) -> Result<(), Failure> {
    let results = [
        result("processor", check_processor()),
        result("model", check_model(args.model.as_deref(), store)),
        result("language", check_language_model(store)),
        result("microphone", check_microphone(args, store)),
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
    Ok(format!("{} verified", files.whisper.display()))
}

fn check_language_model(store: &Store) -> Result<String, String> {
    let path = model_files::find_language_model(&[store.models()]);
    let checked = path.and_then(|path| model_files::check_language_model(&path).map(|()| path));
    let path = checked.map_err(|error| {
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
    Ok(format!("{} verified", path.display()))
}

/// What was learned about the microphone while it was open.
#[derive(Default)]
struct MicrophoneCheck {
    peak_dbfs: Option<f64>,
    opened: Option<OpenedMicrophone>,
    /// Loudest level of each of several channels.
    channel_peaks_dbfs: Vec<f64>,
    note: Option<ChannelNote>,
}

fn check_microphone(args: &DoctorArgs, store: &Store) -> Result<String, String> {
    let check = measure_microphone(args, store)?;
    let details = check.details();
    match check.peak_dbfs {
        None => Err("the microphone delivers no audio: choose another one".to_owned()),
        Some(peak) if peak < SILENT_DBFS => Err(format!(
            "the microphone is open but silent ({peak:.0} dBFS): unmute it, or choose another one{details}"
        )),
        Some(peak) => Ok(format!("signal present, peak {peak:.0} dBFS{details}")),
    }
}

fn measure_microphone(args: &DoctorArgs, store: &Store) -> Result<MicrophoneCheck, String> {
    let (sender, events) = mpsc::channel();
    let settings = store.settings().map_err(|error| error.to_string())?;
    let source = match (&args.mic, settings.microphone) {
        (Some(name), _) => AudioSource::Device(name.clone()),
        (None, Some(chosen)) => AudioSource::Chosen(KnownMicrophone {
            id: chosen.id,
            name: chosen.name,
            place: chosen.place,
        }),
        (None, None) => AudioSource::Default,
    };
    let detector = app::voice_detector(args.model.as_deref(), vec![store.models()]);
    let channels = ChannelRule {
        stored: settings.microphone_channels,
        ..ChannelRule::of(args.channel, Some(detector))
    };
    let on_event = move |event| {
        // The receiver is gone once the measurement is over.
        let _ = sender.send(event);
    };
    let recorder = Recorder::open(InputRequest { source, channels }, on_event);
    let recorder = recorder.map_err(|error| error.to_string())?;
    let mut deadline = Instant::now() + OPEN_TIMEOUT;
    let mut check = MicrophoneCheck::default();
    loop {
        match events.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(RecorderEvent::Opened(opened)) => check.opened = Some(*opened),
            Ok(RecorderEvent::Listening) => deadline = Instant::now() + MEASURE_FOR,
            Ok(RecorderEvent::Level(dbfs)) => {
                check.peak_dbfs = Some(check.peak_dbfs.map_or(dbfs, |peak| peak.max(dbfs)));
            }
            Ok(RecorderEvent::ChannelLevels(levels)) => {
                check
                    .channel_peaks_dbfs
                    .resize(levels.len(), f64::NEG_INFINITY);
                for (peak, level) in check.channel_peaks_dbfs.iter_mut().zip(levels) {
                    *peak = peak.max(level);
                }
            }
            Ok(RecorderEvent::ChannelsDiffer(note)) => check.note = Some(note),
            Ok(RecorderEvent::Failed(error)) => return Err(error.to_string()),
            Ok(_) => {}
            Err(_) => break,
        }
    }
    drop(recorder);
    Ok(check)
}

impl MicrophoneCheck {
    /// Which microphone it is and what its channels carry, as parts of a sentence.
    fn details(&self) -> String {
        let mut details = String::new();
        if let Some(opened) = &self.opened {
            let name = &opened.microphone.name;
            details += &match &opened.replaces {
                Some(known) => format!("; \"{name}\" is used in place of \"{}\"", known.name),
                None => format!("; \"{name}\""),
            };
            if opened.microphone.loopback {
                details += " records what the computer plays, not a microphone";
            }
            if let Some(channel) = opened.channel {
                details += &format!("; only channel {channel} is used");
            }
        }
        let levels = (1..).zip(&self.channel_peaks_dbfs);
        let levels: Vec<String> = levels
            .map(|(channel, dbfs)| match *dbfs < SILENT_DBFS {
                true => format!("channel {channel} silent"),
                false => format!("channel {channel} {dbfs:.0} dBFS"),
            })
            .collect();
        if !levels.is_empty() {
            details += &format!("; {}", levels.join(", "));
        }
        if let Some(note) = &self.note {
            details += &format!("; {note}");
        }
        details
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
