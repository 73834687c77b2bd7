//! Audio that is missing in the middle of a take: the microphone disconnects, the sound server restarts or freezes, the
//! source is suspended, the device drops frames. The take continues, with silence in place of the missing audio.

use std::process::Command;
use std::time::Duration;

use crate::common::process::Program;
use crate::common::scheduling::retry_if_stalled;
use crate::common::sound_server::{MIC, SoundServer};
use crate::common::{STARLING, plain_words, share_recognized, take_files};
use crate::fake_device::{Device, DeviceConfig};
use crate::{Rehearsal, TASK_TEXT, assert_keeps_its_place, start_rehearsal};
use starling::audio;

#[test]
fn microphone_that_returns_continues_take() {
    retry_if_stalled(|| {
        let rehearsal = Rehearsal::new(20);
        let sound = SoundServer::without_microphone();
        let config = DeviceConfig::exact(48_000, 1);
        let device = Device::plug_in(&sound, &rehearsal.room, config);
        let program = rehearsal.start(&sound);
        rehearsal.room.wait_until_played(6.0);
        drop(device);
        rehearsal.room.wait_until_played(9.0);
        let _device = Device::plug_in(&sound, &rehearsal.room, config);
        let outcome = rehearsal.finish(program);
        outcome.succeeds();
        assert_keeps_its_place(&outcome.samples, &rehearsal.speech, 2);
        let lost = outcome.lost_seconds();
        assert!((2.5..5.0).contains(&lost), "{lost} s lost");
        let warnings = outcome.warnings();
        assert!(
            warnings
                .iter()
                .any(|warning| warning.starts_with("no audio arrives: waiting")),
            "no warning during the take: {warnings:?}"
        );
        let about_silence = warnings
            .iter()
            .filter(|warning| warning.contains("the take is silent there"));
        assert_eq!(about_silence.count(), 1, "{warnings:?}");
    });
}

#[test]
fn microphone_that_returns_with_another_format_continues_take() {
    retry_if_stalled(|| {
        let rehearsal = Rehearsal::new(16);
        let sound = SoundServer::without_microphone();
        let device = Device::plug_in(&sound, &rehearsal.room, DeviceConfig::exact(48_000, 1));
        let program = rehearsal.start(&sound);
        rehearsal.room.wait_until_played(5.0);
        drop(device);
        let _device = Device::plug_in(&sound, &rehearsal.room, DeviceConfig::exact(96_000, 2));
        let outcome = rehearsal.finish(program);
        outcome.succeeds();
        assert_keeps_its_place(&outcome.samples, &rehearsal.speech, 2);
        let audio = &outcome.report()["audio"];
        let (rate_hz, channels) = (&audio["sample_rate_hz"], &audio["channels"]);
        assert_eq!((rate_hz, channels), (&96_000.into(), &2.into()));
    });
}

/// The take continues, and so does the practice.
#[test]
fn sound_server_restart_continues_take_and_next_take() {
    retry_if_stalled(|| {
        let rehearsal = Rehearsal::new(16);
        let data = rehearsal.data.path();
        let sound = SoundServer::without_microphone();
        let config = DeviceConfig::exact(48_000, 1);
        let device = Device::plug_in(&sound, &rehearsal.room, config);
        let mut command = Command::new(STARLING);
        command
            .args(["rehearse", "--mic", MIC, "--json"])
            .env("STARLING_DATA", data);
        sound.set_environment(&mut command);
        let mut program = Program::start(&mut command);
        program.wait_for("recording");
        rehearsal.room.play();
        rehearsal.room.wait_until_played(6.0);
        sound.kill();
        rehearsal.room.wait_until_played(8.0);
        sound.restart();
        drop(device);
        let _device = Device::plug_in(&sound, &rehearsal.room, config);
        rehearsal
            .room
            .wait_until_played(rehearsal.room.seconds() + 0.5);
        program.press_enter();
        let first = program.wait_for("feedback");
        assert!(first["report"]["audio"]["lost_samples"].as_f64() > Some(0.0));
        let wav = take_files(data, "wav").pop().expect("a take");
        let samples = audio::decode_file(&wav).expect("a complete take").samples;
        assert_keeps_its_place(&samples, &rehearsal.speech, 2);

        program.wait_for("recording");
        rehearsal.room.play();
        rehearsal
            .room
            .wait_until_played(rehearsal.room.seconds() + 0.5);
        program.press_enter();
        let second = program.wait_for("feedback");
        assert_eq!(second["report"]["audio"]["lost_samples"], 0);
        let transcript = plain_words(&second["report"]);
        assert!(
            share_recognized(&transcript, TASK_TEXT) >= 0.8,
            "{transcript}"
        );
    });
}

/// The source is suspended twice, briefly and for longer.
#[test]
fn suspended_source_leaves_silence_of_its_length() {
    retry_if_stalled(|| {
        let rehearsal = Rehearsal::new(26);
        let sound = SoundServer::start();
        let mut program = start_rehearsal(rehearsal.data.path(), &sound);
        program.wait_for("recording");
        let suspend = |suspended: &str| {
            let answer = sound.pactl(&["suspend-source", "ear", suspended]);
            answer.expect("the source is suspended or resumed");
        };
        std::thread::scope(|scope| {
            let speaker = scope.spawn(|| sound.play(&rehearsal.speech));
            for (active_secs, suspended_secs) in [(4, 3), (4, 6)] {
                std::thread::sleep(Duration::from_secs(active_secs));
                suspend("1");
                std::thread::sleep(Duration::from_secs(suspended_secs));
                suspend("0");
            }
            speaker.join().expect("the signal is played to its end");
        });
        let outcome = rehearsal.stop(program);
        outcome.succeeds();
        // The program opened the source again during the longer suspension.
        assert_keeps_its_place(&outcome.samples, &rehearsal.speech, 2);
        let lost = outcome.lost_seconds();
        assert!((8.5..11.0).contains(&lost), "{lost} s lost");
        let warnings = outcome.warnings();
        assert!(
            warnings
                .iter()
                .any(|warning| warning.starts_with("the microphone delivered no audio 2 times")),
            "{warnings:?}"
        );
    });
}

/// A frozen server reports no error and calls no callback.
#[test]
fn frozen_sound_server_leaves_silence_of_its_length() {
    retry_if_stalled(|| {
        let rehearsal = Rehearsal::new(16);
        let sound = SoundServer::without_microphone();
        let config = DeviceConfig::exact(48_000, 1);
        let _device = Device::plug_in(&sound, &rehearsal.room, config);
        let program = rehearsal.start(&sound);
        rehearsal.room.wait_until_played(5.0);
        sound.set_frozen(true);
        rehearsal.room.wait_until_played(8.0);
        sound.set_frozen(false);
        let outcome = rehearsal.finish(program);
        outcome.succeeds();
        assert_keeps_its_place(&outcome.samples, &rehearsal.speech, 1);
        let lost = outcome.lost_seconds();
        assert!((1.8..4.0).contains(&lost), "{lost} s lost");
    });
}

/// Long dropouts become silence in their place. Short ones are only counted.
#[test]
fn dropped_frames_are_replaced_by_silence_or_reported() {
    retry_if_stalled(|| {
        for (dropped, expected_loss) in [((0.8, 4.0), 2.9..4.4), ((0.06, 0.4), 1.6..2.5)] {
            let rehearsal = Rehearsal::new(16);
            let sound = SoundServer::without_microphone();
            let config = DeviceConfig {
                dropped: Some(dropped),
                ..DeviceConfig::exact(48_000, 1)
            };
            let _device = Device::plug_in(&sound, &rehearsal.room, config);
            let program = rehearsal.start(&sound);
            let outcome = rehearsal.finish(program);
            outcome.succeeds();
            let lost = outcome.lost_seconds();
            assert!(
                expected_loss.contains(&lost),
                "dropped {dropped:?}: {lost} s lost"
            );
            if dropped.0 > 0.3 {
                assert_keeps_its_place(&outcome.samples, &rehearsal.speech, 1);
            }
            let findings = outcome.report()["findings"].to_string();
            assert!(findings.contains("lost_audio"), "{findings}");
        }
    });
}
