//! Owns the runtime; shows the screen that fits where it stands, and does what was asked there.

mod action;
mod route;
mod update;
mod update_history;

use std::path::Path;
use std::sync::Arc;

use egui::{Key, Ui};

use super::command as offer;
use super::command::Command;
use super::history::HistoryState;
use super::home::HomeState;
use super::learn::LearnState;
use super::mock_interview::{LeaveTarget, MockInterviewState};
use super::practice::FrozenAnswer;
use super::prompter::PromptScheduler;
use super::widgets::notifications::Notifications;
use super::{layout, review, settings, shortcuts, theme};
use crate::app::{Controller, Notification, prefers_reduced_motion};
use crate::domain::story::{Level, Story};
use crate::domain::take::TakeId;
use crate::practice::session::{Session, SessionEvent, Stage};
use crate::practice::time_limit::TimeLimit;

pub use action::Action;

/// The window's content.
pub struct App {
    runtime: Controller,
    chosen: usize,
    home: HomeState,
    /// Where a take that was opened leads back to.
    history: Option<HistoryState>,
    learn: LearnState,
    /// A mock interview that has yet to begin.
    mock: Option<MockInterviewState>,
    /// It is asked whether an interview is to be left.
    leaving: Option<LeaveTarget>,
    example: bool,
    stopped: Option<FrozenAnswer>,
    limit: TimeLimit,
    review: review::ReviewState,
    prompts: PromptScheduler,
    notices: Notifications,
    /// Over whatever is there, where they are asked for.
    settings: Option<settings::SettingsState>,
    /// What is kept, over settings or home.
    kept: bool,
    keys: bool,
    /// What was last drawn as settings have it.
    text_scale: Option<f32>,
    /// Whether the desktop asks for less motion.
    less_motion: bool,
    start: Start,
}

/// The window first, then what takes a while.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    Undrawn,
    Drawn,
    Listening,
}

impl App {
    /// Shows what `runtime` does, with `story` chosen where one is named.
    pub fn new(runtime: Controller, story: Option<String>) -> Self {
        let mut notices = Notifications::default();
        let place = |id: &str| runtime.stories().iter().position(|story| story.id == id);
        if let Some(id) = story.as_deref().filter(|id| place(id).is_none()) {
            notices.problem(format!(
                "there is no story \u{201c}{id}\u{201d}: choose one of these"
            ));
        }
        let wanted = story.as_deref().and_then(place);
        let last = || place(runtime.settings().story.as_deref()?);
        Self {
            chosen: wanted.or_else(last).unwrap_or(0),
            runtime,
            home: HomeState::default(),
            history: None,
            learn: LearnState::default(),
            mock: None,
            leaving: None,
            example: false,
            stopped: None,
            limit: TimeLimit::default(),
            review: review::ReviewState::default(),
            prompts: PromptScheduler::default(),
            notices,
            settings: None,
            kept: false,
            keys: false,
            text_scale: None,
            less_motion: prefers_reduced_motion(),
            start: Start::Undrawn,
        }
    }

    /// Tells of something that went wrong before there was a window.
    pub fn tell(&mut self, problem: String) {
        self.notices.problem(problem);
    }

    /// What runs behind the window.
    pub fn runtime(&self) -> &Controller {
        &self.runtime
    }

    /// Hands something that happened to the practice.
    pub fn handle(&mut self, input: SessionEvent) {
        self.runtime.handle(input);
    }

    /// Takes in what happened, and asks for the next frame only where there is to be one.
    pub fn pump(&mut self, ctx: &egui::Context) {
        self.runtime.poll();
        for news in self.runtime.take_notifications() {
            match news {
                Notification::Problem(what) | Notification::Warning(what) => {
                    self.notices.problem(what)
                }
                Notification::TakeSaved(take, path) if self.left(&take) => {
                    let name = path.file_name().unwrap_or(path.as_os_str());
                    self.notices.note(format!(
                        "The take was kept as {name}. For its feedback, open it in the history.",
                        name = Path::new(name).display()
                    ));
                    self.come_home();
                }
                Notification::HistoryAnalyzed => {
                    self.show_trends();
                    self.home.look(&self.runtime);
                }
                Notification::Exported(written) => self.exported(written),
                Notification::AllErased(takes) => self.all_erased(Ok(takes)),
                Notification::EraseFailed(why) => self.all_erased(Err(why)),
                Notification::Entered(_)
                | Notification::TakeSaved(..)
                | Notification::SignalChanged(_)
                | Notification::Captioned(..)
                | Notification::FeedbackReady(..) => {}
            }
        }
        self.review.follow(&mut self.runtime);
        self.prompts.follow(&mut self.runtime, self.limit);
        if let Some(pause) = self.runtime.next_tick() {
            ctx.request_repaint_after(pause);
        }
    }

    /// Draws the window, and does what is asked in it.
    pub fn ui(&mut self, ui: &mut Ui) {
        let theme = theme::preference(self.runtime.settings().theme);
        if ui.ctx().options(|options| options.theme_preference) != theme {
            ui.ctx().set_theme(theme);
        }
        let settings = self.runtime.settings();
        let resized = layout::adjust(ui, settings, &mut self.text_scale, self.less_motion);
        let resized =
            resized.map(|percent| settings::set(settings::SettingChange::TextPercent(percent)));
        self.go_on(ui.ctx());
        let asked = resized.or(self.page_ui(ui));
        if let Some(action) = asked {
            self.act(action, ui.ctx());
            // What was asked for is to be seen, even if nothing else happens.
            ui.ctx().request_repaint();
        }
    }

    /// The whole page, and what was asked for on it.
    fn page_ui(&mut self, ui: &mut Ui) -> Option<Action> {
        let offers = self.offers(ui.ctx());
        let mut all = offers.clone();
        all.extend(self.everywhere(ui.ctx()));
        let speaking = self.speaking();
        let pressed = match self.keys {
            true => offer::pressed(ui, &shortcuts::while_shown(&all), speaking),
            false => offer::pressed(ui, &all, speaking),
        };
        let over = match self.keys {
            true => shortcuts::keys_ui(ui, &all),
            false => None,
        };
        let asked = pressed.or(over).or(self.bar_ui(ui, &all));
        match speaking {
            // What is looked at while one speaks stays where it is.
            true => self.notices.over_ui(ui),
            false => self.notices.ui(ui),
        }
        asked.or(self.screen_ui(ui, &offers))
    }

    /// What can be done on every screen, where nobody types or speaks.
    fn everywhere(&self, ctx: &egui::Context) -> Vec<Command> {
        let busy = self.speaking();
        let mut offers = Vec::new();
        if ctx.text_edit_focused() {
            return offers;
        }
        if !busy && self.settings.is_none() && !self.kept {
            let show = Action::Settings(settings::SettingsAction::Show(true));
            offers.push(Command::plain("Settings", Key::Comma, show));
        }
        if !self.notices.is_empty() {
            offers.push(Command::plain("Dismiss", Key::Backspace, Action::Dismiss));
        }
        offers.push(shortcuts::offer());
        offers
    }

    /// Whether somebody speaks, or is about to, or his words are on their way.
    fn speaking(&self) -> bool {
        self.runtime.session().is_some_and(Session::busy)
    }

    /// The microphone waits until the window is there.
    fn go_on(&mut self, ctx: &egui::Context) {
        match self.start {
            Start::Undrawn => {
                self.start = Start::Drawn;
                ctx.request_repaint();
            }
            Start::Drawn => {
                self.start = Start::Listening;
                if !self.runtime.is_source_fixed() {
                    self.runtime.list_microphones();
                }
                self.runtime.start_monitor();
                self.come_home();
            }
            Start::Listening => {}
        }
    }

    /// The story that is chosen.
    fn story(&self) -> Option<&Arc<Story>> {
        self.runtime.stories().get(self.chosen)
    }

    /// The level that it is told at.
    fn level(&self, story: &Story) -> Level {
        story.level_for(self.runtime.settings().level)
    }

    /// Whether a take that is whole by now is not on its way to a review, nor in it already.
    fn left(&self, id: &TakeId) -> bool {
        let Some(session) = self.runtime.session() else {
            return true;
        };
        let mut reviewed = (0..session.parts().len()).filter_map(|part| session.reviewed(part));
        match session.stage() {
            Stage::Review | Stage::Ready | Stage::Summary => {
                !reviewed.any(|reviewed| reviewed.take.id == *id)
            }
            _ => false,
        }
    }
}
