//! The tables of the journal, version by version. A version that was ever released stays as it is;
//! what changes is a step of its own at the end.

use rusqlite_migration::{M, Migrations};

/// In the header of every journal, so that no other program's database is taken for one: "STAR".
pub const APPLICATION_ID: i32 = 0x5354_4152;

/// Facts only: feedback is computed from them whenever it is shown.
const STEPS: &[M] = &[M::up(TAKES), M::up(QUIZ)];

/// What brings a database of any earlier version up to this one.
pub const MIGRATIONS: Migrations = Migrations::from_slice(STEPS);

/// What `PRAGMA user_version` says of a database of this program.
pub const VERSION: i32 = STEPS.len() as i32;

/// A take's number is the database's own; its name is what files are called by.
///
/// Of a take whose process died, `seconds` and its neighbours are null; of one that was not
/// transcribed, `words` (their count) and its neighbours; where only a WAV was found, all but `id`.
const TAKES: &str = "
    PRAGMA application_id = 0x53544152;
    CREATE TABLE takes (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        story TEXT,
        part TEXT,
        level TEXT,
        seconds REAL,
        sample_rate_hz INTEGER,
        channels INTEGER,
        clipped_samples INTEGER,
        lost_samples INTEGER,
        words INTEGER,
        model TEXT,
        threads INTEGER,
        cpu_seconds REAL,
        wall_seconds REAL,
        speech_dbfs REAL,
        loudness_range_db REAL,
        pitch_median_hz REAL,
        pitch_sd_semitones REAL
    ) STRICT;
    CREATE INDEX takes_of_a_story ON takes (story, id);
    CREATE INDEX takes_of_a_part ON takes (part, id);
    CREATE TABLE words (
        take INTEGER NOT NULL REFERENCES takes (number) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        text TEXT NOT NULL,
        start_s REAL NOT NULL,
        end_s REAL NOT NULL,
        confidence REAL NOT NULL,
        PRIMARY KEY (take, place)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE speech (
        take INTEGER NOT NULL REFERENCES takes (number) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        start_s REAL NOT NULL,
        end_s REAL NOT NULL,
        PRIMARY KEY (take, place)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE sounds (
        take INTEGER NOT NULL REFERENCES takes (number) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        start_s REAL NOT NULL,
        end_s REAL NOT NULL,
        shape TEXT NOT NULL,
        pitch_hz REAL,
        pitch_sd_semitones REAL NOT NULL,
        level_db REAL NOT NULL,
        voiced REAL NOT NULL,
        murmur REAL NOT NULL,
        closing REAL NOT NULL,
        vowel REAL NOT NULL,
        hiss REAL NOT NULL,
        PRIMARY KEY (take, place)
    ) STRICT, WITHOUT ROWID;
";

/// What was chosen in the quiz of a story. Whether it was right is the story's to say.
const QUIZ: &str = "
    CREATE TABLE quiz (
        number INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        story TEXT NOT NULL,
        ask TEXT NOT NULL,
        chosen TEXT NOT NULL
    ) STRICT;
    CREATE INDEX quiz_of_a_story ON quiz (story, number);
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_leads_on() {
        MIGRATIONS.validate().expect("SQL that holds");
    }
}
