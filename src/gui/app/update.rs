//! Does what was asked for: the runtime's part of it, and where one is then.

use std::sync::Arc;

use super::{Action, App};
use crate::app::today;
use crate::domain::story::{Part, SectionKind};
use crate::gui::home::HomeState;
use crate::gui::mock_interview::LeaveTarget;
use crate::gui::practice::FrozenAnswer;
use crate::gui::{learn, mock_interview, review, settings};
use crate::practice::session::{InterviewPhase, Session, SessionEvent, Stage};
use crate::practice::time_limit::TimeLimit;

impl App {
    pub(super) fn act(&mut self, action: Action, ctx: &egui::Context) {
        if action != Action::Dismiss {
            self.notices.clear_notes();
        }
        // Who does something has read them.
        self.keys &= matches!(action, Action::Settings(_));
        // Who does something else has stayed.
        self.leaving = None;
        let at_stake = self
            .runtime
            .session()
            .is_some_and(Session::would_lose_interview);
        match action {
            Action::Home if at_stake => self.leaving = Some(LeaveTarget::Home),
            Action::Mock(mock_interview::MockInterviewAction::Open) if at_stake => {
                self.leaving = Some(LeaveTarget::Again)
            }
            Action::ChooseStory(place) => {
                self.chosen = place;
                self.come_home();
            }
            Action::Practise => self.practise(Part::Section(SectionKind::Situation)),
            Action::PractisePart(part) => self.practise(part),
            Action::Learn(ask) => self.act_on_learn(ask, ctx),
            Action::ChooseMicrophone(name) => {
                self.runtime
                    .change_settings(|settings| settings.microphone.clone_from(&name));
                self.runtime.start_monitor();
            }
            Action::LookForMicrophones => {
                self.runtime.list_microphones();
                self.runtime.start_monitor();
            }
            Action::Check(true) => self.runtime.start_monitor(),
            Action::Check(false) => self.runtime.stop_monitor(),
            Action::Settings(ask) => self.set(ask),
            Action::Start => {
                self.example = false;
                let session = self.runtime.session();
                self.limit =
                    match session.map(|session| (session.interview_phase(), session.stage())) {
                        // Another question.
                        Some((Some(InterviewPhase::Running), Stage::Ready)) => TimeLimit::default(),
                        _ => self.limit.for_next_take(),
                    };
                self.runtime.start_take();
            }
            Action::Practice(input) => {
                if matches!(input, SessionEvent::Next | SessionEvent::GoTo(_)) {
                    self.example = false;
                    self.limit = TimeLimit::default();
                }
                let now = ctx.input(|input| input.time);
                self.stopped = match (&input, self.runtime.session()) {
                    (SessionEvent::Stop, Some(session)) => FrozenAnswer::of(session, now),
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
            Action::Mock(mock_interview::MockInterviewAction::Leave(LeaveTarget::Home)) => {
                self.go_back(ctx)
            }
            Action::Mock(ask) => self.act_on_mock(ask),
            Action::Review(ask) => self.review.act(&ask, &mut self.runtime, ctx),
            Action::Dismiss => self.notices.dismiss(),
            Action::ShowKept(show) => self.kept = show,
            Action::Home => self.go_back(ctx),
            past => self.act_on_past(past, ctx),
        }
    }

    fn set(&mut self, ask: settings::SettingsAction) {
        match ask {
            settings::SettingsAction::Show(true) => {
                self.settings = Some(settings::SettingsState {
                    models: self.runtime.models(),
                    voice: self.runtime.has_voice(),
                });
                self.keys = false;
            }
            settings::SettingsAction::Show(false) => {
                self.settings = None;
                self.runtime.stop_monitor();
                self.runtime.discard_mic_test();
            }
            settings::SettingsAction::ShowKeys(show) => self.keys = show,
            settings::SettingsAction::Set(set) => {
                self.runtime.change_settings(|kept| set.apply(kept))
            }
            settings::SettingsAction::Expect(expected) => {
                self.runtime
                    .change_profile(|profile| expected.apply(profile));
                self.review.judge_anew(&mut self.runtime);
                self.read_past();
                self.come_home();
            }
            settings::SettingsAction::Try => self.runtime.start_mic_test(),
            settings::SettingsAction::Hear => self.runtime.play_mic_test(),
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

    fn act_on_learn(&mut self, ask: learn::LearnAction, ctx: &egui::Context) {
        if ask == learn::LearnAction::Open
            && let Some(story) = self.runtime.stories().get(self.chosen).map(Arc::clone)
        {
            self.runtime.stop_monitor();
            self.learn.open(&story, &mut self.runtime);
        }
        self.learn.act(ask, &mut self.runtime, ctx);
        if let learn::LearnAction::Practise(part) = ask {
            self.practise(part);
        }
    }

    fn act_on_mock(&mut self, ask: mock_interview::MockInterviewAction) {
        match (ask, &mut self.mock) {
            (
                mock_interview::MockInterviewAction::Open
                | mock_interview::MockInterviewAction::Leave(LeaveTarget::Again),
                _,
            ) => {
                self.runtime.leave();
                self.history = None;
                self.mock = Some(self.mock.unwrap_or_default());
                // A practice may have begun there; no words go by in one.
                self.learn.close(0.0);
            }
            (mock_interview::MockInterviewAction::Hear(take, span), _) => {
                self.runtime.play(&take, span.widened(review::AROUND));
            }
            (mock_interview::MockInterviewAction::Pause, _) => self.runtime.pause(),
            (mock_interview::MockInterviewAction::Tell(shape), Some(mock)) => mock.shape = shape,
            (mock_interview::MockInterviewAction::FollowUps(count), Some(mock)) => {
                mock.follow_ups = count
            }
            (mock_interview::MockInterviewAction::Begin, Some(mock)) => {
                let mock = *mock;
                if let Some(story) = self.story().cloned() {
                    let level = self.level(&story);
                    self.example = false;
                    self.limit = TimeLimit::default();
                    self.runtime
                        .start_interview(story, mock.shape, mock.follow_ups, level);
                }
            }
            _ => {}
        }
    }

    /// Where home is on the screen: shows what the takes of the chosen story tell.
    pub(super) fn come_home(&mut self) {
        if self.runtime.session().is_some() || self.history.is_some() {
            return;
        }
        let Some(story) = self.runtime.stories().get(self.chosen).map(Arc::clone) else {
            return;
        };
        match self.runtime.history() {
            Ok(takes) => self.home = HomeState::of(&story, &takes, today()),
            Err(error) => self.notices.problem(error.to_string()),
        }
        self.runtime.analyze_history(&self.home.wanted());
        self.home.look(&self.runtime);
    }

    /// Practises the chosen story, or the one that is practised already, from a part on.
    fn practise(&mut self, from: Part) {
        let on = self.runtime.session();
        let on = on.map(|session| (Arc::clone(session.story()), session.level()));
        let chosen = || {
            let story = self.story()?;
            Some((Arc::clone(story), self.level(story)))
        };
        let Some((story, level)) = on.or_else(chosen) else {
            return;
        };
        let parts = story.parts_practiced_with(from);
        let place = parts.iter().position(|part| *part == from);
        self.example = false;
        self.limit = TimeLimit::default();
        let id = story.id.clone();
        self.runtime
            .change_settings(|settings| settings.story = Some(id.clone()));
        self.runtime.start_practice(story, parts, level);
        self.runtime.handle(SessionEvent::GoTo(place.unwrap_or(0)));
    }
}
