//! Properties of the analysis of any transcript: it never panics, all spans lie within the audio, and a
//! delay before the answer shifts all spans and changes nothing else. Properties of the acoustics of clips:
//! the volume changes only the loudness, and measuring during a take gives the same result as afterwards.
#![allow(clippy::expect_used, reason = "a failed test panics")]

mod common;

use common::builders::{TakeBuilder, webhook_story, word};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;
use starling::acoustics::{ANALYSIS_RATE_HZ, VoiceAnalyzer, measure_voice};
use starling::analysis::analyze;
use starling::audio;
use starling::domain::profile::Profile;
use starling::domain::story::{Part, SectionKind, Story};
use starling::domain::take::Take;
use starling::domain::time::{Secs, Span};
use starling::domain::voice::Voice;
use starling::practice::report::Report;

/// Silence before the answer.
const DELAY: Secs = 3.0;
/// Tolerance of one frame of 10 ms, because an edge may fall on the next frame.
const FRAME: Secs = 0.011;
/// Clips with enough speech for every acoustic measurement.
const CLIPS: [&str; 2] = ["strong_task_joe.flac", "disfluent_task_k1_bm_lewis.flac"];

/// Words that matter to the analysis, and odd ones.
const VOCABULARY: [&str; 40] = [
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

/// Words, each with the silence before it and its length.
fn answer() -> impl Strategy<Value = Vec<(&'static str, Secs, Secs)>> {
    let silence = prop_oneof![4 => Just(0.0), 1 => 0.2..5.0f64];
    proptest::collection::vec((select(&VOCABULARY[..]), silence, 0.0..0.8f64), 0..80)
}

/// A take with this answer after a `delay`.
fn take(answer: &[(&str, Secs, Secs)], part: Part, delay: Secs) -> Take {
    let mut at = 0.5 + delay;
    let mut words = Vec::new();
    let mut speech: Vec<Span> = Vec::new();
    for (text, silence, length) in answer {
        let start = at + silence;
        at = start + length;
        words.push(word(text, start, at));
        match speech.last_mut() {
            Some(last) if *silence == 0.0 => last.end = at,
            _ => speech.push(Span::new(start, at)),
        }
    }
    TakeBuilder::new("test")
        .part(part)
        .seconds(at + 0.5)
        .words(words)
        .speech(speech)
        .build()
}

fn report(take: &Take, story: &Story) -> Value {
    let feedback = analyze(take, story, &Profile::default()).expect("a part of the story");
    let transcription = take.transcription.as_ref().expect("a transcription");
    serde_json::to_value(Report::new("-", story, take, transcription, &feedback)).expect("JSON")
}

/// Collects all spans of a report.
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

/// Fails unless the documents are equal except for times, which are `delay` later.
fn check_shifted(before: &Value, after: &Value, name: &str, delay: Secs) -> Result<(), String> {
    match (before, after) {
        (Value::Object(a), Value::Object(b)) if a.len() == b.len() => {
            a.iter().try_for_each(|(key, value)| {
                let other = b.get(key).unwrap_or(&Value::Null);
                check_shifted(value, other, key, delay)
            })
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            std::iter::zip(a, b).try_for_each(|(a, b)| check_shifted(a, b, name, delay))
        }
        (Value::Number(a), Value::Number(b)) => {
            let is_time = matches!(name, "start" | "end" | "at" | "seconds");
            let expected = a.as_f64().unwrap_or(0.0) + if is_time { delay } else { 0.0 };
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
    fn spans_lie_within_the_audio(answer in answer(), part in parts()) {
        let take = take(&answer, part, 0.0);
        let report = report(&take, &webhook_story());
        let mut found = Vec::new();
        spans(&report, &mut found);
        prop_assert!(found.len() >= answer.len(), "a word has no span");
        for (start, end) in found {
            let inside = 0.0 <= start && start <= end && end <= take.audio.seconds + 1e-9;
            prop_assert!(inside, "{start}-{end} in {} s", take.audio.seconds);
        }
        let findings = report["findings"].as_array().expect("findings");
        let to_improve = findings.iter().filter(|finding| finding["act_on"] == true);
        prop_assert!(to_improve.count() <= 3, "more than three findings to act on");
    }

    #[test]
    fn delay_shifts_every_span_and_changes_nothing_else(answer in answer(), part in parts()) {
        prop_assume!(!answer.is_empty());
        let story = webhook_story();
        let before = report(&take(&answer, part, 0.0), &story);
        let after = report(&take(&answer, part, DELAY), &story);
        prop_assert_eq!(check_shifted(&before, &after, "", DELAY), Ok(()));
    }
}

fn samples(clip: &str) -> Vec<f32> {
    audio::decode_file(&common::clip(clip))
        .expect("a clip")
        .samples
}

/// Everything from `start` on, as if a detector had found speech there.
fn all_from(start: Secs, samples: &[f32]) -> Vec<Span> {
    let end = samples.len() as f64 / f64::from(ANALYSIS_RATE_HZ);
    vec![Span::new(start, end)]
}

#[test]
fn volume_changes_only_the_loudness() {
    for name in CLIPS {
        let samples = samples(name);
        let halved: Vec<f32> = samples.iter().map(|s| s / 2.0).collect();
        let loud = measure_voice(&samples, all_from(0.0, &samples));
        let soft = measure_voice(&halved, all_from(0.0, &samples));
        assert!(
            loud.speech.len() > 2 && loud.pitch.is_some(),
            "too little speech in {name}: {loud:?}"
        );
        let [loud_dbfs, soft_dbfs] = [&loud, &soft].map(|v| v.speech_dbfs.expect("speech"));
        assert!(
            (loud_dbfs - soft_dbfs - 6.02).abs() < 0.1,
            "{name}: half the amplitude changed {loud_dbfs} dBFS to {soft_dbfs} dBFS"
        );
        let without_loudness = |voice: Voice| {
            let voice = Voice {
                speech_dbfs: None,
                ..voice
            };
            serde_json::to_value(voice).expect("JSON")
        };
        let (loud, soft) = (without_loudness(loud), without_loudness(soft));
        assert_eq!(check_shifted(&loud, &soft, "", 0.0), Ok(()), "{name}");
    }
}

#[test]
fn silence_before_the_answer_shifts_the_speech() {
    for name in CLIPS {
        let samples = samples(name);
        let mut delayed = vec![0.0; (DELAY * f64::from(ANALYSIS_RATE_HZ)) as usize];
        delayed.extend(&samples);
        let before = measure_voice(&samples, all_from(0.0, &samples));
        let after = measure_voice(&delayed, all_from(DELAY, &delayed));
        assert_eq!(before.speech.len(), after.speech.len(), "{name}");
        for (a, b) in std::iter::zip(&before.speech, &after.speech) {
            let start_error = (b.start - a.start - DELAY).abs();
            let end_error = (b.end - a.end - DELAY).abs();
            assert!(
                start_error.max(end_error) < FRAME,
                "{name}: {a:?} became {b:?}"
            );
        }
    }
}

#[test]
fn measuring_during_a_take_gives_the_same_result_as_afterwards() {
    for name in CLIPS {
        let samples = samples(name);
        let expected = measure_voice(&samples, all_from(0.0, &samples));
        assert!(
            !expected.filled_pause_candidates.is_empty() && expected.pitch.is_some(),
            "too little speech in {name}: {expected:?}"
        );
        for block in [37, 512, 16_000] {
            let mut analyzer = VoiceAnalyzer::new();
            for (i, part) in samples.chunks(block).enumerate() {
                analyzer.push(part);
                if i % 150 == 0 {
                    let so_far = &samples[..i * block + part.len()];
                    let expected = measure_voice(so_far, all_from(0.0, so_far));
                    let measured = analyzer.measure(&all_from(0.0, so_far));
                    assert_eq!(measured, expected, "{name} in blocks of {block}, block {i}");
                }
            }
            let measured = analyzer.measure(&all_from(0.0, &samples));
            assert_eq!(measured, expected, "{name} in blocks of {block}");
        }
    }
}
