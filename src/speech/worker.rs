//! The recogniser's thread: loads the model while the window is already up, then transcribes one
//! take after the other. Says what happened, in the past tense, with the take it happened to.

use std::io;
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
    samples: Samples,
    cancel: Arc<AtomicBool>,
}

impl Worker {
    /// Starts it. `load` finds, checks and loads the model on the worker's thread; `tell` is called
    /// there too.
    pub fn start(
        load: impl FnOnce() -> Result<Engine, String> + Send + 'static,
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
                work(engine, &inbox, &closed, &tell);
            })?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
            cancel: Arc::default(),
            closing,
        })
    }

    /// Transcribes a take after those before it.
    pub fn transcribe(&mut self, take: TakeId, samples: Samples) {
        self.cancel = Arc::default();
        let job = Transcribe {
            take,
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
    inbox: &Receiver<Transcribe>,
    closing: &AtomicBool,
    tell: &dyn Fn(Heeded),
) {
    for job in inbox {
        if closing.load(Ordering::Relaxed) {
            return;
        }
        let take = job.take;
        let mut progress = |share| tell(Heeded::Progressed(take.clone(), share));
        let heard = match &mut engine {
            Ok(engine) => (job.samples)().and_then(|samples| {
                match hear(engine, &samples, &mut progress, &job.cancel) {
                    Err(EngineError::Cancelled) => Ok(None),
                    heard => heard.map(Some).map_err(|why| why.to_string()),
                }
            }),
            Err(why) => Err(why.clone()),
        };
        match heard {
            Ok(Some(heard)) => tell(Heeded::Transcribed(take, Box::new(heard))),
            Ok(None) => {}
            Err(why) => tell(Heeded::Failed(take, why)),
        }
    }
}
