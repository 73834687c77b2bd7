//! A whole recording to words: find the speech, cut it into windows, decode each, keep what holds.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use cpu_time::{ProcessTime, ThreadTime};

use super::align::align;
use super::engine::{Engine, EngineError, Manner, Positions, Token, VAD_HOP};
use super::gate::{self, Quality};
use super::segmenter;
use crate::coach::take::{EngineRun, Heard};
use crate::coach::time::{Secs, Span};
use crate::coach::transcript::{Transcript, Word};
use crate::coach::voice::{ANALYSIS_RATE_HZ, Voice};

/// Silence put behind a window: without it Whisper drops or doubles last words.
const TAIL: Secs = 0.5;
/// Nor does it like less than this.
const SHORTEST_WINDOW: Secs = 1.25;
/// Readings followed at a time (OpenAI's own; 1.7 times the work of greedy decoding).
const BEAM: u8 = 5;
/// Said to come before each window: Whisper learnt from texts that were cleaned of hesitations, and
/// leaves them out unless it has just read some.
const HESITATIONS: &str = "Um, uh, hmm, er, ah.";
/// Hops given to the detector at a time: 30 s.
const VAD_PART: usize = 938;
/// Hops it is given again before them: 2 s, after which it reads as if it had heard all.
const VAD_RUN_UP: usize = 63;
/// Its share of the work.
const VAD_SHARE: f32 = 0.05;

/// Why there are no words.
pub type HearError = EngineError;

/// Hears `samples`, 16 kHz mono. `vocabulary` is what may well be said, such as `webhook, dead
/// letter queue`, or empty: it is heard more easily. `progress` is told how much is done, from 0
/// to 1.
pub fn hear(
    engine: &mut Engine,
    samples: &[f32],
    vocabulary: &str,
    progress: &mut dyn FnMut(f32),
    cancel: &AtomicBool,
) -> Result<Heard, HearError> {
    let clock = Clock::start(engine.threads());
    let seconds = samples.len() as f64 / f64::from(ANALYSIS_RATE_HZ);
    let activity = voice_activity(engine, samples, progress, cancel)?;
    let coarse = segmenter::speech(&activity);
    let voice = Voice::measure(samples, coarse.clone());
    let mut words = Vec::new();
    for window in segmenter::windows(&coarse, &activity, seconds) {
        let window = Window::of(samples, window, &coarse);
        let mut said = window.hear(engine, vocabulary, cancel)?;
        align(&mut said, &within(&voice.speech, window.span));
        words.extend(said);
        progress(VAD_SHARE + (1.0 - VAD_SHARE) * (window.span.end / seconds) as f32);
    }
    progress(1.0);
    Ok(Heard {
        // A take without a word is a take without speech, whatever the detector thought it was.
        voice: match words.is_empty() {
            true => Voice::default(),
            false => voice,
        },
        transcript: Transcript {
            words: in_order(words),
        },
        engine: EngineRun {
            model: engine.model().to_owned(),
            threads: engine.threads(),
            cpu_seconds: Some(clock.cpu_seconds()),
            wall_seconds: clock.began.elapsed().as_secs_f64(),
        },
    })
}

/// How probable speech is for each [`VAD_HOP`]: in parts, so that a long file can be cancelled.
fn voice_activity(
    engine: &mut Engine,
    samples: &[f32],
    progress: &mut dyn FnMut(f32),
    cancel: &AtomicBool,
) -> Result<Vec<f32>, HearError> {
    let mut activity = Vec::with_capacity(samples.len() / VAD_HOP + 1);
    for start in (0..samples.len()).step_by(VAD_PART * VAD_HOP) {
        if cancel.load(Ordering::Relaxed) {
            return Err(EngineError::Cancelled);
        }
        let end = (start + VAD_PART * VAD_HOP).min(samples.len());
        // The detector forgets what it heard from call to call: it gets some of it again.
        let run_up = (start / VAD_HOP).min(VAD_RUN_UP);
        let part = engine.voice_activity(&samples[start - run_up * VAD_HOP..end])?;
        activity.extend(part.into_iter().skip(run_up));
        progress(VAD_SHARE * end as f32 / samples.len() as f32);
    }
    Ok(activity)
}

/// A stretch of a take that is decoded at once.
struct Window {
    span: Span,
    /// Its sound, padded.
    sound: Vec<f32>,
    /// The speech in it.
    speech: Vec<Span>,
}

/// What was made of a window.
struct Reading {
    words: Vec<Word>,
    quality: Quality,
}

impl Window {
    fn of(samples: &[f32], span: Span, speech: &[Span]) -> Self {
        let index = |at: Secs| ((at * f64::from(ANALYSIS_RATE_HZ)) as usize).min(samples.len());
        let mut sound = samples[index(span.start)..index(span.end)].to_vec();
        let padded = (span.len() + TAIL).max(SHORTEST_WINDOW);
        sound.resize((padded * f64::from(ANALYSIS_RATE_HZ)) as usize, 0.0);
        Self {
            span,
            sound,
            speech: within(speech, span),
        }
    }

    /// Its words, at their rough times in the take.
    fn hear(
        &self,
        engine: &mut Engine,
        vocabulary: &str,
        cancel: &AtomicBool,
    ) -> Result<Vec<Word>, HearError> {
        let manner = Manner {
            positions: Positions::Fitted,
            beam: BEAM,
            prompt: &format!("{vocabulary} {HESITATIONS}"),
        };
        let mut reading = self.read(engine, manner, cancel)?;
        if reading.quality.is_doubtful() {
            // Looked at anew, unprejudiced and with the whole encoder.
            let manner = Manner {
                positions: Positions::All,
                beam: BEAM,
                prompt: HESITATIONS,
            };
            let second = self.read(engine, manner, cancel)?;
            if reading.quality.is_worse_than(&second.quality) {
                reading = second;
            } else if reading.quality.doubles && !second.quality.doubles {
                reading.words = gate::without_double(reading.words);
            }
        }
        Ok(match reading.quality.holds() {
            true => reading.words,
            false => Vec::new(),
        })
    }

    fn read(
        &self,
        engine: &mut Engine,
        manner: Manner,
        cancel: &AtomicBool,
    ) -> Result<Reading, HearError> {
        let mut pieces = engine.decode(&self.sound, manner, cancel)?;
        pieces.retain(|piece| !gate::nobody_spoke(piece));
        let mut words: Vec<Word> = pieces.iter().flat_map(|p| words_of(&p.tokens)).collect();
        for word in &mut words {
            let inside = |at: Secs| (self.span.start + at).clamp(self.span.start, self.span.end);
            word.start = inside(word.start);
            word.end = inside(word.end).max(word.start);
        }
        let words = gate::near_speech(gate::without_sounds(words), &self.speech);
        Ok(Reading {
            quality: Quality::of(&pieces, &words, &self.speech),
            words,
        })
    }
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
                    // A point or comma lasts through the pause that it stands for.
                    end: tokens
                        .iter()
                        .rfind(|token| !is_punctuation(token))
                        .map_or(tokens[0].end, |token| token.end),
                    confidence: tokens.iter().map(|t| t.probability).sum::<f32>()
                        / tokens.len() as f32,
                })
        })
        .collect()
}

fn is_punctuation(token: &Token) -> bool {
    token.bytes.iter().all(|byte| b" .,;:?!\"'-".contains(byte))
}

/// The parts of `speech` that lie in `window`.
fn within(speech: &[Span], window: Span) -> Vec<Span> {
    speech
        .iter()
        .map(|span| Span::new(span.start.max(window.start), span.end.min(window.end)))
        .filter(|span| !span.is_empty())
        .collect()
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
        // A comma's time is the pause that follows.
        assert_eq!((words[2].start, words[2].end), (3.0, 7.0));
    }
}
