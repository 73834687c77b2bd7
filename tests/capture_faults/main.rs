//! What can befall a microphone during a take, on a real sound server: it goes away and comes back,
//! falls silent, runs at another speed, drops what it heard. Linux only, as the server is.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]
#![cfg(target_os = "linux")]

#[path = "../common/mod.rs"]
mod common;
mod fake_device;
mod mic_indicator;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use common::process::Program;
use common::reference_signal::{self, RATE_HZ};
use common::scheduling::retry_if_stalled;
use common::sound_server::{MIC, SoundServer};
use common::{
    STARLING, add_long_answer_story, clip, plain_words, run, share_recognized, sound_server,
    starling, take_files,
};
use fake_device::{Device, Room, Shape};
use serde_json::Value;
use starling::audio;
use tempfile::TempDir;

/// What the task clips say.
const TASK: &str = "the service was not mine so the bug was not either there was no ticket and nobody had asked \
    i decided to take ownership find the cause hand the platform team a fix they could ship and make sure the \
    drops stopped";

/// A take from a device in a room.
struct Take {
    data: TempDir,
    room: Room,
    /// What is heard in the room.
    speech: std::path::PathBuf,
}

/// What a rehearsal left.
struct Left {
    events: Vec<Value>,
    complaints: Vec<String>,
    code: Option<i32>,
    samples: Vec<f32>,
}

impl Take {
    /// Somebody will speak for so many seconds.
    fn of(seconds: usize) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let speech = data.path().join("speech.wav");
        reference_signal::write(&speech, &[&clip("strong_task_joe.flac")], seconds);
        Self {
            room: Room::new(&speech),
            data,
            speech,
        }
    }

    /// Begins it, and somebody speaks.
    fn begin(&self, sound: &SoundServer) -> Program {
        let mut program = rehearse(self.data.path(), sound);
        program.wait_for("recording");
        self.room.speak();
        program
    }

    /// Ends it a moment after all was said.
    fn end(&self, program: Program) -> Left {
        self.room.wait_until(self.room.seconds() + 0.5);
        self.end_now(program)
    }

    fn end_now(&self, mut program: Program) -> Left {
        program.press_enter();
        let (status, events, complaints) = program.wait_for_exit();
        let wav = take_files(self.data.path(), "wav").pop().expect("a take");
        Left {
            events,
            complaints,
            code: status.code(),
            samples: audio::decode_file(&wav).expect("a whole take").samples,
        }
    }
}

impl Left {
    fn told(&self, event: &str) -> Vec<&Value> {
        let events = self.events.iter();
        events.filter(|told| told["event"] == event).collect()
    }

    /// What is said of the microphone.
    fn warnings(&self) -> Vec<&str> {
        let told = self.told("warning");
        told.iter()
            .filter_map(|told| told["text"].as_str())
            .collect()
    }

    #[track_caller]
    fn report(&self) -> &Value {
        let told = self.told("feedback");
        assert_eq!(told.len(), 1, "{:?}, {:?}", self.events, self.complaints);
        &told[0]["report"]
    }

    /// Seconds that are known to be missing.
    fn lost(&self) -> f64 {
        let audio = &self.report()["audio"];
        let number = |key: &str| audio[key].as_f64().unwrap_or_default();
        number("lost_samples") / number("sample_rate_hz")
    }

    /// It went well, and nothing was complained of.
    #[track_caller]
    fn is_fine(&self) {
        assert_eq!((self.code, &self.complaints), (Some(0), &Vec::new()));
    }
}

/// The microphone is pulled out for a while and plugged in again: what was said before and after is
/// in the take, each in its place.
#[test]
fn a_microphone_that_comes_back_goes_on_with_the_take() {
    retry_if_stalled(|| {
        let take = Take::of(20);
        let sound = SoundServer::without_microphone();
        let device = Device::plug_in(&sound, &take.room, Shape::honest(48_000, 1));
        let program = take.begin(&sound);
        take.room.wait_until(6.0);
        drop(device);
        take.room.wait_until(9.0);
        let _device = Device::plug_in(&sound, &take.room, Shape::honest(48_000, 1));
        let left = take.end(program);
        left.is_fine();
        in_its_place(&left.samples, &take.speech, 2);
        assert!((2.5..5.0).contains(&left.lost()), "{} s lost", left.lost());
        let warnings = left.warnings();
        assert!(
            warnings
                .iter()
                .any(|w| w.starts_with("no audio arrives: waiting")),
            "{warnings:?}"
        );
        let said = warnings
            .iter()
            .filter(|w| w.contains("the take is silent there"));
        assert_eq!(said.count(), 1, "{warnings:?}");
    });
}

/// The sound server dies and is started anew: the take goes on, and so does the practice.
#[test]
fn a_sound_server_that_is_restarted_goes_on_with_the_take_and_the_next_one() {
    retry_if_stalled(|| {
        let take = Take::of(16);
        let sound = SoundServer::without_microphone();
        let device = Device::plug_in(&sound, &take.room, Shape::honest(48_000, 1));
        let mut command = Command::new(STARLING);
        command
            .args(["rehearse", "--mic", MIC, "--json"])
            .env("STARLING_DATA", take.data.path());
        sound.set_environment(&mut command);
        let mut program = Program::start(&mut command);
        program.wait_for("recording");
        take.room.speak();
        take.room.wait_until(6.0);
        sound.kill();
        take.room.wait_until(8.0);
        sound.restart();
        drop(device);
        let _device = Device::plug_in(&sound, &take.room, Shape::honest(48_000, 1));
        take.room.wait_until(take.room.seconds() + 0.5);
        program.press_enter();
        let first = program.wait_for("feedback");
        assert!(first["report"]["audio"]["lost_samples"].as_f64() > Some(0.0));
        let wav = take_files(take.data.path(), "wav").pop().expect("a take");
        let samples = audio::decode_file(&wav).expect("a whole take").samples;
        in_its_place(&samples, &take.speech, 2);

        program.wait_for("recording");
        take.room.speak();
        take.room.wait_until(take.room.seconds() + 0.5);
        program.press_enter();
        let second = program.wait_for("feedback");
        assert_eq!(second["report"]["audio"]["lost_samples"], 0);
        let words = plain_words(&second["report"]);
        assert!(share_recognized(&words, TASK) >= 0.8, "{words}");
    });
}

/// The source is suspended, shortly and for long, and wakes again.
#[test]
fn a_source_that_is_suspended_leaves_silence_of_its_length() {
    retry_if_stalled(|| {
        let take = Take::of(26);
        let sound = SoundServer::start();
        let mut program = rehearse(take.data.path(), &sound);
        program.wait_for("recording");
        std::thread::scope(|scope| {
            let speaker = scope.spawn(|| sound.play(&take.speech));
            for (awake, asleep) in [(4, 3), (4, 6)] {
                pause(awake);
                sound
                    .pactl(&["suspend-source", "microphone", "1"])
                    .expect("it obeys");
                pause(asleep);
                sound
                    .pactl(&["suspend-source", "microphone", "0"])
                    .expect("it obeys");
            }
            speaker.join().expect("it is spoken to its end");
        });
        let left = take.end_now(program);
        left.is_fine();
        // It was opened anew in the longer of the two.
        in_its_place(&left.samples, &take.speech, 2);
        assert!((8.5..11.0).contains(&left.lost()), "{} s lost", left.lost());
        let told = left.warnings();
        assert!(
            told.iter()
                .any(|w| w.starts_with("the microphone delivered no audio 2 times")),
            "{told:?}"
        );
    });
}

/// The server stands still: no error, only no sound.
#[test]
fn a_server_that_stands_still_leaves_silence_of_its_length() {
    retry_if_stalled(|| {
        let take = Take::of(16);
        let sound = SoundServer::without_microphone();
        let _device = Device::plug_in(&sound, &take.room, Shape::honest(48_000, 1));
        let program = take.begin(&sound);
        take.room.wait_until(5.0);
        sound.set_frozen(true);
        take.room.wait_until(8.0);
        sound.set_frozen(false);
        let left = take.end(program);
        left.is_fine();
        in_its_place(&left.samples, &take.speech, 1);
        assert!((1.8..4.0).contains(&left.lost()), "{} s lost", left.lost());
    });
}

/// The device itself drops what it heard: large pieces are silence where they were, small ones are
/// reported.
#[test]
fn what_a_device_drops_is_silence_or_reported() {
    retry_if_stalled(|| {
        for (drops, lost) in [((0.8, 4.0), 2.9..4.4), ((0.06, 0.4), 1.6..2.5)] {
            let take = Take::of(16);
            let sound = SoundServer::without_microphone();
            let shape = Shape {
                drops: Some(drops),
                ..Shape::honest(48_000, 1)
            };
            let _device = Device::plug_in(&sound, &take.room, shape);
            let program = take.begin(&sound);
            let left = take.end(program);
            left.is_fine();
            assert!(
                lost.contains(&left.lost()),
                "{drops:?}: {} s lost",
                left.lost()
            );
            if drops.0 > 0.3 {
                in_its_place(&left.samples, &take.speech, 1);
            }
            let found = left.report()["findings"].to_string();
            assert!(found.contains("lost_audio"), "{found}");
        }
    });
}

/// The microphone is muted in the middle of an answer, then switched on again.
#[test]
fn a_muted_microphone_is_noticed_while_there_is_time_and_said_afterwards() {
    retry_if_stalled(|| {
        let take = Take::of(20);
        let sound = SoundServer::without_microphone();
        let _device = Device::plug_in(&sound, &take.room, Shape::honest(48_000, 1));
        let program = take.begin(&sound);
        take.room.wait_until(4.0);
        sound
            .pactl(&["set-source-mute", "device", "1"])
            .expect("it obeys");
        take.room.wait_until(13.0);
        sound
            .pactl(&["set-source-mute", "device", "0"])
            .expect("it obeys");
        let left = take.end(program);
        left.is_fine();
        assert!(left.lost() == 0.0, "{} s lost", left.lost());
        let told: Vec<&str> = left.warnings();
        let [muted, heard, silent] = told[..] else {
            panic!("{told:?}");
        };
        assert!(muted.starts_with("no signal"), "{muted}");
        assert_eq!(heard, "microphone signal restored");
        assert!(silent.contains("delivered only silence"), "{silent}");
        // The first while there was time to do something about it.
        let at = |event: &Value| event["at"].as_f64().unwrap_or_default();
        let stopped = at(left.told("stopped")[0]);
        assert!(at(left.told("warning")[0]) < stopped - 3.0);
    });
}

#[test]
fn a_take_without_any_sound_says_so() {
    retry_if_stalled(|| {
        let take = Take::of(7);
        let sound = SoundServer::without_microphone();
        let _device = Device::plug_in(&sound, &take.room, Shape::honest(48_000, 1));
        sound
            .pactl(&["set-source-mute", "device", "1"])
            .expect("it obeys");
        let program = take.begin(&sound);
        let left = take.end(program);
        left.is_fine();
        assert!(left.warnings()[0].starts_with("no signal"));
        let found = left.report()["findings"].to_string();
        assert!(found.contains("no_speech"), "{found}");
    });
}

/// A device that says 48,000 and gives 44,100: words lie where they were spoken, as fast as they were.
#[test]
fn a_device_that_runs_at_another_rate_than_it_says_is_measured() {
    retry_if_stalled(|| {
        let shape = Shape {
            true_hz: 44_100.0,
            ..Shape::honest(48_000, 1)
        };
        let left = spoken_to(shape, 24, 0.01);
        assert_eq!(left.report()["audio"]["sample_rate_hz"], 44_100);
        assert!(left.lost() == 0.0, "{} s lost", left.lost());
    });
}

/// Clocks run apart by half a per cent: nothing is lost by that, and nothing is read wrong by more.
#[test]
fn a_clock_that_runs_half_a_per_cent_off_loses_nothing() {
    retry_if_stalled(|| {
        for (true_hz, seconds) in [(47_760.0, 50), (48_240.0, 24)] {
            let shape = Shape {
                true_hz,
                ..Shape::honest(48_000, 1)
            };
            let left = spoken_to(shape, seconds, 0.005);
            assert_eq!(left.report()["audio"]["sample_rate_hz"], 48_000);
            assert!(left.lost() == 0.0, "{true_hz}: {} s lost", left.lost());
            assert_eq!(left.warnings(), Vec::<&str>::new(), "{true_hz}");
        }
    });
}

/// It comes back with another rate and other channels.
#[test]
fn a_microphone_that_comes_back_another_one_goes_on_with_the_take() {
    retry_if_stalled(|| {
        let take = Take::of(16);
        let sound = SoundServer::without_microphone();
        let device = Device::plug_in(&sound, &take.room, Shape::honest(48_000, 1));
        let program = take.begin(&sound);
        take.room.wait_until(5.0);
        drop(device);
        let _device = Device::plug_in(&sound, &take.room, Shape::honest(96_000, 2));
        let left = take.end(program);
        left.is_fine();
        in_its_place(&left.samples, &take.speech, 2);
        let audio = &left.report()["audio"];
        let (rate_hz, channels) = (&audio["sample_rate_hz"], &audio["channels"]);
        assert_eq!((rate_hz, channels), (&96_000.into(), &2.into()));
    });
}

/// A take from a device of this shape; speech in it lasts as long as it did, within `share`: at either end it
/// may be found in the next step of 40 ms.
#[track_caller]
fn spoken_to(shape: Shape, seconds: usize, share: f64) -> Left {
    let take = Take::of(seconds);
    let sound = SoundServer::without_microphone();
    let _device = Device::plug_in(&sound, &take.room, shape);
    let program = take.begin(&sound);
    let left = take.end(program);
    left.is_fine();
    let mut analyze = starling(take.data.path());
    analyze
        .args(["analyze", "--section", "task", "--json"])
        .arg(&take.speech);
    let truth = &run(&mut analyze).succeeds().documents()[0];
    let report = left.report();
    let off = spoken(report) / spoken(truth) - 1.0;
    let share = share + 0.08 / spoken(truth);
    assert!(off.abs() < share, "speech lasts {off:+.4} of what it did");
    let pace = |report: &Value| report["pacing"]["speech_rate_wpm"].as_f64();
    let off = pace(report)
        .zip(pace(truth))
        .map(|(heard, true_pace)| heard / true_pace - 1.0);
    // A word heard otherwise is a hundredth of them.
    assert!(off.is_some_and(|off| off.abs() < share + 0.03), "{off:?}");
    left
}

/// From the first sound of speech to the last.
fn spoken(report: &Value) -> f64 {
    let spans = report["speech"]["spans"].as_array().expect("spans");
    let at = |span: Option<&Value>, key: &str| span.and_then(|s| s[key].as_f64());
    let whole = at(spans.last(), "end").zip(at(spans.first(), "start"));
    whole.map_or(0.0, |(end, start)| end - start)
}

fn pause(seconds: u64) {
    std::thread::sleep(Duration::from_secs(seconds));
}

/// Which sound server there is stands in a process's environment, so this one gets its own.
#[test]
fn the_window_opens_the_microphone_only_while_it_is_needed() {
    retry_if_stalled(|| {
        let place = tempfile::tempdir().expect("a folder");
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.args([
            "--exact",
            "mic_indicator::in_a_process_of_its_own",
            "--ignored",
        ]);
        sound_server::set_environment(&mut command, place.path());
        let output = command.output().expect("it starts");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{said}"
        );
    });
}

/// What was played lies in the take where it was heard: but for what is missing, nothing moved by more
/// than a quarter of a second, and the end by less than an eighth for each time that the microphone was
/// `opened`. A server takes now more, now less of a tenth to hand on what it heard, and most in the first
/// second of a stream.
#[track_caller]
fn in_its_place(samples: &[f32], speech: &Path, opened: isize) {
    let found = reference_signal::compare(samples, speech);
    let rate_hz = RATE_HZ as isize;
    let by = || found.jumps.iter().map(|(_, by)| *by);
    let far = by().any(|by| by.abs() > rate_hz / 4);
    let together = by().sum::<isize>().abs();
    assert!(!far && together < opened * rate_hz / 8, "{found:?}");
    // ... and its end is there.
    assert!(found.not_covered < RATE_HZ / 2, "{found:?}");
}

fn rehearse(data: &Path, sound: &SoundServer) -> Program {
    let mut command = Command::new(STARLING);
    command
        .args(["rehearse", "--story", &add_long_answer_story(data)])
        .args(["--section", "task", "--mic", MIC, "--json"])
        .env("STARLING_DATA", data);
    sound.set_environment(&mut command);
    Program::start(&mut command)
}
