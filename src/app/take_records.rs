//! Owns what is stored about takes and quiz answers: the take database and the writes that wait for it.
//! Reads write what is pending first, so that they are complete.

use super::context::Context;
use super::pending_writes::PendingWrites;
use super::take_database::TakeDatabase;
use crate::domain::take::{Take, TakeId};
use crate::practice::quiz::QuizAnswer;
use crate::storage::{Erased, StoreError, TakeDb, TakeFilter, TakeSummary};

/// The take database and the writes that wait for it.
pub(super) struct TakeRecords {
    database: TakeDatabase,
    pending: PendingWrites,
}

impl TakeRecords {
    /// Opens the database if the data folder has takes.
    pub(super) fn open_existing(context: &mut Context) -> Self {
        Self {
            database: TakeDatabase::open_existing(context),
            pending: PendingWrites::default(),
        }
    }

    /// The open connection, if there is one.
    pub(super) fn connection(&self) -> Option<&TakeDb> {
        self.database.connection()
    }

    /// Opens the database if it is not open.
    pub(super) fn open(&mut self, context: &mut Context) -> Result<&mut TakeDb, StoreError> {
        self.database.open(context)
    }

    /// Closes a connection that locks out other programs.
    pub(super) fn release_exclusive(&mut self) {
        self.database.release_exclusive();
    }

    /// Hands over the connection, so that all takes can be erased on another thread.
    pub(super) fn detach(&mut self) -> Option<TakeDb> {
        self.database.detach()
    }

    /// Takes the connection back.
    pub(super) fn attach(&mut self, connection: Option<TakeDb>) {
        self.database.attach(connection);
    }

    /// Saves a take at the next poll, after the UI has shown it; the disk may be slow. Until the disk has
    /// room, the take stays in memory.
    pub(super) fn save_soon(&mut self, take: Take, context: &Context) {
        self.pending.add_take(take);
        context.events.wake();
    }

    /// Writes everything that is pending, as far as possible.
    pub(super) fn flush(&mut self, context: &mut Context) {
        self.pending.flush(&mut self.database, context);
    }

    /// Whether a take was added since the last attempt to write.
    pub(super) fn has_new(&self) -> bool {
        self.pending.has_new()
    }

    /// As [`TakeRecords::has_new`], and resets it.
    pub(super) fn take_new(&mut self) -> bool {
        self.pending.take_new()
    }

    /// Records that the user was told that the disk is full.
    pub(super) fn mark_disk_full_reported(&mut self) {
        self.pending.mark_failure_reported();
    }

    /// Drops everything that is pending.
    pub(super) fn discard_pending(&mut self) {
        self.pending = PendingWrites::default();
    }

    /// Drops the pending version of a take.
    pub(super) fn discard_pending_take(&mut self, id: &TakeId) {
        self.pending.remove_take(id);
    }

    /// The takes that `filter` selects, newest first.
    pub(super) fn list(
        &mut self,
        filter: &TakeFilter,
        context: &mut Context,
    ) -> Result<Vec<TakeSummary>, StoreError> {
        self.open(context)?.list(filter)
    }

    /// A take as the database has it.
    pub(super) fn take(&mut self, id: &TakeId, context: &mut Context) -> Result<Take, StoreError> {
        self.open(context)?.take(id)
    }

    /// Everything known about a take, pending or stored; `None` if there is only its audio. Of an
    /// inconsistent row, what is legible.
    pub(super) fn snapshot(
        &mut self,
        id: &TakeId,
        context: &mut Context,
    ) -> Result<Option<Take>, StoreError> {
        if let Some(pending) = self.pending.take(id) {
            return Ok(Some(pending.clone()));
        }
        let connection = self.open(context)?;
        match connection.take(id) {
            Ok(take) => Ok(Some(take)),
            Err(error) if error.is_transient() => Err(error),
            Err(_) => Ok(connection.salvage(id)),
        }
    }

    /// Writes a take now.
    pub(super) fn save(&mut self, take: &Take, context: &mut Context) -> Result<(), StoreError> {
        self.open(context)?.save(take)
    }

    /// The summary of a take in the database; `None` if it is not there.
    pub(super) fn summary(
        &mut self,
        id: &TakeId,
        context: &mut Context,
    ) -> Result<Option<TakeSummary>, StoreError> {
        self.open(context)?.summary(id)
    }

    /// Brings an erased take back to its place. `take` is `None` if only its audio is known.
    pub(super) fn restore(
        &mut self,
        place: &TakeSummary,
        take: Option<&Take>,
        context: &mut Context,
    ) -> Result<(), StoreError> {
        self.open(context)?.restore(place, take)
    }

    /// Writes a row for a take of which there is only the audio.
    pub(super) fn save_audio_only(
        &mut self,
        id: &TakeId,
        context: &mut Context,
    ) -> Result<(), StoreError> {
        self.open(context)?.save_audio_only(id)
    }

    /// Erases a take and its audio.
    pub(super) fn erase(
        &mut self,
        id: &TakeId,
        context: &mut Context,
    ) -> Result<Erased, StoreError> {
        self.open(context)?.erase(id)
    }

    /// The answers to the quiz of a story, oldest first, with the pending ones. Reports a database that
    /// cannot be read.
    pub(super) fn quiz_answers(&mut self, story: &str, context: &mut Context) -> Vec<QuizAnswer> {
        self.flush(context);
        let pending = self.pending.quiz_answers(story);
        // Reading must not create a database.
        if !context.store.has_takes() {
            return pending;
        }
        let stored = self
            .open(context)
            .and_then(|connection| connection.quiz_answers(story));
        let mut answers = stored.unwrap_or_else(|error| {
            context.problem(error);
            Vec::new()
        });
        answers.extend(pending);
        answers
    }

    /// Writes an answer, now or once the disk has room.
    pub(super) fn save_quiz_answer(&mut self, answer: QuizAnswer, context: &mut Context) {
        self.pending.add_quiz_answer(answer);
        self.flush(context);
    }
}

#[cfg(test)]
mod tests;
