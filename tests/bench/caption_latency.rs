//! Quality of the captions: how late they are, and whether the report keeps their words.

use crate::metrics;
use crate::starling_cli::SpokenAnswer;

/// A caption word is searched among this many words of the report, from the last match on.
const SEARCH_WINDOW: usize = 6;

/// Seconds from the end of each confirmed word until it was shown.
///
/// A caption only states where its newest word ends. The ends of its other words come from the report, if the report
/// has them.
pub fn delays(answer: &SpokenAnswer) -> Vec<f64> {
    let (mut delays, mut next) = (Vec::new(), 0);
    for caption in &answer.captions {
        let count_before = delays.len();
        for word in &caption.words {
            let nearby = answer
                .words
                .iter()
                .enumerate()
                .skip(next)
                .take(SEARCH_WINDOW);
            let is_same = |(_, (text, _)): &(usize, &(String, f64))| plain(text) == plain(word);
            if let Some((index, (_, end))) = nearby.clone().find(is_same) {
                next = index + 1;
                delays.push(caption.shown_at - end);
            }
        }
        if delays.len() == count_before {
            delays.push(caption.shown_at - caption.end);
        }
    }
    delays
}

/// Confirmed words compared with the report.
#[derive(Debug, Default)]
pub struct ConfirmedWords {
    /// Confirmed words that the report lacks or has differently.
    pub changed: usize,
    /// Words of the report that were never confirmed, such as the last ones of an answer.
    pub never_confirmed: usize,
    /// All confirmed words.
    pub confirmed: usize,
}

pub fn confirmed_words(answer: &SpokenAnswer) -> ConfirmedWords {
    let confirmed: Vec<&str> = answer
        .captions
        .iter()
        .flat_map(|caption| caption.words.iter().map(String::as_str))
        .collect();
    let confirmed = metrics::comparable_words(&confirmed.join(" "));
    let reported = metrics::comparable_words(&answer.text);
    let (substituted, deleted, inserted) = metrics::word_errors(&reported, &confirmed);
    ConfirmedWords {
        changed: substituted + inserted,
        never_confirmed: deleted,
        confirmed: confirmed.len(),
    }
}

fn plain(word: &str) -> String {
    word.chars()
        .filter(|c| c.is_alphanumeric())
        .collect::<String>()
        .to_lowercase()
}
