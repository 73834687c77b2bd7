//! The mock interview: how it is to be, each question, and the page at its end. Between the answers
//! there is no feedback, as in a real one.

use egui::{Align, Key, Layout, ScrollArea, Ui, vec2};

use super::Action;
use super::command as offer;
use super::command::Command;
use super::history::part_name;
use super::layout as canvas;
use super::practice::lead_ui;
use super::summary::part_offers;
use super::theme;
use super::theme::{BODY, DISPLAY, LARGE, SMALL, SPACE, TITLE};
use super::widgets::findings::{reason_ui, sentence_ui};
use super::widgets::icon::{Icon, line_icon_ui, of_severity, severity_of};
use super::widgets::live_region::announce_ui;
use super::widgets::tab::tab_ui;
use crate::domain::story::{Level, Part, SectionKind, Story};
use crate::domain::take::TakeId;
use crate::domain::time::{Secs, Span, clock};
use crate::practice::mock_interview::{
    FOLLOW_UPS, Format, InterviewVerdict, expected_section, judge, question,
};
use crate::practice::session::{Session, SessionEvent};
use crate::practice::time_limit::TimeLimit;

/// Height of the sign of what is due.
pub const DUE: f32 = 62.0;
/// As wide as it is with the widest of its words in bold.
const DUE_WIDTH: f32 = 428.0;
/// Widest column of text.
const WIDTH: f32 = 760.0;
/// Reasons on the last page: what speaks against, and what was shown.
const REASONS: usize = 8;

/// What can be asked for here.
#[derive(Debug, Clone, PartialEq)]
pub enum MockInterviewAction {
    /// Show how it is to be.
    Open,
    /// Tell the story like this.
    Tell(Format),
    /// Ask so many follow-ups.
    FollowUps(usize),
    /// Begin.
    Begin,
    /// Leave an interview for good.
    Leave(LeaveTarget),
    /// Stay in it.
    Stay,
    /// Hear this of a take, and a little on either side of it.
    Hear(TakeId, Span),
    /// Hear no more.
    Pause,
}

/// Where one goes from an interview that is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaveTarget {
    /// To where it began.
    Home,
    /// To another one.
    Again,
}

/// An interview that has yet to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MockInterviewState {
    /// How the story is told.
    pub shape: Format,
    /// How many follow-ups are asked.
    pub follow_ups: usize,
}

impl Default for MockInterviewState {
    fn default() -> Self {
        Self {
            shape: Format::default(),
            follow_ups: FOLLOW_UPS,
        }
    }
}

/// What can be done before it begins.
pub fn setup_offers(mock: MockInterviewState, story: &Story) -> Vec<Command> {
    let ask = |ask| Action::Mock(ask);
    let mut offers = vec![
        Command::primary("Begin", Key::Enter, ask(MockInterviewAction::Begin)),
        Command::plain(
            "In one breath",
            Key::Num1,
            ask(MockInterviewAction::Tell(Format::WholeAnswer)),
        ),
        Command::plain(
            "Section by section",
            Key::Num2,
            ask(MockInterviewAction::Tell(Format::SectionBySection)),
        ),
    ];
    if mock.follow_ups > fewest(story) {
        let fewer = ask(MockInterviewAction::FollowUps(mock.follow_ups - 1));
        offers.push(Command::plain("Fewer", Key::Minus, fewer));
    }
    if mock.follow_ups < story.follow_ups.len() {
        let more = ask(MockInterviewAction::FollowUps(mock.follow_ups + 1));
        offers.push(Command::plain("More", Key::Plus, more));
    }
    offers.push(Command::plain("Home", Key::Escape, Action::Home));
    offers
}

/// Those that stand in the bar at the bottom.
pub fn setup_bar(offers: &[Command]) -> Vec<Command> {
    let in_bar = |offer: &&Command| matches!(offer.key, Key::Enter | Key::Escape);
    offers.iter().filter(in_bar).cloned().collect()
}

/// What will happen, and what can be chosen about it.
pub fn setup_ui(
    ui: &mut Ui,
    mock: MockInterviewState,
    story: &Story,
    level: Level,
    offers: &[Command],
) -> Option<Action> {
    let mut asked = None;
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        canvas::scroll_by_keys(ui);
        ui.set_max_width(ui.available_width().min(WIDTH));
        ui.spacing_mut().item_spacing.y = SPACE[1];
        ui.add_space(SPACE[3]);
        ui.label(theme::strong("Mock interview", DISPLAY));
        let says = format!("{} \u{b7} {level}", story.title);
        ui.label(theme::text(says, LARGE));
        let says = "You are asked the question, then follow-ups. Nothing is planned on the screen, and \
                    nothing is judged before the end.";
        ui.label(theme::dim(ui, says, BODY));
        ui.add_space(SPACE[2]);
        ui.label(theme::strong("How you tell the story", LARGE));
        ui.horizontal(|ui| {
            for (shape, label, key) in [
                (Format::WholeAnswer, "In one breath", "1"),
                (Format::SectionBySection, "Section by section", "2"),
            ] {
                if tab_ui(ui, label, key, mock.shape == shape).clicked() {
                    asked = Some(Action::Mock(MockInterviewAction::Tell(shape)));
                }
            }
        });
        let says = match mock.shape {
            Format::WholeAnswer => {
                let whole = story.brief(Part::Whole, level).map_or(0.0, |brief| brief.target);
                format!(
                    "All five sections in {}, with a quiet sign where the next one is due.",
                    clock(whole)
                )
            }
            Format::SectionBySection => {
                "One section after the other, each against its own target.".to_owned()
            }
        };
        ui.label(theme::text(says, BODY));
        ui.add_space(SPACE[2]);
        ui.label(theme::strong("Follow-ups", LARGE));
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE[2];
            let says = format!("{} of {}", mock.follow_ups, story.follow_ups.len());
            ui.label(theme::text(says, BODY));
            for offer in offers {
                if matches!(offer.key, Key::Minus | Key::Plus) {
                    asked = asked.take().or(offer.ui(ui));
                }
            }
        });
        let says = "Those that you answered least often are asked.";
        ui.label(theme::dim(ui, says, SMALL));
        ui.add_space(SPACE[3]);
    });
    asked
}

/// What can be done when a question was asked.
pub fn asking_offers(session: &Session) -> Vec<Command> {
    let finish = Action::Practice(SessionEvent::Finish);
    let mut offers = vec![Command::primary("Answer", Key::Space, Action::Start)];
    if session.current() > 0 {
        offers.push(Command::plain("End the interview", Key::E, finish));
    }
    offers.push(Command::plain("Home", Key::Escape, Action::Home));
    offers
}

/// What can be done at the end.
pub fn last_offers(session: &Session, playing: bool) -> Vec<Command> {
    let again = Action::Mock(MockInterviewAction::Open);
    let mut offers = vec![
        Command::primary("Again", Key::R, again),
        Command::plain("Home", Key::Escape, Action::Home),
    ];
    if playing {
        let pause = Action::Mock(MockInterviewAction::Pause);
        offers.insert(1, Command::plain("Pause", Key::Space, pause));
    }
    offers.extend(part_offers(session));
    offers
}

/// The answers to whether an interview is to be left.
pub fn leaving_offers(way: LeaveTarget) -> Vec<Command> {
    vec![
        Command::plain(
            "Leave",
            Key::Y,
            Action::Mock(MockInterviewAction::Leave(way)),
        ),
        Command::primary("Stay", Key::Escape, Action::Mock(MockInterviewAction::Stay)),
    ]
}

/// Asks whether an interview is to be left.
pub fn leaving_ui(ui: &mut Ui, way: LeaveTarget) -> Option<Action> {
    let first = match way {
        LeaveTarget::Home => "Leave the interview?",
        LeaveTarget::Again => "Leave this interview for another?",
    };
    let says = format!("{first} The answers stay in the history; the verdict is not kept.");
    offer::question_ui(ui, &says, &leaving_offers(way))
}

/// The question that is asked. How the story begins for another principle is told with the first one.
pub fn asking_ui(ui: &mut Ui, session: &Session, principle: Option<&str>) {
    let Some(part) = session.parts().get(session.current()) else {
        return;
    };
    let asked = question(session.story(), *part);
    let room = ui.available_height();
    ui.add_space((room * 0.22).floor());
    ui.vertical_centered(|ui| {
        ui.set_max_width(ui.available_width().min(WIDTH));
        ui.spacing_mut().item_spacing.y = SPACE[3];
        let count = session.parts().len();
        let place = format!("Question {} of {count}", session.current() + 1);
        ui.label(theme::dim(ui, place, BODY));
        ui.label(theme::strong(asked, TITLE).line_height(Some(TITLE * 1.4)));
        let target = session.brief(session.current()).map(|brief| brief.target);
        if let Some(target) = target {
            let says = format!("Answer in about {}.", clock(target));
            ui.label(theme::dim(ui, says, BODY));
        }
        if session.current() == 0 {
            lead_ui(ui, session.story(), principle);
        }
    });
}

/// Where an answer in one breath should be by now, on the speaker's own clock: shape and word tell it, nothing
/// moves.
pub fn due_ui(ui: &mut Ui, story: &Story, level: Level, limit: TimeLimit, elapsed: Secs) {
    let Some((on, left)) = expected_section(story, level, limit, elapsed) else {
        return;
    };
    let palette = theme::palette(ui);
    let layout = Layout::left_to_right(Align::Center);
    ui.allocate_ui_with_layout(vec2(DUE_WIDTH, 30.0), layout, |ui| {
        ui.spacing_mut().item_spacing.x = SPACE[1];
        for kind in SectionKind::ALL {
            let (icon, color, state) = match kind.cmp(&on) {
                std::cmp::Ordering::Less => (Icon::DiamondFull, palette.dim, "over"),
                std::cmp::Ordering::Equal => (Icon::DiamondFull, palette.accent, "due now"),
                std::cmp::Ordering::Greater => (Icon::Diamond, palette.dim, "to come"),
            };
            line_icon_ui(ui, icon, SMALL, color, &format!("{kind}, {state}"));
            match kind == on {
                true => ui.label(theme::strong(kind.to_string(), BODY)),
                false => ui.label(theme::dim(ui, kind.to_string(), BODY)),
            };
        }
    });
    let says = match (on, left < 0.0) {
        (SectionKind::Reflection, true) => "all of it was due".to_owned(),
        (SectionKind::Reflection, _) => format!("the end is due in {}", clock(left)),
        _ => format!("the next is due in {}", clock(left)),
    };
    ui.label(theme::dim(ui, says, SMALL));
}

/// What came of the interview.
pub fn last_ui(ui: &mut Ui, session: &Session, offers: &[Command]) -> Option<Action> {
    let answers: Vec<_> = session
        .parts()
        .iter()
        .enumerate()
        .map(|(index, part)| {
            let reviewed = session.interview_answer(index);
            (*part, reviewed.map(|reviewed| &reviewed.feedback))
        })
        .collect();
    let judgement = judge(&answers);
    let mut asked = None;
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        canvas::scroll_by_keys(ui);
        ui.set_max_width(ui.available_width().min(960.0));
        ui.spacing_mut().item_spacing.y = SPACE[1];
        ui.add_space(SPACE[3]);
        announce_ui(ui, "verdict", &verdict_told(&judgement));
        asked = verdict_ui(ui, &judgement, session);
        ui.add_space(SPACE[2]);
        ui.label(theme::strong("What to do next", LARGE));
        if judgement.to_do.is_empty() {
            let says = match answers.iter().any(|(_, feedback)| feedback.is_some()) {
                true => "Nothing urgent. Tell it once more, or another story.",
                false => "Nothing was answered. Begin again when you are ready.",
            };
            ui.label(theme::text(says, BODY));
        }
        for (number, (part, finding)) in judgement.to_do.iter().enumerate() {
            let sign = of_severity(finding.severity, theme::palette(ui));
            let says = format!("{}. {}: {}", number + 1, part_name(*part), finding.noticed);
            let hear = sentence_ui(ui, sign, &says, None, Some(finding.span));
            asked = asked.take().or(hear_in(session, *part, hear));
        }
        ui.add_space(SPACE[2]);
        ui.label(theme::strong("Your answers", LARGE));
        for index in 0..session.parts().len() {
            asked = asked.take().or(answer_ui(ui, session, index, offers));
        }
        ui.add_space(SPACE[3]);
    });
    asked
}

/// The verdict in a breath, for who does not see it come.
fn verdict_told(judgement: &InterviewVerdict) -> String {
    let first = match judgement.to_do.first() {
        Some((part, finding)) => format!("First: {}: {}", part_name(*part), finding.noticed),
        None => "Nothing is urgent.".to_owned(),
    };
    format!(
        "The interview is over. The verdict: {}. {first}",
        judgement.lean
    )
}

fn verdict_ui(ui: &mut Ui, judgement: &InterviewVerdict, session: &Session) -> Option<Action> {
    let palette = theme::palette(ui);
    let (icon, color, word) = of_severity(severity_of(judgement.lean), palette);
    ui.label(theme::dim(ui, "How the bar raiser would lean", BODY));
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[2];
        line_icon_ui(ui, icon, TITLE, color, word);
        ui.label(theme::strong(
            super::capital(&judgement.lean.to_string()),
            TITLE,
        ));
    });
    let bar = session
        .story()
        .levels
        .iter()
        .find(|plan| plan.level == session.level());
    if let Some(plan) = bar {
        ui.label(theme::dim(ui, &plan.bar, BODY));
    }
    ui.add_space(SPACE[0]);
    let mut asked = None;
    for (part, reason) in judgement.because.iter().take(REASONS) {
        let hear = reason_ui(ui, reason, &format!("{}: {reason}", part_name(*part)));
        asked = asked.or(hear_in(session, *part, hear));
    }
    asked
}

/// The same, of the answer that was given.
fn hear_in(session: &Session, part: Part, span: Option<Span>) -> Option<Action> {
    let index = session.parts().iter().position(|other| *other == part)?;
    let take = &session.interview_answer(index)?.take;
    Some(Action::Mock(MockInterviewAction::Hear(
        take.id.clone(),
        span?,
    )))
}

/// One answer in a line, and the way to it.
fn answer_ui(ui: &mut Ui, session: &Session, index: usize, offers: &[Command]) -> Option<Action> {
    let brief = session.brief(index)?;
    let feedback = session
        .interview_answer(index)
        .map(|reviewed| &reviewed.feedback);
    let palette = theme::palette(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[2];
        let (icon, color, word) = match feedback {
            Some(feedback) => of_severity(severity_of(feedback.verdict.lean), palette),
            None => (Icon::Circle, palette.dim, "not answered"),
        };
        line_icon_ui(ui, icon, BODY, color, word);
        ui.label(theme::strong(&brief.name, BODY));
        let says = match feedback {
            Some(feedback) => format!(
                "{} of {}, {}",
                clock(feedback.pacing.used_s),
                clock(brief.target),
                feedback.verdict.lean
            ),
            None => "not answered".to_owned(),
        };
        ui.label(theme::dim(ui, says, BODY));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let goes_here =
                |offer: &&Command| offer.action == Action::Practice(SessionEvent::GoTo(index));
            offers.iter().find(goes_here)?.ui(ui)
        })
        .inner
    })
    .inner
}

/// As few as can be asked.
fn fewest(story: &Story) -> usize {
    FOLLOW_UPS.min(story.follow_ups.len())
}
