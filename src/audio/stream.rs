//! What the streams of microphones and loudspeakers have in common: sample formats, buffer sizes, errors and
//! closing. Knows nothing of the samples.

use std::sync::OnceLock;

use cpal::BufferSize;
use cpal::traits::StreamTrait;

use super::host::ends_stream;

/// Calls a generic function with the Rust type of a sample format, or returns an error of a variant that takes a
/// text.
macro_rules! with_sample_type {
    ($format:expr, $start:ident($($argument:expr),*), $unsupported:path) => {
        match $format {
            cpal::SampleFormat::I8 => $start::<i8>($($argument),*),
            cpal::SampleFormat::I16 => $start::<i16>($($argument),*),
            cpal::SampleFormat::I24 => $start::<cpal::I24>($($argument),*),
            cpal::SampleFormat::I32 => $start::<i32>($($argument),*),
            cpal::SampleFormat::U8 => $start::<u8>($($argument),*),
            cpal::SampleFormat::U16 => $start::<u16>($($argument),*),
            cpal::SampleFormat::U32 => $start::<u32>($($argument),*),
            cpal::SampleFormat::F32 => $start::<f32>($($argument),*),
            cpal::SampleFormat::F64 => $start::<f64>($($argument),*),
            other => Err($unsupported(format!("unsupported sample format {other}"))),
        }
    };
}
pub(crate) use with_sample_type;

/// Builds a stream with a buffer of `frames`. If `is_refused` recognizes the error, builds it with the buffer size
/// that the system prefers.
pub(crate) fn build_with_buffer<T, E>(
    config: &cpal::SupportedStreamConfig,
    frames: u32,
    is_refused: impl Fn(&E) -> bool,
    build: impl Fn(cpal::StreamConfig) -> Result<T, E>,
) -> Result<T, E> {
    let with_buffer = |buffer_size| cpal::StreamConfig {
        channels: config.channels(),
        sample_rate: config.sample_rate(),
        buffer_size,
    };
    match build(with_buffer(BufferSize::Fixed(frames.max(1)))) {
        Err(error) if is_refused(&error) => build(with_buffer(BufferSize::Default)),
        built => built,
    }
}

/// A stream that runs until it is dropped.
pub(crate) struct RunningStream {
    stream: Option<cpal::Stream>,
    closing_thread: &'static str,
}

impl RunningStream {
    /// Starts a stream. `closing_thread` is the name of the thread that closes it.
    pub(crate) fn start(
        stream: cpal::Stream,
        closing_thread: &'static str,
    ) -> Result<Self, cpal::Error> {
        stream.play()?;
        Ok(Self {
            stream: Some(stream),
            closing_thread,
        })
    }
}

impl Drop for RunningStream {
    /// Closing blocks forever if the sound server was killed, so it happens on a thread that is never joined.
    fn drop(&mut self) {
        let stream = self.stream.take();
        let _ = std::thread::Builder::new()
            .name(self.closing_thread.to_owned())
            .spawn(move || drop(stream));
    }
}

/// The first error that ended a stream. ALSA repeats an error a million times per second, so later ones are
/// dropped.
pub(crate) struct EndingError<E>(OnceLock<E>);

impl<E> Default for EndingError<E> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<E> EndingError<E> {
    /// Stores an error if it ends the stream and is the first one.
    pub(crate) fn record(&self, error: cpal::Error, convert: impl Fn(cpal::Error) -> E) {
        if ends_stream(error.kind()) && self.0.get().is_none() {
            let _ = self.0.set(convert(error));
        }
    }

    /// The error, once the stream has ended.
    pub(crate) fn get(&self) -> Option<&E> {
        self.0.get()
    }
}

/// The system's words for an error, to stand inside a sentence.
pub(crate) fn system_message(error: &cpal::Error) -> String {
    error.to_string().trim_end_matches('.').to_owned()
}
