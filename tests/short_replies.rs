//! Replies of a word or two are written down once and exactly. Where there is nothing to judge, the messages
//! say why, and blame no microphone.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]

mod common;

use common::{clip, plain_words, run, starling};
use serde_json::Value;

/// The reports on clips that reply to a follow-up.
fn reports(clips: &[&str]) -> Vec<Value> {
    let data = tempfile::tempdir().expect("a folder");
    let mut command = starling(data.path());
    command.args(["analyze", "--section", "followup:1", "--json"]);
    command.args(clips.iter().map(|name| clip(name)));
    let reports = run(&mut command).succeeds().documents();
    assert_eq!(reports.len(), clips.len());
    reports
}

/// The kinds of findings, and the first reason of the verdict.
fn said_of(report: &Value) -> (Vec<&str>, &str) {
    let findings = report["findings"].as_array().expect("a list").iter();
    let kinds = findings.filter_map(|finding| finding["kind"].as_str());
    let because = report["verdict"]["because"][0].as_str().expect("a reason");
    (kinds.collect(), because)
}

#[test]
fn one_and_two_words_are_written_down_once_and_exactly() {
    let clips = [
        ("short_yes_joe.flac", "yes", "one word"),
        ("short_yes_am_michael.flac", "yes", "one word"),
        ("short_twice_joe.flac", "twice", "one word"),
        ("short_twice_am_michael.flac", "twice", "one word"),
        ("short_never_am_michael.flac", "never", "one word"),
        ("short_two_weeks_joe.flac", "two weeks", "2 words"),
        ("short_not_really_bf_emma.flac", "not really", "2 words"),
    ];
    let reports = reports(&clips.map(|(name, ..)| name));
    for ((name, words, count), report) in std::iter::zip(clips, &reports) {
        let heard = plain_words(report).replace("2 weeks", "two weeks");
        assert_eq!(heard, words, "{name}");
        assert_eq!(report["verdict"]["lean"], "not enough heard");
        let (kinds, because) = said_of(report);
        assert_eq!(because, format!("Only {count}: too short to judge."));
        assert!(!kinds.contains(&"no_speech") && !kinds.contains(&"unclear_speech"));
    }
}

#[test]
fn nothing_said_and_too_unclear_are_different_messages() {
    let clips = [
        "edge_silence_30s.flac",
        "edge_tiny_0.2s.wav",
        "edge_laughter_low_9s.flac",
    ];
    let reports = reports(&clips);
    for report in &reports {
        assert_eq!(report["verdict"]["lean"], "not enough heard");
        let text = report.to_string();
        assert!(!text.contains("microphone"), "{text}");
    }
    for silent in &reports[..2] {
        let (kinds, because) = said_of(silent);
        assert_eq!(kinds, ["no_speech"]);
        assert!(because.starts_with("Nothing was said"), "{because}");
    }
    let (kinds, because) = said_of(&reports[2]);
    assert!(kinds.contains(&"unclear_speech"), "{kinds:?}");
    assert!(because.contains("too unclear to write down"), "{because}");
    assert_eq!(reports[2]["speech"]["heard"], false);
}
