//! What is counted over clips: heard beside true, summed up per kind of clip.

use std::collections::BTreeMap;

use starling::analysis::Feedback;
use starling::analysis::language::verbalize::spoken_words;
use starling::domain::take::Transcription;
use starling::domain::time::{Secs, Span};

use super::dataset::Clip;

/// Sounds that are no words: not counted as words of a reference.
const SOUNDS: [&str; 14] = [
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
/// Shorter silences are read but not judged: the truth begins at 0.3 s.
const JUDGED_PAUSE: Secs = 0.35;
const TRUE_PAUSE: Secs = 0.3;
/// How far the edge of a pause may be off.
const EDGE: Secs = 0.04;
/// How far outside a stretch the middle of one of its words may lie.
const NEAR: Secs = 0.15;
/// A word that reaches this far into a silence goes over it.
const OVER: Secs = 0.1;

/// How often a reading was right, wrong, and missing.
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

    /// Share of what was read that is true; `None` where nothing was read.
    pub fn precision(&self) -> Option<f64> {
        share(self.right, self.right + self.wrong)
    }

    /// Share of what is true that was read; `None` where nothing is true.
    pub fn recall(&self) -> Option<f64> {
        share(self.right, self.right + self.missed)
    }

    pub fn f1(&self) -> Option<f64> {
        share(2 * self.right, 2 * self.right + self.wrong + self.missed)
    }
}

fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Everything that was counted over some clips.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    pub clips: usize,
    pub seconds: f64,
    pub cpu_seconds: f64,
    pub words: usize,
    pub substituted: usize,
    pub deleted: usize,
    pub inserted: usize,
    /// Clips in which nobody speaks, and those of them in which words were heard.
    pub silent: usize,
    pub silent_heard: usize,
    /// How far word starts are from known onsets, in seconds.
    pub onset_errors: Vec<f64>,
    /// Words that go over a known silence, and starts that run backwards.
    pub over_pauses: usize,
    pub backwards: usize,
    /// Words that lie in the stretch of audio in which they are said, and those that do not.
    pub in_place: usize,
    pub out_of_place: usize,
    /// Pauses, by overlap and by both edges.
    pub pauses: Hits,
    pub pauses_sharp: Hits,
    pub edge_errors: Vec<f64>,
    /// How far the speech rate is off, as a share of the true one.
    pub rate_errors: Vec<f64>,
    pub filler_sounds: Hits,
    pub filler_words: Hits,
    pub phrases: Hits,
    /// The same, had the recogniser made no error.
    pub phrases_in_text: Hits,
    pub leans: BTreeMap<String, usize>,
    pub slowest_analysis_ms: f64,
}

/// One clip with all that was read of it.
pub struct Measured<'a> {
    pub clip: &'a Clip,
    pub seconds: f64,
    pub heard: &'a Transcription,
    pub feedback: &'a Feedback,
    /// What would have been read of the exact text.
    pub of_text: &'a Feedback,
    pub analysis_ms: f64,
}

impl Figures {
    pub fn of(measured: &Measured) -> Self {
        let Measured {
            clip,
            heard,
            feedback,
            ..
        } = measured;
        let reference = comparable(&clip.text);
        let said = comparable(&heard.transcript.text());
        let (substituted, deleted, inserted) = errors(&reference, &said);
        let silent = clip.text.is_empty();
        let (onset_errors, over_pauses) = onsets(clip, heard);
        let words = &heard.transcript.words;
        let mut figures = Figures {
            clips: 1,
            seconds: measured.seconds,
            cpu_seconds: heard.engine.cpu_seconds.unwrap_or(0.0),
            words: reference.len(),
            substituted,
            deleted,
            inserted,
            silent: usize::from(silent),
            silent_heard: usize::from(silent && !words.is_empty()),
            onset_errors,
            over_pauses,
            backwards: words.windows(2).filter(|w| w[1].start < w[0].end).count(),
            rate_errors: rate_error(clip, feedback).into_iter().collect(),
            phrases: phrases(clip, feedback),
            phrases_in_text: phrases(clip, measured.of_text),
            slowest_analysis_ms: measured.analysis_ms,
            ..Figures::default()
        };
        figures.count_places(clip, heard);
        figures.count_pauses(clip, feedback);
        figures.count_fillers(clip, feedback);
        let lean = serde_json::to_value(feedback.verdict.leaning).ok();
        let lean = lean.and_then(|v| v.as_str().map(str::to_owned));
        figures
            .leans
            .insert(lean.unwrap_or_else(|| "not judged".to_owned()), 1);
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
        self.silent_heard += other.silent_heard;
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
        for (lean, count) in &other.leans {
            *self.leans.entry(lean.clone()).or_default() += count;
        }
        self.slowest_analysis_ms = self.slowest_analysis_ms.max(other.slowest_analysis_ms);
    }

    /// Word errors as a share of the words; `None` without words.
    pub fn word_error_rate(&self) -> Option<f64> {
        share(self.substituted + self.deleted + self.inserted, self.words)
    }

    /// Share of the words that lie where they are said; `None` where that is not known.
    pub fn in_place(&self) -> Option<f64> {
        share(self.in_place, self.in_place + self.out_of_place)
    }

    fn count_places(&mut self, clip: &Clip, heard: &Transcription) {
        let said: Vec<(Span, String)> = clip
            .segments
            .iter()
            .flat_map(|(span, text)| comparable(text).into_iter().map(|word| (*span, word)))
            .collect();
        let read: Vec<(f64, String)> = heard
            .transcript
            .words
            .iter()
            .flat_map(|word| {
                let middle = (word.start + word.end) / 2.0;
                comparable(&word.text)
                    .into_iter()
                    .map(move |text| (middle, text))
            })
            .collect();
        let same = |i: usize, j: usize| said[i].1 == read[j].1;
        for (i, j) in common(said.len(), read.len(), same) {
            let (span, at) = (said[i].0, read[j].0);
            match (span.start - NEAR..=span.end + NEAR).contains(&at) {
                true => self.in_place += 1,
                false => self.out_of_place += 1,
            }
        }
    }

    fn count_pauses(&mut self, clip: &Clip, feedback: &Feedback) {
        let read: Vec<Span> = feedback.pauses.iter().map(|pause| pause.span()).collect();
        let judged = |spans: &[Span]| -> Vec<Span> {
            let long = spans.iter().filter(|span| span.len() >= JUDGED_PAUSE);
            long.copied().collect()
        };
        // Where only the inserted ones are known, what else was read is not judged.
        let (truth, all_known) = match &clip.gaps {
            Some(gaps) => (gaps.clone(), true),
            None => (clip.inserted.clone(), false),
        };
        let long_enough = |span: &&Span| span.len() >= TRUE_PAUSE;
        for pause in judged(&truth) {
            match read.iter().find(|span| overlap(**span, pause)) {
                Some(span) => {
                    let off = [
                        (span.start - pause.start).abs(),
                        (span.end - pause.end).abs(),
                    ];
                    self.edge_errors.extend(off);
                    self.pauses.right += 1;
                    match off.iter().all(|off| *off <= EDGE) {
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
            let invented = |span: &&Span| {
                !truth
                    .iter()
                    .filter(long_enough)
                    .any(|true_one| overlap(**span, *true_one))
            };
            let wrong = judged(&read).iter().filter(invented).count();
            self.pauses.wrong += wrong;
            self.pauses_sharp.wrong += wrong;
        }
    }

    /// Counts by name, as the truth has no times; which sound it was does not matter.
    fn count_fillers(&mut self, clip: &Clip, feedback: &Feedback) {
        let Some(truth) = &clip.fillers else {
            return;
        };
        let mut read: BTreeMap<String, usize> = BTreeMap::new();
        for filler in &feedback.fillers {
            *read.entry(filler_name(&filler.text)).or_default() += 1;
        }
        let mut true_ones: BTreeMap<String, usize> = BTreeMap::new();
        for (name, count) in truth {
            *true_ones.entry(filler_name(name)).or_default() += count;
        }
        if clip.set == "real" {
            // There the table counts every "so" and "like", fillers or not.
            let known = |name: &String| name == SOUND || name == "you know";
            read.retain(|name, _| known(name));
            true_ones.retain(|name, _| known(name));
        }
        let names = read.keys().chain(true_ones.keys());
        let names: std::collections::BTreeSet<&String> = names.collect();
        for name in names {
            let (read, truth) = (
                read.get(name).copied().unwrap_or(0),
                true_ones.get(name).copied().unwrap_or(0),
            );
            let hits = Hits {
                right: read.min(truth),
                wrong: read.saturating_sub(truth),
                missed: truth.saturating_sub(read),
            };
            match name == SOUND {
                true => self.filler_sounds.add(hits),
                false => self.filler_words.add(hits),
            }
        }
    }
}

const SOUND: &str = "(sound)";

fn filler_name(text: &str) -> String {
    let name = spoken_words(text.split('(').next().unwrap_or_default()).join(" ");
    match name.as_str() {
        "yknow" | "y'know" => "you know".to_owned(),
        sound if SOUNDS.contains(&sound) => SOUND.to_owned(),
        _ => name,
    }
}

/// Differences of word starts to the known onsets (the first sound, the ends of inserted pauses),
/// and how many words go over an inserted pause.
fn onsets(clip: &Clip, heard: &Transcription) -> (Vec<f64>, usize) {
    let words = &heard.transcript.words;
    let first = clip.speech.map(|speech| speech.start);
    let known = first
        .into_iter()
        .chain(clip.inserted.iter().map(|pause| pause.end));
    let errors = known
        .filter_map(|onset| {
            // The first word that is said after it, whenever it is thought to begin.
            let word = words.iter().find(|word| word.end > onset + 0.05)?;
            Some((word.start - onset).abs())
        })
        .collect();
    let goes_over = |word: &&starling::domain::transcript::Word| {
        clip.inserted
            .iter()
            .any(|pause| word.start.max(pause.start) + OVER < word.end.min(pause.end))
    };
    (errors, words.iter().filter(goes_over).count())
}

fn rate_error(clip: &Clip, feedback: &Feedback) -> Option<f64> {
    let truth = clip.words_a_minute?;
    let read = feedback.pacing.speech_rate_wpm.unwrap_or(0.0);
    Some((read - truth).abs() / truth)
}

fn phrases(clip: &Clip, feedback: &Feedback) -> Hits {
    let mut hits = Hits::default();
    for (phrase, said) in &clip.phrases {
        let Some(reading) = feedback.phrases.iter().find(|p| p.phrase == *phrase) else {
            // Planned for another part of the story.
            continue;
        };
        match (said, reading.is_said) {
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

/// Words as they are spoken; contractions in full, sounds left out.
pub fn comparable(text: &str) -> Vec<String> {
    spoken_words(text)
        .into_iter()
        .flat_map(|word| {
            let full = CONTRACTIONS.iter().find(|(short, _)| *short == word);
            let text = full.map_or(word.as_str(), |(_, long)| long);
            text.split(' ').map(str::to_owned).collect::<Vec<_>>()
        })
        .map(|word| word.replace('\'', ""))
        .filter(|word| !SOUNDS.contains(&word.as_str()))
        .collect()
}

/// The longest run of pairs, in order on both sides, that are the `same`.
fn common(left: usize, right: usize, same: impl Fn(usize, usize) -> bool) -> Vec<(usize, usize)> {
    let mut longest = vec![vec![0; right + 1]; left + 1];
    for i in (0..left).rev() {
        for j in (0..right).rev() {
            longest[i][j] = match same(i, j) {
                true => longest[i + 1][j + 1] + 1,
                false => longest[i + 1][j].max(longest[i][j + 1]),
            };
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < left && j < right {
        if same(i, j) {
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

/// Substituted, deleted and inserted words of the cheapest alignment.
pub fn errors(reference: &[String], said: &[String]) -> (usize, usize, usize) {
    // Cost, then the three counts, for each prefix of `said`.
    type Cell = (usize, usize, usize, usize);
    let mut row: Vec<Cell> = (0..=said.len()).map(|i| (i, 0, 0, i)).collect();
    for word in reference {
        let mut next: Vec<Cell> = Vec::with_capacity(row.len());
        next.push((row[0].0 + 1, row[0].1, row[0].2 + 1, row[0].3));
        for (i, other) in said.iter().enumerate() {
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
    let (_, substituted, deleted, inserted) = row[said.len()];
    (substituted, deleted, inserted)
}
