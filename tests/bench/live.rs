//! What the captions of an answer are worth: how late they come, and whether they stay.

use crate::ours::Spoken;

/// For each firm word, how long after its end it was shown, in seconds. What another word than the
/// newest of a caption ends at is only known by the report, where that has the same word there.
pub fn delays(spoken: &Spoken) -> Vec<f64> {
    let (mut delays, mut known) = (Vec::new(), 0);
    for shown in &spoken.shown {
        for (i, word) in shown.firm.iter().enumerate().skip(known) {
            let newest = i + 1 == shown.firm.len();
            let reported = spoken.words.get(i).filter(|(text, _)| text == word);
            let end = match newest {
                true => shown.end,
                false => reported.map(|(_, end)| *end),
            };
            delays.extend(end.map(|end| shown.at - end));
        }
        known = known.max(shown.firm.len());
    }
    delays
}

/// Firm words that a later caption shows otherwise, or not at all.
pub fn rewritten(spoken: &Spoken) -> usize {
    let pairs = spoken.shown.windows(2);
    let changed = pairs.map(|pair| {
        let same = |(a, b): &(&String, &String)| a == b;
        let kept = pair[0].firm.iter().zip(&pair[1].firm).take_while(same);
        pair[0].firm.len() - kept.count()
    });
    changed.sum()
}

/// Firm words that the report does not have in that place.
pub fn not_kept(spoken: &Spoken) -> usize {
    let Some(last) = spoken.shown.last() else {
        return 0;
    };
    let said = last
        .firm
        .iter()
        .zip(spoken.words.iter().map(|(text, _)| text));
    last.firm.len() - said.take_while(|(firm, reported)| firm == reported).count()
}
