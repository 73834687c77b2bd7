//! Which microphone and which of its channels are recorded, on a real sound server: equal names, replugging, loopbacks,
//! and an interface with several channels. Linux only: the sound server is PulseAudio.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]
#![cfg(target_os = "linux")]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::process::Program;
use common::scheduling::retry_if_stalled;
use common::sound_server::SoundServer;
use common::{
    CommandOutput, STARLING, add_long_answer_story, clip, documents, plain_words, run,
    share_recognized, starling, take_files, temp_folder,
};
use serde_json::Value;
use starling::audio;

/// The text of the clips of a task.
const TASK_TEXT: &str = "the service was not mine so the bug was not either there was no ticket and nobody had asked \
    i decided to take ownership find the cause hand the platform team a fix they could ship and make sure the \
    drops stopped";
/// The beginning of the text of another clip, `strong_situation_joe.flac`.
const OTHER_TEXT: &str =
    "i was an sde two on another team when i noticed that about three percent of the webhooks";
const RATE_HZ: u32 = 48_000;

/// Loads a sink of the sound server, whose monitor becomes a microphone. Returns the modules.
fn add_microphone(
    sound: &SoundServer,
    id: &str,
    description: &str,
    channels: usize,
) -> [String; 2] {
    let positions = [
        "front-left",
        "front-right",
        "rear-left",
        "rear-right",
        "front-center",
        "lfe",
    ];
    let map = match channels {
        1 => "mono".to_owned(),
        n => positions[..n].join(","),
    };
    let sink = [
        "load-module",
        "module-null-sink",
        "norewinds=1",
        "format=s16le",
        &format!("sink_name={id}-sink"),
        &format!("rate={RATE_HZ}"),
        &format!("channels={channels}"),
        &format!("channel_map={map}"),
    ]
    .map(str::to_owned);
    let source = [
        "load-module",
        "module-remap-source",
        "remix=no",
        &format!("source_name={id}"),
        &format!("master={id}-sink.monitor"),
        &format!("channels={channels}"),
        &format!("channel_map={map}"),
        &format!("master_channel_map={map}"),
        &format!("source_properties=device.description='{description}'"),
    ]
    .map(str::to_owned);
    [sink, source].map(|arguments| {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let module = sound.pactl(&arguments).expect("a module");
        module.trim().to_owned()
    })
}

fn unplug(sound: &SoundServer, modules: &[String]) {
    for module in modules.iter().rev() {
        sound.pactl(&["unload-module", module]).expect("unloaded");
    }
}

/// Runs a command with this sound server.
fn command(data: &Path, sound: &SoundServer, arguments: &[&str]) -> CommandOutput {
    let mut command = starling(data);
    let mut environment = Command::new(STARLING);
    sound.set_environment(&mut environment);
    for (key, value) in environment.get_envs() {
        if let Some(value) = value {
            command.env(key, value);
        }
    }
    run(command.args(arguments))
}

fn devices(data: &Path, sound: &SoundServer) -> Vec<Value> {
    let listed = command(data, sound, &["devices", "--json"]);
    let listed = listed.succeeds().documents().remove(0);
    listed.as_array().expect("a list").clone()
}

/// Message of `doctor` about the microphone.
fn doctor(data: &Path, sound: &SoundServer, arguments: &[&str]) -> String {
    let arguments = [&["doctor", "--json"], arguments].concat();
    let output = command(data, sound, &arguments);
    let report = documents(&output.out).remove(0);
    let mut checks = report.as_array().expect("a list").iter();
    let check = checks.find(|check| check["check"] == "microphone");
    let message = check.expect("a check of the microphone")["says"].as_str();
    message.expect("a message").to_owned()
}

/// Mono samples at [`RATE_HZ`] of a clip.
fn samples(name: &str, gain: f32) -> Vec<f32> {
    let decoded = audio::decode_file(&clip(name)).expect("a clip").samples;
    let step = RATE_HZ as usize / 16_000;
    (0..decoded.len() * step)
        .map(|i| {
            let next = decoded.get(i / step + 1).unwrap_or(&0.0);
            let share = (i % step) as f32 / step as f32;
            gain * (decoded[i / step] * (1.0 - share) + next * share)
        })
        .collect()
}

/// A tune of plucked strings, without a voice.
fn tune(seconds: f32, gain: f32) -> Vec<f32> {
    let notes = [220.0, 277.2, 329.6, 196.0, 246.9, 293.7, 174.6];
    let length = (seconds * RATE_HZ as f32) as usize;
    (0..length)
        .map(|i| {
            let at = i as f32 / RATE_HZ as f32;
            let pluck = (at / 0.3) as usize;
            let since = at % 0.3;
            let hz = notes[(pluck * 5) % notes.len()];
            let wave = |n: f32| (std::f32::consts::TAU * hz * n * since).sin() / n;
            gain * (-6.0 * since).exp() * (wave(1.0) + wave(2.0) + wave(3.0)) / 2.0
        })
        .collect()
}

/// Writes channels to a WAV file; shorter ones are filled with silence.
fn write_channels(file: &Path, channels: &[&[f32]]) -> PathBuf {
    let spec = hound::WavSpec {
        channels: channels.len() as u16,
        sample_rate: RATE_HZ,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(file, spec).expect("a file");
    let longest = channels.iter().map(|one| one.len()).max().unwrap_or(0);
    for i in 0..longest {
        for channel in channels {
            let sample = channel.get(i).copied().unwrap_or(0.0).clamp(-1.0, 1.0);
            wav.write_sample((sample * 32_767.0) as i16).expect("room");
        }
    }
    wav.finalize().expect("a complete file");
    file.to_owned()
}

#[test]
fn microphones_of_equal_names_are_told_apart() {
    let (data, sound) = (temp_folder(), SoundServer::without_microphone());
    for id in ["left-desk", "right-desk"] {
        add_microphone(&sound, id, "Conference Phone", 1);
    }
    add_microphone(&sound, "third", "conference phone", 1);
    let listed = devices(data.path(), &sound);
    let mut names: Vec<String> = listed
        .iter()
        .map(|one| one["name"].as_str().expect("a name").to_lowercase())
        .collect();
    let text = command(data.path(), &sound, &["devices"])
        .succeeds()
        .out
        .clone();
    let mut lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), names.len());
    for list in [&mut names] {
        list.sort();
        list.dedup();
        assert_eq!(list.len(), listed.len(), "{listed:?}");
    }
    lines.sort();
    lines.dedup();
    assert_eq!(lines.len(), listed.len(), "{text}");

    // The second one is opened by id, by its own name, and by what tells it apart.
    let second = listed
        .iter()
        .find(|one| one["id"] == "pulseaudio:right-desk")
        .expect("listed");
    let name = second["name"].as_str().expect("a name");
    for choice in ["pulseaudio:right-desk", "right-desk", name, "(RIGHT"] {
        let message = doctor(data.path(), &sound, &["--mic", choice]);
        assert!(
            message.contains(&format!("\"{name}\"")),
            "{choice}: {message}"
        );
    }
    let message = doctor(data.path(), &sound, &["--mic", "Conference Phone"]);
    assert!(
        message.starts_with("several microphones match \"Conference Phone\": choose \"")
            && message.contains(name)
            && message.matches('"').count() == 8,
        "{message}"
    );
    // What is played to the second one is recorded from it, not from the first.
    let speech = write_channels(
        &data.path().join("a.wav"),
        &[&samples("strong_task_joe.flac", 0.5)],
    );
    let _player = play(&sound, "right-desk-sink", &speech);
    let heard = doctor(data.path(), &sound, &["--mic", "right-desk"]);
    let silent = doctor(data.path(), &sound, &["--mic", "left-desk"]);
    assert!(heard.starts_with("signal present"), "{heard}");
    assert!(silent.contains("open but silent"), "{silent}");
}

/// Starts to play a file to a sink.
fn play(sound: &SoundServer, sink: &str, file: &Path) -> common::process::KillOnDrop {
    let mut paplay = common::process::tool("paplay");
    paplay.arg(format!("--device={sink}")).arg(file);
    // Channels arrive where they are, whatever their positions mean.
    paplay.arg("--no-remix");
    sound.set_environment(&mut paplay);
    common::process::KillOnDrop(paplay.spawn().expect("paplay starts"))
}

#[test]
fn loopback_is_named_and_only_used_if_there_is_nothing_else() {
    let (data, sound) = (temp_folder(), SoundServer::without_microphone());
    let sink = [
        "load-module",
        "module-null-sink",
        "sink_name=hall",
        "norewinds=1",
    ];
    sound.pactl(&sink).expect("a loudspeaker");
    let only = devices(data.path(), &sound);
    assert_eq!(
        (&only[0]["loopback"], &only[0]["default"]),
        (&true.into(), &true.into())
    );
    let text = command(data.path(), &sound, &["devices"])
        .succeeds()
        .out
        .clone();
    assert!(
        text.contains("records what the computer plays")
            && text.contains("There is no microphone."),
        "{text}"
    );
    let message = doctor(data.path(), &sound, &[]);
    assert!(
        message.contains("records what the computer plays, not a microphone"),
        "{message}"
    );

    // A microphone is plugged in, but the server's default stays the loudspeaker's monitor.
    add_microphone(&sound, "desk", "Desk", 1);
    sound
        .pactl(&["set-default-source", "hall.monitor"])
        .expect("a default");
    let both = devices(data.path(), &sound);
    assert_eq!(
        (&both[0]["name"], &both[0]["default"]),
        (&"Desk".into(), &true.into())
    );
    let last = both.last().expect("several");
    assert_eq!(
        (&last["loopback"], &last["default"]),
        (&true.into(), &false.into())
    );
    let message = doctor(data.path(), &sound, &[]);
    assert!(message.contains("\"Desk\""), "{message}");
    // By name, it is used.
    let message = doctor(data.path(), &sound, &["--mic", "hall.monitor"]);
    assert!(
        message.contains("records what the computer plays"),
        "{message}"
    );
}

#[test]
fn chosen_microphone_is_found_after_replugging_and_its_name_gets_an_id() {
    let (data, sound) = (temp_folder(), SoundServer::without_microphone());
    let settings = data.path().join("settings.toml");
    let first = add_microphone(&sound, "usb-Pod-00.mono", "Pod", 1);
    add_microphone(&sound, "built-in", "Built-in", 1);
    let stored = |text: &str| std::fs::write(&settings, text).expect("writable");
    let is_used = |expected: &str| {
        let message = doctor(data.path(), &sound, &[]);
        assert!(message.contains(expected), "{message}");
    };
    // A name of an older version, then an id.
    stored("microphone = \"pod\"\n");
    is_used("\"Pod\"");
    stored("[microphone]\nid = \"pulseaudio:usb-Pod-00.mono\"\nname = \"Pod\"\n");
    is_used("\"Pod\"");
    // Plugged in again, it has another index.
    unplug(&sound, &first);
    is_used("\"Pod\" not found");
    let again = add_microphone(&sound, "usb-Pod-00.mono.2", "Pod", 1);
    is_used("\"Pod\" is used in place of \"Pod\"");
    // Two of its kind: the program does not guess.
    add_microphone(&sound, "usb-Pod-00.mono.3", "Pod", 1);
    is_used("several microphones match \"Pod\"");
    unplug(&sound, &again);
    is_used("is used in place of");
}

#[test]
fn rehearsal_replaces_a_stored_name_by_its_id() {
    retry_if_stalled(|| {
        let (data, sound) = (temp_folder(), SoundServer::start());
        let settings = data.path().join("settings.toml");
        std::fs::write(&settings, "microphone = \"FakeMic\"\n").expect("writable");
        let mut program = start_rehearsal(data.path(), &sound, &[]);
        program.wait_for("recording");
        program.press_enter();
        let (_, events, errors) = program.wait_for_exit();
        assert!(warnings(&events).is_empty(), "{events:?} {errors:?}");
        let text = std::fs::read_to_string(&settings).expect("there");
        assert!(
            text.contains("id = \"pulseaudio:microphone\"") && text.contains("name = \"FakeMic\""),
            "{text}"
        );
    });
}

fn start_rehearsal(data: &Path, sound: &SoundServer, arguments: &[&str]) -> Program {
    let mut command = Command::new(STARLING);
    command
        .args(["rehearse", "--story", &add_long_answer_story(data)])
        .args(["--section", "task", "--json"])
        .args(arguments)
        .env("STARLING_DATA", data);
    sound.set_environment(&mut command);
    Program::start(&mut command)
}

fn warnings(events: &[Value]) -> Vec<String> {
    let warnings = events.iter().filter(|event| event["event"] == "warning");
    warnings
        .map(|event| event["text"].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// Rehearses while a file is played to an interface. `early` is played to it from the start of the count-in on.
/// Returns the transcript and the warnings.
fn rehearse(
    channels: &[&[f32]],
    early: Option<&[&[f32]]>,
    arguments: &[&str],
) -> (String, Vec<String>) {
    let (data, sound) = (temp_folder(), SoundServer::without_microphone());
    add_microphone(&sound, "interface", "Interface", channels.len());
    sound
        .pactl(&["set-default-source", "interface"])
        .expect("a default");
    let answer = write_channels(&data.path().join("answer.wav"), channels);
    let early = early.map(|channels| write_channels(&data.path().join("early.wav"), channels));
    let mut program = start_rehearsal(data.path(), &sound, arguments);
    let _early = early.map(|early| {
        program.wait_for("count_in");
        play(&sound, "interface-sink", &early)
    });
    program.wait_for("recording");
    let mut player = play(&sound, "interface-sink", &answer);
    player.0.wait().expect("paplay ends");
    program.press_enter();
    let feedback = program.wait_for("feedback");
    let (status, events, errors) = program.wait_for_exit();
    assert!(status.success(), "{errors:?}");
    let take = take_files(data.path(), "wav").pop().expect("a take");
    assert!(take.exists());
    (plain_words(&feedback["report"]), warnings(&events))
}

#[test]
fn voice_on_one_channel_is_recorded_without_the_music_on_others() {
    retry_if_stalled(|| {
        let voice = samples("strong_task_joe.flac", 0.4);
        let music = tune(16.0, 0.2);
        let (transcript, warnings) = rehearse(&[&[], &voice, &music, &music], None, &[]);
        let share = share_recognized(&transcript, TASK_TEXT);
        assert!(share >= 0.8, "{share}: {transcript}");
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(
            warnings[0].starts_with(
                "channels 3 and 4 with other sound are left out, and channel 2 is used"
            ),
            "{warnings:?}"
        );
    });
}

#[test]
fn two_voices_are_recorded_with_a_warning_unless_a_channel_is_chosen() {
    retry_if_stalled(|| {
        let voice = samples("strong_task_am_michael.flac", 0.3);
        let other = samples("strong_situation_joe.flac", 0.6);
        let channels: [&[f32]; 3] = [&other[..voice.len()], &[], &voice];
        let (_, warnings) = rehearse(&channels, None, &[]);
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(
            warnings[0].starts_with("channels 1 and 3 carry different sound and are mixed")
                && warnings[0].contains("--channel"),
            "{warnings:?}"
        );
        let (transcript, warnings) = rehearse(&channels, None, &["--channel", "3"]);
        assert!(warnings.is_empty(), "{warnings:?}");
        let share = share_recognized(&transcript, TASK_TEXT);
        assert!(share >= 0.8, "{share}: {transcript}");
        assert!(
            share_recognized(&transcript, OTHER_TEXT) < 0.4,
            "{transcript}"
        );
    });
}

#[test]
fn podcast_that_talks_before_the_answer_is_left_out() {
    retry_if_stalled(|| {
        let voice = samples("strong_task_joe.flac", 0.3);
        let podcast = samples("strong_situation_joe.flac", 0.6);
        let (transcript, warnings) = rehearse(&[&[], &voice], Some(&[&podcast, &[]]), &[]);
        let share = share_recognized(&transcript, TASK_TEXT);
        assert!(share >= 0.7, "{share}: {transcript}");
        assert!(
            warnings
                .iter()
                .any(|text| text.starts_with("channel 1 with other sound is left out")),
            "{warnings:?}"
        );
    });
}

#[test]
fn file_with_two_speakers_is_analyzed_by_channel() {
    let data = temp_folder();
    let voice = samples("strong_task_am_michael.flac", 0.4);
    let other = samples("strong_situation_joe.flac", 0.5);
    let both = write_channels(
        &data.path().join("call.wav"),
        &[&voice, &other[..voice.len()]],
    );
    let analyze = |arguments: &[&str]| {
        let file = both.display().to_string();
        let arguments = [
            &["analyze", "--section", "task", "--json", &file],
            arguments,
        ]
        .concat();
        run(starling(data.path()).args(arguments))
    };
    let mixed = analyze(&[]);
    mixed.has_one_message("call.wav: channels 1 and 2 carry different sound and are mixed");
    assert_eq!(mixed.code, 0);
    for (channel, expected, not_expected) in
        [("1", TASK_TEXT, OTHER_TEXT), ("2", OTHER_TEXT, TASK_TEXT)]
    {
        let report = analyze(&["--channel", channel])
            .succeeds()
            .documents()
            .remove(0);
        let transcript = plain_words(&report);
        let share = share_recognized(&transcript, expected);
        assert!(share >= 0.75, "channel {channel}: {share}: {transcript}");
        assert!(
            share_recognized(&transcript, not_expected) < 0.4,
            "{transcript}"
        );
    }
    analyze(&["--channel", "3"])
        .has_one_message("call.wav has 2 channels, so there is no channel 3: choose 1 to 2");
    // A stereo recording of one voice has no message.
    let stereo = write_channels(&data.path().join("stereo.wav"), &[&voice, &voice]);
    let output = run(starling(data.path()).args([
        "analyze",
        "--section",
        "task",
        "--json",
        &stereo.display().to_string(),
    ]));
    output.succeeds();
}
