//! Clause structure of spoken English: who did what, and whether it happened. There is no full parser:
//! word classes, verb forms and word order are enough to find the finite clauses and their subjects.

pub mod clause;
mod clause_parser;
mod verb_group;
pub mod word_class;

pub use clause::{Clause, Role, Subject, Tense};
pub use clause_parser::clauses;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::language::{Token, tokens_of_text};

    /// Each clause as "subject: verb", with marks: `-` negated, `?` not real, `p` passive.
    fn read(text: &str) -> String {
        let tokens: Vec<Token> = tokens_of_text(text);
        let show = |clause: &Clause| {
            let subject = match (clause.subject, clause.subject_at) {
                (Subject::Speaker, _) => "I",
                (Subject::Team, _) => "we",
                (Subject::Other, Some(at)) => tokens[at].text.as_str(),
                (Subject::Other, None) => "same",
                (Subject::Unstated, _) => "none",
            };
            let mark = |is: bool, mark: &'static str| if is { mark } else { "" };
            format!(
                "{subject} {}{}{}{}",
                tokens[clause.verb].text,
                mark(clause.is_negated, "-"),
                mark(!clause.is_real, "?"),
                mark(clause.is_passive, "p"),
            )
        };
        clauses(&tokens)
            .iter()
            .map(show)
            .collect::<Vec<_>>()
            .join("; ")
    }

    #[test]
    fn clauses_have_their_subjects() {
        for (text, expected) in [
            (
                "I pulled the logs and found the cause.",
                "I pulled; I found",
            ),
            (
                "We met every week, but in the end it was solved.",
                "we met; it solvedp",
            ),
            (
                "The new tests have caught three more of them.",
                "tests caught",
            ),
            (
                "I wanted to know why a whole family of bugs could get past us.",
                "I know?; family get?",
            ),
            (
                "I'd never tested two guests paying in the same second.",
                "I tested-",
            ),
            ("He's ordered from us nine times since.", "he ordered"),
            (
                "My colleague was glad that somebody had stepped in.",
                "colleague was; somebody stepped",
            ),
            (
                "I managed to fix it before they noticed.",
                "I fix; they noticed",
            ),
            (
                "In its first month the client's online orders went up by a fifth.",
                "orders went",
            ),
            (
                "I stayed calm, even when she raised her voice.",
                "I stayed; she raised",
            ),
            ("I wish I had asked.", "I wish; I asked?"),
            (
                "If I had asked, they would have helped.",
                "I asked?; they helped?",
            ),
            (
                "The test I wrote caught two of them.",
                "I wrote; test caught",
            ),
            (
                "Our sales people show the page to every new pharmacy now.",
                "people show",
            ),
            ("I think the team was happy with it.", "I think; team was"),
            (
                "I saw that the team wrote a fix and added a test.",
                "I saw; team wrote; same added",
            ),
            ("Nobody was hurt.", "nobody hurt-"),
            ("I was asked to win that trust back.", "I askedp"),
            ("I had to get those two back in.", "I get?"),
            ("I decided to rewrite it.", "I rewrite"),
            ("I kind of hoped it would pass.", "I hoped; it pass?"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
