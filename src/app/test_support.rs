//! What unit tests of several components share.

use std::path::Path;

use crossbeam_channel::Receiver;
use tempfile::TempDir;

use super::context::Context;
use super::event::{Event, Notification, event_queue};
use super::take_records::TakeRecords;
use crate::domain::story::Level;
use crate::domain::take::{Audio, Take, TakeId, Transcription, TranscriptionStats};
use crate::domain::transcript::{Transcript, Word};
use crate::domain::voice::Voice;
use crate::storage::Store;

/// The dependencies of a component under test, with a temporary data folder.
pub(super) struct Fixture {
    /// Deletes the folder when dropped.
    pub(super) data: TempDir,
    pub(super) context: Context,
    pub(super) records: TakeRecords,
    pub(super) inbox: Receiver<Event>,
}

impl Fixture {
    /// An empty data folder.
    pub(super) fn new() -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let path = data.path().to_owned();
        Self::with_store(data, &path)
    }

    /// A data folder at `path`, which the caller deletes.
    pub(super) fn in_folder(path: &Path) -> Self {
        Self::with_store(tempfile::tempdir().expect("a folder"), path)
    }

    fn with_store(data: TempDir, path: &Path) -> Self {
        let store = Store::at(Some(path.to_owned())).expect("a folder");
        let (events, inbox) = event_queue(|| {});
        let mut context = Context::new(store, events);
        context.load_stories();
        let records = TakeRecords::open_existing(&mut context);
        Self {
            data,
            context,
            records,
            inbox,
        }
    }

    pub(super) fn problems(&mut self) -> Vec<String> {
        problems(&mut self.context)
    }
}

/// Takes all notifications and returns the problems among them.
pub(super) fn problems(context: &mut Context) -> Vec<String> {
    let notifications = context.take_notifications().into_iter();
    let problem = |notification| match notification {
        Notification::Problem(message) => Some(message),
        _ => None,
    };
    notifications.filter_map(problem).collect()
}

/// A transcribed take of the task section, a minute long, with a word every 0.4 seconds.
pub(super) fn take(id: &str, story: &str, text: &str) -> Take {
    let word = |(index, text): (usize, &str)| Word {
        text: text.to_owned(),
        start: 0.4 * index as f64,
        end: 0.4 * index as f64 + 0.3,
        confidence: 0.9,
    };
    Take {
        id: TakeId(id.to_owned()),
        story: story.to_owned(),
        part: "task".parse().expect("a part"),
        level: Level::Mid,
        audio: Audio {
            seconds: 60.0,
            sample_rate_hz: 16_000,
            channels: 1,
            ..Audio::default()
        },
        transcription: Some(Transcription {
            voice: Voice::default(),
            transcript: Transcript {
                words: text.split_whitespace().enumerate().map(word).collect(),
            },
            engine: TranscriptionStats {
                model: "none".to_owned(),
                threads: 1,
                cpu_seconds: None,
                wall_seconds: 0.0,
            },
        }),
    }
}
