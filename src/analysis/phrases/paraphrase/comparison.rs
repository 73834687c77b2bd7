//! Compares a phrase with words that may say it, detail by detail. Each detail is a number, and
//! `decider` weighs them.

use super::opposites::are_opposites;
use super::quantities::{Quantity, quantities};
use super::scope::{self, Subject};
use super::sentences::{Sentence, Window};
use crate::analysis::language::{Token, lexicon, synonyms};
use crate::analysis::phrases::word_vectors::{WordVectors, cosine};

/// Number of details.
pub const FEATURES: usize = 24;

/// What each detail is.
pub const FEATURE_NAMES: [&str; FEATURES] = [
    "cosine of the mean vectors",
    "mean similarity of the phrase's content words",
    "smallest similarity of a content word",
    "share of content words with the same stem or a synonym",
    "mean similarity of the window's content words",
    "has numbers, and all agree",
    "numbers missing",
    "numbers that contradict",
    "numbers in another order",
    "negation inside the window only",
    "negation before the window only",
    "negation missing",
    "opposites",
    "would have, almost, if",
    "wanted to, planned to",
    "other modal verb",
    "somebody else did what the speaker planned",
    "somebody else did it, the phrase does not say who",
    "exchanged persons",
    "exchanged sides of a comparison",
    "one over the number of content words",
    "found by the rules",
    "share of content words without counterpart",
    "the team did it, the phrase does not say so",
];

/// Below this similarity, a word has no counterpart.
const MIN_COUNTERPART: f32 = 0.42;
/// Between these words, sides cannot be exchanged: "showing beats arguing", "check before you say no".
const COMPARING: [&str; 14] = [
    "before", "after", "beats", "beat", "over", "than", "from", "to", "then", "not", "instead", "for",
    "first", "into",
];

/// A phrase, word by word.
pub(super) struct PhraseWords<'a> {
    tokens: &'a [Token],
    vectors: &'a WordVectors,
    /// Mean of the vectors.
    pub(super) mean: Vec<f32>,
    /// Indices of the content words.
    content: Vec<usize>,
    quantities: Vec<Quantity>,
}

impl<'a> PhraseWords<'a> {
    pub(super) fn new(tokens: &'a [Token], vectors: &'a WordVectors) -> Self {
        let width = vectors.word(0).len();
        let mut mean = vec![0.0; width];
        for at in 0..vectors.len() {
            std::iter::zip(&mut mean, vectors.word(at))
                .for_each(|(mean, x)| *mean += x / vectors.len() as f32);
        }
        let mut content: Vec<usize> = (0..tokens.len()).filter(|at| is_content(&tokens[*at])).collect();
        if content.is_empty() {
            content = (0..tokens.len()).collect();
        }
        Self {
            quantities: quantities(tokens),
            tokens,
            vectors,
            mean,
            content,
        }
    }

    /// All details of the comparison with `window`.
    pub(super) fn compare(
        &self,
        tokens: &[Token],
        sentence: &Sentence,
        window: &Window,
        aligned: Option<(usize, usize)>,
    ) -> [f32; FEATURES] {
        let scope = scope::clauses(tokens, &sentence.tokens, window.first, window.last);
        let near = window.first.saturating_sub(2).max(sentence.tokens.start)
            ..(window.last + 3).min(sentence.tokens.end);
        let inside = window.first..window.last + 1;
        let matches: Vec<(usize, f32)> = (self.content.iter())
            .map(|at| self.best_match(*at, tokens, sentence, near.clone()))
            .collect();
        let count = matches.len() as f32;
        let similarities = matches.iter().map(|(_, similarity)| *similarity);
        let said_content: Vec<usize> = inside
            .clone()
            .filter(|at| is_content(&tokens[*at]))
            .collect();
        let reverse: f32 = said_content
            .iter()
            .map(|at| {
                let similarity = |of: &usize| self.similarity(*of, tokens, sentence, *at);
                self.content.iter().map(similarity).fold(0.0, f32::max)
            })
            .sum();
        let [matched, missing, contradicting, exchanged] = self.compare_numbers(tokens, &inside, &scope);
        let phrase_negations = scope::negations(self.tokens, 0..self.tokens.len());
        let negations_inside = scope::negations(tokens, inside.clone());
        let negations_before = scope::negations(tokens, scope.start..window.first)
            + usize::from(scope::negations(tokens, window.last + 1..scope.end.min(window.last + 3)) > 0);
        let extra = |count: usize| count.saturating_sub(phrase_negations).min(2) as f32;
        let negations = negations_inside + negations_before;
        let own = scope::unreality(self.tokens, 0..self.tokens.len());
        let said = scope::unreality(tokens, scope.start.saturating_sub(1).max(sentence.tokens.start)..inside.end);
        let unreal = |said: u32, own: u32| said.saturating_sub(own).min(2) as f32;
        let phrase_subject = self.subject();
        let subject = scope::subject(tokens, &sentence.tokens, window.first, window.last);
        let opposites = self.count_opposites(tokens, sentence, &near, &matches);
        let flag = |is: bool| if is { 1.0 } else { 0.0 };
        let exact = similarities.clone().filter(|s| *s >= SYNONYM).count() as f32;
        let uncovered = similarities.clone().filter(|s| *s < MIN_COUNTERPART).count() as f32;
        [
            window.cosine,
            similarities.clone().sum::<f32>() / count,
            similarities.clone().fold(1.0, f32::min),
            exact / count,
            reverse / (said_content.len().max(1)) as f32,
            matched,
            missing,
            contradicting,
            exchanged,
            extra(negations_inside),
            extra(negations).max(extra(negations_inside)) - extra(negations_inside),
            flag(negations < phrase_negations),
            opposites.min(2) as f32,
            unreal(said.counterfactual, own.counterfactual),
            unreal(said.wish, own.wish),
            unreal(said.modal, own.modal),
            flag(phrase_subject == Subject::Speaker && subject == Subject::Other),
            flag(phrase_subject == Subject::Unknown && subject == Subject::Other),
            flag(self.has_exchanged_persons(&tokens[scope.start..inside.end])),
            flag(self.has_exchanged_sides(&tokens[scope.clone()])),
            1.0 / count,
            flag(aligned.is_some_and(|(first, last)| first <= window.last && last >= window.first)),
            uncovered / count,
            flag(phrase_subject == Subject::Unknown && subject == Subject::Team),
        ]
    }

    /// The token in `near` that says the phrase's word at `at` best, and how well.
    fn best_match(
        &self,
        at: usize,
        tokens: &[Token],
        sentence: &Sentence,
        near: std::ops::Range<usize>,
    ) -> (usize, f32) {
        near.clone()
            .map(|token| (token, self.similarity(at, tokens, sentence, token)))
            .fold((near.start, 0.0), |best, next| if next.1 > best.1 { next } else { best })
    }

    /// How similar the phrase's word at `at` and `token` are.
    fn similarity(&self, at: usize, tokens: &[Token], sentence: &Sentence, token: usize) -> f32 {
        let (word, said) = (&self.tokens[at], &tokens[token]);
        if word.stem == said.stem {
            return 1.0;
        }
        if word.value.is_some() || said.value.is_some() {
            let is_same = (self.quantities.iter().find(|q| q.at == at)).is_some_and(|q| {
                let said = quantities(&tokens[token..tokens.len().min(token + 4)]);
                said.first().is_some_and(|first| first.at == 0 && first.equals(q))
            });
            return if is_same { 1.0 } else { 0.0 };
        }
        if are_opposites(&word.stem, &said.stem) {
            return 0.3;
        }
        let groups = synonyms::groups_of(&word.stem);
        if synonyms::groups_of(&said.stem).iter().any(|group| groups.contains(group)) {
            return SYNONYM;
        }
        cosine(self.vectors.word(at), sentence.vector(token)).max(0.0)
    }

    /// Whether all numbers agree (1 or 0), how many are missing, how many contradict, and whether they
    /// stand in another order.
    fn compare_numbers(
        &self,
        tokens: &[Token],
        inside: &std::ops::Range<usize>,
        scope: &std::ops::Range<usize>,
    ) -> [f32; 4] {
        let planned: Vec<&Quantity> = self.quantities.iter().filter(|q| q.is_explicit).collect();
        let range = inside.start.saturating_sub(2).max(scope.start.min(inside.start))
            ..(inside.end + 2).min(tokens.len());
        let said = quantities(&tokens[range.clone()]);
        let matches: Vec<Option<usize>> = planned
            .iter()
            .map(|planned| said.iter().position(|said| said.equals(planned)))
            .collect();
        let unmatched = std::iter::zip(&planned, &matches).filter(|(_, said)| said.is_none());
        let (mut missing, mut contradicting) = (0, 0);
        for (planned, _) in unmatched {
            let is_other = |(at, said): (usize, &Quantity)| {
                let is_free = !matches.contains(&Some(at));
                is_free && said.is_comparable(planned) && said.is_explicit
            };
            match said.iter().enumerate().any(is_other) {
                true => contradicting += 1,
                false => missing += 1,
            }
        }
        let order: Vec<usize> = matches.iter().flatten().copied().collect();
        let all_agree = !planned.is_empty() && missing + contradicting == 0;
        [
            if all_agree { 1.0 } else { 0.0 },
            missing.min(2) as f32,
            contradicting.min(2) as f32,
            if order.is_sorted() { 0.0 } else { 1.0 },
        ]
    }

    /// How many content words of the phrase have an opposite near by, but are not there themselves.
    fn count_opposites(
        &self,
        tokens: &[Token],
        _sentence: &Sentence,
        near: &std::ops::Range<usize>,
        matches: &[(usize, f32)],
    ) -> usize {
        let words = (0..self.tokens.len()).filter(|at| {
            let found = self.content.iter().position(|content| content == at);
            found.is_none_or(|found| matches[found].1 < SYNONYM)
        });
        words
            .filter(|at| {
                let stem = &self.tokens[*at].stem;
                let is_said = tokens[near.clone()].iter().any(|token| token.stem == *stem);
                !is_said
                    && tokens[near.clone()]
                        .iter()
                        .any(|token| are_opposites(stem, &token.stem))
            })
            .count()
    }

    /// Who does what the phrase says.
    fn subject(&self) -> Subject {
        let says = |texts: &[&str]| self.tokens.iter().any(|token| token.any(texts));
        match self.tokens.first() {
            Some(first) if first.is("i") => Subject::Speaker,
            Some(first) if first.is("we") => Subject::Team,
            Some(first) if first.any(&["they", "he", "she", "everyone", "everybody"]) => Subject::Other,
            _ if says(&["myself"]) => Subject::Speaker,
            _ if says(&["i"]) => Subject::Speaker,
            _ => Subject::Unknown,
        }
    }

    /// "thanked me" and "I thanked her": the phrase is about what happens to the speaker, the words are
    /// about what happens to others, or the other way round.
    fn has_exchanged_persons(&self, said: &[Token]) -> bool {
        let has = |tokens: &[Token], texts: &[&str]| tokens.iter().any(|token| token.any(texts));
        let speaker = ["me", "us"];
        let others = ["him", "her", "them", "he", "she", "they"];
        let (own, their) = (has(self.tokens, &speaker), has(self.tokens, &others[..3]));
        own && !has(said, &speaker) && has(said, &["i", "we"]) && has(said, &others)
            || their && !own && has(said, &speaker) && !has(said, &["i"]) && has(said, &others[3..])
    }

    /// Whether what stands before and after a comparing word changed places.
    fn has_exchanged_sides(&self, said: &[Token]) -> bool {
        let is_in = |tokens: &[Token], stem: &str| {
            tokens.iter().any(|token| is_content(token) && token.stem == stem)
        };
        let shares = |a: &[Token], b: &[Token]| a.iter().any(|t| is_content(t) && is_in(b, &t.stem));
        (1..self.tokens.len()).any(|at| {
            let comparing = &self.tokens[at];
            let (left, right) = (&self.tokens[..at], &self.tokens[at + 1..]);
            comparing.any(&COMPARING)
                && (1..said.len()).any(|place| {
                    said[place].text == comparing.text
                        && shares(left, &said[place + 1..])
                        && shares(right, &said[..place])
                        && !shares(left, &said[..place])
                })
        })
    }
}

/// How certain a synonym is.
const SYNONYM: f32 = 0.92;

fn is_content(token: &Token) -> bool {
    token.value.is_some()
        || !lexicon::is_function(&token.text)
            && (!lexicon::is_adverb(&token.text) || token.any(&["first", "early", "last", "alone"]))
            && !token.any(&["be", "is", "was"])
}
