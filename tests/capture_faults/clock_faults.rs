//! Devices whose clock does not run at the rate that they report.

use serde_json::Value;

use crate::common::scheduling::retry_if_stalled;
use crate::common::sound_server::SoundServer;
use crate::common::{run, starling};
use crate::fake_device::{Device, DeviceConfig};
use crate::{Outcome, Rehearsal};

/// The rate is measured, so words keep their times and their pace.
#[test]
fn wrong_reported_sample_rate_is_corrected() {
    retry_if_stalled(|| {
        let config = DeviceConfig {
            true_rate_hz: 44_100.0,
            ..DeviceConfig::exact(48_000, 1)
        };
        let outcome = record_with_drift(config, 24, 0.01);
        assert_eq!(outcome.report()["audio"]["sample_rate_hz"], 44_100);
        assert_eq!(outcome.lost_seconds(), 0.0, "drift is not a loss");
    });
}

#[test]
fn clock_drift_of_half_a_percent_loses_nothing() {
    retry_if_stalled(|| {
        for (true_rate_hz, seconds) in [(47_760.0, 50), (48_240.0, 24)] {
            let config = DeviceConfig {
                true_rate_hz,
                ..DeviceConfig::exact(48_000, 1)
            };
            let outcome = record_with_drift(config, seconds, 0.005);
            assert_eq!(outcome.report()["audio"]["sample_rate_hz"], 48_000);
            assert_eq!(outcome.lost_seconds(), 0.0, "{true_rate_hz} Hz");
            assert_eq!(outcome.warnings(), Vec::<&str>::new(), "{true_rate_hz} Hz");
        }
    });
}

/// Records with this device. The length of the speech and its pace differ from the truth by less than `tolerance`, a
/// ratio, plus what the steps of the measurement add.
#[track_caller]
fn record_with_drift(config: DeviceConfig, seconds: usize, tolerance: f64) -> Outcome {
    /// Start and end of speech are each found in steps of 40 ms.
    const LENGTH_STEPS_SECS: f64 = 0.08;
    /// Another recognition of a few of the words changes the pace by this ratio.
    const RECOGNITION_TOLERANCE: f64 = 0.03;
    let rehearsal = Rehearsal::new(seconds);
    let sound = SoundServer::without_microphone();
    let _device = Device::plug_in(&sound, &rehearsal.room, config);
    let program = rehearsal.start(&sound);
    let outcome = rehearsal.finish(program);
    outcome.succeeds();
    let mut analyze = starling(rehearsal.data.path());
    analyze
        .args(["analyze", "--section", "task", "--json"])
        .arg(&rehearsal.speech);
    let truth = &run(&mut analyze).succeeds().documents()[0];
    let report = outcome.report();
    let error = speech_secs(report) / speech_secs(truth) - 1.0;
    let tolerance = tolerance + LENGTH_STEPS_SECS / speech_secs(truth);
    assert!(
        error.abs() < tolerance,
        "the length of the speech is off by {error:+.4}"
    );
    let pace = |report: &Value| report["pacing"]["speech_rate_wpm"].as_f64();
    let error = pace(report)
        .zip(pace(truth))
        .map(|(measured, expected)| measured / expected - 1.0);
    assert!(
        error.is_some_and(|error| error.abs() < tolerance + RECOGNITION_TOLERANCE),
        "the pace is off by {error:?}"
    );
    outcome
}

/// Seconds from the start to the end of speech.
fn speech_secs(report: &Value) -> f64 {
    let spans = report["speech"]["spans"].as_array().expect("spans");
    let time = |span: Option<&Value>, key: &str| span.and_then(|span| span[key].as_f64());
    let span = time(spans.first(), "start").zip(time(spans.last(), "end"));
    span.map_or(0.0, |(start, end)| end - start)
}
