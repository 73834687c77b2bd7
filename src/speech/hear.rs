//! A whole recording to words, as if it were being spoken: the same cutting, the same windows, only
//! that nothing has to be waited for.

use std::time::Instant;

use cpu_time::{ProcessTime, ThreadTime};

use super::engine::{Engine, EngineError};
use super::listener::{Listener, Work};
use crate::coach::take::{EngineRun, Heard};
use crate::coach::time::Secs;
use crate::coach::voice::ANALYSIS_RATE_HZ;

/// Samples that are listened to before their words are decoded: 30 s.
const PART: usize = 30 * ANALYSIS_RATE_HZ as usize;

/// Why there are no words.
pub type HearError = EngineError;

/// Hears `samples`, 16 kHz mono. `vocabulary` is what may well be said, such as `webhook, dead
/// letter queue`, or empty: it is heard more easily. `progress` is told how much is done, from 0
/// to 1; `wanted` is asked again and again, and ends it with [`EngineError::Cancelled`].
pub fn hear(
    engine: &mut Engine,
    samples: &[f32],
    vocabulary: &str,
    progress: &mut dyn FnMut(f32),
    wanted: &dyn Fn() -> bool,
) -> Result<Heard, HearError> {
    let mut effort = Effort::of(engine.recogniser.threads());
    let mut listener = Listener::default();
    let all = samples.len() as f64 / f64::from(ANALYSIS_RATE_HZ);
    let Engine { recogniser, silero } = &mut *engine;
    let mut decode = |listener: &mut Listener| -> Result<(), HearError> {
        while let Some(work @ Work::Final(span)) = listener.work() {
            progress((listener.decoded() / all) as f32);
            let window = listener.window(span);
            let words = window.hear(recogniser, vocabulary, &mut || wanted())?;
            listener.done(work, words);
        }
        match wanted() {
            true => Ok(()),
            false => Err(EngineError::Cancelled),
        }
    };
    effort.spend(|| {
        for part in samples.chunks(PART) {
            listener.push(silero, part);
            decode(&mut listener)?;
        }
        listener.end(silero);
        decode(&mut listener)
    })?;
    progress(1.0);
    let (voice, transcript) = effort.spend(|| listener.heard());
    Ok(Heard {
        voice,
        transcript,
        engine: effort.run(engine),
    })
}

/// What hearing costs.
#[derive(Debug, Clone, Default)]
pub struct Effort {
    /// Whether the work is all done by the thread that counts.
    alone: bool,
    cpu_seconds: Secs,
    wall_seconds: Secs,
}

impl Effort {
    /// Nothing yet, of work on so many threads.
    pub fn of(threads: u32) -> Self {
        Self {
            alone: threads == 1,
            ..Self::default()
        }
    }

    /// Counts what `work` takes: this thread's processor time where it works alone, else the whole
    /// process's.
    pub fn spend<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let (began, thread, process) = (Instant::now(), ThreadTime::now(), ProcessTime::now());
        let done = work();
        let cpu = match self.alone {
            true => thread.elapsed(),
            false => process.elapsed(),
        };
        self.cpu_seconds += cpu.as_secs_f64();
        self.wall_seconds += began.elapsed().as_secs_f64();
        done
    }

    /// As the report has it.
    pub fn run(&self, engine: &Engine) -> EngineRun {
        EngineRun {
            model: engine.recogniser.model().to_owned(),
            threads: engine.recogniser.threads(),
            cpu_seconds: Some(self.cpu_seconds),
            wall_seconds: self.wall_seconds,
        }
    }
}
