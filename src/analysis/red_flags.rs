//! Red flags: phrases that disqualify an ownership answer, whatever else is said. The walkthrough
//! names four kinds; here are their shapes in any story's words. What is denied ("nobody asked me",
//! "I did not just escalate it") is no flag.

use std::sync::LazyLock;

use serde::Serialize;

use super::finding::{Finding, FindingKind, Severity};
use super::impact::impact_checks::Quote;
use super::language::token_pattern::TokenPattern;
use super::ownership::attribution as subject;
use super::ownership::attribution::Agent;
use super::phrases::compounds::Compounds;
use super::phrases::phrase_matcher::TokenIndex;
use crate::analysis::language::{Boundary, Token, lexicon, tokens, verbs};
use crate::domain::time::{Secs, Span};
use crate::domain::transcript::Transcript;

/// Why a phrase disqualifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RedFlag {
    /// It was somebody else's initiative.
    Assigned,
    /// It was handed to somebody else.
    Routed,
    /// It says nothing that could be checked.
    Vague,
    /// It gives no reason to have acted.
    Motiveless,
}

/// A flag that was said.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flagged {
    /// Its kind.
    pub flag: RedFlag,
    /// The words.
    pub said: String,
    /// Where they begin.
    pub start: Secs,
    /// Where they end.
    pub end: Secs,
}

impl Flagged {
    /// The words, with where they were said.
    pub fn quote(&self) -> Quote {
        Quote {
            said: self.said.clone(),
            start: self.start,
            end: self.end,
        }
    }
}

/// What must hold beside the words of a shape.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    /// Whoever did it.
    Anyone,
    /// The verb, the first of the shape, is the speaker's, or "we" did it.
    Us,
    /// No number stands in the sentence: with one it can be checked.
    Unmeasured,
}

static SHAPES: LazyLock<Vec<(RedFlag, Who, TokenPattern)>> = LazyLock::new(|| {
    use RedFlag::*;
    use Who::*;
    let shapes = [
        (
            Assigned,
            Anyone,
            "MANAGER asked|told|wanted|instructed|needed|ordered|got me to",
        ),
        (
            Assigned,
            Anyone,
            "MANAGER .. asked|told|wanted|instructed me to",
        ),
        (Assigned, Anyone, "MANAGER asked me if|whether|for"),
        (
            Assigned,
            Anyone,
            "MANAGER assigned|tasked|delegated|gave .. me",
        ),
        (Assigned, Anyone, "MANAGER put me on"),
        (
            Assigned,
            Anyone,
            "they|he|she|someone|somebody|team|people asked|told|wanted me to",
        ),
        (
            Assigned,
            Anyone,
            "they|he|she|someone|somebody|team assigned|tasked|delegated .. me",
        ),
        (
            Assigned,
            Anyone,
            "i was|got|been assigned|tasked|instructed|ordered|requested",
        ),
        // "I was told about the outage" assigns nothing.
        (Assigned, Anyone, "i was|got|been asked|told to"),
        (
            Assigned,
            Anyone,
            "i was|got|been asked|told by MANAGER|them|him|her|someone|somebody|team to",
        ),
        (
            Assigned,
            Anyone,
            "i was|been given the|this|that|a task|ticket|job|project|assignment",
        ),
        (Assigned, Anyone, "assigned|delegated|given|handed to me"),
        (Assigned, Anyone, "it|this|that|was my assignment"),
        (Assigned, Anyone, "landed|put|dropped on my plate|desk"),
        (Assigned, Anyone, "at MANAGER request"),
        (Assigned, Anyone, "i was|got put in charge"),
        (
            Assigned,
            Anyone,
            "i was put on it|this|that|case|project|task",
        ),
        (
            Assigned,
            Anyone,
            "i got|received .. task|job|assignment|ticket|order from MANAGER",
        ),
        (
            Assigned,
            Anyone,
            "MANAGER handed|passed|gave it|this|that|task|case|job to me",
        ),
        (Assigned, Anyone, "MANAGER handed|passed me"),
        (Assigned, Anyone, "MANAGER .. said|asked please"),
        (Routed, Us, "escalated"),
        (
            Routed,
            Us,
            "sent|dropped|shot .. message|email|mail|slack|ping|dm|note",
        ),
        (
            Routed,
            Us,
            "pinged|messaged|slacked|emailed|notified them|him|her|team|owners|folks",
        ),
        (
            Routed,
            Us,
            "pinged|messaged|slacked|emailed .. team|owners|lead|oncall",
        ),
        (
            Routed,
            Us,
            "opened|filed|raised|created|logged|wrote|made .. ticket|bug|issue for|with|to|against|in them|their|his|her|team|platform|board|backlog|queue",
        ),
        (
            Routed,
            Us,
            "handed|passed|forwarded|delegated|reassigned|kicked it|this|that|them over|off|on|along|to|back",
        ),
        (Routed, Us, "handed|passed|forwarded .. over|off|on|along"),
        (
            Routed,
            Us,
            "raised it|this|that|issue|problem|bug with|to them|team|platform|owners|lead",
        ),
        (
            Routed,
            Us,
            "left it|this|that|rest to|with|for them|him|her|team|platform",
        ),
        (
            Routed,
            Us,
            "reported it|this|that|problem|issue|bug to them|team|owners|platform|lead",
        ),
        (
            Routed,
            Anyone,
            "they|he|she|team|engineers|someone|somebody handled|handle",
        ),
        (
            Routed,
            Anyone,
            "they|he|she|team|engineers|someone|somebody took|take care",
        ),
        (
            Routed,
            Anyone,
            "they|he|she|team|engineers|someone|somebody took|take it from there",
        ),
        (
            Routed,
            Anyone,
            "they|he|she|team|engineers|someone|somebody dealt with",
        ),
        (
            Routed,
            Anyone,
            "they|he|she|team|engineers|someone|somebody sorted|fixed it|this|that|everything",
        ),
        (
            Vague,
            Unmeasured,
            "things|thing|situation|everything|stuff|it got|became|were|was|is|are better",
        ),
        (
            Vague,
            Unmeasured,
            "things|thing|situation|everything|stuff|it improved",
        ),
        (Vague, Unmeasured, "improved somewhat|slightly|noticeably"),
        (Vague, Unmeasured, "improved a bit|little|lot"),
        (Vague, Unmeasured, "somewhat better|improved|faster"),
        (Vague, Unmeasured, "a lot|bit better"),
        (Vague, Unmeasured, "things|it|everything worked out"),
        (
            Vague,
            Unmeasured,
            "things|it|everything went well|fine|smoothly",
        ),
        (
            Vague,
            Unmeasured,
            "things|it|everything turned out well|fine|okay|good",
        ),
        (
            Vague,
            Anyone,
            "team|everyone|everybody|manager|boss|lead|management|people|they|stakeholders was|were|is|seemed|felt happy|pleased|satisfied|glad|thrilled",
        ),
        (
            Vague,
            Anyone,
            "communication is|was|important|key|crucial|essential|matters important|key|crucial|essential|everything|vital",
        ),
        (Vague, Anyone, "communication matters"),
        (Vague, Anyone, "importance of .. communication"),
        (
            Vague,
            Anyone,
            "communicate|communicating better|more|earlier|clearly|clearer",
        ),
        (Vague, Anyone, "better communication"),
        (
            Vague,
            Anyone,
            "assumed|assume|assuming|figured|hoped|guess|guessed it|that|this|everything|fix worked|works|working|fine|fixed|okay|ok|good|solved|gone",
        ),
        (Vague, Anyone, "learned|learnt a lot"),
        (Vague, Anyone, "am|be more careful"),
        (Vague, Anyone, "great|good|valuable learning experience"),
        (Motiveless, Anyone, "free|spare|extra time"),
        (Motiveless, Anyone, "time to kill|spare"),
        (Motiveless, Anyone, "had nothing else|better to do"),
        (Motiveless, Anyone, "i was|got bored"),
        (
            Motiveless,
            Anyone,
            "seemed|looked|sounded|found|thought|was interesting|fun|cool",
        ),
        (
            Motiveless,
            Anyone,
            "slow|quiet week|day|month|sprint|afternoon",
        ),
        (Motiveless, Anyone, "out of curiosity|boredom"),
        (Motiveless, Anyone, "i was just|curious curious"),
        (Motiveless, Anyone, "i was curious"),
    ];
    let bosses = "manager|boss|lead|supervisor|director|vp|cto|pm|management|head|superior";
    shapes
        .into_iter()
        .map(|(flag, who, shape)| {
            (
                flag,
                who,
                TokenPattern::new(&shape.replace("MANAGER", bosses)),
            )
        })
        .collect()
});

/// Finds them, in the order they were said; words that show two kinds count once.
pub fn read(transcript: &Transcript) -> Vec<Flagged> {
    of_said(
        transcript,
        &TokenIndex::new(tokens(transcript), &Compounds::default()),
    )
}

/// The same, of a transcript that was read.
pub(crate) fn of_said(transcript: &Transcript, said: &TokenIndex) -> Vec<Flagged> {
    let tokens = &said.tokens;
    let mut places: Vec<(usize, usize, RedFlag)> = SHAPES
        .iter()
        .flat_map(|(flag, who, shape)| {
            let found = shape.find_all(tokens).into_iter();
            found.filter_map(|(first, last)| {
                holds(said, *flag, *who, first, last).map(|first| (first, last, *flag))
            })
        })
        .collect();
    places.sort_by_key(|(first, last, _)| (*first, std::cmp::Reverse(*last)));
    let mut flags: Vec<(usize, usize, RedFlag)> = Vec::new();
    for place in places {
        match flags.last_mut() {
            Some((_, end, flag)) if place.0 <= *end => {
                if *flag == place.2 {
                    *end = place.1.max(*end);
                }
            }
            _ => flags.push(place),
        }
    }
    flags
        .into_iter()
        .map(|(first, last, flag)| {
            let (said, span) = transcript.quote(tokens[first].first, tokens[last].last);
            Flagged {
                flag,
                said,
                start: span.start,
                end: span.end,
            }
        })
        .collect()
}

/// One finding for each flag that was said.
pub fn findings(flags: &[Flagged]) -> Vec<Finding> {
    flags
        .iter()
        .map(|flagged| {
            let noticed = FindingKind::RedFlag {
                flag: flagged.flag,
                said: flagged.said.clone(),
            };
            let span = Span::new(flagged.start, flagged.end);
            Finding::new(noticed, Severity::Red, span)
        })
        .collect()
}

/// Whether the words mean what they seem to; returns where the quote begins.
fn holds(said: &TokenIndex, flag: RedFlag, who: Who, first: usize, last: usize) -> Option<usize> {
    let tokens = &said.tokens;
    let inside = tokens[first..=last].iter();
    let denied_inside = inside
        .clone()
        .any(|t| lexicon::DENIALS.contains(&t.text.as_str()));
    let of_nothing = tokens.get(last + 1).is_some_and(|next| {
        next.break_before == Boundary::None && next.any(&["nothing", "no", "none"])
    });
    if denied_inside || flag == RedFlag::Routed && of_nothing || said.is_denied(first, true) {
        return None;
    }
    // "who had asked me", "if my manager asked me", "had I been asked": supposed, not told.
    let supposed = tokens[first.saturating_sub(3)..first]
        .iter()
        .any(|t| t.any(&["if", "unless", "until", "whether", "before"]));
    if supposed && flag == RedFlag::Assigned {
        return None;
    }
    match who {
        Who::Anyone if flag == RedFlag::Motiveless => {
            let others = tokens[first.saturating_sub(2)..first].iter();
            let theirs = others
                .clone()
                .any(|t| t.any(&["their", "his", "her", "customers", "your"]));
            let mut given = tokens[first.saturating_sub(6)..first].windows(2);
            let denied = given.any(|pair| pair[0].is("not") && pair[1].is("because"));
            (!theirs && !denied).then_some(first)
        }
        Who::Anyone if flag == RedFlag::Routed => {
            // "they handled it badly" or "how they handled it" tell of before.
            let asked = first > 0 && tokens[first - 1].any(&["how", "what", "whether", "before"]);
            let end = &tokens[last];
            let is_noun = tokens[last].is("handle") && !verbs::is_past(&end.text);
            (!asked && !is_noun).then_some(first)
        }
        Who::Anyone => Some(first),
        Who::Us => {
            let recipient = tokens[first..=last].iter();
            let to_customers = recipient
                .clone()
                .any(|t| ["customer", "client", "user", "support"].contains(&t.stem.as_str()));
            if to_customers || tokens[first].text.ends_with("ing") {
                return None;
            }
            match subject::of_verb(tokens, first, false, false, false) {
                Agent::Speaker { first, .. } => Some(first),
                Agent::Other => {
                    let we = first.checked_sub(1).is_some_and(|at| tokens[at].is("we"));
                    let passive = first > 0
                        && lexicon::BE.contains(&tokens[first - 1].text.as_str())
                        && tokens[first].is("escalated");
                    (we || passive).then(|| first - 1)
                }
            }
        }
        Who::Unmeasured => {
            let sentence = sentence_of(tokens, first, last);
            (!sentence.iter().any(|token| token.value.is_some())).then_some(first)
        }
    }
}

fn sentence_of(tokens: &[Token], first: usize, last: usize) -> &[Token] {
    let starts = |at: &usize| tokens[*at].break_before == Boundary::Sentence;
    let from = (0..=first).rev().find(starts).unwrap_or(0);
    let to = (last + 1..tokens.len())
        .find(starts)
        .unwrap_or(tokens.len());
    // Without punctuation a sentence is not longer than this.
    &tokens[from.max(first.saturating_sub(15))..to.min(last + 16)]
}
