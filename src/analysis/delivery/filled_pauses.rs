//! Filled pauses ("um") that are missing in the transcript. Recognizers are trained on clean transcripts
//! and drop nearly every real "um", but the audio still has it.
//!
//! Each candidate of the acoustic analysis gets log odds from several features: how long it is steady,
//! how little its pitch varies, whether the pitch is low for the voice, whether it ends in an "m",
//! whether a pause is next to it, and above all how much of it a word covers. A word covers no more than
//! its syllables need, because recognizers stretch words over sounds that they do not transcribe. The
//! features are those of Goto, Itou & Hayamizu (1999), Shriberg (2001, J. IPA 31: low, level pitch) and
//! Clark & Fox Tree (2002, Cognition 84: next to pauses).

use super::fillers::{Filler, Origin};
use crate::acoustics::semitones;
use crate::analysis::language::lexicon::is_hesitation;
use crate::analysis::language::syllables::syllables;
use crate::domain::time::{Secs, Span};
use crate::domain::transcript::{Transcript, Word};
use crate::domain::voice::{CandidateKind, FilledPauseCandidate, Voice};

/// A word takes at most this long per syllable, in slow speech, ...
const MAX_SYLLABLE: Secs = 0.28;
/// ... plus this, if its last syllable is drawn out.
const FINAL_LENGTHENING: Secs = 0.12;
/// A syllable takes at least this long.
const MIN_SYLLABLE: Secs = 0.09;
/// A transcribed "um" this near to a candidate is the same one. Word times may be this far off around
/// hesitations, and it is better to miss one than to count one twice.
const SAME_WITHIN: Secs = 2.5;
/// A silence this long next to a candidate counts.
const MIN_SILENCE: Secs = 0.2;
/// It has to begin or end within this distance.
const MAX_SILENCE_DISTANCE: Secs = 0.12;
/// Log odds of at least 3 to 1: a speaker should not be blamed for an "um" that was not there.
const MIN_LOG_ODDS: f64 = 1.2;

/// Filled pauses in the audio that are missing in `transcript`, in order.
pub fn find(voice: &Voice, transcript: &Transcript) -> Vec<Filler> {
    let Some(answer) = transcript.span() else {
        return Vec::new();
    };
    let answer = voice
        .speech
        .iter()
        .fold(answer, |answer, span| answer.join(*span));
    let is_hesitation = |word: &&Word| is_hesitation(&word.plain());
    let (transcribed, words): (Vec<&Word>, Vec<&Word>) =
        transcript.words.iter().partition(is_hesitation);
    let is_inside =
        |sound: &&FilledPauseCandidate| sound.start < answer.end && sound.end > answer.start;
    let likely = voice
        .filled_pause_candidates
        .iter()
        .filter(is_inside)
        .filter_map(|sound| {
            let log_odds = log_odds(sound, voice, &words);
            (log_odds > MIN_LOG_ODDS).then(|| Filler {
                text: spelling(sound).to_owned(),
                start: sound.start,
                end: sound.end,
                from: Origin::Sound,
                confidence: (1.0 / (1.0 + (-log_odds).exp())) as f32,
            })
        });
    without_transcribed(likely.collect(), &transcribed)
}

/// Removes, for each transcribed hesitation, the nearest filled pause: it is the same one.
fn without_transcribed(mut fillers: Vec<Filler>, transcribed: &[&Word]) -> Vec<Filler> {
    for word in transcribed {
        let distance = |filler: &Filler| {
            (filler.start - word.end)
                .max(word.start - filler.end)
                .max(0.0)
        };
        let nearest = fillers
            .iter()
            .enumerate()
            .map(|(i, filler)| (i, distance(filler)))
            .filter(|(_, distance)| *distance <= SAME_WITHIN)
            .min_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((i, _)) = nearest {
            fillers.remove(i);
        }
    }
    fillers
}

/// Log odds that a candidate is a filled pause.
fn log_odds(sound: &FilledPauseCandidate, voice: &Voice, words: &[&Word]) -> f64 {
    let covered = covered(sound.span(), words);
    let (silent_before, silent_after) = silence_around(sound.span(), &voice.speech);
    let level_pitch = match sound.pitch_sd_semitones {
        sd if sd <= 0.35 => 1.0,
        sd if sd <= 0.6 => 0.5,
        sd if sd <= 0.9 => 0.0,
        _ => -1.5,
    };
    let pitches = voice.pitch.zip(sound.pitch_hz);
    let low_pitch = match pitches.map(|(own, hz)| semitones(hz, own.median_hz)) {
        Some(above) if above <= -2.0 => 0.7,
        Some(above) if above <= 1.5 => 0.2,
        Some(_) => -0.7,
        None => 0.0,
    };
    let closed = match sound.murmur {
        murmur if murmur > 0.9 => -0.5,
        _ if sound.closing > 0.3 => 0.5,
        _ => 0.0,
    };
    let uncovered = match covered {
        covered if covered < 0.3 => 1.5,
        covered if covered < 0.7 => 0.3,
        _ => -1.0,
    };
    match sound.kind {
        CandidateKind::Sustained => {
            let duration = (4.0 * (sound.span().len() - 0.3)).min(2.5);
            let near_silence = if silent_before || silent_after {
                0.5
            } else {
                0.0
            };
            duration + level_pitch + low_pitch + closed + uncovered + near_silence - 1.2
        }
        // It may be any short word. Only its vowel counts for it, and that no word explains it.
        CandidateKind::Isolated => {
            let is_vowel = sound.vowel > 0.65 && sound.hiss < 0.1 && sound.voiced > 0.4;
            match is_vowel && silent_before && silent_after && !is_explained(sound, words) {
                true => 1.0 + closed,
                false => -2.0,
            }
        }
    }
}

/// Whether the words at the time of a candidate between silences explain it: their syllables fit into it,
/// and if it ends in an "m", they have an "m" or "n".
fn is_explained(sound: &FilledPauseCandidate, words: &[&Word]) -> bool {
    let span = sound.span();
    let overlapping: Vec<&&Word> = words
        .iter()
        .filter(|word| (span.start..span.end).contains(&((word.start + word.end) / 2.0)))
        .collect();
    let needed: usize = overlapping.iter().map(|word| syllables(&word.text)).sum();
    let has_nasal = overlapping
        .iter()
        .any(|word| word.plain().contains(['m', 'n']));
    let ends_in_m = sound.closing > 0.5 && sound.murmur < 0.9;
    needed > 0 && span.len() >= MIN_SYLLABLE * needed as f64 && (has_nasal || !ends_in_m)
}

/// The share of a span that words cover. No word counts for longer than its syllables need.
fn covered(span: Span, words: &[&Word]) -> f64 {
    let overlap = |word: &&Word| {
        let needed = FINAL_LENGTHENING + MAX_SYLLABLE * syllables(&word.text).max(1) as f64;
        let end = word.end.min(word.start + needed);
        (span.end.min(end) - span.start.max(word.start)).max(0.0)
    };
    // Counting syllables is slow, and few words are near.
    let near = |word: &&&Word| word.start < span.end && word.end > span.start;
    words.iter().filter(near).map(overlap).sum::<Secs>() / span.len().max(1e-9)
}

/// Whether there is a silence right before, and right after, a span.
fn silence_around(span: Span, speech: &[Span]) -> (bool, bool) {
    let silent = |from: Secs, to: Secs| {
        let overlaps = |s: &Span| s.start < to - 1e-6 && s.end > from + 1e-6;
        !speech.iter().any(overlaps)
    };
    let at_distance = |offset: Secs| -> (bool, bool) {
        let (start, end) = (span.start - offset, span.end + offset);
        (
            silent(start - MIN_SILENCE, start),
            silent(end, end + MIN_SILENCE),
        )
    };
    [0.0, MAX_SILENCE_DISTANCE / 2.0, MAX_SILENCE_DISTANCE]
        .into_iter()
        .map(at_distance)
        .fold((false, false), |all, one| (all.0 || one.0, all.1 || one.1))
}

/// How a filled pause is spelled.
fn spelling(sound: &FilledPauseCandidate) -> &'static str {
    match sound.murmur {
        murmur if murmur > 0.9 => "mm",
        _ if sound.closing > 0.3 => "um",
        _ => "uh",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::builders::word;
    use crate::domain::voice::Pitch;

    /// A steady sound, low and level: an "uh", unless words explain it.
    fn steady(start: Secs, end: Secs) -> FilledPauseCandidate {
        FilledPauseCandidate {
            start,
            end,
            kind: CandidateKind::Sustained,
            pitch_hz: Some(95.0),
            pitch_sd_semitones: 0.3,
            level_db: -6.0,
            voiced: 1.0,
            murmur: 0.0,
            closing: 0.0,
            vowel: 0.8,
            hiss: 0.02,
        }
    }

    fn alone(start: Secs, end: Secs) -> FilledPauseCandidate {
        FilledPauseCandidate {
            kind: CandidateKind::Isolated,
            pitch_sd_semitones: 3.0,
            ..steady(start, end)
        }
    }

    /// Compares the filled pauses found among `sounds` with `expected`. Words are written `led 1.0-1.4`.
    fn check(sounds: &[FilledPauseCandidate], text: &str, speech: &[(Secs, Secs)], expected: &str) {
        let parts: Vec<&str> = text.split_whitespace().collect();
        let words = parts.chunks(2).map(|pair| {
            let (start, end) = pair[1].split_once('-').expect("a-b");
            let [start, end] = [start, end].map(|at| at.parse().expect("seconds"));
            word(pair[0], start, end)
        });
        let voice = Voice {
            speech: speech.iter().map(|(a, b)| Span::new(*a, *b)).collect(),
            pitch: Some(Pitch {
                median_hz: 110.0,
                sd_semitones: 2.5,
            }),
            filled_pause_candidates: sounds.to_vec(),
            ..Voice::default()
        };
        let transcript = Transcript {
            words: words.collect(),
        };
        let found: Vec<String> = find(&voice, &transcript)
            .iter()
            .map(|f| format!("{} {:.1}-{:.1}", f.text, f.start, f.end))
            .collect();
        assert_eq!(found.join(", "), expected, "{text}");
    }

    #[test]
    fn sounds_without_words_are_filled_pauses() {
        let uh = steady(1.5, 2.0);
        let um = FilledPauseCandidate {
            murmur: 0.4,
            closing: 0.8,
            ..uh
        };
        let one = [(0.9, 3.0)];
        check(&[uh], "I 1.0-1.4 led 2.1-2.5", &one, "uh 1.5-2.0");
        check(&[um], "I 1.0-1.4 led 2.1-2.5", &one, "um 1.5-2.0");
        // A word stretched over the sound does not explain it ...
        check(&[uh], "I 1.0-2.0 led 2.1-2.5", &one, "uh 1.5-2.0");
        // ... but a word that needs the time does.
        let drawn = steady(1.5, 1.8);
        check(&[drawn], "I 1.0-1.4 slow 1.4-1.9", &one, "");
        // No vowel in a word lasts so long.
        check(
            &[steady(1.5, 2.4)],
            "I 1.0-1.4 responsibility 1.4-2.5",
            &one,
            "uh 1.5-2.4",
        );
        // Varying pitch means speech.
        let varying = FilledPauseCandidate {
            pitch_sd_semitones: 1.5,
            ..drawn
        };
        check(&[varying], "I 1.0-1.4 led 2.1-2.5", &one, "");
    }

    #[test]
    fn transcribed_filled_pauses_are_not_found_again() {
        let uh = steady(1.5, 2.0);
        let one = [(0.9, 3.0)];
        check(&[uh], "I 1.0-1.4 um, 1.5-1.9 led 2.1-2.5", &one, "");
        check(&[uh], "I 1.0-1.4 Uh, 1.2-1.4 led 2.1-2.5", &one, "");
        // One transcribed "um" stands for one sound only.
        let two = [uh, steady(2.2, 2.7)];
        check(
            &two,
            "I 1.0-1.4 um, 1.5-1.9 led 2.8-2.9",
            &one,
            "uh 2.2-2.7",
        );
    }

    #[test]
    fn short_sounds_count_only_between_silences() {
        let apart = [(0.9, 1.4), (1.7, 1.9), (2.2, 2.6)];
        let um = FilledPauseCandidate {
            murmur: 0.3,
            closing: 0.6,
            ..alone(1.7, 1.9)
        };
        check(&[um], "I 1.0-1.4 led 2.2-2.5", &apart, "um 1.7-1.9");
        check(&[um], "I 1.0-1.4 an 1.7-1.9 team 2.2-2.5", &apart, "");
        // Four syllables do not fit into a fifth of a second.
        check(
            &[um],
            "I 1.0-1.4 manageable 1.7-1.9 team 2.2-2.5",
            &apart,
            "um 1.7-1.9",
        );
        // A sound that ends in "m" cannot be "while", but may be "I'm".
        check(
            &[um],
            "I 1.0-1.4 while 1.7-1.9 it 2.2-2.5",
            &apart,
            "um 1.7-1.9",
        );
        check(&[um], "so 1.0-1.4 I'm 1.7-1.9 it 2.2-2.5", &apart, "");
        // A bare vowel may be any word that was not transcribed.
        let uh = alone(1.7, 1.9);
        check(&[uh], "I 1.0-1.4 led 2.2-2.5", &apart, "");
        // A hissing sound is a word, and so is one without silences around it.
        let so = FilledPauseCandidate { hiss: 0.4, ..um };
        check(&[so], "I 1.0-1.4 led 2.2-2.5", &apart, "");
        check(&[um], "I 1.0-1.4 led 2.2-2.5", &[(0.9, 2.6)], "");
    }

    #[test]
    fn sounds_outside_the_answer_do_not_count() {
        check(&[steady(1.0, 2.0)], "", &[(0.9, 2.1)], "");
        // Long after the last word.
        check(
            &[steady(5.0, 6.0)],
            "I 1.0-1.4 led 2.2-2.5",
            &[(0.9, 2.6)],
            "",
        );
    }
}
