//! Streaming transcription of one take, as a state machine. It tracks which audio has arrived, which
//! windows are decoded and which one to decode next. Callers run the recognizer.
//!
//! A file is transcribed the same way; only all of its audio is available at once.

use std::collections::VecDeque;

use super::decode::{AudioWindow, Pass, within};
use super::partial_results::PartialResults;
use super::recognizer::{EngineError, Recognizer};
use super::segmenter::{Segmenter, WindowPart};
use super::vad::{HOP, Silero, SileroState};
use super::word_timing::align;
use crate::acoustics::{ANALYSIS_RATE_HZ, VoiceAnalyzer};
use crate::domain::caption::Caption;
use crate::domain::time::{Secs, Span};
use crate::domain::transcript::{Transcript, Word};
use crate::domain::voice::Voice;

/// Samples are discarded in large pieces, because the remaining ones must be moved: 30 s.
const MIN_DISCARD: usize = 30 * ANALYSIS_RATE_HZ as usize;
/// Audio kept at the end of a silence, because the next word may already have started: 1 s.
const KEPT_SILENCE: usize = ANALYSIS_RATE_HZ as usize;

/// Minimum audio before unconfirmed words that a preview decodes again.
const PREVIEW_OVERLAP: Secs = 0.5;
/// A preview starts in a silence of at least this length ...
const MIN_PREVIEW_GAP: Secs = 0.2;
/// ... and includes this much of it. It starts anywhere if it would exceed the maximum length.
const PREVIEW_LEAD: Secs = 0.3;
const MAX_PREVIEW: Secs = 6.0;

/// What to decode next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DecodeJob {
    /// A complete window.
    Final(Span),
    /// The end of a take that stopped in the middle of speech. The user is waiting for it.
    Tail(Span),
    /// A part that will be a complete window if the answer ends about now.
    Speculative(WindowPart),
    /// The newest words, for captions.
    Preview(Span),
}

impl DecodeJob {
    /// The audio to decode.
    pub fn span(self) -> Span {
        match self {
            DecodeJob::Final(span) | DecodeJob::Tail(span) | DecodeJob::Preview(span) => span,
            DecodeJob::Speculative(part) => part.window,
        }
    }

    /// Decodes `window`, as thoroughly as this kind of job is worth. For the arguments see
    /// `AudioWindow::transcribe`.
    pub fn transcribe(
        self,
        window: &AudioWindow,
        recognizer: &mut dyn Recognizer,
        prompt_terms: &str,
        keep_going: &mut dyn FnMut(Pass) -> bool,
    ) -> Result<Vec<Word>, EngineError> {
        match self {
            DecodeJob::Final(_)
            | DecodeJob::Speculative(WindowPart {
                ends_in_pause: true,
                ..
            }) => window.transcribe(recognizer, prompt_terms, keep_going),
            DecodeJob::Tail(_) | DecodeJob::Speculative(_) => {
                window
                    .transcribe_quick(recognizer, prompt_terms, &mut || keep_going(Pass::Required))
            }
            DecodeJob::Preview(_) => {
                window.preview(recognizer, prompt_terms, &mut || keep_going(Pass::Required))
            }
        }
    }
}

/// The streaming transcription of one take. The default has no audio.
#[derive(Default)]
pub struct StreamingTranscriber {
    /// Audio that may still be decoded.
    samples: Vec<f32>,
    /// Number of samples discarded before it.
    dropped: usize,
    voice_analyzer: VoiceAnalyzer,
    silero_state: SileroState,
    segmenter: Segmenter,
    /// Number of samples processed by the voice activity detector.
    detected: usize,
    /// Complete windows that are not decoded yet.
    pending: VecDeque<Span>,
    /// Windows that end in the middle of speech.
    cut_off_windows: Vec<Span>,
    /// Words of each decoded window.
    decoded: Vec<(Span, Vec<Word>)>,
    /// Words of each speculatively decoded part of the open window.
    speculative: Vec<(WindowPart, Vec<Word>)>,
    partial_results: PartialResults,
    /// Predicted result, if nobody speaks any more.
    prediction: Option<Prediction>,
    ended: bool,
}

/// The result if nobody speaks any more, and the inputs it depends on.
struct Prediction {
    speech: Vec<Span>,
    windows: Vec<Span>,
    voice: Voice,
    transcript: Transcript,
}

impl Prediction {
    fn matches(&self, speech: &[Span], decoded: &[(Span, &Vec<Word>)]) -> bool {
        let windows = decoded.iter().map(|(window, _)| window);
        self.speech == speech && self.windows.iter().eq(windows)
    }
}

impl StreamingTranscriber {
    /// Appends 16 kHz mono audio. Takes about a tenth of a millisecond per 32 ms.
    pub fn push(&mut self, silero: &Silero, samples: &[f32]) {
        self.samples.extend_from_slice(samples);
        self.voice_analyzer.push(samples);
        loop {
            let at = self.detected - self.dropped;
            let Some(hop) = self.samples.get(at..at + HOP) else {
                break;
            };
            let probability = silero.speech_probability(&mut self.silero_state, hop);
            self.detected += HOP;
            self.process_probability(probability);
        }
        // Discard a long silence.
        if self.samples.len() > 2 * MIN_DISCARD
            && self.pending.is_empty()
            && self.segmenter.open_window(self.seconds()).is_none()
        {
            self.discard_before(self.detected.saturating_sub(KEPT_SILENCE));
        }
    }

    /// Ends the audio when nobody is waiting for the words. An open window becomes complete.
    pub fn finish(&mut self, silero: &Silero) {
        if !self.ended {
            self.finish_detection(silero);
            let rest = self.segmenter.open_window(self.seconds());
            self.pending.extend(rest);
            self.use_speculative();
        }
    }

    /// Ends the audio when the user is waiting for the words. If that is in the middle of speech,
    /// speculative results are used and the rest becomes a [`DecodeJob::Tail`].
    pub fn finish_quickly(&mut self, silero: &Silero) {
        if !self.ended {
            self.finish_detection(silero);
            for part in self.segmenter.final_windows(self.seconds()) {
                self.pending.push_back(part.window);
                if !part.ends_in_pause {
                    self.cut_off_windows.push(part.window);
                }
            }
            self.use_speculative();
        }
    }

    /// Whether the audio ended in the middle of speech and the tail is not decoded yet.
    pub fn is_cut_off(&self) -> bool {
        let mut pending = self.pending.iter();
        pending.any(|window| self.cut_off_windows.contains(window))
    }

    fn finish_detection(&mut self, silero: &Silero) {
        self.ended = true;
        let rest = &self.samples[self.detected - self.dropped..];
        if !rest.is_empty() {
            let probability = silero.speech_probability(&mut self.silero_state, rest);
            self.detected += rest.len();
            self.process_probability(probability);
        }
    }

    /// Length of the audio so far.
    pub fn seconds(&self) -> Secs {
        seconds(self.dropped + self.samples.len())
    }

    /// The time up to which everything is decoded.
    pub fn decoded_until(&self) -> Secs {
        let open = || {
            self.segmenter
                .open_window(self.seconds())
                .filter(|_| !self.ended)
        };
        let next = self.pending.front().copied().or_else(open);
        next.map_or(self.seconds(), |window| window.start)
    }

    /// The next job. Complete windows come first.
    pub fn next_job(&self) -> Option<DecodeJob> {
        if let Some(window) = self.pending.front() {
            return Some(match self.cut_off_windows.contains(window) {
                true => DecodeJob::Tail(*window),
                false => DecodeJob::Final(*window),
            });
        }
        if self.ended {
            return None;
        }
        let rest = self.segmenter.open_window(seconds(self.detected))?;
        let newest = self.segmenter.newest_part();
        match newest.filter(|part| self.speculative.iter().all(|(of, _)| of != part)) {
            Some(part) => Some(DecodeJob::Speculative(part)),
            None if self.segmenter.may_have_ended() => None,
            None => Some(DecodeJob::Preview(self.preview_span(rest))),
        }
    }

    /// Whether the result of the running `job` is still useful.
    pub fn is_useful(&self, job: DecodeJob) -> bool {
        match job {
            DecodeJob::Final(_) | DecodeJob::Tail(_) => true,
            // The part may have become a complete window meanwhile.
            DecodeJob::Speculative(part) => match self.pending.is_empty() {
                true => !self.ended && self.segmenter.newest_part() == Some(part),
                false => self.pending.contains(&part.window) && self.is_reusable(part),
            },
            DecodeJob::Preview(_) => {
                !self.ended && self.pending.is_empty() && !self.segmenter.may_have_ended()
            }
        }
    }

    /// The audio of a window.
    pub fn window(&self, span: Span) -> AudioWindow {
        let speech = self.segmenter.speech();
        AudioWindow::new(&self.samples, seconds(self.dropped), span, &speech)
    }

    /// Stores the words of a finished job.
    pub fn complete(&mut self, job: DecodeJob, words: Vec<Word>) {
        if !matches!(job, DecodeJob::Preview(_)) {
            self.prediction = None;
        }
        match job {
            DecodeJob::Final(window) | DecodeJob::Tail(window) => {
                self.pending.pop_front();
                self.commit(window, words);
            }
            DecodeJob::Speculative(part) => {
                // Without a pause its last words may change, and previews show newer ones.
                if part.ends_in_pause {
                    self.partial_results.commit(&words, part.window.start);
                }
                self.speculative.push((part, words));
                self.use_speculative();
            }
            DecodeJob::Preview(window) => self.partial_results.add_preview(&words, window),
        }
    }

    /// The current caption.
    pub fn caption(&self) -> Caption {
        self.partial_results.caption()
    }

    /// Computes the result that the take will have if the answer is over. Returns it once, and only if
    /// nothing would be left to decode. This takes a while, so call it when there is nothing else to do.
    pub fn predict(&mut self) -> Option<(&Voice, &Transcript)> {
        if !self.segmenter.may_have_ended() || !self.pending.is_empty() {
            return None;
        }
        let rest = self.segmenter.open_window(self.seconds());
        let is_window = |part: &WindowPart, rest| part.ends_in_pause && part.window == rest;
        let speculative_words = |rest| {
            self.speculative
                .iter()
                .find(|(part, _)| is_window(part, rest))
        };
        let open = match rest.map(speculative_words) {
            Some(None) => return None,
            open => open.flatten().map(|(part, words)| (part.window, words)),
        };
        let decoded: Vec<(Span, &Vec<Word>)> = self.decoded_windows().chain(open).collect();
        let speech = self.segmenter.speech();
        let previous = self.prediction.as_ref();
        if previous.is_some_and(|previous| previous.matches(&speech, &decoded)) {
            return None;
        }
        let (voice, transcript) = assemble(self.voice_analyzer.measure(&speech), &decoded);
        let windows = decoded.iter().map(|(window, _)| *window).collect();
        let prediction = self.prediction.insert(Prediction {
            speech,
            windows,
            voice,
            transcript,
        });
        Some((&prediction.voice, &prediction.transcript))
    }

    /// Whether [`Self::into_transcript`] will return the last prediction.
    pub fn is_predicted(&self) -> bool {
        let decoded: Vec<(Span, &Vec<Word>)> = self.decoded_windows().collect();
        let prediction = self.prediction.as_ref();
        prediction.is_some_and(|prediction| prediction.matches(&self.segmenter.speech(), &decoded))
    }

    /// The complete result, once [`Self::next_job`] returns nothing.
    pub fn into_transcript(mut self) -> (Voice, Transcript) {
        let is_predicted = self.is_predicted();
        match self.prediction.take() {
            Some(prediction) if is_predicted => (prediction.voice, prediction.transcript),
            _ => {
                let voice = self.voice_analyzer.measure(&self.segmenter.speech());
                assemble(voice, &self.decoded_windows().collect::<Vec<_>>())
            }
        }
    }

    fn decoded_windows(&self) -> impl Iterator<Item = (Span, &Vec<Word>)> {
        self.decoded.iter().map(|(window, words)| (*window, words))
    }

    /// The part of the open window that may contain words not shown yet. It starts at the last silence well
    /// before them, because there the words of two previews can be matched.
    fn preview_span(&self, open: Span) -> Span {
        let confirmed = self.partial_results.confirmed_until() - PREVIEW_OVERLAP;
        let speech = within(&self.segmenter.speech(), open);
        let from = speech
            .windows(2)
            .filter(|pair| {
                pair[1].start - pair[0].end >= MIN_PREVIEW_GAP && pair[1].start <= confirmed
            })
            .map(|pair| pair[0].end.max(pair[1].start - PREVIEW_LEAD))
            .next_back();
        let from = from.unwrap_or(open.start);
        // A preview is abandoned when the answer ends, so it must not take too long.
        let from = match open.end - from > MAX_PREVIEW {
            true => from.max(confirmed).max(open.end - MAX_PREVIEW),
            false => from,
        };
        Span::new(from.min(open.end), open.end)
    }

    fn process_probability(&mut self, probability: f32) {
        if let Some(window) = self.segmenter.push(probability) {
            self.pending.push_back(window);
            self.use_speculative();
        }
    }

    /// Uses a speculative result if its window turned out as expected.
    fn use_speculative(&mut self) {
        let Some(next) = self.pending.front() else {
            return;
        };
        let is_next =
            |(part, _): &(WindowPart, Vec<Word>)| part.window == *next && self.is_reusable(*part);
        if let Some(index) = self.speculative.iter().position(is_next) {
            let (part, words) = self.speculative.swap_remove(index);
            self.pending.pop_front();
            self.commit(part.window, words);
        }
    }

    /// Whether the result for `part` is as good as one for the complete window. Parts without a pause are
    /// decoded quickly, which is only enough for a tail.
    fn is_reusable(&self, part: WindowPart) -> bool {
        part.ends_in_pause || self.cut_off_windows.contains(&part.window)
    }

    fn commit(&mut self, window: Span, words: Vec<Word>) {
        self.speculative.clear();
        // A window without words may make sense together with the tail.
        if let Some(rest) = self.pending.front_mut()
            && words.is_empty()
            && self.cut_off_windows.contains(rest)
        {
            *rest = Span::new(window.start, rest.end);
            self.cut_off_windows.push(*rest);
            return;
        }
        self.partial_results.commit(&words, window.start);
        self.decoded.push((window, words));
        let next = self.pending.front().map(|next| next.start);
        let needed = samples(next.unwrap_or(self.segmenter.window_end()));
        self.discard_before(needed);
    }

    /// Discards samples before `needed`, if there are enough of them.
    fn discard_before(&mut self, needed: usize) {
        let count = needed.saturating_sub(self.dropped).min(self.samples.len());
        if count > MIN_DISCARD {
            self.samples.drain(..count);
            self.dropped += count;
        }
    }
}

/// Joins the words of all windows and aligns them with the speech.
fn assemble(voice: Voice, decoded: &[(Span, &Vec<Word>)]) -> (Voice, Transcript) {
    let mut words = Vec::new();
    for (window, window_words) in decoded {
        let mut window_words = (*window_words).clone();
        align(&mut window_words, &within(&voice.speech, *window));
        words.extend(window_words);
    }
    // Without words, only how loud the unclear speech was says something.
    let voice = match words.is_empty() {
        true => Voice {
            speech: voice.speech,
            speech_dbfs: voice.speech_dbfs,
            ..Voice::default()
        },
        false => voice,
    };
    let words = with_monotonic_times(words);
    (voice, Transcript { words })
}

/// Makes start times non-decreasing.
fn with_monotonic_times(mut words: Vec<Word>) -> Vec<Word> {
    let mut latest = 0.0;
    for word in &mut words {
        word.start = word.start.max(latest);
        word.end = word.end.max(word.start);
        latest = word.start;
    }
    words
}

fn seconds(samples: usize) -> Secs {
    samples as f64 / f64::from(ANALYSIS_RATE_HZ)
}

fn samples(seconds: Secs) -> usize {
    (seconds * f64::from(ANALYSIS_RATE_HZ)) as usize
}
