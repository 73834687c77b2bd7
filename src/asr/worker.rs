//! The recogniser's thread: loads the model while the window is already up, then hears one take
//! after the other, in pieces while it is spoken or whole from its file. Says what happened, in the
//! past tense, with the take it happened to.

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

/// Who lets the worker go waits at most so long for it.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_millis(40);

/// What a worker tells.
#[derive(Debug)]
pub enum WorkerEvent {
    /// The model is loaded.
    Loaded,
    /// There is no model; every job will fail with the same words.
    LoadFailed(String),
    /// What can be shown of a take that is being spoken.
    Captioned(TakeId, Caption),
    /// So much of a take is transcribed, from 0 to 1.
    Progressed(TakeId, f32),
    /// A take is transcribed.
    Transcribed(TakeId, Box<Transcription>),
    /// A take could not be transcribed.
    Failed(TakeId, String),
}

/// The recogniser on a thread of its own. Dropping it cancels what it does, and joins the thread unless it
/// is loading the model.
pub struct Worker {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    cancel: Arc<AtomicBool>,
    /// The take that is listened to, and what gives it up.
    live_take: Option<(TakeId, Arc<AtomicBool>)>,
    captions: Arc<AtomicBool>,
    closing: Arc<AtomicBool>,
}

/// How a take's samples are had. It runs on the worker's thread.
pub type Samples = Box<dyn FnOnce() -> Result<Vec<f32>, String> + Send>;

enum Job {
    Discard(TakeId),
    StartLive(Box<LiveTranscription>, Arc<AtomicBool>),
    Transcribe(Transcribe),
}

struct Transcribe {
    take: TakeId,
    seconds: Option<Secs>,
    vocabulary: String,
    samples: Samples,
    cancel: Arc<AtomicBool>,
}

impl Worker {
    /// Starts it. `load` finds, checks and loads the model on the worker's thread, again at each job
    /// while there is none; `tell` is called there too.
    pub fn start(
        load: impl FnMut() -> Result<Engine, String> + Send + 'static,
        tell: impl Fn(WorkerEvent) + Send + 'static,
    ) -> io::Result<Self> {
        let (jobs, inbox) = bounded(64);
        let captions = Arc::new(AtomicBool::new(true));
        let closing = Arc::new(AtomicBool::new(false));
        let mut desk = WorkerThread {
            load: Box::new(load),
            on_event: Box::new(tell),
            inbox,
            show_captions: Arc::clone(&captions),
            closing: Arc::clone(&closing),
            live: None,
            live_cancelled: Arc::default(),
        };
        let thread = std::thread::Builder::new()
            .name("speech".to_owned())
            .spawn(move || desk.run())?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
            cancel: Arc::default(),
            live_take: None,
            captions,
            closing,
        })
    }

    /// Hears a take while it is spoken, instead of any other: give the tap to its recorder. What was
    /// heard is told when [`Worker::transcribe`] asks for it.
    pub fn start_live(
        &mut self,
        take: TakeId,
        vocabulary: String,
        audience: LiveOptions,
    ) -> AudioSink {
        let given_up = Arc::<AtomicBool>::default();
        self.live_take = Some((take.clone(), Arc::clone(&given_up)));
        let (live, tap) = LiveTranscription::new(take, vocabulary, audience);
        self.send(Job::StartLive(Box::new(live), given_up));
        tap
    }

    /// Whether what is heard is to be shown while it is spoken.
    pub fn show_captions(&self, show: bool) {
        self.captions.store(show, Ordering::Relaxed);
    }

    /// Transcribes a take: what is left of it where all its `seconds` were listened to, else the
    /// whole of `samples`. `vocabulary` is what may well be said in it.
    pub fn transcribe(
        &mut self,
        take: TakeId,
        seconds: Option<Secs>,
        vocabulary: String,
        samples: Samples,
    ) {
        // What is still read of it while it was spoken is given up with it.
        let listened = self.live_take.take().filter(|(of, _)| *of == take);
        self.cancel = listened.map(|(_, given_up)| given_up).unwrap_or_default();
        let cancel = Arc::clone(&self.cancel);
        self.send(Job::Transcribe(Transcribe {
            take,
            seconds,
            vocabulary,
            samples,
            cancel,
        }));
    }

    /// Hears no more of a take that is listened to: nobody will ask for it.
    pub fn discard(&mut self, take: TakeId) {
        if let Some((_, given_up)) = self.live_take.take_if(|(of, _)| *of == take) {
            given_up.store(true, Ordering::Relaxed);
        }
        self.send(Job::Discard(take));
    }

    /// Stops the newest transcription; nothing more is heard of its take.
    pub fn cancel(&self) {
        self.cancel.store(true, Ordering::Relaxed);
    }

    fn send(&self, job: Job) {
        if let Some(jobs) = &self.jobs {
            // The thread only ends with its inbox.
            let _ = jobs.send(job);
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::Relaxed);
        self.cancel();
        self.jobs = None;
        // A model that is being loaded cannot be interrupted; nobody is made to wait for that. The thread
        // ends by itself then: it has nothing to tell any more, and nothing to write.
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

/// What the worker's thread has before it.
struct WorkerThread {
    load: Box<dyn FnMut() -> Result<Engine, String> + Send>,
    on_event: Box<dyn Fn(WorkerEvent) + Send>,
    inbox: Receiver<Job>,
    show_captions: Arc<AtomicBool>,
    closing: Arc<AtomicBool>,
    live: Option<Box<LiveTranscription>>,
    /// Whether nobody wants that any more.
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
                Job::StartLive(live, given_up) => {
                    (self.live, self.live_cancelled) = (Some(live), given_up);
                }
                Job::Discard(take) => {
                    self.live.take_if(|live| live.take() == &take);
                }
                Job::Transcribe(job) => {
                    if engine.is_err() {
                        // Perhaps the missing file was put where the message said.
                        engine = (self.load)();
                        if engine.is_ok() {
                            (self.on_event)(WorkerEvent::Loaded);
                        }
                    }
                    self.transcribe(&mut engine, job);
                }
            }
        }
    }

    /// The next job, and work on the live take until there is one. `None` when the worker is let go.
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
            let given_up = [&self.closing, &self.live_cancelled];
            let wanted = || !given_up.iter().any(|no| no.load(Ordering::Relaxed));
            let inbox = &self.inbox;
            // A defect here costs the live words, not the take: it is then heard from its file.
            let stepped = catch_unwind(AssertUnwindSafe(|| {
                match live.step(engine, captions, &wanted)? {
                    Step::Idle(patience) => Ok(live.wait(engine, inbox, patience)),
                    step => Ok(step),
                }
            }));
            match stepped {
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

    fn transcribe(&mut self, engine: &mut Result<Engine, String>, job: Transcribe) {
        let live = self.live.take_if(|live| live.take() == &job.take);
        let closing = &self.closing;
        let wanted = || !job.cancel.load(Ordering::Relaxed) && !closing.load(Ordering::Relaxed);
        let mut progress =
            |share| (self.on_event)(WorkerEvent::Progressed(job.take.clone(), share));
        let heard = catch_unwind(AssertUnwindSafe(|| {
            if !wanted() {
                return Ok(None);
            }
            let engine = engine.as_mut().map_err(|why| why.clone())?;
            let live = live.and_then(|live| {
                // As above: a defect here costs time, not the take.
                let finished =
                    AssertUnwindSafe(|| live.finish(engine, job.seconds, &wanted, &mut progress));
                catch_unwind(finished).ok().flatten()
            });
            let heard = match live {
                Some(heard) => heard,
                None => {
                    let samples = (job.samples)()?;
                    transcribe(engine, &samples, &job.vocabulary, &mut progress, &wanted)
                }
            };
            match heard {
                Err(EngineError::Cancelled) => Ok(None),
                heard => heard.map(Some).map_err(|why| why.to_string()),
            }
        }));
        // A defect here must not leave a session that waits for ever.
        let heard = heard.unwrap_or_else(|_| {
            Err("the speech recogniser broke: try again, and report it".to_owned())
        });
        match heard {
            Ok(Some(heard)) => (self.on_event)(WorkerEvent::Transcribed(job.take, Box::new(heard))),
            Ok(None) => {}
            Err(why) => (self.on_event)(WorkerEvent::Failed(job.take, why)),
        }
    }
}
