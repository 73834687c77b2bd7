//! Compares the results for a clip with its truth, and sums the counts up per kind of clip.

use std::collections::BTreeMap;

use starling::analysis::Feedback;
use starling::analysis::language::verbalize::spoken_words;
use starling::domain::take::Transcription;
use starling::domain::time::{Secs, Span};

use super::dataset::Clip;

/// Filled pauses, which do not count as words.
const FILLED_PAUSES: [&str; 14] = [
    "um", "uh", "er", "erm", "hmm", "hm", "mm", "ah", "umm", "uhm", "mhm", "eh", "uhh", "huh",
];
const CONTRACTIONS: [(&str, &str); 12] = [
    ("i'm", "i am"),
    ("i've", "i have"),
    ("i'd", "i would"),
    ("i'll", "i will"),
    ("it's", "it is"),
    ("he's", "he is"),
    ("there's", "there is"),
    ("that's", "that is"),
    ("here's", "here is"),
    ("who's", "who is"),
    ("we're", "we are"),
    ("yknow", "you know"),
];
/// Shorter pauses are not compared: the truth has pauses from 0.3 s on, and both are measured with an error.
const MIN_COMPARED_PAUSE: Secs = 0.35;
const MIN_TRUE_PAUSE: Secs = 0.3;
/// Largest error of the edges of a pause with sharp edges.
const EDGE_TOLERANCE: Secs = 0.04;
/// How far the middle of a word may lie outside its segment.
const SEGMENT_TOLERANCE: Secs = 0.15;
/// A word that overlaps a pause by more than this crosses it.
const MAX_PAUSE_OVERLAP: Secs = 0.1;

/// Number of true positives, false positives and false negatives.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Hits {
    pub right: usize,
    pub wrong: usize,
    pub missed: usize,
}

impl Hits {
    pub fn add(&mut self, other: Hits) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.missed += other.missed;
    }

    /// Ratio of the results that are true; `None` without results.
    pub fn precision(&self) -> Option<f64> {
        ratio(self.right, self.right + self.wrong)
    }

    /// Ratio of the truth that was found; `None` without anything to find.
    pub fn recall(&self) -> Option<f64> {
        ratio(self.right, self.right + self.missed)
    }

    pub fn f1(&self) -> Option<f64> {
        ratio(2 * self.right, 2 * self.right + self.wrong + self.missed)
    }
}

fn ratio(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The counts of one clip, or their sum over several clips.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    pub clips: usize,
    pub seconds: f64,
    pub cpu_seconds: f64,
    pub words: usize,
    pub substituted: usize,
    pub deleted: usize,
    pub inserted: usize,
    /// Clips without speech.
    pub silent: usize,
    /// Clips without speech that were transcribed to words.
    pub silent_with_words: usize,
    /// Distance of word starts from known onsets, in seconds.
    pub onset_errors: Vec<f64>,
    /// Words that cross a known pause.
    pub over_pauses: usize,
    /// Words that start before the previous word ends.
    pub backwards: usize,
    /// Words within the segment in which they are said.
    pub in_place: usize,
    /// Words outside the segment in which they are said.
    pub out_of_place: usize,
    /// Pauses that overlap.
    pub pauses: Hits,
    /// Pauses of which both edges agree.
    pub pauses_sharp: Hits,
    /// Errors of the edges of pauses, in seconds.
    pub edge_errors: Vec<f64>,
    /// Errors of the speech rate, as a ratio to the true rate.
    pub rate_errors: Vec<f64>,
    pub filler_sounds: Hits,
    pub filler_words: Hits,
    pub phrases: Hits,
    /// The same for the exact text, as if the recognizer made no errors.
    pub phrases_in_text: Hits,
    pub leanings: BTreeMap<String, usize>,
    pub slowest_analysis_ms: f64,
}

/// The results for one clip.
pub struct Measured<'a> {
    pub clip: &'a Clip,
    pub seconds: f64,
    pub transcription: &'a Transcription,
    pub feedback: &'a Feedback,
    /// The feedback on the exact text of the clip.
    pub feedback_on_text: &'a Feedback,
    pub analysis_ms: f64,
}

impl Figures {
    pub fn new(measured: &Measured) -> Self {
        let Measured {
            clip,
            transcription,
            feedback,
            ..
        } = measured;
        let expected = comparable_words(&clip.text);
        let recognized = comparable_words(&transcription.transcript.text());
        let (substituted, deleted, inserted) = word_errors(&expected, &recognized);
        let silent = clip.text.is_empty();
        let (onset_errors, over_pauses) = onset_errors(clip, transcription);
        let words = &transcription.transcript.words;
        let mut figures = Figures {
            clips: 1,
            seconds: measured.seconds,
            cpu_seconds: transcription.engine.cpu_seconds.unwrap_or(0.0),
            words: expected.len(),
            substituted,
            deleted,
            inserted,
            silent: usize::from(silent),
            silent_with_words: usize::from(silent && !words.is_empty()),
            onset_errors,
            over_pauses,
            backwards: words
                .windows(2)
                .filter(|pair| pair[1].start < pair[0].end)
                .count(),
            rate_errors: rate_error(clip, feedback).into_iter().collect(),
            phrases: phrase_hits(clip, feedback),
            phrases_in_text: phrase_hits(clip, measured.feedback_on_text),
            slowest_analysis_ms: measured.analysis_ms,
            ..Figures::default()
        };
        figures.count_places(clip, transcription);
        figures.count_pauses(clip, feedback);
        figures.count_fillers(clip, feedback);
        let leaning = serde_json::to_value(feedback.verdict.leaning).ok();
        let leaning = leaning.and_then(|value| value.as_str().map(str::to_owned));
        figures
            .leanings
            .insert(leaning.unwrap_or_else(|| "not judged".to_owned()), 1);
        figures
    }

    pub fn add(&mut self, other: &Figures) {
        self.clips += other.clips;
        self.seconds += other.seconds;
        self.cpu_seconds += other.cpu_seconds;
        self.words += other.words;
        self.substituted += other.substituted;
        self.deleted += other.deleted;
        self.inserted += other.inserted;
        self.silent += other.silent;
        self.silent_with_words += other.silent_with_words;
        self.onset_errors.extend(&other.onset_errors);
        self.over_pauses += other.over_pauses;
        self.backwards += other.backwards;
        self.in_place += other.in_place;
        self.out_of_place += other.out_of_place;
        self.pauses.add(other.pauses);
        self.pauses_sharp.add(other.pauses_sharp);
        self.edge_errors.extend(&other.edge_errors);
        self.rate_errors.extend(&other.rate_errors);
        self.filler_sounds.add(other.filler_sounds);
        self.filler_words.add(other.filler_words);
        self.phrases.add(other.phrases);
        self.phrases_in_text.add(other.phrases_in_text);
        for (leaning, count) in &other.leanings {
            *self.leanings.entry(leaning.clone()).or_default() += count;
        }
        self.slowest_analysis_ms = self.slowest_analysis_ms.max(other.slowest_analysis_ms);
    }

    /// Word errors per word; `None` without words.
    pub fn word_error_rate(&self) -> Option<f64> {
        ratio(self.substituted + self.deleted + self.inserted, self.words)
    }

    /// Ratio of the words that lie within their segment; `None` if no segments are known.
    pub fn in_place(&self) -> Option<f64> {
        ratio(self.in_place, self.in_place + self.out_of_place)
    }

    fn count_places(&mut self, clip: &Clip, transcription: &Transcription) {
        let expected: Vec<(Span, String)> = clip
            .segments
            .iter()
            .flat_map(|(span, text)| {
                let words = comparable_words(text).into_iter();
                words.map(|word| (*span, word))
            })
            .collect();
        let recognized: Vec<(f64, String)> = transcription
            .transcript
            .words
            .iter()
            .flat_map(|word| {
                let middle = (word.start + word.end) / 2.0;
                comparable_words(&word.text)
                    .into_iter()
                    .map(move |text| (middle, text))
            })
            .collect();
        let is_same = |i: usize, j: usize| expected[i].1 == recognized[j].1;
        for (i, j) in common_subsequence(expected.len(), recognized.len(), is_same) {
            let (span, middle) = (expected[i].0, recognized[j].0);
            match (span.start - SEGMENT_TOLERANCE..=span.end + SEGMENT_TOLERANCE).contains(&middle)
            {
                true => self.in_place += 1,
                false => self.out_of_place += 1,
            }
        }
    }

    fn count_pauses(&mut self, clip: &Clip, feedback: &Feedback) {
        let measured: Vec<Span> = feedback.pauses.iter().map(|pause| pause.span()).collect();
        let compared = |spans: &[Span]| -> Vec<Span> {
            let long = spans.iter().filter(|span| span.len() >= MIN_COMPARED_PAUSE);
            long.copied().collect()
        };
        // If only the inserted pauses are known, other measured pauses may be true as well.
        let (truth, all_known) = match &clip.gaps {
            Some(gaps) => (gaps.clone(), true),
            None => (clip.inserted.clone(), false),
        };
        let long_enough = |span: &&Span| span.len() >= MIN_TRUE_PAUSE;
        for pause in compared(&truth) {
            match measured.iter().find(|span| overlap(**span, pause)) {
                Some(span) => {
                    let errors = [
                        (span.start - pause.start).abs(),
                        (span.end - pause.end).abs(),
                    ];
                    self.edge_errors.extend(errors);
                    self.pauses.right += 1;
                    match errors.iter().all(|error| *error <= EDGE_TOLERANCE) {
                        true => self.pauses_sharp.right += 1,
                        false => self.pauses_sharp.missed += 1,
                    }
                }
                None => {
                    self.pauses.missed += 1;
                    self.pauses_sharp.missed += 1;
                }
            }
        }
        if all_known {
            let is_invented = |span: &&Span| {
                !truth
                    .iter()
                    .filter(long_enough)
                    .any(|pause| overlap(**span, *pause))
            };
            let wrong = compared(&measured).iter().filter(is_invented).count();
            self.pauses.wrong += wrong;
            self.pauses_sharp.wrong += wrong;
        }
    }

    /// Compares the counts per filler, because the truth has no times. All filled pauses count as the same filler.
    fn count_fillers(&mut self, clip: &Clip, feedback: &Feedback) {
        let Some(truth) = &clip.fillers else {
            return;
        };
        let mut found: BTreeMap<String, usize> = BTreeMap::new();
        for filler in &feedback.fillers {
            *found.entry(filler_name(&filler.text)).or_default() += 1;
        }
        let mut expected: BTreeMap<String, usize> = BTreeMap::new();
        for (name, count) in truth {
            *expected.entry(filler_name(name)).or_default() += count;
        }
        if clip.set == "real" {
            // `real.tsv` counts every "so" and "like", whether it is a filler or not.
            let is_comparable = |name: &String| name == FILLED_PAUSE || name == "you know";
            found.retain(|name, _| is_comparable(name));
            expected.retain(|name, _| is_comparable(name));
        }
        let names = found.keys().chain(expected.keys());
        let names: std::collections::BTreeSet<&String> = names.collect();
        for name in names {
            let found = found.get(name).copied().unwrap_or(0);
            let expected = expected.get(name).copied().unwrap_or(0);
            let hits = Hits {
                right: found.min(expected),
                wrong: found.saturating_sub(expected),
                missed: expected.saturating_sub(found),
            };
            match name == FILLED_PAUSE {
                true => self.filler_sounds.add(hits),
                false => self.filler_words.add(hits),
            }
        }
    }
}

/// The common name of all filled pauses.
const FILLED_PAUSE: &str = "(filled pause)";

fn filler_name(text: &str) -> String {
    let name = spoken_words(text.split('(').next().unwrap_or_default()).join(" ");
    match name.as_str() {
        "yknow" | "y'know" => "you know".to_owned(),
        sound if FILLED_PAUSES.contains(&sound) => FILLED_PAUSE.to_owned(),
        _ => name,
    }
}

/// Distances of word starts from the known onsets, which are the start of speech and the ends of inserted pauses; and the
/// number of words that cross an inserted pause.
fn onset_errors(clip: &Clip, transcription: &Transcription) -> (Vec<f64>, usize) {
    let words = &transcription.transcript.words;
    let first = clip.speech.map(|speech| speech.start);
    let onsets = first
        .into_iter()
        .chain(clip.inserted.iter().map(|pause| pause.end));
    let errors = onsets
        .filter_map(|onset| {
            // The first word of which a part lies after the onset, wherever it starts.
            let word = words.iter().find(|word| word.end > onset + 0.05)?;
            Some((word.start - onset).abs())
        })
        .collect();
    let crosses_pause = |word: &&starling::domain::transcript::Word| {
        clip.inserted
            .iter()
            .any(|pause| word.start.max(pause.start) + MAX_PAUSE_OVERLAP < word.end.min(pause.end))
    };
    (errors, words.iter().filter(crosses_pause).count())
}

fn rate_error(clip: &Clip, feedback: &Feedback) -> Option<f64> {
    let expected = clip.words_per_minute?;
    let measured = feedback.pacing.speech_rate_wpm.unwrap_or(0.0);
    Some((measured - expected).abs() / expected)
}

fn phrase_hits(clip: &Clip, feedback: &Feedback) -> Hits {
    let mut hits = Hits::default();
    for (phrase, is_said) in &clip.phrases {
        let Some(found) = feedback.phrases.iter().find(|p| p.phrase == *phrase) else {
            // The phrase is planned for another part of the story.
            continue;
        };
        match (is_said, found.is_said) {
            (true, true) => hits.right += 1,
            (true, false) => hits.missed += 1,
            (false, true) => hits.wrong += 1,
            (false, false) => {}
        }
    }
    hits
}

fn overlap(a: Span, b: Span) -> bool {
    let shared = a.end.min(b.end) - a.start.max(b.start);
    shared > 0.5 * a.len().min(b.len())
}

/// The words of a text as they are spoken, with contractions written in full and without filled pauses.
pub fn comparable_words(text: &str) -> Vec<String> {
    spoken_words(text)
        .into_iter()
        .flat_map(|word| {
            let contraction = CONTRACTIONS.iter().find(|(short, _)| *short == word);
            let text = contraction.map_or(word.as_str(), |(_, long)| long);
            text.split(' ').map(str::to_owned).collect::<Vec<_>>()
        })
        .map(|word| word.replace('\'', ""))
        .filter(|word| !FILLED_PAUSES.contains(&word.as_str()))
        .collect()
}

/// The longest common subsequence of two sequences of these lengths, as pairs of indices.
fn common_subsequence(
    left: usize,
    right: usize,
    is_same: impl Fn(usize, usize) -> bool,
) -> Vec<(usize, usize)> {
    let mut longest = vec![vec![0; right + 1]; left + 1];
    for i in (0..left).rev() {
        for j in (0..right).rev() {
            longest[i][j] = match is_same(i, j) {
                true => longest[i + 1][j + 1] + 1,
                false => longest[i + 1][j].max(longest[i][j + 1]),
            };
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < left && j < right {
        if is_same(i, j) {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if longest[i + 1][j] >= longest[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

/// The numbers of substituted, deleted and inserted words of the alignment with the fewest errors.
pub fn word_errors(expected: &[String], recognized: &[String]) -> (usize, usize, usize) {
    // The cost and the three counts, for each prefix of `recognized`.
    type Cell = (usize, usize, usize, usize);
    let mut row: Vec<Cell> = (0..=recognized.len()).map(|i| (i, 0, 0, i)).collect();
    for word in expected {
        let mut next: Vec<Cell> = Vec::with_capacity(row.len());
        next.push((row[0].0 + 1, row[0].1, row[0].2 + 1, row[0].3));
        for (i, other) in recognized.iter().enumerate() {
            let (c, s, d, n) = row[i];
            let wrong = usize::from(word != other);
            let substitute = (c + wrong, s + wrong, d, n);
            let (c, s, d, n) = row[i + 1];
            let delete = (c + 1, s, d + 1, n);
            let (c, s, d, n) = next[i];
            let insert = (c + 1, s, d, n + 1);
            next.push(substitute.min(delete).min(insert));
        }
        row = next;
    }
    let (_, substituted, deleted, inserted) = row[recognized.len()];
    (substituted, deleted, inserted)
}
