//! The caption: the newest words of an answer. Stable words have the color of text, words that may still change are
//! dim. Lines keep their breaks, so only whole lines move.

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

/// How many lines above the visible ones are laid out again. The rest of a long answer is not.
const LAID_OUT: usize = 4;

/// How much of the caption of a take has scrolled away.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Come {
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
    let come: Come = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let come = match come.words <= caption.firm.len() {
        true => come,
        false => Come::default(),
    };
    let words = &caption.firm[come.words..];
    let firm = text(words);
    let palette = theme::palette(ui);
    let galley = ui
        .painter()
        .layout_job(job(&firm, &caption.open, palette, width));
    // Characters in each line, with the space at its break.
    let lines: Vec<usize> = galley
        .rows
        .iter()
        .map(|row| row.char_count_including_newline().0)
        .collect();
    let top = top(come, lines.len());
    let shown = top - come.lines;

    response.widget_info(|| {
        let above: usize = lines[..shown].iter().sum();
        let words: String = firm.chars().skip(above).collect();
        WidgetInfo::labeled(Role::Label, true, format!("Captions: {words}"))
    });
    let time = ui.style().animation_time;
    let scrolled = ui
        .ctx()
        .animate_value_with_time(id, top as f32 * LINE_HEIGHT, time);
    let scrolled = scrolled - come.lines as f32 * LINE_HEIGHT;
    ui.painter()
        .with_clip_rect(rect.intersect(ui.clip_rect()))
        .galley(rect.min - vec2(0.0, scrolled), galley, palette.text);

    let come = Come { top, ..come };
    let come = gone(come, words, &lines).unwrap_or(come);
    ui.data_mut(|data| data.insert_temp(id, come));
}

/// The line to show at the top, counted from the start of the take.
fn top(come: Come, lines: usize) -> usize {
    let newest = come.lines + lines.saturating_sub(LINES);
    let last = come.lines + lines.saturating_sub(1);
    come.top.max(newest).min(last)
}

/// Drops lines that are well above the visible ones. The stable `words` fill `lines`, given by their numbers of
/// characters. A line that does not end with a stable word is kept.
fn gone(come: Come, words: &[Word], lines: &[usize]) -> Option<Come> {
    let above = come.top - come.lines;
    if above <= LAID_OUT {
        return None;
    }
    // One line is kept, so that it visibly scrolls away.
    let lines_gone = above - 1;
    let letters: usize = lines.get(..lines_gone)?.iter().sum();
    let mut read = 0;
    let words_gone = words
        .iter()
        .take_while(|word| {
            read += word.text.chars().count() + 1;
            read <= letters
        })
        .count();
    let ends: usize = words[..words_gone]
        .iter()
        .map(|word| word.text.chars().count() + 1)
        .sum();
    (ends == letters).then_some(Come {
        lines: come.lines + lines_gone,
        words: come.words + words_gone,
        top: come.top,
    })
}

fn text(words: &[Word]) -> String {
    let words: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    words.join(" ")
}

fn job(firm: &str, open: &str, palette: &Palette, width: f32) -> LayoutJob {
    let format = |color| TextFormat {
        line_height: Some(LINE_HEIGHT),
        ..TextFormat::simple(theme::regular(BODY), color)
    };
    let mut job = LayoutJob::default();
    job.wrap.max_width = width;
    job.append(firm, 0.0, format(palette.text));
    let open = open.trim();
    if !open.is_empty() {
        let gap = if firm.is_empty() { "" } else { " " };
        job.append(&format!("{gap}{open}"), 0.0, format(palette.dim));
    }
    job
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Word> {
        let word = |text: &str| Word {
            text: text.to_owned(),
            start: 0.0,
            end: 0.0,
            confidence: 1.0,
        };
        text.split(' ').map(word).collect()
    }

    #[test]
    fn lines_go_up_and_never_come_down() {
        let come = Come::default();
        assert_eq!(
            [0, 1, 2, 3, 9].map(|lines| top(come, lines)),
            [0, 0, 0, 1, 7]
        );
        let come = Come { top: 4, ..come };
        // A word was withdrawn: an empty line is shown rather than an older one.
        assert_eq!([7, 6, 5, 4].map(|lines| top(come, lines)), [5, 4, 4, 3]);
    }

    #[test]
    fn lines_that_are_gone_go_with_their_words() {
        let come = Come {
            lines: 10,
            words: 40,
            top: 15,
        };
        let heard = words("aa bb cc dd ee ff gg hh");
        // Two words per line. All lines but the last above the window are dropped.
        let went = Come {
            lines: 14,
            words: 48,
            top: 15,
        };
        assert_eq!(gone(come, &heard, &[6, 6, 6, 6, 6, 6]), Some(went));
        // Not all words of the line are stable yet, or one word is broken in two.
        assert_eq!(gone(come, &heard[..7], &[6, 6, 6, 6, 6, 6]), None);
        assert_eq!(gone(come, &heard, &[6, 6, 6, 5, 6, 6]), None);
        // Close enough to be laid out again.
        let near = Come { top: 14, ..come };
        assert_eq!(gone(near, &heard, &[6, 6, 6, 6, 6, 6]), None);
    }

    #[test]
    fn firm_words_stand_out_from_those_that_may_change() {
        let palette = &theme::DARK;
        for (firm, open, expected) in [
            ("", "", vec![]),
            ("", " I noticed", vec![("I noticed", palette.dim)]),
            ("I noticed", "", vec![("I noticed", palette.text)]),
            (
                "I noticed",
                "a drop ",
                vec![("I noticed", palette.text), (" a drop", palette.dim)],
            ),
        ] {
            let job = job(firm, open, palette, 400.0);
            let shown: Vec<_> = job
                .sections
                .iter()
                .map(|section| {
                    let range = section.byte_range.start.0..section.byte_range.end.0;
                    (&job.text[range], section.format.color)
                })
                .filter(|(text, _)| !text.is_empty())
                .collect();
            assert_eq!(shown, expected);
        }
    }
}
