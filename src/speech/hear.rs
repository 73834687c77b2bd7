//! A whole recording to words: find the speech, cut it into windows, decode each, keep what holds.

use std::sync::atomic::AtomicBool;
use std::time::Instant;

use cpu_time::{ProcessTime, ThreadTime};

use super::engine::{Engine, EngineError, Piece, Positions, Token};
use super::segmenter;
use crate::coach::take::{EngineRun, Heard};
use crate::coach::time::{Secs, Span};
use crate::coach::transcript::{Transcript, Word};
use crate::coach::voice::{ANALYSIS_RATE_HZ, Voice};

/// Silence put behind a window: without it Whisper drops or doubles last words.
const TAIL: Secs = 0.5;
/// Nor does it like less than this.
const SHORTEST_WINDOW: Secs = 1.25;
/// Nobody speaks more tokens a second; a decoder that loops writes them.
const MOST_TOKENS_PER_SECOND: f64 = 8.0;
/// People say fewer words than this twice on end all the time.
const SHORTEST_DOUBLE: usize = 4;
/// Both have to doubt a piece before it is thrown away (OpenAI's own pair).
const NO_SPEECH: f32 = 0.6;
const UNSURE: f32 = -1.0;
/// A word this far from any speech was not said.
const FAR_FROM_SPEECH: Secs = 0.5;

/// Why there are no words.
pub type HearError = EngineError;

/// Hears `samples`, 16 kHz mono. `progress` is told how much is done, from 0 to 1.
pub fn hear(
    engine: &mut Engine,
    samples: &[f32],
    progress: &mut dyn FnMut(f32),
    cancel: &AtomicBool,
) -> Result<Heard, HearError> {
    let clock = Clock::start(engine.threads());
    let seconds = samples.len() as f64 / f64::from(ANALYSIS_RATE_HZ);
    let speech = segmenter::speech(&engine.voice_activity(samples)?);
    let mut words = Vec::new();
    for window in segmenter::windows(&speech, seconds) {
        words.extend(decode(engine, samples, window, cancel)?);
        progress((window.end / seconds) as f32);
    }
    let words = in_order(near_speech(without_sounds(words), &speech));
    // A take without a word is a take without speech, whatever the detector thought it was.
    let speech = match words.is_empty() {
        true => Vec::new(),
        false => speech,
    };
    progress(1.0);
    Ok(Heard {
        voice: Voice::measure(samples, speech),
        transcript: Transcript { words },
        engine: EngineRun {
            model: engine.model().to_owned(),
            threads: engine.threads(),
            cpu_seconds: Some(clock.cpu_seconds()),
            wall_seconds: clock.began.elapsed().as_secs_f64(),
        },
    })
}

/// The words of one window, at their times in the take.
fn decode(
    engine: &mut Engine,
    samples: &[f32],
    window: Span,
    cancel: &AtomicBool,
) -> Result<Vec<Word>, HearError> {
    let index = |at: Secs| ((at * f64::from(ANALYSIS_RATE_HZ)) as usize).min(samples.len());
    let mut sound = samples[index(window.start)..index(window.end)].to_vec();
    let padded = (window.len() + TAIL).max(SHORTEST_WINDOW);
    sound.resize((padded * f64::from(ANALYSIS_RATE_HZ)) as usize, 0.0);
    let mut pieces = engine.decode(&sound, Positions::Fitted, cancel)?;
    if loops(&pieces, window.len()) || doubles(&pieces) {
        pieces = engine.decode(&sound, Positions::All, cancel)?;
        if loops(&pieces, window.len()) {
            // Twice the same nonsense: what it says was not said.
            return Ok(Vec::new());
        }
    }
    pieces.retain(|piece| !nobody_spoke(piece));
    let mut words: Vec<Word> = pieces.iter().flat_map(|p| words_of(&p.tokens)).collect();
    for word in &mut words {
        word.start = (window.start + word.start).clamp(window.start, window.end);
        word.end = (window.start + word.end).clamp(word.start, window.end);
    }
    Ok(words)
}

fn words_of(tokens: &[Token]) -> Vec<Word> {
    let mut words: Vec<Vec<&Token>> = Vec::new();
    for token in tokens {
        match words.last_mut() {
            Some(word) if !token.bytes.starts_with(b" ") => word.push(token),
            _ => words.push(vec![token]),
        }
    }
    words
        .into_iter()
        .filter_map(|tokens| {
            let bytes: Vec<u8> = tokens.iter().flat_map(|t| t.bytes.clone()).collect();
            let text = String::from_utf8_lossy(&bytes).trim().to_owned();
            text.contains(|c: char| c.is_alphanumeric() || c == '[' || c == '(' || c == '\u{266a}')
                .then(|| Word {
                    text,
                    start: tokens[0].start,
                    end: tokens[tokens.len() - 1].end,
                    confidence: tokens.iter().map(|t| t.probability).sum::<f32>()
                        / tokens.len() as f32,
                })
        })
        .collect()
}

/// Takes out what Whisper writes for sounds: `[Music]`, `(laughs)`, notes.
fn without_sounds(words: Vec<Word>) -> Vec<Word> {
    let mut inside = false;
    words
        .into_iter()
        .filter(|word| {
            inside |= word.text.starts_with(['[', '(', '\u{266a}']);
            let keep = !inside;
            if word
                .text
                .trim_end_matches(['.', ','])
                .ends_with([']', ')', '\u{266a}'])
            {
                inside = false;
            }
            keep
        })
        .collect()
}

fn near_speech(mut words: Vec<Word>, speech: &[Span]) -> Vec<Word> {
    words.retain(|word| {
        speech.iter().any(|span| {
            word.end >= span.start - FAR_FROM_SPEECH && word.start <= span.end + FAR_FROM_SPEECH
        })
    });
    words
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

fn nobody_spoke(piece: &Piece) -> bool {
    let logs = piece.tokens.iter().map(|t| t.probability.max(1e-6).ln());
    let mean = logs.sum::<f32>() / piece.tokens.len().max(1) as f32;
    piece.no_speech > NO_SPEECH && mean < UNSURE
}

/// Whether the decoder ran in circles: too many tokens, or one run of them three times on end.
fn loops(pieces: &[Piece], seconds: Secs) -> bool {
    let tokens: Vec<&[u8]> = pieces
        .iter()
        .flat_map(|piece| &piece.tokens)
        .map(|token| token.bytes.as_slice())
        .collect();
    let too_many = tokens.len() as f64 > MOST_TOKENS_PER_SECOND * seconds.max(1.0);
    let repeats = |run: usize| {
        tokens
            .windows(3 * run)
            .any(|w| w[..run] == w[run..2 * run] && w[..run] == w[2 * run..])
    };
    too_many || (3..=12).any(repeats)
}

/// Whether it wrote a run of words twice on end: of a tail that was cut off, or because the speaker
/// did so. A second look with the whole encoder tells.
fn doubles(pieces: &[Piece]) -> bool {
    let words: Vec<String> = pieces
        .iter()
        .flat_map(|piece| words_of(&piece.tokens))
        .map(|word| word.plain())
        .collect();
    let longest = words.len() / 2;
    let doubled = |run: usize| words.windows(2 * run).any(|w| w[..run] == w[run..]);
    (SHORTEST_DOUBLE..=longest).any(doubled)
}

/// Processor time: this thread's where it works alone, else the whole process's.
struct Clock {
    began: Instant,
    thread: Option<ThreadTime>,
    process: ProcessTime,
}

impl Clock {
    fn start(threads: u32) -> Self {
        Self {
            began: Instant::now(),
            thread: (threads == 1).then(ThreadTime::now),
            process: ProcessTime::now(),
        }
    }

    fn cpu_seconds(&self) -> Secs {
        match &self.thread {
            Some(thread) => thread.elapsed().as_secs_f64(),
            None => self.process.elapsed().as_secs_f64(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<Token> {
        text.split('|')
            .enumerate()
            .map(|(i, text)| Token {
                bytes: text.as_bytes().to_vec(),
                start: i as f64,
                end: i as f64 + 1.0,
                probability: 0.5,
            })
            .collect()
    }

    fn texts(words: &[Word]) -> String {
        let texts: Vec<&str> = words.iter().map(|w| w.text.as_str()).collect();
        texts.join("|")
    }

    #[test]
    fn tokens_make_words() {
        let words = words_of(&tokens(" I| trac|ed| 0|.|3|%|,| -| and"));
        assert_eq!(texts(&words), "I|traced|0.3%,|and");
        assert_eq!((words[1].start, words[1].end), (1.0, 3.0));
    }

    #[test]
    fn sounds_are_not_words() {
        let words = words_of(&tokens(" [|Music| playing|]| I| led| (|laughs|).| it"));
        assert_eq!(texts(&without_sounds(words)), "I|led|it");
    }

    #[test]
    fn a_run_three_times_on_end_is_a_loop() {
        let piece = |text| Piece {
            tokens: tokens(text),
            no_speech: 0.0,
        };
        assert!(loops(&[piece("a|b|c|a|b|c|a|b|c")], 10.0));
        assert!(!loops(&[piece("a|b|c|a|b|c|d|b|c")], 10.0));
        assert!(loops(&[piece("a|b|c|d|e|f|g|h|i")], 1.0));
    }
}
