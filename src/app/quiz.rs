//! Answers to a story's quiz: written down as they are given, read when it is asked for.

use super::Controller;
use crate::domain::story::Story;
use crate::practice::quiz::QuizAnswer;

impl Controller {
    /// What was chosen in a story's quiz, oldest first, with what waits for room on the disk. Why the
    /// journal cannot be read is told.
    pub fn chosen(&mut self, story: &str) -> Vec<QuizAnswer> {
        self.keep_unkept();
        let waiting = self.unkept.chosen.iter();
        let waiting: Vec<QuizAnswer> = waiting.filter(|c| c.story == story).cloned().collect();
        // Who only looks needs no journal.
        if !self.store.has_takes() {
            return waiting;
        }
        let kept = self
            .opened()
            .and_then(|journal| journal.quiz_answers(story));
        let mut chosen = kept.unwrap_or_else(|error| {
            self.problem(error);
            Vec::new()
        });
        chosen.extend(waiting);
        chosen
    }

    /// Writes down an answer, now or as soon as there is room; `None` where the story has no such
    /// question or option.
    pub fn choose(&mut self, story: &Story, question: usize, option: usize) -> Option<QuizAnswer> {
        let question = story.quiz.get(question)?;
        let chosen = QuizAnswer {
            at: jiff::Zoned::now().strftime("%Y-%m-%dT%H-%M-%S").to_string(),
            story: story.id.clone(),
            ask: question.ask.clone(),
            option: question.options.get(option)?.clone(),
        };
        self.unkept.chosen.push(chosen.clone());
        self.keep_unkept();
        Some(chosen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Config, Notification};

    fn runtime(data: &std::path::Path) -> Controller {
        let config = Config {
            data: Some(data.to_owned()),
            model: Some("no-such-model".to_owned()),
            ..Config::default()
        };
        Controller::start(config, || {}).expect("a data folder")
    }

    #[test]
    fn answers_are_there_after_the_next_start() {
        let data = tempfile::tempdir().expect("a folder");
        let mut first = runtime(data.path());
        let story = first.stories()[0].clone();
        assert_eq!(first.chosen(&story.id), []);
        assert!(!first.store.has_takes(), "a journal, only to look");
        let one = first.choose(&story, 0, 1).expect("a question");
        let two = first.choose(&story, 1, 3).expect("a question");
        assert_eq!(first.choose(&story, 99, 0), None);
        assert_eq!(first.choose(&story, 0, 99), None);
        drop(first);
        assert_eq!(runtime(data.path()).chosen(&story.id), [one, two]);
    }

    #[test]
    fn an_answer_that_cannot_be_written_waits_and_is_told_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let mut runtime = runtime(&data);
        let story = runtime.stories()[0].clone();
        let problems = |runtime: &mut Controller| {
            let news = runtime.take_notifications().into_iter();
            news.filter(|news| matches!(news, Notification::Problem(_)))
                .count()
        };
        problems(&mut runtime);
        // A file where the data folder belongs.
        std::fs::remove_dir_all(&data).ok();
        std::fs::write(&data, "in the way").expect("room");
        let one = runtime.choose(&story, 0, 1).expect("a question");
        let two = runtime.choose(&story, 1, 1).expect("a question");
        assert_eq!(problems(&mut runtime), 1);
        std::fs::remove_file(&data).expect("it goes");
        assert_eq!(runtime.chosen(&story.id), [one, two]);
        assert!(runtime.unkept.chosen.is_empty());
        assert_eq!(problems(&mut runtime), 0);
    }
}
