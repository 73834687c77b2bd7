//! Impact: a metric's change, what it meant for the business, what followed from it. The three
//! checks of a Result are the walkthrough's; each quotes its words, in any story.

use std::sync::LazyLock;

use serde::Serialize;

use super::change_polarity;
use crate::analysis::finding::{Finding, FindingKind, Severity};
use crate::analysis::language::token_pattern::TokenPattern;
use crate::analysis::language::{Boundary, Token, lexicon, stem, tokens};
use crate::analysis::ownership::attribution;
use crate::analysis::phrases::compounds::Compounds;
use crate::analysis::phrases::phrase_matcher::{Match, TokenIndex};
use crate::domain::time::{Secs, Span};
use crate::domain::transcript::Transcript;

/// The three checks of a Result; `None` where it was not said.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Impact {
    /// A metric and how it changed.
    pub metric: Option<Quote>,
    /// What that was worth.
    pub business: Option<Quote>,
    /// What others took over from it.
    pub second_order: Option<Quote>,
}

/// One of the three checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImpactCheck {
    /// A metric's change.
    Metric,
    /// Its business translation.
    Business,
    /// A second-order effect.
    SecondOrder,
}

/// Words of the speaker, with where they were said.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quote {
    /// As they were said.
    pub said: String,
    /// Where they begin.
    pub start: Secs,
    /// Where they end.
    pub end: Secs,
}

impl Quote {
    /// When they were said.
    pub fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }
}

/// Looks for the three.
pub fn read(transcript: &Transcript) -> Impact {
    of_said(
        transcript,
        &TokenIndex::new(tokens(transcript), &Compounds::default()),
    )
}

/// The same, of a transcript that was read.
pub(crate) fn of_said(transcript: &Transcript, said: &TokenIndex) -> Impact {
    let quote = |place: Option<(usize, usize)>| {
        let (first, last) = place?;
        let score = 1.0;
        Some(said.quote(transcript, Match { first, last, score }))
    };
    Impact {
        metric: quote(metric(said)),
        business: quote(business(said)),
        second_order: quote(first_of(said, &SECOND_ORDER).map(|place| to_object(said, place))),
    }
}

/// What is worth saying about them, in a Result.
pub fn findings(impact: &Impact, transcript: &Transcript) -> Vec<Finding> {
    let Some(whole) = transcript.span() else {
        return Vec::new();
    };
    let missing: Vec<Finding> = [
        (ImpactCheck::Metric, &impact.metric),
        (ImpactCheck::Business, &impact.business),
        (ImpactCheck::SecondOrder, &impact.second_order),
    ]
    .into_iter()
    .filter(|(_, quote)| quote.is_none())
    .map(|(which, _)| Finding::new(FindingKind::ImpactMissing { which }, Severity::Amber, whole))
    .collect();
    match missing.is_empty() {
        true => vec![Finding::new(
            FindingKind::ImpactWhole,
            Severity::Good,
            whole,
        )],
        false => missing,
    }
}

/// The first place where a metric is said to have changed by or to something.
fn metric(said: &TokenIndex) -> Option<(usize, usize)> {
    let tokens = &said.tokens;
    let no_harm = |place: &(usize, usize)| !change_polarity::is_for_the_worse(tokens, *place);
    let shaped = first_that(said, &DELTAS, no_harm);
    let verbal = (0..tokens.len()).find_map(|at| {
        // "doubled" says how much by itself.
        let multiplies = [
            "doubled",
            "halved",
            "tripled",
            "quadrupled",
            "doubling",
            "halving",
        ];
        if tokens[at].any(&multiplies) && !said.is_denied(at, false) {
            return Some((at, at)).filter(no_harm);
        }
        let changes = CHANGES.contains(&tokens[at].stem) && !said.is_denied(at, false);
        let amount = changes.then(|| amount_of(tokens, at)).flatten()?;
        // "stayed at two percent" is no change; "stayed at zero" tells where it went.
        let stays = tokens[at].any(&["stayed", "stays", "stay", "held", "holds"])
            && !(amount.0..=amount.1).any(|a| tokens[a].value == Some(0.0))
            && !(at + 1..=amount.1).any(|a| tokens[a].any(&["under", "below", "above", "over"]));
        if stays {
            return None;
        }
        Some((at.min(amount.0), at.max(amount.1))).filter(no_harm)
    });
    match (shaped, verbal) {
        (Some(a), Some(b)) => Some(if b.0 < a.0 { b } else { a }),
        (a, b) => a.or(b),
    }
}

/// First and last token of how much the change at `verb` was: "to zero", "by 30 percent", "in half".
fn amount_of(tokens: &[Token], verb: usize) -> Option<(usize, usize)> {
    let end = (verb + 14).min(tokens.len());
    for at in verb + 1..end {
        let token = &tokens[at];
        if token.break_before == Boundary::Sentence
            || token.any(&["but", "because", "which", "not", "never"])
        {
            break;
        }
        let is_amount = token.value.is_some()
            || token.any(&["half", "third", "quarter", "nothing", "none", "fold"]);
        if !is_amount || is_when_or_how_many(tokens, at) {
            continue;
        }
        let before = tokens[..at]
            .iter()
            .rev()
            .find(|t| !lexicon::is_adverb(&t.text) && !t.any(&ABOUT));
        let linked = before.is_some_and(|t| {
            t.any(&[
                "from", "to", "by", "under", "below", "above", "at", "past", "over", "a", "than",
            ]) || t.is("in") && token.value.is_none()
        });
        let share = tokens
            .get(at + 1)
            .is_some_and(|t| t.any(&["percent", "times", "x", "fold", "percentage"]));
        if !linked && !share {
            continue;
        }
        let mut last = at + usize::from(tokens.get(at + 1).is_some_and(is_unit));
        // "from forty minutes to twelve"
        let onward = (last + 1..(last + 6).min(tokens.len()))
            .take_while(|at| tokens[*at].break_before != Boundary::Sentence)
            .find(|at| tokens[*at].value.is_some() || tokens[*at].any(&["nothing", "none"]));
        if let Some(to) = onward
            && tokens[last + 1..to]
                .iter()
                .any(|t| t.any(&["to", "down", "up"]))
        {
            last = to + usize::from(tokens.get(to + 1).is_some_and(is_unit));
        }
        return Some((verb, last));
    }
    None
}

const ABOUT: [&str; 14] = [
    "about", "around", "some", "the", "a", "an", "down", "up", "least", "most", "almost", "just",
    "under", "over",
];

/// "at 5 pm", "in two weeks", "within three days": when, not how much.
fn is_when_or_how_many(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).map_or("", |at| tokens[at].text.as_str());
    let after = tokens.get(at + 1).map_or("", |t| t.text.as_str());
    let is_time = lexicon::TIME_UNITS.contains(&after);
    let when = ["in", "within", "after", "for", "at", "on", "over", "the"].contains(&before);
    let clock = matches!(after, "pm" | "am" | "clock");
    let has_from = tokens[at.saturating_sub(6)..at]
        .iter()
        .any(|t| t.any(&["from", "to", "by"]));
    let year = tokens[at]
        .value
        .is_some_and(|v| (1950.0..2060.0).contains(&v))
        && before == "in";
    year || clock || (is_time && when && !has_from)
}

fn is_unit(token: &Token) -> bool {
    lexicon::UNITS.contains(&token.text.as_str()) && !token.any(&["in", "point"])
        || token.any(&["milliseconds", "ms", "times", "fold", "x", "percentage"])
        || lexicon::TIME_UNITS.contains(&token.text.as_str())
}

/// Verbs of change, by stem.
static CHANGES: LazyLock<Vec<String>> = LazyLock::new(|| {
    [
        "go",
        "drop",
        "fall",
        "rise",
        "increase",
        "decrease",
        "reduce",
        "cut",
        "improve",
        "grow",
        "climb",
        "shrink",
        "decline",
        "bring",
        "lower",
        "raise",
        "jump",
        "lift",
        "boost",
        "halve",
        "speed",
        "slash",
        "trim",
        "sink",
        "plummet",
        "soar",
        "get",
        "stay",
        "return",
        "gain",
        "shorten",
        "shave",
        "take",
        "move",
        "change",
        "save",
        "dropped",
        "reduction",
        "improvement",
        "drive",
        "push",
        "slow",
        "accelerate",
        "recover",
        "rate",
        "hit",
        "reach",
        "hold",
    ]
    .map(stem)
    .into_iter()
    .filter(|s| !["take", "get", "rate", "save"].contains(&s.as_str()))
    .collect()
});

static DELTAS: LazyLock<Vec<TokenPattern>> = LazyLock::new(|| {
    [
        "from # .. to #",
        "from # to #",
        "from .. # .. to #",
        "from .. # .. to nothing|none",
        "from # percent to nothing|none",
        "# percent|times|fold faster|less|fewer|more|lower|higher|smaller|better|cheaper|quicker|shorter|longer",
        "# milliseconds|seconds|minutes|hours|days faster|quicker|shorter|sooner|earlier",
        "twice|half|double|triple as|the fast|many|much|often|slow|quick|long|speed|time|number|throughput",
        "# times as fast|many|much|often|quick|slow",
        "by half|third|quarter",
        "four|five times as many",
        "# percent reduction|improvement|speedup|uplift",
        "# percent increase|drop|decrease|gain|decline in",
        "reduction|increase|improvement|drop|decrease|decline|gain of #",
        "get|got|came .. down|up to #",
        "took|takes # .. instead of #",
        "took|takes # .. now it|they takes|take #",
        "zero .. since|afterwards",
        "# .. became #",
        "to zero|none",
        "down|up to|from #",
        "# percent to zero",
    ]
    .map(TokenPattern::new)
    .into_iter()
    .collect()
});

/// The first mention of money, customers or time that was won or lost.
fn business(said: &TokenIndex) -> Option<(usize, usize)> {
    let tokens = &said.tokens;
    let won = |place: &(usize, usize)| {
        !change_polarity::is_lost(tokens, place.0)
            && !change_polarity::is_nothing(tokens, *place)
            && !change_polarity::is_for_the_worse(tokens, *place)
    };
    let money = (0..tokens.len()).find_map(|at| {
        money_at(tokens, at).filter(|place| !change_polarity::is_lost(tokens, place.0))
    });
    let shaped = first_that(said, &BUSINESS, won);
    money.or(shaped)
}

/// An amount of money, with the rate that follows: "eight thousand dollars a week".
fn money_at(tokens: &[Token], at: usize) -> Option<(usize, usize)> {
    tokens[at].value?;
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let currency = matches!(
        text(at + 1),
        "dollars" | "dollar" | "euros" | "euro" | "pounds" | "bucks" | "cents" | "francs" | "yen"
    );
    let mut last = at + usize::from(currency);
    if text(last + 1) == "per" {
        last += 2;
    }
    // "eight thousand a week" is money where large sums are spoken of so.
    let large_rate = tokens[at].value.is_some_and(|v| v >= 1000.0) && last == at + 2;
    (currency || large_rate).then_some((at, last.min(tokens.len() - 1)))
}

static BUSINESS: LazyLock<Vec<TokenPattern>> = LazyLock::new(|| {
    let customers = "customer|client|user|shopper|subscriber|merchant|patient|driver|partner|buyer";
    let win = "saved|saves|saving|recovered|gained|won|spared|gave|cut|avoided|prevented";
    let less = "stopped|dropped|fell|decreased|disappeared|vanished|halved|declined|ended|shrank|fewer|less|reduced|cut|avoided|prevented|eliminated";
    let worth = "complaint|churn|refund|penalty|fine|cancellation|chargeback|outage|downtime|cost|waste|spend|bill|backlog";
    let good = "revenue|sales|conversion|retention|renewal|profit|margin|signups|orders|bookings|adoption|satisfaction|nps|trust|budget|money";
    [
        format!("{customers} stopped|stop|no|never|kept|stayed|renewed|returned|came|got|receive|received"),
        format!("{customers} .. renew|renewed"),
        format!("{customers} churn|churned|churning|trust|retention|satisfaction|complaint|experience"),
        format!("kept|retained|won|protected|saved|served|reached .. {customers}"),
        format!("{win} .. hours|days|minutes|weeks|engineers|hour|day|week|month"),
        format!("{win} .. money|time|cost|revenue|budget|{good}"),
        "hours|days|minutes per week|day|month|sprint|release|quarter|year".to_owned(),
        format!("{less} .. {worth}"),
        format!("{worth} {less}"),
        format!("{worth} .. stopped|dropped|fell|decreased|disappeared|vanished|halved|declined|down"),
        format!("{good} rose|grew|increased|recovered|went|up|climbed|improved|returned|jumped"),
        format!("protect|protected|increase|increased|grew|recovered|lifted|raised|boosted|improve|improved .. {good}"),
        "freed|freeing .. hours|days|engineers|people|hour|minutes".to_owned(),
        "sla penalty|penalties|breach|breaches|credits".to_owned(),
        "no|zero|fewer|less complaint|refund|penalty|chargeback".to_owned(),
        "no more .. complaint|refund|penalty|chargeback|cancellation|delay|outage".to_owned(),
        "in revenue|sales|savings|costs|refunds|penalties|fees".to_owned(),
        "worth of orders|sales|revenue|refunds|work".to_owned(),
        "support tickets|calls|load|requests|volume .. dropped|fell|down|stopped|halved|by|went".to_owned(),
        "late|delayed|failed|missed|prevented|avoided payment|order|delivery|shipment delays|anymore".to_owned(),
        "prevented|avoided|stopped .. payment|order|delivery delays|losses".to_owned(),
        "launch|launched on|in time".to_owned(),
    ]
    .iter()
    .map(|shape| TokenPattern::new(shape))
    .collect()
});

static SECOND_ORDER: LazyLock<Vec<TokenPattern>> = LazyLock::new(|| {
    let others = "team|teams|others|group|groups|company|department|org|organization|engineers|everyone|everybody|services|offices|colleagues|platform|they|squads|projects";
    [
        "adopted|adopts|adopting".to_owned(),
        "became|become|becomes|is|are|was .. standard|default|norm|practice|policy|blueprint|template|convention".to_owned(),
        "made|make|turned .. standard|default|template|policy|mandatory|blueprint|rule".to_owned(),
        "part of .. template|process|runbook|playbook|onboarding|checklist|standard|pipeline|training|handbook|toolkit".to_owned(),
        "into .. template|runbook|playbook|onboarding|checklist|handbook|training|guidelines".to_owned(),
        "rolled|rolling out .. across|to|other|all|company|every".to_owned(),
        "rolled it|this|that out".to_owned(),
        format!("{others} now|since|still|also use|uses|used|run|follow|have|has|rely|relies|do|does|copied|copy|started|ask|asked"),
        format!("{others} .. copied|reused|picked it|this|that|my|our|the|up"),
        format!("{others} copied|reused|replicated|borrowed|imitated"),
        format!("{others} picked|took|taken it|up|over"),
        format!("{others} picked|took .. up|over"),
        "teams|others|groups|regions|offices|departments|squads|branches|shops|stores rolled|rolls .. out".to_owned(),
        "regions|offices|departments|branches|shops|stores|markets|countries copied|adopted|use|uses|used|follow|followed".to_owned(),
        format!("other|more|all|every|several|many|two|three|four|five|# {others} use|uses|used|using|run|follow|started|rely"),
        format!("other|more|all|every|several|many|two|three|four|five|# {others} asked|wanted|have for|it|this|one|to"),
        "now|still used|use|uses by|it|this|that|my|our|in".to_owned(),
        "is|are|was|were still|now|since used|running".to_owned(),
        "still in use|place|production".to_owned(),
        "used by|across other|all|every|several|many|# .. teams|services|groups|offices|company|projects".to_owned(),
        "used|reused across|by .. teams|services|company|organization".to_owned(),
        "reused|reusable".to_owned(),
        "to this day".to_owned(),
        "ever since".to_owned(),
        "wrote|write|written|created|became|turned|published|documented .. runbook|playbook|guide|handbook|checklist|guideline|postmortem".to_owned(),
        "taught|trained|teach|mentored|coached .. team|teams|engineers|others|colleagues|people|everyone|hires|them|group".to_owned(),
        "gave|held|ran .. talk|workshop|training|presentation|brownbag|session".to_owned(),
        "presented it|this|that|my|our|the .. company|teams|org|organization|engineers|guild|meeting".to_owned(),
        "every|each|all new .. gets|get|uses|use|has|have|comes|starts|includes|goes|must".to_owned(),
        "spread|expanded|extended to|across .. teams|services|company|other|organization|offices|departments".to_owned(),
        "company|organization|org wide".to_owned(),
        "inspired|led|prompted .. other|teams|others|company".to_owned(),
        "took|taken over|up my|our|the|it|this".to_owned(),
        "open|opened sourced|source|sourcing".to_owned(),
    ]
    .iter()
    .map(|shape| TokenPattern::new(shape))
    .collect()
});

/// With what was adopted, copied or used: to the end of its phrase, six words at most.
fn to_object(said: &TokenIndex, (first, last): (usize, usize)) -> (usize, usize) {
    let ends = |token: &Token| {
        token.break_before != Boundary::None
            || token.any(&[
                "and", "but", "so", "for", "which", "that", "because", "when", "i", "we",
            ])
    };
    let rest = said.tokens[last + 1..].iter().take(6);
    (first, last + rest.take_while(|token| !ends(token)).count())
}

/// Whether it was only wished for: "I would have liked to save", "they wanted to adopt".
fn is_wished(tokens: &[Token], first: usize) -> bool {
    let wishes = [
        "wanted", "hoped", "wished", "wish", "planned", "liked", "loved", "tried",
    ];
    (first.saturating_sub(4)..first)
        .rev()
        .take_while(|at| tokens[at + 1].break_before == Boundary::None)
        .any(|at| tokens[at].any(&wishes))
}

fn first_of(said: &TokenIndex, shapes: &[TokenPattern]) -> Option<(usize, usize)> {
    first_that(said, shapes, |_| true)
}

/// The first place where one of `shapes` fits, that is not denied and that `holds`; the longest of
/// those.
fn first_that(
    said: &TokenIndex,
    shapes: &[TokenPattern],
    holds: impl Fn(&(usize, usize)) -> bool,
) -> Option<(usize, usize)> {
    shapes
        .iter()
        .flat_map(|shape| shape.find_all(&said.tokens))
        .filter(|place| holds(place))
        .filter(|(first, last)| {
            // "no more complaints" is meant; "nobody adopted it" is not.
            let own = &said.tokens[*first];
            let inside = said.tokens[*first + 1..=*last]
                .iter()
                .any(|token| token.any(&["not", "never", "nobody"]));
            let by_speaker = own.stem == "adopt" && attribution::is_speakers(&said.tokens, *first);
            own.any(&["no", "zero"])
                || (!inside
                    && !by_speaker
                    && !said.is_denied(*first, false)
                    && !is_wished(&said.tokens, *first))
        })
        .min_by_key(|(first, last)| (*first, std::cmp::Reverse(*last)))
}
