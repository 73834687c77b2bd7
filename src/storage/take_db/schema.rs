//! The tables of the take database, version by version. A released version is never changed; a change is a
//! new migration at the end.

use rusqlite_migration::{M, Migrations};

/// "STAR" in the header of the database file; distinguishes it from other programs' databases.
pub const APPLICATION_ID: i32 = 0x5354_4152;

/// Facts only: feedback is computed from them when it is shown.
const MIGRATION_STEPS: &[M] = &[M::up(TAKES), M::up(QUIZ), M::up(ORDER)];

/// Migrations from any earlier version to the current one.
pub const MIGRATIONS: Migrations = Migrations::from_slice(MIGRATION_STEPS);

/// `PRAGMA user_version` of the current version.
pub const VERSION: i32 = MIGRATION_STEPS.len() as i32;

/// `number` is the database's own key; `id` is the name of the take's files.
///
/// Null columns: `seconds` to `lost_samples` if the process died while recording; `words` (their count) and
/// the following ones if the take was not transcribed; all but `id` and `part` if only a WAV was found.
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

/// The chosen option of each quiz answer. Whether it is correct is in the story.
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

/// The order of the takes, and when each started.
///
/// `sequence` counts up with every new take and is the only order: it does not depend on clocks or time zones.
/// The trigger assigns it, so that an older Starling that has the database open cannot leave it out. It stays
/// null in the rows of older versions until `take_order` has filled it in. `started_ms` is UTC; it, the offset
/// and the zone are null where they are unknown. The counter never goes back, so that an erased take can be
/// restored to its place.
const ORDER: &str = "
    ALTER TABLE takes ADD COLUMN sequence INTEGER;
    ALTER TABLE takes ADD COLUMN started_ms INTEGER;
    ALTER TABLE takes ADD COLUMN utc_offset_s INTEGER;
    ALTER TABLE takes ADD COLUMN zone TEXT;
    DROP INDEX takes_of_a_story;
    DROP INDEX takes_of_a_part;
    CREATE INDEX takes_in_order ON takes (sequence);
    CREATE INDEX takes_of_a_story ON takes (story, sequence);
    CREATE INDEX takes_of_a_part ON takes (part, sequence);
    CREATE TABLE take_counter (last INTEGER NOT NULL) STRICT;
    INSERT INTO take_counter (last) VALUES (0);
    CREATE TRIGGER number_new_take AFTER INSERT ON takes WHEN NEW.sequence IS NULL BEGIN
        UPDATE take_counter SET last = last + 1;
        UPDATE takes SET sequence = (SELECT last FROM take_counter) WHERE number = NEW.number;
    END;
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_valid() {
        MIGRATIONS.validate().expect("valid SQL");
    }
}
