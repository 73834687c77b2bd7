//! Owns the loudspeaker's stream: opens the system's own and plays what comes through a ring. Knows
//! nothing of takes.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{ErrorKind, FromSample, SampleFormat, SizedSample};

use crate::audio::capture::input_device::{OPEN_TIMEOUT, ends_the_stream, host};
use crate::audio::decode::DecodeError;

/// Sound that waits in the ring, in parts of a second: what is heard if the thread is kept waiting.
const RING_PART: usize = 2;
/// What the system takes at a time, in parts of a second.
const BUFFER_PART: u32 = 10;

/// Why nothing is heard.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// There is no loudspeaker at all.
    #[error("no loudspeaker found: plug one in, or switch it on in the system's sound settings")]
    None,
    /// It was pulled out or switched off.
    #[error("the loudspeaker went away: plug it in again, then play once more")]
    Vanished,
    /// It is open but takes nothing.
    #[error("the loudspeaker takes no sound: choose another one in the system's sound settings")]
    Stalled,
    /// Anything else that the system says.
    #[error("the loudspeaker cannot be used ({0}): choose another one in the system's settings")]
    Other(String),
    /// The take's sound is not there, or cannot be read.
    #[error(transparent)]
    File(#[from] DecodeError),
    /// Our own fault.
    #[error("the player broke: the take is on the disk as it was. Play once more, and report it")]
    Broke,
}

/// An open loudspeaker.
pub(crate) struct OutputStream {
    pub(crate) rate_hz: u32,
    /// One channel, -1 to 1; every loudspeaker in front plays it.
    pub(crate) samples: rtrb::Producer<f32>,
    pub(crate) state: Arc<OutputState>,
    stream: Option<cpal::Stream>,
}

/// What the callbacks count.
#[derive(Default)]
pub(crate) struct OutputState {
    taken: AtomicU64,
    late_micros: AtomicU64,
    failed: OnceLock<PlayError>,
}

impl OutputState {
    /// Samples that the system took out of the ring.
    pub(crate) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// How long after it was taken the newest sample is heard.
    pub(crate) fn late(&self) -> Duration {
        Duration::from_micros(self.late_micros.load(Ordering::Relaxed))
    }

    pub(crate) fn failed(&self) -> bool {
        self.failed.get().is_some()
    }
}

/// Opens the system's loudspeaker and starts it; it is silent while the ring is empty. May block for as
/// long as the sound server takes.
pub(crate) fn open() -> Result<OutputStream, PlayError> {
    let device = host().default_output_device().ok_or(PlayError::None)?;
    // There is always a default; where it leads nowhere, there is no loudspeaker.
    let config = device
        .default_output_config()
        .map_err(|error| match play_error(error) {
            PlayError::Vanished => PlayError::None,
            error => error,
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
        other => Err(PlayError::Other(format!("it speaks {other}"))),
    }
}

impl OutputStream {
    /// Why it plays no more, once [`SpeakerState::failed`] says so.
    pub(crate) fn error(&self) -> PlayError {
        match self.state.failed.get() {
            Some(PlayError::Other(why)) => PlayError::Other(why.clone()),
            Some(PlayError::None) => PlayError::None,
            _ => PlayError::Vanished,
        }
    }
}

impl Drop for OutputStream {
    /// On a thread of its own, as a microphone: a sound server that was killed never answers.
    fn drop(&mut self) {
        let stream = self.stream.take();
        let _ = std::thread::Builder::new()
            .name("speaker-close".to_owned())
            .spawn(move || drop(stream));
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
    let fixed = cpal::BufferSize::Fixed((rate_hz / BUFFER_PART).max(1));
    let (stream, samples, state) = match build::<T>(device, config, fixed) {
        Err(PlayError::Other(_)) => build::<T>(device, config, cpal::BufferSize::Default)?,
        built => built?,
    };
    stream.play().map_err(play_error)?;
    Ok(OutputStream {
        rate_hz,
        samples,
        state,
        stream: Some(stream),
    })
}

type BuildResult = (cpal::Stream, rtrb::Producer<f32>, Arc<OutputState>);

fn build<T>(
    device: &cpal::Device,
    config: &cpal::SupportedStreamConfig,
    buffer_size: cpal::BufferSize,
) -> Result<BuildResult, PlayError>
where
    T: SizedSample + FromSample<f32> + Send + 'static,
{
    let channels = usize::from(config.channels().max(1));
    let rate_hz = u64::from(config.sample_rate().max(1));
    let (samples, mut ring) =
        rtrb::RingBuffer::new((config.sample_rate() as usize / RING_PART).max(1));
    let state = Arc::new(OutputState::default());
    let (counts, errors) = (Arc::clone(&state), Arc::clone(&state));
    let stream = device
        .build_output_stream(
            cpal::StreamConfig {
                channels: config.channels(),
                sample_rate: config.sample_rate(),
                buffer_size,
            },
            move |data: &mut [T], info: &cpal::OutputCallbackInfo| {
                let mut taken = 0;
                for frame in data.chunks_mut(channels) {
                    let sample = match ring.pop() {
                        Ok(sample) => {
                            taken += 1;
                            sample
                        }
                        Err(_) => 0.0,
                    };
                    for (place, channel) in frame.iter_mut().enumerate() {
                        let front = if place < 2 { sample } else { 0.0 };
                        *channel = T::from_sample_(front);
                    }
                }
                let times = info.timestamp();
                // Of the first of these samples; the last one is heard when all of them were.
                let late = times.playback.duration_since(times.callback);
                let frames = (data.len() / channels) as u64;
                let micros =
                    u64::try_from(late.as_micros()).unwrap_or(0) + 1_000_000 * frames / rate_hz;
                counts.late_micros.store(micros, Ordering::Relaxed);
                counts.taken.fetch_add(taken, Ordering::Relaxed);
            },
            move |error: cpal::Error| {
                if ends_the_stream(error.kind()) && errors.failed.get().is_none() {
                    let _ = errors.failed.set(play_error(error));
                }
            },
            Some(OPEN_TIMEOUT),
        )
        .map_err(play_error)?;
    Ok((stream, samples, state))
}

fn play_error(error: cpal::Error) -> PlayError {
    match error.kind() {
        ErrorKind::DeviceNotAvailable | ErrorKind::StreamInvalidated => PlayError::Vanished,
        ErrorKind::HostUnavailable => PlayError::None,
        _ => PlayError::Other(error.to_string().trim_end_matches('.').to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_says_what_to_do() {
        for (kind, expected) in [
            (ErrorKind::DeviceNotAvailable, "plug it in again"),
            (ErrorKind::HostUnavailable, "plug one in"),
            (ErrorKind::UnsupportedConfig, "choose another one"),
        ] {
            let said = play_error(cpal::Error::new(kind)).to_string();
            assert!(said.contains(expected), "{kind:?}: {said}");
            assert!(!said.contains('\n') && !said.ends_with('.'), "{said}");
        }
    }
}
