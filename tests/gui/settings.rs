//! The settings: by keys and by Tab, applied immediately and remembered.

use egui::Key;
use starling::domain::profile::{OwnershipStyle, Profile};
use starling::storage::{Cues, Motion, Settings, Theme};

use crate::harness::{Setup, Window};

/// Shown below a model that can be used.
const USABLE_MODEL: &str = "To add models, copy them to ";

fn setup() -> Setup {
    // Its 24 seconds are longer than any microphone test.
    Setup::new()
        .real_time_clip("strong_situation_joe.flac")
        .scrolling_pages()
}

/// The settings page.
fn open() -> Window {
    let mut window = setup().open();
    window.press(Key::Comma);
    window
}

fn animation_secs(window: &Window) -> f32 {
    window.ctx().global_style().animation_time
}

fn is_dark(window: &Window) -> bool {
    window.ctx().global_style().visuals.dark_mode
}

#[test]
fn settings_are_changed_by_their_keys_and_applied_immediately() {
    let mut window = open();
    window.expect_text("Appearance");
    window.expect_selected("Theme: System");
    window.press(Key::T);
    window.expect_selected("Theme: Light");
    assert!(!is_dark(&window), "the light theme should be applied");
    window.press(Key::R);
    window.expect_selected("Motion: Reduced");
    assert_eq!(animation_secs(&window), 0.0);
    window.press_all([Key::C, Key::S, Key::U, Key::L, Key::P]);
    for label in [
        "Captions: Off",
        "Cue sounds: On",
        "Cues: Nothing",
        "Time limit: Off",
        "Profile: Collaborative",
    ] {
        window.expect_selected(label);
    }
    window.expect_texts([
        "\u{201c}We\u{201d} is fine everywhere.",
        "Good pace from",
        "110 words/min",
    ]);
    window.press_all([Key::Plus, Key::Plus]);
    window.expect_text("120 %");
    settings_are_remembered(window.reopen());
}

/// The settings of the test above, after a restart.
fn settings_are_remembered(mut window: Window) {
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
    assert_eq!(window.saved_settings(), expected);
    let profile = window.controller().profile();
    assert_eq!(profile.ownership, OwnershipStyle::Collaborative);
    let zoom = window.ctx().zoom_factor();
    assert!((zoom - 1.2).abs() < 1e-4, "text should be at 120 %: {zoom}");
    assert!(!is_dark(&window), "the light theme should be applied");
    assert_eq!(animation_secs(&window), 0.0);
    window.press(Key::Comma);
    window.expect_selected("Cues: Nothing");
    window.expect_selected("Profile: Collaborative");
    window.press(Key::Escape);
    window.expect_text("Five sections");
}

#[test]
fn theme_is_chosen_by_a_click() {
    let mut window = Setup::new().scrolling_pages().open();
    window.press(Key::Comma);
    window.click("Theme: Light");
    assert!(!is_dark(&window), "the light theme should be applied");
    assert_eq!(window.saved_settings().theme, Theme::Light);
}

#[test]
fn every_choice_is_reached_by_tab() {
    let mut window = open();
    window.tab_to("Theme: Dark");
    window.press(Key::Space);
    assert_eq!(window.saved_settings().theme, Theme::Dark);
    window.tab_to("Cues: Full text");
    window.press(Key::Enter);
    assert_eq!(window.saved_settings().cues, Cues::Full);
    window.tab_to("Profile: Collaborative");
    window.expect_within_page("Profile: Collaborative");
    window.press(Key::Space);
    window.expect_selected("Profile: Collaborative");
}

#[test]
fn ranges_are_changed_in_steps_and_apply_to_the_current_practice() {
    let setup = setup();
    let file = setup.store().folder().join("profile.toml");
    std::fs::write(&file, "# as my coach says\npause_red = 3.0 # at most\n")
        .expect("the profile is written");
    let mut window = setup.open();
    window.press_all([Key::Enter, Key::Comma]);
    window.tab_to("Good pace up to: less");
    window.press_all([Key::Space, Key::Enter]);
    window.expect_text("155 words/min");
    window.tab_to("Too many fillers from: more");
    window.press(Key::Space);
    window.tab_to("Very long pause above: more");
    window.press(Key::Space);
    window.expect_texts(["13/min", "3.5 s"]);
    // This limit stops at the end of the good pace.
    window.tab_to("Fast pace above: less");
    window.press_all([Key::Space; 10]);

    let profile = window.controller().profile().clone();
    assert_eq!(profile.pace_ok_wpm, [110.0, 155.0]);
    assert_eq!(profile.pace_red_wpm, [100.0, 155.0]);
    assert_eq!(window.session().profile(), &profile);
    let text = std::fs::read_to_string(&file).expect("the profile can be read");
    assert!(
        text.contains("# as my coach says\npause_red = 3.5 # at most\n"),
        "the user's comments should stay: {text}"
    );
    assert!(
        !text.contains("time_quiet"),
        "unchanged ranges should not be written: {text}"
    );

    let mut window = window.reopen();
    assert_eq!(window.controller().profile(), &profile);
    window.press_all([Key::Comma, Key::D]);
    assert_eq!(window.controller().profile(), &Profile::default());
    window.expect_no_text("Restore default ranges");
}

#[test]
fn microphone_test_is_judged_and_not_saved() {
    let mut window = open();
    window.expect_no_text("Loud enough.");
    window.press(Key::M);
    window.expect_text("Speak now");
    window.wait_for_text("Test microphone");
    window.expect_no_text("Speak now");
    window.expect_text("Loud enough.");
    assert_eq!(window.controller().mic_test_samples().len(), 48_000);
    window.press(Key::H);
    assert!(
        window.shows("Stop") || window.shows("No loudspeaker found"),
        "the test should be played, or the missing loudspeaker reported"
    );
    window.wait_for_text("Play test");
    window.expect_no_text("Stop");
    window.press(Key::Escape);
    let samples = window.controller().mic_test_samples();
    assert!(samples.is_empty(), "the test should be discarded");
    let takes = window.controller().store().folder().join("takes");
    assert!(!takes.exists(), "the test should not be saved as a take");
}

#[test]
fn speech_model_is_changed_immediately_and_after_a_restart() {
    let setup = setup().prepare(|store| {
        std::fs::create_dir_all(store.models()).expect("the folder is created");
        std::fs::write(store.models().join("ggml-mine.bin"), "no model")
            .expect("the file is written");
    });
    let mut window = setup.open();
    window.press(Key::Comma);
    choose_model(&mut window, "mine");
    window.wait_for_text("Unusable: takes are saved but not transcribed.");
    assert_eq!(window.saved_settings().model.as_deref(), Some("mine"));

    let mut window = window.reopen();
    window.wait_for_text("Speech model unusable");
    window.press(Key::Comma);
    choose_model(&mut window, "tiny.en-q8_0");
    window.wait_for_text(USABLE_MODEL);
}

/// Chooses a speech model by keyboard.
fn choose_model(window: &mut Window, model: &str) {
    window.tab_to("Speech model");
    window.press(Key::Space);
    window.focus(model);
    window.press(Key::Enter);
}
