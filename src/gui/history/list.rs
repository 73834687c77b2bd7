//! The rows of the history. Only visible rows are drawn.

use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align2, Color32, Pos2, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2,
    vec2,
};

use super::state::{HistoryAction, HistoryState};
use crate::app::HistoryEntry;
use crate::domain::time::clock;
use crate::gui::layout;
use crate::gui::text::part_name;
use crate::gui::theme;
use crate::gui::theme::{BODY, SMALL, SPACE};
use crate::gui::widgets::button::focus_ring;
use crate::gui::widgets::icon::{Icon, paint};
use crate::storage::TakeStatus;

const ROW_HEIGHT: f32 = 40.0;
/// A row of two lines, in a narrow window.
const FOLDED_ROW_HEIGHT: f32 = 56.0;
/// The widths of the columns. The title of the story has the rest.
const DATE_WIDTH: f32 = 150.0;
const SECTION_WIDTH: f32 = 120.0;
const LENGTH_WIDTH: f32 = 70.0;
const STATUS_WIDTH: f32 = 150.0;

/// The list, which scrolls to the selected take whenever another one is selected.
pub(super) fn list_ui(ui: &mut Ui, history: &HistoryState) -> Option<HistoryAction> {
    let mut action = None;
    let selected_id = ui.scope_id().with("selected");
    let before = ui.data_mut(|data| {
        let before: Option<usize> = data.get_temp(selected_id);
        data.insert_temp(selected_id, history.selected_row());
        before
    });
    let selection_moved = before != Some(history.selected_row());
    ui.spacing_mut().item_spacing.y = 0.0;
    let row_height = match layout::is_narrow(ui.ctx()) {
        true => FOLDED_ROW_HEIGHT,
        false => ROW_HEIGHT,
    };
    ScrollArea::vertical()
        .auto_shrink(false)
        .show_viewport(ui, |ui, viewport| {
            layout::scroll_by_keys(ui);
            let count = history.row_count();
            ui.set_height(row_height * count as f32);
            let (top, left) = (ui.max_rect().top(), ui.max_rect().left());
            let width = ui.available_width() - SPACE[2];
            let row_rect = |row: usize| {
                let corner = pos2(left, top + row_height * row as f32);
                Rect::from_min_size(corner, vec2(width, row_height))
            };
            let first = (viewport.top() / row_height).floor().max(0.0) as usize;
            let end = ((viewport.bottom() / row_height).ceil().max(0.0) as usize).min(count);
            for row in first..end {
                let Some(entry) = history.entry(row) else {
                    continue;
                };
                let selected = row == history.selected_row();
                let clicked = row_ui(ui, row_rect(row), entry, row, selected);
                action = action.take().or(clicked);
            }
            if selection_moved {
                ui.scroll_to_rect(row_rect(history.selected_row()), None);
            }
        });
    action
}

fn row_ui(
    ui: &mut Ui,
    rect: Rect,
    entry: &HistoryEntry,
    row: usize,
    selected: bool,
) -> Option<HistoryAction> {
    let palette = theme::palette(ui);
    let response = ui.interact(rect, ui.scope_id().with(&entry.id.0), Sense::click());
    let part = entry.part.map_or("\u{2013}".to_owned(), part_name);
    let length = entry.seconds.map_or("\u{2013}".to_owned(), clock);
    let (icon, color, status) = match (entry.state, entry.words) {
        (TakeStatus::Interrupted, _) => (Icon::Triangle, palette.amber, "interrupted".to_owned()),
        (TakeStatus::Recorded, _) => (Icon::Circle, palette.dim, "not transcribed".to_owned()),
        (TakeStatus::Transcribed, Some(1)) => (Icon::Check, palette.good, "1 word".to_owned()),
        (TakeStatus::Transcribed, words) => {
            let text = format!("{} words", words.unwrap_or(0));
            (Icon::Check, palette.good, text)
        }
    };
    let name = format!(
        "{}, {}, {part}, {length}, {status}",
        entry.began, entry.title
    );
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, &name));
    let painter = ui.painter();
    let fill = match (selected, response.hovered()) {
        (true, _) => palette.raised,
        (false, true) => palette.surface,
        (false, false) => palette.ground,
    };
    let line = match selected {
        true => palette.accent,
        false => fill,
    };
    let inside = rect.shrink2(vec2(1.0, 2.0));
    let stroke = Stroke::new(1.5, line);
    painter.rect(inside, theme::RADIUS, fill, stroke, StrokeKind::Inside);
    let cells = Cells {
        entry,
        part: &part,
        length: &length,
        status: (icon, color, &status),
    };
    match layout::is_narrow(ui.ctx()) {
        true => cells.paint_folded(ui, rect),
        false => cells.paint(ui, rect),
    }
    focus_ring(ui, &response);
    match (response.double_clicked(), response.clicked()) {
        (true, _) if entry.story.is_some() => Some(HistoryAction::OpenTake(entry.id.clone())),
        (_, true) => Some(HistoryAction::Select(row)),
        _ => None,
    }
}

/// What a row shows.
struct Cells<'a> {
    entry: &'a HistoryEntry,
    part: &'a str,
    length: &'a str,
    status: (Icon, Color32, &'a str),
}

impl Cells<'_> {
    /// Paints one line, in columns.
    fn paint(&self, ui: &Ui, rect: Rect) {
        let palette = theme::palette(ui);
        let painter = ui.painter();
        let y = rect.center().y;
        let left = Align2::LEFT_CENTER;
        let mut x = rect.left() + SPACE[2];
        let font = || theme::regular(BODY);
        painter.text(pos2(x, y), left, &self.entry.began, font(), palette.dim);
        x += DATE_WIDTH;
        let others = SECTION_WIDTH + LENGTH_WIDTH + STATUS_WIDTH;
        let title_width = (rect.right() - others - SPACE[2] - x).max(40.0);
        self.paint_title(ui, pos2(x, y), title_width - SPACE[2]);
        x += title_width;
        painter.text(pos2(x, y), left, self.part, font(), palette.text);
        x += SECTION_WIDTH;
        painter.text(pos2(x, y), left, self.length, font(), palette.text);
        x += LENGTH_WIDTH;
        self.paint_status(ui, pos2(x, y));
    }

    /// Paints two lines: the title with the part, and everything else below it.
    fn paint_folded(&self, ui: &Ui, rect: Rect) {
        let palette = theme::palette(ui);
        let painter = ui.painter();
        let (left, right) = (rect.left() + SPACE[2], rect.right() - SPACE[2]);
        let [first, second] = [0.3, 0.7].map(|share| rect.top() + share * rect.height());
        let align = Align2::RIGHT_CENTER;
        let font = theme::regular(BODY);
        let part = painter.text(pos2(right, first), align, self.part, font, palette.text);
        let title_width = part.left() - SPACE[2] - left;
        self.paint_title(ui, pos2(left, first), title_width);
        let text = format!("{} \u{b7} {}", self.entry.began, self.length);
        let font = theme::regular(SMALL);
        let at = pos2(left, second);
        let text = painter.text(at, Align2::LEFT_CENTER, text, font, palette.dim);
        self.paint_status(ui, pos2(text.right() + SPACE[3], second));
    }

    /// Paints the title of the story, cut off at this width.
    fn paint_title(&self, ui: &Ui, at: Pos2, width: f32) {
        let text = theme::palette(ui).text;
        let font = theme::semibold(BODY);
        let mut job = LayoutJob::simple_singleline(self.entry.title.clone(), font, text);
        job.wrap = TextWrapping::truncate_at_width(width);
        let title = ui.painter().layout_job(job);
        let corner = at - vec2(0.0, title.size().y / 2.0);
        ui.painter().galley(corner, title, text);
    }

    fn paint_status(&self, ui: &Ui, at: Pos2) {
        let (icon, color, status) = self.status;
        let icon_rect = Rect::from_center_size(at + vec2(SMALL / 2.0, 0.0), vec2(SMALL, SMALL));
        let text_at = at + vec2(SMALL + SPACE[1], 0.0);
        let font = theme::regular(SMALL);
        let painter = ui.painter();
        painter.text(text_at, Align2::LEFT_CENTER, status, font, color);
        paint(ui, icon, icon_rect, color);
    }
}
