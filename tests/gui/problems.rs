//! What goes wrong at the start: no microphone, no speech model, a take that was interrupted.

use egui::Key;
use starling::audio::capture::wav_writer::WavWriter;
use starling::audio::{AudioSource, decode_file, microphones};
use starling::domain::story::{Part, SectionKind};
use starling::storage::Store;

use crate::common::clip;
use crate::harness::{STORY, Setup};
use crate::past;

#[test]
fn missing_model_is_reported_and_takes_are_saved() {
    let mut window = Setup::new().missing_model().open();
    window.wait_for_text("Speech model unusable");
    window.expect_text("no-such-model");
    window.click("Dismiss");
    window.expect_no_text("Dismiss");

    window.press(Key::Enter);
    window.press(Key::Space);
    window.wait_for_text("Recording saved, but transcription failed.");
    window.expect_announcement("Recording saved, but transcription failed. ");
    assert_eq!(window.saved_takes(), 1);
    window.press(Key::Escape);
    window.expect_text("Five sections");
}

#[test]
fn missing_microphone_is_reported_each_time_it_is_needed() {
    let microphone = AudioSource::Device("Nobody's headset".to_owned());
    let mut window = Setup::new().microphone(microphone).open();
    window.wait_for_text("Dismiss");
    window.expect_announcement("Nobody's headset");
    window.press(Key::Enter);
    window.press(Key::Space);
    window.wait_for_text("2 times");
    window.expect_announcement("2 times");
    window.expect_text("Section 1 of 5");
}

#[test]
fn home_without_any_microphone_says_what_to_do() {
    if microphones().is_ok_and(|found| !found.is_empty()) {
        return; // This computer has a microphone.
    }
    let mut window = Setup::new().default_microphone().open();
    window.wait_for_text("No microphone found: plug one in");
    window.click("Search again");
    window.expect_text("The webhook nobody owned");
}

#[test]
fn interrupted_takes_are_offered_on_home() {
    let mut window = Setup::new()
        .prepare(|store| {
            for (hour, seconds) in [("08", 4), ("09", 0), ("10", 4)] {
                save_interrupted_take(store, hour, seconds);
            }
        })
        .open();
    window.expect_text("was interrupted on 2026-11-23 10:00. 0:04 of it was saved.");
    window.press(Key::N);
    window.expect_text("was interrupted on 2026-11-23 08:00. 0:04 of it was saved.");
    window.press(Key::F);
    window.wait_for_text("What to do next");
    window.expect_text("of 0:20, short");
    window.press(Key::Escape);
    window.expect_text("Five sections");
    window.expect_no_text("interrupted");
    window.press(Key::H);
    window.expect_texts([
        "10:00, The webhook nobody owned, Task, 0:04, not transcribed",
        "09:00, The webhook nobody owned, Task, 0:00, interrupted",
        "08:00, The webhook nobody owned, Task, 0:04, ",
        " words",
    ]);
}

/// Saves a take of the task, recorded on 2026-11-23 for some seconds, without a transcript.
fn save_interrupted_take(store: &Store, hour: &str, seconds: usize) {
    let mut database = store.open_take_db().expect("a take database").db;
    let time = format!("2026-11-23T{hour}-00-00.000");
    let take = past::untranscribed(&time, STORY, Part::Section(SectionKind::Task));
    let speech = decode_file(&clip("strong_task_joe.flac"))
        .expect("the clip can be decoded")
        .samples;
    let mut wav = WavWriter::create(&store.wav(&take.id)).expect("the recording is created");
    wav.push(&speech[..seconds * 16_000])
        .expect("the recording is written");
    assert!(wav.finish().1.is_ok(), "the recording is completed");
    database.save(&take).expect("the take is saved");
}
