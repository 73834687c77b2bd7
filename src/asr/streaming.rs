//! One take being heard as its sound comes in: knows what is spoken, what of it is to be decoded
//! next, and what was. The recogniser is called by others; a file is heard the same way, only that all
//! of it is there at once.

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

/// Samples that are kept a little longer than they are needed, as it costs to move the others: 30 s.
const MIN_DISCARD: usize = 30 * ANALYSIS_RATE_HZ as usize;
/// What is kept of a silence, in which the next word may already begin: 1 s.
const KEPT_SILENCE: usize = ANALYSIS_RATE_HZ as usize;

/// What is looked at again before words that are not firm, at least ...
const PREVIEW_OVERLAP: Secs = 0.5;
/// ... and from a silence on, as long as this, ...
const MIN_PREVIEW_GAP: Secs = 0.2;
/// ... with so much of it; from anywhere if that would be longer than this.
const PREVIEW_LEAD: Secs = 0.3;
const MAX_PREVIEW: Secs = 6.0;

/// What is worth decoding now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DecodeJob {
    /// A window that is complete.
    Final(Span),
    /// What the end of the take cut off in the middle of speech: somebody waits for it.
    Tail(Span),
    /// What will be complete if the answer ends about there.
    Speculative(WindowPart),
    /// The words of the moment, to be shown.
    Preview(Span),
}

impl DecodeJob {
    /// The sound it is about.
    pub fn span(self) -> Span {
        match self {
            DecodeJob::Final(span) | DecodeJob::Tail(span) | DecodeJob::Preview(span) => span,
            DecodeJob::Speculative(part) => part.window,
        }
    }

    /// The words of its window, read as thoroughly as it is worth. The rest is as [`Window::hear`] has it.
    pub fn transcribe(
        self,
        window: &AudioWindow,
        recogniser: &mut dyn Recognizer,
        vocabulary: &str,
        wanted: &mut dyn FnMut(Pass) -> bool,
    ) -> Result<Vec<Word>, EngineError> {
        match self {
            DecodeJob::Final(_)
            | DecodeJob::Speculative(WindowPart {
                ends_in_pause: true,
                ..
            }) => window.transcribe(recogniser, vocabulary, wanted),
            DecodeJob::Tail(_) | DecodeJob::Speculative(_) => {
                window.transcribe_quick(recogniser, vocabulary, &mut || wanted(Pass::Required))
            }
            DecodeJob::Preview(_) => {
                window.preview(recogniser, vocabulary, &mut || wanted(Pass::Required))
            }
        }
    }
}

/// The hearing of one take: by default, of one that has yet to begin.
#[derive(Default)]
pub struct StreamingTranscriber {
    /// The sound that may still be decoded.
    samples: Vec<f32>,
    /// Samples before it.
    dropped: usize,
    voice_analyzer: VoiceAnalyzer,
    silero_state: SileroState,
    segmenter: Segmenter,
    /// Samples that the detector has heard.
    detected: usize,
    /// Complete windows, still to be decoded.
    pending: VecDeque<Span>,
    /// Of those, what ends in the middle of speech.
    cut_off_windows: Vec<Span>,
    /// What was said in each window that is done.
    said: Vec<(Span, Vec<Word>)>,
    /// What was said in each part of the open window that was read.
    speculative: Vec<(WindowPart, Vec<Word>)>,
    partial_results: PartialResults,
    /// What would be told if nobody spoke any more.
    prediction: Option<Prediction>,
    ended: bool,
}

/// What would be told if nobody spoke any more, and what it was made of.
struct Prediction {
    speech: Vec<Span>,
    windows: Vec<Span>,
    voice: Voice,
    transcript: Transcript,
}

impl Prediction {
    fn matches(&self, speech: &[Span], said: &[(Span, &Vec<Word>)]) -> bool {
        let windows = said.iter().map(|(window, _)| window);
        self.speech == speech && self.windows.iter().eq(windows)
    }
}

impl StreamingTranscriber {
    /// Takes in sound, 16 kHz mono: about a tenth of a millisecond of work for each 32 ms.
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
        // Nobody speaks for a long time.
        if self.samples.len() > 2 * MIN_DISCARD
            && self.pending.is_empty()
            && self.segmenter.open_window(self.seconds()).is_none()
        {
            self.discard_before(self.detected.saturating_sub(KEPT_SILENCE));
        }
    }

    /// There is no more sound, and nobody waits for its words: a window that it ends in is complete.
    pub fn finish(&mut self, silero: &Silero) {
        if !self.ended {
            self.finish_detection(silero);
            let rest = self.segmenter.open_window(self.seconds());
            self.pending.extend(rest);
            self.use_speculative();
        }
    }

    /// There is no more sound, and somebody waits for the words. Where that was in the middle of speech,
    /// what was read ahead is used, and the rest is [`Work::Tail`].
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

    /// Whether it ended in the middle of speech, and what is left of that is still to be read.
    pub fn is_cut_off(&self) -> bool {
        let mut waiting = self.pending.iter();
        waiting.any(|window| self.cut_off_windows.contains(window))
    }

    fn finish_detection(&mut self, silero: &Silero) {
        self.ended = true;
        let left = &self.samples[self.detected - self.dropped..];
        if !left.is_empty() {
            let probability = silero.speech_probability(&mut self.silero_state, left);
            self.detected += left.len();
            self.process_probability(probability);
        }
    }

    /// Seconds of sound so far.
    pub fn seconds(&self) -> Secs {
        seconds(self.dropped + self.samples.len())
    }

    /// Seconds of sound before which nothing is left to be decoded.
    pub fn decoded_until(&self) -> Secs {
        let open = || {
            self.segmenter
                .open_window(self.seconds())
                .filter(|_| !self.ended)
        };
        let next = self.pending.front().copied().or_else(open);
        next.map_or(self.seconds(), |window| window.start)
    }

    /// What to decode next: complete windows before all else.
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

    /// Whether `work`, which is being done, is still of use.
    pub fn is_useful(&self, work: DecodeJob) -> bool {
        match work {
            DecodeJob::Final(_) | DecodeJob::Tail(_) => true,
            // It may have become final meanwhile.
            DecodeJob::Speculative(part) => match self.pending.is_empty() {
                true => !self.ended && self.segmenter.newest_part() == Some(part),
                false => self.pending.contains(&part.window) && self.is_reusable(part),
            },
            DecodeJob::Preview(_) => {
                !self.ended && self.pending.is_empty() && !self.segmenter.may_have_ended()
            }
        }
    }

    /// The sound of a window.
    pub fn window(&self, span: Span) -> AudioWindow {
        let speech = self.segmenter.speech();
        AudioWindow::new(&self.samples, seconds(self.dropped), span, &speech)
    }

    /// Takes in what was said in a window.
    pub fn complete(&mut self, work: DecodeJob, words: Vec<Word>) {
        if !matches!(work, DecodeJob::Preview(_)) {
            self.prediction = None;
        }
        match work {
            DecodeJob::Final(window) | DecodeJob::Tail(window) => {
                self.pending.pop_front();
                self.commit(window, words);
            }
            DecodeJob::Speculative(part) => {
                // Where nobody pauses its last words are not firm, and newer ones are shown.
                if part.ends_in_pause {
                    self.partial_results.commit(&words, part.window.start);
                }
                self.speculative.push((part, words));
                self.use_speculative();
            }
            DecodeJob::Preview(window) => self.partial_results.add_preview(&words, window),
        }
    }

    /// What can be shown.
    pub fn caption(&self) -> Caption {
        self.partial_results.caption()
    }

    /// What will be told if the answer is over, where nothing is left to be decoded then; each once. It takes
    /// a while: it is for when there is nothing else to do.
    pub fn predict(&mut self) -> Option<(&Voice, &Transcript)> {
        if !self.segmenter.may_have_ended() || !self.pending.is_empty() {
            return None;
        }
        let rest = self.segmenter.open_window(self.seconds());
        let is_of = |part: &WindowPart, rest| part.ends_in_pause && part.window == rest;
        let read = |rest| self.speculative.iter().find(|(part, _)| is_of(part, rest));
        let open = match rest.map(read) {
            Some(None) => return None,
            open => open.flatten().map(|(part, words)| (part.window, words)),
        };
        let said: Vec<(Span, &Vec<Word>)> = self.said().chain(open).collect();
        let speech = self.segmenter.speech();
        let known = self.prediction.as_ref();
        if known.is_some_and(|known| known.matches(&speech, &said)) {
            return None;
        }
        let (voice, transcript) = assemble(self.voice_analyzer.measure(&speech), &said);
        let windows = said.iter().map(|(window, _)| *window).collect();
        let foreseen = self.prediction.insert(Prediction {
            speech,
            windows,
            voice,
            transcript,
        });
        Some((&foreseen.voice, &foreseen.transcript))
    }

    /// Whether [`Listener::heard`] will be what was foreseen last.
    pub fn is_predicted(&self) -> bool {
        let said: Vec<(Span, &Vec<Word>)> = self.said().collect();
        let known = self.prediction.as_ref();
        known.is_some_and(|known| known.matches(&self.segmenter.speech(), &said))
    }

    /// All that was said, when [`Listener::work`] has nothing left.
    pub fn into_transcript(mut self) -> (Voice, Transcript) {
        let is_foreseen = self.is_predicted();
        match self.prediction.take() {
            Some(known) if is_foreseen => (known.voice, known.transcript),
            _ => {
                let voice = self.voice_analyzer.measure(&self.segmenter.speech());
                assemble(voice, &self.said().collect::<Vec<_>>())
            }
        }
    }

    fn said(&self) -> impl Iterator<Item = (Span, &Vec<Word>)> {
        self.said.iter().map(|(window, words)| (*window, words))
    }

    /// What of the open window may hold words that are not shown yet: from the last silence on that lies
    /// well before them, since there the words of two readings can be told apart.
    fn preview_span(&self, open: Span) -> Span {
        let known = self.partial_results.confirmed_until() - PREVIEW_OVERLAP;
        let speech = within(&self.segmenter.speech(), open);
        let from = speech
            .windows(2)
            .filter(|pair| pair[1].start - pair[0].end >= MIN_PREVIEW_GAP && pair[1].start <= known)
            .map(|pair| pair[0].end.max(pair[1].start - PREVIEW_LEAD))
            .next_back();
        let from = from.unwrap_or(open.start);
        // Should the answer end meanwhile, it is given up, and what it took is lost.
        let from = match open.end - from > MAX_PREVIEW {
            true => from.max(known).max(open.end - MAX_PREVIEW),
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

    /// What was decoded in advance holds if the window came to be just that.
    fn use_speculative(&mut self) {
        let Some(next) = self.pending.front() else {
            return;
        };
        let known =
            |(part, _): &(WindowPart, Vec<Word>)| part.window == *next && self.is_reusable(*part);
        if let Some(known) = self.speculative.iter().position(known) {
            let (part, words) = self.speculative.swap_remove(known);
            self.pending.pop_front();
            self.commit(part.window, words);
        }
    }

    /// Whether a reading of `part` is as good as one of the window that it came to be: where nobody
    /// pauses it is a quick one.
    fn is_reusable(&self, part: WindowPart) -> bool {
        part.ends_in_pause || self.cut_off_windows.contains(&part.window)
    }

    fn commit(&mut self, window: Span, words: Vec<Word>) {
        self.speculative.clear();
        // What nothing was read in may make sense together with the rest of its window.
        if let Some(rest) = self.pending.front_mut()
            && words.is_empty()
            && self.cut_off_windows.contains(rest)
        {
            *rest = Span::new(window.start, rest.end);
            self.cut_off_windows.push(*rest);
            return;
        }
        self.partial_results.commit(&words, window.start);
        self.said.push((window, words));
        let next = self.pending.front().map(|next| next.start);
        let needed = samples(next.unwrap_or(self.segmenter.window_end()));
        self.discard_before(needed);
    }

    /// Lets go of samples before this one, if they are worth it.
    fn discard_before(&mut self, needed: usize) {
        let done = needed.saturating_sub(self.dropped).min(self.samples.len());
        if done > MIN_DISCARD {
            self.samples.drain(..done);
            self.dropped += done;
        }
    }
}

/// The words of all windows in their places, beside the voice that said them.
fn assemble(voice: Voice, said: &[(Span, &Vec<Word>)]) -> (Voice, Transcript) {
    let mut words = Vec::new();
    for (window, said) in said {
        let mut said = (*said).clone();
        align(&mut said, &within(&voice.speech, *window));
        words.extend(said);
    }
    // A take without a word is a take without speech, whatever the detector thought it was.
    let voice = match words.is_empty() {
        true => Voice::default(),
        false => voice,
    };
    let words = with_monotonic_times(words);
    (voice, Transcript { words })
}

/// Times never run backwards.
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
