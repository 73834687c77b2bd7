//! What holds of what the recogniser wrote. Pure: tokens and windows in, judgements out. Sound that
//! is not speech is kept from the recogniser by the voice activity detector; what it invents all
//! the same is known by how it was written.

use super::recognizer::{Segment, Token};
use super::word_timing::spoken_letters;
use crate::domain::time::{Secs, Span};
use crate::domain::transcript::Word;

/// Nobody speaks more tokens a second; a decoder that loops writes them.
const MAX_TOKENS_PER_SECOND: f64 = 8.0;
/// People say fewer words than this twice on end all the time.
const MIN_REPEAT_WORDS: usize = 4;
/// Both have to doubt a piece before it is thrown away (OpenAI's own pair).
const NO_SPEECH_PROBABILITY: f32 = 0.6;
const NO_SPEECH_LOG_PROBABILITY: f32 = -1.0;
/// A reading with a lower mean log-probability is worth a second look.
const DOUBTFUL_LOG_PROBABILITY: f32 = -0.3;
/// Nor can it be believed when it is as unsure as this of many words, or of a sound short as a
/// cough: of speech in noise so read, half the words or more are wrong.
const MIN_LOG_PROBABILITY: f32 = -0.8;
/// The mean of a few words says less: so much, shared out among them, is allowed besides ...
const FEW_WORDS_ALLOWANCE: f32 = 4.0;
/// ... down to this.
const MIN_LOG_PROBABILITY_FEW_WORDS: f32 = -1.5;
const SHORT_SOUND: Secs = 1.5;
/// Slower speech, in words a second of it, was probably not written down to its end.
const SLOW_WORDS_PER_SECOND: f64 = 1.8;
/// Nor where each letter that was written took more seconds of speech than this: on the clips of `make eval` right
/// readings are at 0.037 to 0.082, the median at 0.051.
const TRUNCATED_SECS_PER_LETTER: Secs = 0.09;
/// What is left of a loop has to be denser.
const COMPLETE_SECS_PER_LETTER: Secs = 0.07;
/// What each word a second short of that counts for against mean log-probability.
const SLOWNESS_PENALTY: f32 = 0.3;
/// A reading so much less sure of itself knows no better about a double.
const REPEAT_CONFIDENCE_MARGIN: f32 = 0.4;

/// How good a reading of a window is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DecodeQuality {
    /// The decoder ran in circles.
    pub loops: bool,
    /// It wrote a run of words twice on end: of a tail that was cut off, or because the speaker did.
    pub repeats: bool,
    /// Mean log-probability of its tokens; 0 without any.
    pub log_probability: f32,
    /// Seconds of speech.
    pub speech_secs: Secs,
    /// Words a second of speech.
    pub words_per_second: f64,
    /// Seconds of speech for each letter of its words.
    pub secs_per_letter: Secs,
}

impl DecodeQuality {
    /// Of `tokens`, whose words (in the time of the take) are `words`, for the `speech` of a window.
    pub fn new(tokens: &[Token], words: &[Word], speech: &[Span]) -> Self {
        let seconds = match (speech.first(), speech.last()) {
            (Some(first), Some(last)) => first.join(*last).len(),
            _ => 0.0,
        };
        let spoken = speech.iter().map(Span::len).sum();
        Self {
            loops: loops(tokens, seconds) || stutters(words),
            repeats: find_repeat(words).is_some(),
            log_probability: mean_log_probability(tokens),
            speech_secs: spoken,
            words_per_second: words.len() as f64 / spoken.max(0.1),
            secs_per_letter: spoken / letter_count(words).max(1.0),
        }
    }

    /// Of the same reading, of which only `words` are left, without a double.
    pub fn without_repeat(self, words: &[Word]) -> Self {
        Self {
            repeats: false,
            words_per_second: words.len() as f64 / self.speech_secs.max(0.1),
            secs_per_letter: self.speech_secs / letter_count(words).max(1.0),
            ..self
        }
    }

    /// Whether another look may find better.
    pub fn is_doubtful(&self) -> bool {
        self.is_broken() || self.repeats || self.log_probability < DOUBTFUL_LOG_PROBABILITY
    }

    /// Whether the decoder ran in circles, or ended before the speech did.
    pub fn is_broken(&self) -> bool {
        self.loops
            || (self.secs_per_letter > TRUNCATED_SECS_PER_LETTER && self.speech_secs > SHORT_SOUND)
    }

    /// Whether a reading from which a loop was taken out needs no other look: it is as long as what
    /// was said.
    pub fn is_complete(&self) -> bool {
        !self.loops
            && self.log_probability >= DOUBTFUL_LOG_PROBABILITY
            && self.secs_per_letter <= COMPLETE_SECS_PER_LETTER
    }

    /// Whether any of it was said. What loops even when looked at twice was not, nor what the
    /// recogniser hardly believes itself.
    pub fn is_acceptable(&self) -> bool {
        let least = match self.speech_secs < SHORT_SOUND {
            true => MIN_LOG_PROBABILITY,
            false => {
                let words = (self.words_per_second * self.speech_secs).max(1.0) as f32;
                (MIN_LOG_PROBABILITY - FEW_WORDS_ALLOWANCE / words)
                    .max(MIN_LOG_PROBABILITY_FEW_WORDS)
            }
        };
        !self.loops && self.log_probability > least
    }

    /// Whether a reading of the same window is better than this one.
    pub fn is_worse_than(&self, other: &DecodeQuality) -> bool {
        let score = |q: &DecodeQuality| {
            let slowness =
                SLOWNESS_PENALTY * (SLOW_WORDS_PER_SECOND - q.words_per_second).max(0.0) as f32;
            q.log_probability - slowness
        };
        match (self.loops, other.loops) {
            (true, false) => true,
            (false, true) => false,
            // A look with more of the encoder knows whether something was said twice, if it knows
            // anything.
            _ if self.repeats
                && other.log_probability > self.log_probability - REPEAT_CONFIDENCE_MARGIN =>
            {
                true
            }
            _ => score(other) > score(self),
        }
    }
}

/// Whether a piece is what Whisper writes where nobody speaks.
pub fn is_no_speech(piece: &Segment) -> bool {
    piece.no_speech_probability > NO_SPEECH_PROBABILITY
        && mean_log_probability(&piece.tokens) < NO_SPEECH_LOG_PROBABILITY
}

/// Takes out what Whisper writes for sounds: `[Music]`, `(laughs)`, notes.
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

/// The tokens of a decoder that ran in circles until it was stopped, up to the end of the first round;
/// `None` where it did not end so.
pub fn before_loop(tokens: &[Token]) -> Option<&[Token]> {
    let texts: Vec<String> = tokens
        .iter()
        .map(|token| String::from_utf8_lossy(&token.bytes).trim().to_lowercase())
        .collect();
    (1..=tokens.len() / 2).find_map(|round| {
        let same = (round..texts.len())
            .rev()
            .take_while(|at| texts[*at] == texts[at - round])
            .count();
        (same >= round.max(MIN_REPEAT_WORDS) + round / 2).then(|| &tokens[..tokens.len() - same])
    })
}

/// Takes out the second of two equal runs of words.
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

/// Too many tokens, or one run of them three times on end.
fn loops(tokens: &[Token], seconds: Secs) -> bool {
    let too_many = tokens.len() as f64 > MAX_TOKENS_PER_SECOND * seconds.max(1.0);
    let repeats = |run: usize| {
        let same = |a: &[Token], b: &[Token]| a.iter().zip(b).all(|(a, b)| a.bytes == b.bytes);
        tokens
            .windows(3 * run)
            .any(|w| same(&w[..run], &w[run..2 * run]) && same(&w[..run], &w[2 * run..]))
    };
    too_many || (3..=12).any(repeats)
}

/// Whether one word stands five times on end, or four times in one ("T-T-T-T"): people say one four
/// times, seldom, and laughter is written so.
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

/// Where a run of words begins that comes twice on end, and how many words it has.
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

    /// A piece of tokens written `a|b|c`, and its words one second each.
    fn piece(text: &str, probability: f32) -> Segment {
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
        DecodeQuality::new(&piece(text, probability).tokens, &words(text), &speech)
    }

    #[test]
    fn a_run_three_times_on_end_is_a_loop() {
        assert!(quality("a|b|c|a|b|c|a|b|c", 0.9, 10.0).loops);
        assert!(!quality("a|b|c|a|b|c|d|b|c", 0.9, 10.0).loops);
        assert!(quality("a|b|c|d|e|f|g|h|i", 0.9, 1.0).loops);
        assert!(quality("some| so,| so,| So| so.| so", 0.9, 10.0).loops);
        assert!(quality("T-T-T-t.", 0.9, 5.0).loops);
        assert!(!quality("I-I-I| led|it", 0.9, 5.0).loops);
        assert!(!quality("more| words| words| words| words", 0.9, 10.0).loops);
    }

    #[test]
    fn the_first_round_of_a_loop_was_said() {
        let check = |text: &str, expected: Option<&str>| {
            let tokens = piece(text, 0.9).tokens;
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
    fn what_is_doubtful_is_looked_at_again() {
        assert!(!quality("I|led|the|team", 0.9, 1.3).is_doubtful());
        assert!(quality("I|led|the|team", 0.3, 3.0).is_doubtful());
        assert!(quality("I|led|it|on|I|led|it|on", 0.9, 8.0).is_doubtful());
        // Half of what was said was written.
        let half = quality("I|led|it|on", 0.9, 4.0);
        assert!(half.is_doubtful());
        let all = quality("I|led|it|on|and|so|we|all|did", 0.75, 4.0);
        assert!(half.is_worse_than(&all) && !all.is_worse_than(&half));
        assert!(
            !all.is_complete() && quality("I|led|it|on|and|so|we|all|did", 0.9, 2.0).is_complete()
        );
        assert!(!half.is_complete());
        assert!(quality("a|b|c|a|b|c|a|b|c", 0.9, 9.0).is_worse_than(&quality("a|b", 0.2, 9.0)));
        // Ten seconds of speech and three words: not written to the end.
        assert!(quality("I|led|it", 0.9, 10.0).is_doubtful());
        assert!(quality("I|led|it", 0.6, 10.0).is_worse_than(&quality(
            "a|b|c|d|e|f|g|h",
            0.6,
            10.0
        )));
    }

    #[test]
    fn what_the_recogniser_does_not_believe_was_not_said() {
        assert!(quality("no", 0.6, 0.5).is_acceptable());
        assert!(!quality("no", 0.4, 0.5).is_acceptable());
        assert!(quality("I|led|the|team", 0.4, 4.0).is_acceptable());
        assert!(!quality("I|led|the|team", 0.2, 4.0).is_acceptable());
        // The same doubt over forty words is noise.
        let many: Vec<String> = (0..40).map(|i| format!("w{i}")).collect();
        assert!(quality(&many.join("|"), 0.45, 20.0).is_acceptable());
        assert!(!quality(&many.join("|"), 0.4, 20.0).is_acceptable());
        assert!(!quality("a|b|c|a|b|c|a|b|c", 0.9, 10.0).is_acceptable());
    }

    #[test]
    fn sounds_and_silence_are_not_words() {
        let texts = |words: Vec<Word>| {
            let texts: Vec<String> = words.into_iter().map(|w| w.text).collect();
            texts.join("|")
        };
        let heard = words("[Music|playing]|I|led|(laughs).|it");
        assert_eq!(texts(without_sound_tags(heard)), "I|led|it");
        let twice = words("so|I|led|it|on|I|led|it|on|well");
        assert_eq!(texts(without_repeat(twice)), "so|I|led|it|on|well");
        assert!(is_no_speech(&piece("you", 0.2)));
        assert!(!is_no_speech(&piece("you", 0.6)));
    }
}
