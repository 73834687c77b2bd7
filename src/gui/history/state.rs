//! Which takes the history lists, which one is selected, and what the user can ask for on it.

use crate::app::{HistoryEntry, HistoryFilter};
use crate::domain::story::Part;
use crate::domain::take::TakeId;
use crate::gui::export::ExportState;
use crate::gui::text::{part_name, part_order};
use crate::gui::trends::TrendsState;
use crate::storage::TakeStatus;

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
        self.trends = show.then(|| TrendsState::starting_with(self.selected_entry()));
    }

    /// Opens the export of the selected take. `suggested` are folders to choose from.
    pub fn open_export(&mut self, suggested: Vec<(&'static str, String)>) {
        self.close_modal();
        if let Some(entry) = self.selected_entry() {
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

    /// The take in this row of the list.
    pub(super) fn entry(&self, row: usize) -> Option<&HistoryEntry> {
        self.takes.get(*self.matching.get(row)?)
    }

    /// The number of rows of the list.
    pub(super) fn row_count(&self) -> usize {
        self.matching.len()
    }

    /// The row that is selected.
    pub(super) fn selected_row(&self) -> usize {
        self.selected
    }

    /// The take that is selected.
    pub(super) fn selected_entry(&self) -> Option<&HistoryEntry> {
        self.entry(self.selected)
    }

    /// Whether the user is asked if the selected take is to be erased.
    pub(super) fn asks_to_erase(&self) -> bool {
        self.asks_to_erase
    }

    /// What just happened to a take.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// Selects the takes that are listed.
    pub(super) fn filter(&self) -> &HistoryFilter {
        &self.filter
    }

    /// Whether the filter leaves out takes.
    pub(super) fn is_filtered(&self) -> bool {
        self.filter != HistoryFilter::default()
    }

    /// Title and id of the stories that have takes.
    pub(super) fn stories(&self) -> &[(String, String)] {
        &self.stories
    }

    /// The parts that have takes.
    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }
}
