//! Whether a wording was said, in its own or in other words.
//!
//! A wording is read into items: its words by stem, each with a weight. What was said is read the
//! same way. The items are aligned with it in order, words in between costing a little and missing
//! items costing their weight; parts of the wording may have changed places. What is found counts
//! when its share of the weight reaches [`HEARD`], when the numbers and the head are there, when it
//! is denied just as the wording is, and, for "I ...", when it is the speaker who did it.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use rphonetic::{Encoder, Metaphone};

use super::compounds::Compounds;
use crate::analysis::impact::impact_checks::Quote;
use crate::analysis::language::lexicon as words;
use crate::analysis::language::lexicon::{ABSENCES, DENIALS};
use crate::analysis::language::{Boundary, Token, synonyms, tokens_of_text, verbs};
use crate::analysis::ownership::attribution as subject;
use crate::analysis::ownership::attribution::Agent;
use crate::domain::transcript::Transcript;

/// The share of a wording's weight that must be heard. Three of four words of equal weight are not
/// enough, a synonym and an inserted word are; chosen on the cases of `tests/data/texts.tsv`.
pub const HEARD: f32 = 0.78;

/// How sure a word is the same: inflected or as it is, by meaning, by its sound or spelling.
const SAME: f32 = 1.0;
const SYNONYM: f32 = 0.92;
const SLIP: f32 = 0.88;

/// Slips cost the most to look for, and only help a wording of which this share is there.
const HALF: f32 = 0.45;

/// From this weight on a word stands for what the wording is about.
const CONTENT: f32 = 0.7;
/// A wording is read up to so many items: what was heard of them is kept in the bits of a `u64`.
const LONGEST: usize = 64;
/// Words of so many letters keep their look when one is off.
const LOOKS_LONG: usize = 7;
/// Up to so many items, parts of a wording may have changed places.
const LONGEST_MOVED: usize = 24;
/// Words that may come between two items.
const REACH: usize = 9;
/// What parts that changed places cost.
const MOVED: f32 = 0.08;
/// Weights that are added in another order differ by less.
const ROUNDING: f32 = 1e-3;

/// What was said, ready to be searched.
pub struct TokenIndex {
    /// Its tokens.
    pub tokens: Vec<Token>,
    by_stem: HashMap<String, Vec<usize>>,
    /// Tokens of each group of synonyms, as far as there are any.
    by_group: Vec<Vec<usize>>,
    /// Found when they are first asked for.
    slips: OnceLock<MisrecognitionIndex>,
    /// What the tokens before each cost together when they are passed over.
    cost: Vec<f32>,
    denies: Vec<Negation>,
}

/// The tokens that a recogniser may have written for another word.
struct MisrecognitionIndex {
    by_sound: HashMap<String, Vec<usize>>,
    /// Those that may be taken for a word that looks like them.
    long: Vec<usize>,
}

/// Where a wording was said: token indices, both included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// First token.
    pub first: usize,
    /// Last token.
    pub last: usize,
    /// How much of it, up to 1.
    pub score: f32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Negation {
    None,
    /// "no": of the noun that follows.
    OfNoun,
    /// "not", "nobody": of the sentence.
    OfSentence,
    /// "lack", "missing": not a denial, but as good as one where one is wanted.
    Absence,
}

/// A wording, ready to be looked for.
#[derive(Debug)]
pub struct PhrasePattern {
    items: Vec<Item>,
    weight: f32,
    /// It begins with "I": who did it counts.
    mine: bool,
    /// It is for the speaker to do without saying "I".
    own_act: bool,
    /// It is for others to do: "adopted my alert".
    others_act: bool,
    /// It is a sum and nothing else: whether it was won or spent is for the words around it to say.
    is_bare_amount: bool,
    /// Index of the first item that is denied.
    denied: Option<usize>,
    /// It has a form of "be" or a modal of its own before the head.
    be: bool,
    modal: bool,
    /// The words that stand for what it is about; the first is the head.
    head: usize,
    contents: usize,
}

/// A word of a wording.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// As it reads.
    pub text: &'a str,
    /// Its stem.
    pub stem: &'a str,
    /// Whether it stands for something, and for no number.
    pub carries: bool,
}

#[derive(Debug, Clone)]
struct Item {
    text: String,
    stem: String,
    value: Option<f64>,
    weight: f32,
    groups: &'static [usize],
    /// Found when it is first asked for: few items are looked for by their sound.
    sound: OnceLock<String>,
    is_abbreviation: bool,
    /// The word before it in the wording.
    before: String,
}

#[derive(Clone, Copy)]
struct Step {
    token: usize,
    first: usize,
    score: f32,
    items: u64,
    /// Index of the token at which the first denied item stands.
    denied_at: usize,
}

impl TokenIndex {
    /// Reads tokens; `joins` tell which words belong together ("web hook").
    pub fn new(tokens: Vec<Token>, joins: &Compounds) -> Self {
        let tokens = joins.read(tokens);
        let mut by_stem: HashMap<String, Vec<usize>> = HashMap::new();
        let mut by_group: Vec<Vec<usize>> = Vec::new();
        let mut cost = vec![0.0];
        for (at, token) in tokens.iter().enumerate() {
            by_stem.entry(token.stem.clone()).or_default().push(at);
            for group in synonyms::groups_of(&token.stem) {
                if *group >= by_group.len() {
                    by_group.resize_with(group + 1, Vec::new);
                }
                by_group[*group].push(at);
            }
            cost.push(cost[at] + passing_cost(token));
        }
        Self {
            slips: OnceLock::new(),
            denies: (0..tokens.len()).map(|at| denial_at(&tokens, at)).collect(),
            tokens,
            by_stem,
            by_group,
            cost,
        }
    }

    fn slips(&self) -> &MisrecognitionIndex {
        self.slips
            .get_or_init(|| MisrecognitionIndex::of(&self.tokens))
    }

    /// What was said there.
    pub fn quote(&self, transcript: &Transcript, hit: Match) -> Quote {
        let (first, last) = (self.tokens[hit.first].first, self.tokens[hit.last].last);
        let (said, span) = transcript.quote(first, last);
        Quote {
            said,
            start: span.start,
            end: span.end,
        }
    }

    /// Whether what stands from `first` on is denied; "not just" only where `strict`.
    pub fn is_denied(&self, first: usize, strict: bool) -> bool {
        self.denial_before(first).is_some()
            || (strict && self.scope(first).any(|at| is_not_only(&self.tokens, at)))
    }

    /// Nearest denial of what begins at `first`.
    fn denial_before(&self, first: usize) -> Option<usize> {
        self.scope(first).find(|at| {
            matches!(self.denies[*at], Negation::OfNoun | Negation::OfSentence)
                || is_shunned(&self.tokens, *at)
        })
    }

    /// The tokens before `first` in its clause, backwards.
    fn scope(&self, first: usize) -> impl Iterator<Item = usize> {
        let mut length = 0;
        for at in (first.saturating_sub(6)..first).rev() {
            let next = &self.tokens[at + 1];
            let token = &self.tokens[at];
            // "I do not think that we need it" denies the need.
            let thinks = |at: usize| {
                self.tokens[..at]
                    .last()
                    .is_some_and(|t| t.any(&["think", "believe", "feel"]))
            };
            let is_thought =
                thinks(at) || at > 0 && self.tokens[at - 1].is("that") && thinks(at - 1);
            if is_thought && next.break_before == Boundary::None {
                length += 1;
                continue;
            }
            let is_object = token.any(&["people", "others", "none", "nobody"]);
            if next.break_before != Boundary::None
                || token.any(&["but", "so", "because", "and", "which", "when", "if", "that"])
                || (words::SUBJECTS.contains(&token.text.as_str()) && !is_object && length > 0 && {
                    // "I did not think they ..." begins anew at "they", "that I had not" at "I".
                    !self.tokens[at + 1..first].iter().any(|t| t.is("not")) && at + 1 < first
                })
            {
                break;
            }
            length += 1;
        }
        (first - length..first).rev()
    }
}

impl MisrecognitionIndex {
    fn of(tokens: &[Token]) -> Self {
        let (mut by_sound, mut long) = (HashMap::<String, Vec<usize>>::new(), Vec::new());
        for (at, token) in tokens.iter().enumerate() {
            // "half" is a quantity, as numbers are.
            if token.value.is_some() || token.is("half") || words::is_function(&token.text) {
                continue;
            }
            by_sound.entry(sound(&token.stem)).or_default().push(at);
            if token.stem.len() + 1 >= LOOKS_LONG {
                long.push(at);
            }
        }
        Self { by_sound, long }
    }
}

impl PhrasePattern {
    /// Reads a wording; `None` where there is nothing to hear in it.
    pub fn new(text: &str) -> Option<Self> {
        Self::of(tokens_of_text(text), text, 0..0)
    }

    /// The wording, and what it becomes where several words stand for one of its own or one for
    /// several: "I traced", "I tracked down".
    pub fn all(text: &str) -> Vec<Self> {
        let tokens = tokens_of_text(text);
        let mut all: Vec<Self> = Vec::from_iter(Self::of(tokens.clone(), text, 0..0));
        let stems: Vec<&str> = tokens.iter().map(|t| t.stem.as_str()).collect();
        let with = |at: usize, length: usize, words: &[Token]| {
            let mut other = tokens.clone();
            other.splice(at..at + length, words.iter().cloned());
            other
        };
        for (at, token) in tokens.iter().enumerate() {
            for group in synonyms::groups_of(&token.stem) {
                let members = synonyms::several_words().iter();
                for (_, member) in members.filter(|(of, _)| of == group) {
                    let put = at..at + member.len();
                    all.extend(Self::of(with(at, 1, member), text, put));
                }
            }
        }
        for (group, member) in synonyms::several_words() {
            let is_member =
                |window: &[&str]| std::iter::zip(window, member).all(|(w, token)| *w == token.stem);
            let found = stems.windows(member.len()).position(is_member);
            if let (Some(at), Some(one)) = (found, synonyms::one_word(*group)) {
                let one = tokens_of_text(one);
                all.extend(Self::of(with(at, member.len(), &one), text, 0..0));
            }
        }
        all
    }

    /// `put`: tokens that stand for another word, and for nothing further.
    fn of(tokens: Vec<Token>, text: &str, put: Range<usize>) -> Option<Self> {
        let mine = tokens.first().is_some_and(|token| token.is("i"));
        let mut items: Vec<Item> = Vec::new();
        let mut denied = None;
        let (mut be, mut modal) = (false, false);
        for (at, token) in tokens.iter().enumerate().skip(usize::from(mine)) {
            if items.len() == LONGEST {
                break;
            }
            let denies = denial_at(&tokens, at);
            if denies != Negation::None {
                denied = match denied {
                    None => Some(items.len()),
                    Some(_) => None,
                };
                if !token.is("nobody") {
                    continue;
                }
                denied = Some(items.len());
            }
            // Only what stands before the head is an auxiliary of it.
            let before_head = items.iter().all(|item| item.weight < CONTENT);
            be |= before_head && words::BE.contains(&token.text.as_str());
            modal |= words::MODALS.contains(&token.text.as_str());
            let before = items.last().map(|item: &Item| item.stem.clone());
            let mut item = Item::new(token, before.as_deref(), text);
            item.before = at
                .checked_sub(1)
                .map_or(String::new(), |at| tokens[at].text.clone());
            if put.contains(&at) {
                item.groups = &[];
            }
            items.push(item);
        }
        // One word that means something is little to go by: the small ones around it count more.
        if !mine && denied.is_none() && items.iter().filter(|i| i.weight >= CONTENT).count() == 1 {
            let small = items.iter_mut().filter(|i| i.weight < 0.3);
            small
                .filter(|i| !["a", "an", "the"].contains(&i.text.as_str()))
                .for_each(|i| i.weight = 0.3);
        }
        // "I found that" tells of noticing, "I found" of many things.
        if mine && items.iter().filter(|i| i.weight >= CONTENT).count() == 1 {
            let that = items.iter_mut().filter(|i| i.text == "that");
            that.for_each(|i| i.weight = 0.4);
        }
        let weight: f32 = items.iter().map(|item| item.weight).sum();
        let content = |item: &Item| item.weight >= CONTENT;
        let head = items.iter().position(content)?;
        Some(Self {
            contents: items.iter().filter(|item| content(item)).count(),
            weight,
            mine,
            own_act: false,
            others_act: false,
            is_bare_amount: {
                let of_sum = |item: &Item| {
                    item.value.is_some()
                        || words::is_function(&item.text)
                        || words::UNITS.contains(&item.text.as_str())
                };
                items.iter().all(of_sum)
            },
            denied,
            be,
            modal,
            head,
            items,
        })
    }

    /// Every way to say a phrase that is planned as `say`, or else as one of `also`. "Take ownership" is
    /// the speaker's to do, not "theirs"; "adopted my alert" is for others.
    pub fn of_phrase(say: &str, also: &[String]) -> Vec<Self> {
        let tokens = tokens_of_text(say);
        let first = tokens.first().map_or("", |token| token.text.as_str());
        let of_mine = tokens.iter().any(|token| token.is("my"));
        let own_act = verbs::is_base(first) || verbs::is_past(first) && !of_mine;
        let others_act = verbs::is_past(first) && of_mine;
        let texts = std::iter::once(say).chain(also.iter().map(String::as_str));
        let planned = |wording| Self {
            own_act,
            others_act,
            ..wording
        };
        texts.flat_map(Self::all).map(planned).collect()
    }

    /// The best place at which one of `wordings` was said.
    pub fn find_one_of(wordings: &[Self], said: &TokenIndex) -> Option<Match> {
        let mut best: Option<Match> = None;
        for wording in wordings {
            let hit = wording.find(said);
            if best.is_none_or(|best| hit.is_some_and(|hit| hit.score > best.score)) {
                best = hit;
            }
            // Word by word: it cannot be said any better.
            if best.is_some_and(|best| best.score >= 1.0) {
                break;
            }
        }
        best
    }

    /// The best place at which it was said.
    pub fn find(&self, said: &TokenIndex) -> Option<Match> {
        self.find_all(said)
            .into_iter()
            .reduce(|best, hit| if hit.score > best.score { hit } else { best })
    }

    /// Its words that may stand joined or parted, with what they stem from: neighbours in order.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        self.items.iter().map(|item| Part {
            text: &item.text,
            stem: &item.stem,
            carries: item.weight >= 0.7 && item.value.is_none(),
        })
    }

    /// Every place at which it was said, in the order of their ends.
    pub fn find_all(&self, said: &TokenIndex) -> Vec<Match> {
        if !self.may_be_half_said(said) {
            return Vec::new();
        }
        let mut places: Vec<Vec<(usize, f32)>> = self
            .items
            .iter()
            .map(|item| item.places(said, self.contents))
            .collect();
        let share = |places: &[Vec<(usize, f32)>]| -> f32 {
            std::iter::zip(&self.items, places)
                .filter(|(_, places)| !places.is_empty())
                .map(|(item, _)| item.weight)
                .sum()
        };
        if self.contents == 1 || share(&places) >= HALF * self.weight {
            for (item, places) in std::iter::zip(&self.items, &mut places) {
                item.add_slips(places, said, self.contents);
            }
        }
        if share(&places) < HEARD * self.weight || !self.may_be_said(&places) {
            return Vec::new();
        }
        let straight: Vec<usize> = (0..self.items.len()).collect();
        let hits = self.aligned(said, &places, &straight, 0.0);
        if !hits.is_empty() || self.contents < 2 || self.items.len() > LONGEST_MOVED {
            return hits;
        }
        orders(self.items.len(), self.denied)
            .iter()
            // "from zero to 0.3%" is not "from 0.3% to zero".
            .filter(|order| {
                let numbers = order.iter().filter(|at| self.items[**at].value.is_some());
                numbers.is_sorted()
            })
            .flat_map(|order| self.aligned(said, &places, order, MOVED))
            .collect()
    }

    /// Whether enough of it may stand somewhere for slips to be looked for: most wordings end here.
    fn may_be_half_said(&self, said: &TokenIndex) -> bool {
        let may_stand = |item: &&Item| {
            let is_there =
                |group: &usize| said.by_group.get(*group).is_some_and(|at| !at.is_empty());
            item.groups.iter().any(is_there) || said.by_stem.contains_key(&item.stem)
        };
        let share: f32 = self.items.iter().filter(may_stand).map(|i| i.weight).sum();
        self.contents == 1 || share >= HALF * self.weight
    }

    /// Whether enough of it stands around any of its heads for it to be aligned: in a long answer its words
    /// are there, but not together.
    fn may_be_said(&self, places: &[Vec<(usize, f32)>]) -> bool {
        let reach = REACH * self.items.len();
        places[self.head].iter().any(|(head, _)| {
            let mut share = 0.0;
            let has_numbers = std::iter::zip(&self.items, places).all(|(item, places)| {
                let next = places.partition_point(|(at, _)| at + reach < *head);
                let is_near = places.get(next).is_some_and(|(at, _)| *at <= head + reach);
                if is_near {
                    share += item.weight;
                }
                is_near || item.value.is_none()
            });
            has_numbers && share >= HEARD * self.weight - ROUNDING
        })
    }

    /// Aligns the items, taken in `order`, with what was said.
    fn aligned(
        &self,
        said: &TokenIndex,
        places: &[Vec<(usize, f32)>],
        order: &[usize],
        moved: f32,
    ) -> Vec<Match> {
        let mut steps: Vec<Step> = Vec::new();
        // The steps of each item before, which stand in the order of their tokens.
        let mut known: Vec<Range<usize>> = Vec::new();
        let enough = (HEARD + moved) * self.weight - ROUNDING;
        let mut left = self.weight;
        for &item in order {
            let weight = self.items[item].weight;
            left -= weight;
            let is_denied = self.denied == Some(item);
            let begin = steps.len();
            for &(token, quality) in &places[item] {
                let mut best = Step {
                    token,
                    first: token,
                    score: weight * quality,
                    items: 1_u64 << item,
                    denied_at: if is_denied { token } else { usize::MAX },
                };
                let in_reach = known.iter().flat_map(|of_item| {
                    let steps = &steps[of_item.clone()];
                    let from = steps.partition_point(|step| step.token + REACH < token);
                    steps[from..].iter().take_while(|step| step.token < token)
                });
                for step in in_reach {
                    let between = said.cost[token] - said.cost[step.token + 1]
                        + break_cost(&said.tokens[token]);
                    let score = step.score + weight * quality - between;
                    if score > best.score {
                        best = Step {
                            token,
                            first: step.first,
                            score,
                            items: step.items | 1_u64 << item,
                            denied_at: if is_denied { token } else { step.denied_at },
                        };
                    }
                }
                // What cannot come to a hit with all that is left leads to none.
                if best.score + left >= enough {
                    steps.push(best);
                }
            }
            known.push(begin..steps.len());
        }
        let mut hits: Vec<Match> = Vec::new();
        for step in steps {
            let score = step.score / self.weight - moved;
            if score < HEARD || !self.has_what_it_must(step.items) {
                continue;
            }
            if let Some(hit) = self.holds(said, &step, score) {
                hits.push(hit);
            }
        }
        hits.sort_by_key(|hit| hit.last);
        hits
    }

    /// Numbers and the head must be there; a place that is near enough is not.
    fn has_what_it_must(&self, items: u64) -> bool {
        let has = |at: usize| items & (1_u64 << at) != 0;
        has(self.head)
            && self
                .items
                .iter()
                .enumerate()
                .all(|(at, item)| item.value.is_none() || has(at))
    }

    /// Whether it was denied as the wording is, and said of whom it should be.
    fn holds(&self, said: &TokenIndex, step: &Step, score: f32) -> Option<Match> {
        let (mut first, last) = (step.first, step.token);
        let mut score = score;
        match self.denied {
            Some(item) if item < self.items.len() => {
                let at = match step.denied_at {
                    usize::MAX => first,
                    at => at,
                };
                let by_itself = said.tokens[at].is("nobody");
                // "nobody asked the customers" is not about being asked.
                let asks = said.tokens[last].stem == "ask";
                let of_others = said.tokens.get(last + 1).is_some_and(|next| {
                    next.any(&["the", "them", "him", "her", "their", "customers"])
                });
                if asks && of_others {
                    return None;
                }
                if !by_itself {
                    let denial = self.denial_of(said, at, first)?;
                    let is_noun = said.denies[denial] != Negation::OfSentence;
                    let until = if denial < first { first.min(at) } else { at };
                    let between = said.tokens[denial + 1..until].iter();
                    let mut in_noun = is_noun;
                    let cost: f32 = between
                        .map(|token| {
                            in_noun |= token.any(&["a", "an", "any", "the", "my", "our", "single"]);
                            match passing_cost(token) {
                                cost if cost < 0.1 => cost,
                                // "not closed the ticket" denies the closing.
                                _ if !in_noun => 0.4,
                                // "no more than the usual tickets": what is denied is near.
                                cost => cost * 0.8,
                            }
                        })
                        .sum();
                    score -= cost / self.weight;
                    first = first.min(denial);
                }
            }
            Some(_) => {
                let end = (last + 5).min(said.tokens.len());
                let denial = (last + 1..end)
                    .take_while(|at| said.tokens[*at].break_before == Boundary::None)
                    .find(|at| said.denies[*at] != Negation::None)?;
                return self.of_whom(said, first, denial, score);
            }
            None => {
                if self.is_of_another(said, first, last) {
                    return None;
                }
                let inside = (first..=last).any(|at| {
                    matches!(said.denies[at], Negation::OfNoun | Negation::OfSentence)
                        && !said.tokens[at].value.is_some_and(|v| v == 0.0)
                });
                let after = said.tokens.get(last + 1).is_some_and(|next| {
                    next.break_before == Boundary::None
                        && next.any(&["nothing", "none", "nobody", "no", "not", "neither"])
                });
                if inside || after || (!self.mine && said.denial_before(first).is_some()) {
                    return None;
                }
                if self.is_bare_amount && is_spent(&said.tokens, first) {
                    return None;
                }
            }
        }
        (score >= HEARD).then_some(())?;
        // "our service. I took ownership of it": two sentences are no wording.
        let goes_over = |at: usize| said.tokens[at].break_before == Boundary::Sentence;
        if (first + 1..=last).any(goes_over) {
            return None;
        }
        self.of_whom(said, first, last, score)
    }

    /// Whether what the wording calls "my" is said to be somebody else's: "his call", "my manager's
    /// decision".
    fn is_of_another(&self, said: &TokenIndex, first: usize, last: usize) -> bool {
        let is_same = |at: usize, item: &Item| {
            let stem = &said.tokens[at].stem;
            let mut groups = synonyms::groups_of(stem).iter();
            *stem == item.stem || groups.any(|group| item.groups.contains(group))
        };
        self.items
            .windows(2)
            .filter(|pair| pair[0].text == "my")
            .any(|pair| {
                (first.max(1)..=last).any(|at| {
                    let owner = &said.tokens[at - 1];
                    is_same(at, &pair[1])
                        && said.tokens[at].break_before == Boundary::None
                        && (owner.any(&["his", "her", "their", "your"])
                            || owner.any(&words::AGENTS))
                })
            })
    }

    fn denial_of(&self, said: &TokenIndex, at: usize, first: usize) -> Option<usize> {
        let denies = |at: &usize| said.denies[*at] != Negation::None;
        // Between the items, or before them in their clause.
        (first..at)
            .rev()
            .find(denies)
            .or_else(|| said.scope(at.min(first)).find(denies))
    }

    fn of_whom(&self, said: &TokenIndex, first: usize, last: usize, score: f32) -> Option<Match> {
        if !self.mine {
            let verb = &said.tokens[first].text;
            let is_verb = verbs::is_past(verb) || verbs::is_base(verb);
            let by_another = is_verb
                && (self.own_act && subject::is_others(&said.tokens, first)
                    || self.others_act && subject::is_speakers(&said.tokens, first));
            return (!by_another).then_some(Match { first, last, score });
        }
        if self.items.len() == 1
            && said.tokens.get(last + 1).is_some_and(|next| {
                next.break_before == Boundary::None
                    && verbs::means_else_before(&said.tokens[last].stem, &next.text)
            })
        {
            return None;
        }
        match subject::of_verb(
            &said.tokens,
            first,
            self.be,
            self.modal,
            self.denied.is_some(),
        ) {
            Agent::Speaker { first, .. } => Some(Match { first, last, score }),
            Agent::Other => None,
        }
    }
}

impl Item {
    fn new(token: &Token, before: Option<&str>, wording: &str) -> Self {
        let text = token.text.as_str();
        let after_light = before.is_some_and(|stem| LIGHT.contains(&stem));
        let weight = match text {
            _ if token.value.is_some() => 1.0,
            "mine" => 1.0,
            "my" | "nobody" => 0.5,
            "our" | "their" | "her" | "his" | "your" => 0.3,
            "percent" | "dollars" => 0.4,
            "i" => 0.3,
            "me" => 0.4,
            // "that week" is no rate.
            "per" => 0.69,
            "it" => 0.2,
            "other" | "another" | "else" => 0.8,
            "somebody" | "someone" | "they" | "we" | "everyone" | "everybody" => 0.4,
            _ if PARTICLES.contains(&text) && after_light => 0.6,
            _ if PARTICLES.contains(&text) => 0.25,
            "across" | "between" => 0.5,
            "wrong" | "right" | "first" => 1.0,
            _ if words::is_function(text) => 0.1,
            _ if text.ends_with("ly") => 0.8,
            _ if words::is_adverb(text) => 0.4,
            _ if LIGHT.contains(&token.stem.as_str()) => 0.7,
            _ => 1.0,
        };
        let upper = text.to_uppercase();
        let is_abbreviation = text.len() <= 4 && wording.contains(&upper) && text.len() >= 2;
        Self {
            text: text.to_owned(),
            stem: token.stem.clone(),
            value: token.value,
            weight,
            groups: match weight >= 0.5 {
                true => synonyms::groups_of(&token.stem),
                false => &[],
            },
            sound: OnceLock::new(),
            is_abbreviation,
            before: String::new(),
        }
    }

    /// The tokens that say it, in order, each with how sure that is.
    fn places(&self, said: &TokenIndex, contents: usize) -> Vec<(usize, f32)> {
        let mut places: Vec<(usize, f32)> = Vec::new();
        let same = said.by_stem.get(&self.stem).into_iter().flatten();
        places.extend(same.map(|at| (*at, SAME)));
        if self.value == Some(0.0) || (self.value.is_none() && self.weight >= 0.5) {
            let groups = self.groups.iter().filter_map(|g| said.by_group.get(*g));
            for at in groups.flatten() {
                // "go" is as good as "drop" beside a rate and a number, not by itself.
                let light = LIGHT.contains(&said.tokens[*at].stem.as_str());
                if !places.iter().any(|(known, _)| known == at) && (contents > 1 || !light) {
                    places.push((*at, SYNONYM));
                }
            }
        }
        // Nor is "from zero" what "to zero" says.
        if let Some(opposite) = self.value.and(match self.before.as_str() {
            "to" => Some("from"),
            "from" => Some("to"),
            _ if self.value == Some(0.0) => Some("from"),
            _ => None,
        }) {
            places.retain(|(at, _)| *at == 0 || !said.tokens[at - 1].is(opposite));
        }
        // "zero idea" counts nothing.
        places.retain(|(at, _)| !is_idle_zero(&said.tokens, *at));
        places.sort_by_key(|(at, _)| *at);
        places
    }

    /// Adds the tokens that a recogniser may have written for it.
    fn add_slips(&self, places: &mut Vec<(usize, f32)>, said: &TokenIndex, contents: usize) {
        if self.value.is_some() || self.weight < CONTENT {
            return;
        }
        if self.sound().is_empty() {
            return;
        }
        let slips = said.slips();
        let alike = slips.by_sound.get(self.sound()).into_iter().flatten();
        let sounding = alike.filter(|at| self.may_sound_so(&said.tokens[**at], contents));
        let looks = contents > 1 && self.stem.len() >= LOOKS_LONG && !self.is_abbreviation;
        let long = slips.long.iter().filter(|_| looks);
        let looking = long.filter(|at| self.may_look_so(&said.tokens[**at]));
        for &at in sounding.chain(looking) {
            if !places.iter().any(|(known, _)| *known == at) {
                places.push((at, SLIP));
            }
        }
        places.sort_by_key(|(at, _)| *at);
    }

    fn sound(&self) -> &str {
        self.sound.get_or_init(|| sound(&self.stem))
    }

    /// Whether a recogniser may have written `token` for it, which sounds alike.
    fn may_sound_so(&self, token: &Token, contents: usize) -> bool {
        let (ours, theirs) = (self.stem.len(), token.stem.len());
        if self.is_abbreviation || ours < 6 && contents < 2 {
            return contents > 1;
        }
        ours >= 4
            && theirs >= 4
            && ours.abs_diff(theirs) <= 2
            && strsim::osa_distance(&self.stem, &token.stem) <= 2
    }

    /// Likewise, of a long one: such words keep their look when a letter is off: webbook, webhook.
    fn may_look_so(&self, token: &Token) -> bool {
        self.stem.len().abs_diff(token.stem.len()) <= 1
            && self.text != token.text
            && may_be_one_off(&self.stem, &token.stem)
            && strsim::osa_distance(&self.stem, &token.stem) <= 1
    }
}

const LIGHT: [&str; 24] = [
    "get", "make", "take", "put", "set", "go", "come", "give", "turn", "look", "work", "bring",
    "keep", "pick", "send", "do", "have", "line", "roll", "back", "see", "switch", "shut", "hand",
];
const PARTICLES: [&str; 14] = [
    "up", "down", "in", "out", "off", "over", "on", "back", "together", "through", "away", "into",
    "with", "to",
];

/// Whether two words may differ in one letter, or two that changed places: all but these are shared at
/// their beginnings and ends. Says so of words that are not ASCII without looking.
fn may_be_one_off(one: &str, other: &str) -> bool {
    let shared =
        |pairs: &mut dyn Iterator<Item = (u8, u8)>| pairs.take_while(|(a, b)| a == b).count();
    let front = shared(&mut one.bytes().zip(other.bytes()));
    let back = shared(&mut one.bytes().rev().zip(other.bytes().rev()));
    !one.is_ascii() || !other.is_ascii() || front + back + 2 >= one.len().max(other.len())
}

fn passing_cost(token: &Token) -> f32 {
    let text = token.text.as_str();
    if token.any(&[
        "i", "we", "they", "he", "she", "but", "so", "because", "which", "who",
    ]) || words::MODALS.contains(&text)
    {
        0.35
    } else if words::is_adverb(text) {
        0.03
    } else if words::is_function(text) {
        0.05
    } else {
        0.15
    }
}

fn break_cost(token: &Token) -> f32 {
    match token.break_before {
        Boundary::None => 0.0,
        Boundary::Clause => 0.12,
        Boundary::Sentence => 1.0,
    }
}

fn sound(stem: &str) -> String {
    match stem.bytes().all(|b| b.is_ascii_lowercase()) {
        true => Metaphone::new(None).encode(stem),
        false => String::new(),
    }
}

fn denial_at(tokens: &[Token], at: usize) -> Negation {
    let token = &tokens[at];
    let text = |at: Option<usize>| {
        at.and_then(|at| tokens.get(at))
            .map_or("", |t| t.text.as_str())
    };
    let (before, after) = (text(at.checked_sub(1)), text(Some(at + 1)));
    if is_not_only(tokens, at) || matches!(after, "doubt" | "wonder" | "matter") {
        return Negation::None;
    }
    // "no lack of tickets", "not missing": there are some.
    let absent = |text: &str| ABSENCES.contains(&text) || text == "shortage";
    if DENIALS.contains(&token.text.as_str()) {
        let next = [after, text(Some(at + 2))];
        if next
            .iter()
            .take(if after == "a" { 2 } else { 1 })
            .any(|t| absent(t))
        {
            return Negation::None;
        }
        return match token.text.as_str() {
            "no" | "without" | "none" | "nothing" => Negation::OfNoun,
            _ => Negation::OfSentence,
        };
    }
    // "know ticket" is how a recogniser may write "no ticket".
    if token.is("know") && matches!(before, "" | "was" | "were" | "is" | "had" | "with" | "and") {
        let heard_as_no = !matches!(after, "that" | "how" | "what" | "why" | "the" | "who" | "");
        return if heard_as_no {
            Negation::OfNoun
        } else {
            Negation::None
        };
    }
    if is_idle_zero(tokens, at) {
        return Negation::None;
    }
    if token.value == Some(0.0) {
        let is_number = matches!(before, "to" | "at" | "from" | "by" | "hit")
            || matches!(after, "" | "percent" | "point")
            || tokens
                .get(at + 1)
                .is_some_and(|t| t.break_before != Boundary::None);
        return if is_number {
            Negation::None
        } else {
            Negation::Absence
        };
    }
    let denied = matches!(before, "no" | "not" | "never");
    match ABSENCES.contains(&token.text.as_str()) && !denied {
        true => Negation::Absence,
        false => Negation::None,
    }
}

fn is_not_only(tokens: &[Token], at: usize) -> bool {
    tokens[at].any(&["not", "no"])
        && tokens
            .get(at + 1)
            .is_some_and(|next| next.any(&["just", "only", "merely", "simply"]))
}

/// "zero idea" counts nothing.
fn is_idle_zero(tokens: &[Token], at: usize) -> bool {
    let idle = ["idea", "clue", "interest", "tolerance", "sense"];
    tokens[at].value == Some(0.0) && tokens.get(at + 1).is_some_and(|next| next.any(&idle))
}

/// "instead of", "rather than", "failed to": what follows was not done.
fn is_shunned(tokens: &[Token], at: usize) -> bool {
    let next = tokens.get(at + 1).map_or("", |t| t.text.as_str());
    match tokens[at].text.as_str() {
        "instead" => next == "of",
        "rather" => next == "than",
        "failed" | "forgot" | "refused" | "unable" | "declined" | "neglected" => next == "to",
        "avoided" | "stopped" => true,
        _ => false,
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

/// The orders that a wording may be said in other than its own: two neighbouring parts change
/// places. What is denied stays behind its denial.
fn orders(items: usize, denied: Option<usize>) -> Vec<Vec<usize>> {
    let mut orders = Vec::new();
    let from = denied.map_or(0, |at| if at < items { at } else { 0 });
    for start in from..items {
        for middle in start + 1..items {
            for end in middle + 1..=items {
                // Only what moves to an end, or a single neighbour: more is another sentence.
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

    #[test]
    fn a_wording_of_any_length_is_looked_for() {
        for count in [32, 33, 40, 64, 65, 200] {
            let words: Vec<String> = (0..count).map(letters).collect();
            let text = words.join(" ");
            let wordings = PhrasePattern::all(&text);
            let heard = |said: &str| {
                let said = TokenIndex::new(tokens_of_text(said), &Compounds::default());
                wordings.iter().any(|wording| wording.find(&said).is_some())
            };
            assert!(heard(&text), "{count}");
            assert!(!heard(&words[..count / 8].join(" ")), "{count}");
            let other: Vec<String> = words.iter().rev().cloned().collect();
            assert!(!heard(&other.join(" ")), "{count}");
        }
    }

    /// A word for each number, none like another.
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
