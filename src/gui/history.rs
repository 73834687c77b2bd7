//! The takes of the past: search, open, erase, export.

use egui::{
    Align2, ComboBox, Id, Key, Margin, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, TextEdit,
    Ui, WidgetInfo, pos2, vec2,
};

use super::Action;
use super::command as offer;
use super::command::{Command, key_name};
use super::export;
use super::export::ExportState;
use super::layout as canvas;
use super::layout::MinSize;
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

const ROW: f32 = 40.0;
/// Date, section, length and state; what is left is for the story.
const DATE: f32 = 150.0;
const SECTION: f32 = 120.0;
const LENGTH: f32 = 70.0;
const STATE: f32 = 150.0;

/// What the screen shows.
#[derive(Debug, Default)]
pub struct HistoryState {
    takes: Vec<HistoryEntry>,
    /// Stories and parts that there are takes of.
    stories: Vec<(String, String)>,
    parts: Vec<Part>,
    sought: HistoryFilter,
    /// Places in `takes` of those that are sought.
    found: Vec<usize>,
    /// A place in `found`.
    chosen: usize,
    asking: bool,
    /// What was just done to a take, for who does not see the list change.
    told: String,
    /// In place of the list, where it is asked for.
    pub trends: Option<TrendsState>,
    /// Likewise, and over both.
    pub over: Option<HistoryModal>,
    /// Where the last take was exported to.
    folder: Option<String>,
}

/// What is asked before something is done with takes.
#[derive(Debug)]
pub enum HistoryModal {
    /// In what form the chosen one is written, and where to.
    Export(ExportState),
    /// Whether all of them are to be erased.
    EraseAll,
}

impl HistoryState {
    /// Shows these takes, newest first. What is sought and chosen stays.
    pub fn show(&mut self, takes: Vec<HistoryEntry>) {
        let of_story = |past: &HistoryEntry| Some((past.title.clone(), past.story.clone()?));
        let mut stories: Vec<(String, String)> = takes.iter().filter_map(of_story).collect();
        stories.sort();
        stories.dedup();
        self.stories = stories;
        let mut parts: Vec<Part> = Vec::new();
        for part in takes.iter().filter_map(|past| past.part) {
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        parts.sort_by_key(|part| part_order(*part));
        self.parts = parts;
        self.takes = takes;
        self.asking = false;
        self.seek(self.sought.clone());
    }

    /// Shows only what is sought.
    pub fn seek(&mut self, sought: HistoryFilter) {
        if sought != self.sought {
            self.chosen = 0;
        }
        let places = self.takes.iter().enumerate();
        let found = places.filter(|(_, past)| sought.matches(past));
        self.found = found.map(|(place, _)| place).collect();
        self.sought = sought;
        self.choose(self.chosen);
    }

    /// Chooses the take at a place in the list.
    pub fn choose(&mut self, place: usize) {
        self.chosen = place.min(self.found.len().saturating_sub(1));
        self.asking = false;
        self.told.clear();
    }

    /// Chooses the take of this name, where it is shown.
    pub fn choose_take(&mut self, id: &TakeId) {
        let place = |place: &usize| self.takes.get(*place).is_some_and(|past| past.id == *id);
        if let Some(place) = self.found.iter().position(place) {
            self.choose(place);
        }
    }

    /// Tells what was done to a take, until the next thing is done.
    pub fn tell(&mut self, says: String) {
        self.told = says;
    }

    /// What a take is called, where it is there.
    pub fn name_of(&self, id: &TakeId) -> Option<String> {
        let past = self.takes.iter().find(|past| past.id == *id)?;
        let part = past.part.map_or("Take".to_owned(), part_name);
        Some(format!("{part} of {}", past.began))
    }

    /// The takes there are, newest first.
    pub fn takes(&self) -> &[HistoryEntry] {
        &self.takes
    }

    /// Goes from the list to the trends, first those of the chosen take; or back.
    pub fn show_trends(&mut self, show: bool) {
        self.asking = false;
        self.trends = show.then(|| TrendsState::begin_with(self.at(self.chosen)));
    }

    /// Asks how the chosen take is to be exported, or does not. `usual` are folders to choose from.
    pub fn ask_to_export(&mut self, ask: bool, usual: Vec<(&'static str, String)>) {
        if let Some(HistoryModal::Export(export)) = &self.over {
            self.folder = Some(export.folder().to_owned());
        }
        self.over = None;
        if let (true, Some(past)) = (ask, self.at(self.chosen)) {
            let name = self.name_of(&past.id).unwrap_or_default();
            let heard = past.state == TakeStatus::Transcribed;
            let folder = self.folder.as_deref();
            let export = ExportState::of(past.id.clone(), name, heard, folder, usual);
            self.over = Some(HistoryModal::Export(export));
        }
    }

    /// What is being exported.
    pub fn export(&self) -> Option<&ExportState> {
        match &self.over {
            Some(HistoryModal::Export(export)) => Some(export),
            _ => None,
        }
    }

    /// Takes in a choice about that.
    pub fn choose_export(&mut self, ask: export::ExportAction) {
        if let Some(HistoryModal::Export(export)) = &mut self.over {
            export.choose(ask);
        }
    }

    /// Asks whether all takes are to be erased, or does not.
    pub fn ask_to_erase_all(&mut self, ask: bool) {
        self.over = ask.then_some(HistoryModal::EraseAll);
    }

    /// Asks whether the chosen take is to be erased, or does not.
    pub fn ask_to_erase(&mut self, ask: bool) {
        self.asking = ask;
    }

    fn at(&self, place: usize) -> Option<&HistoryEntry> {
        self.takes.get(*self.found.get(place)?)
    }

    fn is_filtered(&self) -> bool {
        self.sought != HistoryFilter::default()
    }
}

/// Asks for the keyboard in the search field.
pub fn search(ctx: &egui::Context) {
    ctx.memory_mut(|memory| memory.request_focus(search_id()));
}

/// What can be done here; `erased` can be brought back. While somebody types, letters are letters.
pub fn offers(history: &HistoryState, erased: bool, typing: bool) -> Vec<Command> {
    let mut offers = Vec::new();
    let chosen = history.at(history.chosen);
    if let (true, Some(past)) = (history.asking && !typing, chosen) {
        let erase = Action::Erase(past.id.clone());
        offers.push(Command::plain("Erase it", Key::Y, erase));
        offers.push(Command::primary(
            "Keep it",
            Key::Escape,
            Action::AskToErase(false),
        ));
        return offers;
    }
    if let Some(past) = chosen {
        if past.story.is_some() {
            let label = match past.state {
                TakeStatus::Transcribed => "Open",
                TakeStatus::Recorded | TakeStatus::Interrupted => "Transcribe",
            };
            let open = Action::OpenTake(past.id.clone());
            offers.push(Command::primary(label, Key::Enter, open));
        }
        if !typing {
            let export = Action::Export(export::ExportAction::Show(true));
            offers.push(Command::plain("Export", Key::X, export));
            offers.push(Command::plain(
                "Erase",
                Key::Delete,
                Action::AskToErase(true),
            ));
        }
    }
    if !typing && !history.takes.is_empty() {
        let all = Action::AskToEraseAll(true);
        offers.push(Command::plain("Erase all", Key::A, all));
    }
    if !typing && !history.takes.is_empty() {
        offers.push(Command::plain("Search", Key::F, Action::Search));
        offers.push(Command::plain("Trends", Key::T, Action::ShowTrends(true)));
    }
    if !typing && erased {
        offers.push(Command::plain("Undo erasing", Key::U, Action::BringBack));
    }
    if history.chosen > 0 {
        let action = Action::ChooseTake(history.chosen - 1);
        offers.push(Command::plain("Take above", Key::ArrowUp, action));
    }
    if history.chosen + 1 < history.found.len() {
        let action = Action::ChooseTake(history.chosen + 1);
        offers.push(Command::plain("Take below", Key::ArrowDown, action));
    }
    offers.push(match history.is_filtered() {
        true => Command::plain(
            "Clear search",
            Key::Escape,
            Action::Seek(HistoryFilter::default()),
        ),
        false => Command::plain("Home", Key::Escape, Action::Home),
    });
    offers
}

/// List or trends, for the bar at the top.
pub fn tabs_ui(ui: &mut Ui, history: &HistoryState) -> Option<Action> {
    let on = history.trends.is_some();
    let mut asked = None;
    // The key leads to the one that is not on.
    for (name, trends) in [("Takes", false), ("Trends", true)] {
        let key = if on == trends { "" } else { key_name(Key::T) };
        if tab_ui(ui, name, key, on == trends).clicked() && on != trends {
            asked = Some(Action::ShowTrends(trends));
        }
    }
    asked
}

/// The list, and above it what is sought.
pub fn history_ui(ui: &mut Ui, history: &HistoryState, offers: &[Command]) -> Option<Action> {
    let asked = canvas::bottom_ui(ui, |ui| bar_ui(ui, history, offers));
    let margin = Margin {
        left: 24,
        right: 24,
        top: 16,
        bottom: 0,
    };
    let shown = canvas::page_ui(ui, "history", MinSize::Width, margin, |ui| {
        announce_ui(ui, "done", &history.told);
        if history.takes.is_empty() {
            ui.label(theme::strong("There is no take yet.", TITLE));
            let says = "Practise a section: every take is listed here, with its feedback.";
            ui.label(theme::dim(ui, says, BODY));
            return None;
        }
        let sought = sought_ui(ui, history);
        ui.add_space(SPACE[2]);
        if history.found.is_empty() {
            ui.label(theme::strong("No take fits.", LARGE));
            let says = "Search for other words, or clear the search with esc.";
            ui.label(theme::dim(ui, says, BODY));
            return sought;
        }
        sought.or(list_ui(ui, history))
    });
    asked.or(shown)
}

/// A part as it is called on the screen.
pub fn part_name(part: Part) -> String {
    match part {
        Part::Whole => "Whole answer".to_owned(),
        Part::Section(kind) => kind.to_string(),
        Part::FollowUp(number) => format!("Follow-up {number}"),
    }
}

/// Sections as they are told, then the whole answer and the follow-ups.
pub fn part_order(part: Part) -> (u8, String) {
    match part {
        Part::Section(kind) => (kind as u8, String::new()),
        Part::Whole => (u8::MAX - 1, String::new()),
        Part::FollowUp(number) => (u8::MAX, format!("{number:>5}")),
    }
}

fn search_id() -> Id {
    Id::unique("search the history")
}

fn bar_ui(ui: &mut Ui, history: &HistoryState, offers: &[Command]) -> Option<Action> {
    // These are written where they lead to.
    let elsewhere = [Key::ArrowUp, Key::ArrowDown, Key::T, Key::F];
    let in_bar = |offer: &&Command| !elsewhere.contains(&offer.key);
    let shown: Vec<Command> = offers.iter().filter(in_bar).cloned().collect();
    let asking = offers.iter().any(|offer| offer.key == Key::Y);
    let Some(past) = history.at(history.chosen).filter(|_| asking) else {
        return offer::bar_ui(ui, &shown);
    };
    let part = past.part.map_or("Take".to_owned(), part_name);
    let says = format!(
        "Erase {part} of {}: sound, words and all? Until Starling is closed it can be undone.",
        past.began
    );
    offer::question_ui(ui, &says, &shown)
}

/// A search field and two filters.
fn sought_ui(ui: &mut Ui, history: &HistoryState) -> Option<Action> {
    let mut sought = history.sought.clone();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[1];
        let count = match (history.found.len(), history.takes.len()) {
            (found, all) if found < all => format!("{found} of {all} takes"),
            (_, 1) => "1 take".to_owned(),
            (_, all) => format!("{all} takes"),
        };
        let field = TextEdit::singleline(&mut sought.text)
            .id(search_id())
            .hint_text("Search (F): a day, a section")
            .font(theme::regular(BODY))
            .margin(Margin::symmetric(10, 7))
            .desired_width(260.0);
        let field = ui.add(field);
        ui.ctx().accesskit_node_builder(field.id, |node| {
            node.set_label("Search the takes");
        });
        let title = |id: &String| {
            let known = history.stories.iter().find(|(_, story)| story == id);
            known.map_or(id.clone(), |(title, _)| title.clone())
        };
        let shown = sought
            .story
            .as_ref()
            .map_or("All stories".to_owned(), title);
        let stories = history
            .stories
            .iter()
            .map(|(title, id)| (id.clone(), title.clone()));
        filter_ui(
            ui,
            "Story",
            220.0,
            shown,
            stories,
            &mut sought.story,
            "All stories",
        );
        let shown = sought.part.map_or("All sections".to_owned(), part_name);
        let parts = history.parts.iter().map(|part| (*part, part_name(*part)));
        filter_ui(
            ui,
            "Section",
            130.0,
            shown,
            parts,
            &mut sought.part,
            "All sections",
        );
        ui.add_space(SPACE[1]);
        ui.label(theme::dim(ui, count, SMALL));
    });
    (sought != history.sought).then_some(Action::Seek(sought))
}

fn filter_ui<T: PartialEq + Clone>(
    ui: &mut Ui,
    name: &str,
    width: f32,
    shown: String,
    all: impl Iterator<Item = (T, String)>,
    chosen: &mut Option<T>,
    none: &str,
) {
    let combo = ComboBox::from_id_salt(name)
        .width(width)
        .truncate()
        .selected_text(shown)
        .show_ui(ui, |ui| {
            ui.set_min_width(width);
            ui.selectable_value(chosen, None, none);
            for (value, title) in all {
                ui.selectable_value(chosen, Some(value), title);
            }
        });
    combo
        .response
        .widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, name));
}

fn list_ui(ui: &mut Ui, history: &HistoryState) -> Option<Action> {
    let mut asked = None;
    let shown = ui.scope_id().with("chosen");
    let before = ui.data_mut(|data| {
        let before: Option<usize> = data.get_temp(shown);
        data.insert_temp(shown, history.chosen);
        before
    });
    let follow = before != Some(history.chosen);
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical()
        .auto_shrink(false)
        .show_viewport(ui, |ui, view| {
            canvas::scroll_by_keys(ui);
            let count = history.found.len();
            ui.set_height(ROW * count as f32);
            let (top, left) = (ui.max_rect().top(), ui.max_rect().left());
            let width = ui.available_width() - SPACE[2];
            let place = |row: usize| {
                let at = pos2(left, top + ROW * row as f32);
                Rect::from_min_size(at, vec2(width, ROW))
            };
            // Only rows that are seen are drawn, and the one that is gone to.
            let first = (view.top() / ROW).floor().max(0.0) as usize;
            let end = ((view.bottom() / ROW).ceil().max(0.0) as usize).min(count);
            for row in first..end {
                let Some(past) = history.at(row) else {
                    continue;
                };
                asked = asked
                    .take()
                    .or(row_ui(ui, place(row), past, row, row == history.chosen));
            }
            if follow {
                ui.scroll_to_rect(place(history.chosen), None);
            }
        });
    asked
}

fn row_ui(
    ui: &mut Ui,
    rect: Rect,
    past: &HistoryEntry,
    row: usize,
    chosen: bool,
) -> Option<Action> {
    let palette = theme::palette(ui);
    let response = ui.interact(rect, ui.scope_id().with(&past.id.0), Sense::click());
    let part = past.part.map_or("\u{2013}".to_owned(), part_name);
    let length = past.seconds.map_or("\u{2013}".to_owned(), clock);
    let (icon, color, state) = match (past.state, past.words) {
        (TakeStatus::Interrupted, _) => (Icon::Triangle, palette.amber, "interrupted".to_owned()),
        (TakeStatus::Recorded, _) => (Icon::Circle, palette.dim, "not transcribed".to_owned()),
        (TakeStatus::Transcribed, Some(1)) => (Icon::Check, palette.good, "1 word".to_owned()),
        (TakeStatus::Transcribed, words) => {
            let says = format!("{} words", words.unwrap_or(0));
            (Icon::Check, palette.good, says)
        }
    };
    let name = format!("{}, {}, {part}, {length}, {state}", past.began, past.title);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &name));
    let painter = ui.painter();
    let fill = match (chosen, response.hovered()) {
        (true, _) => palette.raised,
        (false, true) => palette.surface,
        (false, false) => palette.ground,
    };
    let line = match chosen {
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
    painter.text(pos2(x, y), left, &past.began, font(), palette.dim);
    x += DATE;
    let wide = (rect.right() - SECTION - LENGTH - STATE - SPACE[2] - x).max(40.0);
    let mut job = egui::text::LayoutJob::simple_singleline(
        past.title.clone(),
        theme::semibold(BODY),
        palette.text,
    );
    job.wrap = egui::text::TextWrapping::truncate_at_width(wide - SPACE[2]);
    let title = painter.layout_job(job);
    painter.galley(pos2(x, y - title.size().y / 2.0), title, palette.text);
    x += wide;
    painter.text(pos2(x, y), left, part, font(), palette.text);
    x += SECTION;
    painter.text(pos2(x, y), left, length, font(), palette.text);
    x += LENGTH;
    let sign = Rect::from_center_size(pos2(x + SMALL / 2.0, y), vec2(SMALL, SMALL));
    let says = pos2(x + SMALL + SPACE[1], y);
    painter.text(says, left, state, theme::regular(SMALL), color);
    paint(ui, icon, sign, color);
    focus_ring(ui, &response);
    match (response.double_clicked(), response.clicked()) {
        (true, _) if past.story.is_some() => Some(Action::OpenTake(past.id.clone())),
        (_, true) => Some(Action::ChooseTake(row)),
        _ => None,
    }
}
