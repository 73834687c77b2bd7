//! Reads and writes the take database: takes, their summaries and quiz answers. How it is opened, filled by an
//! import and erased is the subject of other modules.

use std::fs::File;

use rusqlite::{Connection, Row, Transaction};

use super::erase::Erased;
use super::row_mapping::{self, Found};
use super::{erase, sqlite};
use crate::domain::start_time::StartTime;
use crate::domain::story::{Level, Part};
use crate::domain::take::{Audio, Take, TakeId};
use crate::domain::time::Secs;
use crate::practice::quiz::QuizAnswer;
use crate::storage::error::StoreError;
use crate::storage::store::Store;

/// The open take database of a data folder.
#[derive(Debug)]
pub struct TakeDb {
    store: Store,
    connection: Connection,
    exclusive: bool,
    /// Shared lock, so that no other process renames the file.
    _in_use: Option<File>,
}

/// Selects takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TakeFilter {
    /// Only takes of this story.
    pub story: Option<String>,
    /// Only takes of this section.
    pub part: Option<Part>,
}

/// A take in a list, without its words.
#[derive(Debug, Clone, PartialEq)]
pub struct TakeSummary {
    /// Its id.
    pub id: TakeId,
    /// Its story; `None` if only its audio is known.
    pub story: Option<String>,
    /// Its section; `None` if only its audio is known and the id does not contain it.
    pub part: Option<Part>,
    /// The level it is judged at; `None` if only its audio is known.
    pub level: Option<Level>,
    /// Its length; `None` if the recording was interrupted.
    pub seconds: Option<Secs>,
    /// Number of words; `None` if it was not transcribed.
    pub words: Option<u32>,
    /// Its place in the order of recording: a later take has a greater one, whatever the clock said.
    pub sequence: i64,
    /// When it started; `None` if that is unknown.
    pub started: Option<StartTime>,
}

/// How complete a take is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakeStatus {
    /// The process died while recording it.
    Interrupted,
    /// Its audio is complete; it has no transcript.
    Recorded,
    /// It has a transcript.
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
    /// How complete it is.
    pub fn status(&self) -> TakeStatus {
        match (self.seconds, self.words) {
            (None, None) => TakeStatus::Interrupted,
            (Some(_), None) => TakeStatus::Recorded,
            (_, Some(_)) => TakeStatus::Transcribed,
        }
    }
}

impl TakeDb {
    pub(super) fn new(
        store: Store,
        connection: Connection,
        exclusive: bool,
        in_use: Option<File>,
    ) -> Self {
        Self {
            store,
            connection,
            exclusive,
            _in_use: in_use,
        }
    }

    /// Whether other processes are locked out, because it was opened on a full disk. Then close it soon and
    /// reopen it when needed.
    pub fn is_exclusive(&self) -> bool {
        self.exclusive
    }

    /// Saves a take atomically, replacing an earlier version. Fails if its audio file is missing: then the
    /// take was erased.
    pub fn save(&mut self, take: &Take) -> Result<(), StoreError> {
        let wav = self.store.wav(&take.id);
        // Erasing removes the audio before the row. If the audio exists while we hold the write lock, a
        // later erase will also find this row.
        let exists = self.write(|tx| {
            let exists = wav.try_exists();
            if let Ok(true) = exists {
                row_mapping::put(tx, take)?;
            }
            Ok(exists)
        })?;
        match exists {
            Ok(true) => Ok(()),
            Ok(false) => Err(StoreError::AudioErased(take.id.clone())),
            Err(why) => Err(StoreError::Write { path: wav, why }),
        }
    }

    /// Saves the id of a take of which only the audio is known.
    pub fn save_audio_only(&mut self, id: &TakeId) -> Result<(), StoreError> {
        self.write(|tx| row_mapping::put_audio_only(tx, id, None))
    }

    /// Brings an erased take back to its place in the order of recording. `take` is `None` if only its audio
    /// is known; the audio must exist again.
    pub fn restore(&mut self, place: &TakeSummary, take: Option<&Take>) -> Result<(), StoreError> {
        self.write(|tx| {
            match take {
                Some(take) => row_mapping::put(tx, take)?,
                None => row_mapping::put_audio_only(tx, &place.id, place.started.as_ref())?,
            }
            row_mapping::put_sequence(tx, &place.id, place.sequence)
        })
    }

    /// A take with everything known about it.
    pub fn take(&self, id: &TakeId) -> Result<Take, StoreError> {
        let found = row_mapping::get(&self.connection, id).map_err(|why| self.error(why))?;
        match found {
            Some(Found::Take(take)) => validated(*take),
            Some(Found::AudioOnly) => Err(StoreError::AudioOnly(id.clone())),
            None => Err(StoreError::Unknown(id.clone())),
        }
    }

    /// The readable and consistent part of a damaged entry; `None` if only the audio remains.
    pub fn salvage(&self, id: &TakeId) -> Option<Take> {
        let take = row_mapping::salvage(&self.connection, id)?;
        let without_transcript = |take| Take {
            transcription: None,
            ..take
        };
        let without_audio_facts = |take| Take {
            audio: Audio::default(),
            ..take
        };
        let is_inconsistent = |take: &Take| take.problem().is_some();
        let take = if is_inconsistent(&take) {
            without_transcript(take)
        } else {
            take
        };
        Some(if is_inconsistent(&take) {
            without_audio_facts(take)
        } else {
            take
        })
    }

    /// Summaries of the selected takes, newest first. Reads no transcripts.
    pub fn list(&self, filter: &TakeFilter) -> Result<Vec<TakeSummary>, StoreError> {
        let (query, values) = list_query(filter);
        self.read(&query, &values, to_summary)
    }

    /// The newest take.
    pub fn newest(&self) -> Result<Option<TakeSummary>, StoreError> {
        let query = format!("{SUMMARIES} {NEWEST_FIRST} LIMIT 1");
        Ok(self.read(&query, &[], to_summary)?.pop())
    }

    /// The takes whose recording was interrupted, newest first.
    pub fn interrupted(&self) -> Result<Vec<TakeSummary>, StoreError> {
        let query = format!("{SUMMARIES} WHERE seconds IS NULL AND words IS NULL {NEWEST_FIRST}");
        self.read(&query, &[], to_summary)
    }

    /// Summary of a take; `None` if there is none of this id.
    pub fn summary(&self, id: &TakeId) -> Result<Option<TakeSummary>, StoreError> {
        let query = format!("{SUMMARIES} WHERE id = ?1");
        Ok(self
            .read(&query, std::slice::from_ref(&id.0), to_summary)?
            .pop())
    }

    /// The ids that begin with `prefix`, newest first; only the id itself if it equals `prefix`. `last` is
    /// the newest take.
    pub fn ids_with_prefix(&self, prefix: &str) -> Result<Vec<TakeId>, StoreError> {
        let query = match prefix {
            "last" => format!("SELECT id FROM takes WHERE ?1 = ?1 {NEWEST_FIRST} LIMIT 1"),
            _ => {
                format!("SELECT id FROM takes WHERE substr(id, 1, length(?1)) = ?1 {NEWEST_FIRST}")
            }
        };
        let values = [prefix.to_owned()];
        let mut found = self.read(&query, &values, |row| Ok(TakeId(row.get(0)?)))?;
        if found.iter().any(|id| id.0 == prefix) {
            found.retain(|id| id.0 == prefix);
        }
        Ok(found)
    }

    /// Saves an answer to a quiz question.
    pub fn save_quiz_answer(&mut self, answer: &QuizAnswer) -> Result<(), StoreError> {
        self.write(|tx| row_mapping::put_quiz_answer(tx, answer))
    }

    /// The answers to a story's quiz, oldest first.
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

    /// Erases a take.
    pub fn erase(&mut self, id: &TakeId) -> Result<Erased, StoreError> {
        erase::erase(&mut self.connection, &self.store, id)
    }

    /// Erases every take, all quiz answers and every quarantined database. Settings, stories and models stay;
    /// so does a take that is started meanwhile.
    pub fn erase_all(&mut self) -> Result<Erased, StoreError> {
        erase::erase_all(&mut self.connection, &self.store)
    }

    #[cfg(test)]
    pub(super) fn connection_mut(&mut self) -> &mut Connection {
        &mut self.connection
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

    /// Runs `work` in one transaction.
    fn write<T>(
        &mut self,
        work: impl FnOnce(&Transaction) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        sqlite::write(&mut self.connection, work).map_err(|why| self.error(why))
    }

    fn error(&self, why: rusqlite::Error) -> StoreError {
        StoreError::Database {
            path: self.store.database(),
            why,
        }
    }
}

/// What [`to_summary`] reads.
const SUMMARIES: &str = "SELECT id, story, part, level, seconds, words, sequence, started_ms,
    utc_offset_s, zone FROM takes";
/// The order of recording. Names and clocks are not asked: clocks are set back, and people travel.
const NEWEST_FIRST: &str = "ORDER BY sequence DESC, number DESC";

fn list_query(filter: &TakeFilter) -> (String, Vec<String>) {
    let mut query = SUMMARIES.to_owned();
    let part = filter.part.map(|part| part.to_string());
    let mut values = Vec::new();
    for (column, value) in [("story", filter.story.clone()), ("part", part)] {
        if let Some(value) = value {
            let keyword = if values.is_empty() { "WHERE" } else { "AND" };
            query += &format!(" {keyword} {column} = ?");
            values.push(value);
        }
    }
    query += " ";
    query += NEWEST_FIRST;
    (query, values)
}

fn to_summary(row: &Row) -> rusqlite::Result<TakeSummary> {
    let part: Option<String> = row.get(2)?;
    let level: Option<String> = row.get(3)?;
    Ok(TakeSummary {
        id: TakeId(row.get(0)?),
        story: row.get(1)?,
        part: part
            .map(|part| row_mapping::parse("section", &part))
            .transpose()?,
        level: level
            .map(|level| row_mapping::parse("level", &level))
            .transpose()?,
        seconds: row.get(4)?,
        words: row.get(5)?,
        // Only in a damaged database has a row none.
        sequence: row.get::<_, Option<i64>>(6)?.unwrap_or_default(),
        started: row_mapping::start_time(row)?,
    })
}

/// Reads all summaries, because SQLite does not detect damaged text.
pub(super) fn probe(connection: &Connection) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(&format!("{SUMMARIES} NOT INDEXED"))?;
    let mut takes = statement.query_map([], to_summary)?;
    takes.try_for_each(|take| take.map(drop))
}

/// Rejects a take with impossible values: the analysis might not terminate on it.
pub(super) fn validated(take: Take) -> Result<Take, StoreError> {
    match take.problem() {
        None => Ok(take),
        Some(why) => Err(StoreError::Inconsistent { take: take.id, why }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::test_support::{temp_store, transcribed_take, untranscribed_take};

    #[test]
    fn saved_take_is_read_back_exactly() {
        let (_folder, store) = temp_store();
        let mut db = store.open_take_db().expect("writable").db;
        let take = transcribed_take("2026-11-23T18-04-09.120-task", "there was no ticket");
        std::fs::write(store.wav(&take.id), "sound").expect("writable");
        // First without a transcript, as while transcription is running.
        let untranscribed = untranscribed_take(&take.id.0);
        db.save(&untranscribed).expect("writable");
        assert_eq!(db.take(&take.id).expect("saved"), untranscribed);
        db.save(&take).expect("writable");
        assert_eq!(db.take(&take.id).expect("saved"), take);
        db.save(&take).expect("writable");
        drop(db);
        let db = store.open_take_db().expect("it exists").db;
        assert_eq!(db.take(&take.id).expect("saved"), take);
        assert_eq!(db.list(&TakeFilter::default()).expect("a list").len(), 1);
    }

    #[test]
    fn take_without_audio_is_not_saved() {
        let (_folder, store) = temp_store();
        let mut db = store.open_take_db().expect("writable").db;
        let take = transcribed_take("2026-11-23T18-04-09.120-task", "there was no ticket");
        let message = db.save(&take).expect_err("no sound").to_string();
        assert!(message.contains("was erased"), "{message}");
        let message = db.take(&take.id).expect_err("none").to_string();
        assert!(message.contains("there is no take"), "{message}");
    }

    /// Its disk may be mounted again.
    #[cfg(unix)]
    #[test]
    fn take_whose_audio_cannot_be_examined_does_not_count_as_erased() {
        let (_folder, store) = temp_store();
        let mut db = store.open_take_db().expect("writable").db;
        let take = transcribed_take("2026-11-23T18-04-09.120-task", "there was no ticket");
        std::fs::write(store.wav(&take.id), "sound").expect("writable");
        let (takes, moved) = (store.takes(), store.folder().join("moved"));
        std::fs::rename(&takes, &moved).expect("writable");
        // A link to itself is an error for root, too, who ignores permissions.
        std::os::unix::fs::symlink(&takes, &takes).expect("writable");
        let error = db.save(&take).expect_err("it cannot be examined");
        assert!(matches!(error, StoreError::Write { .. }), "{error}");
        assert!(error.is_transient());
        std::fs::remove_file(&takes).expect("own file");
        std::fs::rename(&moved, &takes).expect("writable");
        db.save(&take).expect("writable");
    }

    #[test]
    fn takes_are_found_by_story_section_and_id_prefix() {
        let (_folder, store) = temp_store();
        let mut db = store.open_take_db().expect("writable").db;
        for (id, story) in [
            ("2026-11-22T08-00-00.000-task", "a"),
            ("2026-11-23T08-00-00.000-result", "a"),
            ("2026-11-23T09-00-00.000-task", "b"),
            ("2026-11-23T09-00-00.000-task-2", "b"),
        ] {
            let mut take = transcribed_take(id, "so it went");
            take.story = story.to_owned();
            take.part = take.id.part().unwrap_or(Part::Whole);
            std::fs::write(store.wav(&take.id), "sound").expect("writable");
            db.save(&take).expect("writable");
        }
        let days = |story: Option<&str>, part: Option<&str>| {
            let filter = TakeFilter {
                story: story.map(str::to_owned),
                part: part.map(|part| part.parse().expect("a part")),
            };
            let list = db.list(&filter).expect("a list");
            let hours = list.iter().map(|take| take.id.0[8..13].to_owned());
            hours.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(days(None, None), "23T09 23T09 23T08 22T08");
        assert_eq!(days(Some("a"), None), "23T08 22T08");
        assert_eq!(days(None, Some("task")), "23T09 22T08");
        assert_eq!(days(Some("a"), Some("task")), "22T08");
        assert_eq!(days(Some("c"), None), "");
        let named = |name: &str| db.ids_with_prefix(name).expect("a list").len();
        assert_eq!(named("2026-11-22"), 1);
        assert_eq!(named("2026-11-23"), 3);
        assert_eq!(named("2026-11-23T09-00-00.000-task"), 1);
        assert_eq!(named("%"), 0);
        let last = db.ids_with_prefix("last").expect("one");
        assert_eq!(last[0].0, "2026-11-23T09-00-00.000-task-2");
    }

    #[test]
    fn list_query_uses_index_and_sorts_nothing() {
        let (_folder, store) = temp_store();
        let db = store.open_take_db().expect("writable").db;
        for (story, part) in [(None, None), (Some("a"), None), (None, Some(Part::Whole))] {
            let story = story.map(str::to_owned);
            let (query, values) = list_query(&TakeFilter { story, part });
            let plan: Vec<String> = db
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
    fn list_handles_five_thousand_takes() {
        let (_folder, store) = temp_store();
        let mut db = store.open_take_db().expect("writable").db;
        let take = transcribed_take("x", &"word ".repeat(40));
        db.write(|tx| {
            for number in 0..5000 {
                let id = TakeId(format!("take-{number:04}"));
                row_mapping::put(tx, &Take { id, ..take.clone() })?;
            }
            Ok(())
        })
        .expect("writable");
        let list = db.list(&TakeFilter::default()).expect("a list");
        assert_eq!(list.len(), 5000);
        assert_eq!(list[0].id.0, "take-4999");
        assert!(list.iter().all(|take| take.words == Some(40)));
    }

    #[test]
    fn quiz_answers_are_returned_in_order() {
        let (_folder, store) = temp_store();
        let mut db = store.open_take_db().expect("writable").db;
        let answer = |at: &str, story: &str| QuizAnswer {
            at: at.to_owned(),
            story: story.to_owned(),
            ask: "Who owned it?".to_owned(),
            option: "Nobody".to_owned(),
        };
        let all = [answer("2", "a"), answer("1", "a"), answer("3", "b")];
        for answer in &all {
            db.save_quiz_answer(answer).expect("writable");
        }
        assert_eq!(db.quiz_answers("a").expect("a list"), all[..2]);
    }
}
