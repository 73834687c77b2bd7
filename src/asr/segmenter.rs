//! Where speech is, and where to cut a take so that no window ends inside a word: hop by hop, as
//! the sound comes in. What is decided of a window never depends on what comes after it, so that a
//! take is cut alike while it is spoken and from its file; but for the last window, where somebody who
//! stopped in the middle of speech waits for it. Pure: readings of the voice activity
//! detector in, spans out.

use super::recognizer::whisper::LONGEST_WINDOW;
use super::vad::HOP as HOP_SAMPLES;
use crate::acoustics::ANALYSIS_RATE_HZ;
use crate::domain::time::{Secs, Span};

/// Speech begins where the detector is this sure ...
const ONSET: f32 = 0.5;
/// ... and ends where it is less sure than this (Silero's own pair).
const OFFSET: f32 = 0.35;
/// A click is shorter, a word is not.
const SHORTEST_SPEECH: Secs = 0.1;
/// A gap this short is inside a word.
const SHORTEST_GAP: Secs = 0.12;
/// Kept before speech: soft beginnings.
const BEFORE: Secs = 0.45;
/// Kept behind it: soft endings. After so much silence a window is known to its last sample, and
/// may be decoded before anybody knows whether it is complete.
const BEHIND: Secs = 0.3;
/// A pause this long ends a window that is long enough ...
const PAUSE: Secs = 0.65;
/// ... which is this.
const LONG_ENOUGH: Secs = 5.0;
/// A window as long as this is ended as soon as it may be over.
const LONG: Secs = 8.0;
/// A silence this long ends any: Whisper would fill it.
const LONG_SILENCE: Secs = 3.0;
/// What is not cut in a pause is cut when it gets longer than this.
const LONGEST: Secs = 12.0;
/// Somebody who speaks for so long without a pause is read so far, at the softest place that leaves ...
const BREATHLESS: Secs = 5.0;
/// ... so much before it.
const SHORTEST_PART: Secs = 2.5;
/// An answer that is stopped in the middle of speech is read in two parts, if it is longer than
/// this, ...
const ONE_LOOK: Secs = 5.0;
/// ... the second of at least so much: of less, words would be read without those around them.
const SHORTEST_TAIL: Secs = 2.0;

/// Hops that are looked at together for the softest place to cut: 0.16 s.
const SOFT_HOPS: usize = 5;

const HOP: Secs = HOP_SAMPLES as f64 / ANALYSIS_RATE_HZ as f64;

/// Where the cutting of a take stands.
#[derive(Debug, Clone, Default)]
pub struct Segmenter {
    probabilities: Vec<f32>,
    /// Speech that has ended; the newest may still be joined, or prove a click.
    spans: Vec<Span>,
    /// The hop in which somebody began to speak who still does.
    since: Option<usize>,
    /// How many of the spans are in windows.
    used: usize,
    /// Where the newest window ends.
    cut: Secs,
    /// What of the open window can be read while somebody goes on to speak: each begins with it.
    parts: Vec<WindowPart>,
}

/// A stretch of the open window that is known to its last sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WindowPart {
    /// Where it is.
    pub window: Span,
    /// Whether somebody pauses behind it: else it ends in the middle of speech.
    pub pauses: bool,
}

impl Segmenter {
    /// Takes in how probable speech is in the next hop, and tells the window it ends, if it ends one.
    pub fn push(&mut self, probability: f32) -> Option<Span> {
        let hop = self.probabilities.len();
        self.probabilities.push(probability);
        match self.since {
            None if probability >= ONSET => self.since = Some(hop),
            Some(start) if probability < OFFSET => {
                self.since = None;
                self.add(Span::new(start as f64 * HOP, hop as f64 * HOP));
            }
            _ => {}
        }
        let complete = self.complete();
        if complete.is_none() {
            self.find_part();
        }
        complete
    }

    /// All speech so far: in order, without gaps inside words, and without clicks.
    pub fn speech(&self) -> Vec<Span> {
        let (used, open) = self.spans.split_at(self.used);
        let mut open = open.to_vec();
        if let Some(span) = self.ongoing() {
            add(&mut open, span);
        }
        // What was cut in two is one.
        let mut whole: Vec<Span> = Vec::new();
        for span in used.iter().copied().chain(open) {
            match whole.last_mut() {
                Some(last) if span.start <= last.end => last.end = span.end,
                _ => whole.push(span),
            }
        }
        whole.retain(is_speech);
        whole
    }

    /// The window that would be the last if the take, `seconds` long, ended now.
    pub fn open_window(&self, seconds: Secs) -> Option<Span> {
        let speech = self.speech();
        let (first, last) = (self.first()?, speech.last()?);
        let end = last.end.min(seconds);
        (first.start < end).then(|| self.window(first.start, (end + BEHIND).min(seconds)))
    }

    /// What is left when the take, `seconds` long, ends now. In the middle of speech that is two parts, so
    /// that the first may have been read before: the second is what somebody waits for.
    pub fn final_windows(&self, seconds: Secs) -> Vec<WindowPart> {
        let Some(window) = self.open_window(seconds) else {
            return Vec::new();
        };
        let pauses = self.may_be_over();
        let whole = WindowPart { window, pauses };
        if pauses || window.len() <= ONE_LOOK {
            return vec![whole];
        }
        let leaves_enough =
            |part: &&WindowPart| window.end - self.first_after(part.window.end) >= SHORTEST_TAIL;
        let Some(first) = self.parts.iter().rfind(leaves_enough) else {
            return vec![whole];
        };
        let cut = first.window.end;
        let tail = WindowPart {
            window: window_of(self.first_after(cut), window.end, cut),
            pauses,
        };
        vec![*first, tail]
    }

    /// The newest part of the open window.
    pub fn newest_part(&self) -> Option<WindowPart> {
        self.parts.last().copied()
    }

    /// Whether it is quiet for so long that [`Segmenter::rest`] is a window to its last sample.
    pub fn may_be_over(&self) -> bool {
        self.is_settled() && self.silence() >= BEHIND
    }

    /// Where the newest window ends, and before which none will begin.
    pub fn window_end(&self) -> Secs {
        self.cut
    }

    fn now(&self) -> Secs {
        self.probabilities.len() as f64 * HOP
    }

    /// How long nobody has spoken.
    fn silence(&self) -> Secs {
        match (self.since, self.spans.iter().rfind(|span| is_speech(span))) {
            (None, Some(last)) => self.now() - last.end,
            _ => 0.0,
        }
    }

    /// Whether what was heard last, however short, is over: else it may be the onset of a word.
    fn is_settled(&self) -> bool {
        let gap = |last: &Span| self.now() - last.end;
        self.since.is_none()
            && self
                .spans
                .last()
                .is_none_or(|last| gap(last) >= SHORTEST_GAP)
    }

    fn add(&mut self, span: Span) {
        let used = self.used;
        let mut open = self.spans.split_off(used);
        add(&mut open, span);
        self.spans.append(&mut open);
    }

    /// The first speech that is in no window yet.
    fn first(&self) -> Option<Span> {
        let mut ended = self.spans[self.used..].iter().copied();
        ended.find(is_speech).or(self.ongoing())
    }

    /// Ends a part where somebody pauses, or at the softest place where nobody does for too long.
    fn find_part(&mut self) {
        let Some(first) = self.first() else {
            return;
        };
        let newest = self.parts.last().map(|part| part.window);
        let pauses = self.may_be_over();
        let window = if pauses {
            self.open_window(self.now())
        } else {
            let from = newest.map_or(first.start, |newest| self.first_after(newest.end));
            let breathless = self.now() - from >= BREATHLESS;
            breathless.then(|| self.window(first.start, self.quietest_point(from + SHORTEST_PART)))
        };
        if let Some(window) = window.filter(|_| window != newest) {
            self.parts.push(WindowPart { window, pauses });
        }
    }

    /// Speech that is in no window yet, with that which has not ended.
    fn open(&self) -> Vec<Span> {
        let ended = self.spans[self.used..].iter().copied();
        ended.chain(self.ongoing()).collect()
    }

    /// Speech that has not ended.
    fn ongoing(&self) -> Option<Span> {
        let start = self.since? as f64 * HOP;
        Some(Span::new(start, self.now()))
    }

    /// Where open speech is best cut in two, from `from` on: in its widest gap, else where speech is
    /// least probable.
    fn quietest_point(&self, from: Secs) -> Secs {
        let open = self.open();
        let gaps = open
            .windows(2)
            .map(|pair| Span::new(pair[0].end, pair[1].start));
        let gap = gaps
            .filter(|gap| gap.start >= from && gap.len() >= SHORTEST_GAP)
            .max_by(|a, b| a.len().total_cmp(&b.len()));
        match gap {
            Some(gap) => ((gap.start + gap.end) / 2.0).min(gap.start + BEHIND),
            None => quietest(&self.probabilities, Span::new(from, self.now())),
        }
    }

    fn complete(&mut self) -> Option<Span> {
        let first = self.first()?;
        let silence = self.silence();
        if silence > 0.0 {
            let last = self.spans.iter().rfind(|span| is_speech(span))?.end;
            let enough = match last - first.start {
                length if length >= LONG => BEHIND,
                length if length >= LONG_ENOUGH => PAUSE,
                _ => LONG_SILENCE,
            };
            return (silence >= enough && self.is_settled()).then(|| {
                self.used = self.spans.len();
                self.end(first.start, last + BEHIND)
            });
        }
        if self.now() - first.start < LONGEST {
            return None;
        }
        Some(self.split(first.start))
    }

    /// Ends a window inside of speech.
    fn split(&mut self, start: Secs) -> Span {
        let at = self.quietest_point(start + LONG_ENOUGH);
        let open = self.open();
        // The speech around the place becomes two.
        let around = open.iter().position(|span| span.end > at).unwrap_or(0);
        match open.get(around) {
            // In the silence before it.
            Some(span) if span.start >= at => {
                self.used += around;
                return self.end(start, at);
            }
            Some(span) if self.used + around < self.spans.len() => {
                self.spans[self.used + around] = Span::new(at, span.end);
                self.spans
                    .insert(self.used + around, Span::new(span.start, at));
            }
            Some(span) => {
                self.spans.push(Span::new(span.start, at));
                self.since = Some((at / HOP).round() as usize);
            }
            None => {}
        }
        self.used += around + 1;
        self.end(start, at)
    }

    fn end(&mut self, start: Secs, end: Secs) -> Span {
        let window = self.window(start, end);
        self.cut = window.end;
        self.parts.clear();
        window
    }

    fn window(&self, start: Secs, end: Secs) -> Span {
        window_of(start, end, self.cut)
    }

    /// Where open speech goes on after `at`.
    fn first_after(&self, at: Secs) -> Secs {
        let open = self.open();
        let next = open.iter().find(|span| span.end > at);
        next.map_or(at, |span| span.start.max(at))
    }
}

/// The window of speech that lies behind `cut`.
fn window_of(start: Secs, end: Secs, cut: Secs) -> Span {
    let start = (start - BEFORE).max(cut);
    Span::new(start, end.max(start))
}

/// Appends a span, or joins it to the last where the gap is too short. Where it is not, a click
/// before it will never be speech.
fn add(spans: &mut Vec<Span>, span: Span) {
    match spans.last_mut() {
        Some(last) if span.start - last.end < SHORTEST_GAP => last.end = span.end,
        Some(last) if !is_speech(last) => *last = span,
        _ => spans.push(span),
    }
}

fn is_speech(span: &Span) -> bool {
    span.len() >= SHORTEST_SPEECH
}

/// Where in `span` speech is least probable over some hops: between two words rather than in one. The
/// end of it where nothing is known.
fn quietest(probabilities: &[f32], span: Span) -> Secs {
    let hop = |at: Secs| ((at / HOP) as usize).min(probabilities.len());
    let (first, last) = (hop(span.start), hop(span.end));
    let sum = |i: usize| probabilities[i..i + SOFT_HOPS].iter().sum::<f32>();
    (first..last.saturating_sub(SOFT_HOPS))
        .min_by(|a, b| sum(*a).total_cmp(&sum(*b)))
        .map_or(span.end, |i| (i + SOFT_HOPS / 2) as f64 * HOP)
}

const _: () = assert!(LONGEST + BEFORE + BEHIND < LONGEST_WINDOW);

#[cfg(test)]
mod tests {
    use super::*;

    /// Where cutting stands after `seconds` of such speech, and the windows that were cut.
    fn spoken(speech: &[(Secs, Secs)], seconds: Secs) -> (Segmenter, Vec<Span>) {
        let mut segmenter = Segmenter::default();
        let mut cut = Vec::new();
        for hop in 0..(seconds / HOP) as usize {
            let middle = (hop as f64 + 0.5) * HOP;
            let speaks = speech.iter().any(|(a, b)| (*a..*b).contains(&middle));
            cut.extend(segmenter.push(if speaks { 0.9 } else { 0.1 }));
        }
        (segmenter, cut)
    }

    /// The windows of speech written as `1-8 9-20`, in `seconds` of audio; after a bar what is left.
    fn check(speech: &str, seconds: Secs, expected: &str) {
        let spans: Vec<(Secs, Secs)> = speech
            .split_whitespace()
            .map(|span| {
                let (a, b) = span.split_once('-').expect("a-b");
                (a.parse().expect("secs"), b.parse().expect("secs"))
            })
            .collect();
        let (segmenter, cut) = spoken(&spans, seconds);
        let text = |w: &Span| format!("{:.1}-{:.1}", w.start, w.end);
        let mut found: Vec<String> = cut.iter().map(text).collect();
        found.extend(
            segmenter
                .open_window(seconds)
                .iter()
                .map(|w| format!("| {}", text(w))),
        );
        assert_eq!(found.join(" "), expected, "{speech}");
    }

    #[test]
    fn windows_end_in_pauses() {
        check("", 5.0, "");
        check("1-3", 4.0, "| 0.5-3.3");
        check("1-3", 3.1, "| 0.5-3.1");
        // A pause ends what is long enough, a shorter one what is long.
        check("1-3 3.7-6.5 7.2-8.5", 9.5, "0.5-6.8 | 6.8-8.8");
        check("1-3 3.7-10 10.4-12", 13.0, "0.5-10.3 | 10.3-12.3");
        // A long silence ends anything, and is left out.
        check("1-2 15-16", 17.0, "0.5-2.3 | 14.6-16.3");
    }

    #[test]
    fn speech_without_a_pause_is_cut_where_it_is_softest() {
        check("0-6 6.2-20", 20.0, "0.0-6.1 6.1-11.3 | 11.3-20.0");
        let mut segmenter = Segmenter::default();
        let mut cut = Vec::new();
        for hop in 0..500 {
            let soft = (300..305).contains(&hop);
            cut.extend(segmenter.push(if soft { 0.5 } else { 0.9 }));
        }
        assert_eq!(cut.len(), 1);
        assert!((cut[0].end - 302.0 * HOP).abs() < 1e-9, "{}", cut[0].end);
        assert_eq!(segmenter.speech().len(), 1);
        assert_eq!(
            segmenter.open_window(16.0).map(|w| w.start),
            Some(cut[0].end)
        );
    }

    #[test]
    fn what_is_known_of_a_window_does_not_change() {
        // Speech and silences of every length, by a simple generator.
        let mut state = 1_u32;
        let mut random = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % below
        };
        let mut segmenter = Segmenter::default();
        let mut windows: Vec<(Span, Vec<Span>)> = Vec::new();
        let clipped = |segmenter: &Segmenter, window: Span| -> Vec<Span> {
            let inside = segmenter
                .speech()
                .into_iter()
                .map(|span| Span::new(span.start.max(window.start), span.end.min(window.end)));
            inside.filter(|span| !span.is_empty()).collect()
        };
        for _ in 0..3000 {
            let longest = [3, 12, 30, 120][random(4) as usize];
            for hops in [random(longest), random(longest / 2 + 1)] {
                let probability = if hops % 2 == 0 { 0.9 } else { 0.1 };
                for _ in 0..hops {
                    if let Some(window) = segmenter.push(probability) {
                        let before = windows.last().map_or(0.0, |(last, _)| last.end);
                        assert!(window.start >= before && window.len() < LONGEST_WINDOW);
                        assert!(!clipped(&segmenter, window).is_empty(), "{window:?}");
                        windows.push((window, clipped(&segmenter, window)));
                    }
                }
            }
        }
        assert!(windows.len() > 300, "{}", windows.len());
        for (window, speech) in &windows {
            assert_eq!(clipped(&segmenter, *window), *speech, "{window:?}");
        }
        // All speech is in a window, but what is still open.
        let open = segmenter
            .open_window(f64::INFINITY)
            .map_or(f64::INFINITY, |rest| rest.start);
        for span in segmenter.speech() {
            let covered: Secs = windows
                .iter()
                .map(|(w, _)| (span.end.min(w.end) - span.start.max(w.start)).max(0.0))
                .sum();
            let outside = span.end.min(open) - span.start - covered;
            assert!(outside < 1e-6, "{span:?} lacks {outside}");
        }
    }

    /// What is left of speech that is cut off after `seconds`.
    fn check_last(speech: &[(Secs, Secs)], seconds: Secs, expected: &str) {
        let (segmenter, _) = spoken(speech, seconds);
        let text = |part: &WindowPart| {
            let soft = if part.pauses { "" } else { "~" };
            format!("{:.1}-{:.1}{soft}", part.window.start, part.window.end)
        };
        let last: Vec<String> = segmenter.final_windows(seconds).iter().map(text).collect();
        assert_eq!(last.join(" "), expected, "{speech:?}");
    }

    #[test]
    fn what_is_cut_off_is_read_in_two_parts() {
        // A pause to read up to; but for what is short, ...
        check_last(&[(0.5, 3.0), (3.5, 9.0)], 6.0, "0.1-3.3 3.3-6.0~");
        check_last(&[(0.5, 3.0), (3.5, 9.0)], 4.9, "0.1-4.9~");
        // ... or leaves too little: then the pause before.
        check_last(
            &[(0.5, 3.0), (3.5, 5.5), (6.0, 9.0)],
            7.0,
            "0.1-3.3 3.3-7.0~",
        );
        check_last(&[(0.5, 4.5), (5.0, 9.0)], 6.0, "0.1-6.0~");
        // Who takes no breath is read up to a gap between words.
        check_last(&[(0.5, 4.0), (4.2, 9.0)], 8.0, "0.1-4.1~ 4.1-8.0~");
        // Who waits and then goes on has not spoken meanwhile.
        check_last(&[(0.5, 2.0), (4.6, 9.0)], 7.5, "0.1-2.3 4.2-7.5~");
        check_last(&[(0.5, 2.0), (4.6, 9.0)], 5.2, "0.1-5.2~");
        // At rest all of it was read.
        check_last(&[(0.5, 3.0), (3.5, 6.0)], 6.4, "0.1-6.3");
        check_last(&[], 3.0, "");
    }

    #[test]
    fn no_window_ends_in_an_onset() {
        // Two hops of a word, a dip, the word.
        check("0.5-9.28 9.568-9.632 9.696-11", 12.0, "0.1-11.3");
        // A silence before the softest place stays one.
        check("0-3.9 6.7-16", 16.0, "0.0-5.1 | 6.2-16.0");
    }

    #[test]
    fn speech_begins_sure_and_ends_unsure() {
        let mut segmenter = Segmenter::default();
        let sure = [0.6, 0.9, 0.4, 0.9, 0.3];
        let click = [0.0, 0.0, 0.0, 0.0, 0.0, 0.9, 0.0];
        for probability in [0.1; 10].into_iter().chain(sure).chain(click) {
            segmenter.push(probability);
        }
        let spans = segmenter.speech();
        assert_eq!(spans.len(), 1);
        assert!((spans[0].start - 0.32).abs() < 1e-9);
        assert!((spans[0].end - 0.448).abs() < 1e-9);
    }

    #[test]
    fn it_may_be_over_when_its_window_is_known() {
        let mut segmenter = Segmenter::default();
        for hop in 0..120 {
            segmenter.push(if hop < 60 { 0.9 } else { 0.1 });
            let quiet = (hop + 1).max(60) - 60;
            assert_eq!(
                segmenter.may_be_over(),
                quiet as f64 * HOP >= BEHIND,
                "{hop}"
            );
            if segmenter.may_be_over() {
                let whole = segmenter.open_window(f64::INFINITY).expect("a window");
                assert_eq!(segmenter.open_window((hop + 1) as f64 * HOP), Some(whole));
            }
        }
    }
}
