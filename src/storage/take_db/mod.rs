//! The journal: what is known of every take, in one SQLite database beside the WAVs. Written on one
//! thread, that of its owner; another process may have it open, too.

pub(crate) mod erase;
pub(crate) mod import;
pub(crate) mod open;
pub(crate) mod quarantine;
pub(crate) mod read_only;
pub(crate) mod row_mapping;
pub(crate) mod schema;

use std::fs::File;

use rusqlite::{Connection, ErrorCode, Row, Transaction, TransactionBehavior};

use super::take_db::row_mapping as rows;
use super::take_db::row_mapping::Found;
use super::{Store, StoreError, validated};
use crate::domain::story::{Level, Part};
use crate::domain::take::{Audio, Take, TakeId};
use crate::domain::time::Secs;
use crate::practice::quiz::QuizAnswer;

/// The open journal of a data folder.
#[derive(Debug)]
pub struct TakeDb {
    pub(crate) store: Store,
    pub(crate) connection: Connection,
    exclusive: bool,
    /// Held as long, so that nobody renames it meanwhile.
    _in_use: Option<File>,
}

/// Which takes are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TakeFilter {
    /// Of this story only.
    pub story: Option<String>,
    /// Of this part only.
    pub part: Option<Part>,
}

/// A take in a list: what can be said of it without its words.
#[derive(Debug, Clone, PartialEq)]
pub struct TakeSummary {
    /// Its name.
    pub id: TakeId,
    /// Its story; `None` where only the sound was found.
    pub story: Option<String>,
    /// What it answers; `None` likewise, where the name does not tell.
    pub part: Option<Part>,
    /// The level it is judged at; `None` likewise.
    pub level: Option<Level>,
    /// Its length; `None` where the recording was interrupted.
    pub seconds: Option<Secs>,
    /// How many words were heard; `None` where it was not transcribed.
    pub words: Option<u32>,
}

/// How far a take came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakeStatus {
    /// Its program died while it was recorded.
    Interrupted,
    /// Its sound is whole, its words are not known.
    Recorded,
    /// Its words are known.
    Transcribed,
}

impl std::fmt::Display for TakeStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(match self {
            TakeStatus::Interrupted => "interrupted",
            TakeStatus::Recorded => "recorded",
            TakeStatus::Transcribed => "transcribed",
        })
    }
}

impl TakeSummary {
    /// How far it came.
    pub fn status(&self) -> TakeStatus {
        match (self.seconds, self.words) {
            (None, None) => TakeStatus::Interrupted,
            (Some(_), None) => TakeStatus::Recorded,
            (_, Some(_)) => TakeStatus::Transcribed,
        }
    }
}

impl TakeDb {
    pub(crate) fn new(
        store: Store,
        connection: Connection,
        alone: bool,
        in_use: Option<File>,
    ) -> Self {
        Self {
            store,
            connection,
            exclusive: alone,
            _in_use: in_use,
        }
    }

    /// Whether nobody else can use it while this is open, as it was opened on a full disk: to be dropped
    /// soon, and opened anew when it is wanted.
    pub fn is_exclusive(&self) -> bool {
        self.exclusive
    }

    /// Writes down what is known of a take, in place of what was known before: all of it or nothing.
    /// Its sound is there already; where it is not, it was erased, and so is the rest.
    pub fn save(&mut self, take: &Take) -> Result<(), StoreError> {
        let wav = self.store.wav(&take.id);
        // Whoever erases removes the sound before the row: what is there while nobody else may write
        // finds its row erased, should it go.
        let there = self.write(|tx| {
            let there = wav.try_exists();
            if let Ok(true) = there {
                rows::put(tx, take)?;
            }
            Ok(there)
        })?;
        match there {
            Ok(true) => Ok(()),
            Ok(false) => Err(StoreError::NoSound(take.id.clone())),
            Err(why) => Err(StoreError::Write { path: wav, why }),
        }
    }

    /// Writes down that there is sound under this name, and nothing else is known.
    pub fn save_audio_only(&mut self, id: &TakeId) -> Result<(), StoreError> {
        self.write(|tx| rows::put_sound(tx, id))
    }

    /// All that is known of a take.
    pub fn take(&self, id: &TakeId) -> Result<Take, StoreError> {
        let found = rows::get(&self.connection, id).map_err(|why| self.error(why))?;
        match found {
            Some(Found::Take(take)) => validated(*take),
            Some(Found::Sound) => Err(StoreError::AudioOnly(id.clone())),
            None => Err(StoreError::Unknown(id.clone())),
        }
    }

    /// As much of a take as its row still tells, and as can be; `None` where that is nothing but its sound.
    pub fn salvage(&self, id: &TakeId) -> Option<Take> {
        let take = rows::get_legible(&self.connection, id)?;
        let unheard = |take| Take {
            heard: None,
            ..take
        };
        let unmeasured = |take| Take {
            audio: Audio::default(),
            ..take
        };
        let cannot_be = |take: &Take| take.problem().is_some();
        let take = if cannot_be(&take) {
            unheard(take)
        } else {
            take
        };
        Some(if cannot_be(&take) {
            unmeasured(take)
        } else {
            take
        })
    }

    /// The takes that are wanted, newest first. No word of them is read.
    pub fn list(&self, wanted: &TakeFilter) -> Result<Vec<TakeSummary>, StoreError> {
        let (query, values) = listing(wanted);
        self.read(&query, &values, listed)
    }

    /// The newest take of all.
    pub fn newest(&self) -> Result<Option<TakeSummary>, StoreError> {
        let query =
            "SELECT id, story, part, level, seconds, words FROM takes ORDER BY id DESC LIMIT 1";
        Ok(self.read(query, &[], listed)?.pop())
    }

    /// The takes whose recording was interrupted, newest first.
    pub fn interrupted(&self) -> Result<Vec<TakeSummary>, StoreError> {
        let query = "SELECT id, story, part, level, seconds, words FROM takes
            WHERE seconds IS NULL AND words IS NULL ORDER BY id DESC";
        self.read(query, &[], listed)
    }

    /// The takes whose names begin with `name`, newest first; that of this name alone, where there is
    /// one. `last` is the newest of all.
    pub fn ids_with_prefix(&self, name: &str) -> Result<Vec<TakeId>, StoreError> {
        let newest = "SELECT id FROM takes WHERE ?1 = ?1 ORDER BY id DESC LIMIT 1";
        let prefixed = "SELECT id FROM takes WHERE substr(id, 1, length(?1)) = ?1 ORDER BY id DESC";
        let query = if name == "last" { newest } else { prefixed };
        let values = [name.to_owned()];
        let mut found = self.read(query, &values, |row| Ok(TakeId(row.get(0)?)))?;
        if found.iter().any(|id| id.0 == name) {
            found.retain(|id| id.0 == name);
        }
        Ok(found)
    }

    /// Writes down an answer to a quiz question.
    pub fn save_quiz_answer(&mut self, chosen: &QuizAnswer) -> Result<(), StoreError> {
        self.write(|tx| rows::put_chosen(tx, chosen))
    }

    /// What was chosen in a story's quiz, oldest first.
    pub fn quiz_answers(&self, story: &str) -> Result<Vec<QuizAnswer>, StoreError> {
        let query = "SELECT at, ask, chosen FROM quiz WHERE story = ?1 ORDER BY number";
        self.read(query, &[story.to_owned()], |row| {
            Ok(QuizAnswer {
                at: row.get(0)?,
                story: story.to_owned(),
                ask: row.get(1)?,
                option: row.get(2)?,
            })
        })
    }

    fn read<T>(
        &self,
        query: &str,
        values: &[String],
        each: impl FnMut(&Row) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let read = || -> rusqlite::Result<Vec<T>> {
            let mut statement = self.connection.prepare(query)?;
            let rows = statement.query_map(rusqlite::params_from_iter(values), each)?;
            rows.collect()
        };
        read().map_err(|why| self.error(why))
    }

    /// One transaction, which is over when this is, or never was.
    pub(crate) fn write<T>(
        &mut self,
        work: impl FnOnce(&Transaction) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        written(&mut self.connection, work).map_err(|why| self.error(why))
    }

    pub(crate) fn error(&self, why: rusqlite::Error) -> StoreError {
        StoreError::Database {
            path: self.store.database(),
            why,
        }
    }
}

/// Takes the right to write first: two that read before they write would get in each other's way.
pub(crate) fn written<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Transaction) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = work(&tx)?;
    tx.commit()?;
    Ok(done)
}

fn listing(wanted: &TakeFilter) -> (String, Vec<String>) {
    let mut query = "SELECT id, story, part, level, seconds, words FROM takes".to_owned();
    let part = wanted.part.map(|part| part.to_string());
    let mut values = Vec::new();
    for (column, value) in [("story", wanted.story.clone()), ("part", part)] {
        if let Some(value) = value {
            let word = if values.is_empty() { "WHERE" } else { "AND" };
            query += &format!(" {word} {column} = ?");
            values.push(value);
        }
    }
    query += " ORDER BY id DESC";
    (query, values)
}

fn listed(row: &Row) -> rusqlite::Result<TakeSummary> {
    let part: Option<String> = row.get(2)?;
    let level: Option<String> = row.get(3)?;
    Ok(TakeSummary {
        id: TakeId(row.get(0)?),
        story: row.get(1)?,
        part: part.map(|part| rows::parse("section", &part)).transpose()?,
        level: level
            .map(|level| rows::parse("level", &level))
            .transpose()?,
        seconds: row.get(4)?,
        words: row.get(5)?,
    })
}

/// Reads the whole list: a damaged letter is not seen by SQLite.
pub(crate) fn probe(connection: &Connection) -> rusqlite::Result<()> {
    let query = "SELECT id, story, part, level, seconds, words FROM takes NOT INDEXED";
    let mut statement = connection.prepare(query)?;
    let mut takes = statement.query_map([], listed)?;
    takes.try_for_each(|take| take.map(drop))
}

/// What to do where the journal cannot be used.
/// Whether it could be written at another time: the disk is full or away, or others write.
pub(crate) fn is_transient(why: &rusqlite::Error) -> bool {
    let codes = [
        ErrorCode::DatabaseBusy,
        ErrorCode::DatabaseLocked,
        ErrorCode::DiskFull,
        ErrorCode::SystemIoFailure,
        ErrorCode::CannotOpen,
        ErrorCode::ReadOnly,
        ErrorCode::PermissionDenied,
    ];
    why.sqlite_error_code()
        .is_some_and(|code| codes.contains(&code))
}

pub(crate) fn advice(why: &rusqlite::Error) -> &'static str {
    match why.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "Another program is writing in it: try again"
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            "Start Starling again: it will be kept aside, and a new one begun"
        }
        Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure) => {
            "Make room, or name another folder with --data"
        }
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            "Make its folder one that you may write to, or name another with --data"
        }
        _ => "Move it away: a new one is then begun from the sound of the takes",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::tests::{heard_take, in_a_folder, silent_take};

    #[test]
    fn a_take_comes_back_to_the_last_digit() {
        let (_folder, store) = in_a_folder();
        let mut journal = store.open_take_db().expect("room").db;
        let take = heard_take("2026-11-23T18-04-09.120-task", "there was no ticket");
        std::fs::write(store.wav(&take.id), "sound").expect("room");
        // First without its words, as it is written while they are on their way.
        let unheard = silent_take(&take.id.0);
        journal.save(&unheard).expect("room");
        assert_eq!(journal.take(&take.id).expect("kept"), unheard);
        journal.save(&take).expect("room");
        assert_eq!(journal.take(&take.id).expect("kept"), take);
        journal.save(&take).expect("room");
        drop(journal);
        let journal = store.open_take_db().expect("there").db;
        assert_eq!(journal.take(&take.id).expect("kept"), take);
        assert_eq!(
            journal.list(&TakeFilter::default()).expect("a list").len(),
            1
        );
    }

    #[test]
    fn a_take_without_sound_is_not_kept() {
        let (_folder, store) = in_a_folder();
        let mut journal = store.open_take_db().expect("room").db;
        let take = heard_take("2026-11-23T18-04-09.120-task", "there was no ticket");
        let said = journal.save(&take).expect_err("no sound").to_string();
        assert!(said.contains("was erased"), "{said}");
        let said = journal.take(&take.id).expect_err("none").to_string();
        assert!(said.contains("there is no take"), "{said}");
    }

    #[test]
    fn takes_are_found_by_story_part_and_the_beginning_of_their_names() {
        let (_folder, store) = in_a_folder();
        let mut journal = store.open_take_db().expect("room").db;
        for (id, story) in [
            ("2026-11-22T08-00-00.000-task", "a"),
            ("2026-11-23T08-00-00.000-result", "a"),
            ("2026-11-23T09-00-00.000-task", "b"),
            ("2026-11-23T09-00-00.000-task-2", "b"),
        ] {
            let mut take = heard_take(id, "so it went");
            take.story = story.to_owned();
            take.part = take.id.part().unwrap_or(Part::Whole);
            std::fs::write(store.wav(&take.id), "sound").expect("room");
            journal.save(&take).expect("room");
        }
        let days = |story: Option<&str>, part: Option<&str>| {
            let wanted = TakeFilter {
                story: story.map(str::to_owned),
                part: part.map(|part| part.parse().expect("a part")),
            };
            let list = journal.list(&wanted).expect("a list");
            let hours = list.iter().map(|take| take.id.0[8..13].to_owned());
            hours.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(days(None, None), "23T09 23T09 23T08 22T08");
        assert_eq!(days(Some("a"), None), "23T08 22T08");
        assert_eq!(days(None, Some("task")), "23T09 22T08");
        assert_eq!(days(Some("a"), Some("task")), "22T08");
        assert_eq!(days(Some("c"), None), "");
        let named = |name: &str| journal.ids_with_prefix(name).expect("a list").len();
        assert_eq!(named("2026-11-22"), 1);
        assert_eq!(named("2026-11-23"), 3);
        assert_eq!(named("2026-11-23T09-00-00.000-task"), 1);
        assert_eq!(named("%"), 0);
        let last = journal.ids_with_prefix("last").expect("one");
        assert_eq!(last[0].0, "2026-11-23T09-00-00.000-task-2");
    }

    #[test]
    fn a_list_reads_no_word_and_sorts_nothing() {
        let (_folder, store) = in_a_folder();
        let journal = store.open_take_db().expect("room").db;
        for (story, part) in [(None, None), (Some("a"), None), (None, Some(Part::Whole))] {
            let story = story.map(str::to_owned);
            let (query, values) = listing(&TakeFilter { story, part });
            let plan: Vec<String> = journal
                .connection
                .prepare(&format!("EXPLAIN QUERY PLAN {query}"))
                .expect("SQL")
                .query_map(rusqlite::params_from_iter(values), |row| row.get("detail"))
                .expect("a plan")
                .collect::<rusqlite::Result<_>>()
                .expect("a plan");
            let plan = plan.join("; ");
            assert!(plan.contains("takes USING INDEX"), "{plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{plan}");
        }
    }

    #[test]
    fn five_thousand_takes_are_listed() {
        let (_folder, store) = in_a_folder();
        let mut journal = store.open_take_db().expect("room").db;
        let take = heard_take("x", &"word ".repeat(40));
        journal
            .write(|tx| {
                for number in 0..5000 {
                    let id = TakeId(format!("take-{number:04}"));
                    rows::put(tx, &Take { id, ..take.clone() })?;
                }
                Ok(())
            })
            .expect("room");
        let list = journal.list(&TakeFilter::default()).expect("a list");
        assert_eq!(list.len(), 5000);
        assert_eq!(list[0].id.0, "take-4999");
        assert!(list.iter().all(|take| take.words == Some(40)));
    }

    #[test]
    fn quiz_answers_come_back_in_their_order() {
        let (_folder, store) = in_a_folder();
        let mut journal = store.open_take_db().expect("room").db;
        let chosen = |at: &str, story: &str| QuizAnswer {
            at: at.to_owned(),
            story: story.to_owned(),
            ask: "Who owned it?".to_owned(),
            option: "Nobody".to_owned(),
        };
        let all = [chosen("2", "a"), chosen("1", "a"), chosen("3", "b")];
        for chosen in &all {
            journal.save_quiz_answer(chosen).expect("room");
        }
        assert_eq!(journal.quiz_answers("a").expect("a list"), all[..2]);
    }
}
