//! The caption: the newest words of an answer. Stable words have the text color, and words that may still
//! change are dim. Line breaks do not change, so only whole lines move.

use egui::text::{LayoutJob, TextFormat};
use egui::{Role, Sense, Ui, WidgetInfo, vec2};

use crate::domain::caption::Caption;
use crate::domain::take::TakeId;
use crate::domain::transcript::Word;
use crate::gui::theme;
use crate::gui::theme::{BODY, Palette};

const LINES: usize = 2;
const LINE_HEIGHT: f32 = 24.0;

/// The height of the caption, however many words there are.
pub const HEIGHT: f32 = LINES as f32 * LINE_HEIGHT;

/// How many lines above the visible ones stay in the layout. Older lines of a long answer are dropped.
const LINES_KEPT_ABOVE: usize = 4;

/// How much of the caption of a take has scrolled away.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct ScrollState {
    /// The lines that are dropped, and how many stable words they contain.
    lines: usize,
    words: usize,
    /// The top visible line. Older lines do not return.
    top: usize,
}

/// Draws the newest lines. A screen reader can read the stable words here, but does not announce them: it would
/// talk over the user.
pub fn caption_ui(ui: &mut Ui, take: &TakeId, caption: &Caption, width: f32) {
    let width = width.min(ui.available_width());
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::hover());
    let id = ui.scope_id().with(("caption", &take.0));
    let scroll: ScrollState = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let scroll = match scroll.words <= caption.confirmed.len() {
        true => scroll,
        false => ScrollState::default(),
    };
    let words = &caption.confirmed[scroll.words..];
    let stable = text(words);
    let palette = theme::palette(ui);
    let galley = ui
        .painter()
        .layout_job(job(&stable, &caption.tentative, palette, width));
    // Characters in each line, with the space at its break.
    let lines: Vec<usize> = galley
        .rows
        .iter()
        .map(|row| row.char_count_including_newline().0)
        .collect();
    let top = top(scroll, lines.len());
    let first_visible = top - scroll.lines;

    response.widget_info(|| {
        let above: usize = lines[..first_visible].iter().sum();
        let words: String = stable.chars().skip(above).collect();
        WidgetInfo::labeled(Role::Label, true, format!("Captions: {words}"))
    });
    let time = ui.style().animation_time;
    let offset = ui
        .ctx()
        .animate_value_with_time(id, top as f32 * LINE_HEIGHT, time);
    let offset = offset - scroll.lines as f32 * LINE_HEIGHT;
    ui.painter()
        .with_clip_rect(rect.intersect(ui.clip_rect()))
        .galley(rect.min - vec2(0.0, offset), galley, palette.text);

    let scroll = ScrollState { top, ..scroll };
    let scroll = drop_hidden_lines(scroll, words, &lines).unwrap_or(scroll);
    ui.data_mut(|data| data.insert_temp(id, scroll));
}

/// The line to show at the top, counted from the start of the take.
fn top(scroll: ScrollState, lines: usize) -> usize {
    let newest = scroll.lines + lines.saturating_sub(LINES);
    let last = scroll.lines + lines.saturating_sub(1);
    scroll.top.max(newest).min(last)
}

/// Drops lines that are well above the visible ones. The stable `words` fill `lines`, given by their numbers of
/// characters. A line that does not end with a stable word is kept.
fn drop_hidden_lines(scroll: ScrollState, words: &[Word], lines: &[usize]) -> Option<ScrollState> {
    let above = scroll.top - scroll.lines;
    if above <= LINES_KEPT_ABOVE {
        return None;
    }
    // One line is kept, so that it visibly scrolls away.
    let dropped_lines = above - 1;
    let char_count: usize = lines.get(..dropped_lines)?.iter().sum();
    let mut counted = 0;
    let dropped_words = words
        .iter()
        .take_while(|word| {
            counted += word.text.chars().count() + 1;
            counted <= char_count
        })
        .count();
    let word_chars: usize = words[..dropped_words]
        .iter()
        .map(|word| word.text.chars().count() + 1)
        .sum();
    (word_chars == char_count).then_some(ScrollState {
        lines: scroll.lines + dropped_lines,
        words: scroll.words + dropped_words,
        top: scroll.top,
    })
}

fn text(words: &[Word]) -> String {
    let words: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    words.join(" ")
}

fn job(stable: &str, partial: &str, palette: &Palette, width: f32) -> LayoutJob {
    let format = |color| TextFormat {
        line_height: Some(LINE_HEIGHT),
        ..TextFormat::simple(theme::regular(BODY), color)
    };
    let mut job = LayoutJob::default();
    job.wrap.max_width = width;
    job.append(stable, 0.0, format(palette.text));
    let partial = partial.trim();
    if !partial.is_empty() {
        let gap = if stable.is_empty() { "" } else { " " };
        job.append(&format!("{gap}{partial}"), 0.0, format(palette.dim));
    }
    job
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::builders::words;

    #[test]
    fn lines_only_scroll_up() {
        let scroll = ScrollState::default();
        assert_eq!(
            [0, 1, 2, 3, 9].map(|lines| top(scroll, lines)),
            [0, 0, 0, 1, 7]
        );
        let scroll = ScrollState { top: 4, ..scroll };
        // After a word was withdrawn, an empty line is shown rather than an older one.
        assert_eq!([7, 6, 5, 4].map(|lines| top(scroll, lines)), [5, 4, 4, 3]);
    }

    #[test]
    fn hidden_lines_are_dropped_with_their_words() {
        let scroll = ScrollState {
            lines: 10,
            words: 40,
            top: 15,
        };
        let stable_words = words("aa bb cc dd ee ff gg hh");
        // Two words per line. All lines but the last above the window are dropped.
        let expected = ScrollState {
            lines: 14,
            words: 48,
            top: 15,
        };
        assert_eq!(
            drop_hidden_lines(scroll, &stable_words, &[6, 6, 6, 6, 6, 6]),
            Some(expected)
        );
        // Not all words of the line are stable yet, or one word is broken in two.
        assert_eq!(
            drop_hidden_lines(scroll, &stable_words[..7], &[6, 6, 6, 6, 6, 6]),
            None
        );
        assert_eq!(
            drop_hidden_lines(scroll, &stable_words, &[6, 6, 6, 5, 6, 6]),
            None
        );
        // Too close to the visible lines to be dropped.
        let close = ScrollState { top: 14, ..scroll };
        assert_eq!(
            drop_hidden_lines(close, &stable_words, &[6, 6, 6, 6, 6, 6]),
            None
        );
    }

    #[test]
    fn partial_words_are_dim() {
        let palette = &theme::DARK;
        for (stable, partial, expected) in [
            ("", "", vec![]),
            ("", " I noticed", vec![("I noticed", palette.dim)]),
            ("I noticed", "", vec![("I noticed", palette.text)]),
            (
                "I noticed",
                "a drop ",
                vec![("I noticed", palette.text), (" a drop", palette.dim)],
            ),
        ] {
            let job = job(stable, partial, palette, 400.0);
            let sections: Vec<_> = job
                .sections
                .iter()
                .map(|section| {
                    let range = section.byte_range.start.0..section.byte_range.end.0;
                    (&job.text[range], section.format.color)
                })
                .filter(|(text, _)| !text.is_empty())
                .collect();
            assert_eq!(sections, expected);
        }
    }
}
