//! Erasing every take, on another thread: the database is written anew.

use super::background_task::BackgroundTask;
use super::{
    Controller, Event, Notification, history_metrics, pending_writes, playback as playing,
};
use crate::storage::{Erased, StoreError, TakeDb};

/// What comes of it, and the journal, where there is one yet.
pub(super) type Cleared = (Option<TakeDb>, Result<Erased, StoreError>);

impl Controller {
    /// Erases every take, what was chosen in quizzes, and every journal that was kept aside. What came of it
    /// is news. It cannot be undone.
    pub fn erase_all(&mut self) {
        if self.clearing.is_some() {
            return;
        }
        self.pause();
        // Nobody reads what is about to go.
        self.memory = history_metrics::MetricsCache::default();
        let journal = self
            .journal
            .take()
            .filter(|journal| !journal.is_exclusive());
        let (store, outbox) = (self.store.clone(), self.outbox.clone());
        let errand = BackgroundTask::start("erase", move || {
            let opened = match journal {
                Some(journal) => Ok(journal),
                None => store.open_take_db().map(|opened| opened.db),
            };
            let cleared = match opened {
                Ok(mut journal) => {
                    let erased = journal.erase_all();
                    (Some(journal), erased)
                }
                Err(why) => (None, Err(why)),
            };
            outbox.send(Event::Cleared(Box::new(cleared)));
        });
        match errand {
            Ok(errand) => self.clearing = Some(errand),
            Err(why) => self.problem(StoreError::ThreadSpawn(why)),
        }
    }

    /// Whether every take is being erased.
    pub fn is_erasing_all(&self) -> bool {
        self.clearing.is_some()
    }

    pub(super) fn cleared(&mut self, (journal, erased): Cleared) {
        self.clearing = None;
        if self.journal.is_none() {
            self.journal = journal;
        }
        match erased {
            Ok(erased) => {
                // Nothing of it is left in mind either, nor comes back from there.
                self.undo = Vec::new();
                self.recoverable = None;
                self.unkept = pending_writes::PendingWrites::default();
                self.memory = history_metrics::MetricsCache::default();
                self.playing = playing::PlaybackState::default();
                self.news.push(Notification::AllErased(erased.takes));
                let left = erased.messages().into_iter().map(Notification::Problem);
                self.news.extend(left);
            }
            Err(why) => {
                self.recoverable = self.next_recoverable(None);
                self.news.push(Notification::EraseFailed(why.to_string()));
            }
        }
    }
}
