//! Bad input by the thousand: recordings whose headers lie, takes of older versions, settings and
//! profiles, arguments. Nothing panics, each refusal is one sentence, and what was there before stays.
//! Some hundred cases here; `make fuzz` tries ten thousand of each.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use clap::Parser;
use common::{cases, clip};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};
use starling::analysis::analyze;
use starling::audio;
use starling::cli::Args;
use starling::domain::profile::Profile;
use starling::domain::story::{Level, Part, Story};
use starling::domain::story_file;
use starling::domain::take::{Audio, Take, TakeId, Transcription, TranscriptionStats};
use starling::domain::time::Span;
use starling::domain::transcript::{Transcript, Word};
use starling::domain::voice::Voice;
use starling::practice::report;
use starling::practice::report::{Report, ReportView};
use starling::storage::{Store, TakeFilter};

static STORY: LazyLock<Story> = LazyLock::new(|| {
    story_file::parse(include_str!("../content/webhook-drop.toml")).expect("a story")
});

/// Real files of every kind that is read, a few seconds each.
static RECORDINGS: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let kinds = [
        ("one.wav", ["-c:a", "pcm_s16le"]),
        ("float.wav", ["-c:a", "pcm_f32le"]),
        ("law.wav", ["-c:a", "pcm_mulaw"]),
        ("one.flac", ["-c:a", "flac"]),
        ("one.mp3", ["-c:a", "libmp3lame"]),
        ("one.m4a", ["-c:a", "aac"]),
        ("apple.m4a", ["-c:a", "alac"]),
        ("one.ogg", ["-c:a", "libvorbis"]),
    ];
    let made = kinds.iter().map(|(name, codec)| {
        let path = folder.path().join(name);
        let made = Command::new("ffmpeg")
            .args(["-nostdin", "-loglevel", "error", "-t", "1", "-i"])
            .arg(clip("weak_quiz_team_happy_joe.flac"))
            .args(codec)
            .arg(&path)
            .status()
            .expect("ffmpeg is missing: `.ci/packages test` installs what the tests need");
        assert!(made.success(), "ffmpeg cannot make {name}");
        ((*name).to_owned(), fs::read(path).expect("just made"))
    });
    made.collect()
});

/// Where in a file headers are: near its beginning, or, in an MP4, near its end.
#[derive(Debug, Clone)]
enum Lie {
    Byte(Index, u8),
    Number(Index, u32),
    CutTo(Index),
    Without(Index, usize),
    Twice(Index, usize),
}

fn lie() -> impl Strategy<Value = Lie> {
    let odd = select(vec![
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
        3 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Lie::Byte(at, byte)),
        3 => (any::<Index>(), odd).prop_map(|(at, number)| Lie::Number(at, number)),
        1 => any::<Index>().prop_map(Lie::CutTo),
        1 => (any::<Index>(), 1..200usize).prop_map(|(at, len)| Lie::Without(at, len)),
        1 => (any::<Index>(), 1..200usize).prop_map(|(at, len)| Lie::Twice(at, len)),
    ]
}

/// The lie is told in the first `reach` bytes or the last ones.
fn told(bytes: &mut Vec<u8>, lie: &Lie, reach: usize) {
    let place = |at: &Index| {
        let reach = reach.min(bytes.len());
        let at = at.index(2 * reach + 1);
        if at <= reach {
            at
        } else {
            bytes.len() + reach - at
        }
    };
    match lie {
        Lie::Byte(at, byte) => {
            let at = place(at);
            if let Some(there) = bytes.get_mut(at) {
                *there = *byte;
            }
        }
        Lie::Number(at, number) => {
            // In either order of bytes.
            let order = if at.index(2) == 0 {
                number.to_le_bytes()
            } else {
                number.to_be_bytes()
            };
            let at = place(at);
            for (there, byte) in bytes.iter_mut().skip(at).zip(order) {
                *there = byte;
            }
        }
        Lie::CutTo(at) => bytes.truncate(place(at)),
        Lie::Without(at, len) => {
            let at = place(at);
            let end = (at + len).min(bytes.len());
            bytes.drain(at.min(end)..end);
        }
        Lie::Twice(at, len) => {
            let at = place(at).min(bytes.len());
            let again = bytes[at..(at + len).min(bytes.len())].to_vec();
            bytes.splice(at..at, again);
        }
    }
}

/// A take that says something, as JSON.
fn take(id: &str) -> Value {
    let said = "I noticed the drop, um, traced it and 0.3% of 8,000 orders were not lost again.";
    let words = said.split(' ').enumerate().map(|(i, text)| Word {
        text: text.to_owned(),
        start: i as f64 * 0.5,
        end: i as f64 * 0.5 + 0.4,
        confidence: 0.9,
    });
    let take = Take {
        id: TakeId(id.to_owned()),
        story: "webhook-drop".to_owned(),
        part: "situation".parse().expect("a part"),
        level: Level::Mid,
        audio: Audio {
            seconds: 9.0,
            sample_rate_hz: 16_000,
            channels: 1,
            ..Audio::default()
        },
        transcription: Some(Transcription {
            voice: Voice {
                speech: vec![Span::new(0.0, 4.0), Span::new(5.0, 8.0)],
                speech_dbfs: Some(-20.0),
                ..starling::acoustics::measure_voice(&vec![0.1; 16_000], vec![Span::new(0.0, 1.0)])
            },
            transcript: Transcript {
                words: words.collect(),
            },
            engine: TranscriptionStats {
                model: "none".to_owned(),
                threads: 1,
                cpu_seconds: None,
                wall_seconds: 0.0,
            },
        }),
    };
    serde_json::to_value(take).expect("JSON")
}

/// What stands where something else was meant.
fn strange() -> impl Strategy<Value = Value> {
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
        2 => any::<f64>().prop_filter("JSON has no others", |n| n.is_finite()).prop_map(|n| json!(n)),
        1 => select(vec![json!(null), json!(true), json!([]), json!({}), json!("")]),
        1 => any::<String>().prop_map(|text| json!(text)),
        1 => select(vec!["all", "task", "followup:0", "followup:99999", "senior", "../../up"])
            .prop_map(|text| json!(text)),
    ]
}

/// Every place in a document that holds a value.
fn leaves(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                leaves(field, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                leaves(item, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
    found.push(at.to_owned());
}

/// All that is made of a take: its feedback, its report, its sheet, its captions.
fn everything_of(take: &Take) {
    let Some(heard) = &take.transcription else {
        return;
    };
    let _ = report::subtitles(&heard.transcript);
    if let Some(feedback) = analyze(take, &STORY, &Profile::default()) {
        let sheet = ReportView::new(take, &STORY, heard, &feedback);
        let _ = (report::markdown(&sheet), report::html(&sheet, b""));
        serde_json::to_vec(&Report::new("-", &STORY, take, heard, &feedback)).expect("JSON");
    }
}

/// One sentence that names the file.
fn sentence(said: &str, name: &str) -> Result<(), TestCaseError> {
    prop_assert!(said.contains(name), "{said:?} does not name {name}");
    prop_assert!(!said.trim_end().contains('\n'), "not one line: {said:?}");
    prop_assert!(said.len() < 600, "not a sentence: {said:?}");
    Ok(())
}

/// What a store says to a sidecar: it is taken in, or left as it was; the sound stays in any case.
fn taken_in(json: &[u8]) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir_in(fast()).expect("a folder");
    let store = Store::at(Some(folder.path().join("data"))).expect("named");
    store.prepare().expect("room");
    let id = TakeId("mine".to_owned());
    let wav = store.wav(&id);
    let sidecar = wav.with_extension("json");
    fs::write(&wav, "sound").expect("room");
    fs::write(&sidecar, json).expect("room");
    let opened = store.open_take_db().expect("a journal");
    prop_assert_eq!(fs::read(&wav).expect("there"), b"sound");
    let listed = opened.db.list(&TakeFilter::default()).expect("a list");
    match sidecar.exists() {
        true => {
            prop_assert_eq!(fs::read(&sidecar).expect("there"), json);
            sentence(&opened.notices.join(" "), "mine.json")?;
        }
        false => {
            prop_assert_eq!(listed.len(), 1);
            everything_of(&opened.db.take(&id).expect("kept"));
        }
    }
    // And once more, as the next start would.
    drop(opened);
    let again = store.open_take_db().expect("a journal");
    prop_assert!(
        !again.notices.iter().any(|said| said.contains("broken")),
        "{:?}",
        again.notices
    );
    Ok(())
}

/// A folder in memory, where there is one: thousands of journals are synced to it.
fn fast() -> PathBuf {
    let memory = Path::new("/dev/shm");
    match memory.is_dir() {
        true => memory.to_owned(),
        false => std::env::temp_dir(),
    }
}

/// Arguments that mean something, and what they are mixed with.
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
    let one = prop_oneof![
        8 => select(&ARGUMENTS[..]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec(one, 0..7)
}

const SETTINGS: &str = "microphone = \"Headset\"\nmodel = \"base.en\"\nstory = \"webhook-drop\"\n\
    theme = \"dark\"\ncaptions = false\n";
const PROFILE: &str = "ownership = \"amazon\"\npace_quiet_wpm = [110.0, 165.0]\ntime_red = [0.5, 1.2]\n\
    pause_red = 4.0\nfillers_red_per_minute = 12.0\nquiet_speech_dbfs = -45.0\n[baseline]\n\
    pitch_sd_semitones = 2.5\n";
const SCRAPS: [&str; 20] = [
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

fn text_with_scraps(whole: &'static str) -> impl Strategy<Value = String> {
    let change = (any::<Index>(), 0..12usize, select(&SCRAPS[..]));
    prop::collection::vec(change, 1..5).prop_map(move |changes| {
        let mut text: Vec<char> = whole.chars().collect();
        for (at, cut, scrap) in changes {
            let start = at.index(text.len() + 1);
            let end = (start + cut).min(text.len());
            text.splice(start..end, scrap.chars());
        }
        text.into_iter().collect()
    })
}

/// Found by the property below: a take that is said to last, or to speak, for millions of years filled
/// the memory when it was read.
#[test]
fn a_take_of_a_million_years_is_left() {
    for place in [
        "/audio/seconds",
        "/heard/transcript/words/3/end",
        "/heard/voice/speech/0/end",
    ] {
        let mut take = take("mine");
        *take.pointer_mut(place).expect("a place") = json!(3e13);
        let json = serde_json::to_vec(&take).expect("JSON");
        let read: Take = serde_json::from_slice(&json).expect("a take");
        assert!(read.problem().is_some(), "{place}");
        taken_in(&json).expect("left as it was");
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn a_recording_whose_header_lies_is_read_or_refused(
        which in any::<Index>(),
        lies in prop::collection::vec(lie(), 1..4),
        reach in select(vec![64usize, 512, 4096]),
    ) {
        let (name, bytes) = &RECORDINGS[which.index(RECORDINGS.len())];
        let mut bytes = bytes.clone();
        for lie in &lies {
            told(&mut bytes, lie, reach);
        }
        let folder = tempfile::tempdir_in(fast()).expect("a folder");
        let path = folder.path().join(name);
        fs::write(&path, &bytes).expect("room");
        match audio::decode_file(&path) {
            Ok(recording) => prop_assert!(recording.samples.iter().all(|s| s.is_finite())),
            Err(error) => sentence(&error.to_string(), name)?,
        }
        prop_assert_eq!(fs::read(&path).expect("there"), bytes);
    }

    #[test]
    fn a_take_of_an_older_version_is_taken_in_or_left(
        changes in prop::collection::vec((any::<Index>(), strange()), 1..5),
    ) {
        let mut take = take("mine");
        for (at, value) in changes {
            let mut places = Vec::new();
            leaves(&take, "", &mut places);
            let at = &places[at.index(places.len())];
            *take.pointer_mut(at).expect("a place") = value;
        }
        taken_in(&serde_json::to_vec(&take).expect("JSON"))?;
    }

    #[test]
    fn a_damaged_take_of_an_older_version_is_left(
        lies in prop::collection::vec(lie(), 1..4),
    ) {
        let mut json = serde_json::to_vec(&take("mine")).expect("JSON");
        for lie in &lies {
            told(&mut json, lie, 4096);
        }
        taken_in(&json)?;
    }

    #[test]
    fn damaged_settings_are_read_or_named(
        settings in text_with_scraps(SETTINGS),
        profile in text_with_scraps(PROFILE),
    ) {
        let folder = tempfile::tempdir_in(fast()).expect("a folder");
        let store = Store::at(Some(folder.path().to_owned())).expect("named");
        let files = [("settings.toml", settings), ("profile.toml", profile)];
        for (name, text) in &files {
            fs::write(folder.path().join(name), text).expect("room");
        }
        if let Err(error) = store.settings() {
            sentence(&error.to_string(), "settings.toml")?;
        }
        match store.profile() {
            // Whatever it asks for can be worked with.
            Ok(profile) => {
                let take: Take = serde_json::from_value(take("mine")).expect("a take");
                prop_assert!(analyze(&take, &STORY, &profile).is_some());
            }
            Err(error) => sentence(&error.to_string(), "profile.toml")?,
        }
        for (name, text) in &files {
            prop_assert_eq!(&fs::read_to_string(folder.path().join(name)).expect("there"), text);
        }
    }

    #[test]
    fn arguments_are_understood_or_refused(arguments in arguments()) {
        let all = std::iter::once("starling".to_owned()).chain(arguments);
        if let Err(error) = Args::try_parse_from(all) {
            let said = error.to_string();
            prop_assert!(!said.trim().is_empty());
            prop_assert!(matches!(error.exit_code(), 0 | 2), "{said}");
        }
    }

    #[test]
    fn parts_and_levels_are_read_or_refused(text in any::<String>(), number in any::<i128>()) {
        for text in [text, format!("followup:{number}")] {
            if let Ok(part) = text.parse::<Part>() {
                prop_assert_eq!(part.to_string().parse::<Part>().ok(), Some(part));
            }
            let _ = text.parse::<Level>();
        }
    }
}
