//! What was chosen in a story's quiz. Whether it was right is asked of the story each time, so that
//! a question that is corrected corrects what was kept.

use super::story::Story;

/// One answer to one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// When, on the clock of that place, in any form that sorts.
    pub at: String,
    /// The story's name.
    pub story: String,
    /// The question, as it was asked.
    pub ask: String,
    /// The option, as it read.
    pub option: String,
}

impl Chosen {
    /// Whether it was right; `None` where the story has no such question or option any more.
    pub fn right(&self, story: &Story) -> Option<bool> {
        let question = story.quiz.iter().find(|q| q.ask == self.ask)?;
        let option = question.options.iter().position(|o| *o == self.option)?;
        Some(option == question.answer)
    }
}

/// Right answers and answers that count, of those to `story`.
pub fn score(chosen: &[Chosen], story: &Story) -> (usize, usize) {
    let of_it = chosen.iter().filter(|chosen| chosen.story == story.id);
    let counted: Vec<bool> = of_it.filter_map(|chosen| chosen.right(story)).collect();
    (
        counted.iter().filter(|right| **right).count(),
        counted.len(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coach::pack;

    #[test]
    fn what_the_story_no_longer_asks_does_not_count() {
        let story = pack::parse(include_str!("../../content/webhook-drop.toml")).expect("a story");
        let question = &story.quiz[0];
        let chosen = |ask: &str, option: &str| Chosen {
            at: "2026-11-23T18-04-09".to_owned(),
            story: story.id.clone(),
            ask: ask.to_owned(),
            option: option.to_owned(),
        };
        let right = &question.options[question.answer];
        let wrong = &question.options[(question.answer + 1) % 4];
        let all = [
            chosen(&question.ask, right),
            chosen(&question.ask, wrong),
            chosen("Which?", right),
            chosen(&question.ask, "none of these"),
            Chosen {
                story: "other".to_owned(),
                ..chosen(&question.ask, right)
            },
        ];
        assert_eq!(score(&all, &story), (1, 2));
    }
}
