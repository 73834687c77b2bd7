//! The controller: owns the components and the inbox, and routes events and session effects between them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError};

use super::active_session::ActiveSession;
use super::capture::{Capture, CaptureOutcome, SavedRecording};
use super::context::Context;
use super::event::{EraseAllOutcome, Event, ImportedRecording, Notification, event_queue};
use super::export::ExportFormat;
use super::history::{self, History};
use super::history_entry::{HistoryEntry, TakePosition};
use super::history_metrics::HistoryMetrics;
use super::jobs::{ExportRequest, Jobs};
use super::mic_monitor::MicMonitor;
use super::open_input::OpenInput;
use super::playback::{Playback, PlaybackPosition};
use super::preferences::Preferences;
use super::prompter::Prompter;
use super::recording_import::RecordingImport;
use super::take_records::TakeRecords;
use super::transcriber::{LiveTake, ModelState, Transcriber};
use super::voice_detector::voice_detector;
use super::{disk_space, forgotten_answer, quiz, suspend};
use crate::acoustics::InputLevel;
use crate::acoustics::waveform::Waveform;
use crate::asr::{Isolation, WorkerEvent};
use crate::audio::{
    AudioSource, ChannelNote, ChannelRule, InputRequest, InputSignal, KnownMicrophone, MicError,
    Microphone, NewVoiceDetector, OpenedMicrophone, RecorderEvent,
};
use crate::domain::profile::Profile;
use crate::domain::start_time::StartTime;
use crate::domain::story::{Level, Part, Story};
use crate::domain::take::{Audio, Take, TakeId};
use crate::domain::time::{Secs, Span};
use crate::practice::mock_interview::{self, Format};
use crate::practice::progress::Loaded;
use crate::practice::quiz::QuizAnswer;
use crate::practice::session::{COUNT_IN, Effect, Reviewed, Session, SessionEvent, SessionRequest};
use crate::storage::{MicrophoneSetting, Settings, Store, StoreError, TakeDb, clock, model_files};

/// How often [`Controller::poll`] must be called during a count-in.
const COUNT_IN_INTERVAL: Duration = Duration::from_millis(50);
/// How long dropping the controller waits for recordings to complete their files.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);

/// Choices of the command line.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// The data folder; `None` for the standard one.
    pub data: Option<PathBuf>,
    /// The audio source; `None` for the microphone of the settings.
    pub source: Option<AudioSource>,
    /// The channel of the audio source, from 1; `None` for the one of the settings, or those with a voice.
    pub channel: Option<u16>,
    /// The speech model; `None` uses the one from the settings.
    pub model: Option<PathBuf>,
    /// Where the recognizer runs.
    pub isolation: Isolation,
}

/// The application controller. Fields are dropped in the order of their declaration.
pub struct Controller {
    preferences: Preferences,
    active: ActiveSession,
    transcriber: Transcriber,
    capture: Capture,
    monitor: MicMonitor,
    input: OpenInput,
    detector: NewVoiceDetector,
    inbox: Receiver<Event>,
    context: Context,
    records: TakeRecords,
    history: History,
    // The following own threads that their drop joins. They are dropped after the inbox, so that a thread
    // blocked by a full inbox fails to send instead of deadlocking.
    metrics: HistoryMetrics,
    playback: Playback,
    prompter: Prompter,
    jobs: Jobs,
    import: RecordingImport,
}

/// Start and polling.
impl Controller {
    /// Starts the workers. `wake` is called, on any thread, whenever [`Controller::poll`] has
    /// something to do.
    pub fn start(
        config: Config,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self, StoreError> {
        let Config {
            data,
            source,
            channel,
            model,
            isolation,
        } = config;
        let store = Store::at(data)?;
        let (events, inbox) = event_queue(wake);
        let mut context = Context::new(store, events);
        let preferences = Preferences::load(source, channel, model, &mut context);
        context.load_stories();
        let records = TakeRecords::open_existing(&mut context);
        let transcriber = Transcriber::start(preferences.model(), isolation, &context)?;
        transcriber.show_captions(preferences.settings().captions);
        let history = History::new(&records, &context);
        let models = vec![context.store.models()];
        let detector = voice_detector(preferences.model().as_deref(), models);
        Ok(Self {
            preferences,
            active: ActiveSession::new(),
            transcriber,
            capture: Capture::new(),
            monitor: MicMonitor::default(),
            input: OpenInput::default(),
            detector,
            inbox,
            context,
            records,
            history,
            metrics: HistoryMetrics::default(),
            playback: Playback::default(),
            prompter: Prompter::default(),
            jobs: Jobs::default(),
            import: RecordingImport::default(),
        })
    }

    /// Handles the pending events and the time that passed. Then writes the takes that were pending before;
    /// newer ones are shown first. Waits for nothing but the disk.
    pub fn poll(&mut self) {
        self.wait(Duration::ZERO);
    }

    /// As [`Controller::poll`], but first waits for an event, for `timeout` at most.
    pub fn wait(&mut self, timeout: Duration) {
        let must_write = self.records.take_new();
        let timeout = if must_write { Duration::ZERO } else { timeout };
        match self.inbox.recv_timeout(timeout) {
            Ok(event) => self.handle_event(event),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
        }
        self.tick();
        while let Ok(event) = self.inbox.try_recv() {
            self.handle_event(event);
        }
        if must_write && !self.records.has_new() {
            self.records.flush(&mut self.context);
        }
    }

    /// When [`Controller::poll`] must be called even without an event; `None` for never.
    pub fn next_tick(&self) -> Option<Duration> {
        match self.active.is_counting_in() {
            true => Some(COUNT_IN_INTERVAL),
            false => self.monitor.time_left(),
        }
    }

    /// The notifications since the last call, oldest first.
    pub fn take_notifications(&mut self) -> Vec<Notification> {
        self.context.take_notifications()
    }

    /// The stories, built-in and the user's.
    pub fn stories(&self) -> &[Arc<Story>] {
        &self.context.stories
    }

    /// The data folder.
    pub fn store(&self) -> &Store {
        &self.context.store
    }

    fn tick(&mut self) {
        let tick = self.active.tick();
        self.records.release_exclusive();
        if let Some(suspended) = tick.suspended {
            self.on_resume(suspended);
        }
        self.handle(SessionEvent::Ticked(tick.elapsed.as_secs_f64()));
        let stage = self.session().map(Session::stage);
        if let Some(message) = stage.and_then(forgotten_answer::reason_to_stop) {
            self.request(SessionRequest::Stop);
            self.context.problem(message);
        }
        self.monitor.stop_if_expired();
    }

    fn on_resume(&mut self, suspended: Duration) {
        let stage = self.session().map(Session::stage);
        if let Some((request, message)) = stage.and_then(|s| suspend::reaction(s, suspended)) {
            self.request(request);
            self.context.problem(message);
        }
    }
}

/// Routing of events and effects.
impl Controller {
    /// Passes a request to the session and performs the effects it asks for.
    pub fn request(&mut self, request: SessionRequest) {
        let changes_take = matches!(
            request,
            SessionRequest::Next
                | SessionRequest::Finish
                | SessionRequest::Start(..)
                | SessionRequest::GoTo(_)
        );
        if changes_take {
            self.playback.pause();
        }
        let effects = self.active.request(request, &mut self.context);
        self.perform_all(effects);
    }

    /// Passes an event to the session and performs the effects it asks for.
    pub(crate) fn handle(&mut self, event: SessionEvent) {
        let effects = self.active.handle(event, &mut self.context);
        self.perform_all(effects);
    }

    fn handle_event(&mut self, event: Event) {
        let context = &mut self.context;
        match event {
            Event::Capture(take, event) => self.handle_capture(take, event),
            Event::Monitor(number, event) => self.handle_monitor(number, event),
            Event::MicTestRecorded(number, samples) => {
                self.monitor.handle_test_recorded(number, samples);
            }
            Event::MicrophonesListed(found) => self.handle_microphones_listed(found),
            Event::Transcriber(number, event) => self.handle_transcriber(number, event),
            Event::Predicted(take, measurements) => {
                self.handle(SessionEvent::Predicted(take, measurements));
            }
            Event::HistoryAnalyzed(event) => self.metrics.handle(event, context),
            Event::Player(number, event) => self.playback.handle(number, event, context),
            Event::WaveformLoaded(take, result) => self.playback.handle_waveform(&take, result),
            Event::Exported(result) => {
                self.jobs.finish_export();
                context.notify(Notification::Exported(result));
            }
            Event::AllErased(outcome) => self.handle_all_erased(*outcome),
            Event::RecordingImported(number, imported) => self.handle_imported(number, *imported),
        }
    }

    fn handle_monitor(&mut self, number: u64, event: RecorderEvent) {
        if self.monitor.is_current(number) {
            self.handle_input(&event, false);
            let has_failed = matches!(event, RecorderEvent::Failed(_));
            self.monitor.handle(number, event, &mut self.context);
            if has_failed {
                self.input.close();
                // It may have been unplugged.
                self.monitor.list_microphones(&mut self.context);
            }
        }
    }

    /// Handles what a recorder reports about its microphone.
    fn handle_input(&mut self, event: &RecorderEvent, is_take: bool) {
        if let RecorderEvent::Opened(opened) = event {
            self.remember_microphone(&opened.microphone);
        }
        if let Some(sentence) = self.input.handle(event, is_take) {
            self.context.notify(Notification::Warning(sentence));
        }
    }

    /// Adds the id to the setting of a version that stored only names.
    fn remember_microphone(&mut self, microphone: &Microphone) {
        let chosen = self.settings().microphone.as_ref();
        let lacks_id = chosen.is_some_and(|chosen| chosen.id.is_empty());
        if lacks_id && !self.is_source_fixed() {
            let setting = microphone_setting(&microphone.known());
            self.change_settings(|settings| settings.microphone = Some(setting.clone()));
        }
    }

    /// Stores the list of devices. If the system's default has changed, it is measured from now on.
    fn handle_microphones_listed(&mut self, found: Result<Vec<Microphone>, MicError>) {
        let opened = self.input.opened().map(|opened| &opened.microphone.id);
        let default = found.iter().flatten().find(|one| one.default);
        let is_other = default.is_some_and(|one| opened.is_some_and(|id| *id != one.id));
        self.monitor.set_microphones(found);
        if is_other && self.source() == AudioSource::Default && self.monitor.is_metering() {
            self.start_monitor();
        }
    }

    fn input_request(&self) -> InputRequest {
        self.preferences.request(Arc::clone(&self.detector))
    }

    fn handle_capture(&mut self, take: TakeId, event: RecorderEvent) {
        self.handle_input(&event, true);
        match self.capture.handle(&take, event, &mut self.context) {
            None => {}
            Some(CaptureOutcome::Listening) => self.handle(SessionEvent::MicrophoneOpened(take)),
            Some(CaptureOutcome::Recorded(secs)) => {
                self.handle(SessionEvent::Recorded(take, secs));
            }
            Some(CaptureOutcome::Failed) => self.handle(SessionEvent::RecordingFailed(take)),
            Some(CaptureOutcome::Saved(recording)) => self.handle_saved(take, recording),
        }
    }

    fn handle_saved(&mut self, take: TakeId, recording: SavedRecording) {
        let SavedRecording {
            audio,
            ended,
            is_disk_full,
        } = recording;
        if is_disk_full {
            self.records.mark_disk_full_reported();
        }
        self.transcriber.set_recording_ended(take.clone(), ended);
        self.handle(SessionEvent::RecordingSaved(take.clone(), audio.clone()));
        let effects = self.active.handle_saved_in_abandoned(&take, &audio);
        self.perform_all(effects);
        if !self.capture.is_finishing() {
            self.active.clear_abandoned();
        }
        let wav = self.context.store.wav(&take);
        self.context.notify(Notification::TakeSaved(take, wav));
    }

    fn handle_transcriber(&mut self, number: u64, event: WorkerEvent) {
        match self.transcriber.handle(number, event, &mut self.context) {
            // A late caption of a take that has ended.
            Some(SessionEvent::Captioned(take, _)) if !self.active.is_answering(&take) => {}
            Some(SessionEvent::Captioned(take, caption)) => {
                self.handle(SessionEvent::Captioned(take.clone(), caption.clone()));
                self.context.notify(Notification::Captioned(take, caption));
            }
            Some(SessionEvent::Transcribed(take, transcription)) => {
                self.handle(SessionEvent::Transcribed(take.clone(), transcription));
                if let Some(delay) = self.transcriber.time_since_recording(&take) {
                    self.context
                        .notify(Notification::FeedbackReady(take, delay));
                }
            }
            Some(event) => self.handle(event),
            None => {}
        }
    }

    fn handle_all_erased(&mut self, outcome: EraseAllOutcome) {
        self.jobs.finish_erase_all();
        self.records.attach(outcome.database);
        match outcome.erased {
            Ok(erased) => {
                // Nothing of the takes remains in memory either, nor can it be written again.
                self.history = History::default();
                self.records.discard_pending();
                self.metrics.clear();
                self.playback.clear();
                self.context.notify(Notification::AllErased(erased.takes));
                for sentence in erased.messages() {
                    self.context.problem(sentence);
                }
            }
            Err(why) => {
                self.history
                    .refresh_recoverable(&self.records, &self.context);
                let why = why.to_string();
                self.context.notify(Notification::EraseFailed(why));
            }
        }
    }

    fn handle_imported(&mut self, number: u64, imported: Result<ImportedRecording, String>) {
        let is_wanted = self.import.finish(number);
        let ImportedRecording { take, notes } = match imported {
            Ok(imported) => imported,
            Err(why) if is_wanted => return self.context.problem(why),
            Err(_) => return,
        };
        if !is_wanted {
            // It was cancelled when its audio was already written.
            let wav = self.context.store.wav(&take.id);
            if let Err(why) = std::fs::remove_file(&wav) {
                let wav = wav.display();
                self.context.problem(format!("cannot remove {wav}: {why}"));
            }
            return;
        }
        for note in notes {
            self.context.problem(note);
        }
        match self.records.save(&take, &mut self.context) {
            Ok(()) => self.context.notify(Notification::Imported(take.id)),
            Err(error) => self.context.problem(error),
        }
    }

    fn perform_all(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.perform(effect);
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::OpenMicrophone(take) => self.open_microphone(take),
            Effect::BeginRecording(take) => self.begin_recording(take),
            Effect::EndRecording(take) => {
                if !self.active.is_transcribing(&take) {
                    self.transcriber.discard(&take);
                }
                self.capture.end(&take);
            }
            Effect::SaveTake(take) => self.records.save_soon(*take, &self.context),
            Effect::Transcribe(take) => {
                let wav = self.context.store.wav(&take);
                let recorded = self.active.recorded_until(&take);
                let vocabulary = self.active.vocabulary();
                self.transcriber.transcribe(take, wav, recorded, vocabulary);
            }
            Effect::CancelTranscription(take) => self.transcriber.cancel(&take),
        }
    }

    fn open_microphone(&mut self, take: TakeId) {
        if let Err(why) = self.try_to_open_microphone(take.clone()) {
            self.context.problem(why);
            self.handle(SessionEvent::RecordingFailed(take));
        }
    }

    fn try_to_open_microphone(&mut self, take: TakeId) -> Result<(), String> {
        let prepared = self.context.store.prepare();
        prepared.map_err(|error| error.to_string())?;
        disk_space::check(self.active.target(), &mut self.context)?;
        // Opened before the take has a file, which opening would import as a take without a row. Without the
        // database, the take is recorded all the same.
        if let Err(error) = self.records.open(&mut self.context) {
            self.context.problem(error);
        }
        let request = self.input_request();
        self.capture.open(take, request, &self.context)
    }

    fn begin_recording(&mut self, take: TakeId) {
        self.update_captions();
        if !self.capture.is_open_for(&take) {
            return;
        }
        let live = LiveTake {
            take: take.clone(),
            vocabulary: self.active.vocabulary(),
            plan: self.active.plan(),
            has_waiting_user: !self.preferences.is_source_unthrottled(),
        };
        let sink = self.transcriber.start_live(live, &self.context);
        let wav = self.context.store.wav(&take);
        self.capture
            .begin(&take, wav, move |samples| sink.push(samples));
    }

    fn update_captions(&self) {
        self.transcriber
            .show_captions(self.preferences.shows_captions());
    }
}

/// Practice.
impl Controller {
    /// The current practice session.
    pub fn session(&self) -> Option<&Session> {
        self.active.session()
    }

    /// Begins to practice `parts` of a story.
    pub fn start_practice(&mut self, story: Arc<Story>, parts: Vec<Part>, level: Level) {
        self.leave();
        self.monitor.stop();
        let profile = self.preferences.profile().clone();
        let session = Session::new(story, parts, level, profile);
        self.active.start(session, &self.context);
    }

    /// Begins a mock interview about a story.
    pub fn start_interview(
        &mut self,
        story: Arc<Story>,
        format: Format,
        follow_ups: usize,
        level: Level,
    ) {
        self.leave();
        self.monitor.stop();
        let counts = self.follow_up_counts(&story);
        let parts = mock_interview::parts(&story, format, follow_ups, &counts);
        let profile = self.preferences.profile().clone();
        let session = Session::interview(story, parts, level, profile);
        self.active.start(session, &self.context);
    }

    /// Ends the practice. What was recorded is saved.
    pub fn leave(&mut self) {
        self.playback.pause();
        self.request(SessionRequest::Cancel);
        self.active.leave(self.capture.is_finishing());
    }

    /// Starts a take of the current part.
    pub fn start_take(&mut self) {
        let Some(part) = self.active.current_part() else {
            return;
        };
        let now = clock::now();
        let started = StartTime::from(&now);
        let take = self.context.store.new_take_id(now, part);
        self.monitor.stop();
        self.metrics.request_stop();
        self.active.restart_clock();
        self.request(SessionRequest::Start(take, Some(started)));
        if self.preferences.is_source_unthrottled() {
            self.handle(SessionEvent::Ticked(COUNT_IN));
        }
    }
}

/// Microphone.
impl Controller {
    /// Level of the last tenth of a second, in dB below full scale; `None` while the microphone is closed.
    pub fn level_dbfs(&self) -> Option<f64> {
        self.capture.level_dbfs().or(self.monitor.level_dbfs())
    }

    /// Whether the microphone is open or about to be.
    pub fn is_listening(&self) -> bool {
        let in_use = self.capture.is_busy() || self.monitor.is_open();
        in_use && !self.preferences.is_source_file()
    }

    /// The input signal of the take that is being recorded.
    pub fn input_signal(&self) -> InputSignal {
        self.capture.signal()
    }

    /// The input devices; `None` until [`Controller::list_microphones`] has found them.
    pub fn microphones(&self) -> Option<&Result<Vec<Microphone>, MicError>> {
        self.monitor.microphones()
    }

    /// Asks the system for its input devices, which a later [`Controller::poll`] receives.
    pub fn list_microphones(&mut self) {
        self.monitor.list_microphones(&mut self.context);
    }

    /// The audio source, chosen on the command line or in the settings.
    pub fn source(&self) -> AudioSource {
        self.preferences.source()
    }

    /// Whether the audio source was chosen on the command line, so that settings do not change it.
    pub fn is_source_fixed(&self) -> bool {
        self.preferences.is_source_fixed()
    }

    /// Opens the microphone for a while, only to measure its level. Nothing is saved.
    pub fn start_monitor(&mut self) {
        if self.capture.is_recording() || self.preferences.is_source_file() {
            return;
        }
        self.playback.pause();
        let request = self.input_request();
        self.monitor.start(request, &mut self.context);
    }

    /// Closes the microphone again.
    pub fn stop_monitor(&mut self) {
        self.monitor.stop();
    }

    /// The microphone that is open or was opened last.
    pub fn opened_microphone(&self) -> Option<&OpenedMicrophone> {
        self.input.opened()
    }

    /// The level of each channel of the open microphone; empty if it is closed or has one channel.
    pub fn channel_levels_dbfs(&self) -> &[f64] {
        match self.is_listening() {
            true => self.input.levels_dbfs(),
            false => &[],
        }
    }

    /// What the channels of the microphone carry, if they differ.
    pub fn channel_note(&self) -> Option<&ChannelNote> {
        self.input.note()
    }

    /// Uses another microphone from now on; `None` is the system's default.
    pub fn choose_microphone(&mut self, chosen: Option<&KnownMicrophone>) {
        let setting = chosen.map(microphone_setting);
        self.change_settings(|settings| settings.microphone.clone_from(&setting));
        self.start_monitor();
    }

    /// Records only this channel, from 1, of the microphone with this id; `None` lets the sound decide.
    pub fn choose_channel(&mut self, id: &str, channel: Option<u16>) {
        self.change_settings(|settings| {
            match channel {
                Some(channel) => settings.microphone_channels.insert(id.to_owned(), channel),
                None => settings.microphone_channels.remove(id),
            };
        });
        self.start_monitor();
    }

    /// Whether the channel was chosen on the command line, so that settings do not change it.
    pub fn is_channel_fixed(&self) -> bool {
        self.preferences.is_channel_fixed()
    }

    /// Whether the list of input devices is so old that it should be asked for again while it is shown.
    pub fn is_microphone_list_old(&self) -> bool {
        self.monitor.is_list_old()
    }

    /// Whether the microphone is open to measure its level.
    pub fn is_monitoring(&self) -> bool {
        self.monitor.is_open()
    }

    /// Records a microphone test of three seconds. It is kept in memory until the next test.
    pub fn start_mic_test(&mut self) {
        if self.capture.is_recording() {
            return;
        }
        self.playback.pause();
        let request = self.input_request();
        self.monitor.start_test(request, &mut self.context);
    }

    /// Whether a microphone test is being recorded.
    pub fn is_testing_mic(&self) -> bool {
        self.monitor.is_testing()
    }

    /// The samples of the last microphone test, 16 kHz, mono; empty if there was none.
    pub fn mic_test_samples(&self) -> &[f32] {
        self.monitor.test_samples()
    }

    /// Whether the microphone is loud enough, from the last test or the last three seconds that it was open;
    /// `None` if there is too little audio to tell.
    pub fn input_level(&self) -> Option<InputLevel> {
        let quiet_speech_dbfs = self.preferences.profile().quiet_speech_dbfs;
        self.monitor.input_level(quiet_speech_dbfs)
    }

    /// Discards the samples of the last microphone test.
    pub fn discard_mic_test(&mut self) {
        self.playback.pause();
        self.monitor.discard_test();
    }
}

/// Playback and prompts. Nothing is played while the microphone is open.
impl Controller {
    /// Plays a span of a take from its start, at the speed of the settings. Does nothing during an answer.
    pub fn play(&mut self, take: &TakeId, span: Span) {
        if self.capture.is_busy() {
            return;
        }
        self.monitor.stop();
        let speed = self.preferences.play_speed();
        self.playback.play(take, span, speed, &mut self.context);
    }

    /// Plays the last microphone test, or stops playing it. Does nothing during an answer.
    pub fn play_mic_test(&mut self) {
        let was_playing = self.playback.is_playing_mic_test();
        self.playback.pause();
        let samples = self.monitor.test_samples().to_vec();
        if was_playing || self.capture.is_busy() || samples.is_empty() {
            return;
        }
        self.monitor.stop();
        self.playback.play_mic_test(samples, &mut self.context);
    }

    /// Whether the microphone test is being played.
    pub fn is_playing_mic_test(&self) -> bool {
        self.playback.is_playing_mic_test()
    }

    /// Pauses a take of this length; or continues it at its position, or from the beginning if that is at the
    /// end.
    pub fn play_or_pause(&mut self, take: &TakeId, length: Secs) {
        if self.playback.is_playing_take(take) {
            return self.pause();
        }
        let span = self.playback.span_to_continue(take, length);
        self.play(take, span);
    }

    /// Stops playing and keeps the position.
    pub fn pause(&mut self) {
        self.playback.pause();
    }

    /// Moves to a position in a take. If the take is being played, continues from there.
    pub fn seek(&mut self, take: &TakeId, at: Secs) {
        if self.playback.is_playing_take(take) {
            self.play(take, Span::new(at, Secs::INFINITY));
        } else {
            self.playback.move_to(take, at);
        }
    }

    /// Whether any take is being played.
    pub fn is_playing(&self) -> bool {
        self.playback.is_playing()
    }

    /// The current or last playback position, if it is in this take.
    pub fn playback_position(&self, take: &TakeId) -> Option<&PlaybackPosition> {
        self.playback.position_in(take)
    }

    /// The speed at which takes are played.
    pub fn play_speed(&self) -> f64 {
        self.preferences.play_speed()
    }

    /// Changes the speed, also of the take that is being played.
    pub fn set_play_speed(&mut self, speed: f64) {
        self.change_settings(|settings| settings.play_speed = speed);
        if let Some((take, rest)) = self.playback.remaining() {
            self.play(&take, rest);
        }
    }

    /// Reads the waveform of a take in the background, once for each time that another take is shown.
    pub fn load_waveform(&mut self, take: &TakeId) {
        self.playback.load_waveform(take, &mut self.context);
    }

    /// The waveform of a take, or why it cannot be read; `None` until it was read.
    pub fn waveform(&self, take: &TakeId) -> Option<&Result<Waveform, String>> {
        self.playback.waveform(take)
    }

    /// Whether the system has a text-to-speech voice.
    pub fn has_voice(&self) -> bool {
        self.prompter.has_voice()
    }

    /// Speaks a question. Does nothing if the system has no voice, or while the microphone is open for a
    /// take.
    pub fn speak(&mut self, question: &str) {
        if !self.capture.is_recording() {
            self.prompter.speak(question);
        }
    }

    /// Stops speaking.
    pub fn stop_speaking(&self) {
        self.prompter.stop();
    }

    /// Plays the chime that marks a target.
    pub fn play_chime(&mut self) {
        self.prompter.play_chime();
    }
}

/// Recordings that were made elsewhere.
impl Controller {
    /// Imports a recording as a take of this part, in the background: a notification names the take, or says why
    /// the file cannot be read. An import that is still running is cancelled.
    pub fn import_recording(&mut self, source: PathBuf, story: &Story, part: Part, level: Level) {
        if let Err(why) = self.try_to_import(source, story, part, level) {
            self.context.problem(why);
        }
    }

    fn try_to_import(
        &mut self,
        source: PathBuf,
        story: &Story,
        part: Part,
        level: Level,
    ) -> Result<(), String> {
        let prepared = self.context.store.prepare();
        prepared.map_err(|error| error.to_string())?;
        let target = story.brief(part, level).map_or(0.0, |brief| brief.target);
        disk_space::check(target, &mut self.context)?;
        // Opened before the take has a file, which opening would import as a take without a row.
        let opened = self.records.open(&mut self.context).map(drop);
        opened.map_err(|error| error.to_string())?;
        let now = clock::now();
        let take = Take {
            started: Some(StartTime::from(&now)),
            id: self.context.store.new_take_id(now, part),
            story: story.id.clone(),
            part,
            level,
            audio: Audio::default(),
            transcription: None,
        };
        let rule = ChannelRule::of(None, Some(Arc::clone(&self.detector)));
        self.import.start(source, rule, take, &mut self.context);
        Ok(())
    }

    /// The file that is being imported.
    pub fn importing(&self) -> Option<&Path> {
        self.import.source()
    }

    /// Cancels the import. Nothing is left of it.
    pub fn cancel_import(&mut self) {
        self.import.cancel();
    }
}

/// Takes and quiz answers.
impl Controller {
    /// The take database; `None` if there are no takes yet or it cannot be opened.
    pub fn take_db(&self) -> Option<&TakeDb> {
        self.records.connection()
    }

    /// All takes, newest first.
    pub fn history(&mut self) -> Result<Vec<HistoryEntry>, StoreError> {
        history::list(&mut self.records, &mut self.context)
    }

    /// How often each follow-up question of a story was answered.
    pub fn follow_up_counts(&mut self, story: &Story) -> Vec<usize> {
        history::follow_up_counts(story, &mut self.records, &mut self.context)
    }

    /// A take that lost its transcript to a crash, and is worth transcribing.
    pub fn recoverable_take(&self) -> Option<&HistoryEntry> {
        self.history.recoverable()
    }

    /// Stops offering the recoverable take. It stays in the history.
    pub fn dismiss_recoverable(&mut self) {
        self.history
            .dismiss_recoverable(&mut self.records, &mut self.context);
    }

    /// Opens a take in a session: at its feedback; or, if it is not transcribed, begins to transcribe it.
    /// Returns false and reports why if it cannot be opened.
    pub fn open_take(&mut self, id: &TakeId) -> bool {
        let opened = history::take_to_open(id, &mut self.records, &mut self.context);
        let (story, take) = match opened {
            Ok(opened) => opened,
            Err(why) => {
                self.context.problem(why);
                return false;
            }
        };
        self.leave();
        self.monitor.stop();
        self.history.mark_opened(id);
        let profile = self.preferences.profile().clone();
        let (session, effects) = Session::reopened(story, take, profile);
        let stage = Box::new(session.stage().clone());
        self.active.start(session, &self.context);
        self.context.notify(Notification::Entered(stage));
        self.perform_all(effects);
        true
    }

    /// The position of a take among those of the same part of the same story; `None` if the database cannot be
    /// read.
    pub fn take_position(&mut self, id: &TakeId) -> Option<TakePosition> {
        history::position(id, &mut self.records, &mut self.context)
    }

    /// A take with its feedback; `None` and a report if it cannot be read.
    pub fn review_take(&mut self, id: &TakeId) -> Option<Reviewed> {
        let profile = self.preferences.profile();
        let reviewed = history::review(id, profile, &mut self.records, &mut self.context);
        reviewed.map_err(|why| self.context.problem(why)).ok()
    }

    /// Erases a take. It can be restored until the program ends. If that cannot be guaranteed because it
    /// cannot be read now, it is not erased.
    pub fn erase(&mut self, id: &TakeId) {
        let (records, context) = (&mut self.records, &mut self.context);
        match history::snapshot_for_erasing(id, records, context) {
            Ok(snapshot) => {
                self.metrics.forget(id);
                self.playback.forget(id);
                self.history.erase(snapshot, records, context);
            }
            Err(error) => context.problem(error),
        }
    }

    /// The most recently erased take that can be restored.
    pub fn last_erased(&self) -> Option<&TakeId> {
        self.history.last_erased()
    }

    /// Restores the most recently erased take; calling it again restores the one before it.
    pub fn undo_erase(&mut self) {
        self.history
            .undo_erase(&mut self.records, &mut self.context);
    }

    /// Erases all takes, quiz answers and quarantined databases in the background. The outcome is a
    /// notification. It cannot be undone.
    pub fn erase_all(&mut self) {
        if self.jobs.is_erasing_all() {
            return;
        }
        self.playback.pause();
        self.metrics.clear();
        let connection = self.records.detach();
        self.jobs.start_erase_all(connection, &mut self.context);
    }

    /// Whether all takes are being erased.
    pub fn is_erasing_all(&self) -> bool {
        self.jobs.is_erasing_all()
    }

    /// Exports a take to a new file in a folder, in the background. The outcome is a notification. Does
    /// nothing while another export is running.
    pub fn export(&mut self, id: &TakeId, format: ExportFormat, folder: &Path) {
        if self.jobs.is_exporting() {
            return;
        }
        self.records.flush(&mut self.context);
        // The audio can be exported even if nothing else is known about the take.
        let take = match format.needs_transcript() {
            true => self.records.take(id, &mut self.context).map(Some),
            false => Ok(None),
        };
        match take {
            Ok(take) => {
                let request = ExportRequest {
                    id: id.clone(),
                    take,
                    format,
                    folder: folder.to_owned(),
                    profile: self.preferences.profile().clone(),
                };
                self.jobs.start_export(request, &mut self.context);
            }
            Err(why) => {
                let why = Err(why.to_string());
                self.context.notify(Notification::Exported(why));
            }
        }
    }

    /// Whether a take is being exported.
    pub fn is_exporting(&self) -> bool {
        self.jobs.is_exporting()
    }

    /// Analyzes those of the takes that have no metrics yet, in the background and in this order. Results are
    /// notifications.
    pub fn analyze_history(&mut self, takes: &[HistoryEntry]) {
        let profile = self.preferences.profile();
        self.metrics.analyze(takes, profile, &mut self.context);
    }

    /// The metrics of a transcribed take.
    pub fn metrics_of(&self, take: &TakeId) -> Loaded<'_> {
        self.metrics.get(take)
    }

    /// The answers to the quiz of a story, oldest first. Reports a database that cannot be read.
    pub fn quiz_answers(&mut self, story: &str) -> Vec<QuizAnswer> {
        self.records.quiz_answers(story, &mut self.context)
    }

    /// Saves an answer to a quiz, now or once the disk has room; `None` if the story has no such question or
    /// option.
    pub fn answer_quiz(
        &mut self,
        story: &Story,
        question: usize,
        option: usize,
    ) -> Option<QuizAnswer> {
        let answer = quiz::quiz_answer(story, question, option)?;
        self.records
            .save_quiz_answer(answer.clone(), &mut self.context);
        Some(answer)
    }
}

/// Preferences and the speech model.
impl Controller {
    /// The settings.
    pub fn settings(&self) -> &Settings {
        self.preferences.settings()
    }

    /// Changes the settings and saves them. If they cannot be saved, the change lasts until the program ends,
    /// which is reported once.
    pub fn change_settings(&mut self, change: impl Fn(&mut Settings)) {
        let before = self.preferences.change_settings(&change);
        let is_model_changed = self.settings().model != before.model;
        if is_model_changed && !self.is_model_fixed() {
            self.transcriber
                .load_model(self.preferences.model(), &mut self.context);
        }
        self.update_captions();
        if *self.settings() != before {
            self.preferences.save_settings(change, &mut self.context);
        }
    }

    /// The profile, with the thresholds that answers are rated by.
    pub fn profile(&self) -> &Profile {
        self.preferences.profile()
    }

    /// Changes the profile, also of the current session, and saves it in `profile.toml`.
    pub fn change_profile(&mut self, change: impl Fn(&mut Profile)) {
        if self.preferences.change_profile(change, &mut self.context) {
            self.active.set_profile(self.preferences.profile());
            // They were computed with the earlier thresholds.
            self.metrics.clear();
        }
    }

    /// The names of the installed speech models. Reads folders.
    pub fn models(&self) -> Vec<String> {
        model_files::names(&[self.context.store.models()])
    }

    /// The state of the speech model.
    pub fn model(&self) -> &ModelState {
        self.transcriber.state()
    }

    /// The name of the speech model that was loaded last, or is being loaded.
    pub fn model_name(&self) -> &str {
        self.transcriber.model_name()
    }

    /// Whether the model was chosen on the command line, so that settings do not change it.
    pub fn is_model_fixed(&self) -> bool {
        self.preferences.is_model_fixed()
    }
}

/// What is stored of a microphone that was chosen.
fn microphone_setting(known: &KnownMicrophone) -> MicrophoneSetting {
    MicrophoneSetting {
        id: known.id.clone(),
        name: known.name.clone(),
        place: known.place.clone(),
    }
}

impl Drop for Controller {
    /// Saves the take that is being recorded, and everything that is not written yet.
    fn drop(&mut self) {
        self.request(SessionRequest::Cancel);
        let deadline = Instant::now() + SHUTDOWN_TIMEOUT;
        while self.capture.is_finishing() && Instant::now() < deadline {
            self.wait(Duration::from_millis(20));
        }
        self.records.flush(&mut self.context);
    }
}

#[cfg(test)]
mod tests;
