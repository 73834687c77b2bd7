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

/// What the user can ask for on the pages of a story.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LearnAction {
    /// Show another page.
    GoTo(Page),
    /// Start or continue reading along, or pause.
    Read(bool),
    /// Return to the first word of the example.
    StartOver,
    /// Set the reading rate, in words per minute.
    Rate(u32),
    /// Practice a part.
    Practice(Part),
    /// Show another follow-up, by its index.
    FollowUp(usize),
    /// Select a flaw of the weak answer, by its index.
    Flaw(usize),
    /// Answer the current question with the option of this index.
    Choose(usize),
    /// Show the next question, or the score.
    NextQuestion,
    /// Start the quiz again.
    Again,
    /// Return to the home screen.
    Close,
}

/// A page of the table of contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// What happened, and what to remember.
    Overview,
    /// One of the five sections.
    Section(SectionKind),
    /// The same story at each level.
    Levels,
    /// The same story for other leadership principles.
    Principles,
    /// Questions that an interviewer may ask afterwards.
    FollowUps,
    /// An example of a weak answer, with its flaws.
    Weak,
    /// Questions about the story.
    Quiz,
}

/// Which story is open, and what is remembered of each story.
#[derive(Debug, Default)]
pub struct LearnState {
    /// The id of the open story.
    on: Option<String>,
    /// All stories that were opened since the program started.
    stories: BTreeMap<String, Opened>,
    /// The reading rate that was chosen last, in any story.
    wpm: Option<u32>,
}

/// A story, and what is shown of it.
#[derive(Debug)]
pub struct Opened {
    pub story: Arc<Story>,
    /// The level that the story is told for.
    pub level: Level,
    /// The leadership principle that the story is told for, if it is not its own.
    pub principle: Option<String>,
    pub page: Page,
    /// The example of the current section.
    pub example: Option<Example>,
    pub reading: ReadAlongState,
    pub follow_up: usize,
    pub flaw: Option<usize>,
    /// The byte range of each flaw in the text of the weak answer, if it quotes the text.
    pub flaws: Vec<Option<Range<usize>>>,
    pub quiz: Quiz,
}

/// A strong example to read along with.
#[derive(Debug)]
pub struct Example {
    /// The text, with single spaces.
    pub text: String,
    pub pacer: ReadAlong,
    /// The range of each word in the text, in characters.
    pub letters: Vec<Range<usize>>,
    /// For each word, whether it belongs to a planned phrase.
    pub planned: Vec<bool>,
}

impl LearnState {
    /// Whether a story is open.
    pub fn is_on(&self) -> bool {
        self.on.is_some()
    }

    /// The title of the open story.
    pub fn title(&self) -> Option<&str> {
        Some(self.opened()?.story.title.as_str())
    }

    /// Opens a story at the page where it was left.
    pub fn open(&mut self, story: &Arc<Story>, controller: &mut Controller) {
        self.on = Some(story.id.clone());
        let known = self.stories.contains_key(&story.id);
        if !known {
            let quiz = Quiz::new(story, controller.chosen(&story.id));
            let opened = Opened::new(Arc::clone(story), quiz);
            self.stories.insert(story.id.clone(), opened);
        }
        let (wpm, level) = (self.wpm, story.level_for(controller.settings().level));
        if let Some(opened) = self.opened_mut() {
            opened.set_target(level, controller.settings().principle.clone());
            if let Some(wpm) = wpm {
                opened.reading.set_rate(wpm, 0.0);
            }
        }
    }

    /// Closes the story, and stops reading along.
    pub fn close(&mut self, now: Secs) {
        if let Some(opened) = self.opened_mut() {
            opened.reading.pause(now);
        }
        self.on = None;
    }

    /// Performs an action.
    pub fn act(&mut self, action: LearnAction, controller: &mut Controller, ctx: &Context) {
        let now = ctx.input(|input| input.time);
        if let LearnAction::Rate(wpm) = action {
            self.wpm = Some(wpm);
        }
        let Some(opened) = self.opened_mut() else {
            return;
        };
        match action {
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
                if let Some(chosen) = controller.choose(&opened.story, question, option) {
                    opened.quiz.answer(&opened.story, chosen);
                }
            }
            LearnAction::NextQuestion => opened.quiz.go_on(),
            LearnAction::Again => opened.quiz.again(),
            LearnAction::Practice(_) => opened.reading.pause(now),
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

    /// Sets the level, and the leadership principle; `None` is the story's own.
    fn set_target(&mut self, level: Level, principle: Option<String>) {
        self.principle = principle;
        if level != self.level {
            self.level = level;
            // Another level may have another example.
            self.go_to(self.page);
        }
    }

    fn go_to(&mut self, page: Page) {
        self.page = page;
        self.reading = ReadAlongState::new(self.reading.wpm());
        let example = self.brief().as_ref().map(Example::of);
        self.example = example;
    }

    /// What the current section asks for.
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

    /// The index of the current word of the example; `None` after its end.
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
