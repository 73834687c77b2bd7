//! Owns the session, the store, the workers and the one inbox of what they tell; performs what the
//! session asks for. The window and the command line both drive it, and nothing else.

mod background_task;
mod erase_all;
pub mod export;
mod history;
mod history_metrics;
mod mic_test;
mod model;
mod pending_writes;
mod playback;
mod prompts;
mod quiz;
mod reduced_motion;
mod suspend;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use crate::acoustics::waveform::Waveform;
use crate::analysis::Measurements;
use crate::asr::{Engine, Isolation, LiveOptions, OnPrediction, Worker, WorkerEvent};
use crate::audio;
use crate::audio::{
    AudioSource, FilePacing, InputSignal, MicError, Microphone, RecordError, Recorder,
    RecorderEvent,
};
use crate::domain::caption::Caption;
use crate::domain::profile::Profile;
use crate::domain::prompt_terms::prompt_terms;
use crate::domain::story::{Level, Part, Story};
use crate::domain::take::TakeId;
use crate::practice::mock_interview;
use crate::practice::mock_interview::Format;
use crate::practice::session::{COUNT_IN, Effect, Session, SessionEvent, Stage};
use crate::storage::model_files;
use crate::storage::story_library;
use crate::storage::{Settings, Store, StoreError, TakeDb};

pub use export::ExportFormat;
pub use history::{HistoryEntry, HistoryFilter, TakePosition, repaired_length};
pub use history_metrics::today;
pub use playback::PlaybackPosition as Listened;
pub use reduced_motion::prefers_reduced_motion;

/// How long a check of the microphone listens.
const CHECK_LASTS: Duration = Duration::from_secs(15);
/// A count-in goes on where it was when the program could not count.
const LONGEST_TICK: Duration = Duration::from_secs(1);
/// What the inbox holds; progress is dropped when it is half full, results never.
const INBOX: usize = 1024;
/// Decoding threads: one, since ggml's threads spin at each other on a busy machine.
pub const THREADS: u32 = 1;

/// What was asked for at the start.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// The data folder; `None` for the system's place.
    pub data: Option<PathBuf>,
    /// The source of sound; `None` for the microphone of the settings.
    pub source: Option<AudioSource>,
    /// The speech model; `None` for that of the settings.
    pub model: Option<String>,
    /// Where the recogniser works.
    pub isolation: Isolation,
}

/// Everything that runs.
pub struct Controller {
    config: Config,
    store: Store,
    /// Open from the first take on; at once where there are takes already.
    journal: Option<TakeDb>,
    settings: Settings,
    /// False where the file is broken: it is the user's to mend, not ours to overwrite.
    settings_kept: bool,
    /// True where they could not be written the last time.
    unsaved: bool,
    profile: Profile,
    stories: Vec<Arc<Story>>,
    session: Option<Session>,
    /// Practices that were left while a take was still being completed.
    abandoned_sessions: Vec<Session>,
    worker: Worker,
    /// Which worker it is: a late word of one before it changes nothing.
    worker_generation: u64,
    model: ModelState,
    /// The model that was asked for last.
    model_name: String,
    microphones: Option<Result<Vec<Microphone>, MicError>>,
    take: Option<Recording>,
    /// Recordings that were ended; each completes its take and tells so.
    finishing: Vec<Recording>,
    check: Option<MicMonitor>,
    checks: u64,
    trial: mic_test::MicTest,
    level_dbfs: Option<f64>,
    /// Of the take that is being recorded.
    signal: InputSignal,
    last_tick: Instant,
    awake: suspend::SuspendDetector,
    sound_ended: Option<(TakeId, Instant)>,
    /// A take that is offered to be heard, since its program died before it was.
    recoverable: Option<HistoryEntry>,
    /// What can be brought back, the last one last.
    undo: Vec<history::Undo>,
    unkept: pending_writes::PendingWrites,
    news: Vec<Notification>,
    inbox: Receiver<Event>,
    outbox: EventSender,
    memory: history_metrics::MetricsCache,
    playing: playback::PlaybackState,
    prompting: prompts::Prompter,
    // After the inbox: who tells something to nobody does not wait for room in it.
    /// A take that is being written to a file.
    export: Option<background_task::BackgroundTask>,
    /// Every take, that is being erased.
    clearing: Option<background_task::BackgroundTask>,
}

/// What became of the speech model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelState {
    /// It is being read.
    Loading,
    /// It can be used.
    Ready,
    /// It cannot: why, and what to do.
    Unusable(String),
}

/// Something the user is to be told.
#[derive(Debug, Clone, PartialEq)]
pub enum Notification {
    /// The session came to another stage.
    Entered(Box<Stage>),
    /// A take is whole on disk.
    TakeSaved(TakeId, PathBuf),
    /// Feedback is there, so long after the last sample.
    FeedbackReady(TakeId, Duration),
    /// So much is heard of the take that is being spoken.
    Captioned(TakeId, Caption),
    /// What may spoil the take, while something can be done about it.
    SignalChanged(InputSignal),
    /// What the speaker should know of a take that is kept all the same.
    Warning(String),
    /// More takes of the past were read.
    HistoryAnalyzed,
    /// A take was written to this file, or was not; why not.
    Exported(Result<PathBuf, String>),
    /// Every take was erased: so many.
    AllErased(usize),
    /// Not every take could be erased: why.
    EraseFailed(String),
    /// Something went wrong: what, where, what to do.
    Problem(String),
}

struct Recording {
    take: TakeId,
    begun: bool,
    recorder: Recorder,
}

struct MicMonitor {
    number: u64,
    recorder: Recorder,
    until: Instant,
}

enum Event {
    Take(TakeId, RecorderEvent),
    /// Of a check, by its number: a late word of an old one changes nothing.
    Check(u64, RecorderEvent),
    /// Of a trial, by its check.
    MicTestRecorded(u64, Vec<f32>),
    /// Of a worker, by its number.
    Speech(u64, WorkerEvent),
    /// What a take will have told if it ends there.
    Predicted(TakeId, Box<Measurements>),
    Microphones(Result<Vec<Microphone>, MicError>),
    /// Of takes that were there before.
    HistoryAnalyzed(history_metrics::AnalysisEvent),
    /// Of a player, by its number.
    Played(u64, audio::PlayerEvent),
    WaveformLoaded(TakeId, Result<Waveform, String>),
    Exported(Result<PathBuf, String>),
    Cleared(Box<erase_all::Cleared>),
}

/// Sends to the inbox and wakes whoever waits for it.
#[derive(Clone)]
struct EventSender {
    events: Sender<Event>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl EventSender {
    fn send(&self, event: Event) {
        let droppable = matches!(
            event,
            Event::Take(_, RecorderEvent::Level(_) | RecorderEvent::Recorded(_))
                | Event::Check(_, RecorderEvent::Level(_))
                | Event::Played(_, audio::PlayerEvent::At(_))
                | Event::Predicted(..)
                | Event::Speech(_, WorkerEvent::Progressed(..) | WorkerEvent::Captioned(..))
        );
        if droppable && self.events.len() > INBOX / 2 {
            return;
        }
        // The runtime is gone: nobody wants to know.
        let _ = self.events.send(event);
        (self.wake)();
    }
}

impl Controller {
    /// Starts the workers. `wake` is called, on any thread, whenever [`Runtime::pump`] has
    /// something to do.
    pub fn start(
        config: Config,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self, StoreError> {
        let store = Store::at(config.data.clone())?;
        let mut news = Vec::new();
        let mut problem = |error: StoreError| news.push(Notification::Problem(error.to_string()));
        let settings = store.settings();
        let settings_kept = settings.is_ok();
        let settings = settings.unwrap_or_else(|error| {
            problem(error);
            Settings::default()
        });
        let profile = store.profile().unwrap_or_else(|error| {
            problem(error);
            Profile::default()
        });
        let (stories, errors) = story_library::stories(&store.stories());
        news.extend(errors.iter().map(|e| Notification::Problem(e.to_string())));

        let mut journal = None;
        if store.has_takes() {
            match store.open_take_db() {
                Ok(opened) => {
                    news.extend(opened.notices.into_iter().map(Notification::Problem));
                    journal = Some(opened.db);
                }
                Err(error) => news.push(Notification::Problem(error.to_string())),
            }
        }

        let (events, inbox) = bounded(INBOX);
        let outbox = EventSender {
            events,
            wake: Arc::new(wake),
        };
        let wanted = config.model.clone().or_else(|| settings.model.clone());
        let worker = start_worker(0, wanted.clone(), &config.isolation, &store, outbox.clone())?;
        worker.show_captions(settings.captions);
        let mut runtime = Self {
            config,
            store,
            journal,
            settings,
            settings_kept,
            unsaved: false,
            profile,
            stories,
            session: None,
            abandoned_sessions: Vec::new(),
            worker,
            worker_generation: 0,
            model: ModelState::Loading,
            model_name: wanted.unwrap_or_else(|| model_files::DEFAULT.to_owned()),
            microphones: None,
            take: None,
            finishing: Vec::new(),
            check: None,
            checks: 0,
            trial: mic_test::MicTest::default(),
            level_dbfs: None,
            signal: InputSignal::Present,
            last_tick: Instant::now(),
            awake: suspend::SuspendDetector::now(),
            sound_ended: None,
            recoverable: None,
            undo: Vec::new(),
            unkept: pending_writes::PendingWrites::default(),
            export: None,
            clearing: None,
            news,
            inbox,
            outbox,
            memory: history_metrics::MetricsCache::default(),
            playing: playback::PlaybackState::default(),
            prompting: prompts::Prompter::default(),
        };
        runtime.recoverable = runtime.next_recoverable(None);
        Ok(runtime)
    }

    /// The stories there are.
    pub fn stories(&self) -> &[Arc<Story>] {
        &self.stories
    }

    /// The practice that is on.
    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// What became of the speech model.
    pub fn model(&self) -> &ModelState {
        &self.model
    }

    /// The microphones there are; `None` until [`Runtime::look_for_microphones`] has found out.
    pub fn microphones(&self) -> Option<&Result<Vec<Microphone>, MicError>> {
        self.microphones.as_ref()
    }

    /// Where takes are kept.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What is known of the takes; `None` where there are none yet, or it cannot be opened.
    pub fn journal(&self) -> Option<&TakeDb> {
        self.journal.as_ref()
    }

    /// What is expected of the speaker.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// What is remembered.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Level of the last tenth of a second, in dB below full scale; `None` while nobody listens.
    pub fn level_dbfs(&self) -> Option<f64> {
        self.level_dbfs
    }

    /// Whether the microphone is open, or about to be.
    pub fn is_listening(&self) -> bool {
        let in_use = self.take.is_some() || self.check.is_some() || !self.finishing.is_empty();
        in_use && !matches!(self.source(), AudioSource::File(..))
    }

    /// What of the microphone is heard in the take that is being recorded.
    pub fn input_signal(&self) -> InputSignal {
        self.signal
    }

    /// Whether the microphone is being checked.
    pub fn is_monitoring(&self) -> bool {
        self.check.is_some()
    }

    /// What there is to tell; each once.
    pub fn take_notifications(&mut self) -> Vec<Notification> {
        std::mem::take(&mut self.news)
    }

    /// The source of sound, as chosen at the start or in the settings.
    pub fn source(&self) -> AudioSource {
        match (&self.config.source, &self.settings.microphone) {
            (Some(source), _) => source.clone(),
            (None, Some(name)) => AudioSource::Device(name.clone()),
            (None, None) => AudioSource::Default,
        }
    }

    /// Whether the source was named on the command line, so that settings do not change it.
    pub fn is_source_fixed(&self) -> bool {
        self.config.source.is_some()
    }

    /// Changes what is remembered, and remembers it. Where that cannot be, it holds until the program
    /// ends, which is told once.
    pub fn change_settings(&mut self, change: impl Fn(&mut Settings)) {
        let before = self.settings.clone();
        change(&mut self.settings);
        if self.settings.model != before.model && !self.is_model_fixed() {
            self.load_model();
        }
        self.show_captions();
        if self.settings == before || !self.settings_kept {
            return;
        }
        // What was changed in the file meanwhile, by hand, stays; and what is broken there.
        let kept = self.store.settings().map(|mut kept| match self.unsaved {
            true => self.settings.clone(),
            false => {
                change(&mut kept);
                kept
            }
        });
        let failed = kept.and_then(|kept| self.store.save_settings(&kept)).err();
        let told = std::mem::replace(&mut self.unsaved, failed.is_some());
        if let Some(error) = failed.filter(|_| !told) {
            self.problem(format!(
                "{error}. What you set holds until you close Starling"
            ));
        }
    }

    /// Begins a practice of `parts` of a story.
    pub fn start_practice(&mut self, story: Arc<Story>, parts: Vec<Part>, level: Level) {
        self.leave();
        self.stop_monitor();
        self.session = Some(Session::new(story, parts, level, self.profile.clone()));
    }

    /// Begins a mock interview about a story.
    pub fn start_interview(
        &mut self,
        story: Arc<Story>,
        shape: Format,
        follow_ups: usize,
        level: Level,
    ) {
        self.leave();
        self.stop_monitor();
        let answered = self.answered(&story);
        let parts = mock_interview::parts(&story, shape, follow_ups, &answered);
        let profile = self.profile.clone();
        self.session = Some(Session::interview(story, parts, level, profile));
    }

    /// Ends the practice. What was recorded is kept.
    pub fn leave(&mut self) {
        self.pause();
        self.handle(SessionEvent::Cancel);
        if let Some(session) = self.session.take()
            && !self.finishing.is_empty()
        {
            self.abandoned_sessions.push(session);
        }
    }

    /// Starts a take of the current part.
    pub fn start_take(&mut self) {
        let Some(session) = &self.session else { return };
        let part = session.parts()[session.current()];
        let take = self.store.new_take_id(jiff::Zoned::now(), part);
        self.stop_monitor();
        self.stop_reading();
        self.last_tick = Instant::now();
        // What it slept before is over.
        self.awake.take_suspended();
        self.handle(SessionEvent::Start(take));
        if self.is_fast() {
            self.handle(SessionEvent::Tick(COUNT_IN));
        }
    }

    /// Hands an input to the session and performs what it asks for.
    pub fn handle(&mut self, input: SessionEvent) {
        let elsewhere = [SessionEvent::Next, SessionEvent::Finish].contains(&input);
        if elsewhere || matches!(input, SessionEvent::Start(_) | SessionEvent::GoTo(_)) {
            self.pause();
        }
        let Some(session) = &mut self.session else {
            return;
        };
        let before = std::mem::discriminant(session.stage());
        let effects = session.handle(input);
        if std::mem::discriminant(session.stage()) != before {
            self.news
                .push(Notification::Entered(Box::new(session.stage().clone())));
        }
        for effect in effects {
            self.perform(effect);
        }
    }

    /// Listens to the microphone for a while, for its level only; nothing is kept.
    pub fn start_monitor(&mut self) {
        if self.take.is_some() {
            return;
        }
        if !matches!(self.source(), AudioSource::File(..)) {
            self.open_check();
        }
    }

    fn open_check(&mut self) {
        self.stop_monitor();
        self.trial = mic_test::MicTest::default();
        self.pause();
        let outbox = self.outbox.clone();
        let source = self.source();
        self.checks += 1;
        let number = self.checks;
        let tell = move |happened| outbox.send(Event::Check(number, happened));
        match Recorder::open(source, tell) {
            Ok(recorder) => {
                self.check = Some(MicMonitor {
                    number,
                    recorder,
                    until: Instant::now() + CHECK_LASTS,
                });
            }
            Err(error) => self.problem(error),
        }
    }

    /// Closes the microphone again.
    pub fn stop_monitor(&mut self) {
        self.check = None;
        self.trial.stop();
        if self.take.is_none() {
            self.level_dbfs = None;
        }
    }

    /// Asks the system for its microphones; they come with a later [`Runtime::pump`].
    pub fn list_microphones(&mut self) {
        let outbox = self.outbox.clone();
        // A sound server can take seconds to answer. Nobody waits for this thread: it ends with
        // its one answer.
        let thread = std::thread::Builder::new()
            .name("microphones".to_owned())
            .spawn(move || outbox.send(Event::Microphones(audio::microphones())));
        if let Err(error) = thread {
            self.problem(error);
        }
    }

    /// Takes in all that was told, and the time that went by, and writes down what was known before: what came
    /// just now is shown first. Waits for nothing but the disk.
    pub fn poll(&mut self) {
        self.wait(Duration::ZERO);
    }

    /// As [`Runtime::pump`], after waiting for something to be told, at most `patience`.
    pub fn wait(&mut self, patience: Duration) {
        let due = self.unkept.take_new();
        let patience = if due { Duration::ZERO } else { patience };
        match self.inbox.recv_timeout(patience) {
            Ok(event) => self.handle_event(event),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
        }
        self.tick();
        while let Ok(event) = self.inbox.try_recv() {
            self.handle_event(event);
        }
        if due && !self.unkept.has_new() {
            self.keep_unkept();
        }
    }

    /// When [`Runtime::pump`] is wanted again even if nothing is told; `None`: not at all.
    pub fn next_tick(&self) -> Option<Duration> {
        let counting = self
            .session
            .as_ref()
            .is_some_and(|s| matches!(s.stage(), Stage::CountIn { .. }));
        match (&self.check, counting) {
            (_, true) => Some(Duration::from_millis(50)),
            (Some(check), false) => Some(check.until.saturating_duration_since(Instant::now())),
            (None, false) => None,
        }
    }

    fn tick(&mut self) {
        let now = Instant::now();
        // Nobody saw the numbers while the program stood still.
        let passed = (now - self.last_tick).min(LONGEST_TICK);
        self.last_tick = now;
        self.journal.take_if(|journal| journal.is_exclusive());
        if let Some(slept) = self.awake.take_suspended() {
            self.on_resume(slept);
        }
        self.handle(SessionEvent::Tick(passed.as_secs_f64()));
        if self.check.as_ref().is_some_and(|check| now >= check.until) {
            self.stop_monitor();
        }
    }

    fn handle_event(&mut self, event: Event) {
        match event {
            Event::Take(take, happened) => self.take_happened(take, happened),
            Event::Check(number, happened) => self.check_happened(number, happened),
            Event::Microphones(found) => self.microphones = Some(found),
            Event::MicTestRecorded(number, samples) => self.tried(number, samples),
            Event::Speech(number, heeded) if number == self.worker_generation => {
                self.speech_heeded(heeded)
            }
            Event::Speech(..) => {}
            Event::Predicted(take, readings) => {
                self.handle(SessionEvent::Predicted(take, readings))
            }
            Event::HistoryAnalyzed(told) => self.past_read(told),
            Event::Played(number, played) => self.played(number, played),
            Event::WaveformLoaded(take, shape) => self.shape_read(take, shape),
            Event::Exported(written) => self.exported(written),
            Event::Cleared(cleared) => self.cleared(*cleared),
        }
    }

    fn check_happened(&mut self, number: u64, happened: RecorderEvent) {
        if self
            .check
            .as_ref()
            .is_none_or(|check| check.number != number)
        {
            return;
        }
        match happened {
            RecorderEvent::Level(dbfs) => {
                self.level_dbfs = Some(dbfs);
                self.trial.hear(dbfs);
            }
            RecorderEvent::Failed(error) => {
                self.stop_monitor();
                // Where there is none at all, the list of microphones says so.
                if !matches!(error, RecordError::Mic(MicError::NotFound)) {
                    self.problem(error);
                }
            }
            _ => {}
        }
    }

    fn take_happened(&mut self, take: TakeId, happened: RecorderEvent) {
        match happened {
            RecorderEvent::Listening => self.handle(SessionEvent::MicrophoneOpened(take)),
            RecorderEvent::Level(dbfs) => {
                if self.take.as_ref().is_some_and(|r| r.take == take) {
                    self.level_dbfs = Some(dbfs);
                }
            }
            RecorderEvent::Recorded(secs) => self.handle(SessionEvent::Recorded(take, secs)),
            RecorderEvent::SignalChanged(hearing) => {
                if self.take.as_ref().is_some_and(|r| r.take == take) {
                    self.signal = hearing;
                    self.news.push(Notification::SignalChanged(hearing));
                }
            }
            RecorderEvent::Saved {
                audio,
                ended,
                cut_short,
                report,
            } => {
                self.forget(&take);
                if let Some(why) = cut_short {
                    if matches!(why, RecordError::Disk { .. }) {
                        self.told_of_full_disk();
                    }
                    self.problem(format!("{why}. What was recorded before is kept."));
                }
                self.news
                    .extend(report.messages().into_iter().map(Notification::Warning));
                self.sound_ended = Some((take.clone(), ended));
                self.handle(SessionEvent::RecordingSaved(take.clone(), audio.clone()));
                let mut effects = Vec::new();
                for session in &mut self.abandoned_sessions {
                    effects.extend(
                        session.handle(SessionEvent::RecordingSaved(take.clone(), audio.clone())),
                    );
                }
                for effect in effects {
                    self.perform(effect);
                }
                if self.finishing.is_empty() {
                    self.abandoned_sessions.clear();
                }
                let wav = self.store.wav(&take);
                self.news.push(Notification::TakeSaved(take, wav));
            }
            RecorderEvent::Failed(why) => {
                self.forget(&take);
                self.problem(why);
                self.handle(SessionEvent::RecordingFailed(take));
            }
        }
    }

    fn speech_heeded(&mut self, heeded: WorkerEvent) {
        match heeded {
            WorkerEvent::Loaded => self.model = ModelState::Ready,
            WorkerEvent::LoadFailed(why) => {
                self.problem(&why);
                self.model = ModelState::Unusable(why);
            }
            WorkerEvent::Captioned(take, caption) => {
                let stage = self.session.as_ref().map(Session::stage);
                if matches!(stage, Some(Stage::Answering { take: of, .. }) if of.id == take) {
                    self.handle(SessionEvent::Captioned(take.clone(), caption.clone()));
                    self.news.push(Notification::Captioned(take, caption));
                }
            }
            WorkerEvent::Progressed(take, share) => {
                self.handle(SessionEvent::Progressed(take, share))
            }
            WorkerEvent::Transcribed(take, heard) => {
                self.handle(SessionEvent::Transcribed(take.clone(), heard));
                if let Some((ended, at)) = &self.sound_ended
                    && *ended == take
                {
                    self.news
                        .push(Notification::FeedbackReady(take, at.elapsed()));
                }
            }
            WorkerEvent::Failed(take, why) => {
                self.handle(SessionEvent::TranscriptionFailed(take, why))
            }
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::OpenMicrophone(take) => self.open_microphone(take),
            Effect::BeginRecording(take) => {
                let wav = self.store.wav(&take);
                let vocabulary = self.vocabulary();
                self.show_captions();
                let audience = self.audience(&take);
                if let Some(recording) = self.take.as_mut().filter(|r| r.take == take) {
                    let tap = self.worker.start_live(take, vocabulary, audience);
                    recording.begun = true;
                    self.signal = InputSignal::Present;
                    let ear = move |samples: &[f32]| tap.push(samples);
                    recording.recorder.begin(wav, Box::new(ear));
                }
            }
            Effect::EndRecording(take) => {
                let stage = self.session.as_ref().map(Session::stage);
                let wanted =
                    matches!(stage, Some(Stage::Transcribing { take: of, .. }) if of.id == take);
                if !wanted {
                    self.worker.discard(take.clone());
                }
                self.end_recording(&take);
            }
            Effect::SaveTake(take) => self.keep_soon(*take),
            Effect::Transcribe(take) => {
                let wav = self.store.wav(&take);
                let samples = move || {
                    let recording = audio::decode_file(&wav).map_err(|error| error.to_string())?;
                    Ok(recording.samples)
                };
                let seconds = self
                    .session
                    .as_ref()
                    .and_then(|s| s.secs_to_transcribe(&take));
                let vocabulary = self.vocabulary();
                let samples = Box::new(samples);
                self.worker.transcribe(take, seconds, vocabulary, samples);
            }
            Effect::CancelTranscription(take) => {
                self.worker.cancel();
                // It may not have been asked for yet.
                self.worker.discard(take);
            }
        }
    }

    /// The journal; opened where it is not yet. One that shuts out all others is held no longer than needed:
    /// until there is room again, it is opened each time.
    fn opened(&mut self) -> Result<&mut TakeDb, StoreError> {
        let journal = match self
            .journal
            .take()
            .filter(|journal| !journal.is_exclusive())
        {
            Some(journal) => journal,
            None => {
                let opened = self.store.open_take_db()?;
                let notices = opened.notices.into_iter().map(Notification::Problem);
                self.news.extend(notices);
                opened.db
            }
        };
        Ok(self.journal.insert(journal))
    }

    /// What may well be said. Only a hint: the words of another story do no harm.
    fn vocabulary(&self) -> String {
        let story = self.session.as_ref().map(|session| session.story());
        story.map_or_else(String::new, |story| prompt_terms(story))
    }

    fn show_captions(&self) {
        self.worker
            .show_captions(self.settings.captions && !self.is_fast());
    }

    /// Whether it is a file that is played as fast as it is taken: nobody waits for it, or reads along.
    fn is_fast(&self) -> bool {
        matches!(self.source(), AudioSource::File(_, FilePacing::Unthrottled))
    }

    /// Reads a take on the worker's thread while nobody speaks, so that its end finds nothing to read.
    fn audience(&mut self, take: &TakeId) -> LiveOptions {
        let (outbox, take) = (self.outbox.clone(), take.clone());
        let session = self.session.as_mut();
        let judged = session.and_then(|s| Some((s.plan()?, s.profile().clone())));
        let foresees = judged.map(|(plan, profile)| -> OnPrediction {
            Box::new(move |voice, words| {
                let readings = Box::new(plan.measure(voice, words, &profile));
                outbox.send(Event::Predicted(take.clone(), readings));
            })
        });
        LiveOptions {
            user_waits: !self.is_fast(),
            on_prediction: foresees,
        }
    }

    fn open_microphone(&mut self, take: TakeId) {
        let (outbox, id) = (self.outbox.clone(), take.clone());
        let tell = move |happened| outbox.send(Event::Take(id.clone(), happened));
        let place = self.store.prepare().map_err(|error| error.to_string());
        let place = place.and_then(|()| self.look_for_room());
        // Before there is sound, which it would not know. Without it the sound is kept all the same.
        if place.is_ok()
            && let Err(error) = self.opened()
        {
            self.problem(error);
        }
        let opened = place
            .and_then(|()| Recorder::open(self.source(), tell).map_err(|error| error.to_string()));
        match opened {
            Ok(recorder) => {
                self.take = Some(Recording {
                    take,
                    begun: false,
                    recorder,
                });
            }
            Err(why) => {
                self.problem(why);
                self.handle(SessionEvent::RecordingFailed(take));
            }
        }
    }

    fn end_recording(&mut self, take: &TakeId) {
        let Some(recording) = self.take.take_if(|recording| recording.take == *take) else {
            return;
        };
        self.level_dbfs = None;
        if recording.begun {
            recording.recorder.end();
            self.finishing.push(recording);
        }
    }

    /// Lets go of a recorder that has told its last.
    fn forget(&mut self, take: &TakeId) {
        self.finishing.retain(|recording| recording.take != *take);
        if self.take.take_if(|r| r.take == *take).is_some() {
            self.level_dbfs = None;
        }
    }

    fn problem(&mut self, what: impl ToString) {
        self.news.push(Notification::Problem(what.to_string()));
    }
}

impl Drop for Controller {
    /// Whoever closes the window in the middle of a sentence keeps what was said.
    fn drop(&mut self) {
        self.handle(SessionEvent::Cancel);
        let patience = Instant::now() + Duration::from_secs(2);
        while !self.finishing.is_empty() && Instant::now() < patience {
            self.wait(Duration::from_millis(20));
        }
        self.keep_unkept();
    }
}

/// Finds, checks and loads the model on the worker's thread.
fn start_worker(
    number: u64,
    model: Option<String>,
    place: &Isolation,
    store: &Store,
    outbox: EventSender,
) -> Result<Worker, StoreError> {
    let (folders, place) = (vec![store.models()], place.clone());
    let load = move || load_engine(model.as_deref(), &folders, &place);
    Worker::start(load, move |heeded| {
        outbox.send(Event::Speech(number, heeded))
    })
    .map_err(StoreError::ThreadSpawn)
}

/// Finds, checks and loads a speech model: by name, by path, or the one that is shipped.
pub fn load_engine(
    model: Option<&str>,
    folders: &[PathBuf],
    place: &Isolation,
) -> Result<Engine, String> {
    let found = model_files::find(model, folders).map_err(|error| error.to_string())?;
    model_files::check(&found).map_err(|error| error.to_string())?;
    Engine::load(&found.whisper, &found.vad, THREADS, place).map_err(|error| error.to_string())
}
