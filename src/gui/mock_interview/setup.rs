//! The setup of a mock interview: how to tell the story, and how many follow-ups to ask.

use egui::{Context, Key, Ui};

use super::state::{MockInterviewAction, SetupState};
use crate::domain::story::{Level, Part, Story};
use crate::domain::time::clock;
use crate::gui::command::Command;
use crate::gui::layout;
use crate::gui::layout::Page;
use crate::gui::screen::Screen;
use crate::gui::theme;
use crate::gui::theme::{BODY, DISPLAY, LARGE, SMALL, SPACE};
use crate::gui::widgets::tab::tab_ui;
use crate::practice::mock_interview::{FOLLOW_UPS, Format};

/// The formats, with label and key.
const FORMATS: [(Format, &str, Key, &str); 2] = [
    (Format::WholeAnswer, "Whole answer", Key::Num1, "1"),
    (
        Format::SectionBySection,
        "Section by section",
        Key::Num2,
        "2",
    ),
];

/// The setup of a mock interview.
pub struct SetupScreen<'a> {
    /// What the user has chosen so far.
    pub state: SetupState,
    /// The story to tell.
    pub story: &'a Story,
    /// The level to tell it for.
    pub level: Level,
}

impl Screen for SetupScreen<'_> {
    type Action = MockInterviewAction;

    fn title(&self) -> Option<String> {
        Some("Mock interview".to_owned())
    }

    fn commands(&self, _ctx: &Context) -> Vec<Command<MockInterviewAction>> {
        let begin = MockInterviewAction::Begin;
        let mut commands = vec![Command::primary("Start", Key::Enter, begin)];
        for (format, label, key, _) in FORMATS {
            let set = MockInterviewAction::SetFormat(format);
            commands.push(Command::plain(label, key, set));
        }
        let follow_ups = self.state.follow_ups;
        if follow_ups > self.min_follow_ups() {
            let fewer = MockInterviewAction::SetFollowUps(follow_ups - 1);
            commands.push(Command::plain("Fewer", Key::Minus, fewer));
        }
        if follow_ups < self.story.follow_ups.len() {
            let more = MockInterviewAction::SetFollowUps(follow_ups + 1);
            commands.push(Command::plain("More", Key::Plus, more));
        }
        let close = MockInterviewAction::Close;
        commands.push(Command::plain("Home", Key::Escape, close));
        commands
    }

    fn page(&self) -> Page {
        Page::full_width("mock interview")
    }

    fn is_in_bar(&self, command: &Command<MockInterviewAction>) -> bool {
        matches!(command.key, Key::Enter | Key::Escape)
    }

    fn content_ui(
        &self,
        ui: &mut Ui,
        commands: &[Command<MockInterviewAction>],
    ) -> Option<MockInterviewAction> {
        layout::text_page_ui(ui, "mock interview", |ui| {
            ui.spacing_mut().item_spacing.y = SPACE[1];
            ui.add_space(SPACE[3]);
            ui.label(theme::strong("Mock interview", DISPLAY));
            let level = self.story.level_label(self.level);
            let subtitle = format!("{} \u{b7} {level}", self.story.title);
            ui.label(theme::text(subtitle, LARGE));
            let intro = "You are asked the question, then follow-ups. Your plan is hidden, and the feedback \
                         comes at the end.";
            ui.label(theme::dim(ui, intro, BODY));
            ui.add_space(SPACE[2]);
            let action = self.format_ui(ui);
            ui.add_space(SPACE[2]);
            let action = action.or(self.follow_ups_ui(ui, commands));
            ui.add_space(SPACE[3]);
            action
        })
    }
}

impl SetupScreen<'_> {
    fn min_follow_ups(&self) -> usize {
        FOLLOW_UPS.min(self.story.follow_ups.len())
    }

    fn format_ui(&self, ui: &mut Ui) -> Option<MockInterviewAction> {
        let mut action = None;
        ui.label(theme::strong("Answer format", LARGE));
        ui.horizontal_wrapped(|ui| {
            for (format, label, _, key) in FORMATS {
                if tab_ui(ui, label, key, self.state.format == format).clicked() {
                    action = Some(MockInterviewAction::SetFormat(format));
                }
            }
        });
        let description = match self.state.format {
            Format::WholeAnswer => {
                let brief = self.story.brief(Part::Whole, self.level);
                let target = brief.map_or(0.0, |brief| brief.target);
                format!(
                    "All five sections in {}, with a discreet marker for each section.",
                    clock(target)
                )
            }
            Format::SectionBySection => {
                "One section after the other, each with its own target.".to_owned()
            }
        };
        ui.label(theme::text(description, BODY));
        action
    }

    fn follow_ups_ui(
        &self,
        ui: &mut Ui,
        commands: &[Command<MockInterviewAction>],
    ) -> Option<MockInterviewAction> {
        let mut action = None;
        ui.label(theme::strong("Follow-ups", LARGE));
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE[2];
            let count = format!(
                "{} of {}",
                self.state.follow_ups,
                self.story.follow_ups.len()
            );
            ui.label(theme::text(count, BODY));
            for command in commands {
                if matches!(command.key, Key::Minus | Key::Plus) {
                    action = action.take().or(command.ui(ui));
                }
            }
        });
        let note = "The questions that you have answered least often are asked.";
        ui.label(theme::dim(ui, note, SMALL));
        action
    }
}
