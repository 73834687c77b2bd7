//! One window of a take to words: decode it, judge the reading, look again where it is doubtful.

use super::quality as gate;
use super::quality::DecodeQuality;
use super::recognizer::{AudioContext, DecodeParams, EngineError, Recognizer, Token};
use super::word_timing::align;
use crate::acoustics::ANALYSIS_RATE_HZ;
use crate::domain::time::{Secs, Span};
use crate::domain::transcript::Word;

/// Silence put behind a window: without it Whisper drops or doubles last words.
const PADDING: Secs = 0.25;
/// Nor does it like less than this.
const MIN_PADDED: Secs = 1.25;
/// Readings followed at a time by a second look (OpenAI's own number).
const SECOND_PASS_BEAM: u8 = 5;
/// Said to come before each window: Whisper learnt from texts that were cleaned of hesitations, and
/// leaves them out unless it has just read some.
const HESITATIONS: &str = "Um, uh, hmm, er, ah.";

/// A stretch of a take that is decoded at once.
pub struct AudioWindow {
    span: Span,
    /// Its sound, padded.
    samples: Vec<f32>,
    /// The speech in it.
    speech: Vec<Span>,
}

/// What a look at a window is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// Without it there are no words that could be kept.
    Required,
    /// It may find better ones.
    Optional,
}

/// What was made of a window.
struct Decoding {
    words: Vec<Word>,
    quality: DecodeQuality,
}

impl AudioWindow {
    /// What lies in `span` of a take, whose speech is `speech` and whose 16 kHz `samples` are known
    /// from `from` on.
    pub fn new(samples: &[f32], from: Secs, span: Span, speech: &[Span]) -> Self {
        let sample = |at: Secs| (at * f64::from(ANALYSIS_RATE_HZ)).round() as usize;
        let index = |at: Secs| sample(at).saturating_sub(sample(from)).min(samples.len());
        let mut sound = samples[index(span.start)..index(span.end)].to_vec();
        let padded = (span.len() + PADDING).max(MIN_PADDED);
        sound.resize((padded * f64::from(ANALYSIS_RATE_HZ)) as usize, 0.0);
        Self {
            span,
            samples: sound,
            speech: within(speech, span),
        }
    }

    /// Its words, about where they are in the take. `vocabulary` is what may well be said. `wanted`
    /// is asked now and then on this thread, of the look that is being taken; once it says no to what is
    /// needed, this ends with [`EngineError::Cancelled`]; a second look is given up alone.
    pub fn transcribe(
        &self,
        recogniser: &mut dyn Recognizer,
        vocabulary: &str,
        wanted: &mut dyn FnMut(Pass) -> bool,
    ) -> Result<Vec<Word>, EngineError> {
        let mut reading =
            self.first_pass(recogniser, vocabulary, &mut || wanted(Pass::Required))?;
        if reading.quality.is_doubtful() {
            // Of what does not hold nothing would be kept.
            let look = match reading.quality.is_broken() || !reading.quality.is_acceptable() {
                true => Pass::Required,
                false => Pass::Optional,
            };
            let second = match wanted(look) {
                true => self.second_pass(SECOND_PASS_BEAM, recogniser, &mut || wanted(look)),
                false => Err(EngineError::Cancelled),
            };
            reading = match second {
                Ok(second) => self.choose(reading, second),
                Err(EngineError::Cancelled) if wanted(Pass::Required) => {
                    reading.without_repeat(&self.speech)
                }
                Err(error) => return Err(error),
            };
        }
        Ok(reading.into_accepted_words())
    }

    /// Its words when somebody waits for them: a second look only where the first one is broken, and
    /// that greedily; what loops all the same, and so would be lost, is read as thoroughly as any.
    pub fn transcribe_quick(
        &self,
        recogniser: &mut dyn Recognizer,
        vocabulary: &str,
        wanted: &mut dyn FnMut() -> bool,
    ) -> Result<Vec<Word>, EngineError> {
        let mut reading = self.first_pass(recogniser, vocabulary, wanted)?;
        if reading.quality.is_broken() {
            reading = self.choose(reading, self.second_pass(1, recogniser, wanted)?);
        }
        if reading.quality.loops {
            reading = self.choose(
                reading,
                self.second_pass(SECOND_PASS_BEAM, recogniser, wanted)?,
            );
        }
        Ok(reading.without_repeat(&self.speech).into_accepted_words())
    }

    /// Its words at a glance, to be shown while it is still spoken.
    pub fn preview(
        &self,
        recogniser: &mut dyn Recognizer,
        vocabulary: &str,
        wanted: &mut dyn FnMut() -> bool,
    ) -> Result<Vec<Word>, EngineError> {
        let reading = self.first_pass(recogniser, vocabulary, wanted)?;
        // A look that ends in the middle of a sentence often has it twice.
        Ok(reading.without_repeat(&self.speech).into_accepted_words())
    }

    /// Another look, unprejudiced, with more of the encoder and so many readings at a time.
    fn second_pass(
        &self,
        beam: u8,
        recogniser: &mut dyn Recognizer,
        wanted: &mut dyn FnMut() -> bool,
    ) -> Result<Decoding, EngineError> {
        let manner = DecodeParams {
            audio_context: AudioContext::Padded,
            beam_size: beam,
            prompt: HESITATIONS,
        };
        self.decode(recogniser, manner, wanted)
    }

    /// The better one of a reading and of another look.
    fn choose(&self, first: Decoding, second: Decoding) -> Decoding {
        if first.quality.is_worse_than(&second.quality) {
            second
        } else if first.quality.repeats && !second.quality.repeats {
            first.without_repeat(&self.speech)
        } else {
            first
        }
    }

    /// Greedy: what is clear is read nearly as well as with a beam, before somebody who pauses has
    /// decided that this was the end.
    fn first_pass(
        &self,
        recogniser: &mut dyn Recognizer,
        vocabulary: &str,
        wanted: &mut dyn FnMut() -> bool,
    ) -> Result<Decoding, EngineError> {
        let manner = DecodeParams {
            audio_context: AudioContext::Exact,
            beam_size: 1,
            prompt: &format!("{vocabulary} {HESITATIONS}"),
        };
        self.decode(recogniser, manner, wanted)
    }

    fn decode(
        &self,
        recogniser: &mut dyn Recognizer,
        manner: DecodeParams,
        wanted: &mut dyn FnMut() -> bool,
    ) -> Result<Decoding, EngineError> {
        let pieces = recogniser.decode(&self.samples, manner, wanted)?;
        let spoken = pieces.into_iter().filter(|p| !gate::is_no_speech(p));
        let tokens: Vec<Token> = spoken.flat_map(|piece| piece.tokens).collect();
        let reading = self.to_decoding(&tokens);
        if !reading.quality.loops {
            return Ok(reading);
        }
        let first_round = gate::before_loop(&tokens)
            .map(|tokens| self.to_decoding(tokens).without_repeat(&self.speech));
        Ok(first_round
            .filter(|reading| reading.quality.is_complete())
            .unwrap_or(reading))
    }

    fn to_decoding(&self, tokens: &[Token]) -> Decoding {
        let mut words = gate::without_sound_tags(words_from_tokens(tokens, self.span.start));
        align(&mut words, &self.speech);
        Decoding {
            quality: DecodeQuality::new(tokens, &words, &self.speech),
            words,
        }
    }
}

impl Decoding {
    /// Nothing where it cannot be believed.
    fn into_accepted_words(self) -> Vec<Word> {
        match self.quality.is_acceptable() {
            true => self.words,
            false => Vec::new(),
        }
    }

    /// Without what it has twice on end; `speech` is that of its window.
    fn without_repeat(mut self, speech: &[Span]) -> Self {
        if self.quality.repeats {
            self.words = gate::without_repeat(self.words);
            align(&mut self.words, speech);
            self.quality = self.quality.without_repeat(&self.words);
        }
        self
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

/// The words that tokens make, all of them at `at`.
fn words_from_tokens(tokens: &[Token], at: Secs) -> Vec<Word> {
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
                .then(|| {
                    let sum: f32 = tokens.iter().map(|t| t.probability).sum();
                    let confidence = sum / tokens.len() as f32;
                    Word {
                        text,
                        start: at,
                        end: at,
                        // What is no number cannot be written down.
                        confidence: match confidence.is_finite() {
                            true => confidence,
                            false => 0.0,
                        },
                    }
                })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::asr::recognizer::Segment;

    /// Writes down readings one after the other: the words, and how sure each of their tokens is. Like the
    /// real one it ends when nobody wants it.
    struct Scripted(Vec<(&'static str, f32)>);

    impl Recognizer for Scripted {
        fn model(&self) -> &str {
            "scripted"
        }

        fn threads(&self) -> u32 {
            1
        }

        fn remote_cpu_time(&self) -> Duration {
            Duration::ZERO
        }

        fn decode(
            &mut self,
            _: &[f32],
            _: DecodeParams,
            wanted: &mut dyn FnMut() -> bool,
        ) -> Result<Vec<Segment>, EngineError> {
            if !wanted() {
                return Err(EngineError::Cancelled);
            }
            let (text, probability) = self.0.remove(0);
            let token = |word: &str| Token {
                bytes: format!(" {word}").into_bytes(),
                probability,
            };
            Ok(vec![Segment {
                tokens: text.split(' ').map(token).collect(),
                no_speech_probability: 0.0,
            }])
        }
    }

    #[test]
    fn who_waits_gives_up_what_may_be_better_and_nothing_else() {
        let said = Span::new(0.0, 2.5);
        let window = AudioWindow::new(&[0.1; 3 * 16_000], 0.0, Span::new(0.0, 3.0), &[said]);
        let read = |first: f32, wanted: &mut dyn FnMut(Pass) -> bool| {
            let mut recogniser = Scripted(vec![
                ("I traced it to the retry logic", first),
                ("I traced it through the retry logic", 0.95),
            ]);
            let heard = window.transcribe(&mut recogniser, "", wanted).map(|words| {
                let texts: Vec<String> = words.into_iter().map(|word| word.text).collect();
                texts.join(" ")
            });
            (heard, recogniser.0.len())
        };
        let (to, through) = (
            "I traced it to the retry logic",
            "I traced it through the retry logic",
        );
        // Doubtful, clear, and beyond belief.
        let cases = [(0.6, through, to), (0.9, to, to), (0.05, through, through)];
        for (sure, patient, hurried) in cases {
            let (heard, _) = read(sure, &mut |_| true);
            assert_eq!(heard.expect("words"), patient, "{sure}");
            let (heard, _) = read(sure, &mut |look| look == Pass::Required);
            assert_eq!(heard.expect("words"), hurried, "{sure}");
        }
        // Nobody wants anything any more.
        let mut asked = 0;
        let mut wanted = |_| {
            asked += 1;
            asked < 2
        };
        let (heard, left) = read(0.6, &mut wanted);
        assert!(matches!(heard, Err(EngineError::Cancelled)), "{heard:?}");
        assert_eq!(left, 1);
    }

    #[test]
    fn tokens_make_words() {
        let tokens: Vec<Token> = " I| trac|ed| 0|.|3|%|,| -| and"
            .split('|')
            .map(|text| Token {
                bytes: text.as_bytes().to_vec(),
                probability: 0.5,
            })
            .collect();
        let words = words_from_tokens(&tokens, 2.0);
        let texts: Vec<&str> = words.iter().map(|w| w.text.as_str()).collect();
        assert_eq!(texts.join("|"), "I|traced|0.3%,|and");
    }
}
