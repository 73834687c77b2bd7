//! The check of the microphone: whether it opens, with which format, and whether it delivers a signal.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::audio;
use crate::audio::{AudioSource, Microphone, Recorder, RecorderEvent};
use crate::storage::Store;

/// The noise of a quiet room is louder than this; the signal of an unplugged input is not.
const SILENT_DBFS: f64 = -90.0;
/// How long the microphone has to open.
const OPEN_TIMEOUT: Duration = Duration::from_secs(8);
/// How long the signal level is measured.
const MEASURE_FOR: Duration = Duration::from_secs(2);

/// Opens the microphone `name`, or that of the settings, and measures its level.
pub(super) fn check(name: Option<String>, store: &Store) -> Result<String, String> {
    let (sender, events) = mpsc::channel();
    // Settings that cannot be read have a check of their own.
    let settings = store.settings().unwrap_or_default();
    let name = name.or(settings.microphone);
    let source = name
        .clone()
        .map_or(AudioSource::Default, AudioSource::Device);
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
        peak => Ok(format!(
            "signal present, peak {peak:.0} dBFS{}",
            format_of(name.as_deref())
        )),
    }
}

/// Channels and sampling rate of the microphone `name`, or of the default one, if they are known.
fn format_of(name: Option<&str>) -> String {
    let found = audio::microphones().unwrap_or_default();
    let is_meant = |mic: &&Microphone| match name {
        Some(name) => mic.name == name || mic.id == name,
        None => mic.default,
    };
    let format = found.iter().find(is_meant);
    match format.and_then(|mic| Some((mic.channels?, mic.sample_rate_hz?))) {
        Some((1, rate)) => format!(", 1 channel, {rate} Hz"),
        Some((channels, rate)) => format!(", {channels} channels, {rate} Hz"),
        None => String::new(),
    }
}
