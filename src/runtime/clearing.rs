//! Erasing every take, on another thread: the database is written anew.

use super::errand::Errand;
use super::{Event, News, Runtime, keeping, playing, readings};
use crate::store::{Erased, Journal, StoreError};

/// What comes of it, and the journal, where there is one yet.
pub(super) type Cleared = (Option<Journal>, Result<Erased, StoreError>);

impl Runtime {
    /// Erases every take, what was chosen in quizzes, and every journal that was kept aside. What came of it
    /// is news. It cannot be undone.
    pub fn erase_all(&mut self) {
        if self.clearing.is_some() {
            return;
        }
        self.pause();
        // Nobody reads what is about to go.
        self.memory = readings::Memory::default();
        let journal = self.journal.take().filter(|journal| !journal.is_alone());
        let (store, outbox) = (self.store.clone(), self.outbox.clone());
        let errand = Errand::start("erase", move || {
            let opened = match journal {
                Some(journal) => Ok(journal),
                None => store.journal().map(|opened| opened.journal),
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
            Err(why) => self.problem(StoreError::Exhausted(why)),
        }
    }

    /// Whether every take is being erased.
    pub fn clearing(&self) -> bool {
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
                self.unheard = None;
                self.unkept = keeping::Unkept::default();
                self.memory = readings::Memory::default();
                self.playing = playing::Playing::default();
                self.news.push(News::AllErased(erased.takes));
                let left = erased.sentences().into_iter().map(News::Problem);
                self.news.extend(left);
            }
            Err(why) => {
                self.unheard = self.next_unheard(None);
                self.news.push(News::NotErased(why.to_string()));
            }
        }
    }
}
