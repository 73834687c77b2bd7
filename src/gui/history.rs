//! The history: a list of all takes, to search, open, export and erase.

use egui::{
    Align2, ComboBox, Context, Id, Key, Margin, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind,
    TextEdit, Ui, WidgetInfo, pos2, vec2,
};

use super::command::{Command, bar_ui, key_name, question_ui};
use super::export::ExportState;
use super::layout;
use super::layout::MinSize;
use super::screen::{Page, Screen};
use super::text::{part_name, part_order};
use super::theme;
use super::theme::{BODY, LARGE, SMALL, SPACE, TITLE};
use super::trends::TrendsState;
use super::widgets::button::focus_ring;
use super::widgets::icon::{Icon, paint};
use super::widgets::live_region::announce_ui;
use super::widgets::tab::tab_ui;
use crate::app::{HistoryEntry, HistoryFilter};
use crate::domain::story::Part;
use crate::domain::take::TakeId;
use crate::domain::time::clock;
use crate::storage::TakeStatus;

const ROW_HEIGHT: f32 = 40.0;
/// The widths of the columns. The title of the story has the rest.
const DATE_WIDTH: f32 = 150.0;
const SECTION_WIDTH: f32 = 120.0;
const LENGTH_WIDTH: f32 = 70.0;
const STATUS_WIDTH: f32 = 150.0;

/// What the user can ask for on this screen.
#[derive(Debug, Clone, PartialEq)]
pub enum HistoryAction {
    /// List only the takes that match.
    Filter(HistoryFilter),
    /// Move the focus to the search field.
    FocusSearch,
    /// Select a take, by its position in the list.
    Select(usize),
    /// Open the feedback of a take.
    OpenTake(TakeId),
    /// Show the trends, or the list again.
    ShowTrends(bool),
    /// Export the selected take.
    Export,
    /// Ask whether to erase the selected take, or cancel the question.
    AskToErase(bool),
    /// Erase a take.
    Erase(TakeId),
    /// Restore the take that was erased last.
    UndoErase,
    /// Ask whether to erase all takes.
    AskToEraseAll,
    /// Return to the home screen.
    Close,
}

/// What the history shows.
#[derive(Debug, Default)]
pub struct HistoryState {
    takes: Vec<HistoryEntry>,
    /// Title and id of the stories that have takes.
    stories: Vec<(String, String)>,
    /// The parts that have takes.
    parts: Vec<Part>,
    filter: HistoryFilter,
    /// Indices into `takes` of those that match the filter.
    matching: Vec<usize>,
    /// An index into `matching`.
    selected: usize,
    asks_to_erase: bool,
    /// What just happened to a take, for screen readers.
    message: String,
    /// Shown in place of the list, if present.
    pub trends: Option<TrendsState>,
    /// Shown in place of list and trends, if present.
    pub modal: Option<HistoryModal>,
    /// The folder of the last export.
    export_folder: Option<String>,
}

/// A question in place of the history.
#[derive(Debug)]
pub enum HistoryModal {
    /// How to export the selected take.
    Export(ExportState),
    /// Whether to erase all takes.
    EraseAll,
}

impl HistoryState {
    /// Shows these takes, newest first. Filter and selection stay.
    pub fn set_takes(&mut self, takes: Vec<HistoryEntry>) {
        let story = |entry: &HistoryEntry| Some((entry.title.clone(), entry.story.clone()?));
        let mut stories: Vec<(String, String)> = takes.iter().filter_map(story).collect();
        stories.sort();
        stories.dedup();
        self.stories = stories;
        let mut parts: Vec<Part> = Vec::new();
        for part in takes.iter().filter_map(|entry| entry.part) {
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        parts.sort_by_key(|part| part_order(*part));
        self.parts = parts;
        self.takes = takes;
        self.asks_to_erase = false;
        self.set_filter(self.filter.clone());
    }

    /// Lists only the takes that match.
    pub fn set_filter(&mut self, filter: HistoryFilter) {
        if filter != self.filter {
            self.selected = 0;
        }
        let takes = self.takes.iter().enumerate();
        let matching = takes.filter(|(_, entry)| filter.matches(entry));
        self.matching = matching.map(|(index, _)| index).collect();
        self.filter = filter;
        self.select(self.selected);
    }

    /// Selects a take, by its position in the list.
    pub fn select(&mut self, row: usize) {
        self.selected = row.min(self.matching.len().saturating_sub(1));
        self.asks_to_erase = false;
        self.message.clear();
    }

    /// Selects the take with this id, if it is in the list.
    pub fn select_take(&mut self, id: &TakeId) {
        let has_id = |index: &usize| self.takes.get(*index).is_some_and(|take| take.id == *id);
        if let Some(row) = self.matching.iter().position(has_id) {
            self.select(row);
        }
    }

    /// Says what happened to a take. The message stays until another take is selected.
    pub fn set_message(&mut self, message: String) {
        self.message = message;
    }

    /// The name of a take, such as `Action of 2024-05-01 10:00`, if it exists.
    pub fn take_name(&self, id: &TakeId) -> Option<String> {
        let entry = self.takes.iter().find(|entry| entry.id == *id)?;
        let part = entry.part.map_or("Take".to_owned(), part_name);
        Some(format!("{part} of {}", entry.began))
    }

    /// All takes, newest first.
    pub fn takes(&self) -> &[HistoryEntry] {
        &self.takes
    }

    /// Shows the trends, starting with the part of the selected take, or the list.
    pub fn show_trends(&mut self, show: bool) {
        self.asks_to_erase = false;
        self.trends = show.then(|| TrendsState::starting_with(self.entry(self.selected)));
    }

    /// Opens the export of the selected take. `suggested` are folders to choose from.
    pub fn open_export(&mut self, suggested: Vec<(&'static str, String)>) {
        self.close_modal();
        if let Some(entry) = self.entry(self.selected) {
            let name = self.take_name(&entry.id).unwrap_or_default();
            let transcribed = entry.state == TakeStatus::Transcribed;
            let folder = self.export_folder.as_deref();
            let export = ExportState::new(entry.id.clone(), name, transcribed, folder, suggested);
            self.modal = Some(HistoryModal::Export(export));
        }
    }

    /// Returns from a question to the history.
    pub fn close_modal(&mut self) {
        if let Some(HistoryModal::Export(export)) = self.modal.take() {
            self.export_folder = Some(export.folder().to_owned());
        }
    }

    /// The export that is open.
    pub fn export_mut(&mut self) -> Option<&mut ExportState> {
        match &mut self.modal {
            Some(HistoryModal::Export(export)) => Some(export),
            _ => None,
        }
    }

    /// Asks whether to erase all takes.
    pub fn ask_to_erase_all(&mut self) {
        self.close_modal();
        self.modal = Some(HistoryModal::EraseAll);
    }

    /// Asks whether to erase the selected take, or cancels the question.
    pub fn ask_to_erase(&mut self, ask: bool) {
        self.asks_to_erase = ask;
    }

    fn entry(&self, row: usize) -> Option<&HistoryEntry> {
        self.takes.get(*self.matching.get(row)?)
    }

    fn is_filtered(&self) -> bool {
        self.filter != HistoryFilter::default()
    }
}

/// Moves the focus to the search field.
pub fn focus_search(ctx: &Context) {
    ctx.memory_mut(|memory| memory.request_focus(search_field_id()));
}

/// Draws the tabs "Takes" and "Trends" for the header.
pub fn tabs_ui(ui: &mut Ui, shows_trends: bool) -> Option<HistoryAction> {
    let mut action = None;
    for (name, trends) in [("Takes", false), ("Trends", true)] {
        let selected = shows_trends == trends;
        // The key opens the other tab.
        let key = if selected { "" } else { key_name(Key::T) };
        if tab_ui(ui, name, key, selected).clicked() && !selected {
            action = Some(HistoryAction::ShowTrends(trends));
        }
    }
    action
}

/// The list of takes.
pub struct HistoryScreen<'a> {
    /// What it shows.
    pub state: &'a HistoryState,
    /// Whether an erased take can be restored.
    pub can_undo: bool,
}

impl Screen for HistoryScreen<'_> {
    type Action = HistoryAction;

    fn title(&self) -> Option<String> {
        Some("History".to_owned())
    }

    fn commands(&self, ctx: &Context) -> Vec<Command<HistoryAction>> {
        let history = self.state;
        // In the search field, letters are typed.
        let typing = ctx.text_edit_focused();
        let selected = history.entry(history.selected);
        if let (true, Some(entry)) = (history.asks_to_erase && !typing, selected) {
            let erase = HistoryAction::Erase(entry.id.clone());
            let cancel = HistoryAction::AskToErase(false);
            return vec![
                Command::plain("Erase take", Key::Y, erase),
                Command::primary("Cancel", Key::Escape, cancel),
            ];
        }
        let mut commands = Vec::new();
        if let Some(entry) = selected {
            if entry.story.is_some() {
                let label = match entry.state {
                    TakeStatus::Transcribed => "Open",
                    TakeStatus::Recorded | TakeStatus::Interrupted => "Transcribe",
                };
                let open = HistoryAction::OpenTake(entry.id.clone());
                commands.push(Command::primary(label, Key::Enter, open));
            }
            if !typing {
                let erase = HistoryAction::AskToErase(true);
                commands.push(Command::plain("Export", Key::X, HistoryAction::Export));
                commands.push(Command::plain("Erase", Key::Delete, erase));
            }
        }
        if !typing && !history.takes.is_empty() {
            commands.extend([
                Command::plain("Erase all", Key::A, HistoryAction::AskToEraseAll),
                Command::plain("Search", Key::F, HistoryAction::FocusSearch),
                Command::plain("Trends", Key::T, HistoryAction::ShowTrends(true)),
            ]);
        }
        if !typing && self.can_undo {
            commands.push(Command::plain(
                "Undo erase",
                Key::U,
                HistoryAction::UndoErase,
            ));
        }
        if history.selected > 0 {
            let previous = HistoryAction::Select(history.selected - 1);
            commands.push(Command::plain("Previous take", Key::ArrowUp, previous));
        }
        if history.selected + 1 < history.matching.len() {
            let next = HistoryAction::Select(history.selected + 1);
            commands.push(Command::plain("Next take", Key::ArrowDown, next));
        }
        let clear = HistoryAction::Filter(HistoryFilter::default());
        commands.push(match history.is_filtered() {
            true => Command::plain("Clear search", Key::Escape, clear),
            false => Command::plain("Home", Key::Escape, HistoryAction::Close),
        });
        commands
    }

    fn page(&self) -> Page {
        Page::new("history", MinSize::Width).with_top_margin(16)
    }

    fn is_in_bar(&self, command: &Command<HistoryAction>) -> bool {
        // The others are shown on the control that they belong to.
        ![Key::ArrowUp, Key::ArrowDown, Key::T, Key::F].contains(&command.key)
    }

    fn bar_ui(&self, ui: &mut Ui, commands: &[Command<HistoryAction>]) -> Option<HistoryAction> {
        let in_bar = |command: &&Command<HistoryAction>| self.is_in_bar(command);
        let shown: Vec<_> = commands.iter().filter(in_bar).collect();
        let asks = commands.iter().any(|command| command.key == Key::Y);
        let Some(entry) = self.state.entry(self.state.selected).filter(|_| asks) else {
            return bar_ui(ui, &shown);
        };
        let part = entry.part.map_or("Take".to_owned(), part_name);
        let question = format!(
            "Erase {part} of {}, with recording and transcript? You can undo until you quit.",
            entry.began
        );
        question_ui(ui, &question, &shown)
    }

    fn content_ui(
        &self,
        ui: &mut Ui,
        _commands: &[Command<HistoryAction>],
    ) -> Option<HistoryAction> {
        let history = self.state;
        announce_ui(ui, "done", &history.message);
        if history.takes.is_empty() {
            ui.label(theme::strong("No takes yet", TITLE));
            let hint = "Practice a section. Each take appears here with its feedback.";
            ui.label(theme::dim(ui, hint, BODY));
            return None;
        }
        let filter = filter_ui(ui, history);
        ui.add_space(SPACE[2]);
        if history.matching.is_empty() {
            ui.label(theme::strong("No matching takes", LARGE));
            let hint = "Search for other words, or press esc to clear the search.";
            ui.label(theme::dim(ui, hint, BODY));
            return filter;
        }
        filter.or(list_ui(ui, history))
    }
}

fn search_field_id() -> Id {
    Id::unique("search the history")
}

/// The search field and two filters.
fn filter_ui(ui: &mut Ui, history: &HistoryState) -> Option<HistoryAction> {
    let mut filter = history.filter.clone();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[1];
        let count = match (history.matching.len(), history.takes.len()) {
            (matching, all) if matching < all => format!("{matching} of {all} takes"),
            (_, 1) => "1 take".to_owned(),
            (_, all) => format!("{all} takes"),
        };
        let field = TextEdit::singleline(&mut filter.text)
            .id(search_field_id())
            .hint_text("Search (F): a day, a section")
            .font(theme::regular(BODY))
            .margin(Margin::symmetric(10, 7))
            .desired_width(260.0);
        let field = ui.add(field);
        ui.ctx().accesskit_node_builder(field.id, |node| {
            node.set_label("Search takes");
        });
        let title = |id: &String| {
            let story = history.stories.iter().find(|(_, story)| story == id);
            story.map_or(id.clone(), |(title, _)| title.clone())
        };
        let selected = filter
            .story
            .as_ref()
            .map_or("All stories".to_owned(), title);
        let stories = history
            .stories
            .iter()
            .map(|(title, id)| (id.clone(), title.clone()));
        combo_ui(
            ui,
            "Story",
            220.0,
            selected,
            stories,
            &mut filter.story,
            "All stories",
        );
        let selected = filter.part.map_or("All sections".to_owned(), part_name);
        let parts = history.parts.iter().map(|part| (*part, part_name(*part)));
        combo_ui(
            ui,
            "Section",
            130.0,
            selected,
            parts,
            &mut filter.part,
            "All sections",
        );
        ui.add_space(SPACE[1]);
        ui.label(theme::dim(ui, count, SMALL));
    });
    (filter != history.filter).then_some(HistoryAction::Filter(filter))
}

fn combo_ui<T: PartialEq + Clone>(
    ui: &mut Ui,
    name: &str,
    width: f32,
    selected_text: String,
    options: impl Iterator<Item = (T, String)>,
    selected: &mut Option<T>,
    all: &str,
) {
    let combo = ComboBox::from_id_salt(name)
        .width(width)
        .truncate()
        .selected_text(selected_text)
        .show_ui(ui, |ui| {
            ui.set_min_width(width);
            ui.selectable_value(selected, None, all);
            for (value, title) in options {
                ui.selectable_value(selected, Some(value), title);
            }
        });
    combo
        .response
        .widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, name));
}

fn list_ui(ui: &mut Ui, history: &HistoryState) -> Option<HistoryAction> {
    let mut action = None;
    let selected_id = ui.scope_id().with("selected");
    let before = ui.data_mut(|data| {
        let before: Option<usize> = data.get_temp(selected_id);
        data.insert_temp(selected_id, history.selected);
        before
    });
    let selection_moved = before != Some(history.selected);
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical()
        .auto_shrink(false)
        .show_viewport(ui, |ui, viewport| {
            layout::scroll_by_keys(ui);
            let count = history.matching.len();
            ui.set_height(ROW_HEIGHT * count as f32);
            let (top, left) = (ui.max_rect().top(), ui.max_rect().left());
            let width = ui.available_width() - SPACE[2];
            let row_rect = |row: usize| {
                let corner = pos2(left, top + ROW_HEIGHT * row as f32);
                Rect::from_min_size(corner, vec2(width, ROW_HEIGHT))
            };
            // Only visible rows are drawn.
            let first = (viewport.top() / ROW_HEIGHT).floor().max(0.0) as usize;
            let end = ((viewport.bottom() / ROW_HEIGHT).ceil().max(0.0) as usize).min(count);
            for row in first..end {
                let Some(entry) = history.entry(row) else {
                    continue;
                };
                let selected = row == history.selected;
                let clicked = row_ui(ui, row_rect(row), entry, row, selected);
                action = action.take().or(clicked);
            }
            if selection_moved {
                ui.scroll_to_rect(row_rect(history.selected), None);
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
