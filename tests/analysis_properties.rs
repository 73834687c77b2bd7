//! What holds of every reading, whatever was said: no transcript makes the analysis panic, every span
//! lies in the audio, a wait before the answer moves every span and changes nothing else, and the
//! volume changes the loudness and nothing else.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]

mod common;

use std::path::Path;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;
use starling::acoustics::{ANALYSIS_RATE_HZ, VoiceAnalyzer, measure_voice};
use starling::analysis::analyze;
use starling::audio;
use starling::domain::profile::Profile;
use starling::domain::story::{Level, Part, SectionKind, Story};
use starling::domain::story_file;
use starling::domain::take::{Audio, Take, TakeId, Transcription, TranscriptionStats};
use starling::domain::time::{Secs, Span};
use starling::domain::transcript::{Transcript, Word};
use starling::domain::voice::Voice;
use starling::practice::report::Report;

/// A wait before the answer.
const WAIT: Secs = 3.0;
/// Frames are 10 ms: edges may fall on the next one.
const FRAME: Secs = 0.011;

/// What people say, and what no one does.
const SAID: [&str; 40] = [
    "I",
    "we",
    "noticed",
    "traced",
    "the",
    "not",
    "my",
    "team.",
    "0.3%",
    "$8,000",
    "a",
    "week,",
    "no",
    "ticket",
    "um,",
    "like,",
    "you",
    "know",
    "so",
    "dropped",
    "to",
    "zero.",
    "was",
    "fixed",
    "by",
    "nobody",
    "had",
    "asked",
    "and",
    "then",
    "they",
    "handled",
    "it",
    "'s",
    "-",
    "\u{301}",
    "99999999999999999999",
    "naïve",
    "\"",
    "web-hook",
];

fn story() -> Story {
    story_file::parse(include_str!("../content/webhook-drop.toml")).expect("a story")
}

fn parts() -> impl Strategy<Value = Part> {
    select(vec![
        Part::Whole,
        Part::Section(SectionKind::Situation),
        Part::Section(SectionKind::Task),
        Part::Section(SectionKind::Action),
        Part::Section(SectionKind::Result),
        Part::Section(SectionKind::Reflection),
        Part::FollowUp(1),
    ])
}

/// Words with the silence before each and how long each takes.
fn told() -> impl Strategy<Value = Vec<(&'static str, Secs, Secs)>> {
    let silence = prop_oneof![4 => Just(0.0), 1 => 0.2..5.0f64];
    proptest::collection::vec((select(&SAID[..]), silence, 0.0..0.8f64), 0..80)
}

/// A take in which that is said, after `wait`.
fn take(told: &[(&str, Secs, Secs)], part: Part, wait: Secs) -> Take {
    let mut at = 0.5 + wait;
    let mut words = Vec::new();
    let mut speech: Vec<Span> = Vec::new();
    for (text, silence, length) in told {
        let start = at + silence;
        at = start + length;
        words.push(Word {
            text: (*text).to_owned(),
            start,
            end: at,
            confidence: 0.9,
        });
        match speech.last_mut() {
            Some(last) if *silence == 0.0 => last.end = at,
            _ => speech.push(Span::new(start, at)),
        }
    }
    Take {
        id: TakeId("test".to_owned()),
        story: "webhook-drop".to_owned(),
        part,
        level: Level::Mid,
        audio: Audio {
            seconds: at + 0.5,
            sample_rate_hz: 16_000,
            channels: 1,
            ..Audio::default()
        },
        transcription: Some(Transcription {
            voice: Voice {
                speech,
                speech_dbfs: Some(-20.0),
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

fn report(take: &Take, story: &Story) -> Value {
    let feedback = analyze(take, story, &Profile::default()).expect("a part of the story");
    let heard = take.transcription.as_ref().expect("heard");
    serde_json::to_value(Report::new("-", story, take, heard, &feedback)).expect("JSON")
}

/// All spans of a report, wherever they stand.
fn spans(value: &Value, found: &mut Vec<(Secs, Secs)>) {
    match value {
        Value::Object(fields) => {
            let at = |name: &str| fields.get(name).and_then(Value::as_f64);
            found.extend(at("start").zip(at("end")));
            fields.values().for_each(|field| spans(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| spans(item, found)),
        _ => {}
    }
}

/// The same, but for times that lie `by` later.
fn moved(before: &Value, after: &Value, name: &str, by: Secs) -> Result<(), String> {
    match (before, after) {
        (Value::Object(a), Value::Object(b)) if a.len() == b.len() => a
            .iter()
            .try_for_each(|(key, value)| moved(value, b.get(key).unwrap_or(&Value::Null), key, by)),
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            std::iter::zip(a, b).try_for_each(|(a, b)| moved(a, b, name, by))
        }
        (Value::Number(a), Value::Number(b)) => {
            let moves = matches!(name, "start" | "end" | "at" | "seconds");
            let expected = a.as_f64().unwrap_or(0.0) + if moves { by } else { 0.0 };
            match (expected - b.as_f64().unwrap_or(0.0)).abs() < 1e-6 {
                true => Ok(()),
                false => Err(format!("{name}: {a} became {b}")),
            }
        }
        _ if before == after => Ok(()),
        _ => Err(format!("{name}: {before} became {after}")),
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: ProptestConfig::default().failure_persistence,
        ..common::cases(64)
    })]

    #[test]
    fn spans_lie_in_the_audio(told in told(), part in parts()) {
        let take = take(&told, part, 0.0);
        let report = report(&take, &story());
        let mut found = Vec::new();
        spans(&report, &mut found);
        prop_assert!(found.len() >= told.len(), "each word has one");
        for (start, end) in found {
            let inside = 0.0 <= start && start <= end && end <= take.audio.seconds + 1e-9;
            prop_assert!(inside, "{start}-{end} in {} s", take.audio.seconds);
        }
        let findings = report["findings"].as_array().expect("findings");
        let to_do = findings.iter().filter(|finding| finding["act_on"] == true);
        prop_assert!(to_do.count() <= 3);
    }

    #[test]
    fn a_wait_moves_every_span_and_nothing_else(told in told(), part in parts()) {
        prop_assume!(!told.is_empty());
        let story = story();
        let before = report(&take(&told, part, 0.0), &story);
        let after = report(&take(&told, part, WAIT), &story);
        prop_assert_eq!(moved(&before, &after, "", WAIT), Ok(()));
    }
}

fn clip(name: &str) -> Vec<f32> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/audio")
        .join(name);
    audio::decode_file(&path).expect("a clip").samples
}

/// Where about a detector would say that someone speaks: all of it.
fn all(samples: &[f32], from: Secs) -> Vec<Span> {
    let end = samples.len() as f64 / f64::from(ANALYSIS_RATE_HZ);
    vec![Span::new(from, end)]
}

#[test]
fn the_volume_changes_the_loudness_and_nothing_else() {
    for name in ["strong_task_joe.flac", "disfluent_task_k1_bm_lewis.flac"] {
        let samples = clip(name);
        let soft: Vec<f32> = samples.iter().map(|s| s / 2.0).collect();
        let loud = measure_voice(&samples, all(&samples, 0.0));
        let soft = measure_voice(&soft, all(&samples, 0.0));
        assert!(loud.speech.len() > 2 && loud.pitch.is_some(), "{loud:?}");
        let (a, b) = (
            loud.speech_dbfs.expect("speech"),
            soft.speech_dbfs.expect("speech"),
        );
        assert!((a - b - 6.02).abs() < 0.1, "{a} and {b} dBFS");
        let same = |voice: Voice| {
            let voice = Voice {
                speech_dbfs: None,
                ..voice
            };
            serde_json::to_value(voice).expect("JSON")
        };
        assert_eq!(moved(&same(loud), &same(soft), "", 0.0), Ok(()), "{name}");
    }
}

#[test]
fn silence_in_front_moves_where_speech_is() {
    for name in ["strong_task_joe.flac", "disfluent_task_k1_bm_lewis.flac"] {
        let samples = clip(name);
        let mut late = vec![0.0; (WAIT * f64::from(ANALYSIS_RATE_HZ)) as usize];
        late.extend(&samples);
        let early = measure_voice(&samples, all(&samples, 0.0));
        let late = measure_voice(&late, all(&late, WAIT));
        assert_eq!(early.speech.len(), late.speech.len(), "{name}");
        for (a, b) in std::iter::zip(&early.speech, &late.speech) {
            let off = (b.start - a.start - WAIT)
                .abs()
                .max((b.end - a.end - WAIT).abs());
            assert!(off < FRAME, "{name}: {a:?} became {b:?}");
        }
    }
}

#[test]
fn a_take_measured_while_it_is_spoken_reads_as_the_whole() {
    for name in ["strong_task_joe.flac", "disfluent_task_k1_bm_lewis.flac"] {
        let samples = clip(name);
        let whole = measure_voice(&samples, all(&samples, 0.0));
        assert!(
            !whole.filled_pause_candidates.is_empty() && whole.pitch.is_some(),
            "{whole:?}"
        );
        for block in [37, 512, 16_000] {
            let mut meter = VoiceAnalyzer::new();
            for (i, part) in samples.chunks(block).enumerate() {
                meter.push(part);
                if i % 150 == 0 {
                    let known = &samples[..i * block + part.len()];
                    let fresh = measure_voice(known, all(known, 0.0));
                    assert_eq!(meter.measure(&all(known, 0.0)), fresh, "{name}");
                }
            }
            let measured = meter.measure(&all(&samples, 0.0));
            assert_eq!(measured, whole, "{name} in blocks of {block}");
        }
    }
}
