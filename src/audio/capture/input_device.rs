//! Owns the microphone's stream: opens a device, and pushes its samples into a ring. Knows nothing of takes or
//! sessions.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cpal::traits::DeviceTrait;
use cpal::{FromSample, SizedSample};

#[cfg(target_os = "linux")]
use super::pulse_stream::{self, PulseStream};
use super::source::DeviceChoice;
use super::stream_state::StreamState;
use crate::audio::host::OPEN_TIMEOUT;
use crate::audio::microphones::device::Microphone;
use crate::audio::microphones::error::{MicError, mic_error};
use crate::audio::microphones::{default_device, known_device, named_device};
use crate::audio::stream::{RunningStream, build_with_buffer, with_sample_type};

/// How long to retry while the microphone is in use.
const BUSY_RETRY_TIMEOUT: Duration = Duration::from_secs(1);
/// Audio the ring can hold while the capture thread is blocked.
const RING_SECONDS: usize = 4;

/// An open microphone.
pub(super) struct InputStream {
    /// What the system says about it.
    pub(super) microphone: Microphone,
    /// The audio interface that opened it.
    pub(super) host: cpal::HostId,
    pub(super) rate_hz: u32,
    pub(super) channels: u16,
    /// Interleaved samples from -1 to 1, whole frames.
    samples: rtrb::Consumer<f32>,
    pub(super) state: Arc<StreamState>,
    _stream: OpenStream,
}

/// Keeps the stream running.
enum OpenStream {
    Cpal(#[allow(dead_code, reason = "it is dropped")] RunningStream),
    #[cfg(target_os = "linux")]
    Pulse(#[allow(dead_code, reason = "it is dropped")] PulseStream),
}

/// Opens a microphone and starts it. May block for as long as the sound server does.
pub(super) fn open(host: &cpal::Host, choice: &DeviceChoice) -> Result<InputStream, MicError> {
    let deadline = Instant::now() + BUSY_RETRY_TIMEOUT;
    loop {
        match open_once(host, choice) {
            // It may be our own previous stream, which is closed on a thread of its own.
            Err(MicError::Busy) if Instant::now() < deadline => {
                std::thread::sleep(Duration::from_millis(100));
            }
            opened => return opened,
        }
    }
}

fn open_once(host: &cpal::Host, choice: &DeviceChoice) -> Result<InputStream, MicError> {
    let (device, microphone) = match choice {
        DeviceChoice::Default => default_device(host)?,
        DeviceChoice::Named(text) => named_device(host, text)?,
        DeviceChoice::Known(known) => known_device(host, known)?,
    };
    let config = device.default_input_config().map_err(|error| {
        match (choice, mic_error(error)) {
            // A default is always reported; here no device is behind it.
            (DeviceChoice::Default, MicError::Disconnected) => MicError::NotFound,
            (_, error) => error,
        }
    })?;
    #[cfg(target_os = "linux")]
    if let Some(stream) = with_own_channels(&device, &microphone)? {
        return Ok(stream);
    }
    with_sample_type!(
        config.sample_format(),
        start(&device, &microphone, &config),
        MicError::Other
    )
}

/// A stream of a source of PulseAudio that has other channels than cpal would ask for.
#[cfg(target_os = "linux")]
fn with_own_channels(
    device: &cpal::Device,
    microphone: &Microphone,
) -> Result<Option<InputStream>, MicError> {
    let Some(name) = microphone.id.strip_prefix("pulseaudio:") else {
        return Ok(None);
    };
    let Some(opened) = pulse_stream::open(name, RING_SECONDS)? else {
        return Ok(None);
    };
    Ok(Some(InputStream {
        microphone: microphone.clone(),
        host: device.id().map_err(mic_error)?.host(),
        rate_hz: opened.spec.sample_rate,
        channels: u16::from(opened.spec.channels),
        samples: opened.samples,
        state: opened.state,
        _stream: OpenStream::Pulse(opened.stream),
    }))
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

fn start<T>(
    device: &cpal::Device,
    microphone: &Microphone,
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
    let id = device.id().map_err(mic_error)?;
    Ok(InputStream {
        microphone: microphone.clone(),
        host: id.host(),
        rate_hz,
        channels: config.channels(),
        samples,
        state,
        _stream: OpenStream::Cpal(stream),
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
                counters.count_lost((data.len() - taken) / channels);
            },
            move |error: cpal::Error| errors.record_error(error),
            Some(OPEN_TIMEOUT),
        )
        .map_err(mic_error)?;
    Ok((stream, samples, state))
}
