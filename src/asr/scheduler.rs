//! Schedules the decoding of a live take on the worker thread. Little is left to do when the answer ends,
//! and other work on the computer is not starved.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use crossbeam_channel::{Receiver, Select, Sender, TryRecvError, bounded, never};

use super::cpu_budget::CpuBudget;
use super::cpu_timer::CpuTimer;
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

/// Maximum number of queued blocks: forty seconds at 20 ms each.
const MAX_QUEUED_BLOCKS: usize = 2048;
/// Timeout when there is nothing to do before a new event.
const IDLE_TIMEOUT: Duration = Duration::from_secs(3600);
/// Minimum time between two previews ...
const PREVIEW_INTERVAL: Duration = Duration::from_millis(900);
/// ... which may take at most one part in this many of the time.
const PREVIEW_SHARE: u32 = 4;
/// Time for a second pass when the user is waiting ...
const SECOND_PASS_TIMEOUT: Duration = Duration::from_millis(400);
/// ... and when a tail is still to be decoded.
const SECOND_PASS_TIMEOUT_BEFORE_TAIL: Duration = Duration::from_millis(100);
/// With more audio left than this, decoding has fallen behind: the second pass gets its full time and
/// progress is shown.
const NEARLY_DONE: Secs = 20.0;

/// Passes the audio of one take to the worker. Dropping it ends the take.
pub struct AudioSink {
    blocks: Sender<Vec<f32>>,
    overflowed: Arc<AtomicBool>,
}

impl AudioSink {
    /// Sends 16 kHz samples, exactly as they are in the take's file. Never blocks: if the worker is too far
    /// behind, the stream is marked as overflowed and the take is transcribed from its file.
    pub fn push(&self, samples: &[f32]) {
        if !self.overflowed.load(Ordering::Relaxed)
            && self.blocks.try_send(samples.to_vec()).is_err()
        {
            self.overflowed.store(true, Ordering::Relaxed);
        }
    }
}

/// The transcription of a take that is being recorded or has just ended.
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

/// The incoming audio.
struct IncomingAudio {
    blocks: Receiver<Vec<f32>>,
    transcriber: StreamingTranscriber,
    /// Whether the audio is complete.
    ended: bool,
    /// Whether the user waits for the words at the end, ...
    user_waits: bool,
    /// ... and until when second passes may run.
    second_pass_deadline: Option<Instant>,
}

/// Called on the worker thread with the predicted result of a take during silence, and with the final
/// result unless it was predicted.
pub type OnPrediction = Box<dyn FnMut(&Voice, &Transcript) + Send>;

/// How a live take is used. By default no user waits for its feedback.
#[derive(Default)]
pub struct LiveOptions {
    /// Whether the user waits for the result. Then second passes get little time.
    pub user_waits: bool,
    /// Receives predictions.
    pub on_prediction: Option<OnPrediction>,
}

/// The result of a step.
pub enum Step {
    /// Nothing to do before more audio arrives, or for this long.
    Idle(Duration),
    /// Something was decoded.
    Decoded,
    /// Something was decoded and the caption changed.
    Captioned,
}

impl LiveTranscription {
    /// Creates the transcription of a new take and the sink for its audio.
    pub fn new(take: TakeId, prompt_terms: String, options: LiveOptions) -> (Self, AudioSink) {
        let (sender, blocks) = bounded(MAX_QUEUED_BLOCKS);
        let overflowed = Arc::new(AtomicBool::new(false));
        let sink = AudioSink {
            blocks: sender,
            overflowed: Arc::clone(&overflowed),
        };
        let now = Instant::now();
        let live = Self {
            take,
            prompt_terms,
            overflowed,
            incoming: IncomingAudio {
                blocks,
                transcriber: StreamingTranscriber::default(),
                ended: false,
                user_waits: options.user_waits,
                second_pass_deadline: None,
            },
            on_prediction: options.on_prediction,
            cpu_timer: CpuTimer::for_thread(),
            next_preview: now,
            cpu_budget: CpuBudget::new(now),
        };
        (live, sink)
    }

    /// The id of the take.
    pub fn take(&self) -> &TakeId {
        &self.take
    }

    /// The current caption.
    pub fn caption(&self) -> Caption {
        self.incoming.transcriber.caption()
    }

    /// Whether some of the audio was lost.
    pub fn has_overflowed(&self) -> bool {
        self.overflowed.load(Ordering::Relaxed)
    }

    /// Runs the most urgent job that is due.
    pub fn step(
        &mut self,
        engine: &mut Engine,
        captions: bool,
        keep_going: &dyn Fn() -> bool,
    ) -> Result<Step, EngineError> {
        self.receive_audio(engine);
        let Some(job) = self.incoming.transcriber.next_job() else {
            let (began, cpu) = (Instant::now(), ThreadTime::now());
            let transcriber = &mut self.incoming.transcriber;
            let on_prediction = &mut self.on_prediction;
            self.cpu_timer.measure(|| {
                if let Some((voice, words)) = transcriber.predict()
                    && let Some(on_prediction) = on_prediction
                {
                    on_prediction(voice, words);
                }
            });
            self.cpu_budget.spend(began, cpu.elapsed());
            return Ok(Step::Idle(IDLE_TIMEOUT));
        };
        let now = Instant::now();
        let due = match job {
            DecodeJob::Final(_) | DecodeJob::Tail(_) => now,
            DecodeJob::Speculative(..) => self.cpu_budget.available_with_advance(),
            DecodeJob::Preview(_) if !captions => return Ok(Step::Idle(IDLE_TIMEOUT)),
            DecodeJob::Preview(_) => self.next_preview.max(self.cpu_budget.available_at()),
        };
        if now < due {
            return Ok(Step::Idle(due - now));
        }
        let (cpu, before) = (ThreadTime::now(), engine.recognizer.remote_cpu_time());
        let done = self.decode(engine, job, keep_going)?;
        let remote_cpu = engine.recognizer.remote_cpu_time() - before;
        self.cpu_budget.spend(now, cpu.elapsed() + remote_cpu);
        if matches!(job, DecodeJob::Preview(_)) {
            self.next_preview = now + PREVIEW_INTERVAL.max(PREVIEW_SHARE * now.elapsed());
        }
        Ok(match done && captions && !self.incoming.ended {
            true => Step::Captioned,
            false => Step::Decoded,
        })
    }

    /// Waits for audio, for a message in `inbox`, or until the timeout.
    pub fn wait<T>(&mut self, engine: &Engine, inbox: &Receiver<T>, timeout: Duration) -> Step {
        let blocks = match self.incoming.ended {
            true => &never(),
            false => &self.incoming.blocks,
        };
        // Only waits: the caller receives the message.
        let mut select = Select::new();
        let audio = select.recv(blocks);
        select.recv(inbox);
        if select
            .ready_timeout(timeout)
            .is_ok_and(|ready| ready == audio)
        {
            self.receive_audio(engine);
        }
        Step::Idle(timeout)
    }

    /// Decodes the rest and returns the whole result. `None` if audio is missing or the recognizer failed:
    /// then the take must be transcribed from its file.
    pub fn finish(
        mut self,
        engine: &mut Engine,
        seconds: Option<Secs>,
        keep_going: &dyn Fn() -> bool,
        progress: &mut dyn FnMut(f32),
    ) -> Option<Result<Transcription, EngineError>> {
        self.receive_audio(engine);
        let is_complete =
            self.incoming.ended && Some(self.incoming.transcriber.seconds()) == seconds;
        if !is_complete || self.has_overflowed() {
            return None;
        }
        while let Some(job) = self.incoming.transcriber.next_job() {
            let share =
                self.incoming.transcriber.decoded_until() / self.incoming.transcriber.seconds();
            progress(share as f32);
            match self.decode(engine, job, keep_going) {
                Ok(_) => {}
                Err(EngineError::Cancelled) => return Some(Err(EngineError::Cancelled)),
                Err(_) => return None,
            }
        }
        let transcriber = self.incoming.transcriber;
        let mut timer = self.cpu_timer;
        let was_predicted = transcriber.is_predicted();
        let (voice, transcript) = timer.measure(|| transcriber.into_transcript());
        if let Some(on_prediction) = self.on_prediction.as_mut().filter(|_| !was_predicted) {
            on_prediction(&voice, &transcript);
        }
        Some(Ok(Transcription {
            voice,
            transcript,
            engine: timer.stats(engine),
        }))
    }

    /// Decodes a window and receives audio meanwhile. Returns false if the job was abandoned.
    fn decode(
        &mut self,
        engine: &mut Engine,
        job: DecodeJob,
        keep_going: &dyn Fn() -> bool,
    ) -> Result<bool, EngineError> {
        let span = job.span();
        let window = self.incoming.transcriber.window(span);
        let Engine { recognizer, silero } = engine;
        let recognizer = recognizer.as_mut();
        let before = recognizer.remote_cpu_time();
        let mut abandoned = false;
        let incoming = &mut self.incoming;
        let mut keep_decoding = |pass| {
            incoming.receive(silero);
            abandoned = !keep_going() || !incoming.is_useful(job, pass);
            !abandoned
        };
        let (timer, prompt_terms) = (&mut self.cpu_timer, &self.prompt_terms);
        let decoded =
            timer.measure(|| job.transcribe(&window, recognizer, prompt_terms, &mut keep_decoding));
        timer.add(recognizer.remote_cpu_time() - before);
        match decoded {
            Ok(words) => {
                self.incoming.transcriber.complete(job, words);
                Ok(true)
            }
            Err(EngineError::Cancelled) if abandoned && keep_going() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Receives all queued audio.
    fn receive_audio(&mut self, engine: &Engine) {
        let (silero, incoming) = (&engine.silero, &mut self.incoming);
        let timer = &mut self.cpu_timer;
        timer.measure(|| incoming.receive(silero));
    }
}

impl IncomingAudio {
    /// Receives all queued audio.
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
        let timeout = match self.transcriber.is_cut_off() {
            true => SECOND_PASS_TIMEOUT_BEFORE_TAIL,
            false => SECOND_PASS_TIMEOUT,
        };
        let is_soon = self.transcriber.seconds() - self.transcriber.decoded_until() <= NEARLY_DONE;
        self.second_pass_deadline = (self.user_waits && is_soon).then(|| Instant::now() + timeout);
    }

    /// Whether `pass` of `job` is still useful.
    fn is_useful(&self, job: DecodeJob, pass: Pass) -> bool {
        let in_time = || {
            self.second_pass_deadline
                .is_none_or(|until| Instant::now() < until)
        };
        self.transcriber.is_useful(job) && (pass == Pass::Required || in_time())
    }
}
