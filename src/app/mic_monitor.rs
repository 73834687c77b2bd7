//! Owns the microphone while no take is recorded: the list of devices, the level meter and the microphone
//! test. Nothing is written to disk.

use std::time::{Duration, Instant};

use super::context::Context;
use super::event::Event;
use super::mic_test::{MicTest, TestRecorder};
use crate::acoustics::InputLevel;
use crate::audio::{
    self, InputRequest, MicError, Microphone, RecordError, Recorder, RecorderEvent,
};

/// While the list of devices is shown, it is not older than this.
const LIST_AGE: Duration = Duration::from_secs(2);
/// The microphone is closed after this time.
const OPEN_TIME: Duration = Duration::from_secs(15);

/// The level meter, the microphone test and the list of devices.
#[derive(Default)]
pub(super) struct MicMonitor {
    open: Option<OpenMonitor>,
    /// Number of monitors opened so far, which numbers the open one.
    opened: u64,
    level_dbfs: Option<f64>,
    test: MicTest,
    microphones: Option<Result<Vec<Microphone>, MicError>>,
    /// When the system was last asked for its devices.
    listed: Option<Instant>,
}

/// An open microphone.
struct OpenMonitor {
    number: u64,
    recorder: Recorder,
    until: Instant,
}

impl MicMonitor {
    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Whether it is open only for its level.
    pub(super) fn is_metering(&self) -> bool {
        self.is_open() && !self.test.is_running()
    }

    /// Time until the microphone is closed.
    pub(super) fn time_left(&self) -> Option<Duration> {
        let open = self.open.as_ref()?;
        Some(open.until.saturating_duration_since(Instant::now()))
    }

    /// Level of the last tenth of a second; `None` while the microphone is closed.
    pub(super) fn level_dbfs(&self) -> Option<f64> {
        self.level_dbfs
    }

    /// Opens the audio source for a while and discards the earlier test. Reports a failure.
    pub(super) fn start(&mut self, request: InputRequest, context: &mut Context) {
        self.stop();
        self.test = MicTest::default();
        self.opened += 1;
        let number = self.opened;
        let events = context.events.clone();
        let send = move |event| events.send(Event::Monitor(number, event));
        match Recorder::open(request, send) {
            Ok(recorder) => {
                self.open = Some(OpenMonitor {
                    number,
                    recorder,
                    until: Instant::now() + OPEN_TIME,
                });
            }
            Err(error) => context.problem(error),
        }
    }

    /// As [`MicMonitor::start`], and records a microphone test.
    pub(super) fn start_test(&mut self, request: InputRequest, context: &mut Context) {
        self.start(request, context);
        if let Some(open) = &self.open {
            let mut recorder = TestRecorder::new(open.number, context.events.clone());
            let sink = move |samples: &[f32]| recorder.push(samples);
            open.recorder.monitor(Box::new(sink));
            self.test.start();
        }
    }

    /// Closes the microphone.
    pub(super) fn stop(&mut self) {
        self.open = None;
        self.test.stop();
        self.level_dbfs = None;
    }

    /// Closes the microphone if its time is over.
    pub(super) fn stop_if_expired(&mut self) {
        if self.time_left() == Some(Duration::ZERO) {
            self.stop();
        }
    }

    pub(super) fn is_testing(&self) -> bool {
        self.test.is_running()
    }

    /// The samples of the last test, 16 kHz, mono; empty if there are none.
    pub(super) fn test_samples(&self) -> &[f32] {
        self.test.samples()
    }

    /// Whether the microphone is loud enough; `None` if there is too little audio to tell.
    pub(super) fn input_level(&self, quiet_speech_dbfs: f64) -> Option<InputLevel> {
        self.test.input_level(quiet_speech_dbfs)
    }

    /// Drops the samples of the last test.
    pub(super) fn discard_test(&mut self) {
        self.test = MicTest::default();
    }

    /// Handles an event of the recorder of monitor `number`.
    pub(super) fn handle(&mut self, number: u64, event: RecorderEvent, context: &mut Context) {
        if !self.is_current(number) {
            return;
        }
        match event {
            RecorderEvent::Level(dbfs) => {
                self.level_dbfs = Some(dbfs);
                self.test.add_level(dbfs);
            }
            RecorderEvent::Failed(error) => {
                self.stop();
                // The list of devices already shows that there is no microphone.
                if !matches!(error, RecordError::Mic(MicError::NotFound)) {
                    context.problem(error);
                }
            }
            _ => {}
        }
    }

    /// Ends the test of monitor `number`, unless it was stopped.
    pub(super) fn handle_test_recorded(&mut self, number: u64, samples: Vec<f32>) {
        if self.is_current(number) && self.test.is_running() {
            self.stop();
            self.test.finish(samples);
        }
    }

    /// Asks the system for its input devices. They arrive as an event.
    pub(super) fn list_microphones(&mut self, context: &mut Context) {
        self.listed = Some(Instant::now());
        let events = context.events.clone();
        // A sound server may take seconds to answer. The thread ends after its only event, so it is not
        // joined.
        let thread = std::thread::Builder::new()
            .name("microphones".to_owned())
            .spawn(move || events.send(Event::MicrophonesListed(audio::microphones())));
        if let Err(error) = thread {
            context.problem(error);
        }
    }

    /// Whether the list of devices is too old to be shown.
    pub(super) fn is_list_old(&self) -> bool {
        self.listed
            .is_none_or(|listed| listed.elapsed() >= LIST_AGE)
    }

    /// Stores the input devices.
    pub(super) fn set_microphones(&mut self, microphones: Result<Vec<Microphone>, MicError>) {
        self.microphones = Some(microphones);
    }

    /// The input devices; `None` until the system was asked and has answered.
    pub(super) fn microphones(&self) -> Option<&Result<Vec<Microphone>, MicError>> {
        self.microphones.as_ref()
    }

    /// Whether the monitor with this number is the open one.
    pub(super) fn is_current(&self, number: u64) -> bool {
        self.open.as_ref().is_some_and(|open| open.number == number)
    }
}
