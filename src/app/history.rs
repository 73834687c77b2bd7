//! Owns the state about earlier takes that is not in the database: the take that it offers to recover
//! after a crash, and the erased takes that can be restored. Does not know the session that reviews a
//! take.

use std::sync::Arc;

use super::context::Context;
use super::history_entry::{HistoryEntry, TakePosition};
use super::take_records::TakeRecords;
use crate::analysis::analyze_with_model;
use crate::audio;
use crate::domain::profile::Profile;
use crate::domain::story::{Part, Story};
use crate::domain::take::{Take, TakeId};
use crate::domain::time::Secs;
use crate::practice::session::Reviewed;
use crate::storage;
use crate::storage::{StoreError, TakeFilter, TakeStatus, TakeSummary};

/// A shorter take has no speech worth recovering.
const MIN_RECOVERABLE: Secs = 1.0;

/// The recoverable take and the erased takes.
#[derive(Default)]
pub(super) struct History {
    recoverable: Option<HistoryEntry>,
    /// Takes that can be restored, the most recently erased one last.
    erased: Vec<ErasedTake>,
}

/// All that is needed to restore an erased take, until the program ends.
pub(super) struct ErasedTake {
    id: TakeId,
    /// Its place among the takes; `None` if it was not in the database yet.
    place: Option<TakeSummary>,
    /// What is known about it; `None` if there was only its audio.
    take: Option<Take>,
    wav: Option<Vec<u8>>,
}

impl History {
    /// Looks for a take to recover.
    pub(super) fn new(records: &TakeRecords, context: &Context) -> Self {
        Self {
            recoverable: find_recoverable(None, records, context),
            erased: Vec::new(),
        }
    }

    /// The take that is offered for recovery.
    pub(super) fn recoverable(&self) -> Option<&HistoryEntry> {
        self.recoverable.as_ref()
    }

    /// Stops offering the recoverable take, which stays in the history, and looks for the next one.
    pub(super) fn dismiss_recoverable(&mut self, records: &mut TakeRecords, context: &mut Context) {
        let Some(entry) = self.recoverable.take() else {
            return;
        };
        // Only a missing length marks a take as interrupted, so storing it prevents another offer.
        if entry.state == TakeStatus::Interrupted
            && let Err(why) = complete_interrupted(&entry.id, records, context)
        {
            context.problem(why);
        }
        self.recoverable = find_recoverable(Some(&entry.id), records, context);
    }

    /// Stops offering a take that was opened.
    pub(super) fn mark_opened(&mut self, id: &TakeId) {
        self.recoverable.take_if(|entry| entry.id == *id);
    }

    /// Looks again for a take to recover.
    pub(super) fn refresh_recoverable(&mut self, records: &TakeRecords, context: &Context) {
        self.recoverable = find_recoverable(None, records, context);
    }

    /// Erases a take, of which [`snapshot_for_erasing`] made a snapshot.
    pub(super) fn erase(
        &mut self,
        snapshot: ErasedTake,
        records: &mut TakeRecords,
        context: &mut Context,
    ) {
        let id = snapshot.id.clone();
        match records.erase(&id, context) {
            Ok(erased) => {
                for sentence in erased.messages() {
                    context.problem(sentence);
                }
            }
            Err(error) => context.problem(error),
        }
        // The audio tells whether the take is gone: erasing may have been refused, or have failed after
        // the audio was deleted. Without audio before, there is nothing to restore.
        if !context.store.wav(&id).exists() {
            records.discard_pending_take(&id);
            if snapshot.wav.is_some() {
                self.erased.push(snapshot);
            }
        }
        if self
            .recoverable
            .as_ref()
            .is_some_and(|entry| entry.id == id)
        {
            self.refresh_recoverable(records, context);
        }
    }

    /// The most recently erased take that can be restored.
    pub(super) fn last_erased(&self) -> Option<&TakeId> {
        self.erased.last().map(|erased| &erased.id)
    }

    /// Restores the most recently erased take. If that fails, it can be tried again.
    pub(super) fn undo_erase(&mut self, records: &mut TakeRecords, context: &mut Context) {
        let Some(erased) = self.erased.pop() else {
            return;
        };
        if let Err(error) = restore(&erased, records, context) {
            context.problem(error);
            self.erased.push(erased);
        }
    }
}

/// The takes in the database, newest first.
pub(super) fn list(
    records: &mut TakeRecords,
    context: &mut Context,
) -> Result<Vec<HistoryEntry>, StoreError> {
    if !context.store.has_takes() {
        return Ok(Vec::new());
    }
    records.flush(context);
    let summaries = records.list(&TakeFilter::default(), context)?;
    let entry = |summary| HistoryEntry::from_summary(summary, context);
    Ok(summaries.into_iter().map(entry).collect())
}

/// The number of answers to each follow-up question of a story. Reports a history that cannot be read.
pub(super) fn follow_up_counts(
    story: &Story,
    records: &mut TakeRecords,
    context: &mut Context,
) -> Vec<usize> {
    let entries = list(records, context).unwrap_or_else(|why| {
        context.problem(why);
        Vec::new()
    });
    let count = |number| {
        let answers_it = |entry: &&HistoryEntry| {
            entry.story.as_ref() == Some(&story.id) && entry.part == Some(Part::FollowUp(number))
        };
        entries.iter().filter(answers_it).count()
    };
    (1..=story.follow_ups.len()).map(count).collect()
}

/// The position of a take among those of the same part of the same story; `None` if the database cannot be
/// read, which opening the history reports.
pub(super) fn position(
    id: &TakeId,
    records: &mut TakeRecords,
    context: &mut Context,
) -> Option<TakePosition> {
    let take = records.take(id, context).ok()?;
    let same_part = TakeFilter {
        story: Some(take.story),
        part: Some(take.part),
    };
    let newest_first = records.list(&same_part, context).ok()?.into_iter();
    let earlier: Vec<TakeSummary> = newest_first
        .skip_while(|take| take.id != *id)
        .skip(1)
        .collect();
    let previous = earlier.iter().position(|take| take.words.unwrap_or(0) > 0);
    Some(TakePosition {
        number: earlier.len() + 1,
        previous: previous.map(|index| (earlier[index].id.clone(), earlier.len() - index)),
    })
}

/// A take with its feedback, which is computed from the stored transcript.
pub(super) fn review(
    id: &TakeId,
    profile: &Profile,
    records: &mut TakeRecords,
    context: &mut Context,
) -> Result<Reviewed, String> {
    let take = load(id, records, context)?;
    let story = story_of(&take, context)?;
    let model = Some(Arc::clone(&context.model));
    let feedback = analyze_with_model(&take, &story, profile, model)
        .ok_or_else(|| format!("take {id} is not transcribed yet"))?;
    Ok(Reviewed { take, feedback })
}

/// A take and its story, ready to be opened in a session: an interrupted one is completed.
pub(super) fn take_to_open(
    id: &TakeId,
    records: &mut TakeRecords,
    context: &mut Context,
) -> Result<(Arc<Story>, Take), String> {
    records.flush(context);
    let mut take = load(id, records, context)?;
    let story = story_of(&take, context)?;
    if take.transcription.is_none() {
        take = complete_interrupted(id, records, context)?;
    }
    Ok((story, take))
}

/// Reads everything that is needed to restore a take. A take of which that fails must not be erased.
pub(super) fn snapshot_for_erasing(
    id: &TakeId,
    records: &mut TakeRecords,
    context: &mut Context,
) -> Result<ErasedTake, StoreError> {
    records.flush(context);
    Ok(ErasedTake {
        id: id.clone(),
        place: records.summary(id, context)?,
        take: records.snapshot(id, context)?,
        wav: std::fs::read(context.store.wav(id)).ok(),
    })
}

fn restore(
    erased: &ErasedTake,
    records: &mut TakeRecords,
    context: &mut Context,
) -> Result<(), StoreError> {
    if let Some(wav) = &erased.wav {
        storage::write_whole(&context.store.wav(&erased.id), wav)?;
    }
    match (&erased.place, &erased.take) {
        (Some(place), take) => records.restore(place, take.as_ref(), context),
        (None, Some(take)) => records.save(take, context),
        (None, None) => records.save_audio_only(&erased.id, context),
    }
}

fn load(id: &TakeId, records: &mut TakeRecords, context: &mut Context) -> Result<Take, String> {
    records.take(id, context).map_err(|error| error.to_string())
}

/// The story that a take belongs to, if it still has the part of the take.
fn story_of(take: &Take, context: &Context) -> Result<Arc<Story>, String> {
    let Take {
        id,
        story: story_id,
        part,
        ..
    } = take;
    let folder = context.store.stories();
    let Some(story) = context.story(story_id) else {
        return Err(format!(
            "story `{story_id}` of take {id} is missing: restore it to {} and restart",
            folder.display()
        ));
    };
    if story.brief(*part, take.level).is_none() {
        return Err(format!(
            "story `{story_id}` no longer has the {part} that take {id} answers: restore the old version to {} and restart",
            folder.display()
        ));
    }
    Ok(Arc::clone(story))
}

/// Stores the length of an interrupted take, after which it counts as recorded.
fn complete_interrupted(
    id: &TakeId,
    records: &mut TakeRecords,
    context: &mut Context,
) -> Result<Take, String> {
    let take = load(id, records, context)?;
    if take.audio.sample_rate_hz > 0 {
        return Ok(take);
    }
    let wav = context.store.wav(id);
    // An error is ignored: the file may still be readable, or decoding gives a better message.
    if matches!(audio::repair_take(&wav), Ok(None)) {
        return Err(format!(
            "take {id} is being recorded by another Starling, or its audio was not written by Starling: stop the recording there, then open it"
        ));
    }
    let recording = audio::decode_file(&wav).map_err(|error| error.to_string())?;
    if recording.samples.is_empty() {
        return Err(format!("take {id} contains no audio: erase it"));
    }
    let take = Take {
        audio: recording.audio,
        ..take
    };
    let saved = records.save(&take, context);
    saved.map_err(|error| error.to_string())?;
    Ok(take)
}

/// The newest interrupted take; else the newest take of all if it is not transcribed, because the program
/// may have crashed during its transcription. Never the take `except`.
fn find_recoverable(
    except: Option<&TakeId>,
    records: &TakeRecords,
    context: &Context,
) -> Option<HistoryEntry> {
    let connection = records.connection()?;
    let interrupted = connection.interrupted().unwrap_or_default();
    let newest = || connection.newest().ok().flatten();
    let recoverable = |summary: TakeSummary| {
        let entry = HistoryEntry::from_summary(summary, context);
        let is_untranscribed = entry.words.is_none() && entry.story.is_some();
        let is_long_enough = entry.seconds.is_some_and(|secs| secs >= MIN_RECOVERABLE);
        (is_untranscribed && is_long_enough && Some(&entry.id) != except).then_some(entry)
    };
    let found = interrupted.into_iter().find_map(recoverable);
    found.or_else(|| newest().and_then(recoverable))
}

#[cfg(test)]
mod tests;
