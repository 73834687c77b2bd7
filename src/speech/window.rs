//! One window of a take to words: decode it, judge the reading, look again where it is doubtful.

use super::engine::{EngineError, Manner, Positions, Recogniser, Token};
use super::gate::{self, Quality};
use crate::coach::time::{Secs, Span};
use crate::coach::transcript::Word;
use crate::coach::voice::ANALYSIS_RATE_HZ;

/// Silence put behind a window: without it Whisper drops or doubles last words.
const TAIL: Secs = 0.5;
/// Nor does it like less than this.
const SHORTEST_WINDOW: Secs = 1.25;
/// Readings followed at a time by a second look (OpenAI's own number).
const BEAM: u8 = 5;
/// Said to come before each window: Whisper learnt from texts that were cleaned of hesitations, and
/// leaves them out unless it has just read some.
const HESITATIONS: &str = "Um, uh, hmm, er, ah.";

/// A stretch of a take that is decoded at once.
pub struct Window {
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
    /// What lies in `span` of a take, whose speech is `speech` and whose 16 kHz `samples` are known
    /// from `from` on.
    pub fn of(samples: &[f32], from: Secs, span: Span, speech: &[Span]) -> Self {
        let sample = |at: Secs| (at * f64::from(ANALYSIS_RATE_HZ)).round() as usize;
        let index = |at: Secs| sample(at).saturating_sub(sample(from)).min(samples.len());
        let mut sound = samples[index(span.start)..index(span.end)].to_vec();
        let padded = (span.len() + TAIL).max(SHORTEST_WINDOW);
        sound.resize((padded * f64::from(ANALYSIS_RATE_HZ)) as usize, 0.0);
        Self {
            span,
            sound,
            speech: within(speech, span),
        }
    }

    /// Where in the take it lies.
    pub fn span(&self) -> Span {
        self.span
    }

    /// Its words, at their rough times in the take. `vocabulary` is what may well be said. `wanted`
    /// is asked now and then on this thread; once it says no, this ends with
    /// [`EngineError::Cancelled`].
    pub fn hear(
        &self,
        recogniser: &mut Recogniser,
        vocabulary: &str,
        wanted: &mut dyn FnMut() -> bool,
    ) -> Result<Vec<Word>, EngineError> {
        let mut reading = self.first(recogniser, vocabulary, wanted)?;
        if reading.quality.is_doubtful() {
            // Looked at anew, unprejudiced, with more of the encoder and several readings at a time.
            let manner = Manner {
                positions: Positions::Ample,
                beam: BEAM,
                prompt: HESITATIONS,
            };
            let second = self.read(recogniser, manner, wanted)?;
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

    /// Its words at a glance, to be shown while it is still spoken.
    pub fn glimpse(
        &self,
        recogniser: &mut Recogniser,
        vocabulary: &str,
        wanted: &mut dyn FnMut() -> bool,
    ) -> Result<Vec<Word>, EngineError> {
        let reading = self.first(recogniser, vocabulary, wanted)?;
        Ok(match reading.quality.holds() {
            true => reading.words,
            false => Vec::new(),
        })
    }

    /// Greedy: what is clear is read as well as with a beam, for a fraction of the work.
    fn first(
        &self,
        recogniser: &mut Recogniser,
        vocabulary: &str,
        wanted: &mut dyn FnMut() -> bool,
    ) -> Result<Reading, EngineError> {
        let manner = Manner {
            positions: Positions::Fitted,
            beam: 1,
            prompt: &format!("{vocabulary} {HESITATIONS}"),
        };
        self.read(recogniser, manner, wanted)
    }

    fn read(
        &self,
        recogniser: &mut Recogniser,
        manner: Manner,
        wanted: &mut dyn FnMut() -> bool,
    ) -> Result<Reading, EngineError> {
        let mut pieces = recogniser.decode(&self.sound, manner, wanted)?;
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

/// The parts of `speech` that lie in `window`.
pub fn within(speech: &[Span], window: Span) -> Vec<Span> {
    speech
        .iter()
        .map(|span| Span::new(span.start.max(window.start), span.end.min(window.end)))
        .filter(|span| !span.is_empty())
        .collect()
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
