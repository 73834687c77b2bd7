//! A question of a mock interview, before it is answered.

use egui::{Context, Key, Ui};

use super::state::MockInterviewAction;
use crate::domain::time::clock;
use crate::gui::command::Command;
use crate::gui::layout::{MinHeight, Page, TEXT_WIDTH};
use crate::gui::practice::{BackTarget, PracticeAction, lead_ui};
use crate::gui::screen::Screen;
use crate::gui::theme;
use crate::gui::theme::{BODY, SPACE, TITLE};
use crate::practice::mock_interview::question;
use crate::practice::session::{Session, SessionRequest};

/// How much of the page is above the question.
const TOP_SHARE: f32 = 0.22;

/// A question of a mock interview.
pub struct QuestionScreen<'a> {
    /// The current part of this session is asked.
    pub session: &'a Session,
    /// The screen to return to.
    pub back: BackTarget,
    /// The leadership principle that the user has chosen.
    pub principle: Option<&'a str>,
}

impl Screen for QuestionScreen<'_> {
    type Action = MockInterviewAction;

    fn title(&self) -> Option<String> {
        Some(self.session.story().title.clone())
    }

    fn commands(&self, _ctx: &Context) -> Vec<Command<MockInterviewAction>> {
        let start = PracticeAction::StartTake;
        let mut commands = vec![Command::primary("Answer", Key::Space, start)];
        if self.session.current() > 0 {
            let finish = PracticeAction::Session(SessionRequest::Finish);
            commands.push(Command::plain("End interview", Key::E, finish));
        }
        let (label, leave) = (self.back.label(), self.back.action());
        commands.push(Command::plain(label, Key::Escape, leave));
        let commands = commands.into_iter();
        commands
            .map(|command| command.map(MockInterviewAction::Practice))
            .collect()
    }

    fn page(&self) -> Page {
        Page::new("question", MinHeight::Most)
    }

    fn content_ui(
        &self,
        ui: &mut Ui,
        _commands: &[Command<MockInterviewAction>],
    ) -> Option<MockInterviewAction> {
        let session = self.session;
        let part = session.parts().get(session.current())?;
        let question = question(session.story(), *part);
        ui.add_space((ui.available_height() * TOP_SHARE).floor());
        ui.vertical_centered(|ui| {
            ui.set_max_width(ui.available_width().min(TEXT_WIDTH));
            ui.spacing_mut().item_spacing.y = SPACE[3];
            let count = session.parts().len();
            let position = format!("Question {} of {count}", session.current() + 1);
            ui.label(theme::dim(ui, position, BODY));
            ui.label(theme::strong(question, TITLE).line_height(Some(TITLE * 1.4)));
            if let Some(brief) = session.brief(session.current()) {
                let length = format!("Answer in about {}.", clock(brief.target));
                ui.label(theme::dim(ui, length, BODY));
            }
            if session.current() == 0 {
                lead_ui(ui, session.story(), self.principle);
            }
        });
        None
    }
}
