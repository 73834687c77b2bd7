//! The mock interview: its questions, and the verdict on all of its answers. The rules of the verdict are
//! described in `docs/verdict.md`.

use std::cmp::Reverse;

use super::time_limit::TimeLimit;
use crate::analysis::ranking::Topic;
use crate::analysis::verdict::{Leaning, Reason};
use crate::analysis::{Feedback, Finding};
use crate::domain::story::{Level, Part, SectionKind, Story};
use crate::domain::time::Secs;

/// Number of follow-ups in an interview, if the story has as many.
pub const FOLLOW_UPS: usize = 2;
/// Maximum number of findings to act on in a verdict.
const MAX_TO_DO: usize = 3;

/// How the story itself is answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// All five sections without stopping, with a marker when the next one is due.
    #[default]
    WholeAnswer,
    /// One section after the other, each against its own target.
    SectionBySection,
}

/// The parts of an interview, in order: the story, then `follow_ups` of its follow-ups. Follow-ups that were
/// answered least often come first; `answer_counts` has one count for each follow-up, in story order.
pub fn parts(
    story: &Story,
    format: Format,
    follow_ups: usize,
    answer_counts: &[usize],
) -> Vec<Part> {
    let mut parts = match format {
        Format::WholeAnswer => vec![Part::Whole],
        Format::SectionBySection => SectionKind::ALL.map(Part::Section).to_vec(),
    };
    let count = |number: usize| answer_counts.get(number - 1).copied().unwrap_or(0);
    let mut numbers: Vec<usize> = (1..=story.follow_ups.len()).collect();
    numbers.sort_by_key(|number| count(*number));
    numbers.truncate(follow_ups);
    parts.extend(numbers.into_iter().map(Part::FollowUp));
    parts
}

/// The question with which the interviewer asks for a part.
pub fn question(story: &Story, part: Part) -> &str {
    match part {
        Part::Whole | Part::Section(SectionKind::Situation) => &story.question,
        Part::Section(SectionKind::Task) => "What was your responsibility, and what was not?",
        Part::Section(SectionKind::Action) => "What did you do, step by step?",
        Part::Section(SectionKind::Result) => "What was the result?",
        Part::Section(SectionKind::Reflection) => "What did you learn from it?",
        Part::FollowUp(number) => {
            let index = number.checked_sub(1);
            let follow_up = index.and_then(|index| story.follow_ups.get(index));
            follow_up.map_or("", |follow_up| &follow_up.question)
        }
    }
}

/// The section that a whole answer should be at, `elapsed` seconds into it, and the seconds until the next
/// section is due. They are negative after the end of the last section.
pub fn expected_section(
    story: &Story,
    level: Level,
    limit: TimeLimit,
    elapsed: Secs,
) -> Option<(SectionKind, Secs)> {
    let ends = section_deadlines(story, level, limit);
    let next = ends.iter().find(|(_, end)| elapsed < *end);
    let (kind, end) = next.or(ends.last())?;
    Some((*kind, end - elapsed))
}

/// When each section of a whole answer should end, in seconds of the answer.
pub fn section_deadlines(
    story: &Story,
    level: Level,
    limit: TimeLimit,
) -> Vec<(SectionKind, Secs)> {
    let target = |kind| Some((kind, story.brief(Part::Section(kind), level)?.target));
    let lengths: Vec<(SectionKind, Secs)> =
        SectionKind::ALL.into_iter().filter_map(target).collect();
    let total = lengths.iter().map(|(_, length)| length).sum();
    let mut end = 0.0;
    let ends = lengths.into_iter().map(|(kind, length)| {
        end += length;
        (kind, limit.deadline(end, total))
    });
    ends.collect()
}

/// The verdict on an interview.
#[derive(Debug, Clone, PartialEq)]
pub struct InterviewVerdict {
    /// The likely hiring decision.
    pub lean: Leaning,
    /// The reasons: first red flags and missing criteria, then criteria that were met, each with the answer
    /// that it is about.
    pub because: Vec<(Part, Reason)>,
    /// Findings to act on next, at most three.
    pub to_do: Vec<(Part, Finding)>,
}

/// The verdict on an interview. Answers that are missing or not transcribed have no feedback.
///
/// A whole answer counts with its own leaning. Section by section, the first matching row decides:
///
/// | sections | leaning |
/// |---|---|
/// | any unanswered, or not enough heard | not enough heard |
/// | any no hire, or two lean no hire | no hire |
/// | one lean no hire | lean no hire |
/// | all strong hire | strong hire |
/// | else | lean hire |
///
/// Each follow-up that is unanswered or does not lean to hire lowers the leaning by one step.
pub fn judge(answers: &[(Part, Option<&Feedback>)]) -> InterviewVerdict {
    let answered: Vec<(Part, &Feedback)> = answers
        .iter()
        .filter_map(|(part, feedback)| Some((*part, (*feedback)?)))
        .collect();
    let leanings: Vec<(Part, Leaning)> = answers
        .iter()
        .map(|(part, feedback)| {
            let lean = feedback.map(|feedback| feedback.verdict.leaning);
            (*part, lean.unwrap_or(Leaning::NotEnoughSpeech))
        })
        .collect();
    let reasons = answered.iter().flat_map(|(part, feedback)| {
        let because = feedback.verdict.reasons.iter();
        because.map(|reason| (*part, reason.clone()))
    });
    let (met, against): (Vec<_>, Vec<_>) =
        reasons.partition(|(_, reason)| matches!(reason, Reason::Met(..)));
    let to_act_on = answered.iter().flat_map(|(part, feedback)| {
        let findings = feedback.findings.iter().filter(|finding| finding.act_on);
        findings.map(|finding| (*part, finding.clone()))
    });
    InterviewVerdict {
        lean: overall_leaning(&leanings),
        because: against.into_iter().chain(met).collect(),
        to_do: to_do(to_act_on.collect()),
    }
}

fn overall_leaning(leanings: &[(Part, Leaning)]) -> Leaning {
    let (follow_ups, story): (Vec<_>, Vec<_>) = leanings
        .iter()
        .partition(|(part, _)| matches!(part, Part::FollowUp(_)));
    let story: Vec<Leaning> = story.into_iter().map(|(_, lean)| lean).collect();
    let weak = follow_ups.iter().filter(|(_, lean)| !is_hire(*lean));
    weak.fold(story_leaning(&story), |lean, _| one_step_lower(lean))
}

fn story_leaning(leanings: &[Leaning]) -> Leaning {
    let count = |lean| leanings.iter().filter(|other| **other == lean).count();
    if leanings.is_empty() || count(Leaning::NotEnoughSpeech) > 0 {
        Leaning::NotEnoughSpeech
    } else if count(Leaning::NoHire) > 0 || count(Leaning::LeanNoHire) >= 2 {
        Leaning::NoHire
    } else if count(Leaning::LeanNoHire) == 1 {
        Leaning::LeanNoHire
    } else if count(Leaning::StrongHire) == leanings.len() {
        Leaning::StrongHire
    } else {
        Leaning::LeanHire
    }
}

fn is_hire(lean: Leaning) -> bool {
    matches!(lean, Leaning::StrongHire | Leaning::LeanHire)
}

fn one_step_lower(lean: Leaning) -> Leaning {
    match lean {
        Leaning::StrongHire => Leaning::LeanHire,
        Leaning::LeanHire => Leaning::LeanNoHire,
        Leaning::LeanNoHire | Leaning::NoHire => Leaning::NoHire,
        Leaning::NotEnoughSpeech => Leaning::NotEnoughSpeech,
    }
}

/// The most severe findings, at most one for each topic.
fn to_do(mut findings: Vec<(Part, Finding)>) -> Vec<(Part, Finding)> {
    // A stable sort: equally severe findings stay in the order of the answers.
    findings.sort_by_key(|(_, finding)| Reverse(finding.severity));
    let mut chosen: Vec<(Part, Finding)> = Vec::new();
    for (part, finding) in findings {
        let topic = Topic::from_finding(&finding.kind);
        let is_same_topic =
            |(_, other): &(Part, Finding)| Topic::from_finding(&other.kind) == topic;
        if chosen.len() < MAX_TO_DO && !chosen.iter().any(is_same_topic) {
            chosen.push((part, finding));
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::finding::TimeUsed;
    use crate::analysis::{FindingKind, Severity};
    use crate::domain::builders::webhook_story;
    use crate::domain::time::Span;
    use crate::practice::time_limit::Change;

    #[test]
    fn follow_ups_answered_least_often_come_first() {
        let story = webhook_story();
        assert!(story.follow_ups.len() >= 3);
        let chosen = |counts: &[usize]| parts(&story, Format::WholeAnswer, FOLLOW_UPS, counts);
        assert_eq!(
            chosen(&[]),
            [Part::Whole, Part::FollowUp(1), Part::FollowUp(2)]
        );
        assert_eq!(
            chosen(&[2, 1, 0]),
            match story.follow_ups.len() {
                3 => [Part::Whole, Part::FollowUp(3), Part::FollowUp(2)],
                _ => [Part::Whole, Part::FollowUp(3), Part::FollowUp(4)],
            }
        );
        let sections = parts(&story, Format::SectionBySection, 99, &[]);
        assert_eq!(sections.len(), 5 + story.follow_ups.len());
        assert_eq!(sections[0], Part::Section(SectionKind::Situation));
    }

    #[test]
    fn each_part_has_a_different_question() {
        let story = webhook_story();
        let follow_ups = 1..=story.follow_ups.len();
        let parts = SectionKind::ALL.map(Part::Section).into_iter();
        let parts = parts.chain(follow_ups.map(Part::FollowUp));
        let mut questions: Vec<&str> = parts.map(|part| question(&story, part)).collect();
        assert!(
            questions
                .iter()
                .all(|question| question.ends_with(['?', '.']))
        );
        assert_eq!(question(&story, Part::Whole), questions[0]);
        questions.sort_unstable();
        questions.dedup();
        assert_eq!(questions.len(), 5 + story.follow_ups.len());
        assert_eq!(question(&story, Part::FollowUp(99)), "");
    }

    #[test]
    fn next_section_is_due_when_the_targets_before_it_are_over() {
        let story = webhook_story();
        let by = |limit, elapsed| {
            expected_section(&story, Level::Mid, limit, elapsed).expect("sections")
        };
        let at = |elapsed| by(TimeLimit::default(), elapsed);
        assert_eq!(at(0.0), (SectionKind::Situation, 30.0));
        assert_eq!(at(29.0), (SectionKind::Situation, 1.0));
        assert_eq!(at(30.0), (SectionKind::Task, 20.0));
        assert_eq!(at(100.0), (SectionKind::Action, 40.0));
        assert_eq!(at(165.0), (SectionKind::Reflection, 10.0));
        assert_eq!(at(180.0), (SectionKind::Reflection, -5.0));
        let ends = |limit| {
            let targets = section_deadlines(&story, Level::Mid, limit).into_iter();
            targets.map(|(_, end)| end).collect::<Vec<Secs>>()
        };
        assert_eq!(
            ends(TimeLimit::default()),
            [30.0, 50.0, 140.0, 160.0, 175.0]
        );

        // Restarted after twenty seconds, then extended.
        let mut limit = TimeLimit::default();
        limit.change(Change::Restart(20.0));
        assert_eq!(by(limit, 45.0), (SectionKind::Situation, 5.0));
        assert_eq!(ends(limit), [50.0, 70.0, 160.0, 180.0, 195.0]);
        for _ in 0..7 {
            limit.change(Change::Extend);
        }
        let longer = 1.0 + 105.0 / 175.0;
        let (section, left) = by(limit, 60.0);
        assert_eq!(section, SectionKind::Situation);
        assert!(
            (left - (20.0 + 30.0 * longer - 60.0)).abs() < 1e-9,
            "{left}"
        );
        assert!((ends(limit)[4] - 300.0).abs() < 1e-9);
    }

    #[test]
    fn story_leaning_depends_on_weakest_sections() {
        use Leaning::*;
        for (sections, story) in [
            (vec![], NotEnoughSpeech),
            (vec![StrongHire], StrongHire),
            (vec![LeanNoHire], LeanNoHire),
            (vec![StrongHire, StrongHire, LeanHire], LeanHire),
            (vec![StrongHire, LeanNoHire, LeanHire], LeanNoHire),
            (vec![LeanNoHire, LeanHire, LeanNoHire], NoHire),
            (vec![StrongHire, NoHire], NoHire),
            (vec![NoHire, NotEnoughSpeech], NotEnoughSpeech),
        ] {
            assert_eq!(story_leaning(&sections), story, "{sections:?}");
        }
    }

    #[test]
    fn weak_or_unanswered_follow_up_lowers_the_leaning() {
        use Leaning::*;
        let with = |story, replies: [Leaning; 2]| {
            let [first, second] = replies;
            overall_leaning(&[
                (Part::Whole, story),
                (Part::FollowUp(1), first),
                (Part::FollowUp(2), second),
            ])
        };
        assert_eq!(with(StrongHire, [LeanHire, StrongHire]), StrongHire);
        assert_eq!(with(StrongHire, [LeanHire, NoHire]), LeanHire);
        assert_eq!(with(StrongHire, [NotEnoughSpeech, LeanNoHire]), LeanNoHire);
        assert_eq!(with(LeanNoHire, [NotEnoughSpeech, LeanHire]), NoHire);
        // Follow-ups alone are not enough.
        assert_eq!(
            with(NotEnoughSpeech, [StrongHire, StrongHire]),
            NotEnoughSpeech
        );
    }

    #[test]
    fn to_do_has_three_findings_of_different_topics() {
        let finding = |noticed, severity| Finding::new(noticed, severity, Span::new(1.0, 2.0));
        let over = |used| {
            FindingKind::OverTime(TimeUsed {
                used,
                target: 30.0,
                is_estimate: false,
            })
        };
        let all = vec![
            (Part::Whole, finding(over(40.0), Severity::Amber)),
            (
                Part::Whole,
                finding(
                    FindingKind::We {
                        said: vec!["we fixed it".to_owned()],
                        own_acts: 1,
                    },
                    Severity::Red,
                ),
            ),
            (Part::FollowUp(1), finding(over(90.0), Severity::Red)),
            (
                Part::FollowUp(2),
                finding(FindingKind::NoProblem, Severity::Amber),
            ),
            (
                Part::FollowUp(2),
                finding(
                    FindingKind::FlatIntonation {
                        semitones: 1.0,
                        usual: 3.0,
                    },
                    Severity::Note,
                ),
            ),
        ];
        let chosen = to_do(all.clone());
        assert_eq!(chosen, [all[1].clone(), all[2].clone(), all[3].clone()]);
    }
}
