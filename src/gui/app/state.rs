//! The state of the window: the controller, and what each screen remembers.

use std::sync::Arc;

use crate::app::{Controller, today};
use crate::domain::story::{Level, Story};
use crate::gui::drop::Question;
use crate::gui::history::HistoryState;
use crate::gui::home::HomeState;
use crate::gui::learn::LearnState;
use crate::gui::mock_interview::{LeaveTarget, SetupState};
use crate::gui::practice::PracticeState;
use crate::gui::review::ReviewState;
use crate::gui::settings::SettingsState;
use crate::gui::trends::TrendsState;
use crate::gui::widgets::notifications::Notifications;
use crate::practice::session::Session;

/// The state of the window. [`super::route::Route`] derives the screen from it.
pub struct State {
    /// Owns everything that is not about the window.
    pub controller: Controller,
    /// The index of the selected story.
    pub selected_story: usize,
    /// What the home screen shows.
    pub home: HomeState,
    /// The history, if it is open. A take that was opened from it leads back to it.
    pub history: Option<HistoryState>,
    /// The pages of a story, and whether they are open.
    pub learn: LearnState,
    /// The setup of a mock interview, if it is open.
    pub interview_setup: Option<SetupState>,
    /// Set while the user is asked whether to leave a mock interview.
    pub leaving: Option<LeaveTarget>,
    /// What the screens of a practice remember.
    pub practice: PracticeState,
    /// What the review remembers.
    pub review: ReviewState,
    /// The settings, if they are open. They cover the other screens.
    pub settings: Option<SettingsState>,
    /// Whether the privacy page covers the other screens.
    pub privacy: bool,
    /// Whether the overlay of keyboard shortcuts is open.
    pub shortcuts: bool,
    /// A dropped recording of which the user is asked which part it answers.
    pub drop_question: Option<Question>,
    /// Problems and notes.
    pub notifications: Notifications,
}

impl State {
    /// Starts on the home screen, with this story selected.
    pub fn new(controller: Controller, selected_story: usize) -> Self {
        Self {
            controller,
            selected_story,
            home: HomeState::default(),
            history: None,
            learn: LearnState::default(),
            interview_setup: None,
            leaving: None,
            practice: PracticeState::default(),
            review: ReviewState::default(),
            settings: None,
            privacy: false,
            shortcuts: false,
            drop_question: None,
            notifications: Notifications::default(),
        }
    }

    /// Closes what covers the screens.
    pub fn close_overlays(&mut self) {
        self.shortcuts = false;
        self.privacy = false;
        self.close_settings();
    }

    /// Closes the settings, if they are open.
    pub fn close_settings(&mut self) {
        if self.settings.take().is_some() {
            self.controller.stop_monitor();
            self.controller.discard_mic_test();
        }
    }

    /// The selected story.
    pub fn story(&self) -> Option<&Arc<Story>> {
        self.controller.stories().get(self.selected_story)
    }

    /// The role level that the answer is judged for.
    pub fn level(&self, story: &Story) -> Level {
        story.level_for(self.controller.settings().level)
    }

    /// Whether the user is recording or about to, or the recording is being transcribed.
    pub fn is_recording(&self) -> bool {
        self.controller.session().is_some_and(Session::busy)
    }

    /// If the home screen is shown, updates what it shows of the takes of the selected story.
    pub fn refresh_home(&mut self) {
        if self.controller.session().is_some() || self.history.is_some() {
            return;
        }
        let Some(story) = self.story().map(Arc::clone) else {
            return;
        };
        match self.controller.history() {
            Ok(takes) => self.home = HomeState::new(&story, &takes, today()),
            Err(error) => self.notifications.problem(error.to_string()),
        }
        self.controller
            .analyze_history(&self.home.takes_to_analyze());
        self.home.update_recommendation(&self.controller);
    }

    /// Opens the history.
    pub fn open_history(&mut self) {
        self.load_history();
    }

    /// If the history is open, updates its list of takes.
    pub fn refresh_history(&mut self) {
        if self.history.is_some() {
            self.load_history();
        }
    }

    fn load_history(&mut self) {
        match self.controller.history() {
            Ok(takes) => self.history.get_or_insert_default().set_takes(takes),
            Err(error) => self.notifications.problem(error.to_string()),
        }
        self.analyze_trends();
    }

    /// If the trends are open, analyzes the takes that they lack.
    pub fn analyze_trends(&mut self) {
        let history = self.history.as_ref();
        if let Some(history) = history.filter(|history| history.trends.is_some()) {
            self.controller.analyze_history(history.takes());
            self.refresh_trends();
        }
    }

    /// If the trends are open, shows the takes that are analyzed by now.
    pub fn refresh_trends(&mut self) {
        if let Some(history) = &mut self.history
            && let Some(mut trends) = history.trends.take()
        {
            trends.set_takes(history.takes(), &self.controller);
            history.trends = Some(trends);
        }
    }

    /// The trends, if they are open.
    pub fn trends_mut(&mut self) -> Option<&mut TrendsState> {
        self.history.as_mut()?.trends.as_mut()
    }
}
