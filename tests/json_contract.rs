//! The command line's JSON has the keys, types and order it promises.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]

mod common;

use std::fs;
use std::path::Path;

use common::{CommandOutput, clip, phrases_heard, plain_words, run, starling};
use serde_json::Value;

/// What `history --json` promises of each take, in the same form.
const TAKE: &str = "
    take text
    at text?
    story text?
    section text?
    level text?
    seconds number?
    words number?
    state text
    file text";

/// What `analyze --json` promises, as `path type`. `a[]` stands for each entry of a list; a type
/// with `?` may be null.
const REPORT: &str = "
    schema number
    file text
    story text
    section text
    level text
    audio.seconds number
    audio.sample_rate_hz number
    audio.channels number
    audio.clipped_samples number
    audio.speech_dbfs number?
    audio.lost_samples number
    speech.heard bool
    speech.spans[].start number
    speech.spans[].end number
    transcript.text text
    transcript.words[].text text
    transcript.words[].start number
    transcript.words[].end number
    transcript.words[].confidence number
    transcript.engine.model text
    transcript.engine.threads number
    transcript.engine.cpu_seconds number?
    transcript.engine.wall_seconds number
    pacing.target_s number
    pacing.used_s number
    pacing.estimated_s number?
    pacing.words number
    pacing.speech_rate_wpm number?
    pacing.articulation_rate_sps number?
    pacing.band text?
    pacing.curve[].at number
    pacing.curve[].wpm number
    pauses[].start number
    pauses[].end number
    pauses[].where text
    fillers[].text text
    fillers[].start number
    fillers[].end number
    fillers[].from text
    fillers[].confidence number?
    phrases[].phrase text
    phrases[].proves text
    phrases[].heard bool
    phrases[].said text?
    phrases[].start number?
    phrases[].end number?
    ownership.i number
    ownership.we number
    ownership.passive number
    ownership.spans[].kind text
    ownership.spans[].text text
    ownership.spans[].start number
    ownership.spans[].end number
    ownership.hiding[].kind text
    ownership.hiding[].text text
    ownership.hiding[].start number
    ownership.hiding[].end number
    red_flags[].kind text
    red_flags[].said text
    red_flags[].fatal bool
    red_flags[].start number
    red_flags[].end number
    impact.metric object?
    impact.business object?
    impact.second_order object?
    opening.problem object?
    opening.boundary object?
    opening.number object?
    voice.pitch_median_hz number?
    voice.pitch_sd_semitones number?
    voice.loudness_range_db number?
    findings[].kind text
    findings[].severity text
    findings[].text text
    findings[].start number
    findings[].end number
    findings[].act_on bool
    verdict.lean text
    verdict.because[] text
";

#[test]
fn analyze_keeps_its_promise() {
    let data = tempfile::tempdir().expect("a folder");
    let mut command = starling(data.path());
    command
        .args(["analyze", "--section", "task", "--json"])
        .arg(clip("strong_task_joe.flac"))
        .arg(clip("edge_silence_30s.flac"));
    let ran = run(&mut command);
    let reports = ran.succeeds().documents();
    assert_eq!(reports.len(), 2, "one document a file");
    for report in &reports {
        keeps(report, REPORT);
    }
    let (spoken, silent) = (&reports[0], &reports[1]);

    assert_eq!(spoken["schema"], 1);
    assert_eq!(spoken["section"], "task");
    assert_eq!(spoken["speech"]["heard"], true);
    assert_eq!(spoken["pacing"]["target_s"], 20.0);
    assert_eq!(spoken["phrases"].as_array().map(Vec::len), Some(4));
    assert_eq!(
        phrases_heard(spoken),
        [
            "not mine",
            "no ticket",
            "nobody had asked",
            "take ownership"
        ]
    );
    let mut latest = 0.0;
    for word in spoken["transcript"]["words"]
        .as_array()
        .into_iter()
        .flatten()
    {
        let (start, end) = (number(&word["start"]), number(&word["end"]));
        assert!(latest <= start && start <= end && end <= 14.48, "{word}");
        latest = start;
    }
    for (list, names) in [
        ("pauses", &["between", "inside"][..]),
        ("findings", &["good", "note", "amber", "red"]),
    ] {
        let key = if list == "pauses" {
            "where"
        } else {
            "severity"
        };
        for entry in spoken[list].as_array().into_iter().flatten() {
            let name = entry[key].as_str().unwrap_or_default();
            assert!(names.contains(&name), "{entry}");
            assert!(number(&entry["start"]) <= number(&entry["end"]), "{entry}");
        }
    }

    assert_eq!(silent["audio"]["seconds"], 30.0);
    assert_eq!(silent["speech"]["heard"], false);
    for list in ["/speech/spans", "/transcript/words", "/pauses", "/fillers"] {
        assert_eq!(
            silent.pointer(list).and_then(Value::as_array),
            Some(&vec![]),
            "{list}"
        );
    }
    assert_eq!(silent["transcript"]["text"], "");
    assert_eq!(silent["verdict"]["lean"], "not enough heard");
    assert!(phrases_heard(silent).is_empty());
}

#[test]
fn a_whole_answer_is_reported_at_its_level() {
    let data = tempfile::tempdir().expect("a folder");
    let mut command = starling(data.path());
    command.args([
        "analyze",
        "--story",
        "webhook-drop",
        "--level",
        "senior",
        "--json",
    ]);
    let ran = run(command.arg(clip("strong_result_joe.flac")));
    let report = &ran.succeeds().documents()[0];
    keeps(report, REPORT);
    assert_eq!(
        (&report["section"], &report["level"]),
        (&"all".into(), &"senior".into())
    );
    // A Result alone is no whole answer; the verdict says what is missing.
    assert!(
        report["verdict"]["because"]
            .as_array()
            .is_some_and(|b| !b.is_empty())
    );
    assert!(plain_words(report).contains("went to zero and stayed there"));
}

#[test]
fn text_is_for_people() {
    let data = tempfile::tempdir().expect("a folder");
    let mut command = starling(data.path());
    command.args(["analyze", "--section", "result"]);
    let ran = run(command.arg(clip("weak_quiz_team_happy_joe.flac")));
    ran.succeeds();
    for part in [
        "weak_quiz_team_happy_joe.flac",
        "drop rate got better",
        "missed",
    ] {
        assert!(ran.out.contains(part), "\"{part}\" is not in: {}", ran.out);
    }
}

#[test]
fn without_a_take_nothing_is_listed_and_nothing_written() {
    let data = tempfile::tempdir().expect("a folder");
    let none = run(starling(data.path()).args(["history", "--json"]));
    assert_eq!(none.succeeds().documents(), [serde_json::json!([])]);
    run(starling(data.path()).args(["export", "last", "--to", "take.md"])).fails(2, "no takes yet");
    run(starling(data.path()).args(["erase", "last", "--yes"])).fails(2, "no takes yet");
    let erased = run(starling(data.path()).args(["erase", "--all", "--yes"]));
    assert_eq!(erased.succeeds().out, "nothing to erase\n");
    assert_eq!(fs::read_dir(data.path()).expect("a folder").count(), 0);
}

#[test]
fn stories_keep_their_promise() {
    let data = tempfile::tempdir().expect("a folder");
    let ran = run(starling(data.path()).args(["stories", "--json"]));
    let list = ran.succeeds().documents();
    assert_eq!(list.len(), 1);
    let stories = list[0].as_array().expect("a list");
    let ids: Vec<&str> = stories
        .iter()
        .filter_map(|story| story["id"].as_str())
        .collect();
    assert_eq!(ids, ["webhook-drop", "wrong-call"]);
    for story in stories {
        keeps(
            story,
            "id text
             title text
             question text
             principle text
             level text
             target_s number
             follow_ups number",
        );
    }
    // Listing writes nothing.
    assert_eq!(fs::read_dir(data.path()).expect("a folder").count(), 0);
}

#[test]
fn a_fast_rehearsal_tells_its_events_in_order() {
    let data = tempfile::tempdir().expect("a folder");
    let mic = format!("wav:{}", clip("strong_task_joe.flac").display());
    let arguments = [
        "rehearse",
        "--section",
        "task",
        "--fast",
        "--json",
        "--mic",
        &mic,
    ];
    let ran = run(starling(data.path()).args(arguments));
    let feedback = rehearsed(&ran, data.path());
    assert!(number(&feedback["after_stop_ms"]) > 0.0);

    let wrong = run(starling(data.path()).args([
        "rehearse",
        "--section",
        "task",
        "--fast",
        "--json",
        "--mic",
        "wav:no-such.wav",
    ]));
    assert_eq!(wrong.code, 1);
    wrong.says_once("cannot open no-such.wav");
}

#[test]
fn a_rehearsal_in_real_time_keeps_every_sample() {
    let data = tempfile::tempdir().expect("a folder");
    let mic = format!("wav:{}", clip("strong_task_joe.flac").display());
    let arguments = ["rehearse", "--section", "task", "--json", "--mic", &mic];
    let ran = run(starling(data.path()).args(arguments));
    rehearsed(&ran, data.path());
    let events = ran.documents();
    let at = |name: &str| {
        let found = events.iter().find(|event| event["event"] == name);
        found.map_or(f64::NAN, |event| number(&event["at"]))
    };
    let (ready, count_in, recording) = (at("ready"), at("count_in"), at("recording"));
    assert!(ready <= count_in && count_in < recording);
    assert!(
        (recording - count_in - 3.0).abs() < 1.0,
        "3, 2, 1 took {}",
        recording - count_in
    );
    let spoken = at("stopped") - recording;
    assert!((13.9..16.4).contains(&spoken), "14.47 s took {spoken}");
}

/// What every rehearsal of `strong_task_joe` must leave, told and on disk; returns its feedback.
fn rehearsed(ran: &CommandOutput, data: &Path) -> Value {
    ran.succeeds();
    let events = ran.documents();
    let mut latest = 0.0;
    let mut names = Vec::new();
    for event in &events {
        keeps(event, "event text\n at number\n section text");
        assert_eq!(event["section"], "task");
        assert!(
            number(&event["at"]) >= latest,
            "time runs backwards: {event}"
        );
        latest = number(&event["at"]);
        names.push(event["event"].as_str().unwrap_or_default());
    }
    names.retain(|name| !["caption", "count_in"].contains(name));
    assert_eq!(names[..2], ["ready", "recording"]);
    let mut last = names[2..].to_vec();
    last.sort_unstable();
    assert_eq!(last, ["feedback", "stopped", "take_saved"]);
    assert_eq!(names.last(), Some(&"feedback"), "{names:?}");

    let feedback = events.iter().find(|event| event["event"] == "feedback");
    let feedback = feedback.expect("feedback").clone();
    keeps(&feedback, "take text\n after_stop_ms number");
    let report = &feedback["report"];
    keeps(report, REPORT);
    assert!(plain_words(report).contains("nobody had asked i decided to take ownership"));
    assert_eq!(phrases_heard(report).len(), 4);
    assert_eq!(report["audio"]["lost_samples"], 0);

    let id = feedback["take"].as_str().expect("its name");
    let wav = data.join("takes").join(format!("{id}.wav"));
    assert_eq!(report["file"], wav.display().to_string());
    let samples = hound::WavReader::open(&wav)
        .expect("the take's WAV")
        .duration();
    let seconds = f64::from(samples) / 16_000.0;
    assert!((seconds - 14.47).abs() < 0.1, "{seconds} s on disk");
    let listed = run(starling(data).args(["history", "--json"]));
    let listed = &listed.succeeds().documents()[0];
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
    let take = &listed[0];
    keeps(take, TAKE);
    assert_eq!(
        (&take["take"], &take["story"], &take["section"]),
        (&id.into(), &"webhook-drop".into(), &"task".into())
    );
    assert_eq!(take["state"], "transcribed");
    assert!(number(&take["words"]) > 32.0);
    #[cfg(unix)]
    for file in [&wav, &data.join("journal.db")] {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(file).expect("there").permissions().mode();
        assert_eq!(
            mode & 0o777,
            0o600,
            "{} is for its owner only",
            file.display()
        );
    }
    feedback
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

/// Fails where `document` lacks one of the promised keys or has another type there.
#[track_caller]
fn keeps(document: &Value, promised: &str) {
    for line in promised
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        let (path, wanted) = line.split_once(' ').expect("path type");
        if let Err(why) = check(document, path, wanted) {
            panic!("{path}: {why}");
        }
    }
}

fn check(value: &Value, path: &str, wanted: &str) -> Result<(), String> {
    if path.is_empty() {
        let fits = match wanted.trim_end_matches('?') {
            _ if value.is_null() => wanted.ends_with('?'),
            "number" => value.is_number(),
            "text" => value.is_string(),
            "bool" => value.is_boolean(),
            "object" => value.is_object(),
            other => return Err(format!("no such type: {other}")),
        };
        return fits
            .then_some(())
            .ok_or_else(|| format!("{value} is no {wanted}"));
    }
    let (key, rest) = path.split_once('.').unwrap_or((path, ""));
    let name = key.trim_end_matches("[]");
    let inner = value
        .get(name)
        .ok_or_else(|| format!("{name} is missing"))?;
    match (key.ends_with("[]"), inner) {
        (false, inner) => check(inner, rest, wanted),
        (true, Value::Array(entries)) => entries.iter().try_for_each(|e| check(e, rest, wanted)),
        (true, _) => Err(format!("{name} is no list")),
    }
}

#[test]
fn the_check_sees_what_is_missing_or_of_another_type() {
    let document = serde_json::json!({"a": [{"b": 1}, {"b": "one"}], "c": {"d": null}});
    for (path, wanted, fails) in [
        ("a[].b", "number", true),
        ("a[].x", "number?", true),
        ("c.d", "text", true),
        ("c.d", "text?", false),
        ("c[].d", "text?", true),
    ] {
        assert_eq!(check(&document, path, wanted).is_err(), fails, "{path}");
    }
}
