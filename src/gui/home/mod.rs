//! Where a practice begins: which story, which microphone, and what its takes tell.

pub(crate) mod story_panel;

use egui::{
    Align, CentralPanel, Frame, Key, Label, Layout, Margin, Panel, Role, ScrollArea, Sense, Stroke,
    StrokeKind, Ui, WidgetInfo, vec2,
};

use jiff::civil::Date;

use super::Action;
use super::command::Command;
use super::history::part_name;
use super::home::story_panel as story;
use super::home::story_panel::story_ui;
use super::layout as canvas;
use super::layout::MinSize;
use super::learn;
use super::microphone::choice_ui;
use super::mock_interview;
use super::privacy;
use super::theme;
use super::theme::{BODY, LARGE, SMALL, SPACE, TITLE};
use super::widgets::button::focus_ring;
use super::widgets::icon::{Icon, line_icon_ui};
use super::widgets::level_meter::level_ui;
use crate::app::{Controller, HistoryEntry, ModelState};
use crate::audio::AudioSource;
use crate::domain::story::{Level, Part, SectionKind, Story};
use crate::domain::time::clock;
use crate::practice::progress::{
    Loaded, RECENT_TAKES, Recommendation, relative_date, takes_this_week,
};
use crate::storage::TakeStatus;

const LIST_WIDTH: f32 = 300.0;

/// What is known of the takes of the chosen story.
#[derive(Debug, Default)]
pub struct HomeState {
    /// The newest of each section that have words, to be read.
    newest: Vec<(SectionKind, Vec<HistoryEntry>)>,
    tried: Vec<SectionKind>,
    left_off: Option<(SectionKind, String)>,
    /// Takes of this week, of all stories.
    this_week: usize,
    weakest: Option<Recommendation>,
    reading: bool,
}

impl HomeState {
    /// What the list of all takes, newest first, tells of `story` on the day that is `today`.
    pub fn of(story: &Story, takes: &[HistoryEntry], today: Date) -> Self {
        let of_story = takes
            .iter()
            .filter(|past| past.story.as_ref() == Some(&story.id));
        let sections = of_story.filter_map(|past| match past.part? {
            Part::Section(kind) => Some((kind, past)),
            _ => None,
        });
        let sections: Vec<(SectionKind, &HistoryEntry)> = sections.collect();
        let left_off = sections
            .first()
            .map(|(kind, past)| (*kind, relative_date(&past.began, today)));
        let newest = SectionKind::ALL.map(|kind| {
            let of_kind = sections
                .iter()
                .filter(|(of, past)| *of == kind && past.state == TakeStatus::Transcribed);
            let newest = of_kind.take(RECENT_TAKES).map(|(_, past)| (*past).clone());
            (kind, newest.collect())
        });
        Self {
            newest: newest.to_vec(),
            tried: sections.iter().map(|(kind, _)| *kind).collect(),
            left_off,
            this_week: takes_this_week(takes.iter().map(|past| past.began.as_str()), today),
            weakest: None,
            reading: false,
        }
    }

    /// The takes that have to be read to know the weakest section.
    pub fn wanted(&self) -> Vec<HistoryEntry> {
        self.newest
            .iter()
            .flat_map(|(_, takes)| takes.clone())
            .collect()
    }

    /// Looks for the weakest section, as far as takes were read.
    pub fn look(&mut self, runtime: &Controller) {
        self.reading = false;
        let mut sections = Vec::new();
        for (kind, takes) in &self.newest {
            let mut marks = Vec::new();
            for past in takes {
                match runtime.metrics_of(&past.id) {
                    Loaded::Pending => self.reading = true,
                    Loaded::Unavailable => {}
                    Loaded::Ready(mark) => marks.push(mark),
                }
            }
            // What was tried, but cannot be read, is not to be called untried.
            if !marks.is_empty() || !self.tried(*kind) {
                sections.push((*kind, marks));
            }
        }
        let weakest = Recommendation::from_sections(&sections, runtime.profile());
        self.weakest = weakest.filter(|_| !self.reading);
    }

    /// The section to practise next, and why.
    pub fn weakest(&self) -> Option<&Recommendation> {
        self.weakest.as_ref()
    }

    /// Whether takes are still being read.
    pub fn is_reading(&self) -> bool {
        self.reading
    }

    /// The section of the newest take, and when it began, as one says it.
    pub fn left_off(&self) -> Option<(SectionKind, &str)> {
        self.left_off
            .as_ref()
            .map(|(kind, began)| (*kind, began.as_str()))
    }

    /// How much was practised this week, in a sentence.
    pub fn this_week(&self) -> String {
        match self.this_week {
            0 => "This week: no take yet.".to_owned(),
            1 => "This week: 1 take.".to_owned(),
            takes => format!("This week: {takes} takes."),
        }
    }

    /// Whether there is a take of a section.
    pub fn tried(&self, kind: SectionKind) -> bool {
        self.tried.contains(&kind)
    }
}

/// What can be done here.
pub fn offers(runtime: &Controller, chosen: usize, home: &HomeState) -> Vec<Command> {
    let mut offers = Vec::new();
    if let Some(story) = runtime.stories().get(chosen) {
        offers.push(Command::primary("Practise", Key::Enter, Action::Practise));
        let learn = Action::Learn(learn::LearnAction::Open);
        offers.push(Command::plain("Learn", Key::L, learn));
        let open = Action::Mock(mock_interview::MockInterviewAction::Open);
        offers.push(Command::plain("Mock interview", Key::I, open));
        offers.extend(story::offers(story, runtime.settings(), home));
    }
    offers.push(Command::plain("History", Key::H, Action::ShowHistory));
    offers.push(privacy::offer());
    if let Some(past) = runtime.recoverable_take() {
        let open = Action::OpenTake(past.id.clone());
        offers.push(Command::plain("Hear its feedback", Key::F, open));
        offers.push(Command::plain("Not now", Key::N, Action::LeaveUnheard));
    }
    if !matches!(runtime.source(), AudioSource::File(..)) {
        offers.push(match runtime.is_monitoring() {
            true => Command::plain("Close", Key::M, Action::Check(false)),
            false => Command::plain("Check", Key::M, Action::Check(true)),
        });
    }
    if no_microphone(runtime).is_some() {
        let look = Action::LookForMicrophones;
        offers.push(Command::plain("Look again", Key::A, look));
    }
    if chosen > 0 {
        let action = Action::ChooseStory(chosen - 1);
        offers.push(Command::plain("Story before", Key::ArrowLeft, action));
    }
    if chosen + 1 < runtime.stories().len() {
        let action = Action::ChooseStory(chosen + 1);
        offers.push(Command::plain("Story after", Key::ArrowRight, action));
    }
    offers
}

/// The microphone, for the bar at the top.
pub fn bar_ui(ui: &mut Ui, runtime: &Controller, offers: &[Command]) -> Option<Action> {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let check = offers.iter().find(|offer| offer.key == Key::M);
        let asked = check.and_then(|offer| offer.ui(ui));
        level_ui(ui, runtime.level_dbfs(), 90.0);
        asked.or(choice_ui(ui, runtime))
    })
    .inner
}

/// The stories, and the one that is chosen.
pub fn home_ui(
    ui: &mut Ui,
    runtime: &Controller,
    chosen: usize,
    home: &HomeState,
    offers: &[Command],
) -> Option<Action> {
    let history = canvas::bottom_ui(ui, |ui| {
        ui.horizontal_centered(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE[1];
            let mut asked = None;
            for key in [Key::H, Key::K] {
                let offer = offers.iter().find(|offer| offer.key == key);
                asked = asked.or(offer.and_then(|offer| offer.ui(ui)));
            }
            ui.add_space(SPACE[2]);
            status_ui(ui, runtime);
            asked
        })
        .inner
    });
    let margin = Margin {
        left: 24,
        right: 24,
        top: 16,
        bottom: 0,
    };
    canvas::page_ui(ui, "home", MinSize::Width, margin, |ui| {
        let mut asked = history.or(missing_microphone_ui(ui, runtime, offers));
        asked = asked.or(unheard_ui(ui, runtime, offers));
        let stories = runtime.stories();
        let Some(story) = stories.get(chosen) else {
            ui.label(theme::strong("There is no story yet.", TITLE));
            let folder = runtime.store().stories();
            ui.label(theme::dim(
                ui,
                format!(
                    "Put a story pack into {} and start again.",
                    folder.display()
                ),
                BODY,
            ));
            return asked;
        };
        let list = Panel::left("stories")
            .exact_size(LIST_WIDTH)
            .resizable(false)
            .show_separator_line(false)
            .frame(Frame::new())
            .show(ui, |ui| list_ui(ui, runtime, chosen, offers));
        asked = asked.or(list.inner);
        let frame = Frame::new().inner_margin(Margin {
            left: 24,
            right: 0,
            top: 0,
            bottom: 0,
        });
        let shown = CentralPanel::default().frame(frame).show(ui, |ui| {
            story_ui(ui, story, runtime.settings(), home, offers)
        });
        asked.or(shown.inner)
    })
}

fn list_ui(ui: &mut Ui, runtime: &Controller, chosen: usize, offers: &[Command]) -> Option<Action> {
    let (stories, wanted) = (runtime.stories(), runtime.settings().level);
    let mut asked = None;
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        for (index, story) in stories.iter().enumerate() {
            if card_ui(ui, story, story.level_for(wanted), index == chosen) {
                asked = Some(Action::ChooseStory(index));
            }
            ui.add_space(SPACE[0]);
        }
        ui.horizontal(|ui| {
            let arrow = |offer: &&Command| matches!(offer.key, Key::ArrowLeft | Key::ArrowRight);
            for offer in offers.iter().filter(arrow) {
                asked = asked.take().or(offer.flat_ui(ui));
            }
        });
    });
    asked
}

fn card_ui(ui: &mut Ui, story: &Story, level: Level, chosen: bool) -> bool {
    let palette = theme::palette(ui);
    let width = ui.available_width();
    let inner = width - 2.0 * SPACE[3];
    let total = story.total_at(level);
    let facts = format!("{} · {level} · {}", story.principle, clock(total));
    let painter = ui.painter();
    let title = painter.layout(
        story.title.clone(),
        theme::semibold(LARGE),
        palette.text,
        inner,
    );
    let facts = painter.layout(facts, theme::regular(SMALL), palette.dim, inner);
    let height = title.size().y + SPACE[0] + facts.size().y + 2.0 * SPACE[2];
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
    let rect = rect.shrink(1.0);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &story.title));
    let line = match (chosen, response.hovered()) {
        (true, _) => palette.accent,
        (false, true) => palette.dim,
        (false, false) => palette.line,
    };
    let stroke = Stroke::new(if chosen { 2.0 } else { 1.0 }, line);
    let painter = ui.painter();
    painter.rect(
        rect,
        theme::RADIUS,
        palette.surface,
        stroke,
        StrokeKind::Inside,
    );
    focus_ring(ui, &response);
    let at = rect.min + vec2(SPACE[3], SPACE[2]);
    let below = at + vec2(0.0, title.size().y + SPACE[0]);
    painter.galley(at, title, palette.text);
    painter.galley(below, facts, palette.dim);
    response.clicked()
}

fn status_ui(ui: &mut Ui, runtime: &Controller) {
    let palette = theme::palette(ui);
    ui.spacing_mut().item_spacing.x = SPACE[1];
    let (icon, color, word, says) = match runtime.model() {
        ModelState::Loading => (
            Icon::Circle,
            palette.dim,
            "busy",
            "Speech model is being read",
        ),
        ModelState::Ready => (Icon::Check, palette.good, "good", "Speech model is ready"),
        ModelState::Unusable(_) => (
            Icon::Octagon,
            palette.red,
            "problem",
            "Speech model cannot be used: takes are kept, but not read",
        ),
    };
    line_icon_ui(ui, icon, SMALL, color, word);
    ui.add(Label::new(theme::dim(ui, says, SMALL)).truncate());
    ui.add_space(SPACE[3]);
    let (icon, color, says) = match (runtime.source(), runtime.is_listening()) {
        (AudioSource::File(..), _) => (Icon::Circle, palette.dim, "No microphone is used"),
        (_, true) => (
            Icon::Disc,
            palette.voice,
            "The microphone is open, nothing is kept",
        ),
        (_, false) => (Icon::Circle, palette.dim, "The microphone is closed"),
    };
    line_icon_ui(ui, icon, SMALL, color, "microphone");
    ui.add(Label::new(theme::dim(ui, says, SMALL)).truncate());
}

/// Why there is none to choose from, where there is none.
fn no_microphone(runtime: &Controller) -> Option<String> {
    match runtime.microphones()? {
        _ if runtime.is_source_fixed() => None,
        Ok(found) if !found.is_empty() => None,
        Ok(_) => Some(crate::audio::MicError::NotFound.to_string()),
        Err(error) => Some(error.to_string()),
    }
}

fn missing_microphone_ui(ui: &mut Ui, runtime: &Controller, offers: &[Command]) -> Option<Action> {
    let why = no_microphone(runtime)?;
    let mut asked = None;
    theme::card(ui).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE[2];
            let amber = theme::palette(ui).amber;
            line_icon_ui(ui, Icon::Triangle, BODY, amber, "problem");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let look = offers.iter().find(|offer| offer.key == Key::A);
                asked = look.and_then(|offer| offer.ui(ui));
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(theme::text(theme::sentence(&why), BODY)).wrap());
                });
            });
        });
    });
    ui.add_space(SPACE[2]);
    asked
}

/// A take whose program died, and what can be done with it.
fn unheard_ui(ui: &mut Ui, runtime: &Controller, offers: &[Command]) -> Option<Action> {
    let past = runtime.recoverable_take()?;
    let part = past.part.map_or("A take".to_owned(), part_name);
    let length = past.seconds.map_or(String::new(), clock);
    let says = match past.state {
        TakeStatus::Interrupted => format!(
            "{part} of \u{201c}{}\u{201d} was interrupted on {}. {length} of it is kept.",
            past.title, past.began
        ),
        _ => format!(
            "{part} of \u{201c}{}\u{201d}, {length}, recorded on {}, has no feedback yet.",
            past.title, past.began
        ),
    };
    let mut asked = None;
    theme::card(ui).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE[2];
            let amber = theme::palette(ui).amber;
            line_icon_ui(ui, Icon::Triangle, BODY, amber, "interrupted take");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                for key in [Key::N, Key::F] {
                    let offer = offers.iter().find(|offer| offer.key == key);
                    asked = asked.take().or(offer.and_then(|offer| offer.ui(ui)));
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(theme::text(says, BODY)).wrap());
                });
            });
        });
    });
    ui.add_space(SPACE[2]);
    asked
}
