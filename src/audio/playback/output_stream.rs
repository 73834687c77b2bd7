//! Owns the loudspeaker's stream: opens the system's default device and plays the samples of a ring.
//! Knows nothing of takes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cpal::traits::{DeviceTrait, HostTrait};
use cpal::{ErrorKind, FromSample, SizedSample};

use crate::audio::decode::DecodeError;
use crate::audio::host::{OPEN_TIMEOUT, host};
use crate::audio::stream::{
    EndingError, RunningStream, build_with_buffer, system_message, with_sample_type,
};

/// The ring holds 1/`RING_PART` seconds: what still plays if the player's thread is blocked.
const RING_PART: usize = 2;
/// The system's buffer holds 1/`BUFFER_PART` seconds.
const BUFFER_PART: u32 = 10;

/// Why nothing can be played.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// There is no loudspeaker.
    #[error("no loudspeaker found: plug one in, or switch it on in the system's sound settings")]
    None,
    /// It was unplugged or switched off.
    #[error("the loudspeaker was disconnected: plug it in again, then play once more")]
    Vanished,
    /// It is open but consumes no samples.
    #[error("the loudspeaker accepts no audio: choose another one in the system's sound settings")]
    Stalled,
    /// Any other error of the system.
    #[error("cannot use the loudspeaker ({0}): choose another one in the system's sound settings")]
    Other(String),
    /// The take's audio is missing or cannot be decoded.
    #[error(transparent)]
    File(#[from] DecodeError),
    /// The player's thread panicked.
    #[error(
        "internal playback error; the take is unchanged. Play it again, and please report this"
    )]
    ThreadPanicked,
}

/// An open loudspeaker.
pub(crate) struct OutputStream {
    pub(crate) rate_hz: u32,
    /// Mono samples from -1 to 1, played on the two front loudspeakers.
    pub(crate) samples: rtrb::Producer<f32>,
    pub(crate) state: Arc<OutputState>,
    _stream: RunningStream,
}

/// Counters and errors written by the callbacks.
#[derive(Default)]
pub(crate) struct OutputState {
    consumed: AtomicU64,
    latency_micros: AtomicU64,
    failed: EndingError<PlayError>,
}

impl OutputState {
    /// Number of samples the system has consumed from the ring.
    pub(crate) fn consumed(&self) -> u64 {
        self.consumed.load(Ordering::Relaxed)
    }

    /// Time from consuming the newest sample until it is audible.
    pub(crate) fn latency(&self) -> Duration {
        Duration::from_micros(self.latency_micros.load(Ordering::Relaxed))
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.failed.get().is_some()
    }
}

/// Opens the system's loudspeaker and starts it; it is silent while the ring is empty. May block for as
/// long as the sound server does.
pub(crate) fn open() -> Result<OutputStream, PlayError> {
    let device = host().default_output_device().ok_or(PlayError::None)?;
    // A default is always reported, even if no device is behind it.
    let config = device
        .default_output_config()
        .map_err(|error| match play_error(error) {
            PlayError::Vanished => PlayError::None,
            error => error,
        })?;
    with_sample_type!(
        config.sample_format(),
        start(&device, &config),
        PlayError::Other
    )
}

impl OutputStream {
    /// The error that ended the stream, once [`OutputState::has_failed`] is true.
    pub(crate) fn error(&self) -> PlayError {
        match self.state.failed.get() {
            Some(PlayError::Other(why)) => PlayError::Other(why.clone()),
            Some(PlayError::None) => PlayError::None,
            _ => PlayError::Vanished,
        }
    }
}

fn start<T>(
    device: &cpal::Device,
    config: &cpal::SupportedStreamConfig,
) -> Result<OutputStream, PlayError>
where
    T: SizedSample + FromSample<f32> + Send + 'static,
{
    let rate_hz = config.sample_rate();
    let (stream, samples, state) = build_with_buffer(
        config,
        rate_hz / BUFFER_PART,
        |error| matches!(error, PlayError::Other(_)),
        |config| build::<T>(device, config),
    )?;
    let stream = RunningStream::start(stream, "speaker-close").map_err(play_error)?;
    Ok(OutputStream {
        rate_hz,
        samples,
        state,
        _stream: stream,
    })
}

type BuildResult = (cpal::Stream, rtrb::Producer<f32>, Arc<OutputState>);

fn build<T>(device: &cpal::Device, config: cpal::StreamConfig) -> Result<BuildResult, PlayError>
where
    T: SizedSample + FromSample<f32> + Send + 'static,
{
    let channels = usize::from(config.channels.max(1));
    let rate_hz = u64::from(config.sample_rate.max(1));
    let (samples, mut ring) =
        rtrb::RingBuffer::new((config.sample_rate as usize / RING_PART).max(1));
    let state = Arc::new(OutputState::default());
    let (counters, errors) = (Arc::clone(&state), Arc::clone(&state));
    let stream = device
        .build_output_stream(
            config,
            move |data: &mut [T], info: &cpal::OutputCallbackInfo| {
                let mut consumed = 0;
                for frame in data.chunks_mut(channels) {
                    let sample = match ring.pop() {
                        Ok(sample) => {
                            consumed += 1;
                            sample
                        }
                        Err(_) => 0.0,
                    };
                    for (index, channel) in frame.iter_mut().enumerate() {
                        let front = if index < 2 { sample } else { 0.0 };
                        *channel = T::from_sample_(front);
                    }
                }
                let times = info.timestamp();
                // The timestamps are those of the first sample; the last one is audible a buffer later.
                let latency = times.playback.duration_since(times.callback);
                let frames = (data.len() / channels) as u64;
                let micros =
                    u64::try_from(latency.as_micros()).unwrap_or(0) + 1_000_000 * frames / rate_hz;
                counters.latency_micros.store(micros, Ordering::Relaxed);
                counters.consumed.fetch_add(consumed, Ordering::Relaxed);
            },
            move |error: cpal::Error| errors.failed.record(error, play_error),
            Some(OPEN_TIMEOUT),
        )
        .map_err(play_error)?;
    Ok((stream, samples, state))
}

fn play_error(error: cpal::Error) -> PlayError {
    match error.kind() {
        ErrorKind::DeviceNotAvailable | ErrorKind::StreamInvalidated => PlayError::Vanished,
        ErrorKind::HostUnavailable => PlayError::None,
        _ => PlayError::Other(system_message(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_says_what_to_do() {
        for (kind, expected) in [
            (ErrorKind::DeviceNotAvailable, "plug it in again"),
            (ErrorKind::HostUnavailable, "plug one in"),
            (ErrorKind::UnsupportedConfig, "choose another one"),
        ] {
            let message = play_error(cpal::Error::new(kind)).to_string();
            assert!(message.contains(expected), "{kind:?}: {message}");
            assert!(
                !message.contains('\n') && !message.ends_with('.'),
                "{message}"
            );
        }
    }
}
