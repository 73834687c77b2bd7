//! Owns the session, the store, the workers and the one inbox of what they tell; performs what the
//! session asks for. The window and the command line both drive it, and nothing else.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use crate::audio::{
    self, Happened, Hearing, MicError, Microphone, Pace, RecordError, Recorder, Source,
};
use crate::coach::analysis::Readings;
use crate::coach::caption::Caption;
use crate::coach::mock::{self, Shape};
use crate::coach::profile::Profile;
use crate::coach::session::{COUNT_IN, Effect, Input, Session, Stage};
use crate::coach::story::{Level, Part, Story};
use crate::coach::take::TakeId;
use crate::coach::voice::peaks::Peaks;
use crate::content;
use crate::models;
use crate::speech::{Audience, Engine, Foresee, Heeded, Place, Worker};
use crate::store::{Journal, Settings, Store, StoreError};

mod choices;
mod clearing;
mod errand;
pub mod exporting;
mod keeping;
mod motion;
mod past;
mod playing;
mod prompting;
mod quiz;
mod readings;
mod sleep;
mod trial;

pub use exporting::Form;
pub use motion::wants_less_motion;
pub use past::{Among, Past, Sought, mended_length};
pub use playing::Place as Listened;
pub use readings::today;

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
    pub source: Option<Source>,
    /// The speech model; `None` for that of the settings.
    pub model: Option<String>,
    /// Where the recogniser works.
    pub place: Place,
}

/// Everything that runs.
pub struct Runtime {
    config: Config,
    store: Store,
    /// Open from the first take on; at once where there are takes already.
    journal: Option<Journal>,
    settings: Settings,
    /// False where the file is broken: it is the user's to mend, not ours to overwrite.
    settings_kept: bool,
    /// True where they could not be written the last time.
    unsaved: bool,
    profile: Profile,
    stories: Vec<Arc<Story>>,
    session: Option<Session>,
    /// Practices that were left while a take was still being completed.
    left: Vec<Session>,
    worker: Worker,
    /// Which worker it is: a late word of one before it changes nothing.
    workers: u64,
    model: ModelState,
    /// The model that was asked for last.
    model_name: String,
    microphones: Option<Result<Vec<Microphone>, MicError>>,
    take: Option<Recording>,
    /// Recordings that were ended; each completes its take and tells so.
    ending: Vec<Recording>,
    check: Option<Check>,
    checks: u64,
    trial: trial::Trial,
    level_dbfs: Option<f64>,
    /// Of the take that is being recorded.
    hearing: Hearing,
    last_tick: Instant,
    awake: sleep::Awake,
    sound_ended: Option<(TakeId, Instant)>,
    /// A take that is offered to be heard, since its program died before it was.
    unheard: Option<Past>,
    /// What can be brought back, the last one last.
    undo: Vec<past::Undo>,
    unkept: keeping::Unkept,
    news: Vec<News>,
    inbox: Receiver<Event>,
    outbox: Outbox,
    memory: readings::Memory,
    playing: playing::Playing,
    prompting: prompting::Prompting,
    // After the inbox: who tells something to nobody does not wait for room in it.
    /// A take that is being written to a file.
    export: Option<errand::Errand>,
    /// Every take, that is being erased.
    clearing: Option<errand::Errand>,
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
pub enum News {
    /// The session came to another stage.
    Entered(Box<Stage>),
    /// A take is whole on disk.
    TakeSaved(TakeId, PathBuf),
    /// Feedback is there, so long after the last sample.
    FeedbackReady(TakeId, Duration),
    /// So much is heard of the take that is being spoken.
    Captioned(TakeId, Caption),
    /// What may spoil the take, while something can be done about it.
    Hears(Hearing),
    /// What the speaker should know of a take that is kept all the same.
    Warning(String),
    /// More takes of the past were read.
    PastRead,
    /// A take was written to this file, or was not; why not.
    Exported(Result<PathBuf, String>),
    /// Every take was erased: so many.
    AllErased(usize),
    /// Not every take could be erased: why.
    NotErased(String),
    /// Something went wrong: what, where, what to do.
    Problem(String),
}

struct Recording {
    take: TakeId,
    begun: bool,
    recorder: Recorder,
}

struct Check {
    number: u64,
    recorder: Recorder,
    until: Instant,
}

enum Event {
    Take(TakeId, Happened),
    /// Of a check, by its number: a late word of an old one changes nothing.
    Check(u64, Happened),
    /// Of a trial, by its check.
    Tried(u64, Vec<f32>),
    /// Of a worker, by its number.
    Speech(u64, Heeded),
    /// What a take will have told if it ends there.
    Foreseen(TakeId, Box<Readings>),
    Microphones(Result<Vec<Microphone>, MicError>),
    /// Of takes that were there before.
    Past(readings::Told),
    /// Of a player, by its number.
    Played(u64, audio::Played),
    Shape(TakeId, Result<Peaks, String>),
    Exported(Result<PathBuf, String>),
    Cleared(Box<clearing::Cleared>),
}

/// Sends to the inbox and wakes whoever waits for it.
#[derive(Clone)]
struct Outbox {
    events: Sender<Event>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Outbox {
    fn send(&self, event: Event) {
        let droppable = matches!(
            event,
            Event::Take(_, Happened::Level(_) | Happened::Recorded(_))
                | Event::Check(_, Happened::Level(_))
                | Event::Played(_, audio::Played::At(_))
                | Event::Foreseen(..)
                | Event::Speech(_, Heeded::Progressed(..) | Heeded::Captioned(..))
        );
        if droppable && self.events.len() > INBOX / 2 {
            return;
        }
        // The runtime is gone: nobody wants to know.
        let _ = self.events.send(event);
        (self.wake)();
    }
}

impl Runtime {
    /// Starts the workers. `wake` is called, on any thread, whenever [`Runtime::pump`] has
    /// something to do.
    pub fn start(
        config: Config,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self, StoreError> {
        let store = Store::at(config.data.clone())?;
        let mut news = Vec::new();
        let mut problem = |error: StoreError| news.push(News::Problem(error.to_string()));
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
        let (stories, errors) = content::stories(&store.stories());
        news.extend(errors.iter().map(|e| News::Problem(e.to_string())));

        let mut journal = None;
        if store.has_takes() {
            match store.journal() {
                Ok(opened) => {
                    news.extend(opened.notices.into_iter().map(News::Problem));
                    journal = Some(opened.journal);
                }
                Err(error) => news.push(News::Problem(error.to_string())),
            }
        }

        let (events, inbox) = bounded(INBOX);
        let outbox = Outbox {
            events,
            wake: Arc::new(wake),
        };
        let wanted = config.model.clone().or_else(|| settings.model.clone());
        let worker = start_worker(0, wanted.clone(), &config.place, &store, outbox.clone())?;
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
            left: Vec::new(),
            worker,
            workers: 0,
            model: ModelState::Loading,
            model_name: wanted.unwrap_or_else(|| models::DEFAULT.to_owned()),
            microphones: None,
            take: None,
            ending: Vec::new(),
            check: None,
            checks: 0,
            trial: trial::Trial::default(),
            level_dbfs: None,
            hearing: Hearing::Sound,
            last_tick: Instant::now(),
            awake: sleep::Awake::now(),
            sound_ended: None,
            unheard: None,
            undo: Vec::new(),
            unkept: keeping::Unkept::default(),
            export: None,
            clearing: None,
            news,
            inbox,
            outbox,
            memory: readings::Memory::default(),
            playing: playing::Playing::default(),
            prompting: prompting::Prompting::default(),
        };
        runtime.unheard = runtime.next_unheard(None);
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
    pub fn journal(&self) -> Option<&Journal> {
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
    pub fn listening(&self) -> bool {
        let in_use = self.take.is_some() || self.check.is_some() || !self.ending.is_empty();
        in_use && !matches!(self.source(), Source::File(..))
    }

    /// What of the microphone is heard in the take that is being recorded.
    pub fn hearing(&self) -> Hearing {
        self.hearing
    }

    /// Whether the microphone is being checked.
    pub fn checking(&self) -> bool {
        self.check.is_some()
    }

    /// What there is to tell; each once.
    pub fn take_news(&mut self) -> Vec<News> {
        std::mem::take(&mut self.news)
    }

    /// The source of sound, as chosen at the start or in the settings.
    pub fn source(&self) -> Source {
        match (&self.config.source, &self.settings.microphone) {
            (Some(source), _) => source.clone(),
            (None, Some(name)) => Source::Device(name.clone()),
            (None, None) => Source::Default,
        }
    }

    /// Whether the source was named on the command line, so that settings do not change it.
    pub fn source_is_given(&self) -> bool {
        self.config.source.is_some()
    }

    /// Changes what is remembered, and remembers it. Where that cannot be, it holds until the program
    /// ends, which is told once.
    pub fn change_settings(&mut self, change: impl Fn(&mut Settings)) {
        let before = self.settings.clone();
        change(&mut self.settings);
        if self.settings.model != before.model && !self.model_is_given() {
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
        let failed = kept.and_then(|kept| self.store.keep_settings(&kept)).err();
        let told = std::mem::replace(&mut self.unsaved, failed.is_some());
        if let Some(error) = failed.filter(|_| !told) {
            self.problem(format!(
                "{error}. What you set holds until you close Starling"
            ));
        }
    }

    /// Begins a practice of `parts` of a story.
    pub fn practise(&mut self, story: Arc<Story>, parts: Vec<Part>, level: Level) {
        self.leave();
        self.stop_check();
        self.session = Some(Session::new(story, parts, level, self.profile.clone()));
    }

    /// Begins a mock interview about a story.
    pub fn interview(&mut self, story: Arc<Story>, shape: Shape, follow_ups: usize, level: Level) {
        self.leave();
        self.stop_check();
        let answered = self.answered(&story);
        let parts = mock::parts(&story, shape, follow_ups, &answered);
        let profile = self.profile.clone();
        self.session = Some(Session::interview(story, parts, level, profile));
    }

    /// Ends the practice. What was recorded is kept.
    pub fn leave(&mut self) {
        self.pause();
        self.handle(Input::Cancel);
        if let Some(session) = self.session.take()
            && !self.ending.is_empty()
        {
            self.left.push(session);
        }
    }

    /// Starts a take of the current part.
    pub fn start_take(&mut self) {
        let Some(session) = &self.session else { return };
        let part = session.parts()[session.current()];
        let take = self.store.free_name(jiff::Zoned::now(), part);
        self.stop_check();
        self.stop_reading();
        self.last_tick = Instant::now();
        // What it slept before is over.
        self.awake.slept();
        self.handle(Input::Start(take));
        if self.is_fast() {
            self.handle(Input::Tick(COUNT_IN));
        }
    }

    /// Hands an input to the session and performs what it asks for.
    pub fn handle(&mut self, input: Input) {
        let elsewhere = [Input::Next, Input::Finish].contains(&input);
        if elsewhere || matches!(input, Input::Start(_) | Input::GoTo(_)) {
            self.pause();
        }
        let Some(session) = &mut self.session else {
            return;
        };
        let before = std::mem::discriminant(session.stage());
        let effects = session.handle(input);
        if std::mem::discriminant(session.stage()) != before {
            self.news
                .push(News::Entered(Box::new(session.stage().clone())));
        }
        for effect in effects {
            self.perform(effect);
        }
    }

    /// Listens to the microphone for a while, for its level only; nothing is kept.
    pub fn check_microphone(&mut self) {
        if self.take.is_some() {
            return;
        }
        if !matches!(self.source(), Source::File(..)) {
            self.open_check();
        }
    }

    fn open_check(&mut self) {
        self.stop_check();
        self.trial = trial::Trial::default();
        self.pause();
        let outbox = self.outbox.clone();
        let source = self.source();
        self.checks += 1;
        let number = self.checks;
        let tell = move |happened| outbox.send(Event::Check(number, happened));
        match Recorder::open(source, tell) {
            Ok(recorder) => {
                self.check = Some(Check {
                    number,
                    recorder,
                    until: Instant::now() + CHECK_LASTS,
                });
            }
            Err(error) => self.problem(error),
        }
    }

    /// Closes the microphone again.
    pub fn stop_check(&mut self) {
        self.check = None;
        self.trial.stop();
        if self.take.is_none() {
            self.level_dbfs = None;
        }
    }

    /// Asks the system for its microphones; they come with a later [`Runtime::pump`].
    pub fn look_for_microphones(&mut self) {
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
    pub fn pump(&mut self) {
        self.wait(Duration::ZERO);
    }

    /// As [`Runtime::pump`], after waiting for something to be told, at most `patience`.
    pub fn wait(&mut self, patience: Duration) {
        let due = self.unkept.take_new();
        let patience = if due { Duration::ZERO } else { patience };
        match self.inbox.recv_timeout(patience) {
            Ok(event) => self.take_in(event),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
        }
        self.tick();
        while let Ok(event) = self.inbox.try_recv() {
            self.take_in(event);
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
        self.journal.take_if(|journal| journal.is_alone());
        if let Some(slept) = self.awake.slept() {
            self.woke(slept);
        }
        self.handle(Input::Tick(passed.as_secs_f64()));
        if self.check.as_ref().is_some_and(|check| now >= check.until) {
            self.stop_check();
        }
    }

    fn take_in(&mut self, event: Event) {
        match event {
            Event::Take(take, happened) => self.take_happened(take, happened),
            Event::Check(number, happened) => self.check_happened(number, happened),
            Event::Microphones(found) => self.microphones = Some(found),
            Event::Tried(number, samples) => self.tried(number, samples),
            Event::Speech(number, heeded) if number == self.workers => self.speech_heeded(heeded),
            Event::Speech(..) => {}
            Event::Foreseen(take, readings) => self.handle(Input::Foreseen(take, readings)),
            Event::Past(told) => self.past_read(told),
            Event::Played(number, played) => self.played(number, played),
            Event::Shape(take, shape) => self.shape_read(take, shape),
            Event::Exported(written) => self.exported(written),
            Event::Cleared(cleared) => self.cleared(*cleared),
        }
    }

    fn check_happened(&mut self, number: u64, happened: Happened) {
        if self
            .check
            .as_ref()
            .is_none_or(|check| check.number != number)
        {
            return;
        }
        match happened {
            Happened::Level(dbfs) => {
                self.level_dbfs = Some(dbfs);
                self.trial.hear(dbfs);
            }
            Happened::Failed(error) => {
                self.stop_check();
                // Where there is none at all, the list of microphones says so.
                if !matches!(error, RecordError::Mic(MicError::None)) {
                    self.problem(error);
                }
            }
            _ => {}
        }
    }

    fn take_happened(&mut self, take: TakeId, happened: Happened) {
        match happened {
            Happened::Listening => self.handle(Input::Listening(take)),
            Happened::Level(dbfs) => {
                if self.take.as_ref().is_some_and(|r| r.take == take) {
                    self.level_dbfs = Some(dbfs);
                }
            }
            Happened::Recorded(secs) => self.handle(Input::Recorded(take, secs)),
            Happened::Hears(hearing) => {
                if self.take.as_ref().is_some_and(|r| r.take == take) {
                    self.hearing = hearing;
                    self.news.push(News::Hears(hearing));
                }
            }
            Happened::Saved {
                audio,
                ended,
                cut_short,
                mishaps,
            } => {
                self.forget(&take);
                if let Some(why) = cut_short {
                    if matches!(why, RecordError::Disk { .. }) {
                        self.told_of_full_disk();
                    }
                    self.problem(format!("{why}. What was recorded before is kept."));
                }
                self.news
                    .extend(mishaps.sentences().into_iter().map(News::Warning));
                self.sound_ended = Some((take.clone(), ended));
                self.handle(Input::Saved(take.clone(), audio.clone()));
                let mut effects = Vec::new();
                for session in &mut self.left {
                    effects.extend(session.handle(Input::Saved(take.clone(), audio.clone())));
                }
                for effect in effects {
                    self.perform(effect);
                }
                if self.ending.is_empty() {
                    self.left.clear();
                }
                let wav = self.store.wav(&take);
                self.news.push(News::TakeSaved(take, wav));
            }
            Happened::Failed(why) => {
                self.forget(&take);
                self.problem(why);
                self.handle(Input::RecordingFailed(take));
            }
        }
    }

    fn speech_heeded(&mut self, heeded: Heeded) {
        match heeded {
            Heeded::Loaded => self.model = ModelState::Ready,
            Heeded::NotLoaded(why) => {
                self.problem(&why);
                self.model = ModelState::Unusable(why);
            }
            Heeded::Captioned(take, caption) => {
                let stage = self.session.as_ref().map(Session::stage);
                if matches!(stage, Some(Stage::Answering { take: of, .. }) if of.id == take) {
                    self.handle(Input::Captioned(take.clone(), caption.clone()));
                    self.news.push(News::Captioned(take, caption));
                }
            }
            Heeded::Progressed(take, share) => self.handle(Input::Progressed(take, share)),
            Heeded::Transcribed(take, heard) => {
                self.handle(Input::Transcribed(take.clone(), heard));
                if let Some((ended, at)) = &self.sound_ended
                    && *ended == take
                {
                    self.news.push(News::FeedbackReady(take, at.elapsed()));
                }
            }
            Heeded::Failed(take, why) => self.handle(Input::TranscriptionFailed(take, why)),
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
                    let tap = self.worker.listen(take, vocabulary, audience);
                    recording.begun = true;
                    self.hearing = Hearing::Sound;
                    let ear = move |samples: &[f32]| tap.push(samples);
                    recording.recorder.begin(wav, Box::new(ear));
                }
            }
            Effect::EndRecording(take) => {
                let stage = self.session.as_ref().map(Session::stage);
                let wanted =
                    matches!(stage, Some(Stage::Transcribing { take: of, .. }) if of.id == take);
                if !wanted {
                    self.worker.forget(take.clone());
                }
                self.end_recording(&take);
            }
            Effect::Keep(take) => self.keep_soon(*take),
            Effect::Transcribe(take) => {
                let wav = self.store.wav(&take);
                let samples = move || {
                    let recording = audio::read(&wav).map_err(|error| error.to_string())?;
                    Ok(recording.samples)
                };
                let seconds = self.session.as_ref().and_then(|s| s.recorded(&take));
                let vocabulary = self.vocabulary();
                let samples = Box::new(samples);
                self.worker.transcribe(take, seconds, vocabulary, samples);
            }
            Effect::CancelTranscription(take) => {
                self.worker.cancel();
                // It may not have been asked for yet.
                self.worker.forget(take);
            }
        }
    }

    /// The journal; opened where it is not yet. One that shuts out all others is held no longer than needed:
    /// until there is room again, it is opened each time.
    fn opened(&mut self) -> Result<&mut Journal, StoreError> {
        let journal = match self.journal.take().filter(|journal| !journal.is_alone()) {
            Some(journal) => journal,
            None => {
                let opened = self.store.journal()?;
                let notices = opened.notices.into_iter().map(News::Problem);
                self.news.extend(notices);
                opened.journal
            }
        };
        Ok(self.journal.insert(journal))
    }

    /// What may well be said. Only a hint: the words of another story do no harm.
    fn vocabulary(&self) -> String {
        let story = self.session.as_ref().map(|session| session.story());
        story.map_or_else(String::new, |story| story.vocabulary())
    }

    fn show_captions(&self) {
        self.worker
            .show_captions(self.settings.captions && !self.is_fast());
    }

    /// Whether it is a file that is played as fast as it is taken: nobody waits for it, or reads along.
    fn is_fast(&self) -> bool {
        matches!(self.source(), Source::File(_, Pace::Fast))
    }

    /// Reads a take on the worker's thread while nobody speaks, so that its end finds nothing to read.
    fn audience(&mut self, take: &TakeId) -> Audience {
        let (outbox, take) = (self.outbox.clone(), take.clone());
        let session = self.session.as_mut();
        let judged = session.and_then(|s| Some((s.plan()?, s.profile().clone())));
        let foresees = judged.map(|(plan, profile)| -> Foresee {
            Box::new(move |voice, words| {
                let readings = Box::new(plan.read(voice, words, &profile));
                outbox.send(Event::Foreseen(take.clone(), readings));
            })
        });
        Audience {
            waits: !self.is_fast(),
            foresees,
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
                self.handle(Input::RecordingFailed(take));
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
            self.ending.push(recording);
        }
    }

    /// Lets go of a recorder that has told its last.
    fn forget(&mut self, take: &TakeId) {
        self.ending.retain(|recording| recording.take != *take);
        if self.take.take_if(|r| r.take == *take).is_some() {
            self.level_dbfs = None;
        }
    }

    fn problem(&mut self, what: impl ToString) {
        self.news.push(News::Problem(what.to_string()));
    }
}

impl Drop for Runtime {
    /// Whoever closes the window in the middle of a sentence keeps what was said.
    fn drop(&mut self) {
        self.handle(Input::Cancel);
        let patience = Instant::now() + Duration::from_secs(2);
        while !self.ending.is_empty() && Instant::now() < patience {
            self.wait(Duration::from_millis(20));
        }
        self.keep_unkept();
    }
}

/// Finds, checks and loads the model on the worker's thread.
fn start_worker(
    number: u64,
    model: Option<String>,
    place: &Place,
    store: &Store,
    outbox: Outbox,
) -> Result<Worker, StoreError> {
    let (folders, place) = (vec![store.models()], place.clone());
    let load = move || load_engine(model.as_deref(), &folders, &place);
    Worker::start(load, move |heeded| {
        outbox.send(Event::Speech(number, heeded))
    })
    .map_err(StoreError::Exhausted)
}

/// Finds, checks and loads a speech model: by name, by path, or the one that is shipped.
pub fn load_engine(
    model: Option<&str>,
    folders: &[PathBuf],
    place: &Place,
) -> Result<Engine, String> {
    let found = models::find(model, folders).map_err(|error| error.to_string())?;
    models::check(&found).map_err(|error| error.to_string())?;
    Engine::load(&found.whisper, &found.vad, THREADS, place).map_err(|error| error.to_string())
}
