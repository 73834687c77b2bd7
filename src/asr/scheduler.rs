//! One take on the worker's thread while it is spoken: what of it is decoded when, so that the end of
//! the answer finds little left to do and nothing else is kept from its work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use crossbeam_channel::{Receiver, Select, Sender, TryRecvError, bounded, never};

use super::batch::CpuTimer;
use super::decode::Pass;
use super::recognizer::EngineError;
use super::recognizer::whisper::Engine;
use super::streaming::{DecodeJob, StreamingTranscriber};
use super::vad::Silero;
use crate::domain::caption::Caption;
use crate::domain::take::{TakeId, Transcription};
use crate::domain::time::Secs;
use crate::domain::transcript::Transcript;
use crate::domain::voice::Voice;

/// Blocks of sound that may wait: forty seconds, where the recorder hands over every 20 ms.
const MAX_QUEUED_BLOCKS: usize = 2048;
/// Where nothing is to be done until somebody says so.
const IDLE_TIMEOUT: Duration = Duration::from_secs(3600);
/// Words of the moment are looked at once in so long, ...
const PREVIEW_INTERVAL: Duration = Duration::from_millis(900);
/// ... and for at most one part in so many of the time.
const PREVIEW_SHARE: u32 = 4;
/// Looks ahead and captions wait until decoding takes at most one part in so many of a core.
const CPU_SHARE: u32 = 2;
/// What may be the end of the answer is read a little before its time is earned: else who hesitates
/// and then stops would wait for it.
const ADVANCE: Duration = Duration::from_secs(1);
/// Who waits for the words at the end waits so long for a second look, ...
const SECOND_PASS_TIMEOUT: Duration = Duration::from_millis(400);
/// ... and so long where the rest of a sentence is still to be read.
const SECOND_PASS_TIMEOUT_BEFORE_TAIL: Duration = Duration::from_millis(100);
/// Where more than this is left it takes its time: decoding has fallen behind, and shows how far it is.
const NEARLY_DONE: Secs = 20.0;

/// The worker's ear for one take: what a recorder writes goes in here as well. Dropping it says
/// that the take is over.
pub struct AudioSink {
    blocks: Sender<Vec<f32>>,
    overflowed: Arc<AtomicBool>,
}

impl AudioSink {
    /// Hands on 16 kHz samples, just as they are in the take's file. Never waits: where the worker
    /// is too far behind it is torn, and the take is read from its file.
    pub fn push(&self, samples: &[f32]) {
        if !self.overflowed.load(Ordering::Relaxed)
            && self.blocks.try_send(samples.to_vec()).is_err()
        {
            self.overflowed.store(true, Ordering::Relaxed);
        }
    }
}

/// A take that is being spoken, or was just now.
pub struct LiveTranscription {
    take: TakeId,
    prompt_terms: String,
    overflowed: Arc<AtomicBool>,
    incoming: IncomingAudio,
    on_prediction: Option<OnPrediction>,
    cpu_timer: CpuTimer,
    next_preview: Instant,
    cpu_budget: CpuBudget,
}

/// The sound as it comes in.
struct IncomingAudio {
    blocks: Receiver<Vec<f32>>,
    transcriber: StreamingTranscriber,
    /// Whether all of it is there.
    ended: bool,
    /// Whether somebody waits for the words then, ...
    user_waits: bool,
    /// ... and until when for a second look.
    second_pass_deadline: Option<Instant>,
}

/// Called on the worker's thread with what a take tells: while nobody speaks with what it will have told if
/// it ends there, and in the end unless that was foreseen.
pub type OnPrediction = Box<dyn FnMut(&Voice, &Transcript) + Send>;

/// Who a take is heard for: by default nobody who waits.
#[derive(Default)]
pub struct LiveOptions {
    /// Whether somebody waits for its words when it ends, so that what only may better them has little time.
    pub user_waits: bool,
    /// Who wants to know beforehand.
    pub on_prediction: Option<OnPrediction>,
}

/// What became of a step.
pub enum Step {
    /// There is nothing to do before more sound comes, or so long.
    Idle(Duration),
    /// Something was decoded.
    Decoded,
    /// ... and can be shown.
    Captioned,
}

impl LiveTranscription {
    /// The hearing of a take that has yet to begin, and its ear.
    pub fn new(take: TakeId, vocabulary: String, audience: LiveOptions) -> (Self, AudioSink) {
        let (sender, blocks) = bounded(MAX_QUEUED_BLOCKS);
        let torn = Arc::new(AtomicBool::new(false));
        let tap = AudioSink {
            blocks: sender,
            overflowed: Arc::clone(&torn),
        };
        let now = Instant::now();
        let live = Self {
            take,
            prompt_terms: vocabulary,
            overflowed: torn,
            incoming: IncomingAudio {
                blocks,
                transcriber: StreamingTranscriber::default(),
                ended: false,
                user_waits: audience.user_waits,
                second_pass_deadline: None,
            },
            on_prediction: audience.on_prediction,
            cpu_timer: CpuTimer::for_thread(),
            next_preview: now,
            cpu_budget: CpuBudget { available_at: now },
        };
        (live, tap)
    }

    /// Whose sound it is.
    pub fn take(&self) -> &TakeId {
        &self.take
    }

    /// What can be shown.
    pub fn caption(&self) -> Caption {
        self.incoming.transcriber.caption()
    }

    /// Whether some of its sound did not come through.
    pub fn has_overflowed(&self) -> bool {
        self.overflowed.load(Ordering::Relaxed)
    }

    /// Does the most urgent piece of work whose time has come.
    pub fn step(
        &mut self,
        engine: &mut Engine,
        captions: bool,
        wanted: &dyn Fn() -> bool,
    ) -> Result<Step, EngineError> {
        self.receive_audio(engine);
        let Some(work) = self.incoming.transcriber.next_job() else {
            let (began, cpu) = (Instant::now(), ThreadTime::now());
            let listener = &mut self.incoming.transcriber;
            let foresees = &mut self.on_prediction;
            self.cpu_timer.measure(|| {
                if let Some((voice, words)) = listener.predict()
                    && let Some(foresees) = foresees
                {
                    foresees(voice, words);
                }
            });
            self.cpu_budget.spend(began, cpu.elapsed());
            return Ok(Step::Idle(IDLE_TIMEOUT));
        };
        let now = Instant::now();
        let due = match work {
            DecodeJob::Final(_) | DecodeJob::Tail(_) => now,
            DecodeJob::Speculative(..) => self.cpu_budget.available_with_advance(),
            DecodeJob::Preview(_) if !captions => return Ok(Step::Idle(IDLE_TIMEOUT)),
            DecodeJob::Preview(_) => self.next_preview.max(self.cpu_budget.available_at),
        };
        if now < due {
            return Ok(Step::Idle(due - now));
        }
        let (cpu, before) = (ThreadTime::now(), engine.recognizer.remote_cpu_time());
        let done = self.decode(engine, work, wanted)?;
        let elsewhere = engine.recognizer.remote_cpu_time() - before;
        self.cpu_budget.spend(now, cpu.elapsed() + elsewhere);
        if matches!(work, DecodeJob::Preview(_)) {
            self.next_preview = now + PREVIEW_INTERVAL.max(PREVIEW_SHARE * now.elapsed());
        }
        Ok(match done && captions && !self.incoming.ended {
            true => Step::Captioned,
            false => Step::Decoded,
        })
    }

    /// Waits for sound, for a job, or so long.
    pub fn wait<T>(&mut self, engine: &Engine, inbox: &Receiver<T>, patience: Duration) -> Step {
        let blocks = match self.incoming.ended {
            true => &never(),
            false => &self.incoming.blocks,
        };
        // A job is taken where the others are: this only looks.
        let mut select = Select::new();
        let sound = select.recv(blocks);
        select.recv(inbox);
        if select
            .ready_timeout(patience)
            .is_ok_and(|ready| ready == sound)
        {
            self.receive_audio(engine);
        }
        Step::Idle(patience)
    }

    /// Decodes what is left, and gives all that was heard. `None` where the sound is not whole or the
    /// recogniser failed: then the take is to be heard from its file.
    pub fn finish(
        mut self,
        engine: &mut Engine,
        seconds: Option<Secs>,
        wanted: &dyn Fn() -> bool,
        progress: &mut dyn FnMut(f32),
    ) -> Option<Result<Transcription, EngineError>> {
        self.receive_audio(engine);
        let whole = self.incoming.ended && Some(self.incoming.transcriber.seconds()) == seconds;
        if !whole || self.has_overflowed() {
            return None;
        }
        while let Some(work) = self.incoming.transcriber.next_job() {
            let share =
                self.incoming.transcriber.decoded_until() / self.incoming.transcriber.seconds();
            progress(share as f32);
            match self.decode(engine, work, wanted) {
                Ok(_) => {}
                Err(EngineError::Cancelled) => return Some(Err(EngineError::Cancelled)),
                Err(_) => return None,
            }
        }
        let listener = self.incoming.transcriber;
        let mut effort = self.cpu_timer;
        let was_foreseen = listener.is_predicted();
        let (voice, transcript) = effort.measure(|| listener.into_transcript());
        if let Some(foresees) = self.on_prediction.as_mut().filter(|_| !was_foreseen) {
            foresees(&voice, &transcript);
        }
        Some(Ok(Transcription {
            voice,
            transcript,
            engine: effort.stats(engine),
        }))
    }

    /// Decodes a window, and takes in meanwhile what is said. False where it was given up.
    fn decode(
        &mut self,
        engine: &mut Engine,
        work: DecodeJob,
        wanted: &dyn Fn() -> bool,
    ) -> Result<bool, EngineError> {
        let span = work.span();
        let window = self.incoming.transcriber.window(span);
        let Engine {
            recognizer: recogniser,
            silero,
        } = engine;
        let recogniser = recogniser.as_mut();
        let before = recogniser.remote_cpu_time();
        let mut given_up = false;
        let incoming = &mut self.incoming;
        let mut still_wanted = |look| {
            incoming.receive(silero);
            given_up = !wanted() || !incoming.is_useful(work, look);
            !given_up
        };
        let (effort, vocabulary) = (&mut self.cpu_timer, &self.prompt_terms);
        let decoded =
            effort.measure(|| work.transcribe(&window, recogniser, vocabulary, &mut still_wanted));
        effort.add(recogniser.remote_cpu_time() - before);
        match decoded {
            Ok(words) => {
                self.incoming.transcriber.complete(work, words);
                Ok(true)
            }
            Err(EngineError::Cancelled) if given_up && wanted() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Takes in all the sound that has come.
    fn receive_audio(&mut self, engine: &Engine) {
        let (silero, incoming) = (&engine.silero, &mut self.incoming);
        let effort = &mut self.cpu_timer;
        effort.measure(|| incoming.receive(silero));
    }
}

impl IncomingAudio {
    /// Takes in what has come since.
    fn receive(&mut self, silero: &Silero) {
        while !self.ended {
            match self.blocks.try_recv() {
                Ok(block) => self.transcriber.push(silero, &block),
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) => self.stop(silero),
            }
        }
    }

    fn stop(&mut self, silero: &Silero) {
        self.ended = true;
        self.transcriber.finish_quickly(silero);
        let patience = match self.transcriber.is_cut_off() {
            true => SECOND_PASS_TIMEOUT_BEFORE_TAIL,
            false => SECOND_PASS_TIMEOUT,
        };
        let is_soon = self.transcriber.seconds() - self.transcriber.decoded_until() <= NEARLY_DONE;
        self.second_pass_deadline = (self.user_waits && is_soon).then(|| Instant::now() + patience);
    }

    /// Whether `look`, which is taken for `work`, is still of use.
    fn is_useful(&self, work: DecodeJob, look: Pass) -> bool {
        let in_time = || {
            self.second_pass_deadline
                .is_none_or(|until| Instant::now() < until)
        };
        self.transcriber.is_useful(work) && (look == Pass::Required || in_time())
    }
}

/// When what was worked will be one part in [`LIVE_SHARE`] of a core.
struct CpuBudget {
    available_at: Instant,
}

impl CpuBudget {
    /// Work that `began` then took so much processor time.
    fn spend(&mut self, began: Instant, cpu: Duration) {
        self.available_at = self.available_at.max(began) + CPU_SHARE * cpu;
    }

    /// When work that may come [`ADVANCE`] too early may begin.
    fn available_with_advance(&self) -> Instant {
        self.available_at
            .checked_sub(ADVANCE)
            .unwrap_or(self.available_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// What the readings take that somebody asks for who pauses every `every_ms`, in a minute, and the
    /// longest time that one of them waits.
    fn a_minute_of_pauses(every_ms: u32, cost_ms: u32) -> (Duration, Duration) {
        let began = Instant::now();
        let mut allowance = CpuBudget {
            available_at: began,
        };
        let (mut now, mut spent, mut waited) = (began, Duration::ZERO, Duration::ZERO);
        while now - began < 60_000 * MS {
            let begins = now.max(allowance.available_with_advance());
            waited = waited.max(begins - now);
            allowance.spend(begins, cost_ms * MS);
            spent += cost_ms * MS;
            now = (now + every_ms * MS).max(begins + cost_ms * MS);
        }
        (spent, waited)
    }

    #[test]
    fn who_hesitates_again_and_again_takes_half_of_the_time() {
        for (every_ms, cost_ms) in [(400, 400), (500, 300), (700, 600), (900, 2_000)] {
            let (spent, waited) = a_minute_of_pauses(every_ms, cost_ms);
            assert!(spent <= 30_000 * MS + ADVANCE + cost_ms * MS, "{spent:?}");
            assert!(spent >= 29_000 * MS, "{spent:?}");
            // No longer than the reading before it took.
            assert!(waited <= cost_ms * MS, "{waited:?} for {cost_ms}");
        }
        // Who pauses seldom waits for nothing.
        let (spent, waited) = a_minute_of_pauses(2_000, 800);
        assert_eq!((spent, waited), (24_000 * MS, Duration::ZERO));
    }
}
