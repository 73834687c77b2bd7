//! The window, driven by its labels and keys, without a screen.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use egui::accesskit::{Live, Toggled};
use egui::{Key, Role, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use starling::app::{Config, Controller};
use starling::asr::Isolation;
use starling::audio::capture::wav_writer::WavWriter;
use starling::audio::{AudioSource, FilePacing};
use starling::domain::caption::Caption;
use starling::domain::story::Level;
use starling::domain::take::{Audio, Take, TakeId};
use starling::domain::transcript::Word;
use starling::gui::{App, MIN_SIZE, theme};
use starling::practice::session::{Session, SessionEvent, Stage};
use starling::storage::Store;

#[path = "common/history_fixture.rs"]
mod history_fixture;

/// The window with a data folder of its own.
struct Window {
    harness: Harness<'static, App>,
    _data: tempfile::TempDir,
}

fn file(name: &str) -> Option<AudioSource> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/audio")
        .join(name);
    Some(AudioSource::File(path, FilePacing::Unthrottled))
}

fn slow_file(name: &str) -> Option<AudioSource> {
    match file(name)? {
        AudioSource::File(path, _) => Some(AudioSource::File(path, FilePacing::RealTime)),
        other => Some(other),
    }
}

fn stage(app: &App) -> Option<&Stage> {
    app.controller().session().map(Session::stage)
}

/// Words of half a second each, from the start of the answer.
fn words(text: &str) -> Vec<Word> {
    let word = |(at, text): (usize, &str)| Word {
        text: text.to_owned(),
        start: at as f64 / 2.0,
        end: at as f64 / 2.0 + 0.4,
        confidence: 0.9,
    };
    text.split(' ').enumerate().map(word).collect()
}

impl Window {
    /// How many takes the journal knows.
    fn takes_kept(&self) -> usize {
        let journal = self.harness.state().controller().take_db();
        let list = journal.map(|journal| journal.list(&starling::storage::TakeFilter::default()));
        list.map_or(0, |list| list.expect("a list").len())
    }

    fn open(source: Option<AudioSource>, model: Option<&str>) -> Self {
        Self::open_until(source, model, |_| false)
    }

    /// The file of the newest take.
    fn sound(&self) -> PathBuf {
        let runtime = self.harness.state().controller();
        let newest = runtime.take_db().expect("open").newest();
        let newest = newest.expect("a list").expect("a take");
        runtime.store().wav(&newest.id)
    }

    /// As [`Window::open`]; from when `enough` holds, nothing more that happens is taken in.
    fn open_until(
        source: Option<AudioSource>,
        model: Option<&str>,
        enough: fn(&App) -> bool,
    ) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        Self::open_in(data, source, model, enough)
    }

    fn open_in(
        data: tempfile::TempDir,
        source: Option<AudioSource>,
        model: Option<&str>,
        enough: fn(&App) -> bool,
    ) -> Self {
        let config = Config {
            data: Some(data.path().to_owned()),
            source,
            model: model.map(str::to_owned),
            isolation: Isolation::InProcess,
        };
        let runtime = Controller::start(config, || {}).expect("a data folder");
        let harness = Harness::builder()
            .with_size(vec2(MIN_SIZE[0], MIN_SIZE[1]))
            .with_step_dt(0.1)
            .with_context_setup(theme::install)
            .build_ui_state(
                move |ui, app: &mut App| {
                    if !enough(app) {
                        app.pump(ui.ctx());
                    }
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
        self.nothing_is_cut_off();
    }

    /// In the first answer; nothing more is taken in that the test does not hand in.
    fn answering() -> Self {
        let mut window = Self::open_until(slow_file("strong_task_joe.flac"), None, |app| {
            let spoken = |stage: &Stage| {
                matches!(stage, Stage::Answering { .. } | Stage::Transcribing { .. })
            };
            stage(app).is_some_and(spoken)
        });
        window.answer();
        window
    }

    /// From home into the first answer.
    fn answer(&mut self) {
        self.harness.run_steps(2);
        self.press(Key::Enter);
        self.press(Key::Space);
        assert!(self.says("starts in"));
        self.wait_for("left of 0:30");
        assert!(self.says("recording"));
    }

    /// The take that is spoken.
    fn take(&self) -> TakeId {
        match stage(self.harness.state()) {
            Some(Stage::Answering { take, .. }) => take.id.clone(),
            stage => panic!("nobody answers: {stage:?}"),
        }
    }

    /// The recogniser has heard so much of the answer.
    fn hear(&mut self, firm: &str, open: &str) {
        let caption = Caption {
            confirmed: words(firm),
            tentative: open.to_owned(),
        };
        let input = SessionEvent::Captioned(self.take(), caption);
        self.harness.state_mut().handle(input);
        self.harness.run_steps(2);
    }

    /// Whether the window says so, anywhere.
    fn says(&self, what: &str) -> bool {
        self.harness
            .query_all_by_label_contains(what)
            .next()
            .is_some()
    }

    /// A screen reader is told this, without being asked.
    #[track_caller]
    fn announces(&self, what: &str) {
        let mut nodes = self.harness.query_all_by_label_contains(what);
        let told = nodes.any(|node| node.accesskit_node().live() == Live::Polite);
        assert!(told, "nobody is told: {what}");
    }

    fn wait_for(&mut self, what: &str) {
        let patience = Instant::now() + Duration::from_secs(60);
        while !self.says(what) {
            assert!(
                Instant::now() < patience,
                "never said: {what}\n{:#?}",
                self.harness.root()
            );
            std::thread::sleep(Duration::from_millis(20));
            self.harness.run_steps(1);
        }
        self.nothing_is_cut_off();
    }

    /// Somebody has answered for so long.
    fn wait_until_told(&mut self, seconds: f64) {
        let patience = Instant::now() + Duration::from_secs(60);
        let told = |window: &Self| {
            let session = window.harness.state().controller().session();
            let stage = session.map(Session::stage);
            matches!(stage, Some(Stage::Answering { elapsed, .. }) if *elapsed >= seconds)
        };
        while !told(self) {
            assert!(Instant::now() < patience, "nobody answers");
            std::thread::sleep(Duration::from_millis(20));
            self.harness.run_steps(1);
        }
    }

    /// Every button is whole on the screen; a list that scrolls may hide some below its end.
    fn nothing_is_cut_off(&self) {
        for role in [
            Role::Button,
            Role::ComboBox,
            Role::Tab,
            Role::Timer,
            Role::Meter,
        ] {
            for node in self.harness.query_all_by_role(role) {
                let rect = node.rect();
                let name = node.accesskit_node().label().unwrap_or_default();
                assert!(
                    rect.left() >= 0.0 && rect.top() >= 0.0 && rect.right() <= MIN_SIZE[0],
                    "{name} is cut off: {rect:?}"
                );
                assert!(
                    role == Role::Button || rect.bottom() <= MIN_SIZE[1],
                    "{name} is below the window: {rect:?}"
                );
            }
        }
    }
}

#[test]
fn a_mock_interview_from_the_question_to_the_verdict() {
    let mut window = Window::open(file("strong_situation_joe.flac"), None);
    window.harness.run_steps(2);
    window.press(Key::I);
    assert!(window.says("Mock interview") && window.says("2 of"));
    window.press(Key::Plus);
    assert!(window.says("3 of"));
    window.press(Key::Minus);
    window.press(Key::Num2);
    assert!(window.says("each with its own target"));
    window.press(Key::Num1);
    window.press(Key::Enter);
    assert!(window.says("Question 1 of 3"));
    let question = {
        let session = window.harness.state().controller().session();
        session.expect("an interview").story().question.clone()
    };
    assert!(window.says(&question));
    // Neither what is planned nor what was heard is shown before the end.
    for answer in 1..=3 {
        window.wait_for(&format!("Question {answer} of 3"));
        assert!(!window.says("Planned phrases"));
        assert_eq!(stage(window.harness.state()), Some(&Stage::Ready));
        window.press(Key::Space);
    }
    window.wait_for("Likely hiring decision");
    window.announces("The interview is over. Verdict: ");
    assert!(window.says("What to do next"));
    for answer in ["Whole answer", "Follow-up 1", "Follow-up 2"] {
        assert!(window.says(answer), "{answer}");
    }
    assert_eq!(window.takes_kept(), 3);
    // Each answer has its review, and the way back.
    window.press(Key::Num1);
    assert_eq!(stage(window.harness.state()), Some(&Stage::Review));
    window.harness.get_by_label_contains("Overview").click();
    window.harness.run_steps(3);
    assert!(window.says("Likely hiring decision"));
    window.press(Key::Num1);
    window.press(Key::Escape);
    assert!(window.says("Likely hiring decision"));
    // A verdict is kept nowhere: one key does not take it away.
    for key in [Key::Escape, Key::R] {
        window.press(key);
        window.announces("Your answers stay in the history, but the verdict is not saved.");
        window.press(Key::Escape);
        assert!(window.says("Likely hiring decision") && !window.says("is not saved"));
    }
    // Again: other follow-ups are asked.
    window.press(Key::R);
    window.press(Key::Y);
    window.press(Key::Enter);
    let session = window.harness.state().controller().session();
    let parts = session.expect("an interview").parts().to_vec();
    assert_eq!(parts[1], starling::domain::story::Part::FollowUp(3));
    window.press(Key::Escape);
    assert!(window.says("Practice"));
}

#[test]
fn an_interview_under_way_is_not_left_without_being_asked() {
    let mut window = Window::open(file("strong_task_joe.flac"), Some("no-such-model"));
    window.harness.run_steps(2);
    window.press(Key::I);
    window.press(Key::Enter);
    // Nothing was answered yet: nothing is lost.
    window.press(Key::Escape);
    assert!(window.says("Five sections"));

    window.press(Key::I);
    window.press(Key::Enter);
    window.press(Key::Space);
    window.wait_for("transcription failed");
    let question =
        "Leave the interview? Your answers stay in the history, but the verdict is not saved.";
    window.press(Key::Escape);
    window.announces(question);
    window.press(Key::Escape);
    assert!(window.says("transcription failed") && !window.says(question));
    window.press(Key::N);
    assert!(window.says("Question 2 of 3"));
    window.press(Key::Escape);
    assert!(window.says(question) && window.says("Question 2 of 3"));
    // Whoever goes on has stayed.
    window.harness.get_by_label("Keys").click();
    window.harness.run_steps(3);
    window.press(Key::Escape);
    assert!(window.says("Question 2 of 3") && !window.says(question));
    window.press(Key::Escape);
    window.harness.get_by_label("Leave").click();
    window.harness.run_steps(3);
    assert!(window.says("Five sections"));
    assert_eq!(window.takes_kept(), 1);
}

/// In an answer told in one breath, shape and word say which section is due.
#[test]
fn an_interview_shows_what_is_due_and_nothing_that_was_planned() {
    let mut window = Window::open_until(slow_file("strong_task_joe.flac"), None, |app| {
        stage(app).is_some_and(|stage| matches!(stage, Stage::Answering { .. }))
    });
    window.harness.run_steps(2);
    window.press(Key::I);
    window.press(Key::Enter);
    window.press(Key::Space);
    window.wait_for("recording");
    assert!(window.says("next section in 0:"));
    assert!(window.says("Situation, now") && window.says("Task, upcoming"));
    assert!(!window.says("Planned phrases"));
    let recorded = SessionEvent::Recorded(window.take(), 62.0);
    window.harness.state_mut().handle(recorded);
    window.harness.run_steps(2);
    assert!(window.says("Task, past") && window.says("Action, now"));
    let recorded = SessionEvent::Recorded(window.take(), 190.0);
    window.harness.state_mut().handle(recorded);
    window.harness.run_steps(2);
    assert!(window.says("time is up"));
    window.nothing_is_cut_off();
}

/// The whole answer is practised with the same sign of what is due, and with what was planned.
#[test]
fn the_whole_answer_is_practised_in_one_breath() {
    let mut window = Window::open_until(slow_file("strong_task_joe.flac"), None, |app| {
        stage(app).is_some_and(|stage| matches!(stage, Stage::Answering { .. }))
    });
    window.harness.run_steps(2);
    window.press(Key::Enter);
    window.press(Key::W);
    window.press(Key::Space);
    window.wait_for("recording");
    assert!(window.says("Situation, now") && window.says("Planned phrases"));
    assert!(window.says("Tell me about a time"));
    // On the speaker's own clock: fifteen seconds more, shared out.
    let recorded = SessionEvent::Recorded(window.take(), 31.0);
    window.harness.state_mut().handle(recorded);
    window.harness.run_steps(2);
    assert!(window.says("Task, now"));
    window.press(Key::L);
    assert!(window.says("Situation, now") && window.says("next section in 0:01"));
    window.press(Key::Z);
    assert!(window.says("next section in 0:3"));
    window.press(Key::T);
    assert!(!window.says("due"));
    window.nothing_is_cut_off();
}

#[test]
fn a_story_is_practised_from_home_to_the_overview() {
    let mut window = Window::open(file("strong_task_joe.flac"), None);
    window.harness.run_steps(2);
    assert!(window.says("Input: strong_task_joe.flac (file)"));
    assert!(window.says("The webhook nobody owned"));
    window.wait_for("Speech model ready");

    window.press(Key::Enter);
    assert!(window.says("Section 1 of 5"));
    assert!(window.says("Say what was wrong, and that it was not yours."));
    assert!(window.says("Nothing in a queue told you to do it."));
    window.press(Key::E);
    assert!(window.says("Example answer"));
    window.press(Key::N);
    assert!(window.says("Section 2 of 5"));
    assert!(!window.says("Example answer"));

    window.press(Key::Space);
    window.wait_for("What to do next");
    assert!(window.says("take ownership"));
    assert!(!window.says("Saved as"));
    assert!(window.says("Phrases: 4 of 4, all said"));
    assert!(window.says("of 0:20, short"));
    assert!(window.says("All 4 planned phrases were said."));
    assert!(window.says("Take saved as"));

    window.press(Key::R);
    window.wait_for("What to do next");
    for section in ["Section 3 of 5", "Section 4 of 5", "Section 5 of 5"] {
        window.press(Key::N);
        assert!(window.says(section));
    }
    window.press(Key::Space);
    window.wait_for("What to do next");
    assert!(window.says("missed"));
    window.press(Key::N);
    assert!(window.says("2 of 5 sections practiced"));
    assert!(window.says("not practiced yet, 1:30 planned"));

    window.press(Key::Num2);
    assert!(window.says("What to do next"));
    window.harness.get_by_label("Go to Overview").click();
    window.harness.run_steps(3);
    window.press(Key::Space);
    assert!(window.says("Section 1 of 5"));
    window.press(Key::Escape);
    assert!(window.says("Five sections, 2:55 in total"));
}

#[test]
fn a_take_that_is_left_is_kept() {
    let mut window = Window::open(slow_file("strong_task_joe.flac"), None);
    window.answer();
    window.wait_until_told(1.0);
    assert!(window.says("Cues") && !window.says("Situation · 0:30"));
    window.press(Key::Escape);
    window.wait_for("Saved as");
    assert_eq!(window.takes_kept(), 1);
    assert!(window.says("Section 1 of 5"));
}

#[test]
fn a_take_is_opened_and_erased_in_the_history() {
    let mut window = Window::open(file("strong_task_joe.flac"), None);
    window.harness.run_steps(2);
    window.press(Key::H);
    assert!(window.says("No takes yet"));
    window.press(Key::Escape);
    window.press(Key::Enter);
    window.press(Key::N);
    window.press(Key::Space);
    window.wait_for("What to do next");
    window.press(Key::Escape);
    assert!(window.says("Five sections"));

    window.press(Key::H);
    assert!(window.says("1 take") && window.says("The webhook nobody owned, Task, 0:1"));
    window.press(Key::Enter);
    assert!(window.says("What to do next") && window.says("Phrases: 4 of 4, all said"));
    // It stands in its place: one can go on from it.
    window.press(Key::N);
    assert!(window.says("Section 3 of 5"));
    window.press(Key::P);
    assert!(window.says("What to do next"));
    window.press(Key::Escape);
    assert!(window.says("1 take"));

    window.press(Key::F);
    window.harness.event(egui::Event::Text("result".to_owned()));
    window.harness.run_steps(3);
    assert!(window.says("No matching takes") && window.says("0 of 1 takes"));
    // In the field letters are letters, and Escape clears it.
    window.press(Key::U);
    window.press(Key::Escape);
    assert!(window.says("1 take") && !window.says("No matching takes"));

    window.press(Key::F);
    window
        .harness
        .event(egui::Event::Text("webhook TASK".to_owned()));
    window.harness.run_steps(3);
    window.press(Key::Enter);
    assert!(window.says("Phrases: 4 of 4, all said"));
    window.press(Key::Escape);
    window.press(Key::Escape);

    let wav = window.sound();
    let sound = std::fs::read(&wav).expect("its sound");
    window.press(Key::Delete);
    assert!(window.says("Erase Task of "));
    window.press(Key::Escape);
    assert!(window.says("1 take") && wav.exists());
    // Who goes on to search is not asked any more, and a letter erases nothing.
    window.press(Key::Delete);
    window.harness.get_by_role(Role::TextInput).focus();
    window.harness.run_steps(2);
    window.press(Key::Y);
    window.press(Key::Escape);
    assert!(window.says("1 take") && wav.exists());
    window
        .harness
        .get_by_label_contains("The webhook nobody owned, Task")
        .click();
    window.harness.run_steps(3);
    window.press(Key::Delete);
    assert!(!window.says("was erased."));
    window.press(Key::Y);
    assert!(window.says("No takes yet"));
    window.announces("was erased. You can undo this.");
    assert!(!wav.exists() && window.takes_kept() == 0);
    window.press(Key::U);
    assert!(window.says("The webhook nobody owned, Task, 0:1"));
    window.announces("was restored.");
    assert!(std::fs::read(&wav).expect("its sound") == sound);
    window.press(Key::Enter);
    assert!(window.says("Phrases: 4 of 4, all said"));
    window.press(Key::Escape);
    window.press(Key::Escape);
    assert!(window.says("Five sections"));
}

#[test]
fn takes_are_sought_by_words_story_and_section() {
    let data = tempfile::tempdir().expect("a folder");
    let store = Store::at(Some(data.path().to_owned())).expect("a folder");
    let mut journal = store.open_take_db().expect("room").db;
    for number in 0..300 {
        let part = ["task", "result"][number % 2];
        let take = Take {
            id: TakeId(format!(
                "2026-11-{:02}T08-00-00.{number:03}-{part}",
                1 + number % 28
            )),
            story: ["webhook-drop", "gone"][number / 280].to_owned(),
            part: part.parse().expect("a part"),
            level: Level::Mid,
            audio: Audio::default(),
            transcription: None,
        };
        std::fs::write(store.wav(&take.id), "no sound").expect("room");
        journal.save(&take).expect("room");
    }
    drop(journal);
    let enough = |_: &App| false;
    let mut window = Window::open_in(data, file("strong_task_joe.flac"), None, enough);
    window.harness.run_steps(2);
    assert!(!window.says("Get feedback"));
    window.press(Key::H);
    assert!(window.says("300 takes"));
    // What is not seen is not drawn.
    let rows = |window: &Window| {
        window
            .harness
            .query_all_by_label_contains(", interrupted")
            .count()
    };
    assert!((5..40).contains(&rows(&window)), "{}", rows(&window));
    for _ in 0..30 {
        window.press(Key::ArrowDown);
    }
    let chosen = |window: &Window| {
        let mut rows = window.harness.query_all_by_label_contains(", interrupted");
        let row = rows.find(|row| row.accesskit_node().toggled() == Some(Toggled::True));
        row.expect("it was gone to").rect()
    };
    assert!(chosen(&window).bottom() <= MIN_SIZE[1] - 60.0);
    for (typed, found) in [
        ("2026-11-28", "10 of 300 takes"),
        (" TASK", "No matching takes"),
    ] {
        window.press(Key::F);
        window.harness.event(egui::Event::Text(typed.to_owned()));
        window.harness.run_steps(3);
        assert!(window.says(found), "{typed}");
    }
    window.press(Key::Escape);
    window
        .harness
        .get_by_role_and_label(Role::ComboBox, "Story")
        .click();
    window.harness.run_steps(3);
    window.harness.get_by_label("gone").click();
    window.harness.run_steps(3);
    assert!(window.says("20 of 300 takes"));
    window
        .harness
        .get_by_role_and_label(Role::ComboBox, "Section")
        .click();
    window.harness.run_steps(3);
    window.harness.get_by_label("Result").click();
    window.harness.run_steps(3);
    assert!(window.says("10 of 300 takes"));
    window.press(Key::Enter);
    window.wait_for("is missing: restore it to");
}

/// A window over so many takes of the past.
fn with_takes(count: usize) -> Window {
    let data = tempfile::tempdir().expect("a folder");
    let store = Store::at(Some(data.path().to_owned())).expect("a folder");
    let (stories, _) = starling::storage::story_library::stories(&store.stories());
    let story = stories.iter().find(|story| story.id == "webhook-drop");
    history_fixture::practised(&store, story.expect("it is shipped"), count, 4);
    let mut window = Window::open_in(data, file("strong_task_joe.flac"), None, |_| false);
    window.harness.run_steps(2);
    window
}

/// The folder that is written into the field of an export.
fn write_folder(window: &mut Window, folder: &std::path::Path) {
    window.press(Key::F);
    window
        .harness
        .key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    let text = folder.display().to_string();
    window.harness.event(egui::Event::Text(text));
    window.harness.run_steps(3);
}

#[test]
fn a_take_is_exported_and_nothing_is_overwritten() {
    let mut window = with_takes(1);
    let into = tempfile::tempdir().expect("a folder");
    window.press(Key::H);
    window.press(Key::X);
    assert!(
        window.says("Export Situation of ") && window.says("Format: Web page with audio (.html)")
    );
    write_folder(&mut window, into.path());
    window.press(Key::Enter);
    window.wait_for("Exported to ");
    window.announces(&into.path().display().to_string());
    let files = |end: &str| {
        let all = std::fs::read_dir(into.path()).expect("a folder");
        let names = all.map(|entry| entry.expect("an entry").file_name());
        names
            .filter(|name| name.to_string_lossy().ends_with(end))
            .count()
    };
    assert_eq!(files(".html"), 1);
    // Where the last one went, the next one goes; beside it, not over it.
    window.press(Key::X);
    window.press(Key::Num1);
    window.press(Key::Enter);
    window.wait_for("-2.html");
    assert_eq!(files(".html"), 2);
    for (key, end) in [
        (Key::Num2, ".md"),
        (Key::Num3, ".json"),
        (Key::Num4, ".srt"),
        (Key::Num5, ".wav"),
    ] {
        window.press(Key::X);
        window.press(key);
        window.press(Key::Enter);
        window.wait_for(end);
        window.wait_for("Exported to ");
        assert_eq!(files(end), 1, "{end}");
    }
    // What goes wrong is a sentence, and can be mended there.
    window.press(Key::X);
    write_folder(&mut window, &into.path().join("nowhere"));
    window.press(Key::Enter);
    window.wait_for("does not exist: choose another one");
    assert!(window.says("Export Situation of "));
    window.press(Key::Escape);
    assert!(window.says("1 take"));
}

#[test]
fn every_take_is_erased_after_it_was_said_what_goes_and_what_stays() {
    let mut window = with_takes(7);
    let story = window.harness.state().controller().stories()[0].id.clone();
    window.press(Key::H);
    window.press(Key::A);
    assert!(window.says("Erase all 7 takes?"));
    assert!(window.says("Your quiz answers") && window.says("Your own stories and speech models"));
    window.press(Key::Escape);
    assert!(window.says("7 takes"));
    // One that could be brought back cannot after that.
    window.press(Key::Delete);
    window.press(Key::Y);
    assert!(window.says("6 takes") && window.says("Undo erase"));
    window.press(Key::A);
    assert!(window.says("Erase all 6 takes?"));
    window.press(Key::Y);
    window.wait_for("6 takes were erased.");
    window.announces("6 takes were erased.");
    assert!(window.says("No takes yet") && !window.says("Undo erase"));
    assert_eq!(window.takes_kept(), 0);
    let folder = window
        .harness
        .state()
        .controller()
        .store()
        .folder()
        .to_owned();
    let sounds = std::fs::read_dir(folder.join("takes")).expect("a folder");
    assert_eq!(sounds.count(), 0);
    window.press(Key::Escape);
    assert!(window.says("You have not practiced this story yet"));
    assert_eq!(window.harness.state().controller().stories()[0].id, story);
}

#[test]
fn what_is_kept_is_told_in_the_window_as_on_the_command_line() {
    let mut window = Window::open(file("strong_task_joe.flac"), None);
    window.harness.run_steps(2);
    window.press(Key::K);
    let folder = window
        .harness
        .state()
        .controller()
        .store()
        .folder()
        .to_owned();
    for matter in starling::storage::privacy_notice(&folder) {
        assert!(window.says(matter.title), "{}", matter.title);
        for told in matter.items {
            let (name, says) = match &told {
                starling::storage::NoticeItem::Text(says) => ("", *says),
                starling::storage::NoticeItem::Path(folder) => (folder.as_str(), ""),
                starling::storage::NoticeItem::Entry(name, says) => (*name, *says),
            };
            assert!(window.says(name) && window.says(says), "{told:?}");
        }
    }
    window.press(Key::Escape);
    assert!(window.says("Five sections"));
    window.harness.key_press(Key::Comma);
    window.harness.run_steps(3);
    window.press(Key::K);
    assert!(window.says("What never happens"));
    window.harness.key_press(Key::Escape);
    window.harness.run_steps(3);
    assert!(window.says("Appearance"));
}

#[test]
fn takes_are_followed_from_first_to_last() {
    let mut window = with_takes(20);
    window.press(Key::H);
    assert!(window.says("20 takes"));
    window.press(Key::T);
    let empty = chart(&window);
    window.wait_for("Pace: from ");
    // Nothing moves when readings arrive.
    assert_eq!(chart(&window), empty);
    assert!(window.says("words/min over 4 takes") && window.says("5 days in a row"));
    assert!(window.says("Take 4, ") && window.says("Best Reflection: "));

    window.press(Key::Num5);
    assert!(window.says("Verdict: from ") && !window.says("Pace: from "));
    let tab = window.harness.get_by_role_and_label(Role::Tab, "Verdict");
    assert_eq!(tab.accesskit_node().toggled(), Some(Toggled::True));
    window
        .harness
        .get_by_role_and_label(Role::Tab, "Time used")
        .click();
    window.harness.run_steps(3);
    assert!(window.says("Time used: from "));

    window.press(Key::ArrowLeft);
    assert!(window.says("Take 3, ") && !window.says("Take 4, "));
    window.press(Key::Enter);
    assert!(window.says("What to do next") && window.says("Go to Reflection, current"));
    window.press(Key::Escape);
    // It is where it was left.
    assert!(window.says("Take 3, ") && window.says("Time used: from "));

    // A section that was never practised, by the keyboard.
    window
        .harness
        .get_by_role_and_label(Role::ComboBox, "Section")
        .focus();
    window.harness.run_steps(2);
    window.harness.key_press(Key::Space);
    window.harness.run_steps(3);
    window.harness.get_by_label("Whole answer").focus();
    window.harness.run_steps(2);
    window.harness.key_press(Key::Enter);
    window.harness.run_steps(3);
    assert!(window.says("No takes of this section yet."));
    assert!(window.says("Record a second take to see a trend"));

    window.harness.get_by_label_contains("Best Task: ").click();
    window.harness.run_steps(3);
    assert!(window.says("What to do next") && window.says("Go to Task, current"));
    window.press(Key::Escape);
    window.press(Key::Escape);
    assert!(window.says("20 takes"));
    window.press(Key::Escape);
    assert!(window.says("Five sections"));
}

#[test]
fn a_point_of_the_chart_opens_its_take() {
    let mut window = with_takes(25);
    window.press(Key::H);
    window
        .harness
        .get_by_role_and_label(Role::Tab, "Trends")
        .click();
    window.harness.run_steps(3);
    window.wait_for("over 5 takes");
    let chart = chart(&window);
    // The third of five stands in the middle; how high is for the chart to say.
    let mut y = chart.top();
    while y < chart.bottom() && !window.says("What to do next") {
        let at = egui::pos2(chart.center().x, y);
        window.harness.hover_at(at);
        window.harness.run_steps(1);
        for pressed in [true, false] {
            window.harness.event(egui::Event::PointerButton {
                pos: at,
                button: egui::PointerButton::Primary,
                pressed,
                modifiers: egui::Modifiers::NONE,
            });
            window.harness.run_steps(1);
        }
        y += 12.0;
    }
    assert!(window.says("What to do next"), "no point was hit");
}

/// The chart, wherever it is and whatever it shows.
fn chart(window: &Window) -> egui::Rect {
    let told = |label: String| label.contains("over ") || label.contains("takes analyzed");
    let mut nodes = window.harness.query_all_by_role(Role::Image);
    let chart = nodes.find(|node| node.accesskit_node().label().is_some_and(told));
    chart.expect("a chart").rect()
}

#[test]
fn without_words_there_is_nothing_to_follow() {
    let mut window = Window::open(file("strong_task_joe.flac"), None);
    window.harness.run_steps(2);
    window.press(Key::H);
    window
        .harness
        .get_by_role_and_label(Role::Tab, "Trends")
        .click();
    window.harness.run_steps(3);
    assert!(window.says("No trends yet"));
    window.press(Key::Escape);
    assert!(window.says("No takes yet"));

    let mut window = with_takes(1);
    window.press(Key::H);
    window.press(Key::T);
    window.wait_for("Record a second take to see a trend");
    assert!(window.says("No takes of this section yet.") || window.says("Take 1, "));
}

#[test]
fn a_take_whose_program_died_is_offered_on_home() {
    let data = tempfile::tempdir().expect("a folder");
    let store = Store::at(Some(data.path().to_owned())).expect("a folder");
    let mut journal = store.open_take_db().expect("room").db;
    for (hour, seconds) in [("08", 4), ("09", 0), ("10", 4)] {
        let id = TakeId(format!("2026-11-23T{hour}-00-00.000-task"));
        let take = Take {
            id: id.clone(),
            story: "webhook-drop".to_owned(),
            part: "task".parse().expect("a part"),
            level: Level::Mid,
            audio: Audio::default(),
            transcription: None,
        };
        let Some(AudioSource::File(clip, _)) = file("strong_task_joe.flac") else {
            panic!("a file");
        };
        let said = starling::audio::decode_file(&clip).expect("a clip").samples;
        let mut wav = WavWriter::create(&store.wav(&id)).expect("room");
        wav.push(&said[..seconds * 16_000]).expect("room");
        assert!(wav.finish().1.is_ok());
        journal.save(&take).expect("room");
    }
    drop(journal);
    let enough = |_: &App| false;
    let mut window = Window::open_in(data, file("strong_task_joe.flac"), None, enough);
    window.harness.run_steps(2);
    assert!(window.says("was interrupted on 2026-11-23 10:00. 0:04 of it was saved."));
    window.press(Key::N);
    assert!(window.says("was interrupted on 2026-11-23 08:00. 0:04 of it was saved."));
    window.press(Key::F);
    window.wait_for("What to do next");
    assert!(window.says("of 0:20, short"));
    window.press(Key::Escape);
    assert!(window.says("Five sections") && !window.says("interrupted"));
    window.press(Key::H);
    assert!(window.says("10:00, The webhook nobody owned, Task, 0:04, not transcribed"));
    assert!(window.says("09:00, The webhook nobody owned, Task, 0:00, interrupted"));
    assert!(window.says("08:00, The webhook nobody owned, Task, 0:04, "));
    assert!(window.says(" words"));
}

#[test]
fn words_are_shown_while_they_are_spoken_or_not() {
    let mut window = Window::answering();
    assert!(window.says("no ticket: planned"));
    window.hear("Nobody owned", "this hook");
    // A screen reader finds what will not change.
    let shown = window.harness.get_by_label_contains("Captions: ");
    assert_eq!(
        shown.accesskit_node().value().as_deref(),
        Some("Captions: Nobody owned")
    );
    let long = "so I wrote it down and asked the two teams beside it who would answer for it ";
    let long = format!("{}at last", long.repeat(4));
    window.hear(&long, "");
    assert!(window.says("at last"));
    // The oldest lines are gone, and the newest stand in the window.
    let shown = window.harness.get_by_label_contains("Captions: ");
    let said = shown.accesskit_node().value().unwrap_or_default();
    assert!(said.len() < long.len() / 2, "{said}");
    assert!(shown.rect().bottom() <= MIN_SIZE[1], "{:?}", shown.rect());
    // They stand below the ring.
    let ring = window.harness.get_by_role(Role::Timer).rect();
    let beside = shown.rect().width() - ring.width();
    assert!((shown.rect().center().x - ring.center().x).abs() < 1.0 && beside < 200.0);

    // Planned phrases light up.
    let more = format!("{long} though there was no ticket for it");
    window.hear(&more, "");
    assert!(window.says("no ticket: said") && window.says("not my team: planned"));

    window.press(Key::C);
    assert!(!window.says("Captions: "));
    assert!(window.says("Show captions"));
    let settings = window.harness.state().controller().store().settings();
    assert!(!settings.expect("kept").captions);
    window.press(Key::C);
    assert!(window.says("there was no ticket"));
    let settings = window.harness.state().controller().store().settings();
    assert!(settings.expect("kept").captions);
}

#[test]
fn a_stopped_answer_makes_room_for_the_progress_only_if_it_takes_a_while() {
    let mut window = Window::answering();
    window.hear("Nobody owned this", "");
    let take = window.take();
    window.harness.key_press(Key::Space);
    window.harness.run_steps(2);
    assert!(window.says("recorded") && window.says("Nobody owned this"));
    assert!(!window.says("Stop") && !window.says("Saving the take"));
    window.harness.run_steps(3);
    assert!(window.says("Saving the take"));
    assert!(!window.says("Nobody owned this"));

    let app = window.harness.state_mut();
    app.handle(SessionEvent::RecordingSaved(take.clone(), Audio::default()));
    app.handle(SessionEvent::Progressed(take, 0.4));
    window.harness.run_steps(2);
    assert!(window.says("Transcribing your answer") && window.says("40 %"));
    let bar = window.harness.get_by_role(Role::ProgressIndicator);
    let share = bar.accesskit_node().numeric_value().expect("known");
    assert!((share - 40.0).abs() < 0.01, "{share}");
    window.press(Key::Escape);
    assert!(window.says("Section 1 of 5"));
}

/// Who goes to a button by the tab key presses it by space, as everywhere on a computer.
#[test]
fn space_presses_the_button_that_has_the_focus_before_one_speaks() {
    let mut window = Window::open(file("strong_task_joe.flac"), None);
    window.harness.run_steps(2);
    window.press(Key::Enter);
    window.harness.get_by_label("Home").focus();
    window.harness.run_steps(2);
    window.press(Key::Space);
    assert!(window.says("Five sections"));
}

/// Nobody looks for the focus while he speaks: space stops, whatever has it.
#[test]
fn space_stops_whatever_has_the_focus_while_one_speaks() {
    let mut window = Window::open(slow_file("strong_task_joe.flac"), None);
    window.harness.run_steps(2);
    window.press(Key::Enter);
    window.press(Key::Space);
    window.harness.get_by_label("Cancel").focus();
    window.harness.run_steps(2);
    // In the count-in there is nothing to stop yet, and nothing else happens.
    window.press(Key::Space);
    window.wait_for("left of 0:30");
    window.harness.get_by_label("Leave").focus();
    window.harness.run_steps(2);
    window.press(Key::Space);
    window.wait_for("What to do next");
}

/// What is looked at while one speaks stays where it is.
#[test]
fn a_notice_moves_nothing_while_somebody_speaks() {
    let mut window = Window::answering();
    let ring = |window: &Window| window.harness.get_by_role(Role::Timer).rect();
    let before = ring(&window);
    window
        .harness
        .state_mut()
        .show_problem("the microphone is far away".to_owned());
    window.harness.run_steps(3);
    window.announces("The microphone is far away");
    assert_eq!(ring(&window), before);
    let notice = window.harness.get_by_label_contains("Dismiss: ").rect();
    for label in ["Stop", "Start over"] {
        let button = window.harness.get_by_label(label).rect();
        assert!(!notice.intersects(button), "{notice:?} {button:?}");
    }
    assert!(notice.bottom() < before.top());
    window.press(Key::Backspace);
    assert!(!window.says("Dismiss"));
    assert_eq!(ring(&window), before);
}

#[test]
fn without_a_model_the_window_says_what_to_do() {
    let mut window = Window::open(file("strong_task_joe.flac"), Some("no-such-model"));
    window.wait_for("Speech model unusable");
    assert!(window.says("no-such-model"));
    window.harness.run_steps(2);
    window.harness.get_by_label_contains("Dismiss").click();
    window.harness.run_steps(3);
    assert!(!window.says("Dismiss"));

    window.press(Key::Enter);
    window.press(Key::Space);
    window.wait_for("Recording saved, but transcription failed.");
    window.announces("Recording saved, but transcription failed. ");
    assert_eq!(window.takes_kept(), 1);
    window.press(Key::Escape);
    assert!(window.says("Five sections"));
}

#[test]
fn a_microphone_that_is_not_there_is_a_sentence() {
    let nobody = AudioSource::Device("Nobody's headset".to_owned());
    let mut window = Window::open(Some(nobody), None);
    window.wait_for("Dismiss");
    window.announces("Nobody's headset");
    window.harness.run_steps(2);
    window.press(Key::Enter);
    window.press(Key::Space);
    window.wait_for("2 times");
    window.announces("2 times");
    assert!(window.says("Section 1 of 5"));
}

#[test]
fn without_any_microphone_home_says_what_to_do() {
    if starling::audio::microphones().is_ok_and(|found| !found.is_empty()) {
        return; // this machine has one
    }
    let mut window = Window::open(None, None);
    window.wait_for("No microphone found: plug one in");
    window.harness.get_by_label("Search again").click();
    window.harness.run_steps(3);
    assert!(window.says("The webhook nobody owned"));
}

#[test]
fn the_theme_is_remembered() {
    let mut window = Window::open(file("strong_task_joe.flac"), None);
    window.harness.run_steps(2);
    // Its page scrolls: some of it is below the window.
    window.harness.key_press(Key::Comma);
    window.harness.run_steps(3);
    window.harness.get_by_label("Theme: Light").click();
    window.harness.run_steps(3);
    assert!(!window.harness.ctx.global_style().visuals.dark_mode);
    let settings = window.harness.state().controller().store().settings();
    assert_eq!(
        settings.expect("kept").theme,
        starling::storage::Theme::Light
    );
}

#[test]
fn an_idle_window_draws_nothing() {
    let mut window = Window::open(file("strong_task_joe.flac"), None);
    window.wait_for("Speech model ready");
    window.harness.run_steps(4);
    let delay = window.harness.output().viewport_output[&egui::ViewportId::ROOT].repaint_delay;
    assert_eq!(delay, Duration::MAX);
}
