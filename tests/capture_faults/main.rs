//! Faults of a microphone during a take, on a real sound server: it disconnects and returns, goes silent, runs at
//! another rate, drops frames. Linux only: the sound server is PulseAudio.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]
#![cfg(target_os = "linux")]

mod clock_faults;
#[path = "../common/mod.rs"]
mod common;
mod fake_device;
mod gaps;
mod mic_indicator;
mod silence;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::process::Program;
use common::reference_signal::{self, RATE_HZ};
use common::sound_server::{MIC, SoundServer};
use common::{STARLING, add_long_answer_story, clip, take_files, temp_folder};
use fake_device::Room;
use serde_json::Value;
use starling::audio;
use tempfile::TempDir;

/// The text of the task clips.
const TASK_TEXT: &str = "the service was not mine so the bug was not either there was no ticket and nobody had asked \
    i decided to take ownership find the cause hand the platform team a fix they could ship and make sure the \
    drops stopped";

/// A rehearsal in a data folder of its own, with a microphone in a simulated room.
struct Rehearsal {
    data: TempDir,
    room: Room,
    /// The signal that is played in the room.
    speech: PathBuf,
}

/// The output of a finished rehearsal.
struct Outcome {
    events: Vec<Value>,
    errors: Vec<String>,
    exit_code: Option<i32>,
    /// Samples of the take.
    samples: Vec<f32>,
}

impl Rehearsal {
    /// Prepares a signal of this length.
    fn new(seconds: usize) -> Self {
        let data = temp_folder();
        let speech = data.path().join("speech.wav");
        reference_signal::write(&speech, &[&clip("strong_task_joe.flac")], seconds);
        Self {
            room: Room::new(&speech),
            data,
            speech,
        }
    }

    /// Starts the program. When it records, the signal starts to play in the room.
    fn start(&self, sound: &SoundServer) -> Program {
        let mut program = start_rehearsal(self.data.path(), sound);
        program.wait_for("recording");
        self.room.play();
        program
    }

    /// Ends the take shortly after the end of the signal.
    fn finish(&self, program: Program) -> Outcome {
        self.room.wait_until_played(self.room.seconds() + 0.5);
        self.stop(program)
    }

    /// Ends the take now.
    fn stop(&self, mut program: Program) -> Outcome {
        program.press_enter();
        let (status, events, errors) = program.wait_for_exit();
        let wav = take_files(self.data.path(), "wav").pop().expect("a take");
        Outcome {
            events,
            errors,
            exit_code: status.code(),
            samples: audio::decode_file(&wav).expect("a complete take").samples,
        }
    }
}

impl Outcome {
    fn events_named(&self, name: &str) -> Vec<&Value> {
        let events = self.events.iter();
        events.filter(|event| event["event"] == name).collect()
    }

    /// The warnings about the microphone.
    fn warnings(&self) -> Vec<&str> {
        let warnings = self.events_named("warning");
        warnings
            .iter()
            .filter_map(|warning| warning["text"].as_str())
            .collect()
    }

    #[track_caller]
    fn report(&self) -> &Value {
        let feedback = self.events_named("feedback");
        assert_eq!(
            feedback.len(),
            1,
            "expected one feedback event: {:?}, {:?}",
            self.events,
            self.errors
        );
        &feedback[0]["report"]
    }

    /// Seconds of audio that the report counts as lost.
    fn lost_seconds(&self) -> f64 {
        let audio = &self.report()["audio"];
        let number = |key: &str| audio[key].as_f64().unwrap_or_default();
        number("lost_samples") / number("sample_rate_hz")
    }

    /// The program exited with success and printed no error.
    #[track_caller]
    fn succeeds(&self) {
        assert_eq!((self.exit_code, &self.errors), (Some(0), &Vec::new()));
    }
}

fn start_rehearsal(data: &Path, sound: &SoundServer) -> Program {
    let mut command = Command::new(STARLING);
    command
        .args(["rehearse", "--story", &add_long_answer_story(data)])
        .args(["--section", "task", "--mic", MIC, "--json"])
        .env("STARLING_DATA", data);
    sound.set_environment(&mut command);
    Program::start(&mut command)
}

/// Every part of the signal has its place in the take: except for missing audio, nothing has moved by more than a
/// quarter of a second. The end has moved by less than an eighth for each time that the microphone was opened: a
/// server needs more or less of a tenth of a second to pass audio on, and most of it in the first second of a stream.
#[track_caller]
fn assert_keeps_its_place(samples: &[f32], speech: &Path, times_opened: isize) {
    let comparison = reference_signal::compare(samples, speech);
    let rate_hz = RATE_HZ as isize;
    let jumps = || comparison.jumps.iter().map(|(_, by)| *by);
    let has_large_jump = jumps().any(|by| by.abs() > rate_hz / 4);
    let end_moved_by = jumps().sum::<isize>().abs();
    assert!(
        !has_large_jump && end_moved_by < times_opened * rate_hz / 8,
        "the audio has moved: {comparison:?}"
    );
    assert!(
        comparison.not_covered < RATE_HZ / 2,
        "the end of the signal is missing: {comparison:?}"
    );
}
