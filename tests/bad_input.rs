//! Something is wrong with the microphone, a recording, a story, the settings, the data folder, the screen
//! or the model: the command prints one message, exits with the right code and changes nothing.
#![allow(clippy::expect_used, reason = "a failed test panics")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::recordings::ffmpeg;
use common::{
    clip, clip_as_mic, fast_rehearsal, plain_words, run, starling, take_files, temp_folder,
};

/// A short clip in which nothing is said.
const TINY: &str = "edge_tiny_0.2s.wav";

#[test]
fn without_microphone_commands_fail_with_one_message() {
    let data = temp_folder();
    let expected = "no microphone found: plug one in";
    for arguments in [vec!["devices"], vec!["devices", "--json"]] {
        run(starling(data.path()).args(arguments)).fails(1, expected);
    }
    let named = run(starling(data.path()).args(["rehearse", "--section", "task", "--mic", "NAME"]));
    named.fails(1, "microphone \"NAME\" not found: `starling devices` lists");
    let default = run(starling(data.path()).args(["rehearse", "--section", "task", "--json"]));
    assert_eq!(default.code, 1);
    default.has_one_message(expected);
    let events = default.documents();
    let problem = events.iter().find(|event| event["event"] == "problem");
    let text = problem.and_then(|problem| problem["text"].as_str());
    assert!(
        text.is_some_and(|text| text.contains(expected)),
        "the event \"problem\" says {text:?}"
    );

    let doctor = run(starling(data.path()).args(["doctor", "--json"]));
    assert_eq!(doctor.code, 1);
    doctor.has_one_message("2 checks failed");
    let lines = &doctor.documents()[0];
    let failed: Vec<&str> = lines
        .as_array()
        .into_iter()
        .flatten()
        .filter(|line| line["ok"] == false)
        .filter_map(|line| line["check"].as_str())
        .collect();
    assert_eq!(
        failed,
        ["microphone", "screen"],
        "failed checks of `doctor`"
    );
}

#[test]
fn unreadable_recording_is_named() {
    let data = temp_folder();
    let cases = [
        ("empty.wav", Vec::new(), "has no content (0 bytes)"),
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
        fs::write(&path, bytes).expect("a file");
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

#[test]
fn unusual_recordings_are_transcribed() {
    let data = temp_folder();
    let spoken = clip("weak_quiz_team_happy_joe.flac");
    let mut paths: Vec<PathBuf> = unusual_wavs(&spoken)
        .iter()
        .map(|(name, bytes)| {
            let path = data.path().join(name);
            fs::write(&path, bytes).expect("a WAV file");
            path
        })
        .collect();
    for name in [
        "spoken.mp3",
        "spoken.m4a",
        "spoken.ogg",
        "spoken.flac",
        "spoken.opus",
        "spoken.webm",
        "spoken.aiff",
        "spoken.caf",
        "spoken.aac",
    ] {
        let path = data.path().join(name);
        ffmpeg(&["-i", &show(&spoken)], &path);
        paths.push(path);
    }
    let mut command = starling(data.path());
    command
        .args(["analyze", "--section", "result", "--json"])
        .args(&paths);
    let ran = run(&mut command);
    assert_eq!(ran.code, 0);
    ran.has_one_message("truncated.wav: its header says 2.9 s, but only 2.6 s could be read");
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
        assert!(
            (seconds - expected).abs() < 0.15,
            "{name}: {seconds} s instead of {expected} s"
        );
    }
    let channels = reports.iter().map(|r| r["audio"]["channels"].as_u64());
    assert_eq!(channels.flatten().max(), Some(8), "most channels");
}

/// A recording that is too short or silent is not a failure. A bad file among good ones is named, and the
/// good ones are analyzed.
#[test]
fn recording_from_standard_input_is_transcribed() {
    let data = temp_folder();
    let voice_message = data.path().join("message.opus");
    ffmpeg(
        &["-i", &show(&clip("weak_quiz_team_happy_joe.flac"))],
        &voice_message,
    );
    let bytes = fs::read(voice_message).expect("a recording");
    for name in ["-", "/dev/stdin"] {
        let mut command = starling(data.path());
        command.args(["analyze", "--section", "result", "--json", name]);
        let ran = run(command.write_stdin(bytes.clone()));
        let reports = ran.succeeds().documents();
        assert_eq!(reports[0]["file"], name);
        let words = plain_words(&reports[0]);
        assert!(words.starts_with("the drop rate got better"), "{words}");
    }
    let nothing = run(starling(data.path()).args(["analyze", "-"]).write_stdin(""));
    nothing.fails(1, "standard input has no content (0 bytes)");
}

#[test]
fn bad_file_does_not_stop_the_others() {
    let data = temp_folder();
    let header = data.path().join("header.wav");
    fs::write(&header, wav(1, 16_000, 1, 16, &[])).expect("a file");
    let only = run(starling(data.path())
        .args(["analyze", "--json"])
        .arg(&header));
    assert_eq!(only.code, 0);
    only.has_one_message("header.wav contains no audio");
    assert_eq!(only.documents()[0]["speech"]["heard"], false);

    let bad = data.path().join("bad.wav");
    fs::write(&bad, "this is not audio").expect("a file");
    let mut command = starling(data.path());
    command
        .args(["analyze", "--section", "result", "--json"])
        .arg(clip(TINY))
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

/// Nothing is lost where windows meet or at the end.
#[test]
fn three_minutes_are_transcribed_completely() {
    let data = temp_folder();
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
    fs::write(&path, wav(1, 16_000, 1, 16, &bytes)).expect("a file");
    let ran = run(starling(data.path()).args(["analyze", "--json"]).arg(&path));
    let report = &ran.succeeds().documents()[0];
    let seconds = report["audio"]["seconds"].as_f64().unwrap_or_default();
    assert!(seconds > 180.0, "the recording has only {seconds} s");
    let words = plain_words(report);
    for (text, times) in [
        ("i noticed that", 2),
        ("and nobody had asked", 4),
        ("in their webhook template", 2),
    ] {
        assert_eq!(words.matches(text).count(), times, "\"{text}\" in: {words}");
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
        "the last word ends at {end} of {seconds} s"
    );
}

#[test]
fn check_reports_every_problem_of_a_story_by_line() {
    let data = temp_folder();
    let story = fs::read_to_string("content/webhook-drop.toml").expect("a story file");
    let line_of = |source: &str, text: &str| {
        let at = source.find(text).unwrap_or_else(|| panic!("no {text}"));
        source[..at].matches('\n').count() + 1
    };
    let bad = story
        .replacen("purpose = ", "purpsoe = ", 1)
        .replacen("target = \"30 s\"", "target = \"30 ms\"", 1)
        .replacen("say = \"no ticket\"", "say = \"Not my team!\"", 1)
        .replacen("kind = \"reflection\"", "kind = \"reflexion\"", 1);
    let path = data.path().join("bad.toml");
    fs::write(&path, &bad).expect("a story file");
    let ran = run(starling(data.path()).arg("check").arg(&path));
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    for (text, problem) in [
        ("purpsoe", "unknown field `purpsoe`"),
        ("30 ms", "`target` is \"30 ms\": write seconds or minutes"),
        (
            "say = \"Not my team!\"",
            "phrase \"Not my team!\" is planned twice",
        ),
        ("reflexion", "there is no section `reflexion`"),
    ] {
        let expected = format!("{}:{}: {problem}", show(&path), line_of(&bad, text));
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
        assert!(
            number.is_some_and(|n| n.parse::<usize>().is_ok()),
            "no line number: {line}"
        );
    }
}

#[test]
fn check_reports_files_that_are_not_toml_and_continues() {
    let data = temp_folder();
    let broken = data.path().join("broken.toml");
    fs::write(&broken, "schema = 1\nid = \"half\ntitle = \"x\"\n").expect("a file");
    let binary = data.path().join("binary.toml");
    fs::write(&binary, [0xff, 0xfe, 0x00, 0x80]).expect("a file");
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

#[test]
fn broken_story_of_the_user_does_not_hide_the_shipped_ones() {
    let data = temp_folder();
    fs::create_dir_all(data.path().join("stories")).expect("a folder");
    fs::write(data.path().join("stories/mine.toml"), "schema = 2\n").expect("a file");
    let ran = run(starling(data.path()).args(["stories", "--json"]));
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("mine.toml:1: "), "{}", ran.err);
    assert_eq!(ran.documents()[0].as_array().map(Vec::len), Some(2));
}

#[test]
fn invalid_argument_exits_with_2() {
    let data = temp_folder();
    let clip = show(&clip(TINY));
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

/// Root can write to any folder, but not below a file or in `/proc`.
#[test]
fn unwritable_data_folder_is_reported() {
    let data = temp_folder();
    let file = data.path().join("file");
    fs::write(&file, "").expect("a file");
    for folder in [file.join("data"), PathBuf::from("/proc/starling")] {
        let ran = run(starling(&folder).args(fast_rehearsal("task", TINY)));
        assert_eq!(ran.code, 1);
        ran.has_one_message("cannot write to");
        ran.documents();
        // Reading stories needs no data folder.
        run(starling(&folder).args(["stories", "--json"])).succeeds();
    }
}

#[test]
fn broken_settings_are_named_and_not_changed() {
    let data = temp_folder();
    fs::write(data.path().join("settings.toml"), "volume = 11\n").expect("a file");
    let ran = run(starling(data.path())
        .args(["analyze", "--json"])
        .arg(clip(TINY)));
    ran.fails(1, "settings.toml: line 1: unknown field `volume`");
    let mic = clip_as_mic(TINY);
    let ran = run(starling(data.path()).args(["rehearse", "--fast", "--mic", &mic]));
    ran.fails(1, "settings.toml: line 1");
    let settings = fs::read_to_string(data.path().join("settings.toml"));
    assert_eq!(settings.expect("the settings"), "volume = 11\n");
}

#[test]
fn without_screen_the_window_points_to_rehearse() {
    let data = temp_folder();
    for arguments in [vec![], vec!["open"]] {
        run(starling(data.path()).args(arguments)).fails(1, "starling rehearse");
    }
}

#[test]
fn invalid_model_is_named_before_anything_is_recorded() {
    let data = temp_folder();
    let path = |name: &str| data.path().join(name);
    let whole = fs::read("models/ggml-tiny.en-q8_0.bin").expect("the model");
    fs::write(path("ggml-tiny.en-q8_0.bin"), &whole[..1 << 20]).expect("a file");
    fs::write(path("page.bin"), "<html>not found</html>").expect("a file");
    // Truncated, under a name whose size is unknown.
    fs::write(path("ggml-mine.bin"), &whole[..20 << 20]).expect("a file");
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
    for (model, expected) in cases {
        let mut command = starling(data.path());
        command.args(["analyze", "--json", "--model", &model]);
        run(command.arg(clip(TINY))).fails(1, expected);
        let mut command = starling(data.path());
        command.args(fast_rehearsal("task", TINY));
        let ran = run(command.args(["--model", &model]));
        assert_eq!(ran.code, 1);
        ran.has_one_message(expected);
        let takes = take_files(data.path(), "wav");
        assert!(takes.is_empty(), "recorded without a model: {takes:?}");
    }
}

/// The clip as WAV files with all kinds of sample formats, channels and rates, and with damaged headers.
fn unusual_wavs(clip: &Path) -> [(&'static str, Vec<u8>); 9] {
    let speech = samples(clip);
    let whole = interleaved(1, 16, &speech, |s| vec![s]);
    let at_48_khz = resampled(clip, 48_000);
    let truncated = wav(1, 16_000, 1, 16, &whole)[..44 + whole.len() - 9_601].to_vec();
    let mu_law: Vec<u8> = speech.iter().map(|s| mu_law(*s)).collect();
    let one_silent = float_frames(&at_48_khz, |s| vec![0.0, s]);
    let anti_phase = float_frames(&at_48_khz, |s| vec![s, -s]);
    let eight_channels = interleaved(8, 24, &speech, |s| vec![0, 0, 0, s, 0, 0, 0, 0]);
    let eight_bit: Vec<u8> = speech.iter().map(|s| ((s >> 8) + 128) as u8).collect();
    let header = &wav(1, 16_000, 1, 16, &whole)[..40];
    let no_length = [header, &[0; 4], whole.as_slice()].concat();
    let double = speech.iter().map(|s| f64::from(*s) / 32_768.0);
    let double: Vec<u8> = double.flat_map(f64::to_le_bytes).collect();
    let integers = interleaved(1, 32, &speech, |s| vec![s]);
    [
        ("truncated.wav", truncated),
        ("mulaw.wav", wav(7, 16_000, 1, 8, &mu_law)),
        ("one-silent.wav", wav(3, 48_000, 2, 32, &one_silent)),
        ("anti-phase.wav", wav(3, 48_000, 2, 32, &anti_phase)),
        ("eight-channels.wav", wav(1, 16_000, 8, 24, &eight_channels)),
        ("eight-bit.wav", wav(1, 16_000, 1, 8, &eight_bit)),
        ("no-length.wav", no_length),
        ("double.wav", wav(3, 16_000, 1, 64, &double)),
        ("integers.wav", wav(1, 16_000, 1, 32, &integers)),
    ]
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

/// The clip at another rate; samples from -1 to 1.
fn resampled(clip: &Path, rate_hz: u32) -> Vec<f32> {
    let folder = temp_folder();
    let path = folder.path().join("resampled.wav");
    ffmpeg(&["-i", &show(clip), "-ar", &rate_hz.to_string()], &path);
    let mut reader = hound::WavReader::open(path).expect("a WAV");
    reader
        .samples::<i16>()
        .map(|s| f32::from(s.expect("a sample")) / 32_768.0)
        .collect()
}

/// A WAV file. `format` is 1 for integers, 3 for floats and 7 for mu-law.
fn wav(format: u16, rate_hz: u32, channels: u16, bits: u16, data: &[u8]) -> Vec<u8> {
    let frame = channels * bits / 8;
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((38 + data.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt ");
    // Formats other than integers have an extension, here an empty one.
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

/// Converts 16-bit samples to samples of `bits`. `spread` gives the channels of a frame.
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

fn float_frames(samples: &[f32], spread: impl Fn(f32) -> Vec<f32>) -> Vec<u8> {
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
