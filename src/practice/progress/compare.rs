//! A take beside an earlier one of the same part: what its readings became, which phrases came and went,
//! and which words are new.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::{Metric, TakeMetrics};
use crate::analysis::Feedback;
use crate::domain::profile::Profile;
use crate::domain::time::Secs;
use crate::domain::transcript::Transcript;
use crate::practice::session::Reviewed;

/// A row of words ends with a sentence, or after so many where both takes say the same.
const WORDS_A_ROW: usize = 30;

/// What changed from one take to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Readings, those with something to aim for first.
    pub readings: Vec<Change>,
    /// The planned phrases, in story order.
    pub phrases: Vec<PhraseChange>,
    /// What was said, side by side.
    pub rows: Vec<Row>,
}

/// What a reading became.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What was read.
    pub name: String,
    /// What it was, in words.
    pub before: String,
    /// What it is, in words.
    pub now: String,
    /// Whether that is better.
    pub turn: Direction,
}

/// Where a reading went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Nearer to what is aimed for.
    Better,
    /// Farther from it.
    Worse,
    /// As near as before.
    Same,
    /// Nothing is aimed for, or too little was said to tell.
    Unjudged,
}

/// What became of a planned phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhraseChange {
    /// As it was planned.
    pub phrase: String,
    /// Whether it was said before.
    pub before: bool,
    /// Whether it was said now.
    pub now: bool,
}

/// Words of both takes that belong together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Of the earlier take.
    pub before: Vec<Piece>,
    /// Of the later one.
    pub now: Vec<Piece>,
}

/// A word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// As it reads in the text.
    pub text: String,
    /// Whether the other take does not say it there.
    pub only_here: bool,
}

/// Sets two takes of one part beside each other.
pub fn compare(before: &Reviewed, now: &Reviewed, profile: &Profile) -> Comparison {
    let marks = [&before.feedback, &now.feedback].map(TakeMetrics::of);
    let mut readings: Vec<Change> = Metric::ALL
        .into_iter()
        .map(|reading| Change {
            name: reading.to_string(),
            before: reading.told(&marks[0]),
            now: reading.told(&marks[1]),
            turn: turn(reading, &marks, profile),
        })
        .collect();
    readings.extend(unjudged(&before.feedback, &now.feedback));
    let said = |reviewed: &Reviewed| {
        let heard = reviewed.take.heard.as_ref();
        heard.map(|heard| heard.transcript.clone())
    };
    Comparison {
        readings,
        phrases: phrases(&before.feedback, &now.feedback),
        rows: rows(
            &said(before).unwrap_or_default(),
            &said(now).unwrap_or_default(),
        ),
    }
}

/// The words of both, in rows of about a sentence. Words are the same that are written alike but for
/// punctuation and capitals; which of them are is found by Myers (1986), "An O(ND) Difference Algorithm".
pub fn rows(before: &Transcript, now: &Transcript) -> Vec<Row> {
    let plain =
        |said: &Transcript| -> Vec<String> { said.words.iter().map(|word| word.plain()).collect() };
    let piece = |said: &Transcript, at: usize, only_here| Piece {
        text: said.words[at].text.clone(),
        only_here,
    };
    let ends = |said: &Transcript, at: usize| said.words[at].ends_sentence();
    let mut rows = vec![Row::default()];
    for op in capture_diff_slices(Algorithm::Myers, &plain(before), &plain(now)) {
        let same = matches!(op, DiffOp::Equal { .. });
        let (old, new) = (op.old_range(), op.new_range());
        if same {
            for (old, new) in old.zip(new) {
                let Some(row) = rows.last_mut() else { continue };
                row.before.push(piece(before, old, false));
                row.now.push(piece(now, new, false));
                if ends(now, new) || ends(before, old) || row.now.len() >= WORDS_A_ROW {
                    rows.push(Row::default());
                }
            }
        } else if let Some(row) = rows.last_mut() {
            row.before.extend(old.map(|at| piece(before, at, true)));
            row.now.extend(new.map(|at| piece(now, at, true)));
        }
    }
    rows.retain(|row| *row != Row::default());
    rows
}

fn turn(reading: Metric, marks: &[TakeMetrics; 2], profile: &Profile) -> Direction {
    let [from, to] = reading.target(profile);
    let off = |value: f64| (from - value).max(value - to).max(0.0);
    let [before, now] = [&marks[0], &marks[1]].map(|mark| reading.value(mark).map(off));
    match before.zip(now) {
        None => Direction::Unjudged,
        Some((before, now)) if now < before - 1e-9 => Direction::Better,
        Some((before, now)) if now > before + 1e-9 => Direction::Worse,
        Some(_) => Direction::Same,
    }
}

/// What is counted, and has nothing to aim for that holds for every part.
fn unjudged(before: &Feedback, now: &Feedback) -> Vec<Change> {
    let pauses = |feedback: &Feedback| {
        let longest = feedback.pauses.iter().map(|pause| pause.span().len());
        match feedback.pauses.len() {
            0 => "none".to_owned(),
            count => format!("{count}, longest {:.1} s", longest.fold(0.0, Secs::max)),
        }
    };
    let who = |feedback: &Feedback| {
        let told = &feedback.ownership;
        format!("{} / {} / {}", told.i, told.we, told.passive)
    };
    let change = |name: &str, told: &dyn Fn(&Feedback) -> String| Change {
        name: name.to_owned(),
        before: told(before),
        now: told(now),
        turn: Direction::Unjudged,
    };
    vec![
        change("Pauses", &pauses),
        change("\u{201c}I\u{201d} / \u{201c}we\u{201d} / passive", &who),
    ]
}

fn phrases(before: &Feedback, now: &Feedback) -> Vec<PhraseChange> {
    let said = |phrase: &str| {
        let readings = before.phrases.iter();
        readings
            .filter(|reading| reading.phrase == phrase)
            .any(|reading| reading.heard)
    };
    let change = |reading: &crate::analysis::phrases::planned_phrases::PhraseResult| PhraseChange {
        before: said(&reading.phrase),
        now: reading.heard,
        phrase: reading.phrase.clone(),
    };
    now.phrases.iter().map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::verdict::Leaning;
    use crate::domain::transcript::Word;
    use crate::practice::progress::tests::{mark, nothing};
    use expect_test::{Expect, expect};

    fn transcript(said: &str) -> Transcript {
        let word = |(at, text): (usize, &str)| Word {
            text: text.to_owned(),
            start: 0.4 * at as f64,
            end: 0.4 * at as f64 + 0.3,
            confidence: 0.9,
        };
        let words = said.split_whitespace().enumerate().map(word).collect();
        Transcript { words }
    }

    /// Lost words in brackets, new ones in braces; a line a row.
    fn check(before: &str, now: &str, expected: Expect) {
        let side = |pieces: &[Piece], marks: [&str; 2]| {
            let mut text = Vec::new();
            for piece in pieces {
                text.push(match piece.only_here {
                    true => format!("{}{}{}", marks[0], piece.text, marks[1]),
                    false => piece.text.clone(),
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
    fn what_was_lost_and_what_is_new_stands_side_by_side() {
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
    fn a_take_without_a_full_stop_has_rows_all_the_same() {
        let long = vec!["word"; 100].join(" ");
        let rows = rows(&transcript(&long), &transcript(&long));
        let lengths: Vec<usize> = rows.iter().map(|row| row.now.len()).collect();
        assert_eq!(lengths, [30, 30, 30, 10]);
    }

    #[test]
    fn every_word_stands_in_its_column_once_and_in_order() {
        let (before, now) = (
            transcript("a b c. d e f a b. c d"),
            transcript("b c a. a d d f. b c e"),
        );
        let rows = rows(&before, &now);
        let column = |side: fn(&Row) -> &Vec<Piece>| {
            let pieces = rows.iter().flat_map(side);
            pieces.map(|piece| piece.text.clone()).collect::<Vec<_>>()
        };
        assert_eq!(column(|row| &row.before).join(" "), before.text());
        assert_eq!(column(|row| &row.now).join(" "), now.text());
    }

    #[test]
    fn nearer_to_what_is_aimed_for_is_better() {
        let profile = Profile::default();
        let fast = mark(190.0, 6, 2, 20.0, Leaning::LeanNoHire);
        let good = mark(150.0, 1, 4, 29.0, Leaning::LeanHire);
        let of = |reading, before: &TakeMetrics, now: &TakeMetrics| {
            turn(reading, &[before.clone(), now.clone()], &profile)
        };
        for reading in Metric::ALL {
            assert_eq!(of(reading, &fast, &good), Direction::Better, "{reading}");
            assert_eq!(of(reading, &good, &fast), Direction::Worse, "{reading}");
            assert_eq!(of(reading, &good, &good), Direction::Same, "{reading}");
        }
        assert_eq!(of(Metric::Pace, &nothing(), &good), Direction::Unjudged);
        let slower = mark(120.0, 1, 4, 29.0, Leaning::LeanHire);
        assert_eq!(of(Metric::Pace, &good, &slower), Direction::Same);
    }
}
