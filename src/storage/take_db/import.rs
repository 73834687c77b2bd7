//! Imports what is beside the database but not in it: JSON files of older versions, and recordings whose
//! process died before it wrote a row.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use rusqlite::Connection;

use super::salvage::Salvaged;
use super::take_files::{files_of_takes, is_being_recorded};
use super::take_order::Estimate;
use super::{row_mapping, sqlite, take_order};
use crate::domain::start_time::StartTime;
use crate::domain::take::{Take, TakeId};
use crate::storage::error::StoreError;
use crate::storage::file_ops;
use crate::storage::store::Store;

/// Result of an import.
#[derive(Debug, Default)]
pub struct ImportSummary {
    /// Number of takes with facts.
    pub known: usize,
    /// Number of takes of which only the audio is known.
    pub audio_only: usize,
    /// JSON files that could not be read or removed. They were not changed.
    pub failed: Vec<StoreError>,
}

/// Imports everything in one transaction; the JSON files are removed after that. Recordings in progress
/// are left to their process, unless the database is new (`is_new`): then only `salvaged` is known.
pub fn import(
    connection: &mut Connection,
    store: &Store,
    is_new: bool,
    salvaged: Salvaged,
) -> Result<ImportSummary, StoreError> {
    let db_error = |why| StoreError::Database {
        path: store.database(),
        why,
    };
    let folder = store.takes();
    let (jsons, wavs) = (
        files_of_takes(&folder, "json"),
        files_of_takes(&folder, "wav"),
    );
    let known = known_completeness(connection).map_err(db_error)?;
    let mut summary = ImportSummary::default();
    // In a damaged database any value may be wrong.
    let Salvaged {
        mut takes,
        quiz_answers,
    } = salvaged;
    takes.retain(|take| take.problem().is_none());
    // Salvaged takes are in order; what follows is put in place by its time.
    let salvaged = takes.len();
    let mut imported = Vec::new();
    for (id, path) in jsons {
        match read(&id, &path) {
            Ok(take) => {
                // A take that was imported before, but whose file was not removed, may have been transcribed
                // again. Or an older version is still running and has just transcribed it.
                if known
                    .get(&id)
                    .is_none_or(|known| *known < completeness(&take))
                {
                    takes.push(take);
                }
                imported.push(path);
            }
            Err(error) => summary.failed.push(error),
        }
    }
    let is_known = |id: &TakeId| known.contains_key(id) || takes.iter().any(|take| take.id == *id);
    let audio_only: Vec<TakeId> = wavs
        .into_iter()
        .filter(|(id, path)| !is_known(id) && (is_new || !is_being_recorded(path)))
        .map(|(id, _)| id)
        .collect();
    let mut to_place = Vec::new();
    let mut estimate = |id: &TakeId| {
        let estimate = Estimate::of(id, store);
        to_place.push((id.clone(), estimate.clone()));
        estimate.started
    };
    let audio_only: Vec<(TakeId, Option<StartTime>)> = audio_only
        .into_iter()
        .map(|id| (id.clone(), estimate(&id)))
        .collect();
    for (index, take) in takes.iter_mut().enumerate() {
        // A known take keeps its place.
        if index >= salvaged && !known.contains_key(&take.id) {
            take.started = estimate(&take.id);
        } else if index < salvaged && take.started.is_none() {
            take.started = Estimate::of(&take.id, store).started;
        }
    }
    if !takes.is_empty() || !audio_only.is_empty() || !quiz_answers.is_empty() {
        let written = sqlite::write(connection, |tx| {
            for take in &takes {
                row_mapping::put(tx, take)?;
            }
            for (id, started) in &audio_only {
                row_mapping::put_audio_only(tx, id, started.as_ref())?;
            }
            if !to_place.is_empty() {
                take_order::put_in_place(tx, to_place)?;
            }
            quiz_answers
                .iter()
                .try_for_each(|answer| row_mapping::put_quiz_answer(tx, answer))
        });
        written.map_err(db_error)?;
    }
    for path in imported {
        // If that fails, the take is known from now on, and the file is removed next time.
        if let Err(why) = file_ops::remove(&path) {
            summary.failed.push(StoreError::Write { path, why });
        }
    }
    summary.known = takes.len();
    summary.audio_only = audio_only.len();
    Ok(summary)
}

impl ImportSummary {
    /// Messages for the user.
    pub fn messages(&self) -> Vec<String> {
        let mut messages = Vec::new();
        match self.failed.as_slice() {
            [] => {}
            [only] => messages.push(only.to_string()),
            [first, rest @ ..] => messages.push(format!("{first} (and {} more)", rest.len())),
        }
        match self.audio_only {
            0 => {}
            1 => messages.push(
                "found a recording without a database entry: `starling history` lists it"
                    .to_owned(),
            ),
            n => messages.push(format!(
                "found {n} recordings without a database entry: `starling history` lists them"
            )),
        }
        messages
    }
}

/// Rank of what is known of a take: 0 only audio, 1 story, 2 complete recording, 3 transcript.
fn completeness(take: &Take) -> u8 {
    match (&take.transcription, take.audio.sample_rate_hz) {
        (Some(_), _) => 3,
        (None, 0) => 1,
        (None, _) => 2,
    }
}

/// The takes in the database with their [`completeness`].
fn known_completeness(connection: &Connection) -> rusqlite::Result<HashMap<TakeId, u8>> {
    let query = "
        SELECT id, CASE WHEN words IS NOT NULL THEN 3 WHEN seconds IS NOT NULL THEN 2
            WHEN story IS NOT NULL THEN 1 ELSE 0 END
        FROM takes";
    connection
        .prepare(query)?
        .query_map([], |row| Ok((TakeId(row.get(0)?), row.get(1)?)))?
        .collect()
}

fn read(id: &TakeId, path: &Path) -> Result<Take, StoreError> {
    let invalid = |why: String| StoreError::Read {
        path: path.to_owned(),
        why,
    };
    let json = fs::read(path).map_err(|error| invalid(error.to_string()))?;
    let take: Take =
        serde_json::from_slice(&json).map_err(|error| invalid(describe_json_error(&error)))?;
    if take.id != *id {
        return Err(invalid("it describes another take".to_owned()));
    }
    match take.problem() {
        None => Ok(take),
        Some(why) => Err(invalid(why.to_owned())),
    }
}

/// Describes a JSON error and its position. Does not quote the file, because it may contain speech.
fn describe_json_error(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    let what = match error.classify() {
        Category::Io | Category::Eof => "unexpected end of file",
        Category::Syntax => "not valid JSON",
        Category::Data => "unexpected value",
    };
    format!("line {}, column {}: {what}", error.line(), error.column())
}
