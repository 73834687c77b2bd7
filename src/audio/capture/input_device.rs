//! Owns the microphone stream: finds devices, opens one, and pushes its samples into a ring. Knows
//! nothing of takes or sessions.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{ErrorKind, FromSample, SampleFormat, SizedSample};

#[cfg(target_os = "linux")]
use super::pulse_cookie;

/// How long a sound server may take to answer.
pub(crate) const OPEN_TIMEOUT: Duration = Duration::from_secs(3);
/// How long a microphone in use is waited for.
const BUSY_FOR: Duration = Duration::from_secs(1);
/// Audio the ring can hold while the recorder is kept waiting.
const RING_SECONDS: usize = 4;

/// Where the sound of an answer comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AudioSource {
    /// The system's default microphone.
    Default,
    /// A microphone by its name.
    Device(String),
    /// A file that plays the microphone's part, from its start at each take.
    File(PathBuf, FilePacing),
}

/// How fast a file plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilePacing {
    /// As it was spoken.
    RealTime,
    /// As fast as it is taken.
    Unthrottled,
}

/// A microphone that is there.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Microphone {
    /// Its name, as the system shows it.
    pub name: String,
    /// Its name for the system.
    pub id: String,
    /// Whether it is the system's default.
    pub default: bool,
    /// Its own rate; `None` where it does not say.
    pub sample_rate_hz: Option<u32>,
    /// Its own channels.
    pub channels: Option<u16>,
    /// Its own sample format.
    pub format: Option<String>,
}

/// Why there is no sound from a microphone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MicError {
    /// There is none at all.
    #[error("no microphone found: plug one in, or switch it on in the system's sound settings")]
    None,
    /// Not the one that was asked for.
    #[error("there is no microphone \"{0}\": `starling devices` lists those there are")]
    Unknown(String),
    /// Somebody else has it.
    #[error("the microphone is in use by another program: close that program, then try again")]
    Busy,
    /// The system does not let us.
    #[error(
        "the system does not allow the use of the microphone: allow it in its privacy settings"
    )]
    Denied,
    /// It was pulled out or switched off.
    #[error("the microphone went away: plug it in again or choose another one")]
    Vanished,
    /// It is open but nothing comes.
    #[error("the microphone gives no sound: choose another one, or restart the sound server")]
    Stalled,
    /// Anything else.
    #[error("the microphone cannot be used ({0}): choose another one")]
    Other(String),
}

/// An open microphone.
pub(crate) struct InputStream {
    /// As the system shows it.
    pub(crate) name: String,
    /// Through which of the system's ways it was opened.
    pub(crate) host: cpal::HostId,
    /// Whether it hears what the loudspeakers play, and nobody who speaks.
    pub(crate) is_monitor: bool,
    pub(crate) rate_hz: u32,
    pub(crate) channels: u16,
    /// Interleaved samples, -1 to 1, whole frames.
    samples: rtrb::Consumer<f32>,
    pub(crate) state: Arc<StreamState>,
    stream: Option<cpal::Stream>,
}

/// What the callbacks count.
#[derive(Default)]
pub(crate) struct StreamState {
    lost_frames: AtomicU64,
    failed: OnceLock<MicError>,
}

impl StreamState {
    pub(crate) fn lost_frames(&self) -> u64 {
        self.lost_frames.load(Ordering::Relaxed)
    }

    pub(crate) fn failed(&self) -> Option<MicError> {
        self.failed.get().cloned()
    }
}

/// The microphones there are, the default first. Loopbacks of loudspeakers come last.
pub fn microphones() -> Result<Vec<Microphone>, MicError> {
    let host = host();
    let default = host.default_input_device().and_then(|d| d.id().ok());
    let devices = host.input_devices().map_err(mic_error)?;
    let mut found: Vec<Microphone> = devices
        .filter(is_microphone)
        .filter_map(|device| {
            let id = device.id().ok()?;
            let config = device.default_input_config().ok();
            // ALSA's default is always listed, whatever it leads to.
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
    // ALSA lists one microphone many times over; the first way to it is found by its name.
    let mut known = HashSet::new();
    found.retain(|mic| !mic.id.starts_with("alsa:") || known.insert(mic.name.clone()));
    match found.is_empty() {
        true => Err(MicError::None),
        false => Ok(found),
    }
}

/// Opens the microphone called `name`, or the default one, and starts it. May block for as long as the
/// sound server likes.
pub(crate) fn open(host: &cpal::Host, name: Option<&str>) -> Result<InputStream, MicError> {
    let until = Instant::now() + BUSY_FOR;
    loop {
        match open_once(host, name) {
            // Perhaps by ourselves: a stream that was just let go closes on a thread of its own.
            Err(MicError::Busy) if Instant::now() < until => {
                std::thread::sleep(Duration::from_millis(100));
            }
            opened => return opened,
        }
    }
}

fn open_once(host: &cpal::Host, name: Option<&str>) -> Result<InputStream, MicError> {
    let device = match name {
        None => host.default_input_device().ok_or(MicError::None)?,
        Some(name) => find(host, name)?,
    };
    let config = device.default_input_config().map_err(|error| {
        match (name, mic_error(error)) {
            // There is always a default; it leads nowhere.
            (None, MicError::Vanished) => MicError::None,
            (_, error) => error,
        }
    })?;
    match config.sample_format() {
        SampleFormat::I8 => start::<i8>(&device, &config),
        SampleFormat::I16 => start::<i16>(&device, &config),
        SampleFormat::I24 => start::<cpal::I24>(&device, &config),
        SampleFormat::I32 => start::<i32>(&device, &config),
        SampleFormat::U8 => start::<u8>(&device, &config),
        SampleFormat::U16 => start::<u16>(&device, &config),
        SampleFormat::U32 => start::<u32>(&device, &config),
        SampleFormat::F32 => start::<f32>(&device, &config),
        SampleFormat::F64 => start::<f64>(&device, &config),
        other => Err(MicError::Other(format!("it speaks {other}"))),
    }
}

impl InputStream {
    /// Appends what has arrived, whole frames. With it, what ended the stream.
    pub(crate) fn read(&mut self, out: &mut Vec<f32>) -> Option<MicError> {
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

impl Drop for InputStream {
    /// A sound server that was killed never answers the goodbye, and the thread that says it waits
    /// for ever: so it is said on a thread of its own, which nobody waits for.
    fn drop(&mut self) {
        let stream = self.stream.take();
        let _ = std::thread::Builder::new()
            .name("microphone-close".to_owned())
            .spawn(move || drop(stream));
    }
}

/// PulseAudio (or PipeWire's) first: it tells when a device goes. Then the system's own.
pub(crate) fn host() -> cpal::Host {
    #[cfg(target_os = "linux")]
    {
        let pulse = || cpal::host_from_id(cpal::HostId::PulseAudio).ok();
        if let Some(host) = pulse().or_else(|| pulse_cookie::create().and_then(|()| pulse())) {
            return host;
        }
        silence_alsa_errors();
    }
    cpal::default_host()
}

/// The same host as before, while it is there.
pub(crate) fn host_again(id: cpal::HostId) -> Option<cpal::Host> {
    #[cfg(target_os = "linux")]
    silence_alsa_errors();
    cpal::host_from_id(id).ok()
}

/// ALSA writes its every attempt to stderr, on the thread that makes it. What became of it comes back
/// as an error as well; without a handler it is only more to read.
#[cfg(target_os = "linux")]
fn silence_alsa_errors() {
    let _ = alsa::Output::local_error_handler();
}

/// ALSA lists its converters and mixers as inputs too. Asking one of those for its format can start
/// another sound server, so they are told by their names.
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
    let is_called = |device: &cpal::Device| {
        let shown = device.description().map(|d| d.name().to_lowercase());
        let id = device.id().map(|id| id.to_string());
        shown.is_ok_and(|shown| shown == name.to_lowercase()) || id.is_ok_and(|id| id == name)
    };
    devices
        .find(is_called)
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
    // The default buffer of some servers leaves gaps of seconds. Of PulseAudio's queue cpal makes
    // this the length as well, and what comes in larger pieces is dropped without a word: with 20 ms
    // a third of an answer was. It hands over what there is every half of it.
    let buffers_a_second = if on_pulse { 5 } else { 50 };
    let fixed = cpal::BufferSize::Fixed((rate_hz / buffers_a_second).max(1));
    let (stream, samples, state) = match build::<T>(device, config, fixed) {
        Err(MicError::Other(_)) => build::<T>(device, config, cpal::BufferSize::Default)?,
        built => built?,
    };
    stream.play().map_err(mic_error)?;
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
        stream: Some(stream),
    })
}

type BuildResult = (cpal::Stream, rtrb::Consumer<f32>, Arc<StreamState>);

fn build<T>(
    device: &cpal::Device,
    config: &cpal::SupportedStreamConfig,
    buffer_size: cpal::BufferSize,
) -> Result<BuildResult, MicError>
where
    T: SizedSample + Send + 'static,
    f32: FromSample<T>,
{
    let channels = usize::from(config.channels().max(1));
    let capacity = config.sample_rate() as usize * channels * RING_SECONDS;
    let (mut ring, samples) = rtrb::RingBuffer::new(capacity);
    let state = Arc::new(StreamState::default());
    let (counts, errors) = (Arc::clone(&state), Arc::clone(&state));
    let stream = device
        .build_input_stream(
            cpal::StreamConfig {
                channels: config.channels(),
                sample_rate: config.sample_rate(),
                buffer_size,
            },
            move |data: &[T], _: &cpal::InputCallbackInfo| {
                let taken = data.len().min(ring.slots()) / channels * channels;
                if let Ok(room) = ring.write_chunk_uninit(taken) {
                    room.fill_from_iter(
                        data.iter()
                            .map(|s| <f32 as FromSample<T>>::from_sample_(*s)),
                    );
                }
                let lost = (data.len() - taken) / channels;
                counts.lost_frames.fetch_add(lost as u64, Ordering::Relaxed);
            },
            move |error: cpal::Error| {
                // ALSA repeats itself a million times a second: only the first is kept.
                if ends_the_stream(error.kind()) && errors.failed.get().is_none() {
                    let _ = errors.failed.set(mic_error(error));
                }
            },
            Some(OPEN_TIMEOUT),
        )
        .map_err(mic_error)?;
    Ok((stream, samples, state))
}

pub(crate) fn ends_the_stream(kind: ErrorKind) -> bool {
    !matches!(
        kind,
        ErrorKind::Xrun | ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied
    )
}

fn mic_error(error: cpal::Error) -> MicError {
    match error.kind() {
        ErrorKind::DeviceBusy => MicError::Busy,
        ErrorKind::PermissionDenied => MicError::Denied,
        ErrorKind::DeviceNotAvailable | ErrorKind::StreamInvalidated => MicError::Vanished,
        ErrorKind::HostUnavailable => MicError::None,
        _ => MicError::Other(error.to_string().trim_end_matches('.').to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_says_what_to_do() {
        for (kind, expected) in [
            (ErrorKind::DeviceBusy, "in use by another program"),
            (ErrorKind::PermissionDenied, "privacy settings"),
            (ErrorKind::DeviceNotAvailable, "went away"),
            (ErrorKind::StreamInvalidated, "went away"),
            (ErrorKind::HostUnavailable, "plug one in"),
            (ErrorKind::UnsupportedConfig, "choose another one"),
        ] {
            let said = mic_error(cpal::Error::new(kind)).to_string();
            assert!(said.contains(expected), "{kind:?}: {said}");
            assert!(!said.contains('\n') && !said.ends_with('.'), "{said}");
        }
    }

    #[test]
    fn a_hiccup_does_not_end_a_take() {
        assert!(!ends_the_stream(ErrorKind::Xrun));
        assert!(!ends_the_stream(ErrorKind::DeviceChanged));
        assert!(ends_the_stream(ErrorKind::DeviceNotAvailable));
    }
}
