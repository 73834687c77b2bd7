//! Recording under load: three minutes from a microphone while every core is busy, compared sample by sample with what
//! was played. Linux only: the microphone belongs to a PulseAudio server.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]
#![cfg(target_os = "linux")]

mod common;

use std::process::Command;

use common::process::Program;
use common::reference_signal::{self, Comparison, RATE_HZ};
use common::scheduling::{CpuBurner, retry_if_stalled, serial_lock};
use common::sound_server::{MIC, SoundServer};
use common::{STARLING, add_long_answer_story, clip, take_files, temp_folder};
use starling::audio;

const SECONDS: usize = 180;

#[test]
fn recording_with_every_core_busy_loses_no_sample() {
    let _serial = serial_lock();
    retry_if_stalled(|| {
        let (data, sound) = (temp_folder(), SoundServer::start());
        let speech = data.path().join("speech.wav");
        let clips = ["strong_situation_joe.flac", "strong_task_am_michael.flac"].map(clip);
        let clips = clips.each_ref().map(|clip| clip.as_path());
        reference_signal::write(&speech, &clips, SECONDS);

        let mut command = Command::new(STARLING);
        command
            .args(["rehearse", "--story", &add_long_answer_story(data.path())])
            .args(["--section", "task", "--mic", MIC, "--json"])
            .env("STARLING_DATA", data.path());
        sound.set_environment(&mut command);
        let mut program = Program::start(&mut command);
        program.wait_for("recording");
        let burner = CpuBurner::every_core();
        sound.play(&speech);
        program.press_enter();
        program.wait_for("take_saved");
        drop(burner);
        let feedback = program.wait_for("feedback");
        let (status, _, errors) = program.wait_for_exit();
        assert!(status.success(), "{errors:?}");
        assert_eq!(errors, Vec::<String>::new());

        let audio = &feedback["report"]["audio"];
        assert_eq!(audio["lost_samples"], 0);
        let wav = take_files(data.path(), "wav").pop().expect("a take");
        let take = audio::decode_file(&wav).expect("a complete take").samples;
        assert!(
            take.len() >= SECONDS * 16_000,
            "only {} samples",
            take.len()
        );
        assert_eq!(
            reference_signal::compare(&take, &speech),
            Comparison::default()
        );
        // The whole take was transcribed as well.
        let words = feedback["report"]["transcript"]["words"].as_array();
        let last_end = words.and_then(|words| words.last()?["end"].as_f64());
        assert!(
            last_end.is_some_and(|end| end > SECONDS as f64 - 10.0),
            "the last word ends at {last_end:?} s"
        );
    });
}

/// A take with known differences from the signal.
struct Case<'a> {
    name: &'a str,
    /// The take, in parts.
    parts: Vec<&'a [i16]>,
    expected_jumps: Vec<isize>,
    is_complete: bool,
}

/// Checks the comparison itself: it finds a single missing sample, and inserted ones.
#[test]
fn comparison_finds_missing_and_inserted_samples() {
    let _serial = serial_lock();
    let folder = temp_folder();
    let signal = folder.path().join("signal.wav");
    let take = folder.path().join("take.wav");
    reference_signal::write(&signal, &[&clip("strong_task_joe.flac")], 12);
    let mut reader = hound::WavReader::open(&signal).expect("the signal");
    let spec = reader.spec();
    let samples: Vec<i16> = reader
        .samples()
        .map(|sample| sample.expect("a sample"))
        .collect();
    let half = samples.len() / 2;
    let silence = vec![0; RATE_HZ];
    let inserted = vec![0; 700];
    let case = |name, parts, expected_jumps, is_complete| Case {
        name,
        parts,
        expected_jumps,
        is_complete,
    };
    let cases = [
        case(
            "complete",
            vec![&silence[..], &samples, &silence],
            vec![],
            true,
        ),
        case(
            "one sample lost",
            vec![
                &silence[..],
                &samples[..half],
                &samples[half + 1..],
                &silence,
            ],
            vec![1],
            true,
        ),
        case(
            "a tenth of a second lost",
            vec![&samples[..half], &samples[half + 4_800..], &silence],
            vec![4_800],
            true,
        ),
        case(
            "samples inserted",
            vec![&silence[..], &samples[..half], &inserted, &samples[half..]],
            vec![-700],
            true,
        ),
        case(
            "cut off",
            vec![&silence[..], &samples[..half]],
            vec![],
            false,
        ),
    ];
    for case in cases {
        let mut writer = hound::WavWriter::create(&take, spec).expect("a WAV");
        for sample in case.parts.concat() {
            writer.write_sample(sample).expect("space");
        }
        writer.finalize().expect("space");
        let samples = audio::decode_file(&take).expect("the take").samples;
        let comparison = reference_signal::compare(&samples, &signal);
        let jumps: Vec<isize> = comparison.jumps.iter().map(|(_, by)| *by).collect();
        let name = case.name;
        assert_eq!(jumps, case.expected_jumps, "{name}: {comparison:?}");
        assert_eq!(
            comparison.not_covered == 0,
            case.is_complete,
            "{name}: {comparison:?}"
        );
        assert!(
            comparison.unmatched_blocks <= comparison.jumps.len(),
            "{name}: {comparison:?}"
        );
    }
}
