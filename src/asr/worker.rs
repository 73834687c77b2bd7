//! The worker thread of the recognizer. It loads the model in the background, then transcribes takes: live
//! while they are recorded, or from their files. It reports events in the past tense with the id of the
//! take.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TryRecvError, bounded};

use super::batch::transcribe;
use super::recognizer::EngineError;
use super::recognizer::whisper::Engine;
use super::scheduler::{AudioSink, LiveOptions, LiveTranscription, Step};
use crate::domain::caption::Caption;
use crate::domain::take::{TakeId, Transcription};
use crate::domain::time::Secs;

/// How long dropping the worker may block.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_millis(40);

/// An event of the worker.
#[derive(Debug)]
pub enum WorkerEvent {
    /// The model is loaded.
    Loaded,
    /// The model could not be loaded. Every job fails with the same message.
    LoadFailed(String),
    /// A new caption of a take in progress.
    Captioned(TakeId, Caption),
    /// Progress of a transcription, from 0 to 1.
    Progressed(TakeId, f32),
    /// A take was transcribed.
    Transcribed(TakeId, Box<Transcription>),
    /// A transcription failed, with a message.
    Failed(TakeId, String),
}

/// Handle of the worker thread. Dropping it cancels the current job and joins the thread, unless that is
/// loading the model.
pub struct Worker {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    cancel: Arc<AtomicBool>,
    /// The live take and its cancel flag.
    live_take: Option<(TakeId, Arc<AtomicBool>)>,
    captions: Arc<AtomicBool>,
    closing: Arc<AtomicBool>,
}

/// Loads the samples of a take, on the worker thread.
pub type Samples = Box<dyn FnOnce() -> Result<Vec<f32>, String> + Send>;

enum Job {
    Discard(TakeId),
    StartLive(Box<LiveTranscription>, Arc<AtomicBool>),
    Transcribe(Transcribe),
}

struct Transcribe {
    take: TakeId,
    seconds: Option<Secs>,
    prompt_terms: String,
    samples: Samples,
    cancel: Arc<AtomicBool>,
}

impl Worker {
    /// Starts the thread. `load` finds, checks and loads the model on the worker thread; it is called again
    /// at each job until it succeeds. `on_event` is called on the worker thread, too.
    pub fn start(
        load: impl FnMut() -> Result<Engine, String> + Send + 'static,
        on_event: impl Fn(WorkerEvent) + Send + 'static,
    ) -> io::Result<Self> {
        let (jobs, inbox) = bounded(64);
        let captions = Arc::new(AtomicBool::new(true));
        let closing = Arc::new(AtomicBool::new(false));
        let mut worker_thread = WorkerThread {
            load: Box::new(load),
            on_event: Box::new(on_event),
            inbox,
            show_captions: Arc::clone(&captions),
            closing: Arc::clone(&closing),
            live: None,
            live_cancelled: Arc::default(),
        };
        let thread = std::thread::Builder::new()
            .name("speech".to_owned())
            .spawn(move || worker_thread.run())?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
            cancel: Arc::default(),
            live_take: None,
            captions,
            closing,
        })
    }

    /// Starts live transcription of a take and ends any other. The returned sink receives its audio. The
    /// result is reported when [`Worker::transcribe`] asks for it.
    pub fn start_live(
        &mut self,
        take: TakeId,
        prompt_terms: String,
        options: LiveOptions,
    ) -> AudioSink {
        let cancelled = Arc::<AtomicBool>::default();
        self.live_take = Some((take.clone(), Arc::clone(&cancelled)));
        let (live, sink) = LiveTranscription::new(take, prompt_terms, options);
        self.send(Job::StartLive(Box::new(live), cancelled));
        sink
    }

    /// Sets whether captions are produced.
    pub fn show_captions(&self, show: bool) {
        self.captions.store(show, Ordering::Relaxed);
    }

    /// Transcribes a take. If all of its `seconds` were transcribed live, only the rest is decoded,
    /// otherwise all of `samples`. `prompt_terms` are words that are likely to occur.
    pub fn transcribe(
        &mut self,
        take: TakeId,
        seconds: Option<Secs>,
        prompt_terms: String,
        samples: Samples,
    ) {
        // Cancelling the job also cancels the live transcription of the take.
        let live_take = self.live_take.take().filter(|(of, _)| *of == take);
        self.cancel = live_take
            .map(|(_, cancelled)| cancelled)
            .unwrap_or_default();
        let cancel = Arc::clone(&self.cancel);
        self.send(Job::Transcribe(Transcribe {
            take,
            seconds,
            prompt_terms,
            samples,
            cancel,
        }));
    }

    /// Ends the live transcription of a take without a result.
    pub fn discard(&mut self, take: TakeId) {
        if let Some((_, cancelled)) = self.live_take.take_if(|(of, _)| *of == take) {
            cancelled.store(true, Ordering::Relaxed);
        }
        self.send(Job::Discard(take));
    }

    /// Cancels the last transcription; no more events of its take follow.
    pub fn cancel(&self) {
        self.cancel.store(true, Ordering::Relaxed);
    }

    fn send(&self, job: Job) {
        if let Some(jobs) = &self.jobs {
            // Sending only fails if the thread has ended.
            let _ = jobs.send(job);
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::Relaxed);
        self.cancel();
        self.jobs = None;
        // Loading a model cannot be interrupted, so the thread is not joined then. It ends by itself and
        // produces no more events or files.
        let until = Instant::now() + SHUTDOWN_TIMEOUT;
        if let Some(thread) = self.thread.take() {
            while !thread.is_finished() && Instant::now() < until {
                std::thread::sleep(Duration::from_millis(2));
            }
            if thread.is_finished() {
                let _ = thread.join();
            }
        }
    }
}

/// State of the worker thread.
struct WorkerThread {
    load: Box<dyn FnMut() -> Result<Engine, String> + Send>,
    on_event: Box<dyn Fn(WorkerEvent) + Send>,
    inbox: Receiver<Job>,
    show_captions: Arc<AtomicBool>,
    closing: Arc<AtomicBool>,
    live: Option<Box<LiveTranscription>>,
    /// Whether the live take is cancelled.
    live_cancelled: Arc<AtomicBool>,
}

impl WorkerThread {
    fn run(&mut self) {
        let mut engine = (self.load)();
        match &engine {
            Ok(_) => (self.on_event)(WorkerEvent::Loaded),
            Err(why) => (self.on_event)(WorkerEvent::LoadFailed(why.clone())),
        }
        while let Some(job) = self.next_job(&mut engine) {
            match job {
                Job::StartLive(live, cancelled) => {
                    (self.live, self.live_cancelled) = (Some(live), cancelled);
                }
                Job::Discard(take) => {
                    self.live.take_if(|live| live.take() == &take);
                }
                Job::Transcribe(job) => {
                    if engine.is_err() {
                        // The user may have added the missing file meanwhile.
                        engine = (self.load)();
                        if engine.is_ok() {
                            (self.on_event)(WorkerEvent::Loaded);
                        }
                    }
                    self.run_transcription(&mut engine, job);
                }
            }
        }
    }

    /// Runs the live take until there is a job. Returns `None` when the worker is dropped.
    fn next_job(&mut self, engine: &mut Result<Engine, String>) -> Option<Job> {
        loop {
            if self.closing.load(Ordering::Relaxed) {
                return None;
            }
            match self.inbox.try_recv() {
                Ok(job) => return Some(job),
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) => {}
            }
            let (Some(live), Ok(engine)) = (&mut self.live, &mut *engine) else {
                return self.inbox.recv().ok();
            };
            let captions = self.show_captions.load(Ordering::Relaxed);
            let cancel_flags = [&self.closing, &self.live_cancelled];
            let keep_going = || !cancel_flags.iter().any(|flag| flag.load(Ordering::Relaxed));
            let inbox = &self.inbox;
            // After a panic the take is transcribed from its file.
            let result = catch_unwind(AssertUnwindSafe(|| {
                match live.step(engine, captions, &keep_going)? {
                    Step::Idle(timeout) => Ok(live.wait(engine, inbox, timeout)),
                    step => Ok(step),
                }
            }));
            match result {
                Ok(Ok(Step::Idle(_))) => {}
                Ok(Ok(Step::Decoded)) => {}
                Ok(Ok(Step::Captioned)) => {
                    (self.on_event)(WorkerEvent::Captioned(live.take().clone(), live.caption()));
                }
                Ok(Err::<_, EngineError>(_)) | Err(_) => self.live = None,
            }
            self.live.take_if(|live| live.has_overflowed());
        }
    }

    fn run_transcription(&mut self, engine: &mut Result<Engine, String>, job: Transcribe) {
        let live = self.live.take_if(|live| live.take() == &job.take);
        let closing = &self.closing;
        let keep_going = || !job.cancel.load(Ordering::Relaxed) && !closing.load(Ordering::Relaxed);
        let mut progress =
            |share| (self.on_event)(WorkerEvent::Progressed(job.take.clone(), share));
        let result = catch_unwind(AssertUnwindSafe(|| {
            if !keep_going() {
                return Ok(None);
            }
            let engine = engine.as_mut().map_err(|why| why.clone())?;
            let live = live.and_then(|live| {
                // After a panic the take is transcribed from its file.
                let finished = AssertUnwindSafe(|| {
                    live.finish(engine, job.seconds, &keep_going, &mut progress)
                });
                catch_unwind(finished).ok().flatten()
            });
            let result = match live {
                Some(result) => result,
                None => {
                    let samples = (job.samples)()?;
                    transcribe(
                        engine,
                        &samples,
                        &job.prompt_terms,
                        &mut progress,
                        &keep_going,
                    )
                }
            };
            match result {
                Err(EngineError::Cancelled) => Ok(None),
                result => result.map(Some).map_err(|why| why.to_string()),
            }
        }));
        // A panic must not leave the session waiting forever.
        let result = result.unwrap_or_else(|_| {
            Err(
                "internal error of the speech recognizer: try again, and please report this"
                    .to_owned(),
            )
        });
        match result {
            Ok(Some(result)) => {
                (self.on_event)(WorkerEvent::Transcribed(job.take, Box::new(result)))
            }
            Ok(None) => {}
            Err(why) => (self.on_event)(WorkerEvent::Failed(job.take, why)),
        }
    }
}
