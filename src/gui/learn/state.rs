//! Which story is open, at which page, and what the user can ask for there.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use egui::{Context, Id};

use super::text_layout;
use crate::app::Controller;
use crate::domain::story::{Brief, Level, Part, Section, SectionKind, Story};
use crate::domain::time::Secs;
use crate::practice::highlights;
use crate::practice::quiz::Quiz;
use crate::practice::read_along::{ReadAlong, ReadAlongState, USUAL_WPM};

/// What can be asked for while one learns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LearnAction {
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
    /// Return to the home screen.
    Close,
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
pub struct Opened {
    pub story: Arc<Story>,
    /// It is told at this one.
    pub level: Level,
    /// ... and for this principle, where that is not its own.
    pub principle: Option<String>,
    pub page: Page,
    /// Of the section that is on.
    pub example: Option<Example>,
    pub reading: ReadAlongState,
    pub follow_up: usize,
    pub flaw: Option<usize>,
    /// Where each flaw stands in the weak answer's text.
    pub flaws: Vec<Option<Range<usize>>>,
    pub quiz: Quiz,
}

/// A strong example, to read along with.
#[derive(Debug)]
pub struct Example {
    /// With single blanks.
    pub text: String,
    pub pacer: ReadAlong,
    /// Where its words stand in the text, in letters.
    pub letters: Vec<Range<usize>>,
    /// Which of its words belong to a planned phrase.
    pub planned: Vec<bool>,
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
            let quiz = Quiz::new(story, runtime.chosen(&story.id));
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
                ctx.memory_mut(|memory| memory.request_focus(flaw_id(place)));
            }
            LearnAction::Choose(option) => {
                let question = opened.quiz.on();
                if let Some(chosen) = runtime.choose(&opened.story, question, option) {
                    opened.quiz.answer(&opened.story, chosen);
                }
            }
            LearnAction::NextQuestion => opened.quiz.go_on(),
            LearnAction::Again => opened.quiz.again(),
            LearnAction::Practise(_) => opened.reading.pause(now),
            LearnAction::Close => {}
        }
    }

    pub fn opened(&self) -> Option<&Opened> {
        self.stories.get(self.on.as_ref()?)
    }

    fn opened_mut(&mut self) -> Option<&mut Opened> {
        self.stories.get_mut(self.on.as_ref()?)
    }
}

impl Opened {
    fn new(story: Arc<Story>, quiz: Quiz) -> Self {
        Self {
            flaws: highlights::flaws(&story.weak_answer),
            level: story.level,
            principle: None,
            story,
            page: Page::Overview,
            example: None,
            reading: ReadAlongState::new(USUAL_WPM),
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
    pub fn brief(&self) -> Option<Brief<'_>> {
        let section = self.section()?;
        self.story.brief(Part::Section(section.kind), self.level)
    }

    pub fn section(&self) -> Option<&Section> {
        let Page::Section(kind) = self.page else {
            return None;
        };
        self.story.sections.iter().find(|s| s.kind == kind)
    }

    fn read(&mut self, now: Secs) {
        if self.word_at(now).is_none() {
            self.reading.start_over(now);
        }
        self.reading.run(now);
    }

    /// The word of the example that is on; `None` once it is read.
    pub fn word_at(&self, now: Secs) -> Option<usize> {
        let pacer = &self.example.as_ref()?.pacer;
        pacer.word_at(self.reading.gone(now))
    }
}

impl Example {
    fn of(brief: &Brief) -> Self {
        let text: Vec<&str> = brief.strong.split_whitespace().collect();
        let text = text.join(" ");
        let pacer = ReadAlong::new(&text);
        let words = pacer.words().iter();
        Self {
            letters: words.map(|at| text_layout::letters(&text, at)).collect(),
            pacer,
            planned: highlights::planned(&text, &brief.phrases),
            text,
        }
    }
}

/// The id of a flaw, to move the keyboard focus to it.
pub fn flaw_id(place: usize) -> Id {
    Id::unique("flaw").with(place)
}
