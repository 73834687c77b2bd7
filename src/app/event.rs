//! Owns the queue of events from the worker threads to the controller, and the notifications to the
//! UI. Does not know how either side handles them.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossbeam_channel::{Receiver, SendTimeoutError, Sender, bounded};

use crate::acoustics::waveform::Waveform;
use crate::analysis::Measurements;
use crate::asr::WorkerEvent;
use crate::audio::{InputSignal, MicError, Microphone, PlayerEvent, RecorderEvent};
use crate::domain::caption::Caption;
use crate::domain::take::{Take, TakeId};
use crate::practice::progress::TakeMetrics;
use crate::practice::session::Stage;
use crate::storage::{Erased, StoreError, TakeDb};

/// Capacity of the queue. Progress events are dropped while it is half full, results never.
const CAPACITY: usize = 1024;
/// How often a waiting sender checks whether it should stop.
const STOP_CHECK_INTERVAL: Duration = Duration::from_millis(100);

/// Something the UI should show.
#[derive(Debug, Clone, PartialEq)]
pub enum Notification {
    /// The session entered another stage.
    Entered(Box<Stage>),
    /// The recording of a take is complete on disk.
    TakeSaved(TakeId, PathBuf),
    /// Feedback is available, this long after the last sample.
    FeedbackReady(TakeId, Duration),
    /// The caption of the take being recorded changed.
    Captioned(TakeId, Caption),
    /// The state of the input signal changed during a take.
    SignalChanged(InputSignal),
    /// The take was saved, but the speaker should know about a problem with its audio.
    Warning(String),
    /// More takes of the history were analyzed.
    HistoryAnalyzed,
    /// The file a take was exported to, or why the export failed.
    Exported(Result<PathBuf, String>),
    /// A recording was imported as this take, which is not transcribed yet.
    Imported(TakeId),
    /// All takes were erased; their number.
    AllErased(usize),
    /// Why not all takes could be erased.
    EraseFailed(String),
    /// An error: what failed, on what, and what to do.
    Problem(String),
}

/// A fact that a worker thread reports to the controller.
///
/// Monitors, transcribers and players are numbered, so that a late event of an earlier one is ignored.
pub(super) enum Event {
    /// From the recorder of a take.
    Capture(TakeId, RecorderEvent),
    /// From the recorder of the microphone monitor with this number.
    Monitor(u64, RecorderEvent),
    /// The samples of a microphone test, with the number of its monitor.
    MicTestRecorded(u64, Vec<f32>),
    /// The input devices of this computer.
    MicrophonesListed(Result<Vec<Microphone>, MicError>),
    /// From the transcription worker with this number.
    Transcriber(u64, WorkerEvent),
    /// The measurements of a take, should it end now.
    Predicted(TakeId, Box<Measurements>),
    /// From the thread that analyzes the history.
    HistoryAnalyzed(AnalysisEvent),
    /// From the player with this number.
    Player(u64, PlayerEvent),
    /// The waveform of a take, or why it cannot be read.
    WaveformLoaded(TakeId, Result<Waveform, String>),
    /// The file a take was exported to, or why the export failed.
    Exported(Result<PathBuf, String>),
    /// The outcome of erasing all takes.
    AllErased(Box<EraseAllOutcome>),
    /// The recording that the import with this number has written, or why it failed.
    RecordingImported(u64, Box<Result<ImportedRecording, String>>),
}

/// Metrics by take; `None` for a take that cannot be analyzed.
pub(super) type MetricsMap = HashMap<TakeId, Option<TakeMetrics>>;

/// A result of the thread that analyzes the history.
pub(super) enum AnalysisEvent {
    /// These takes were analyzed.
    Analyzed(MetricsMap),
    /// One take, or all remaining takes, cannot be read.
    Failed(StoreError),
}

/// The outcome of erasing all takes.
pub(super) struct EraseAllOutcome {
    /// The take database, if it could be opened.
    pub(super) database: Option<TakeDb>,
    /// What was erased, or why it failed.
    pub(super) erased: Result<Erased, StoreError>,
}

/// A recording whose audio is on disk as the audio of a take.
pub(super) struct ImportedRecording {
    /// The take. It is not in the take database yet.
    pub(super) take: Take,
    /// What the user should know about it, one sentence each: what could not be read, its channels, its tracks.
    pub(super) notes: Vec<String>,
}

/// Puts events into the queue and wakes the thread that polls the controller.
#[derive(Clone)]
pub(super) struct EventSender {
    events: Sender<Event>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

/// A new event queue. `wake` is called on any thread after an event was added.
pub(super) fn event_queue(
    wake: impl Fn() + Send + Sync + 'static,
) -> (EventSender, Receiver<Event>) {
    let (events, inbox) = bounded(CAPACITY);
    let wake = Arc::new(wake);
    (EventSender { events, wake }, inbox)
}

impl EventSender {
    /// Adds an event; waits while the queue is full.
    pub(super) fn send(&self, event: Event) {
        let droppable = matches!(
            event,
            Event::Capture(
                _,
                RecorderEvent::Level(_)
                    | RecorderEvent::ChannelLevels(_)
                    | RecorderEvent::Recorded(_)
            ) | Event::Monitor(_, RecorderEvent::Level(_) | RecorderEvent::ChannelLevels(_))
                | Event::Player(_, PlayerEvent::At(_))
                | Event::Predicted(..)
                | Event::Transcriber(_, WorkerEvent::Progressed(..) | WorkerEvent::Captioned(..))
        );
        if droppable && self.events.len() > CAPACITY / 2 {
            return;
        }
        // Fails only if the controller was dropped, which no longer needs the event.
        let _ = self.events.send(event);
        (self.wake)();
    }

    /// As [`EventSender::send`], but gives up once `stop` is set. For threads that the receiver may be
    /// joining.
    pub(super) fn send_unless_stopped(&self, mut event: Event, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            match self.events.send_timeout(event, STOP_CHECK_INTERVAL) {
                Ok(()) => return (self.wake)(),
                Err(SendTimeoutError::Timeout(unsent)) => event = unsent,
                Err(SendTimeoutError::Disconnected(_)) => return,
            }
        }
    }

    /// Adds an event if there is room for it, and returns whether there was. Never waits.
    pub(super) fn try_send(&self, event: Event) -> bool {
        let sent = self.events.try_send(event).is_ok();
        (self.wake)();
        sent
    }

    /// Makes the polling thread poll the controller, even without an event.
    pub(super) fn wake(&self) {
        (self.wake)();
    }
}
