//! The quiz of a story: the chosen options, and the position in the current round. Whether an option is
//! right is looked up in the story each time, so that a corrected story also corrects old answers.

use crate::domain::story::Story;

/// An answer to one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuizAnswer {
    /// Local time, to show. The order of answers is that in which they were given.
    pub at: String,
    /// The id of the story.
    pub story: String,
    /// The text of the question.
    pub ask: String,
    /// The text of the chosen option.
    pub option: String,
}

/// One round through a quiz.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// When its first question was answered, as in [`QuizAnswer`].
    pub at: String,
    /// The chosen option of each question of the story; `None` if it was not answered.
    pub chosen_options: Vec<Option<usize>>,
}

/// All rounds through the quiz of a story, and the current question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quiz {
    answers: Vec<QuizAnswer>,
    rounds: Vec<Round>,
    /// Index of the current question; the number of questions after the last one.
    current: usize,
    /// Whether a new round was started that has no answer yet.
    restarted: bool,
}

impl QuizAnswer {
    /// Whether the answer is right; `None` if the story does not have the question or option any more.
    pub fn is_right(&self, story: &Story) -> Option<bool> {
        let (question, option) = self.indices(story)?;
        Some(option == story.quiz[question].answer)
    }

    /// The indices of question and option in the story.
    fn indices(&self, story: &Story) -> Option<(usize, usize)> {
        let question = story.quiz.iter().position(|q| q.ask == self.ask)?;
        let options = &story.quiz[question].options;
        let option = options.iter().position(|o| *o == self.option)?;
        (self.story == story.id).then_some((question, option))
    }
}

impl Round {
    /// The number of right answers.
    pub fn right(&self, story: &Story) -> usize {
        let right_options = story.quiz.iter().map(|question| Some(question.answer));
        let pairs = self.chosen_options.iter().zip(right_options);
        pairs.filter(|(chosen, right)| **chosen == *right).count()
    }

    /// Whether every question was answered.
    pub fn is_complete(&self) -> bool {
        self.chosen_options.iter().all(Option::is_some)
    }
}

impl Quiz {
    /// Continues the last round of earlier answers, oldest first: at its first unanswered question, or
    /// after the last question.
    pub fn new(story: &Story, answers: Vec<QuizAnswer>) -> Self {
        let mut quiz = Self {
            rounds: rounds(&answers, story),
            answers,
            current: 0,
            restarted: false,
        };
        quiz.advance();
        quiz
    }

    /// Index of the current question; the number of questions after the last one.
    pub fn current_question(&self) -> usize {
        self.current
    }

    /// The option chosen for a question in the current round.
    pub fn chosen_option(&self, question: usize) -> Option<usize> {
        *self.round()?.chosen_options.get(question)?
    }

    /// The current round, if it has an answer.
    pub fn round(&self) -> Option<&Round> {
        self.rounds.last().filter(|_| !self.restarted)
    }

    /// The last complete round before the current one.
    pub fn previous_complete_round(&self) -> Option<&Round> {
        let before = self.rounds.len() - usize::from(self.round().is_some());
        let mut rounds = self.rounds[..before].iter().rev();
        rounds.find(|round| round.is_complete())
    }

    /// The last complete round.
    pub fn last_complete_round(&self) -> Option<&Round> {
        let mut rounds = self.rounds.iter().rev();
        rounds.find(|round| round.is_complete())
    }

    /// All answers, oldest first.
    pub fn answers(&self) -> &[QuizAnswer] {
        &self.answers
    }

    /// Adds an answer. The question stays the current one, so that its explanation can be read.
    pub fn answer(&mut self, story: &Story, answer: QuizAnswer) {
        // After a restart, the repeated first question starts a new round in `rounds`.
        self.restarted = false;
        self.answers.push(answer);
        self.rounds = rounds(&self.answers, story);
    }

    /// Goes to the next unanswered question, or after the last one.
    pub fn advance(&mut self) {
        let first_unanswered = |round: &Round| {
            let index = round.chosen_options.iter().position(Option::is_none);
            index.unwrap_or(round.chosen_options.len())
        };
        self.current = self.round().map_or(0, first_unanswered);
    }

    /// Starts a new round.
    pub fn restart(&mut self) {
        self.restarted = true;
        self.current = 0;
    }
}

/// Groups answers, oldest first, into rounds: a question that is answered again starts the next round.
fn rounds(answers: &[QuizAnswer], story: &Story) -> Vec<Round> {
    let mut rounds: Vec<Round> = Vec::new();
    for answer in answers {
        let Some((question, option)) = answer.indices(story) else {
            continue;
        };
        let open = rounds
            .last()
            .is_some_and(|r| r.chosen_options[question].is_none());
        if !open {
            rounds.push(Round {
                at: answer.at.clone(),
                chosen_options: vec![None; story.quiz.len()],
            });
        }
        if let Some(round) = rounds.last_mut() {
            round.chosen_options[question] = Some(option);
        }
    }
    rounds
}

/// Numbers of right answers and of all answers to questions that `story` still has.
pub fn score(answers: &[QuizAnswer], story: &Story) -> (usize, usize) {
    let of_story = answers.iter().filter(|answer| answer.story == story.id);
    let results: Vec<bool> = of_story
        .filter_map(|answer| answer.is_right(story))
        .collect();
    (
        results.iter().filter(|right| **right).count(),
        results.len(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::builders::webhook_story;

    #[test]
    fn answers_to_removed_questions_do_not_count() {
        let story = webhook_story();
        let question = &story.quiz[0];
        let answer = |ask: &str, option: &str| QuizAnswer {
            at: "2026-11-23T18-04-09".to_owned(),
            story: story.id.clone(),
            ask: ask.to_owned(),
            option: option.to_owned(),
        };
        let right = &question.options[question.answer];
        let wrong = &question.options[(question.answer + 1) % 4];
        let all = [
            answer(&question.ask, right),
            answer(&question.ask, wrong),
            answer("Which?", right),
            answer(&question.ask, "none of these"),
            QuizAnswer {
                story: "other".to_owned(),
                ..answer(&question.ask, right)
            },
        ];
        assert_eq!(score(&all, &story), (1, 2));
    }

    /// Answers from text: "12-" are the options chosen for the three questions, from 1; "|" starts a new round.
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
    fn quiz_continues_at_first_unanswered_question() {
        let story = webhook_story();
        let answers: Vec<usize> = story.quiz.iter().map(|q| q.answer + 1).collect();
        assert_eq!(answers, [3, 1, 4]);
        // Answers; current question, right answers of the current round, and of the complete one before.
        for (text, current, right_now, right_before) in [
            ("", 0, None, None),
            ("3", 1, Some(1), None),
            ("314", 3, Some(3), None),
            ("324|31", 2, Some(2), Some(2)),
            ("324|31|111", 3, Some(1), Some(2)),
        ] {
            let quiz = Quiz::new(&story, log(&story, text));
            assert_eq!(quiz.current_question(), current, "{text}");
            let right = |round: &Round| round.right(&story);
            assert_eq!(quiz.round().map(right), right_now, "{text}");
            assert_eq!(
                quiz.previous_complete_round().map(right),
                right_before,
                "{text}"
            );
        }
    }

    #[test]
    fn answered_question_stays_until_advance_and_quiz_can_be_restarted() {
        let story = webhook_story();
        let all = log(&story, "324|314");
        let mut quiz = Quiz::new(&story, Vec::new());
        for (index, answer) in all[..3].iter().enumerate() {
            assert_eq!(
                (quiz.current_question(), quiz.chosen_option(index)),
                (index, None)
            );
            quiz.answer(&story, answer.clone());
            assert_eq!(quiz.current_question(), index);
            assert!(quiz.chosen_option(index).is_some());
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
