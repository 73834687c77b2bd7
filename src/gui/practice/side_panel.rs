//! The panel beside an answer: how much of the plan is shown, and the time limit.

use egui::{Align, Frame, Key, Layout, Margin, Panel, Rect, ScrollArea, Ui, UiBuilder, pos2, vec2};

use super::action::PracticeAction;
use crate::domain::time::{Secs, clock};
use crate::gui::command::{Command, key_name};
use crate::gui::settings::{CUES, SettingChange};
use crate::gui::theme;
use crate::gui::theme::{SMALL, SPACE};
use crate::gui::widgets::radio::choice_ui;
use crate::practice::time_limit::{Change, TimeLimit};
use crate::storage::{Cues, Settings};

/// The usual width of the panel.
pub const SIDE_WIDTH: f32 = 320.0;
const ROW_HEIGHT: f32 = 34.0;
/// The buttons of the time limit, if there is no panel.
const LIMIT_SIZE: [f32; 2] = [140.0, 126.0];
const LIMIT_TOP: f32 = 80.0;

/// What the panel shows.
#[derive(Clone, Copy)]
pub struct SidePanel<'a> {
    /// The user's settings.
    pub settings: &'a Settings,
    /// The time limit of the answer.
    pub limit: TimeLimit,
    /// All commands of the screen.
    pub commands: &'a [Command<PracticeAction>],
}

impl SidePanel<'_> {
    /// The name of a part while it is recorded. Without a limit, the ring does not show the planned time.
    pub fn part_title(&self, name: &str, planned: Secs) -> String {
        match self.settings.timed {
            true => name.to_owned(),
            false => format!("{name} \u{b7} {} planned", clock(planned)),
        }
    }

    /// How long an answer may be.
    pub fn length_text(&self, planned: Secs) -> String {
        match self.settings.timed {
            true => self.limit.label(planned),
            false => format!("{}, no limit", clock(planned)),
        }
    }
}

/// The commands that choose how much of the plan is shown.
pub fn cue_commands() -> impl Iterator<Item = Command<PracticeAction>> {
    let keys = [Key::Num1, Key::Num2, Key::Num3];
    std::iter::zip(CUES, keys).map(|((cues, name), key)| {
        let set = PracticeAction::Set(SettingChange::Cues(cues));
        Command::plain(format!("Cues: {name}"), key, set)
    })
}

/// The commands that change the time limit, `elapsed` into the answer if one is being recorded.
pub fn limit_commands(settings: &Settings, elapsed: Option<Secs>) -> Vec<Command<PracticeAction>> {
    let mut commands = Vec::new();
    let change =
        |label: &str, key, change| Command::plain(label, key, PracticeAction::ChangeLimit(change));
    let (label, timed) = match settings.timed {
        true => ("No limit", false),
        false => ("Time limit", true),
    };
    if settings.timed {
        commands.push(change("+15 s", Key::L, Change::Extend));
    }
    let set = PracticeAction::Set(SettingChange::Timed(timed));
    commands.push(Command::plain(label, Key::T, set));
    if let Some(elapsed) = elapsed.filter(|_| settings.timed) {
        commands.push(change("Restart clock", Key::Z, Change::Restart(elapsed)));
    }
    commands
}

/// Whether the button of a command belongs in the panel.
pub fn is_in_side_panel(command: &Command<PracticeAction>) -> bool {
    cues_of(command).is_some()
        || matches!(
            command.action,
            PracticeAction::ChangeLimit(_) | PracticeAction::Set(SettingChange::Timed(_))
        )
}

/// The cues that a command chooses, if it chooses cues.
fn cues_of(command: &Command<PracticeAction>) -> Option<Cues> {
    match command.action {
        PracticeAction::Set(SettingChange::Cues(cues)) => Some(cues),
        _ => None,
    }
}

/// Draws the panel at the right, with what `add` adds below its buttons.
pub fn side_ui(
    ui: &mut Ui,
    width: f32,
    side_panel: SidePanel,
    add: impl FnOnce(&mut Ui),
) -> Option<PracticeAction> {
    Panel::right("phrases")
        .exact_size(width)
        .resizable(false)
        .show_separator_line(false)
        .frame(Frame::new().inner_margin(Margin {
            left: 24,
            right: 0,
            top: 12,
            bottom: 8,
        }))
        .show(ui, |ui| {
            let action = buttons_ui(ui, side_panel);
            ui.add_space(SPACE[0]);
            ScrollArea::vertical().show(ui, add);
            action
        })
        .inner
}

/// Draws what the panel contains below the rest of the page, for a narrow window.
pub fn stacked_ui(
    ui: &mut Ui,
    side_panel: SidePanel,
    add: impl FnOnce(&mut Ui),
) -> Option<PracticeAction> {
    ui.scope(|ui| {
        let action = buttons_ui(ui, side_panel);
        ui.add_space(SPACE[0]);
        add(ui);
        action
    })
    .inner
}

/// Draws the buttons of the time limit at the right edge, for an answer without a panel.
pub fn limit_buttons_ui(ui: &mut Ui, side_panel: SidePanel) -> Option<PracticeAction> {
    let page = ui.max_rect();
    let corner = pos2(page.right() - LIMIT_SIZE[0], page.top() + LIMIT_TOP);
    let rect = Rect::from_min_size(corner, LIMIT_SIZE.into());
    let layout = Layout::top_down(Align::Max);
    let builder = UiBuilder::new().max_rect(rect).layout(layout);
    let mut column = ui.new_child(builder.id_salt("time"));
    let mut action = None;
    for command in side_panel.commands {
        if is_in_side_panel(command) {
            action = action.or(command.flat_ui(&mut column));
        }
    }
    action
}

/// A card with a small heading.
pub fn card_ui(ui: &mut Ui, title: &str, add: impl FnOnce(&mut Ui)) {
    theme::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(theme::dim(ui, title, SMALL));
        ui.add_space(SPACE[0]);
        add(ui);
    });
}

fn buttons_ui(ui: &mut Ui, side_panel: SidePanel) -> Option<PracticeAction> {
    let mut action = None;
    ui.spacing_mut().item_spacing = vec2(SPACE[0], SPACE[0]);
    let commands = side_panel.commands;
    let has_cues = commands.iter().any(|command| cues_of(command).is_some());
    // The rows exist in every stage, so nothing moves.
    let heading = if has_cues { "Cues" } else { "" };
    ui.label(theme::dim(ui, heading, SMALL));
    ui.horizontal_wrapped(|ui| {
        ui.set_min_height(ROW_HEIGHT);
        for command in commands {
            let Some(cues) = cues_of(command) else {
                continue;
            };
            let selected = cues == side_panel.settings.cues;
            let label = match cues {
                Cues::Full => "Text",
                Cues::Phrases => "Phrases",
                Cues::Nothing => "Nothing",
            };
            if choice_ui(ui, "Cues", label, key_name(command.key), selected).clicked() {
                action = Some(command.action.clone());
            }
        }
    });
    ui.horizontal_wrapped(|ui| {
        ui.set_min_height(ROW_HEIGHT);
        for command in commands {
            if is_in_side_panel(command) && cues_of(command).is_none() {
                action = action.take().or(command.flat_ui(ui));
            }
        }
    });
    action
}
