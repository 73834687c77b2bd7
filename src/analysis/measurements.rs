//! Everything that is measured in the voice and the words of a take. This is the slow part of the
//! analysis. It does not need to know how the audio was recorded, so it can begin before a take ends.

use std::ops::Range;

use super::delivery::{articulation, filled_pauses, fillers, pacing, pauses};
use super::grammar::Subject;
use super::impact::checks::{self as impact_checks, Impact, ToldFrom};
use super::language::{Token, tokens};
use super::ownership::pronouns::{self, Ownership};
use super::part_requirements::PartRequirements;
use super::phrases::compounds::Compounds;
use super::phrases::planned_phrases::PhraseResult;
use super::phrases::token_index::TokenIndex;
use super::quote::Quote;
use super::red_flags::{self, RedFlag};
use super::section_content::{self, SectionContent};
use super::statement_kinds::{self, Hints};
use super::structure::Structure;
use super::time_to_point::{self, TimeToPoint};
use crate::domain::profile::Profile;
use crate::domain::story::SectionKind;
use crate::domain::take::Transcription;
use crate::domain::time::Span;
use crate::domain::transcript::Transcript;
use crate::domain::voice::Voice;

/// What was measured in one take, together with what it was measured from.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurements {
    pub(super) voice: Voice,
    pub(super) transcript: Transcript,
    pub(super) profile: Profile,
    pub(super) pacing: pacing::Pacing,
    pub(super) pauses: Vec<pauses::Pause>,
    pub(super) fillers: Vec<fillers::Filler>,
    pub(super) phrases: Vec<PhraseResult>,
    pub(super) ownership: Ownership,
    pub(super) impact: Impact,
    pub(super) time_to_point: TimeToPoint,
    pub(super) red_flags: Vec<RedFlag>,
    pub(super) content: SectionContent,
    pub(super) own_acts: Vec<Quote>,
    pub(super) concrete_acts: usize,
    pub(super) is_on_topic: bool,
    /// Where the Action is, if a written answer shows its sections.
    pub(super) action: Option<Span>,
}

impl Measurements {
    /// Measures an answer to the part that `required` is about.
    pub(super) fn new(
        voice: &Voice,
        transcript: &Transcript,
        required: &PartRequirements,
        profile: &Profile,
    ) -> Self {
        Self::with_sections(voice, transcript, &[], required, profile)
    }

    /// Measures an answer whose sections are known, each with the indices of its words.
    fn with_sections(
        voice: &Voice,
        transcript: &Transcript,
        sections: &[(SectionKind, Range<usize>)],
        required: &PartRequirements,
        profile: &Profile,
    ) -> Self {
        let index = TokenIndex::new(tokens(transcript), &Compounds::default());
        let tokens = &index.tokens;
        let structure = Structure::new(transcript, tokens);
        let told_from = ToldFrom::new(tokens, required.is_whole, sections);
        let scores = impact_checks::scores(&index, &structure);
        let found = red_flags::find_all(transcript, &index, &structure);
        let hints = Hints::of_statements(transcript, &index, &structure, &scores, &found);
        let judgments = required
            .model()
            .and_then(|model| statement_kinds::judge(tokens, &structure, &hints, model));
        let judgments = judgments.as_deref();
        let impact = impact_checks::check_index(
            transcript, &index, &structure, &scores, judgments, told_from,
        );
        let found = red_flags::judged(found, transcript, &index, &structure, judgments);
        let red_flags = red_flags::in_context(
            found,
            transcript,
            tokens,
            &structure,
            &impact,
            required.question,
        );
        let filled_pauses = filled_pauses::find(voice, transcript);
        let filled_pause_spans: Vec<Span> = filled_pauses
            .iter()
            .map(|filler| Span::new(filler.start, filler.end))
            .collect();
        let mut pacing = pacing::measure(transcript, &filled_pause_spans, required.target, profile);
        pacing.articulation_rate_sps =
            articulation::rate_sps(transcript, &voice.speech, &filled_pause_spans);
        let mut fillers = fillers::find(transcript);
        fillers.extend(filled_pauses);
        fillers.sort_by(|a, b| a.start.total_cmp(&b.start));
        Self {
            pacing,
            pauses: pauses::find(voice, &filled_pause_spans, transcript),
            fillers,
            phrases: required.phrases.find(transcript, tokens.clone()),
            ownership: pronouns::count_in_tokens(transcript, tokens, &structure.acts),
            impact,
            time_to_point: time_to_point::measure_tokens(transcript, tokens.clone()),
            red_flags,
            content: section_content::read(transcript, tokens, &structure),
            own_acts: own_acts(transcript, tokens, &structure),
            concrete_acts: structure
                .acts
                .iter()
                .filter(|act| act.agent == Subject::Speaker && act.is_concrete)
                .count(),
            is_on_topic: required.is_on_topic(tokens),
            action: action_span(transcript, sections),
            voice: voice.clone(),
            transcript: transcript.clone(),
            profile: profile.clone(),
        }
    }

    /// Measures a written answer, whose words have estimated times. `sections` are those that it shows, each
    /// with the indices of its words.
    pub(super) fn of_text(
        transcript: &Transcript,
        sections: &[(SectionKind, Range<usize>)],
        required: &PartRequirements,
        profile: &Profile,
    ) -> Self {
        let voice = Voice::default();
        Self {
            pacing: pacing::estimate(transcript, required.target),
            ..Self::with_sections(&voice, transcript, sections, required, profile)
        }
    }

    /// Whether measuring again, with this input, would give the same result.
    pub(super) fn are_valid_for(&self, transcription: &Transcription, profile: &Profile) -> bool {
        self.voice == transcription.voice
            && self.transcript == transcription.transcript
            && self.profile == *profile
    }
}

/// Where the Action is; `None` if the sections are not known.
fn action_span(transcript: &Transcript, sections: &[(SectionKind, Range<usize>)]) -> Option<Span> {
    let (_, words) = (sections.iter()).find(|(kind, _)| *kind == SectionKind::Action)?;
    let words = transcript.words.get(words.clone())?;
    Some(words.first()?.span().join(words.last()?.span()))
}

/// The concrete acts of the speaker, in the speaker's words.
fn own_acts(transcript: &Transcript, tokens: &[Token], structure: &Structure) -> Vec<Quote> {
    let own = structure
        .acts
        .iter()
        .filter(|act| act.agent == Subject::Speaker);
    own.map(|act| Quote::from_words(transcript, tokens[act.first].first, tokens[act.verb].last))
        .collect()
}

impl Measurements {
    /// The red flags that count in this answer.
    pub fn red_flags(&self) -> &[RedFlag] {
        &self.red_flags
    }
}
