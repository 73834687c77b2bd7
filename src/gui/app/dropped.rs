//! Opens files that are dropped onto the window: a recording is imported as a take of the part that the user is on.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{Context, Ui};

use super::action::Action;
use super::state::State;
use crate::domain::story::{Level, Part, Story};
use crate::domain::take::TakeId;
use crate::gui::command::Command;
use crate::gui::drop::{
    DropAction, FileKind, Question, ask_commands, ask_ui, file_name, overlay_ui, reading_commands,
    reading_ui,
};
use crate::gui::text::part_name;
use crate::practice::session::{InterviewPhase, Session, Stage};

/// The files that were dropped onto the window in this frame.
pub fn dropped_files(ctx: &Context) -> Option<Action> {
    let files: Vec<PathBuf> = ctx.input(|input| {
        let files = input.raw.dropped_files.iter();
        files.map(|file| file.path().to_owned()).collect()
    });
    (!files.is_empty()).then_some(Action::Drop(DropAction::Open(files)))
}

/// Says what would happen to the files that are dragged over the window, if there are any.
pub fn hover_ui(ui: &Ui, state: &State) {
    if ui.input(|input| input.raw.hovered_files.is_empty()) {
        return;
    }
    let text = match (reason_to_wait(state), target(state)) {
        (Some(why), _) => format!("Not now: {why}."),
        (None, Some((_, _, Some(part)))) => {
            format!("Drop a recording to analyze it as {}.", part_name(part))
        }
        (None, _) => "Drop a recording to analyze it.".to_owned(),
    };
    overlay_ui(ui, &text);
}

/// The commands of the dialog about a dropped file, if one is open. No others are available meanwhile.
pub fn dialog_commands(state: &State) -> Option<Vec<Command<Action>>> {
    let commands = match (&state.drop_question, state.controller.importing()) {
        (Some(question), _) => ask_commands(question),
        (None, Some(_)) => reading_commands(),
        (None, None) => return None,
    };
    let commands = commands.into_iter();
    Some(commands.map(|command| command.map(Action::Drop)).collect())
}

/// Draws the dialog about a dropped file, if one is open.
pub fn dialog_ui(ui: &Ui, state: &State) -> Option<Action> {
    let action = match (&state.drop_question, state.controller.importing()) {
        (Some(question), _) => ask_ui(ui, question, &ask_commands(question)),
        (None, Some(file)) => reading_ui(ui, file, &reading_commands()),
        (None, None) => None,
    };
    action.map(Action::Drop)
}

/// Performs an action on dropped files.
pub fn update(state: &mut State, action: DropAction) {
    match action {
        DropAction::Open(files) => open(state, files),
        DropAction::Analyze(part) => {
            if let Some(question) = state.drop_question.take() {
                let Question { file, story, level } = question;
                import(state, file, &story, part, level);
            }
        }
        DropAction::Cancel => {
            state.drop_question = None;
            state.controller.cancel_import();
        }
    }
}

/// Shows the take that a recording was imported as, unless the user has begun something else.
pub fn imported(state: &mut State, id: &TakeId) {
    if reason_to_wait(state).is_some() {
        let text = "The recording was saved. Open it in History for feedback.";
        state.notifications.note(text.to_owned());
        return;
    }
    state.practice.reset();
    state.controller.open_take(id);
}

fn open(state: &mut State, files: Vec<PathBuf>) {
    let mut recordings = Vec::new();
    for file in files {
        match refusal(state, &file) {
            Some(why) => state.notifications.problem(why),
            None => recordings.push(file),
        }
    }
    let mut recordings = recordings.into_iter();
    let Some(first) = recordings.next() else {
        return;
    };
    if let Some(why) = reason_to_wait(state) {
        let name = file_name(&first);
        let text = format!("{name} was not opened: {why}. Drop it again afterwards");
        return state.notifications.problem(text);
    }
    let others: Vec<String> = recordings.map(|file| file_name(&file)).collect();
    if !others.is_empty() {
        let (first, others) = (file_name(&first), others.join(", "));
        state.notifications.problem(format!(
            "one recording is analyzed at a time, starting with {first}: afterwards, drop {others} again"
        ));
    }
    let Some((story, level, part)) = target(state) else {
        let text = "there is no story to compare a recording with: add one first";
        return state.notifications.problem(text.to_owned());
    };
    // They would cover the feedback.
    state.close_overlays();
    match part {
        Some(part) => import(state, first, &story, part, level),
        None => {
            state.drop_question = Some(Question {
                file: first,
                story,
                level,
            });
        }
    }
}

fn import(state: &mut State, file: PathBuf, story: &Story, part: Part, level: Level) {
    state.controller.pause();
    state.controller.import_recording(file, story, part, level);
}

/// Why a file cannot be a recording, and what to do instead.
fn refusal(state: &State, file: &Path) -> Option<String> {
    let name = file_name(file);
    match FileKind::of(file) {
        FileKind::Recording => None,
        FileKind::Folder => Some(format!(
            "{name} is a folder: drop the recording that is in it"
        )),
        FileKind::Special => Some(format!(
            "{name} is not a file: drop a recording, or use `starling analyze`"
        )),
        FileKind::Missing => Some(format!(
            "cannot open {name}: the file does not exist, or you may not read it"
        )),
        FileKind::Text => {
            let folder = state.controller.store().stories();
            let folder = folder.display();
            Some(format!(
                "{name} is a text file, not a recording: to add a story, copy its .toml file to {folder} and restart; for a written answer, use `starling analyze --text`"
            ))
        }
    }
}

/// Why no recording can be opened now, if that is so.
fn reason_to_wait(state: &State) -> Option<String> {
    if let Some(file) = state.controller.importing() {
        return Some(format!("{} is still being read", file_name(file)));
    }
    if state.controller.is_erasing_all() {
        return Some("all takes are being erased".to_owned());
    }
    if state.drop_question.is_some() {
        return Some("choose the part of the other recording first".to_owned());
    }
    let session = state.controller.session()?;
    let is_interview = session.interview_phase() == Some(InterviewPhase::Running);
    let why = match session.stage() {
        Stage::CountIn { .. } | Stage::Answering { .. } => "an answer is being recorded",
        Stage::Transcribing { .. } => "the last answer is still being transcribed",
        _ if is_interview || session.would_lose_interview() => "the interview is not over",
        _ => return None,
    };
    Some(why.to_owned())
}

/// The story that a recording is compared with, the level, and the part that the user is on, if there is one.
fn target(state: &State) -> Option<(Arc<Story>, Level, Option<Part>)> {
    if let Some(session) = state.controller.session() {
        let story = Arc::clone(session.story());
        return Some((story, session.level(), current_part(session)));
    }
    let open_story = state.learn.open_story();
    if let Some(open_story) = open_story.filter(|_| state.history.is_none()) {
        let story = Arc::clone(&open_story.story);
        return Some((story, open_story.level, open_story.part()));
    }
    let story = state.story()?;
    Some((Arc::clone(story), state.level(story), None))
}

fn current_part(session: &Session) -> Option<Part> {
    let part = session.parts().get(session.current());
    part.copied().filter(|_| *session.stage() != Stage::Summary)
}
