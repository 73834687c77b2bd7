//! The overview: all parts of a practice on one page.

use egui::{Align, Context, Key, Label, Layout, Role, ScrollArea, Ui, WidgetInfo, vec2};

use super::command::Command;
use super::layout;
use super::layout::MinSize;
use super::practice::{
    BackTarget, PracticeAction, is_part_command, part_commands, whole_answer_command,
};
use super::review::{most_urgent_finding, time_severity, time_word};
use super::screen::{Page, Screen};
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
        Page::new("summary", MinSize::Width)
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
                    head_ui(ui);
                    for part in 0..count {
                        ui.separator();
                        let clicked = row_ui(ui, session, part, commands);
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
            let go_to = PracticeAction::Session(SessionRequest::GoTo(part));
            let mut rows = commands.iter().filter(|command| is_part_command(command));
            rows.find(|command| command.action == go_to)?.ui(ui)
        })
        .inner
    });
    let name = format!("{} row", brief.name);
    row.response
        .widget_info(|| WidgetInfo::labeled(Role::Row, true, &name));
    row.inner
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
    let pace = pacing
        .speech_rate_wpm
        .map_or("\u{2013}".to_owned(), |wpm| format!("{wpm:.0}"));
    let said = feedback.phrases.iter().filter(|p| p.is_said).count();
    let phrases = format!("{said} of {}", feedback.phrases.len());
    let fillers = feedback.fillers.len().to_string();
    for (text, (_, width)) in [pace, phrases, fillers].into_iter().zip(&COLUMNS[2..]) {
        cell_ui(ui, *width, ROW_HEIGHT, |ui| {
            ui.label(theme::text(text, BODY));
        });
    }
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
