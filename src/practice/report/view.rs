//! The content of a report for people, independent of its format.

use jiff::tz::TimeZone;

use crate::analysis::{Feedback, Severity};
use crate::domain::story::Story;
use crate::domain::take::{NoWords, Take, Transcription};
use crate::domain::time::{Secs, clock};
use crate::domain::transcript::{Transcript, Word};

/// A pause of this length after a sentence starts a new paragraph.
const PARAGRAPH_PAUSE: Secs = 0.7;
/// A paragraph with this many words ends with its current sentence.
const MAX_PARAGRAPH_WORDS: usize = 60;

/// A report on one take.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportView {
    /// The title of the story and the name of the part.
    pub title: String,
    /// The interviewer's question.
    pub question: String,
    /// Names and values of measurements.
    pub facts: Vec<(&'static str, String)>,
    /// The likely hiring decision.
    pub lean: String,
    /// The reasons for it.
    pub reasons: Vec<String>,
    /// The findings, most severe first.
    pub findings: Vec<Note>,
    /// The planned phrases, in story order.
    pub phrases: Vec<PlannedPhrase>,
    /// The paragraphs of the transcript: time and text.
    pub paragraphs: Vec<(String, String)>,
    /// Why there are no paragraphs.
    pub no_words: Option<NoWords>,
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its time in the take: `0:07`.
    pub at: String,
    /// `good`, `note`, `amber` or `red`.
    pub severity: &'static str,
    /// The sentence.
    pub text: String,
}

/// A planned phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedPhrase {
    /// The phrase.
    pub phrase: String,
    /// What it shows an interviewer.
    pub proves: String,
    /// Time and words with which it was said; `None` if it was not.
    pub said: Option<(String, String)>,
}

impl ReportView {
    /// The report on `take`, which belongs to `story`, with its transcription and feedback, for a reader in
    /// the time zone `viewer`.
    pub fn new(
        take: &Take,
        story: &Story,
        transcription: &Transcription,
        feedback: &Feedback,
        viewer: &TimeZone,
    ) -> Self {
        let part = match story.brief(take.part, take.level) {
            Some(brief) => brief.name,
            None => take.part.to_string(),
        };
        let phrases = feedback.phrases.iter().map(|phrase| PlannedPhrase {
            phrase: phrase.phrase.clone(),
            proves: phrase.proves.clone(),
            said: Option::zip(phrase.start.map(clock), phrase.match_text.clone()),
        });
        let findings = feedback.findings.iter().map(|finding| Note {
            at: clock(finding.span.start),
            severity: match finding.severity {
                Severity::Good => "good",
                Severity::Note => "note",
                Severity::Amber => "amber",
                Severity::Red => "red",
            },
            text: finding.kind.to_string(),
        });
        let because = &feedback.verdict.reasons;
        Self {
            title: format!("{}: {part}", story.title),
            question: story.question.clone(),
            facts: facts(take, story, feedback, viewer),
            lean: feedback.verdict.leaning.to_string(),
            reasons: because.iter().map(ToString::to_string).collect(),
            findings: findings.collect(),
            phrases: phrases.collect(),
            paragraphs: paragraphs(&transcription.transcript),
            no_words: transcription.no_words(),
        }
    }
}

fn facts(
    take: &Take,
    story: &Story,
    feedback: &Feedback,
    viewer: &TimeZone,
) -> Vec<(&'static str, String)> {
    let pacing = &feedback.pacing;
    let used = format!("{} of {}", clock(pacing.used_s), clock(pacing.target_s));
    let voice = &feedback.intonation;
    let facts = [
        ("Recorded", recorded(take, viewer)),
        ("Level", Some(story.level_label(take.level).to_owned())),
        ("Time used", Some(used)),
        (
            "Pace",
            pacing
                .speech_rate_wpm
                .map(|wpm| format!("{wpm:.0} words/min")),
        ),
        ("Pauses", Some(feedback.pauses.len().to_string())),
        ("Fillers", Some(feedback.fillers.len().to_string())),
        (
            "\u{201c}I\u{201d} and \u{201c}we\u{201d}",
            Some(format!(
                "{} and {}",
                feedback.ownership.i, feedback.ownership.we
            )),
        ),
        (
            "Loudness range",
            voice.loudness_range_db.map(|db| format!("{db:.0} dB")),
        ),
    ];
    facts
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

/// Splits the transcript into paragraphs, each starting after a sentence and a pause.
fn paragraphs(transcript: &Transcript) -> Vec<(String, String)> {
    let mut paragraphs: Vec<Vec<&Word>> = Vec::new();
    for word in &transcript.words {
        let continues = paragraphs.last().is_some_and(|words| {
            words.last().is_some_and(|last| {
                let pause = word.start - last.end >= PARAGRAPH_PAUSE;
                !(last.ends_sentence() && (pause || words.len() >= MAX_PARAGRAPH_WORDS))
            })
        });
        match paragraphs.last_mut().filter(|_| continues) {
            Some(words) => words.push(word),
            None => paragraphs.push(vec![word]),
        }
    }
    paragraphs
        .iter()
        .map(|words| {
            let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
            let at = words.first().map_or(0.0, |word| word.start);
            (clock(at), text.join(" "))
        })
        .collect()
}

fn recorded(take: &Take, viewer: &TimeZone) -> Option<String> {
    let started = take.started.as_ref();
    let known = started.map(|started| started.describe(viewer));
    known.or_else(|| take.id.started_at())
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::analysis;
    use crate::domain::builders::{TakeBuilder, webhook_story, word};
    use crate::domain::profile::Profile;
    use crate::domain::story::SectionKind;
    use crate::domain::time::Span;

    /// The report on a Task with this transcript, half a second per word; `|` is a second of silence.
    pub fn report(text: &str) -> ReportView {
        let (mut words, mut speech, mut at) = (Vec::new(), Vec::new(), 0.0);
        for phrase in text.split('|') {
            let from = at;
            for text in phrase.split_whitespace() {
                words.push(word(text, at, at + 0.4));
                at += 0.5;
            }
            if at > from {
                speech.push(Span::new(from, at));
            }
            at += 1.0;
        }
        let story = webhook_story();
        let take = TakeBuilder::new("2026-11-23T18-04-09.120-task")
            .section(SectionKind::Task)
            .seconds(at)
            .words(words)
            .speech(speech)
            .build();
        let transcription = take.transcription.as_ref().expect("words");
        let feedback = analysis::analyze(&take, &story, &Profile::default()).expect("feedback");
        ReportView::new(&take, &story, transcription, &feedback, &TimeZone::UTC)
    }

    #[test]
    fn paragraph_ends_with_a_sentence_and_a_pause() {
        let paragraphs = |text: &str| report(text).paragraphs;
        let paragraph = |at: &str, text: &str| (at.to_owned(), text.to_owned());
        assert_eq!(
            paragraphs("It was not mine. There was | no ticket. | Nobody had asked."),
            [
                paragraph("0:00", "It was not mine. There was no ticket."),
                paragraph("0:06", "Nobody had asked.")
            ]
        );
        assert_eq!(paragraphs(""), []);
        let long = "This is a sentence of eight words, mostly. ".repeat(10);
        assert_eq!(paragraphs(&long).len(), 2);
    }

    #[test]
    fn report_lists_planned_phrases_and_findings() {
        let report = report("It was not mine. There was no ticket.");
        assert!(report.title.ends_with(": Task"), "{}", report.title);
        let said: Vec<bool> = report.phrases.iter().map(|p| p.said.is_some()).collect();
        assert_eq!(said, [true, true, false, false]);
        assert_eq!(report.facts[0], ("Recorded", "2026-11-23 18:04".to_owned()));
        assert!(!report.reasons.is_empty() && !report.findings.is_empty());
    }
}
