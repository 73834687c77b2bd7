//! From the count-in to where the words of an answer are on their way.

use std::time::Duration;

use egui::{Align, Layout, Ui, vec2};

use super::prepare::example_ui;
use super::side_panel::{SIDE_WIDTH, SidePanel, card_ui, side_ui, time_ui};
use crate::audio::InputSignal;
use crate::domain::caption::Caption;
use crate::domain::story::{Brief, Part};
use crate::domain::take::TakeId;
use crate::domain::time::{Secs, clock};
use crate::gui::microphone::trouble_ui;
use crate::gui::theme;
use crate::gui::theme::{BODY, LARGE, SMALL, SPACE, TITLE};
use crate::gui::widgets::caption;
use crate::gui::widgets::caption::caption_ui;
use crate::gui::widgets::countdown::{clock_ui, count_in_ui, count_up_ui, countdown_ui};
use crate::gui::widgets::icon::{Icon, icon_ui};
use crate::gui::widgets::level_meter::level_ui;
use crate::gui::widgets::live_region::announce_ui;
use crate::gui::widgets::phrases::cues_ui;
use crate::gui::widgets::progress::progress_ui;
use crate::gui::{Action, mock_interview};
use crate::practice::mock_interview::question;
use crate::practice::session::{COUNT_IN, InterviewPhase, Session, Stage};
use crate::storage::Cues;

/// A whole text needs longer lines.
const TEXT_WIDTH: f32 = 400.0;
const RING: [f32; 2] = [272.0, 340.0];
/// Little wider than the ring: its lines begin at the left, and stand below it all the same.
const CAPTION_WIDTH: f32 = 440.0;
/// Room for an interviewer's question of two lines.
const QUESTION: f32 = 44.0;
/// Seconds for which the answer stays on the screen after its end. Its feedback is mostly there
/// before, and a page that is gone before it is read is only a flash.
const LINGER: f64 = 0.25;

/// An answer as it stood when it was stopped.
#[derive(Debug)]
pub struct FrozenAnswer {
    take: TakeId,
    elapsed: Secs,
    caption: Caption,
    said: Vec<bool>,
    /// Seconds on egui's clock.
    at: f64,
}

impl FrozenAnswer {
    /// The answer that is spoken, if one is, `now` on egui's clock.
    pub fn of(session: &Session, now: f64) -> Option<Self> {
        let Stage::Answering {
            take,
            elapsed,
            caption,
            said,
        } = session.stage()
        else {
            return None;
        };
        Some(Self {
            take: take.id.clone(),
            elapsed: *elapsed,
            caption: caption.clone(),
            said: said.clone(),
            at: now,
        })
    }
}

/// Count-in, answer, transcription, and what went wrong with it. `stopped` is the answer that was on the
/// screen last.
pub fn speaking_ui(
    ui: &mut Ui,
    session: &Session,
    (hearing, level_dbfs): (InputSignal, Option<f64>),
    aside: SidePanel,
    stopped: Option<&FrozenAnswer>,
) -> Option<Action> {
    // Nothing that was planned is on the screen in an interview.
    let interview = session.interview_phase() == Some(InterviewPhase::Running);
    let captions = aside.settings.captions;
    let brief = session.brief(session.current())?;
    let now = ui.input(|input| input.time);
    let stopped = stopped.filter(|stopped| match session.stage() {
        Stage::Transcribing { take, .. } => take.id == stopped.take,
        _ => false,
    });
    // What is lit stays so until the review has its say.
    let said: &[bool] = match (session.stage(), stopped) {
        (Stage::Answering { said, .. }, _) => said,
        (_, Some(stopped)) => &stopped.said,
        _ => &[],
    };
    let stopped = stopped.filter(|stopped| now < stopped.at + LINGER);
    let asked = match interview {
        true => time_ui(ui, aside),
        false => speaking_side_ui(ui, &brief, said, aside),
    };
    let part = session.parts().get(session.current()).copied();
    let in_one_breath = part == Some(Part::Whole);
    // What a section is to tell is no question.
    let question = part
        .filter(|part| interview || !matches!(part, Part::Section(_)))
        .map(|part| question(session.story(), part));
    let room = ui.available_height();
    // The ring stands in the same place in each of these stages.
    let beside = 40.0 + 24.0 + 34.0;
    let below = caption::HEIGHT + SPACE[2];
    let beside = beside + if question.is_some() { QUESTION } else { 0.0 };
    let beside = beside
        + if in_one_breath {
            mock_interview::DUE
        } else {
            0.0
        };
    // A small window, or one full of notices, has no room for all.
    let captions = captions && room >= RING[0] + beside + below;
    let beside = beside + if captions { below } else { 0.0 };
    let ring = (room - beside - 2.0 * SPACE[5]).clamp(RING[0], RING[1]);
    ui.add_space(((room - beside - ring) / 2.0 - SPACE[1]).max(SPACE[0]));
    ui.vertical_centered(|ui| {
        ui.spacing_mut().item_spacing.y = SPACE[2];
        let title = aside.named(&brief.name, brief.target);
        ui.label(theme::strong(title, TITLE));
        if let Some(question) = question {
            ui.label(theme::dim(ui, question, BODY));
        }
        match session.stage() {
            Stage::CountIn { left, .. } => {
                count_in_ui(ui, ring, *left, COUNT_IN, "opening the microphone");
                row_ui(ui, 200.0, |ui| {
                    level_ui(ui, level_dbfs, 120.0);
                    ui.label(theme::dim(ui, "get ready", BODY));
                });
            }
            Stage::Answering {
                take,
                elapsed,
                caption,
                ..
            } => {
                limit_ui(ui, ring, aside, brief.target, *elapsed);
                let width = if hearing == InputSignal::Present {
                    246.0
                } else {
                    460.0
                };
                row_ui(ui, width, |ui| {
                    let palette = theme::palette(ui);
                    icon_ui(ui, Icon::Disc, 14.0, palette.red, "recording");
                    ui.label(theme::strong("REC", BODY).color(palette.red));
                    ui.add_space(SPACE[0]);
                    clock_ui(ui, &clock(*elapsed), LARGE, palette.text);
                    ui.add_space(SPACE[1]);
                    if !trouble_ui(ui, hearing) {
                        level_ui(ui, level_dbfs, 120.0);
                    }
                });
                // Without a limit nothing is due.
                if in_one_breath && aside.settings.timed {
                    let (story, level) = (session.story(), session.level());
                    mock_interview::due_ui(ui, story, level, aside.limit, *elapsed);
                }
                if captions {
                    caption_ui(ui, &take.id, caption, CAPTION_WIDTH);
                }
            }
            Stage::Transcribing { progress, .. } => match stopped {
                None => transcribing_ui(ui, *progress),
                Some(stopped) => {
                    let left = Duration::from_secs_f64(stopped.at + LINGER - now);
                    ui.ctx().request_repaint_after(left);
                    limit_ui(ui, ring, aside, brief.target, stopped.elapsed);
                    row_ui(ui, 130.0, |ui| {
                        ui.label(theme::dim(ui, "recorded", BODY));
                        let dim = theme::palette(ui).dim;
                        clock_ui(ui, &clock(stopped.elapsed), LARGE, dim);
                    });
                    if captions {
                        caption_ui(ui, &stopped.take, &stopped.caption, CAPTION_WIDTH);
                    }
                }
            },
            Stage::Untranscribed { why, .. } => untranscribed_ui(ui, why),
            Stage::Ready | Stage::Review | Stage::Summary => {}
        }
    });
    asked
}

/// The plan beside an answer, as strong as it is wanted; those of its phrases are lit that were `said`.
fn speaking_side_ui(ui: &mut Ui, brief: &Brief, said: &[bool], aside: SidePanel) -> Option<Action> {
    let wide = match aside.settings.cues {
        Cues::Full => TEXT_WIDTH,
        Cues::Phrases | Cues::Nothing => SIDE_WIDTH,
    };
    side_ui(ui, wide, aside, |ui| match aside.settings.cues {
        Cues::Full => example_ui(ui, &brief.strong),
        Cues::Phrases => card_ui(ui, "Planned phrases", |ui| {
            cues_ui(ui, &brief.phrases, said);
        }),
        Cues::Nothing => {}
    })
}

/// The clock of an answer, and one word of it to who cannot see it.
fn limit_ui(ui: &mut Ui, ring: f32, aside: SidePanel, planned: Secs, elapsed: Secs) {
    let shown = aside.limit.clock_view(planned, elapsed);
    match aside.settings.timed {
        true => countdown_ui(ui, ring, shown.limit, shown.used),
        false => count_up_ui(ui, ring, elapsed),
    }
    let last = shown.last_seconds().filter(|_| aside.settings.timed);
    let says = match last {
        Some(10) => "Ten seconds left".to_owned(),
        Some(last) => format!("{last} seconds left"),
        None => String::new(),
    };
    announce_ui(ui, "last seconds", &says);
}

fn transcribing_ui(ui: &mut Ui, progress: Option<f32>) {
    ui.add_space(SPACE[5]);
    let says = match progress {
        None => "Saving the take",
        Some(_) => "Listening to what you said",
    };
    ui.label(theme::text(says, LARGE));
    progress_ui(ui, progress, 320.0, says);
    row_ui(ui, 60.0, |ui| {
        if let Some(share) = progress.filter(|share| *share > 0.0) {
            let says = format!("{:.0} %", share * 100.0);
            clock_ui(ui, &says, BODY, theme::palette(ui).text);
        }
    });
    let note = "The take is on your disk. Cancel keeps it and leaves its words.";
    ui.label(theme::dim(ui, note, SMALL));
}

fn untranscribed_ui(ui: &mut Ui, why: &str) {
    ui.add_space(SPACE[5]);
    let palette = theme::palette(ui);
    icon_ui(ui, Icon::Triangle, 28.0, palette.amber, "problem");
    let says = "The take is kept, but its words could not be had.";
    let why = theme::sentence(why.trim_end_matches('.'));
    announce_ui(ui, "failed", &format!("{says} {why}"));
    ui.label(theme::text(says, LARGE));
    ui.label(theme::dim(ui, why, BODY));
}

/// A row of this width in the middle.
fn row_ui(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui)) {
    let layout = Layout::left_to_right(Align::Center).with_main_align(Align::Center);
    ui.allocate_ui_with_layout(vec2(width, 34.0), layout, add);
}
