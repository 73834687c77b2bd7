//! Transcribes a whole recording. It uses the same windows as streaming transcription, except that nobody
//! is waiting for the last one.

use super::cpu_timer::CpuTimer;
use super::recognizer::EngineError;
use super::recognizer::whisper::Engine;
use super::streaming::{DecodeJob, StreamingTranscriber};
use crate::acoustics::ANALYSIS_RATE_HZ;
use crate::domain::take::Transcription;

/// Samples added before the completed windows are decoded: 1 s.
const BLOCK: usize = ANALYSIS_RATE_HZ as usize;

/// Why the transcription failed.
pub type TranscribeError = EngineError;

/// Transcribes `samples`, 16 kHz mono. `prompt_terms`, such as `webhook, dead letter queue`, are recognized
/// more reliably; they may be empty. `progress` receives the completed share, from 0 to 1. `keep_going` is
/// polled; once it returns false, the result is [`EngineError::Cancelled`].
pub fn transcribe(
    engine: &mut Engine,
    samples: &[f32],
    prompt_terms: &str,
    progress: &mut dyn FnMut(f32),
    keep_going: &dyn Fn() -> bool,
) -> Result<Transcription, TranscribeError> {
    let mut timer = CpuTimer::for_process();
    let mut transcriber = StreamingTranscriber::default();
    let seconds = samples.len() as f64 / f64::from(ANALYSIS_RATE_HZ);
    let before = engine.recognizer.remote_cpu_time();
    let Engine { recognizer, silero } = &mut *engine;
    let mut decode = |transcriber: &mut StreamingTranscriber| -> Result<(), TranscribeError> {
        while let Some(job @ DecodeJob::Final(span)) = transcriber.next_job() {
            progress((transcriber.decoded_until() / seconds) as f32);
            let window = transcriber.window(span);
            let recognizer = recognizer.as_mut();
            let words = job.transcribe(&window, recognizer, prompt_terms, &mut |_| keep_going())?;
            transcriber.complete(job, words);
        }
        match keep_going() {
            true => Ok(()),
            false => Err(EngineError::Cancelled),
        }
    };
    timer.measure(|| {
        for block in samples.chunks(BLOCK) {
            transcriber.push(silero, block);
            decode(&mut transcriber)?;
        }
        transcriber.finish(silero);
        decode(&mut transcriber)
    })?;
    timer.add(engine.recognizer.remote_cpu_time() - before);
    progress(1.0);
    let (voice, transcript) = timer.measure(|| transcriber.into_transcript());
    Ok(Transcription {
        voice,
        transcript,
        engine: timer.stats(engine),
    })
}
