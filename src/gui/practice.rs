//! One section, from getting ready to its words being on their way.

use std::time::Duration;

use egui::{
    Align, Color32, Frame, Key, Layout, Margin, Panel, Rect, ScrollArea, Ui, UiBuilder, pos2, vec2,
};

use super::Action;
use super::microphone::trouble_ui;
use super::mock;
use super::offer::{Offer, key_name};
use super::settings::{Ask, CUES, Set, set};
use super::theme::{self, BODY, DISPLAY, LARGE, SMALL, SPACE, TITLE};
use super::widgets::announce::announce_ui;
use super::widgets::caption::{self, caption_ui};
use super::widgets::choice::choice_ui;
use super::widgets::icon::{Icon, icon_ui, line_icon_ui};
use super::widgets::level::level_ui;
use super::widgets::phrases::{cues_ui, planned_ui};
use super::widgets::progress::progress_ui;
use super::widgets::ring::{clock_ui, count_in_ui, count_up_ui, countdown_ui};
use crate::audio::Hearing;
use crate::coach::caption::Caption;
use crate::coach::limit::{Change, Limit};
use crate::coach::session::{COUNT_IN, Input, Interview, Session, Stage};
use crate::coach::story::{Brief, Part};
use crate::coach::take::TakeId;
use crate::coach::time::{Secs, clock};
use crate::runtime::ModelState;
use crate::store::{Cues, Settings};

const SIDE_WIDTH: f32 = 320.0;
/// A whole text needs longer lines.
const TEXT_WIDTH: f32 = 400.0;
const TIME: [f32; 2] = [140.0, 126.0];
const RING: [f32; 2] = [272.0, 340.0];
const CAPTION_WIDTH: f32 = 540.0;
/// Room for an interviewer's question of two lines.
const QUESTION: f32 = 44.0;
/// Seconds for which the answer stays on the screen after its end. Its feedback is mostly there
/// before, and a page that is gone before it is read is only a flash.
const LINGER: f64 = 0.25;

/// An answer as it stood when it was stopped.
#[derive(Debug)]
pub struct Stopped {
    take: TakeId,
    elapsed: Secs,
    caption: Caption,
    said: Vec<bool>,
    /// Seconds on egui's clock.
    at: f64,
}

impl Stopped {
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

/// What stands beside the answer: settings that can be changed while it is spoken, and its limit.
#[derive(Clone, Copy)]
pub struct Aside<'a> {
    /// What is remembered.
    pub settings: &'a Settings,
    /// The speaker's own clock.
    pub limit: Limit,
    /// What can be done now.
    pub offers: &'a [Offer],
}

impl Aside<'_> {
    /// How long an answer may be.
    fn told(&self, planned: Secs) -> String {
        match self.settings.timed {
            true => self.limit.told(planned),
            false => format!("{}, no limit", clock(planned)),
        }
    }
}

/// What can be done in this stage.
pub fn offers(session: &Session, example: bool, settings: &Settings) -> Vec<Offer> {
    let captions = settings.captions;
    // Nothing of the plan is on the screen in one, and there are no cues to choose from.
    let interview = session.is_interview() == Some(Interview::On);
    let input = |label: &str, key, input| Offer::plain(label, key, Action::Practice(input));
    match session.stage() {
        Stage::Ready => {
            let current = session.current();
            let mut offers = vec![Offer::primary("Start", Key::Space, Action::Start)];
            offers.push(example_offer(example));
            if let Some(before) = current.checked_sub(1) {
                offers.push(input("Previous", Key::P, Input::GoTo(before)));
            }
            offers.push(next_offer(session));
            offers.push(Offer::plain("Home", Key::Escape, Action::Home));
            offers.extend(cue_offers());
            offers.extend(limit_offers(settings, None));
            offers
        }
        Stage::CountIn { .. } => {
            let mut offers = vec![
                captions_offer(captions),
                input("Cancel", Key::Escape, Input::Cancel),
            ];
            if !interview {
                offers.extend(cue_offers());
            }
            offers.extend(limit_offers(settings, None));
            offers
        }
        Stage::Answering { elapsed, .. } => {
            let mut offers = vec![
                Offer::primary("Stop", Key::Space, Action::Practice(Input::Stop)),
                Offer::plain("Start over", Key::R, Action::Start),
                captions_offer(captions),
                input("Leave", Key::Escape, Input::Cancel),
            ];
            if !interview {
                offers.extend(cue_offers());
            }
            offers.extend(limit_offers(settings, Some(*elapsed)));
            offers
        }
        Stage::Transcribing { .. } => vec![input("Cancel", Key::Escape, Input::Cancel)],
        Stage::Untranscribed { .. } => vec![
            Offer::primary("Try again", Key::T, Action::Practice(Input::Retry)),
            Offer::plain("New take", Key::R, Action::Start),
            next_offer(session),
            Offer::plain("Home", Key::Escape, Action::Home),
        ],
        Stage::Review | Stage::Summary => Vec::new(),
    }
}

/// The buttons of the bar; those of cues and time stand at the side.
pub fn bar(offers: &[Offer]) -> Vec<Offer> {
    let in_bar = |offer: &&Offer| !stands_aside(offer);
    offers.iter().filter(in_bar).cloned().collect()
}

fn cue_offers() -> impl Iterator<Item = Offer> {
    let keys = [Key::Num1, Key::Num2, Key::Num3];
    std::iter::zip(CUES, keys)
        .map(|((cues, name), key)| Offer::plain(format!("Cues: {name}"), key, set(Set::Cues(cues))))
}

/// The time, `elapsed` into the answer if one is spoken.
fn limit_offers(settings: &Settings, elapsed: Option<Secs>) -> Vec<Offer> {
    let mut offers = Vec::new();
    let limit = |label: &str, key, change| Offer::plain(label, key, Action::Limit(change));
    let (label, timed) = match settings.timed {
        true => ("No limit", false),
        false => ("Time limit", true),
    };
    if settings.timed {
        offers.push(limit("+15 s", Key::L, Change::Longer));
    }
    offers.push(Offer::plain(label, Key::T, set(Set::Timed(timed))));
    if let Some(elapsed) = elapsed.filter(|_| settings.timed) {
        offers.push(limit("Clock anew", Key::Z, Change::Anew(elapsed)));
    }
    offers
}

fn stands_aside(offer: &Offer) -> bool {
    matches!(
        offer.action,
        Action::Limit(_) | Action::Settings(Ask::Set(Set::Cues(_) | Set::Timed(_)))
    )
}

/// To the part after this one, or to the page over all of them.
pub fn next_offer(session: &Session) -> Offer {
    let label = match session.brief(session.current() + 1) {
        Some(brief) => format!("Next: {}", brief.name),
        None => "Overview".to_owned(),
    };
    Offer::plain(label, Key::N, Action::Practice(Input::Next))
}

fn captions_offer(shown: bool) -> Offer {
    let label = match shown {
        true => "Hide captions",
        false => "Show captions",
    };
    Offer::plain(label, Key::C, Action::ShowCaptions(!shown))
}

/// To show or hide the strong example.
pub fn example_offer(shown: bool) -> Offer {
    let label = match shown {
        true => "Hide example",
        false => "Strong example",
    };
    Offer::plain(label, Key::E, Action::ShowExample(!shown))
}

/// What the section is for, before the speaker begins.
pub fn ready_ui(
    ui: &mut Ui,
    session: &Session,
    model: &ModelState,
    example: bool,
    aside: Aside,
) -> Option<Action> {
    let brief = session.brief(session.current())?;
    let asked = side_ui(ui, SIDE_WIDTH, aside, |ui| {
        card_ui(ui, "Planned phrases", |ui| planned_ui(ui, &brief.phrases));
    });
    let body = ScrollArea::vertical().id_salt(&brief.name);
    body.show(ui, |ui| {
        ui.set_max_width(ui.available_width().min(720.0));
        ui.spacing_mut().item_spacing.y = SPACE[1];
        ui.add_space(SPACE[3]);
        let place = format!(
            "Section {} of {}",
            session.current() + 1,
            session.parts().len()
        );
        ui.label(theme::dim(ui, place, BODY));
        ui.horizontal(|ui| {
            ui.label(theme::strong(&brief.name, DISPLAY));
            ui.add_space(SPACE[1]);
            ui.with_layout(Layout::left_to_right(Align::Max), |ui| {
                let says = aside.told(brief.target);
                ui.label(theme::dim(ui, says, TITLE));
            });
        });
        ui.label(theme::text(brief.purpose, LARGE));
        ui.add_space(SPACE[1]);
        let palette = theme::palette(ui);
        advice_ui(ui, Icon::Check, palette.good, "Do", brief.coaching);
        advice_ui(ui, Icon::Triangle, palette.amber, "Avoid", brief.mistake);
        if example {
            ui.add_space(SPACE[0]);
            example_ui(ui, brief.strong);
        }
        if let ModelState::Unusable(_) = model {
            let says = "The speech model cannot be used: a take is kept, but not read.";
            advice_ui(ui, Icon::Octagon, palette.red, "Model", says);
        }
        ui.add_space(SPACE[3]);
    });
    asked
}

/// A good way to say it.
pub fn example_ui(ui: &mut Ui, strong: &str) {
    theme::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(theme::strong("How it may sound", BODY));
        ui.label(theme::text(strong.trim(), BODY).line_height(Some(BODY * 1.55)));
    });
}

/// Count-in, answer, transcription, and what went wrong with it. `stopped` is the answer that was on the
/// screen last.
pub fn speaking_ui(
    ui: &mut Ui,
    session: &Session,
    (hearing, level_dbfs): (Hearing, Option<f64>),
    aside: Aside,
    stopped: Option<&Stopped>,
) -> Option<Action> {
    // Nothing that was planned is on the screen in an interview.
    let interview = session.is_interview() == Some(Interview::On);
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
    let in_one_breath = interview && part == Some(Part::Whole);
    let room = ui.available_height();
    // The ring stands in the same place in each of these stages.
    let beside = 40.0 + 24.0 + 34.0;
    let below = caption::HEIGHT + SPACE[2];
    // A window full of notices has no room for both.
    let captions = captions && room >= RING[0] + beside + below;
    let beside = beside + if captions { below } else { 0.0 };
    let beside = beside + if interview { QUESTION } else { 0.0 };
    let beside = beside + if in_one_breath { mock::DUE } else { 0.0 };
    let ring = (room - beside - 2.0 * SPACE[5]).clamp(RING[0], RING[1]);
    ui.add_space(((room - beside - ring) / 2.0 - SPACE[1]).max(0.0));
    ui.vertical_centered(|ui| {
        ui.spacing_mut().item_spacing.y = SPACE[2];
        let title = format!("{} · {}", brief.name, aside.told(brief.target));
        ui.label(theme::strong(title, TITLE));
        if let Some(part) = part.filter(|_| interview) {
            let asked = mock::question(session.story(), part);
            ui.label(theme::dim(ui, asked, BODY));
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
                let width = if hearing == Hearing::Sound {
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
                if in_one_breath {
                    mock::due_ui(ui, session.story(), session.level(), *elapsed);
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
fn speaking_side_ui(ui: &mut Ui, brief: &Brief, said: &[bool], aside: Aside) -> Option<Action> {
    let wide = match aside.settings.cues {
        Cues::Full => TEXT_WIDTH,
        Cues::Phrases | Cues::Nothing => SIDE_WIDTH,
    };
    side_ui(ui, wide, aside, |ui| match aside.settings.cues {
        Cues::Full => example_ui(ui, brief.strong),
        Cues::Phrases => card_ui(ui, "Planned phrases", |ui| {
            cues_ui(ui, &brief.phrases, said);
        }),
        Cues::Nothing => {}
    })
}

/// The time of an answer that has nothing else beside it: at the right of the ring, out of its way.
fn time_ui(ui: &mut Ui, aside: Aside) -> Option<Action> {
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

/// The clock of an answer, and one word of it to who cannot see it.
fn limit_ui(ui: &mut Ui, ring: f32, aside: Aside, planned: Secs, elapsed: Secs) {
    let shown = aside.limit.shown(planned, elapsed);
    match aside.settings.timed {
        true => countdown_ui(ui, ring, shown.of, shown.used),
        false => count_up_ui(ui, ring, elapsed),
    }
    let soon = aside.settings.timed && shown.ends_soon();
    announce_ui(
        ui,
        "last seconds",
        if soon { "Ten seconds left" } else { "" },
    );
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
    ui.label(theme::text(
        "The take is kept, but its words could not be had.",
        LARGE,
    ));
    ui.label(theme::dim(ui, why, BODY));
}

/// At the right: how strong the cues are, the time, and what `add` adds.
fn side_ui(ui: &mut Ui, wide: f32, aside: Aside, add: impl FnOnce(&mut Ui)) -> Option<Action> {
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

fn aside_ui(ui: &mut Ui, aside: Aside) -> Option<Action> {
    let mut asked = None;
    ui.spacing_mut().item_spacing = vec2(SPACE[0], SPACE[0]);
    let stands = |offer: &&Offer| stands_aside(offer);
    ui.horizontal(|ui| {
        // Both rows are there in each stage.
        ui.set_min_height(34.0);
        for offer in aside.offers.iter().filter(stands) {
            let Action::Settings(Ask::Set(Set::Cues(cues))) = &offer.action else {
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
            if !matches!(offer.action, Action::Settings(Ask::Set(Set::Cues(_)))) {
                asked = asked.take().or(offer.flat_ui(ui));
            }
        }
    });
    asked
}

fn card_ui(ui: &mut Ui, title: &str, add: impl FnOnce(&mut Ui)) {
    theme::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(theme::dim(ui, title, SMALL));
        ui.add_space(SPACE[0]);
        add(ui);
    });
}

fn advice_ui(ui: &mut Ui, icon: Icon, color: Color32, word: &str, says: &str) {
    if says.is_empty() {
        return;
    }
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[2];
        line_icon_ui(ui, icon, BODY, color, word);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.label(theme::strong(word, BODY).color(color));
            ui.label(theme::text(says, BODY));
        });
    });
    ui.add_space(SPACE[0]);
}

/// A row of this width in the middle.
fn row_ui(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui)) {
    let layout = Layout::left_to_right(Align::Center).with_main_align(Align::Center);
    ui.allocate_ui_with_layout(vec2(width, 34.0), layout, add);
}
