//! The comparison of a take with the previous take of the same part.

use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, Grid, Label, Role, ScrollArea, Stroke, Ui, WidgetInfo};

use super::action::ReviewAction;
use crate::app::time_zone;
use crate::domain::time::clock;
use crate::gui::layout;
use crate::gui::theme;
use crate::gui::theme::{BODY, LARGE, Palette, SMALL, SPACE, TITLE};
use crate::gui::widgets::icon::{Icon, line_icon_ui};
use crate::gui::widgets::play_button::play_ui;
use crate::practice::progress::compare::{
    Comparison, DiffWord, Direction, MetricChange, PhraseChange, Row,
};
use crate::practice::session::Reviewed;

/// The height of a metric, and of a planned phrase.
const ROW_HEIGHT: f32 = 20.0;
/// A narrower table of changes has icons without words.
const MIN_TABLE_WIDTH: f32 = 420.0;

/// The previous take, and what has changed since.
#[derive(Debug)]
pub struct ComparePanel {
    /// The previous take.
    pub before: Reviewed,
    /// What has changed from the previous take to this one.
    pub comparison: Comparison,
}

/// Draws the changes of metrics and phrases, and both transcripts side by side.
pub fn compare_ui(
    ui: &mut Ui,
    title: &str,
    panel: &ComparePanel,
    now: &Reviewed,
) -> Option<ReviewAction> {
    let ComparePanel { before, comparison } = panel;
    let mut action = None;
    let takes = [("Before", before), ("Now", now)];
    let body = ScrollArea::vertical().id_salt(("compare", &now.take.id.0));
    body.show(ui, |ui| {
        layout::scroll_by_keys(ui);
        ui.spacing_mut().item_spacing.y = SPACE[1];
        ui.add_space(SPACE[2]);
        ui.label(theme::strong(title, TITLE));
        let gap = SPACE[4];
        let width = ui.available_width() - gap;
        let halves = [(0.5 * width).floor(), (0.5 * width).floor()];
        let uneven = [(0.61 * width).floor(), (0.39 * width).floor()];
        let changes_ui = |ui: &mut Ui, right| match right {
            false => {
                ui.label(theme::strong("What changed", LARGE));
                metrics_ui(ui, &comparison.metrics);
            }
            true => {
                ui.label(theme::strong("Planned phrases", LARGE));
                // As high as the rows of the metrics in the other column.
                ui.spacing_mut().interact_size.y = ROW_HEIGHT;
                for phrase in &comparison.phrases {
                    phrase_ui(ui, phrase);
                }
            }
        };
        match layout::is_narrow(ui.ctx()) {
            true => {
                ui.scope(|ui| changes_ui(ui, false));
                ui.scope(|ui| changes_ui(ui, true));
            }
            false => columns_ui(ui, uneven, changes_ui),
        }
        ui.add_space(SPACE[1]);
        ui.label(theme::strong("Transcripts", LARGE));
        legend_ui(ui);
        columns_ui(ui, halves, |ui, right| {
            let (heading, reviewed) = takes[usize::from(right)];
            action = action.take().or(head_ui(ui, heading, reviewed));
        });
        for row in &comparison.rows {
            ui.separator();
            columns_ui(ui, halves, |ui, right| row_ui(ui, row, right));
        }
        ui.add_space(SPACE[3]);
    });
    action
}

fn columns_ui(ui: &mut Ui, widths: [f32; 2], mut add: impl FnMut(&mut Ui, bool)) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[4];
        for (width, right) in widths.into_iter().zip([false, true]) {
            ui.vertical(|ui| {
                ui.set_width(width);
                ui.spacing_mut().item_spacing.x = SPACE[1];
                add(ui, right);
            });
        }
    });
}

/// Draws when the take was recorded, and the button that plays it.
fn head_ui(ui: &mut Ui, heading: &str, reviewed: &Reviewed) -> Option<ReviewAction> {
    let take = &reviewed.take;
    let began = take.began(&time_zone());
    let mut action = None;
    ui.horizontal_wrapped(|ui| {
        let label = format!("Play the take of {began}");
        if play_ui(ui, &label).clicked() {
            action = Some(ReviewAction::PlayTake(take.id.clone(), take.audio.seconds));
        }
        ui.label(theme::strong(heading, BODY));
        let text = format!("{began}, {}", clock(take.audio.seconds));
        ui.label(theme::dim(ui, text, SMALL));
    });
    action
}

fn metrics_ui(ui: &mut Ui, readings: &[MetricChange]) {
    let palette = theme::palette(ui);
    ui.spacing_mut().interact_size.y = 0.0;
    let gap = match layout::is_narrow(ui.ctx()) {
        true => SPACE[0],
        false => SPACE[2],
    };
    let has_words = ui.available_width() >= MIN_TABLE_WIDTH;
    Grid::new("what changed")
        .num_columns(5)
        .min_col_width(0.0)
        .spacing([gap, SPACE[1]])
        .min_row_height(ROW_HEIGHT)
        .show(ui, |ui| {
            for head in ["", "Before", "Now", "", ""] {
                ui.label(theme::dim(ui, head, SMALL));
            }
            ui.end_row();
            for change in readings {
                let (icon, color, word) = direction_style(change.direction, palette);
                ui.label(theme::dim(ui, &change.name, SMALL));
                ui.label(theme::dim(ui, &change.before, SMALL));
                ui.label(theme::text(&change.now, SMALL));
                let icon = match icon {
                    Some(icon) => line_icon_ui(ui, icon, SMALL, color, word),
                    None => ui.label(""),
                };
                let response = match has_words {
                    true => ui.label(theme::text(word, SMALL).color(color)),
                    false => icon.on_hover_text(word),
                };
                let text = format!(
                    "{}: {}, before {}. {word}",
                    change.name, change.now, change.before
                );
                response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, &text));
                ui.end_row();
            }
        });
}

fn direction_style(turn: Direction, palette: &Palette) -> (Option<Icon>, Color32, &'static str) {
    match turn {
        Direction::Better => (Some(Icon::Check), palette.good, "better"),
        Direction::Worse => (Some(Icon::Triangle), palette.amber, "further from target"),
        Direction::Same => (Some(Icon::Circle), palette.dim, "unchanged"),
        Direction::Unjudged => (None, palette.dim, ""),
    }
}

fn phrase_ui(ui: &mut Ui, phrase: &PhraseChange) {
    let palette = theme::palette(ui);
    let (icon, color, word) = match (phrase.before, phrase.now) {
        (true, true) => (Icon::Check, palette.good, "said both times"),
        (false, true) => (Icon::DiamondFull, palette.accent, "gained"),
        (true, false) => (Icon::Triangle, palette.amber, "lost"),
        (false, false) => (Icon::Diamond, palette.dim, "missed both times"),
    };
    let row = ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[1];
        line_icon_ui(ui, icon, BODY, color, word);
        ui.label(theme::text(&phrase.phrase, BODY));
        ui.label(theme::text(word, SMALL).color(color));
    });
    let text = format!("{}: {word}", phrase.phrase);
    row.response
        .widget_info(|| WidgetInfo::labeled(Role::ListItem, true, &text));
}

/// The style of words that only one side has.
struct DiffStyle {
    sign: &'static str,
    color: Color32,
    lost: bool,
}

fn diff_style(right: bool, palette: &Palette) -> DiffStyle {
    match right {
        false => DiffStyle {
            sign: "\u{2212}",
            color: palette.amber,
            lost: true,
        },
        true => DiffStyle {
            sign: "+",
            color: palette.accent,
            lost: false,
        },
    }
}

fn text_format(style: &DiffStyle) -> TextFormat {
    let stroke = Stroke::new(1.5, style.color);
    let mut format = TextFormat::simple(theme::regular(BODY), style.color);
    match style.lost {
        true => format.strikethrough = Stroke::new(1.0, style.color),
        false => format.underline = stroke,
    }
    format
}

fn legend_ui(ui: &mut Ui) {
    let palette = theme::palette(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[3];
        ui.spacing_mut().interact_size.y = 0.0;
        for (right, text) in [
            (false, "only in the previous take"),
            (true, "only in this take"),
        ] {
            let style = diff_style(right, palette);
            let mut job = LayoutJob::default();
            job.append(&format!("{}{text}", style.sign), 0.0, text_format(&style));
            ui.label(job);
        }
    });
}

/// Draws the words of one side. Each run of words that the other side lacks is marked and starts with a sign.
fn row_ui(ui: &mut Ui, row: &Row, right: bool) {
    let palette = theme::palette(ui);
    let pieces: &[DiffWord] = if right { &row.now } else { &row.before };
    let style = diff_style(right, palette);
    let marked = text_format(&style);
    let sign = TextFormat {
        strikethrough: Stroke::NONE,
        underline: Stroke::NONE,
        ..marked.clone()
    };
    let plain = TextFormat::simple(theme::regular(BODY), palette.text);
    let mut job = LayoutJob::default();
    let mut before: Option<bool> = None;
    for piece in pieces {
        let format = if piece.only_here { &marked } else { &plain };
        if let Some(only_here) = before {
            let within = only_here && piece.only_here;
            job.append(
                " ",
                0.0,
                if within {
                    marked.clone()
                } else {
                    plain.clone()
                },
            );
        }
        if piece.only_here && before != Some(true) {
            job.append(style.sign, 0.0, sign.clone());
        }
        job.append(&piece.text, 0.0, format.clone());
        before = Some(piece.only_here);
    }
    if job.text.is_empty() {
        job.append(
            "\u{2013}",
            0.0,
            TextFormat {
                color: palette.dim,
                ..plain
            },
        );
    }
    ui.add(Label::new(job).wrap());
}
