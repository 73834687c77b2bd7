//! Turns a choice in a story's quiz into the answer that is stored.

use crate::domain::story::Story;
use crate::practice::quiz::QuizAnswer;
use crate::storage::clock;

/// The answer that was just given to a question of a story's quiz; `None` if the story has no such question
/// or option.
pub(super) fn quiz_answer(story: &Story, question: usize, option: usize) -> Option<QuizAnswer> {
    let question = story.quiz.get(question)?;
    Some(QuizAnswer {
        at: clock::now().strftime("%Y-%m-%dT%H-%M-%S").to_string(),
        story: story.id.clone(),
        ask: question.ask.clone(),
        option: question.options.get(option)?.clone(),
    })
}
