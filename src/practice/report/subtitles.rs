//! The transcript as SubRip subtitles: two lines of 42 characters and at most seven seconds each, as in the
//! Netflix Timed Text Style Guide (English).

use std::fmt::Write;

use crate::domain::time::Secs;
use crate::domain::transcript::{Transcript, Word};

const LINE_CHARS: usize = 42;
const MAX_DURATION: Secs = 7.0;
/// A pause of this length ends a subtitle.
const PAUSE: Secs = 0.8;
/// The minimum duration, since shorter subtitles cannot be read.
const MIN_DURATION: Secs = 5.0 / 6.0;

/// The subtitles of a take; empty without words.
pub fn subtitles(transcript: &Transcript) -> String {
    let groups = groups(&transcript.words);
    let mut text = String::new();
    for (index, words) in groups.iter().enumerate() {
        let (Some(first), Some(last)) = (words.first(), words.last()) else {
            continue;
        };
        let next = groups.get(index + 1).and_then(|words| words.first());
        let next_start = next.map_or(Secs::INFINITY, |word| word.start);
        let end = last.end.max((first.start + MIN_DURATION).min(next_start));
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{}\n{} --> {}\n{}\n",
            index + 1,
            timestamp(first.start),
            timestamp(end),
            lines(words)
        );
    }
    text
}

fn groups(words: &[Word]) -> Vec<&[Word]> {
    let mut groups = Vec::new();
    let mut from = 0;
    for at in 1..=words.len() {
        let ends = words.get(at).is_none_or(|next| {
            let group = &words[from..at];
            let last = &words[at - 1];
            last.ends_sentence()
                || next.start - last.end >= PAUSE
                || next.end - group[0].start > MAX_DURATION
                || fill(group.iter().chain([next])).len() > 2
        });
        if ends {
            groups.push(&words[from..at]);
            from = at;
        }
    }
    groups
}

fn lines(words: &[Word]) -> String {
    fill(words.iter()).join("\n")
}

/// Fills lines with words.
fn fill<'a>(words: impl Iterator<Item = &'a Word>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        // A blank line inside a word would end the subtitle.
        let text = word.text.split_whitespace().collect::<Vec<_>>().join(" ");
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + text.chars().count() <= LINE_CHARS => {
                line.push(' ');
                line.push_str(&text);
            }
            _ => lines.push(text),
        }
    }
    lines
}

/// `00:01:02,345`.
fn timestamp(secs: Secs) -> String {
    let ms = (secs.max(0.0) * 1000.0).round() as u64;
    let (hours, minutes, seconds) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
    format!("{hours:02}:{minutes:02}:{seconds:02},{:03}", ms % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::builders::word;
    use expect_test::{Expect, expect};

    /// Checks words of 0.4 s every half second; `|` is a second of silence.
    fn check(text: &str, expected: Expect) {
        let (mut words, mut at) = (Vec::new(), 0.0);
        for part in text.split_whitespace() {
            if part != "|" {
                words.push(word(part, at, at + 0.4));
            }
            at += if part == "|" { 1.0 } else { 0.5 };
        }
        expected.assert_eq(&subtitles(&Transcript { words }));
    }

    #[test]
    fn subtitle_ends_with_a_sentence_a_pause_or_when_full() {
        check(
            "So. I noticed that nobody had been looking after the webhooks | for a week",
            expect![[r#"
                1
                00:00:00,000 --> 00:00:00,500
                So.

                2
                00:00:00,500 --> 00:00:05,400
                I noticed that nobody had been looking
                after the webhooks

                3
                00:00:06,500 --> 00:00:07,900
                for a week

            "#]],
        );
        check("", expect![""]);
    }
}
