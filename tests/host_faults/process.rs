//! A model file that disappears, a process that is stopped and continues, and a second window on the same data folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::common::process::{Program, recognizer_pids, send_signal};
use crate::common::scheduling::{retry_if_stalled, serial_lock};
use crate::common::sound_server::{MIC, SoundServer};
use crate::common::x_server::Screen;
use crate::common::{
    STARLING, add_long_answer_story, clip, reference_signal, run, starling, take_files, wait_until,
};
use crate::{STEP_TIMEOUT, mic_argument, rehearse_command, rehearse_fast, wait_for_audio};

/// A loaded model does not need its file any more. The next start reports what is wrong with it.
#[test]
fn model_removed_during_take_is_reported_at_next_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let model = folder.path().join("ggml-tiny.en-q8_0.bin");
    let complete = fs::read("models/ggml-tiny.en-q8_0.bin").expect("the model");
    let path = model.to_str().expect("UTF-8").to_owned();
    let truncated = complete[..complete.len() / 2].to_vec();
    let garbage = vec![0xa5; complete.len()];
    for (replacement, expected) in [
        (Some(truncated), "is truncated: copy it again"),
        (Some(garbage), "is not a speech model"),
        (None, "is missing"),
    ] {
        fs::write(&model, &complete).expect("space");
        let earlier = take_files(&data, "wav").len();
        let mut program = Program::start(&mut rehearse_command(&data, &["--model", &path]));
        program.wait_for("recording");
        // Written in place, so that the file that the program has open changes.
        match &replacement {
            Some(bytes) => fs::write(&model, bytes).expect("space"),
            None => fs::remove_file(&model).expect("the model"),
        }
        wait_for_audio(&data, earlier, 4);
        program.press_enter();
        let feedback = program.wait_for("feedback");
        let words = feedback["report"]["transcript"]["words"].as_array();
        assert!(words.expect("words").len() >= 5, "{feedback:#}");
        let (status, _, errors) = program.wait_for_exit();
        assert!(status.success(), "{errors:?}");

        let takes_before = take_files(&data, "wav").len();
        let mut next = starling(&data);
        let next = next.args(["rehearse", "--section", "task", "--fast", "--model", &path]);
        let next = run(next.arg("--mic").arg(mic_argument()));
        assert_eq!(next.code, 1);
        next.has_one_message(expected);
        assert_eq!(take_files(&data, "wav").len(), takes_before);
    }
}

/// The sound server drops what a stopped program does not fetch. What was recorded keeps its place in the take; what
/// is missing is silence, and counted.
#[test]
fn stopped_process_continues_and_counts_missing_audio() {
    const STOPPED_FOR: Duration = Duration::from_secs(7);
    const PLAYED_AFTERWARDS: Duration = Duration::from_secs(5);
    let _serial = serial_lock();
    retry_if_stalled(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let story = add_long_answer_story(&data);
        let speech = folder.path().join("played.wav");
        let clips = ["strong_task_joe.flac", "strong_result_joe.flac"].map(clip);
        let clips = clips.each_ref().map(PathBuf::as_path);
        reference_signal::write(&speech, &clips, 25);
        let sound = SoundServer::start();
        let mut command = Command::new(STARLING);
        command
            .args(["rehearse", "--section", "task", "--json", "--mic", MIC])
            .args(["--story", &story])
            .env("STARLING_DATA", &data);
        sound.set_environment(&mut command);
        let mut program = Program::start(&mut command);
        program.wait_for("count_in");
        let report = sound.play_while(&speech, || {
            program.wait_for("recording");
            wait_for_audio(&data, 0, 4);
            signal_all(&program, "STOP");
            std::thread::sleep(STOPPED_FOR);
            signal_all(&program, "CONT");
            std::thread::sleep(PLAYED_AFTERWARDS);
            if program.is_running() {
                program.press_enter();
            }
            program.wait_for("feedback")["report"].clone()
        });
        let (_, events, errors) = program.wait_for_exit();
        let wav = take_files(&data, "wav").pop().expect("a take");
        let samples = starling::audio::decode_file(&wav).expect("a WAV").samples;
        let comparison = reference_signal::compare(&samples, &speech);
        assert_eq!(errors, [""; 0]);
        let moved: isize = comparison.jumps.iter().map(|(_, by)| by).sum();
        let lost = report["audio"]["lost_samples"].as_u64().expect("a count") as usize;
        let details = format!("{comparison:?}, {lost} samples reported as lost, {events:#?}");
        assert!(
            moved.unsigned_abs() < reference_signal::RATE_HZ / 4,
            "the audio has moved: {details}"
        );
        assert!(
            (1..8).contains(&(lost / reference_signal::RATE_HZ)),
            "lost audio is not counted: {details}"
        );
        // The comparison works in blocks of a quarter of a second. Silence in place of lost audio matches nothing.
        assert!(
            comparison.unmatched_blocks <= 4 * lost / reference_signal::RATE_HZ + 3,
            "more is missing than was reported: {details}"
        );
        let seconds = report["audio"]["seconds"].as_f64().expect("seconds");
        assert!(
            (seconds - samples.len() as f64 / 16_000.0).abs() < 0.01,
            "the report states another length than the file has: {details}"
        );
        assert!(seconds > 3.5, "only {seconds} s were recorded: {details}");
    });
}

/// Sends a signal to the program and its recognizer.
fn signal_all(program: &Program, name: &str) {
    let recognizers = recognizer_pids(program.pid()).into_iter();
    recognizers
        .chain([program.pid()])
        .for_each(|pid| send_signal(pid, name));
}

#[test]
fn second_window_activates_first_window() {
    let _serial = serial_lock();
    let data = tempfile::tempdir().expect("a folder");
    let data = data.path();
    let mut screen = Screen::start();
    let mut first = open_window(data, &screen);
    screen.focus("Starling", &mut first);
    // Commands work while the window is open.
    rehearse_fast(data);
    run(starling(data).args(["history", "--json"])).succeeds();

    screen.minimize();
    wait_until("the minimized window", STEP_TIMEOUT, || {
        (!screen.is_focused("Starling")).then_some(())
    });
    let (status, _, errors) = open_window(data, &screen).wait_for_exit();
    assert!(status.success(), "{errors:?}");
    assert_eq!(errors, [""; 0]);
    wait_until("the first window in front", STEP_TIMEOUT, || {
        screen.is_focused("Starling").then_some(())
    });

    assert_unresponsive_window_keeps_data_folder(data, &mut first, &mut screen);

    // After a kill the next window opens, although the socket of the first is still there.
    drop(first);
    assert!(data.join("window.door").exists());
    let mut third = open_window(data, &screen);
    screen.focus("Starling", &mut third);
    screen.press("alt+F4");
    let (status, _, errors) = third.wait_for_exit();
    assert!(status.success(), "{errors:?}");
    assert!(!data.join("window.door").exists());
}

/// A window that does not respond still owns the data folder: the next one shows an error and ends.
fn assert_unresponsive_window_keeps_data_folder(
    data: &Path,
    first: &mut Program,
    screen: &mut Screen,
) {
    send_signal(first.pid(), "STOP");
    let mut second = open_window(data, screen);
    screen.focus("Starling cannot open", &mut second);
    wait_until("the end of the second window", STEP_TIMEOUT, || {
        // A window that was just opened may lose a key, so the key is pressed again, but not before it had time
        // to work.
        screen.press("Return");
        std::thread::sleep(Duration::from_millis(500));
        (!second.is_running()).then_some(())
    });
    let (status, _, errors) = second.wait_for_exit();
    assert_eq!(status.code(), Some(1));
    assert_eq!(errors.len(), 1, "expected one error: {errors:?}");
    assert!(errors[0].contains("already running"), "{errors:?}");
    send_signal(first.pid(), "CONT");
    assert!(first.is_running(), "the first window has ended");
}

fn open_window(data: &Path, screen: &Screen) -> Program {
    let mut command = Command::new(STARLING);
    command
        .args(["open", "--model", "no-such", "--mic"])
        .arg(mic_argument())
        .env("STARLING_DATA", data)
        .env("DBUS_SESSION_BUS_ADDRESS", "disabled:");
    screen.set_environment(&mut command);
    Program::start(&mut command)
}
