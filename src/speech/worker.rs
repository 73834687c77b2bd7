//! The recogniser's thread: loads the model while the window is already up, then hears one take
//! after the other, in pieces while it is spoken or whole from its file. Says what happened, in the
//! past tense, with the take it happened to.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TryRecvError, bounded, never, select};

use super::detector::Silero;
use super::engine::{Engine, EngineError};
use super::hear::{Effort, hear};
use super::listener::{Listener, Work};
use crate::coach::caption::Caption;
use crate::coach::take::{Heard, TakeId};
use crate::coach::time::Secs;

/// Blocks of sound that may wait: forty seconds, where the recorder hands over every 20 ms.
const BLOCKS: usize = 2048;
/// Who lets the worker go waits at most so long for it.
const GOODBYE: Duration = Duration::from_millis(80);
/// Where nothing is to be done until somebody says so.
const PATIENCE: Duration = Duration::from_secs(3600);
/// Words of the moment are looked at once in so long, ...
const GLIMPSE_EVERY: Duration = Duration::from_millis(900);
/// ... and for at most one part in so many of the time.
const GLIMPSE_SHARE: u32 = 4;

/// What a worker tells.
#[derive(Debug)]
pub enum Heeded {
    /// The model is loaded.
    Loaded,
    /// There is no model; every job will fail with the same words.
    NotLoaded(String),
    /// What can be shown of a take that is being spoken.
    Captioned(TakeId, Caption),
    /// So much of a take is transcribed, from 0 to 1.
    Progressed(TakeId, f32),
    /// A take is transcribed.
    Transcribed(TakeId, Box<Heard>),
    /// A take could not be transcribed.
    Failed(TakeId, String),
}

/// The recogniser on a thread of its own. Dropping it cancels what it does.
pub struct Worker {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    cancel: Arc<AtomicBool>,
    captions: Arc<AtomicBool>,
    closing: Arc<AtomicBool>,
}

/// How a take's samples are had. It runs on the worker's thread.
pub type Samples = Box<dyn FnOnce() -> Result<Vec<f32>, String> + Send>;

/// The worker's ear for one take: what a recorder writes goes in here as well. Dropping it says
/// that the take is over.
pub struct Tap {
    blocks: Sender<Vec<f32>>,
    torn: Arc<AtomicBool>,
}

impl Tap {
    /// Hands on 16 kHz samples, just as they are in the take's file. Never waits: where the worker
    /// is too far behind it is torn, and the take is read from its file.
    pub fn push(&self, samples: &[f32]) {
        if !self.torn.load(Ordering::Relaxed) && self.blocks.try_send(samples.to_vec()).is_err() {
            self.torn.store(true, Ordering::Relaxed);
        }
    }
}

enum Job {
    Listen(Box<Live>),
    Transcribe(Transcribe),
}

struct Transcribe {
    take: TakeId,
    seconds: Option<Secs>,
    vocabulary: String,
    samples: Samples,
    cancel: Arc<AtomicBool>,
}

/// A take that is being spoken, or was just now.
struct Live {
    take: TakeId,
    vocabulary: String,
    blocks: Receiver<Vec<f32>>,
    torn: Arc<AtomicBool>,
    listener: Listener,
    effort: Effort,
    /// Whether all of its sound is in.
    over: bool,
    next_glimpse: Instant,
}

impl Worker {
    /// Starts it. `load` finds, checks and loads the model on the worker's thread, again at each job
    /// while there is none; `tell` is called there too.
    pub fn start(
        load: impl FnMut() -> Result<Engine, String> + Send + 'static,
        tell: impl Fn(Heeded) + Send + 'static,
    ) -> io::Result<Self> {
        let (jobs, inbox) = bounded(64);
        let captions = Arc::new(AtomicBool::new(true));
        let closing = Arc::new(AtomicBool::new(false));
        let mut desk = Desk {
            load: Box::new(load),
            tell: Box::new(tell),
            inbox,
            captions: Arc::clone(&captions),
            closing: Arc::clone(&closing),
            live: None,
        };
        let thread = std::thread::Builder::new()
            .name("speech".to_owned())
            .spawn(move || desk.work())?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
            cancel: Arc::default(),
            captions,
            closing,
        })
    }

    /// Hears a take while it is spoken, instead of any other: give the tap to its recorder. What was
    /// heard is told when [`Worker::transcribe`] asks for it.
    pub fn listen(&mut self, take: TakeId, vocabulary: String) -> Tap {
        let (sender, blocks) = bounded(BLOCKS);
        let torn = Arc::new(AtomicBool::new(false));
        self.send(Job::Listen(Box::new(Live {
            take,
            vocabulary,
            blocks,
            torn: Arc::clone(&torn),
            listener: Listener::default(),
            effort: Effort::of(1),
            over: false,
            next_glimpse: Instant::now(),
        })));
        Tap {
            blocks: sender,
            torn,
        }
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
        self.cancel = Arc::default();
        let cancel = Arc::clone(&self.cancel);
        self.send(Job::Transcribe(Transcribe {
            take,
            seconds,
            vocabulary,
            samples,
            cancel,
        }));
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
        // whisper.cpp cannot be interrupted within a pass of its encoder, a few tenths of a second;
        // nobody is made to wait for that. The thread ends by itself then: it has nothing to tell any
        // more, and nothing to write.
        let until = Instant::now() + GOODBYE;
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
struct Desk {
    load: Box<dyn FnMut() -> Result<Engine, String> + Send>,
    tell: Box<dyn Fn(Heeded) + Send>,
    inbox: Receiver<Job>,
    captions: Arc<AtomicBool>,
    closing: Arc<AtomicBool>,
    live: Option<Box<Live>>,
}

impl Desk {
    fn work(&mut self) {
        let mut engine = (self.load)();
        match &engine {
            Ok(_) => (self.tell)(Heeded::Loaded),
            Err(why) => (self.tell)(Heeded::NotLoaded(why.clone())),
        }
        while let Some(job) = self.next_job(&mut engine) {
            match job {
                Job::Listen(live) => self.live = Some(live),
                Job::Transcribe(job) => {
                    if engine.is_err() {
                        // Perhaps the missing file was put where the message said.
                        engine = (self.load)();
                        if engine.is_ok() {
                            (self.tell)(Heeded::Loaded);
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
            let captions = self.captions.load(Ordering::Relaxed);
            let closing = &self.closing;
            let wanted = || !closing.load(Ordering::Relaxed);
            // A defect here costs the live words, not the take: it is then heard from its file.
            let stepped = catch_unwind(AssertUnwindSafe(|| live.step(engine, captions, &wanted)));
            match stepped {
                Ok(Ok(Step::Nothing(patience))) => {
                    let blocks = match live.over {
                        true => &never(),
                        false => &live.blocks,
                    };
                    let block = select! {
                        recv(self.inbox) -> job => return job.ok(),
                        recv(blocks) -> block => Some(block),
                        default(patience) => None,
                    };
                    match block {
                        Some(Ok(block)) => live.take_in_block(engine, &block),
                        Some(Err(_)) => live.end(engine),
                        None => {}
                    }
                }
                Ok(Ok(Step::Worked)) => {}
                Ok(Ok(Step::Captioned)) => {
                    let caption = live.listener.caption();
                    (self.tell)(Heeded::Captioned(live.take.clone(), caption));
                }
                Ok(Err(_)) | Err(_) => self.live = None,
            }
            if self.live.as_ref().is_some_and(|live| live.is_torn()) {
                self.live = None;
            }
        }
    }

    fn transcribe(&mut self, engine: &mut Result<Engine, String>, job: Transcribe) {
        let live = self.live.take_if(|live| live.take == job.take);
        let closing = &self.closing;
        let wanted = || !job.cancel.load(Ordering::Relaxed) && !closing.load(Ordering::Relaxed);
        let mut progress = |share| (self.tell)(Heeded::Progressed(job.take.clone(), share));
        let heard = catch_unwind(AssertUnwindSafe(|| {
            let engine = engine.as_mut().map_err(|why| why.clone())?;
            let heard = match live {
                Some(live) => live.finish(engine, job.seconds, &wanted, &mut progress),
                None => None,
            };
            let heard = match heard {
                Some(heard) => heard,
                None => {
                    let samples = (job.samples)()?;
                    hear(engine, &samples, &job.vocabulary, &mut progress, &wanted)
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
            Ok(Some(heard)) => (self.tell)(Heeded::Transcribed(job.take, Box::new(heard))),
            Ok(None) => {}
            Err(why) => (self.tell)(Heeded::Failed(job.take, why)),
        }
    }
}

/// What became of a step.
enum Step {
    /// There is nothing to do before more sound comes, or so long.
    Nothing(Duration),
    /// Something was decoded.
    Worked,
    /// ... and can be shown.
    Captioned,
}

impl Live {
    /// Does the most urgent piece of work.
    fn step(
        &mut self,
        engine: &mut Engine,
        captions: bool,
        wanted: &dyn Fn() -> bool,
    ) -> Result<Step, EngineError> {
        self.take_in(engine);
        let now = Instant::now();
        let work = match self.listener.work() {
            None => return Ok(Step::Nothing(PATIENCE)),
            Some(Work::Glimpse(_)) if !captions => return Ok(Step::Nothing(PATIENCE)),
            Some(Work::Glimpse(_)) if now < self.next_glimpse => {
                return Ok(Step::Nothing(self.next_glimpse - now));
            }
            Some(work) => work,
        };
        let done = self.decode(engine, work, wanted)?;
        if matches!(work, Work::Glimpse(_)) {
            let cost = now.elapsed();
            self.next_glimpse = now + GLIMPSE_EVERY.max(GLIMPSE_SHARE * cost);
        }
        Ok(match done && captions && !self.over {
            true => Step::Captioned,
            false => Step::Worked,
        })
    }

    /// Decodes a window, and takes in meanwhile what is said. False where it was given up.
    fn decode(
        &mut self,
        engine: &mut Engine,
        work: Work,
        wanted: &dyn Fn() -> bool,
    ) -> Result<bool, EngineError> {
        let (Work::Final(span) | Work::Eager(span) | Work::Glimpse(span)) = work;
        let window = self.listener.window(span);
        let Engine { recogniser, silero } = engine;
        let mut given_up = false;
        let mut still_wanted = || {
            Self::receive(&mut self.listener, &self.blocks, &mut self.over, silero);
            given_up = !wanted() || !self.listener.wants(work);
            !given_up
        };
        let effort = &mut self.effort;
        let decoded = effort.spend(|| match work {
            Work::Glimpse(_) => window.glimpse(recogniser, &self.vocabulary, &mut still_wanted),
            _ => window.hear(recogniser, &self.vocabulary, &mut still_wanted),
        });
        match decoded {
            Ok(words) => {
                self.listener.done(work, words);
                Ok(true)
            }
            Err(EngineError::Cancelled) if given_up && wanted() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Decodes what is left, and gives all that was heard; `None` where the sound is not whole.
    fn finish(
        mut self,
        engine: &mut Engine,
        seconds: Option<Secs>,
        wanted: &dyn Fn() -> bool,
        progress: &mut dyn FnMut(f32),
    ) -> Option<Result<Heard, EngineError>> {
        self.take_in(engine);
        let whole = self.over && Some(self.listener.seconds()) == seconds;
        if !whole || self.is_torn() {
            return None;
        }
        while let Some(work) = self.listener.work() {
            let share = self.listener.decoded() / self.listener.seconds();
            progress(share as f32);
            if let Err(error) = self.decode(engine, work, wanted) {
                return Some(Err(error));
            }
        }
        let listener = self.listener;
        let mut effort = self.effort;
        let (voice, transcript) = effort.spend(|| listener.heard());
        Some(Ok(Heard {
            voice,
            transcript,
            engine: effort.run(engine),
        }))
    }

    fn is_torn(&self) -> bool {
        self.torn.load(Ordering::Relaxed)
    }

    /// Takes in all the sound that has come.
    fn take_in(&mut self, engine: &mut Engine) {
        let silero = &engine.silero;
        let effort = &mut self.effort;
        effort.spend(|| {
            Self::receive(&mut self.listener, &self.blocks, &mut self.over, silero);
        });
    }

    fn take_in_block(&mut self, engine: &mut Engine, block: &[f32]) {
        let silero = &engine.silero;
        self.effort.spend(|| self.listener.push(silero, block));
    }

    fn end(&mut self, engine: &mut Engine) {
        self.over = true;
        let silero = &engine.silero;
        self.effort.spend(|| self.listener.end(silero));
    }

    fn receive(
        listener: &mut Listener,
        blocks: &Receiver<Vec<f32>>,
        over: &mut bool,
        silero: &Silero,
    ) {
        while !*over {
            match blocks.try_recv() {
                Ok(block) => listener.push(silero, &block),
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) => {
                    *over = true;
                    listener.end(silero);
                }
            }
        }
    }
}
