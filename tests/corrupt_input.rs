//! Generated bad input: recordings with wrong headers, takes of older versions, settings and profiles,
//! arguments. Nothing panics, each error is one sentence, and no file changes. A few hundred cases of each
//! here; `make fuzz` runs ten thousand.
#![allow(clippy::expect_used, reason = "a failed test panics")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use clap::Parser;
use common::builders::{TakeBuilder, webhook_story, words_from};
use common::recordings::ffmpeg;
use common::{cases, clip, temp_folder};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};
use starling::analysis::analyze;
use starling::audio;
use starling::cli::Args;
use starling::domain::profile::Profile;
use starling::domain::story::{Level, Part, SectionKind, Story};
use starling::domain::take::{Take, TakeId};
use starling::domain::time::Span;
use starling::domain::voice::Voice;
use starling::practice::report;
use starling::practice::report::{Report, ReportView};
use starling::storage::{Store, TakeFilter};

static STORY: LazyLock<Story> = LazyLock::new(webhook_story);

/// One second of speech in each supported format.
static RECORDINGS: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let folder = temp_folder();
    let spoken = clip("weak_quiz_team_happy_joe.flac").display().to_string();
    let surround = ["-af", "pan=5.1|c0=c0|c2=c0"];
    let formats: [(&str, &[&str]); 23] = [
        ("one.wav", &["-c:a", "pcm_s16le"]),
        ("float.wav", &["-c:a", "pcm_f32le"]),
        ("law.wav", &["-c:a", "pcm_mulaw"]),
        ("ima.wav", &["-c:a", "adpcm_ima_wav"]),
        ("microsoft.wav", &["-c:a", "adpcm_ms"]),
        ("mp3.wav", &["-c:a", "libmp3lame"]),
        ("large.wav", &["-rf64", "always"]),
        ("one.w64", &["-c:a", "pcm_s16le"]),
        ("one.aiff", &["-c:a", "pcm_s16be"]),
        ("ima.aiff", &["-c:a", "adpcm_ima_qt"]),
        ("one.au", &["-c:a", "pcm_mulaw"]),
        ("one.caf", &["-c:a", "pcm_s16be"]),
        ("apple.caf", &["-c:a", "alac"]),
        ("one.flac", &["-c:a", "flac"]),
        ("one.mp3", &["-c:a", "libmp3lame"]),
        ("one.m4a", &["-c:a", "aac"]),
        ("one.aac", &["-c:a", "aac"]),
        ("apple.m4a", &["-c:a", "alac"]),
        ("one.ogg", &["-c:a", "libvorbis"]),
        ("one.opus", &["-c:a", "libopus"]),
        ("one.webm", &["-c:a", "libopus"]),
        ("opus.mp4", &["-c:a", "libopus"]),
        ("big.mov", &["-c:a", "pcm_s24be"]),
    ];
    let surrounds: [(&str, &[&str]); 2] = [
        ("surround.opus", &["-c:a", "libopus"]),
        ("surround.m4a", &["-c:a", "aac"]),
    ];
    let formats = formats.iter().map(|format| (format, &[][..]));
    let surrounds = surrounds.iter().map(|format| (format, &surround[..]));
    let files = formats.chain(surrounds).map(|((name, codec), channels)| {
        let path = folder.path().join(name);
        let input = ["-t", "1", "-i", &spoken];
        ffmpeg(&[&input[..], channels, codec].concat(), &path);
        ((*name).to_owned(), fs::read(path).expect("a recording"))
    });
    files.collect()
});

/// A change that damages a file.
#[derive(Debug, Clone)]
enum Damage {
    Byte(Index, u8),
    Number(Index, u32),
    Truncate(Index),
    Remove(Index, usize),
    Repeat(Index, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let extreme = select(vec![
        0,
        1,
        2,
        0x7f,
        0xff,
        0x7fff,
        0xffff,
        0x7fff_ffff,
        0x8000_0000,
        u32::MAX,
    ]);
    prop_oneof![
        3 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Damage::Byte(at, byte)),
        3 => (any::<Index>(), extreme).prop_map(|(at, number)| Damage::Number(at, number)),
        1 => any::<Index>().prop_map(Damage::Truncate),
        1 => (any::<Index>(), 1..200usize).prop_map(|(at, len)| Damage::Remove(at, len)),
        1 => (any::<Index>(), 1..200usize).prop_map(|(at, len)| Damage::Repeat(at, len)),
    ]
}

/// Damages the first or last `reach` bytes: headers are at the start, or, in an MP4, near the end.
fn apply_damage(bytes: &mut Vec<u8>, damage: &Damage, reach: usize) {
    let position = |at: &Index| {
        let reach = reach.min(bytes.len());
        let at = at.index(2 * reach + 1);
        if at <= reach {
            at
        } else {
            bytes.len() + reach - at
        }
    };
    match damage {
        Damage::Byte(at, byte) => {
            let at = position(at);
            if let Some(old) = bytes.get_mut(at) {
                *old = *byte;
            }
        }
        Damage::Number(at, number) => {
            let either_order = if at.index(2) == 0 {
                number.to_le_bytes()
            } else {
                number.to_be_bytes()
            };
            let at = position(at);
            for (old, byte) in bytes.iter_mut().skip(at).zip(either_order) {
                *old = byte;
            }
        }
        Damage::Truncate(at) => bytes.truncate(position(at)),
        Damage::Remove(at, len) => {
            let at = position(at);
            let end = (at + len).min(bytes.len());
            bytes.drain(at.min(end)..end);
        }
        Damage::Repeat(at, len) => {
            let at = position(at).min(bytes.len());
            let part = bytes[at..(at + len).min(bytes.len())].to_vec();
            bytes.splice(at..at, part);
        }
    }
}

/// A take with pauses, a filler, numbers and a planned phrase, as JSON.
fn take_json(id: &str) -> Value {
    let text = "I noticed the drop, um, traced it and 0.3% of 8,000 orders were not lost again.";
    let take = TakeBuilder::new(id)
        .section(SectionKind::Situation)
        .seconds(9.0)
        .words(words_from(0.0, 0.5, 0.4, text))
        .voice(Voice {
            speech: vec![Span::new(0.0, 4.0), Span::new(5.0, 8.0)],
            speech_dbfs: Some(-20.0),
            ..starling::acoustics::measure_voice(&vec![0.1; 16_000], vec![Span::new(0.0, 1.0)])
        })
        .build();
    serde_json::to_value(take).expect("JSON")
}

/// A JSON value of an unexpected type or size.
fn unexpected_value() -> impl Strategy<Value = Value> {
    let numbers = vec![
        json!(0),
        json!(-1),
        json!(1),
        json!(0.5),
        json!(1e308),
        json!(-1e308),
        json!(1e-300),
        json!(4_294_967_295_u64),
        json!(u64::MAX),
        json!(1e15),
        json!(86_400),
    ];
    prop_oneof![
        4 => select(numbers),
        2 => any::<f64>().prop_filter("JSON has only finite numbers", |n| n.is_finite()).prop_map(|n| json!(n)),
        1 => select(vec![json!(null), json!(true), json!([]), json!({}), json!("")]),
        1 => any::<String>().prop_map(|text| json!(text)),
        1 => select(vec!["all", "task", "followup:0", "followup:99999", "senior", "../../up"])
            .prop_map(|text| json!(text)),
    ]
}

/// Collects the JSON pointers of all values in a document.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                pointers(field, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointers(item, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
    found.push(at.to_owned());
}

/// Computes everything that is derived from a take: feedback, reports and subtitles.
fn derive_everything(take: &Take) {
    let Some(transcription) = &take.transcription else {
        return;
    };
    let viewer = jiff::tz::TimeZone::UTC;
    let _ = report::subtitles(&transcription.transcript);
    if let Some(feedback) = analyze(take, &STORY, &Profile::default()) {
        let view = ReportView::new(take, &STORY, transcription, &feedback, &viewer);
        let _ = (report::markdown(&view), report::html(&view, b""));
        serde_json::to_vec(&Report::new("-", &STORY, take, transcription, &feedback))
            .expect("JSON");
    }
}

/// Requires that a message is one line and names the file.
fn check_message(message: &str, name: &str) -> Result<(), TestCaseError> {
    prop_assert!(message.contains(name), "{message:?} does not name {name}");
    let is_one_line = !message.trim_end().contains('\n');
    prop_assert!(is_one_line, "more than one line: {message:?}");
    prop_assert!(message.len() < 600, "longer than a sentence: {message:?}");
    Ok(())
}

/// Opens a data folder with a take of an older version, a JSON file beside its audio. The take must be
/// imported or left as it was; its audio is not changed.
fn check_import(json: &[u8]) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir_in(in_memory_folder()).expect("a folder");
    let store = Store::at(Some(folder.path().join("data"))).expect("a data folder");
    store.prepare().expect("a writable folder");
    let id = TakeId("mine".to_owned());
    let wav = store.wav(&id);
    let sidecar = wav.with_extension("json");
    fs::write(&wav, "sound").expect("an audio file");
    fs::write(&sidecar, json).expect("a JSON file");
    let opened = store.open_take_db().expect("a take database");
    prop_assert_eq!(fs::read(&wav).expect("audio"), b"sound");
    let list = opened.db.list(&TakeFilter::default()).expect("a list");
    match sidecar.exists() {
        true => {
            prop_assert_eq!(fs::read(&sidecar).expect("JSON"), json);
            check_message(&opened.notices.join(" "), "mine.json")?;
        }
        false => {
            prop_assert_eq!(list.len(), 1);
            derive_everything(&opened.db.take(&id).expect("an imported take"));
        }
    }
    // The next start must accept the database.
    drop(opened);
    let reopened = store.open_take_db().expect("a take database");
    prop_assert!(
        !reopened
            .notices
            .iter()
            .any(|notice| notice.contains("broken")),
        "{:?}",
        reopened.notices
    );
    Ok(())
}

/// A folder in memory if there is one, because thousands of databases are synced to it.
fn in_memory_folder() -> PathBuf {
    let memory = Path::new("/dev/shm");
    match memory.is_dir() {
        true => memory.to_owned(),
        false => std::env::temp_dir(),
    }
}

/// Valid arguments, mixed with odd ones.
const ARGUMENTS: [&str; 48] = [
    "analyze",
    "rehearse",
    "devices",
    "doctor",
    "stories",
    "check",
    "history",
    "export",
    "erase",
    "privacy",
    "open",
    "help",
    "--section",
    "--story",
    "--level",
    "--model",
    "--mic",
    "--data",
    "--json",
    "--fast",
    "--to",
    "--all",
    "--yes",
    "--help",
    "--version",
    "task",
    "all",
    "followup:1",
    "followup:-1",
    "followup:99999999999",
    "sde2",
    "senior",
    "wav:",
    "wav:no-such.wav",
    "last",
    "",
    " ",
    "-",
    "--",
    "---",
    "x.md",
    "x.html",
    ".md",
    "é\u{301}",
    "\u{0}",
    "--section=",
    "--level=\u{1F980}",
    "webhook-drop",
];

fn arguments() -> impl Strategy<Value = Vec<String>> {
    let argument = prop_oneof![
        8 => select(&ARGUMENTS[..]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec(argument, 0..7)
}

const SETTINGS: &str = "microphone = \"Headset\"\nmodel = \"base.en\"\nstory = \"webhook-drop\"\n\
    theme = \"dark\"\ncaptions = false\n";
const PROFILE: &str = "ownership = \"amazon\"\npace_quiet_wpm = [110.0, 165.0]\ntime_red = [0.5, 1.2]\n\
    pause_red = 4.0\nfillers_red_per_minute = 12.0\nquiet_speech_dbfs = -45.0\n[baseline]\n\
    pitch_sd_semitones = 2.5\n";
const FRAGMENTS: [&str; 20] = [
    "\"",
    "[",
    "]",
    "=",
    "\n",
    "nan",
    "inf",
    "-inf",
    "-1",
    "1e308",
    "1e309",
    "0",
    "{}",
    "[baseline]",
    "theme = 3",
    "\u{0}",
    "\u{feff}",
    "'''",
    "99999999999999999999",
    "#",
];

fn damaged_text(original: &'static str) -> impl Strategy<Value = String> {
    let change = (any::<Index>(), 0..12usize, select(&FRAGMENTS[..]));
    prop::collection::vec(change, 1..5).prop_map(move |changes| {
        let mut text: Vec<char> = original.chars().collect();
        for (at, removed, fragment) in changes {
            let start = at.index(text.len() + 1);
            let end = (start + removed).min(text.len());
            text.splice(start..end, fragment.chars());
        }
        text.into_iter().collect()
    })
}

/// Found by the properties below: a take of millions of years filled the memory when it was read.
#[test]
fn take_of_a_million_years_is_not_imported() {
    for pointer in [
        "/audio/seconds",
        "/heard/transcript/words/3/end",
        "/heard/voice/speech/0/end",
    ] {
        let mut take = take_json("mine");
        *take.pointer_mut(pointer).expect("a value") = json!(3e13);
        let json = serde_json::to_vec(&take).expect("JSON");
        let parsed: Take = serde_json::from_slice(&json).expect("a take");
        assert!(parsed.problem().is_some(), "{pointer} is accepted");
        check_import(&json).expect("the file is left as it was");
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn recording_with_a_damaged_header_is_decoded_or_refused(
        which in any::<Index>(),
        damages in prop::collection::vec(damage(), 1..4),
        reach in select(vec![64usize, 512, 4096]),
    ) {
        let (name, bytes) = &RECORDINGS[which.index(RECORDINGS.len())];
        let mut bytes = bytes.clone();
        for damage in &damages {
            apply_damage(&mut bytes, damage, reach);
        }
        let folder = tempfile::tempdir_in(in_memory_folder()).expect("a folder");
        let path = folder.path().join(name);
        fs::write(&path, &bytes).expect("a recording");
        match audio::decode_file(&path) {
            Ok(recording) => prop_assert!(recording.samples.iter().all(|s| s.is_finite())),
            Err(error) => check_message(&error.to_string(), name)?,
        }
        prop_assert_eq!(fs::read(&path).expect("the recording"), bytes);
    }

    #[test]
    fn take_of_an_older_version_with_unexpected_values_is_imported_or_left(
        changes in prop::collection::vec((any::<Index>(), unexpected_value()), 1..5),
    ) {
        let mut take = take_json("mine");
        for (at, value) in changes {
            let mut all = Vec::new();
            pointers(&take, "", &mut all);
            let pointer = &all[at.index(all.len())];
            *take.pointer_mut(pointer).expect("a value") = value;
        }
        check_import(&serde_json::to_vec(&take).expect("JSON"))?;
    }

    #[test]
    fn damaged_take_of_an_older_version_is_imported_or_left(
        damages in prop::collection::vec(damage(), 1..4),
    ) {
        let mut json = serde_json::to_vec(&take_json("mine")).expect("JSON");
        for damage in &damages {
            apply_damage(&mut json, damage, 4096);
        }
        check_import(&json)?;
    }

    #[test]
    fn damaged_settings_are_read_or_named(
        settings in damaged_text(SETTINGS),
        profile in damaged_text(PROFILE),
    ) {
        let folder = tempfile::tempdir_in(in_memory_folder()).expect("a folder");
        let store = Store::at(Some(folder.path().to_owned())).expect("a data folder");
        let files = [("settings.toml", settings), ("profile.toml", profile)];
        for (name, text) in &files {
            fs::write(folder.path().join(name), text).expect("a settings file");
        }
        if let Err(error) = store.settings() {
            check_message(&error.to_string(), "settings.toml")?;
        }
        match store.profile() {
            // The analysis must work with every accepted profile.
            Ok(profile) => {
                let take: Take = serde_json::from_value(take_json("mine")).expect("a take");
                prop_assert!(analyze(&take, &STORY, &profile).is_some());
            }
            Err(error) => check_message(&error.to_string(), "profile.toml")?,
        }
        for (name, text) in &files {
            let now = fs::read_to_string(folder.path().join(name));
            prop_assert_eq!(&now.expect("a settings file"), text);
        }
    }

    #[test]
    fn any_arguments_are_parsed_or_refused(arguments in arguments()) {
        let all = std::iter::once("starling".to_owned()).chain(arguments);
        if let Err(error) = Args::try_parse_from(all) {
            let message = error.to_string();
            prop_assert!(!message.trim().is_empty());
            prop_assert!(matches!(error.exit_code(), 0 | 2), "{message}");
        }
    }

    #[test]
    fn any_part_or_level_is_parsed_or_refused(text in any::<String>(), number in any::<i128>()) {
        for text in [text, format!("followup:{number}")] {
            if let Ok(part) = text.parse::<Part>() {
                prop_assert_eq!(part.to_string().parse::<Part>().ok(), Some(part));
            }
            let _ = text.parse::<Level>();
        }
    }
}
