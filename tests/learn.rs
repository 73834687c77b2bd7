//! Learning a story in the window, by its labels and keys, without a screen.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::accesskit::Live;
use egui::{Key, Role, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use starling::app::{Config, Controller};
use starling::asr::Isolation;
use starling::audio::{AudioSource, FilePacing};
use starling::domain::story::Story;
use starling::gui::{App, MIN_SIZE, theme};

/// Seconds that a frame takes on egui's clock.
const FRAME: f32 = 0.1;

struct Window {
    harness: Harness<'static, App>,
}

impl Window {
    fn open(data: &Path) -> Self {
        let clip = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/audio");
        let clip = clip.join("strong_task_joe.flac");
        let config = Config {
            data: Some(data.to_owned()),
            source: Some(AudioSource::File(clip, FilePacing::Unthrottled)),
            // Nothing is heard here.
            model: Some("no-such-model".to_owned()),
            isolation: Isolation::InProcess,
        };
        let runtime = Controller::start(config, || {}).expect("a data folder");
        let mut harness = Harness::builder()
            .with_size(vec2(MIN_SIZE[0], MIN_SIZE[1]))
            .with_step_dt(FRAME)
            .with_context_setup(theme::install)
            .build_ui_state(
                |ui, app: &mut App| {
                    app.pump(ui.ctx());
                    app.ui(ui);
                },
                App::new(runtime, Some("webhook-drop".to_owned())),
            );
        harness.run_steps(2);
        Self { harness }
    }

    fn story(&self) -> Arc<Story> {
        let stories = self.harness.state().controller().stories();
        let found = stories.iter().find(|story| story.id == "webhook-drop");
        Arc::clone(found.expect("it is shipped"))
    }

    fn press(&mut self, key: Key) {
        self.harness.key_press(key);
        self.harness.run_steps(3);
        self.nothing_is_cut_off();
    }

    fn says(&self, what: &str) -> bool {
        let mut found = self.harness.query_all_by_label_contains(what);
        found.next().is_some()
    }

    #[track_caller]
    fn tells(&self, what: &str) {
        assert!(self.says(what), "it does not say: {what}");
    }

    /// What a screen reader is told without being asked.
    #[track_caller]
    fn announced(&self, what: &str) -> String {
        let mut nodes = self.harness.query_all_by_label_contains(what);
        let told = nodes.find(|node| node.accesskit_node().live() == Live::Polite);
        let told = told.expect("it is announced").accesskit_node();
        told.value().or_else(|| told.label()).unwrap_or_default()
    }

    fn nothing_is_cut_off(&self) {
        for role in [Role::Button, Role::Tab] {
            for node in self.harness.query_all_by_role(role) {
                let rect = node.rect();
                let name = node.accesskit_node().label().unwrap_or_default();
                let whole = rect.left() >= 0.0 && rect.right() <= MIN_SIZE[0];
                assert!(whole, "{name} is cut off: {rect:?}");
                let tab = role == Role::Tab && rect.bottom() > MIN_SIZE[1];
                assert!(!tab, "{name} is below the window: {rect:?}");
            }
        }
    }

    /// The word that is on.
    fn word(&self) -> Option<String> {
        let mut found = self.harness.query_all_by_label_contains("Read: ");
        let node = found.next()?;
        let said = node
            .accesskit_node()
            .value()
            .or_else(|| node.accesskit_node().label());
        said?.strip_prefix("Read: ").map(str::to_owned)
    }
}

#[test]
fn every_page_is_read_by_the_keyboard_and_remembered() {
    let data = tempfile::tempdir().expect("a folder");
    let mut window = Window::open(data.path());
    let story = window.story();
    window.tells("Learn");
    window.press(Key::L);
    window.tells("Learn \u{b7} The webhook nobody owned");
    window.tells("What to remember");
    for takeaway in &story.takeaways {
        window.tells(takeaway);
    }

    for section in &story.sections {
        window.press(Key::ArrowDown);
        window.tells(&section.purpose);
        window.tells("Example answer");
        window.tells(
            &section
                .strong
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" "),
        );
        for phrase in &section.phrases {
            window.tells(&phrase.say);
            window.tells(&phrase.proves);
        }
        window.tells(section.coaching.trim());
        window.tells(section.mistake.trim());
    }
    window.press(Key::ArrowDown);
    for plan in &story.levels {
        window.tells(plan.focus.trim());
        window.tells(plan.reflection.trim());
        window.tells(plan.bar.trim());
    }
    window.press(Key::ArrowDown);
    for reframing in &story.reframings {
        window.tells(&reframing.principle);
        for said in [&reframing.lead, &reframing.emphasize, &reframing.downplay] {
            window.tells(said.trim());
        }
    }
    window.press(Key::ArrowDown);
    for (place, follow_up) in story.follow_ups.iter().enumerate() {
        if place > 0 {
            window.press(Key::ArrowRight);
        }
        for said in [
            &follow_up.question,
            &follow_up.probes,
            &follow_up.weak,
            &follow_up.weak_because,
            &follow_up.strong,
            &follow_up.line.say,
            &follow_up.line.proves,
        ] {
            window.tells(said.trim());
        }
    }

    window.press(Key::ArrowDown);
    window.tells(story.weak_answer.verdict.trim());
    let because = |window: &Window, place: usize| {
        let because = &story.weak_answer.flaws[place].because;
        // Besides the name of the flaw itself, which a screen reader reads.
        let nodes = window.harness.query_all_by_label_contains(because);
        nodes.count() > 1
    };
    for place in 0..story.weak_answer.flaws.len() {
        assert!(!because(&window, place), "flaw {place} is shown too early");
        window.press(Key::ArrowRight);
        assert!(because(&window, place), "flaw {place}");
    }
    window.press(Key::ArrowLeft);
    assert!(because(&window, story.weak_answer.flaws.len() - 2));

    window.press(Key::ArrowDown);
    window.tells("Question 1 of 3");
    // The last page: down leads nowhere.
    window.press(Key::ArrowDown);
    window.tells("Question 1 of 3");

    // Each page has its key, too, and where it was left is remembered.
    window.press(Key::Num5);
    window.tells(&story.sections[3].purpose);
    window.press(Key::Escape);
    window.tells("Five sections, 2:55 in total");
    window.press(Key::L);
    window.tells(&story.sections[3].purpose);
    window.press(Key::Num9);
    window.tells(&story.follow_ups[3].question);
    window.press(Key::Num1);
    window.tells("What to remember");
}

#[test]
fn a_flaw_is_explained_where_it_is_pointed_at() {
    let data = tempfile::tempdir().expect("a folder");
    let mut window = Window::open(data.path());
    let flaws = window.story().weak_answer.flaws.clone();
    window.press(Key::L);
    window.press(Key::Num0);
    let shown = |window: &Window, place: usize| {
        let because = &flaws[place].because;
        window.harness.query_all_by_label_contains(because).count() > 1
    };
    let name = format!("Flaw 4 of {}: ", flaws.len());
    let mark = window.harness.get_by_label_contains(&name).rect();
    window.harness.hover_at(mark.center());
    window.harness.run_steps(2);
    assert!(shown(&window, 3));
    // Where the pointer only rests, the keyboard goes before it.
    window.press(Key::ArrowRight);
    assert!(shown(&window, 0) && !shown(&window, 3));
    // The page may have gone to the reason.
    let mark = window.harness.get_by_label_contains(&name).rect();
    window.harness.hover_at(mark.center() + vec2(2.0, 0.0));
    window.harness.run_steps(2);
    assert!(shown(&window, 3));
    let at = egui::pos2(MIN_SIZE[0] - 2.0, 80.0);
    window.harness.hover_at(at);
    window.harness.run_steps(2);
    assert!(!shown(&window, 3));
    let name = format!("Flaw 2 of {}: ", flaws.len());
    window.harness.get_by_label_contains(&name).focus();
    window.harness.run_steps(2);
    assert!(shown(&window, 1));
}

#[test]
fn a_quiz_is_taken_to_its_score_which_is_there_the_next_day() {
    let data = tempfile::tempdir().expect("a folder");
    let mut window = Window::open(data.path());
    let story = window.story();
    let keys = [Key::A, Key::B, Key::C, Key::D];
    let wrong = |place: usize| keys[(story.quiz[place].answer + 1) % 4];
    let right = |place: usize| keys[story.quiz[place].answer];
    window.press(Key::L);
    window.press(Key::Q);

    for (place, question) in story.quiz.iter().enumerate() {
        window.tells(&format!("Question {} of 3", place + 1));
        window.tells(&question.ask);
        assert!(!window.says(&question.because));
        let before = option_places(&window);
        window.press(if place == 1 {
            wrong(place)
        } else {
            right(place)
        });
        window.tells(&question.because);
        let head = if place == 1 { "Not quite." } else { "Correct." };
        // A screen reader is told whether it is right, and why.
        let told = window.announced(head);
        assert!(told.starts_with(head) && told.ends_with(question.because.trim()));
        let right = question.options[question.answer].trim_end_matches('.');
        assert_eq!(told.contains(right), place == 1, "{told}");
        assert_eq!(option_places(&window), before, "an option jumped");
        // What is answered is answered.
        window.press(keys[3]);
        window.press(Key::Enter);
    }
    window.tells("2 of 3 correct");
    window.tells("Quiz, 2 of 3 correct");
    drop(window);

    let mut window = Window::open(data.path());
    window.press(Key::L);
    window.tells("Quiz, 2 of 3 correct");
    window.press(Key::Q);
    window.tells("2 of 3 correct");
    window.press(Key::R);
    window.tells("Question 1 of 3");
    window.press(right(0));
    window.press(Key::Enter);
    drop(window);

    // In the middle of it, too.
    let mut window = Window::open(data.path());
    window.press(Key::L);
    window.press(Key::Q);
    window.tells("Question 2 of 3");
    window.press(right(1));
    window.press(Key::Enter);
    // By the mouse.
    let option = &story.quiz[2].options[story.quiz[2].answer];
    window
        .harness
        .get_by_label_contains(option.as_str())
        .click();
    window.harness.run_steps(3);
    window.tells("Correct.");
    window.press(Key::Enter);
    window.tells("3 of 3 correct");
    window.tells("Up from 2 on ");
    window.tells("All time: 5 of 6 correct.");
    window.tells("Quiz, 3 of 3 correct");
}

/// Where the options of the question stand.
fn option_places(window: &Window) -> Vec<egui::Rect> {
    let each = |letter: &str| {
        let name = format!("{letter}: ");
        let mut found = window.harness.query_all_by_label_contains(&name);
        found.next().expect("an option").rect()
    };
    ["A", "B", "C", "D"].map(each).to_vec()
}

#[test]
fn the_example_is_read_along_at_a_chosen_rate() {
    let data = tempfile::tempdir().expect("a folder");
    let mut window = Window::open(data.path());
    let words: Vec<String> = window.story().sections[0]
        .strong
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    window.press(Key::L);
    window.press(Key::Num2);
    window.tells("140 words/min");
    assert_eq!(window.word(), None);

    let place = |word: &str| words.iter().position(|w| w == word).expect("of the text");
    let begins = |window: &mut Window| {
        window.press(Key::Space);
        let on = window.word().expect("a word");
        assert!(place(&on) < 3, "{on}");
    };
    begins(&mut window);
    window.harness.run_steps(50);
    let on = window.word().expect("a word");
    // Five seconds at 140 words a minute are a dozen words, with their pauses and long ones.
    assert!((6..20).contains(&place(&on)), "{on}");

    window.press(Key::Space);
    let on = window.word();
    window.harness.run_steps(30);
    assert_eq!(window.word(), on, "it stays where it is paused");
    window.press(Key::ArrowRight);
    window.press(Key::ArrowRight);
    window.press(Key::ArrowRight);
    window.press(Key::ArrowRight);
    window.tells("170 words/min");
    assert_eq!(window.word(), on, "another rate is no other place");
    window.press(Key::R);
    assert_eq!(window.word(), None);
    begins(&mut window);

    // To its end, and once more.
    let frames = 60.0 * (words.len() + 20) as f32 / 170.0 / FRAME;
    window.harness.run_steps(frames as usize);
    assert_eq!(window.word(), None);
    begins(&mut window);

    // The rate stays, the word does not.
    window.press(Key::Num4);
    assert_eq!(window.word(), None);
    window.tells("170 words/min");
    // A long one is followed to where it is out of sight at first.
    window.press(Key::Space);
    for _ in 0..60 {
        window.harness.run_steps(10);
        let Some(node) = window.harness.query_all_by_label_contains("Read: ").next() else {
            break;
        };
        let rect = node.rect();
        let seen = rect.top() > 56.0 && rect.bottom() < MIN_SIZE[1] - 68.0;
        assert!(seen, "out of sight: {rect:?}");
    }
}

#[test]
fn a_section_is_practised_from_its_page_and_left_to_it() {
    let data = tempfile::tempdir().expect("a folder");
    let mut window = Window::open(data.path());
    window.press(Key::L);
    window.press(Key::Num4);
    window.press(Key::P);
    window.tells("Section 3 of 5");
    window.press(Key::Escape);
    window.tells("Example answer");
    window.tells("Practice this section");
    window.press(Key::Escape);
    window.tells("Five sections, 2:55 in total");
}

#[test]
fn follow_ups_and_the_whole_answer_are_practised_by_themselves() {
    let data = tempfile::tempdir().expect("a folder");
    let mut window = Window::open(data.path());
    let story = window.story();
    let parts = 1 + story.follow_ups.len();
    window.press(Key::L);
    window.press(Key::Num9);
    window.press(Key::ArrowRight);
    window
        .harness
        .get_by_label("Practice this question")
        .click();
    window.harness.run_steps(3);
    window.tells(&format!("Part 3 of {parts}"));
    window.tells("Go to Follow-up 2, current");
    window.tells(&story.follow_ups[1].question);
    window.tells(&story.follow_ups[1].line.say);
    window.tells("What it probes");
    window.press(Key::N);
    window.tells("Go to Follow-up 3, current");
    window.press(Key::Escape);
    window.tells(&story.follow_ups[1].weak);
    window.press(Key::P);
    window.tells("Go to Follow-up 2, current");
    window.press(Key::Escape);

    window.press(Key::Num1);
    window.press(Key::P);
    window.tells("Go to Whole answer, current");
    window.tells(&format!("Part 1 of {parts}"));
    // All five sections, as they may sound.
    window.press(Key::E);
    for section in &story.sections {
        window.tells(section.strong.trim());
    }
    window.press(Key::N);
    window.tells("Go to Follow-up 1, current");
    window.press(Key::Escape);
    window.press(Key::Escape);

    // From a section, too.
    window.press(Key::Enter);
    window.press(Key::W);
    window.tells("Go to Whole answer, current");
    assert!(!window.says("Practice whole answer"));
    window.harness.get_by_label("Go to Overview").click();
    window.harness.run_steps(3);
    window.tells(&format!("0 of {parts} parts practiced"));
    window.press(Key::Escape);
    window.tells("Five sections, 2:55 in total");
}

#[test]
fn level_and_principle_are_told_wherever_one_prepares() {
    let data = tempfile::tempdir().expect("a folder");
    let mut window = Window::open(data.path());
    let story = window.story();
    let (plan, told) = (&story.levels[0], &story.reframings[0]);
    let reflection = plan.reflection.split_whitespace().collect::<Vec<_>>();
    let reflection = reflection.join(" ");
    let own = story.sections[4].strong.trim();
    assert_ne!(plan.level, story.level);
    window.press(Key::L);
    window.press(Key::Num6);
    window.tells(own);
    window.press(Key::Num8);
    window.tells(&format!("Written for {}, as selected", story.principle));
    window.press(Key::Escape);
    window.press(Key::Num1);
    window.press(Key::P);

    window.press(Key::L);
    // Where it was left; at the other level.
    window.tells(&format!("{}, selected", told.principle));
    assert!(!window.says(&format!("{}, selected", story.reframings[1].principle)));
    window.press(Key::Num7);
    window.tells(&format!("{}, selected", story.level_label(plan.level)));
    window.press(Key::Num6);
    window.tells(&reflection);
    window.tells(plan.focus.trim());
    assert!(!window.says(own));

    window.press(Key::P);
    window.press(Key::E);
    window.tells("Section 5 of 5");
    window.tells(&reflection);
    window.tells(&format!("As {}", story.level_label(plan.level)));
    window.tells(plan.focus.trim());
    let lead = format!("For {}: lead with ", told.principle);
    window.tells(&lead);
    window.press(Key::Escape);
    window.press(Key::Escape);

    window.press(Key::I);
    window.press(Key::Enter);
    window.tells(&story.question);
    window.tells(&lead);
}

#[test]
fn a_page_that_is_only_read_draws_nothing() {
    let data = tempfile::tempdir().expect("a folder");
    let mut window = Window::open(data.path());
    window.press(Key::L);
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while *window.harness.state().controller().model() == starling::app::ModelState::Loading {
        assert!(std::time::Instant::now() < patience, "no word of the model");
        std::thread::sleep(std::time::Duration::from_millis(10));
        window.harness.run_steps(1);
    }
    let delay = |window: &mut Window| {
        window.harness.run_steps(4);
        let output = &window.harness.output().viewport_output;
        output[&egui::ViewportId::ROOT].repaint_delay
    };
    for key in [Key::Num2, Key::Num9, Key::Num0, Key::Q] {
        window.press(key);
        assert_eq!(delay(&mut window), std::time::Duration::MAX, "{key:?}");
    }
    // While words go by, a frame a word.
    window.press(Key::Num2);
    window.press(Key::Space);
    let next = delay(&mut window);
    assert!(next > std::time::Duration::ZERO && next < std::time::Duration::from_secs(3));
}
