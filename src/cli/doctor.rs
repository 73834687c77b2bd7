//! `starling doctor`: is everything here that a practice needs? Each line is ok, or says what to do.

use std::io::{self, Write};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::asr::recognizer::whisper;
use crate::audio::{AudioSource, Recorder, RecorderEvent};
use crate::storage::Store;
use crate::storage::model_files;

use super::Failure;

/// A minute of audio is 2 MB; this is a long evening.
const ROOM_WANTED: u64 = 200 << 20;
/// A room is louder than this; an unplugged input is not.
const DEAD_DBFS: f64 = -90.0;
const LISTENS_FOR: Duration = Duration::from_secs(2);

/// What to look at.
#[derive(Debug, clap::Args)]
pub struct DoctorArgs {
    /// As JSON.
    #[arg(long)]
    json: bool,
    /// Microphone's name; that of the settings, or the default one, without this.
    #[arg(long, value_name = "NAME")]
    mic: Option<String>,
    /// Speech model's name or path.
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
}

#[derive(Serialize)]
struct Line {
    check: &'static str,
    ok: bool,
    says: String,
}

/// Looks at everything, one line each.
pub fn run(arguments: &DoctorArgs, store: &Store) -> Result<(), Failure> {
    let lines = [
        line("processor", processor()),
        line("model", model(arguments.model.as_deref(), store)),
        line("microphone", microphone(arguments.mic.clone(), store)),
        line("disk", disk(store)),
        line("screen", screen()),
    ];
    let mut out = io::stdout().lock();
    if arguments.json {
        serde_json::to_writer(&mut out, &lines)?;
        writeln!(out)?;
    } else {
        for line in &lines {
            let mark = if line.ok { "ok  " } else { "todo" };
            writeln!(out, "{mark} {:<11} {}", line.check, line.says)?;
        }
    }
    out.flush()?;
    match lines.iter().filter(|line| !line.ok).count() {
        0 => Ok(()),
        1 => Err(Failure::Work(anyhow::anyhow!("one thing is to be done"))),
        n => Err(Failure::Work(anyhow::anyhow!("{n} things are to be done"))),
    }
}

fn line(check: &'static str, found: Result<String, String>) -> Line {
    Line {
        check,
        ok: found.is_ok(),
        says: found.unwrap_or_else(|what| what),
    }
}

fn processor() -> Result<String, String> {
    whisper::check_processor().map_err(|error| error.to_string())?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(format!("{cores} cores, with all that is needed"))
}

fn model(wanted: Option<&str>, store: &Store) -> Result<String, String> {
    let settings = store.settings().map_err(|error| error.to_string())?;
    let wanted = wanted.or(settings.model.as_deref());
    let found = model_files::find(wanted, &[store.models()]).map_err(|error| error.to_string())?;
    model_files::check(&found).map_err(|error| error.to_string())?;
    Ok(format!("{} is whole", found.whisper.display()))
}

fn microphone(name: Option<String>, store: &Store) -> Result<String, String> {
    let (told, inbox) = mpsc::channel();
    let settings = store.settings().map_err(|error| error.to_string())?;
    let name = name.or(settings.microphone);
    let source = name.map_or(AudioSource::Default, AudioSource::Device);
    let tell = move |happened| {
        // After two seconds nobody listens any more.
        let _ = told.send(happened);
    };
    let recorder = Recorder::open(source, tell).map_err(|error| error.to_string())?;
    let mut until = Instant::now() + Duration::from_secs(8);
    let mut loudest = f64::NEG_INFINITY;
    loop {
        match inbox.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(RecorderEvent::Listening) => until = Instant::now() + LISTENS_FOR,
            Ok(RecorderEvent::Level(dbfs)) => loudest = loudest.max(dbfs),
            Ok(RecorderEvent::Failed(error)) => return Err(error.to_string()),
            Ok(_) => {}
            Err(_) => break,
        }
    }
    drop(recorder);
    match loudest {
        l if l == f64::NEG_INFINITY => {
            Err("the microphone gives no sound: choose another one".to_owned())
        }
        l if l < DEAD_DBFS => Err(format!(
            "the microphone is open but silent ({l:.0} dBFS): unmute it, or choose another one"
        )),
        l => Ok(format!("heard, up to {l:.0} dBFS")),
    }
}

fn disk(store: &Store) -> Result<String, String> {
    store.prepare().map_err(|error| error.to_string())?;
    let folder = store.folder().display();
    match store.free_space() {
        Ok(room) if room < ROOM_WANTED => Err(format!(
            "{folder} has only {} MB left: make room",
            room >> 20
        )),
        Ok(room) => Ok(format!("{folder} has {} MB left", room >> 20)),
        Err(error) => Err(format!("{folder}: {error}")),
    }
}

fn screen() -> Result<String, String> {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match cfg!(target_os = "linux") && !set("DISPLAY") && !set("WAYLAND_DISPLAY") {
        true => Err(
            "there is no screen here: the window cannot open, `starling rehearse` can".to_owned(),
        ),
        false => Ok("there is one".to_owned()),
    }
}
