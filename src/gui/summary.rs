//! All parts of a practice on one page.

use egui::{Align, Key, Label, Layout, Role, ScrollArea, Ui, WidgetInfo, vec2};

use super::Action;
use super::command::Command;
use super::layout as canvas;
use super::practice::whole_offer;
use super::review::{first_to_do, time_severity, time_word};
use super::theme;
use super::theme::{BODY, SMALL, SPACE, TITLE};
use super::widgets::icon::{Icon, line_icon_ui, of_severity};
use crate::analysis::Feedback;
use crate::domain::story::Part;
use crate::domain::time::clock;
use crate::practice::session::{Session, SessionEvent};

const DIGITS: [Key; 9] = [
    Key::Num1,
    Key::Num2,
    Key::Num3,
    Key::Num4,
    Key::Num5,
    Key::Num6,
    Key::Num7,
    Key::Num8,
    Key::Num9,
];
const ROW: f32 = 60.0;
const BUTTON: f32 = 130.0;
/// Section, time, pace, phrases, fillers; what is left is for what to do.
const COLUMNS: [(&str, f32); 5] = [
    ("Section", 100.0),
    ("Time", 120.0),
    ("Words/min", 78.0),
    ("Phrases", 66.0),
    ("Fillers", 60.0),
];

/// What can be done here: the first part that was not tried yet, all of them in one breath, and home.
pub fn offers(session: &Session) -> Vec<Command> {
    let mut offers = Vec::new();
    let untried = (0..session.parts().len()).find(|part| session.reviewed(*part).is_none());
    if let Some((part, brief)) = untried.and_then(|part| Some((part, session.brief(part)?))) {
        let label = format!("Practise {}", brief.name);
        let action = Action::Practice(SessionEvent::GoTo(part));
        offers.push(Command::primary(label, Key::Space, action));
    }
    offers.extend(whole_offer(session));
    offers.push(Command::plain("Home", Key::Escape, Action::Home));
    offers.extend(part_offers(session));
    offers
}

/// To each part, by its number.
pub fn part_offers(session: &Session) -> impl Iterator<Item = Command> {
    (0..session.parts().len()).filter_map(|part| row_offer(session, part))
}

/// The buttons of the bar; those of the rows stand in the rows.
pub fn bar(offers: &[Command]) -> Vec<Command> {
    let in_bar = |offer: &&Command| !DIGITS.contains(&offer.key);
    offers.iter().filter(in_bar).cloned().collect()
}

/// One part a row.
pub fn summary_ui(ui: &mut Ui, session: &Session) -> Option<Action> {
    let mut asked = None;
    ScrollArea::vertical().show(ui, |ui| {
        canvas::scroll_by_keys(ui);
        ui.add_space(SPACE[2]);
        ui.label(theme::strong(&session.story().title, TITLE));
        let done = (0..session.parts().len())
            .filter(|part| session.reviewed(*part).is_some())
            .count();
        let sections = matches!(session.parts().first(), Some(Part::Section(_)));
        let what = if sections { "sections" } else { "parts" };
        let says = format!("{done} of {} {what} practised", session.parts().len());
        ui.label(theme::dim(ui, says, BODY));
        ui.add_space(SPACE[1]);
        theme::card(ui)
            .inner_margin(egui::Margin::symmetric(16, 8))
            .show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.spacing_mut().item_spacing.y = 0.0;
                head_ui(ui);
                for part in 0..session.parts().len() {
                    ui.separator();
                    asked = asked.take().or(row_ui(ui, session, part));
                }
            });
        ui.add_space(SPACE[2]);
    });
    asked
}

fn row_offer(session: &Session, part: usize) -> Option<Command> {
    let key = *DIGITS.get(part)?;
    let label = match session.reviewed(part) {
        Some(_) => "Review",
        None => "Practise",
    };
    let action = Action::Practice(SessionEvent::GoTo(part));
    Some(Command::plain(label, key, action))
}

fn head_ui(ui: &mut Ui) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[1];
        for (name, width) in COLUMNS {
            cell_ui(ui, width, 28.0, |ui| {
                ui.label(theme::dim(ui, name, SMALL));
            });
        }
        let width = ui.available_width() - BUTTON;
        cell_ui(ui, width, 28.0, |ui| {
            ui.label(theme::dim(ui, "First thing to do", SMALL));
        });
    });
}

fn row_ui(ui: &mut Ui, session: &Session, part: usize) -> Option<Action> {
    let brief = session.brief(part)?;
    let feedback = session.reviewed(part).map(|reviewed| &reviewed.feedback);
    let row = ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[1];
        cell_ui(ui, COLUMNS[0].1, ROW, |ui| {
            ui.label(theme::strong(&brief.name, BODY));
        });
        match feedback {
            Some(feedback) => readings_ui(ui, feedback),
            None => {
                let width: f32 = COLUMNS[1..].iter().map(|(_, width)| width + SPACE[1]).sum();
                cell_ui(ui, width - SPACE[1], ROW, |ui| {
                    let says = format!("not tried yet, {} planned", clock(brief.target));
                    ui.label(theme::dim(ui, says, BODY));
                });
            }
        }
        let width = ui.available_width() - BUTTON - SPACE[1];
        cell_ui(ui, width, ROW, |ui| to_do_ui(ui, feedback));
        let layout = Layout::right_to_left(Align::Center);
        ui.allocate_ui_with_layout(vec2(BUTTON, ROW), layout, |ui| {
            row_offer(session, part).and_then(|offer| offer.ui(ui))
        })
        .inner
    });
    let name = format!("{} row", brief.name);
    row.response
        .widget_info(|| WidgetInfo::labeled(Role::Row, true, &name));
    row.inner
}

fn readings_ui(ui: &mut Ui, feedback: &Feedback) {
    let palette = theme::palette(ui);
    let pacing = &feedback.pacing;
    cell_ui(ui, COLUMNS[1].1, ROW, |ui| {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing = vec2(6.0, 2.0);
            ui.spacing_mut().interact_size.y = 18.0;
            ui.add_space(9.0);
            let time = format!("{} of {}", clock(pacing.used_s), clock(pacing.target_s));
            ui.label(theme::text(time, BODY));
            ui.horizontal(|ui| {
                if let Some(severity) = time_severity(feedback) {
                    let (icon, color, word) = of_severity(severity, palette);
                    line_icon_ui(ui, icon, SMALL, color, word);
                    ui.label(theme::text(time_word(feedback), SMALL).color(color));
                }
            });
        });
    });
    let pace = pacing
        .speech_rate_wpm
        .map_or("\u{2013}".to_owned(), |wpm| format!("{wpm:.0}"));
    let heard = feedback.phrases.iter().filter(|p| p.heard).count();
    let phrases = format!("{heard} of {}", feedback.phrases.len());
    let fillers = feedback.fillers.len().to_string();
    for (says, (_, width)) in [pace, phrases, fillers].into_iter().zip(&COLUMNS[2..]) {
        cell_ui(ui, *width, ROW, |ui| {
            ui.label(theme::text(says, BODY));
        });
    }
}

fn to_do_ui(ui: &mut Ui, feedback: Option<&Feedback>) {
    let Some(feedback) = feedback else { return };
    let palette = theme::palette(ui);
    let (icon, color, word, says) = match first_to_do(feedback) {
        Some(finding) => {
            let (icon, color, word) = of_severity(finding.severity, palette);
            (icon, color, word, finding.noticed.to_string())
        }
        None => (
            Icon::Check,
            palette.good,
            "good",
            "Nothing urgent.".to_owned(),
        ),
    };
    line_icon_ui(ui, icon, SMALL, color, word);
    ui.add(Label::new(theme::text(says, SMALL)).wrap());
}

fn cell_ui(ui: &mut Ui, width: f32, height: f32, add: impl FnOnce(&mut Ui)) {
    let layout = Layout::left_to_right(Align::Center);
    ui.allocate_ui_with_layout(vec2(width, height), layout, |ui| {
        ui.set_min_size(vec2(width, height));
        ui.set_max_width(width);
        add(ui);
    });
}
