//! A story to learn, page by page: what it is, how its sections sound, what comes after them, how it
//! fails, a quiz. Where it was left is remembered while the program runs.

mod pages;
mod quiz;
mod section;
mod text_layout;
mod toc;
mod weak_answer;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use egui::{CentralPanel, Context, Frame, Key, Margin, Panel, ScrollArea, Ui};

use super::Action;
use super::command as offer;
use super::command::Command;
use super::layout as canvas;
use super::layout::MinSize;
use super::theme::SPACE;
use crate::app::Controller;
use crate::domain::story::{Brief, Level, Part, Section, SectionKind, Story};
use crate::domain::time::Secs;
use crate::practice::highlights;
use crate::practice::quiz::Quiz;
use crate::practice::read_along::{DEFAULT_WPM, ReadAlong, ReadAlongState};

const CONTENTS_WIDTH: f32 = 212.0;
const TEXT_WIDTH: f32 = 740.0;

/// What can be asked for while one learns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LearnAction {
    /// Learn the chosen story, where it was left.
    Open,
    /// Go to another page.
    GoTo(Page),
    /// Let the words of the example go by, or stay at the one that is on.
    Read(bool),
    /// Back to its first word.
    StartOver,
    /// So many words a minute.
    Rate(u32),
    /// Practise a part.
    Practise(Part),
    /// Show another follow-up, by its place.
    FollowUp(usize),
    /// Show why this is a flaw, by its place.
    Flaw(usize),
    /// Answer the question that is on, with this option.
    Choose(usize),
    /// To the next question.
    NextQuestion,
    /// Through the quiz again.
    Again,
}

/// A page of the table of contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// What happened, and what to remember.
    Overview,
    /// One of the five.
    Section(SectionKind),
    /// The same story at each level.
    Levels,
    /// The same story for other principles.
    Principles,
    /// What may be asked afterwards.
    FollowUps,
    /// An answer that fails.
    Weak,
    /// Questions to check oneself with.
    Quiz,
}

/// What is learnt.
#[derive(Debug, Default)]
pub struct LearnState {
    /// The story that is on the screen; `None` where another screen is.
    on: Option<String>,
    /// Every story that was learnt since the program began, as it was left.
    stories: BTreeMap<String, Opened>,
    /// The rate that was chosen, in whichever story.
    wpm: Option<u32>,
}

/// A story, and where one is in it.
#[derive(Debug)]
struct Opened {
    story: Arc<Story>,
    /// It is told at this one.
    level: Level,
    /// ... and for this principle, where that is not its own.
    principle: Option<String>,
    page: Page,
    /// Of the section that is on.
    example: Option<Example>,
    reading: ReadAlongState,
    follow_up: usize,
    flaw: Option<usize>,
    /// Where each flaw stands in the weak answer's text.
    flaws: Vec<Option<Range<usize>>>,
    quiz: Quiz,
}

/// A strong example, to read along with.
#[derive(Debug)]
struct Example {
    /// With single blanks.
    text: String,
    pacer: ReadAlong,
    /// Where its words stand in the text, in letters.
    letters: Vec<Range<usize>>,
    /// Which of its words belong to a planned phrase.
    planned: Vec<bool>,
}

impl LearnState {
    /// Whether it is on the screen.
    pub fn is_on(&self) -> bool {
        self.on.is_some()
    }

    /// The title of the story that is on the screen.
    pub fn title(&self) -> Option<&str> {
        Some(self.opened()?.story.title.as_str())
    }

    /// Shows a story where it was left, with what the runtime knows of its quiz.
    pub fn open(&mut self, story: &Arc<Story>, runtime: &mut Controller) {
        self.on = Some(story.id.clone());
        let known = self.stories.contains_key(&story.id);
        if !known {
            let quiz = Quiz::new(story, runtime.quiz_answers(&story.id));
            let opened = Opened::new(Arc::clone(story), quiz);
            self.stories.insert(story.id.clone(), opened);
        }
        let (wpm, level) = (self.wpm, story.level_for(runtime.settings().level));
        if let Some(opened) = self.opened_mut() {
            opened.tell(level, runtime.settings().principle.clone());
            if let Some(wpm) = wpm {
                opened.reading.set_rate(wpm, 0.0);
            }
        }
    }

    /// Leaves it, with nothing that goes on.
    pub fn close(&mut self, now: Secs) {
        if let Some(opened) = self.opened_mut() {
            opened.reading.pause(now);
        }
        self.on = None;
    }

    /// Does what was asked for here.
    pub fn act(&mut self, ask: LearnAction, runtime: &mut Controller, ctx: &Context) {
        let now = ctx.input(|input| input.time);
        if let LearnAction::Rate(wpm) = ask {
            self.wpm = Some(wpm);
        }
        let Some(opened) = self.opened_mut() else {
            return;
        };
        match ask {
            LearnAction::GoTo(page) => opened.go_to(page),
            LearnAction::Read(true) => opened.read(now),
            LearnAction::Read(false) => opened.reading.pause(now),
            LearnAction::StartOver => opened.reading.start_over(now),
            LearnAction::Rate(wpm) => opened.reading.set_rate(wpm, now),
            LearnAction::FollowUp(place) => opened.follow_up = place,
            LearnAction::Flaw(place) => {
                opened.flaw = Some(place);
                ctx.memory_mut(|memory| memory.request_focus(weak_answer::flaw_id(place)));
            }
            LearnAction::Choose(option) => {
                let question = opened.quiz.current_question();
                if let Some(chosen) = runtime.answer_quiz(&opened.story, question, option) {
                    opened.quiz.answer(&opened.story, chosen);
                }
            }
            LearnAction::NextQuestion => opened.quiz.advance(),
            LearnAction::Again => opened.quiz.restart(),
            LearnAction::Practise(_) => opened.reading.pause(now),
            LearnAction::Open => {}
        }
    }

    fn opened(&self) -> Option<&Opened> {
        self.stories.get(self.on.as_ref()?)
    }

    fn opened_mut(&mut self) -> Option<&mut Opened> {
        self.stories.get_mut(self.on.as_ref()?)
    }
}

impl Opened {
    fn new(story: Arc<Story>, quiz: Quiz) -> Self {
        Self {
            flaws: highlights::flaw_ranges(&story.weak_answer),
            level: story.level,
            principle: None,
            story,
            page: Page::Overview,
            example: None,
            reading: ReadAlongState::new(DEFAULT_WPM),
            follow_up: 0,
            flaw: None,
            quiz,
        }
    }

    /// Tells it at a level, and for a principle; `None` for its own.
    fn tell(&mut self, level: Level, principle: Option<String>) {
        self.principle = principle;
        if level != self.level {
            self.level = level;
            // Its example may be another.
            self.go_to(self.page);
        }
    }

    fn go_to(&mut self, page: Page) {
        self.page = page;
        self.reading = ReadAlongState::new(self.reading.wpm());
        let example = self.brief().as_ref().map(Example::of);
        self.example = example;
    }

    /// What the section that is on asks.
    fn brief(&self) -> Option<Brief<'_>> {
        let section = self.section()?;
        self.story.brief(Part::Section(section.kind), self.level)
    }

    fn section(&self) -> Option<&Section> {
        let Page::Section(kind) = self.page else {
            return None;
        };
        self.story.sections.iter().find(|s| s.kind == kind)
    }

    fn read(&mut self, now: Secs) {
        if self.word_at(now).is_none() {
            self.reading.start_over(now);
        }
        self.reading.resume(now);
    }

    /// The word of the example that is on; `None` once it is read.
    fn word_at(&self, now: Secs) -> Option<usize> {
        let pacer = &self.example.as_ref()?.pacer;
        pacer.word_at(self.reading.position(now))
    }
}

impl Example {
    fn of(brief: &Brief) -> Self {
        let text: Vec<&str> = brief.strong.split_whitespace().collect();
        let text = text.join(" ");
        let pacer = ReadAlong::new(&text);
        let words = pacer.word_ranges().iter();
        Self {
            letters: words.map(|at| text_layout::letters(&text, at)).collect(),
            pacer,
            planned: highlights::planned_words(&text, &brief.phrases),
            text,
        }
    }
}

/// What can be done here, `now` on egui's clock.
pub fn offers(learn: &LearnState, now: Secs) -> Vec<Command> {
    let Some(opened) = learn.opened() else {
        return Vec::new();
    };
    let mut offers = match opened.page {
        Page::Section(kind) => section::offers(opened, kind, now),
        Page::FollowUps => pages::follow_up_offers(opened),
        Page::Weak => weak_answer::offers(opened),
        Page::Quiz => quiz::offers(opened),
        Page::Overview => pages::overview_offers(),
        Page::Levels | Page::Principles => Vec::new(),
    };
    offers.extend(toc::offers(opened));
    offers.push(Command::plain("Home", Key::Escape, Action::Home));
    offers
}

/// The table of contents, and the page that is on.
pub fn learn_ui(ui: &mut Ui, learn: &LearnState, offers: &[Command]) -> Option<Action> {
    let opened = learn.opened()?;
    let asked = canvas::bottom_ui(ui, |ui| {
        let in_bar = |offer: &&Command| in_bar(opened.page, offer.key);
        let shown: Vec<Command> = offers.iter().filter(in_bar).cloned().collect();
        offer::bar_ui(ui, &shown)
    });
    let page = format!("learn {}", toc::name(opened.page));
    let margin = Margin::ZERO;
    let shown = canvas::page_ui(ui, &page, MinSize::Width, margin, |ui| {
        let contents = Panel::left("contents")
            .exact_size(CONTENTS_WIDTH)
            .resizable(false)
            .show_separator_line(false)
            .frame(Frame::new().inner_margin(Margin {
                left: 16,
                right: 0,
                top: 8,
                bottom: 0,
            }))
            .show(ui, |ui| toc::contents_ui(ui, opened));
        let margin = Frame::new().inner_margin(Margin {
            left: 24,
            right: 16,
            top: 8,
            bottom: 0,
        });
        let shown = CentralPanel::default()
            .frame(margin)
            .show(ui, |ui| page_ui(ui, opened, offers));
        contents.inner.or(shown.inner)
    });
    asked.or(shown)
}

fn page_ui(ui: &mut Ui, opened: &Opened, offers: &[Command]) -> Option<Action> {
    // As wide with a scroll bar as without.
    let width = (ui.available_width() - SPACE[3]).min(TEXT_WIDTH);
    let place = (&opened.story.id, toc::name(opened.page), opened.follow_up);
    let body = ScrollArea::vertical().id_salt(place).auto_shrink(false);
    let shown = body.show(ui, |ui| {
        canvas::scroll_by_keys(ui);
        ui.set_max_width(width);
        ui.spacing_mut().item_spacing.y = SPACE[1];
        ui.add_space(SPACE[1]);
        let asked = match opened.page {
            Page::Overview => {
                pages::overview_ui(ui, &opened.story, opened.level);
                None
            }
            Page::Section(_) => section::section_ui(ui, opened, offers),
            Page::Levels => {
                pages::levels_ui(ui, &opened.story, opened.level);
                None
            }
            Page::Principles => {
                pages::principles_ui(ui, &opened.story, opened.principle.as_deref());
                None
            }
            Page::FollowUps => pages::follow_up_ui(ui, &opened.story, opened.follow_up),
            Page::Weak => weak_answer::weak_ui(ui, opened),
            Page::Quiz => quiz::quiz_ui(ui, opened),
        };
        ui.add_space(SPACE[4]);
        asked
    });
    shown.inner
}

/// What stands on the page itself, or in the table of contents, is not told again below.
fn in_bar(page: Page, key: Key) -> bool {
    let reading = [Key::Space, Key::R, Key::ArrowLeft, Key::ArrowRight];
    let options = [Key::A, Key::B, Key::C, Key::D];
    match page {
        Page::Section(_) if reading.contains(&key) => false,
        Page::Quiz if options.contains(&key) => false,
        _ => key == Key::ArrowDown || !toc::is_key(key),
    }
}
