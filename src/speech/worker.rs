//! The recogniser's thread: loads the model while the window is already up, then transcribes one
//! take after the other. Says what happened, in the past tense, with the take it happened to.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use super::engine::{Engine, EngineError};
use super::hear::hear;
use crate::coach::take::{Heard, TakeId};

/// What a worker tells.
#[derive(Debug)]
pub enum Heeded {
    /// The model is loaded.
    Loaded,
    /// There is no model; every job will fail with the same words.
    NotLoaded(String),
    /// So much of a take is transcribed, from 0 to 1.
    Progressed(TakeId, f32),
    /// A take is transcribed.
    Transcribed(TakeId, Box<Heard>),
    /// A take could not be transcribed.
    Failed(TakeId, String),
}

/// The recogniser on a thread of its own. Dropping it cancels what it does.
pub struct Worker {
    jobs: Option<SyncSender<Transcribe>>,
    thread: Option<JoinHandle<()>>,
    cancel: Arc<AtomicBool>,
    closing: Arc<AtomicBool>,
}

/// How a take's samples are had. It runs on the worker's thread.
pub type Samples = Box<dyn FnOnce() -> Result<Vec<f32>, String> + Send>;

struct Transcribe {
    take: TakeId,
    vocabulary: String,
    samples: Samples,
    cancel: Arc<AtomicBool>,
}

impl Worker {
    /// Starts it. `load` finds, checks and loads the model on the worker's thread, again at each job
    /// while there is none; `tell` is called there too.
    pub fn start(
        mut load: impl FnMut() -> Result<Engine, String> + Send + 'static,
        tell: impl Fn(Heeded) + Send + 'static,
    ) -> io::Result<Self> {
        let (jobs, inbox) = sync_channel(64);
        let closing = Arc::new(AtomicBool::new(false));
        let closed = Arc::clone(&closing);
        let thread = std::thread::Builder::new()
            .name("speech".to_owned())
            .spawn(move || {
                let engine = load();
                match &engine {
                    Ok(_) => tell(Heeded::Loaded),
                    Err(why) => tell(Heeded::NotLoaded(why.clone())),
                }
                work(engine, &mut load, &inbox, &closed, &tell);
            })?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
            cancel: Arc::default(),
            closing,
        })
    }

    /// Transcribes a take after those before it. `vocabulary` is what may well be said in it.
    pub fn transcribe(&mut self, take: TakeId, vocabulary: String, samples: Samples) {
        self.cancel = Arc::default();
        let job = Transcribe {
            take,
            vocabulary,
            samples,
            cancel: Arc::clone(&self.cancel),
        };
        if let Some(jobs) = &self.jobs {
            // The thread only ends with its inbox.
            let _ = jobs.send(job);
        }
    }

    /// Stops the newest job; nothing more is heard of its take.
    pub fn cancel(&self) {
        self.cancel.store(true, Ordering::Relaxed);
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::Relaxed);
        self.cancel();
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn work(
    mut engine: Result<Engine, String>,
    load: &mut dyn FnMut() -> Result<Engine, String>,
    inbox: &Receiver<Transcribe>,
    closing: &AtomicBool,
    tell: &dyn Fn(Heeded),
) {
    for job in inbox {
        if closing.load(Ordering::Relaxed) {
            return;
        }
        let take = job.take;
        if engine.is_err() {
            // Perhaps the missing file was put where the message said.
            engine = load();
            if engine.is_ok() {
                tell(Heeded::Loaded);
            }
        }
        let mut progress = |share| tell(Heeded::Progressed(take.clone(), share));
        let heard = catch_unwind(AssertUnwindSafe(|| match &mut engine {
            Ok(engine) => (job.samples)().and_then(|samples| {
                match hear(
                    engine,
                    &samples,
                    &job.vocabulary,
                    &mut progress,
                    &job.cancel,
                ) {
                    Err(EngineError::Cancelled) => Ok(None),
                    heard => heard.map(Some).map_err(|why| why.to_string()),
                }
            }),
            Err(why) => Err(why.clone()),
        }));
        // A defect here must not leave a session that waits for ever.
        let heard = heard.unwrap_or_else(|_| {
            Err("the speech recogniser broke: try again, and report it".to_owned())
        });
        match heard {
            Ok(Some(heard)) => tell(Heeded::Transcribed(take, Box::new(heard))),
            Ok(None) => {}
            Err(why) => tell(Heeded::Failed(take, why)),
        }
    }
}
