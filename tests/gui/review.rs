//! The review of a take: playing parts of it, comparing takes, and judging by another profile.

use std::process::{Command, Stdio};

use egui::{Key, Role, vec2};
use egui_kittest::kittest::NodeT;
use starling::analysis::FindingKind;
use starling::analysis::ownership::pronouns::OwnershipKind;
use starling::app::PlaybackPosition;
use starling::domain::time::{Secs, clock};
use starling::gui::FULL_SIZE;
use starling::practice::session::{Reviewed, Stage};

use crate::common::sound_server::SoundServer;
use crate::common::temp_folder;
use crate::harness::{Setup, Window};

/// Set in a process that [`run_in_own_process`] starts.
const OWN_PROCESS: &str = "STARLING_TEST_OWN_PROCESS";
/// A finding is played from a little before it to a little after it.
const MARGIN: Secs = 0.3;

/// Runs the test `name` with a private sound server.
fn with_speaker(name: &str, test: impl FnOnce()) {
    if std::env::var_os(OWN_PROCESS).is_some() {
        return test();
    }
    let sound = SoundServer::start();
    run_in_own_process(name, |command| sound.set_environment(command));
}

/// Runs the test `name` where there is neither a sound server nor a sound card.
fn without_speaker(name: &str, test: impl FnOnce()) {
    if std::env::var_os(OWN_PROCESS).is_some() {
        return test();
    }
    let folder = temp_folder();
    run_in_own_process(name, |command| {
        command
            .env("PULSE_SERVER", "unix:/nonexistent")
            .env("PULSE_RUNTIME_PATH", folder.path())
            .env("ALSA_CONFIG_PATH", "/dev/null");
    });
}

/// The environment, which all tests of a process share, says which sound server to use.
fn run_in_own_process(name: &str, set_environment: impl FnOnce(&mut Command)) {
    let mut command = Command::new(std::env::current_exe().expect("path of this program"));
    command
        .args([name, "--exact", "--nocapture"])
        .stdin(Stdio::null());
    set_environment(&mut command);
    let output = command
        .env(OWN_PROCESS, "1")
        .output()
        .expect("this program starts again");
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && stdout.contains("1 passed"),
        "{name} failed in its own process:\n{stdout}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The review of a first take of the task.
fn review_of_task() -> Window {
    let mut window = Setup::new().scrolling_pages().open();
    window.press_all([Key::Enter, Key::N, Key::Space]);
    window.wait_for_text("What to do next");
    window
}

/// The review of a first take of an Action that uses "we" and the passive.
fn review_of_action() -> Window {
    let setup = Setup::new().clip("weak_action_k1_am_adam.flac");
    let mut window = setup.scrolling_pages().open();
    window.press_all([Key::Enter, Key::N, Key::N, Key::Space]);
    window.wait_for_text("What to do next");
    window
}

#[track_caller]
fn reviewed(window: &Window) -> &Reviewed {
    let session = window.session();
    assert_eq!(*session.stage(), Stage::Review);
    let reviewed = session.reviewed(session.current());
    reviewed.expect("a take is reviewed")
}

/// Position in the last take of the current part.
fn position(window: &Window) -> Option<&PlaybackPosition> {
    let session = window.session();
    let reviewed = session.reviewed(session.current())?;
    window.controller().playback_position(&reviewed.take.id)
}

fn position_secs(window: &Window) -> Option<Secs> {
    position(window).map(|position| position.at)
}

fn is_playing(window: &Window) -> bool {
    position(window).is_some_and(|position| position.playing)
}

#[track_caller]
fn expect_position(window: &Window) -> PlaybackPosition {
    assert_eq!(*window.session().stage(), Stage::Review);
    position(window).expect("a position in the take").clone()
}

/// Playback started a little before `start`. On a slow machine up to three seconds were played already.
#[track_caller]
fn expect_played_from(window: &Window, start: Secs) {
    let position = expect_position(window);
    let from = (start - MARGIN).max(0.0);
    assert!(
        position.at >= from - 0.05 && position.at < from + 3.0,
        "playback should have started at {from}: {position:?}"
    );
}

/// A word of the transcript and its start.
fn word(window: &Window, index: usize) -> (String, Secs) {
    let transcription = reviewed(window).take.transcription.as_ref();
    let word = &transcription.expect("a transcript").transcript.words[index];
    (word.text.clone(), word.start)
}

/// Plays from a word on, and returns its start.
#[track_caller]
fn play_from_word(window: &mut Window, index: usize) -> Secs {
    let (text, start) = word(window, index);
    window.activate(&format!("Play from {text}, "));
    let position = expect_position(window);
    assert!(
        (start..start + 1.0).contains(&position.at),
        "playback should start at {start}: {position:?}"
    );
    start
}

#[test]
fn word_is_played_paused_and_played_faster() {
    with_speaker("review::word_is_played_paused_and_played_faster", || {
        let mut window = review_of_task();
        window.expect_text("Pace along the take");
        assert_eq!(position(&window), None);
        let start = play_from_word(&mut window, 13);
        window.wait_for("half a second of playback", |window| {
            position_secs(window).is_some_and(|now| now > start + 0.5)
        });
        window.expect_text("Pause");
        window.press(Key::Space);
        assert!(!is_playing(&window), "Space should pause");
        window.expect_text("Play");
        let paused_at = expect_position(&window).at;

        window.press(Key::S);
        window.expect_text("Speed 1.25\u{d7}");
        window.press(Key::Space);
        assert!(is_playing(&window), "Space should continue");
        let continued_at = expect_position(&window).at;
        assert!(
            (paused_at..paused_at + 1.0).contains(&continued_at),
            "playback should continue at {paused_at}, not {continued_at}"
        );
        window.press(Key::ArrowLeft);
        assert!(is_playing(&window), "the previous word should be played");
        assert!(
            expect_position(&window).at < continued_at,
            "the previous word should start before {continued_at}"
        );
    });
}

#[test]
fn findings_phrases_and_reasons_play_their_span() {
    with_speaker(
        "review::findings_phrases_and_reasons_play_their_span",
        || {
            let mut window = review_of_task();
            shortest_finding_plays_to_its_end(&mut window);

            let mut phrases = reviewed(&window).feedback.phrases.iter();
            let phrase = phrases.find(|phrase| phrase.is_said);
            let phrase = phrase.expect("the clip says a phrase").clone();
            window.activate(&format!("Play the phrase {}", phrase.phrase));
            expect_played_from(&window, phrase.start.expect("a said phrase has a start"));

            let mut reasons = reviewed(&window).feedback.verdict.reasons.iter();
            let reason = reasons.find(|reason| reason.quoted_at().is_some());
            let reason = reason.expect("the verdict quotes the clip").clone();
            window.activate(&format!("Play: {reason}"));
            let quoted = reason.quoted_at().expect("a quoted reason");
            expect_played_from(&window, quoted.start);
            window.wait_for("the end of the quote", |window| !is_playing(window));
        },
    );
}

fn shortest_finding_plays_to_its_end(window: &mut Window) {
    let reviewed = reviewed(window);
    let take_secs = reviewed.take.audio.seconds;
    let findings = reviewed.feedback.findings.iter();
    let shortest = findings.min_by(|a, b| a.span.len().total_cmp(&b.span.len()));
    let shortest = shortest.expect("the clip has a finding");
    let (text, span) = (shortest.kind.to_string(), shortest.span);
    window.activate(&format!("Play: {text}"));
    window.wait_for("the end of the finding", |window| !is_playing(window));
    let end = (span.end + MARGIN).min(take_secs);
    let stopped_at = expect_position(window).at;
    assert!(
        (stopped_at - end).abs() < 0.1,
        "the finding should be played to {end}, not {stopped_at}"
    );
}

#[test]
fn click_on_the_waveform_seeks_and_a_retake_stops_playback() {
    with_speaker(
        "review::click_on_the_waveform_seeks_and_a_retake_stops_playback",
        || {
            let mut window = review_of_task();
            let middle = window.rect("Position in the take");
            window.click_at(middle.lerp_inside(vec2(0.5, 0.6)));
            let position = expect_position(&window);
            let take_secs = reviewed(&window).take.audio.seconds;
            assert!(
                (position.at - take_secs / 2.0).abs() < 0.05 * take_secs,
                "the middle of {take_secs} s should be selected: {position:?}"
            );
            assert!(!position.playing, "a click should not start playback");

            window.press(Key::Space);
            assert!(is_playing(&window), "Space should play");
            // The microphone must not record the loudspeaker.
            window.press(Key::R);
            assert!(!is_playing(&window), "a new take should stop playback");
            window.wait_for_text("What to do next");
            assert_eq!(position_secs(&window), None);
        },
    );
}

#[test]
fn review_without_a_loudspeaker_says_so_and_still_seeks() {
    without_speaker(
        "review::review_without_a_loudspeaker_says_so_and_still_seeks",
        || {
            let mut window = review_of_task();
            play_from_word(&mut window, 13);
            window.wait_for_text("No loudspeaker found");
            assert!(!is_playing(&window), "nothing can be played");
            window.press(Key::ArrowRight);
            assert_eq!(position_secs(&window), Some(word(&window, 14).1));
            position_slider_moves_word_by_word(&mut window);
            window.press(Key::R);
            window.wait_for_text("What to do next");
        },
    );
}

/// From word 14 on, by keyboard and by screen reader.
fn position_slider_moves_word_by_word(window: &mut Window) {
    window.focus_only(Role::Slider);
    window.press(Key::ArrowRight);
    assert_eq!(position_secs(window), Some(word(window, 15).1));
    let slider = window.only(Role::Slider);
    assert!(slider.is_focused(), "the slider should keep the focus");
    let value = slider.accesskit_node().value().unwrap_or_default();
    assert!(
        value.contains(" of 0:"),
        "a screen reader should read the position: {value}"
    );
    window.increment_slider();
    assert_eq!(position_secs(window), Some(word(window, 16).1));
}

#[test]
fn example_answer_is_scrolled_into_view() {
    let mut window = review_of_task();
    let bottom = |window: &Window| window.rect("Example answer").bottom();
    assert!(
        bottom(&window) > FULL_SIZE[1],
        "the example should be below the window at first"
    );
    window.press(Key::E);
    window.wait_for("the example in view", |window| {
        bottom(window) < FULL_SIZE[1]
    });
}

#[test]
fn second_take_is_compared_with_the_first() {
    let mut window = review_of_task();
    window.expect_no_text("Compare");
    window.press(Key::R);
    window.wait_for_text("What to do next");
    window.expect_texts(["Compare with take 1", "Task, take 2", "Pace along the take"]);
    window.press(Key::C);
    window.expect_texts([
        "Task, take 2, compared with take 1",
        "take ownership: said both times",
        "Time used: ",
        "unchanged",
    ]);
    let rows = window.all(": said both times");
    let tops: Vec<f32> = rows.iter().map(|row| row.rect().top()).collect();
    assert!(
        tops.windows(2).all(|pair| pair[1] - pair[0] < 30.0),
        "the phrases should be in consecutive rows: {tops:?}"
    );
    window.press(Key::Escape);
    window.expect_text("What to do next");
}

#[test]
fn ownership_spans_and_timeline_marks_are_played() {
    with_speaker(
        "review::ownership_spans_and_timeline_marks_are_played",
        || {
            let mut window = review_of_action();
            let mut spans = reviewed(&window).feedback.ownership.spans.iter();
            let span = spans.find(|span| span.kind == OwnershipKind::We);
            let span = span.expect("the clip says \"we\"").clone();
            window.activate(&format!("Play \u{201c}{}\u{201d}, ", span.text));
            expect_played_from(&window, span.start);
            window.wait_for("the end of the span", |window| !is_playing(window));
            timeline_mark_explains_and_plays_its_finding(&mut window);
        },
    );
}

fn timeline_mark_explains_and_plays_its_finding(window: &mut Window) {
    let mark_label = |start, kind: &FindingKind| format!("At {}: {kind}", clock(start));
    let mut findings = reviewed(window).feedback.findings.iter();
    let marked =
        findings.find(|finding| window.shows(&mark_label(finding.span.start, &finding.kind)));
    let finding = marked.expect("a finding is marked").clone();
    let mark = window.rect(&mark_label(finding.span.start, &finding.kind));
    window.hover(mark.center());
    let sentence = finding.kind.to_string();
    window.wait_for("the tooltip of the mark", |window| {
        window.all_exact(&sentence).len() > 1
    });
    window.click_at(mark.center());
    expect_played_from(window, finding.span.start);
}

#[test]
fn another_profile_judges_review_and_both_compared_takes() {
    let mut window = review_of_action();
    window.press(Key::R);
    window.wait_for_text("What to do next");
    assert!(has_we_finding(&window), "\"we\" should be a finding");
    window.press(Key::C);
    expect_equal_takes(&window);
    window.press(Key::Comma);
    window.activate("Profile: Collaborative");
    window.press(Key::Escape);
    expect_equal_takes(&window);
    assert!(
        !has_we_finding(&window),
        "\"we\" should be fine in the collaborative profile"
    );
}

fn has_we_finding(window: &Window) -> bool {
    let mut findings = reviewed(window).feedback.findings.iter();
    findings.any(|finding| matches!(finding.kind, FindingKind::We { .. }))
}

#[track_caller]
fn expect_equal_takes(window: &Window) {
    window.expect_text("compared with take 1");
    window.expect_no_text(". better");
    window.expect_no_text(". further from target");
}
