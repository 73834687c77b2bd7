//! The open story, its current page, and the actions of the learn screen.

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
use crate::practice::read_along::{DEFAULT_WPM, ReadAlong, ReadAlongState};

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
    RestartQuiz,
    /// Return to the home screen.
    Close,
}

/// A page of the table of contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The story in short, and its takeaways.
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

/// The open story, and the remembered state of each story.
#[derive(Debug, Default)]
pub struct LearnState {
    /// The id of the open story.
    current: Option<String>,
    /// All stories that were opened since the program started.
    stories: BTreeMap<String, OpenStory>,
    /// The reading rate that was chosen last, in any story.
    wpm: Option<u32>,
}

/// A story with its current page, example and quiz.
#[derive(Debug)]
pub struct OpenStory {
    pub story: Arc<Story>,
    /// The level that the story is adapted to.
    pub level: Level,
    /// The selected leadership principle, if it is not the story's own.
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
    pub char_ranges: Vec<Range<usize>>,
    /// For each word, whether it belongs to a planned phrase.
    pub planned: Vec<bool>,
}

impl LearnState {
    /// Whether a story is open.
    pub fn is_open(&self) -> bool {
        self.current.is_some()
    }

    /// The title of the open story.
    pub fn title(&self) -> Option<&str> {
        Some(self.open_story()?.story.title.as_str())
    }

    /// Opens a story at the page where it was left.
    pub fn open(&mut self, story: &Arc<Story>, controller: &mut Controller) {
        self.current = Some(story.id.clone());
        let is_known = self.stories.contains_key(&story.id);
        if !is_known {
            let quiz = Quiz::new(story, controller.quiz_answers(&story.id));
            let open_story = OpenStory::new(Arc::clone(story), quiz);
            self.stories.insert(story.id.clone(), open_story);
        }
        let (wpm, level) = (self.wpm, story.level_for(controller.settings().level));
        if let Some(open_story) = self.open_story_mut() {
            open_story.set_target(level, controller.settings().principle.clone());
            if let Some(wpm) = wpm {
                open_story.reading.set_rate(wpm, 0.0);
            }
        }
    }

    /// Closes the story, and stops reading along.
    pub fn close(&mut self, now: Secs) {
        if let Some(open_story) = self.open_story_mut() {
            open_story.reading.pause(now);
        }
        self.current = None;
    }

    /// Performs an action.
    pub fn act(&mut self, action: LearnAction, controller: &mut Controller, ctx: &Context) {
        let now = ctx.input(|input| input.time);
        if let LearnAction::Rate(wpm) = action {
            self.wpm = Some(wpm);
        }
        let Some(open_story) = self.open_story_mut() else {
            return;
        };
        match action {
            LearnAction::GoTo(page) => open_story.go_to(page),
            LearnAction::Read(true) => open_story.read(now),
            LearnAction::Read(false) => open_story.reading.pause(now),
            LearnAction::StartOver => open_story.reading.start_over(now),
            LearnAction::Rate(wpm) => open_story.reading.set_rate(wpm, now),
            LearnAction::FollowUp(index) => open_story.follow_up = index,
            LearnAction::Flaw(index) => {
                open_story.flaw = Some(index);
                ctx.memory_mut(|memory| memory.request_focus(flaw_id(index)));
            }
            LearnAction::Choose(option) => {
                let question = open_story.quiz.current_question();
                if let Some(chosen) = controller.answer_quiz(&open_story.story, question, option) {
                    open_story.quiz.answer(&open_story.story, chosen);
                }
            }
            LearnAction::NextQuestion => open_story.quiz.advance(),
            LearnAction::RestartQuiz => open_story.quiz.restart(),
            LearnAction::Practice(_) => open_story.reading.pause(now),
            LearnAction::Close => {}
        }
    }

    pub fn open_story(&self) -> Option<&OpenStory> {
        self.stories.get(self.current.as_ref()?)
    }

    fn open_story_mut(&mut self) -> Option<&mut OpenStory> {
        self.stories.get_mut(self.current.as_ref()?)
    }
}

impl OpenStory {
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
        let example = self.brief().as_ref().map(Example::from_brief);
        self.example = example;
    }

    /// The part that the current page is about, if it is about one.
    pub fn part(&self) -> Option<Part> {
        match self.page {
            Page::Section(kind) => Some(Part::Section(kind)),
            Page::FollowUps => Some(Part::FollowUp(self.follow_up + 1)),
            _ => None,
        }
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
        self.reading.resume(now);
    }

    /// The index of the current word of the example; `None` after its end.
    pub fn word_at(&self, now: Secs) -> Option<usize> {
        let pacer = &self.example.as_ref()?.pacer;
        pacer.word_at(self.reading.position(now))
    }
}

impl Example {
    fn from_brief(brief: &Brief) -> Self {
        let text: Vec<&str> = brief.strong.split_whitespace().collect();
        let text = text.join(" ");
        let pacer = ReadAlong::new(&text);
        let words = pacer.word_ranges().iter();
        Self {
            char_ranges: words
                .map(|range| text_layout::char_range(&text, range))
                .collect(),
            pacer,
            planned: highlights::planned_words(&text, &brief.phrases),
            text,
        }
    }
}

/// The id of a flaw, to move the keyboard focus to it.
pub fn flaw_id(index: usize) -> Id {
    Id::unique("flaw").with(index)
}
