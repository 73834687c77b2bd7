//! The window's content: draws the screen that the state leads to, and performs what the user asks for.

mod action;
mod dropped;
mod header;
mod notify;
mod route;
mod state;
mod update;

use egui::{Context, Key, Ui};

use super::command::{Command, pressed};
use super::prompter::PromptScheduler;
use super::settings::{SettingChange, SettingsAction};
use super::{layout, shortcuts, theme};
use crate::app::{Controller, MotionPreference};
use crate::practice::session::{SessionEvent, SessionRequest};
use crate::storage::{Settings, WindowPlace};

use action::Action;
use route::Route;
use state::State;

/// The content of the window.
pub struct App {
    state: State,
    prompts: PromptScheduler,
    /// The scale of the text that was applied last.
    applied_scale: Option<f32>,
    /// Known once the first frame is drawn.
    system_motion: Option<MotionPreference>,
    startup: Startup,
}

/// The window is drawn before the microphone is opened, which may take a while.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Startup {
    NotDrawn,
    Drawn,
    Done,
}

impl App {
    /// Shows the state of `controller`, with the story of this id selected.
    pub fn new(controller: Controller, story: Option<String>) -> Self {
        let index_of = |id: &str| controller.stories().iter().position(|one| one.id == id);
        let last = || index_of(controller.settings().story.as_deref()?);
        let wanted = story.as_deref().and_then(index_of);
        let selected = wanted.or_else(last).unwrap_or(0);
        let mut state = State::new(controller, selected);
        if let Some(id) = story.filter(|_| wanted.is_none()) {
            state.notifications.problem(format!(
                "there is no story \u{201c}{id}\u{201d}: choose one of these"
            ));
        }
        Self {
            state,
            prompts: PromptScheduler::default(),
            applied_scale: None,
            system_motion: None,
            startup: Startup::NotDrawn,
        }
    }

    /// Shows a problem that occurred before there was a window.
    pub fn show_problem(&mut self, problem: String) {
        self.state.notifications.problem(problem);
    }

    /// Saves where the window is, for its next start.
    pub fn remember_window(&mut self, place: WindowPlace) {
        let change = |settings: &mut Settings| settings.window = Some(place);
        self.state.controller.change_settings(change);
    }

    /// What runs behind the window.
    pub fn controller(&self) -> &Controller {
        &self.state.controller
    }

    /// Hands a request to the session.
    pub fn request(&mut self, request: SessionRequest) {
        self.state.controller.request(request);
    }

    /// Hands an event to the session.
    pub fn handle(&mut self, event: SessionEvent) {
        self.state.controller.handle(event);
    }

    /// Handles what has happened since the last call, and schedules the next frame if one is needed.
    pub fn pump(&mut self, ctx: &Context) {
        let state = &mut self.state;
        state.controller.poll();
        for notification in state.controller.take_notifications() {
            notify::notify(state, notification);
        }
        state.review.follow(&mut state.controller);
        self.prompts
            .follow(&mut state.controller, state.practice.limit);
        if let Some(pause) = state.controller.next_tick() {
            ctx.request_repaint_after(pause);
        }
    }

    /// Draws the window, and performs what the user asks for in it.
    pub fn ui(&mut self, ui: &mut Ui) {
        let settings = self.state.controller.settings();
        let theme = theme::preference(settings.theme);
        if ui.ctx().options(|options| options.theme_preference) != theme {
            ui.ctx().set_theme(theme);
        }
        let text_percent = layout::apply_display_settings(
            ui,
            settings,
            &mut self.applied_scale,
            self.system_motion
                .as_ref()
                .is_some_and(MotionPreference::is_reduced),
        );
        self.start_up_step(ui.ctx());
        let resized = text_percent.map(|percent| {
            Action::Settings(SettingsAction::Set(SettingChange::TextPercent(percent)))
        });
        let drawn = self.window_ui(ui);
        let dropped = dropped::dropped_files(ui.ctx());
        if let Some(action) = resized.or(dropped).or(drawn) {
            update::update(&mut self.state, action, ui.ctx());
            // Shows the result, even if nothing else happens.
            ui.ctx().request_repaint();
        }
    }

    /// Draws header, notifications and screen.
    fn window_ui(&mut self, ui: &mut Ui) -> Option<Action> {
        let recording = self.state.is_recording();
        let route = Route::new(&self.state);
        let mut commands = route.commands(ui.ctx(), self.state.leaving);
        commands.extend(self.general_commands(ui.ctx()));
        let close = Action::ShowShortcuts(false);
        let mut action = match (dropped::dialog_commands(&self.state), self.state.shortcuts) {
            (Some(dialog), _) => {
                let pressed = pressed(ui, &dialog, recording);
                pressed.or(dropped::dialog_ui(ui, &self.state))
            }
            (None, true) => {
                let open = shortcuts::commands_while_open(&commands, &close);
                let pressed = pressed(ui, &open, recording);
                pressed.or(shortcuts::shortcuts_ui(ui, &commands, &close))
            }
            (None, false) => pressed(ui, &commands, recording),
        };
        dropped::hover_ui(ui, &self.state);
        action = action.or(header::header_ui(ui, &self.state, &route, &commands));
        match recording {
            // The screen must not move while the user is recording.
            true => self.state.notifications.over_ui(ui),
            false => self.state.notifications.ui(ui),
        }
        let route = Route::new(&self.state);
        action.or(route.ui(ui, self.state.leaving))
    }

    /// The commands of every screen, unless the user types.
    fn general_commands(&self, ctx: &Context) -> Vec<Command<Action>> {
        let state = &self.state;
        let mut commands = Vec::new();
        if ctx.text_edit_focused() {
            return commands;
        }
        if !state.is_recording() && state.settings.is_none() && !state.privacy {
            commands.push(Command::plain("Settings", Key::Comma, Action::ShowSettings));
        }
        if !state.notifications.is_empty() {
            let dismiss = Action::DismissNotification;
            commands.push(Command::plain("Dismiss", Key::Backspace, dismiss));
        }
        let show = Action::ShowShortcuts(true);
        commands.push(Command::plain("Keys", Key::Questionmark, show));
        commands
    }

    /// Opens the microphone once the window has been drawn.
    fn start_up_step(&mut self, ctx: &Context) {
        match self.startup {
            Startup::NotDrawn => {
                self.startup = Startup::Drawn;
                let repaint = ctx.clone();
                self.system_motion =
                    Some(MotionPreference::query(move || repaint.request_repaint()));
                ctx.request_repaint();
            }
            Startup::Drawn => {
                self.startup = Startup::Done;
                let controller = &mut self.state.controller;
                if !controller.is_source_fixed() {
                    controller.list_microphones();
                }
                controller.start_monitor();
                self.state.refresh_home();
            }
            Startup::Done => {}
        }
    }
}
