//! What was said: planned phrases underlined, fillers dotted, pauses as gaps with their length.

use egui::text::{CCursor, LayoutJob, TextFormat};
use egui::{Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2};

use crate::coach::analysis::Feedback;
use crate::coach::time::Secs;
use crate::coach::transcript::Transcript;
use crate::gui::theme::{self, LARGE, SMALL, SPACE};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Phrase,
    Filler,
}

/// The words with what was noticed in them.
pub fn transcript_ui(ui: &mut Ui, transcript: &Transcript, feedback: &Feedback) {
    let palette = theme::palette(ui);
    let word_format = TextFormat {
        line_height: Some(LARGE * 1.6),
        ..TextFormat::simple(theme::regular(LARGE), palette.text)
    };
    let gap_format = TextFormat {
        line_height: Some(LARGE * 1.6),
        background: palette.raised,
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
    let mut before: Option<Option<Mark>> = None;
    for word in &transcript.words {
        let mark = mark(feedback, (word.start + word.end) / 2.0);
        // A pause stands before the first word that begins after its middle.
        while let Some(pause) = pauses.next_if(|p| (p.start + p.end) / 2.0 <= word.start) {
            if before.is_some() {
                append(&mut job, " ", &word_format);
            }
            let says = format!("\u{a0}{:.1}\u{a0}s\u{a0}", pause.span().len());
            append(&mut job, &says, &gap_format);
            before = Some(None);
        }
        if let Some(before) = before {
            let space = append(&mut job, " ", &word_format);
            if let (Some(mark), true) = (mark, before == mark) {
                marks.push((space, mark));
            }
        }
        let at = append(&mut job, &word.text, &word_format);
        marks.extend(mark.map(|mark| (at, mark)));
        before = Some(mark);
    }

    let galley = ui.painter().layout_job(job);
    let (rect, response) = ui.allocate_exact_size(galley.size(), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, transcript.text()));
    for (at, mark) in marks {
        let from = galley.pos_from_cursor(CCursor::new(at.start));
        let to = galley.pos_from_cursor(CCursor::new(at.end));
        if to.min.y > from.min.y {
            continue; // the space that a row ends with
        }
        let word = Rect::from_min_max(from.min, to.max).translate(rect.min.to_vec2());
        let y = word.center().y + LARGE * 0.62;
        match mark {
            Mark::Phrase => {
                let ends = [pos2(word.left(), y), pos2(word.right(), y)];
                ui.painter().line_segment(ends, Stroke::new(2.0, palette.accent));
            }
            Mark::Filler => dots(ui, word.left(), word.right(), y),
        }
    }
    ui.painter().galley(rect.min, galley, palette.text);
}

/// What the marks mean.
pub fn legend_ui(ui: &mut Ui) {
    let palette = theme::palette(ui);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[3];
        let sample = ui.label(theme::dim(ui, "planned phrase", SMALL)).rect;
        let (left, right, y) = (sample.left(), sample.right(), sample.bottom() + 1.0);
        let ends = [pos2(left, y), pos2(right, y)];
        ui.painter().line_segment(ends, Stroke::new(2.0, palette.accent));
        let sample = ui.label(theme::dim(ui, "filler", SMALL)).rect;
        dots(ui, sample.left(), sample.right(), sample.bottom() + 1.0);
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

fn mark(feedback: &Feedback, middle: Secs) -> Option<Mark> {
    let filler = feedback
        .fillers
        .iter()
        .any(|filler| (filler.start..=filler.end).contains(&middle));
    let phrase = feedback.phrases.iter().any(|phrase| {
        let said = phrase.start.zip(phrase.end);
        said.is_some_and(|(start, end)| (start..=end).contains(&middle))
    });
    match (filler, phrase) {
        (true, _) => Some(Mark::Filler),
        (_, true) => Some(Mark::Phrase),
        _ => None,
    }
}
