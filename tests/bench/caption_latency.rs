//! What the captions of an answer are worth: how late they come, and whether they stay.

use crate::metrics;
use crate::starling_cli::Spoken;

/// So many words on, a word of a caption is looked for in the report.
const NEAR: usize = 6;

/// For each firm word, how long after its end it was shown, in seconds. Where a word that is not the
/// newest of its caption ends only the report knows, if it has that word.
pub fn delays(spoken: &Spoken) -> Vec<f64> {
    let (mut delays, mut next) = (Vec::new(), 0);
    for shown in &spoken.shown {
        let before = delays.len();
        for word in &shown.words {
            let near = spoken.words.iter().enumerate().skip(next).take(NEAR);
            let same = |(_, (text, _)): &(usize, &(String, f64))| plain(text) == plain(word);
            if let Some((i, (_, end))) = near.clone().find(same) {
                next = i + 1;
                delays.push(shown.at - end);
            }
        }
        if delays.len() == before {
            delays.push(shown.at - shown.end);
        }
    }
    delays
}

/// Firm words that the report has otherwise, or not at all; words of the report that were never firm,
/// the newest ones when the answer ended among them; and how many firm ones there are.
pub fn not_kept(spoken: &Spoken) -> [usize; 3] {
    let firm: Vec<&str> = spoken
        .shown
        .iter()
        .flat_map(|s| s.words.iter().map(String::as_str))
        .collect();
    let firm = metrics::comparable(&firm.join(" "));
    let kept = metrics::comparable(&spoken.text);
    let (substituted, deleted, inserted) = metrics::errors(&kept, &firm);
    [substituted + inserted, deleted, firm.len()]
}

fn plain(word: &str) -> String {
    word.chars()
        .filter(|c| c.is_alphanumeric())
        .collect::<String>()
        .to_lowercase()
}
