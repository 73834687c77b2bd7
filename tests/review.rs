//! The review by its labels and keys, with a loudspeaker: from practice to hearing a word, beside the take
//! before, and again.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]

mod common;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::clip;
use common::sound_server::SoundServer;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, Rect, Role, accesskit, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use starling::analysis::FindingKind;
use starling::analysis::ownership::pronouns::OwnershipKind;
use starling::app::{Config, Controller, PlaybackPosition};
use starling::asr::Isolation;
use starling::audio::{AudioSource, FilePacing};
use starling::domain::time::clock;
use starling::gui::{App, MIN_SIZE, theme};
use starling::practice::session::{Reviewed, Stage};

/// Set in the process that makes the journey: the sound server is told by the environment, which all tests
/// of a process have in common.
const GOES: &str = "STARLING_TEST_REVIEWS";
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn a_take_is_heard_compared_and_told_again() {
    let sound = SoundServer::start();
    let ran = journey_in("journey", |command| sound.set_environment(command));
    assert!(ran.contains("WITH A LOUDSPEAKER"), "{ran}");
}

#[test]
fn an_action_is_heard_by_its_marks_and_judged_by_another_profile() {
    let sound = SoundServer::start();
    let ran = journey_in("action", |command| sound.set_environment(command));
    assert!(ran.contains("JUDGED ANEW"), "{ran}");
}

#[test]
fn without_a_loudspeaker_the_review_says_so_and_goes_on() {
    let place = tempfile::tempdir().expect("a folder");
    let ran = journey_in("journey", |command| {
        command
            .env("PULSE_SERVER", "unix:/nonexistent")
            .env("PULSE_RUNTIME_PATH", place.path())
            .env("ALSA_CONFIG_PATH", "/dev/null");
    });
    assert!(ran.contains("WITHOUT A LOUDSPEAKER"), "{ran}");
}

/// Makes the journey in a process of its own, and gives what it printed.
fn journey_in(journey: &str, surround: impl FnOnce(&mut Command)) -> String {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command
        .args([journey, "--exact", "--nocapture", "--test-threads=1"])
        .stdin(Stdio::null());
    surround(&mut command);
    let output = command.env(GOES, "1").output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let out = text(&output.stdout);
    assert!(output.status.success(), "{out}\n{}", text(&output.stderr));
    out
}

/// Not a test by itself: [`journey_in`] starts it.
#[test]
#[allow(clippy::print_stdout, reason = "another process reads it")]
fn journey() {
    if std::env::var_os(GOES).is_none() {
        return;
    }
    let mut window = Window::open("strong_task_joe.flac");
    window.harness.run_steps(2);
    window.press(Key::Enter);
    window.press(Key::N);
    window.press(Key::Space);
    window.wait_for("What to do next");
    // There is no take before it.
    assert!(!window.says("Compare"));
    window.press(Key::R);
    window.wait_for("What to do next");
    assert!(window.says("Compare with take 1") && window.says("Task, take 2"));
    assert!(window.says("Pace along the take"));
    assert_eq!(window.listened(), None);

    // A word, from there on.
    let word = window.word(13);
    let hear = format!("Play from {}, ", word.0);
    window.click(&hear);
    let place = window.listened().expect("it is gone to");
    assert!((word.1..word.1 + 1.0).contains(&place.at), "{place:?}");
    window.until("it is heard, or why not", |window| {
        window.listened().is_some_and(|now| now.at > word.1 + 0.5)
            || window.says("No loudspeaker found")
    });
    if window.says("No loudspeaker found") {
        assert!(!window.plays());
        window.press(Key::ArrowRight);
        assert_eq!(window.listened().map(|now| now.at), Some(window.word(14).1));
        // Whoever has the focus on the sound steps from word to word there, and is told where that is.
        window.harness.get_by_role(Role::Slider).focus();
        window.harness.run_steps(2);
        window.press(Key::ArrowRight);
        assert_eq!(window.listened().map(|now| now.at), Some(window.word(15).1));
        let place = window.harness.get_by_role(Role::Slider);
        assert!(place.accesskit_node().is_focused());
        let told = place.accesskit_node().value().unwrap_or_default();
        assert!(told.contains(" of 0:"), "{told}");
        // A screen reader does the same without a key.
        let (target_node, target_tree) = place.accesskit_node().locate();
        let request = accesskit::ActionRequest {
            action: accesskit::Action::Increment,
            target_node,
            target_tree,
            data: None,
        };
        window
            .harness
            .event(egui::Event::AccessKitActionRequest(request));
        window.harness.run_steps(3);
        assert_eq!(window.listened().map(|now| now.at), Some(window.word(16).1));
        window.press(Key::R);
        window.wait_for("What to do next");
        println!("WITHOUT A LOUDSPEAKER");
        return;
    }
    assert!(window.says("Pause"));
    window.press(Key::Space);
    assert!(!window.plays() && window.says("Play"));
    let stood = window.listened().expect("it stays").at;

    // Faster, and on from where it stood, to the end.
    window.press(Key::S);
    assert!(window.says("Speed 1.25\u{d7}"));
    window.press(Key::Space);
    assert!(window.plays());
    let goes_on = window.listened().expect("it plays").at;
    assert!(goes_on >= stood && goes_on < stood + 1.0, "{goes_on}");

    // Word by word; while it plays, too.
    window.press(Key::ArrowLeft);
    assert!(window.plays());
    assert!(window.listened().expect("it plays").at < goes_on);

    // A finding: just its span, and a little on either side.
    let reviewed = window.reviewed();
    let whole = reviewed.take.audio.seconds;
    let findings = reviewed.feedback.findings.iter();
    let shortest = findings.min_by(|a, b| a.span.len().total_cmp(&b.span.len()));
    let shortest = shortest.expect("a finding");
    let (says, span) = (shortest.kind.to_string(), shortest.span);
    window.click(&format!("Play: {says}"));
    // The shortest may be over already.
    window.until("it was heard", |window| !window.plays());
    let end = (span.end + 0.3).min(whole);
    let stopped = window.listened().expect("it stays").at;
    assert!((stopped - end).abs() < 0.1, "{stopped}, not {end}");

    // A phrase, and what the verdict rests on.
    let phrase = window.reviewed().feedback.phrases.iter();
    let phrase = phrase.clone().find(|phrase| phrase.is_said);
    let phrase = phrase.expect("one is heard").clone();
    window.click(&format!("Play the phrase {}", phrase.phrase));
    window.hears_from(phrase.start.expect("it is heard"));
    let because = &window.reviewed().feedback.verdict.reasons;
    let reason = because.iter().find(|reason| reason.quoted_at().is_some());
    let reason = reason.expect("it rests on what was said").clone();
    window.click(&format!("Play: {reason}"));
    window.hears_from(reason.quoted_at().expect("it is heard").start);
    window.until("it was heard", |window| !window.plays());

    // Into the sound.
    let sound = window.find("Position in the take");
    window.point_and_click(sound.lerp_inside(vec2(0.5, 0.6)));
    let middle = window.listened().expect("it is gone to");
    assert!((middle.at - whole / 2.0).abs() < 0.05 * whole, "{middle:?}");
    assert!(!middle.playing);

    // To the strong example, which was out of sight.
    let high = MIN_SIZE[1];
    assert!(window.find("Example answer").bottom() > high);
    window.press(Key::E);
    window.harness.run_steps(10);
    assert!(window.find("Example answer").bottom() < high);

    // Beside the take before it, in which the same was said.
    window.press(Key::C);
    assert!(window.says("Task, take 2, compared with take 1"));
    assert!(window.says("take ownership: said both times"));
    let rows = window
        .harness
        .query_all_by_label_contains(": said both times");
    let tops: Vec<f32> = rows.map(|row| row.rect().top()).collect();
    assert!(
        tops.windows(2).all(|pair| pair[1] - pair[0] < 30.0),
        "{tops:?}"
    );
    assert!(window.says("Time used: ") && window.says("unchanged"));
    window.press(Key::Escape);
    assert!(window.says("What to do next"));

    // Again: nothing plays while the microphone is open.
    window.press(Key::Space);
    assert!(window.plays());
    window.press(Key::R);
    assert!(!window.plays());
    window.wait_for("What to do next");
    assert_eq!(window.listened(), None);
    println!("WITH A LOUDSPEAKER");
}

/// Not a test by itself: [`journey_in`] starts it.
#[test]
#[allow(clippy::print_stdout, reason = "another process reads it")]
fn action() {
    if std::env::var_os(GOES).is_none() {
        return;
    }
    let mut window = Window::open("weak_action_k1_am_adam.flac");
    window.harness.run_steps(2);
    for key in [Key::Enter, Key::N, Key::N, Key::Space] {
        window.press(key);
    }
    window.wait_for("What to do next");
    // Who did it, along the time, each to be heard.
    let spans = &window.reviewed().feedback.ownership.spans;
    let we = spans.iter().find(|span| span.kind == OwnershipKind::We);
    let we = we.expect("the clip says it").clone();
    window.click(&format!("Play \u{201c}{}\u{201d}, ", we.text));
    window.hears_from(we.start);
    window.until("it was heard", |window| !window.plays());

    // The sign above the sound says what was noticed, and plays it.
    let feedback = &window.reviewed().feedback;
    let mut moments = feedback.findings.iter().filter(|finding| {
        let at = format!("At {}: {}", clock(finding.span.start), finding.kind);
        window.says(&at)
    });
    let finding = moments.next().expect("it speaks of a moment").clone();
    let at = format!("At {}: {}", clock(finding.span.start), finding.kind);
    let sign = window.find(&at).center();
    window.harness.hover_at(sign);
    let sentence = finding.kind.to_string();
    window.until("its sentence is shown", |window| {
        let tips = window.harness.query_all_by_label(&sentence);
        tips.count() > 1
    });
    window.point_and_click(sign);
    window.hears_from(finding.span.start);

    // Another profile judges both takes of a comparison, and the review.
    window.press(Key::R);
    window.wait_for("What to do next");
    let hidden = |window: &Window| {
        let findings = window.reviewed().feedback.findings.iter();
        let mut we = findings.filter(|finding| matches!(finding.kind, FindingKind::We { .. }));
        we.next().is_some()
    };
    assert!(hidden(&window));
    window.press(Key::C);
    let alike = |window: &Window| !window.says(". better") && !window.says(". further from target");
    assert!(window.says("compared with take 1") && alike(&window));
    window.press(Key::Comma);
    window.click("Profile: Collaborative");
    window.press(Key::Escape);
    assert!(window.says("compared with take 1") && alike(&window));
    assert!(!hidden(&window));
    println!("JUDGED ANEW");
}

struct Window {
    harness: Harness<'static, App>,
    _data: tempfile::TempDir,
}

impl Window {
    fn open(said: &str) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let config = Config {
            data: Some(data.path().to_owned()),
            source: Some(AudioSource::File(clip(said), FilePacing::Unthrottled)),
            model: None,
            isolation: Isolation::InProcess,
        };
        let runtime = Controller::start(config, || {}).expect("a data folder");
        let harness = Harness::builder()
            .with_size(vec2(MIN_SIZE[0], MIN_SIZE[1]))
            .with_step_dt(0.1)
            .with_context_setup(theme::install)
            .build_ui_state(
                |ui, app: &mut App| {
                    app.pump(ui.ctx());
                    app.ui(ui);
                },
                App::new(runtime, None),
            );
        Self {
            harness,
            _data: data,
        }
    }

    fn press(&mut self, key: Key) {
        self.harness.key_press(key);
        self.harness.run_steps(3);
    }

    /// What is below the end of the window, too, as a screen reader does.
    fn click(&mut self, name: &str) {
        let mut found = self.harness.query_all_by_label_contains(name);
        found.next().expect("it is there").click_accesskit();
        drop(found);
        self.harness.run_steps(3);
    }

    /// As with a mouse.
    fn point_and_click(&mut self, at: Pos2) {
        self.harness.hover_at(at);
        self.harness.run_steps(1);
        for pressed in [true, false] {
            self.harness.event(Event::PointerButton {
                pos: at,
                button: PointerButton::Primary,
                pressed,
                modifiers: Modifiers::NONE,
            });
            self.harness.run_steps(1);
        }
        self.harness.run_steps(2);
    }

    fn find(&self, what: &str) -> Rect {
        let mut found = self.harness.query_all_by_label_contains(what);
        found.next().expect("it is there").rect()
    }

    /// It plays from a little before there on; on a slow machine some of it is over.
    #[track_caller]
    fn hears_from(&self, start: f64) {
        let place = self.listened().expect("it is gone to");
        let from = (start - 0.3).max(0.0);
        assert!(place.at >= from - 0.05, "{place:?}, not from {from}");
        assert!(place.at < from + 3.0, "{place:?}, not from {from}");
    }

    fn says(&self, what: &str) -> bool {
        let mut found = self.harness.query_all_by_label_contains(what);
        found.next().is_some()
    }

    #[track_caller]
    fn wait_for(&mut self, what: &str) {
        self.until(what, |window| window.says(what));
    }

    #[track_caller]
    fn until(&mut self, what: &str, ask: impl Fn(&Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !ask(self) {
            let root = self.harness.root();
            assert!(Instant::now() < end, "waited for {what}\n{root:#?}");
            std::thread::sleep(Duration::from_millis(20));
            self.harness.run_steps(1);
        }
    }

    fn reviewed(&self) -> &Reviewed {
        let session = self.harness.state().controller().session();
        let session = session.expect("a practice");
        assert_eq!(*session.stage(), Stage::Review);
        session.reviewed(session.current()).expect("a take")
    }

    fn listened(&self) -> Option<PlaybackPosition> {
        let take = &self.reviewed().take.id;
        let runtime = self.harness.state().controller();
        runtime.playback_position(take).cloned()
    }

    fn plays(&self) -> bool {
        let session = self.harness.state().controller().session();
        let session = session.expect("a practice");
        let reviewed = session.reviewed(session.current());
        let runtime = self.harness.state().controller();
        let place = reviewed.and_then(|reviewed| runtime.playback_position(&reviewed.take.id));
        place.is_some_and(|place| place.playing)
    }

    /// A word, and where it begins.
    fn word(&self, place: usize) -> (String, f64) {
        let heard = self.reviewed().take.transcription.as_ref().expect("words");
        let word = &heard.transcript.words[place];
        (word.text.clone(), word.start)
    }
}
