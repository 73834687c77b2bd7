//! Which channels are recorded of an interface and of a file, with voices, music and a podcast on them.

use crate::common::scheduling::retry_if_stalled;
use crate::common::sound_server::SoundServer;
use crate::common::{plain_words, run, share_recognized, starling, take_files, temp_folder};
use crate::{add_microphone, play, samples, start_rehearsal, tune, warnings, write_channels};

/// The text of the clips of a task.
const TASK_TEXT: &str = "the service was not mine so the bug was not either there was no ticket and nobody had asked \
    i decided to take ownership find the cause hand the platform team a fix they could ship and make sure the \
    drops stopped";
/// The beginning of the text of another clip, `strong_situation_joe.flac`.
const OTHER_TEXT: &str = "from the platform teams payment service never arrived it sounds small but each one could delay a payment";

/// Rehearses while a file is played to an interface. `early` is played to it from the start of the count-in on.
/// Returns the transcript and the warnings.
fn rehearse(
    positions: &str,
    channels: &[&[f32]],
    early: Option<&[&[f32]]>,
    arguments: &[&str],
) -> (String, Vec<String>) {
    let (data, sound) = (temp_folder(), SoundServer::without_microphone());
    add_microphone(&sound, "interface", "Interface", channels.len(), positions);
    sound
        .pactl(&["set-default-source", "interface"])
        .expect("a default");
    let answer = write_channels(&data.path().join("answer.wav"), channels);
    let early = early.map(|channels| write_channels(&data.path().join("early.wav"), channels));
    let mut program = start_rehearsal(data.path(), &sound, arguments);
    let _early = early.map(|early| {
        program.wait_for("count_in");
        play(&sound, "interface-sink", &early)
    });
    program.wait_for("recording");
    let mut player = play(&sound, "interface-sink", &answer);
    player.0.wait().expect("paplay ends");
    program.press_enter();
    let feedback = program.wait_for("feedback");
    let (status, events, errors) = program.wait_for_exit();
    assert!(status.success(), "{errors:?}");
    let take = take_files(data.path(), "wav").pop().expect("a take");
    assert!(take.exists());
    (plain_words(&feedback["report"]), warnings(&events))
}

#[test]
fn voice_on_one_channel_is_recorded_without_the_music_on_others() {
    retry_if_stalled(|| {
        let voice = samples("strong_task_joe.flac", 0.4);
        let music = tune(16.0, 0.2);
        let (transcript, warnings) = rehearse("", &[&[], &voice, &music, &music], None, &[]);
        let share = share_recognized(&transcript, TASK_TEXT);
        assert!(share >= 0.8, "{share}: {transcript}");
        let last = warnings.last().map(String::as_str).unwrap_or_default();
        assert!(
            last.starts_with(
                "channels 3 and 4 with other sound are left out, and channel 2 is used"
            ),
            "{warnings:?}"
        );
    });
}

#[test]
fn two_voices_are_recorded_with_a_warning_unless_a_channel_is_chosen() {
    retry_if_stalled(|| {
        let voice = samples("strong_task_am_michael.flac", 0.3);
        let other = samples("strong_situation_joe.flac", 0.6);
        let channels: [&[f32]; 3] = [&other[..voice.len()], &[], &voice];
        let (_, warnings) = rehearse("aux0,aux1,aux2", &channels, None, &[]);
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(
            warnings[0].starts_with("channels 1 and 3 carry different sound and are mixed")
                && warnings[0].contains("--channel"),
            "{warnings:?}"
        );
        let (transcript, warnings) = rehearse("", &channels, None, &["--channel", "3"]);
        assert!(warnings.is_empty(), "{warnings:?}");
        let share = share_recognized(&transcript, TASK_TEXT);
        assert!(share >= 0.8, "{share}: {transcript}");
        assert!(
            share_recognized(&transcript, OTHER_TEXT) < 0.4,
            "{transcript}"
        );
    });
}

#[test]
fn podcast_that_talks_before_the_answer_is_left_out() {
    retry_if_stalled(|| {
        let voice = samples("strong_task_joe.flac", 0.3);
        let podcast = samples("strong_situation_joe.flac", 0.6);
        let (transcript, warnings) = rehearse("", &[&[], &voice], Some(&[&podcast, &[]]), &[]);
        let share = share_recognized(&transcript, TASK_TEXT);
        assert!(share >= 0.7, "{share}: {transcript}");
        assert!(
            warnings
                .iter()
                .any(|text| text.starts_with("channel 1 with other sound is left out")),
            "{warnings:?}"
        );
    });
}

#[test]
fn file_with_two_speakers_is_analyzed_by_channel() {
    let data = temp_folder();
    let voice = samples("strong_task_am_michael.flac", 0.4);
    let other = samples("strong_situation_joe.flac", 0.5);
    let both = write_channels(
        &data.path().join("call.wav"),
        &[&voice, &other[..voice.len()]],
    );
    let analyze = |arguments: &[&str]| {
        let file = both.display().to_string();
        let arguments = [
            &["analyze", "--section", "task", "--json", &file],
            arguments,
        ]
        .concat();
        run(starling(data.path()).args(arguments))
    };
    let mixed = analyze(&[]);
    mixed.has_one_message("call.wav: channels 1 and 2 carry different sound and are mixed");
    assert_eq!(mixed.code, 0);
    for (channel, expected, not_expected) in
        [("1", TASK_TEXT, OTHER_TEXT), ("2", OTHER_TEXT, TASK_TEXT)]
    {
        let report = analyze(&["--channel", channel])
            .succeeds()
            .documents()
            .remove(0);
        let transcript = plain_words(&report);
        let share = share_recognized(&transcript, expected);
        assert!(share >= 0.75, "channel {channel}: {share}: {transcript}");
        assert!(
            share_recognized(&transcript, not_expected) < 0.4,
            "{transcript}"
        );
    }
    analyze(&["--channel", "3"])
        .has_one_message("call.wav has 2 channels, so there is no channel 3: choose 1 to 2");
    // A stereo recording of one voice has no message.
    let stereo = write_channels(&data.path().join("stereo.wav"), &[&voice, &voice]);
    let output = run(starling(data.path()).args([
        "analyze",
        "--section",
        "task",
        "--json",
        &stereo.display().to_string(),
    ]));
    output.succeeds();
}
