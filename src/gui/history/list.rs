//! The rows of the history. Only visible rows are drawn.

use egui::{Align2, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

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
    ScrollArea::vertical()
        .auto_shrink(false)
        .show_viewport(ui, |ui, viewport| {
            layout::scroll_by_keys(ui);
            let count = history.row_count();
            ui.set_height(ROW_HEIGHT * count as f32);
            let (top, left) = (ui.max_rect().top(), ui.max_rect().left());
            let width = ui.available_width() - SPACE[2];
            let row_rect = |row: usize| {
                let corner = pos2(left, top + ROW_HEIGHT * row as f32);
                Rect::from_min_size(corner, vec2(width, ROW_HEIGHT))
            };
            let first = (viewport.top() / ROW_HEIGHT).floor().max(0.0) as usize;
            let end = ((viewport.bottom() / ROW_HEIGHT).ceil().max(0.0) as usize).min(count);
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
    let y = rect.center().y;
    let left = Align2::LEFT_CENTER;
    let mut x = rect.left() + SPACE[2];
    let font = || theme::regular(BODY);
    painter.text(pos2(x, y), left, &entry.began, font(), palette.dim);
    x += DATE_WIDTH;
    let others = SECTION_WIDTH + LENGTH_WIDTH + STATUS_WIDTH;
    let title_width = (rect.right() - others - SPACE[2] - x).max(40.0);
    let mut job = egui::text::LayoutJob::simple_singleline(
        entry.title.clone(),
        theme::semibold(BODY),
        palette.text,
    );
    job.wrap = egui::text::TextWrapping::truncate_at_width(title_width - SPACE[2]);
    let title = painter.layout_job(job);
    painter.galley(pos2(x, y - title.size().y / 2.0), title, palette.text);
    x += title_width;
    painter.text(pos2(x, y), left, part, font(), palette.text);
    x += SECTION_WIDTH;
    painter.text(pos2(x, y), left, length, font(), palette.text);
    x += LENGTH_WIDTH;
    let icon_rect = Rect::from_center_size(pos2(x + SMALL / 2.0, y), vec2(SMALL, SMALL));
    let status_at = pos2(x + SMALL + SPACE[1], y);
    painter.text(status_at, left, status, theme::regular(SMALL), color);
    paint(ui, icon, icon_rect, color);
    focus_ring(ui, &response);
    match (response.double_clicked(), response.clicked()) {
        (true, _) if entry.story.is_some() => Some(HistoryAction::OpenTake(entry.id.clone())),
        (_, true) => Some(HistoryAction::Select(row)),
        _ => None,
    }
}
