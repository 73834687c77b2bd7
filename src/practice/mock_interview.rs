//! A mock interview: what is asked in it, and how its answers are judged together. Rules that anyone
//! can read, as in `analysis::verdict`; the README shows them.

use std::cmp::Reverse;

use super::time_limit::TimeLimit;
use crate::analysis::ranking::Topic;
use crate::analysis::verdict::{Leaning, Reason};
use crate::analysis::{Feedback, Finding};
use crate::domain::story::{Level, Part, SectionKind, Story};
use crate::domain::time::Secs;

/// Follow-ups that are asked at the least, where a story has them.
pub const FOLLOW_UPS: usize = 2;
/// Things to do next that are told.
const TO_DO: usize = 3;

/// How the story itself is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// All five sections, with a sign where the next one is due.
    #[default]
    WholeAnswer,
    /// One section after the other, each against its own target.
    SectionBySection,
}

/// What is asked, in order: the story, then `follow_ups` of its follow-ups. Those that were answered
/// least often come first; `answered` has how often each of them was, the first one first.
pub fn parts(story: &Story, shape: Format, follow_ups: usize, answered: &[usize]) -> Vec<Part> {
    let mut parts = match shape {
        Format::WholeAnswer => vec![Part::Whole],
        Format::SectionBySection => SectionKind::ALL.map(Part::Section).to_vec(),
    };
    let times = |number: usize| answered.get(number - 1).copied().unwrap_or(0);
    let mut numbers: Vec<usize> = (1..=story.follow_ups.len()).collect();
    numbers.sort_by_key(|number| times(*number));
    numbers.truncate(follow_ups);
    parts.extend(numbers.into_iter().map(Part::FollowUp));
    parts
}

/// What the interviewer says, to ask for a part.
pub fn question(story: &Story, part: Part) -> &str {
    match part {
        Part::Whole | Part::Section(SectionKind::Situation) => &story.question,
        Part::Section(SectionKind::Task) => "What was yours to do, and what was not?",
        Part::Section(SectionKind::Action) => "What did you do, step by step?",
        Part::Section(SectionKind::Result) => "What came of it?",
        Part::Section(SectionKind::Reflection) => "What did you take from it?",
        Part::FollowUp(number) => {
            let place = number.checked_sub(1);
            let follow_up = place.and_then(|place| story.follow_ups.get(place));
            follow_up.map_or("", |follow_up| &follow_up.question)
        }
    }
}

/// Where an answer in one breath should be after so much of it, by the speaker's own clock: its section, and
/// the seconds until the next is due, negative once the last is over.
pub fn expected_section(
    story: &Story,
    level: Level,
    limit: TimeLimit,
    elapsed: Secs,
) -> Option<(SectionKind, Secs)> {
    let ends = targets(story, level, limit);
    let next = ends.iter().find(|(_, end)| elapsed < *end);
    let (kind, end) = next.or(ends.last())?;
    Some((*kind, end - elapsed))
}

/// When each section of an answer in one breath should be over, by the speaker's own clock.
pub fn targets(story: &Story, level: Level, limit: TimeLimit) -> Vec<(SectionKind, Secs)> {
    let of = |kind| Some((kind, story.brief(Part::Section(kind), level)?.target));
    let lengths: Vec<(SectionKind, Secs)> = SectionKind::ALL.into_iter().filter_map(of).collect();
    let whole = lengths.iter().map(|(_, length)| length).sum();
    let mut end = 0.0;
    let ends = lengths.into_iter().map(|(kind, length)| {
        end += length;
        (kind, limit.when(end, whole))
    });
    ends.collect()
}

/// What came of an interview.
#[derive(Debug, Clone, PartialEq)]
pub struct InterviewVerdict {
    /// Where an interviewer would lean.
    pub lean: Leaning,
    /// Why: what speaks against and what is missing, then what was shown; each with the answer it
    /// is found in.
    pub because: Vec<(Part, Reason)>,
    /// What to do next, at most three.
    pub to_do: Vec<(Part, Finding)>,
}

/// Judges an interview by its answers; those that were not given, or not heard, have no feedback.
///
/// The story leans as its answer does; told section by section, by the first line that is true: a
/// section without enough heard, or not answered: not enough heard; one that leans to no hire: no hire;
/// two that lean no hire: no hire; one: lean no hire; all strong: strong hire; else lean hire. Each
/// follow-up that does not lean to hire, or was left open, takes one step away.
pub fn judge(answers: &[(Part, Option<&Feedback>)]) -> InterviewVerdict {
    let heard: Vec<(Part, &Feedback)> = answers
        .iter()
        .filter_map(|(part, feedback)| Some((*part, (*feedback)?)))
        .collect();
    let leans: Vec<(Part, Leaning)> = answers
        .iter()
        .map(|(part, feedback)| {
            let lean = feedback.map(|feedback| feedback.verdict.lean);
            (*part, lean.unwrap_or(Leaning::NotEnoughHeard))
        })
        .collect();
    let reasons = heard.iter().flat_map(|(part, feedback)| {
        let because = feedback.verdict.because.iter();
        because.map(|reason| (*part, reason.clone()))
    });
    let (shown, against): (Vec<_>, Vec<_>) =
        reasons.partition(|(_, reason)| matches!(reason, Reason::Shown(..)));
    let urgent = heard.iter().flat_map(|(part, feedback)| {
        let findings = feedback.findings.iter().filter(|finding| finding.act_on);
        findings.map(|finding| (*part, finding.clone()))
    });
    InterviewVerdict {
        lean: lean(&leans),
        because: against.into_iter().chain(shown).collect(),
        to_do: to_do(urgent.collect()),
    }
}

fn lean(leans: &[(Part, Leaning)]) -> Leaning {
    let (follow_ups, story): (Vec<_>, Vec<_>) = leans
        .iter()
        .partition(|(part, _)| matches!(part, Part::FollowUp(_)));
    let story: Vec<Leaning> = story.into_iter().map(|(_, lean)| lean).collect();
    let open = follow_ups.iter().filter(|(_, lean)| !is_for(*lean));
    open.fold(of_story(&story), |lean, _| lower(lean))
}

fn of_story(leans: &[Leaning]) -> Leaning {
    let count = |lean| leans.iter().filter(|other| **other == lean).count();
    if leans.is_empty() || count(Leaning::NotEnoughHeard) > 0 {
        Leaning::NotEnoughHeard
    } else if count(Leaning::NoHire) > 0 || count(Leaning::LeanNoHire) >= 2 {
        Leaning::NoHire
    } else if count(Leaning::LeanNoHire) == 1 {
        Leaning::LeanNoHire
    } else if count(Leaning::StrongHire) == leans.len() {
        Leaning::StrongHire
    } else {
        Leaning::LeanHire
    }
}

fn is_for(lean: Leaning) -> bool {
    matches!(lean, Leaning::StrongHire | Leaning::LeanHire)
}

fn lower(lean: Leaning) -> Leaning {
    match lean {
        Leaning::StrongHire => Leaning::LeanHire,
        Leaning::LeanHire => Leaning::LeanNoHire,
        Leaning::LeanNoHire | Leaning::NoHire => Leaning::NoHire,
        Leaning::NotEnoughHeard => Leaning::NotEnoughHeard,
    }
}

/// The most urgent, one a topic.
fn to_do(mut all: Vec<(Part, Finding)>) -> Vec<(Part, Finding)> {
    // Among equals the order of the answers stays.
    all.sort_by_key(|(_, finding)| Reverse(finding.severity));
    let mut told: Vec<(Part, Finding)> = Vec::new();
    for (part, finding) in all {
        let topic = Topic::of(&finding.noticed);
        let known = |(_, other): &(Part, Finding)| Topic::of(&other.noticed) == topic;
        if told.len() < TO_DO && !told.iter().any(known) {
            told.push((part, finding));
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{FindingKind, Severity};
    use crate::domain::story_file;
    use crate::domain::time::Span;
    use crate::practice::time_limit::Change;

    fn story() -> Story {
        story_file::parse(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/content/webhook-drop.toml"
        )))
        .expect("a story")
    }

    #[test]
    fn follow_ups_that_were_answered_least_are_asked() {
        let story = story();
        assert!(story.follow_ups.len() >= 3);
        let asked = |answered: &[usize]| parts(&story, Format::WholeAnswer, FOLLOW_UPS, answered);
        assert_eq!(
            asked(&[]),
            [Part::Whole, Part::FollowUp(1), Part::FollowUp(2)]
        );
        assert_eq!(
            asked(&[2, 1, 0]),
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
    fn each_part_has_its_question() {
        let story = story();
        let follow_ups = 1..=story.follow_ups.len();
        let parts = SectionKind::ALL.map(Part::Section).into_iter();
        let parts = parts.chain(follow_ups.map(Part::FollowUp));
        let mut questions: Vec<&str> = parts.map(|part| question(&story, part)).collect();
        assert!(questions.iter().all(|asked| asked.ends_with(['?', '.'])));
        assert_eq!(question(&story, Part::Whole), questions[0]);
        questions.sort_unstable();
        questions.dedup();
        assert_eq!(questions.len(), 5 + story.follow_ups.len());
        assert_eq!(question(&story, Part::FollowUp(99)), "");
    }

    #[test]
    fn the_next_section_is_due_when_the_targets_before_it_are_over() {
        let story = story();
        let by = |limit, elapsed| {
            expected_section(&story, Level::Sde2, limit, elapsed).expect("sections")
        };
        let at = |elapsed| by(TimeLimit::default(), elapsed);
        assert_eq!(at(0.0), (SectionKind::Situation, 30.0));
        assert_eq!(at(29.0), (SectionKind::Situation, 1.0));
        assert_eq!(at(30.0), (SectionKind::Task, 20.0));
        assert_eq!(at(100.0), (SectionKind::Action, 40.0));
        assert_eq!(at(165.0), (SectionKind::Reflection, 10.0));
        assert_eq!(at(180.0), (SectionKind::Reflection, -5.0));
        let ends = |limit| {
            let targets = targets(&story, Level::Sde2, limit).into_iter();
            targets.map(|(_, end)| end).collect::<Vec<Secs>>()
        };
        assert_eq!(
            ends(TimeLimit::default()),
            [30.0, 50.0, 140.0, 160.0, 175.0]
        );

        // All of it begun anew after twenty seconds, then lengthened.
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
    fn a_story_leans_as_its_weakest_section() {
        use Leaning::*;
        for (leans, story) in [
            (vec![], NotEnoughHeard),
            (vec![StrongHire], StrongHire),
            (vec![LeanNoHire], LeanNoHire),
            (vec![StrongHire, StrongHire, LeanHire], LeanHire),
            (vec![StrongHire, LeanNoHire, LeanHire], LeanNoHire),
            (vec![LeanNoHire, LeanHire, LeanNoHire], NoHire),
            (vec![StrongHire, NoHire], NoHire),
            (vec![NoHire, NotEnoughHeard], NotEnoughHeard),
        ] {
            assert_eq!(of_story(&leans), story, "{leans:?}");
        }
    }

    #[test]
    fn a_follow_up_that_is_left_open_takes_a_step() {
        use Leaning::*;
        let with = |story, replies: [Leaning; 2]| {
            let [first, second] = replies;
            lean(&[
                (Part::Whole, story),
                (Part::FollowUp(1), first),
                (Part::FollowUp(2), second),
            ])
        };
        assert_eq!(with(StrongHire, [LeanHire, StrongHire]), StrongHire);
        assert_eq!(with(StrongHire, [LeanHire, NoHire]), LeanHire);
        assert_eq!(with(StrongHire, [NotEnoughHeard, LeanNoHire]), LeanNoHire);
        assert_eq!(with(LeanNoHire, [NotEnoughHeard, LeanHire]), NoHire);
        // Follow-ups alone are no interview.
        assert_eq!(
            with(NotEnoughHeard, [StrongHire, StrongHire]),
            NotEnoughHeard
        );
    }

    #[test]
    fn three_things_of_three_kinds_are_to_be_done() {
        let finding = |noticed, severity| Finding::new(noticed, severity, Span::new(1.0, 2.0));
        let over = |used| FindingKind::OverTime { used, target: 30.0 };
        let all = vec![
            (Part::Whole, finding(over(40.0), Severity::Amber)),
            (
                Part::Whole,
                finding(FindingKind::We { count: 4, i: 1 }, Severity::Red),
            ),
            (Part::FollowUp(1), finding(over(90.0), Severity::Red)),
            (
                Part::FollowUp(2),
                finding(FindingKind::ProblemNever, Severity::Amber),
            ),
            (
                Part::FollowUp(2),
                finding(
                    FindingKind::Flat {
                        semitones: 1.0,
                        usual: 3.0,
                    },
                    Severity::Note,
                ),
            ),
        ];
        let told = to_do(all.clone());
        assert_eq!(told, [all[1].clone(), all[2].clone(), all[3].clone()]);
    }
}
