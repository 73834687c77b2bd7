//! What was chosen in a story's quiz, and how far somebody is in it. Whether it was right is asked of
//! the story each time, so that a question that is corrected corrects what was kept.

use crate::domain::story::Story;

/// One answer to one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuizAnswer {
    /// When, on the clock of that place, in any form that sorts.
    pub at: String,
    /// The story's name.
    pub story: String,
    /// The question, as it was asked.
    pub ask: String,
    /// The option, as it read.
    pub option: String,
}

/// One time through a quiz.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// When its first question was answered, as in [`Chosen`].
    pub at: String,
    /// For each question of the story, which option was chosen; `None` where it was not answered.
    pub chosen_options: Vec<Option<usize>>,
}

/// How far somebody is in a story's quiz: every round they went, and what they see now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quiz {
    answers: Vec<QuizAnswer>,
    rounds: Vec<Round>,
    /// The question that is on; as many as there are once all are answered.
    current: usize,
    /// A round was asked for, of which nothing is answered yet.
    restarted: bool,
}

impl QuizAnswer {
    /// Whether it was right; `None` where the story has no such question or option any more.
    pub fn is_right(&self, story: &Story) -> Option<bool> {
        let (question, option) = self.indices(story)?;
        Some(option == story.quiz[question].answer)
    }

    /// Question and option, by their places in the story.
    fn indices(&self, story: &Story) -> Option<(usize, usize)> {
        let question = story.quiz.iter().position(|q| q.ask == self.ask)?;
        let options = &story.quiz[question].options;
        let option = options.iter().position(|o| *o == self.option)?;
        (self.story == story.id).then_some((question, option))
    }
}

impl Round {
    /// How many were right.
    pub fn right(&self, story: &Story) -> usize {
        let answers = story.quiz.iter().map(|question| Some(question.answer));
        let pairs = self.chosen_options.iter().zip(answers);
        pairs.filter(|(given, answer)| **given == *answer).count()
    }

    /// Whether every question was answered.
    pub fn is_complete(&self) -> bool {
        self.chosen_options.iter().all(Option::is_some)
    }
}

impl Quiz {
    /// Goes on where `chosen`, oldest first, ends: at the first question of the last round that was not
    /// answered, or behind the last.
    pub fn new(story: &Story, chosen: Vec<QuizAnswer>) -> Self {
        let mut quiz = Self {
            rounds: rounds(&chosen, story),
            answers: chosen,
            current: 0,
            restarted: false,
        };
        quiz.advance();
        quiz
    }

    /// The question that is on, by its place; as many as there are once all are answered.
    pub fn current_question(&self) -> usize {
        self.current
    }

    /// The option that was chosen for a question in this round.
    pub fn chosen_option(&self, question: usize) -> Option<usize> {
        *self.round()?.chosen_options.get(question)?
    }

    /// This round, once a question of it is answered.
    pub fn round(&self) -> Option<&Round> {
        self.rounds.last().filter(|_| !self.restarted)
    }

    /// The last whole round before this one.
    pub fn previous_complete_round(&self) -> Option<&Round> {
        let before = self.rounds.len() - usize::from(self.round().is_some());
        let mut rounds = self.rounds[..before].iter().rev();
        rounds.find(|round| round.is_complete())
    }

    /// The last whole round.
    pub fn last_complete_round(&self) -> Option<&Round> {
        let mut rounds = self.rounds.iter().rev();
        rounds.find(|round| round.is_complete())
    }

    /// Everything that was chosen, oldest first.
    pub fn answers(&self) -> &[QuizAnswer] {
        &self.answers
    }

    /// Takes in an answer. The question stays on, so that its explanation can be read.
    pub fn answer(&mut self, story: &Story, chosen: QuizAnswer) {
        // Asked anew, the first question begins a round by itself.
        self.restarted = false;
        self.answers.push(chosen);
        self.rounds = rounds(&self.answers, story);
    }

    /// To the next question that was not answered, or behind the last.
    pub fn advance(&mut self) {
        let first_open = |round: &Round| {
            let open = round.chosen_options.iter().position(Option::is_none);
            open.unwrap_or(round.chosen_options.len())
        };
        self.current = self.round().map_or(0, first_open);
    }

    /// Begins another round.
    pub fn restart(&mut self) {
        self.restarted = true;
        self.current = 0;
    }
}

/// What was chosen, round by round, oldest first: a question that is answered again begins the next.
fn rounds(chosen: &[QuizAnswer], story: &Story) -> Vec<Round> {
    let mut rounds: Vec<Round> = Vec::new();
    for one in chosen {
        let Some((question, option)) = one.indices(story) else {
            continue;
        };
        let open = rounds
            .last()
            .is_some_and(|r| r.chosen_options[question].is_none());
        if !open {
            rounds.push(Round {
                at: one.at.clone(),
                chosen_options: vec![None; story.quiz.len()],
            });
        }
        if let Some(round) = rounds.last_mut() {
            round.chosen_options[question] = Some(option);
        }
    }
    rounds
}

/// Right answers and answers that count, of those to `story`.
pub fn score(chosen: &[QuizAnswer], story: &Story) -> (usize, usize) {
    let of_it = chosen.iter().filter(|chosen| chosen.story == story.id);
    let counted: Vec<bool> = of_it.filter_map(|chosen| chosen.is_right(story)).collect();
    (
        counted.iter().filter(|right| **right).count(),
        counted.len(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::story_file;

    #[test]
    fn what_the_story_no_longer_asks_does_not_count() {
        let story = story_file::parse(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/content/webhook-drop.toml"
        )))
        .expect("a story");
        let question = &story.quiz[0];
        let chosen = |ask: &str, option: &str| QuizAnswer {
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
            QuizAnswer {
                story: "other".to_owned(),
                ..chosen(&question.ask, right)
            },
        ];
        assert_eq!(score(&all, &story), (1, 2));
    }

    /// "12-" are the options chosen for the three questions, from 1; "|" begins another time through.
    fn log(story: &Story, text: &str) -> Vec<QuizAnswer> {
        let mut log = Vec::new();
        for (round, options) in text.split('|').enumerate() {
            for (question, option) in story.quiz.iter().zip(options.chars()) {
                let Some(option) = option.to_digit(10) else {
                    continue;
                };
                log.push(QuizAnswer {
                    at: format!("2026-11-{:02}T18-04-09", round + 1),
                    story: story.id.clone(),
                    ask: question.ask.clone(),
                    option: question.options[option as usize - 1].clone(),
                });
            }
        }
        log
    }

    #[test]
    fn a_quiz_goes_on_where_it_was_left() {
        let story = story_file::parse(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/content/webhook-drop.toml"
        )))
        .expect("a story");
        let answers: Vec<usize> = story.quiz.iter().map(|q| q.answer + 1).collect();
        assert_eq!(answers, [3, 1, 4]);
        // What was chosen; the question that is on, right ones of this round, of the one before.
        for (text, on, now, before) in [
            ("", 0, None, None),
            ("3", 1, Some(1), None),
            ("314", 3, Some(3), None),
            ("324|31", 2, Some(2), Some(2)),
            ("324|31|111", 3, Some(1), Some(2)),
        ] {
            let quiz = Quiz::new(&story, log(&story, text));
            assert_eq!(quiz.current_question(), on, "{text}");
            let right = |round: &Round| round.right(&story);
            assert_eq!(quiz.round().map(right), now, "{text}");
            assert_eq!(quiz.previous_complete_round().map(right), before, "{text}");
        }
    }

    #[test]
    fn an_answer_stays_on_until_one_goes_on_and_a_quiz_can_be_taken_again() {
        let story = story_file::parse(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/content/webhook-drop.toml"
        )))
        .expect("a story");
        let all = log(&story, "324|314");
        let mut quiz = Quiz::new(&story, Vec::new());
        for (place, chosen) in all[..3].iter().enumerate() {
            assert_eq!(
                (quiz.current_question(), quiz.chosen_option(place)),
                (place, None)
            );
            quiz.answer(&story, chosen.clone());
            assert_eq!(quiz.current_question(), place);
            assert!(quiz.chosen_option(place).is_some());
            quiz.advance();
        }
        assert_eq!(quiz.current_question(), 3);
        quiz.restart();
        assert_eq!(
            (quiz.current_question(), quiz.chosen_option(0), quiz.round()),
            (0, None, None)
        );
        assert_eq!(
            quiz.previous_complete_round()
                .map(|round| round.right(&story)),
            Some(2)
        );
        quiz.answer(&story, all[3].clone());
        assert_eq!(quiz.chosen_option(0), Some(2));
        assert_eq!(
            quiz.previous_complete_round()
                .map(|round| round.at.as_str()),
            Some("2026-11-01T18-04-09")
        );
        assert_eq!(
            quiz.last_complete_round().map(|round| round.right(&story)),
            Some(2)
        );
    }
}
