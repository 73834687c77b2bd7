//! Takes of the past: a journal of as many as are wanted, of somebody who gets better.
#![allow(dead_code, reason = "each test program uses its part")]

use starling::domain::story::{Level, Part, SectionKind, Story};
use starling::domain::take::{Audio, Take, TakeId, Transcription, TranscriptionStats};
use starling::domain::time::Span;
use starling::domain::transcript::{Transcript, Word};
use starling::domain::voice::Voice;
use starling::storage::Store;

/// A day begins so many minutes after another, and a take after the one before.
const DAY: i64 = 24 * 60;

/// Writes so many takes, the last of them today, `per_day` a day: the five sections of a story in
/// turn. Who told them began hastily, with a little of what was planned and a filler in every sixth word.
pub fn practised(store: &Store, story: &Story, count: usize, per_day: usize) -> Vec<TakeId> {
    let mut journal = store.open_take_db().expect("room").db;
    let today = jiff::Zoned::now().date().to_zoned(jiff::tz::TimeZone::UTC);
    let today = today
        .expect("a day")
        .checked_add(jiff::Span::new().hours(1));
    let mut ids = Vec::new();
    for number in 0..count {
        let back = ((count - 1 - number) / per_day) as i64 * DAY;
        let minutes = (number % per_day) as i64 - back;
        let began = today.clone().expect("a day");
        let began = began.checked_add(jiff::Span::new().minutes(minutes));
        let began = began.expect("a day").strftime("%Y-%m-%dT%H-%M-%S.000");
        let part = Part::Section(SectionKind::ALL[number % 5]);
        let id = TakeId::new(&began.to_string(), part);
        let take = told(
            story,
            id.clone(),
            part,
            number as f64 / count as f64,
            number,
        );
        std::fs::write(store.wav(&id), "sound").expect("room");
        journal.save(&take).expect("room");
        ids.push(id);
    }
    ids
}

/// A take of this name in which these words were heard.
pub fn said(id: TakeId, words: &[String]) -> Take {
    let word = |(place, text): (usize, &String)| Word {
        text: text.clone(),
        start: 0.4 * place as f64,
        end: 0.4 * place as f64 + 0.3,
        confidence: 0.9,
    };
    let words: Vec<Word> = words.iter().enumerate().map(word).collect();
    let at = 0.4 * words.len() as f64;
    let task = Part::Section(SectionKind::Task);
    taken(id, ("webhook-drop", task, Level::Mid), at, words)
}

/// A take by somebody who has come so far, from 0 to 1; no two are quite alike.
fn told(story: &Story, id: TakeId, part: Part, skill: f64, number: usize) -> Take {
    let brief = story.brief(part, story.level).expect("a section");
    let planned: Vec<&str> = brief.strong.split_whitespace().collect();
    let odd = (number * 37 % 11) as f64 / 11.0 - 0.5;
    let share = (0.15 + 0.95 * skill + 0.3 * odd).clamp(0.1, 1.0);
    let step = 0.32 + 0.09 * skill + 0.03 * odd;
    let fillers = 6 + (40.0 * skill) as usize;
    let mut words = Vec::new();
    let mut at = 0.4;
    for (place, said) in planned.iter().enumerate() {
        if place as f64 >= share * planned.len() as f64 {
            break;
        }
        let um = ["um,"]
            .into_iter()
            .filter(|_| place % fillers == fillers - 1);
        for text in um.chain([*said]) {
            words.push(Word {
                text: text.to_owned(),
                start: at,
                end: at + 0.8 * step,
                confidence: 0.9,
            });
            at += step;
        }
    }
    taken(id, (&story.id, part, story.level), at, words)
}

fn taken(id: TakeId, (story, part, level): (&str, Part, Level), at: f64, words: Vec<Word>) -> Take {
    Take {
        id,
        story: story.to_owned(),
        part,
        level,
        audio: Audio {
            seconds: at + 0.5,
            sample_rate_hz: 16_000,
            channels: 1,
            ..Audio::default()
        },
        transcription: Some(Transcription {
            voice: Voice {
                speech: vec![Span::new(0.4, at)],
                speech_dbfs: Some(-22.0),
                ..Voice::default()
            },
            transcript: Transcript { words },
            engine: TranscriptionStats {
                model: "none".to_owned(),
                threads: 1,
                cpu_seconds: None,
                wall_seconds: 0.0,
            },
        }),
    }
}
