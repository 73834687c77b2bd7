//! The JSON output has the keys, types and order of `docs/json-contract.md`, and a rehearsal leaves the
//! promised files.
#![allow(clippy::expect_used, reason = "a failed test panics")]

mod common;

use std::fs;
use std::path::Path;

use common::{
    CommandOutput, clip, clip_as_mic, fast_rehearsal, plain_words, run, said_phrases, starling,
    temp_folder,
};
use serde_json::Value;

const TASK_CLIP: &str = "strong_task_joe.flac";
/// Length of the clip.
const TASK_SECS: f64 = 14.47;

/// The keys of each take in `history --json`, in the form of [`REPORT`].
const TAKE: &str = "
    take text
    at text?
    started text?
    zone text?
    sequence number
    story text?
    section text?
    level text?
    seconds number?
    words number?
    state text
    file text";

/// The keys of a report of `analyze --json`, as `path type`. `a[]` is each entry of a list; a type with `?`
/// may be null.
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
fn analyze_reports_have_the_promised_keys() {
    let data = temp_folder();
    let mut command = starling(data.path());
    command
        .args(["analyze", "--section", "task", "--json"])
        .arg(clip(TASK_CLIP))
        .arg(clip("edge_silence_30s.flac"));
    let ran = run(&mut command);
    let reports = ran.succeeds().documents();
    assert_eq!(reports.len(), 2, "one document per file");
    for report in &reports {
        has_keys(report, REPORT);
    }
    check_report_with_speech(&reports[0]);
    check_report_of_silence(&reports[1]);
}

fn check_report_with_speech(report: &Value) {
    assert_eq!(report["schema"], 1);
    assert_eq!(report["section"], "task");
    assert_eq!(report["speech"]["heard"], true);
    assert_eq!(report["pacing"]["target_s"], 20.0);
    assert_eq!(report["phrases"].as_array().map(Vec::len), Some(4));
    assert_eq!(
        said_phrases(report),
        [
            "not mine",
            "no ticket",
            "nobody had asked",
            "take ownership"
        ]
    );
    let mut latest = 0.0;
    let words = report["transcript"]["words"].as_array();
    for word in words.into_iter().flatten() {
        let (start, end) = (number(&word["start"]), number(&word["end"]));
        assert!(
            latest <= start && start <= end && end <= TASK_SECS + 0.01,
            "out of order or outside the audio: {word}"
        );
        latest = start;
    }
    for (list, key, names) in [
        ("pauses", "where", &["between", "inside"][..]),
        ("findings", "severity", &["good", "note", "amber", "red"]),
    ] {
        for entry in report[list].as_array().into_iter().flatten() {
            let name = entry[key].as_str().unwrap_or_default();
            assert!(names.contains(&name), "unknown {key} in {list}: {entry}");
            let is_span = number(&entry["start"]) <= number(&entry["end"]);
            assert!(is_span, "{list}: {entry}");
        }
    }
}

fn check_report_of_silence(report: &Value) {
    assert_eq!(report["audio"]["seconds"], 30.0);
    assert_eq!(report["speech"]["heard"], false);
    for list in ["/speech/spans", "/transcript/words", "/pauses", "/fillers"] {
        let entries = report.pointer(list).and_then(Value::as_array);
        assert_eq!(entries, Some(&vec![]), "{list} of silence");
    }
    assert_eq!(report["transcript"]["text"], "");
    assert_eq!(report["verdict"]["lean"], "not enough heard");
    assert_eq!(said_phrases(report), [""; 0]);
}

#[test]
fn whole_answer_is_reported_at_its_level() {
    let data = temp_folder();
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
    has_keys(report, REPORT);
    assert_eq!(
        (&report["section"], &report["level"]),
        (&"all".into(), &"senior".into())
    );
    // The clip contains only a result, so the verdict names what is missing.
    let reasons = report["verdict"]["because"].as_array();
    assert!(
        reasons.is_some_and(|reasons| !reasons.is_empty()),
        "the verdict gives no reasons"
    );
    assert!(plain_words(report).contains("went to zero and stayed there"));
}

#[test]
fn analyze_without_json_prints_text() {
    let data = temp_folder();
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
fn commands_without_takes_list_and_write_nothing() {
    let data = temp_folder();
    let history = run(starling(data.path()).args(["history", "--json"]));
    assert_eq!(history.succeeds().documents(), [serde_json::json!([])]);
    run(starling(data.path()).args(["export", "last", "--to", "take.md"])).fails(2, "no takes yet");
    run(starling(data.path()).args(["erase", "last", "--yes"])).fails(2, "no takes yet");
    let erased = run(starling(data.path()).args(["erase", "--all", "--yes"]));
    assert_eq!(erased.succeeds().out, "nothing to erase\n");
    assert_is_empty(data.path());
}

#[test]
fn stories_have_the_promised_keys() {
    let data = temp_folder();
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
        has_keys(
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
    assert_is_empty(data.path());
}

#[test]
fn fast_rehearsal_prints_its_events_in_order() {
    let data = temp_folder();
    let ran = run(starling(data.path()).args(fast_rehearsal("task", TASK_CLIP)));
    let feedback = check_rehearsal(&ran, data.path());
    assert!(number(&feedback["after_stop_ms"]) > 0.0);

    let mut rehearsal = fast_rehearsal("task", TASK_CLIP);
    *rehearsal.last_mut().expect("a microphone") = "wav:no-such.wav".to_owned();
    let failed = run(starling(data.path()).args(rehearsal));
    assert_eq!(failed.code, 1);
    failed.has_one_message("cannot open no-such.wav");
}

#[test]
fn rehearsal_in_real_time_records_every_sample() {
    let data = temp_folder();
    let mic = clip_as_mic(TASK_CLIP);
    let arguments = ["rehearse", "--section", "task", "--json", "--mic", &mic];
    let ran = run(starling(data.path()).args(arguments));
    check_rehearsal(&ran, data.path());
    let events = ran.documents();
    let at = |name: &str| {
        let event = events.iter().find(|event| event["event"] == name);
        event.map_or(f64::NAN, |event| number(&event["at"]))
    };
    let (ready, count_in, recording) = (at("ready"), at("count_in"), at("recording"));
    assert!(
        ready <= count_in && count_in < recording,
        "ready at {ready}, count-in at {count_in}, recording at {recording}"
    );
    let count_in_secs = recording - count_in;
    assert!(
        (count_in_secs - 3.0).abs() < 1.0,
        "the count-in of 3 s took {count_in_secs} s"
    );
    let answer_secs = at("stopped") - recording;
    assert!(
        (13.9..16.4).contains(&answer_secs),
        "recording {TASK_SECS} s took {answer_secs} s"
    );
}

/// Checks the events and files of a rehearsal of the task clip; returns the event with the feedback.
fn check_rehearsal(ran: &CommandOutput, data: &Path) -> Value {
    ran.succeeds();
    let events = ran.documents();
    check_order(&events);
    let feedback = events.iter().find(|event| event["event"] == "feedback");
    let feedback = feedback.expect("feedback").clone();
    has_keys(&feedback, "take text\n after_stop_ms number");
    let report = &feedback["report"];
    has_keys(report, REPORT);
    assert!(plain_words(report).contains("nobody had asked i decided to take ownership"));
    assert_eq!(said_phrases(report).len(), 4);
    assert_eq!(report["audio"]["lost_samples"], 0);

    let id = feedback["take"].as_str().expect("a take id");
    let wav = data.join("takes").join(format!("{id}.wav"));
    assert_eq!(report["file"], wav.display().to_string());
    let samples = hound::WavReader::open(&wav).expect("a WAV").duration();
    let seconds = f64::from(samples) / 16_000.0;
    assert!((seconds - TASK_SECS).abs() < 0.1, "{seconds} s on disk");
    check_listed_take(data, id);
    #[cfg(unix)]
    for file in [&wav, &data.join("journal.db")] {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(file).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "permissions of {}", file.display());
    }
    feedback
}

fn check_order(events: &[Value]) {
    let mut latest = 0.0;
    let mut names = Vec::new();
    for event in events {
        has_keys(event, "event text\n at number\n section text");
        assert_eq!(event["section"], "task");
        assert!(
            number(&event["at"]) >= latest,
            "earlier than the event before: {event}"
        );
        latest = number(&event["at"]);
        names.push(event["event"].as_str().unwrap_or_default());
    }
    names.retain(|name| !["caption", "count_in"].contains(name));
    assert_eq!(names[..2], ["ready", "recording"]);
    assert_eq!(names.last(), Some(&"feedback"), "{names:?}");
    let mut rest = names[2..].to_vec();
    rest.sort_unstable();
    assert_eq!(rest, ["feedback", "stopped", "take_saved"]);
}

fn check_listed_take(data: &Path, id: &str) {
    let ran = run(starling(data).args(["history", "--json"]));
    let list = &ran.succeeds().documents()[0];
    assert_eq!(
        list.as_array().map(Vec::len),
        Some(1),
        "takes in the history"
    );
    let take = &list[0];
    has_keys(take, TAKE);
    assert_eq!(
        (&take["take"], &take["story"], &take["section"]),
        (&id.into(), &"webhook-drop".into(), &"task".into())
    );
    assert_eq!(take["state"], "transcribed");
    assert!(number(&take["words"]) > 32.0, "{take}");
}

#[track_caller]
fn assert_is_empty(folder: &Path) {
    let entries = fs::read_dir(folder).expect("a folder");
    assert_eq!(entries.count(), 0, "files in the data folder");
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

/// Fails if a promised key is missing or has another type.
#[track_caller]
fn has_keys(document: &Value, promised: &str) {
    let lines = promised.lines().map(str::trim);
    for line in lines.filter(|line| !line.is_empty()) {
        let (path, kind) = line.split_once(' ').expect("path type");
        if let Err(why) = check_type(document, path, kind) {
            panic!("{path}: {why}");
        }
    }
}

fn check_type(value: &Value, path: &str, kind: &str) -> Result<(), String> {
    if path.is_empty() {
        let has_type = match kind.trim_end_matches('?') {
            _ if value.is_null() => kind.ends_with('?'),
            "number" => value.is_number(),
            "text" => value.is_string(),
            "bool" => value.is_boolean(),
            "object" => value.is_object(),
            other => return Err(format!("unknown type {other}")),
        };
        let error = || format!("{value} is not of type {kind}");
        return has_type.then_some(()).ok_or_else(error);
    }
    let (key, rest) = path.split_once('.').unwrap_or((path, ""));
    let name = key.trim_end_matches("[]");
    let inner = value
        .get(name)
        .ok_or_else(|| format!("{name} is missing"))?;
    match (key.ends_with("[]"), inner) {
        (false, inner) => check_type(inner, rest, kind),
        (true, Value::Array(entries)) => entries.iter().try_for_each(|e| check_type(e, rest, kind)),
        (true, _) => Err(format!("{name} is not a list")),
    }
}

#[test]
fn check_finds_missing_keys_and_wrong_types() {
    let document = serde_json::json!({"a": [{"b": 1}, {"b": "one"}], "c": {"d": null}});
    for (path, kind, fails) in [
        ("a[].b", "number", true),
        ("a[].x", "number?", true),
        ("c.d", "text", true),
        ("c.d", "text?", false),
        ("c[].d", "text?", true),
    ] {
        assert_eq!(check_type(&document, path, kind).is_err(), fails, "{path}");
    }
}
