//! Whatever is wrong with a microphone, a file, a story, a disk or a model: one sentence, the right
//! exit code, and no more harm than that.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command as Tool;

use common::{clip, plain_words, run, starling};
use tempfile::TempDir;

#[test]
fn without_a_microphone() {
    let data = folder();
    let none = "no microphone found: plug one in";
    for arguments in [vec!["devices"], vec!["devices", "--json"]] {
        run(starling(data.path()).args(arguments)).fails(1, none);
    }
    let named = run(starling(data.path()).args(["rehearse", "--section", "task", "--mic", "NAME"]));
    named.fails(1, "microphone \"NAME\" not found: `starling devices` lists");
    let default = run(starling(data.path()).args(["rehearse", "--section", "task", "--json"]));
    assert_eq!(default.code, 1);
    default.has_one_message(none);
    let events = default.documents();
    let problem = events.iter().find(|event| event["event"] == "problem");
    assert!(problem.is_some_and(|p| p["text"].as_str().is_some_and(|t| t.contains(none))));

    let doctor = run(starling(data.path()).args(["doctor", "--json"]));
    assert_eq!(doctor.code, 1);
    doctor.has_one_message("2 checks failed");
    let lines = &doctor.documents()[0];
    let not_ok: Vec<&str> = lines
        .as_array()
        .into_iter()
        .flatten()
        .filter(|line| line["ok"] == false)
        .filter_map(|line| line["check"].as_str())
        .collect();
    assert_eq!(not_ok, ["microphone", "screen"]);
}

#[test]
fn recordings_that_cannot_be_read() {
    let data = folder();
    let cases = [
        ("empty.wav", Vec::new(), "is empty: record it again"),
        (
            "text.wav",
            b"Dear interviewer, I noticed...\n".repeat(40),
            "cannot decode",
        ),
        (
            "half-a-header.wav",
            wav(1, 16_000, 1, 16, &[])[..30].to_vec(),
            "cannot decode",
        ),
        (
            "no-rate.wav",
            wav(1, 0, 1, 16, &[0; 640]),
            "unsupported sample rate 0 Hz",
        ),
        (
            "no-channels.wav",
            wav(1, 16_000, 0, 16, &[0; 640]),
            "cannot decode",
        ),
        (
            "picture.mp3",
            b"\x89PNG\r\n\x1a\n".repeat(200),
            "cannot decode",
        ),
    ];
    for (name, bytes, expected) in cases {
        let path = data.path().join(name);
        fs::write(&path, bytes).expect("room");
        let ran = run(starling(data.path()).args(["analyze", "--json"]).arg(&path));
        ran.fails(1, expected);
        ran.has_one_message(name);
    }
    let absent = run(starling(data.path()).args(["analyze", "--json", "no-such.wav"]));
    absent.fails(1, "cannot open no-such.wav");
    let directory = run(starling(data.path())
        .args(["analyze", "--json"])
        .arg(data.path()));
    assert_eq!(directory.code, 1);
    directory.has_one_message("");
}

/// Every shape a recording can have: the words are heard, whatever it is wrapped in.
#[test]
fn recordings_of_every_shape() {
    let data = folder();
    let speech = samples(&clip("weak_quiz_team_happy_joe.flac"));
    let whole = interleaved(1, 16, &speech, |s| vec![s]);
    let wide = resampled(&clip("weak_quiz_team_happy_joe.flac"), 48_000);
    let files = [
        (
            "truncated.wav",
            wav(1, 16_000, 1, 16, &whole)[..44 + whole.len() - 9_601].to_vec(),
        ),
        (
            "mulaw.wav",
            wav(
                7,
                16_000,
                1,
                8,
                &speech.iter().map(|s| mu_law(*s)).collect::<Vec<u8>>(),
            ),
        ),
        (
            "one-silent.wav",
            wav(3, 48_000, 2, 32, &float(&wide, |s| vec![0.0, s])),
        ),
        (
            "anti-phase.wav",
            wav(3, 48_000, 2, 32, &float(&wide, |s| vec![s, -s])),
        ),
        (
            "eight-channels.wav",
            wav(
                1,
                16_000,
                8,
                24,
                &interleaved(8, 24, &speech, |s| vec![0, 0, 0, s, 0, 0, 0, 0]),
            ),
        ),
        (
            "eight-bit.wav",
            wav(
                1,
                16_000,
                1,
                8,
                &speech
                    .iter()
                    .map(|s| ((s >> 8) + 128) as u8)
                    .collect::<Vec<u8>>(),
            ),
        ),
        (
            "no-length.wav",
            [
                &wav(1, 16_000, 1, 16, &whole)[..40],
                &[0; 4],
                whole.as_slice(),
            ]
            .concat(),
        ),
        (
            "double.wav",
            wav(
                3,
                16_000,
                1,
                64,
                &speech
                    .iter()
                    .flat_map(|s| (f64::from(*s) / 32_768.0).to_le_bytes())
                    .collect::<Vec<u8>>(),
            ),
        ),
        (
            "integers.wav",
            wav(1, 16_000, 1, 32, &interleaved(1, 32, &speech, |s| vec![s])),
        ),
    ];
    let mut paths: Vec<PathBuf> = files
        .iter()
        .map(|(name, bytes)| {
            let path = data.path().join(name);
            fs::write(&path, bytes).expect("room");
            path
        })
        .collect();
    for name in ["spoken.mp3", "spoken.m4a", "spoken.ogg", "spoken.flac"] {
        let path = data.path().join(name);
        ffmpeg(
            &["-i", &show(&clip("weak_quiz_team_happy_joe.flac"))],
            &path,
        );
        paths.push(path);
    }
    let mut command = starling(data.path());
    command
        .args(["analyze", "--section", "result", "--json"])
        .args(&paths);
    let ran = run(&mut command);
    assert_eq!(ran.code, 0);
    ran.has_one_message("truncated.wav is damaged: only 2.6 s could be read");
    let reports = ran.documents();
    assert_eq!(reports.len(), paths.len());
    for (path, report) in paths.iter().zip(&reports) {
        let name = show(path);
        assert_eq!(report["file"], name);
        let words = plain_words(report);
        assert!(
            words.starts_with("the drop rate got better"),
            "{name}: {words}"
        );
        let seconds = report["audio"]["seconds"].as_f64().unwrap_or_default();
        let expected = if name.contains("truncated") {
            2.59
        } else {
            2.89
        };
        assert!((seconds - expected).abs() < 0.15, "{name}: {seconds} s");
    }
    let channels = reports.iter().map(|r| r["audio"]["channels"].as_u64());
    assert_eq!(channels.flatten().max(), Some(8));
}

/// What is too short or says nothing is no failure: there is only nothing to say about it. A bad
/// file among good ones is named, and the good ones are read.
#[test]
fn one_bad_file_does_not_stop_the_rest() {
    let data = folder();
    let header = data.path().join("header.wav");
    fs::write(&header, wav(1, 16_000, 1, 16, &[])).expect("room");
    let only = run(starling(data.path())
        .args(["analyze", "--json"])
        .arg(&header));
    assert_eq!(only.code, 0);
    only.has_one_message("header.wav contains no audio");
    assert_eq!(only.documents()[0]["speech"]["heard"], false);

    let bad = data.path().join("bad.wav");
    fs::write(&bad, "this is no sound at all").expect("room");
    let mut command = starling(data.path());
    command
        .args(["analyze", "--section", "result", "--json"])
        .arg(clip("edge_tiny_0.2s.wav"))
        .arg(&bad)
        .arg(clip("weak_quiz_team_happy_joe.flac"));
    let ran = run(&mut command);
    assert_eq!(ran.code, 1);
    ran.has_one_message(&format!("cannot decode {}", bad.display()));
    let reports = ran.documents();
    assert_eq!(reports.len(), 2);
    assert_eq!(reports[0]["speech"]["heard"], false);
    assert_eq!(reports[0]["verdict"]["lean"], "not enough heard");
    assert!(plain_words(&reports[1]).contains("the team was happy"));
}

/// Three minutes, many windows: nothing is lost at the seams or at the end.
#[test]
fn three_minutes_are_heard_to_the_end() {
    let data = folder();
    let path = data.path().join("long.wav");
    let pause = vec![0; 12 * 16_000];
    let mut long: Vec<i32> = Vec::new();
    for _ in 0..2 {
        for name in [
            "strong_situation_joe.flac",
            "strong_task_joe.flac",
            "strong_result_joe.flac",
        ] {
            long.extend(samples(&clip(name)));
            long.extend(&pause);
        }
    }
    long.extend(samples(&clip("weak_quiz_team_happy_joe.flac")));
    let bytes = interleaved(1, 16, &long, |s| vec![s]);
    fs::write(&path, wav(1, 16_000, 1, 16, &bytes)).expect("room");
    let ran = run(starling(data.path()).args(["analyze", "--json"]).arg(&path));
    let report = &ran.succeeds().documents()[0];
    let seconds = report["audio"]["seconds"].as_f64().unwrap_or_default();
    assert!(seconds > 180.0, "{seconds}");
    let words = plain_words(report);
    for (said, times) in [
        ("i noticed that", 2),
        ("and nobody had asked", 4),
        ("in their webhook template", 2),
    ] {
        assert_eq!(words.matches(said).count(), times, "\"{said}\" in: {words}");
    }
    assert!(
        words.ends_with("the drop rate got better and the team was happy"),
        "{words}"
    );
    let last = report["transcript"]["words"]
        .as_array()
        .and_then(|words| words.last());
    let end = last
        .and_then(|word| word["end"].as_f64())
        .unwrap_or_default();
    assert!(
        (seconds - end).abs() < 1.0,
        "last word at {end} of {seconds} s"
    );
}

/// A pack with many things wrong: all are named, by line.
#[test]
fn packs_are_checked_to_the_last_line() {
    let data = folder();
    let good = fs::read_to_string("content/webhook-drop.toml").expect("a pack");
    let line_of = |text: &str, part: &str| {
        let before = &text[..text.find(part).unwrap_or_else(|| panic!("{part}"))];
        before.matches('\n').count() + 1
    };
    let bad = good
        .replacen("purpose = ", "purpsoe = ", 1)
        .replacen("target = \"30 s\"", "target = \"30 ms\"", 1)
        .replacen("say = \"no ticket\"", "say = \"Not my team!\"", 1)
        .replacen("kind = \"reflection\"", "kind = \"reflexion\"", 1);
    let path = data.path().join("bad.toml");
    fs::write(&path, &bad).expect("room");
    let ran = run(starling(data.path()).arg("check").arg(&path));
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    for (part, what) in [
        ("purpsoe", "unknown field `purpsoe`"),
        ("30 ms", "`target` is \"30 ms\": write seconds or minutes"),
        (
            "say = \"Not my team!\"",
            "phrase \"Not my team!\" is planned twice",
        ),
        ("reflexion", "there is no section `reflexion`"),
    ] {
        let expected = format!("{}:{}: {what}", show(&path), line_of(&bad, part));
        assert!(
            ran.out.contains(&expected),
            "\"{expected}\" is not in:\n{}",
            ran.out
        );
    }
    assert!(
        ran.out.contains("section `reflection` is missing"),
        "{}",
        ran.out
    );
    for line in ran.out.lines() {
        let place = line.strip_prefix(&format!("{}:", show(&path)));
        let number = place.and_then(|rest| rest.split(':').next());
        assert!(number.is_some_and(|n| n.parse::<usize>().is_ok()), "{line}");
    }

    let broken = data.path().join("broken.toml");
    fs::write(&broken, "schema = 1\nid = \"half\ntitle = \"x\"\n").expect("room");
    let binary = data.path().join("binary.toml");
    fs::write(&binary, [0xff, 0xfe, 0x00, 0x80]).expect("room");
    let mut command = starling(data.path());
    command
        .arg("check")
        .args([&broken, &binary])
        .arg("content/wrong-call.toml");
    let ran = run(&mut command);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("broken.toml:2: "), "{}", ran.out);
    assert!(
        ran.out.contains("content/wrong-call.toml: ok"),
        "{}",
        ran.out
    );
    ran.has_one_message("binary.toml");
}

/// A broken pack of the user's own does not take the built-in stories away.
#[test]
fn a_broken_pack_leaves_the_others() {
    let data = folder();
    fs::create_dir_all(data.path().join("stories")).expect("room");
    fs::write(data.path().join("stories/mine.toml"), "schema = 2\n").expect("room");
    let ran = run(starling(data.path()).args(["stories", "--json"]));
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("mine.toml:1: "), "{}", ran.err);
    assert_eq!(ran.documents()[0].as_array().map(Vec::len), Some(2));
}

#[test]
fn what_does_not_exist_is_an_argument_that_is_wrong() {
    let data = folder();
    let clip = show(&clip("edge_tiny_0.2s.wav"));
    let cases = [
        (
            vec!["analyze", "--story", "no-such", &clip],
            "no story named `no-such`",
        ),
        (vec!["analyze", "--section", "epilogue", &clip], "epilogue"),
        (
            vec!["analyze", "--section", "followup:99", &clip],
            "has no followup:99",
        ),
        (vec!["analyze", "--level", "intern", &clip], "intern"),
        (
            vec!["rehearse", "--story", "no-such"],
            "no story named `no-such`",
        ),
        (
            vec!["rehearse", "--fast"],
            "--fast needs a file as the microphone",
        ),
        (vec!["rehearse", "--mic", "wav:"], "the file is missing"),
        (vec!["analyze"], "FILE"),
        (vec!["sing"], "sing"),
    ];
    for (arguments, expected) in cases {
        let ran = run(starling(data.path()).args(&arguments));
        assert_eq!(ran.code, 2, "{arguments:?}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(expected), "{arguments:?}: {}", ran.err);
        assert_eq!(ran.out, "");
    }
}

/// As root every folder can be written, but none inside a file.
#[test]
fn where_nothing_can_be_written() {
    let data = folder();
    let file = data.path().join("file");
    fs::write(&file, "").expect("room");
    let mic = format!("wav:{}", show(&clip("edge_tiny_0.2s.wav")));
    for place in [file.join("data"), PathBuf::from("/proc/starling")] {
        let mut command = starling(&place);
        command.args([
            "rehearse",
            "--section",
            "task",
            "--fast",
            "--json",
            "--mic",
            &mic,
        ]);
        let ran = run(&mut command);
        assert_eq!(ran.code, 1);
        ran.has_one_message("cannot write to");
        ran.documents();
        // Reading needs no room.
        run(starling(&place).args(["stories", "--json"])).succeeds();
    }
}

#[test]
fn broken_settings_are_named() {
    let data = folder();
    fs::write(data.path().join("settings.toml"), "volume = 11\n").expect("room");
    let ran = run(starling(data.path())
        .args(["analyze", "--json"])
        .arg(clip("edge_tiny_0.2s.wav")));
    ran.fails(1, "settings.toml: line 1: unknown field `volume`");
    // They are the user's to mend: nothing writes over them.
    let file = format!("wav:{}", clip("edge_tiny_0.2s.wav").display());
    let ran = run(starling(data.path()).args(["rehearse", "--fast", "--mic", &file]));
    ran.fails(1, "settings.toml: line 1");
    let left = fs::read_to_string(data.path().join("settings.toml"));
    assert_eq!(left.expect("there"), "volume = 11\n");
}

#[test]
fn without_a_screen() {
    let data = folder();
    for arguments in [vec![], vec!["open"]] {
        run(starling(data.path()).args(arguments)).fails(1, "starling rehearse");
    }
}

#[test]
fn models_that_are_none() {
    let data = folder();
    let path = |name: &str| data.path().join(name);
    let whole = fs::read("models/ggml-tiny.en-q8_0.bin").expect("the model");
    fs::write(path("ggml-tiny.en-q8_0.bin"), &whole[..1 << 20]).expect("room");
    fs::write(path("page.bin"), "<html>not found</html>").expect("room");
    // Cut off, under a name that nobody knows the size of.
    fs::write(path("ggml-mine.bin"), &whole[..20 << 20]).expect("room");
    let cases = [
        (show(&path("absent.bin")), "is missing"),
        ("no-such".to_owned(), "ggml-no-such.bin is missing"),
        (
            show(&path("ggml-tiny.en-q8_0.bin")),
            "is truncated: copy it again",
        ),
        (show(&path("page.bin")), "is not a speech model"),
        (
            show(&path("ggml-mine.bin")),
            "ggml-mine.bin is truncated: copy it again",
        ),
    ];
    let mic = format!("wav:{}", show(&clip("edge_tiny_0.2s.wav")));
    for (model, expected) in cases {
        let mut command = starling(data.path());
        command.args(["analyze", "--json", "--model", &model]);
        run(command.arg(clip("edge_tiny_0.2s.wav"))).fails(1, expected);
        let mut command = starling(data.path());
        command.args([
            "rehearse",
            "--section",
            "task",
            "--fast",
            "--json",
            "--mic",
            &mic,
        ]);
        let ran = run(command.args(["--model", &model]));
        assert_eq!(ran.code, 1);
        ran.has_one_message(expected);
        let takes = common::take_files(data.path(), "wav");
        assert!(takes.is_empty(), "recorded what cannot be heard");
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn show(path: &Path) -> String {
    path.display().to_string()
}

/// The clip as 16-bit samples at 16 kHz.
fn samples(clip: &Path) -> Vec<i32> {
    let recording = starling::audio::decode_file(clip).expect("a clip");
    recording
        .samples
        .iter()
        .map(|s| (s * 32_767.0) as i32)
        .collect()
}

/// The clip at another rate, -1 to 1.
fn resampled(clip: &Path, rate_hz: u32) -> Vec<f32> {
    let folder = folder();
    let path = folder.path().join("resampled.wav");
    ffmpeg(&["-i", &show(clip), "-ar", &rate_hz.to_string()], &path);
    let mut reader = hound::WavReader::open(path).expect("a WAV");
    reader
        .samples::<i16>()
        .map(|s| f32::from(s.expect("a sample")) / 32_768.0)
        .collect()
}

fn ffmpeg(arguments: &[&str], out: &Path) {
    let tool = Tool::new("ffmpeg")
        .args(["-nostdin", "-loglevel", "error", "-y"])
        .args(arguments)
        .arg(out)
        .status()
        .expect("ffmpeg is missing: `.ci/packages test` installs what the tests need");
    assert!(tool.success(), "ffmpeg cannot write {}", out.display());
}

/// A WAV file written by hand. `format`: 1 for integers, 3 for floats, 7 for mu-law.
fn wav(format: u16, rate_hz: u32, channels: u16, bits: u16, data: &[u8]) -> Vec<u8> {
    let frame = channels * bits / 8;
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((38 + data.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt ");
    // Anything but integers has to say how much more it says: nothing.
    let extension: &[u8] = if format == 1 { &[] } else { &[0, 0] };
    file.extend((16 + extension.len() as u32).to_le_bytes());
    file.extend(format.to_le_bytes());
    file.extend(channels.to_le_bytes());
    file.extend(rate_hz.to_le_bytes());
    file.extend((rate_hz * u32::from(frame)).to_le_bytes());
    file.extend(frame.to_le_bytes());
    file.extend(bits.to_le_bytes());
    file.extend(extension);
    file.extend(b"data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}

/// 16-bit samples as `bits` wide ones, each spread over `channels`.
fn interleaved(
    channels: usize,
    bits: u32,
    samples: &[i32],
    spread: impl Fn(i32) -> Vec<i32>,
) -> Vec<u8> {
    let mut bytes = Vec::new();
    for sample in samples {
        let frame = spread(sample << (bits - 16));
        assert_eq!(frame.len(), channels);
        for value in frame {
            bytes.extend(&value.to_le_bytes()[..bits as usize / 8]);
        }
    }
    bytes
}

fn float(samples: &[f32], spread: impl Fn(f32) -> Vec<f32>) -> Vec<u8> {
    let frames = samples.iter().flat_map(|sample| spread(*sample));
    frames.flat_map(f32::to_le_bytes).collect()
}

/// G.711 mu-law.
fn mu_law(sample: i32) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = sample.abs().min(32_635) + 0x84;
    let exponent = (7..15).rev().find(|bit| magnitude >> bit != 0).unwrap_or(7) - 7;
    let mantissa = (magnitude >> (exponent + 3)) & 0x0f;
    !(sign | (exponent << 4) as u8 | mantissa as u8)
}
