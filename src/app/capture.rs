//! Owns the recorders of takes: the one that records now, and those that still complete their files. Does not
//! know the session; it reports what the session has to learn.

use std::path::PathBuf;
use std::time::Instant;

use super::context::Context;
use super::event::{Event, Notification};
use crate::audio::{InputRequest, InputSignal, RecordError, Recorder, RecorderEvent};
use crate::domain::take::{Audio, TakeId};
use crate::domain::time::Secs;

/// The recorders of takes.
pub(super) struct Capture {
    current: Option<Recording>,
    /// Recordings that have ended and are completing their files.
    finishing: Vec<Recording>,
    /// Level of the current recording.
    level_dbfs: Option<f64>,
    /// Input signal of the current recording.
    signal: InputSignal,
}

/// The open audio source of a take.
struct Recording {
    take: TakeId,
    /// Whether the take is being written, after the count-in.
    has_begun: bool,
    recorder: Recorder,
}

/// What happened to a take that its session has to learn.
pub(super) enum CaptureOutcome {
    /// The audio source is open.
    Listening,
    /// This much of the take is written.
    Recorded(Secs),
    /// The file of the take is complete.
    Saved(SavedRecording),
    /// There is no recording.
    Failed,
}

/// A complete recording.
pub(super) struct SavedRecording {
    pub(super) audio: Audio,
    /// When its last sample arrived.
    pub(super) ended: Instant,
    /// Whether a full disk cut it short.
    pub(super) is_disk_full: bool,
}

impl Capture {
    pub(super) fn new() -> Self {
        Self {
            current: None,
            finishing: Vec::new(),
            level_dbfs: None,
            signal: InputSignal::Present,
        }
    }

    /// Whether the audio source is open for a take.
    pub(super) fn is_recording(&self) -> bool {
        self.current.is_some()
    }

    /// Whether an ended recording is still completing its file.
    pub(super) fn is_finishing(&self) -> bool {
        !self.finishing.is_empty()
    }

    /// Whether any recorder is alive.
    pub(super) fn is_busy(&self) -> bool {
        self.is_recording() || self.is_finishing()
    }

    /// Level of the last tenth of a second of the current recording.
    pub(super) fn level_dbfs(&self) -> Option<f64> {
        self.level_dbfs
    }

    /// Input signal of the current recording.
    pub(super) fn signal(&self) -> InputSignal {
        self.signal
    }

    /// Opens the audio source for a take.
    pub(super) fn open(
        &mut self,
        take: TakeId,
        request: InputRequest,
        context: &Context,
    ) -> Result<(), String> {
        let (events, id) = (context.events.clone(), take.clone());
        let send = move |event| events.send(Event::Capture(id.clone(), event));
        let recorder = Recorder::open(request, send).map_err(|error| error.to_string())?;
        self.current = Some(Recording {
            take,
            has_begun: false,
            recorder,
        });
        Ok(())
    }

    /// Whether the audio source is open for this take.
    pub(super) fn is_open_for(&self, take: &TakeId) -> bool {
        self.current.as_ref().is_some_and(|r| r.take == *take)
    }

    /// Begins to write an open take to `wav`; its samples also go to `sink`.
    pub(super) fn begin(
        &mut self,
        take: &TakeId,
        wav: PathBuf,
        sink: impl FnMut(&[f32]) + Send + 'static,
    ) {
        if let Some(recording) = self.current.as_mut().filter(|r| r.take == *take) {
            recording.has_begun = true;
            self.signal = InputSignal::Present;
            recording.recorder.begin(wav, Box::new(sink));
        }
    }

    /// Ends the recording of a take, which completes its file in the background. If it has not begun, only
    /// closes the audio source.
    pub(super) fn end(&mut self, take: &TakeId) {
        let Some(recording) = self.current.take_if(|r| r.take == *take) else {
            return;
        };
        self.level_dbfs = None;
        if recording.has_begun {
            recording.recorder.end();
            self.finishing.push(recording);
        }
    }

    /// Handles an event of the recorder of a take.
    pub(super) fn handle(
        &mut self,
        take: &TakeId,
        event: RecorderEvent,
        context: &mut Context,
    ) -> Option<CaptureOutcome> {
        match event {
            // Handled by the component that knows the microphone.
            RecorderEvent::Opened(_)
            | RecorderEvent::ChannelLevels(_)
            | RecorderEvent::ChannelsDiffer(_) => None,
            RecorderEvent::Listening => Some(CaptureOutcome::Listening),
            RecorderEvent::Level(dbfs) => {
                if self.is_open_for(take) {
                    self.level_dbfs = Some(dbfs);
                }
                None
            }
            RecorderEvent::Recorded(secs) => Some(CaptureOutcome::Recorded(secs)),
            RecorderEvent::SignalChanged(signal) => {
                if self.is_open_for(take) {
                    self.signal = signal;
                    context.notify(Notification::SignalChanged(signal));
                }
                None
            }
            RecorderEvent::Saved {
                audio,
                ended,
                cut_short,
                report,
            } => {
                self.remove(take);
                let is_disk_full = matches!(cut_short, Some(RecordError::Disk { .. }));
                if let Some(why) = cut_short {
                    context.problem(format!("{why}. The recording so far is saved."));
                }
                for message in report.messages() {
                    context.notify(Notification::Warning(message));
                }
                Some(CaptureOutcome::Saved(SavedRecording {
                    audio,
                    ended,
                    is_disk_full,
                }))
            }
            RecorderEvent::Failed(why) => {
                self.remove(take);
                context.problem(why);
                Some(CaptureOutcome::Failed)
            }
        }
    }

    /// Drops the recorder of a take after its last event.
    fn remove(&mut self, take: &TakeId) {
        self.finishing.retain(|recording| recording.take != *take);
        if self.current.take_if(|r| r.take == *take).is_some() {
            self.level_dbfs = None;
        }
    }
}
