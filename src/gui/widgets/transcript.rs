//! The transcript: planned phrases are underlined, fillers dotted, and pauses are gaps with their length.

use std::ops::Range;

use egui::text::{CCursor, LayoutJob, TextFormat};
use egui::{Align, Galley, Pos2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::analysis::Feedback;
use crate::analysis::delivery::fillers::Origin;
use crate::domain::time::{Secs, clock};
use crate::domain::transcript;
use crate::domain::transcript::{Transcript, Word};
use crate::gui::theme;
use crate::gui::theme::{LARGE, SMALL, SPACE};

/// How much of the page is scrolled into view above and below the word that is played.
const VISIBLE_AROUND_WORD: f32 = 50.0;

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
    is_filled_pause: bool,
    mark: Option<Mark>,
}

/// The text that is laid out. All ranges are in characters.
struct MarkedText<'a> {
    job: LayoutJob,
    /// The range, text and start of each word.
    words: Vec<(Range<usize>, &'a str, Secs)>,
    /// The range of each mark, and whether it is joined with the previous one.
    marks: Vec<(Range<usize>, Mark, bool)>,
}

/// The position of the player.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlayerPosition {
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
    player: Option<PlayerPosition>,
) -> Option<Secs> {
    let palette = theme::palette(ui);
    let MarkedText { job, words, marks } = marked_text(ui, transcript, feedback);
    let galley = ui.painter().layout_job(job);
    let (rect, response) = ui.allocate_exact_size(galley.size(), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, transcript.text()));
    let current = player.and_then(|player| {
        let has_started = |(_, _, start): &(Range<usize>, &str, Secs)| *start <= player.at + 0.01;
        words.iter().rposition(has_started)
    });
    let mut clicked = None;
    for (index, (at, text, start)) in words.iter().enumerate() {
        let (from, to) = cursors(&galley, at);
        let word = Rect::from_min_max(from.min, to.max).translate(rect.min.to_vec2());
        let word = Rect::from_center_size(word.center(), vec2(word.width(), LARGE * 1.45));
        // Not focusable: the arrow keys go from word to word, and a hundred tab stops would be too many.
        let word_id = response.id.with(index);
        let response = ui.interact(word, word_id, Sense::CLICK);
        let label = format!("Play from {text}, {}", clock(*start));
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
        let around = word.expand2(vec2(2.0, 0.0));
        if current == Some(index) {
            let playing = player.is_some_and(|player| player.playing);
            ui.painter()
                .rect_filled(around, 4.0, palette.played_word(playing));
            follow(ui, word, index, playing);
        } else if response.hovered() {
            ui.painter().rect_filled(around, 4.0, palette.raised);
        }
        if response.clicked() {
            clicked = Some(*start);
        }
    }
    marks_ui(ui, &galley, rect.min, &marks);
    ui.painter().galley(rect.min, galley, palette.text);
    clicked
}

/// Lays out the words, with pauses between them. All ranges are in characters.
fn marked_text<'a>(ui: &Ui, transcript: &'a Transcript, feedback: &'a Feedback) -> MarkedText<'a> {
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
    let mut previous: Option<Option<Mark>> = None;
    for piece in pieces(transcript, feedback) {
        let mark = piece.mark;
        let mut joined = false;
        // A pause is shown before the first word that begins after its middle.
        while let Some(pause) = pauses.next_if(|p| (p.start + p.end) / 2.0 <= piece.start) {
            if previous.is_some() {
                append(&mut job, " ", &word_format);
            }
            let label = format!("\u{a0}{:.1}\u{a0}s\u{a0}", pause.span().len());
            marks.push((append(&mut job, &label, &gap_format), Mark::Pause, false));
            previous = Some(None);
        }
        if let Some(previous) = previous {
            append(&mut job, " ", &word_format);
            joined = previous == mark;
        }
        let format = match piece.is_filled_pause {
            true => &gap_format,
            false => &word_format,
        };
        let at = append(&mut job, piece.text, format);
        words.push((at.clone(), piece.text, piece.start));
        marks.extend(mark.map(|mark| (at, mark, joined)));
        previous = Some(mark);
    }
    MarkedText { job, words, marks }
}

/// The positions of the start and the end of a range.
fn cursors(galley: &Galley, at: &Range<usize>) -> (Rect, Rect) {
    let from = galley.pos_from_cursor(CCursor {
        prefer_next_row: true,
        ..CCursor::new(at.start)
    });
    (from, galley.pos_from_cursor(CCursor::new(at.end)))
}

/// Draws the marks below the text. A mark that continues the previous one is joined with it.
fn marks_ui(ui: &Ui, galley: &Galley, origin: Pos2, marks: &[(Range<usize>, Mark, bool)]) {
    let palette = theme::palette(ui);
    let mut last = Rect::NOTHING;
    for (at, mark, joined) in marks {
        let (mut from, to) = cursors(galley, at);
        if *joined && last.min.y == from.min.y {
            from.min.x = last.max.x;
        }
        last = Rect::from_min_max(from.min, to.max);
        let word = Rect::from_min_max(from.min, to.max).translate(origin.to_vec2());
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
}

/// Scrolls along with the words that are played. If the user has scrolled away, so that the previous word is not
/// visible, nothing scrolls.
fn follow(ui: &Ui, word: Rect, index: usize, playing: bool) {
    let id = ui.scope_id().with("followed");
    let is_visible = ui.clip_rect().y_range().contains(word.center().y);
    let previous: Option<(usize, bool)> = ui.data(|data| data.get_temp(id));
    let advanced = previous.is_some_and(|(other, is_visible)| is_visible && other != index);
    let scrolls = playing && advanced && !is_visible;
    if scrolls {
        let no_animation = egui::style::ScrollAnimation::none();
        let around = word.expand2(vec2(0.0, VISIBLE_AROUND_WORD));
        ui.scroll_to_rect_animation(around, None, no_animation);
    }
    ui.data_mut(|data| data.insert_temp(id, (index, is_visible || scrolls)));
}

fn pieces<'a>(transcript: &'a Transcript, feedback: &'a Feedback) -> Vec<Piece<'a>> {
    let words = transcript.words.iter().map(|word| Piece {
        text: &word.text,
        start: word.start,
        is_filled_pause: false,
        mark: mark(feedback, word),
    });
    let filled_pauses = feedback.fillers.iter().filter(|f| f.from == Origin::Sound);
    let filled_pauses = filled_pauses.map(|filler| Piece {
        text: &filler.text,
        start: filler.start,
        is_filled_pause: true,
        mark: Some(Mark::Filler),
    });
    let mut pieces: Vec<Piece> = words.chain(filled_pauses).collect();
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
        let cursors = [pos2(left, y), pos2(right, y)];
        ui.painter()
            .line_segment(cursors, Stroke::new(2.0, palette.accent));
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

/// The mark of a word. Words are matched by time and also by text, as the recognizer may give several words the
/// same time.
fn mark(feedback: &Feedback, word: &Word) -> Option<Mark> {
    let middle = (word.start + word.end) / 2.0;
    let contains = |start: Secs, end: Secs, text: &str| {
        let plain = word.plain();
        (start..=end).contains(&middle)
            && text
                .split_whitespace()
                .any(|s| transcript::plain(s) == plain)
    };
    let mut fillers = feedback.fillers.iter().filter(|f| f.from == Origin::Word);
    let mut phrases = feedback.phrases.iter();
    if fillers.any(|filler| contains(filler.start, filler.end, &filler.text)) {
        return Some(Mark::Filler);
    }
    let phrase = phrases.any(
        |phrase| match (phrase.start, phrase.end, &phrase.match_text) {
            (Some(start), Some(end), Some(text)) => contains(start, end, text),
            _ => false,
        },
    );
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
            level: Level::Mid,
            audio: Audio {
                seconds: WORDS as f64 / 2.0,
                sample_rate_hz: 16_000,
                channels: 1,
                ..Audio::default()
            },
            transcription: Some(Transcription {
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
    fn window() -> Harness<'static, PlayerPosition> {
        let story = crate::domain::story_file::parse(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/content/webhook-drop.toml"
        )));
        let take = take();
        let feedback = analyze(&take, &story.expect("a story"), &Profile::default());
        let (feedback, current) = (
            feedback.expect("feedback"),
            take.transcription.expect("a transcription"),
        );
        let playing = PlayerPosition {
            at: 0.0,
            playing: true,
        };
        Harness::builder()
            .with_size(vec2(400.0, VIEW))
            .with_context_setup(theme::install)
            .build_ui_state(
                move |ui, player: &mut PlayerPosition| {
                    egui::ScrollArea::vertical().show(ui, |ui| {
                        transcript_ui(ui, &current.transcript, &feedback, Some(*player));
                    });
                },
                playing,
            )
    }

    /// The rectangle of the word that is played.
    fn played_word(window: &Harness<PlayerPosition>) -> Rect {
        let word = (2.0 * window.state().at) as usize;
        let name = format!("Play from w{word:03}, ");
        window.get_by_label_contains(&name).rect()
    }

    fn is_visible(window: &Harness<PlayerPosition>) -> bool {
        (0.0..=VIEW).contains(&played_word(window).center().y)
    }

    #[test]
    fn played_word_stays_visible() {
        let mut window = window();
        window.run_steps(2);
        for word in 0..WORDS {
            window.state_mut().at = word as f64 / 2.0;
            // The scrolling takes effect in the next frame.
            window.run_steps(4);
            assert!(
                is_visible(&window),
                "word {word} is at {:?}",
                played_word(&window)
            );
        }
        // Back to the start.
        window.state_mut().at = 0.0;
        window.run_steps(4);
        assert!(is_visible(&window));
    }

    #[test]
    fn transcript_does_not_scroll_after_user_scrolled_away() {
        let mut window = window();
        window.run_steps(2);
        window.state_mut().playing = false;
        window.state_mut().at = 100.0;
        window.run_steps(2);
        assert!(!is_visible(&window), "scrolled although nothing is played");
        window.state_mut().playing = true;
        let before = played_word(&window);
        window.state_mut().at = 100.5;
        window.run_steps(2);
        window.state_mut().at = 100.0;
        window.run_steps(4);
        assert_eq!(played_word(&window), before);
    }
}
