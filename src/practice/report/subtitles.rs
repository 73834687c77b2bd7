//! The words as SubRip subtitles. Two lines of 42 letters, at most seven seconds, as subtitlers do it
//! (Netflix, Timed Text Style Guide, English).

use std::fmt::Write;

use crate::domain::time::Secs;
use crate::domain::transcript::{Transcript, Word};

const LINE: usize = 42;
const LONGEST: Secs = 7.0;
/// A silence of this length ends a subtitle.
const BREATH: Secs = 0.8;
/// Words that go away sooner are not read.
const SHORTEST: Secs = 5.0 / 6.0;

/// The subtitles of a take; nothing where nothing was said.
pub fn subtitles(transcript: &Transcript) -> String {
    let groups = groups(&transcript.words);
    let mut text = String::new();
    for (index, words) in groups.iter().enumerate() {
        let (Some(first), Some(last)) = (words.first(), words.last()) else {
            continue;
        };
        let next = groups.get(index + 1).and_then(|words| words.first());
        let room = next.map_or(Secs::INFINITY, |word| word.start);
        let end = last.end.max((first.start + SHORTEST).min(room));
        // Writing to a text cannot fail.
        let _ = writeln!(
            text,
            "{}\n{} --> {}\n{}\n",
            index + 1,
            stamp(first.start),
            stamp(end),
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
                || next.start - last.end >= BREATH
                || next.end - group[0].start > LONGEST
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

/// Lines as full as they go.
fn fill<'a>(words: impl Iterator<Item = &'a Word>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        // A blank line would end the subtitle.
        let text = word.text.split_whitespace().collect::<Vec<_>>().join(" ");
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + text.chars().count() <= LINE => {
                line.push(' ');
                line.push_str(&text);
            }
            _ => lines.push(text),
        }
    }
    lines
}

/// `00:01:02,345`.
fn stamp(secs: Secs) -> String {
    let ms = (secs.max(0.0) * 1000.0).round() as u64;
    let (hours, minutes, seconds) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
    format!("{hours:02}:{minutes:02}:{seconds:02},{:03}", ms % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    /// Words of 0.4 s every half second, with a second of silence where `|` stands.
    fn check(said: &str, expected: Expect) {
        let (mut words, mut at) = (Vec::new(), 0.0);
        for text in said.split_whitespace() {
            if text != "|" {
                words.push(Word {
                    text: text.to_owned(),
                    start: at,
                    end: at + 0.4,
                    confidence: 1.0,
                });
            }
            at += if text == "|" { 1.0 } else { 0.5 };
        }
        expected.assert_eq(&subtitles(&Transcript { words }));
    }

    #[test]
    fn a_subtitle_ends_with_a_sentence_a_breath_or_its_room() {
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
