//! Learning a story: its pages, and practicing from them.

use std::time::Duration;

use egui::{Event, Key, Modifiers, pos2, vec2};
use starling::app::ModelState;
use starling::domain::story::Story;
use starling::gui::FULL_SIZE;

use crate::common::builders::webhook_story;
use crate::harness::{FRAME_SECS, STORY, Setup, Window, text_of};

/// Home, with the story selected. Nothing is transcribed.
pub fn open() -> Window {
    let setup = Setup::new().missing_model().story(STORY);
    setup.scrolling_pages().open()
}

/// A page of the story, by its key.
fn open_page(page: Key) -> (Window, Story) {
    let mut window = open();
    window.press_all([Key::L, page]);
    let story = webhook_story();
    (window, story)
}

/// A text of a story as the window shows it, in one line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn first_pages_show_what_to_remember_and_each_section() {
    let mut window = open();
    let story = webhook_story();
    window.expect_text("Learn");
    window.press(Key::L);
    window.expect_texts(["Learn \u{b7} The webhook nobody owned", "What to remember"]);
    for takeaway in &story.takeaways {
        window.expect_text(takeaway);
    }
    for section in &story.sections {
        window.press(Key::ArrowDown);
        window.expect_texts([
            &section.purpose,
            "Example answer",
            &one_line(&section.strong),
            section.coaching.trim(),
            section.mistake.trim(),
        ]);
        for phrase in &section.phrases {
            window.expect_texts([&phrase.say, &phrase.proves]);
        }
    }
}

#[test]
fn pages_of_levels_principles_and_follow_ups_show_all_of_them() {
    let (mut window, story) = open_page(Key::Num6);
    window.press(Key::ArrowDown);
    for plan in &story.levels {
        window.expect_texts([plan.focus.trim(), plan.reflection.trim(), plan.bar.trim()]);
    }
    window.press(Key::ArrowDown);
    for reframing in &story.reframings {
        window.expect_texts([
            &reframing.principle,
            reframing.lead.trim(),
            reframing.emphasize.trim(),
            reframing.downplay.trim(),
        ]);
    }
    window.press(Key::ArrowDown);
    for (index, follow_up) in story.follow_ups.iter().enumerate() {
        if index > 0 {
            window.press(Key::ArrowRight);
        }
        window.expect_texts([
            follow_up.question.trim(),
            follow_up.probes.trim(),
            follow_up.weak.trim(),
            follow_up.weak_because.trim(),
            follow_up.strong.trim(),
            follow_up.line.say.trim(),
            follow_up.line.proves.trim(),
        ]);
    }
}

#[test]
fn last_pages_are_the_weak_answer_and_the_quiz() {
    let (mut window, story) = open_page(Key::Num9);
    window.press(Key::ArrowDown);
    window.expect_text(story.weak_answer.verdict.trim());
    let flaws = story.weak_answer.flaws.len();
    for flaw in 0..flaws {
        assert!(
            !explains(&window, &story, flaw),
            "flaw {flaw} is explained before it is selected"
        );
        window.press(Key::ArrowRight);
        expect_explanation(&window, &story, flaw);
    }
    window.press(Key::ArrowLeft);
    expect_explanation(&window, &story, flaws - 2);

    window.press(Key::ArrowDown);
    window.expect_text("Question 1 of 3");
    // There is no page after the quiz.
    window.press(Key::ArrowDown);
    window.expect_text("Question 1 of 3");
}

/// On a French keyboard the digits need Shift, and their keys type marks without it: `'` at 4, and `-` at 6. On a
/// Hebrew one, the key of Q types a slash.
#[test]
fn pages_are_reached_from_keyboards_where_keys_type_other_marks() {
    let (mut window, story) = open_page(Key::Num1);
    let (plain, shift) = (Modifiers::NONE, Modifiers::SHIFT);
    for (key, place, modifiers, section) in [
        (Key::Quote, Key::Num4, plain, 2),
        (Key::Minus, Key::Num6, plain, 4),
        (Key::Num3, Key::Num3, shift, 1),
        (Key::Num5, Key::Num5, shift, 3),
        (Key::Plus, Key::Num2, plain, 0),
        // The keypad without Num Lock, and a mark that needs Shift: neither is a digit.
        (Key::End, Key::Num6, plain, 0),
        (Key::Exclamationmark, Key::Num5, shift, 0),
    ] {
        window.send_input([true, false].map(|pressed| Event::Key {
            key,
            physical_key: Some(place),
            pressed,
            repeat: false,
            modifiers,
        }));
        window.expect_text(&story.sections[section].purpose);
    }
    window.send_input([Event::Key {
        key: Key::Slash,
        physical_key: Some(Key::Q),
        pressed: true,
        repeat: false,
        modifiers: plain,
    }]);
    window.expect_text("Question 1 of 3");
}

#[test]
fn each_page_has_a_key_and_the_last_one_is_remembered() {
    let (mut window, story) = open_page(Key::Num5);
    window.expect_text(&story.sections[3].purpose);
    window.press(Key::Escape);
    window.expect_text("Five sections, 2:55 in total");
    window.press(Key::L);
    window.expect_text(&story.sections[3].purpose);
    window.press(Key::Num9);
    window.expect_text(&story.follow_ups[0].question);
    window.press(Key::ArrowRight);
    window.press(Key::Num1);
    window.expect_text("What to remember");
    // The follow-up is remembered, too.
    window.press(Key::Num9);
    window.expect_text(&story.follow_ups[1].question);
}

/// Whether the explanation of a flaw is shown. A screen reader always finds it once, at the mark of the flaw.
fn explains(window: &Window, story: &Story, flaw: usize) -> bool {
    window.count(&story.weak_answer.flaws[flaw].because) > 1
}

#[track_caller]
fn expect_explanation(window: &Window, story: &Story, flaw: usize) {
    assert!(
        explains(window, story, flaw),
        "the explanation of flaw {flaw} should be shown"
    );
}

#[test]
fn flaw_is_explained_when_hovered_selected_or_focused() {
    let (mut window, story) = open_page(Key::Num0);
    let flaws = story.weak_answer.flaws.len();
    let mark = |number: usize| format!("Flaw {number} of {flaws}: ");
    let center = window.control(&mark(4)).rect().center();
    window.hover(center);
    expect_explanation(&window, &story, 3);
    // The keyboard wins over a pointer that does not move.
    window.press(Key::ArrowRight);
    expect_explanation(&window, &story, 0);
    assert!(
        !explains(&window, &story, 3),
        "only the selected flaw should be explained"
    );
    // The page may have scrolled to the explanation.
    let center = window.control(&mark(4)).rect().center();
    window.hover(center + vec2(2.0, 0.0));
    expect_explanation(&window, &story, 3);
    window.hover(pos2(FULL_SIZE[0] - 2.0, 80.0));
    assert!(
        !explains(&window, &story, 3),
        "the explanation should go with the pointer"
    );
    window.focus(&mark(2));
    expect_explanation(&window, &story, 1);
}

#[test]
fn section_is_practiced_from_its_page_and_left_to_it() {
    let (mut window, _) = open_page(Key::Num4);
    window.press(Key::P);
    window.expect_text("Section 3 of 5");
    window.press(Key::Escape);
    window.expect_texts(["Example answer", "Practice this section"]);
    window.press(Key::Escape);
    window.expect_text("Five sections, 2:55 in total");
}

#[test]
fn follow_up_is_practiced_from_its_page() {
    let (mut window, story) = open_page(Key::Num9);
    let parts = 1 + story.follow_ups.len();
    window.press(Key::ArrowRight);
    window.click("Practice this question");
    window.expect_texts([
        &format!("Part 3 of {parts}"),
        "Go to Follow-up 2, current",
        &story.follow_ups[1].question,
        &story.follow_ups[1].line.say,
        "What it probes",
    ]);
    window.press(Key::N);
    window.expect_text("Go to Follow-up 3, current");
    window.press(Key::Escape);
    window.expect_text(&story.follow_ups[1].weak);
    window.press(Key::P);
    window.expect_text("Go to Follow-up 2, current");
}

#[test]
fn whole_answer_is_practiced_from_the_first_page() {
    let (mut window, story) = open_page(Key::Num1);
    let parts = 1 + story.follow_ups.len();
    window.press(Key::P);
    window.expect_texts(["Go to Whole answer, current", &format!("Part 1 of {parts}")]);
    window.press(Key::E);
    for section in &story.sections {
        window.expect_text(section.strong.trim());
    }
    window.press(Key::N);
    window.expect_text("Go to Follow-up 1, current");
}

#[test]
fn whole_answer_is_practiced_from_a_section() {
    let mut window = open();
    let parts = 1 + webhook_story().follow_ups.len();
    window.press(Key::Enter);
    window.press(Key::W);
    window.expect_text("Go to Whole answer, current");
    window.expect_no_text("Practice whole answer");
    window.click("Go to Overview");
    window.expect_text(&format!("0 of {parts} parts practiced"));
    window.press(Key::Escape);
    window.expect_text("Five sections, 2:55 in total");
}

#[test]
fn level_and_principle_of_home_are_marked_on_the_pages() {
    let (mut window, story) = open_page(Key::Num6);
    let (plan, reframing) = (&story.levels[0], &story.reframings[0]);
    let own_reflection = story.sections[4].strong.trim();
    assert_ne!(plan.level, story.level);
    window.expect_text(own_reflection);
    window.press(Key::Num8);
    window.expect_text(&format!("Written for {}, as selected", story.principle));
    // Another level and principle.
    window.press_all([Key::Escape, Key::Num1, Key::P, Key::L]);
    window.expect_text(&format!("{}, selected", reframing.principle));
    window.expect_no_text(&format!("{}, selected", story.reframings[1].principle));
    window.press(Key::Num7);
    window.expect_text(&format!("{}, selected", story.level_label(plan.level)));
    window.press(Key::Num6);
    window.expect_texts([&one_line(&plan.reflection), plan.focus.trim()]);
    window.expect_no_text(own_reflection);
}

#[test]
fn level_and_principle_of_home_are_shown_in_practice_and_interview() {
    let mut window = open();
    let story = webhook_story();
    let (plan, reframing) = (&story.levels[0], &story.reframings[0]);
    let lead = format!("For {}: lead with ", reframing.principle);
    window.press_all([Key::Num1, Key::P, Key::L, Key::Num6, Key::P, Key::E]);
    window.expect_texts([
        "Section 5 of 5",
        &one_line(&plan.reflection),
        &format!("As {}", story.level_label(plan.level)),
        plan.focus.trim(),
        &lead,
    ]);
    window.press_all([Key::Escape, Key::Escape, Key::I, Key::Enter]);
    window.expect_texts([&story.question, &lead]);
}

#[test]
fn example_is_read_along_at_a_chosen_rate() {
    let (mut window, story) = open_page(Key::Num2);
    let words = one_line(&story.sections[0].strong);
    let words: Vec<&str> = words.split(' ').collect();
    let index_of = |word: &str| words.iter().position(|w| *w == word);
    window.expect_text("140 words/min");
    assert_eq!(highlighted_word(&window), None);
    let start = |window: &mut Window| {
        window.press(Key::Space);
        let word = highlighted_word(window).expect("a word is highlighted");
        let index = index_of(&word).expect("a word of the example");
        assert!(index < 3, "reading should start at the start: {word}");
    };
    start(&mut window);
    // In five seconds about a dozen words are read; long words and pauses count, too.
    window.frames(50);
    let word = highlighted_word(&window).expect("a word is highlighted");
    let index = index_of(&word).expect("a word of the example");
    assert!((6..20).contains(&index), "after 5 s: {word}");

    window.press(Key::Space);
    let paused_at = highlighted_word(&window);
    window.frames(30);
    assert_eq!(highlighted_word(&window), paused_at, "reading is paused");
    window.press_all([Key::ArrowRight; 4]);
    window.expect_text("170 words/min");
    assert_eq!(
        highlighted_word(&window),
        paused_at,
        "another rate should not move the highlight"
    );
    window.press(Key::R);
    assert_eq!(highlighted_word(&window), None);

    start(&mut window);
    let frames = 60.0 * (words.len() + 20) as f32 / 170.0 / FRAME_SECS;
    window.frames(frames as usize);
    assert_eq!(highlighted_word(&window), None, "reading ends at the end");
    start(&mut window);

    window.press(Key::Num4);
    assert_eq!(highlighted_word(&window), None, "another page");
    window.expect_text("170 words/min");
}

#[test]
fn page_follows_the_word_that_is_read() {
    let (mut window, _) = open_page(Key::Num4);
    window.press_all([Key::ArrowRight; 4]);
    window.expect_text("170 words/min");
    window.press(Key::Space);
    assert!(highlighted_word(&window).is_some(), "reading should start");
    for _ in 0..60 {
        window.frames(10);
        if highlighted_word(&window).is_none() {
            break;
        }
        window.expect_within_page("Read: ");
    }
}

/// The word that is highlighted while an example is read.
fn highlighted_word(window: &Window) -> Option<String> {
    let nodes = window.all("Read: ");
    let text = text_of(nodes.first()?);
    text.strip_prefix("Read: ").map(str::to_owned)
}

#[test]
fn page_is_redrawn_only_while_an_example_is_read() {
    let mut window = open();
    window.press(Key::L);
    window.wait_for("the end of loading the model", |window| {
        *window.controller().model() != ModelState::Loading
    });
    for page in [Key::Num2, Key::Num9, Key::Num0, Key::Q] {
        window.press(page);
        assert_eq!(window.repaint_delay(), Duration::MAX, "{page:?}");
    }
    // One frame per word.
    window.press(Key::Num2);
    window.press(Key::Space);
    let delay = window.repaint_delay();
    assert!(
        delay > Duration::ZERO && delay < Duration::from_secs(3),
        "the next frame should be drawn when the next word is due: {delay:?}"
    );
}
