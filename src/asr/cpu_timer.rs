//! Measures what a transcription costs.

use std::time::{Duration, Instant};

use cpu_time::{ProcessTime, ThreadTime};

use super::recognizer::whisper::Engine;
use crate::domain::take::TranscriptionStats;
use crate::domain::time::Secs;

/// Accumulates the CPU time and elapsed time of a transcription.
#[derive(Debug, Clone, Default)]
pub struct CpuTimer {
    /// Whether only this thread counts, because other threads do unrelated work.
    this_thread_only: bool,
    cpu_seconds: Secs,
    wall_seconds: Secs,
}

impl CpuTimer {
    /// Counts all threads of the process, including those of whisper.cpp.
    pub fn for_process() -> Self {
        Self::default()
    }

    /// Counts only this thread, because others record and draw.
    pub fn for_thread() -> Self {
        Self {
            this_thread_only: true,
            ..Self::default()
        }
    }

    /// Runs `job` and adds its time.
    pub fn measure<T>(&mut self, job: impl FnOnce() -> T) -> T {
        let (began, thread, process) = (Instant::now(), ThreadTime::now(), ProcessTime::now());
        let done = job();
        let cpu = match self.this_thread_only {
            true => thread.elapsed(),
            false => process.elapsed(),
        };
        self.cpu_seconds += cpu.as_secs_f64();
        self.wall_seconds += began.elapsed().as_secs_f64();
        done
    }

    /// Adds CPU time used by another process.
    pub fn add(&mut self, cpu: Duration) {
        self.cpu_seconds += cpu.as_secs_f64();
    }

    /// The accumulated times, with the model and threads of `engine`.
    pub fn stats(&self, engine: &Engine) -> TranscriptionStats {
        TranscriptionStats {
            model: engine.recognizer.model().to_owned(),
            threads: engine.recognizer.threads(),
            cpu_seconds: Some(self.cpu_seconds),
            wall_seconds: self.wall_seconds,
        }
    }
}
