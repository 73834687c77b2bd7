//! Owns the microphone's stream: lists devices, opens one, and pushes its samples into a ring. Knows
//! nothing of takes or sessions.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, HostTrait};
use cpal::{ErrorKind, FromSample, SizedSample};

use crate::audio::host::{OPEN_TIMEOUT, host};
use crate::audio::stream::{
    EndingError, RunningStream, build_with_buffer, system_message, with_sample_type,
};

/// How long to retry while the microphone is in use.
const BUSY_RETRY_TIMEOUT: Duration = Duration::from_secs(1);
/// Audio the ring can hold while the capture thread is blocked.
const RING_SECONDS: usize = 4;

/// Where the audio of an answer comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AudioSource {
    /// The system's default microphone.
    Default,
    /// A microphone by its name.
    Device(String),
    /// A file instead of a microphone, from its start at each take.
    File(PathBuf, FilePacing),
}

/// How fast a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilePacing {
    /// At its own speed.
    RealTime,
    /// As fast as the capture thread can process it.
    Unthrottled,
}

/// An available microphone.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Microphone {
    /// Display name.
    pub name: String,
    /// The system's id.
    pub id: String,
    /// Whether it is the system's default.
    pub default: bool,
    /// Default sample rate; `None` if the device does not report it.
    pub sample_rate_hz: Option<u32>,
    /// Default channel count.
    pub channels: Option<u16>,
    /// Default sample format.
    pub format: Option<String>,
}

/// Why a microphone delivers no audio.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MicError {
    /// There is no microphone.
    #[error("no microphone found: plug one in, or switch it on in the system's sound settings")]
    NotFound,
    /// No microphone has the requested name.
    #[error("microphone \"{0}\" not found: `starling devices` lists the available ones")]
    Unknown(String),
    /// Another program uses it.
    #[error("the microphone is in use by another program: close that program, then try again")]
    Busy,
    /// The system denies access.
    #[error(
        "the system denies access to the microphone: allow it in the system's privacy settings"
    )]
    Denied,
    /// It was unplugged or switched off.
    #[error("the microphone was disconnected: plug it in again or choose another one")]
    Disconnected,
    /// It is open but delivers no samples.
    #[error("the microphone delivers no audio: choose another one, or restart the sound server")]
    Stalled,
    /// Any other error of the system.
    #[error("cannot use the microphone ({0}): choose another one")]
    Other(String),
}

/// An open microphone.
pub(super) struct InputStream {
    /// Display name.
    pub(super) name: String,
    /// The audio interface that opened it.
    pub(super) host: cpal::HostId,
    /// Whether it records what the loudspeakers play instead of a microphone.
    pub(super) is_monitor: bool,
    pub(super) rate_hz: u32,
    pub(super) channels: u16,
    /// Interleaved samples from -1 to 1, whole frames.
    samples: rtrb::Consumer<f32>,
    pub(super) state: Arc<StreamState>,
    _stream: RunningStream,
}

/// Counters and errors written by the callbacks.
#[derive(Default)]
pub(super) struct StreamState {
    lost_frames: AtomicU64,
    failed: EndingError<MicError>,
}

impl StreamState {
    pub(super) fn lost_frames(&self) -> u64 {
        self.lost_frames.load(Ordering::Relaxed)
    }

    fn failed(&self) -> Option<MicError> {
        self.failed.get().cloned()
    }
}

/// The available microphones, the default first. Monitors of loudspeakers come last.
pub fn microphones() -> Result<Vec<Microphone>, MicError> {
    let host = host();
    let default = host.default_input_device().and_then(|d| d.id().ok());
    let devices = host.input_devices().map_err(mic_error)?;
    let mut found: Vec<Microphone> = devices
        .filter(is_microphone)
        .filter_map(|device| {
            let id = device.id().ok()?;
            let config = device.default_input_config().ok();
            // ALSA always lists its default, even if no device is behind it.
            if config.is_none() && matches!(id.id(), "default" | "pulse" | "pipewire") {
                return None;
            }
            Some(Microphone {
                name: device.description().ok()?.name().to_owned(),
                default: default.as_ref() == Some(&id),
                id: id.to_string(),
                sample_rate_hz: config.as_ref().map(|c| c.sample_rate()),
                channels: config.as_ref().map(|c| c.channels()),
                format: config.as_ref().map(|c| c.sample_format().to_string()),
            })
        })
        .collect();
    found.sort_by_key(|mic| (!mic.default, mic.id.ends_with(".monitor")));
    // ALSA lists one microphone many times; the first entry can be opened by its display name.
    let mut seen = HashSet::new();
    found.retain(|mic| !mic.id.starts_with("alsa:") || seen.insert(mic.name.clone()));
    match found.is_empty() {
        true => Err(MicError::NotFound),
        false => Ok(found),
    }
}

/// Opens the microphone called `name`, or the default one, and starts it. May block for as long as the
/// sound server does.
pub(super) fn open(host: &cpal::Host, name: Option<&str>) -> Result<InputStream, MicError> {
    let deadline = Instant::now() + BUSY_RETRY_TIMEOUT;
    loop {
        match open_once(host, name) {
            // It may be our own previous stream, which is closed on a thread of its own.
            Err(MicError::Busy) if Instant::now() < deadline => {
                std::thread::sleep(Duration::from_millis(100));
            }
            opened => return opened,
        }
    }
}

fn open_once(host: &cpal::Host, name: Option<&str>) -> Result<InputStream, MicError> {
    let device = match name {
        None => host.default_input_device().ok_or(MicError::NotFound)?,
        Some(name) => find(host, name)?,
    };
    let config = device.default_input_config().map_err(|error| {
        match (name, mic_error(error)) {
            // A default is always reported; here no device is behind it.
            (None, MicError::Disconnected) => MicError::NotFound,
            (_, error) => error,
        }
    })?;
    with_sample_type!(
        config.sample_format(),
        start(&device, &config),
        MicError::Other
    )
}

impl InputStream {
    /// Appends the frames that have arrived. Returns the error that ended the stream, if any.
    pub(super) fn read(&mut self, out: &mut Vec<f32>) -> Option<MicError> {
        let failed = self.state.failed();
        let ready = self.samples.slots();
        if let Ok(chunk) = self.samples.read_chunk(ready) {
            let (first, second) = chunk.as_slices();
            out.extend_from_slice(first);
            out.extend_from_slice(second);
            chunk.commit_all();
        }
        failed
    }
}

/// ALSA lists its converters and mixers as inputs, too. They are recognized by name, because querying
/// the format of one can start another sound server.
fn is_microphone(device: &cpal::Device) -> bool {
    device.id().is_ok_and(|id| {
        let id = id.to_string();
        match id.strip_prefix("alsa:") {
            Some(pcm) => pcm.contains("CARD=") || matches!(pcm, "default" | "pulse" | "pipewire"),
            None => true,
        }
    })
}

fn find(host: &cpal::Host, name: &str) -> Result<cpal::Device, MicError> {
    let mut devices = host.input_devices().map_err(mic_error)?;
    let has_name = |device: &cpal::Device| {
        let shown = device.description().map(|d| d.name().to_lowercase());
        let id = device.id().map(|id| id.to_string());
        shown.is_ok_and(|shown| shown == name.to_lowercase()) || id.is_ok_and(|id| id == name)
    };
    devices
        .find(has_name)
        .ok_or_else(|| MicError::Unknown(name.to_owned()))
}

fn start<T>(
    device: &cpal::Device,
    config: &cpal::SupportedStreamConfig,
) -> Result<InputStream, MicError>
where
    T: SizedSample + Send + 'static,
    f32: FromSample<T>,
{
    let rate_hz = config.sample_rate();
    let on_pulse = device
        .id()
        .is_ok_and(|id| id.to_string().starts_with("pulseaudio:"));
    // The default buffer of some servers causes gaps of seconds. cpal also uses this value as the length
    // of PulseAudio's queue, and larger fragments are silently dropped: with 20 ms, a third of an answer
    // was lost. PulseAudio delivers every half of it.
    let buffers_per_second = if on_pulse { 5 } else { 50 };
    let (stream, samples, state) = build_with_buffer(
        config,
        rate_hz / buffers_per_second,
        |error| matches!(error, MicError::Other(_)),
        |config| build::<T>(device, config),
    )?;
    let stream = RunningStream::start(stream, "microphone-close").map_err(mic_error)?;
    let shown = device.description().map(|shown| shown.name().to_owned());
    let id = device.id().map_err(mic_error)?;
    Ok(InputStream {
        name: shown.unwrap_or_else(|_| id.to_string()),
        host: id.host(),
        is_monitor: id.id().ends_with(".monitor"),
        rate_hz,
        channels: config.channels(),
        samples,
        state,
        _stream: stream,
    })
}

type BuildResult = (cpal::Stream, rtrb::Consumer<f32>, Arc<StreamState>);

fn build<T>(device: &cpal::Device, config: cpal::StreamConfig) -> Result<BuildResult, MicError>
where
    T: SizedSample + Send + 'static,
    f32: FromSample<T>,
{
    let channels = usize::from(config.channels.max(1));
    let capacity = config.sample_rate as usize * channels * RING_SECONDS;
    let (mut ring, samples) = rtrb::RingBuffer::new(capacity);
    let state = Arc::new(StreamState::default());
    let (counters, errors) = (Arc::clone(&state), Arc::clone(&state));
    let stream = device
        .build_input_stream(
            config,
            move |data: &[T], _: &cpal::InputCallbackInfo| {
                let taken = data.len().min(ring.slots()) / channels * channels;
                if let Ok(room) = ring.write_chunk_uninit(taken) {
                    room.fill_from_iter(
                        data.iter()
                            .map(|s| <f32 as FromSample<T>>::from_sample_(*s)),
                    );
                }
                let lost = (data.len() - taken) / channels;
                counters
                    .lost_frames
                    .fetch_add(lost as u64, Ordering::Relaxed);
            },
            move |error: cpal::Error| errors.failed.record(error, mic_error),
            Some(OPEN_TIMEOUT),
        )
        .map_err(mic_error)?;
    Ok((stream, samples, state))
}

fn mic_error(error: cpal::Error) -> MicError {
    match error.kind() {
        ErrorKind::DeviceBusy => MicError::Busy,
        ErrorKind::PermissionDenied => MicError::Denied,
        ErrorKind::DeviceNotAvailable | ErrorKind::StreamInvalidated => MicError::Disconnected,
        ErrorKind::HostUnavailable => MicError::NotFound,
        _ => MicError::Other(system_message(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_says_what_to_do() {
        for (kind, expected) in [
            (ErrorKind::DeviceBusy, "in use by another program"),
            (ErrorKind::PermissionDenied, "privacy settings"),
            (ErrorKind::DeviceNotAvailable, "was disconnected"),
            (ErrorKind::StreamInvalidated, "was disconnected"),
            (ErrorKind::HostUnavailable, "plug one in"),
            (ErrorKind::UnsupportedConfig, "choose another one"),
        ] {
            let message = mic_error(cpal::Error::new(kind)).to_string();
            assert!(message.contains(expected), "{kind:?}: {message}");
            assert!(
                !message.contains('\n') && !message.ends_with('.'),
                "{message}"
            );
        }
    }
}
