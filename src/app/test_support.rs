//! What unit tests of several components share.

use std::path::Path;

use crossbeam_channel::Receiver;
use tempfile::TempDir;

use super::context::Context;
use super::event::{Event, Notification, event_queue};
use super::take_records::TakeRecords;
use crate::domain::builders::{TakeBuilder, words};
use crate::domain::story::{Part, SectionKind};
use crate::domain::take::Take;
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
    TakeBuilder::new(id)
        .story(story, Part::Section(SectionKind::Task))
        .seconds(60.0)
        .words(words(text))
        .build()
}
