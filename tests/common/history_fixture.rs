//! A history of takes by a user who gets better, for tests and benchmarks of the history.
#![allow(dead_code, reason = "each test program uses a part of it")]

// The program that includes this file also includes the builders, so that they are compiled once.
use super::builders::{TakeBuilder, WORD_STEP, word, words};
use starling::domain::story::{Part, SectionKind, Story};
use starling::domain::take::{Take, TakeId};
use starling::domain::time::Span;
use starling::domain::transcript::Word;
use starling::domain::voice::Voice;
use starling::storage::Store;

const MINUTES_PER_DAY: i64 = 24 * 60;

/// Writes `count` takes, `per_day` a day and the last of them today: the sections of `story` in turn, one
/// minute apart. The first takes are hurried, miss most planned phrases and have many fillers.
pub fn write_history(store: &Store, story: &Story, count: usize, per_day: usize) -> Vec<TakeId> {
    let mut take_db = store.open_take_db().expect("a take database").db;
    let today = jiff::Zoned::now().date().to_zoned(jiff::tz::TimeZone::UTC);
    let first_hour = jiff::Span::new().hours(1);
    let last_day = today.and_then(|today| today.checked_add(first_hour));
    let last_day = last_day.expect("a time today");
    let mut ids = Vec::new();
    for number in 0..count {
        let days_ago = ((count - 1 - number) / per_day) as i64;
        let minutes = (number % per_day) as i64 - days_ago * MINUTES_PER_DAY;
        let started = last_day.checked_add(jiff::Span::new().minutes(minutes));
        let started = started.expect("a time").strftime("%Y-%m-%dT%H-%M-%S.000");
        let part = Part::Section(SectionKind::ALL[number % 5]);
        let id = TakeId::new(&started.to_string(), part);
        let skill = number as f64 / count as f64;
        let take = practiced_take(story, &id, part, skill, number);
        std::fs::write(store.wav(&id), "sound").expect("an audio file");
        take_db.save(&take).expect("a row");
        ids.push(id);
    }
    ids
}

/// A take of the task with these words, one every 0.4 s.
pub fn take_with_words(id: TakeId, texts: &[String]) -> Take {
    let words = words(&texts.join(" "));
    let end = WORD_STEP * words.len() as f64;
    with_speech(TakeBuilder::new(&id.0), end, words)
}

/// A take with `skill` from 0 to 1. `number` varies it, so that no two takes are alike.
fn practiced_take(story: &Story, id: &TakeId, part: Part, skill: f64, number: usize) -> Take {
    let brief = story.brief(part, story.level).expect("a section");
    let strong: Vec<&str> = brief.strong.split_whitespace().collect();
    let variation = (number * 37 % 11) as f64 / 11.0 - 0.5;
    let said_share = (0.15 + 0.95 * skill + 0.3 * variation).clamp(0.1, 1.0);
    let step = 0.32 + 0.09 * skill + 0.03 * variation;
    let words_per_filler = 6 + (40.0 * skill) as usize;
    let mut words = Vec::new();
    let mut at = 0.4;
    for (index, text) in strong.iter().enumerate() {
        if index as f64 >= said_share * strong.len() as f64 {
            break;
        }
        if index % words_per_filler == words_per_filler - 1 {
            words.push(word("um,", at, at + 0.8 * step));
            at += step;
        }
        words.push(word(text, at, at + 0.8 * step));
        at += step;
    }
    let take = TakeBuilder::new(&id.0).story(&story.id, part);
    with_speech(take.level(story.level), at, words)
}

fn with_speech(take: TakeBuilder, end: f64, words: Vec<Word>) -> Take {
    let voice = Voice {
        speech: vec![Span::new(0.4, end)],
        speech_dbfs: Some(-22.0),
        ..Voice::default()
    };
    take.seconds(end + 0.5).words(words).voice(voice).build()
}
