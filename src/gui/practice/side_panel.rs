//! What stands beside an answer: how strong its cues are, and its time.

use egui::{Align, Frame, Key, Layout, Margin, Panel, Rect, ScrollArea, Ui, UiBuilder, pos2, vec2};

use crate::domain::time::{Secs, clock};
use crate::gui::Action;
use crate::gui::command::{Command, key_name};
use crate::gui::settings::{CUES, SettingChange, SettingsAction, set};
use crate::gui::theme;
use crate::gui::theme::{SMALL, SPACE};
use crate::gui::widgets::radio::choice_ui;
use crate::practice::time_limit::{Change, TimeLimit};
use crate::storage::{Cues, Settings};

/// How wide it is.
pub(super) const SIDE_WIDTH: f32 = 320.0;
const TIME: [f32; 2] = [140.0, 126.0];

/// What stands beside the answer: settings that can be changed while it is spoken, and its limit.
#[derive(Clone, Copy)]
pub struct SidePanel<'a> {
    /// What is remembered.
    pub settings: &'a Settings,
    /// The speaker's own clock.
    pub limit: TimeLimit,
    /// What can be done now.
    pub offers: &'a [Command],
}

impl SidePanel<'_> {
    /// A part while it is spoken: how long it may be stands in the ring.
    pub(super) fn named(&self, name: &str, planned: Secs) -> String {
        match self.settings.timed {
            true => name.to_owned(),
            false => format!("{name} \u{b7} {} planned", clock(planned)),
        }
    }

    /// How long an answer may be.
    pub(super) fn told(&self, planned: Secs) -> String {
        match self.settings.timed {
            true => self.limit.label(planned),
            false => format!("{}, no limit", clock(planned)),
        }
    }
}

pub(super) fn cue_offers() -> impl Iterator<Item = Command> {
    let keys = [Key::Num1, Key::Num2, Key::Num3];
    std::iter::zip(CUES, keys).map(|((cues, name), key)| {
        Command::plain(format!("Cues: {name}"), key, set(SettingChange::Cues(cues)))
    })
}

/// The time, `elapsed` into the answer if one is spoken.
pub(super) fn limit_offers(settings: &Settings, elapsed: Option<Secs>) -> Vec<Command> {
    let mut offers = Vec::new();
    let limit = |label: &str, key, change| Command::plain(label, key, Action::Limit(change));
    let (label, timed) = match settings.timed {
        true => ("No limit", false),
        false => ("Time limit", true),
    };
    if settings.timed {
        offers.push(limit("+15 s", Key::L, Change::Extend));
    }
    offers.push(Command::plain(
        label,
        Key::T,
        set(SettingChange::Timed(timed)),
    ));
    if let Some(elapsed) = elapsed.filter(|_| settings.timed) {
        offers.push(limit("Restart clock", Key::Z, Change::Restart(elapsed)));
    }
    offers
}

pub(super) fn stands_aside(offer: &Command) -> bool {
    matches!(
        offer.action,
        Action::Limit(_)
            | Action::Settings(SettingsAction::Set(
                SettingChange::Cues(_) | SettingChange::Timed(_)
            ))
    )
}

/// At the right: how strong the cues are, the time, and what `add` adds.
pub(super) fn side_ui(
    ui: &mut Ui,
    wide: f32,
    aside: SidePanel,
    add: impl FnOnce(&mut Ui),
) -> Option<Action> {
    Panel::right("phrases")
        .exact_size(wide)
        .resizable(false)
        .show_separator_line(false)
        .frame(Frame::new().inner_margin(Margin {
            left: 24,
            right: 0,
            top: 12,
            bottom: 8,
        }))
        .show(ui, |ui| {
            let asked = aside_ui(ui, aside);
            ui.add_space(SPACE[0]);
            ScrollArea::vertical().show(ui, add);
            asked
        })
        .inner
}

/// The time of an answer that has nothing else beside it: at the right of the ring, out of its way.
pub(super) fn time_ui(ui: &mut Ui, aside: SidePanel) -> Option<Action> {
    let page = ui.max_rect();
    let at = pos2(page.right() - TIME[0], page.top() + 80.0);
    let place = Rect::from_min_size(at, TIME.into());
    let layout = Layout::top_down(Align::Max);
    let builder = UiBuilder::new().max_rect(place).layout(layout);
    let mut column = ui.new_child(builder.id_salt("time"));
    aside
        .offers
        .iter()
        .filter(|offer| stands_aside(offer))
        .fold(None, |asked, offer| asked.or(offer.flat_ui(&mut column)))
}

pub(super) fn card_ui(ui: &mut Ui, title: &str, add: impl FnOnce(&mut Ui)) {
    theme::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(theme::dim(ui, title, SMALL));
        ui.add_space(SPACE[0]);
        add(ui);
    });
}

fn aside_ui(ui: &mut Ui, aside: SidePanel) -> Option<Action> {
    let mut asked = None;
    ui.spacing_mut().item_spacing = vec2(SPACE[0], SPACE[0]);
    let stands = |offer: &&Command| stands_aside(offer);
    let is_cue = |offer: &&Command| {
        matches!(
            offer.action,
            Action::Settings(SettingsAction::Set(SettingChange::Cues(_)))
        )
    };
    let cues: Vec<&Command> = aside.offers.iter().filter(is_cue).collect();
    // All rows are there in each stage.
    let heading = if cues.is_empty() { "" } else { "Cues" };
    ui.label(theme::dim(ui, heading, SMALL));
    ui.horizontal(|ui| {
        ui.set_min_height(34.0);
        for offer in cues {
            let Action::Settings(SettingsAction::Set(SettingChange::Cues(cues))) = &offer.action
            else {
                continue;
            };
            let on = *cues == aside.settings.cues;
            let label = match cues {
                Cues::Full => "Text",
                Cues::Phrases => "Phrases",
                Cues::Nothing => "Nothing",
            };
            if choice_ui(ui, "Cues", label, key_name(offer.key), on).clicked() {
                asked = Some(offer.action.clone());
            }
        }
    });
    ui.horizontal(|ui| {
        ui.set_min_height(34.0);
        for offer in aside.offers.iter().filter(stands) {
            if !is_cue(&offer) {
                asked = asked.take().or(offer.flat_ui(ui));
            }
        }
    });
    asked
}
