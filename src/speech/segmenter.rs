//! Where speech is, and where to cut a take so that no window ends inside a word. Pure: readings of
//! the voice activity detector in, spans out.

use super::engine::{LONGEST_WINDOW, VAD_HOP};
use crate::coach::time::{Secs, Span};
use crate::coach::voice::ANALYSIS_RATE_HZ;

/// Speech begins where the detector is this sure ...
const ONSET: f32 = 0.5;
/// ... and ends where it is less sure than this (Silero's own pair).
const OFFSET: f32 = 0.35;
/// A click is shorter, a word is not.
const SHORTEST_SPEECH: Secs = 0.1;
/// A gap this short is inside a word.
const SHORTEST_GAP: Secs = 0.12;
/// Kept on either side of speech: soft beginnings and endings.
const MARGIN: Secs = 0.45;
/// A silence this long is left out of the windows: Whisper would fill it.
const LONG_SILENCE: Secs = 3.0;
/// A window is ended at the best silence after this much of it.
const GOOD_LENGTH: Secs = 15.0;

/// Hops that are looked at together for the softest place to cut: 0.16 s.
const SOFT_HOPS: usize = 5;

const HOP: Secs = VAD_HOP as f64 / ANALYSIS_RATE_HZ as f64;

/// Stretches of speech, from how probable it is for each [`VAD_HOP`].
pub fn speech(probabilities: &[f32]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut since: Option<usize> = None;
    for (i, probability) in probabilities.iter().chain([&0.0]).enumerate() {
        match since {
            None if *probability >= ONSET => since = Some(i),
            Some(start) if *probability < OFFSET => {
                spans.push(Span::new(start as f64 * HOP, i as f64 * HOP));
                since = None;
            }
            _ => {}
        }
    }
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start - last.end < SHORTEST_GAP => last.end = span.end,
            _ => joined.push(span),
        }
    }
    joined.retain(|span| span.len() >= SHORTEST_SPEECH);
    joined
}

/// Windows that hold all of `speech` in `seconds` of audio: in order, none longer than Whisper
/// hears, cut in the middle of silences where there are any, else where `probabilities` (as for
/// [`speech`]) are lowest.
pub fn windows(speech: &[Span], probabilities: &[f32], seconds: Secs) -> Vec<Span> {
    let mut windows: Vec<Span> = Vec::new();
    for stretch in stretches(speech) {
        split(stretch, probabilities, &mut windows);
    }
    // Margins, which may share a silence but not overlap.
    let bare = windows.clone();
    for (i, window) in windows.iter_mut().enumerate() {
        let before = match i.checked_sub(1) {
            Some(previous) => (bare[previous].end + bare[i].start) / 2.0,
            None => 0.0,
        };
        let after = match bare.get(i + 1) {
            Some(next) => (bare[i].end + next.start) / 2.0,
            None => seconds,
        };
        window.start = (bare[i].start - MARGIN).max(before);
        window.end = (bare[i].end + MARGIN).min(after).max(window.start);
    }
    windows
}

/// Runs of speech without a long silence in them.
fn stretches(speech: &[Span]) -> Vec<&[Span]> {
    speech
        .chunk_by(|a, b| b.start - a.end < LONG_SILENCE)
        .collect()
}

fn split(speech: &[Span], probabilities: &[f32], windows: &mut Vec<Span>) {
    let room = LONGEST_WINDOW - 2.0 * MARGIN;
    let (Some(first), Some(last)) = (speech.first(), speech.last()) else {
        return;
    };
    let whole = first.join(*last);
    if whole.len() <= room {
        windows.push(whole);
        return;
    }
    // The widest gap that leaves a window of a good length; else any that fits.
    let gaps = (1..speech.len()).map(|i| (i, speech[i].start - speech[i - 1].end));
    let fits = |i: &(usize, Secs)| speech[i.0 - 1].end - first.start <= room;
    let good = |i: &(usize, Secs)| speech[i.0 - 1].end - first.start >= GOOD_LENGTH;
    let widest = |a: &(usize, Secs), b: &(usize, Secs)| a.1.total_cmp(&b.1);
    let cut = gaps
        .clone()
        .filter(|gap| fits(gap) && good(gap))
        .max_by(widest)
        .or_else(|| gaps.filter(fits).max_by(widest));
    match cut {
        Some((at, _)) => {
            split(&speech[..at], probabilities, windows);
            split(&speech[at..], probabilities, windows);
        }
        None => {
            // Half a minute without a breath: it has to be cut somewhere.
            let mut head = speech[0];
            let mut at = head.start;
            while head.end - at > room {
                let end = softest(probabilities, Span::new(at + GOOD_LENGTH, at + room));
                windows.push(Span::new(at, end));
                at = end;
            }
            head.start = at;
            let mut rest = speech.to_vec();
            rest[0] = head;
            split(&rest, probabilities, windows);
        }
    }
}

/// Where in `span` speech is least probable over some hops: between two words rather than in one. The
/// end of it where nothing is known.
fn softest(probabilities: &[f32], span: Span) -> Secs {
    let hop = |at: Secs| ((at / HOP) as usize).min(probabilities.len());
    let (first, last) = (hop(span.start), hop(span.end));
    let sum = |i: usize| probabilities[i..i + SOFT_HOPS].iter().sum::<f32>();
    (first..last.saturating_sub(SOFT_HOPS))
        .min_by(|a, b| sum(*a).total_cmp(&sum(*b)))
        .map_or(span.end, |i| (i + SOFT_HOPS / 2) as f64 * HOP)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `windows` for speech written as `1-8 9-20`, in `seconds` of audio.
    fn check(speech: &str, seconds: Secs, expected: &str) {
        let spans: Vec<Span> = speech
            .split_whitespace()
            .map(|span| {
                let (a, b) = span.split_once('-').expect("a-b");
                Span::new(a.parse().expect("secs"), b.parse().expect("secs"))
            })
            .collect();
        let cut: Vec<String> = windows(&spans, &[], seconds)
            .iter()
            .map(|w| format!("{:.2}-{:.2}", w.start, w.end))
            .collect();
        assert_eq!(cut.join(" "), expected, "{speech}");
    }

    #[test]
    fn windows_are_cut_in_silences() {
        check("", 5.0, "");
        check("1-8 9-20", 21.0, "0.55-20.45");
        check("0.1-4", 4.2, "0.00-4.20");
        // A long silence is left out.
        check("1-5 15-18", 20.0, "0.55-5.45 14.55-18.45");
        // Too long for one: the widest gap after a good length, not the first.
        check(
            "0-10 10.2-16 17-20 20.3-26 26.2-40",
            40.0,
            "0.00-16.45 16.55-40.00",
        );
        // No gap at all.
        check("0-60", 60.0, "0.00-27.10 27.10-54.20 54.20-60.00");
    }

    #[test]
    fn speech_without_a_silence_is_cut_where_it_is_softest() {
        let mut probabilities = vec![0.9; 1250];
        probabilities[625..630].fill(0.5);
        let cut = windows(&[Span::new(0.0, 40.0)], &probabilities, 40.0);
        assert_eq!(cut.len(), 2);
        assert!((cut[0].end - 20.06).abs() < 0.02, "{}", cut[0].end);
        assert_eq!(cut[0].end, cut[1].start);
    }

    #[test]
    fn speech_begins_sure_and_ends_unsure() {
        let mut probabilities = vec![0.1; 10];
        probabilities.extend([0.6, 0.9, 0.4, 0.9, 0.3]);
        probabilities.extend(vec![0.0; 10]);
        probabilities.push(0.9); // a click
        probabilities.push(0.0);
        let spans = speech(&probabilities);
        assert_eq!(spans.len(), 1);
        assert!((spans[0].start - 0.32).abs() < 1e-9);
        assert!((spans[0].end - 0.448).abs() < 1e-9);
    }
}
