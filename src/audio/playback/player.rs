//! The player's thread: a stretch of a take's file to the loudspeaker, faster or slower as is wished; or
//! sound that is in no file.
//! Knows nothing of sessions; says what happened, in the past tense.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::output_stream as speaker;
use super::output_stream::{OutputStream, PlayError};
use super::time_stretch::TimeStretcher;
use crate::acoustics::ANALYSIS_RATE_HZ;
use crate::audio::decode::{AnalysisConverter, BlockReader};
use crate::audio::resample::Resampler;
use crate::domain::time::{Secs, Span};

/// The speeds that are offered.
pub const SPEEDS: [f64; 4] = [0.75, 1.0, 1.25, 1.5];

/// How often the ring is filled, and the place told.
const TURN: Duration = Duration::from_millis(25);
/// A loudspeaker that took no sample for so long will not take any.
const STALLED_AFTER: Duration = Duration::from_millis(1500);
/// ... but it may need a moment to wake.
const WAKES_WITHIN: Duration = Duration::from_secs(4);
/// What begins or ends in the middle of a sound clicks: so long it rises and falls.
const EDGE: usize = ANALYSIS_RATE_HZ as usize / 200;

/// What a player tells.
#[derive(Debug)]
pub enum PlayerEvent {
    /// This place of the take is heard now.
    At(Secs),
    /// All of it was heard. Nothing follows.
    Ended(Secs),
    /// It cannot be heard. Nothing follows.
    Failed(PlayError),
}

/// A stretch of a take that is played, on a thread of its own. Silent as soon as it is dropped.
pub struct Player {
    wanted: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    opening: Arc<AtomicBool>,
}

impl Player {
    /// Plays `span` of the file, `speed` times as fast as it was spoken; what lies beyond its end is left
    /// out. `tell` is called on the player's thread.
    pub fn play(
        path: PathBuf,
        span: Span,
        speed: f64,
        tell: impl Fn(PlayerEvent) + Send + 'static,
    ) -> io::Result<Self> {
        Self::begin(
            move |rate_hz| PcmSource::open(&path, span, speed, rate_hz),
            tell,
        )
    }

    /// Plays sound of 16 kHz and one channel, as it is. Otherwise as [`Player::play`].
    pub fn play_samples(
        samples: Vec<f32>,
        tell: impl Fn(PlayerEvent) + Send + 'static,
    ) -> io::Result<Self> {
        Self::begin(move |rate_hz| PcmSource::of(samples, rate_hz), tell)
    }

    /// Plays what `open` makes for a loudspeaker of so many Hertz.
    fn begin(
        open: impl FnOnce(u32) -> Result<PcmSource, PlayError> + Send + 'static,
        tell: impl Fn(PlayerEvent) + Send + 'static,
    ) -> io::Result<Self> {
        // Nothing is ever sent: that it is closed says that nobody listens any more.
        let (wanted, inbox) = sync_channel(0);
        let opening = Arc::new(AtomicBool::new(true));
        let opened = Arc::clone(&opening);
        let thread = std::thread::Builder::new()
            .name("player".to_owned())
            .spawn(move || {
                let work = AssertUnwindSafe(|| {
                    let speaker = speaker::open();
                    opened.store(false, Ordering::Release);
                    let played = speaker.and_then(|speaker| {
                        let sound = open(speaker.rate_hz)?;
                        run(speaker, sound, &inbox, &tell)
                    });
                    match played {
                        Ok(Some(end)) => tell(PlayerEvent::Ended(end)),
                        Ok(None) => {}
                        Err(error) => tell(PlayerEvent::Failed(error)),
                    }
                });
                // A defect here must not leave a button that says it plays.
                if catch_unwind(work).is_err() {
                    opened.store(false, Ordering::Release);
                    tell(PlayerEvent::Failed(PlayError::Broke));
                }
            })?;
        Ok(Self {
            wanted: Some(wanted),
            thread: Some(thread),
            opening,
        })
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.wanted = None;
        // The window does not wait with it for a sound server. It finds its inbox closed, and plays
        // nothing.
        if self.opening.load(Ordering::Acquire) {
            return;
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Fills the loudspeaker's ring until all was heard, and says where that ended; `None` where nobody
/// listens any more.
fn run(
    mut speaker: OutputStream,
    mut sound: PcmSource,
    inbox: &Receiver<()>,
    tell: &dyn Fn(PlayerEvent),
) -> Result<Option<Secs>, PlayError> {
    let rate = f64::from(speaker.rate_hz);
    let (mut given, mut last) = (0, (0, Instant::now()));
    let mut place = sound.span.start;
    let mut waiting: Vec<f32> = Vec::new();
    loop {
        if speaker.state.failed() {
            return Err(speaker.error());
        }
        while waiting.len() < speaker.samples.slots() && sound.next(&mut waiting)? {}
        let room = waiting.len().min(speaker.samples.slots());
        if let Ok(chunk) = speaker.samples.write_chunk_uninit(room) {
            given += chunk.fill_from_iter(waiting.drain(..room)) as u64;
        }
        let taken = speaker.state.taken();
        if taken > last.0 {
            last = (taken, Instant::now());
        }
        let patience = match taken {
            0 => WAKES_WITHIN,
            _ => STALLED_AFTER,
        };
        if taken < given && last.1.elapsed() > patience {
            return Err(PlayError::Stalled);
        }
        let since = last.1.elapsed().min(TURN);
        let heard = taken as f64 / rate - speaker.state.late().saturating_sub(since).as_secs_f64();
        let now = sound.span.start + sound.speed * heard.max(0.0);
        if now > place {
            place = now.min(sound.span.end);
            tell(PlayerEvent::At(place));
        }
        if sound.is_over && waiting.is_empty() && taken >= given {
            // The last of it is still on its way to the ear.
            let late = speaker.state.late();
            return Ok(match inbox.recv_timeout(late.min(STALLED_AFTER)) {
                Err(RecvTimeoutError::Disconnected) => None,
                _ => Some(sound.end()),
            });
        }
        match inbox.recv_timeout(TURN) {
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
            Ok(()) | Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

/// What is played, at 16 kHz.
enum ChunkSource {
    File(Box<Decoded>),
    Samples(Vec<f32>),
}

impl ChunkSource {
    /// Appends the next of it; false where that was the last.
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

/// A file that is read.
struct Decoded {
    blocks: BlockReader,
    /// `None` once its rest was taken.
    to_mono: Option<AnalysisConverter>,
}

impl Decoded {
    fn next(&mut self, mono: &mut Vec<f32>) -> Result<bool, PlayError> {
        let mut block = Vec::new();
        let more = self.blocks.next(&mut block)?;
        match (&mut self.to_mono, more) {
            (Some(to_mono), true) => to_mono.push(&block, mono),
            _ => {
                let rest = self.to_mono.take();
                rest.map(|to_mono| to_mono.finish(mono));
            }
        }
        Ok(more)
    }
}

/// A stretch of it, as the loudspeaker takes it.
struct PcmSource {
    pieces: ChunkSource,
    stretch: TimeStretcher,
    resampler: Resampler,
    span: Span,
    speed: f64,
    /// Samples of 16 kHz that were read so far, wanted or not.
    read: usize,
    is_over: bool,
}

impl PcmSource {
    fn open(path: &Path, span: Span, speed: f64, rate_hz: u32) -> Result<Self, PlayError> {
        let blocks = BlockReader::open(path)?;
        let to_mono = AnalysisConverter::new(blocks.rate_hz, blocks.channels);
        let to_mono = to_mono.map_err(|why| blocks.rate_error(why))?;
        let to_mono = Some(to_mono);
        let decoded = Box::new(Decoded { blocks, to_mono });
        Self::new(ChunkSource::File(decoded), span, speed, rate_hz)
    }

    fn of(samples: Vec<f32>, rate_hz: u32) -> Result<Self, PlayError> {
        let all = Span::new(0.0, samples.len() as f64 / f64::from(ANALYSIS_RATE_HZ));
        Self::new(ChunkSource::Samples(samples), all, 1.0, rate_hz)
    }

    fn new(pieces: ChunkSource, span: Span, speed: f64, rate_hz: u32) -> Result<Self, PlayError> {
        let resampler = Resampler::between(ANALYSIS_RATE_HZ, rate_hz);
        Ok(Self {
            resampler: resampler.map_err(|why| PlayError::Other(why.to_string()))?,
            pieces,
            stretch: TimeStretcher::new(speed),
            span: Span::new(span.start.max(0.0), span.end),
            speed,
            read: 0,
            is_over: false,
        })
    }

    /// Where what there is of the span ends.
    fn end(&self) -> Secs {
        let read = self.read as f64 / f64::from(ANALYSIS_RATE_HZ);
        read.min(self.span.end).max(self.span.start)
    }

    /// Appends some more, or what is left; false where there is no more.
    fn next(&mut self, out: &mut Vec<f32>) -> Result<bool, PlayError> {
        if self.is_over {
            return Ok(false);
        }
        let (first, end) = (sample_at(self.span.start), sample_at(self.span.end));
        let mut mono = Vec::new();
        let more = self.pieces.next(&mut mono)?;
        let from = first.saturating_sub(self.read).min(mono.len());
        let to = end.saturating_sub(self.read).min(mono.len());
        let at = self.read + from;
        self.read += mono.len();
        let piece = &mut mono[from..to.max(from)];
        for (sample, place) in piece.iter_mut().zip(at..) {
            let edge = (place - first + 1).min(end - place).min(EDGE);
            *sample *= edge as f32 / EDGE as f32;
        }
        let mut stretched = Vec::new();
        self.stretch.push(piece, &mut stretched);
        self.is_over = !more || self.read >= end;
        if self.is_over {
            self.stretch.finish(&mut stretched);
        }
        self.resampler.push(&stretched, out);
        if self.is_over {
            self.resampler.finish(out);
        }
        Ok(true)
    }
}

/// No take is as long as a year, which an endless span is cut to.
fn sample_at(secs: Secs) -> usize {
    (secs.clamp(0.0, 3.0e7) * f64::from(ANALYSIS_RATE_HZ)).round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIP: &str = "tests/audio/strong_task_joe.flac";

    /// What the loudspeaker would be given, at the rate of takes.
    fn sound(path: &str, span: Span, speed: f64) -> (Vec<f32>, Secs) {
        let mut sound = PcmSource::open(Path::new(path), span, speed, ANALYSIS_RATE_HZ);
        let sound = sound.as_mut().expect("a clip");
        let mut out = Vec::new();
        while sound.next(&mut out).expect("it can be read") {}
        (out, sound.end())
    }

    #[test]
    fn a_span_is_just_that_span_of_the_take() {
        let take = crate::audio::decode_file(Path::new(CLIP))
            .expect("a clip")
            .samples;
        let (out, end) = sound(CLIP, Span::new(1.25, 3.5), 1.0);
        assert_eq!((out.len(), end), (36_000, 3.5));
        assert_eq!(out[EDGE..36_000 - EDGE], take[20_000 + EDGE..56_000 - EDGE]);
        assert!(out[0].abs() <= take[20_000].abs() / EDGE as f32 + 1e-6);
    }

    #[test]
    fn sound_that_is_in_no_file_is_played_as_it_is() {
        let take = crate::audio::decode_file(Path::new(CLIP))
            .expect("a clip")
            .samples;
        let three = take[..48_000].to_vec();
        let mut sound = PcmSource::of(three.clone(), ANALYSIS_RATE_HZ).expect("a rate");
        let mut out = Vec::new();
        while sound.next(&mut out).expect("it is there") {}
        assert_eq!((out.len(), sound.end()), (48_000, 3.0));
        assert_eq!(out[EDGE..48_000 - EDGE], three[EDGE..48_000 - EDGE]);
    }

    #[test]
    fn what_lies_beyond_the_end_is_left_out() {
        let take = crate::audio::decode_file(Path::new(CLIP))
            .expect("a clip")
            .samples;
        let long = take.len() as f64 / f64::from(ANALYSIS_RATE_HZ);
        let (out, end) = sound(CLIP, Span::new(long - 1.0, f64::INFINITY), 1.0);
        assert!(out.len().abs_diff(16_000) <= 1, "{}", out.len());
        assert!((end - long).abs() < 1e-3);
        let (out, end) = sound(CLIP, Span::new(long + 5.0, long + 6.0), 1.5);
        assert_eq!((out.len(), end), (0, long + 5.0));
    }

    #[test]
    fn twice_as_fast_is_half_as_long() {
        for speed in SPEEDS {
            let (out, _) = sound(CLIP, Span::new(0.5, 4.5), speed);
            let seconds = out.len() as f64 / f64::from(ANALYSIS_RATE_HZ);
            assert!((seconds * speed - 4.0).abs() < 0.01, "{speed}: {seconds}");
        }
    }

    #[test]
    fn a_take_without_sound_is_named() {
        let missing = Path::new("/nonexistent/take.wav");
        let opened = PcmSource::open(missing, Span::new(0.0, 1.0), 1.0, 48_000);
        let said = opened.err().expect("it is not there").to_string();
        assert!(said.contains("cannot open /nonexistent/take.wav"), "{said}");
    }
}
