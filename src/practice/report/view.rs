//! What a page about a take says, before it is written in any form.

use crate::analysis::{Feedback, Severity};
use crate::domain::story::Story;
use crate::domain::take::{Take, Transcription};
use crate::domain::time::{Secs, clock};
use crate::domain::transcript::{Transcript, Word};

/// A silence of this length after a sentence is a new paragraph.
const NEW_PARAGRAPH: Secs = 0.7;
/// A paragraph of so many words ends with its sentence.
const LONG_PARAGRAPH: usize = 60;

/// A page about one take.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportView {
    /// The story, and what of it was told.
    pub title: String,
    /// The interviewer's question.
    pub question: String,
    /// A line each: what it is, and how much.
    pub facts: Vec<(&'static str, String)>,
    /// Where an interviewer would lean.
    pub lean: String,
    /// Why.
    pub reasons: Vec<String>,
    /// What was noticed, most urgent first.
    pub findings: Vec<Note>,
    /// What was planned, in story order.
    pub phrases: Vec<PlannedPhrase>,
    /// What was said, each paragraph with its time.
    pub paragraphs: Vec<(String, String)>,
}

/// Something that was noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Where in the take: `0:07`.
    pub at: String,
    /// `good`, `note`, `amber` or `red`.
    pub severity: &'static str,
    /// The sentence.
    pub text: String,
}

/// A planned phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedPhrase {
    /// As it was planned.
    pub phrase: String,
    /// What it shows an interviewer.
    pub proves: String,
    /// When and how it was said, if it was.
    pub said: Option<(String, String)>,
}

impl ReportView {
    /// The page about `take`; `heard` and `feedback` are of this take, and the take is of `story`.
    pub fn new(take: &Take, story: &Story, heard: &Transcription, feedback: &Feedback) -> Self {
        let part = match story.brief(take.part, take.level) {
            Some(brief) => brief.name,
            None => take.part.to_string(),
        };
        let phrases = feedback.phrases.iter().map(|phrase| PlannedPhrase {
            phrase: phrase.phrase.clone(),
            proves: phrase.proves.clone(),
            said: Option::zip(phrase.start.map(clock), phrase.said.clone()),
        });
        let findings = feedback.findings.iter().map(|finding| Note {
            at: clock(finding.span.start),
            severity: match finding.severity {
                Severity::Good => "good",
                Severity::Note => "note",
                Severity::Amber => "amber",
                Severity::Red => "red",
            },
            text: finding.noticed.to_string(),
        });
        let because = &feedback.verdict.because;
        Self {
            title: format!("{}: {part}", story.title),
            question: story.question.clone(),
            facts: facts(take, feedback),
            lean: feedback.verdict.lean.to_string(),
            reasons: because.iter().map(ToString::to_string).collect(),
            findings: findings.collect(),
            phrases: phrases.collect(),
            paragraphs: paragraphs(&heard.transcript),
        }
    }
}

fn facts(take: &Take, feedback: &Feedback) -> Vec<(&'static str, String)> {
    let pacing = &feedback.pacing;
    let used = format!("{} of {}", clock(pacing.used_s), clock(pacing.target_s));
    let voice = &feedback.voice;
    let facts = [
        ("Told on", take.id.began()),
        ("Level", Some(take.level.to_string())),
        ("Time used", Some(used)),
        (
            "Pace",
            pacing
                .speech_rate_wpm
                .map(|wpm| format!("{wpm:.0} words a minute")),
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
            "Loudness moves by",
            voice.loudness_range_db.map(|db| format!("{db:.0} dB")),
        ),
    ];
    facts
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

/// What was said, with a new paragraph where a sentence and a breath end together.
fn paragraphs(transcript: &Transcript) -> Vec<(String, String)> {
    let mut paragraphs: Vec<Vec<&Word>> = Vec::new();
    for word in &transcript.words {
        let goes_on = paragraphs.last().is_some_and(|words| {
            words.last().is_some_and(|last| {
                let breath = word.start - last.end >= NEW_PARAGRAPH;
                !(last.ends_sentence() && (breath || words.len() >= LONG_PARAGRAPH))
            })
        });
        match paragraphs.last_mut().filter(|_| goes_on) {
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

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::analysis;
    use crate::domain::profile::Profile;
    use crate::domain::story::{Level, Part, SectionKind};
    use crate::domain::story_file;
    use crate::domain::take::{Audio, TakeId, TranscriptionStats};
    use crate::domain::time::Span;
    use crate::domain::voice::Voice;

    /// A Task in which `said` was heard, half a second a word, a second of silence where `|` stands.
    pub fn sheet(said: &str) -> ReportView {
        let (mut words, mut speech, mut at) = (Vec::new(), Vec::new(), 0.0);
        for breath in said.split('|') {
            let from = at;
            for text in breath.split_whitespace() {
                words.push(Word {
                    text: text.to_owned(),
                    start: at,
                    end: at + 0.4,
                    confidence: 0.9,
                });
                at += 0.5;
            }
            speech.push(Span::new(from, at));
            at += 1.0;
        }
        let story = story_file::parse(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/content/webhook-drop.toml"
        )));
        let story = story.expect("a story");
        let take = Take {
            id: TakeId("2026-11-23T18-04-09.120-task".to_owned()),
            story: story.id.clone(),
            part: Part::Section(SectionKind::Task),
            level: Level::Sde2,
            audio: Audio {
                seconds: at,
                sample_rate_hz: 16_000,
                channels: 1,
                ..Audio::default()
            },
            heard: Some(Transcription {
                voice: Voice {
                    speech,
                    speech_dbfs: Some(-20.0),
                    ..Voice::default()
                },
                transcript: Transcript { words },
                engine: TranscriptionStats {
                    model: "test".to_owned(),
                    threads: 1,
                    cpu_seconds: None,
                    wall_seconds: 0.0,
                },
            }),
        };
        let heard = take.heard.as_ref().expect("words");
        let feedback = analysis::analyze(&take, &story, &Profile::default()).expect("feedback");
        ReportView::new(&take, &story, heard, &feedback)
    }

    #[test]
    fn a_paragraph_ends_with_a_sentence_and_a_breath() {
        let times = |said: &str| sheet(said).paragraphs;
        let paragraph = |at: &str, text: &str| (at.to_owned(), text.to_owned());
        assert_eq!(
            times("It was not mine. There was | no ticket. | Nobody had asked."),
            [
                paragraph("0:00", "It was not mine. There was no ticket."),
                paragraph("0:06", "Nobody had asked.")
            ]
        );
        assert_eq!(times(""), []);
        let long = "This is a sentence of eight words, mostly. ".repeat(10);
        assert_eq!(times(&long).len(), 2);
    }

    #[test]
    fn a_sheet_has_what_was_planned_and_what_was_said() {
        let sheet = sheet("It was not mine. There was no ticket.");
        assert!(sheet.title.ends_with(": Task"), "{}", sheet.title);
        let said: Vec<bool> = sheet.phrases.iter().map(|p| p.said.is_some()).collect();
        assert_eq!(said, [true, true, false, false]);
        assert_eq!(sheet.facts[0], ("Told on", "2026-11-23 18:04".to_owned()));
        assert!(!sheet.reasons.is_empty() && !sheet.findings.is_empty());
    }
}
