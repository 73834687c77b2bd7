//! The header: the name of the screen, the microphone, and what can be done on every screen.

use egui::{Align, Key, Label, Layout, Ui};

use super::action::Action;
use super::route::Route;
use super::state::State;
use crate::gui::command::{Command, with_key};
use crate::gui::history::tabs_ui;
use crate::gui::home::microphone_ui;
use crate::gui::layout;
use crate::gui::microphone::indicator_ui;
use crate::gui::practice::PracticeAction;
use crate::gui::screen::Screen;
use crate::gui::theme;
use crate::gui::theme::{BODY, LARGE, SPACE};
use crate::gui::widgets::button::flat_button_ui;
use crate::gui::widgets::section_nav::{SectionStep, stepper_ui};
use crate::practice::session::{InterviewPhase, Session, SessionRequest, Stage};

/// From this width on, a practice has room for the settings button beside its parts.
const WIDE: f32 = 1000.0;

/// Draws the header. `commands` are those of the screen and those of every screen.
pub fn header_ui(
    ui: &mut Ui,
    state: &State,
    route: &Route,
    commands: &[Command<Action>],
) -> Option<Action> {
    layout::header_ui(ui, |ui| {
        let centered = ui.horizontal_centered(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE[2];
            if !layout::is_narrow(ui.ctx()) {
                ui.label(theme::strong("Starling", LARGE));
            }
            let shortcuts = command_ui(ui, commands, Key::Questionmark);
            shortcuts.or(content_ui(ui, state, route, commands))
        });
        centered.inner
    })
}

/// The button with this key. In a narrow window, it does not show the key.
fn command_ui(ui: &mut Ui, commands: &[Command<Action>], key: Key) -> Option<Action> {
    let command = with_key(commands, key)?;
    match layout::is_narrow(ui.ctx()) {
        true => flat_button_ui(ui, &command.label, "")
            .clicked()
            .then(|| command.action.clone()),
        false => command.flat_ui(ui),
    }
}

fn content_ui(
    ui: &mut Ui,
    state: &State,
    route: &Route,
    commands: &[Command<Action>],
) -> Option<Action> {
    let controller = &state.controller;
    let title = route.title().unwrap_or_default();
    let session = match route {
        Route::Privacy(_) | Route::Settings(_) => {
            ui.label(theme::dim(ui, title, BODY));
            indicator_ui(ui, controller);
            return None;
        }
        _ => controller.session(),
    };
    let mut action = None;
    if session.is_none() || ui.max_rect().width() >= WIDE {
        action = command_ui(ui, commands, Key::Comma);
    }
    if let Some(session) = session {
        return action.or(session_ui(ui, state, session, title));
    }
    match route {
        Route::Home(screen) => {
            let commands = screen.commands(ui.ctx());
            let home = microphone_ui(ui, controller, &commands);
            action.or(home.map(Action::Home))
        }
        Route::Learn(_) => {
            indicator_ui(ui, controller);
            ui.add(Label::new(theme::dim(ui, title, BODY)).truncate());
            action
        }
        Route::History(_) | Route::Trends(_) => {
            if !layout::is_narrow(ui.ctx()) {
                ui.label(theme::dim(ui, title, BODY));
            }
            let tab = tabs_ui(ui, matches!(route, Route::Trends(_)));
            indicator_ui(ui, controller);
            action.or(tab.map(Action::History))
        }
        _ => {
            ui.label(theme::dim(ui, title, BODY));
            indicator_ui(ui, controller);
            action
        }
    }
}

/// During a session: the microphone, the story, and the parts at the right.
fn session_ui(ui: &mut Ui, state: &State, session: &Session, title: String) -> Option<Action> {
    let right = Layout::right_to_left(Align::Center);
    ui.with_layout(right, |ui| {
        let action = match session.interview_phase() {
            // The parts of a running interview come in order.
            Some(InterviewPhase::Running) => None,
            _ => parts_ui(ui, session),
        };
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            indicator_ui(ui, &state.controller);
            ui.add(Label::new(theme::dim(ui, title, BODY)).truncate());
        });
        action
    })
    .inner
}

/// The parts of a practice, and the overview of them.
fn parts_ui(ui: &mut Ui, session: &Session) -> Option<Action> {
    let in_summary = *session.stage() == Stage::Summary;
    let count = session.parts().len();
    let mut steps: Vec<SectionStep> = (0..count)
        .filter_map(|index| {
            Some(SectionStep {
                name: session.brief(index)?.name,
                done: session.reviewed(index).is_some(),
                current: !in_summary && index == session.current(),
            })
        })
        .collect();
    steps.push(SectionStep {
        name: "Overview".to_owned(),
        done: false,
        current: in_summary,
    });
    let clicked = stepper_ui(ui, &steps, !session.busy())?;
    let request = match clicked < count {
        true => SessionRequest::GoTo(clicked),
        false => SessionRequest::Finish,
    };
    Some(Action::Practice(PracticeAction::Session(request)))
}
