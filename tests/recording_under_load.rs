//! Never in the way of the recording: three minutes from a microphone while every core burns, compared
//! sample by sample with what was played to it. Linux only, as the microphone that is not there is
//! Linux's.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]
#![cfg(target_os = "linux")]

mod common;

use std::process::Command;

use common::process::Program;
use common::reference_signal::{self, Comparison, RATE_HZ};
use common::scheduling::{CpuBurner, retry_if_stalled, serial_lock};
use common::sound_server::{MIC, SoundServer};
use common::{STARLING, add_long_answer_story, clip, take_files};
use starling::audio;

const SECONDS: usize = 180;

#[test]
fn three_minutes_on_burning_cores_lose_no_sample() {
    let _alone = serial_lock();
    retry_if_stalled(|| {
        let (data, sound) = (tempfile::tempdir().expect("a folder"), SoundServer::start());
        let speech = data.path().join("speech.wav");
        let clips = [
            clip("strong_situation_joe.flac"),
            clip("strong_task_am_michael.flac"),
        ];
        reference_signal::write(
            &speech,
            &clips.each_ref().map(|clip| clip.as_path()),
            SECONDS,
        );

        let mut command = Command::new(STARLING);
        command
            .args(["rehearse", "--story", &add_long_answer_story(data.path())])
            .args(["--section", "task", "--mic", MIC, "--json"])
            .env("STARLING_DATA", data.path());
        sound.set_environment(&mut command);
        let mut program = Program::start(&mut command);
        program.wait_for("recording");
        let burning = CpuBurner::every_core();
        sound.play(&speech);
        program.press_enter();
        program.wait_for("take_saved");
        drop(burning);
        let feedback = program.wait_for("feedback");
        let (status, _, complaints) = program.wait_for_exit();
        assert!(status.success(), "{complaints:?}");
        assert_eq!(complaints, Vec::<String>::new());

        let audio = &feedback["report"]["audio"];
        assert_eq!(audio["lost_samples"], 0);
        let wav = take_files(data.path(), "wav").pop().expect("a take");
        let take = audio::decode_file(&wav).expect("a whole take").samples;
        assert!(take.len() >= SECONDS * 16_000, "{} samples", take.len());
        assert_eq!(
            reference_signal::compare(&take, &speech),
            Comparison::default()
        );
        // It was not only recorded: the last of its words are among those heard.
        let words = feedback["report"]["transcript"]["words"].as_array();
        let last = words.and_then(|words| words.last()?["end"].as_f64());
        assert!(
            last.is_some_and(|end| end > SECONDS as f64 - 10.0),
            "{last:?}"
        );
    });
}

/// A name; the parts of a take; its jumps; whether all that was played is in it.
type Case<'a> = (&'a str, Vec<&'a [i16]>, Vec<isize>, bool);

/// What the comparison is worth: a single sample that is missing is found, and so is one too many.
#[test]
fn a_sample_that_is_missing_is_found() {
    let _alone = serial_lock();
    let folder = tempfile::tempdir().expect("a folder");
    let (whole, broken) = (
        folder.path().join("whole.wav"),
        folder.path().join("broken.wav"),
    );
    reference_signal::write(&whole, &[&clip("strong_task_joe.flac")], 12);
    let mut file = hound::WavReader::open(&whole).expect("just written");
    let (spec, sound): (_, Vec<i16>) = (
        file.spec(),
        file.samples().map(|s| s.expect("a sample")).collect(),
    );
    let half = sound.len() / 2;
    let silence = vec![0; RATE_HZ];
    let beyond = vec![0; 700];
    let cases: [Case; 5] = [
        ("whole", vec![&silence, &sound, &silence], vec![], true),
        (
            "one lost",
            vec![&silence, &sound[..half], &sound[half + 1..], &silence],
            vec![1],
            true,
        ),
        (
            "a tenth lost",
            vec![&sound[..half], &sound[half + 4_800..], &silence],
            vec![4_800],
            true,
        ),
        (
            "put in",
            vec![&silence, &sound[..half], &beyond, &sound[half..]],
            vec![-700],
            true,
        ),
        ("cut off", vec![&silence, &sound[..half]], vec![], false),
    ];
    for (name, parts, jumps, all_there) in cases {
        let mut out = hound::WavWriter::create(&broken, spec).expect("a place");
        for sample in parts.concat() {
            out.write_sample(sample).expect("room");
        }
        out.finalize().expect("room");
        let take = audio::decode_file(&broken).expect("just written").samples;
        let found = reference_signal::compare(&take, &whole);
        let by: Vec<isize> = found.jumps.iter().map(|(_, by)| *by).collect();
        assert_eq!(
            (by, found.not_covered == 0),
            (jumps, all_there),
            "{name}: {found:?}"
        );
        assert!(
            found.unmatched_blocks <= found.jumps.len(),
            "{name}: {found:?}"
        );
    }
}
