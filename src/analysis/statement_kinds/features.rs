//! The values that describe a statement: the mean vector of its words, its grammar, and the hints of the rules.

use super::hints::Hints;
use crate::analysis::grammar::{Clause, Subject, Tense};
use crate::analysis::impact::statement::Statement;
use crate::analysis::language::{Token, lexicon};
use crate::analysis::phrases::paraphrase::sentence_ranges;
use crate::analysis::phrases::word_vectors::SentenceModel;
use crate::analysis::structure::Structure;

/// Length of the vectors of the language model.
const WIDTH: usize = 384;
/// Number of values that are not those of a hint or a cue.
const GRAMMAR: usize = 21;
/// Number of values beside the vectors: two for each score, one for each red flag and each cue.
const DETAILS: usize = GRAMMAR + 2 * 3 + 5 + CUES.len();
/// Number of all values: the details, then the vectors of the statement, of the one before it, of the one after
/// it, and of the answer.
pub const FEATURES: usize = DETAILS + 4 * WIDTH;

/// By what the vectors are multiplied, so that training weighs them against the details.
const SCALES: [f32; 4] = [4.0, 1.5, 1.5, 3.0];

/// The highest score of an outcome.
const MAX_SCORE: f32 = 7.0;
/// More acts than this are no different.
const MANY_ACTS: usize = 8;

/// Words whose presence is a value of its own.
const CUES: [&[&str]; 22] = [
    &["now", "today", "nowadays"],
    &["since"],
    &["still"],
    &["never", "nobody", "no", "none", "not"],
    &["every", "always", "everyone", "everybody"],
    &["but", "although", "though"],
    &["because", "so"],
    &["could", "can"],
    &["would", "should", "must"],
    &["think", "guess", "feel", "felt", "probably", "maybe"],
    &["manager", "boss", "supervisor", "lead", "head", "director"],
    &["said", "told", "says", "asked"],
    &["they", "them", "their"],
    &["you", "your"],
    &["people", "team", "others"],
    &["it", "things", "everything", "something"],
    &["very", "really", "quite", "pretty", "kind", "sort"],
    &["first", "last", "again"],
    &["than", "instead", "before", "used"],
    &["good", "great", "well", "fine", "better", "positive"],
    &[
        "wait",
        "waited",
        "passed",
        "forwarded",
        "escalated",
        "ticket",
    ],
    &["important", "key", "learned", "always"],
];

pub(super) fn of_statements(
    tokens: &[Token],
    structure: &Structure,
    hints: &[Hints],
    model: &dyn SentenceModel,
) -> Option<Vec<[f32; FEATURES]>> {
    let vectors = word_vectors(tokens, model)?;
    let answer = AnswerCounts::new(structure, hints);
    let means: Vec<[f32; WIDTH]> = structure
        .statements
        .iter()
        .map(|statement| mean(&vectors, statement))
        .collect();
    let zeros = [0.0; WIDTH];
    let whole = mean_of(&means);
    let described = structure.statements.iter().enumerate();
    Some(
        described
            .map(|(at, statement)| {
                let mut features = [0.0; FEATURES];
                let details = details(tokens, structure, statement, &hints[at], &answer);
                features[..DETAILS].copy_from_slice(&details);
                let before = at.checked_sub(1).map_or(&zeros, |at| &means[at]);
                let after = means.get(at + 1).unwrap_or(&zeros);
                let vectors = [&means[at], before, after, &whole];
                let places = features[DETAILS..].chunks_exact_mut(WIDTH);
                for ((place, vector), scale) in places.zip(vectors).zip(SCALES) {
                    std::iter::zip(place, vector).for_each(|(place, x)| *place = scale * x);
                }
                features
            })
            .collect(),
    )
}

fn mean_of(vectors: &[[f32; WIDTH]]) -> [f32; WIDTH] {
    let mut mean = [0.0; WIDTH];
    for vector in vectors {
        std::iter::zip(&mut mean, vector).for_each(|(mean, x)| *mean += x / vectors.len() as f32);
    }
    mean
}

/// The vectors of all tokens, one after the other. The sentences are those of the phrase matcher, so each is
/// encoded once.
fn word_vectors(tokens: &[Token], model: &dyn SentenceModel) -> Option<Vec<f32>> {
    let mut vectors = Vec::with_capacity(tokens.len() * WIDTH);
    for range in sentence_ranges(tokens) {
        let texts: Vec<&str> = tokens[range.clone()]
            .iter()
            .map(|t| t.text.as_str())
            .collect();
        let found = model.vectors(&texts)?;
        if found.len() != texts.len() || found.word(0).len() != WIDTH {
            return None;
        }
        (0..found.len()).for_each(|at| vectors.extend_from_slice(found.word(at)));
    }
    Some(vectors)
}

/// The mean vector of a statement, with length 1.
fn mean(vectors: &[f32], statement: &Statement) -> [f32; WIDTH] {
    let mut mean = [0.0; WIDTH];
    for vector in vectors[statement.first * WIDTH..(statement.last + 1) * WIDTH].chunks_exact(WIDTH)
    {
        std::iter::zip(&mut mean, vector).for_each(|(mean, x)| *mean += x);
    }
    let length = mean.iter().map(|x| x * x).sum::<f32>().sqrt();
    mean.map(|x| x / length.max(f32::EPSILON))
}

/// What the statements around may tell about one.
struct AnswerCounts {
    own_acts: f32,
    team_acts: f32,
    best_metric: f32,
    flags: f32,
}

impl AnswerCounts {
    fn new(structure: &Structure, hints: &[Hints]) -> Self {
        let acts = |subject: Subject| {
            let count = structure
                .acts
                .iter()
                .filter(|act| act.agent == subject)
                .count();
            count.min(MANY_ACTS) as f32 / MANY_ACTS as f32
        };
        let flagged = hints
            .iter()
            .filter(|hints| hints.flags.contains(&true))
            .count();
        let metrics = hints.iter().map(|hints| hints.outcome[0]);
        Self {
            own_acts: acts(Subject::Speaker),
            team_acts: acts(Subject::Team),
            best_metric: metrics.max().unwrap_or(0) as f32 / MAX_SCORE,
            flags: flagged.min(MANY_ACTS) as f32 / MANY_ACTS as f32,
        }
    }
}

fn details(
    tokens: &[Token],
    structure: &Structure,
    statement: &Statement,
    hints: &Hints,
    answer: &AnswerCounts,
) -> [f32; DETAILS] {
    let words = &tokens[statement.first..=statement.last];
    let flag = |is: bool| if is { 1.0 } else { 0.0 };
    let main = structure.clauses[statement.clauses.clone()].first();
    let of_main = |is: &dyn Fn(&Clause) -> bool| flag(main.is_some_and(is));
    let acts = |subject: Subject| {
        let within = |verb: usize| (statement.first..=statement.last).contains(&verb);
        let acts = structure.acts.iter();
        acts.filter(|act| act.agent == subject && within(act.verb))
            .count()
            .min(3) as f32
            / 3.0
    };
    let has_time = |token: &Token| lexicon::TIME_UNITS.contains(&token.text.as_str());
    let grammar: [f32; GRAMMAR] = [
        statement.first as f32 / tokens.len() as f32,
        (words.len() as f32).ln() / 4.0,
        flag(words.iter().any(|token| token.value.is_some())),
        flag(words.iter().any(has_time)),
        of_main(&|clause| clause.subject == Subject::Speaker),
        of_main(&|clause| clause.subject == Subject::Team),
        of_main(&|clause| clause.subject == Subject::Other),
        flag(main.is_none()),
        of_main(&|clause| clause.tense == Tense::Past),
        of_main(&|clause| clause.tense == Tense::Perfect),
        of_main(&|clause| clause.tense == Tense::Present),
        of_main(&|clause| clause.is_negated),
        of_main(&|clause| clause.is_passive),
        of_main(&|clause| clause.is_real),
        acts(Subject::Speaker),
        acts(Subject::Team),
        answer.own_acts,
        answer.team_acts,
        answer.best_metric,
        answer.flags,
        flag(hints.is_harm),
    ];
    let values = (grammar.into_iter())
        .chain(hints.outcome.map(|score| score as f32 / MAX_SCORE))
        .chain(hints.outcome.map(|score| flag(score > 0)))
        .chain(hints.flags.map(flag))
        .chain(CUES.map(|cue| flag(words.iter().any(|token| token.any(cue)))));
    let mut details = [0.0; DETAILS];
    std::iter::zip(&mut details, values).for_each(|(detail, value)| *detail = value);
    details
}
