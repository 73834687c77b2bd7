//! The end of a mock interview: the verdict with its reasons, what to do next, and each answer.

use egui::{Align, Context, Key, Layout, Ui};

use super::state::MockInterviewAction;
use crate::analysis::Feedback;
use crate::domain::story::Part;
use crate::domain::time::{Span, clock};
use crate::gui::command::Command;
use crate::gui::layout;
use crate::gui::layout::Page;
use crate::gui::practice::{BackTarget, PracticeAction, is_part_command, part_commands};
use crate::gui::screen::Screen;
use crate::gui::text::{capitalize, part_name};
use crate::gui::theme;
use crate::gui::theme::{BODY, LARGE, SPACE, TITLE};
use crate::gui::widgets::findings::{reason_ui, sentence_ui};
use crate::gui::widgets::icon::{Icon, leaning_severity, line_icon_ui, severity_style};
use crate::gui::widgets::live_region::announce_ui;
use crate::practice::mock_interview::{InterviewVerdict, judge};
use crate::practice::session::{Session, SessionRequest};

/// At most this many reasons are shown.
const MAX_REASONS: usize = 8;

/// The end of a mock interview.
pub struct VerdictScreen<'a> {
    /// The answers of this session are judged.
    pub session: &'a Session,
    /// The screen to return to.
    pub back: BackTarget,
    /// Whether a take is being played.
    pub playing: bool,
}

impl Screen for VerdictScreen<'_> {
    type Action = MockInterviewAction;

    fn title(&self) -> Option<String> {
        Some(self.session.story().title.clone())
    }

    fn commands(&self, _ctx: &Context) -> Vec<Command<MockInterviewAction>> {
        let set_up = MockInterviewAction::SetUp;
        let mut commands = vec![Command::primary("Again", Key::R, set_up)];
        if self.playing {
            let pause = MockInterviewAction::Pause;
            commands.push(Command::plain("Pause", Key::Space, pause));
        }
        let leave = MockInterviewAction::Practice(self.back.action());
        commands.push(Command::plain(self.back.label(), Key::Escape, leave));
        let parts = part_commands(self.session);
        commands.extend(parts.map(|command| command.map(MockInterviewAction::Practice)));
        commands
    }

    fn page(&self) -> Page {
        Page::full_width("verdict")
    }

    fn is_in_bar(&self, command: &Command<MockInterviewAction>) -> bool {
        !is_part_command(command)
    }

    fn content_ui(
        &self,
        ui: &mut Ui,
        commands: &[Command<MockInterviewAction>],
    ) -> Option<MockInterviewAction> {
        let session = self.session;
        let answers: Vec<(Part, Option<&Feedback>)> = session
            .parts()
            .iter()
            .enumerate()
            .map(|(index, part)| (*part, self.feedback(index)))
            .collect();
        let verdict = judge(&answers);
        let answered = answers.iter().any(|(_, feedback)| feedback.is_some());
        let mut action = None;
        layout::text_page_ui(ui, "verdict", |ui| {
            ui.spacing_mut().item_spacing.y = SPACE[1];
            ui.add_space(SPACE[3]);
            announce_ui(ui, "verdict", &announcement(&verdict));
            action = self.verdict_ui(ui, &verdict);
            ui.add_space(SPACE[2]);
            let to_do = self.to_do_ui(ui, &verdict, answered);
            action = action.take().or(to_do);
            ui.add_space(SPACE[2]);
            ui.label(theme::strong("Your answers", LARGE));
            for index in 0..session.parts().len() {
                let clicked = self.answer_ui(ui, index, commands);
                action = action.take().or(clicked);
            }
            ui.add_space(SPACE[3]);
        });
        action
    }
}

impl VerdictScreen<'_> {
    fn feedback(&self, index: usize) -> Option<&Feedback> {
        let reviewed = self.session.interview_answer(index)?;
        Some(&reviewed.feedback)
    }

    /// The verdict, and its reasons.
    fn verdict_ui(&self, ui: &mut Ui, verdict: &InterviewVerdict) -> Option<MockInterviewAction> {
        let palette = theme::palette(ui);
        let (icon, color, icon_name) = severity_style(leaning_severity(verdict.lean), palette);
        ui.label(theme::dim(ui, "Likely hiring decision", BODY));
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE[2];
            line_icon_ui(ui, icon, TITLE, color, icon_name);
            let leaning = capitalize(&verdict.lean.to_string());
            ui.label(theme::strong(leaning, TITLE));
        });
        let mut plans = self.session.story().levels.iter();
        if let Some(plan) = plans.find(|plan| plan.level == self.session.level()) {
            ui.label(theme::dim(ui, &plan.bar, BODY));
        }
        ui.add_space(SPACE[0]);
        let mut action = None;
        for (part, reason) in verdict.because.iter().take(MAX_REASONS) {
            let text = format!("{}: {reason}", part_name(*part));
            let passage = reason_ui(ui, reason, &text);
            action = action.or(self.play(*part, passage));
        }
        action
    }

    fn to_do_ui(
        &self,
        ui: &mut Ui,
        verdict: &InterviewVerdict,
        answered: bool,
    ) -> Option<MockInterviewAction> {
        ui.label(theme::strong("What to do next", LARGE));
        if verdict.to_do.is_empty() {
            let text = match answered {
                true => "Nothing urgent. Repeat this interview, or choose another story.",
                false => "You answered no question. Start again when you are ready.",
            };
            ui.label(theme::text(text, BODY));
        }
        let mut action = None;
        for (index, (part, finding)) in verdict.to_do.iter().enumerate() {
            let severity = severity_style(finding.severity, theme::palette(ui));
            let part_name = part_name(*part);
            let text = format!("{}. {part_name}: {}", index + 1, finding.kind);
            let passage = sentence_ui(ui, severity, &text, None, Some(finding.span));
            action = action.take().or(self.play(*part, passage));
        }
        action
    }

    /// Plays a passage of the answer to a part.
    fn play(&self, part: Part, passage: Option<Span>) -> Option<MockInterviewAction> {
        let index = self.session.parts().iter().position(|one| *one == part)?;
        let take = &self.session.interview_answer(index)?.take;
        Some(MockInterviewAction::Play(take.id.clone(), passage?))
    }

    /// An answer in one line, with the button that opens its review.
    fn answer_ui(
        &self,
        ui: &mut Ui,
        index: usize,
        commands: &[Command<MockInterviewAction>],
    ) -> Option<MockInterviewAction> {
        let brief = self.session.brief(index)?;
        let feedback = self.feedback(index);
        let palette = theme::palette(ui);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE[2];
            let (icon, color, icon_name) = match feedback {
                Some(feedback) => {
                    severity_style(leaning_severity(feedback.verdict.leaning), palette)
                }
                None => (Icon::Circle, palette.dim, "not answered"),
            };
            line_icon_ui(ui, icon, BODY, color, icon_name);
            ui.label(theme::strong(&brief.name, BODY));
            let text = match feedback {
                Some(feedback) => format!(
                    "{} of {}, {}",
                    clock(feedback.pacing.used_s),
                    clock(brief.target),
                    feedback.verdict.leaning
                ),
                None => "not answered".to_owned(),
            };
            ui.label(theme::dim(ui, text, BODY));
            let go_to = PracticeAction::Session(SessionRequest::GoTo(index));
            let go_to = MockInterviewAction::Practice(go_to);
            let open = commands.iter().find(|command| command.action == go_to);
            if layout::is_narrow(ui.ctx()) {
                return open?.ui(ui);
            }
            let right = Layout::right_to_left(Align::Center);
            ui.with_layout(right, |ui| open?.ui(ui)).inner
        })
        .inner
    }
}

/// What a screen reader announces when the screen appears.
fn announcement(verdict: &InterviewVerdict) -> String {
    let first = match verdict.to_do.first() {
        Some((part, finding)) => format!("First: {}: {}", part_name(*part), finding.kind),
        None => "Nothing is urgent.".to_owned(),
    };
    format!("The interview is over. Verdict: {}. {first}", verdict.lean)
}
