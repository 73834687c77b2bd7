//! Which screen fits where the runtime stands: what can be done there, the bar above it, and the screen.

use egui::{Align, Key, Layout, Margin, Ui, vec2};

use super::{Action, App};
use crate::gui::command as offer;
use crate::gui::command::Command;
use crate::gui::history;
use crate::gui::history::{HistoryModal, HistoryState};
use crate::gui::layout as canvas;
use crate::gui::layout::MinSize;
use crate::gui::practice::SidePanel;
use crate::gui::theme;
use crate::gui::theme::{BODY, LARGE, SPACE};
use crate::gui::widgets::section_nav::{SectionStep, stepper_ui};
use crate::gui::{
    erase_all, export, home, learn, microphone, mock_interview, practice, privacy, review,
    settings, summary, trends,
};
use crate::practice::session::{InterviewPhase, Session, SessionEvent, Stage};

/// From here on a practice has room for more than its sections in the bar at the top.
const ROOMY: f32 = 1000.0;

impl App {
    pub(super) fn offers(&self, ctx: &egui::Context) -> Vec<Command> {
        match self.leaving {
            Some(way) => mock_interview::leaving_offers(way),
            None => self.offers_here(ctx),
        }
    }

    fn offers_here(&self, ctx: &egui::Context) -> Vec<Command> {
        if self.kept {
            return privacy::offers();
        }
        if self.settings.is_some() {
            return settings::offers(&self.runtime);
        }
        let Some(session) = self.runtime.session() else {
            return match &self.history {
                Some(HistoryState {
                    over: Some(HistoryModal::Export(export)),
                    ..
                }) => export::offers(export, ctx.text_edit_focused(), self.runtime.is_exporting()),
                Some(HistoryState {
                    over: Some(HistoryModal::EraseAll),
                    ..
                }) => erase_all::offers(self.runtime.is_erasing_all()),
                Some(HistoryState {
                    trends: Some(trends),
                    ..
                }) => trends::offers(trends),
                Some(history) => {
                    let erased = self.runtime.last_erased().is_some();
                    history::offers(history, erased, ctx.text_edit_focused())
                }
                None => match (self.mock, self.story()) {
                    (Some(mock), Some(story)) => mock_interview::setup_offers(mock, story),
                    _ if self.learn.is_on() => {
                        learn::offers(&self.learn, ctx.input(|input| input.time))
                    }
                    _ => home::offers(&self.runtime, self.chosen, &self.home),
                },
            };
        };
        let interview = session.interview_phase();
        let mut offers = match session.stage() {
            Stage::Review => review::offers(&self.runtime, &self.review),
            Stage::Summary if interview.is_some() => {
                mock_interview::last_offers(session, self.runtime.is_playing())
            }
            Stage::Ready if interview == Some(InterviewPhase::Running) => {
                mock_interview::asking_offers(session)
            }
            Stage::Summary => summary::offers(session),
            _ => practice::offers(session, self.example, self.runtime.settings()),
        };
        let back = offers
            .iter_mut()
            .filter(|offer| offer.action == Action::Home);
        let from_verdict =
            interview == Some(InterviewPhase::Finished) && *session.stage() != Stage::Summary;
        for offer in back {
            if from_verdict {
                "Verdict".clone_into(&mut offer.label);
                offer.action = Action::Practice(SessionEvent::Finish);
                continue;
            }
            match (&self.history, self.learn.is_on()) {
                (Some(_), _) => "History".clone_into(&mut offer.label),
                (None, true) => "Learn".clone_into(&mut offer.label),
                (None, false) => {}
            }
        }
        offers
    }

    pub(super) fn bar_ui(&self, ui: &mut Ui, offers: &[Command]) -> Option<Action> {
        canvas::top_ui(ui, |ui| {
            ui.horizontal_centered(|ui| {
                ui.spacing_mut().item_spacing.x = SPACE[2];
                ui.label(theme::strong("Starling", LARGE));
                let named = |key| offers.iter().find(move |offer: &&Command| offer.key == key);
                let mut asked = named(Key::Questionmark).and_then(|offer| offer.flat_ui(ui));
                if self.kept || self.settings.is_some() {
                    let title = if self.kept {
                        "What is kept"
                    } else {
                        "Settings"
                    };
                    ui.label(theme::dim(ui, title, BODY));
                    microphone::sign_ui(ui, &self.runtime);
                    return asked;
                }
                // In a practice the sections need the room; its key is told among the others.
                let roomy = ui.max_rect().width() >= ROOMY;
                if roomy || self.runtime.session().is_none() {
                    let settings = named(Key::Comma).and_then(|offer| offer.flat_ui(ui));
                    asked = asked.or(settings);
                }
                let Some(session) = self.runtime.session() else {
                    if let Some(history) = &self.history {
                        ui.label(theme::dim(ui, "History", BODY));
                        if history.over.is_none() {
                            asked = asked.or(history::tabs_ui(ui, history));
                        }
                        microphone::sign_ui(ui, &self.runtime);
                        return asked;
                    }
                    if self.mock.is_some() {
                        ui.label(theme::dim(ui, "Mock interview", BODY));
                        microphone::sign_ui(ui, &self.runtime);
                        return asked;
                    }
                    if let Some(title) = self.learn.title() {
                        microphone::sign_ui(ui, &self.runtime);
                        let says = format!("Learn \u{b7} {title}");
                        ui.add(egui::Label::new(theme::dim(ui, says, BODY)).truncate());
                        return asked;
                    }
                    return asked.or(home::bar_ui(ui, &self.runtime, offers));
                };
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let asked = asked.or(match session.interview_phase() {
                        // Nobody leafs through an interview.
                        Some(InterviewPhase::Running) => None,
                        _ => steps_ui(ui, session),
                    });
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        microphone::sign_ui(ui, &self.runtime);
                        let title = theme::dim(ui, &session.story().title, BODY);
                        ui.add(egui::Label::new(title).truncate());
                    });
                    asked
                })
                .inner
            })
            .inner
        })
    }

    pub(super) fn screen_ui(&self, ui: &mut Ui, offers: &[Command]) -> Option<Action> {
        if self.kept {
            return privacy::kept_ui(ui, self.runtime.store(), offers);
        }
        if let Some(page) = &self.settings {
            return settings::settings_ui(ui, &self.runtime, page, offers);
        }
        let Some(session) = self.runtime.session() else {
            if let Some(history) = &self.history {
                match &history.over {
                    Some(HistoryModal::Export(export)) => {
                        let writing = self.runtime.is_exporting();
                        return export::export_ui(ui, export, writing, offers);
                    }
                    Some(HistoryModal::EraseAll) => {
                        let (takes, erasing) =
                            (history.takes().len(), self.runtime.is_erasing_all());
                        return erase_all::erase_all_ui(ui, takes, erasing, offers);
                    }
                    None => {}
                }
                if let Some(trends) = &history.trends {
                    return trends::trends_ui(ui, trends, self.runtime.profile(), offers);
                }
                return history::history_ui(ui, history, offers);
            }
            if let (Some(mock), Some(story)) = (self.mock, self.story()) {
                let page = ("mock interview", MinSize::Width);
                let bar = mock_interview::setup_bar(offers);
                return in_a_page(
                    ui,
                    page,
                    |ui| offer::bar_ui(ui, &bar),
                    |ui| mock_interview::setup_ui(ui, mock, story, self.level(story), offers),
                );
            }
            if self.learn.is_on() {
                return learn::learn_ui(ui, &self.learn, offers);
            }
            return home::home_ui(ui, &self.runtime, self.chosen, &self.home, offers);
        };
        // While it is asked whether to leave, the page stays as it is.
        let here;
        let offers = match self.leaving {
            None => offers,
            Some(_) => {
                here = self.offers_here(ui.ctx());
                &here
            }
        };
        let interview = session.interview_phase();
        let bar = match session.stage() {
            Stage::Summary => summary::bar(offers),
            Stage::Review => review::bar(offers),
            _ => practice::bar(offers),
        };
        let aside = SidePanel {
            settings: self.runtime.settings(),
            limit: self.limit,
            offers,
        };
        let bar_ui = |ui: &mut Ui| match self.leaving {
            Some(way) => mock_interview::leaving_ui(ui, way),
            None => offer::bar_ui(ui, &bar),
        };
        let page = match session.stage() {
            Stage::Ready if interview == Some(InterviewPhase::Running) => {
                ("question", MinSize::Most)
            }
            Stage::Ready => ("ready", MinSize::Width),
            Stage::Review => ("review", MinSize::Width),
            Stage::Summary if interview.is_some() => ("verdict", MinSize::Width),
            Stage::Summary => ("summary", MinSize::Width),
            _ => ("speaking", MinSize::All),
        };
        in_a_page(ui, page, bar_ui, |ui| match session.stage() {
            Stage::Ready if interview == Some(InterviewPhase::Running) => {
                let principle = self.runtime.settings().principle.as_deref();
                mock_interview::asking_ui(ui, session, principle);
                None
            }
            Stage::Summary if interview.is_some() => mock_interview::last_ui(ui, session, offers),
            Stage::Ready => {
                practice::ready_ui(ui, session, self.runtime.model(), self.example, aside)
            }
            Stage::Review => review::review_ui(ui, &self.runtime, &self.review, offers),
            Stage::Summary => summary::summary_ui(ui, session),
            _ => {
                let level = self.runtime.level_dbfs();
                let heard = (self.runtime.input_signal(), level);
                let stopped = self.stopped.as_ref();
                practice::speaking_ui(ui, session, heard, aside, stopped)
            }
        })
    }
}

/// A screen with a bar of buttons below it.
fn in_a_page(
    ui: &mut Ui,
    (page, needs): (&str, MinSize),
    bar: impl FnOnce(&mut Ui) -> Option<Action>,
    add: impl FnOnce(&mut Ui) -> Option<Action>,
) -> Option<Action> {
    let asked = canvas::bottom_ui(ui, bar);
    let shown = canvas::page_ui(ui, page, needs, Margin::symmetric(24, 0), |ui| {
        ui.spacing_mut().item_spacing = vec2(SPACE[1], SPACE[1]);
        add(ui)
    });
    asked.or(shown)
}

/// The parts and the page over all of them.
fn steps_ui(ui: &mut Ui, session: &Session) -> Option<Action> {
    let summary = *session.stage() == Stage::Summary;
    let count = session.parts().len();
    let mut steps: Vec<SectionStep> = (0..count)
        .filter_map(|index| {
            Some(SectionStep {
                name: session.brief(index)?.name,
                done: session.reviewed(index).is_some(),
                on: !summary && index == session.current(),
            })
        })
        .collect();
    steps.push(SectionStep {
        name: "Overview".to_owned(),
        done: false,
        on: summary,
    });
    let clicked = stepper_ui(ui, &steps, !session.busy())?;
    Some(Action::Practice(match clicked < count {
        true => SessionEvent::GoTo(clicked),
        false => SessionEvent::Finish,
    }))
}
