//! Cuts a take into windows at pauses, so that no window ends inside a word. It works hop by hop on the
//! probabilities of the voice activity detector.
//!
//! What is decided about a window never depends on later audio, so a take is cut alike while it is recorded
//! and from its file. The only exception is the last window if the user stops in the middle of speech and
//! waits for the result.

use super::recognizer::whisper::MAX_WINDOW;
use super::vad::HOP as HOP_SAMPLES;
use crate::acoustics::ANALYSIS_RATE_HZ;
use crate::domain::time::{Secs, Span};

/// Speech starts at this probability ...
const ONSET: f32 = 0.5;
/// ... and ends below this one (Silero's defaults).
const OFFSET: f32 = 0.35;
/// Longer than a click, shorter than a word.
const MIN_SPEECH: Secs = 0.1;
/// A shorter gap is inside a word.
const MIN_GAP: Secs = 0.12;
/// Audio included before speech, for soft starts.
const LEAD_IN: Secs = 0.45;
/// Audio included after speech, for soft ends. After this much silence all audio of a window has arrived,
/// and it can be decoded before it is certain that it is complete.
const LEAD_OUT: Secs = 0.3;
/// A pause of this length ends a window of at least ...
const WINDOW_PAUSE: Secs = 0.65;
/// ... this length.
const MIN_WINDOW_SPEECH: Secs = 5.0;
/// A window of this length ends at the first possible pause.
const LONG_WINDOW_SPEECH: Secs = 8.0;
/// A silence of this length ends any window: Whisper would invent words in it.
const LONG_SILENCE: Secs = 3.0;
/// Longer speech without a pause is cut.
const MAX_WINDOW_SPEECH: Secs = 12.0;
/// After this much speech without a pause, a part is decoded, up to the quietest point that leaves ...
const MAX_UNREAD_SPEECH: Secs = 5.0;
/// ... at least this much in the part.
const MIN_PART: Secs = 2.5;
/// An answer that is stopped in the middle of speech is decoded in two parts if it is longer than this.
const MAX_SINGLE_TAIL: Secs = 5.0;
/// Minimum length of the second part: words need context.
const MIN_TAIL: Secs = 2.0;

/// Hops averaged to find the quietest point: 0.16 s.
const QUIET_HOPS: usize = 5;

/// Seconds per hop.
const HOP_SECS: Secs = HOP_SAMPLES as f64 / ANALYSIS_RATE_HZ as f64;

/// The state of segmenting one take.
#[derive(Debug, Clone, Default)]
pub struct Segmenter {
    probabilities: Vec<f32>,
    /// Speech that has ended. The last span may still be joined with the next one, or be a click.
    spans: Vec<Span>,
    /// The hop in which the current speech started.
    speech_start_hop: Option<usize>,
    /// Number of spans that are in windows.
    windowed_spans: usize,
    /// End of the last window.
    last_window_end: Secs,
    /// Parts of the open window that can be decoded while the user is still speaking. Each starts at its
    /// start.
    parts: Vec<WindowPart>,
}

/// A part of the open window whose audio has fully arrived.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WindowPart {
    /// Span in the take.
    pub window: Span,
    /// Whether it ends in a pause, otherwise in the middle of speech.
    pub ends_in_pause: bool,
}

impl Segmenter {
    /// Adds the speech probability of the next hop. Returns the window that it completes, if any.
    pub fn push(&mut self, probability: f32) -> Option<Span> {
        let hop = self.probabilities.len();
        self.probabilities.push(probability);
        match self.speech_start_hop {
            None if probability >= ONSET => self.speech_start_hop = Some(hop),
            Some(start) if probability < OFFSET => {
                self.speech_start_hop = None;
                self.add(Span::new(start as f64 * HOP_SECS, hop as f64 * HOP_SECS));
            }
            _ => {}
        }
        let window = self.complete_window();
        if window.is_none() {
            self.find_part();
        }
        window
    }

    /// All speech so far, in order, without gaps inside words and without clicks.
    pub fn speech(&self) -> Vec<Span> {
        let (windowed, open) = self.spans.split_at(self.windowed_spans);
        let mut open = open.to_vec();
        if let Some(span) = self.ongoing_speech() {
            add(&mut open, span);
        }
        // Spans that were split at a window boundary are joined again.
        let mut joined: Vec<Span> = Vec::new();
        for span in windowed.iter().copied().chain(open) {
            match joined.last_mut() {
                Some(last) if span.start <= last.end => last.end = span.end,
                _ => joined.push(span),
            }
        }
        joined.retain(is_speech);
        joined
    }

    /// The window that would be the last one if the take ended after `seconds`.
    pub fn open_window(&self, seconds: Secs) -> Option<Span> {
        let speech = self.speech();
        let (first, last) = (self.first_open_speech()?, speech.last()?);
        let end = last.end.min(seconds);
        (first.start < end).then(|| self.window(first.start, (end + LEAD_OUT).min(seconds)))
    }

    /// The windows that are left if the take ends after `seconds`. In the middle of speech there are two:
    /// the first may already be decoded, the second is the tail that the user waits for.
    pub fn final_windows(&self, seconds: Secs) -> Vec<WindowPart> {
        let Some(window) = self.open_window(seconds) else {
            return Vec::new();
        };
        let ends_in_pause = self.may_have_ended();
        let last = WindowPart {
            window,
            ends_in_pause,
        };
        if ends_in_pause || window.len() <= MAX_SINGLE_TAIL {
            return vec![last];
        }
        let leaves_enough =
            |part: &&WindowPart| window.end - self.speech_after(part.window.end) >= MIN_TAIL;
        let Some(first) = self.parts.iter().rfind(leaves_enough) else {
            return vec![last];
        };
        let cut = first.window.end;
        let tail = WindowPart {
            window: window_of(self.speech_after(cut), window.end, cut),
            ends_in_pause,
        };
        vec![*first, tail]
    }

    /// The newest part of the open window.
    pub fn newest_part(&self) -> Option<WindowPart> {
        self.parts.last().copied()
    }

    /// Whether the silence is so long that all audio of [`Segmenter::open_window`] has arrived.
    pub fn may_have_ended(&self) -> bool {
        self.is_settled() && self.silence() >= LEAD_OUT
    }

    /// End of the last window; no later window starts before it.
    pub fn window_end(&self) -> Secs {
        self.last_window_end
    }

    fn now(&self) -> Secs {
        self.probabilities.len() as f64 * HOP_SECS
    }

    /// Length of the current silence.
    fn silence(&self) -> Secs {
        match (
            self.speech_start_hop,
            self.spans.iter().rfind(|span| is_speech(span)),
        ) {
            (None, Some(last)) => self.now() - last.end,
            _ => 0.0,
        }
    }

    /// Whether the last sound, however short, is over. Otherwise it may be the start of a word.
    fn is_settled(&self) -> bool {
        let gap = |last: &Span| self.now() - last.end;
        self.speech_start_hop.is_none() && self.spans.last().is_none_or(|last| gap(last) >= MIN_GAP)
    }

    fn add(&mut self, span: Span) {
        let count = self.windowed_spans;
        let mut open = self.spans.split_off(count);
        add(&mut open, span);
        self.spans.append(&mut open);
    }

    /// The first speech that is not in a window.
    fn first_open_speech(&self) -> Option<Span> {
        let mut ended = self.spans[self.windowed_spans..].iter().copied();
        ended.find(is_speech).or(self.ongoing_speech())
    }

    /// Adds a part at a pause, or at the quietest point if there was no pause for too long.
    fn find_part(&mut self) {
        let Some(first) = self.first_open_speech() else {
            return;
        };
        let newest = self.parts.last().map(|part| part.window);
        let ends_in_pause = self.may_have_ended();
        let window = if ends_in_pause {
            self.open_window(self.now())
        } else {
            let from = newest.map_or(first.start, |newest| self.speech_after(newest.end));
            let is_too_long = self.now() - from >= MAX_UNREAD_SPEECH;
            is_too_long.then(|| self.window(first.start, self.quietest_point(from + MIN_PART)))
        };
        if let Some(window) = window.filter(|_| window != newest) {
            self.parts.push(WindowPart {
                window,
                ends_in_pause,
            });
        }
    }

    /// Speech that is not in a window, including speech that has not ended.
    fn open_speech(&self) -> Vec<Span> {
        let ended = self.spans[self.windowed_spans..].iter().copied();
        ended.chain(self.ongoing_speech()).collect()
    }

    /// Speech that has not ended.
    fn ongoing_speech(&self) -> Option<Span> {
        let start = self.speech_start_hop? as f64 * HOP_SECS;
        Some(Span::new(start, self.now()))
    }

    /// The best point to cut open speech, from `from` on: in its longest gap, otherwise where speech is
    /// least probable.
    fn quietest_point(&self, from: Secs) -> Secs {
        let open = self.open_speech();
        let gaps = open
            .windows(2)
            .map(|pair| Span::new(pair[0].end, pair[1].start));
        let gap = gaps
            .filter(|gap| gap.start >= from && gap.len() >= MIN_GAP)
            .max_by(|a, b| a.len().total_cmp(&b.len()));
        match gap {
            Some(gap) => ((gap.start + gap.end) / 2.0).min(gap.start + LEAD_OUT),
            None => quietest(&self.probabilities, Span::new(from, self.now())),
        }
    }

    fn complete_window(&mut self) -> Option<Span> {
        let first = self.first_open_speech()?;
        let silence = self.silence();
        if silence > 0.0 {
            let last = self.spans.iter().rfind(|span| is_speech(span))?.end;
            let min_silence = match last - first.start {
                length if length >= LONG_WINDOW_SPEECH => LEAD_OUT,
                length if length >= MIN_WINDOW_SPEECH => WINDOW_PAUSE,
                _ => LONG_SILENCE,
            };
            return (silence >= min_silence && self.is_settled()).then(|| {
                self.windowed_spans = self.spans.len();
                self.end_window(first.start, last + LEAD_OUT)
            });
        }
        if self.now() - first.start < MAX_WINDOW_SPEECH {
            return None;
        }
        Some(self.split_speech(first.start))
    }

    /// Ends a window in the middle of speech.
    fn split_speech(&mut self, start: Secs) -> Span {
        let at = self.quietest_point(start + MIN_WINDOW_SPEECH);
        let open = self.open_speech();
        // The speech span around the point becomes two spans.
        let around = open.iter().position(|span| span.end > at).unwrap_or(0);
        match open.get(around) {
            // The point is in the silence before this span.
            Some(span) if span.start >= at => {
                self.windowed_spans += around;
                return self.end_window(start, at);
            }
            Some(span) if self.windowed_spans + around < self.spans.len() => {
                self.spans[self.windowed_spans + around] = Span::new(at, span.end);
                self.spans
                    .insert(self.windowed_spans + around, Span::new(span.start, at));
            }
            Some(span) => {
                self.spans.push(Span::new(span.start, at));
                self.speech_start_hop = Some((at / HOP_SECS).round() as usize);
            }
            None => {}
        }
        self.windowed_spans += around + 1;
        self.end_window(start, at)
    }

    fn end_window(&mut self, start: Secs, end: Secs) -> Span {
        let window = self.window(start, end);
        self.last_window_end = window.end;
        self.parts.clear();
        window
    }

    fn window(&self, start: Secs, end: Secs) -> Span {
        window_of(start, end, self.last_window_end)
    }

    /// Where open speech continues after `at`.
    fn speech_after(&self, at: Secs) -> Secs {
        let open = self.open_speech();
        let next = open.iter().find(|span| span.end > at);
        next.map_or(at, |span| span.start.max(at))
    }
}

/// The window of the speech from `start` to `end`, after the window that ends at `previous_end`.
fn window_of(start: Secs, end: Secs, previous_end: Secs) -> Span {
    let start = (start - LEAD_IN).max(previous_end);
    Span::new(start, end.max(start))
}

/// Appends a span, or joins it to the last one if the gap is too short. After a longer gap, a click is
/// dropped.
fn add(spans: &mut Vec<Span>, span: Span) {
    match spans.last_mut() {
        Some(last) if span.start - last.end < MIN_GAP => last.end = span.end,
        Some(last) if !is_speech(last) => *last = span,
        _ => spans.push(span),
    }
}

fn is_speech(span: &Span) -> bool {
    span.len() >= MIN_SPEECH
}

/// The point in `span` where speech is least probable over several hops, to find gaps between words. The
/// end of the span if there are too few hops.
fn quietest(probabilities: &[f32], span: Span) -> Secs {
    let hop = |at: Secs| ((at / HOP_SECS) as usize).min(probabilities.len());
    let (first, last) = (hop(span.start), hop(span.end));
    let sum = |i: usize| probabilities[i..i + QUIET_HOPS].iter().sum::<f32>();
    (first..last.saturating_sub(QUIET_HOPS))
        .min_by(|a, b| sum(*a).total_cmp(&sum(*b)))
        .map_or(span.end, |i| (i + QUIET_HOPS / 2) as f64 * HOP_SECS)
}

const _: () = assert!(MAX_WINDOW_SPEECH + LEAD_IN + LEAD_OUT < MAX_WINDOW);

#[cfg(test)]
mod tests;
