//! Judges the output of the recognizer: hallucinations, repetitions and low confidence. The voice activity
//! detector keeps most sounds other than speech away from the recognizer; this module detects the rest by
//! the tokens.

use super::recognizer::{Segment, Token};
use super::word_timing::spoken_letters;
use crate::domain::time::{Secs, Span};
use crate::domain::transcript::Word;

/// Nobody speaks this many tokens per second; a looping decoder writes them.
const MAX_TOKENS_PER_SECOND: f64 = 8.0;
/// Minimum length of a repetition in words. People often repeat fewer words.
const MIN_REPEAT_WORDS: usize = 4;
/// A segment is dropped if both its no-speech probability and its log-probability are beyond these limits
/// (OpenAI's defaults).
const NO_SPEECH_PROBABILITY: f32 = 0.6;
const NO_SPEECH_LOG_PROBABILITY: f32 = -1.0;
/// Below this mean log-probability a result is doubtful and a second pass runs.
const DOUBTFUL_LOG_PROBABILITY: f32 = -0.3;
/// Minimum mean log-probability of a result of many words. Below it, at least half the words of speech in noise
/// are wrong.
const MIN_LOG_PROBABILITY: f32 = -0.8;
/// The mean over few words is less reliable: this much, divided by the number of words, is allowed in
/// addition ...
const FEW_WORDS_ALLOWANCE: f32 = 4.0;
/// ... down to this minimum.
const MIN_LOG_PROBABILITY_FEW_WORDS: f32 = -1.5;
/// Speech shorter than this is a reply of a word or two, or a cough or another sound.
pub const SHORT_SPEECH: Secs = 1.5;
/// The same minimum for such speech, which is decoded without a prompt. Short replies of synthetic voices are at
/// -0.9 to -0.2.
const MIN_LOG_PROBABILITY_SHORT: f32 = -1.0;
/// Nobody speaks more words per second, pauses left out: it is 480 words per minute.
const MAX_WORDS_PER_SECOND: f64 = 8.0;
/// The voice activity detector may miss this much of the speech of a window.
const MISSED_SPEECH: Secs = 0.2;
/// With fewer words per second of speech, the result was probably truncated.
const SLOW_WORDS_PER_SECOND: f64 = 1.8;
/// Above this many seconds of speech per letter, the result is truncated: on the clips of `make eval`
/// correct results are at 0.037 to 0.082, with a median of 0.051.
const TRUNCATED_SECS_PER_LETTER: Secs = 0.09;
/// Limit for the text before a loop, which must be denser to be complete.
const COMPLETE_SECS_PER_LETTER: Secs = 0.07;
/// Penalty on the mean log-probability for each missing word per second.
const SLOWNESS_PENALTY: f32 = 0.3;
/// A second pass that is less confident by this much does not decide whether a repetition is real.
const REPEAT_CONFIDENCE_MARGIN: f32 = 0.4;

/// The quality of a decoded window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DecodeQuality {
    /// The decoder looped.
    pub is_looping: bool,
    /// A run of words occurs twice in a row: at a truncated end, or because the speaker repeated it.
    pub repeats: bool,
    /// Mean log-probability of the tokens; 0 without tokens.
    pub log_probability: f32,
    /// Seconds of speech.
    pub speech_secs: Secs,
    /// Words per second of speech.
    pub words_per_second: f64,
    /// Seconds of speech per letter.
    pub secs_per_letter: Secs,
}

impl DecodeQuality {
    /// Rates `tokens` and the `words` made of them, given the `speech` of the window.
    pub fn new(tokens: &[Token], words: &[Word], speech: &[Span]) -> Self {
        let seconds = match (speech.first(), speech.last()) {
            (Some(first), Some(last)) => first.join(*last).len(),
            _ => 0.0,
        };
        let spoken = speech.iter().map(Span::len).sum();
        Self {
            is_looping: is_looping(tokens, seconds) || stutters(words),
            repeats: find_repeat(words).is_some(),
            log_probability: mean_log_probability(tokens),
            speech_secs: spoken,
            words_per_second: words.len() as f64 / spoken.max(0.1),
            secs_per_letter: spoken / letter_count(words).max(1.0),
        }
    }

    /// Quality of the same result after a repetition was removed and only `words` are left.
    pub fn without_repeat(self, words: &[Word]) -> Self {
        Self {
            repeats: false,
            words_per_second: words.len() as f64 / self.speech_secs.max(0.1),
            secs_per_letter: self.speech_secs / letter_count(words).max(1.0),
            ..self
        }
    }

    /// Whether a second pass may find better words.
    pub fn is_doubtful(&self) -> bool {
        self.is_broken() || self.repeats || self.log_probability < DOUBTFUL_LOG_PROBABILITY
    }

    /// Whether the decoder looped, wrote more words than anybody can say in the time, or stopped before the end of
    /// the speech.
    pub fn is_broken(&self) -> bool {
        self.is_looping
            || self.is_too_fast()
            || (self.secs_per_letter > TRUNCATED_SECS_PER_LETTER && self.speech_secs > SHORT_SPEECH)
    }

    /// Whether nobody can speak this fast.
    fn is_too_fast(&self) -> bool {
        let words = self.words_per_second * self.speech_secs.max(0.1);
        words > MAX_WORDS_PER_SECOND * (self.speech_secs + MISSED_SPEECH)
    }

    /// Whether the text before a loop is complete, so that no second pass is needed.
    pub fn is_complete(&self) -> bool {
        !self.is_looping
            && !self.is_too_fast()
            && self.log_probability >= DOUBTFUL_LOG_PROBABILITY
            && self.secs_per_letter <= COMPLETE_SECS_PER_LETTER
    }

    /// Whether the words can be used. A result that still loops after the second pass cannot, nor one of
    /// very low confidence.
    pub fn is_acceptable(&self) -> bool {
        let min = match self.speech_secs < SHORT_SPEECH {
            true => MIN_LOG_PROBABILITY_SHORT,
            false => {
                let words = (self.words_per_second * self.speech_secs).max(1.0) as f32;
                (MIN_LOG_PROBABILITY - FEW_WORDS_ALLOWANCE / words)
                    .max(MIN_LOG_PROBABILITY_FEW_WORDS)
            }
        };
        !self.is_looping && self.log_probability > min
    }

    /// Whether `other`, a result for the same window, is better than this one.
    pub fn is_worse_than(&self, other: &DecodeQuality) -> bool {
        let score = |q: &DecodeQuality| {
            let slowness =
                SLOWNESS_PENALTY * (SLOW_WORDS_PER_SECOND - q.words_per_second).max(0.0) as f32;
            q.log_probability - slowness
        };
        let is_invented = |q: &DecodeQuality| q.is_looping || q.is_too_fast();
        match (is_invented(self), is_invented(other)) {
            (true, false) => true,
            (false, true) => false,
            // The second pass, with its larger context, shows whether a repetition is real, unless its own
            // confidence is too low.
            _ if self.repeats
                && other.log_probability > self.log_probability - REPEAT_CONFIDENCE_MARGIN =>
            {
                true
            }
            _ => score(other) > score(self),
        }
    }
}

/// Whether a segment is what Whisper writes when nobody speaks.
pub fn is_no_speech(segment: &Segment) -> bool {
    segment.no_speech_probability > NO_SPEECH_PROBABILITY
        && mean_log_probability(&segment.tokens) < NO_SPEECH_LOG_PROBABILITY
}

/// Removes Whisper's tags for sounds: `[Music]`, `(laughs)`, notes.
pub fn without_sound_tags(words: Vec<Word>) -> Vec<Word> {
    let mut inside = false;
    words
        .into_iter()
        .filter(|word| {
            inside |= word.text.starts_with(['[', '(', '*', '\u{266a}']);
            let keep = !inside;
            if word
                .text
                .trim_end_matches(['.', ','])
                .ends_with([']', ')', '*', '\u{266a}'])
            {
                inside = false;
            }
            keep
        })
        .collect()
}

/// If the tokens end in a loop, returns those before the second round; otherwise `None`.
pub fn before_loop(tokens: &[Token]) -> Option<&[Token]> {
    let texts: Vec<String> = tokens
        .iter()
        .map(|token| String::from_utf8_lossy(&token.bytes).trim().to_lowercase())
        .collect();
    (1..=tokens.len() / 2).find_map(|period| {
        let repeated = (period..texts.len())
            .rev()
            .take_while(|at| texts[*at] == texts[at - period])
            .count();
        (repeated >= period.max(MIN_REPEAT_WORDS) + period / 2)
            .then(|| &tokens[..tokens.len() - repeated])
    })
}

/// Removes the second of two equal runs of words.
pub fn without_repeat(mut words: Vec<Word>) -> Vec<Word> {
    if let Some((at, run)) = find_repeat(&words) {
        words.drain(at + run..at + 2 * run);
    }
    words
}

fn mean_log_probability(tokens: &[Token]) -> f32 {
    let logs = tokens.iter().map(|t| t.probability.max(1e-6).ln());
    logs.sum::<f32>() / tokens.len().max(1) as f32
}

/// Whether there are too many tokens, or a run of them occurs three times in a row.
fn is_looping(tokens: &[Token], seconds: Secs) -> bool {
    let too_many = tokens.len() as f64 > MAX_TOKENS_PER_SECOND * seconds.max(1.0);
    let repeats = |run: usize| {
        let equal = |a: &[Token], b: &[Token]| a.iter().zip(b).all(|(a, b)| a.bytes == b.bytes);
        tokens
            .windows(3 * run)
            .any(|w| equal(&w[..run], &w[run..2 * run]) && equal(&w[..run], &w[2 * run..]))
    };
    too_many || (3..=12).any(repeats)
}

/// Whether a word occurs five times in a row, or four times within one word ("T-T-T-T"). People seldom say
/// a word four times in a row, and laughter is transcribed like that.
fn stutters(words: &[Word]) -> bool {
    let in_one = |word: &Word| {
        let text = word.text.to_lowercase();
        let parts: Vec<&str> = text
            .split('-')
            .map(|part| part.trim_matches(|c: char| !c.is_alphanumeric()))
            .collect();
        parts
            .windows(4)
            .any(|run| run.iter().all(|part| *part == run[0]))
    };
    if words.iter().any(in_one) {
        return true;
    }
    let words: Vec<String> = words.iter().map(Word::plain).collect();
    words
        .windows(5)
        .any(|run| run.iter().all(|word| *word == run[0]))
}

/// Index and length of the first run of words that occurs twice in a row.
fn find_repeat(words: &[Word]) -> Option<(usize, usize)> {
    let words: Vec<String> = words.iter().map(Word::plain).collect();
    (MIN_REPEAT_WORDS..=words.len() / 2).find_map(|run| {
        let at = words.windows(2 * run).position(|w| w[..run] == w[run..])?;
        Some((at, run))
    })
}

fn letter_count(words: &[Word]) -> f64 {
    words.iter().map(|word| spoken_letters(&word.text)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A segment with the tokens `a|b|c`.
    fn segment(text: &str, probability: f32) -> Segment {
        let tokens = text.split('|').map(|text| Token {
            bytes: text.as_bytes().to_vec(),
            probability,
        });
        Segment {
            tokens: tokens.collect(),
            no_speech_probability: 0.7,
        }
    }

    fn words(text: &str) -> Vec<Word> {
        let word = |(i, text): (usize, &str)| Word {
            text: text.to_owned(),
            start: i as f64,
            end: i as f64 + 1.0,
            confidence: 0.5,
        };
        text.split('|').enumerate().map(word).collect()
    }

    fn quality(text: &str, probability: f32, seconds: Secs) -> DecodeQuality {
        let speech = [Span::new(0.0, seconds)];
        DecodeQuality::new(&segment(text, probability).tokens, &words(text), &speech)
    }

    #[test]
    fn run_repeated_three_times_is_a_loop() {
        assert!(quality("a|b|c|a|b|c|a|b|c", 0.9, 10.0).is_looping);
        assert!(!quality("a|b|c|a|b|c|d|b|c", 0.9, 10.0).is_looping);
        assert!(quality("a|b|c|d|e|f|g|h|i", 0.9, 1.0).is_looping);
        assert!(quality("some| so,| so,| So| so.| so", 0.9, 10.0).is_looping);
        assert!(quality("T-T-T-t.", 0.9, 5.0).is_looping);
        assert!(!quality("I-I-I| led|it", 0.9, 5.0).is_looping);
        assert!(!quality("more| words| words| words| words", 0.9, 10.0).is_looping);
    }

    #[test]
    fn text_before_a_loop_is_kept() {
        let check = |text: &str, expected: Option<&str>| {
            let tokens = segment(text, 0.9).tokens;
            let first = before_loop(&tokens).map(|tokens| {
                let texts = tokens.iter().map(|t| String::from_utf8_lossy(&t.bytes));
                texts.collect::<Vec<_>>().join("|")
            });
            assert_eq!(first.as_deref(), expected, "{text}");
        };
        check(
            "We| led| it|.| We| led| it|.| We| led",
            Some("We| led| it|."),
        );
        check(
            "Well| so| on| and| so| on| and| so| on| and| so| on",
            Some("Well| so| on| and"),
        );
        check("We| led| it|.| We| led| it|.", None);
        check("We| led| it", None);
        check("", None);
    }

    #[test]
    fn doubtful_results_need_a_second_pass() {
        assert!(!quality("I|led|the|team", 0.9, 1.3).is_doubtful());
        assert!(quality("I|led|the|team", 0.3, 3.0).is_doubtful());
        assert!(quality("I|led|it|on|I|led|it|on", 0.9, 8.0).is_doubtful());
        // Only half of the speech was transcribed.
        let half = quality("I|led|it|on", 0.9, 4.0);
        assert!(half.is_doubtful());
        let all = quality("I|led|it|on|and|so|we|all|did", 0.75, 4.0);
        assert!(half.is_worse_than(&all) && !all.is_worse_than(&half));
        assert!(
            !all.is_complete() && quality("I|led|it|on|and|so|we|all|did", 0.9, 2.0).is_complete()
        );
        assert!(!half.is_complete());
        assert!(quality("a|b|c|a|b|c|a|b|c", 0.9, 9.0).is_worse_than(&quality("a|b", 0.2, 9.0)));
        // Ten seconds of speech and three words: truncated.
        assert!(quality("I|led|it", 0.9, 10.0).is_doubtful());
        assert!(quality("I|led|it", 0.6, 10.0).is_worse_than(&quality(
            "a|b|c|d|e|f|g|h",
            0.6,
            10.0
        )));
    }

    #[test]
    fn rates_that_nobody_can_speak_are_broken() {
        let reply = "so|we|did|it|all|again";
        assert!(quality(reply, 0.9, 0.5).is_broken());
        assert!(!quality(reply, 0.9, 1.0).is_broken());
        assert!(!quality("I|did", 0.9, 0.15).is_broken());
        // A slower result is better, however confident the faster one is.
        assert!(quality(reply, 0.9, 0.5).is_worse_than(&quality("sorry", 0.5, 0.5)));
        assert!(!quality("sorry", 0.5, 0.5).is_worse_than(&quality(reply, 0.9, 0.5)));
    }

    #[test]
    fn low_confidence_is_not_acceptable() {
        assert!(quality("no", 0.6, 0.5).is_acceptable());
        assert!(!quality("no", 0.3, 0.5).is_acceptable());
        assert!(quality("I|led|the|team", 0.4, 4.0).is_acceptable());
        assert!(!quality("I|led|the|team", 0.2, 4.0).is_acceptable());
        // The same confidence over forty words is noise.
        let many: Vec<String> = (0..40).map(|i| format!("w{i}")).collect();
        assert!(quality(&many.join("|"), 0.45, 20.0).is_acceptable());
        assert!(!quality(&many.join("|"), 0.4, 20.0).is_acceptable());
        assert!(!quality("a|b|c|a|b|c|a|b|c", 0.9, 10.0).is_acceptable());
    }

    #[test]
    fn sound_tags_and_silence_are_not_words() {
        let texts = |words: Vec<Word>| {
            let texts: Vec<String> = words.into_iter().map(|w| w.text).collect();
            texts.join("|")
        };
        let tagged = words("[Music|playing]|I|led|(laughs).|it");
        assert_eq!(texts(without_sound_tags(tagged)), "I|led|it");
        let repeated = words("so|I|led|it|on|I|led|it|on|well");
        assert_eq!(texts(without_repeat(repeated)), "so|I|led|it|on|well");
        assert!(is_no_speech(&segment("you", 0.2)));
        assert!(!is_no_speech(&segment("you", 0.6)));
    }
}
