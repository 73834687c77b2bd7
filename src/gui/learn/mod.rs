//! The pages of a story: overview, sections with examples, levels, principles, follow-ups, a weak answer, and a
//! quiz.
//!
//! The page of each story is remembered while the program runs.

mod pages;
mod quiz;
mod screen;
mod section;
mod state;
mod text_layout;
mod toc;
mod weak_answer;

pub use screen::LearnScreen;
pub use state::{LearnAction, LearnState};
