//! Compares the feedback on labeled answers with their labels: leanings, quotes, findings and planned
//! phrases. Answers are analyzed as text, without audio and without a recognizer.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use anyhow::{Context, Result};
use starling::analysis::ownership::pronouns::OwnershipKind;
use starling::analysis::phrases::word_vectors::SentenceModel;
use starling::analysis::{Feedback, FindingKind, analyze_written, written};
use starling::app::LanguageModel;
use starling::domain::part::{Part, SectionKind};
use starling::domain::profile::Profile;
use starling::domain::story::Story;
use starling::domain::time::Span;
use starling::domain::transcript::{Transcript, Word, plain};
use starling::domain::written_answer::WrittenAnswer;

use super::stories::{Answer, Retelling, StorySet};

/// The leanings, best first.
pub const LEANINGS: [&str; 5] = [
    "strong hire",
    "lean hire",
    "lean no hire",
    "no hire",
    "not enough heard",
];
/// The qualities of answers, best first.
pub const QUALITIES: [&str; 3] = ["strong", "mixed", "weak"];

/// Indices of the first and the last word.
type Words = RangeInclusive<usize>;

/// How often something was reported, and how much of what is true was found.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Score {
    pub reported: usize,
    /// How many of those reported are right.
    pub right: usize,
    /// How many there are in truth.
    pub gold: usize,
    /// How many of those in truth were found.
    pub found: usize,
}

impl Score {
    /// Share of what was reported that is right; 1 if nothing was.
    pub fn precision(&self) -> f64 {
        share(self.right, self.reported)
    }

    /// Share of what is true that was found; 1 if nothing is.
    pub fn recall(&self) -> f64 {
        share(self.found, self.gold)
    }
}

/// `part` of `whole`; 1 of nothing.
pub fn share(part: usize, whole: usize) -> f64 {
    match whole {
        0 => 1.0,
        _ => part as f64 / whole as f64,
    }
}

/// The leaning of an answer or a section, and the acceptable ones.
pub struct LeaningCase {
    pub id: String,
    pub quality: String,
    /// `None` for the whole answer.
    pub section: Option<SectionKind>,
    pub leaning: String,
    pub acceptable: Vec<String>,
    pub reasons: Vec<String>,
}

impl LeaningCase {
    pub fn is_acceptable(&self) -> bool {
        self.acceptable.contains(&self.leaning)
    }

    pub fn leans_to_hire(&self) -> bool {
        self.leaning == "strong hire" || self.leaning == "lean hire"
    }
}

/// Everything that was compared.
#[derive(Default)]
pub struct StoryReport {
    pub whole: Vec<LeaningCase>,
    pub sections: Vec<LeaningCase>,
    /// Precision and recall per measurement.
    pub scores: BTreeMap<&'static str, Score>,
    /// Planned phrases per kind of retelling: how many of those said were found.
    pub said: BTreeMap<String, Score>,
    /// Planned phrases per kind of retelling that were not said: `found` counts those accepted.
    pub not_said: BTreeMap<String, Score>,
    /// Every wrong case: its kind, and what was wrong.
    pub wrong: Vec<(String, String)>,
    /// Whole answers that get another leaning if their sections are in paragraphs.
    pub differing: Vec<(String, String)>,
    /// Elapsed time of the slowest analysis of a whole answer.
    pub slowest_ms: f64,
}

impl StoryReport {
    /// Analyzes every answer, section and retelling of the set.
    pub fn new(set: &StorySet) -> Result<Self> {
        let mut report = Self::default();
        for answer in &set.answers {
            report.add_answer(answer)?;
        }
        for retelling in &set.retellings {
            report.add_retelling(retelling, &set.answer(&retelling.id)?.story)?;
        }
        Ok(report)
    }

    /// Share of the whole answers of this quality that lean to hire.
    pub fn hire_share(&self, quality: &str) -> f64 {
        let of_quality = || self.whole.iter().filter(|case| case.quality == quality);
        let hires = of_quality().filter(|case| case.leans_to_hire()).count();
        share(hires, of_quality().count())
    }

    /// Share of the phrases that near-misses do not say, but that are accepted.
    pub fn near_misses_accepted(&self) -> f64 {
        let near_misses = self.not_said.iter();
        let scores = near_misses.filter(|(kind, _)| kind.starts_with("near-miss"));
        let counts = scores.map(|(_, score)| (score.found, score.gold));
        let (accepted, all) =
            counts.fold((0, 0), |sum, (found, gold)| (sum.0 + found, sum.1 + gold));
        share(accepted, all)
    }

    /// Share of the sections whose leaning is acceptable.
    pub fn acceptable_sections(&self) -> f64 {
        let acceptable = self.sections.iter().filter(|case| case.is_acceptable());
        share(acceptable.count(), self.sections.len())
    }

    /// The score of a measurement.
    pub fn score(&self, measurement: &str) -> Score {
        self.scores.get(measurement).copied().unwrap_or_default()
    }

    fn add_answer(&mut self, answer: &Answer) -> Result<()> {
        let text = answer.text();
        let begun = Instant::now();
        let (transcript, feedback) = analyze_text(&text, &answer.story, Part::Whole)?;
        self.slowest_ms = self.slowest_ms.max(1e3 * begun.elapsed().as_secs_f64());
        let paragraphs: Vec<&str> = answer
            .sections
            .iter()
            .map(|(_, text)| text.trim())
            .collect();
        let (_, split) = analyze_text(&paragraphs.join("\n\n"), &answer.story, Part::Whole)?;
        if split.verdict.leaning != feedback.verdict.leaning {
            let (whole, split) = (feedback.verdict.leaning, split.verdict.leaning);
            let what = format!("{}: {split}, but {whole} as one paragraph", answer.id);
            let kind = "leaning, with its sections in paragraphs".to_owned();
            self.differing.push((kind, what));
        }
        let case = leaning_case(answer, None, &feedback, answer.gold.whole.lean.clone());
        self.check_leaning(&case);
        self.whole.push(case);
        for (kind, text) in &answer.sections {
            let (_, feedback) = analyze_text(text, &answer.story, Part::Section(*kind))?;
            let name = kind.to_string().to_lowercase();
            let acceptable = answer.gold.sections.get(&name);
            let acceptable = acceptable.with_context(|| format!("{}: no gold", answer.id))?;
            let case = leaning_case(answer, Some(*kind), &feedback, acceptable.clone());
            self.check_leaning(&case);
            self.sections.push(case);
        }
        let answer = LabeledText {
            answer,
            transcript: &transcript,
        };
        self.check_labels(&answer);
        self.check_impact(&answer, &feedback);
        self.check_attribution(&answer, &feedback);
        self.check_red_flags(&answer, &feedback);
        Ok(())
    }

    /// Notes labels that are not in the text: they cannot be compared.
    fn check_labels(&mut self, text: &LabeledText) {
        let gold = &text.answer.gold.whole;
        let lists = [
            &gold.metric,
            &gold.worth,
            &gold.lasting,
            &gold.we_hiding,
            &gold.passive_hiding,
        ];
        let flags = gold.flags.iter().map(|flag| &flag.quote);
        for quote in lists.into_iter().flatten().chain(flags) {
            if locate(text.transcript, quote, 0).is_none() {
                let what = format!("{}: {quote}", text.answer.id);
                self.wrong
                    .push(("label that is not in the text".to_owned(), what));
            }
        }
    }

    fn check_leaning(&mut self, case: &LeaningCase) {
        if case.is_acceptable() {
            return;
        }
        let part = match case.section {
            Some(kind) => kind.to_string().to_lowercase(),
            None => "whole answer".to_owned(),
        };
        let what = format!(
            "{} ({}): {} instead of {}\n      {}",
            case.id,
            case.quality,
            case.leaning,
            case.acceptable.join(" or "),
            case.reasons.join("\n      ")
        );
        self.wrong.push((format!("leaning, {part}"), what));
    }

    /// One quote per check and answer at most.
    fn check_impact(&mut self, text: &LabeledText, feedback: &Feedback) {
        let (gold, impact) = (&text.answer.gold.whole, &feedback.impact);
        for (name, quote, gold) in [
            ("impact: metric", &impact.metric, &gold.metric),
            ("impact: worth", &impact.business, &gold.worth),
            ("impact: lasting", &impact.second_order, &gold.lasting),
        ] {
            let reported = quote.iter().map(|quote| text.within(quote.span()));
            self.compare_once(name, text, reported.collect(), &text.quotes(gold));
        }
    }

    fn check_attribution(&mut self, text: &LabeledText, feedback: &Feedback) {
        let gold = &text.answer.gold.whole;
        let reported = |kind: &str| -> Vec<Words> {
            let findings = feedback.findings.iter();
            findings
                .filter(|finding| finding.kind.name() == kind)
                .flat_map(|finding| text.quoted_in(&finding.kind, finding.span))
                .collect()
        };
        let (we, passive) = (reported("we"), reported("passive"));
        self.compare_once("finding: we", text, we, &text.quotes(&gold.we_hiding));
        let passive_gold = text.quotes(&gold.passive_hiding);
        self.compare_once("finding: passive", text, passive, &passive_gold);
        for (name, kind, gold) in [
            ("hiding: we", OwnershipKind::We, &gold.we_hiding),
            (
                "hiding: passive",
                OwnershipKind::Passive,
                &gold.passive_hiding,
            ),
        ] {
            let spans = feedback.ownership.hiding.iter();
            let reported = spans.filter(|span| span.kind == kind);
            let reported = reported.map(|span| text.within(Span::new(span.start, span.end)));
            self.compare_once(name, text, reported.collect(), &text.quotes(gold));
        }
    }

    /// Counts every quote that is reported, but an answer only once among what there is to find.
    fn compare_once(
        &mut self,
        name: &'static str,
        text: &LabeledText,
        reported: Vec<Words>,
        gold: &[Words],
    ) {
        let is_right = |words: &Words| gold.iter().any(|gold| overlap(words, gold));
        let (right, wrong): (Vec<Words>, Vec<Words>) = reported.into_iter().partition(is_right);
        let score = self.scores.entry(name).or_default();
        score.reported += right.len() + wrong.len();
        score.right += right.len();
        score.gold += usize::from(!gold.is_empty());
        score.found += usize::from(!right.is_empty());
        for words in &wrong {
            self.note(name, "wrong", text, words);
        }
        if right.is_empty() {
            for words in gold {
                self.note(name, "missed", text, words);
            }
        }
    }

    fn check_red_flags(&mut self, text: &LabeledText, feedback: &Feedback) {
        let reported = feedback.red_flags.iter();
        let reported: Vec<Flag> = reported
            .map(|found| Flag {
                kind: format!("{:?}", found.flag).to_lowercase(),
                is_fatal: found.fatal,
                words: text.within(found.quote().span()),
            })
            .collect();
        let gold = text.answer.gold.whole.flags.iter();
        let gold: Vec<Flag> = gold
            .filter_map(|label| {
                Some(Flag {
                    kind: label.kind.clone(),
                    is_fatal: label.fatal,
                    words: locate(text.transcript, &label.quote, 0)?,
                })
            })
            .collect();
        // A label of kind `other` may be reported as any kind.
        let same_kind = |reported: &Flag, gold: &Flag| {
            overlap(&reported.words, &gold.words)
                && (reported.kind == gold.kind || gold.kind == "other")
        };
        let anything = |reported: &Flag, gold: &Flag| overlap(&reported.words, &gold.words);
        self.compare_flags("red flags", &reported, &gold, same_kind);
        self.compare_flags("red flags, any kind", &reported, &gold, anything);
        let fatal = |flags: &[Flag]| -> Vec<Flag> {
            let fatal = flags.iter().filter(|flag| flag.is_fatal);
            fatal.cloned().collect()
        };
        let (reported_fatal, gold_fatal) = (fatal(&reported), fatal(&gold));
        self.compare_flags("red flags, fatal", &reported_fatal, &gold_fatal, anything);
        for flag in &reported {
            if !gold.iter().any(|gold| same_kind(flag, gold)) {
                self.note(
                    &format!("red flags: {}", flag.kind),
                    "wrong",
                    text,
                    &flag.words,
                );
            }
        }
        for flag in &gold {
            if !reported.iter().any(|reported| same_kind(reported, flag)) {
                let how = if flag.is_fatal {
                    "missed, fatal"
                } else {
                    "missed"
                };
                self.note(&format!("red flags: {}", flag.kind), how, text, &flag.words);
            }
        }
    }

    /// Counts every flag that is reported, and every one that there is to find.
    fn compare_flags(
        &mut self,
        name: &'static str,
        reported: &[Flag],
        gold: &[Flag],
        matches: impl Fn(&Flag, &Flag) -> bool,
    ) {
        let score = self.scores.entry(name).or_default();
        let right = |flag: &&Flag| gold.iter().any(|gold| matches(flag, gold));
        let found = |flag: &&Flag| reported.iter().any(|reported| matches(reported, flag));
        score.reported += reported.len();
        score.right += reported.iter().filter(right).count();
        score.gold += gold.len();
        score.found += gold.iter().filter(found).count();
    }

    fn add_retelling(&mut self, retelling: &Retelling, story: &Story) -> Result<()> {
        let part = Part::Section(retelling.section);
        let (transcript, feedback) = analyze_text(&retelling.text, story, part)?;
        let kind = match retelling.distance.as_str() {
            "none" => retelling.kind.clone(),
            distance => format!("{}, {distance}", retelling.kind),
        };
        let find = |say: &str| {
            let phrases = feedback.phrases.iter();
            let found = phrases
                .filter(|result| result.is_said)
                .find(|result| result.phrase == say);
            found.map(|result| result.quote())
        };
        let place = format!("{} {}", retelling.id, part);
        for (say, words) in &retelling.said {
            let score = self.said.entry(kind.clone()).or_default();
            score.gold += 1;
            match find(say) {
                Some(quote) => {
                    score.found += 1;
                    score.reported += 1;
                    let truth = locate(&transcript, words, 0);
                    let quoted = quote.map(|quote| words_within(&transcript, quote.span()));
                    let is_right = Option::zip(truth, quoted).is_some_and(|(a, b)| overlap(&a, &b));
                    score.right += usize::from(is_right);
                }
                None => self.wrong.push((
                    format!("retelling, {kind}: missed"),
                    format!("{place}: \u{201c}{say}\u{201d} as \u{201c}{words}\u{201d}"),
                )),
            }
        }
        for say in &retelling.not_said {
            let score = self.not_said.entry(kind.clone()).or_default();
            score.gold += 1;
            if let Some(quote) = find(say) {
                score.found += 1;
                let quote = quote.map(|quote| quote.text).unwrap_or_default();
                self.wrong.push((
                    format!("retelling, {kind}: accepted"),
                    format!("{place}: \u{201c}{say}\u{201d} as \u{201c}{quote}\u{201d}"),
                ));
            }
        }
        Ok(())
    }

    fn note(&mut self, name: &str, how: &str, text: &LabeledText, words: &Words) {
        let (quote, _) = text.transcript.quote(*words.start(), *words.end());
        let what = format!("{}: \u{201c}{quote}\u{201d}", text.answer.id);
        self.wrong.push((format!("{name}: {how}"), what));
    }
}

/// A red flag, reported or labeled.
#[derive(Clone)]
struct Flag {
    kind: String,
    is_fatal: bool,
    words: Words,
}

/// An answer with its words.
struct LabeledText<'a> {
    answer: &'a Answer,
    transcript: &'a Transcript,
}

impl LabeledText<'_> {
    /// The words of labels. A label that is not in the text is noted elsewhere.
    fn quotes(&self, quotes: &[String]) -> Vec<Words> {
        let words = quotes.iter().map(|quote| locate(self.transcript, quote, 0));
        words.flatten().collect()
    }

    fn within(&self, span: Span) -> Words {
        words_within(self.transcript, span)
    }

    /// The words that a finding quotes, or the words of its span if it quotes none.
    fn quoted_in(&self, kind: &FindingKind, span: Span) -> Vec<Words> {
        let text = kind.to_string();
        let quotes = text.split('\u{201c}').skip(1);
        let quotes = quotes.filter_map(|rest| rest.split('\u{201d}').next());
        let from = *self.within(span).start();
        let words: Vec<Words> = quotes
            // A pronoun that is spoken about is no quote.
            .filter(|quote| quote.contains(' '))
            .filter_map(|quote| {
                locate(self.transcript, quote, from).or_else(|| locate(self.transcript, quote, 0))
            })
            .collect();
        match words.is_empty() {
            true => vec![self.within(span)],
            false => words,
        }
    }
}

/// Whether two stretches share at least half of the words of the shorter one.
fn overlap(a: &Words, b: &Words) -> bool {
    let length = |words: &Words| words.end() + 1 - words.start();
    let shared = (a.end().min(b.end()) + 1).saturating_sub(*a.start().max(b.start()));
    2 * shared >= length(a).min(length(b)) && shared > 0
}

/// The first words from `from` on that say `quote`, whatever their punctuation.
fn locate(transcript: &Transcript, quote: &str, from: usize) -> Option<Words> {
    let wanted = quote.split_whitespace().map(plain);
    let wanted: Vec<String> = wanted.filter(|word| !word.is_empty()).collect();
    if wanted.is_empty() {
        return None;
    }
    let texts: Vec<String> = transcript.words.iter().map(Word::plain).collect();
    let last = texts.len().checked_sub(wanted.len())?;
    (from..=last)
        .find(|at| texts[*at..].starts_with(&wanted))
        .map(|at| at..=at + wanted.len() - 1)
}

/// The words that lie in `span`.
fn words_within(transcript: &Transcript, span: Span) -> Words {
    let middle = |word: &Word| (word.start + word.end) / 2.0;
    let first = transcript
        .words
        .iter()
        .position(|word| middle(word) >= span.start);
    let last = transcript
        .words
        .iter()
        .rposition(|word| middle(word) <= span.end);
    let first = first.unwrap_or(0);
    first..=last.unwrap_or(first).max(first)
}

fn leaning_case(
    answer: &Answer,
    section: Option<SectionKind>,
    feedback: &Feedback,
    acceptable: Vec<String>,
) -> LeaningCase {
    let reasons = feedback.verdict.reasons.iter();
    LeaningCase {
        id: answer.id.clone(),
        quality: answer.quality.clone(),
        section,
        leaning: feedback.verdict.leaning.to_string(),
        acceptable,
        reasons: reasons.map(ToString::to_string).collect(),
    }
}

static LANGUAGE_MODEL: LazyLock<Arc<dyn SentenceModel>> =
    LazyLock::new(|| LanguageModel::shared(Vec::new()));

/// Feedback on a text, as `starling analyze --text` gives it, and the words that its spans refer to.
fn analyze_text(text: &str, story: &Story, part: Part) -> Result<(Transcript, Feedback)> {
    let answer = WrittenAnswer::parse(text, part)?;
    let model = Some(Arc::clone(&LANGUAGE_MODEL));
    let profile = Profile::default();
    let feedback = analyze_written(&answer, story, part, story.level, &profile, model);
    let feedback = feedback.with_context(|| format!("{} has no {part}", story.id))?;
    Ok((written::transcript(&answer), feedback))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transcript(text: &str) -> Transcript {
        let word = |(at, word): (usize, &str)| Word {
            text: word.to_owned(),
            start: at as f64,
            end: at as f64 + 1.0,
            confidence: 1.0,
        };
        Transcript {
            words: text.split_whitespace().enumerate().map(word).collect(),
        }
    }

    #[test]
    fn quotes_are_located_whatever_their_punctuation() {
        let transcript = transcript("So, we fixed it. Later we fixed it \u{2014} again.");
        assert_eq!(locate(&transcript, "We fixed it,", 0), Some(1..=3));
        assert_eq!(locate(&transcript, "we fixed it", 2), Some(5..=7));
        assert_eq!(locate(&transcript, "we broke it", 0), None);
        assert_eq!(locate(&transcript, "...", 0), None);
        assert_eq!(words_within(&transcript, Span::new(1.0, 4.0)), 1..=3);
    }

    #[test]
    fn half_of_the_shorter_stretch_is_an_overlap() {
        assert!(overlap(&(0..=9), &(8..=11)));
        assert!(overlap(&(4..=5), &(0..=9)));
        assert!(!overlap(&(0..=9), &(9..=12)));
        assert!(!overlap(&(0..=3), &(4..=5)));
    }
}
