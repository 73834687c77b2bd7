//! The home screen around the selected story: the list of stories, the bottom bar, and the microphone.

use egui::{
    Align, CentralPanel, ComboBox, Context, Frame, Key, Label, Layout, Margin, Panel, Role,
    ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2,
};

use super::notices::{microphone_error, missing_microphone_ui, recoverable_take_ui};
use super::state::{HomeAction, HomeState};
use super::story_panel;
use super::story_panel::story_ui;
use crate::app::{Controller, ModelState};
use crate::audio::AudioSource;
use crate::domain::story::{Level, Part, SectionKind, Story};
use crate::domain::time::clock;
use crate::gui::command::{Command, with_key};
use crate::gui::layout;
use crate::gui::layout::{MinHeight, Page};
use crate::gui::microphone::choice_ui;
use crate::gui::privacy;
use crate::gui::screen::Screen;
use crate::gui::theme;
use crate::gui::theme::{BODY, LARGE, SMALL, SPACE, TITLE};
use crate::gui::widgets::button::focus_ring;
use crate::gui::widgets::icon::{Icon, line_icon_ui};
use crate::gui::widgets::level_meter::level_ui;

const LIST_WIDTH: f32 = 300.0;
/// The list of stories in a narrow window.
const PICKER_WIDTH: f32 = 400.0;

/// The home screen.
pub struct HomeScreen<'a> {
    /// Its stories, settings, microphone and speech model are shown.
    pub controller: &'a Controller,
    /// The index of the selected story.
    pub selected: usize,
    /// What the takes of the selected story show.
    pub state: &'a HomeState,
}

impl Screen for HomeScreen<'_> {
    type Action = HomeAction;

    fn title(&self) -> Option<String> {
        None
    }

    fn commands(&self, _ctx: &Context) -> Vec<Command<HomeAction>> {
        let controller = self.controller;
        let mut commands = Vec::new();
        if let Some(story) = controller.stories().get(self.selected) {
            let practice = HomeAction::Practice(Part::Section(SectionKind::Situation));
            commands.push(Command::primary("Practice", Key::Enter, practice));
            commands.push(Command::plain("Learn", Key::L, HomeAction::Learn));
            let interview = HomeAction::MockInterview;
            commands.push(Command::plain("Mock interview", Key::I, interview));
            let settings = controller.settings();
            commands.extend(story_panel::commands(story, settings, self.state));
        }
        commands.push(Command::plain("History", Key::H, HomeAction::ShowHistory));
        let privacy = HomeAction::ShowPrivacy;
        commands.push(Command::plain(privacy::TITLE_TEXT, Key::K, privacy));
        if let Some(entry) = controller.recoverable_take() {
            let open = HomeAction::OpenTake(entry.id.clone());
            commands.push(Command::plain("Get feedback", Key::F, open));
            let dismiss = HomeAction::DismissRecoverable;
            commands.push(Command::plain("Not now", Key::N, dismiss));
        }
        if !matches!(controller.source(), AudioSource::File(..)) {
            commands.push(match controller.is_monitoring() {
                true => Command::plain("Turn off", Key::M, HomeAction::Monitor(false)),
                false => Command::plain("Turn on", Key::M, HomeAction::Monitor(true)),
            });
        }
        if microphone_error(controller).is_some() {
            let list = HomeAction::ListMicrophones;
            commands.push(Command::plain("Search again", Key::A, list));
        }
        if self.selected > 0 {
            let previous = HomeAction::SelectStory(self.selected - 1);
            commands.push(Command::plain("Previous story", Key::ArrowLeft, previous));
        }
        if self.selected + 1 < controller.stories().len() {
            let next = HomeAction::SelectStory(self.selected + 1);
            commands.push(Command::plain("Next story", Key::ArrowRight, next));
        }
        commands
    }

    fn page(&self) -> Page {
        Page::new("home", MinHeight::Little).with_top_margin(16)
    }

    fn is_in_bar(&self, command: &Command<HomeAction>) -> bool {
        // The others are drawn with what they are about.
        matches!(command.key, Key::H | Key::K)
    }

    fn bar_ui(&self, ui: &mut Ui, commands: &[Command<HomeAction>]) -> Option<HomeAction> {
        ui.horizontal_centered(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE[1];
            let is_narrow = layout::is_narrow(ui.ctx());
            let mut action = None;
            for command in self.in_bar(commands) {
                action = action.or(command.button_ui(ui, !is_narrow));
            }
            ui.add_space(SPACE[2]);
            status_ui(ui, self.controller);
            action
        })
        .inner
    }

    fn content_ui(&self, ui: &mut Ui, commands: &[Command<HomeAction>]) -> Option<HomeAction> {
        let controller = self.controller;
        let settings = controller.settings();
        let Some(story) = controller.stories().get(self.selected) else {
            return self.no_story_ui(ui, commands);
        };
        if layout::is_narrow(ui.ctx()) {
            return story_ui(ui, story, settings, self.state, commands, |ui| {
                let action = notices_ui(ui, controller, commands);
                action.or(picker_ui(ui, controller, self.selected, commands))
            });
        }
        let action = notices_ui(ui, controller, commands);
        let list = Panel::left("stories")
            .exact_size(LIST_WIDTH)
            .resizable(false)
            .show_separator_line(false)
            .frame(Frame::new())
            .show(ui, |ui| list_ui(ui, controller, self.selected, commands));
        let action = action.or(list.inner);
        let frame = Frame::new().inner_margin(Margin {
            left: 24,
            right: 0,
            top: 0,
            bottom: 0,
        });
        let shown = CentralPanel::default().frame(frame).show(ui, |ui| {
            story_ui(ui, story, settings, self.state, commands, |_| None)
        });
        action.or(shown.inner)
    }
}

impl HomeScreen<'_> {
    /// Says how to get stories, if there are none.
    fn no_story_ui(&self, ui: &mut Ui, commands: &[Command<HomeAction>]) -> Option<HomeAction> {
        let action = notices_ui(ui, self.controller, commands);
        ui.label(theme::strong("No stories yet", TITLE));
        let folder = self.controller.store().stories();
        let hint = format!(
            "Copy a story pack to {} and restart Starling.",
            folder.display()
        );
        ui.add(Label::new(theme::dim(ui, hint, BODY)).wrap());
        action
    }
}

fn notices_ui(
    ui: &mut Ui,
    controller: &Controller,
    commands: &[Command<HomeAction>],
) -> Option<HomeAction> {
    let action = missing_microphone_ui(ui, controller, commands);
    action.or(recoverable_take_ui(ui, controller, commands))
}

/// Draws the choice of microphone with its level, for the header.
pub fn microphone_ui(
    ui: &mut Ui,
    controller: &Controller,
    commands: &[Command<HomeAction>],
) -> Option<HomeAction> {
    let is_narrow = layout::is_narrow(ui.ctx());
    let level_width = if is_narrow { 40.0 } else { 90.0 };
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let command = with_key(commands, Key::M);
        let action = command.and_then(|command| command.button_ui(ui, !is_narrow));
        level_ui(ui, controller.level_dbfs(), level_width);
        action.or(choice_ui(ui, controller).map(HomeAction::Microphone))
    })
    .inner
}

/// The stories of a narrow window: a drop-down list, and the buttons to the previous and the next one.
fn picker_ui(
    ui: &mut Ui,
    controller: &Controller,
    selected: usize,
    commands: &[Command<HomeAction>],
) -> Option<HomeAction> {
    let stories = controller.stories();
    let mut action = None;
    ui.horizontal_wrapped(|ui| {
        let title = stories.get(selected).map_or("", |story| &story.title);
        let combo = ComboBox::from_id_salt("story")
            .width(ui.available_width().min(PICKER_WIDTH))
            .truncate()
            .selected_text(title)
            .show_ui(ui, |ui| {
                for (index, story) in stories.iter().enumerate() {
                    if ui
                        .selectable_label(index == selected, &story.title)
                        .clicked()
                    {
                        action = Some(HomeAction::SelectStory(index));
                    }
                }
            });
        combo
            .response
            .widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, "Story"));
        let neighbors = neighbors_ui(ui, commands);
        action = action.take().or(neighbors);
    });
    action
}

/// The buttons to the previous and the next story.
fn neighbors_ui(ui: &mut Ui, commands: &[Command<HomeAction>]) -> Option<HomeAction> {
    let mut action = None;
    for command in commands {
        if matches!(command.key, Key::ArrowLeft | Key::ArrowRight) {
            action = action.take().or(command.flat_ui(ui));
        }
    }
    action
}

fn list_ui(
    ui: &mut Ui,
    controller: &Controller,
    selected: usize,
    commands: &[Command<HomeAction>],
) -> Option<HomeAction> {
    let (stories, level) = (controller.stories(), controller.settings().level);
    let mut action = None;
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        for (index, story) in stories.iter().enumerate() {
            if card_ui(ui, story, story.level_for(level), index == selected) {
                action = Some(HomeAction::SelectStory(index));
            }
            ui.add_space(SPACE[0]);
        }
        let neighbors = ui.horizontal(|ui| neighbors_ui(ui, commands)).inner;
        action = action.take().or(neighbors);
    });
    action
}

/// Draws a story of the list. Returns whether it was clicked.
fn card_ui(ui: &mut Ui, story: &Story, level: Level, selected: bool) -> bool {
    let palette = theme::palette(ui);
    let width = ui.available_width();
    let text_width = width - 2.0 * SPACE[3];
    let total = story.total_at(level);
    let level = story.level_label(level);
    let facts = format!("{} · {level} · {}", story.principle, clock(total));
    let painter = ui.painter();
    let title = painter.layout(
        story.title.clone(),
        theme::semibold(LARGE),
        palette.text,
        text_width,
    );
    let facts = painter.layout(facts, theme::regular(SMALL), palette.dim, text_width);
    let height = title.size().y + SPACE[0] + facts.size().y + 2.0 * SPACE[2];
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
    let rect = rect.shrink(1.0);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, &story.title));
    let line = match (selected, response.hovered()) {
        (true, _) => palette.accent,
        (false, true) => palette.dim,
        (false, false) => palette.line,
    };
    let stroke = Stroke::new(if selected { 2.0 } else { 1.0 }, line);
    let painter = ui.painter();
    painter.rect(
        rect,
        theme::RADIUS,
        palette.surface,
        stroke,
        StrokeKind::Inside,
    );
    focus_ring(ui, &response);
    let title_at = rect.min + vec2(SPACE[3], SPACE[2]);
    let facts_at = title_at + vec2(0.0, title.size().y + SPACE[0]);
    painter.galley(title_at, title, palette.text);
    painter.galley(facts_at, facts, palette.dim);
    response.clicked()
}

/// The states of the speech model and, in a wide window, of the microphone. The header shows it, too.
fn status_ui(ui: &mut Ui, controller: &Controller) {
    let palette = theme::palette(ui);
    ui.spacing_mut().item_spacing.x = SPACE[1];
    let (icon, color, icon_name, text) = match controller.model() {
        ModelState::Loading => (Icon::Circle, palette.dim, "busy", "Loading speech model"),
        ModelState::Ready => (Icon::Check, palette.good, "good", "Speech model ready"),
        ModelState::Unusable(_) => (
            Icon::Octagon,
            palette.red,
            "problem",
            "Speech model unusable: takes are saved but not transcribed",
        ),
    };
    line_icon_ui(ui, icon, SMALL, color, icon_name);
    ui.add(Label::new(theme::dim(ui, text, SMALL)).truncate());
    if layout::is_narrow(ui.ctx()) {
        return;
    }
    ui.add_space(SPACE[3]);
    let (icon, color, text) = match (controller.source(), controller.is_listening()) {
        (AudioSource::File(..), _) => (Icon::Circle, palette.dim, "Microphone not in use"),
        (_, true) => (
            Icon::Disc,
            palette.voice,
            "Microphone on, nothing is recorded",
        ),
        (_, false) => (Icon::Circle, palette.dim, "Microphone off"),
    };
    line_icon_ui(ui, icon, SMALL, color, "microphone");
    ui.add(Label::new(theme::dim(ui, text, SMALL)).truncate());
}
