//! Red flags: phrases that disqualify an answer about ownership, whatever else it says. The patterns
//! fit any story. A negated phrase ("nobody asked me", "I did not just escalate it") is not a red flag.

use std::sync::LazyLock;

use serde::Serialize;

use super::finding::{Finding, FindingKind, RedFlagKind, Severity};
use super::language::token_pattern::TokenPattern;
use super::ownership::attribution::{self, Agent, Auxiliaries};
use super::phrases::compounds::Compounds;
use super::phrases::token_index::TokenIndex;
use super::quote::Quote;
use crate::analysis::language::{Boundary, Token, lexicon, tokens, verbs};
use crate::domain::time::{Secs, Span};
use crate::domain::transcript::Transcript;

/// Without punctuation, a sentence extends at most this many tokens to either side of a match.
const MAX_SENTENCE_SIDE: usize = 15;

/// A red flag that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RedFlag {
    /// Its kind.
    #[serde(rename = "kind")]
    pub flag: RedFlagKind,
    /// The words that raise it.
    pub said: String,
    /// Whether it alone rules out a hire.
    pub fatal: bool,
    /// Start of these words.
    pub start: Secs,
    /// End of these words.
    pub end: Secs,
}

impl RedFlag {
    /// The words that raise it.
    pub fn quote(&self) -> Quote {
        Quote {
            text: self.said.clone(),
            start: self.start,
            end: self.end,
        }
    }
}

/// A condition on a match in addition to the words of its pattern.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Condition {
    /// Nothing.
    Always,
    /// The speaker or "we" did what the first word, a verb, says.
    ByUs,
    /// There is no number in the sentence: with one, it can be checked.
    WithoutNumber,
}

static PATTERNS: LazyLock<Vec<(RedFlagKind, Condition, TokenPattern)>> = LazyLock::new(|| {
    use Condition::*;
    use RedFlagKind::*;
    let patterns = [
        (
            Assigned,
            Always,
            "MANAGER asked|told|wanted|instructed|needed|ordered|got me to",
        ),
        (
            Assigned,
            Always,
            "MANAGER .. asked|told|wanted|instructed me to",
        ),
        (Assigned, Always, "MANAGER asked me if|whether|for"),
        (
            Assigned,
            Always,
            "MANAGER assigned|tasked|delegated|gave .. me",
        ),
        (Assigned, Always, "MANAGER put me on"),
        (
            Assigned,
            Always,
            "they|he|she|someone|somebody|team|people asked|told|wanted me to",
        ),
        (
            Assigned,
            Always,
            "they|he|she|someone|somebody|team assigned|tasked|delegated .. me",
        ),
        (
            Assigned,
            Always,
            "i was|got|been assigned|tasked|instructed|ordered|requested",
        ),
        // Not "I was told about the outage".
        (Assigned, Always, "i was|got|been asked|told to"),
        (
            Assigned,
            Always,
            "i was|got|been asked|told by MANAGER|them|him|her|someone|somebody|team to",
        ),
        (
            Assigned,
            Always,
            "i was|been given the|this|that|a task|ticket|job|project|assignment",
        ),
        (Assigned, Always, "assigned|delegated|given|handed to me"),
        (Assigned, Always, "it|this|that|was my assignment"),
        (Assigned, Always, "landed|put|dropped on my plate|desk"),
        (Assigned, Always, "at MANAGER request"),
        (Assigned, Always, "i was|got put in charge"),
        (
            Assigned,
            Always,
            "i was put on it|this|that|case|project|task",
        ),
        (
            Assigned,
            Always,
            "i got|received .. task|job|assignment|ticket|order from MANAGER",
        ),
        (
            Assigned,
            Always,
            "MANAGER handed|passed|gave it|this|that|task|case|job to me",
        ),
        (Assigned, Always, "MANAGER handed|passed me"),
        (Assigned, Always, "MANAGER .. said|asked please"),
        (Routed, ByUs, "escalated"),
        (
            Routed,
            ByUs,
            "sent|dropped|shot .. message|email|mail|slack|ping|dm|note",
        ),
        (
            Routed,
            ByUs,
            "pinged|messaged|slacked|emailed|notified them|him|her|team|owners|folks",
        ),
        (
            Routed,
            ByUs,
            "pinged|messaged|slacked|emailed .. team|owners|lead|oncall",
        ),
        (
            Routed,
            ByUs,
            "opened|filed|raised|created|logged|wrote|made .. ticket|bug|issue for|with|to|against|in them|their|his|her|team|platform|board|backlog|queue",
        ),
        (
            Routed,
            ByUs,
            "handed|passed|forwarded|delegated|reassigned|kicked it|this|that|them over|off|on|along|to|back",
        ),
        (Routed, ByUs, "handed|passed|forwarded .. over|off|on|along"),
        (
            Routed,
            ByUs,
            "raised it|this|that|issue|problem|bug with|to them|team|platform|owners|lead",
        ),
        (
            Routed,
            ByUs,
            "left it|this|that|rest to|with|for them|him|her|team|platform",
        ),
        (
            Routed,
            ByUs,
            "reported it|this|that|problem|issue|bug to them|team|owners|platform|lead",
        ),
        (
            Routed,
            Always,
            "they|he|she|team|engineers|someone|somebody handled|handle",
        ),
        (
            Routed,
            Always,
            "they|he|she|team|engineers|someone|somebody took|take care",
        ),
        (
            Routed,
            Always,
            "they|he|she|team|engineers|someone|somebody took|take it from there",
        ),
        (
            Routed,
            Always,
            "they|he|she|team|engineers|someone|somebody dealt with",
        ),
        (
            Routed,
            Always,
            "they|he|she|team|engineers|someone|somebody sorted|fixed it|this|that|everything",
        ),
        (
            Vague,
            WithoutNumber,
            "things|thing|situation|everything|stuff|it got|became|were|was|is|are better",
        ),
        (
            Vague,
            WithoutNumber,
            "things|thing|situation|everything|stuff|it improved",
        ),
        (
            Vague,
            WithoutNumber,
            "improved somewhat|slightly|noticeably",
        ),
        (Vague, WithoutNumber, "improved a bit|little|lot"),
        (Vague, WithoutNumber, "somewhat better|improved|faster"),
        (Vague, WithoutNumber, "a lot|bit better"),
        (Vague, WithoutNumber, "things|it|everything worked out"),
        (
            Vague,
            WithoutNumber,
            "things|it|everything went well|fine|smoothly",
        ),
        (
            Vague,
            WithoutNumber,
            "things|it|everything turned out well|fine|okay|good",
        ),
        (
            Vague,
            Always,
            "team|everyone|everybody|manager|boss|lead|management|people|they|stakeholders was|were|is|seemed|felt happy|pleased|satisfied|glad|thrilled",
        ),
        (
            Vague,
            Always,
            "communication is|was|important|key|crucial|essential|matters important|key|crucial|essential|everything|vital",
        ),
        (Vague, Always, "communication matters"),
        (Vague, Always, "importance of .. communication"),
        (
            Vague,
            Always,
            "communicate|communicating better|more|earlier|clearly|clearer",
        ),
        (Vague, Always, "better communication"),
        (
            Vague,
            Always,
            "assumed|assume|assuming|figured|hoped|guess|guessed it|that|this|everything|fix worked|works|working|fine|fixed|okay|ok|good|solved|gone",
        ),
        (Vague, Always, "learned|learnt a lot"),
        (Vague, Always, "am|be more careful"),
        (Vague, Always, "great|good|valuable learning experience"),
        (Motiveless, Always, "free|spare|extra time"),
        (Motiveless, Always, "time to kill|spare"),
        (Motiveless, Always, "had nothing else|better to do"),
        (Motiveless, Always, "i was|got bored"),
        (
            Motiveless,
            Always,
            "seemed|looked|sounded|found|thought|was interesting|fun|cool",
        ),
        (
            Motiveless,
            Always,
            "slow|quiet week|day|month|sprint|afternoon",
        ),
        (Motiveless, Always, "out of curiosity|boredom"),
        (Motiveless, Always, "i was just|curious curious"),
        (Motiveless, Always, "i was curious"),
    ];
    let managers = "manager|boss|lead|supervisor|director|vp|cto|pm|management|head|superior";
    patterns
        .into_iter()
        .map(|(flag, condition, pattern)| {
            (
                flag,
                condition,
                TokenPattern::new(&pattern.replace("MANAGER", managers)),
            )
        })
        .collect()
});

/// Finds the red flags in the order they were said. Words that raise two kinds count once.
pub fn find(transcript: &Transcript) -> Vec<RedFlag> {
    find_in_index(
        transcript,
        &TokenIndex::new(tokens(transcript), &Compounds::default()),
    )
}

/// As [`find`], for a transcript that is indexed.
pub(crate) fn find_in_index(transcript: &Transcript, index: &TokenIndex) -> Vec<RedFlag> {
    let mut found: Vec<(usize, usize, RedFlagKind)> = PATTERNS
        .iter()
        .flat_map(|(flag, condition, pattern)| {
            let matches = pattern.find_all(&index.tokens).into_iter();
            matches.filter_map(|(first, last)| {
                let first = quote_start(index, *flag, *condition, first, last)?;
                Some((first, last, *flag))
            })
        })
        .collect();
    found.sort_by_key(|(first, last, _)| (*first, std::cmp::Reverse(*last)));
    let mut merged: Vec<(usize, usize, RedFlagKind)> = Vec::new();
    for next in found {
        match merged.last_mut() {
            Some((_, end, flag)) if next.0 <= *end => {
                if *flag == next.2 {
                    *end = next.1.max(*end);
                }
            }
            _ => merged.push(next),
        }
    }
    merged
        .into_iter()
        .map(|(first, last, flag)| {
            let Quote {
                text: said,
                start,
                end,
            } = index.quote(transcript, first, last);
            RedFlag {
                flag,
                said,
                // Leaning: with one red flag there is no hire.
                fatal: true,
                start,
                end,
            }
        })
        .collect()
}

/// One finding for each red flag.
pub fn findings(red_flags: &[RedFlag]) -> Vec<Finding> {
    red_flags
        .iter()
        .map(|found| {
            let kind = FindingKind::RedFlag {
                flag: found.flag,
                said: found.said.clone(),
            };
            let span = Span::new(found.start, found.end);
            Finding::new(kind, Severity::Red, span)
        })
        .collect()
}

/// Whether the words from `first` to `last` really raise the flag. Returns where the quote begins.
fn quote_start(
    index: &TokenIndex,
    flag: RedFlagKind,
    condition: Condition,
    first: usize,
    last: usize,
) -> Option<usize> {
    let tokens = &index.tokens;
    if is_negated(index, flag, first, last) || flag == RedFlagKind::Assigned && is_if(tokens, first)
    {
        return None;
    }
    match condition {
        Condition::Always => {
            let is_exempt = match flag {
                RedFlagKind::Motiveless => is_motive_of_others(tokens, first),
                RedFlagKind::Routed => is_past_handling(tokens, first, last),
                RedFlagKind::Assigned | RedFlagKind::Vague => false,
            };
            (!is_exempt).then_some(first)
        }
        Condition::ByUs => start_of_own_routing(tokens, first, last),
        Condition::WithoutNumber => {
            let sentence = sentence_around(tokens, first, last);
            let has_number = sentence.iter().any(|token| token.value.is_some());
            (!has_number).then_some(first)
        }
    }
}

/// Whether the words are negated: before them, among them, or by "nothing" after them.
fn is_negated(index: &TokenIndex, flag: RedFlagKind, first: usize, last: usize) -> bool {
    let tokens = &index.tokens;
    let negated_inside = tokens[first..=last]
        .iter()
        .any(|token| lexicon::DENIALS.contains(&token.text.as_str()));
    let negated_after = tokens.get(last + 1).is_some_and(|next| {
        next.break_before == Boundary::None && next.any(&["nothing", "no", "none"])
    });
    negated_inside || flag == RedFlagKind::Routed && negated_after || index.is_negated(first, true)
}

/// "if my manager asked me", "before I was told to": this did not happen, or not yet.
fn is_if(tokens: &[Token], first: usize) -> bool {
    tokens[first.saturating_sub(3)..first]
        .iter()
        .any(|t| t.any(&["if", "unless", "until", "whether", "before"]))
}

/// "their spare time", "not because I was bored": this was not why the speaker acted.
fn is_motive_of_others(tokens: &[Token], first: usize) -> bool {
    let theirs = tokens[first.saturating_sub(2)..first]
        .iter()
        .any(|t| t.any(&["their", "his", "her", "customers", "your"]));
    let mut pairs = tokens[first.saturating_sub(6)..first].windows(2);
    theirs || pairs.any(|pair| pair[0].is("not") && pair[1].is("because"))
}

/// "how they handled it" is about the time before, and a "handle" is a noun.
fn is_past_handling(tokens: &[Token], first: usize, last: usize) -> bool {
    let before = first > 0 && tokens[first - 1].any(&["how", "what", "whether", "before"]);
    let end = &tokens[last];
    before || end.is("handle") && !verbs::is_past(&end.text)
}

/// Where the quote begins if the speaker or "we" handed the work on. Messages to customers do not count.
fn start_of_own_routing(tokens: &[Token], first: usize, last: usize) -> Option<usize> {
    let to_customers = tokens[first..=last]
        .iter()
        .any(|t| ["customer", "client", "user", "support"].contains(&t.stem.as_str()));
    if to_customers || tokens[first].text.ends_with("ing") {
        return None;
    }
    match attribution::agent_of_verb(tokens, first, Auxiliaries::default()) {
        Agent::Speaker { first, .. } => Some(first),
        Agent::Other => {
            let before = tokens.get(first.checked_sub(1)?)?;
            let is_passive =
                lexicon::BE.contains(&before.text.as_str()) && tokens[first].is("escalated");
            (before.is("we") || is_passive).then(|| first - 1)
        }
    }
}

/// The tokens of the sentence around a match. Without punctuation, a sentence is cut off.
fn sentence_around(tokens: &[Token], first: usize, last: usize) -> &[Token] {
    let begins_sentence = |at: &usize| tokens[*at].break_before == Boundary::Sentence;
    let from = (0..=first).rev().find(begins_sentence).unwrap_or(0);
    let to = (last + 1..tokens.len())
        .find(begins_sentence)
        .unwrap_or(tokens.len());
    &tokens[from.max(first.saturating_sub(MAX_SENTENCE_SIDE))..to.min(last + 1 + MAX_SENTENCE_SIDE)]
}
