//! Tests of how the controller routes between its components.

use std::path::Path;

use super::*;
use crate::app::forgotten_answer::LONGEST_ANSWER;
use crate::app::suspend::SuspendDetector;
use crate::app::test_support::{problems as problems_in, take};
use crate::audio::FilePacing;
use crate::domain::story::SectionKind;
use crate::domain::take::Take;
use crate::practice::session::Stage;

fn start(data: &Path, source: Option<AudioSource>) -> Controller {
    let config = Config {
        data: Some(data.to_owned()),
        source,
        model: Some("no-such-model".into()),
        ..Config::default()
    };
    Controller::start(config, || {}).expect("a data folder")
}

fn clip(pacing: FilePacing) -> Option<AudioSource> {
    let clip = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/audio/strong_task_joe.flac");
    Some(AudioSource::File(clip, pacing))
}

fn problems(controller: &mut Controller) -> Vec<String> {
    problems_in(&mut controller.context)
}

/// Polls until `is_done`, for a minute at most.
fn wait_until(controller: &mut Controller, is_done: impl Fn(&Controller) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_done(controller) {
        assert!(Instant::now() < deadline, "timeout");
        controller.wait(Duration::from_millis(10));
    }
}

/// Starts a take of a task and waits until `secs` of it are recorded; for 0, starts only the count-in.
fn answering(data: &Path, secs: f64) -> Controller {
    let mut controller = start(data, clip(FilePacing::RealTime));
    let story = controller.stories()[0].clone();
    let level = story.level;
    controller.start_practice(story, vec![Part::Section(SectionKind::Task)], level);
    controller.start_take();
    wait_until(&mut controller, |controller| {
        let elapsed = match controller.session().map(Session::stage) {
            Some(Stage::Answering { elapsed, .. }) => *elapsed,
            _ => 0.0,
        };
        elapsed >= secs
    });
    controller.take_notifications();
    controller
}

#[test]
fn suspension_ends_an_answer() {
    let data = tempfile::tempdir().expect("a folder");
    let mut controller = answering(data.path(), 1.5);
    controller.on_resume(Duration::from_secs(754));
    let problems = problems(&mut controller);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(
        problems[0].contains("suspended for 12:34 during the answer"),
        "{problems:?}"
    );
    assert!(!controller.is_listening());
    wait_until(&mut controller, |controller| {
        !controller.capture.is_finishing()
    });
    let history = controller.history().expect("a list");
    let seconds = history[0].seconds.expect("its length");
    assert!((1.4..6.0).contains(&seconds), "{seconds}");
}

#[test]
fn suspension_between_answers_does_not_end_the_next_one() {
    let data = tempfile::tempdir().expect("a folder");
    let mut controller = answering(data.path(), 0.0);
    controller.request(SessionRequest::Cancel);
    // The suspension is not noticed before the next take, as in the terminal, which waits for a key.
    let detector = SuspendDetector::with_clock(|| Duration::from_secs(754));
    controller.active.set_suspend_detector(detector);
    controller.start_take();
    controller.poll();
    let problems = problems(&mut controller);
    let is_report = |text: &String| text.contains("suspended");
    assert!(!problems.iter().any(is_report), "{problems:?}");
    let stage = controller.session().map(Session::stage);
    assert!(matches!(stage, Some(Stage::CountIn { .. })), "{stage:?}");
}

#[test]
fn suspension_cancels_a_count_in() {
    let data = tempfile::tempdir().expect("a folder");
    let mut controller = answering(data.path(), 0.0);
    controller.on_resume(Duration::from_secs(5));
    let problems = problems(&mut controller);
    assert_eq!(problems.len(), 1, "{problems:?}");
    let stage = controller.session().map(Session::stage);
    assert_eq!(stage, Some(&Stage::Ready));
    assert!(!controller.is_listening());
    assert_eq!(controller.history().expect("a list"), []);
}

#[test]
fn forgotten_answer_ends_after_an_hour() {
    let data = tempfile::tempdir().expect("a folder");
    let mut controller = answering(data.path(), 1.0);
    let is_answering = |controller: &Controller| {
        let stage = controller.session().map(Session::stage);
        matches!(stage, Some(Stage::Answering { .. }))
    };
    let Some(Stage::Answering { take, .. }) = controller.session().map(Session::stage) else {
        panic!("no answer")
    };
    let take = take.id.clone();
    for (elapsed, ends) in [(LONGEST_ANSWER - 0.1, false), (LONGEST_ANSWER, true)] {
        controller.handle(SessionEvent::Recorded(take.clone(), elapsed));
        controller.tick();
        assert_eq!(is_answering(&controller), !ends, "after {elapsed} s");
        let problems = problems(&mut controller);
        assert_eq!(problems.len(), usize::from(ends), "{problems:?}");
        assert!(
            problems
                .iter()
                .all(|text| text.contains("stopped after an hour"))
        );
    }
    wait_until(&mut controller, |controller| {
        !controller.capture.is_finishing()
    });
    assert_eq!(controller.history().expect("a list").len(), 1);
}

#[test]
fn mic_test_is_three_seconds_long_and_not_written_to_disk() {
    let data = tempfile::tempdir().expect("a folder");
    let mut controller = start(data.path(), clip(FilePacing::Unthrottled));
    assert_eq!(controller.mic_test_samples().len(), 0);
    assert_eq!(controller.input_level(), None);
    controller.start_mic_test();
    assert!(controller.is_testing_mic());
    wait_until(&mut controller, |controller| !controller.is_testing_mic());
    assert_eq!(controller.mic_test_samples().len(), 48_000);
    assert_eq!(controller.input_level(), Some(InputLevel::Good));
    assert!(!controller.is_monitoring());
    let files = std::fs::read_dir(data.path()).expect("a folder").count();
    assert_eq!(files, 0);
    controller.discard_mic_test();
    assert_eq!(controller.mic_test_samples().len(), 0);
    assert_eq!(controller.input_level(), None);
}

#[test]
fn quiz_answers_survive_a_restart() {
    let data = tempfile::tempdir().expect("a folder");
    let mut controller = start(data.path(), None);
    let story = controller.stories()[0].clone();
    assert_eq!(controller.quiz_answers(&story.id), []);
    assert!(
        !controller.store().has_takes(),
        "reading created a database"
    );
    let first = controller.answer_quiz(&story, 0, 1).expect("a question");
    let second = controller.answer_quiz(&story, 1, 3).expect("a question");
    assert_eq!(controller.answer_quiz(&story, 99, 0), None);
    assert_eq!(controller.answer_quiz(&story, 0, 99), None);
    drop(controller);
    let mut restarted = start(data.path(), None);
    assert_eq!(restarted.quiz_answers(&story.id), [first, second]);
}

#[test]
fn take_that_cannot_be_opened_or_erased_is_reported() {
    let data = tempfile::tempdir().expect("a folder");
    let mut controller = start(data.path(), None);
    let id = TakeId("2019".to_owned());
    problems(&mut controller);
    controller.erase(&id);
    assert_eq!(controller.last_erased(), None);
    assert!(!controller.open_take(&id));
    let report = StoreError::Unknown(id).to_string();
    assert_eq!(problems(&mut controller), [report.clone(), report]);
}

#[test]
fn erasing_a_take_forgets_its_metrics() {
    let data = tempfile::tempdir().expect("a folder");
    let store = Store::at(Some(data.path().to_owned())).expect("a folder");
    let text = "nobody owned it and there was no ticket so I took it";
    let take = take("2026-11-23T18-00-00.000-task", "webhook-drop", text);
    let mut database = store.open_take_db().expect("room").db;
    std::fs::write(store.wav(&take.id), "sound").expect("room");
    database.save(&take).expect("room");
    drop(database);
    let mut controller = start(data.path(), None);
    let Take { id, .. } = take;
    let history = controller.history().expect("a list");
    let is_analyzed =
        |controller: &Controller| matches!(controller.metrics_of(&id), Loaded::Ready(_));
    controller.analyze_history(&history);
    wait_until(&mut controller, is_analyzed);
    controller.erase(&id);
    assert!(!is_analyzed(&controller));
    controller.undo_erase();
    assert_eq!(controller.history().expect("a list"), history);
    controller.analyze_history(&history);
    wait_until(&mut controller, is_analyzed);
}
