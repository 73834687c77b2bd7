//! What is set is seen and remembered, by the keyboard alone.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use egui::accesskit::{Action, Live, Toggled};
use egui::{Key, Modifiers, Role, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use starling::app::{Config, Controller};
use starling::asr::Isolation;
use starling::audio::{AudioSource, FilePacing};
use starling::domain::profile::OwnershipStyle;
use starling::domain::story::{Level, Part, SectionKind};
use starling::domain::take::{Audio, Take, TakeId, Transcription, TranscriptionStats};
use starling::domain::time::Span;
use starling::domain::transcript::{Transcript, Word};
use starling::domain::voice::Voice;
use starling::gui::{App, MIN_SIZE, theme};
use starling::practice::session::{Session, SessionEvent, Stage};
use starling::storage::{Cues, Motion, Settings, Store, Theme};

/// The window over a data folder that outlives it.
struct Window {
    harness: Harness<'static, App>,
    data: PathBuf,
}

impl Window {
    fn open(data: &Path) -> Self {
        Self::of_size(data, Vec2::from(MIN_SIZE))
    }

    fn of_size(data: &Path, size: Vec2) -> Self {
        // It speaks for 24 s: whatever is pressed meanwhile is, on a slow machine, too.
        let clip = "tests/audio/strong_situation_joe.flac";
        let clip = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(clip);
        let config = Config {
            data: Some(data.to_owned()),
            source: Some(AudioSource::File(clip, FilePacing::RealTime)),
            model: None,
            isolation: Isolation::InProcess,
        };
        let runtime = Controller::start(config, || {}).expect("a data folder");
        let mut harness = Harness::builder()
            .with_size(size)
            .with_step_dt(0.1)
            .with_context_setup(theme::install)
            .build_ui_state(
                |ui, app: &mut App| {
                    app.pump(ui.ctx());
                    app.ui(ui);
                },
                App::new(runtime, None),
            );
        harness.run_steps(3);
        Self {
            harness,
            data: data.to_owned(),
        }
    }

    fn press(&mut self, key: Key) {
        self.harness.key_press(key);
        self.harness.run_steps(3);
    }

    fn says(&self, what: &str) -> bool {
        let mut found = self.harness.query_all_by_label_contains(what);
        found.next().is_some()
    }

    #[track_caller]
    fn wait_for(&mut self, what: &str) {
        let end = Instant::now() + Duration::from_secs(60);
        while !self.says(what) {
            assert!(
                Instant::now() < end,
                "never said: {what}\n{:#?}",
                self.harness.root()
            );
            std::thread::sleep(Duration::from_millis(20));
            self.harness.run_steps(1);
        }
    }

    /// Somebody has answered for so long.
    #[track_caller]
    fn wait_until_told(&mut self, seconds: f64) {
        let end = Instant::now() + Duration::from_secs(60);
        let told = |window: &Self| {
            let session = window.harness.state().controller().session();
            let stage = session.map(Session::stage);
            matches!(stage, Some(Stage::Answering { elapsed, .. }) if *elapsed >= seconds)
        };
        while !told(self) {
            assert!(
                Instant::now() < end,
                "nobody answers\n{:#?}",
                self.harness.root()
            );
            std::thread::sleep(Duration::from_millis(20));
            self.harness.run_steps(1);
        }
    }

    /// Whether this one of several is on.
    #[track_caller]
    fn is_on(&self, label: &str) -> bool {
        let choice = self.harness.get_by_role_and_label(Role::RadioButton, label);
        choice.accesskit_node().toggled() == Some(Toggled::True)
    }

    fn kept(&self) -> Settings {
        let store = Store::at(Some(self.data.clone())).expect("named");
        store.settings().expect("kept")
    }

    /// The window is closed, and opened anew.
    fn reopened(self) -> Self {
        let data = self.data.clone();
        drop(self);
        Self::open(&data)
    }

    /// Goes on with the tab key until a control has the keyboard; its name.
    #[track_caller]
    fn tab_to(&mut self, label: &str) {
        for _ in 0..60 {
            self.harness.key_press(Key::Tab);
            self.harness.run_steps(2);
            let focused = self
                .harness
                .query_all_by_label(label)
                .any(|node| node.accesskit_node().is_focused());
            if focused {
                // It glides to where it can be seen.
                self.harness.run_steps(8);
                return;
            }
        }
        panic!(
            "{label} cannot be reached by the tab key\n{:#?}",
            self.harness.root()
        );
    }

    /// Whoever cannot use a mouse, or not see, is at home on the screen that `says` this: the tab key leads to
    /// something that is seen, and all that can be used is called something and is something.
    #[track_caller]
    fn is_at_hand(&mut self, says: &str) {
        self.wait_for(says);
        self.harness.key_press(Key::Tab);
        self.harness.run_steps(6);
        let nodes = self.harness.root().children_recursive();
        let (mut focused, mut used, mut wrong) = (Vec::new(), 0, Vec::new());
        for node in nodes {
            let known = node.accesskit_node();
            let does = |action| known.data().supports_action(action);
            if known.is_hidden() || !(does(Action::Click) || does(Action::Focus)) {
                continue;
            }
            let (rect, node) = (node.rect(), known);
            used += 1;
            let name = node.label().or_else(|| node.value()).unwrap_or_default();
            let role = node.role();
            let is_something = !matches!(role, Role::Unknown | Role::GenericContainer);
            // A bar is its page's, and none of egui's has a name.
            let is_called = !name.trim().is_empty() || role == Role::ScrollBar;
            if !is_called || !is_something {
                wrong.push(format!("{role:?} \u{201c}{name}\u{201d} at {rect:?}"));
            }
            if node.is_focused() {
                focused.push((name, rect));
            }
        }
        assert!(used > 0, "{says}: nothing can be used");
        assert!(wrong.is_empty(), "{says}: {wrong:#?}");
        let [(name, rect)] = focused.as_slice() else {
            panic!("{says}: the keyboard is at {focused:?}");
        };
        let window = egui::Rect::from_min_size(egui::Pos2::ZERO, MIN_SIZE.into());
        assert!(
            window.contains_rect(*rect),
            "{says}: {name} is out of sight"
        );
    }
}

#[test]
fn everything_is_set_by_its_key_and_remembered() {
    let data = tempfile::tempdir().expect("a folder");
    let mut window = Window::open(data.path());
    window.press(Key::Comma);
    assert!(window.says("Appearance") && window.is_on("Theme: System"));
    window.press(Key::T);
    assert!(window.is_on("Theme: Light"));
    assert!(!window.harness.ctx.global_style().visuals.dark_mode);
    window.press(Key::R);
    assert!(window.is_on("Motion: Reduced"));
    assert_eq!(window.harness.ctx.global_style().animation_time, 0.0);
    for key in [Key::C, Key::S, Key::U, Key::L, Key::P] {
        window.press(key);
    }
    for label in [
        "Captions: Off",
        "Cue sounds: On",
        "Cues: Nothing",
        "Time limit: Off",
        "Profile: Collaborative",
    ] {
        assert!(window.is_on(label), "{label}");
    }
    assert!(window.says("\u{201c}We\u{201d} is fine everywhere."));
    assert!(window.says("Good pace from") && window.says("110 words/min"));
    window.press(Key::Plus);
    window.press(Key::Plus);
    assert!(window.says("120 %"));

    let mut window = window.reopened();
    let kept = window.kept();
    let expected = Settings {
        theme: Theme::Light,
        motion: Motion::Reduced,
        captions: false,
        cue_sounds: true,
        cues: Cues::Nothing,
        timed: false,
        text_percent: 120,
        ..Settings::default()
    };
    assert_eq!(kept, expected);
    let runtime = window.harness.state().controller();
    assert_eq!(runtime.profile().ownership, OwnershipStyle::Collaborative);
    assert!((window.harness.ctx.zoom_factor() - 1.2).abs() < 1e-4);
    assert!(!window.harness.ctx.global_style().visuals.dark_mode);
    assert_eq!(window.harness.ctx.global_style().animation_time, 0.0);
    window.press(Key::Comma);
    assert!(window.is_on("Cues: Nothing") && window.is_on("Profile: Collaborative"));
    window.press(Key::Escape);
    assert!(window.says("Five sections"));
}

#[test]
fn every_choice_is_reached_by_the_tab_key() {
    let data = tempfile::tempdir().expect("a folder");
    let mut window = Window::open(data.path());
    window.press(Key::Comma);
    window.tab_to("Theme: Dark");
    window.press(Key::Space);
    assert_eq!(window.kept().theme, Theme::Dark);
    window.tab_to("Cues: Full text");
    window.press(Key::Enter);
    assert_eq!(window.kept().cues, Cues::Full);
    window.tab_to("Profile: Collaborative");
    // It is where it can be seen.
    let rect = window.harness.get_by_label("Profile: Collaborative").rect();
    assert!(
        rect.top() > 56.0 && rect.bottom() < MIN_SIZE[1] - 60.0,
        "{rect:?}"
    );
    window.press(Key::Space);
    assert!(window.is_on("Profile: Collaborative"));
}

#[test]
fn bands_are_set_step_by_step_and_hold_at_once() {
    let data = tempfile::tempdir().expect("a folder");
    let file = data.path().join("profile.toml");
    std::fs::write(&file, "# as my coach says\npause_red = 3.0 # at most\n").expect("room");
    let mut window = Window::open(data.path());
    // A practice that has begun keeps to them, too.
    window.press(Key::Enter);
    window.press(Key::Comma);
    window.tab_to("Good pace up to: less");
    window.press(Key::Space);
    window.press(Key::Enter);
    assert!(window.says("155 words/min"));
    window.tab_to("Too many fillers from: more");
    window.press(Key::Space);
    window.tab_to("Very long pause above: more");
    window.press(Key::Space);
    assert!(window.says("13/min") && window.says("3.5 s"));
    // One that cannot go further says so, and does nothing.
    window.tab_to("Fast pace above: less");
    for _ in 0..10 {
        window.press(Key::Space);
    }
    let runtime = window.harness.state().controller();
    let profile = runtime.profile().clone();
    assert_eq!(profile.pace_ok_wpm, [110.0, 155.0]);
    assert_eq!(profile.pace_red_wpm, [100.0, 155.0]);
    assert_eq!(runtime.session().expect("on").profile(), &profile);
    let text = std::fs::read_to_string(&file).expect("kept");
    assert!(
        text.contains("# as my coach says\npause_red = 3.5 # at most\n"),
        "{text}"
    );
    assert!(!text.contains("time_quiet"), "{text}");
    let mut window = window.reopened();
    assert_eq!(*window.harness.state().controller().profile(), profile);
    window.press(Key::Comma);
    window.press(Key::D);
    let runtime = window.harness.state().controller();
    assert_eq!(
        *runtime.profile(),
        starling::domain::profile::Profile::default()
    );
    assert!(!window.says("Restore default ranges"));
}

#[test]
fn a_test_recording_is_judged_and_not_kept() {
    let data = tempfile::tempdir().expect("a folder");
    let mut window = Window::open(data.path());
    window.press(Key::Comma);
    assert!(!window.says("Loud enough."));
    window.press(Key::M);
    assert!(window.says("Speak now"));
    window.wait_for("Test microphone");
    assert!(!window.says("Speak now") && window.says("Loud enough."));
    assert_eq!(
        window.harness.state().controller().mic_test_samples().len(),
        48_000
    );
    window.press(Key::H);
    assert!(window.says("Stop") || window.says("No loudspeaker found"));
    window.wait_for("Play test");
    assert!(!window.says("Stop"));
    window.press(Key::Escape);
    assert!(
        window
            .harness
            .state()
            .controller()
            .mic_test_samples()
            .is_empty()
    );
    assert!(!data.path().join("takes").exists());
}

#[test]
fn another_model_is_read_at_once_and_so_is_the_one_before() {
    let data = tempfile::tempdir().expect("a folder");
    let models = data.path().join("models");
    std::fs::create_dir_all(&models).expect("a folder");
    std::fs::write(models.join("ggml-mine.bin"), "no model").expect("room");
    let mut window = Window::open(data.path());
    window.press(Key::Comma);
    window.tab_to("Speech model");
    window.press(Key::Space);
    window.harness.get_by_label("mine").focus();
    window.harness.run_steps(2);
    window.press(Key::Enter);
    window.wait_for("Unusable: takes are saved but not transcribed.");
    assert_eq!(window.kept().model.as_deref(), Some("mine"));
    let mut window = window.reopened();
    window.wait_for("Speech model unusable");
    window.press(Key::Comma);
    window.tab_to("Speech model");
    window.press(Key::Space);
    window.harness.get_by_label("tiny.en-q8_0").focus();
    window.harness.run_steps(2);
    window.press(Key::Enter);
    // What is said of one that can be used.
    window.wait_for("To add models, copy them to ");
}

#[test]
fn every_key_of_a_screen_is_shown() {
    let data = tempfile::tempdir().expect("a folder");
    let mut window = Window::open(data.path());
    // As it is typed on many keyboards.
    window
        .harness
        .key_press_modifiers(Modifiers::SHIFT, Key::Questionmark);
    window.harness.run_steps(3);
    assert!(window.says("Keyboard shortcuts") && window.says("Next control"));
    window.press(Key::Escape);
    assert!(!window.says("Keyboard shortcuts"));
    // Who lets go of shift first lets go of another key than was pressed.
    for _ in 0..2 {
        let shift = (Key::Questionmark, true, Modifiers::SHIFT);
        for (key, pressed, modifiers) in [shift, (Key::Slash, false, Modifiers::NONE)] {
            window.harness.event(egui::Event::Key {
                key,
                physical_key: None,
                pressed,
                repeat: false,
                modifiers,
            });
            window.harness.run_steps(2);
        }
        assert!(window.says("Keyboard shortcuts"));
        window.press(Key::Escape);
    }
    window.press(Key::Enter);
    window.press(Key::Questionmark);
    assert!(window.says("Keyboard shortcuts") && window.says("Settings"));
    // The keys do what they say meanwhile.
    window.press(Key::N);
    assert!(window.says("Section 2 of 5") && !window.says("Keyboard shortcuts"));
    window.press(Key::Comma);
    assert!(window.says("Appearance"));
    window.press(Key::Escape);
    assert!(window.says("Section 2 of 5"));
}

#[test]
fn twice_as_large_it_scrolls() {
    let data = tempfile::tempdir().expect("a folder");
    let store = Store::at(Some(data.path().to_owned())).expect("named");
    let settings = Settings {
        text_percent: 200,
        ..Settings::default()
    };
    store.save_settings(&settings).expect("room");
    // 1280 by 800, in points of twice the size.
    let mut window = Window::of_size(data.path(), vec2(640.0, 400.0));
    window.harness.set_size(vec2(640.0, 400.0));
    window.harness.run_steps(3);
    let seen = |window: &Window, label: &str| {
        let rect = window.harness.get_by_label(label).rect();
        rect.min.x >= 0.0 && rect.min.y >= 0.0 && rect.max.x <= 640.0 && rect.max.y <= 400.0
    };
    // What is done most stays in the window, and the page between scrolls.
    assert!(seen(&window, "History"));
    window.press(Key::Enter);
    assert!(window.says("Section 1 of 5"));
    assert!(seen(&window, "Start"));
    let side = "Planned phrases";
    assert!(!seen(&window, side));
    for _ in 0..5 {
        window
            .harness
            .key_press_modifiers(Modifiers::CTRL, Key::ArrowRight);
        window.harness.run_steps(8);
    }
    assert!(seen(&window, side) && seen(&window, "Start"));
    window.press(Key::Space);
    window.wait_for("left of 0:30");
    assert!(seen(&window, "Stop"));
    window.press(Key::Space);
    window.wait_for("What to do next");
    window.press(Key::Escape);
    // Another page begins at its left and its top, whatever was scrolled before.
    for _ in 0..3 {
        window
            .harness
            .key_press_modifiers(Modifiers::CTRL, Key::ArrowRight);
        window.press(Key::PageDown);
        window.harness.run_steps(8);
    }
    let title = &window.harness.state().controller().stories()[0]
        .title
        .clone();
    assert!(!seen(&window, title));
    window.press(Key::I);
    let named = window.harness.query_all_by_label("Mock interview");
    let headings: Vec<egui::Rect> = named.map(|node| node.rect()).collect();
    assert!(!headings.is_empty());
    for rect in headings {
        assert!(rect.min.x >= 0.0 && rect.max.y <= 400.0, "{rect:?}");
    }
    window.press(Key::Escape);
    // A page of words breaks its lines where the window ends.
    window.press(Key::K);
    for node in window
        .harness
        .query_all_by_label_contains("Nothing is sent.")
    {
        assert!(node.rect().max.x <= 640.0, "{:?}", node.rect());
    }
}

/// Where a text stands, of which this is the end or all.
fn rect_of(window: &Window, text: &str) -> egui::Rect {
    let mut nodes = window.harness.query_all_by_label_contains(text);
    let node = nodes.next().expect("it is there");
    node.rect()
}

#[test]
fn long_pages_are_read_to_their_end_by_keys() {
    let data = tempfile::tempdir().expect("a folder");
    let store = Store::at(Some(data.path().to_owned())).expect("named");
    let (stories, _) = starling::storage::story_library::stories(&store.stories());
    let story = stories.iter().find(|story| story.id == "webhook-drop");
    let story = story.expect("shipped").clone();
    let mut journal = store.open_take_db().expect("room").db;
    for minute in 0..2 {
        let said = format!("{} so that is number {minute}", story.sections[2].strong);
        let take = told(minute, SectionKind::Action, &said);
        std::fs::write(store.wav(&take.id), "sound").expect("room");
        journal.save(&take).expect("room");
    }
    drop(journal);
    let mut window = Window::open(data.path());
    let bottom = MIN_SIZE[1] - 68.0;
    let seen = |window: &Window, text: &str| {
        let rect = rect_of(window, text);
        rect.top() >= 56.0 && rect.bottom() <= bottom
    };
    let last = story.takeaways.last().expect("some").clone();
    assert!(!seen(&window, &last));
    window.press(Key::End);
    assert!(seen(&window, &last));
    window.press(Key::Home);
    assert!(!seen(&window, &last) && seen(&window, &story.question));
    for _ in 0..40 {
        window.press(Key::ArrowDown);
    }
    assert!(seen(&window, &last));

    window.press(Key::H);
    window.press(Key::Enter);
    window.wait_for("What to do next");
    assert!(!seen(&window, "Planned phrases"));
    for _ in 0..10 {
        if seen(&window, "Planned phrases") {
            break;
        }
        window.press(Key::ArrowDown);
    }
    assert!(seen(&window, "Planned phrases"));
    window.press(Key::C);
    window.wait_for("Transcripts");
    // The words of both takes, one of them down to its last.
    let lowest = |window: &Window| {
        let nodes = window.harness.query_all_by_role(Role::Label);
        let said = nodes.filter(|node| node.rect().right() < MIN_SIZE[0]);
        said.map(|node| node.rect().bottom()).fold(0.0, f32::max)
    };
    assert!(lowest(&window) > bottom, "{}", lowest(&window));
    window.press(Key::PageDown);
    let further = lowest(&window);
    window.press(Key::End);
    assert!(lowest(&window) <= further);
    assert!(lowest(&window) <= bottom + 1.0, "{}", lowest(&window));
    // In a field the arrows are its own.
    window.press(Key::Escape);
    window.press(Key::Questionmark);
    assert!(window.says("Scroll one page up"));
}

#[test]
fn level_and_principle_are_chosen_on_home_and_remembered() {
    let data = tempfile::tempdir().expect("a folder");
    let mut window = Window::open(data.path());
    assert!(window.is_on("Level: SDE 2") && window.says("Five sections, 2:55 in total"));
    assert!(window.is_on("Principle: Ownership") && !window.says("Lead with"));
    window.press(Key::Num3);
    assert!(window.says("Five sections, 3:00 in total"));
    assert!(window.says("2:30 to 3:00. The bar: Insight into the system"));
    window.press(Key::Num1);
    assert!(window.says("Five sections, 2:00 in total") && window.says("Situation, 0:20"));
    assert!(window.says("2:00. The bar: Basic ownership"));
    window.press(Key::P);
    window.press(Key::P);
    assert!(window.is_on("Principle: Dive Deep"));
    for says in [
        "Lead with",
        "Emphasize",
        "Downplay",
        "The investigation: how",
    ] {
        assert!(window.says(says), "{says}");
    }

    let mut window = window.reopened();
    assert!(window.is_on("Level: SDE 1") && window.is_on("Principle: Dive Deep"));
    window.press(Key::Enter);
    assert!(window.says("Section 1 of 5") && window.says("0:20"));
    assert!(window.says("For Dive Deep: lead with the investigation: how a 0.3% figure"));
    window.press(Key::Escape);
    window.press(Key::L);
    assert!(window.says("Ownership \u{b7} SDE 1 \u{b7} 2:00 in total"));
    window.press(Key::Num2);
    assert!(window.says("Say what was wrong") && window.says("0:20"));
    window.press(Key::Escape);
    // After the last comes the story's own.
    window.press(Key::P);
    window.press(Key::P);
    assert!(window.is_on("Principle: Ownership"));
    assert_eq!(window.kept().principle, None);
    window.press(Key::Num2);
    window.press(Key::Enter);
    assert!(window.says("0:30") && !window.says("lead with"));
    window.press(Key::Escape);
    window.press(Key::L);
    window.press(Key::Num1);
    assert!(window.says("Ownership \u{b7} SDE 2 \u{b7} 2:55 in total"));
}

/// A take of a section of the shipped story, in which this is said at a good pace.
fn told(minute: usize, kind: SectionKind, said: &str) -> Take {
    let word = |(place, text): (usize, &str)| Word {
        text: text.to_owned(),
        start: 0.4 * place as f64,
        end: 0.4 * place as f64 + 0.35,
        confidence: 0.9,
    };
    let words: Vec<Word> = said.split_whitespace().enumerate().map(word).collect();
    let end = words.last().map_or(0.0, |word| word.end);
    let part = Part::Section(kind);
    Take {
        id: TakeId(format!("2026-11-23T18-{minute:02}-00.000-{part}")),
        story: "webhook-drop".to_owned(),
        part,
        level: Level::Mid,
        audio: Audio {
            seconds: end + 0.5,
            sample_rate_hz: 16_000,
            channels: 1,
            ..Audio::default()
        },
        transcription: Some(Transcription {
            voice: Voice {
                speech: vec![Span::new(0.0, end)],
                speech_dbfs: Some(-22.0),
                ..Voice::default()
            },
            transcript: Transcript { words },
            engine: TranscriptionStats {
                model: "none".to_owned(),
                threads: 1,
                cpu_seconds: None,
                wall_seconds: 0.0,
            },
        }),
    }
}

#[test]
fn home_says_where_it_was_left_off_and_what_is_weakest() {
    let data = tempfile::tempdir().expect("a folder");
    let window = Window::open(data.path());
    assert!(window.says("You have not practiced this story yet. Start with the Situation."));
    assert!(!window.says("Last practiced"));
    drop(window);

    let store = Store::at(Some(data.path().to_owned())).expect("named");
    let (stories, _) = starling::storage::story_library::stories(&store.stories());
    let story = stories
        .iter()
        .find(|story| story.id == "webhook-drop")
        .expect("shipped");
    let mut journal = store.open_take_db().expect("room").db;
    let numberless = "I shipped the retry and kept the alert on, and other teams took over the same pattern for \
        their own hooks afterwards";
    let mut minute = 0;
    for _ in 0..2 {
        for section in &story.sections {
            let said = match section.kind {
                SectionKind::Reflection => continue,
                SectionKind::Result => numberless,
                _ => &section.strong,
            };
            let take = told(minute, section.kind, said);
            std::fs::write(store.wav(&take.id), "sound").expect("room");
            journal.save(&take).expect("room");
            minute += 1;
        }
    }
    drop(journal);
    let mut window = Window::open(data.path());
    let today = starling::app::today();
    let when = starling::practice::progress::relative_date("2026-11-23 18:07", today);
    assert!(window.says(&format!("Last practiced: Result, {when}. This week: ")));
    window.wait_for("Result: no number in the last two takes.");
    assert!(window.says("Result, 0:20, practiced"));
    assert!(window.says("Reflection, 0:15, not practiced yet"));
    window.press(Key::S);
    assert!(window.says("Section 4 of 5"));
    window.press(Key::Escape);
    window.press(Key::G);
    assert!(window.says("Section 4 of 5"));
}

#[test]
fn every_screen_is_at_hand_for_who_has_no_mouse_and_no_eyes() {
    let data = tempfile::tempdir().expect("a folder");
    let store = Store::at(Some(data.path().to_owned())).expect("named");
    let (stories, _) = starling::storage::story_library::stories(&store.stories());
    let story = stories.iter().find(|story| story.id == "webhook-drop");
    let story = story.expect("shipped").clone();
    let mut journal = store.open_take_db().expect("room").db;
    for minute in 0..2 {
        let take = told(minute, SectionKind::Situation, &story.sections[0].strong);
        std::fs::write(store.wav(&take.id), "sound").expect("room");
        journal.save(&take).expect("room");
    }
    drop(journal);
    let mut window = Window::open(data.path());
    window.is_at_hand("Five sections");
    window.press(Key::Questionmark);
    window.is_at_hand("Keyboard shortcuts");
    window.press(Key::Escape);
    window.press(Key::Comma);
    window.is_at_hand("Appearance");
    window.press(Key::Escape);
    window.press(Key::K);
    window.is_at_hand("What never happens");
    window.press(Key::Escape);

    window.press(Key::L);
    window.is_at_hand("What to remember");
    for section in &story.sections {
        window.press(Key::ArrowDown);
        window.is_at_hand(&section.purpose);
    }
    for page in [
        "Example reflection",
        "Lead with",
        "What it probes",
        "A bar raiser's assessment",
        "Question 1 of 3",
    ] {
        window.press(Key::ArrowDown);
        window.is_at_hand(page);
    }
    for _ in 1..story.quiz.len() {
        window.press(Key::A);
        window.is_at_hand("A: ");
        window.tab_to("Next question");
        window.press(Key::Enter);
    }
    window.press(Key::A);
    window.tab_to("Score");
    window.press(Key::Enter);
    window.is_at_hand("of 3 correct");
    window.press(Key::Escape);

    window.tab_to("Practice");
    window.press(Key::Enter);
    window.is_at_hand("Section 1 of 5");
    window.tab_to("Start");
    window.press(Key::Space);
    window.is_at_hand("starts in");
    window.wait_for("left of 0:30");
    window.is_at_hand("recording");
    window.wait_until_told(3.0);
    window.press(Key::Space);
    window.is_at_hand("What to do next");
    window.press(Key::C);
    window.is_at_hand("What changed");
    window.press(Key::C);
    for section in 2..=5 {
        window.press(Key::N);
        window.is_at_hand(&format!("Section {section} of 5"));
    }
    window.press(Key::N);
    window.is_at_hand("1 of 5 sections practiced");
    window.press(Key::Escape);

    window.press(Key::I);
    window.is_at_hand("Answer format");
    window.tab_to("Start");
    window.press(Key::Enter);
    window.is_at_hand("Question 1 of 3");
    window.tab_to("Answer");
    window.press(Key::Space);
    window.wait_for("next section in");
    window.is_at_hand("recording");
    window.press(Key::Space);
    window.is_at_hand("Question 2 of 3");
    window.press(Key::E);
    window.is_at_hand("Likely hiring decision");
    window.press(Key::Escape);
    window.is_at_hand("the verdict is not saved");
    window.press(Key::Y);

    window.press(Key::H);
    window.is_at_hand("4 takes");
    window.press(Key::Delete);
    window.is_at_hand("Cancel");
    window.press(Key::Escape);
    window.press(Key::X);
    window.is_at_hand("Format");
    window.press(Key::Escape);
    window.press(Key::A);
    window.is_at_hand("Erase all 4 takes?");
    window.press(Key::Escape);
    window.press(Key::T);
    window.is_at_hand("Best Situation: ");
    window.press(Key::Escape);
    window.press(Key::Escape);
    window.is_at_hand("Five sections");
}

/// The recorder has come so far.
fn spoken(window: &mut Window, seconds: f64) {
    let session = window.harness.state().controller().session();
    let Some(Stage::Answering { take, .. }) = session.map(Session::stage) else {
        panic!("nobody answers");
    };
    let id = take.id.clone();
    window
        .harness
        .state_mut()
        .handle(SessionEvent::Recorded(id, seconds));
    window.harness.run_steps(2);
}

#[test]
fn the_time_limit_is_lengthened_begun_anew_and_turned_off() {
    let data = tempfile::tempdir().expect("a folder");
    let mut window = Window::open(data.path());
    window.press(Key::Enter);
    window.press(Key::L);
    assert!(window.says("0:30 + 0:15"));
    window.press(Key::Space);
    window.wait_for("left of 0:45");
    window.press(Key::L);
    assert!(window.says("left of 1:00"));
    spoken(&mut window, 45.0);
    assert!(window.says("0:15 left of 1:00") && !window.says("Ten seconds left"));
    spoken(&mut window, 51.0);
    assert!(window.says("0:09 left of 1:00"));
    let told = window.harness.get_by_label_contains("Ten seconds left");
    assert_eq!(told.accesskit_node().live(), Live::Polite);
    spoken(&mut window, 55.0);
    assert!(!window.says("Ten seconds left"));
    window.press(Key::Z);
    assert!(window.says("1:00 left of 1:00"));
    spoken(&mut window, 120.0);
    assert!(window.says("over by 0:05"));
    window.press(Key::T);
    assert!(
        window.says("2:00, no limit") && !window.says("over by") && !window.says("Restart clock")
    );
    window.press(Key::Escape);
    assert!(window.says("0:30, no limit"));
    // The next section has its own time; that there is none is remembered.
    let mut window = window.reopened();
    window.press(Key::Enter);
    assert!(window.says("0:30, no limit"));
    window.press(Key::T);
    assert!(!window.says("no limit") && window.kept().timed);
    assert!(window.says("0:30") && !window.says("0:30 + "));
}

#[test]
fn cues_are_a_text_phrases_or_nothing() {
    let data = tempfile::tempdir().expect("a folder");
    let mut window = Window::open(data.path());
    window.press(Key::Enter);
    assert!(window.is_on("Cues: Phrases"));
    window.press(Key::Space);
    window.wait_for("left of 0:30");
    assert!(window.says("no ticket: planned"));
    window.press(Key::Num1);
    assert!(window.is_on("Cues: Text") && window.says("Example answer"));
    assert!(!window.says("no ticket: planned"));
    window.press(Key::Num3);
    assert!(window.is_on("Cues: Nothing") && !window.says("Example answer"));
    assert!(!window.says("no ticket"));
    window.press(Key::Space);
    window.wait_for("Feedback on Situation: ");
    let result = window
        .harness
        .get_by_label_contains("Feedback on Situation: ");
    assert_eq!(result.accesskit_node().live(), Live::Polite);
    assert_eq!(window.reopened().kept().cues, Cues::Nothing);
}

#[test]
fn the_interview_is_told_at_the_level_of_home_and_its_time_is_free_too() {
    let data = tempfile::tempdir().expect("a folder");
    let mut window = Window::open(data.path());
    window.press(Key::Num1);
    window.press(Key::I);
    assert!(window.says("SDE 1") && window.says("All five sections in 2:00"));
    window.press(Key::Enter);
    assert!(window.says("Answer in about 2:00."));
    window.press(Key::Space);
    window.wait_for("left of 2:00");
    assert!(!window.says("Cues: ") && !window.says("Planned phrases"));
    window.press(Key::L);
    assert!(window.says("left of 2:15"));
    window.press(Key::T);
    assert!(window.says("2:00 planned") && window.says(", no limit") && !window.says("left of"));
    // Without a limit nothing is due.
    assert!(!window.says("the next is due"));
    window.press(Key::T);
    assert!(window.says("next section in 0:"));
}
