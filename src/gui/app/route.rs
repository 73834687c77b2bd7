//! The route: which screen the state of the window leads to.

use egui::{Context, Ui};

use super::action::Action;
use super::state::State;
use crate::gui::command::Command;
use crate::gui::erase_all::EraseAllScreen;
use crate::gui::export::ExportScreen;
use crate::gui::history::{HistoryModal, HistoryScreen, HistoryState};
use crate::gui::home::HomeScreen;
use crate::gui::layout;
use crate::gui::learn::LearnScreen;
use crate::gui::mock_interview::{
    LeaveTarget, QuestionScreen, SetupScreen, VerdictScreen, leave_commands, leave_height, leave_ui,
};
use crate::gui::practice::{BackTarget, PrepareScreen, RecordingScreen};
use crate::gui::privacy::PrivacyScreen;
use crate::gui::review::ReviewScreen;
use crate::gui::screen::Screen;
use crate::gui::settings::SettingsScreen;
use crate::gui::summary::SummaryScreen;
use crate::gui::trends::TrendsScreen;
use crate::practice::session::{InterviewPhase, Session, Stage};

/// The screen that is shown, with the state that it shows.
pub enum Route<'a> {
    /// Where data is stored.
    Privacy(PrivacyScreen<'a>),
    /// The settings.
    Settings(SettingsScreen<'a>),
    /// The list of stories, with the selected one.
    Home(HomeScreen<'a>),
    /// The pages of a story.
    Learn(LearnScreen<'a>),
    /// The setup of a mock interview.
    InterviewSetup(SetupScreen<'a>),
    /// The list of takes.
    History(HistoryScreen<'a>),
    /// The trends of the takes.
    Trends(TrendsScreen<'a>),
    /// The export of a take.
    Export(ExportScreen<'a>),
    /// The question whether to erase all takes.
    EraseAll(EraseAllScreen),
    /// Before a part is recorded.
    Prepare(PrepareScreen<'a>),
    /// From the count-in until the answer is transcribed.
    Recording(RecordingScreen<'a>),
    /// The feedback of a take.
    Review(ReviewScreen<'a>),
    /// All parts of a practice.
    Summary(SummaryScreen<'a>),
    /// A question of a mock interview.
    Question(QuestionScreen<'a>),
    /// The end of a mock interview.
    Verdict(VerdictScreen<'a>),
}

/// Evaluates an expression with the screen of a route, and with the function that wraps its actions.
macro_rules! with_screen {
    ($route:expr, |$screen:ident, $wrap:ident| $body:expr) => {
        with_screen!(@arms $route, $screen, $wrap, $body;
            Privacy => Privacy, Settings => Settings, Home => Home, Learn => Learn,
            InterviewSetup => MockInterview, Question => MockInterview, Verdict => MockInterview,
            History => History, Trends => Trends, Export => Export, EraseAll => EraseAll,
            Prepare => Practice, Recording => Practice, Summary => Practice, Review => Review)
    };
    (@arms $route:expr, $screen:ident, $wrap:ident, $body:expr; $($variant:ident => $action:ident),*) => {
        match $route {
            $(Route::$variant($screen) => {
                let $wrap = Action::$action;
                $body
            })*
        }
    };
}

impl<'a> Route<'a> {
    /// The one place that decides which screen is shown.
    ///
    /// The privacy page covers the settings, which cover everything else. A session covers the history, the setup
    /// of an interview and the pages of a story, which cover the home screen.
    pub fn new(state: &'a State) -> Self {
        let controller = &state.controller;
        if state.privacy {
            let store = controller.store();
            return Route::Privacy(PrivacyScreen { store });
        }
        if let Some(settings) = &state.settings {
            return Route::Settings(SettingsScreen {
                controller,
                state: settings,
            });
        }
        if let Some(session) = controller.session() {
            return Self::in_session(state, session);
        }
        if let Some(history) = &state.history {
            return Self::in_history(state, history);
        }
        if let (Some(setup), Some(story)) = (state.interview_setup, state.story()) {
            return Route::InterviewSetup(SetupScreen {
                state: setup,
                story,
                level: state.level(story),
            });
        }
        if state.learn.is_open() {
            let state = &state.learn;
            return Route::Learn(LearnScreen { state });
        }
        Route::Home(HomeScreen {
            controller,
            selected: state.selected_story,
            state: &state.home,
        })
    }

    fn in_history(state: &'a State, history: &'a HistoryState) -> Self {
        let controller = &state.controller;
        match (&history.modal, &history.trends) {
            (Some(HistoryModal::Export(export)), _) => Route::Export(ExportScreen {
                state: export,
                writing: controller.is_exporting(),
            }),
            (Some(HistoryModal::EraseAll), _) => Route::EraseAll(EraseAllScreen {
                takes: history.takes().len(),
                erasing: controller.is_erasing_all(),
            }),
            (None, Some(trends)) => Route::Trends(TrendsScreen {
                state: trends,
                profile: controller.profile(),
            }),
            (None, None) => Route::History(HistoryScreen {
                state: history,
                can_undo: controller.last_erased().is_some(),
            }),
        }
    }

    fn in_session(state: &'a State, session: &'a Session) -> Self {
        let controller = &state.controller;
        let settings = controller.settings();
        let interview = session.interview_phase();
        let back = back_target(state, session);
        match session.stage() {
            Stage::Ready if interview == Some(InterviewPhase::Running) => {
                Route::Question(QuestionScreen {
                    session,
                    back,
                    principle: settings.principle.as_deref(),
                })
            }
            Stage::Ready => Route::Prepare(PrepareScreen {
                session,
                back,
                settings,
                state: &state.practice,
                model: controller.model(),
            }),
            Stage::Review => Route::Review(ReviewScreen {
                controller,
                state: &state.review,
                back,
            }),
            Stage::Summary if interview.is_some() => Route::Verdict(VerdictScreen {
                session,
                back,
                playing: controller.is_playing(),
            }),
            Stage::Summary => Route::Summary(SummaryScreen { session, back }),
            Stage::CountIn { .. }
            | Stage::Answering { .. }
            | Stage::Transcribing { .. }
            | Stage::Untranscribed { .. } => Route::Recording(RecordingScreen {
                session,
                back,
                settings,
                state: &state.practice,
                signal: controller.input_signal(),
                level_dbfs: controller.level_dbfs(),
            }),
        }
    }

    /// The name of the screen in the header.
    pub fn title(&self) -> Option<String> {
        with_screen!(self, |screen, _wrap| screen.title())
    }

    /// The commands of the screen, or the answers to the question whether to leave an interview.
    pub fn commands(&self, ctx: &Context, leaving: Option<LeaveTarget>) -> Vec<Command<Action>> {
        if let Some(target) = leaving {
            return wrap_all(leave_commands(target), Action::MockInterview);
        }
        with_screen!(self, |screen, wrap| wrap_all(screen.commands(ctx), wrap))
    }

    /// Draws the bottom bar and the page.
    pub fn ui(&self, ui: &mut Ui, leaving: Option<LeaveTarget>) -> Option<Action> {
        with_screen!(self, |screen, wrap| screen_ui(ui, screen, wrap, leaving))
    }
}

fn screen_ui<S: Screen>(
    ui: &mut Ui,
    screen: &S,
    wrap: impl Fn(S::Action) -> Action,
    leaving: Option<LeaveTarget>,
) -> Option<Action> {
    let commands = screen.commands(ui.ctx());
    let height = match leaving {
        Some(target) => leave_height(ui, target),
        None => screen.bar_height(ui, &commands),
    };
    let pressed = layout::bottom_ui(ui, height, |ui| match leaving {
        Some(target) => leave_ui(ui, target).map(Action::MockInterview),
        None => screen.bar_ui(ui, &commands).map(&wrap),
    });
    let clicked = layout::page_ui(ui, &screen.page(), |ui| screen.content_ui(ui, &commands));
    pressed.or(clicked.map(wrap))
}

fn wrap_all<A>(commands: Vec<Command<A>>, wrap: impl Fn(A) -> Action) -> Vec<Command<Action>> {
    let commands = commands.into_iter();
    commands.map(|command| command.map(&wrap)).collect()
}

/// The screen that a practice returns to.
fn back_target(state: &State, session: &Session) -> BackTarget {
    let is_finished = session.interview_phase() == Some(InterviewPhase::Finished);
    if is_finished && *session.stage() != Stage::Summary {
        BackTarget::Verdict
    } else if state.history.is_some() {
        BackTarget::History
    } else if state.learn.is_open() {
        BackTarget::Learn
    } else {
        BackTarget::Home
    }
}
