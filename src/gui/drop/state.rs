//! What the user can ask for with a dropped file, and what is not known about it yet.

use std::path::PathBuf;
use std::sync::Arc;

use crate::domain::story::{Level, Part, Story};

/// What the user can ask for with files from elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub enum DropAction {
    /// Open these files.
    Open(Vec<PathBuf>),
    /// Analyze the recording as an answer to this part.
    Analyze(Part),
    /// Do not analyze the recording, or stop reading it.
    Cancel,
}

/// A recording of which it is not known which part it answers.
#[derive(Debug)]
pub struct Question {
    /// The file.
    pub file: PathBuf,
    /// The story that it tells.
    pub story: Arc<Story>,
    /// The level that it is judged for.
    pub level: Level,
}

impl Question {
    /// The parts that it may answer, in their usual order.
    pub fn parts(&self) -> impl Iterator<Item = Part> {
        let of_answers = |part: Part| self.story.parts_practiced_with(part);
        let sections = self
            .story
            .sections
            .iter()
            .map(|one| Part::Section(one.kind));
        sections.chain(of_answers(Part::Whole))
    }
}
