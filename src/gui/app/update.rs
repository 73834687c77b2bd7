//! The one place that performs actions: on the controller, and on the state of the window.

use std::path::Path;
use std::sync::Arc;

use egui::Context;

use super::action::Action;
use super::dropped;
use super::state::State;
use crate::app::export::usual_folders;
use crate::domain::story::Part;
use crate::domain::take::TakeId;
use crate::gui::erase_all::EraseAllAction;
use crate::gui::export;
use crate::gui::export::ExportAction;
use crate::gui::history;
use crate::gui::history::HistoryAction;
use crate::gui::home::HomeAction;
use crate::gui::learn::LearnAction;
use crate::gui::microphone;
use crate::gui::mock_interview::{LeaveTarget, MockInterviewAction};
use crate::gui::practice::{FrozenAnswer, PracticeAction};
use crate::gui::privacy::PrivacyAction;
use crate::gui::review;
use crate::gui::review::ReviewAction;
use crate::gui::settings::{SettingChange, SettingsAction, SettingsState};
use crate::gui::trends::TrendsAction;
use crate::practice::session::{InterviewPhase, Session, SessionRequest, Stage};
use crate::practice::time_limit::TimeLimit;

/// Performs an action.
pub fn update(state: &mut State, action: Action, ctx: &Context) {
    if action != Action::DismissNotification {
        state.notifications.clear_notes();
    }
    state.shortcuts &= action.keeps_shortcuts_open();
    // Any other action means that the user stays in the interview.
    state.leaving = None;
    match action {
        Action::Home(action) => update_home(state, action, ctx),
        Action::Learn(action) => update_learn(state, action, ctx),
        Action::Practice(action) => update_practice(state, action, ctx),
        Action::Review(ReviewAction::Practice(action)) => update_practice(state, action, ctx),
        Action::Review(action) => state.review.act(&action, &mut state.controller, ctx),
        Action::MockInterview(action) => update_mock_interview(state, action, ctx),
        Action::History(action) => update_history(state, action, ctx),
        Action::Trends(action) => update_trends(state, action),
        Action::Export(action) => update_export(state, action, ctx),
        Action::EraseAll(EraseAllAction::Erase) => state.controller.erase_all(),
        Action::EraseAll(EraseAllAction::Cancel) => {
            if let Some(history) = &mut state.history {
                history.close_modal();
            }
        }
        Action::Settings(action) => update_settings(state, action),
        Action::Privacy(PrivacyAction::Close) => state.privacy = false,
        Action::ShowSettings => {
            state.settings = Some(SettingsState {
                models: state.controller.models(),
                has_voice: state.controller.has_voice(),
            });
            state.shortcuts = false;
            if !state.controller.is_source_fixed() {
                state.controller.list_microphones();
            }
        }
        Action::ShowShortcuts(show) => state.shortcuts = show,
        Action::Drop(action) => dropped::update(state, action),
        Action::DismissNotification => state.notifications.dismiss(),
    }
}

fn update_home(state: &mut State, action: HomeAction, ctx: &Context) {
    match action {
        HomeAction::SelectStory(index) => {
            state.selected_story = index;
            state.refresh_home();
        }
        HomeAction::Practice(part) => practice(state, part),
        HomeAction::Learn => {
            if let Some(story) = state.story().map(Arc::clone) {
                state.controller.stop_monitor();
                state.learn.open(&story, &mut state.controller);
            }
        }
        HomeAction::MockInterview => {
            update_mock_interview(state, MockInterviewAction::SetUp, ctx);
        }
        HomeAction::ShowHistory => {
            state.controller.stop_monitor();
            state.open_history();
        }
        HomeAction::ShowPrivacy => state.privacy = true,
        HomeAction::Set(change) => set(state, &change),
        HomeAction::OpenTake(id) => open_take(state, &id),
        HomeAction::DismissRecoverable => state.controller.dismiss_recoverable(),
        HomeAction::Monitor(true) => state.controller.start_monitor(),
        HomeAction::Monitor(false) => state.controller.stop_monitor(),
        HomeAction::ListMicrophones => {
            state.controller.list_microphones();
            state.controller.start_monitor();
        }
        HomeAction::Microphone(action) => microphone::update(&mut state.controller, &action),
    }
}

fn update_learn(state: &mut State, action: LearnAction, ctx: &Context) {
    if action == LearnAction::Close {
        return leave(state, ctx);
    }
    state.learn.act(action, &mut state.controller, ctx);
    if let LearnAction::Practice(part) = action {
        practice(state, part);
    }
}

fn update_practice(state: &mut State, action: PracticeAction, ctx: &Context) {
    match action {
        PracticeAction::Session(request) => {
            if matches!(request, SessionRequest::Next | SessionRequest::GoTo(_)) {
                state.practice.reset();
            }
            let now = ctx.input(|input| input.time);
            state.practice.frozen = match (&request, state.controller.session()) {
                (SessionRequest::Stop, Some(session)) => FrozenAnswer::from_session(session, now),
                _ => None,
            };
            state.controller.request(request);
        }
        PracticeAction::StartTake => {
            let session = state.controller.session();
            let phase = session.map(|session| (session.interview_phase(), session.stage()));
            state.practice.example = false;
            state.practice.limit = match phase {
                // Every question of an interview has a limit of its own.
                Some((Some(InterviewPhase::Running), Stage::Ready)) => TimeLimit::default(),
                _ => state.practice.limit.for_next_take(),
            };
            state.controller.start_take();
        }
        PracticeAction::PracticePart(part) => practice(state, part),
        PracticeAction::ChangeLimit(change) => state.practice.limit.change(change),
        PracticeAction::Set(change) => set(state, &change),
        PracticeAction::ShowCaptions(show) => set(state, &SettingChange::Captions(show)),
        PracticeAction::ShowExample(show) => state.practice.example = show,
        PracticeAction::Leave if would_lose_interview(state) => {
            state.leaving = Some(LeaveTarget::Back);
        }
        PracticeAction::Leave => leave(state, ctx),
    }
}

fn update_mock_interview(state: &mut State, action: MockInterviewAction, ctx: &Context) {
    match action {
        MockInterviewAction::SetUp if would_lose_interview(state) => {
            state.leaving = Some(LeaveTarget::AnotherInterview);
        }
        MockInterviewAction::SetUp | MockInterviewAction::Leave(LeaveTarget::AnotherInterview) => {
            state.controller.leave();
            state.history = None;
            state.interview_setup.get_or_insert_default();
            // The session may have been started from the pages of a story. Nothing is read along during a session,
            // so the time does not matter.
            state.learn.close(0.0);
        }
        MockInterviewAction::SetFormat(format) => {
            if let Some(setup) = &mut state.interview_setup {
                setup.format = format;
            }
        }
        MockInterviewAction::SetFollowUps(count) => {
            if let Some(setup) = &mut state.interview_setup {
                setup.follow_ups = count;
            }
        }
        MockInterviewAction::Begin => {
            if let (Some(setup), Some(story)) = (state.interview_setup, state.story().cloned()) {
                let level = state.level(&story);
                state.practice.reset();
                state
                    .controller
                    .start_interview(story, setup.format, setup.follow_ups, level);
            }
        }
        MockInterviewAction::Close | MockInterviewAction::Leave(LeaveTarget::Back) => {
            leave(state, ctx);
        }
        MockInterviewAction::Stay => {}
        MockInterviewAction::Play(take, passage) => {
            let passage = passage.widened(review::PASSAGE_MARGIN);
            state.controller.play(&take, passage);
        }
        MockInterviewAction::Pause => state.controller.pause(),
        MockInterviewAction::Practice(action) => update_practice(state, action, ctx),
    }
}

fn update_history(state: &mut State, action: HistoryAction, ctx: &Context) {
    match action {
        HistoryAction::OpenTake(id) => return open_take(state, &id),
        HistoryAction::Erase(id) => return erase_take(state, &id),
        HistoryAction::UndoErase => return undo_erase(state),
        HistoryAction::Close => return leave(state, ctx),
        _ => {}
    }
    let Some(history) = &mut state.history else {
        return;
    };
    match action {
        HistoryAction::Filter(filter) => history.set_filter(filter),
        HistoryAction::FocusSearch => history::focus_search(ctx),
        HistoryAction::Select(row) => history.select(row),
        HistoryAction::ShowTrends(show) => {
            history.show_trends(show);
            state.analyze_trends();
        }
        HistoryAction::Export => {
            let folders = usual_folders().into_iter();
            let folders = folders.map(|(name, folder)| (name, folder.display().to_string()));
            history.open_export(folders.collect());
        }
        HistoryAction::AskToErase(ask) => history.ask_to_erase(ask),
        HistoryAction::AskToEraseAll => history.ask_to_erase_all(),
        HistoryAction::OpenTake(_)
        | HistoryAction::Erase(_)
        | HistoryAction::UndoErase
        | HistoryAction::Close => {}
    }
}

fn update_trends(state: &mut State, action: TrendsAction) {
    match action {
        TrendsAction::Show(query) => {
            if let Some(trends) = state.trends_mut() {
                trends.set_query(query);
            }
            state.refresh_trends();
        }
        TrendsAction::SelectTake(id) => {
            if let Some(trends) = state.trends_mut() {
                trends.select(id);
            }
        }
        TrendsAction::OpenTake(id) => open_take(state, &id),
        TrendsAction::ShowTakes => {
            if let Some(history) = &mut state.history {
                history.show_trends(false);
            }
        }
    }
}

fn update_export(state: &mut State, action: ExportAction, ctx: &Context) {
    let Some(history) = &mut state.history else {
        return;
    };
    if action == ExportAction::Close {
        history.close_modal();
        return;
    }
    let Some(export) = history.export_mut() else {
        return;
    };
    match action {
        ExportAction::SetFormat(format) => export.set_format(format),
        ExportAction::SetFolder(folder) => export.set_folder(folder),
        ExportAction::EditFolder => export::focus_folder(ctx),
        ExportAction::Write => {
            let folder = Path::new(export.folder());
            state
                .controller
                .export(export.take(), export.format(), folder);
        }
        ExportAction::Close => {}
    }
}

fn update_settings(state: &mut State, action: SettingsAction) {
    match action {
        SettingsAction::Set(change) => set(state, &change),
        SettingsAction::SetProfile(change) => {
            state
                .controller
                .change_profile(|profile| change.apply(profile));
            state.review.refresh_comparison(&mut state.controller);
            state.analyze_trends();
            state.refresh_home();
        }
        SettingsAction::Microphone(action) => {
            microphone::update(&mut state.controller, &action);
        }
        SettingsAction::TestMicrophone => state.controller.start_mic_test(),
        SettingsAction::PlayTest => state.controller.play_mic_test(),
        SettingsAction::ShowPrivacy => state.privacy = true,
        SettingsAction::Close => state.close_settings(),
    }
}

fn set(state: &mut State, change: &SettingChange) {
    state
        .controller
        .change_settings(|settings| change.apply(settings));
}

/// Whether leaving now would lose the verdict of an interview.
fn would_lose_interview(state: &State) -> bool {
    let session = state.controller.session();
    session.is_some_and(Session::would_lose_interview)
}

/// Leaves a session for the screen that it was started from, and any other screen for the home screen.
fn leave(state: &mut State, ctx: &Context) {
    state.interview_setup = None;
    if state.controller.session().is_some() {
        state.controller.leave();
        state.refresh_history();
    } else {
        state.history = None;
        state.learn.close(ctx.input(|input| input.time));
    }
    state.refresh_home();
}

/// Practices the story of the session, or else the selected story, from a part on.
fn practice(state: &mut State, from: Part) {
    let session = state.controller.session();
    let current = session.map(|session| (Arc::clone(session.story()), session.level()));
    let selected = || {
        let story = state.story()?;
        Some((Arc::clone(story), state.level(story)))
    };
    let Some((story, level)) = current.or_else(selected) else {
        return;
    };
    let parts = story.parts_practiced_with(from);
    let index = parts.iter().position(|part| *part == from);
    state.practice.reset();
    let id = story.id.clone();
    state
        .controller
        .change_settings(|settings| settings.story = Some(id.clone()));
    state.controller.start_practice(story, parts, level);
    let go_to = SessionRequest::GoTo(index.unwrap_or(0));
    state.controller.request(go_to);
}

fn open_take(state: &mut State, id: &TakeId) {
    state.practice.reset();
    state.controller.open_take(id);
}

fn erase_take(state: &mut State, id: &TakeId) {
    let name = state.history.as_ref().and_then(|h| h.take_name(id));
    state.controller.erase(id);
    state.refresh_history();
    let can_undo = state.controller.last_erased() == Some(id);
    if let (Some(history), Some(name)) = (&mut state.history, name)
        && history.take_name(id).is_none()
    {
        let undo = if can_undo { " You can undo this." } else { "" };
        history.set_message(format!("{name} was erased.{undo}"));
    }
}

fn undo_erase(state: &mut State) {
    let id = state.controller.last_erased().cloned();
    state.controller.undo_erase();
    state.refresh_history();
    if let (Some(history), Some(id)) = (&mut state.history, id) {
        history.select_take(&id);
        if let Some(name) = history.take_name(&id) {
            history.set_message(format!("{name} was restored."));
        }
    }
}
