//! What lies beside the WAVs without being in the journal: the JSON files that older versions wrote,
//! and sound whose process died before it could say what it is.

use std::collections::HashMap;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use super::row_mapping;
use crate::domain::take::{Take, TakeId};
use crate::practice::quiz::QuizAnswer;
use crate::storage::{Store, StoreError, fs as files, take_db};

/// What was taken in.
#[derive(Debug, Default)]
pub struct ImportSummary {
    /// Takes of which more is known than their sound.
    pub told: usize,
    /// Takes of which there was only the sound.
    pub sounds: usize,
    /// JSON files that could not be read, or not be removed; they stay as they are.
    pub left: Vec<StoreError>,
}

/// What a journal that cannot be used still tells.
#[derive(Debug, Default)]
pub struct Salvaged {
    /// Takes whose sound is there.
    pub takes: Vec<Take>,
    /// What was chosen in quizzes, oldest first.
    pub chosen: Vec<QuizAnswer>,
}

/// A recorder says what it records a tenth of a second after it began. Asked only where a file system
/// has no locks.
const BEING_RECORDED: Duration = Duration::from_secs(2);

/// Takes everything in, in one transaction; the JSON files go once that is on the disk. Sound that is
/// being recorded is another program's, unless the journal is `new`: then nothing is known but what was
/// `legible` in the one before.
pub fn import(
    connection: &mut Connection,
    store: &Store,
    new: bool,
    legible: Salvaged,
) -> Result<ImportSummary, StoreError> {
    let failed = |why| StoreError::Database {
        path: store.database(),
        why,
    };
    let folder = store.takes();
    let (jsons, wavs) = (named(&folder, "json"), named(&folder, "wav"));
    let known = known(connection).map_err(failed)?;
    let mut taken = ImportSummary::default();
    // Of what is damaged every letter may be another.
    let Salvaged { mut takes, chosen } = legible;
    takes.retain(|take| take.problem().is_none());
    let mut done = Vec::new();
    for (id, path) in jsons {
        match read(&id, &path) {
            Ok(take) => {
                // One that was taken in before, but not removed, may have been heard again since; or an
                // older version is running still, and has heard it now.
                if known
                    .get(&id)
                    .is_none_or(|known| *known < completeness(&take))
                {
                    takes.push(take);
                }
                done.push(path);
            }
            Err(error) => taken.left.push(error),
        }
    }
    let told = |id: &TakeId| known.contains_key(id) || takes.iter().any(|take| take.id == *id);
    let sounds: Vec<TakeId> = wavs
        .into_iter()
        .filter(|(id, path)| !told(id) && (new || !being_recorded(path)))
        .map(|(id, _)| id)
        .collect();
    if !takes.is_empty() || !sounds.is_empty() || !chosen.is_empty() {
        let written = take_db::written(connection, |tx| {
            for take in &takes {
                row_mapping::put(tx, take)?;
            }
            for id in &sounds {
                row_mapping::put_sound(tx, id)?;
            }
            chosen
                .iter()
                .try_for_each(|chosen| row_mapping::put_chosen(tx, chosen))
        });
        written.map_err(failed)?;
    }
    for path in done {
        // One that stays is known by then, and goes the next time.
        if let Err(why) = files::remove(&path) {
            taken.left.push(StoreError::Write { path, why });
        }
    }
    taken.told = takes.len();
    taken.sounds = sounds.len();
    Ok(taken)
}

impl ImportSummary {
    /// What the user is told, where anything is to be told.
    pub fn sentences(&self) -> Vec<String> {
        let mut said = Vec::new();
        match self.left.as_slice() {
            [] => {}
            [only] => said.push(only.to_string()),
            [first, rest @ ..] => said.push(format!("{first} (and {} like it)", rest.len())),
        }
        match self.sounds {
            0 => {}
            1 => said.push(
                "found the sound of a take, and nothing about it: `starling history` lists it"
                    .to_owned(),
            ),
            n => said.push(format!(
                "found the sound of {n} takes, and nothing about them: `starling history` lists them"
            )),
        }
        said
    }
}

/// The takes that have a file of this kind, by name.
pub fn named(folder: &Path, extension: &str) -> Vec<(TakeId, PathBuf)> {
    let mut found: Vec<(TakeId, PathBuf)> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_name()?.to_str()?.strip_suffix(extension)?;
            let id = TakeId(name.strip_suffix('.')?.to_owned());
            (id.is_file_name() && path.is_file()).then_some((id, path))
        })
        .collect();
    found.sort();
    found
}

/// Whether a recorder holds the file; that of a process which died lets go of it.
pub fn being_recorded(wav: &Path) -> bool {
    match File::open(wav).map(|file| file.try_lock_shared()) {
        Ok(Ok(())) => return false,
        Ok(Err(TryLockError::WouldBlock)) => return true,
        Ok(Err(TryLockError::Error(_))) | Err(_) => {}
    }
    let age = || wav.metadata().ok()?.modified().ok()?.elapsed().ok();
    age().is_some_and(|age| age < BEING_RECORDED)
}

/// How much is known of a take: its sound, its story, that its recording is whole, its words.
fn completeness(take: &Take) -> u8 {
    match (&take.heard, take.audio.sample_rate_hz) {
        (Some(_), _) => 3,
        (None, 0) => 1,
        (None, _) => 2,
    }
}

/// The takes in the journal, with as much.
fn known(connection: &Connection) -> rusqlite::Result<HashMap<TakeId, u8>> {
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
    let wrong = |why: String| StoreError::Read {
        path: path.to_owned(),
        why,
    };
    let json = fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let take: Take = serde_json::from_slice(&json).map_err(|error| wrong(unquoted(&error)))?;
    if take.id != *id {
        return Err(wrong("it is about another take".to_owned()));
    }
    match take.problem() {
        None => Ok(take),
        Some(why) => Err(wrong(why.to_owned())),
    }
}

/// What is wrong with JSON, and where. What stands there is not quoted: it may have been spoken.
fn unquoted(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    let what = match error.classify() {
        Category::Io | Category::Eof => "it ends early",
        Category::Syntax => "it is no JSON",
        Category::Data => "something else is expected",
    };
    format!("line {}, column {}: {what}", error.line(), error.column())
}
