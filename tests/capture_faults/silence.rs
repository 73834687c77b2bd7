//! A microphone that is open but delivers only silence.

use serde_json::Value;

use crate::Rehearsal;
use crate::common::scheduling::retry_if_stalled;
use crate::common::sound_server::SoundServer;
use crate::fake_device::{Device, DeviceConfig};

/// The microphone is muted in the middle of an answer and unmuted again.
#[test]
fn muted_microphone_is_reported_during_take_and_afterwards() {
    retry_if_stalled(|| {
        let rehearsal = Rehearsal::new(20);
        let sound = SoundServer::without_microphone();
        let config = DeviceConfig::exact(48_000, 1);
        let _device = Device::plug_in(&sound, &rehearsal.room, config);
        let program = rehearsal.start(&sound);
        rehearsal.room.wait_until_played(4.0);
        set_muted(&sound, true);
        rehearsal.room.wait_until_played(13.0);
        set_muted(&sound, false);
        let outcome = rehearsal.finish(program);
        outcome.succeeds();
        assert_eq!(outcome.lost_seconds(), 0.0, "muted audio is not lost");
        let warnings = outcome.warnings();
        let [muted, restored, summary] = warnings[..] else {
            panic!("expected three warnings: {warnings:?}");
        };
        assert!(muted.starts_with("no signal"), "{muted}");
        assert_eq!(restored, "microphone signal restored");
        assert!(summary.contains("delivered only silence"), "{summary}");
        let time = |event: &Value| event["at"].as_f64().unwrap_or_default();
        let stopped = time(outcome.events_named("stopped")[0]);
        assert!(
            time(outcome.events_named("warning")[0]) < stopped - 3.0,
            "the first warning came too late to act on"
        );
    });
}

#[test]
fn take_without_signal_is_reported() {
    retry_if_stalled(|| {
        let rehearsal = Rehearsal::new(7);
        let sound = SoundServer::without_microphone();
        let config = DeviceConfig::exact(48_000, 1);
        let _device = Device::plug_in(&sound, &rehearsal.room, config);
        set_muted(&sound, true);
        let program = rehearsal.start(&sound);
        let outcome = rehearsal.finish(program);
        outcome.succeeds();
        let warnings = outcome.warnings();
        assert!(warnings[0].starts_with("no signal"), "{warnings:?}");
        let findings = outcome.report()["findings"].to_string();
        assert!(findings.contains("no_speech"), "{findings}");
    });
}

fn set_muted(sound: &SoundServer, muted: bool) {
    let muted = if muted { "1" } else { "0" };
    let answer = sound.pactl(&["set-source-mute", "device", muted]);
    answer.expect("the source is muted or unmuted");
}
