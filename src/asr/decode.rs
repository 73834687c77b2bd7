//! Decodes one window of a take to words: a first pass, a quality check, and a second pass if the first is
//! doubtful.

use super::quality;
use super::quality::{DecodeQuality, SHORT_SPEECH};
use super::recognizer::{AudioContext, DecodeParams, EngineError, Recognizer, Token};
use super::word_timing::align;
use crate::acoustics::ANALYSIS_RATE_HZ;
use crate::domain::time::{Secs, Span};
use crate::domain::transcript::Word;

/// Silence appended to a window: without it Whisper drops or repeats the last words.
const PADDING: Secs = 0.25;
/// Minimum length with padding, for the same reason.
const MIN_PADDED: Secs = 1.25;
/// Beam size of the second pass (OpenAI's default).
const SECOND_PASS_BEAM: u8 = 5;
/// Prompt before each window. Whisper was trained on texts without filled pauses and omits them, unless its
/// prompt contains some.
const HESITATIONS: &str = "Um, uh, hmm, er, ah.";

/// A span of a take that is decoded at once.
pub struct AudioWindow {
    span: Span,
    /// Padded audio.
    samples: Vec<f32>,
    /// Speech in the span.
    speech: Vec<Span>,
}

/// Whether a decoding pass is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// Without this pass there are no usable words.
    Required,
    /// This pass may find better words.
    Optional,
}

/// The result of decoding a window.
struct Decoding {
    words: Vec<Word>,
    quality: DecodeQuality,
}

impl AudioWindow {
    /// Cuts `span` out of a take. `speech` are the take's speech spans, `samples` its 16 kHz audio from
    /// `from` on.
    pub fn new(samples: &[f32], from: Secs, span: Span, speech: &[Span]) -> Self {
        let sample = |at: Secs| (at * f64::from(ANALYSIS_RATE_HZ)).round() as usize;
        let index = |at: Secs| sample(at).saturating_sub(sample(from)).min(samples.len());
        let mut padded_samples = samples[index(span.start)..index(span.end)].to_vec();
        let padded_secs = (span.len() + PADDING).max(MIN_PADDED);
        padded_samples.resize((padded_secs * f64::from(ANALYSIS_RATE_HZ)) as usize, 0.0);
        Self {
            span,
            samples: padded_samples,
            speech: within(speech, span),
        }
    }

    /// Decodes the window to words with approximate times in the take.
    ///
    /// `prompt_terms` are words that are likely to occur. `keep_going` is polled on this thread with the
    /// running pass. Once it returns false for a required pass, the result is [`EngineError::Cancelled`].
    /// An optional second pass is abandoned alone.
    pub fn transcribe(
        &self,
        recognizer: &mut dyn Recognizer,
        prompt_terms: &str,
        keep_going: &mut dyn FnMut(Pass) -> bool,
    ) -> Result<Vec<Word>, EngineError> {
        let mut result =
            self.first_pass(recognizer, prompt_terms, &mut || keep_going(Pass::Required))?;
        if self.needs_second_pass(&result) {
            // Unacceptable words would be dropped, so the second pass is required.
            let pass = match result.quality.is_broken() || !result.quality.is_acceptable() {
                true => Pass::Required,
                false => Pass::Optional,
            };
            let second = match keep_going(pass) {
                true => self.second_pass(SECOND_PASS_BEAM, recognizer, &mut || keep_going(pass)),
                false => Err(EngineError::Cancelled),
            };
            result = match second {
                Ok(second) => self.choose(result, second),
                Err(EngineError::Cancelled) if keep_going(Pass::Required) => {
                    result.without_repeat(&self.speech)
                }
                Err(error) => return Err(error),
            };
        }
        Ok(result.into_accepted_words())
    }

    /// Decodes the window while the user is waiting. A second pass runs only if the first result is broken,
    /// and greedily. If the result still loops and would be lost, a full second pass follows.
    pub fn transcribe_quick(
        &self,
        recognizer: &mut dyn Recognizer,
        prompt_terms: &str,
        keep_going: &mut dyn FnMut() -> bool,
    ) -> Result<Vec<Word>, EngineError> {
        let mut result = self.first_pass(recognizer, prompt_terms, keep_going)?;
        if result.quality.is_broken() {
            result = self.choose(result, self.second_pass(1, recognizer, keep_going)?);
        }
        if result.quality.is_looping {
            result = self.choose(
                result,
                self.second_pass(SECOND_PASS_BEAM, recognizer, keep_going)?,
            );
        }
        Ok(result.without_repeat(&self.speech).into_accepted_words())
    }

    /// Decodes the window for a caption, while the user is speaking.
    pub fn preview(
        &self,
        recognizer: &mut dyn Recognizer,
        prompt_terms: &str,
        keep_going: &mut dyn FnMut() -> bool,
    ) -> Result<Vec<Word>, EngineError> {
        let result = self.prompted_pass(recognizer, prompt_terms, keep_going)?;
        // A preview that ends in the middle of a sentence often repeats it.
        Ok(result.without_repeat(&self.speech).into_accepted_words())
    }

    /// Whether a second pass may find better words. A beam finds worse ones for a short reply: it adds words that
    /// are likely to follow ("Yes, sir"). So it runs only if the first result cannot be right.
    fn needs_second_pass(&self, first: &Decoding) -> bool {
        match self.is_short() {
            true => first.quality.is_broken(),
            false => first.quality.is_doubtful(),
        }
    }

    /// Whether the window holds a reply of a word or two, or a sound.
    fn is_short(&self) -> bool {
        self.speech.iter().map(Span::len).sum::<Secs>() < SHORT_SPEECH
    }

    /// A second pass without prompt terms, with a padded encoder context and the given beam size.
    fn second_pass(
        &self,
        beam: u8,
        recognizer: &mut dyn Recognizer,
        keep_going: &mut dyn FnMut() -> bool,
    ) -> Result<Decoding, EngineError> {
        let params = DecodeParams {
            audio_context: AudioContext::Padded,
            beam_size: beam,
            prompt: match self.is_short() {
                true => "",
                false => HESITATIONS,
            },
        };
        self.decode(recognizer, params, keep_going)
    }

    /// The better one of two results.
    fn choose(&self, first: Decoding, second: Decoding) -> Decoding {
        if first.quality.is_worse_than(&second.quality) {
            second
        } else if first.quality.repeats && !second.quality.repeats {
            first.without_repeat(&self.speech)
        } else {
            first
        }
    }

    /// A greedy first pass. Clear speech is decoded nearly as well as with a beam, and the result is ready
    /// before a pausing user decides that the answer is over.
    ///
    /// A short reply is decoded as in a second pass: after a list of hesitations and with little context,
    /// Whisper repeats it or adds a hesitation ("Twice, er, twice, er").
    fn first_pass(
        &self,
        recognizer: &mut dyn Recognizer,
        prompt_terms: &str,
        keep_going: &mut dyn FnMut() -> bool,
    ) -> Result<Decoding, EngineError> {
        match self.is_short() {
            true => self.second_pass(1, recognizer, keep_going),
            false => self.prompted_pass(recognizer, prompt_terms, keep_going),
        }
    }

    fn prompted_pass(
        &self,
        recognizer: &mut dyn Recognizer,
        prompt_terms: &str,
        keep_going: &mut dyn FnMut() -> bool,
    ) -> Result<Decoding, EngineError> {
        let params = DecodeParams {
            audio_context: AudioContext::Exact,
            beam_size: 1,
            prompt: &format!("{prompt_terms} {HESITATIONS}"),
        };
        self.decode(recognizer, params, keep_going)
    }

    fn decode(
        &self,
        recognizer: &mut dyn Recognizer,
        params: DecodeParams,
        keep_going: &mut dyn FnMut() -> bool,
    ) -> Result<Decoding, EngineError> {
        let segments = recognizer.decode(&self.samples, params, keep_going)?;
        let speech_segments = segments
            .into_iter()
            .filter(|segment| !quality::is_no_speech(segment));
        let tokens: Vec<Token> = speech_segments.flat_map(|segment| segment.tokens).collect();
        let decoding = self.to_decoding(&tokens);
        if !decoding.quality.is_looping {
            return Ok(decoding);
        }
        let before_loop = quality::before_loop(&tokens)
            .map(|tokens| self.to_decoding(tokens).without_repeat(&self.speech));
        Ok(before_loop
            .filter(|decoding| decoding.quality.is_complete())
            .unwrap_or(decoding))
    }

    fn to_decoding(&self, tokens: &[Token]) -> Decoding {
        let mut words = quality::without_sound_tags(words_from_tokens(tokens, self.span.start));
        align(&mut words, &self.speech);
        Decoding {
            quality: DecodeQuality::new(tokens, &words, &self.speech),
            words,
        }
    }
}

impl Decoding {
    /// The words, or none if the result is not acceptable.
    fn into_accepted_words(self) -> Vec<Word> {
        match self.quality.is_acceptable() {
            true => self.words,
            false => Vec::new(),
        }
    }

    /// Removes words that are repeated directly; `speech` are the speech spans of the window.
    fn without_repeat(mut self, speech: &[Span]) -> Self {
        if self.quality.repeats {
            self.words = quality::without_repeat(self.words);
            align(&mut self.words, speech);
            self.quality = self.quality.without_repeat(&self.words);
        }
        self
    }
}

/// The parts of `speech` inside `window`.
pub fn within(speech: &[Span], window: Span) -> Vec<Span> {
    speech
        .iter()
        .map(|span| Span::new(span.start.max(window.start), span.end.min(window.end)))
        .filter(|span| !span.is_empty())
        .collect()
}

/// Joins tokens to words, all with the time `at`.
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
                        // NaN cannot be stored as JSON.
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

    /// Returns scripted results in order: a text and the probability of its tokens. Like a real recognizer,
    /// it stops when it is cancelled.
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
            keep_going: &mut dyn FnMut() -> bool,
        ) -> Result<Vec<Segment>, EngineError> {
            if !keep_going() {
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
    fn only_the_optional_second_pass_can_be_skipped() {
        let speech = Span::new(0.0, 2.5);
        let window = AudioWindow::new(&[0.1; 3 * 16_000], 0.0, Span::new(0.0, 3.0), &[speech]);
        let decode = |first: f32, keep_going: &mut dyn FnMut(Pass) -> bool| {
            let mut recognizer = Scripted(vec![
                ("I traced it to the retry logic", first),
                ("I traced it through the retry logic", 0.95),
            ]);
            let text = window
                .transcribe(&mut recognizer, "", keep_going)
                .map(|words| {
                    let texts: Vec<String> = words.into_iter().map(|word| word.text).collect();
                    texts.join(" ")
                });
            (text, recognizer.0.len())
        };
        let (to, through) = (
            "I traced it to the retry logic",
            "I traced it through the retry logic",
        );
        // Doubtful, clear, and unacceptable.
        let cases = [(0.6, through, to), (0.9, to, to), (0.05, through, through)];
        for (probability, patient, hurried) in cases {
            let (text, _) = decode(probability, &mut |_| true);
            assert_eq!(text.expect("words"), patient, "{probability}");
            let (text, _) = decode(probability, &mut |pass| pass == Pass::Required);
            assert_eq!(text.expect("words"), hurried, "{probability}");
        }
        // Everything is cancelled.
        let mut polls = 0;
        let mut keep_going = |_| {
            polls += 1;
            polls < 2
        };
        let (text, results_left) = decode(0.6, &mut keep_going);
        assert!(matches!(text, Err(EngineError::Cancelled)), "{text:?}");
        assert_eq!(results_left, 1);
    }

    /// Writes one text, and remembers the prompts.
    struct Remembering(Vec<(AudioContext, u8, String)>);

    impl Recognizer for Remembering {
        fn model(&self) -> &str {
            "remembering"
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
            params: DecodeParams,
            _: &mut dyn FnMut() -> bool,
        ) -> Result<Vec<Segment>, EngineError> {
            let prompt = params.prompt.to_owned();
            self.0
                .push((params.audio_context, params.beam_size, prompt));
            Ok(vec![Segment {
                tokens: vec![Token {
                    bytes: b" Twice.".to_vec(),
                    probability: 0.6,
                }],
                no_speech_probability: 0.0,
            }])
        }
    }

    #[test]
    fn short_reply_is_decoded_once_and_without_a_prompt() {
        let decode = |seconds: Secs| {
            let speech = Span::new(0.0, seconds);
            let span = Span::new(0.0, seconds + 0.3);
            let window = AudioWindow::new(&[0.1; 5 * 16_000], 0.0, span, &[speech]);
            let mut recognizer = Remembering(Vec::new());
            let words = window.transcribe(&mut recognizer, "webhook", &mut |_| true);
            let texts = words.expect("words").into_iter().map(|word| word.text);
            (texts.collect::<Vec<_>>().join(" "), recognizer.0)
        };
        let (text, passes) = decode(0.5);
        assert_eq!(text, "Twice.");
        assert_eq!(passes, [(AudioContext::Padded, 1, String::new())]);
        // The same word for longer speech is doubtful, and gets a second pass.
        let (_, passes) = decode(3.0);
        assert_eq!(passes.len(), 2);
        assert!(passes[0].2.starts_with("webhook"), "{passes:?}");
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
