//! The screen before a part is recorded: what it is for, what helps, and what goes wrong.

use egui::{Align, Color32, Context, Key, Layout, ScrollArea, Ui};

use super::action::{BackTarget, PracticeAction};
use super::commands::{
    back_command, is_whole_answer_command, next_command, session_command, whole_answer_command,
};
use super::side_panel::{
    SIDE_WIDTH, SidePanel, card_ui, cue_commands, is_in_side_panel, limit_commands, side_ui,
    stacked_ui,
};
use super::state::PracticeState;
use super::story_text::{example_ui, lead_ui};
use crate::app::ModelState;
use crate::domain::story::{Brief, Part};
use crate::gui::command::Command;
use crate::gui::layout;
use crate::gui::layout::{MinHeight, Page};
use crate::gui::screen::Screen;
use crate::gui::theme;
use crate::gui::theme::{BODY, DISPLAY, LARGE, SPACE, TITLE};
use crate::gui::widgets::icon::{Icon, line_icon_ui};
use crate::gui::widgets::phrases::planned_phrases_ui;
use crate::practice::session::{Session, SessionRequest};
use crate::storage::Settings;

const MAX_WIDTH: f32 = 720.0;

/// The screen before a part is recorded.
pub struct PrepareScreen<'a> {
    /// The current part of this session is shown.
    pub session: &'a Session,
    /// The screen to return to.
    pub back: BackTarget,
    /// The user's settings.
    pub settings: &'a Settings,
    /// Whether the example is shown, and the time limit.
    pub state: &'a PracticeState,
    /// An unusable model is pointed out.
    pub model: &'a ModelState,
}

impl Screen for PrepareScreen<'_> {
    type Action = PracticeAction;

    fn title(&self) -> Option<String> {
        Some(self.session.story().title.clone())
    }

    fn commands(&self, _ctx: &Context) -> Vec<Command<PracticeAction>> {
        let session = self.session;
        let start = PracticeAction::StartTake;
        let mut commands = vec![
            Command::primary("Start", Key::Space, start),
            example_command(self.state.example),
        ];
        if let Some(previous) = session.current().checked_sub(1) {
            let request = SessionRequest::GoTo(previous);
            commands.push(session_command("Previous", Key::P, request));
        }
        commands.push(next_command(session));
        commands.push(back_command(self.back));
        commands.extend(whole_answer_command(session));
        commands.extend(cue_commands());
        commands.extend(limit_commands(self.settings, None));
        commands
    }

    fn page(&self) -> Page {
        Page::new("prepare", MinHeight::Little)
    }

    fn is_in_bar(&self, command: &Command<PracticeAction>) -> bool {
        !is_in_side_panel(command) && !is_whole_answer_command(command)
    }

    fn content_ui(
        &self,
        ui: &mut Ui,
        commands: &[Command<PracticeAction>],
    ) -> Option<PracticeAction> {
        let brief = self.session.brief(self.session.current())?;
        let side_panel = SidePanel {
            settings: self.settings,
            limit: self.state.limit,
            commands,
        };
        let is_narrow = layout::is_narrow(ui.ctx());
        let phrases_ui = |ui: &mut Ui| {
            card_ui(ui, "Planned phrases", |ui| {
                planned_phrases_ui(ui, &brief.phrases)
            });
        };
        let mut action = None;
        if !is_narrow {
            action = side_ui(ui, SIDE_WIDTH, side_panel, phrases_ui);
        }
        let body = ScrollArea::vertical()
            .id_salt(&brief.name)
            .auto_shrink(false);
        let whole_answer = body
            .show(ui, |ui| {
                layout::scroll_by_keys(ui);
                ui.set_max_width(ui.available_width().min(MAX_WIDTH));
                ui.spacing_mut().item_spacing.y = SPACE[1];
                ui.add_space(SPACE[3]);
                let whole_answer = self.heading_ui(ui, &brief, side_panel);
                self.advice_ui(ui, &brief);
                if is_narrow {
                    action = stacked_ui(ui, side_panel, phrases_ui);
                }
                ui.add_space(SPACE[3]);
                whole_answer
            })
            .inner;
        action.or(whole_answer)
    }
}

impl PrepareScreen<'_> {
    fn part(&self) -> Option<&Part> {
        self.session.parts().get(self.session.current())
    }

    /// Which part it is, how long it may take, and what it is for.
    fn heading_ui(
        &self,
        ui: &mut Ui,
        brief: &Brief,
        side_panel: SidePanel,
    ) -> Option<PracticeAction> {
        let session = self.session;
        let word = match self.part() {
            Some(Part::Section(_)) => "Section",
            _ => "Part",
        };
        let (number, count) = (session.current() + 1, session.parts().len());
        let whole_answer = ui
            .horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing.x = SPACE[2];
                let position = format!("{word} {number} of {count}");
                ui.label(theme::dim(ui, position, BODY));
                let mut commands = side_panel.commands.iter();
                commands
                    .find(|command| is_whole_answer_command(command))?
                    .flat_ui(ui)
            })
            .inner;
        let name = theme::strong(&brief.name, DISPLAY);
        let length = theme::dim(ui, side_panel.length_text(brief.target), TITLE);
        match layout::is_narrow(ui.ctx()) {
            true => {
                ui.label(name);
                ui.label(length);
            }
            false => {
                ui.horizontal(|ui| {
                    ui.label(name);
                    ui.add_space(SPACE[1]);
                    let bottom = Layout::left_to_right(Align::Max);
                    ui.with_layout(bottom, |ui| ui.label(length));
                });
            }
        }
        ui.label(theme::text(brief.purpose, LARGE));
        if !matches!(self.part(), Some(Part::FollowUp(_))) {
            lead_ui(ui, session.story(), self.settings.principle.as_deref());
        }
        ui.add_space(SPACE[1]);
        whole_answer
    }

    /// What to do, what to avoid, and the example.
    fn advice_ui(&self, ui: &mut Ui, brief: &Brief) {
        let palette = theme::palette(ui);
        let level = self.session.story().level_label(self.session.level());
        let at_level = format!("As {level}");
        let focus = brief.focus.unwrap_or_default();
        item_ui(ui, Icon::Circle, palette.accent, &at_level, focus);
        let (good, bad) = match self.part() {
            Some(Part::FollowUp(_)) => ("What it probes", "Where a weak answer fails"),
            _ => ("Do", "Avoid"),
        };
        item_ui(ui, Icon::Check, palette.good, good, brief.coaching);
        item_ui(ui, Icon::Triangle, palette.amber, bad, brief.mistake);
        if self.state.example {
            ui.add_space(SPACE[0]);
            example_ui(ui, &brief.strong);
        }
        if let ModelState::Unusable(_) = self.model {
            let text = "The speech model is unusable: takes are saved but not transcribed.";
            item_ui(ui, Icon::Octagon, palette.red, "Model", text);
        }
    }
}

fn example_command(shown: bool) -> Command<PracticeAction> {
    let label = match shown {
        true => "Hide example",
        false => "Strong example",
    };
    Command::plain(label, Key::E, PracticeAction::ShowExample(!shown))
}

/// An icon, a heading and a text. An empty text is left out.
fn item_ui(ui: &mut Ui, icon: Icon, color: Color32, heading: &str, text: &str) {
    if text.is_empty() {
        return;
    }
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[2];
        line_icon_ui(ui, icon, BODY, color, heading);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.label(theme::strong(heading, BODY).color(color));
            ui.label(theme::text(text, BODY));
        });
    });
    ui.add_space(SPACE[0]);
}
