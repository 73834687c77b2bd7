//! The screen of the history: search field, filters, list and commands.

use egui::{ComboBox, Context, Id, Key, Margin, Role, TextEdit, Ui, WidgetInfo};

use super::list::list_ui;
use super::state::{HistoryAction, HistoryState};
use crate::app::HistoryFilter;
use crate::gui::bottom_bar::{Bar, Question};
use crate::gui::command::{Command, key_name};
use crate::gui::layout;
use crate::gui::layout::{MinHeight, Page};
use crate::gui::screen::Screen;
use crate::gui::text::part_name;
use crate::gui::theme;
use crate::gui::theme::{BODY, LARGE, SMALL, SPACE, TITLE};
use crate::gui::widgets::live_region::announce_ui;
use crate::gui::widgets::tab::tab_ui;
use crate::storage::TakeStatus;

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
        let selected = history.selected_entry();
        if let (true, Some(entry)) = (history.asks_to_erase() && !typing, selected) {
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
        if !typing && !history.takes().is_empty() {
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
        if history.selected_row() > 0 {
            let previous = HistoryAction::Select(history.selected_row() - 1);
            commands.push(Command::plain("Previous take", Key::ArrowUp, previous));
        }
        if history.selected_row() + 1 < history.row_count() {
            let next = HistoryAction::Select(history.selected_row() + 1);
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
        Page::new("history", MinHeight::Most).with_top_margin(16)
    }

    fn is_in_bar(&self, command: &Command<HistoryAction>) -> bool {
        // The others are shown on the control that they belong to.
        ![Key::ArrowUp, Key::ArrowDown, Key::T, Key::F].contains(&command.key)
    }

    fn bar_height(&self, ui: &Ui, commands: &[Command<HistoryAction>]) -> f32 {
        let shown = self.in_bar(commands);
        match self.question(commands) {
            Some(question) => Question::new(ui, &question, &shown).height(),
            None => Bar::new(ui, &shown).height(),
        }
    }

    fn bar_ui(&self, ui: &mut Ui, commands: &[Command<HistoryAction>]) -> Option<HistoryAction> {
        let shown = self.in_bar(commands);
        match self.question(commands) {
            Some(question) => Question::new(ui, &question, &shown).ui(ui),
            None => Bar::new(ui, &shown).ui(ui, &shown),
        }
    }

    fn content_ui(
        &self,
        ui: &mut Ui,
        _commands: &[Command<HistoryAction>],
    ) -> Option<HistoryAction> {
        let history = self.state;
        announce_ui(ui, "done", history.message());
        if history.takes().is_empty() {
            ui.label(theme::strong("No takes yet", TITLE));
            let hint = "Practice a section. Each take appears here with its feedback.";
            ui.label(theme::dim(ui, hint, BODY));
            return None;
        }
        let filter = filter_ui(ui, history);
        ui.add_space(SPACE[2]);
        if history.row_count() == 0 {
            ui.label(theme::strong("No matching takes", LARGE));
            let hint = "Search for other words, or press esc to clear the search.";
            ui.label(theme::dim(ui, hint, BODY));
            return filter;
        }
        filter.or(list_ui(ui, history))
    }
}

impl HistoryScreen<'_> {
    /// The question whether to erase the selected take, if it is asked.
    fn question(&self, commands: &[Command<HistoryAction>]) -> Option<String> {
        let asks = commands.iter().any(|command| command.key == Key::Y);
        let entry = self.state.selected_entry().filter(|_| asks)?;
        let part = entry.part.map_or("Take".to_owned(), part_name);
        Some(format!(
            "Erase {part} of {}, with recording and transcript? You can undo until you quit.",
            entry.began
        ))
    }
}

fn search_field_id() -> Id {
    Id::unique("search the history")
}

/// The search field and two filters.
fn filter_ui(ui: &mut Ui, history: &HistoryState) -> Option<HistoryAction> {
    let mut filter = history.filter().clone();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[1];
        let count = match (history.row_count(), history.takes().len()) {
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
            let story = history.stories().iter().find(|(_, story)| story == id);
            story.map_or(id.clone(), |(title, _)| title.clone())
        };
        let selected = filter
            .story
            .as_ref()
            .map_or("All stories".to_owned(), title);
        let stories = history
            .stories()
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
        let parts = history.parts().iter().map(|part| (*part, part_name(*part)));
        combo_ui(
            ui,
            "Section",
            130.0,
            selected,
            parts,
            &mut filter.part,
            "All sections",
        );
        if !layout::is_narrow(ui.ctx()) {
            ui.add_space(SPACE[1]);
        }
        ui.label(theme::dim(ui, count, SMALL));
    });
    (filter != *history.filter()).then_some(HistoryAction::Filter(filter))
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
