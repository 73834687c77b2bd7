//! A whole recording to words, as if it were being spoken: the same cutting, the same windows, only
//! that nobody waits for the last of them.

use std::time::{Duration, Instant};

use cpu_time::{ProcessTime, ThreadTime};

use super::recognizer::EngineError;
use super::recognizer::whisper::Engine;
use super::streaming::{DecodeJob, StreamingTranscriber};
use crate::acoustics::ANALYSIS_RATE_HZ;
use crate::domain::take::{Transcription, TranscriptionStats};
use crate::domain::time::Secs;

/// Samples that are listened to before their words are decoded: 1 s.
const PART: usize = ANALYSIS_RATE_HZ as usize;

/// Why there are no words.
pub type TranscribeError = EngineError;

/// Hears `samples`, 16 kHz mono. `vocabulary` is what may well be said, such as `webhook, dead
/// letter queue`, or empty: it is heard more easily. `progress` is told how much is done, from 0
/// to 1; `wanted` is asked again and again, and ends it with [`EngineError::Cancelled`].
pub fn transcribe(
    engine: &mut Engine,
    samples: &[f32],
    vocabulary: &str,
    progress: &mut dyn FnMut(f32),
    wanted: &dyn Fn() -> bool,
) -> Result<Transcription, TranscribeError> {
    let mut effort = CpuTimer::for_process();
    let mut listener = StreamingTranscriber::default();
    let all = samples.len() as f64 / f64::from(ANALYSIS_RATE_HZ);
    let before = engine.recognizer.remote_cpu_time();
    let Engine {
        recognizer: recogniser,
        silero,
    } = &mut *engine;
    let mut decode = |listener: &mut StreamingTranscriber| -> Result<(), TranscribeError> {
        while let Some(work @ DecodeJob::Final(span)) = listener.next_job() {
            progress((listener.decoded_until() / all) as f32);
            let window = listener.window(span);
            let recogniser = recogniser.as_mut();
            let words = work.transcribe(&window, recogniser, vocabulary, &mut |_| wanted())?;
            listener.complete(work, words);
        }
        match wanted() {
            true => Ok(()),
            false => Err(EngineError::Cancelled),
        }
    };
    effort.measure(|| {
        for part in samples.chunks(PART) {
            listener.push(silero, part);
            decode(&mut listener)?;
        }
        listener.finish(silero);
        decode(&mut listener)
    })?;
    effort.add(engine.recognizer.remote_cpu_time() - before);
    progress(1.0);
    let (voice, transcript) = effort.measure(|| listener.into_transcript());
    Ok(Transcription {
        voice,
        transcript,
        engine: effort.stats(engine),
    })
}

/// What hearing costs.
#[derive(Debug, Clone, Default)]
pub struct CpuTimer {
    /// Whether only this thread counts, as others have work of their own.
    this_thread_only: bool,
    cpu_seconds: Secs,
    wall_seconds: Secs,
}

impl CpuTimer {
    /// Nothing yet, of the process: whisper.cpp's own threads count, too.
    pub fn for_process() -> Self {
        Self::default()
    }

    /// Nothing yet, of this thread, beside which the process records and draws.
    pub fn for_thread() -> Self {
        Self {
            this_thread_only: true,
            ..Self::default()
        }
    }

    /// Counts what `work` takes.
    pub fn measure<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let (began, thread, process) = (Instant::now(), ThreadTime::now(), ProcessTime::now());
        let done = work();
        let cpu = match self.this_thread_only {
            true => thread.elapsed(),
            false => process.elapsed(),
        };
        self.cpu_seconds += cpu.as_secs_f64();
        self.wall_seconds += began.elapsed().as_secs_f64();
        done
    }

    /// Counts what another process took meanwhile.
    pub fn add(&mut self, cpu: Duration) {
        self.cpu_seconds += cpu.as_secs_f64();
    }

    /// As the report has it.
    pub fn stats(&self, engine: &Engine) -> TranscriptionStats {
        TranscriptionStats {
            model: engine.recognizer.model().to_owned(),
            threads: engine.recognizer.threads(),
            cpu_seconds: Some(self.cpu_seconds),
            wall_seconds: self.wall_seconds,
        }
    }
}
