//! Owns the takes and quiz answers that are not in the take database yet, and writes them: after the UI
//! has shown them, or once the disk has room.

use super::context::Context;
use super::take_database::TakeDatabase;
use crate::domain::take::{Take, TakeId};
use crate::practice::quiz::QuizAnswer;
use crate::storage::{StoreError, TakeDb};

/// Takes and quiz answers to be written. Takes are written first.
#[derive(Default)]
pub(super) struct PendingWrites {
    takes: Vec<Take>,
    /// Whether a take was added since the last attempt to write.
    has_new: bool,
    quiz_answers: Vec<QuizAnswer>,
    failures: FailureReports,
}

/// Which failures the user knows about.
#[derive(Default)]
struct FailureReports {
    /// Whether a transient failure was reported since the last success.
    is_transient_reported: bool,
    /// The messages of permanent failures that were reported.
    rejections: Vec<String>,
}

/// The outcome of one write.
enum WriteOutcome {
    Written,
    /// A transient failure: this write and all after it remain pending.
    Retry,
    /// A permanent failure: only this write remains pending.
    Rejected,
}

impl PendingWrites {
    /// Adds a take. It replaces an earlier version of itself in its place, because takes are numbered in the
    /// order in which they are written.
    pub(super) fn add_take(&mut self, take: Take) {
        match self.takes.iter_mut().find(|pending| pending.id == take.id) {
            Some(pending) => *pending = take,
            None => self.takes.push(take),
        }
        self.has_new = true;
    }

    pub(super) fn add_quiz_answer(&mut self, answer: QuizAnswer) {
        self.quiz_answers.push(answer);
    }

    /// Whether a take was added since the last attempt to write.
    pub(super) fn has_new(&self) -> bool {
        self.has_new
    }

    /// As [`PendingWrites::has_new`], and resets it.
    pub(super) fn take_new(&mut self) -> bool {
        std::mem::take(&mut self.has_new)
    }

    /// The pending version of a take.
    pub(super) fn take(&self, id: &TakeId) -> Option<&Take> {
        self.takes.iter().find(|take| take.id == *id)
    }

    /// The pending answers to the quiz of a story, oldest first.
    pub(super) fn quiz_answers(&self, story: &str) -> Vec<QuizAnswer> {
        let answers = self.quiz_answers.iter();
        answers.filter(|a| a.story == story).cloned().collect()
    }

    /// Drops the pending version of a take.
    pub(super) fn remove_take(&mut self, id: &TakeId) {
        self.takes.retain(|take| take.id != *id);
    }

    /// Records that the user was told that the disk is full, so that failed writes need not report it.
    pub(super) fn mark_failure_reported(&mut self) {
        self.failures.is_transient_reported = true;
    }

    /// Tries to write everything. What cannot be written remains pending.
    pub(super) fn flush(&mut self, database: &mut TakeDatabase, context: &mut Context) {
        self.has_new = false;
        let failures = &mut self.failures;
        let takes = &mut self.takes;
        if write_all(takes, failures, database, context, TakeDb::save) {
            let answers = &mut self.quiz_answers;
            write_all(
                answers,
                failures,
                database,
                context,
                TakeDb::save_quiz_answer,
            );
        }
    }
}

/// Writes the items in order and removes the written ones. Returns false after a transient failure.
fn write_all<T>(
    items: &mut Vec<T>,
    failures: &mut FailureReports,
    database: &mut TakeDatabase,
    context: &mut Context,
    write: impl Fn(&mut TakeDb, &T) -> Result<(), StoreError>,
) -> bool {
    let mut may_continue = true;
    items.retain(|item| {
        if !may_continue {
            return true;
        }
        let outcome = match database.open(context) {
            Ok(connection) => {
                let result = write(connection, item);
                failures.record(result, context)
            }
            Err(error) => failures.record_transient(error, context),
        };
        may_continue = !matches!(outcome, WriteOutcome::Retry);
        !matches!(outcome, WriteOutcome::Written)
    });
    may_continue
}

impl FailureReports {
    fn record(&mut self, result: Result<(), StoreError>, context: &mut Context) -> WriteOutcome {
        match result {
            Ok(()) => {
                self.is_transient_reported = false;
                WriteOutcome::Written
            }
            // The take was erased meanwhile, so its write can never succeed.
            Err(error @ StoreError::AudioErased(_)) => {
                context.problem(error);
                WriteOutcome::Written
            }
            Err(error) if error.is_transient() => self.record_transient(error, context),
            Err(error) => {
                let message = error.to_string();
                if !self.rejections.contains(&message) {
                    context.problem(&message);
                    self.rejections.push(message);
                }
                WriteOutcome::Rejected
            }
        }
    }

    fn record_transient(&mut self, error: StoreError, context: &mut Context) -> WriteOutcome {
        if !std::mem::replace(&mut self.is_transient_reported, true) {
            context.problem(error);
        }
        WriteOutcome::Retry
    }
}
