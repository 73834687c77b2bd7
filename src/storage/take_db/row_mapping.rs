//! A take as rows of the journal, and back: to the last digit.

use std::str::FromStr;

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::domain::take::{Audio, Take, TakeId, Transcription, TranscriptionStats};
use crate::domain::time::Span;
use crate::domain::transcript::{Transcript, Word};
use crate::domain::voice::{CandidateKind, FilledPauseCandidate, Pitch, Voice};
use crate::practice::quiz::QuizAnswer;

/// A row of `takes`.
pub enum Found {
    /// Everything there is to know.
    Take(Box<Take>),
    /// Only its sound was found.
    Sound,
}

const PUT: &str = "
    INSERT INTO takes (id, story, part, level, seconds, sample_rate_hz, channels, clipped_samples, lost_samples,
        words, model, threads, cpu_seconds, wall_seconds, speech_dbfs, loudness_range_db,
        pitch_median_hz, pitch_sd_semitones)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
    ON CONFLICT (id) DO UPDATE SET
        story = excluded.story, part = excluded.part, level = excluded.level, seconds = excluded.seconds,
        sample_rate_hz = excluded.sample_rate_hz, channels = excluded.channels,
        clipped_samples = excluded.clipped_samples, lost_samples = excluded.lost_samples,
        words = excluded.words, model = excluded.model, threads = excluded.threads,
        cpu_seconds = excluded.cpu_seconds, wall_seconds = excluded.wall_seconds,
        speech_dbfs = excluded.speech_dbfs, loudness_range_db = excluded.loudness_range_db,
        pitch_median_hz = excluded.pitch_median_hz, pitch_sd_semitones = excluded.pitch_sd_semitones
    RETURNING number";

const GET: &str = "
    SELECT number, story, part, level, seconds, sample_rate_hz, channels, clipped_samples, lost_samples,
        words, model, threads, cpu_seconds, wall_seconds, speech_dbfs, loudness_range_db,
        pitch_median_hz, pitch_sd_semitones
    FROM takes WHERE id = ?1";

const GET_WORDS: &str =
    "SELECT text, start_s, end_s, confidence FROM words WHERE take = ?1 ORDER BY place";
const GET_SPEECH: &str = "SELECT start_s, end_s FROM speech WHERE take = ?1 ORDER BY place";
const GET_CHOSEN: &str = "SELECT at, story, ask, chosen FROM quiz ORDER BY number";
const GET_SOUNDS: &str = "
    SELECT start_s, end_s, shape, pitch_hz, pitch_sd_semitones, level_db, voiced, murmur, closing, vowel, hiss
    FROM sounds WHERE take = ?1 ORDER BY place";

/// Writes all that is known of a take, in place of what was known before.
pub fn put(tx: &Transaction, take: &Take) -> rusqlite::Result<()> {
    let Audio {
        seconds,
        sample_rate_hz,
        channels,
        clipped_samples,
        lost_samples,
    } = take.audio;
    let complete = sample_rate_hz > 0;
    let heard = take.transcription.as_ref();
    let voice = heard.map(|heard| &heard.voice);
    let engine = heard.map(|heard| &heard.engine);
    let pitch = voice.and_then(|voice| voice.pitch);
    let number: i64 = tx.query_row(
        PUT,
        params![
            take.id.0,
            take.story,
            take.part.to_string(),
            take.level.id(),
            complete.then_some(seconds),
            complete.then_some(sample_rate_hz),
            complete.then_some(channels),
            complete.then_some(to_integer(clipped_samples)),
            complete.then_some(to_integer(lost_samples)),
            heard.map(|heard| to_integer(heard.transcript.words.len() as u64)),
            engine.map(|engine| &engine.model),
            engine.map(|engine| engine.threads),
            engine.and_then(|engine| engine.cpu_seconds),
            engine.map(|engine| engine.wall_seconds),
            voice.and_then(|voice| voice.speech_dbfs),
            voice.and_then(|voice| voice.loudness_range_db),
            pitch.map(|pitch| pitch.median_hz),
            pitch.map(|pitch| pitch.sd_semitones),
        ],
        |row| row.get(0),
    )?;
    for table in ["words", "speech", "sounds"] {
        tx.execute(&format!("DELETE FROM {table} WHERE take = ?1"), [number])?;
    }
    match heard {
        Some(heard) => put_heard(tx, number, heard),
        None => Ok(()),
    }
}

/// Writes down that there is sound under this name, and nothing else is known; unless its recorder has
/// said more meanwhile.
pub fn put_sound(tx: &Transaction, id: &TakeId) -> rusqlite::Result<()> {
    let part = id.part().map(|part| part.to_string());
    tx.execute(
        "INSERT INTO takes (id, part) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        params![id.0, part],
    )?;
    Ok(())
}

/// Writes down an answer to a quiz question.
pub fn put_chosen(tx: &Transaction, chosen: &QuizAnswer) -> rusqlite::Result<()> {
    let QuizAnswer {
        at,
        story,
        ask,
        option,
    } = chosen;
    tx.execute(
        "INSERT INTO quiz (at, story, ask, chosen) VALUES (?1, ?2, ?3, ?4)",
        [at, story, ask, option],
    )?;
    Ok(())
}

/// As many of the answers to quizzes as a damaged journal still tells, oldest first.
pub fn legible_chosen(connection: &Connection) -> Vec<QuizAnswer> {
    let mut found = Vec::new();
    let mut read = || -> rusqlite::Result<()> {
        let mut statement = connection.prepare(GET_CHOSEN)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let chosen = || -> rusqlite::Result<QuizAnswer> {
                Ok(QuizAnswer {
                    at: row.get(0)?,
                    story: row.get(1)?,
                    ask: row.get(2)?,
                    option: row.get(3)?,
                })
            };
            // One that is damaged says nothing of the next.
            found.extend(chosen());
        }
        Ok(())
    };
    // What cannot be read is what is broken.
    let _ = read();
    found
}

fn put_heard(tx: &Transaction, number: i64, heard: &Transcription) -> rusqlite::Result<()> {
    let mut statement = tx.prepare(
        "INSERT INTO words (take, place, text, start_s, end_s, confidence) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (place, word) in (0_i64..).zip(&heard.transcript.words) {
        let confidence = f64::from(word.confidence);
        statement.execute(params![
            number, place, word.text, word.start, word.end, confidence
        ])?;
    }
    let mut statement =
        tx.prepare("INSERT INTO speech (take, place, start_s, end_s) VALUES (?1, ?2, ?3, ?4)")?;
    for (place, span) in (0_i64..).zip(&heard.voice.speech) {
        statement.execute(params![number, place, span.start, span.end])?;
    }
    let mut statement = tx.prepare(
        "INSERT INTO sounds (take, place, start_s, end_s, shape, pitch_hz, pitch_sd_semitones, level_db,
            voiced, murmur, closing, vowel, hiss)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?;
    for (place, sound) in (0_i64..).zip(&heard.voice.filled_pause_candidates) {
        statement.execute(params![
            number,
            place,
            sound.start,
            sound.end,
            shape_name(sound.kind),
            sound.pitch_hz,
            sound.pitch_sd_semitones,
            sound.level_db,
            sound.voiced,
            sound.murmur,
            sound.closing,
            sound.vowel,
            sound.hiss,
        ])?;
    }
    Ok(())
}

/// Reads what is known of a take; `None` where there is no such row.
pub fn get(connection: &Connection, id: &TakeId) -> rusqlite::Result<Option<Found>> {
    match head(connection, id)? {
        Some((Found::Take(take), Some((number, heard)))) => {
            let heard = Some(get_heard(connection, number, heard)?);
            Ok(Some(Found::Take(Box::new(Take {
                transcription: heard,
                ..*take
            }))))
        }
        found => Ok(found.map(|(found, _)| found)),
    }
}

/// As much of a take as a damaged journal still tells.
pub fn get_legible(connection: &Connection, id: &TakeId) -> Option<Take> {
    let Ok(Some((Found::Take(take), heard))) = head(connection, id) else {
        return None;
    };
    let heard = heard.and_then(|(number, heard)| get_heard(connection, number, heard).ok());
    Some(Take {
        transcription: heard,
        ..*take
    })
}

/// A row of `takes`, and what is to be completed by the tables beside it, with its number.
type Head = (Found, Option<(i64, Transcription)>);

fn head(connection: &Connection, id: &TakeId) -> rusqlite::Result<Option<Head>> {
    let head = |row: &Row| {
        let (story, part, level) = (row.get("story")?, row.get("part")?, row.get("level")?);
        let (Some(story), Some(part), Some(level)): (
            Option<String>,
            Option<String>,
            Option<String>,
        ) = (story, part, level) else {
            return Ok((Found::Sound, None));
        };
        let words: Option<i64> = row.get("words")?;
        let heard = match words {
            Some(_) => Some((row.get("number")?, heard_head(row)?)),
            None => None,
        };
        let take = Take {
            id: id.clone(),
            story,
            part: parse("section", &part)?,
            level: parse("level", &level)?,
            audio: audio(row)?,
            transcription: None,
        };
        Ok((Found::Take(Box::new(take)), heard))
    };
    connection.query_row(GET, [&id.0], head).optional()
}

/// What was heard, without the lists of it.
fn heard_head(row: &Row) -> rusqlite::Result<Transcription> {
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

fn get_heard(
    connection: &Connection,
    number: i64,
    heard: Transcription,
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
        .query_map([number], sound)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Transcription {
        voice: Voice {
            speech,
            filled_pause_candidates: sounds,
            ..heard.voice
        },
        transcript: Transcript { words },
        engine: heard.engine,
    })
}

fn sound(row: &Row) -> rusqlite::Result<FilledPauseCandidate> {
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

/// A section or a level as it is written in the journal; `what` it is.
pub fn parse<T: FromStr>(what: &str, text: &str) -> rusqlite::Result<T> {
    text.parse().map_err(|_| unreadable(what))
}

/// What stands there is not quoted: where a journal is damaged, it may have been spoken.
fn unreadable(what: &str) -> rusqlite::Error {
    let why = format!("there is no such {what}");
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, why.into())
}

/// SQLite's integers have a sign; no take has so many samples.
fn to_integer(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn from_integer(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

/// Fails where a table or a column is missing.
pub fn probe(connection: &Connection) -> rusqlite::Result<()> {
    for read in [GET, GET_WORDS, GET_SPEECH, GET_SOUNDS, GET_CHOSEN] {
        connection.prepare(read)?;
    }
    Ok(())
}
