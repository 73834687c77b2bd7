//! The transcript: planned phrases are underlined, fillers dotted, and pauses are gaps with their length.

use std::ops::Range;

use egui::text::{CCursor, LayoutJob, TextFormat};
use egui::{Align, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::analysis::Feedback;
use crate::analysis::delivery::fillers::Origin;
use crate::domain::time::{Secs, clock};
use crate::domain::transcript;
use crate::domain::transcript::{Transcript, Word};
use crate::gui::theme;
use crate::gui::theme::{LARGE, SMALL, SPACE};

/// How much of the page is scrolled into view above and below the word that is played.
const IN_SIGHT: f32 = 50.0;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Pause,
    Phrase,
    Filler,
}

/// A piece of the text: a word, or a filled pause that the recognizer did not transcribe.
struct Piece<'a> {
    text: &'a str,
    start: Secs,
    sound: bool,
    mark: Option<Mark>,
}

/// The position of the player.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Listening {
    /// The position that is played, or was played last.
    pub at: Secs,
    /// Whether it is being played.
    pub playing: bool,
}

/// Draws the words, with the word at the position of the player highlighted. Returns the start of the word that was
/// clicked.
pub fn transcript_ui(
    ui: &mut Ui,
    transcript: &Transcript,
    feedback: &Feedback,
    listening: Option<Listening>,
) -> Option<Secs> {
    let palette = theme::palette(ui);
    let word_format = TextFormat {
        line_height: Some(LARGE * 1.6),
        ..TextFormat::simple(theme::regular(LARGE), palette.text)
    };
    let gap_format = TextFormat {
        line_height: Some(LARGE * 1.6),
        valign: Align::Center,
        ..TextFormat::simple(theme::regular(SMALL), palette.dim)
    };
    let mut job = LayoutJob::default();
    job.wrap.max_width = ui.available_width();
    let mut length = 0;
    let mut append = |job: &mut LayoutJob, text: &str, format: &TextFormat| {
        job.append(text, 0.0, format.clone());
        let from = length;
        length += text.chars().count();
        from..length
    };
    let mut pauses = feedback.pauses.iter().peekable();
    let mut marks = Vec::new();
    let mut words = Vec::new();
    let mut before: Option<Option<Mark>> = None;
    for piece in pieces(transcript, feedback) {
        let mark = piece.mark;
        let mut joined = false;
        // A pause stands before the first word that begins after its middle.
        while let Some(pause) = pauses.next_if(|p| (p.start + p.end) / 2.0 <= piece.start) {
            if before.is_some() {
                append(&mut job, " ", &word_format);
            }
            let label = format!("\u{a0}{:.1}\u{a0}s\u{a0}", pause.span().len());
            marks.push((append(&mut job, &label, &gap_format), Mark::Pause, false));
            before = Some(None);
        }
        if let Some(before) = before {
            append(&mut job, " ", &word_format);
            joined = before == mark;
        }
        let format = match piece.sound {
            true => &gap_format,
            false => &word_format,
        };
        let at = append(&mut job, piece.text, format);
        words.push((at.clone(), piece.text, piece.start));
        marks.extend(mark.map(|mark| (at, mark, joined)));
        before = Some(mark);
    }

    let galley = ui.painter().layout_job(job);
    let (rect, response) = ui.allocate_exact_size(galley.size(), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, transcript.text()));
    let ends = |at: &Range<usize>| {
        let from = galley.pos_from_cursor(CCursor {
            prefer_next_row: true,
            ..CCursor::new(at.start)
        });
        (from, galley.pos_from_cursor(CCursor::new(at.end)))
    };
    let heard = listening.and_then(|listening| {
        let begun = |(_, _, start): &(Range<usize>, &str, Secs)| *start <= listening.at + 0.01;
        words.iter().rposition(begun)
    });
    let mut from_here = None;
    for (place, (at, text, start)) in words.iter().enumerate() {
        let (from, to) = ends(at);
        let word = Rect::from_min_max(from.min, to.max).translate(rect.min.to_vec2());
        let word = Rect::from_center_size(word.center(), vec2(word.width(), LARGE * 1.45));
        // Not focusable: the arrow keys go from word to word, and a hundred tab stops would be in the way.
        let word_id = response.id.with(place);
        let response = ui.interact(word, word_id, Sense::CLICK);
        let label = format!("Play from {text}, {}", clock(*start));
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
        let around = word.expand2(vec2(2.0, 0.0));
        if heard == Some(place) {
            let playing = listening.is_some_and(|listening| listening.playing);
            ui.painter()
                .rect_filled(around, 4.0, palette.lit_word(playing));
            follow(ui, word, place, playing);
        } else if response.hovered() {
            ui.painter().rect_filled(around, 4.0, palette.raised);
        }
        if response.clicked() {
            from_here = Some(*start);
        }
    }
    let mut last = Rect::NOTHING;
    for (at, mark, joined) in marks {
        let (mut from, to) = ends(&at);
        if joined && last.min.y == from.min.y {
            from.min.x = last.max.x;
        }
        last = Rect::from_min_max(from.min, to.max);
        let word = Rect::from_min_max(from.min, to.max).translate(rect.min.to_vec2());
        let y = word.center().y + LARGE * 0.62;
        match mark {
            Mark::Pause => {
                let gap = Rect::from_center_size(word.center(), vec2(word.width(), 22.0));
                ui.painter().rect_filled(gap, 4.0, palette.raised);
            }
            Mark::Phrase => {
                let ends = [pos2(word.left(), y), pos2(word.right(), y)];
                ui.painter()
                    .line_segment(ends, Stroke::new(2.0, palette.accent));
            }
            Mark::Filler => dots(ui, word.left(), word.right(), y),
        }
    }
    ui.painter().galley(rect.min, galley, palette.text);
    from_here
}

/// Scrolls along with the words that are played. If the user has scrolled away, so that the previous word is not
/// visible, nothing scrolls.
fn follow(ui: &Ui, word: Rect, place: usize, playing: bool) {
    let id = ui.scope_id().with("followed");
    let seen = ui.clip_rect().y_range().contains(word.center().y);
    let before: Option<(usize, bool)> = ui.data(|data| data.get_temp(id));
    let went_on = before.is_some_and(|(other, seen)| seen && other != place);
    let follows = playing && went_on && !seen;
    if follows {
        let still = egui::style::ScrollAnimation::none();
        let around = word.expand2(vec2(0.0, IN_SIGHT));
        ui.scroll_to_rect_animation(around, None, still);
    }
    ui.data_mut(|data| data.insert_temp(id, (place, seen || follows)));
}

fn pieces<'a>(transcript: &'a Transcript, feedback: &'a Feedback) -> Vec<Piece<'a>> {
    let words = transcript.words.iter().map(|word| Piece {
        text: &word.text,
        start: word.start,
        sound: false,
        mark: mark(feedback, word),
    });
    let sounds = feedback.fillers.iter().filter(|f| f.from == Origin::Sound);
    let sounds = sounds.map(|filler| Piece {
        text: &filler.text,
        start: filler.start,
        sound: true,
        mark: Some(Mark::Filler),
    });
    let mut pieces: Vec<Piece> = words.chain(sounds).collect();
    pieces.sort_by(|a, b| a.start.total_cmp(&b.start));
    pieces
}

/// Draws what the marks mean.
pub fn legend_ui(ui: &mut Ui) {
    let palette = theme::palette(ui);
    let under = |sample: Rect| sample.center().y + 0.75 * SMALL;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[3];
        ui.spacing_mut().interact_size.y = 0.0;
        let sample = ui.label(theme::dim(ui, "planned phrase", SMALL)).rect;
        let (left, right, y) = (sample.left(), sample.right(), under(sample));
        let ends = [pos2(left, y), pos2(right, y)];
        ui.painter()
            .line_segment(ends, Stroke::new(2.0, palette.accent));
        let sample = ui.label(theme::dim(ui, "filler", SMALL)).rect;
        dots(ui, sample.left(), sample.right(), under(sample));
        ui.label(theme::dim(ui, "\u{a0}0.8\u{a0}s\u{a0}", SMALL).background_color(palette.raised));
        ui.label(theme::dim(ui, "pause", SMALL));
    });
}

fn dots(ui: &Ui, left: f32, right: f32, y: f32) {
    let color = theme::palette(ui).amber;
    let mut x = left + 1.5;
    while x < right {
        ui.painter().circle_filled(pos2(x, y), 1.5, color);
        x += 5.0;
    }
}

/// What a word is part of. Words are matched by time and also by text, as the recognizer may give several words the
/// same time.
fn mark(feedback: &Feedback, word: &Word) -> Option<Mark> {
    let middle = (word.start + word.end) / 2.0;
    let inside = |start: Secs, end: Secs, said: &str| {
        let plain = word.plain();
        (start..=end).contains(&middle)
            && said
                .split_whitespace()
                .any(|s| transcript::plain(s) == plain)
    };
    let mut fillers = feedback.fillers.iter().filter(|f| f.from == Origin::Word);
    let mut phrases = feedback.phrases.iter();
    if fillers.any(|filler| inside(filler.start, filler.end, &filler.text)) {
        return Some(Mark::Filler);
    }
    let phrase = phrases.any(|phrase| match (phrase.start, phrase.end, &phrase.said) {
        (Some(start), Some(end), Some(said)) => inside(start, end, said),
        _ => false,
    });
    phrase.then_some(Mark::Phrase)
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable;

    use super::*;
    use crate::analysis::analyze;
    use crate::domain::profile::Profile;
    use crate::domain::story::{Level, Part, SectionKind};
    use crate::domain::take::{Audio, Take, TakeId, Transcription, TranscriptionStats};
    use crate::domain::voice::Voice;

    const WORDS: usize = 300;
    const VIEW: f32 = 200.0;

    /// Numbered words of half a second each.
    fn take() -> Take {
        let words = (0..WORDS).map(|number| Word {
            text: format!("w{number:03}"),
            start: number as f64 / 2.0,
            end: number as f64 / 2.0 + 0.4,
            confidence: 0.9,
        });
        Take {
            id: TakeId("test".to_owned()),
            story: "webhook-drop".to_owned(),
            part: Part::Section(SectionKind::Action),
            level: Level::Sde2,
            audio: Audio {
                seconds: WORDS as f64 / 2.0,
                sample_rate_hz: 16_000,
                channels: 1,
                ..Audio::default()
            },
            heard: Some(Transcription {
                voice: Voice::default(),
                transcript: Transcript {
                    words: words.collect(),
                },
                engine: TranscriptionStats {
                    model: "test".to_owned(),
                    threads: 1,
                    cpu_seconds: None,
                    wall_seconds: 0.0,
                },
            }),
        }
    }

    /// A window that is too low for the text, and the position of the player.
    fn window() -> Harness<'static, Listening> {
        let story = crate::domain::story_file::parse(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/content/webhook-drop.toml"
        )));
        let take = take();
        let feedback = analyze(&take, &story.expect("a story"), &Profile::default());
        let (feedback, heard) = (feedback.expect("read"), take.heard.expect("heard"));
        let playing = Listening {
            at: 0.0,
            playing: true,
        };
        Harness::builder()
            .with_size(vec2(400.0, VIEW))
            .with_context_setup(theme::install)
            .build_ui_state(
                move |ui, listening: &mut Listening| {
                    egui::ScrollArea::vertical().show(ui, |ui| {
                        transcript_ui(ui, &heard.transcript, &feedback, Some(*listening));
                    });
                },
                playing,
            )
    }

    /// The rectangle of the word that is played.
    fn lit(window: &Harness<Listening>) -> Rect {
        let word = (2.0 * window.state().at) as usize;
        let name = format!("Play from w{word:03}, ");
        window.get_by_label_contains(&name).rect()
    }

    fn is_seen(window: &Harness<Listening>) -> bool {
        (0.0..=VIEW).contains(&lit(window).center().y)
    }

    #[test]
    fn the_word_that_is_heard_stays_in_sight() {
        let mut window = window();
        window.run_steps(2);
        for word in 0..WORDS {
            window.state_mut().at = word as f64 / 2.0;
            // The scrolling takes effect in the next frame.
            window.run_steps(4);
            assert!(is_seen(&window), "word {word} is at {:?}", lit(&window));
        }
        // Back to the start.
        window.state_mut().at = 0.0;
        window.run_steps(4);
        assert!(is_seen(&window));
    }

    #[test]
    fn whoever_looks_elsewhere_is_left_there() {
        let mut window = window();
        window.run_steps(2);
        window.state_mut().playing = false;
        window.state_mut().at = 100.0;
        window.run_steps(2);
        assert!(!is_seen(&window), "scrolled although nothing is played");
        window.state_mut().playing = true;
        let stood = lit(&window);
        window.state_mut().at = 100.5;
        window.run_steps(2);
        window.state_mut().at = 100.0;
        window.run_steps(4);
        assert_eq!(lit(&window), stood);
    }
}
