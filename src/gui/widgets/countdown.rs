//! The clocks of a recording: a ring that empties, with the time in it.

use std::f32::consts::TAU;

use egui::text::LayoutJob;
use egui::{
    Align, Color32, FontId, Painter, Pos2, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};

use crate::domain::time::{Secs, clock};
use crate::gui::theme;
use crate::gui::theme::{BODY, CLOCK, LARGE};

const RING_WIDTH: f32 = 10.0;
/// From this diameter on, the digits have their full size.
const FULL_DIAMETER: f32 = 272.0;
/// The distance of the notes from the digits.
const NOTE_OFFSET: f32 = 66.0;

/// Draws the time that is left of `target`, or by how much it is exceeded.
pub fn countdown_ui(ui: &mut Ui, diameter: f32, target: Secs, elapsed: Secs) {
    let palette = theme::palette(ui);
    let is_over = elapsed > target;
    let (digits, label) = match is_over {
        true => {
            let by = clock(elapsed - target);
            (by.clone(), format!("over by {by}"))
        }
        false => {
            let left = clock((target - elapsed).ceil());
            let label = format!("{left} left of {}", clock(target));
            (left, label)
        }
    };
    let (rect, response) = ui.allocate_exact_size(vec2(diameter, diameter), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Timer, true, &label));

    let share = (elapsed / target.max(0.1)) as f32;
    let painter = ui.painter();
    let radius = (diameter - RING_WIDTH) / 2.0;
    arc(painter, rect.center(), radius, 0.0, 1.0, palette.line);
    let text_color = match is_over {
        true => palette.amber,
        false => palette.text,
    };
    match is_over {
        // The time that is left, up to the top of the ring.
        false => arc(painter, rect.center(), radius, share, 1.0, palette.accent),
        // The time over the target, in the other direction.
        true => {
            let over_share = (share - 1.0).min(1.0);
            arc(
                painter,
                rect.center(),
                radius,
                1.0 - over_share,
                1.0,
                palette.amber,
            );
        }
    }
    fixed_digits(
        painter,
        rect.center(),
        &digits,
        theme::semibold(CLOCK * scale(diameter)),
        text_color,
    );
    let note_offset = vec2(0.0, NOTE_OFFSET * scale(diameter));
    let (above, below) = match is_over {
        true => ("over by", format!("of {}", clock(target))),
        false => ("", format!("left of {}", clock(target))),
    };
    let center = egui::Align2::CENTER_CENTER;
    painter.text(
        rect.center() - note_offset,
        center,
        above,
        theme::semibold(LARGE),
        text_color,
    );
    painter.text(
        rect.center() + note_offset,
        center,
        below,
        theme::regular(BODY),
        palette.dim,
    );
}

/// Draws the elapsed time, without a limit.
pub fn count_up_ui(ui: &mut Ui, diameter: f32, elapsed: Secs) {
    let palette = theme::palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(diameter, diameter), Sense::hover());
    let digits = clock(elapsed);
    let label = format!("{digits}, no limit");
    response.widget_info(|| WidgetInfo::labeled(Role::Timer, true, &label));
    let painter = ui.painter();
    let radius = (diameter - RING_WIDTH) / 2.0;
    arc(painter, rect.center(), radius, 0.0, 1.0, palette.line);
    fixed_digits(
        painter,
        rect.center(),
        &digits,
        theme::semibold(CLOCK * scale(diameter)),
        palette.text,
    );
    painter.text(
        rect.center() + vec2(0.0, NOTE_OFFSET * scale(diameter)),
        egui::Align2::CENTER_CENTER,
        "no limit",
        theme::regular(BODY),
        palette.dim,
    );
}

/// Draws 3, 2, 1, or the text `waiting` once the count-in is over.
pub fn count_in_ui(ui: &mut Ui, diameter: f32, left: Secs, of: Secs, waiting: &str) {
    let palette = theme::palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(diameter, diameter), Sense::hover());
    let number = left.ceil();
    let label = match left > 0.0 {
        true => format!("starts in {number:.0}"),
        false => waiting.to_owned(),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Timer, true, &label));
    let painter = ui.painter();
    let radius = (diameter - RING_WIDTH) / 2.0;
    arc(painter, rect.center(), radius, 0.0, 1.0, palette.line);
    let elapsed_share = 1.0 - (left / of) as f32;
    arc(
        painter,
        rect.center(),
        radius,
        elapsed_share,
        1.0,
        palette.dim,
    );
    match left > 0.0 {
        true => {
            let digits = format!("{number:.0}");
            let font = theme::semibold(CLOCK * scale(diameter));
            fixed_digits(painter, rect.center(), &digits, font, palette.text);
        }
        false => {
            let font = theme::regular(LARGE * scale(diameter).max(0.75));
            let mut job = LayoutJob::simple(waiting.to_owned(), font, palette.text, 0.8 * diameter);
            job.halign = Align::Center;
            let galley = painter.layout_job(job);
            let top = rect.center() - vec2(0.0, 0.5 * galley.size().y);
            painter.galley(top, galley, palette.text);
        }
    }
}

/// The scale of the digits in a ring of this diameter.
fn scale(diameter: f32) -> f32 {
    (diameter / FULL_DIAMETER).min(1.0)
}

/// Draws a text whose digits do not move when they change.
pub fn clock_ui(ui: &mut Ui, text: &str, size: f32, color: Color32) {
    let font = theme::semibold(size);
    let width = glyph_widths(ui.painter(), text, &font).iter().sum::<f32>();
    let (rect, response) = ui.allocate_exact_size(vec2(width, size * 1.25), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    fixed_digits(ui.painter(), rect.center(), text, font, color);
}

/// Draws an arc. `from` and `to` are shares of a turn, clockwise from the top.
fn arc(painter: &Painter, center: Pos2, radius: f32, from: f32, to: f32, color: Color32) {
    let (from, to) = (from.clamp(0.0, 1.0), to.clamp(0.0, 1.0));
    if to - from < 0.001 {
        return;
    }
    let steps = (((to - from) * 180.0) as usize).max(2);
    let points = (0..=steps)
        .map(|step| {
            let turn = from + (to - from) * step as f32 / steps as f32;
            let angle = TAU * (turn - 0.25);
            center + radius * vec2(angle.cos(), angle.sin())
        })
        .collect();
    painter.line(points, Stroke::new(RING_WIDTH, color));
}

fn fixed_digits(painter: &Painter, center: Pos2, text: &str, font: FontId, color: Color32) {
    let glyph_widths = glyph_widths(painter, text, &font);
    let mut x = center.x - glyph_widths.iter().sum::<f32>() / 2.0;
    for (glyph, width) in text.chars().zip(glyph_widths) {
        painter.text(
            pos2(x + width / 2.0, center.y),
            egui::Align2::CENTER_CENTER,
            glyph,
            font.clone(),
            color,
        );
        x += width;
    }
}

/// The width of each character. All digits are as wide as the widest.
fn glyph_widths(painter: &Painter, text: &str, font: &FontId) -> Vec<f32> {
    painter.fonts_mut(|fonts| {
        let digit = ('0'..='9')
            .map(|digit| fonts.glyph_width(font, digit))
            .fold(0.0, f32::max);
        text.chars()
            .map(|glyph| match glyph.is_ascii_digit() {
                true => digit,
                false => fonts.glyph_width(font, glyph),
            })
            .collect()
    })
}
