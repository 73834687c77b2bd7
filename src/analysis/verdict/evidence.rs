//! The facts about an answer that a verdict rests on, and which criteria they meet.

use super::criteria::{Criterion, Expectations, Weight, criteria_for};
use crate::analysis::finding::RedFlagKind;
use crate::analysis::impact::checks::Impact;
use crate::analysis::language::tokens_of_text;
use crate::analysis::ownership::pronouns::Ownership;
use crate::analysis::phrases::planned_phrases::PhraseResult;
use crate::analysis::quote::Quote;
use crate::analysis::red_flags::RedFlag;
use crate::analysis::section_content::SectionContent;
use crate::analysis::time_to_point::{FirstMention, TimeToPoint};
use crate::domain::profile::{OwnershipStyle, Profile};
use crate::domain::story::{Level, Part, SectionKind};
use crate::domain::take::NoWords;
use crate::domain::time::{Secs, Span};

/// With this many actions, it is visible what the speaker did.
const MIN_OWN_ACTIONS: usize = 3;
/// With this many actions, an Action is detailed.
const MIN_DETAILED_ACTIONS: usize = 4;
/// The plan is met if one in this many of the planned phrases was said.
const PLAN_DIVISOR: usize = 3;
/// A strong hire says this share of the planned phrases.
pub const MOST_PHRASES_SHARE: f64 = 0.75;
/// A substantive reply has at least this many words and own actions.
const MIN_REPLY_WORDS: usize = 15;
const MIN_REPLY_ACTIONS: usize = 1;

/// The facts that a verdict rests on.
#[derive(Debug, Clone)]
pub struct Evidence<'a> {
    /// The part that was answered.
    pub part: Part,
    /// The level of the role.
    pub level: Level,
    /// Number of words in the transcript.
    pub words: usize,
    /// Why there are none.
    pub no_words: Option<NoWords>,
    /// Time used.
    pub used: Secs,
    /// Target time.
    pub target: Secs,
    /// What the story and its question ask for.
    pub expects: Expectations,
    /// Setting, goal and lesson.
    pub content: &'a SectionContent,
    /// What the speaker did.
    pub own_acts: &'a [Quote],
    /// How many of them can be pictured.
    pub concrete_acts: usize,
    /// The words that say whose job it was not.
    pub boundary: Option<Quote>,
    /// Whether the answer is about what was asked.
    pub is_on_topic: bool,
    /// Planned phrases, said or not.
    pub phrases: &'a [PhraseResult],
    /// "I", "we" and the passive.
    pub ownership: &'a Ownership,
    /// Measured change, business impact and lasting effect.
    pub impact: &'a Impact,
    /// When the problem was mentioned.
    pub time_to_point: &'a TimeToPoint,
    /// Red flags, with their words.
    pub red_flags: &'a [RedFlag],
}

/// Whether a criterion is met, and by which words.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub(super) criterion: Criterion,
    pub(super) weight: Weight,
    pub(super) is_met: bool,
    /// The words that meet it, or those that fall short of it. For planned phrases, the missing ones.
    pub(super) quotes: Vec<String>,
    /// Where the first of the words are.
    pub(super) span: Option<Span>,
}

/// How many of the planned phrases were said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PhraseCoverage {
    None,
    Some,
    /// At least [`MOST_PHRASES_SHARE`].
    Most,
}

impl Evidence<'_> {
    /// The outcome of every criterion of this part and level.
    pub(super) fn outcomes(&self, profile: &Profile) -> Vec<Outcome> {
        criteria_for(self.part, self.level, self.expects)
            .into_iter()
            .map(|(criterion, weight)| self.outcome(criterion, weight, profile))
            .collect()
    }

    fn outcome(&self, criterion: Criterion, weight: Weight, profile: &Profile) -> Outcome {
        let mentioned = |mention: &Option<FirstMention>| mention.as_ref().map(|m| m.quote.clone());
        let if_quoted = |quote: Option<Quote>| (quote.is_some(), Vec::from_iter(quote));
        let (is_met, quotes) = match criterion {
            Criterion::OwnershipBoundary => if_quoted(self.boundary.clone()),
            Criterion::Problem => if_quoted(
                mentioned(&self.time_to_point.problem).or_else(|| self.content.problem.clone()),
            ),
            Criterion::Setting => if_quoted(self.content.setting.clone()),
            Criterion::Goal => if_quoted(self.content.goal.clone().or(self.boundary.clone())),
            Criterion::Lesson => if_quoted(self.content.lesson.clone()),
            Criterion::Outcome => if_quoted(self.any_impact()),
            Criterion::MeasuredChange => {
                let measured = self.impact.measured().cloned();
                if_quoted(measured.or_else(|| self.planned_number()))
            }
            Criterion::BusinessImpact => if_quoted(self.impact.business.clone()),
            Criterion::LastingEffect => if_quoted(self.impact.second_order.clone()),
            Criterion::OwnActions => {
                let acts = self.own_acts.to_vec();
                let is_met = acts.len() >= MIN_OWN_ACTIONS && !self.hides_behind_we(profile);
                (is_met, acts)
            }
            Criterion::PlannedPhrases => (
                PLAN_DIVISOR * self.phrases_said() >= self.phrases.len(),
                Vec::new(),
            ),
            Criterion::SubstantiveReply => {
                let actions = self.own_actions();
                let is_met = self.words >= MIN_REPLY_WORDS
                    && actions.len() >= MIN_REPLY_ACTIONS
                    && self.is_on_topic;
                (is_met, actions)
            }
        };
        let missed = self.phrases.iter().filter(|phrase| !phrase.is_said);
        Outcome {
            criterion,
            weight,
            is_met,
            span: quotes.first().map(Quote::span),
            quotes: match criterion {
                Criterion::PlannedPhrases => missed.map(|phrase| phrase.phrase.clone()).collect(),
                _ => quotes.into_iter().map(|quote| quote.text).collect(),
            },
        }
    }

    /// Whether the speaker hides behind "we", in a part that is about actions.
    pub(super) fn hides_behind_we(&self, profile: &Profile) -> bool {
        let is_about_actions =
            matches!(self.part, Part::Whole | Part::Section(SectionKind::Action));
        let hiding = self.ownership.hiding.len();
        is_about_actions
            && profile.ownership == OwnershipStyle::Amazon
            && hiding > 0
            && hiding >= self.own_acts.len()
    }

    pub(super) fn phrase_coverage(&self) -> PhraseCoverage {
        match self.phrases_said() {
            said if said as f64 >= MOST_PHRASES_SHARE * self.phrases.len() as f64 => {
                PhraseCoverage::Most
            }
            0 => PhraseCoverage::None,
            _ => PhraseCoverage::Some,
        }
    }

    /// Whether the answer has the detail of a strong one, beyond its criteria.
    pub(super) fn is_detailed(&self) -> bool {
        let is_flawed =
            |flag: &RedFlag| matches!(flag.flag, RedFlagKind::Vague | RedFlagKind::Blame);
        if self.red_flags.iter().any(is_flawed) {
            return false;
        }
        match self.part {
            Part::Section(SectionKind::Situation) => self.content.is_setting_specific,
            Part::Section(SectionKind::Task) => self.boundary.is_some(),
            Part::Section(SectionKind::Action) => self.concrete_acts >= MIN_DETAILED_ACTIONS,
            Part::Section(SectionKind::Reflection) => self.content.is_lesson_practiced,
            Part::Section(SectionKind::Result) | Part::Whole => self.impact.setback.is_none(),
            Part::FollowUp(_) => true,
        }
    }

    /// Anything that came of it.
    fn any_impact(&self) -> Option<Quote> {
        let Impact {
            metric,
            business,
            second_order,
            ..
        } = self.impact;
        let mut quotes = [metric, business, second_order].into_iter().flatten();
        quotes.next().cloned().or_else(|| self.planned_number())
    }

    /// A planned number that was said in an answer about the result.
    fn planned_number(&self) -> Option<Quote> {
        let is_about_result = self.part == Part::Section(SectionKind::Result);
        let has_number = |text: &str| {
            tokens_of_text(text)
                .iter()
                .any(|token| token.value.is_some())
        };
        let mut said = self
            .phrases
            .iter()
            .filter(|phrase| has_number(&phrase.phrase));
        is_about_result
            .then(|| said.find_map(|phrase| phrase.quote()))
            .flatten()
    }

    fn phrases_said(&self) -> usize {
        self.phrases.iter().filter(|phrase| phrase.is_said).count()
    }

    /// What the speaker did. A follow-up may ask what the speaker would do, so this counts there too.
    fn own_actions(&self) -> Vec<Quote> {
        let include_hypothetical = matches!(self.part, Part::FollowUp(_));
        self.ownership.first_person_actions(include_hypothetical)
    }
}
