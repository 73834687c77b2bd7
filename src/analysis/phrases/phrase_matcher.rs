//! Fuzzy search for a phrase in what was said, in its own or in other words.
//!
//! The items of a phrase are aligned with the tokens of the answer in order. Skipped tokens cost a
//! little, missing items cost their weight, and two parts of the phrase may have changed places. A
//! match counts if:
//! - its share of the weight reaches [`MIN_SCORE`],
//! - all numbers and the head of the phrase are there,
//! - it is negated just as the phrase is,
//! - and, for "I ...", the speaker did it.

use std::ops::Range;

use super::negation::{self, Negation};
use super::pattern_item::{Candidate, Item};
use super::phrase_pattern::PhrasePattern;
use super::token_index::{TokenIndex, skip_cost};
use crate::analysis::language::{Boundary, Token, lexicon, synonyms, verbs};
use crate::analysis::ownership::attribution::{self, Agent};

/// The share of a phrase's weight that has to be said. Three of four words of equal weight are not
/// enough; a synonym and an inserted word are. Chosen on the cases of `tests/data/texts.tsv`.
const MIN_SCORE: f32 = 0.78;
/// Misrecognitions are expensive to search for, so at least this share has to be there without them.
const MIN_SCORE_WITHOUT_MISRECOGNITIONS: f32 = 0.45;
/// Parts of a phrase may change places up to this many items.
const MAX_ITEMS_REORDERED: usize = 24;
/// How many tokens may be skipped between two items, plus one.
const REACH: usize = 9;
/// What it costs that two parts changed places.
const REORDER_COST: f32 = 0.08;
/// Sums of the same weights in another order differ by less than this.
const ROUNDING: f32 = 1e-3;

/// Where a phrase was said: token indices, both included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// First token.
    pub first: usize,
    /// Last token.
    pub last: usize,
    /// How much of the phrase it has, up to 1.
    pub score: f32,
}

/// The best match of any of `patterns`.
pub fn find_best(patterns: &[PhrasePattern], index: &TokenIndex) -> Option<Match> {
    let mut best: Option<Match> = None;
    for pattern in patterns {
        let found = find(pattern, index);
        if best.is_none_or(|best| found.is_some_and(|found| found.score > best.score)) {
            best = found;
        }
        if best.is_some_and(|best| best.score >= 1.0) {
            break;
        }
    }
    best
}

/// The best match of `pattern`.
pub fn find(pattern: &PhrasePattern, index: &TokenIndex) -> Option<Match> {
    find_all(pattern, index).into_iter().reduce(
        |best, next| {
            if next.score > best.score { next } else { best }
        },
    )
}

/// All matches of `pattern`, in the order of their ends.
pub fn find_all(pattern: &PhrasePattern, index: &TokenIndex) -> Vec<Match> {
    Matcher { pattern, index }.find_all()
}

/// A search for one phrase in one answer.
struct Matcher<'a> {
    pattern: &'a PhrasePattern,
    index: &'a TokenIndex,
}

/// The best alignment that ends with a certain item at a certain token.
#[derive(Clone, Copy)]
struct Step {
    token: usize,
    /// Token at which the alignment begins.
    first: usize,
    score: f32,
    /// The items it has, as bits.
    items: u64,
    /// Token at which the first negated item stands; `usize::MAX` if it is missing.
    negated_token: usize,
}

impl Matcher<'_> {
    fn find_all(&self) -> Vec<Match> {
        let Matcher { pattern, index } = self;
        if !self.may_match_without_misrecognitions() {
            return Vec::new();
        }
        let mut candidates: Vec<Vec<Candidate>> = pattern
            .items
            .iter()
            .map(|item| item.candidates(index, pattern.content_words))
            .collect();
        let share = |candidates: &[Vec<Candidate>]| -> f32 {
            std::iter::zip(&pattern.items, candidates)
                .filter(|(_, candidates)| !candidates.is_empty())
                .map(|(item, _)| item.weight)
                .sum()
        };
        let min_share = MIN_SCORE_WITHOUT_MISRECOGNITIONS * pattern.weight;
        if pattern.content_words == 1 || share(&candidates) >= min_share {
            for (item, candidates) in std::iter::zip(&pattern.items, &mut candidates) {
                item.add_misrecognitions(candidates, index, pattern.content_words);
            }
        }
        if share(&candidates) < MIN_SCORE * pattern.weight || !self.may_match_nearby(&candidates) {
            return Vec::new();
        }
        let in_order: Vec<usize> = (0..pattern.items.len()).collect();
        let matches = self.align(&candidates, &in_order, 0.0);
        if !matches.is_empty()
            || pattern.content_words < 2
            || pattern.items.len() > MAX_ITEMS_REORDERED
        {
            return matches;
        }
        reorderings(pattern.items.len(), pattern.negated_item)
            .iter()
            // "from zero to 0.3%" is not "from 0.3% to zero".
            .filter(|order| {
                let numbers = order
                    .iter()
                    .filter(|at| pattern.items[**at].value.is_some());
                numbers.is_sorted()
            })
            .flat_map(|order| self.align(&candidates, order, REORDER_COST))
            .collect()
    }

    /// Whether enough of the phrase occurs anywhere. Most searches end here.
    fn may_match_without_misrecognitions(&self) -> bool {
        let occurring = |item: &&Item| item.has_candidates(self.index);
        let items = self.pattern.items.iter();
        let share: f32 = items.filter(occurring).map(|item| item.weight).sum();
        self.pattern.content_words == 1
            || share >= MIN_SCORE_WITHOUT_MISRECOGNITIONS * self.pattern.weight
    }

    /// Whether enough of the phrase occurs around one of its heads. In a long answer all words may
    /// occur, but far from each other.
    fn may_match_nearby(&self, candidates: &[Vec<Candidate>]) -> bool {
        let items = &self.pattern.items;
        let reach = REACH * items.len();
        candidates[self.pattern.head].iter().any(|head| {
            let mut share = 0.0;
            let has_numbers = std::iter::zip(items, candidates).all(|(item, candidates)| {
                let next = candidates.partition_point(|c| c.token + reach < head.token);
                let is_near = candidates
                    .get(next)
                    .is_some_and(|c| c.token <= head.token + reach);
                if is_near {
                    share += item.weight;
                }
                is_near || item.value.is_none()
            });
            has_numbers && share >= MIN_SCORE * self.pattern.weight - ROUNDING
        })
    }

    /// Aligns the items, taken in `order`, with the tokens.
    fn align(&self, candidates: &[Vec<Candidate>], order: &[usize], cost: f32) -> Vec<Match> {
        let Matcher { pattern, index } = self;
        let mut steps: Vec<Step> = Vec::new();
        // Where the steps of each earlier item stand in `steps`, in the order of their tokens.
        let mut steps_by_item: Vec<Range<usize>> = Vec::new();
        let min_weight = (MIN_SCORE + cost) * pattern.weight - ROUNDING;
        let mut remaining_weight = pattern.weight;
        for &item in order {
            let weight = pattern.items[item].weight;
            remaining_weight -= weight;
            let is_negated = pattern.negated_item == Some(item);
            let begin = steps.len();
            for &Candidate { token, quality } in &candidates[item] {
                let mut best = Step {
                    token,
                    first: token,
                    score: weight * quality,
                    items: 1_u64 << item,
                    negated_token: if is_negated { token } else { usize::MAX },
                };
                let steps_in_reach = steps_by_item.iter().flat_map(|of_item| {
                    let steps = &steps[of_item.clone()];
                    let from = steps.partition_point(|step| step.token + REACH < token);
                    steps[from..].iter().take_while(|step| step.token < token)
                });
                for step in steps_in_reach {
                    let score =
                        step.score + weight * quality - index.cost_between(step.token, token);
                    if score > best.score {
                        best = Step {
                            token,
                            first: step.first,
                            score,
                            items: step.items | 1_u64 << item,
                            negated_token: match is_negated {
                                true => token,
                                false => step.negated_token,
                            },
                        };
                    }
                }
                // Skip what cannot reach the minimum even with all remaining items.
                if best.score + remaining_weight >= min_weight {
                    steps.push(best);
                }
            }
            steps_by_item.push(begin..steps.len());
        }
        let mut matches: Vec<Match> = steps
            .iter()
            .filter_map(|step| {
                let score = step.score / pattern.weight - cost;
                let is_candidate = score >= MIN_SCORE && self.has_required_items(step.items);
                is_candidate.then(|| self.accept(step, score)).flatten()
            })
            .collect();
        matches.sort_by_key(|found| found.last);
        matches
    }

    /// Whether the head and all numbers are among `items`.
    fn has_required_items(&self, items: u64) -> bool {
        let has = |at: usize| items & (1_u64 << at) != 0;
        let mut numbered = self.pattern.items.iter().enumerate();
        has(self.pattern.head) && numbered.all(|(at, item)| item.value.is_none() || has(at))
    }

    /// The match that ends with `step`, if it is negated as the phrase is and said of the right person.
    fn accept(&self, step: &Step, score: f32) -> Option<Match> {
        let (mut first, last, mut score) = (step.first, step.token, score);
        match self.pattern.negated_item {
            Some(item) if item < self.pattern.items.len() => {
                (first, score) = self.include_negation(step, score)?;
            }
            Some(_) => {
                let last = self.negation_after(last)?;
                return self.check_agent(first, last, score);
            }
            None if self.has_unplanned_meaning(first, last) => return None,
            None => {}
        }
        if score < MIN_SCORE {
            return None;
        }
        // "our service. I took ownership of it": a match does not span two sentences.
        let begins_sentence = |at: usize| self.index.tokens[at].break_before == Boundary::Sentence;
        if (first + 1..=last).any(begins_sentence) {
            return None;
        }
        self.check_agent(first, last, score)
    }

    /// Extends a match of a negated phrase back to its negation. Returns the new first token and score.
    fn include_negation(&self, step: &Step, score: f32) -> Option<(usize, f32)> {
        let tokens = &self.index.tokens;
        let (first, last) = (step.first, step.token);
        let negated_token = match step.negated_token {
            usize::MAX => first,
            at => at,
        };
        // "nobody asked the customers" is not about being asked.
        let has_other_object = tokens
            .get(last + 1)
            .is_some_and(|next| next.any(&["the", "them", "him", "her", "their", "customers"]));
        if tokens[last].stem == "ask" && has_other_object {
            return None;
        }
        if tokens[negated_token].is("nobody") {
            return Some((first, score));
        }
        let negation = self.negation_of(negated_token, first)?;
        let mut in_noun_phrase = self.index.negation_at(negation) != Negation::Sentence;
        let until = match negation < first {
            true => first.min(negated_token),
            false => negated_token,
        };
        let cost: f32 = tokens[negation + 1..until]
            .iter()
            .map(|token| {
                in_noun_phrase |= token.any(&["a", "an", "any", "the", "my", "our", "single"]);
                match skip_cost(token) {
                    cost if cost < 0.1 => cost,
                    // "not closed the ticket" negates the closing.
                    _ if !in_noun_phrase => 0.4,
                    // "no more than the usual tickets": a negation is near to what it negates.
                    cost => cost * 0.8,
                }
            })
            .sum();
        Some((first.min(negation), score - cost / self.pattern.weight))
    }

    /// The negation of the item at `token`: between the items, or before them in their clause.
    fn negation_of(&self, token: usize, first: usize) -> Option<usize> {
        let negates = |at: &usize| self.index.negation_at(*at) != Negation::None;
        (first..token)
            .rev()
            .find(negates)
            .or_else(|| negation::clause_before(&self.index.tokens, token.min(first)).find(negates))
    }

    /// The negation right after a match of a phrase that ends with one.
    fn negation_after(&self, last: usize) -> Option<usize> {
        let tokens = &self.index.tokens;
        let end = (last + 5).min(tokens.len());
        (last + 1..end)
            .take_while(|at| tokens[*at].break_before == Boundary::None)
            .find(|at| self.index.negation_at(*at) != Negation::None)
    }

    /// Whether a match of a phrase without negation is negated, somebody else's, or money that was spent.
    fn has_unplanned_meaning(&self, first: usize, last: usize) -> bool {
        let tokens = &self.index.tokens;
        if self.belongs_to_another(first, last) {
            return true;
        }
        let negated_inside = (first..=last).any(|at| {
            let negation = self.index.negation_at(at);
            matches!(negation, Negation::Noun | Negation::Sentence)
                && tokens[at].value.is_none_or(|value| value != 0.0)
        });
        let negated_after = tokens.get(last + 1).is_some_and(|next| {
            next.break_before == Boundary::None
                && next.any(&["nothing", "none", "nobody", "no", "not", "neither"])
        });
        let negated_before =
            !self.pattern.is_first_person && self.index.negation_before(first).is_some();
        negated_inside
            || negated_after
            || negated_before
            || self.pattern.is_bare_amount && is_spent(tokens, first)
    }

    /// Whether what the phrase calls "my" is said to be somebody else's: "his call", "my manager's
    /// decision".
    fn belongs_to_another(&self, first: usize, last: usize) -> bool {
        let tokens = &self.index.tokens;
        let says = |at: usize, item: &Item| {
            let stem = &tokens[at].stem;
            let mut groups = synonyms::groups_of(stem).iter();
            *stem == item.stem || groups.any(|group| item.groups.contains(group))
        };
        let pairs = self.pattern.items.windows(2);
        pairs.filter(|pair| pair[0].text == "my").any(|pair| {
            (first.max(1)..=last).any(|at| {
                let owner = &tokens[at - 1];
                says(at, &pair[1])
                    && tokens[at].break_before == Boundary::None
                    && (owner.any(&["his", "her", "their", "your"]) || owner.any(&lexicon::AGENTS))
            })
        })
    }

    /// The match, if the right person did what it says. It begins with the "I" of the speaker.
    fn check_agent(&self, first: usize, last: usize, score: f32) -> Option<Match> {
        let (tokens, pattern) = (&self.index.tokens, self.pattern);
        if !pattern.is_first_person {
            let verb = &tokens[first].text;
            let is_verb = verbs::is_past(verb) || verbs::is_base(verb);
            let has_wrong_agent = is_verb
                && (pattern.is_own_action && attribution::has_other_agent(tokens, first)
                    || pattern.is_others_action && attribution::has_speaker_agent(tokens, first));
            return (!has_wrong_agent).then_some(Match { first, last, score });
        }
        if pattern.items.len() == 1
            && tokens.get(last + 1).is_some_and(|next| {
                next.break_before == Boundary::None
                    && verbs::means_else_before(&tokens[last].stem, &next.text)
            })
        {
            return None;
        }
        let auxiliaries = attribution::Auxiliaries {
            be: pattern.has_be,
            modal: pattern.has_modal,
            negation: pattern.negated_item.is_some(),
        };
        match attribution::agent_of_verb(tokens, first, auxiliaries) {
            Agent::Speaker { first, .. } => Some(Match { first, last, score }),
            Agent::Other => None,
        }
    }
}

/// Whether the sum that begins at `first` was spent or lost, and nothing says that this ended.
fn is_spent(tokens: &[Token], first: usize) -> bool {
    let before = &tokens[first.saturating_sub(6)..first];
    let has = |stems: &[&str]| before.iter().any(|t| stems.contains(&t.stem.as_str()));
    has(&["cost", "spend", "pay", "charg"])
        && !has(&[
            "stop", "save", "avoid", "recov", "prevent", "get", "no", "not", "less",
        ])
}

/// Orders of `items` in which two neighboring parts changed places. Negated items stay behind their
/// negation.
fn reorderings(items: usize, negated_item: Option<usize>) -> Vec<Vec<usize>> {
    let mut orders = Vec::new();
    let from = negated_item.map_or(0, |at| if at < items { at } else { 0 });
    for start in from..items {
        for middle in start + 1..items {
            for end in middle + 1..=items {
                // A part may move to either end, or past one neighbor. More makes another sentence.
                if start != from && end != items && end - start > 3 {
                    continue;
                }
                let mut order: Vec<usize> = (0..start).collect();
                order.extend(middle..end);
                order.extend(start..middle);
                order.extend(end..items);
                orders.push(order);
            }
        }
    }
    orders
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::language::tokens_of_text;
    use crate::analysis::phrases::compounds::Compounds;

    #[test]
    fn phrases_of_any_length_are_found() {
        for count in [32, 33, 40, 64, 65, 200] {
            let words: Vec<String> = (0..count).map(letters).collect();
            let text = words.join(" ");
            let patterns = PhrasePattern::variants(&text);
            let is_found = |answer: &str| {
                let index = TokenIndex::new(tokens_of_text(answer), &Compounds::default());
                patterns
                    .iter()
                    .any(|pattern| find(pattern, &index).is_some())
            };
            assert!(is_found(&text), "{count}");
            assert!(!is_found(&words[..count / 8].join(" ")), "{count}");
            let reversed: Vec<String> = words.iter().rev().cloned().collect();
            assert!(!is_found(&reversed.join(" ")), "{count}");
        }
    }

    /// A different word for each number.
    fn letters(number: usize) -> String {
        let digit = |of: usize| ["ba", "ko", "du", "fi", "ze", "mo"][of % 6];
        format!(
            "{}{}{}n",
            digit(number / 36),
            digit(number / 6),
            digit(number)
        )
    }
}
