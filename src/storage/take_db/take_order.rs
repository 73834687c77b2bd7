//! Puts takes in the order in which they were recorded, where the database does not know it: rows of older
//! versions, and takes that an import finds. Until then, only their names (local times) and files tell.

use std::collections::HashSet;
use std::path::Path;
use std::time::UNIX_EPOCH;

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Transaction};

use super::{row_mapping, sqlite};
use crate::domain::start_time::StartTime;
use crate::domain::take::TakeId;
use crate::storage::clock;
use crate::storage::store::Store;

/// A file of a take is created, and begins to hold audio, at most this long after the start in its name.
const FILE_LAG_SECS: i64 = 45;
/// How much earlier the file may be, because times are rounded.
const FILE_LEAD_SECS: i64 = 5;
/// Time zones are whole quarters of an hour apart.
const ZONE_STEP_SECS: i64 = 900;
/// The most that local time differs from UTC: 12 hours behind to 14 hours ahead.
const OFFSETS_SECS: std::ops::RangeInclusive<i64> = -12 * 3600..=14 * 3600;
/// Bytes of a second of audio, and of the header of its file.
const WAV_BYTES_PER_SEC: u64 = 32_000;
const WAV_HEADER_BYTES: u64 = 44;

/// What is known of the start of a take from its name and its file.
#[derive(Debug, Default, Clone)]
pub struct Estimate {
    /// What its name says, made certain by the file where possible; `None` if the name has no time.
    pub started: Option<StartTime>,
    /// If the name fits two moments, because the clocks were set back, the second one.
    later: Option<StartTime>,
    /// Whether name and file agree: the file is as old as the name says.
    is_confirmed: bool,
    /// When the file began to exist, for takes whose name has no time.
    file: Option<Timestamp>,
}

impl Estimate {
    /// Estimates the start of a take of this name.
    pub fn of(id: &TakeId, store: &Store) -> Self {
        let file = file_starts(&store.wav(id));
        match id.local_start() {
            Some(local) => Self::new(local, &file, &clock::zone()),
            None => Self {
                file: file.first().copied(),
                ..Self::default()
            },
        }
    }

    /// The moment by which a take is put between others.
    fn at(&self) -> Option<Timestamp> {
        let started = self.started.as_ref().map(|started| started.at);
        started.or(self.file)
    }

    /// Interprets a local time. `file` has the moments at which the file may have begun.
    fn new(local: DateTime, file: &[Timestamp], viewer: &TimeZone) -> Self {
        let readings = viewer.to_ambiguous_timestamp(local);
        let is_repeated = readings.is_ambiguous();
        let (first, second) = (readings.earlier(), readings.later());
        let start = |at: Timestamp| StartTime {
            at,
            offset: viewer.to_offset(at),
            zone: None,
        };
        let agrees = |at: Timestamp| {
            let lag = |file: &Timestamp| file.duration_since(at).as_secs();
            file.iter()
                .any(|file| (-FILE_LEAD_SECS..=FILE_LAG_SECS).contains(&lag(file)))
        };
        let known = [first.ok(), second.ok()].map(|at| at.map(start));
        if let Some(confirmed) = known.iter().flatten().find(|start| agrees(start.at)) {
            return Self::confirmed(confirmed.clone());
        }
        if let Some(elsewhere) = file.iter().find_map(|file| start_elsewhere(local, *file)) {
            return Self::confirmed(elsewhere);
        }
        let [first, second] = known;
        Self {
            later: second.filter(|_| is_repeated),
            started: first,
            ..Self::default()
        }
    }

    fn confirmed(started: StartTime) -> Self {
        Self {
            started: Some(started),
            is_confirmed: true,
            ..Self::default()
        }
    }
}

/// The start in another time zone, if one explains the name and the file.
fn start_elsewhere(local: DateTime, file: Timestamp) -> Option<StartTime> {
    let as_utc = Offset::UTC.to_timestamp(local).ok()?;
    let ahead = as_utc.duration_since(file).as_secs();
    let offset = (ahead + FILE_LAG_SECS).div_euclid(ZONE_STEP_SECS) * ZONE_STEP_SECS;
    let is_in_time = offset - ahead >= -FILE_LEAD_SECS;
    let offset = (is_in_time && OFFSETS_SECS.contains(&offset)).then_some(offset)?;
    let offset = Offset::from_seconds(i32::try_from(offset).ok()?).ok()?;
    Some(StartTime {
        at: offset.to_timestamp(local).ok()?,
        offset,
        zone: None,
    })
}

/// The moments at which a take's file may have begun: its creation, and its last change minus its length. A
/// copy or a restored file has later ones.
fn file_starts(wav: &Path) -> Vec<Timestamp> {
    let Ok(file) = wav.metadata() else {
        return Vec::new();
    };
    let secs = file.len().saturating_sub(WAV_HEADER_BYTES) / WAV_BYTES_PER_SEC;
    let length = SignedDuration::from_secs(i64::try_from(secs).unwrap_or(0));
    let moment = |time: std::time::SystemTime| {
        let since = time.duration_since(UNIX_EPOCH).ok()?;
        Timestamp::from_second(i64::try_from(since.as_secs()).ok()?).ok()
    };
    let changed = file.modified().ok().and_then(moment);
    let began = changed.and_then(|changed| changed.checked_sub(length).ok());
    let created = file.created().ok().and_then(moment);
    began.into_iter().chain(created).collect()
}

/// Completes a database that an older version has written: it has no order of takes yet.
pub(super) fn complete(connection: &mut Connection, store: &Store) -> rusqlite::Result<()> {
    let query = "SELECT EXISTS (SELECT 1 FROM takes WHERE sequence IS NULL)";
    let is_complete = !connection.query_row(query, [], |row| row.get::<_, bool>(0))?;
    if is_complete {
        return Ok(());
    }
    sqlite::write(connection, |tx| {
        let rows: Vec<(TakeId, Estimate, bool)> = tx
            .prepare("SELECT id, story IS NULL FROM takes ORDER BY number")?
            .query_map([], |row| {
                let id = TakeId(row.get(0)?);
                let estimate = Estimate::of(&id, store);
                Ok((id, estimate, row.get(1)?))
            })?
            .collect::<rusqlite::Result<_>>()?;
        for (place, (id, estimate)) in (1_i64..).zip(order_of_older_rows(rows)) {
            put_start(tx, &id, estimate.started.as_ref())?;
            row_mapping::put_sequence(tx, &id, place)?;
        }
        let count = "UPDATE take_counter SET last = max(last, (SELECT max(sequence) FROM takes))";
        tx.execute(count, []).map(drop)
    })
}

/// The order of rows of an older version, given in the order in which they were written. That is the order of
/// recording, with two exceptions, which are put where their time belongs: takes of which only the audio was
/// found, and takes that were restored after they were erased. The latter are known by a file that is younger
/// than their name, if files have kept their times at all.
fn order_of_older_rows(rows: Vec<(TakeId, Estimate, bool)>) -> Vec<(TakeId, Estimate)> {
    let files_tell = rows.iter().any(|(_, estimate, _)| estimate.is_confirmed);
    let (mut ordered, mut others) = (Vec::<(TakeId, Estimate)>::new(), Vec::new());
    for (id, mut estimate, is_audio_only) in rows {
        let is_restored = files_tell && estimate.started.is_some() && !estimate.is_confirmed;
        if is_audio_only || is_restored {
            others.push((id, estimate));
            continue;
        }
        let previous = ordered.last().and_then(|(_, previous)| previous.at());
        // Of an hour that came twice, it was the second one if the take before it was later than the first.
        if previous > estimate.at()
            && let Some(later) = estimate.later.take()
            && previous <= Some(later.at)
        {
            estimate.started = Some(later);
        }
        ordered.push((id, estimate));
    }
    insert_by_time(&mut ordered, others);
    ordered
}

/// Puts the takes that were just imported where their time belongs. `imported` has the takes that are in the
/// database since this transaction.
pub(super) fn put_in_place(
    tx: &Transaction,
    imported: Vec<(TakeId, Estimate)>,
) -> rusqlite::Result<()> {
    let new: HashSet<TakeId> = imported.iter().map(|(id, _)| id.clone()).collect();
    let rows = "SELECT id, sequence, started_ms, utc_offset_s, zone FROM takes
        ORDER BY sequence, number";
    let (mut places, mut ordered) = (Vec::<i64>::new(), Vec::new());
    let mut statement = tx.prepare(rows)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id = TakeId(row.get(0)?);
        places.push(row.get::<_, Option<i64>>(1)?.unwrap_or_default());
        if !new.contains(&id) {
            let started = row_mapping::start_time(row)?;
            ordered.push((
                id,
                Estimate {
                    started,
                    ..Estimate::default()
                },
            ));
        }
    }
    insert_by_time(&mut ordered, imported);
    for (place, (id, _)) in places.iter().zip(&ordered) {
        row_mapping::put_sequence(tx, id, *place)?;
    }
    Ok(())
}

/// Inserts takes into others that are in order, each where it contradicts the times of the fewest: a clock that
/// was wrong for a while does not draw others after it. A take of unknown time comes first, so that it is
/// never the last one.
fn insert_by_time(ordered: &mut Vec<(TakeId, Estimate)>, mut takes: Vec<(TakeId, Estimate)>) {
    takes.sort_by_cached_key(|(id, estimate)| (estimate.at(), id.clone()));
    for (id, estimate) in takes {
        let place = match estimate.at() {
            Some(at) => place_of(at, ordered.iter().map(|(_, other)| other.at())),
            None => {
                let of_unknown_time = |(_, other): &&(TakeId, Estimate)| other.at().is_none();
                ordered.iter().take_while(of_unknown_time).count()
            }
        };
        ordered.insert(place, (id, estimate));
    }
}

/// The place of a take among others in order: the one with the fewest later takes before it and earlier ones
/// after it; of several, the last.
fn place_of(at: Timestamp, others: impl Iterator<Item = Option<Timestamp>>) -> usize {
    // Moving past a take costs one contradiction if it is later, and saves one if it is not.
    let (mut cost, mut best, mut place) = (0_i64, 0_i64, 0);
    for (index, other) in others.enumerate() {
        cost += other.map_or(0, |other| if other > at { 1 } else { -1 });
        if cost <= best {
            (best, place) = (cost, index + 1);
        }
    }
    place
}

fn put_start(tx: &Transaction, id: &TakeId, start: Option<&StartTime>) -> rusqlite::Result<()> {
    let Some(start) = start else {
        return Ok(());
    };
    tx.execute(
        "UPDATE takes SET started_ms = ?2, utc_offset_s = ?3 WHERE id = ?1 AND started_ms IS NULL",
        rusqlite::params![id.0, start.at.as_millisecond(), start.offset.seconds()],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW_YORK: &str = "America/New_York";

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).expect("a time zone of the system")
    }

    fn moment(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    /// The start of a take with this time in its name, whose file has this time, for a viewer in New York.
    fn estimate(local: &str, file: Option<&str>) -> Estimate {
        let id = TakeId(format!("{local}.120-task"));
        let local = id.local_start().expect("a time");
        let file: Vec<Timestamp> = file.map(moment).into_iter().collect();
        Estimate::new(local, &file, &zone(NEW_YORK))
    }

    #[test]
    fn start_is_estimated_from_name_and_file() {
        let check = |local: &str, file: Option<&str>, expected: &str| {
            let estimate = estimate(local, file);
            let sure = if estimate.is_confirmed { "" } else { "?" };
            let started = estimate.started.expect("a start");
            let hours = started.offset.seconds() as f64 / 3600.0;
            assert_eq!(
                format!("{} {hours}{sure}", started.utc()),
                expected,
                "{local} {file:?}"
            );
        };
        // The time zone of the viewer, without and with a file that agrees.
        check("2024-07-04T12-00-00", None, "2024-07-04T16:00:00.120Z -4?");
        check(
            "2024-07-04T12-00-00",
            Some("2024-07-04T16:00:06Z"),
            "2024-07-04T16:00:00.120Z -4",
        );
        // A copy has a later time.
        check(
            "2024-07-04T12-00-00",
            Some("2024-09-01T16:00:06Z"),
            "2024-07-04T16:00:00.120Z -4?",
        );
        check(
            "2024-07-04T12-00-00",
            Some("2024-07-04T16:07:00Z"),
            "2024-07-04T16:00:00.120Z -4?",
        );
        // Of the hour that came twice, the first one, unless the file says otherwise.
        check("2024-11-03T01-30-00", None, "2024-11-03T05:30:00.120Z -4?");
        check(
            "2024-11-03T01-30-00",
            Some("2024-11-03T05:30:06Z"),
            "2024-11-03T05:30:00.120Z -4",
        );
        check(
            "2024-11-03T01-30-00",
            Some("2024-11-03T06:30:06Z"),
            "2024-11-03T06:30:00.120Z -5",
        );
        // An hour that the viewer never had; it was recorded elsewhere.
        check(
            "2024-03-10T02-30-00",
            Some("2024-03-10T02:30:07Z"),
            "2024-03-10T02:30:00.120Z 0",
        );
        // Other time zones, up to the last ones.
        check(
            "2024-07-04T12-00-00",
            Some("2024-07-04T03:00:05Z"),
            "2024-07-04T03:00:00.120Z 9",
        );
        check(
            "2024-07-04T12-00-00",
            Some("2024-07-04T06:15:05Z"),
            "2024-07-04T06:15:00.120Z 5.75",
        );
        check(
            "2024-07-04T12-00-00",
            Some("2024-07-03T22:00:00Z"),
            "2024-07-03T22:00:00.120Z 14",
        );
        check(
            "2024-07-04T12-00-00",
            Some("2024-07-05T00:00:05Z"),
            "2024-07-05T00:00:00.120Z -12",
        );
        // The leap day, and the end of a year.
        check("2024-02-29T23-59-59", None, "2024-03-01T04:59:59.120Z -5?");
        check(
            "2024-12-31T23-59-59",
            Some("2024-12-31T15:00:01Z"),
            "2024-12-31T14:59:59.120Z 9",
        );
    }

    /// Rows in the order of their writing, and the order that is made of them.
    fn reorder(rows: &[(&str, &str, Option<&str>)]) -> String {
        let rows = rows.iter().map(|(name, local, file)| {
            let is_audio_only = name.starts_with("audio");
            (
                TakeId((*name).to_owned()),
                estimate(local, *file),
                is_audio_only,
            )
        });
        let ordered = order_of_older_rows(rows.collect()).into_iter();
        ordered.map(|(id, _)| id.0).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn older_rows_keep_the_order_in_which_they_were_written() {
        // The clocks went back, then a flight west, then somebody set the clock back by a year.
        let rows = [
            ("a", "2024-11-03T01-50-00", None),
            ("b", "2024-11-03T01-10-00", None),
            ("c", "2024-11-02T22-30-00", None),
            ("d", "2023-11-02T22-30-00", None),
        ];
        assert_eq!(reorder(&rows), "a b c d");
        let files = [
            "2024-11-03T05:50:05Z",
            "2024-11-03T06:10:05Z",
            "2024-11-03T06:30:05Z",
            "2023-11-03T02:30:05Z",
        ];
        let with_files: Vec<_> = std::iter::zip(rows, files)
            .map(|((name, local, _), file)| (name, local, Some(file)))
            .collect();
        assert_eq!(reorder(&with_files), "a b c d");
    }

    #[test]
    fn restored_and_found_takes_go_where_their_time_belongs() {
        let rows = [
            ("a", "2024-07-01T10-00-00", Some("2024-07-01T14:00:05Z")),
            ("b", "2024-07-03T10-00-00", Some("2024-07-03T14:00:05Z")),
            // Erased and restored on the next day, which wrote its file again.
            (
                "restored",
                "2024-07-02T10-00-00",
                Some("2024-07-04T19:21:00Z"),
            ),
            ("c", "2024-07-05T10-00-00", Some("2024-07-05T14:00:05Z")),
            // The recording of a process that died.
            ("audio", "2024-07-04T10-00-00", Some("2024-07-04T14:00:05Z")),
        ];
        assert_eq!(reorder(&rows), "a restored b audio c");
    }

    #[test]
    fn second_reading_of_a_repeated_hour_is_stored_if_the_order_requires_it() {
        let rows = [("a", "2024-11-03T01-50-00"), ("b", "2024-11-03T01-10-00")];
        let rows =
            rows.map(|(name, local)| (TakeId(name.to_owned()), estimate(local, None), false));
        let ordered = order_of_older_rows(rows.to_vec());
        let starts = ordered
            .iter()
            .filter_map(|(_, estimate)| estimate.started.as_ref());
        let starts: Vec<String> = starts.map(StartTime::utc).collect();
        assert_eq!(
            starts,
            ["2024-11-03T05:50:00.120Z", "2024-11-03T06:10:00.120Z"]
        );
    }

    #[test]
    fn imported_take_contradicts_the_fewest_times() {
        let day = |day: i64| Timestamp::from_second(day * 86_400).expect("a moment");
        let place = |at: i64, others: &[i64]| {
            // A negative day stands for an unknown time.
            let others = others
                .iter()
                .map(|other| (*other >= 0).then(|| day(*other)));
            place_of(day(at), others)
        };
        assert_eq!(place(5, &[]), 0);
        assert_eq!(place(5, &[1, 5, 9]), 2);
        assert_eq!(place(0, &[1, 5, 9]), 0);
        assert_eq!(place(99, &[1, 5, 9]), 3);
        // The clock was years ahead, or behind, for a take.
        assert_eq!(place(5, &[1, 3000, 4, 9]), 3);
        assert_eq!(place(5, &[1, 4, 6, 9, 0, 10]), 2);
        assert_eq!(place(5, &[-1, 1, -1, 9]), 3);
    }
}
