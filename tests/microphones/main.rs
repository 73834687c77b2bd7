//! Which microphone and which of its channels are recorded, on a real sound server: equal names, replugging, loopbacks,
//! and an interface with several channels. Linux only: the sound server is PulseAudio.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]
#![cfg(target_os = "linux")]

mod channels;
#[path = "../common/mod.rs"]
mod common;
mod names;
mod window;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::process::{KillOnDrop, Program, tool};
use common::sound_server::SoundServer;
use common::{CommandOutput, STARLING, add_long_answer_story, clip, documents, run, starling};
use serde_json::Value;
use starling::audio;

/// Sample rate of all signals.
pub const RATE_HZ: u32 = 48_000;

/// Loads a sink of the sound server, whose monitor becomes a microphone with these channel positions; an empty text
/// leaves them to the server. Returns the modules.
pub fn add_microphone(
    sound: &SoundServer,
    id: &str,
    description: &str,
    channels: usize,
    positions: &str,
) -> [String; 2] {
    let mut sink = [
        "load-module",
        "module-null-sink",
        "norewinds=1",
        "format=s16le",
        &format!("sink_name={id}-sink"),
        &format!("rate={RATE_HZ}"),
        &format!("channels={channels}"),
    ]
    .map(str::to_owned)
    .to_vec();
    let mut source = [
        "load-module",
        "module-remap-source",
        "remix=no",
        &format!("source_name={id}"),
        &format!("master={id}-sink.monitor"),
        &format!("channels={channels}"),
        &format!("source_properties=\"device.description='{description}'\""),
    ]
    .map(str::to_owned)
    .to_vec();
    if !positions.is_empty() {
        sink.push(format!("channel_map={positions}"));
        source.push(format!("channel_map={positions}"));
        source.push(format!("master_channel_map={positions}"));
    }
    [sink, source].map(|arguments| {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let module = sound.pactl(&arguments).expect("a module");
        module.trim().to_owned()
    })
}

/// Unloads modules, the last one first.
pub fn unplug(sound: &SoundServer, modules: &[String]) {
    for module in modules.iter().rev() {
        sound.pactl(&["unload-module", module]).expect("unloaded");
    }
}

/// Runs a command with this sound server.
pub fn command(data: &Path, sound: &SoundServer, arguments: &[&str]) -> CommandOutput {
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

/// What `devices --json` lists.
pub fn devices(data: &Path, sound: &SoundServer) -> Vec<Value> {
    let listed = command(data, sound, &["devices", "--json"]);
    let listed = listed.succeeds().documents().remove(0);
    listed.as_array().expect("a list").clone()
}

/// Message of `doctor` about the microphone.
pub fn doctor(data: &Path, sound: &SoundServer, arguments: &[&str]) -> String {
    let arguments = [&["doctor", "--json"], arguments].concat();
    let output = command(data, sound, &arguments);
    let report = documents(&output.out).remove(0);
    let mut checks = report.as_array().expect("a list").iter();
    let check = checks.find(|check| check["check"] == "microphone");
    let message = check.expect("a check of the microphone")["says"].as_str();
    message.expect("a message").to_owned()
}

/// Mono samples at [`RATE_HZ`] of a clip.
pub fn samples(name: &str, gain: f32) -> Vec<f32> {
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
pub fn tune(seconds: f32, gain: f32) -> Vec<f32> {
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
pub fn write_channels(file: &Path, channels: &[&[f32]]) -> PathBuf {
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

/// Starts to play a file to a sink.
pub fn play(sound: &SoundServer, sink: &str, file: &Path) -> KillOnDrop {
    let mut paplay = tool("paplay");
    paplay.arg(format!("--device={sink}")).arg(file);
    // Channels arrive where they are, whatever their positions mean.
    paplay.args(["--no-remix", "--no-remap"]);
    sound.set_environment(&mut paplay);
    KillOnDrop(paplay.spawn().expect("paplay starts"))
}

/// Starts to rehearse a task.
pub fn start_rehearsal(data: &Path, sound: &SoundServer, arguments: &[&str]) -> Program {
    let mut command = Command::new(STARLING);
    command
        .args(["rehearse", "--story", &add_long_answer_story(data)])
        .args(["--section", "task", "--json"])
        .args(arguments)
        .env("STARLING_DATA", data);
    sound.set_environment(&mut command);
    Program::start(&mut command)
}

/// The texts of the warnings.
pub fn warnings(events: &[Value]) -> Vec<String> {
    let warnings = events.iter().filter(|event| event["event"] == "warning");
    warnings
        .map(|event| event["text"].as_str().unwrap_or_default().to_owned())
        .collect()
}
