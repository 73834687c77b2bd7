//! Every screen can be used without a mouse and with a screen reader, and shows its shortcuts.

use egui::accesskit::Action;
use egui::{Event, Key, Modifiers, Pos2, Rect, Role};
use egui_kittest::Node;
use egui_kittest::kittest::NodeT;
use starling::domain::story::SectionKind;
use starling::gui::FULL_SIZE;

use crate::common::builders::webhook_story;
use crate::harness::{Setup, Window, text_of};
use crate::past;

/// The window with two takes of the situation.
fn open() -> Window {
    let strong = &webhook_story().sections[0].strong;
    let take = |minute| past::transcribed(minute, SectionKind::Situation, strong);
    Setup::new()
        .real_time_clip("strong_situation_joe.flac")
        .past_takes([take(0), take(1)])
        .scrolling_pages()
        .open()
}

/// Waits for the screen that shows `text`. There, Tab leads to a visible control, and every control has a role
/// and a name.
#[track_caller]
fn expect_accessible(window: &mut Window, text: &str) {
    window.wait_for_text(text);
    window.press_for(Key::Tab, 6);
    let root = window.root();
    let controls: Vec<Node<'_>> = root.children_recursive().filter(is_operable).collect();
    assert!(!controls.is_empty(), "{text}: there is no control");

    let unnamed: Vec<String> = controls
        .iter()
        .filter(|control| !is_named(control))
        .map(|control| format!("{control:?} at {:?}", control.rect()))
        .collect();
    assert!(
        unnamed.is_empty(),
        "{text}: controls without name or role: {unnamed:#?}"
    );

    let focused: Vec<&Node<'_>> = controls
        .iter()
        .filter(|control| control.accesskit_node().is_focused())
        .collect();
    let [focused] = focused.as_slice() else {
        panic!("{text}: one control should have the focus: {focused:?}");
    };
    let view = Rect::from_min_size(Pos2::ZERO, FULL_SIZE.into());
    assert!(
        view.contains_rect(focused.rect()),
        "{text}: the focused control \"{}\" is out of view",
        text_of(focused)
    );
}

fn is_operable(node: &Node<'_>) -> bool {
    let node = node.accesskit_node();
    let supports = |action| node.data().supports_action(action);
    !node.is_hidden() && (supports(Action::Click) || supports(Action::Focus))
}

/// egui does not name scroll bars.
fn is_named(node: &Node<'_>) -> bool {
    let role = node.accesskit_node().role();
    let has_role = !matches!(role, Role::Unknown | Role::GenericContainer);
    has_role && (!text_of(node).trim().is_empty() || role == Role::ScrollBar)
}

#[test]
fn home_settings_and_help_are_accessible() {
    let mut window = open();
    expect_accessible(&mut window, "Five sections");
    window.press(Key::Questionmark);
    expect_accessible(&mut window, "Keyboard shortcuts");
    window.press(Key::Escape);
    window.press(Key::Comma);
    expect_accessible(&mut window, "Appearance");
    window.press(Key::Escape);
    window.press(Key::K);
    expect_accessible(&mut window, "What never happens");
    window.press(Key::Escape);
    expect_accessible(&mut window, "Five sections");
}

#[test]
fn learn_pages_and_quiz_are_accessible() {
    let mut window = open();
    let story = webhook_story();
    window.press(Key::L);
    expect_accessible(&mut window, "What to remember");
    for section in &story.sections {
        window.press(Key::ArrowDown);
        expect_accessible(&mut window, &section.purpose);
    }
    for page in [
        "Example reflection",
        "Lead with",
        "What it probes",
        "A bar raiser's assessment",
        "Question 1 of 3",
    ] {
        window.press(Key::ArrowDown);
        expect_accessible(&mut window, page);
    }
    for _ in 1..story.quiz.len() {
        window.press(Key::A);
        expect_accessible(&mut window, "A: ");
        window.tab_to("Next question");
        window.press(Key::Enter);
    }
    window.press(Key::A);
    window.tab_to("Score");
    window.press(Key::Enter);
    expect_accessible(&mut window, "of 3 correct");
    window.press(Key::Escape);
    expect_accessible(&mut window, "Five sections");
}

#[test]
fn practice_is_accessible_from_preparation_to_overview() {
    let mut window = open();
    window.tab_to("Practice");
    window.press(Key::Enter);
    expect_accessible(&mut window, "Section 1 of 5");
    window.tab_to("Start");
    window.press(Key::Space);
    expect_accessible(&mut window, "starts in");
    window.wait_for_text("left of 0:30");
    expect_accessible(&mut window, "recording");
    window.wait_for_answer_of(3.0);
    window.press(Key::Space);
    expect_accessible(&mut window, "What to do next");
    window.press(Key::C);
    expect_accessible(&mut window, "What changed");
    window.press(Key::C);
    for section in 2..=5 {
        window.press(Key::N);
        expect_accessible(&mut window, &format!("Section {section} of 5"));
    }
    window.press(Key::N);
    expect_accessible(&mut window, "1 of 5 sections practiced");
}

#[test]
fn mock_interview_is_accessible_from_setup_to_verdict() {
    let mut window = open();
    window.press(Key::I);
    expect_accessible(&mut window, "Answer format");
    window.tab_to("Start");
    window.press(Key::Enter);
    expect_accessible(&mut window, "Question 1 of 3");
    window.tab_to("Answer");
    window.press(Key::Space);
    window.wait_for_text("next section in");
    expect_accessible(&mut window, "recording");
    window.press(Key::Space);
    expect_accessible(&mut window, "Question 2 of 3");
    window.press(Key::E);
    expect_accessible(&mut window, "Likely hiring decision");
    window.press(Key::Escape);
    expect_accessible(&mut window, "the verdict is not saved");
    window.press(Key::Y);
    expect_accessible(&mut window, "Five sections");
}

#[test]
fn history_and_its_dialogs_are_accessible() {
    let mut window = open();
    window.press(Key::H);
    expect_accessible(&mut window, "2 takes");
    window.press(Key::Delete);
    expect_accessible(&mut window, "Cancel");
    window.press(Key::Escape);
    window.press(Key::X);
    expect_accessible(&mut window, "Format");
    window.press(Key::Escape);
    window.press(Key::A);
    expect_accessible(&mut window, "Erase all 2 takes?");
    window.press(Key::Escape);
    window.press(Key::T);
    expect_accessible(&mut window, "Best Situation: ");
    window.press(Key::Escape);
    window.press(Key::Escape);
    expect_accessible(&mut window, "Five sections");
}

#[test]
fn shortcuts_of_the_screen_are_shown_and_work_meanwhile() {
    let mut window = open();
    window.press(Key::Enter);
    window.press(Key::Questionmark);
    window.expect_texts(["Keyboard shortcuts", "Settings"]);
    window.press(Key::N);
    window.expect_text("Section 2 of 5");
    window.expect_no_text("Keyboard shortcuts");
    window.press(Key::Comma);
    window.expect_text("Appearance");
    window.press(Key::Escape);
    window.expect_text("Section 2 of 5");
}

#[test]
fn question_mark_opens_the_shortcuts_however_it_is_typed() {
    let mut window = open();
    window.press_with(Modifiers::SHIFT, Key::Questionmark);
    window.expect_texts(["Keyboard shortcuts", "Next control"]);
    window.press(Key::Escape);
    window.expect_no_text("Keyboard shortcuts");
    // If Shift is released first, another key is released than was pressed.
    for _ in 0..2 {
        let event = |key, pressed, modifiers| Event::Key {
            key,
            physical_key: None,
            pressed,
            repeat: false,
            modifiers,
        };
        window.send_input([
            event(Key::Questionmark, true, Modifiers::SHIFT),
            event(Key::Slash, false, Modifiers::NONE),
        ]);
        window.expect_text("Keyboard shortcuts");
        window.press(Key::Escape);
    }
}
