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
const WORTH_DROPPING: usize = 30 * ANALYSIS_RATE_HZ as usize;
/// What is kept of a silence, in which the next word may already begin: 1 s.
const RUN_UP: usize = ANALYSIS_RATE_HZ as usize;

/// What is looked at again before words that are not firm, at least ...
const OVERLAP: Secs = 0.5;
/// ... and from a silence on, as long as this, ...
const SILENCE: Secs = 0.2;
/// ... with so much of it; from anywhere if that would be longer than this.
const LEAD: Secs = 0.3;
const LONGEST_LOOK: Secs = 6.0;

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
            DecodeJob::Final(_) | DecodeJob::Speculative(WindowPart { pauses: true, .. }) => {
                window.transcribe(recogniser, vocabulary, wanted)
            }
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
    meter: VoiceAnalyzer,
    memory: SileroState,
    segmenter: Segmenter,
    /// Samples that the detector has heard.
    detected: usize,
    /// Complete windows, still to be decoded.
    waiting: VecDeque<Span>,
    /// Of those, what ends in the middle of speech.
    cut_off: Vec<Span>,
    /// What was said in each window that is done.
    said: Vec<(Span, Vec<Word>)>,
    /// What was said in each part of the open window that was read.
    eager: Vec<(WindowPart, Vec<Word>)>,
    captions: PartialResults,
    /// What would be told if nobody spoke any more.
    foreseen: Option<Prediction>,
    over: bool,
}

/// What would be told if nobody spoke any more, and what it was made of.
struct Prediction {
    speech: Vec<Span>,
    windows: Vec<Span>,
    voice: Voice,
    transcript: Transcript,
}

impl Prediction {
    fn is_of(&self, speech: &[Span], said: &[(Span, &Vec<Word>)]) -> bool {
        let windows = said.iter().map(|(window, _)| window);
        self.speech == speech && self.windows.iter().eq(windows)
    }
}

impl StreamingTranscriber {
    /// Takes in sound, 16 kHz mono: about a tenth of a millisecond of work for each 32 ms.
    pub fn push(&mut self, silero: &Silero, samples: &[f32]) {
        self.samples.extend_from_slice(samples);
        self.meter.push(samples);
        loop {
            let at = self.detected - self.dropped;
            let Some(hop) = self.samples.get(at..at + HOP) else {
                break;
            };
            let probability = silero.speech_probability(&mut self.memory, hop);
            self.detected += HOP;
            self.detect(probability);
        }
        // Nobody speaks for a long time.
        if self.samples.len() > 2 * WORTH_DROPPING
            && self.waiting.is_empty()
            && self.segmenter.open_window(self.seconds()).is_none()
        {
            self.forget(self.detected.saturating_sub(RUN_UP));
        }
    }

    /// There is no more sound, and nobody waits for its words: a window that it ends in is complete.
    pub fn end(&mut self, silero: &Silero) {
        if !self.over {
            self.finish_detection(silero);
            let rest = self.segmenter.open_window(self.seconds());
            self.waiting.extend(rest);
            self.use_speculative();
        }
    }

    /// There is no more sound, and somebody waits for the words. Where that was in the middle of speech,
    /// what was read ahead is used, and the rest is [`Work::Tail`].
    pub fn stop(&mut self, silero: &Silero) {
        if !self.over {
            self.finish_detection(silero);
            for part in self.segmenter.final_windows(self.seconds()) {
                self.waiting.push_back(part.window);
                if !part.pauses {
                    self.cut_off.push(part.window);
                }
            }
            self.use_speculative();
        }
    }

    /// Whether it ended in the middle of speech, and what is left of that is still to be read.
    pub fn is_cut_off(&self) -> bool {
        let mut waiting = self.waiting.iter();
        waiting.any(|window| self.cut_off.contains(window))
    }

    fn finish_detection(&mut self, silero: &Silero) {
        self.over = true;
        let left = &self.samples[self.detected - self.dropped..];
        if !left.is_empty() {
            let probability = silero.speech_probability(&mut self.memory, left);
            self.detected += left.len();
            self.detect(probability);
        }
    }

    /// Seconds of sound so far.
    pub fn seconds(&self) -> Secs {
        seconds(self.dropped + self.samples.len())
    }

    /// Seconds of sound before which nothing is left to be decoded.
    pub fn decoded(&self) -> Secs {
        let open = || {
            self.segmenter
                .open_window(self.seconds())
                .filter(|_| !self.over)
        };
        let next = self.waiting.front().copied().or_else(open);
        next.map_or(self.seconds(), |window| window.start)
    }

    /// What to decode next: complete windows before all else.
    pub fn next_job(&self) -> Option<DecodeJob> {
        if let Some(window) = self.waiting.front() {
            return Some(match self.cut_off.contains(window) {
                true => DecodeJob::Tail(*window),
                false => DecodeJob::Final(*window),
            });
        }
        if self.over {
            return None;
        }
        let rest = self.segmenter.open_window(seconds(self.detected))?;
        let newest = self.segmenter.newest_part();
        match newest.filter(|part| self.eager.iter().all(|(of, _)| of != part)) {
            Some(part) => Some(DecodeJob::Speculative(part)),
            None if self.segmenter.may_be_over() => None,
            None => Some(DecodeJob::Preview(self.newest(rest))),
        }
    }

    /// Whether `work`, which is being done, is still of use.
    pub fn wants(&self, work: DecodeJob) -> bool {
        match work {
            DecodeJob::Final(_) | DecodeJob::Tail(_) => true,
            // It may have become final meanwhile.
            DecodeJob::Speculative(part) => match self.waiting.is_empty() {
                true => !self.over && self.segmenter.newest_part() == Some(part),
                false => self.waiting.contains(&part.window) && self.holds(part),
            },
            DecodeJob::Preview(_) => {
                !self.over && self.waiting.is_empty() && !self.segmenter.may_be_over()
            }
        }
    }

    /// The sound of a window.
    pub fn window(&self, span: Span) -> AudioWindow {
        let speech = self.segmenter.speech();
        AudioWindow::of(&self.samples, seconds(self.dropped), span, &speech)
    }

    /// Takes in what was said in a window.
    pub fn done(&mut self, work: DecodeJob, words: Vec<Word>) {
        if !matches!(work, DecodeJob::Preview(_)) {
            self.foreseen = None;
        }
        match work {
            DecodeJob::Final(window) | DecodeJob::Tail(window) => {
                self.waiting.pop_front();
                self.commit(window, words);
            }
            DecodeJob::Speculative(part) => {
                // Where nobody pauses its last words are not firm, and newer ones are shown.
                if part.pauses {
                    self.captions.commit(&words, part.window.start);
                }
                self.eager.push((part, words));
                self.use_speculative();
            }
            DecodeJob::Preview(window) => self.captions.add_preview(&words, window),
        }
    }

    /// What can be shown.
    pub fn caption(&self) -> Caption {
        self.captions.caption()
    }

    /// What will be told if the answer is over, where nothing is left to be decoded then; each once. It takes
    /// a while: it is for when there is nothing else to do.
    pub fn predict(&mut self) -> Option<(&Voice, &Transcript)> {
        if !self.segmenter.may_be_over() || !self.waiting.is_empty() {
            return None;
        }
        let rest = self.segmenter.open_window(self.seconds());
        let is_of = |part: &WindowPart, rest| part.pauses && part.window == rest;
        let read = |rest| self.eager.iter().find(|(part, _)| is_of(part, rest));
        let open = match rest.map(read) {
            Some(None) => return None,
            open => open.flatten().map(|(part, words)| (part.window, words)),
        };
        let said: Vec<(Span, &Vec<Word>)> = self.said().chain(open).collect();
        let speech = self.segmenter.speech();
        let known = self.foreseen.as_ref();
        if known.is_some_and(|known| known.is_of(&speech, &said)) {
            return None;
        }
        let (voice, transcript) = told(self.meter.voice(&speech), &said);
        let windows = said.iter().map(|(window, _)| *window).collect();
        let foreseen = self.foreseen.insert(Prediction {
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
        let known = self.foreseen.as_ref();
        known.is_some_and(|known| known.is_of(&self.segmenter.speech(), &said))
    }

    /// All that was said, when [`Listener::work`] has nothing left.
    pub fn into_transcript(mut self) -> (Voice, Transcript) {
        let is_foreseen = self.is_predicted();
        match self.foreseen.take() {
            Some(known) if is_foreseen => (known.voice, known.transcript),
            _ => {
                let voice = self.meter.voice(&self.segmenter.speech());
                told(voice, &self.said().collect::<Vec<_>>())
            }
        }
    }

    fn said(&self) -> impl Iterator<Item = (Span, &Vec<Word>)> {
        self.said.iter().map(|(window, words)| (*window, words))
    }

    /// What of the open window may hold words that are not shown yet: from the last silence on that lies
    /// well before them, since there the words of two readings can be told apart.
    fn newest(&self, open: Span) -> Span {
        let known = self.captions.firm_until() - OVERLAP;
        let speech = within(&self.segmenter.speech(), open);
        let from = speech
            .windows(2)
            .filter(|pair| pair[1].start - pair[0].end >= SILENCE && pair[1].start <= known)
            .map(|pair| pair[0].end.max(pair[1].start - LEAD))
            .next_back();
        let from = from.unwrap_or(open.start);
        // Should the answer end meanwhile, it is given up, and what it took is lost.
        let from = match open.end - from > LONGEST_LOOK {
            true => from.max(known).max(open.end - LONGEST_LOOK),
            false => from,
        };
        Span::new(from.min(open.end), open.end)
    }

    fn detect(&mut self, probability: f32) {
        if let Some(window) = self.segmenter.push(probability) {
            self.waiting.push_back(window);
            self.use_speculative();
        }
    }

    /// What was decoded in advance holds if the window came to be just that.
    fn use_speculative(&mut self) {
        let Some(next) = self.waiting.front() else {
            return;
        };
        let known = |(part, _): &(WindowPart, Vec<Word>)| part.window == *next && self.holds(*part);
        if let Some(known) = self.eager.iter().position(known) {
            let (part, words) = self.eager.swap_remove(known);
            self.waiting.pop_front();
            self.commit(part.window, words);
        }
    }

    /// Whether a reading of `part` is as good as one of the window that it came to be: where nobody
    /// pauses it is a quick one.
    fn holds(&self, part: WindowPart) -> bool {
        part.pauses || self.cut_off.contains(&part.window)
    }

    fn commit(&mut self, window: Span, words: Vec<Word>) {
        self.eager.clear();
        // What nothing was read in may make sense together with the rest of its window.
        if let Some(rest) = self.waiting.front_mut()
            && words.is_empty()
            && self.cut_off.contains(rest)
        {
            *rest = Span::new(window.start, rest.end);
            self.cut_off.push(*rest);
            return;
        }
        self.captions.commit(&words, window.start);
        self.said.push((window, words));
        let next = self.waiting.front().map(|next| next.start);
        let needed = samples(next.unwrap_or(self.segmenter.window_end()));
        self.forget(needed);
    }

    /// Lets go of samples before this one, if they are worth it.
    fn forget(&mut self, needed: usize) {
        let done = needed.saturating_sub(self.dropped).min(self.samples.len());
        if done > WORTH_DROPPING {
            self.samples.drain(..done);
            self.dropped += done;
        }
    }
}

/// The words of all windows in their places, beside the voice that said them.
fn told(voice: Voice, said: &[(Span, &Vec<Word>)]) -> (Voice, Transcript) {
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
    let words = in_order(words);
    (voice, Transcript { words })
}

/// Times never run backwards.
fn in_order(mut words: Vec<Word>) -> Vec<Word> {
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
