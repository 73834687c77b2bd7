//! The overview: all parts of a practice on one page.

use egui::{Align, Context, Key, Label, Layout, Response, Role, ScrollArea, Ui, WidgetInfo, vec2};

use super::command::Command;
use super::layout;
use super::layout::{MinHeight, Page};
use super::practice::{
    BackTarget, PracticeAction, is_part_command, part_commands, whole_answer_command,
};
use super::review::{most_urgent_finding, time_severity, time_word};
use super::screen::Screen;
use super::theme;
use super::theme::{BODY, SMALL, SPACE, TITLE};
use super::widgets::icon::{Icon, line_icon_ui, severity_style};
use crate::analysis::Feedback;
use crate::domain::story::Part;
use crate::domain::time::clock;
use crate::practice::session::{Session, SessionRequest};

const ROW_HEIGHT: f32 = 60.0;
const HEAD_HEIGHT: f32 = 28.0;
const BUTTON_WIDTH: f32 = 130.0;
/// The columns with their widths. The last column, what to do, has the rest.
const COLUMNS: [(&str, f32); 5] = [
    ("Section", 100.0),
    ("Time", 120.0),
    ("Words/min", 78.0),
    ("Phrases", 66.0),
    ("Fillers", 60.0),
];

/// The overview of all parts of a practice.
pub struct SummaryScreen<'a> {
    /// The parts of this session are listed.
    pub session: &'a Session,
    /// The screen to return to.
    pub back: BackTarget,
}

impl Screen for SummaryScreen<'_> {
    type Action = PracticeAction;

    fn title(&self) -> Option<String> {
        Some(self.session.story().title.clone())
    }

    fn commands(&self, _ctx: &Context) -> Vec<Command<PracticeAction>> {
        let session = self.session;
        let mut commands = Vec::new();
        let new = (0..session.parts().len()).find(|part| session.reviewed(*part).is_none());
        if let Some((part, brief)) = new.and_then(|part| Some((part, session.brief(part)?))) {
            let label = format!("Practice {}", brief.name);
            let go_to = PracticeAction::Session(SessionRequest::GoTo(part));
            commands.push(Command::primary(label, Key::Space, go_to));
        }
        commands.extend(whole_answer_command(session));
        let (label, leave) = (self.back.label(), self.back.action());
        commands.push(Command::plain(label, Key::Escape, leave));
        commands.extend(part_commands(session));
        commands
    }

    fn page(&self) -> Page {
        Page::new("summary", MinHeight::Little)
    }

    fn is_in_bar(&self, command: &Command<PracticeAction>) -> bool {
        !is_part_command(command)
    }

    fn content_ui(
        &self,
        ui: &mut Ui,
        commands: &[Command<PracticeAction>],
    ) -> Option<PracticeAction> {
        let session = self.session;
        let count = session.parts().len();
        let mut action = None;
        ScrollArea::vertical().show(ui, |ui| {
            layout::scroll_by_keys(ui);
            ui.add_space(SPACE[2]);
            ui.label(theme::strong(&session.story().title, TITLE));
            let practiced = (0..count)
                .filter(|part| session.reviewed(*part).is_some())
                .count();
            let sections = matches!(session.parts().first(), Some(Part::Section(_)));
            let parts = if sections { "sections" } else { "parts" };
            let progress = format!("{practiced} of {count} {parts} practiced");
            ui.label(theme::dim(ui, progress, BODY));
            ui.add_space(SPACE[1]);
            theme::card(ui)
                .inner_margin(egui::Margin::symmetric(16, 8))
                .show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    ui.spacing_mut().item_spacing.y = 0.0;
                    let is_narrow = layout::is_narrow(ui.ctx());
                    if !is_narrow {
                        head_ui(ui);
                    }
                    for part in 0..count {
                        if part > 0 || !is_narrow {
                            ui.separator();
                        }
                        let clicked = match is_narrow {
                            true => folded_row_ui(ui, session, part, commands),
                            false => row_ui(ui, session, part, commands),
                        };
                        action = action.take().or(clicked);
                    }
                });
            ui.add_space(SPACE[2]);
        });
        action
    }
}

fn head_ui(ui: &mut Ui) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[1];
        for (name, width) in COLUMNS {
            cell_ui(ui, width, HEAD_HEIGHT, |ui| {
                ui.label(theme::dim(ui, name, SMALL));
            });
        }
        let width = ui.available_width() - BUTTON_WIDTH;
        cell_ui(ui, width, HEAD_HEIGHT, |ui| {
            ui.label(theme::dim(ui, "First thing to do", SMALL));
        });
    });
}

fn row_ui(
    ui: &mut Ui,
    session: &Session,
    part: usize,
    commands: &[Command<PracticeAction>],
) -> Option<PracticeAction> {
    let brief = session.brief(part)?;
    let feedback = session.reviewed(part).map(|reviewed| &reviewed.feedback);
    let row = ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[1];
        cell_ui(ui, COLUMNS[0].1, ROW_HEIGHT, |ui| {
            ui.label(theme::strong(&brief.name, BODY));
        });
        match feedback {
            Some(feedback) => metrics_ui(ui, feedback),
            None => {
                let width: f32 = COLUMNS[1..].iter().map(|(_, width)| width + SPACE[1]).sum();
                cell_ui(ui, width - SPACE[1], ROW_HEIGHT, |ui| {
                    let text = format!("not practiced yet, {} planned", clock(brief.target));
                    ui.label(theme::dim(ui, text, BODY));
                });
            }
        }
        let width = ui.available_width() - BUTTON_WIDTH - SPACE[1];
        cell_ui(ui, width, ROW_HEIGHT, |ui| to_do_ui(ui, feedback));
        let layout = Layout::right_to_left(Align::Center);
        ui.allocate_ui_with_layout(vec2(BUTTON_WIDTH, ROW_HEIGHT), layout, |ui| {
            part_command(commands, part)?.ui(ui)
        })
        .inner
    });
    name_row(&row.response, &brief.name);
    row.inner
}

/// A row of a narrow window: the metrics stand below the name, and what to do below them.
fn folded_row_ui(
    ui: &mut Ui,
    session: &Session,
    part: usize,
    commands: &[Command<PracticeAction>],
) -> Option<PracticeAction> {
    let brief = session.brief(part)?;
    let feedback = session.reviewed(part).map(|reviewed| &reviewed.feedback);
    let row = ui.vertical(|ui| {
        ui.spacing_mut().item_spacing = vec2(SPACE[1], SPACE[0]);
        ui.add_space(SPACE[0]);
        let action = ui
            .horizontal(|ui| {
                ui.label(theme::strong(&brief.name, BODY));
                let right = Layout::right_to_left(Align::Center);
                ui.with_layout(right, |ui| {
                    part_command(commands, part)?.button_ui(ui, false)
                })
                .inner
            })
            .inner;
        let text = match feedback {
            Some(feedback) => {
                let pacing = &feedback.pacing;
                let [pace, phrases, fillers] = metrics(feedback);
                format!(
                    "{} of {} \u{b7} {pace} words/min \u{b7} {phrases} phrases \u{b7} {fillers} fillers",
                    clock(pacing.used_s),
                    clock(pacing.target_s),
                )
            }
            None => format!("not practiced yet, {} planned", clock(brief.target)),
        };
        ui.add(Label::new(theme::dim(ui, text, SMALL)).wrap());
        ui.horizontal(|ui| to_do_ui(ui, feedback));
        ui.add_space(SPACE[0]);
        action
    });
    name_row(&row.response, &brief.name);
    row.inner
}

/// The command that leads to a part.
fn part_command(
    commands: &[Command<PracticeAction>],
    part: usize,
) -> Option<&Command<PracticeAction>> {
    let go_to = PracticeAction::Session(SessionRequest::GoTo(part));
    let mut rows = commands.iter().filter(|command| is_part_command(command));
    rows.find(|command| command.action == go_to)
}

fn name_row(response: &Response, part: &str) {
    let name = format!("{part} row");
    response.widget_info(|| WidgetInfo::labeled(Role::Row, true, &name));
}

fn metrics_ui(ui: &mut Ui, feedback: &Feedback) {
    let palette = theme::palette(ui);
    let pacing = &feedback.pacing;
    cell_ui(ui, COLUMNS[1].1, ROW_HEIGHT, |ui| {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing = vec2(6.0, 2.0);
            ui.spacing_mut().interact_size.y = 18.0;
            ui.add_space(9.0);
            let time = format!("{} of {}", clock(pacing.used_s), clock(pacing.target_s));
            ui.label(theme::text(time, BODY));
            ui.horizontal(|ui| {
                if let Some(severity) = time_severity(feedback) {
                    let (icon, color, icon_name) = severity_style(severity, palette);
                    line_icon_ui(ui, icon, SMALL, color, icon_name);
                    ui.label(theme::text(time_word(feedback), SMALL).color(color));
                }
            });
        });
    });
    for (text, (_, width)) in metrics(feedback).into_iter().zip(&COLUMNS[2..]) {
        cell_ui(ui, *width, ROW_HEIGHT, |ui| {
            ui.label(theme::text(text, BODY));
        });
    }
}

/// Words per minute, phrases and fillers.
fn metrics(feedback: &Feedback) -> [String; 3] {
    let wpm = feedback.pacing.speech_rate_wpm;
    let pace = wpm.map_or("\u{2013}".to_owned(), |wpm| format!("{wpm:.0}"));
    let said = feedback.phrases.iter().filter(|p| p.is_said).count();
    let phrases = format!("{said} of {}", feedback.phrases.len());
    [pace, phrases, feedback.fillers.len().to_string()]
}

fn to_do_ui(ui: &mut Ui, feedback: Option<&Feedback>) {
    let Some(feedback) = feedback else { return };
    let palette = theme::palette(ui);
    let (icon, color, icon_name, text) = match most_urgent_finding(feedback) {
        Some(finding) => {
            let (icon, color, icon_name) = severity_style(finding.severity, palette);
            (icon, color, icon_name, finding.kind.to_string())
        }
        None => (
            Icon::Check,
            palette.good,
            "good",
            "Nothing urgent.".to_owned(),
        ),
    };
    line_icon_ui(ui, icon, SMALL, color, icon_name);
    ui.add(Label::new(theme::text(text, SMALL)).wrap());
}

fn cell_ui(ui: &mut Ui, width: f32, height: f32, add: impl FnOnce(&mut Ui)) {
    let layout = Layout::left_to_right(Align::Center);
    ui.allocate_ui_with_layout(vec2(width, height), layout, |ui| {
        ui.set_min_size(vec2(width, height));
        ui.set_max_width(width);
        add(ui);
    });
}
