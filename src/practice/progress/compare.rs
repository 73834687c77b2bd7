//! Compares a take with an earlier one of the same part: how the metrics changed, which phrases were added
//! or lost, and which words differ.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::analysis::Feedback;
use crate::analysis::phrases::planned_phrases::PhraseResult;
use crate::domain::profile::Profile;
use crate::domain::time::Secs;
use crate::domain::transcript::Transcript;
use crate::practice::session::Reviewed;

use super::metric::Metric;
use super::take_metrics::TakeMetrics;

/// A row ends with a sentence, or after this many words if both takes say the same.
const MAX_ROW_WORDS: usize = 30;

/// The differences between two takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The metrics. Those with a target come first.
    pub metrics: Vec<MetricChange>,
    /// The planned phrases, in story order.
    pub phrases: Vec<PhraseChange>,
    /// The transcripts side by side.
    pub rows: Vec<Row>,
}

/// The change of a metric.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricChange {
    /// The name of the metric.
    pub name: String,
    /// Its value in the earlier take, as text.
    pub before: String,
    /// Its value in the later take, as text.
    pub now: String,
    /// Whether the later value is better.
    pub direction: Direction,
}

/// Whether a metric got better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Closer to the target.
    Better,
    /// Further from the target.
    Worse,
    /// As close as before.
    Same,
    /// The metric has no target, or cannot be measured.
    Unjudged,
}

/// Whether the two takes contain a planned phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhraseChange {
    /// The planned phrase.
    pub phrase: String,
    /// Whether the earlier take contains it.
    pub before: bool,
    /// Whether the later take contains it.
    pub now: bool,
}

/// Corresponding words of both takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Words of the earlier take.
    pub before: Vec<DiffWord>,
    /// Words of the later take.
    pub now: Vec<DiffWord>,
}

/// A word in the comparison of the transcripts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffWord {
    /// The word as in the transcript.
    pub text: String,
    /// Whether the other take lacks it at this position.
    pub only_here: bool,
}

/// Compares two takes of one part.
pub fn compare(before: &Reviewed, now: &Reviewed, profile: &Profile) -> Comparison {
    let take_metrics = [&before.feedback, &now.feedback].map(TakeMetrics::from_feedback);
    let mut metrics: Vec<MetricChange> = Metric::ALL
        .into_iter()
        .map(|metric| MetricChange {
            name: metric.to_string(),
            before: metric.describe(&take_metrics[0]),
            now: metric.describe(&take_metrics[1]),
            direction: direction_of(metric, &take_metrics, profile),
        })
        .collect();
    metrics.extend(changes_without_target(&before.feedback, &now.feedback));
    let transcript = |reviewed: &Reviewed| {
        let transcription = reviewed.take.transcription.as_ref();
        transcription.map(|transcription| transcription.transcript.clone())
    };
    Comparison {
        metrics,
        phrases: phrases(&before.feedback, &now.feedback),
        rows: rows(
            &transcript(before).unwrap_or_default(),
            &transcript(now).unwrap_or_default(),
        ),
    }
}

/// Aligns two transcripts, in rows of about a sentence. Punctuation and capitalization are ignored. The
/// alignment is by Myers (1986), "An O(ND) Difference Algorithm".
pub fn rows(before: &Transcript, now: &Transcript) -> Vec<Row> {
    let plain_words = |transcript: &Transcript| -> Vec<String> {
        transcript.words.iter().map(|word| word.plain()).collect()
    };
    let diff_word = |transcript: &Transcript, index: usize, only_here| DiffWord {
        text: transcript.words[index].text.clone(),
        only_here,
    };
    let ends_sentence =
        |transcript: &Transcript, index: usize| transcript.words[index].ends_sentence();
    let mut rows = vec![Row::default()];
    for op in capture_diff_slices(Algorithm::Myers, &plain_words(before), &plain_words(now)) {
        let is_equal = matches!(op, DiffOp::Equal { .. });
        let (old, new) = (op.old_range(), op.new_range());
        if is_equal {
            for (old, new) in old.zip(new) {
                let Some(row) = rows.last_mut() else { continue };
                row.before.push(diff_word(before, old, false));
                row.now.push(diff_word(now, new, false));
                if ends_sentence(now, new)
                    || ends_sentence(before, old)
                    || row.now.len() >= MAX_ROW_WORDS
                {
                    rows.push(Row::default());
                }
            }
        } else if let Some(row) = rows.last_mut() {
            row.before
                .extend(old.map(|index| diff_word(before, index, true)));
            row.now.extend(new.map(|index| diff_word(now, index, true)));
        }
    }
    rows.retain(|row| *row != Row::default());
    rows
}

fn direction_of(metric: Metric, takes: &[TakeMetrics; 2], profile: &Profile) -> Direction {
    let [from, to] = metric.target(profile);
    let distance = |value: f64| (from - value).max(value - to).max(0.0);
    let [before, now] = [&takes[0], &takes[1]].map(|take| metric.value(take).map(distance));
    match before.zip(now) {
        None => Direction::Unjudged,
        Some((before, now)) if now < before - 1e-9 => Direction::Better,
        Some((before, now)) if now > before + 1e-9 => Direction::Worse,
        Some(_) => Direction::Same,
    }
}

/// Counts without a target that fits every part.
fn changes_without_target(before: &Feedback, now: &Feedback) -> Vec<MetricChange> {
    let pauses = |feedback: &Feedback| {
        let longest = feedback.pauses.iter().map(|pause| pause.span().len());
        match feedback.pauses.len() {
            0 => "none".to_owned(),
            count => format!("{count}, longest {:.1} s", longest.fold(0.0, Secs::max)),
        }
    };
    let attribution = |feedback: &Feedback| {
        let ownership = &feedback.ownership;
        format!("{} / {} / {}", ownership.i, ownership.we, ownership.passive)
    };
    let change = |name: &str, describe: &dyn Fn(&Feedback) -> String| MetricChange {
        name: name.to_owned(),
        before: describe(before),
        now: describe(now),
        direction: Direction::Unjudged,
    };
    vec![
        change("Pauses", &pauses),
        change(
            "\u{201c}I\u{201d} / \u{201c}we\u{201d} / passive",
            &attribution,
        ),
    ]
}

fn phrases(before: &Feedback, now: &Feedback) -> Vec<PhraseChange> {
    let said_before = |phrase: &str| {
        let results = before.phrases.iter();
        results
            .filter(|result| result.phrase == phrase)
            .any(|result| result.is_said)
    };
    let change = |result: &PhraseResult| PhraseChange {
        before: said_before(&result.phrase),
        now: result.is_said,
        phrase: result.phrase.clone(),
    };
    now.phrases.iter().map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::verdict::Leaning;
    use crate::domain::builders::transcript;
    use crate::practice::progress::take_metrics::tests::{metrics, no_speech};
    use expect_test::{Expect, expect};

    /// Checks the rows, one per line: lost words in brackets, new words in braces.
    fn check(before: &str, now: &str, expected: Expect) {
        let side = |words: &[DiffWord], marks: [&str; 2]| {
            let mut text = Vec::new();
            for word in words {
                text.push(match word.only_here {
                    true => format!("{}{}{}", marks[0], word.text, marks[1]),
                    false => word.text.clone(),
                });
            }
            text.join(" ")
        };
        let rows = rows(&transcript(before), &transcript(now));
        let lines = rows.iter().map(|row| {
            let before = side(&row.before, ["[", "]"]);
            format!("{before} | {}", side(&row.now, ["{", "}"]))
        });
        expected.assert_eq(&lines.collect::<Vec<String>>().join("\n"));
    }

    #[test]
    fn lost_and_new_words_are_shown_side_by_side() {
        check(
            "So, um, we saw a drop. I fixed it.",
            "I saw a drop of 0.3%. Then I fixed it.",
            expect![[r#"
                [So,] [um,] [we] saw a drop. | {I} saw a drop
                I fixed it. | {of} {0.3%.} {Then} I fixed it."#]],
        );
        check(
            "it was late. i went home",
            "It was late. I went home.",
            expect![[r#"
                it was late. | It was late.
                i went home | I went home."#]],
        );
        check("", "I went.", expect![" | {I} {went.}"]);
        check("I went.", "", expect!["[I] [went.] | "]);
        check("", "", expect![""]);
    }

    #[test]
    fn transcript_without_full_stops_is_split_into_rows() {
        let long = vec!["word"; 100].join(" ");
        let rows = rows(&transcript(&long), &transcript(&long));
        let lengths: Vec<usize> = rows.iter().map(|row| row.now.len()).collect();
        assert_eq!(lengths, [30, 30, 30, 10]);
    }

    #[test]
    fn each_word_is_in_its_column_once_and_in_order() {
        let (before, now) = (
            transcript("a b c. d e f a b. c d"),
            transcript("b c a. a d d f. b c e"),
        );
        let rows = rows(&before, &now);
        let column = |side: fn(&Row) -> &Vec<DiffWord>| {
            let words = rows.iter().flat_map(side);
            words.map(|word| word.text.clone()).collect::<Vec<_>>()
        };
        assert_eq!(column(|row| &row.before).join(" "), before.text());
        assert_eq!(column(|row| &row.now).join(" "), now.text());
    }

    #[test]
    fn closer_to_the_target_is_better() {
        let profile = Profile::default();
        let fast = metrics(190.0, 6, 2, 20.0, Leaning::LeanNoHire);
        let good = metrics(150.0, 1, 4, 29.0, Leaning::LeanHire);
        let direction = |metric, before: &TakeMetrics, now: &TakeMetrics| {
            direction_of(metric, &[before.clone(), now.clone()], &profile)
        };
        for metric in Metric::ALL {
            assert_eq!(
                direction(metric, &fast, &good),
                Direction::Better,
                "{metric}"
            );
            assert_eq!(
                direction(metric, &good, &fast),
                Direction::Worse,
                "{metric}"
            );
            assert_eq!(direction(metric, &good, &good), Direction::Same, "{metric}");
        }
        assert_eq!(
            direction(Metric::Pace, &no_speech(), &good),
            Direction::Unjudged
        );
        let slower = metrics(120.0, 1, 4, 29.0, Leaning::LeanHire);
        assert_eq!(direction(Metric::Pace, &good, &slower), Direction::Same);
    }
}
