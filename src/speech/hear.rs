//! A whole recording to words: find the speech, cut it into windows, decode each, keep what holds.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use cpu_time::{ProcessTime, ThreadTime};

use super::align::align;
use super::engine::{Detector, Engine, EngineError, VAD_HOP};
use super::segmenter;
use super::window::{Window, within};
use crate::coach::take::{EngineRun, Heard};
use crate::coach::time::Secs;
use crate::coach::transcript::{Transcript, Word};
use crate::coach::voice::{ANALYSIS_RATE_HZ, Voice};

/// Hops given to the detector at a time: 30 s.
const VAD_PART: usize = 938;
/// Hops it is given again before them: 2 s, after which it reads as if it had heard all.
const VAD_RUN_UP: usize = 63;
/// Its share of the work.
const VAD_SHARE: f32 = 0.05;

/// Why there are no words.
pub type HearError = EngineError;

/// Hears `samples`, 16 kHz mono. `vocabulary` is what may well be said, such as `webhook, dead
/// letter queue`, or empty: it is heard more easily. `progress` is told how much is done, from 0
/// to 1.
pub fn hear(
    engine: &mut Engine,
    samples: &[f32],
    vocabulary: &str,
    progress: &mut dyn FnMut(f32),
    cancel: &AtomicBool,
) -> Result<Heard, HearError> {
    let Engine {
        recogniser,
        detector,
    } = engine;
    let clock = Clock::start(recogniser.threads());
    let seconds = samples.len() as f64 / f64::from(ANALYSIS_RATE_HZ);
    let activity = voice_activity(detector, samples, progress, cancel)?;
    let coarse = segmenter::speech(&activity);
    let voice = Voice::measure(samples, coarse.clone());
    let mut words = Vec::new();
    for window in segmenter::windows(&coarse, &activity, seconds) {
        let window = Window::of(samples, window, &coarse);
        let mut wanted = || !cancel.load(Ordering::Relaxed);
        let mut said = window.hear(recogniser, vocabulary, &mut wanted)?;
        align(&mut said, &within(&voice.speech, window.span()));
        words.extend(said);
        progress(VAD_SHARE + (1.0 - VAD_SHARE) * (window.span().end / seconds) as f32);
    }
    progress(1.0);
    Ok(Heard {
        // A take without a word is a take without speech, whatever the detector thought it was.
        voice: match words.is_empty() {
            true => Voice::default(),
            false => voice,
        },
        transcript: Transcript {
            words: in_order(words),
        },
        engine: EngineRun {
            model: recogniser.model().to_owned(),
            threads: recogniser.threads(),
            cpu_seconds: Some(clock.cpu_seconds()),
            wall_seconds: clock.began.elapsed().as_secs_f64(),
        },
    })
}

/// How probable speech is for each [`VAD_HOP`]: in parts, so that a long file can be cancelled.
fn voice_activity(
    detector: &mut Detector,
    samples: &[f32],
    progress: &mut dyn FnMut(f32),
    cancel: &AtomicBool,
) -> Result<Vec<f32>, HearError> {
    let mut activity = Vec::with_capacity(samples.len() / VAD_HOP + 1);
    for start in (0..samples.len()).step_by(VAD_PART * VAD_HOP) {
        if cancel.load(Ordering::Relaxed) {
            return Err(EngineError::Cancelled);
        }
        let end = (start + VAD_PART * VAD_HOP).min(samples.len());
        // The detector forgets what it heard from call to call: it gets some of it again.
        let run_up = (start / VAD_HOP).min(VAD_RUN_UP);
        let part = detector.voice_activity(&samples[start - run_up * VAD_HOP..end])?;
        activity.extend(part.into_iter().skip(run_up));
        progress(VAD_SHARE * end as f32 / samples.len() as f32);
    }
    Ok(activity)
}

/// Times never run backwards.
fn in_order(mut words: Vec<Word>) -> Vec<Word> {
    let mut latest = 0.0;
    for word in &mut words {
        word.start = word.start.max(latest);
        word.end = word.end.max(word.start);
        latest = word.start;
    }
    words
}

/// Processor time: this thread's where it works alone, else the whole process's.
struct Clock {
    began: Instant,
    thread: Option<ThreadTime>,
    process: ProcessTime,
}

impl Clock {
    fn start(threads: u32) -> Self {
        Self {
            began: Instant::now(),
            thread: (threads == 1).then(ThreadTime::now),
            process: ProcessTime::now(),
        }
    }

    fn cpu_seconds(&self) -> Secs {
        match &self.thread {
            Some(thread) => thread.elapsed().as_secs_f64(),
            None => self.process.elapsed().as_secs_f64(),
        }
    }
}
