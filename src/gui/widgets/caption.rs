//! The newest words of an answer, as they are heard: those that stay in the colour of text, those
//! that may change dim. Lines break where they broke before, so that nothing moves but a whole line.

use egui::text::{LayoutJob, TextFormat};
use egui::{Role, Sense, Ui, WidgetInfo, vec2};

use crate::coach::caption::Caption;
use crate::coach::take::TakeId;
use crate::gui::theme::{self, BODY, Palette};

const LINES: usize = 2;
const LINE_HEIGHT: f32 = 24.0;

/// What the words take, however many there are.
pub const HEIGHT: f32 = LINES as f32 * LINE_HEIGHT;

/// The newest lines of what was heard of a take. A screen reader finds the firm words here if it
/// looks, and is not told of each: it would speak over the speaker.
pub fn caption_ui(ui: &mut Ui, take: &TakeId, caption: &Caption, width: f32) {
    let width = width.min(ui.available_width());
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::hover());
    let firm = firm_text(caption);
    let galley = ui
        .painter()
        .layout_job(job(&firm, &caption.open, theme::palette(ui), width));
    let rows = match galley.is_empty() {
        true => 0,
        false => galley.rows.len(),
    };

    // Where newest words were taken back, older lines do not come down again.
    let id = ui.scope_id().with(("caption", &take.0));
    let before: usize = ui.data(|data| data.get_temp(id)).unwrap_or(0);
    let first = before
        .max(rows.saturating_sub(LINES))
        .min(rows.saturating_sub(1));
    ui.data_mut(|data| data.insert_temp(id, first));

    response.widget_info(|| {
        let above: usize = galley.rows[..first]
            .iter()
            .map(|row| row.char_count_including_newline().0)
            .sum();
        let words: String = firm.chars().skip(above).collect();
        WidgetInfo::labeled(Role::Label, true, format!("Captions: {words}"))
    });
    let time = ui.style().animation_time;
    let scrolled = ui
        .ctx()
        .animate_value_with_time(id, first as f32 * LINE_HEIGHT, time);
    let ink = theme::palette(ui).text;
    ui.painter()
        .with_clip_rect(rect.intersect(ui.clip_rect()))
        .galley(rect.min - vec2(0.0, scrolled), galley, ink);
}

fn firm_text(caption: &Caption) -> String {
    let words: Vec<&str> = caption.firm.iter().map(|word| word.text.as_str()).collect();
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
