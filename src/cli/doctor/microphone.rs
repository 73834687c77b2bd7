//! The check of the microphone: whether it opens, which one it is, what its channels carry, and whether it delivers a
//! signal.

use std::path::Path;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::app;
use crate::audio::{
    AudioSource, ChannelNote, ChannelRule, InputRequest, KnownMicrophone, OpenedMicrophone,
    Recorder, RecorderEvent,
};
use crate::storage::Store;

/// The noise of a quiet room is louder than this; the signal of an unplugged input is not.
const SILENT_DBFS: f64 = -90.0;
/// How long the microphone has to open.
const OPEN_TIMEOUT: Duration = Duration::from_secs(8);
/// How long the signal level is measured.
const MEASURE_FOR: Duration = Duration::from_secs(2);

/// Opens the microphone `name`, or that of the settings, and measures its level.
pub(super) fn check(
    name: Option<&str>,
    channel: Option<u16>,
    model: Option<&Path>,
    store: &Store,
) -> Result<String, String> {
    let check = measure(name, channel, model, store)?;
    let details = check.details();
    match check.peak_dbfs {
        None => Err("the microphone delivers no audio: choose another one".to_owned()),
        Some(peak) if peak < SILENT_DBFS => Err(format!(
            "the microphone is open but silent ({peak:.0} dBFS): unmute it, or choose another one{details}"
        )),
        Some(peak) => Ok(format!("signal present, peak {peak:.0} dBFS{details}")),
    }
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

fn measure(
    name: Option<&str>,
    channel: Option<u16>,
    model: Option<&Path>,
    store: &Store,
) -> Result<MicrophoneCheck, String> {
    let (sender, events) = mpsc::channel();
    // Settings that cannot be read have a check of their own.
    let settings = store.settings().unwrap_or_default();
    let source = match (name, settings.microphone) {
        (Some(name), _) => AudioSource::Device(name.to_owned()),
        (None, Some(chosen)) => AudioSource::Chosen(KnownMicrophone {
            id: chosen.id,
            name: chosen.name,
            place: chosen.place,
        }),
        (None, None) => AudioSource::Default,
    };
    let detector = app::voice_detector(model, vec![store.models()]);
    let channels = ChannelRule {
        stored: settings.microphone_channels,
        ..ChannelRule::of(channel, Some(detector))
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
