//! Owns the playback thread: plays a span of a take's file at adjustable speed, or samples from memory.
//! Knows nothing of sessions.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::output_stream::{self, OutputStream, PlayError};
use super::time_stretch::TimeStretcher;
use crate::acoustics::ANALYSIS_RATE_HZ;
use crate::audio::decode::{AnalysisConverter, BlockReader};
use crate::audio::resample::Resampler;
use crate::domain::time::{Secs, Span};

/// The available playback speeds.
pub const SPEEDS: [f64; 4] = [0.75, 1.0, 1.25, 1.5];

/// How often the ring is filled and the position reported.
const POLL_INTERVAL: Duration = Duration::from_millis(25);
/// A loudspeaker that consumed no sample for this long has stalled.
const STALLED_AFTER: Duration = Duration::from_millis(1500);
/// The same right after opening, when the device may have to wake up.
const WAKE_TIMEOUT: Duration = Duration::from_secs(4);
/// Samples over which both ends of a span are faded: without it they would click.
const EDGE_FADE: usize = ANALYSIS_RATE_HZ as usize / 200;

/// What happened during playback.
#[derive(Debug)]
pub enum PlayerEvent {
    /// Playback has reached this position of the take.
    At(Secs),
    /// Everything was played, up to this position. This is the last event.
    Ended(Secs),
    /// Playback failed. This is the last event.
    Failed(PlayError),
}

/// Handle of the playback thread. Dropping it stops the sound at once.
pub struct Player {
    keep_playing: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    opening: Arc<AtomicBool>,
}

impl Player {
    /// Plays `span` of the file at `speed` times the original speed; the part of the span beyond the end
    /// of the file is ignored. `emit` is called on the playback thread.
    pub fn play(
        path: PathBuf,
        span: Span,
        speed: f64,
        emit: impl Fn(PlayerEvent) + Send + 'static,
    ) -> io::Result<Self> {
        Self::start(
            move |rate_hz| PcmSource::open(&path, span, speed, rate_hz),
            emit,
        )
    }

    /// Plays 16 kHz mono samples at their own speed. Otherwise like [`Player::play`].
    pub fn play_samples(
        samples: Vec<f32>,
        emit: impl Fn(PlayerEvent) + Send + 'static,
    ) -> io::Result<Self> {
        Self::start(
            move |rate_hz| PcmSource::from_samples(samples, rate_hz),
            emit,
        )
    }

    /// Plays the source that `open` creates for the loudspeaker's sample rate.
    fn start(
        open: impl FnOnce(u32) -> Result<PcmSource, PlayError> + Send + 'static,
        emit: impl Fn(PlayerEvent) + Send + 'static,
    ) -> io::Result<Self> {
        // Nothing is ever sent: a closed channel tells the thread to stop.
        let (keep_playing, inbox) = sync_channel(0);
        let opening = Arc::new(AtomicBool::new(true));
        let opened = Arc::clone(&opening);
        let thread = std::thread::Builder::new()
            .name("player".to_owned())
            .spawn(move || {
                let work = AssertUnwindSafe(|| {
                    let speaker = output_stream::open();
                    opened.store(false, Ordering::Release);
                    let played = speaker.and_then(|speaker| {
                        let source = open(speaker.rate_hz)?;
                        run(speaker, source, &inbox, &emit)
                    });
                    match played {
                        Ok(Some(end)) => emit(PlayerEvent::Ended(end)),
                        Ok(None) => {}
                        Err(error) => emit(PlayerEvent::Failed(error)),
                    }
                });
                // The user interface waits for a last event, even after a panic.
                if catch_unwind(work).is_err() {
                    opened.store(false, Ordering::Release);
                    emit(PlayerEvent::Failed(PlayError::ThreadPanicked));
                }
            })?;
        Ok(Self {
            keep_playing: Some(keep_playing),
            thread: Some(thread),
            opening,
        })
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.keep_playing = None;
        // The sound server may block while the loudspeaker is being opened: do not join then. The thread
        // will find its inbox closed and play nothing.
        if self.opening.load(Ordering::Acquire) {
            return;
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Fills the loudspeaker's ring until everything was played, and returns the end position; `None` if the
/// player was dropped.
fn run(
    mut speaker: OutputStream,
    mut source: PcmSource,
    inbox: &Receiver<()>,
    emit: &dyn Fn(PlayerEvent),
) -> Result<Option<Secs>, PlayError> {
    let rate = f64::from(speaker.rate_hz);
    let mut queued = 0;
    let mut last_progress = (0, Instant::now());
    let mut position = source.span.start;
    let mut pending: Vec<f32> = Vec::new();
    loop {
        if speaker.state.has_failed() {
            return Err(speaker.error());
        }
        while pending.len() < speaker.samples.slots() && source.next(&mut pending)? {}
        let room = pending.len().min(speaker.samples.slots());
        if let Ok(chunk) = speaker.samples.write_chunk_uninit(room) {
            queued += chunk.fill_from_iter(pending.drain(..room)) as u64;
        }
        let consumed = speaker.state.consumed();
        if consumed > last_progress.0 {
            last_progress = (consumed, Instant::now());
        }
        let timeout = match consumed {
            0 => WAKE_TIMEOUT,
            _ => STALLED_AFTER,
        };
        if consumed < queued && last_progress.1.elapsed() > timeout {
            return Err(PlayError::Stalled);
        }
        let since_progress = last_progress.1.elapsed().min(POLL_INTERVAL);
        let audible = consumed as f64 / rate
            - speaker
                .state
                .latency()
                .saturating_sub(since_progress)
                .as_secs_f64();
        let now = source.span.start + source.speed * audible.max(0.0);
        if now > position {
            position = now.min(source.span.end);
            emit(PlayerEvent::At(position));
        }
        if source.is_finished && pending.is_empty() && consumed >= queued {
            // The last samples are consumed but not audible yet.
            let latency = speaker.state.latency();
            return Ok(match inbox.recv_timeout(latency.min(STALLED_AFTER)) {
                Err(RecvTimeoutError::Disconnected) => None,
                _ => Some(source.end()),
            });
        }
        match inbox.recv_timeout(POLL_INTERVAL) {
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
            Ok(()) | Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

/// The source of 16 kHz mono samples.
enum ChunkSource {
    File(Box<Decoded>),
    Samples(Vec<f32>),
}

impl ChunkSource {
    /// Appends the next chunk; false if it was the last one.
    fn next(&mut self, mono: &mut Vec<f32>) -> Result<bool, PlayError> {
        match self {
            ChunkSource::File(decoded) => decoded.next(mono),
            ChunkSource::Samples(samples) => {
                mono.append(samples);
                Ok(false)
            }
        }
    }
}

/// A file being decoded.
struct Decoded {
    blocks: BlockReader,
    /// `None` once its rest has been read.
    converter: Option<AnalysisConverter>,
}

impl Decoded {
    fn next(&mut self, mono: &mut Vec<f32>) -> Result<bool, PlayError> {
        let mut block = Vec::new();
        let more = self.blocks.next(&mut block)?;
        match (&mut self.converter, more) {
            (Some(converter), true) => converter.push(&block, mono),
            _ => {
                let rest = self.converter.take();
                rest.map(|converter| converter.finish(mono));
            }
        }
        Ok(more)
    }
}

/// The span's samples at the loudspeaker's rate.
struct PcmSource {
    chunks: ChunkSource,
    stretch: TimeStretcher,
    resampler: Resampler,
    span: Span,
    speed: f64,
    /// 16 kHz samples read so far, including those outside the span.
    read: usize,
    is_finished: bool,
}

impl PcmSource {
    fn open(path: &Path, span: Span, speed: f64, rate_hz: u32) -> Result<Self, PlayError> {
        let blocks = BlockReader::open(path)?;
        let converter = AnalysisConverter::new(blocks.rate_hz, blocks.channels, None, None);
        let converter = converter.map_err(|why| blocks.rate_error(why))?;
        let converter = Some(converter);
        let decoded = Box::new(Decoded { blocks, converter });
        Self::new(ChunkSource::File(decoded), span, speed, rate_hz)
    }

    fn from_samples(samples: Vec<f32>, rate_hz: u32) -> Result<Self, PlayError> {
        let all = Span::new(0.0, samples.len() as f64 / f64::from(ANALYSIS_RATE_HZ));
        Self::new(ChunkSource::Samples(samples), all, 1.0, rate_hz)
    }

    fn new(chunks: ChunkSource, span: Span, speed: f64, rate_hz: u32) -> Result<Self, PlayError> {
        let resampler = Resampler::between(ANALYSIS_RATE_HZ, rate_hz);
        Ok(Self {
            resampler: resampler.map_err(|why| PlayError::Other(why.to_string()))?,
            chunks,
            stretch: TimeStretcher::new(speed),
            span: Span::new(span.start.max(0.0), span.end),
            speed,
            read: 0,
            is_finished: false,
        })
    }

    /// End of the part of the span that exists.
    fn end(&self) -> Secs {
        let read = self.read as f64 / f64::from(ANALYSIS_RATE_HZ);
        read.min(self.span.end).max(self.span.start)
    }

    /// Appends more samples; false if there are none left.
    fn next(&mut self, out: &mut Vec<f32>) -> Result<bool, PlayError> {
        if self.is_finished {
            return Ok(false);
        }
        let (first, end) = (sample_at(self.span.start), sample_at(self.span.end));
        let mut mono = Vec::new();
        let more = self.chunks.next(&mut mono)?;
        let from = first.saturating_sub(self.read).min(mono.len());
        let to = end.saturating_sub(self.read).min(mono.len());
        let chunk_start = self.read + from;
        self.read += mono.len();
        let chunk = &mut mono[from..to.max(from)];
        for (sample, index) in chunk.iter_mut().zip(chunk_start..) {
            let edge = (index - first + 1).min(end - index).min(EDGE_FADE);
            *sample *= edge as f32 / EDGE_FADE as f32;
        }
        let mut stretched = Vec::new();
        self.stretch.push(chunk, &mut stretched);
        self.is_finished = !more || self.read >= end;
        if self.is_finished {
            self.stretch.finish(&mut stretched);
        }
        self.resampler.push(&stretched, out);
        if self.is_finished {
            self.resampler.finish(out);
        }
        Ok(true)
    }
}

/// The limit of almost a year stands for an endless span.
fn sample_at(secs: Secs) -> usize {
    (secs.clamp(0.0, 3.0e7) * f64::from(ANALYSIS_RATE_HZ)).round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIP: &str = "tests/audio/strong_task_joe.flac";

    /// The samples for a loudspeaker at the rate of takes.
    fn rendered(path: &str, span: Span, speed: f64) -> (Vec<f32>, Secs) {
        let mut source = PcmSource::open(Path::new(path), span, speed, ANALYSIS_RATE_HZ);
        let source = source.as_mut().expect("a clip");
        let mut out = Vec::new();
        while source.next(&mut out).expect("it can be read") {}
        (out, source.end())
    }

    #[test]
    fn span_plays_exactly_that_part_of_the_take() {
        let take = crate::audio::decode_file(Path::new(CLIP))
            .expect("a clip")
            .samples;
        let (out, end) = rendered(CLIP, Span::new(1.25, 3.5), 1.0);
        assert_eq!((out.len(), end), (36_000, 3.5));
        assert_eq!(
            out[EDGE_FADE..36_000 - EDGE_FADE],
            take[20_000 + EDGE_FADE..56_000 - EDGE_FADE]
        );
        assert!(out[0].abs() <= take[20_000].abs() / EDGE_FADE as f32 + 1e-6);
    }

    #[test]
    fn samples_from_memory_are_played_unchanged() {
        let take = crate::audio::decode_file(Path::new(CLIP))
            .expect("a clip")
            .samples;
        let three = take[..48_000].to_vec();
        let mut source = PcmSource::from_samples(three.clone(), ANALYSIS_RATE_HZ).expect("a rate");
        let mut out = Vec::new();
        while source.next(&mut out).expect("it is there") {}
        assert_eq!((out.len(), source.end()), (48_000, 3.0));
        assert_eq!(
            out[EDGE_FADE..48_000 - EDGE_FADE],
            three[EDGE_FADE..48_000 - EDGE_FADE]
        );
    }

    #[test]
    fn part_of_span_beyond_the_end_is_ignored() {
        let take = crate::audio::decode_file(Path::new(CLIP))
            .expect("a clip")
            .samples;
        let long = take.len() as f64 / f64::from(ANALYSIS_RATE_HZ);
        let (out, end) = rendered(CLIP, Span::new(long - 1.0, f64::INFINITY), 1.0);
        assert!(out.len().abs_diff(16_000) <= 1, "{}", out.len());
        assert!((end - long).abs() < 1e-3);
        let (out, end) = rendered(CLIP, Span::new(long + 5.0, long + 6.0), 1.5);
        assert_eq!((out.len(), end), (0, long + 5.0));
    }

    #[test]
    fn duration_is_inverse_to_speed() {
        for speed in SPEEDS {
            let (out, _) = rendered(CLIP, Span::new(0.5, 4.5), speed);
            let seconds = out.len() as f64 / f64::from(ANALYSIS_RATE_HZ);
            assert!((seconds * speed - 4.0).abs() < 0.01, "{speed}: {seconds}");
        }
    }

    #[test]
    fn missing_take_is_named() {
        let missing = Path::new("/nonexistent/take.wav");
        let opened = PcmSource::open(missing, Span::new(0.0, 1.0), 1.0, 48_000);
        let message = opened.err().expect("it is not there").to_string();
        assert!(
            message.contains("cannot open /nonexistent/take.wav"),
            "{message}"
        );
    }
}
