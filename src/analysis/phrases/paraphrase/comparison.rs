//! Compares a phrase with words that may say it, detail by detail. Each detail is a number, and
//! `decider` weighs them.

use std::ops::Range;

use super::features::DETAILS;
use super::opposites::are_opposites;
use super::quantities::{Measure, Quantity, quantities};
use super::scope::{self, Subject};
use super::sentences::{Sentence, Window};
use super::similarities::Similarities;
use super::vectors::units;
use crate::analysis::grammar::Clause;
use crate::analysis::language::{Boundary, Token, lexicon, synonyms, verbs};
use crate::analysis::phrases::word_vectors::{WordVectors, cosine};

/// A detail of a comparison: its index among the features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// Cosine of the mean vectors.
    Cosine,
    /// Mean similarity of the phrase's content words with their counterparts.
    MeanSimilarity,
    /// The smallest of these similarities.
    SmallestSimilarity,
    /// Share of content words with the same stem, number or a synonym.
    ShareOfSameWords,
    /// Share of content words that nothing resembles.
    ShareWithoutCounterpart,
    /// One over the number of content words.
    Shortness,
    /// The phrase has numbers, and all were said.
    NumbersAgree,
    /// How many numbers were not said.
    NumbersMissing,
    /// For how many numbers another one was said.
    NumbersContradict,
    /// Numbers were said in another order.
    NumbersExchanged,
    /// How many negations the phrase does not have.
    Negated,
    /// The phrase is negated, and the words are not.
    NegationMissing,
    /// How many words have an opposite instead.
    Opposites,
    /// "Would have", "almost", "if".
    Counterfactual,
    /// "Wanted to", "planned to".
    Wished,
    /// Somebody else than in the example did it.
    OtherSubject,
    /// The phrase says that the speaker did it, and somebody else did.
    OtherThanSpeaker,
    /// Mean similarity of the content words that were said with those of the phrase.
    SimilarityOfSaid,
    /// "Thanked me" and "I thanked her".
    PersonsExchanged,
    /// "Showing beats arguing" and "arguing beats showing".
    SidesExchanged,
    /// "Rang the surgeon" and "the surgeon rang".
    ObjectActs,
    /// The words of the phrase are spread over several clauses.
    Torn,
    /// "Before", "after", "without" or "well" is missing.
    MissingRelation,
    /// The clause that says most of it is negated.
    ClauseNegated,
    /// That clause says no fact: a wish, a duty, a condition.
    ClauseUnreal,
    /// The speaker acts in that clause.
    ClauseOfSpeaker,
    /// The team acts in that clause.
    ClauseOfTeam,
    /// Somebody or something else acts in that clause.
    ClauseOfOthers,
    /// That clause is passive.
    ClausePassive,
    /// Any clause with a counterpart is negated or no fact.
    AnyClauseUnreal,
    /// The phrase begins with a past verb: a deed.
    PhraseIsDeed,
    /// The phrase is negated.
    PhraseNegated,
    /// The phrase has numbers.
    PhraseHasNumbers,
    /// Words of the window over words of the phrase.
    RelativeLength,
}

/// From this similarity on, a word has a certain counterpart.
const CERTAIN: f32 = 0.9;
/// How certain a synonym is.
const SYNONYM: f32 = 0.92;
/// An opposite is close in meaning, but no counterpart.
const OPPOSITE: f32 = 0.3;
/// Below this similarity, a word has no counterpart.
const MIN_COUNTERPART: f32 = 0.42;
/// Counterparts may stand this far outside of the window.
const MARGIN: usize = 2;
/// A number belongs to a word at most this far away.
const NUMBER_REACH: usize = 4;
/// What stands before and after these words cannot change places.
const COMPARING: [&str; 14] = [
    "before", "after", "beats", "beat", "over", "than", "from", "to", "then", "not", "instead",
    "for", "first", "into",
];
/// Small words that make a phrase what it is.
const RELATIONS: [&str; 4] = ["before", "after", "well", "without"];

/// A phrase, word by word.
pub(super) struct PhraseWords<'a> {
    tokens: &'a [Token],
    vectors: &'a WordVectors,
    /// The vectors, with length 1.
    units: Vec<f32>,
    /// Mean of the vectors.
    pub(super) mean: Vec<f32>,
    /// Indices of the content words.
    content: Vec<usize>,
    quantities: Vec<Quantity>,
    /// Who does what it says.
    subject: Subject,
    /// Who did it in the example of the story.
    example_subject: Subject,
}

/// The content words among `tokens`, or all if there are none.
pub(super) fn content_words(tokens: &[Token]) -> Vec<usize> {
    let content: Vec<usize> = (0..tokens.len())
        .filter(|at| is_content(&tokens[*at]))
        .collect();
    match content.is_empty() {
        true => (0..tokens.len()).collect(),
        false => content,
    }
}

impl<'a> PhraseWords<'a> {
    pub(super) fn new(
        tokens: &'a [Token],
        vectors: &'a WordVectors,
        example_subject: Subject,
    ) -> Self {
        let mut mean = vec![0.0; vectors.word(0).len()];
        for at in 0..vectors.len() {
            std::iter::zip(&mut mean, vectors.word(at))
                .for_each(|(mean, x)| *mean += x / vectors.len() as f32);
        }
        Self {
            content: content_words(tokens),
            quantities: quantities(tokens),
            subject: subject_of_phrase(tokens),
            example_subject,
            units: units(vectors),
            tokens,
            vectors,
            mean,
        }
    }

    /// The words.
    pub(super) fn tokens(&self) -> &[Token] {
        self.tokens
    }

    /// Indices of the content words.
    pub(super) fn content(&self) -> &[usize] {
        &self.content
    }

    /// The vector of a word, with length 1.
    pub(super) fn unit(&self, at: usize) -> &[f32] {
        let width = self.mean.len();
        &self.units[at * width..][..width]
    }

    /// How well each token of `sentence` says each content word.
    pub(super) fn similarities(&self, tokens: &[Token], sentence: &Sentence) -> Similarities {
        let said: Vec<Quantity> = quantities(&tokens[sentence.tokens.clone()])
            .into_iter()
            .map(|quantity| quantity.moved(sentence.tokens.start))
            .collect();
        let row = |at: &usize| {
            let planned = self.quantities.iter().find(|q| q.at == *at);
            let similarity = |token: usize| {
                let quantity = said.iter().find(|q| q.at == token);
                match (planned, quantity) {
                    _ if self.tokens[*at].stem == tokens[token].stem => 1.0,
                    (Some(planned), Some(said)) if said.equals(planned) => 1.0,
                    _ => self.similarity(*at, tokens, sentence, token),
                }
            };
            sentence.tokens.clone().map(similarity).collect()
        };
        Similarities::new(
            sentence.tokens.start,
            self.content.iter().map(row).collect(),
        )
    }

    fn similarity(&self, at: usize, tokens: &[Token], sentence: &Sentence, token: usize) -> f32 {
        let (word, said) = (&self.tokens[at], &tokens[token]);
        if word.value.is_some() || said.value.is_some() {
            return 0.0;
        }
        if are_opposites(&word.stem, &said.stem) {
            return OPPOSITE;
        }
        let groups = synonyms::groups_of(&word.stem);
        let mut said_groups = synonyms::groups_of(&said.stem).iter();
        if said_groups.any(|group| groups.contains(group)) {
            return SYNONYM;
        }
        cosine(self.vectors.word(at), sentence.vector(token)).max(0.0)
    }

    /// All details of the comparison with `window`.
    pub(super) fn compare(
        &self,
        tokens: &[Token],
        clauses: &[Clause],
        sentence: &Sentence,
        similarities: &Similarities,
        window: &Window,
    ) -> [f32; DETAILS] {
        let whole = &sentence.tokens;
        let inside = window.first..window.last + 1;
        let scope = scope::clauses(tokens, whole, window.first, window.last);
        let near = window.first.saturating_sub(MARGIN).max(whole.start)
            ..(window.last + 1 + MARGIN).min(whole.end);
        let counterparts = similarities.counterparts(near.clone());
        let positions = counterparts.iter().map(|(token, _)| *token);
        let first = positions.clone().min().unwrap_or(window.first);
        let last = positions.max().unwrap_or(window.last);
        let best = counterparts.iter().map(|(_, similarity)| *similarity);
        let count = counterparts.len() as f32;
        let share = |is: &dyn Fn(f32) -> bool| {
            best.clone().filter(|similarity| is(*similarity)).count() as f32 / count
        };
        let said: Vec<usize> = inside
            .clone()
            .filter(|at| is_content(&tokens[*at]))
            .collect();
        let similarity_of_said: f32 = said
            .iter()
            .map(|at| {
                (0..counterparts.len())
                    .map(|row| similarities.of(row, *at))
                    .fold(0.0, f32::max)
            })
            .sum();
        let numbers = self.compare_numbers(tokens, &near, &scope, &counterparts);
        let (negated, negation_missing) = self.compare_negations(
            tokens,
            whole,
            &scope,
            &inside,
            &counterparts,
            first..last + 1,
        );
        let own = scope::unreality(self.tokens, 0..self.tokens.len());
        let unreal_from = scope.start.saturating_sub(1).max(whole.start);
        let unreal = scope::unreality(tokens, unreal_from..inside.end);
        let subject = scope::subject(tokens, whole, window.first, window.last);
        let expected = match self.subject {
            Subject::Unknown => self.example_subject,
            subject => subject,
        };
        let is_ours = matches!(expected, Subject::Speaker | Subject::Team);
        let is_other = subject == Subject::Other;
        let has_other_subject =
            is_ours && is_other || expected == Subject::Other && subject == Subject::Speaker;
        let flag = |is: bool| if is { 1.0 } else { 0.0 };
        let mut features = [0.0; DETAILS];
        let mut set = |detail: Detail, value: f32| features[detail as usize] = value;
        set(Detail::Cosine, window.cosine);
        set(Detail::MeanSimilarity, best.clone().sum::<f32>() / count);
        set(Detail::SmallestSimilarity, best.clone().fold(1.0, f32::min));
        set(
            Detail::ShareOfSameWords,
            share(&|similarity| similarity >= CERTAIN),
        );
        set(
            Detail::ShareWithoutCounterpart,
            share(&|similarity| similarity < MIN_COUNTERPART),
        );
        set(Detail::Shortness, 1.0 / count);
        set(Detail::NumbersAgree, flag(numbers.agree));
        set(Detail::NumbersMissing, numbers.missing.min(2) as f32);
        set(
            Detail::NumbersContradict,
            numbers.contradicting.min(2) as f32,
        );
        set(Detail::NumbersExchanged, flag(numbers.are_exchanged));
        set(Detail::Negated, negated.min(2) as f32);
        set(Detail::NegationMissing, flag(negation_missing));
        set(
            Detail::Opposites,
            self.count_opposites(&tokens[near.clone()], &counterparts)
                .min(2) as f32,
        );
        set(
            Detail::Counterfactual,
            flag(unreal.counterfactual > own.counterfactual),
        );
        set(Detail::Wished, flag(unreal.wish > own.wish));
        set(Detail::OtherSubject, flag(has_other_subject));
        set(
            Detail::OtherThanSpeaker,
            flag(self.subject == Subject::Speaker && is_other),
        );
        set(
            Detail::SimilarityOfSaid,
            similarity_of_said / said.len().max(1) as f32,
        );
        let after = &tokens[last..whole.end.min(last + 3)];
        set(
            Detail::PersonsExchanged,
            flag(self.has_exchanged_persons(&tokens[scope.start..inside.end], after, subject)),
        );
        set(
            Detail::SidesExchanged,
            flag(self.has_exchanged_sides(&tokens[scope.clone()])),
        );
        set(
            Detail::ObjectActs,
            flag(self.has_acting_object(tokens, &counterparts)),
        );
        set(Detail::Torn, flag(self.is_torn(tokens, first, last)));
        let is_missing = |token: &Token| {
            token.any(&RELATIONS)
                && !tokens[near.clone()]
                    .iter()
                    .any(|said| said.text == token.text)
        };
        set(
            Detail::MissingRelation,
            flag(self.tokens.iter().any(is_missing)),
        );
        let has = |clause: &&Clause, at: usize| (clause.first..=clause.last).contains(&at);
        let weight = |clause: &&Clause| {
            let within = counterparts.iter().filter(|(at, _)| has(clause, *at));
            within
                .map(|(_, similarity)| similarity.max(0.0))
                .sum::<f32>()
        };
        let overlapping = clauses.iter().filter(|clause| weight(clause) > 0.0);
        let main = overlapping
            .clone()
            .max_by(|a, b| weight(a).total_cmp(&weight(b)));
        if let Some(clause) = main {
            use crate::analysis::grammar::Subject as Agent;
            set(Detail::ClauseNegated, flag(clause.is_negated));
            set(Detail::ClauseUnreal, flag(!clause.is_real));
            set(
                Detail::ClauseOfSpeaker,
                flag(clause.subject == Agent::Speaker),
            );
            set(Detail::ClauseOfTeam, flag(clause.subject == Agent::Team));
            set(Detail::ClauseOfOthers, flag(clause.subject == Agent::Other));
            set(Detail::ClausePassive, flag(clause.is_passive));
        }
        let is_unreal = |clause: &Clause| clause.is_negated || !clause.is_real;
        set(
            Detail::AnyClauseUnreal,
            flag(overlapping.clone().any(is_unreal)),
        );
        let is_deed = self.tokens.first().is_some_and(|t| verbs::is_past(&t.text));
        set(Detail::PhraseIsDeed, flag(is_deed));
        let negations = scope::negations(self.tokens, 0..self.tokens.len());
        set(Detail::PhraseNegated, flag(negations > 0));
        set(
            Detail::PhraseHasNumbers,
            flag(self.quantities.iter().any(|q| q.is_explicit)),
        );
        set(
            Detail::RelativeLength,
            inside.len() as f32 / self.tokens.len().max(1) as f32,
        );
        features
    }

    fn compare_numbers(
        &self,
        tokens: &[Token],
        near: &Range<usize>,
        scope: &Range<usize>,
        counterparts: &[(usize, f32)],
    ) -> Numbers {
        let planned: Vec<&Quantity> = self.quantities.iter().filter(|q| q.is_explicit).collect();
        let within = |range: Range<usize>| -> Vec<Quantity> {
            let start = range.start;
            let found = quantities(&tokens[range]).into_iter();
            found.map(|quantity| quantity.moved(start)).collect()
        };
        let said = within(near.clone());
        let wide = within(near.start.min(scope.start)..near.end.max(scope.end));
        let matches: Vec<Option<usize>> = planned
            .iter()
            .map(|planned| {
                let equal = |said: &&Quantity| said.equals(planned);
                let same_measure = said
                    .iter()
                    .position(|s| equal(&s) && s.measure == planned.measure);
                same_measure.or_else(|| said.iter().position(|s| equal(&s)))
            })
            .collect();
        let is_used = |quantity: &Quantity| {
            matches
                .iter()
                .flatten()
                .any(|at| said[*at].at == quantity.at)
        };
        let is_rival = |quantity: &&Quantity, planned: &Quantity| {
            quantity.is_explicit && quantity.measure == planned.measure
        };
        let (mut missing, mut contradicting) = (0, 0);
        for (planned, found) in std::iter::zip(&planned, &matches) {
            let Some(found) = found.map(|at| &said[at]) else {
                match wide.iter().any(|q| is_rival(&q, planned) && !is_used(q)) {
                    true => contradicting += 1,
                    false => missing += 1,
                }
                continue;
            };
            contradicting +=
                usize::from(self.is_bound_elsewhere(planned, found, &wide, counterparts));
            let is_unit_taken = found.measure != planned.measure
                && wide
                    .iter()
                    .any(|q| is_rival(&q, planned) && !q.equals(planned));
            contradicting += usize::from(is_unit_taken);
        }
        Numbers {
            agree: !planned.is_empty() && missing + contradicting == 0,
            missing,
            contradicting,
            are_exchanged: !matches.iter().flatten().is_sorted(),
        }
    }

    /// Whether another number than `found` is next to the word that the planned number belongs to.
    fn is_bound_elsewhere(
        &self,
        planned: &Quantity,
        found: &Quantity,
        wide: &[Quantity],
        counterparts: &[(usize, f32)],
    ) -> bool {
        let neighbors =
            std::iter::zip(&self.content, counterparts).filter(|(at, (_, similarity))| {
                at.abs_diff(planned.at) <= 2
                    && **at != planned.at
                    && self.tokens[**at].value.is_none()
                    && *similarity >= CERTAIN
            });
        neighbors.into_iter().any(|(_, (token, _))| {
            let distance = |quantity: &Quantity| quantity.at.abs_diff(*token);
            let rivals = wide.iter().filter(|q| {
                q.is_explicit
                    && distance(q) <= NUMBER_REACH
                    && (q.measure == planned.measure
                        || q.measure == Measure::Count
                        || planned.measure == Measure::Count)
            });
            let Some(nearest) = rivals.clone().map(distance).min() else {
                return false;
            };
            let is_planned = |q: &Quantity| self.quantities.iter().any(|planned| planned.equals(q));
            nearest < distance(found) && !rivals.filter(|q| distance(q) == nearest).any(is_planned)
        })
    }

    /// How many negations the phrase does not have, and whether its own is missing.
    fn compare_negations(
        &self,
        tokens: &[Token],
        sentence: &Range<usize>,
        scope: &Range<usize>,
        inside: &Range<usize>,
        counterparts: &[(usize, f32)],
        span: Range<usize>,
    ) -> (usize, bool) {
        let is_after = |at: usize, end: usize| {
            at < end
                && tokens[at].break_before == Boundary::None
                && !tokens[at].is("without")
                && scope::is_negation(tokens, at)
        };
        let planned = scope::negations(self.tokens, 0..self.tokens.len());
        let clause = scope::clauses(tokens, sentence, span.start, span.start);
        let in_scope = scope::negations(tokens, scope.start..inside.end)
            + usize::from(is_after(inside.end, scope.end));
        let in_span = scope::negations(tokens, clause.start..span.end)
            + usize::from(is_after(span.end, sentence.end));
        // A negation stands before what it negates: "to help ... without" does not say "without helping".
        let is_missing_before = (0..self.tokens.len())
            .filter(|at| scope::is_negation(self.tokens, *at))
            .any(|at| {
                let next = self.content.iter().position(|content| *content > at);
                next.is_some_and(|next| {
                    let (token, _) = counterparts[next];
                    let clause = scope::clauses(tokens, sentence, token, token);
                    scope::negations(tokens, clause.start..token + 1) == 0
                })
            });
        (
            in_scope.max(in_span).saturating_sub(planned),
            in_span < planned || is_missing_before,
        )
    }

    /// How many words of the phrase have an opposite among `near`, but are not there themselves.
    fn count_opposites(&self, near: &[Token], counterparts: &[(usize, f32)]) -> usize {
        let is_said = |at: usize| {
            let content = self.content.iter().position(|content| *content == at);
            content.is_some_and(|content| counterparts[content].1 >= SYNONYM)
                || near.iter().any(|token| token.stem == self.tokens[at].stem)
        };
        (0..self.tokens.len())
            .filter(|at| !is_said(*at))
            .filter(|at| {
                near.iter()
                    .any(|token| are_opposites(&self.tokens[*at].stem, &token.stem))
            })
            .count()
    }

    /// "Thanked me" and "I thanked her": the phrase is about what happens to the speaker, the words are
    /// about what happens to others, or the other way round.
    fn has_exchanged_persons(&self, said: &[Token], after: &[Token], subject: Subject) -> bool {
        let has = |tokens: &[Token], texts: &[&str]| tokens.iter().any(|token| token.any(texts));
        let planned = |texts: &[&str]| has(self.tokens, texts);
        let said = |texts: &[&str]| has(said, texts);
        let (me, them, they) = (["me", "us"], ["him", "her", "them"], ["he", "she", "they"]);
        let happens_to_others =
            planned(&me) && !said(&me) && said(&["i", "we"]) && (said(&them) || said(&they));
        let happens_to_speaker =
            planned(&them) && !planned(&me) && said(&me) && !said(&["i"]) && said(&they);
        let is_for_speaker = self.subject == Subject::Speaker
            && !planned(&["me"])
            && subject != Subject::Speaker
            && has(after, &["me"]);
        let belongs_to_others =
            planned(&["my"]) && !said(&["my", "mine"]) && said(&["his", "her", "their", "your"]);
        happens_to_others || happens_to_speaker || is_for_speaker || belongs_to_others
    }

    /// Whether what stands before and after a comparing word changed places.
    fn has_exchanged_sides(&self, said: &[Token]) -> bool {
        let shares = |a: &[Token], b: &[Token]| {
            let mut content = a.iter().filter(|token| is_content(token));
            content.any(|one| {
                b.iter()
                    .any(|other| is_content(other) && other.stem == one.stem)
            })
        };
        (1..self.tokens.len()).any(|at| {
            let comparing = &self.tokens[at];
            let (left, right) = (&self.tokens[..at], &self.tokens[at + 1..]);
            comparing.any(&COMPARING)
                && (1..said.len()).any(|place| {
                    let (before, after) = (&said[..place], &said[place + 1..]);
                    said[place].text == comparing.text
                        && shares(left, after)
                        && shares(right, before)
                        && !shares(left, before)
                })
        })
    }

    /// "The surgeon rang" for "rang the surgeon": an object of the phrase stands before its verb, without a
    /// passive or another subject in between.
    fn has_acting_object(&self, tokens: &[Token], counterparts: &[(usize, f32)]) -> bool {
        let begins_with_verb = self.content.first() == Some(&0)
            && self.content.len() > 1
            && verbs::is_past(&self.tokens[0].text);
        let Some(&(verb, similarity)) = counterparts.first().filter(|_| begins_with_verb) else {
            return false;
        };
        if similarity < CERTAIN || verb == 0 || scope::begins_clause(tokens, verb) {
            return false;
        }
        let objects = std::iter::zip(&self.content, counterparts).skip(1);
        objects
            .filter(|(at, (token, similarity))| {
                self.tokens[**at].value.is_none() && *similarity >= CERTAIN && *token < verb
            })
            .any(|(_, (object, _))| {
                let between = object + 1..verb;
                let breaks = between.clone().any(|at| scope::begins_clause(tokens, at));
                let other = tokens[between].iter().any(|token| {
                    token.any(&lexicon::BE)
                        || token.any(&["got", "get", "gets", "i", "we", "he", "she", "they", "you"])
                });
                !breaks && !other
            })
    }

    /// Whether the counterparts from `first` to `last` are spread over several clauses.
    fn is_torn(&self, tokens: &[Token], first: usize, last: usize) -> bool {
        let begins = |at: &usize| scope::begins_clause(tokens, *at);
        let has_but = (first..=last).any(|at| tokens[at].is("but"));
        (first + 1..=last).filter(begins).count() > 1
            || has_but && !self.tokens.iter().any(|token| token.is("but"))
    }
}

/// How the numbers of a phrase compare.
struct Numbers {
    agree: bool,
    missing: usize,
    contradicting: usize,
    are_exchanged: bool,
}

/// Who does what the phrase says.
fn subject_of_phrase(tokens: &[Token]) -> Subject {
    let says = |text: &str| tokens.iter().any(|token| token.is(text));
    let first = tokens.first().map_or("", |token| token.text.as_str());
    match first {
        _ if says("i") || says("myself") => Subject::Speaker,
        "we" => Subject::Team,
        "they" | "he" | "she" | "everyone" | "everybody" | "nobody" => Subject::Other,
        _ => Subject::Unknown,
    }
}

pub(super) fn is_content(token: &Token) -> bool {
    token.value.is_some()
        || token.any(&[
            "well", "fine", "since", "same", "first", "early", "last", "alone",
        ])
        || !lexicon::is_function(&token.text) && !is_light_adverb(&token.text)
}

/// Adverbs that add nothing which a phrase is about.
fn is_light_adverb(text: &str) -> bool {
    lexicon::is_adverb(text) && !text.ends_with("ly")
        || matches!(
            text,
            "really" | "mostly" | "nearly" | "finally" | "simply" | "basically" | "actually"
        )
}
