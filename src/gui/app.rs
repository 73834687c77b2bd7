//! Owns the runtime; shows the screen that fits where it stands, and does what was asked there.

use std::path::Path;
use std::sync::Arc;

use egui::{Align, CentralPanel, Frame, Key, Layout, Margin, Panel, Ui, vec2};

use super::history::{self, History};
use super::home::{self, Home};
use super::learn::Learn;
use super::mock::{self, Mock};
use super::offer::{self, Offer};
use super::practice::{Aside, Stopped};
use super::prompts::Prompts;
use super::theme::{self, BODY, LARGE, SPACE};
use super::trends::{self, Followed, Trends};
use super::widgets::notice::Notices;
use super::widgets::stepper::{Step, stepper_ui};
use super::{canvas, keys, learn, microphone, practice, review, settings, summary};
use crate::coach::limit::{Change, Limit};
use crate::coach::session::{Input, Interview, Session, Stage};
use crate::coach::story::{Level, Part, SectionKind, Story};
use crate::coach::take::TakeId;
use crate::runtime::{News, Runtime, Sought, wants_less_motion};

/// What can be asked for in the window.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Choose a story, by its place in the list.
    ChooseStory(usize),
    /// Practise the chosen story.
    Practise,
    /// ... from this section on.
    PractiseSection(SectionKind),
    /// Learn it.
    Learn(learn::Ask),
    /// Use this microphone; `None` for the system's.
    ChooseMicrophone(Option<String>),
    /// Look for microphones again.
    LookForMicrophones,
    /// Open the microphone to see its level, or close it again.
    Check(bool),
    /// For the settings, and what is set from elsewhere.
    Settings(settings::Ask),
    /// Begin a take.
    Start,
    /// For the practice that is on.
    Practice(Input),
    /// For the clock of the answer.
    Limit(Change),
    /// Show words as they are heard, or do not.
    ShowCaptions(bool),
    /// Of the review.
    Review(review::Ask),
    /// Show the strong example, or hide it again.
    ShowExample(bool),
    /// Show the takes of the past.
    ShowHistory,
    /// Show only some of them.
    Seek(Sought),
    /// Put the keyboard into the search field.
    Search,
    /// Choose a take, by its place in the list.
    ChooseTake(usize),
    /// Show the trends of the takes in place of their list, or the list again.
    ShowTrends(bool),
    /// Follow something else.
    Follow(Followed),
    /// Go to a take of the trend.
    ChoosePoint(TakeId),
    /// In a mock interview.
    Mock(mock::Ask),
    /// Go to the feedback of a take.
    OpenTake(TakeId),
    /// Ask whether the chosen take is to be erased; or no longer.
    AskToErase(bool),
    /// Erase a take.
    Erase(TakeId),
    /// Bring back the take that was erased last.
    BringBack,
    /// Offer the words of an interrupted take no more.
    LeaveUnheard,
    /// End the practice, or leave where one is.
    Home,
}

/// The window's content.
pub struct App {
    runtime: Runtime,
    chosen: usize,
    home: Home,
    /// Where a take that was opened leads back to.
    history: Option<History>,
    learn: Learn,
    /// A mock interview that has yet to begin.
    mock: Option<Mock>,
    example: bool,
    stopped: Option<Stopped>,
    limit: Limit,
    review: review::View,
    prompts: Prompts,
    notices: Notices,
    /// Over whatever is there, where they are asked for.
    settings: Option<settings::Page>,
    keys: bool,
    /// What was last drawn as settings have it.
    text_scale: Option<f32>,
    /// Whether the desktop asks for less motion.
    less_motion: bool,
    start: Start,
}

/// The window first, then what takes a while.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    Undrawn,
    Drawn,
    Listening,
}

impl App {
    /// Shows what `runtime` does, with `story` chosen where one is named.
    pub fn new(runtime: Runtime, story: Option<String>) -> Self {
        let mut notices = Notices::default();
        let place = |id: &str| runtime.stories().iter().position(|story| story.id == id);
        if let Some(id) = story.as_deref().filter(|id| place(id).is_none()) {
            notices.problem(format!(
                "there is no story \u{201c}{id}\u{201d}: choose one of these"
            ));
        }
        let wanted = story.as_deref().and_then(place);
        let last = || place(runtime.settings().story.as_deref()?);
        Self {
            chosen: wanted.or_else(last).unwrap_or(0),
            runtime,
            home: Home::default(),
            history: None,
            learn: Learn::default(),
            mock: None,
            example: false,
            stopped: None,
            limit: Limit::default(),
            review: review::View::default(),
            prompts: Prompts::default(),
            notices,
            settings: None,
            keys: false,
            text_scale: None,
            less_motion: wants_less_motion(),
            start: Start::Undrawn,
        }
    }

    /// Tells of something that went wrong before there was a window.
    pub fn tell(&mut self, problem: String) {
        self.notices.problem(problem);
    }

    /// What runs behind the window.
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Hands something that happened to the practice.
    pub fn handle(&mut self, input: Input) {
        self.runtime.handle(input);
    }

    /// Takes in what happened, and asks for the next frame only where there is to be one.
    pub fn pump(&mut self, ctx: &egui::Context) {
        self.runtime.pump();
        for news in self.runtime.take_news() {
            match news {
                News::Problem(what) | News::Warning(what) => self.notices.problem(what),
                News::TakeSaved(take, path) if self.left(&take) => {
                    let name = path.file_name().unwrap_or(path.as_os_str());
                    self.notices.note(format!(
                        "The take was kept as {name}. For its feedback, open it in the history.",
                        name = Path::new(name).display()
                    ));
                    self.come_home();
                }
                News::PastRead => {
                    self.show_trends();
                    self.home.look(&self.runtime);
                }
                News::Entered(_)
                | News::TakeSaved(..)
                | News::Hears(_)
                | News::Captioned(..)
                | News::FeedbackReady(..) => {}
            }
        }
        self.review.follow(&mut self.runtime);
        self.prompts.follow(&mut self.runtime, self.limit);
        if let Some(pause) = self.runtime.next_tick() {
            ctx.request_repaint_after(pause);
        }
    }

    /// Draws the window, and does what is asked in it.
    pub fn ui(&mut self, ui: &mut Ui) {
        let theme = theme::preference(self.runtime.settings().theme);
        if ui.ctx().options(|options| options.theme_preference) != theme {
            ui.ctx().set_theme(theme);
        }
        let settings = self.runtime.settings();
        let resized = canvas::adjust(ui, settings, &mut self.text_scale, self.less_motion);
        let resized = resized.map(|percent| settings::set(settings::Set::TextPercent(percent)));
        self.go_on(ui.ctx());
        let asked = resized.or(canvas::canvas_ui(ui, self.page(), |ui| self.page_ui(ui)));
        if let Some(action) = asked {
            self.act(action, ui.ctx());
            // What was asked for is to be seen, even if nothing else happens.
            ui.ctx().request_repaint();
        }
    }

    /// Which page is seen.
    fn page(&self) -> &'static str {
        match self.runtime.session().map(Session::stage) {
            _ if self.settings.is_some() => "settings",
            None if self.history.is_some() => "history",
            None => "home",
            Some(Stage::Ready) => "ready",
            Some(Stage::Review) => "review",
            Some(Stage::Summary) => "summary",
            Some(_) => "speaking",
        }
    }

    /// The whole page, and what was asked for on it.
    fn page_ui(&mut self, ui: &mut Ui) -> Option<Action> {
        let offers = self.offers(ui.ctx());
        let mut all = offers.clone();
        all.extend(self.everywhere(ui.ctx()));
        let pressed = match self.keys {
            true => offer::pressed(ui, &keys::while_shown(&all)),
            false => offer::pressed(ui, &all),
        };
        let over = match self.keys {
            true => keys::keys_ui(ui, &all),
            false => None,
        };
        let asked = pressed.or(over).or(self.bar_ui(ui, &all));
        if !self.notices.is_empty() {
            Panel::top("notices")
                .frame(Frame::new().inner_margin(Margin {
                    left: 24,
                    right: 24,
                    top: 12,
                    bottom: 0,
                }))
                .show_separator_line(false)
                .show(ui, |ui| self.notices.ui(ui));
        }
        asked.or(self.screen_ui(ui, &offers))
    }

    /// What can be done on every screen, where nobody types or speaks.
    fn everywhere(&self, ctx: &egui::Context) -> Vec<Offer> {
        let busy = self.runtime.session().is_some_and(Session::busy);
        let mut offers = Vec::new();
        if ctx.text_edit_focused() {
            return offers;
        }
        if !busy && self.settings.is_none() {
            let show = Action::Settings(settings::Ask::Show(true));
            offers.push(Offer::plain("Settings", Key::Comma, show));
        }
        offers.push(keys::offer());
        offers
    }

    /// The microphone waits until the window is there.
    fn go_on(&mut self, ctx: &egui::Context) {
        match self.start {
            Start::Undrawn => {
                self.start = Start::Drawn;
                ctx.request_repaint();
            }
            Start::Drawn => {
                self.start = Start::Listening;
                if !self.runtime.source_is_given() {
                    self.runtime.look_for_microphones();
                }
                self.runtime.check_microphone();
                self.come_home();
            }
            Start::Listening => {}
        }
    }

    fn offers(&self, ctx: &egui::Context) -> Vec<Offer> {
        if self.settings.is_some() {
            return settings::offers(&self.runtime);
        }
        let Some(session) = self.runtime.session() else {
            return match &self.history {
                Some(History {
                    trends: Some(trends),
                    ..
                }) => trends::offers(trends),
                Some(history) => {
                    let erased = self.runtime.erased().is_some();
                    history::offers(history, erased, ctx.text_edit_focused())
                }
                None => match (self.mock, self.story()) {
                    (Some(mock), Some(story)) => mock::setup_offers(mock, story),
                    _ if self.learn.is_on() => {
                        learn::offers(&self.learn, ctx.input(|input| input.time))
                    }
                    _ => home::offers(&self.runtime, self.chosen, &self.home),
                },
            };
        };
        let interview = session.is_interview();
        let mut offers = match session.stage() {
            Stage::Review => review::offers(&self.runtime, &self.review),
            Stage::Summary if interview.is_some() => {
                mock::last_offers(session, self.runtime.is_playing())
            }
            Stage::Ready if interview == Some(Interview::On) => mock::asking_offers(session),
            Stage::Summary => summary::offers(session),
            _ => practice::offers(session, self.example, self.runtime.settings()),
        };
        let back = offers
            .iter_mut()
            .filter(|offer| offer.action == Action::Home);
        for offer in back {
            match (&self.history, self.learn.is_on()) {
                (Some(_), _) => "History".clone_into(&mut offer.label),
                (None, true) => "Learn".clone_into(&mut offer.label),
                (None, false) => {}
            }
        }
        offers
    }

    fn bar_ui(&self, ui: &mut Ui, offers: &[Offer]) -> Option<Action> {
        Panel::top("bar")
            .exact_size(56.0)
            .frame(Frame::new().inner_margin(Margin::symmetric(24, 8)))
            .show(ui, |ui| {
                ui.horizontal_centered(|ui| {
                    ui.spacing_mut().item_spacing.x = SPACE[2];
                    ui.label(theme::strong("Starling", LARGE));
                    let named = |key| offers.iter().find(move |offer: &&Offer| offer.key == key);
                    let mut asked = named(Key::Questionmark).and_then(|offer| offer.flat_ui(ui));
                    if self.settings.is_some() {
                        ui.label(theme::dim(ui, "Settings", BODY));
                        microphone::sign_ui(ui, &self.runtime);
                        return asked;
                    }
                    if self.runtime.session().is_none() {
                        let settings = named(Key::Comma).and_then(|offer| offer.flat_ui(ui));
                        asked = asked.or(settings);
                    }
                    let Some(session) = self.runtime.session() else {
                        if let Some(history) = &self.history {
                            ui.label(theme::dim(ui, "History", BODY));
                            asked = asked.or(history::tabs_ui(ui, history));
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
                        let asked = asked.or(match session.is_interview() {
                            // Nobody leafs through an interview.
                            Some(Interview::On) => None,
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
            .inner
    }

    fn screen_ui(&self, ui: &mut Ui, offers: &[Offer]) -> Option<Action> {
        if let Some(page) = &self.settings {
            return settings::settings_ui(ui, &self.runtime, page, offers);
        }
        let Some(session) = self.runtime.session() else {
            if let Some(history) = &self.history {
                if let Some(trends) = &history.trends {
                    return trends::trends_ui(ui, trends, self.runtime.profile(), offers);
                }
                return history::history_ui(ui, history, offers);
            }
            if let (Some(mock), Some(story)) = (self.mock, self.story()) {
                return in_a_page(ui, &mock::setup_bar(offers), |ui| {
                    mock::setup_ui(ui, mock, story, self.level(story), offers)
                });
            }
            if self.learn.is_on() {
                return learn::learn_ui(ui, &self.learn, offers);
            }
            return home::home_ui(ui, &self.runtime, self.chosen, &self.home, offers);
        };
        let interview = session.is_interview();
        let bar = match session.stage() {
            Stage::Summary => summary::bar(offers),
            Stage::Review => review::bar(offers),
            _ => practice::bar(offers),
        };
        let aside = Aside {
            settings: self.runtime.settings(),
            limit: self.limit,
            offers,
        };
        in_a_page(ui, &bar, |ui| match session.stage() {
            Stage::Ready if interview == Some(Interview::On) => {
                mock::asking_ui(ui, session);
                None
            }
            Stage::Summary if interview.is_some() => mock::last_ui(ui, session, offers),
            Stage::Ready => {
                practice::ready_ui(ui, session, self.runtime.model(), self.example, aside)
            }
            Stage::Review => review::review_ui(ui, &self.runtime, &self.review, offers),
            Stage::Summary => summary::summary_ui(ui, session),
            _ => {
                let level = self.runtime.level_dbfs();
                let heard = (self.runtime.hearing(), level);
                let stopped = self.stopped.as_ref();
                practice::speaking_ui(ui, session, heard, aside, stopped)
            }
        })
    }

    /// The story that is chosen.
    fn story(&self) -> Option<&Arc<Story>> {
        self.runtime.stories().get(self.chosen)
    }

    /// The level that it is told at.
    fn level(&self, story: &Story) -> Level {
        story.level_for(self.runtime.settings().level)
    }

    /// Whether a take that is whole by now is not on its way to a review, nor in it already.
    fn left(&self, id: &TakeId) -> bool {
        let Some(session) = self.runtime.session() else {
            return true;
        };
        let mut reviewed = (0..session.parts().len()).filter_map(|part| session.reviewed(part));
        match session.stage() {
            Stage::Review | Stage::Ready | Stage::Summary => {
                !reviewed.any(|reviewed| reviewed.take.id == *id)
            }
            _ => false,
        }
    }

    fn act(&mut self, action: Action, ctx: &egui::Context) {
        self.notices.clear_notes();
        // Who does something has read them.
        self.keys &= matches!(action, Action::Settings(_));
        match action {
            Action::ChooseStory(place) => {
                self.chosen = place;
                self.come_home();
            }
            Action::Practise => self.practise(None),
            Action::PractiseSection(kind) => self.practise(Some(kind)),
            Action::Learn(ask) => self.act_on_learn(ask, ctx),
            Action::ChooseMicrophone(name) => {
                self.runtime
                    .change_settings(|settings| settings.microphone.clone_from(&name));
                self.runtime.check_microphone();
            }
            Action::LookForMicrophones => {
                self.runtime.look_for_microphones();
                self.runtime.check_microphone();
            }
            Action::Check(true) => self.runtime.check_microphone(),
            Action::Check(false) => self.runtime.stop_check(),
            Action::Settings(ask) => self.set(ask),
            Action::Start => {
                self.example = false;
                let session = self.runtime.session();
                self.limit = match session.map(|session| (session.is_interview(), session.stage()))
                {
                    // Another question.
                    Some((Some(Interview::On), Stage::Ready)) => Limit::default(),
                    _ => self.limit.begun(),
                };
                self.runtime.start_take();
            }
            Action::Practice(input) => {
                if matches!(input, Input::Next | Input::GoTo(_)) {
                    self.example = false;
                    self.limit = Limit::default();
                }
                let now = ctx.input(|input| input.time);
                self.stopped = match (&input, self.runtime.session()) {
                    (Input::Stop, Some(session)) => Stopped::of(session, now),
                    _ => None,
                };
                self.runtime.handle(input);
            }
            Action::Limit(change) => self.limit.change(change),
            Action::ShowCaptions(captions) => {
                self.runtime
                    .change_settings(|settings| settings.captions = captions);
            }
            Action::ShowExample(show) => self.example = show,
            Action::Mock(ask) => self.act_on_mock(ask),
            Action::Review(ask) => self.review.act(&ask, &mut self.runtime, ctx),
            Action::Home => self.go_back(ctx),
            past => self.act_on_past(past, ctx),
        }
    }

    fn set(&mut self, ask: settings::Ask) {
        match ask {
            settings::Ask::Show(true) => {
                self.settings = Some(settings::Page {
                    models: self.runtime.models(),
                    voice: self.runtime.has_voice(),
                });
                self.keys = false;
            }
            settings::Ask::Show(false) => {
                self.settings = None;
                self.runtime.stop_check();
                self.runtime.forget_trial();
            }
            settings::Ask::ShowKeys(show) => self.keys = show,
            settings::Ask::Set(set) => self.runtime.change_settings(|kept| set.apply(kept)),
            settings::Ask::Own(style) => {
                self.runtime.change_ownership(style);
                self.read_past();
                self.come_home();
            }
            settings::Ask::Try => self.runtime.try_microphone(),
            settings::Ask::Hear => self.runtime.hear_trial(),
        }
    }

    /// From a practice to where it began; from anywhere else home.
    fn go_back(&mut self, ctx: &egui::Context) {
        match self.runtime.session() {
            Some(_) => {
                self.runtime.leave();
                self.mock = None;
                self.show_history(false);
            }
            None => {
                self.history = None;
                self.learn.close(ctx.input(|input| input.time));
                self.mock = None;
            }
        }
        self.come_home();
    }

    fn act_on_learn(&mut self, ask: learn::Ask, ctx: &egui::Context) {
        if ask == learn::Ask::Open
            && let Some(story) = self.runtime.stories().get(self.chosen).map(Arc::clone)
        {
            self.runtime.stop_check();
            self.learn.open(&story, &mut self.runtime);
        }
        self.learn.act(ask, &mut self.runtime, ctx);
        if let learn::Ask::Practise(kind) = ask {
            self.practise(Some(kind));
        }
    }

    fn act_on_mock(&mut self, ask: mock::Ask) {
        match (ask, &mut self.mock) {
            (mock::Ask::Open, _) => {
                self.runtime.leave();
                self.history = None;
                self.mock = Some(self.mock.unwrap_or_default());
                // A practice may have begun there; no words go by in one.
                self.learn.close(0.0);
            }
            (mock::Ask::Hear(take, span), _) => {
                self.runtime.play(&take, span.widened(review::AROUND));
            }
            (mock::Ask::Pause, _) => self.runtime.pause(),
            (mock::Ask::Tell(shape), Some(mock)) => mock.shape = shape,
            (mock::Ask::FollowUps(count), Some(mock)) => mock.follow_ups = count,
            (mock::Ask::Begin, Some(mock)) => {
                let mock = *mock;
                if let Some(story) = self.story().cloned() {
                    let level = self.level(&story);
                    self.example = false;
                    self.limit = Limit::default();
                    self.runtime
                        .interview(story, mock.shape, mock.follow_ups, level);
                }
            }
            _ => {}
        }
    }

    /// Where home is on the screen: shows what the takes of the chosen story tell.
    fn come_home(&mut self) {
        if self.runtime.session().is_some() || self.history.is_some() {
            return;
        }
        let Some(story) = self.runtime.stories().get(self.chosen).map(Arc::clone) else {
            return;
        };
        match self.runtime.past() {
            Ok(takes) => self.home = Home::of(&story, &takes),
            Err(error) => self.notices.problem(error.to_string()),
        }
        self.runtime.read_past(&self.home.wanted());
        self.home.look(&self.runtime);
    }

    fn act_on_past(&mut self, action: Action, ctx: &egui::Context) {
        match action {
            Action::ShowHistory => {
                self.runtime.stop_check();
                self.show_history(true);
            }
            Action::OpenTake(id) => {
                self.example = false;
                self.limit = Limit::default();
                self.runtime.open_take(&id);
            }
            Action::LeaveUnheard => self.runtime.leave_unheard(),
            Action::Search => history::search(ctx),
            Action::Erase(id) => {
                self.runtime.erase(&id);
                self.show_history(false);
            }
            Action::BringBack => {
                let id = self.runtime.erased().cloned();
                self.runtime.bring_back();
                self.show_history(false);
                if let (Some(history), Some(id)) = (&mut self.history, id) {
                    history.choose_take(&id);
                }
            }
            Action::ShowTrends(show) => {
                self.in_history(|history| history.show_trends(show));
                self.read_past();
            }
            Action::Follow(followed) => {
                self.in_trends(|trends| trends.follow(followed));
                self.show_trends();
            }
            Action::ChoosePoint(id) => self.in_trends(|trends| trends.choose(id)),
            Action::Seek(sought) => self.in_history(|history| history.seek(sought)),
            Action::ChooseTake(place) => self.in_history(|history| history.choose(place)),
            Action::AskToErase(ask) => self.in_history(|history| history.ask_to_erase(ask)),
            _ => {}
        }
    }

    fn in_history(&mut self, change: impl FnOnce(&mut History)) {
        if let Some(history) = &mut self.history {
            change(history);
        }
    }

    /// Shows the takes as they are now; where the history is not on the screen, only if it is to `open`.
    fn show_history(&mut self, open: bool) {
        if !open && self.history.is_none() {
            return;
        }
        match self.runtime.past() {
            Ok(takes) => self.history.get_or_insert_default().show(takes),
            Err(error) => self.notices.problem(error.to_string()),
        }
        self.read_past();
    }

    /// Where trends are on the screen: reads the takes that they lack.
    fn read_past(&mut self) {
        let history = self.history.as_ref();
        if let Some(history) = history.filter(|history| history.trends.is_some()) {
            self.runtime.read_past(history.takes());
            self.show_trends();
        }
    }

    /// Shows the trends as far as takes were read.
    fn show_trends(&mut self) {
        if let Some(history) = &mut self.history
            && let Some(mut trends) = history.trends.take()
        {
            trends.show(history.takes(), &self.runtime);
            history.trends = Some(trends);
        }
    }

    fn in_trends(&mut self, change: impl FnOnce(&mut Trends)) {
        let trends = self.history.as_mut().and_then(|h| h.trends.as_mut());
        if let Some(trends) = trends {
            change(trends);
        }
    }

    /// Practises the chosen story, from its first section or from another.
    fn practise(&mut self, from: Option<SectionKind>) {
        if let Some(story) = self.runtime.stories().get(self.chosen).map(Arc::clone) {
            let level = self.level(&story);
            let parts = SectionKind::ALL.map(Part::Section).to_vec();
            self.example = false;
            self.limit = Limit::default();
            let id = story.id.clone();
            self.runtime
                .change_settings(|settings| settings.story = Some(id.clone()));
            let from = from.and_then(|kind| parts.iter().position(|p| *p == Part::Section(kind)));
            self.runtime.practise(story, parts, level);
            if let Some(part) = from {
                self.runtime.handle(Input::GoTo(part));
            }
        }
    }
}

/// A screen with a bar of buttons below it.
fn in_a_page(
    ui: &mut Ui,
    bar: &[Offer],
    add: impl FnOnce(&mut Ui) -> Option<Action>,
) -> Option<Action> {
    let asked = Panel::bottom("offers")
        .exact_size(68.0)
        .frame(Frame::new().inner_margin(Margin::symmetric(24, 8)))
        .show(ui, |ui| offer::bar_ui(ui, bar))
        .inner;
    let margin = Frame::new().inner_margin(Margin::symmetric(24, 0));
    let shown = CentralPanel::default().frame(margin).show(ui, |ui| {
        ui.spacing_mut().item_spacing = vec2(SPACE[1], SPACE[1]);
        add(ui)
    });
    asked.or(shown.inner)
}

/// The parts and the page over all of them.
fn steps_ui(ui: &mut Ui, session: &Session) -> Option<Action> {
    let summary = *session.stage() == Stage::Summary;
    let count = session.parts().len();
    let mut steps: Vec<Step> = (0..count)
        .filter_map(|index| {
            Some(Step {
                name: session.brief(index)?.name,
                done: session.reviewed(index).is_some(),
                on: !summary && index == session.current(),
            })
        })
        .collect();
    steps.push(Step {
        name: "Overview".to_owned(),
        done: false,
        on: summary,
    });
    let clicked = stepper_ui(ui, &steps, !session.busy())?;
    Some(Action::Practice(match clicked < count {
        true => Input::GoTo(clicked),
        false => Input::Finish,
    }))
}
