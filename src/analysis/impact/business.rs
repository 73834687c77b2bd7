//! Finds the business impact: money, customers or time that was won, or a loss that was prevented.

use std::sync::LazyLock;

use super::change_polarity;
use super::search::all_matches;
use crate::analysis::language::token_pattern::TokenPattern;
use crate::analysis::language::{Boundary, Token, lexicon, stem};
use crate::analysis::phrases::token_index::TokenIndex;

/// "eight thousand a week" is money even without a currency: from this amount on.
const MIN_BARE_SUM: f64 = 1000.0;

/// First and last token of each sum of money that was won (`is_lost` false) or lost.
pub(super) fn sums(index: &TokenIndex, is_lost: bool) -> Vec<(usize, usize)> {
    let tokens = &index.tokens;
    let found = (0..tokens.len()).filter_map(|at| money_at(tokens, at));
    found
        .filter(|place| change_polarity::is_loss(tokens, place.0) == is_lost)
        .collect()
}

/// First and last token of each gain for customers or the business.
pub(super) fn gains(index: &TokenIndex) -> Vec<(usize, usize)> {
    let tokens = &index.tokens;
    all_matches(index, &PATTERNS, |place| {
        !change_polarity::is_loss(tokens, place.0)
            && !change_polarity::is_empty_gain(tokens, *place)
            && !change_polarity::is_setback(tokens, *place)
    })
}

/// An amount of money, with the rate that follows: "eight thousand dollars a week".
fn money_at(tokens: &[Token], at: usize) -> Option<(usize, usize)> {
    tokens[at].value?;
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let has_currency = matches!(
        text(at + 1),
        "dollars" | "dollar" | "euros" | "euro" | "pounds" | "bucks" | "cents" | "francs" | "yen"
    );
    let mut last = at + usize::from(has_currency);
    if text(last + 1) == "per" {
        last += 2;
    }
    let is_paid = tokens[at].value.is_some_and(|v| v >= MIN_BARE_SUM)
        && tokens[at.saturating_sub(4)..at]
            .iter()
            .any(|token| MONEY_VERBS.contains(&token.stem))
        && tokens.get(at + 1).is_none_or(|next| {
            next.break_before != Boundary::None || lexicon::is_function(&next.text)
        });
    let is_large_rate = tokens[at].value.is_some_and(|v| v >= MIN_BARE_SUM) && last == at + 2;
    (has_currency || is_large_rate || is_paid).then_some((at, last.min(tokens.len() - 1)))
}

/// Stems of verbs whose bare number is money: "they paid back twenty-two thousand".
static MONEY_VERBS: LazyLock<Vec<String>> = LazyLock::new(|| {
    [
        "pay",
        "paid",
        "refund",
        "reimburse",
        "save",
        "earn",
        "raise",
        "donate",
        "recover",
        "repay",
        "win",
        "invest",
    ]
    .map(stem)
    .into()
});

static PATTERNS: LazyLock<Vec<TokenPattern>> = LazyLock::new(|| {
    let customers = "customer|client|user|shopper|subscriber|merchant|patient|driver|partner|buyer";
    let win = "saved|saves|saving|recovered|gained|won|spared|cut|avoided|prevented";
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
    .map(|pattern| TokenPattern::new(pattern))
    .collect()
});
