//! Owns the transcription worker and the state of its speech model. Does not know the session; it
//! translates the worker's events for it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::context::Context;
use super::event::Event;
use crate::analysis::PartPlan;
use crate::asr::{AudioSink, Engine, Isolation, LiveOptions, OnPrediction, Worker, WorkerEvent};
use crate::audio;
use crate::domain::profile::Profile;
use crate::domain::take::TakeId;
use crate::domain::time::Secs;
use crate::practice::session::SessionEvent;
use crate::storage::{StoreError, model_files};

/// Threads for decoding. One only: on a busy machine, several ggml threads spin while waiting for each other.
pub const THREADS: u32 = 1;

/// The state of the speech model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelState {
    /// It is being loaded.
    Loading,
    /// It can be used.
    Ready,
    /// It cannot be used: why, and what to do.
    Unusable(String),
}

/// The transcription worker and its speech model.
pub(super) struct Transcriber {
    isolation: Isolation,
    worker: Worker,
    /// Number of the worker. Events of an earlier one are ignored.
    generation: u64,
    state: ModelState,
    model_name: String,
    /// The newest complete recording, and when its last sample arrived.
    recording_ended: Option<(TakeId, Instant)>,
}

/// A take that is transcribed while it is recorded.
pub(super) struct LiveTake {
    pub(super) take: TakeId,
    /// Words that are likely to be said.
    pub(super) vocabulary: String,
    /// What to measure the predicted transcript against; `None` for no predictions.
    pub(super) plan: Option<(Arc<PartPlan>, Profile)>,
    /// Whether a user will wait for the transcript when the take ends.
    pub(super) has_waiting_user: bool,
}

impl Transcriber {
    /// Starts a worker that loads `model`, or the default one.
    pub(super) fn start(
        model: Option<PathBuf>,
        isolation: Isolation,
        context: &Context,
    ) -> Result<Self, StoreError> {
        let generation = 0;
        let worker = start_worker(generation, model.clone(), &isolation, context)?;
        Ok(Self {
            isolation,
            worker,
            generation,
            state: ModelState::Loading,
            model_name: model_name(model),
            recording_ended: None,
        })
    }

    /// Replaces the worker by one that loads `model`, or the default one. Reports a failure and keeps the
    /// earlier worker.
    pub(super) fn load_model(&mut self, model: Option<PathBuf>, context: &mut Context) {
        let generation = self.generation + 1;
        match start_worker(generation, model.clone(), &self.isolation, context) {
            Ok(worker) => {
                self.worker = worker;
                self.generation = generation;
                self.state = ModelState::Loading;
                self.model_name = model_name(model);
            }
            Err(why) => context.problem(why),
        }
    }

    pub(super) fn state(&self) -> &ModelState {
        &self.state
    }

    /// The name of the model that was loaded last, or is being loaded.
    pub(super) fn model_name(&self) -> &str {
        &self.model_name
    }

    /// Whether to decode captions during a take.
    pub(super) fn show_captions(&self, show: bool) {
        self.worker.show_captions(show);
    }

    /// Begins to transcribe a take during its recording, whose samples go to the returned sink. Its
    /// measurements are predicted during pauses, so that less remains to be done at its end.
    pub(super) fn start_live(&mut self, live: LiveTake, context: &Context) -> AudioSink {
        let LiveTake {
            take,
            vocabulary,
            plan,
            has_waiting_user,
        } = live;
        let (events, id) = (context.events.clone(), take.clone());
        let on_prediction = plan.map(|(plan, profile)| -> OnPrediction {
            Box::new(move |voice, transcript| {
                let measurements = Box::new(plan.measure(voice, transcript, &profile));
                events.send(Event::Predicted(id.clone(), measurements));
            })
        });
        let options = LiveOptions {
            user_waits: has_waiting_user,
            on_prediction,
        };
        self.worker.start_live(take, vocabulary, options)
    }

    /// Transcribes a complete recording. If all its `recorded` seconds were transcribed live, only the rest is
    /// decoded.
    pub(super) fn transcribe(
        &mut self,
        take: TakeId,
        wav: PathBuf,
        recorded: Option<Secs>,
        vocabulary: String,
    ) {
        let samples = move || {
            let recording = audio::decode_file(&wav).map_err(|error| error.to_string())?;
            Ok(recording.samples)
        };
        self.worker
            .transcribe(take, recorded, vocabulary, Box::new(samples));
    }

    /// Stops the live transcription of a take that nobody will ask for.
    pub(super) fn discard(&mut self, take: &TakeId) {
        self.worker.discard(take.clone());
    }

    /// Cancels the transcription of a take, whether it was requested yet or is still live.
    pub(super) fn cancel(&mut self, take: &TakeId) {
        self.worker.cancel();
        self.discard(take);
    }

    /// Remembers when the last sample of a recording arrived.
    pub(super) fn set_recording_ended(&mut self, take: TakeId, at: Instant) {
        self.recording_ended = Some((take, at));
    }

    /// The time since the last sample of a take, if it is the newest recording.
    pub(super) fn time_since_recording(&self, take: &TakeId) -> Option<Duration> {
        let (ended, at) = self.recording_ended.as_ref()?;
        (ended == take).then(|| at.elapsed())
    }

    /// Handles an event of the worker with this number. Returns what the session has to learn.
    pub(super) fn handle(
        &mut self,
        generation: u64,
        event: WorkerEvent,
        context: &mut Context,
    ) -> Option<SessionEvent> {
        if generation != self.generation {
            return None;
        }
        match event {
            WorkerEvent::Loaded => {
                self.state = ModelState::Ready;
                None
            }
            WorkerEvent::LoadFailed(why) => {
                context.problem(&why);
                self.state = ModelState::Unusable(why);
                None
            }
            WorkerEvent::Captioned(take, caption) => Some(SessionEvent::Captioned(take, caption)),
            WorkerEvent::Progressed(take, share) => Some(SessionEvent::Progressed(take, share)),
            WorkerEvent::Transcribed(take, transcription) => {
                Some(SessionEvent::Transcribed(take, transcription))
            }
            WorkerEvent::Failed(take, why) => Some(SessionEvent::TranscriptionFailed(take, why)),
        }
    }
}

/// Finds, checks and loads a speech model: by name, by path, or the default one.
pub fn load_engine(
    model: Option<&Path>,
    folders: &[PathBuf],
    isolation: &Isolation,
) -> Result<Engine, String> {
    let files = model_files::find(model, folders).map_err(|error| error.to_string())?;
    model_files::check(&files).map_err(|error| error.to_string())?;
    Engine::load(&files.whisper, &files.vad, THREADS, isolation).map_err(|error| error.to_string())
}

/// Starts a worker, which loads the model on its own thread.
fn start_worker(
    generation: u64,
    model: Option<PathBuf>,
    isolation: &Isolation,
    context: &Context,
) -> Result<Worker, StoreError> {
    let (folders, isolation) = (vec![context.store.models()], isolation.clone());
    let load = move || load_engine(model.as_deref(), &folders, &isolation);
    let events = context.events.clone();
    let send = move |event| events.send(Event::Transcriber(generation, event));
    Worker::start(load, send).map_err(StoreError::ThreadSpawn)
}

fn model_name(model: Option<PathBuf>) -> String {
    model.map_or(model_files::DEFAULT.to_owned(), |model| {
        model.display().to_string()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::test_support::Fixture;

    #[test]
    fn events_of_an_earlier_worker_are_ignored() {
        let mut fixture = Fixture::new();
        let context = &mut fixture.context;
        let model = Some(PathBuf::from("no-such-model"));
        let started = Transcriber::start(model.clone(), Isolation::InProcess, context);
        let mut transcriber = started.expect("a thread");
        transcriber.load_model(model, context);
        assert_eq!(transcriber.handle(0, WorkerEvent::Loaded, context), None);
        assert_eq!(transcriber.state(), &ModelState::Loading);
        assert_eq!(transcriber.handle(1, WorkerEvent::Loaded, context), None);
        assert_eq!(transcriber.state(), &ModelState::Ready);
    }
}
