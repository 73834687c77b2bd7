//! Converts takes and quiz answers to rows of the database and back, without loss of precision.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::tz::Offset;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::domain::start_time::StartTime;
use crate::domain::take::{Audio, Take, TakeId, Transcription, TranscriptionStats};
use crate::domain::time::Span;
use crate::domain::transcript::{Transcript, Word};
use crate::domain::voice::{CandidateKind, FilledPauseCandidate, Pitch, Voice};
use crate::practice::quiz::QuizAnswer;

/// A row of `takes`.
pub enum Found {
    /// A take with facts.
    Take(Box<Take>),
    /// A take of which only the audio is known.
    AudioOnly,
}

const PUT: &str = "
    INSERT INTO takes (id, story, part, level, seconds, sample_rate_hz, channels, clipped_samples, lost_samples,
        words, model, threads, cpu_seconds, wall_seconds, speech_dbfs, loudness_range_db,
        pitch_median_hz, pitch_sd_semitones, started_ms, utc_offset_s, zone)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)
    ON CONFLICT (id) DO UPDATE SET
        story = excluded.story, part = excluded.part, level = excluded.level, seconds = excluded.seconds,
        sample_rate_hz = excluded.sample_rate_hz, channels = excluded.channels,
        clipped_samples = excluded.clipped_samples, lost_samples = excluded.lost_samples,
        words = excluded.words, model = excluded.model, threads = excluded.threads,
        cpu_seconds = excluded.cpu_seconds, wall_seconds = excluded.wall_seconds,
        speech_dbfs = excluded.speech_dbfs, loudness_range_db = excluded.loudness_range_db,
        pitch_median_hz = excluded.pitch_median_hz, pitch_sd_semitones = excluded.pitch_sd_semitones,
        started_ms = COALESCE(excluded.started_ms, started_ms),
        utc_offset_s = COALESCE(excluded.utc_offset_s, utc_offset_s), zone = COALESCE(excluded.zone, zone)
    RETURNING number";

const GET: &str = "
    SELECT number, story, part, level, seconds, sample_rate_hz, channels, clipped_samples, lost_samples,
        words, model, threads, cpu_seconds, wall_seconds, speech_dbfs, loudness_range_db,
        pitch_median_hz, pitch_sd_semitones, sequence, started_ms, utc_offset_s, zone
    FROM takes WHERE id = ?1";

/// As [`GET`], from a damaged database of an older version: its rows were numbered in their order.
const GET_OLDER: &str = "
    SELECT *, number AS sequence, NULL AS started_ms, NULL AS utc_offset_s, NULL AS zone
    FROM takes WHERE id = ?1";

const GET_WORDS: &str =
    "SELECT text, start_s, end_s, confidence FROM words WHERE take = ?1 ORDER BY place";
const GET_SPEECH: &str = "SELECT start_s, end_s FROM speech WHERE take = ?1 ORDER BY place";
const GET_QUIZ: &str = "SELECT at, story, ask, chosen FROM quiz ORDER BY number";
const GET_SOUNDS: &str = "
    SELECT start_s, end_s, shape, pitch_hz, pitch_sd_semitones, level_db, voiced, murmur, closing, vowel, hiss
    FROM sounds WHERE take = ?1 ORDER BY place";

/// Writes a take, replacing an earlier version.
pub fn put(tx: &Transaction, take: &Take) -> rusqlite::Result<()> {
    let Audio {
        seconds,
        sample_rate_hz,
        channels,
        clipped_samples,
        lost_samples,
    } = take.audio;
    let complete = sample_rate_hz > 0;
    let transcription = take.transcription.as_ref();
    let voice = transcription.map(|transcription| &transcription.voice);
    let engine = transcription.map(|transcription| &transcription.engine);
    let pitch = voice.and_then(|voice| voice.pitch);
    let number: i64 = tx.query_row(
        PUT,
        params![
            take.id.0,
            take.story,
            take.part.to_string(),
            take.level.stored_id(),
            complete.then_some(seconds),
            complete.then_some(sample_rate_hz),
            complete.then_some(channels),
            complete.then_some(to_integer(clipped_samples)),
            complete.then_some(to_integer(lost_samples)),
            transcription
                .map(|transcription| to_integer(transcription.transcript.words.len() as u64)),
            engine.map(|engine| &engine.model),
            engine.map(|engine| engine.threads),
            engine.and_then(|engine| engine.cpu_seconds),
            engine.map(|engine| engine.wall_seconds),
            voice.and_then(|voice| voice.speech_dbfs),
            voice.and_then(|voice| voice.loudness_range_db),
            pitch.map(|pitch| pitch.median_hz),
            pitch.map(|pitch| pitch.sd_semitones),
            take.started
                .as_ref()
                .map(|started| started.at.as_millisecond()),
            take.started
                .as_ref()
                .map(|started| started.offset.seconds()),
            take.started
                .as_ref()
                .and_then(|started| started.zone.as_ref()),
        ],
        |row| row.get(0),
    )?;
    for table in ["words", "speech", "sounds"] {
        tx.execute(&format!("DELETE FROM {table} WHERE take = ?1"), [number])?;
    }
    match transcription {
        Some(transcription) => put_transcription(tx, number, transcription),
        None => Ok(()),
    }
}

/// Writes the id of a take of which only the audio is known. Does nothing if there is a row, because its
/// recorder may have written more meanwhile.
pub fn put_audio_only(
    tx: &Transaction,
    id: &TakeId,
    started: Option<&StartTime>,
) -> rusqlite::Result<()> {
    let part = id.part().map(|part| part.to_string());
    tx.execute(
        "INSERT INTO takes (id, part, started_ms, utc_offset_s, zone) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT DO NOTHING",
        params![
            id.0,
            part,
            started.map(|started| started.at.as_millisecond()),
            started.map(|started| started.offset.seconds()),
            started.and_then(|started| started.zone.as_ref()),
        ],
    )?;
    Ok(())
}

/// Puts a take at a place in the order of recording.
pub fn put_sequence(tx: &Transaction, id: &TakeId, sequence: i64) -> rusqlite::Result<()> {
    tx.execute(
        "UPDATE takes SET sequence = ?2 WHERE id = ?1 AND sequence IS NOT ?2",
        params![id.0, sequence],
    )?;
    Ok(())
}

/// When the take of a row started; `None` if that is unknown or impossible.
pub fn start_time(row: &Row) -> rusqlite::Result<Option<StartTime>> {
    let (at, offset): (Option<i64>, Option<i32>) =
        (row.get("started_ms")?, row.get("utc_offset_s")?);
    let at = at.and_then(|at| Timestamp::from_millisecond(at).ok());
    let offset = offset.and_then(|offset| Offset::from_seconds(offset).ok());
    let zone = row.get("zone")?;
    Ok(Option::zip(at, offset).map(|(at, offset)| StartTime { at, offset, zone }))
}

/// Writes an answer to a quiz question.
pub fn put_quiz_answer(tx: &Transaction, answer: &QuizAnswer) -> rusqlite::Result<()> {
    let QuizAnswer {
        at,
        story,
        ask,
        option,
    } = answer;
    tx.execute(
        "INSERT INTO quiz (at, story, ask, chosen) VALUES (?1, ?2, ?3, ?4)",
        [at, story, ask, option],
    )?;
    Ok(())
}

/// The readable quiz answers of a damaged database, oldest first.
pub fn salvage_quiz_answers(connection: &Connection) -> Vec<QuizAnswer> {
    let mut found = Vec::new();
    let mut read = || -> rusqlite::Result<()> {
        let mut statement = connection.prepare(GET_QUIZ)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let answer = || -> rusqlite::Result<QuizAnswer> {
                Ok(QuizAnswer {
                    at: row.get(0)?,
                    story: row.get(1)?,
                    ask: row.get(2)?,
                    option: row.get(3)?,
                })
            };
            // A damaged row does not affect the next one.
            found.extend(answer());
        }
        Ok(())
    };
    // What cannot be read is the damaged part.
    let _ = read();
    found
}

fn put_transcription(
    tx: &Transaction,
    number: i64,
    transcription: &Transcription,
) -> rusqlite::Result<()> {
    let mut statement = tx.prepare(
        "INSERT INTO words (take, place, text, start_s, end_s, confidence) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (index, word) in (0_i64..).zip(&transcription.transcript.words) {
        let confidence = f64::from(word.confidence);
        statement.execute(params![
            number, index, word.text, word.start, word.end, confidence
        ])?;
    }
    let mut statement =
        tx.prepare("INSERT INTO speech (take, place, start_s, end_s) VALUES (?1, ?2, ?3, ?4)")?;
    for (index, span) in (0_i64..).zip(&transcription.voice.speech) {
        statement.execute(params![number, index, span.start, span.end])?;
    }
    let mut statement = tx.prepare(
        "INSERT INTO sounds (take, place, start_s, end_s, shape, pitch_hz, pitch_sd_semitones, level_db,
            voiced, murmur, closing, vowel, hiss)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?;
    for (index, candidate) in (0_i64..).zip(&transcription.voice.filled_pause_candidates) {
        statement.execute(params![
            number,
            index,
            candidate.start,
            candidate.end,
            shape_name(candidate.kind),
            candidate.pitch_hz,
            candidate.pitch_sd_semitones,
            candidate.level_db,
            candidate.voiced,
            candidate.murmur,
            candidate.closing,
            candidate.vowel,
            candidate.hiss,
        ])?;
    }
    Ok(())
}

/// The place in the order of recording of a take in a damaged database; `None` if it is not legible.
pub fn salvage_sequence(connection: &Connection, id: &TakeId) -> Option<i64> {
    let query = |column| format!("SELECT {column} FROM takes WHERE id = ?1");
    let read = |column| connection.query_row(&query(column), [&id.0], |row| row.get(0));
    // Older versions have no sequence, but numbered the rows in their order.
    read("sequence").or_else(|_| read("number")).ok()
}

/// Reads a take; `None` if there is no row.
pub fn get(connection: &Connection, id: &TakeId) -> rusqlite::Result<Option<Found>> {
    match head(connection, GET, id)? {
        Some((Found::Take(take), Some((number, transcription)))) => {
            let transcription = Some(get_transcription(connection, number, transcription)?);
            Ok(Some(Found::Take(Box::new(Take {
                transcription,
                ..*take
            }))))
        }
        found => Ok(found.map(|(found, _)| found)),
    }
}

/// Reads the undamaged part of a take, also of an older version.
pub fn salvage(connection: &Connection, id: &TakeId) -> Option<Take> {
    let found = head(connection, GET, id).or_else(|_| head(connection, GET_OLDER, id));
    let Ok(Some((Found::Take(take), transcription))) = found else {
        return None;
    };
    let transcription = transcription.and_then(|(number, transcription)| {
        get_transcription(connection, number, transcription).ok()
    });
    Some(Take {
        transcription,
        ..*take
    })
}

/// A row of `takes`; with a transcript, also its number and the part that other tables complete.
type Head = (Found, Option<(i64, Transcription)>);

fn head(connection: &Connection, query: &str, id: &TakeId) -> rusqlite::Result<Option<Head>> {
    let head = |row: &Row| {
        let (story, part, level) = (row.get("story")?, row.get("part")?, row.get("level")?);
        let (Some(story), Some(part), Some(level)): (
            Option<String>,
            Option<String>,
            Option<String>,
        ) = (story, part, level) else {
            return Ok((Found::AudioOnly, None));
        };
        let words: Option<i64> = row.get("words")?;
        let transcription = match words {
            Some(_) => Some((row.get("number")?, transcription_head(row)?)),
            None => None,
        };
        let take = Take {
            id: id.clone(),
            story,
            part: parse("section", &part)?,
            level: parse("level", &level)?,
            started: start_time(row)?,
            audio: audio(row)?,
            transcription: None,
        };
        Ok((Found::Take(Box::new(take)), transcription))
    };
    connection.query_row(query, [&id.0], head).optional()
}

/// A transcription without its lists.
fn transcription_head(row: &Row) -> rusqlite::Result<Transcription> {
    let pitch = match (row.get("pitch_median_hz")?, row.get("pitch_sd_semitones")?) {
        (Some(median_hz), Some(sd_semitones)) => Some(Pitch {
            median_hz,
            sd_semitones,
        }),
        _ => None,
    };
    Ok(Transcription {
        voice: Voice {
            speech: Vec::new(),
            speech_dbfs: row.get("speech_dbfs")?,
            loudness_range_db: row.get("loudness_range_db")?,
            pitch,
            filled_pause_candidates: Vec::new(),
        },
        transcript: Transcript::default(),
        engine: TranscriptionStats {
            model: row.get("model")?,
            threads: row.get("threads")?,
            cpu_seconds: row.get("cpu_seconds")?,
            wall_seconds: row.get("wall_seconds")?,
        },
    })
}

fn get_transcription(
    connection: &Connection,
    number: i64,
    transcription: Transcription,
) -> rusqlite::Result<Transcription> {
    let words = connection
        .prepare(GET_WORDS)?
        .query_map([number], |row| {
            Ok(Word {
                text: row.get(0)?,
                start: row.get(1)?,
                end: row.get(2)?,
                confidence: row.get::<_, f64>(3)? as f32,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    let speech = connection
        .prepare(GET_SPEECH)?
        .query_map([number], |row| {
            Ok(Span {
                start: row.get(0)?,
                end: row.get(1)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    let sounds = connection
        .prepare(GET_SOUNDS)?
        .query_map([number], filled_pause_candidate)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Transcription {
        voice: Voice {
            speech,
            filled_pause_candidates: sounds,
            ..transcription.voice
        },
        transcript: Transcript { words },
        engine: transcription.engine,
    })
}

fn filled_pause_candidate(row: &Row) -> rusqlite::Result<FilledPauseCandidate> {
    let shape: String = row.get("shape")?;
    Ok(FilledPauseCandidate {
        start: row.get("start_s")?,
        end: row.get("end_s")?,
        kind: match shape.as_str() {
            "steady" => CandidateKind::Sustained,
            "alone" => CandidateKind::Isolated,
            _ => return Err(unreadable("shape")),
        },
        pitch_hz: row.get("pitch_hz")?,
        pitch_sd_semitones: row.get("pitch_sd_semitones")?,
        level_db: row.get("level_db")?,
        voiced: row.get("voiced")?,
        murmur: row.get("murmur")?,
        closing: row.get("closing")?,
        vowel: row.get("vowel")?,
        hiss: row.get("hiss")?,
    })
}

fn shape_name(shape: CandidateKind) -> &'static str {
    match shape {
        CandidateKind::Sustained => "steady",
        CandidateKind::Isolated => "alone",
    }
}

fn audio(row: &Row) -> rusqlite::Result<Audio> {
    let Some(sample_rate_hz) = row.get("sample_rate_hz")? else {
        return Ok(Audio::default());
    };
    Ok(Audio {
        seconds: row.get("seconds")?,
        sample_rate_hz,
        channels: row.get("channels")?,
        clipped_samples: from_integer(row.get("clipped_samples")?),
        lost_samples: from_integer(row.get("lost_samples")?),
    })
}

/// Parses a section or a level; `what` names it in the error.
pub fn parse<T: FromStr>(what: &str, text: &str) -> rusqlite::Result<T> {
    text.parse().map_err(|_| unreadable(what))
}

/// The value is not quoted: in a damaged database it may be speech.
fn unreadable(what: &str) -> rusqlite::Error {
    let why = format!("unknown {what}");
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, why.into())
}

/// SQLite's integers are signed; no take has that many samples.
fn to_integer(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn from_integer(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

/// Fails if a table or a column is missing.
pub fn probe(connection: &Connection) -> rusqlite::Result<()> {
    for read in [GET, GET_WORDS, GET_SPEECH, GET_SOUNDS, GET_QUIZ] {
        connection.prepare(read)?;
    }
    Ok(())
}
