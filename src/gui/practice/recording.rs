//! The screen from the count-in until the answer is transcribed.

use std::time::Duration;

use egui::{Align, Context, Key, Layout, ScrollArea, Ui, vec2};

use super::action::{BackTarget, PracticeAction};
use super::answer_sizes::{QUESTION_HEIGHT, RING, ROW_HEIGHT, Sizes};
use super::commands::{back_command, next_command, session_command};
use super::section_marker::section_marker_ui;
use super::side_panel::{
    SIDE_WIDTH, SidePanel, card_ui, cue_commands, is_in_side_panel, limit_buttons_ui,
    limit_commands, side_ui, stacked_ui,
};
use super::state::{FrozenAnswer, PracticeState};
use super::story_text::example_ui;
use crate::audio::InputSignal;
use crate::domain::story::{Brief, Part};
use crate::domain::time::{Secs, clock};
use crate::gui::command::Command;
use crate::gui::layout;
use crate::gui::layout::{MinHeight, Page};
use crate::gui::microphone::signal_problem_ui;
use crate::gui::screen::Screen;
use crate::gui::theme;
use crate::gui::theme::{BODY, LARGE, SMALL, SPACE, TITLE};
use crate::gui::widgets::countdown::{clock_ui, count_in_ui, count_up_ui, countdown_ui};
use crate::gui::widgets::icon::{Icon, icon_ui};
use crate::gui::widgets::level_meter::level_ui;
use crate::gui::widgets::live_region::announce_ui;
use crate::gui::widgets::phrases::phrase_cues_ui;
use crate::gui::widgets::progress::progress_ui;
use crate::practice::mock_interview::question;
use crate::practice::session::{COUNT_IN, InterviewPhase, Session, SessionRequest, Stage};
use crate::storage::{Cues, Settings};

/// The panel is wider for the full text, which needs longer lines.
const FULL_TEXT_WIDTH: f32 = 400.0;
/// A row with a problem of the signal.
const PROBLEM_ROW_WIDTH: f32 = 460.0;
/// How many seconds the answer stays on the screen after it was stopped. Its feedback is usually there sooner,
/// and a page that vanishes before it can be read would only flash.
const LINGER: f64 = 0.25;

/// The screen from the count-in until the answer is transcribed.
pub struct RecordingScreen<'a> {
    /// The stage of this session is shown.
    pub session: &'a Session,
    /// The screen to return to.
    pub back: BackTarget,
    /// The user's settings.
    pub settings: &'a Settings,
    /// The time limit, and the answer that was stopped last.
    pub state: &'a PracticeState,
    /// Whether the microphone delivers sound.
    pub signal: InputSignal,
    /// The level of the microphone.
    pub level_dbfs: Option<f64>,
}

impl Screen for RecordingScreen<'_> {
    type Action = PracticeAction;

    fn title(&self) -> Option<String> {
        Some(self.session.story().title.clone())
    }

    fn commands(&self, _ctx: &Context) -> Vec<Command<PracticeAction>> {
        match self.session.stage() {
            Stage::CountIn { .. } => {
                let mut commands = vec![
                    captions_command(self.settings.captions),
                    session_command("Cancel", Key::Escape, SessionRequest::Cancel),
                ];
                commands.extend(self.panel_commands(None));
                commands
            }
            Stage::Answering { elapsed, .. } => {
                let stop = PracticeAction::Session(SessionRequest::Stop);
                let mut commands = vec![
                    Command::primary("Stop", Key::Space, stop),
                    Command::plain("Start over", Key::R, PracticeAction::StartTake),
                    captions_command(self.settings.captions),
                    session_command("Leave", Key::Escape, SessionRequest::Cancel),
                ];
                commands.extend(self.panel_commands(Some(*elapsed)));
                commands
            }
            Stage::Transcribing { .. } => {
                vec![session_command(
                    "Cancel",
                    Key::Escape,
                    SessionRequest::Cancel,
                )]
            }
            Stage::Untranscribed { .. } => {
                let retry = PracticeAction::Session(SessionRequest::Retry);
                vec![
                    Command::primary("Try again", Key::T, retry),
                    Command::plain("New take", Key::R, PracticeAction::StartTake),
                    next_command(self.session),
                    back_command(self.back),
                ]
            }
            Stage::Ready | Stage::Review | Stage::Summary => Vec::new(),
        }
    }

    fn page(&self) -> Page {
        Page::new("recording", MinHeight::Clock)
    }

    fn is_in_bar(&self, command: &Command<PracticeAction>) -> bool {
        !is_in_side_panel(command)
    }

    fn content_ui(
        &self,
        ui: &mut Ui,
        commands: &[Command<PracticeAction>],
    ) -> Option<PracticeAction> {
        let session = self.session;
        let brief = session.brief(session.current())?;
        let side_panel = SidePanel {
            settings: self.settings,
            limit: self.state.limit,
            commands,
        };
        let frozen = self.frozen_answer();
        // Phrases stay lit until the review is shown.
        let said: &[bool] = match (session.stage(), frozen) {
            (Stage::Answering { said, .. }, _) => said,
            (_, Some(frozen)) => &frozen.said,
            _ => &[],
        };
        if layout::is_narrow(ui.ctx()) {
            return self.stacked_ui(ui, &brief, said, side_panel);
        }
        let action = match self.is_interview() {
            true => limit_buttons_ui(ui, side_panel),
            false => plan_ui(ui, &brief, said, side_panel),
        };
        let height = ui.available_height();
        self.answer_ui(ui, &brief, side_panel, height);
        action
    }
}

impl RecordingScreen<'_> {
    /// The answer, and the plan below it.
    fn stacked_ui(
        &self,
        ui: &mut Ui,
        brief: &Brief,
        said: &[bool],
        side_panel: SidePanel,
    ) -> Option<PracticeAction> {
        let height = ui.available_height();
        let id = ("recording", self.session.current());
        let body = ScrollArea::vertical().id_salt(id).auto_shrink(false);
        body.show(ui, |ui| {
            layout::scroll_by_keys(ui);
            // The same height in all stages, so that nothing below moves.
            let size = vec2(ui.available_width(), height);
            let answer = Layout::top_down(Align::Min);
            ui.allocate_ui_with_layout(size, answer, |ui| {
                ui.set_min_height(height);
                self.answer_ui(ui, brief, side_panel, height);
            });
            stacked_ui(ui, side_panel, |ui| {
                if !self.is_interview() {
                    cues_ui(ui, brief, said, side_panel.settings.cues);
                }
            })
        })
        .inner
    }

    /// The title, the question of an interviewer, the clock, and what stands below it.
    fn answer_ui(&self, ui: &mut Ui, brief: &Brief, side_panel: SidePanel, height: f32) {
        let session = self.session;
        let now = ui.input(|input| input.time);
        let frozen = self.frozen_answer();
        let frozen = frozen.filter(|frozen| now < frozen.stopped_at + LINGER);
        let part = session.parts().get(session.current()).copied();
        let is_whole_answer = part == Some(Part::Whole);
        // A section has no question of its own.
        let question = part
            .filter(|part| self.is_interview() || !matches!(part, Part::Section(_)))
            .map(|part| question(session.story(), part));
        let question_height = question.map(|question| {
            let font = theme::regular(BODY);
            let color = theme::palette(ui).dim;
            let width = ui.available_width();
            let galley = ui.painter().layout(question.to_owned(), font, color, width);
            QUESTION_HEIGHT.max(galley.size().y + SPACE[1])
        });
        let sizes = Sizes::new(
            height,
            question_height,
            is_whole_answer,
            self.settings.captions,
        );
        ui.add_space(sizes.top);
        ui.vertical_centered(|ui| {
            ui.spacing_mut().item_spacing.y = sizes.gap;
            let title = side_panel.part_title(&brief.name, brief.target);
            ui.label(theme::strong(title, TITLE));
            if let Some(question) = question {
                ui.label(theme::dim(ui, question, BODY));
            }
            self.stage_ui(ui, &sizes, brief.target, is_whole_answer, frozen);
        });
    }

    /// In an interview, nothing of the plan is shown.
    fn is_interview(&self) -> bool {
        self.session.interview_phase() == Some(InterviewPhase::Running)
    }

    /// The commands of the side panel, `elapsed` into the answer if one is being recorded.
    fn panel_commands(&self, elapsed: Option<Secs>) -> Vec<Command<PracticeAction>> {
        let mut commands = Vec::new();
        if !self.is_interview() {
            commands.extend(cue_commands());
        }
        commands.extend(limit_commands(self.settings, elapsed));
        commands
    }

    /// The answer that was just stopped, while it is transcribed.
    fn frozen_answer(&self) -> Option<&FrozenAnswer> {
        let frozen = self.state.frozen.as_ref()?;
        match self.session.stage() {
            Stage::Transcribing { take, .. } if take.id == frozen.take => Some(frozen),
            _ => None,
        }
    }

    /// What is shown below the title.
    fn stage_ui(
        &self,
        ui: &mut Ui,
        sizes: &Sizes,
        planned: Secs,
        is_whole_answer: bool,
        frozen: Option<&FrozenAnswer>,
    ) {
        let session = self.session;
        match session.stage() {
            Stage::CountIn { left, .. } => {
                count_in_ui(ui, sizes.ring, *left, COUNT_IN, "opening the microphone");
                row_ui(ui, 200.0, |ui| {
                    level_ui(ui, self.level_dbfs, 120.0);
                    ui.label(theme::dim(ui, "get ready", BODY));
                });
            }
            Stage::Answering {
                take,
                elapsed,
                caption,
                ..
            } => {
                self.clock_ui(ui, sizes.ring, planned, *elapsed);
                self.recording_row_ui(ui, *elapsed);
                // Without a limit, no section has a time.
                if is_whole_answer && self.settings.timed {
                    let (story, level) = (session.story(), session.level());
                    section_marker_ui(ui, story, level, self.state.limit, *elapsed);
                }
                sizes.caption_ui(ui, &take.id, caption);
            }
            Stage::Transcribing { progress, .. } => match frozen {
                None => transcribing_ui(ui, *progress),
                Some(frozen) => self.frozen_ui(ui, sizes, planned, frozen),
            },
            Stage::Untranscribed { why, .. } => untranscribed_ui(ui, why),
            Stage::Ready | Stage::Review | Stage::Summary => {}
        }
    }

    /// Below the ring: that the microphone is recording, since when, and its level.
    fn recording_row_ui(&self, ui: &mut Ui, elapsed: Secs) {
        let has_problem = self.signal != InputSignal::Present;
        let has_room = ui.available_width() >= PROBLEM_ROW_WIDTH;
        let width = match has_problem && has_room {
            true => PROBLEM_ROW_WIDTH,
            false => 246.0,
        };
        row_ui(ui, width, |ui| {
            let palette = theme::palette(ui);
            icon_ui(ui, Icon::Disc, 14.0, palette.red, "recording");
            ui.label(theme::strong("REC", BODY).color(palette.red));
            ui.add_space(SPACE[0]);
            clock_ui(ui, &clock(elapsed), LARGE, palette.text);
            ui.add_space(SPACE[1]);
            match has_problem && has_room {
                true => signal_problem_ui(ui, self.signal),
                false => level_ui(ui, self.level_dbfs, 120.0),
            }
        });
        if has_problem && !has_room {
            ui.horizontal_wrapped(|ui| signal_problem_ui(ui, self.signal));
        }
    }

    /// The answer as it was when it was stopped.
    fn frozen_ui(&self, ui: &mut Ui, sizes: &Sizes, planned: Secs, frozen: &FrozenAnswer) {
        let now = ui.input(|input| input.time);
        let left = Duration::from_secs_f64(frozen.stopped_at + LINGER - now);
        ui.ctx().request_repaint_after(left);
        self.clock_ui(ui, sizes.ring, planned, frozen.elapsed);
        row_ui(ui, 130.0, |ui| {
            ui.label(theme::dim(ui, "recorded", BODY));
            let dim = theme::palette(ui).dim;
            clock_ui(ui, &clock(frozen.elapsed), LARGE, dim);
        });
        sizes.caption_ui(ui, &frozen.take, &frozen.caption);
    }

    /// The ring with the time of the answer. A screen reader announces the last seconds.
    fn clock_ui(&self, ui: &mut Ui, ring: f32, planned: Secs, elapsed: Secs) {
        let view = self.state.limit.clock_view(planned, elapsed);
        match self.settings.timed {
            true => countdown_ui(ui, ring, view.limit, view.used),
            false => count_up_ui(ui, ring, elapsed),
        }
        let last = view.last_seconds().filter(|_| self.settings.timed);
        let text = match last {
            Some(10) => "Ten seconds left".to_owned(),
            Some(last) => format!("{last} seconds left"),
            None => String::new(),
        };
        announce_ui(ui, "last seconds", &text);
    }
}

fn captions_command(shown: bool) -> Command<PracticeAction> {
    let label = match shown {
        true => "Hide captions",
        false => "Show captions",
    };
    Command::plain(label, Key::C, PracticeAction::ShowCaptions(!shown))
}

/// The plan beside an answer, as much of it as the user wants. Phrases light up once they are `said`.
fn plan_ui(
    ui: &mut Ui,
    brief: &Brief,
    said: &[bool],
    side_panel: SidePanel,
) -> Option<PracticeAction> {
    let cues = side_panel.settings.cues;
    let width = match cues {
        Cues::Full => FULL_TEXT_WIDTH,
        Cues::Phrases | Cues::Nothing => SIDE_WIDTH,
    };
    side_ui(ui, width, side_panel, |ui| cues_ui(ui, brief, said, cues))
}

/// As much of the plan as the user wants.
fn cues_ui(ui: &mut Ui, brief: &Brief, said: &[bool], cues: Cues) {
    match cues {
        Cues::Full => example_ui(ui, &brief.strong),
        Cues::Phrases => card_ui(ui, "Planned phrases", |ui| {
            phrase_cues_ui(ui, &brief.phrases, said);
        }),
        Cues::Nothing => {}
    }
}

fn transcribing_ui(ui: &mut Ui, progress: Option<f32>) {
    let high = ui.available_height() >= RING[0];
    ui.add_space(if high { SPACE[5] } else { SPACE[1] });
    let text = match progress {
        None => "Saving the take",
        Some(_) => "Transcribing your answer",
    };
    ui.label(theme::text(text, LARGE));
    progress_ui(ui, progress, ui.available_width().min(320.0), text);
    row_ui(ui, 60.0, |ui| {
        if let Some(share) = progress.filter(|share| *share > 0.0) {
            let percent = format!("{:.0} %", share * 100.0);
            clock_ui(ui, &percent, BODY, theme::palette(ui).text);
        }
    });
    let note = "The recording is saved. Cancel keeps it without a transcript.";
    ui.label(theme::dim(ui, note, SMALL));
}

fn untranscribed_ui(ui: &mut Ui, why: &str) {
    ui.add_space(SPACE[5]);
    let palette = theme::palette(ui);
    icon_ui(ui, Icon::Triangle, 28.0, palette.amber, "problem");
    let text = "Recording saved, but transcription failed.";
    let why = theme::sentence(why.trim_end_matches('.'));
    announce_ui(ui, "failed", &format!("{text} {why}"));
    ui.label(theme::text(text, LARGE));
    ui.label(theme::dim(ui, why, BODY));
}

/// A centered row of this width.
fn row_ui(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui)) {
    let layout = Layout::left_to_right(Align::Center).with_main_align(Align::Center);
    let width = width.min(ui.available_width());
    ui.allocate_ui_with_layout(vec2(width, ROW_HEIGHT), layout, add);
}
