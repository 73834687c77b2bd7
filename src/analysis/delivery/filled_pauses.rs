//! Hesitations that the recogniser left out: sounds of the audio that no word explains. Recognisers
//! are trained on clean transcripts and drop nearly every real "um"; the audio still has it.
//!
//! Each sound is weighed by a few facts, each for or against, in log odds: how long it stands still,
//! how little its pitch moves, whether that is low for the voice, whether it ends in an "m", whether a
//! pause is beside it, and above all how much of it a word covers. A word covers no more than its
//! syllables need: recognisers stretch words over what they do not write. The signs are those of
//! Goto, Itou & Hayamizu (1999), of Shriberg (2001, J. IPA 31: low, level pitch) and of Clark & Fox
//! Tree (2002, Cognition 84: next to pauses).

use super::fillers::{Filler, Origin};
use crate::acoustics::semitones;
use crate::analysis::language::lexicon::is_sound;
use crate::analysis::language::syllables::syllables;
use crate::domain::time::{Secs, Span};
use crate::domain::transcript::{Transcript, Word};
use crate::domain::voice::{CandidateKind, FilledPauseCandidate, Voice};

/// The most a syllable takes, and a word besides: slow speech, its last syllable drawn out.
const SYLLABLE: Secs = 0.28;
const WORD: Secs = 0.12;
/// The least a syllable takes.
const FASTEST_SYLLABLE: Secs = 0.09;
/// A written sound this near is the same as one heard: word times may be that far off around
/// hesitations, and whom the recogniser wrote one for is not told of a second.
const SAME: Secs = 2.5;
/// A silence this long beside a sound sets it off.
const PAUSE: Secs = 0.2;
/// How near to the sound it must be.
const BESIDE: Secs = 0.12;
/// Odds of 3 to 1 at least, before someone is told that they said "um".
const LIKELY: f64 = 1.2;

/// Hesitations in the audio of which `transcript` has no trace, in order.
pub fn read(voice: &Voice, transcript: &Transcript) -> Vec<Filler> {
    let Some(told) = transcript.span() else {
        return Vec::new();
    };
    let told = voice
        .speech
        .iter()
        .fold(told, |told, span| told.join(*span));
    let is_written = |word: &&Word| is_sound(&word.plain());
    let (written, words): (Vec<&Word>, Vec<&Word>) = transcript.words.iter().partition(is_written);
    let inside = |sound: &&FilledPauseCandidate| sound.start < told.end && sound.end > told.start;
    let likely = voice
        .filled_pause_candidates
        .iter()
        .filter(inside)
        .filter_map(|sound| {
            let odds = odds(sound, voice, &words);
            (odds > LIKELY).then(|| Filler {
                text: text(sound).to_owned(),
                start: sound.start,
                end: sound.end,
                from: Origin::Sound,
                confidence: (1.0 / (1.0 + (-odds).exp())) as f32,
            })
        });
    unwritten(likely.collect(), &written)
}

/// Without those that are written: each written sound stands for the heard one nearest to it.
fn unwritten(mut heard: Vec<Filler>, written: &[&Word]) -> Vec<Filler> {
    for word in written {
        let distance = |filler: &Filler| {
            (filler.start - word.end)
                .max(word.start - filler.end)
                .max(0.0)
        };
        let nearest = heard
            .iter()
            .enumerate()
            .map(|(i, filler)| (i, distance(filler)))
            .filter(|(_, distance)| *distance <= SAME)
            .min_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((i, _)) = nearest {
            heard.remove(i);
        }
    }
    heard
}

/// Log odds that a sound is a hesitation.
fn odds(sound: &FilledPauseCandidate, voice: &Voice, words: &[&Word]) -> f64 {
    let covered = covered(sound.span(), words);
    let set_off = set_off(sound.span(), &voice.speech);
    let level_pitch = match sound.pitch_sd_semitones {
        sd if sd <= 0.35 => 1.0,
        sd if sd <= 0.6 => 0.5,
        sd if sd <= 0.9 => 0.0,
        _ => -1.5,
    };
    let against_own = voice.pitch.zip(sound.pitch_hz);
    let low_pitch = match against_own.map(|(own, hz)| semitones(hz, own.median_hz)) {
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
            let held = (4.0 * (sound.span().len() - 0.3)).min(2.5);
            let beside = if set_off.0 || set_off.1 { 0.5 } else { 0.0 };
            held + level_pitch + low_pitch + closed + uncovered + beside - 1.2
        }
        // It may be any short word: nothing but its vowel, and that no word can be it, speaks for it.
        CandidateKind::Isolated => {
            let is_vowel = sound.vowel > 0.65 && sound.hiss < 0.1 && sound.voiced > 0.4;
            match is_vowel && set_off.0 && set_off.1 && !explained(sound, words) {
                true => 1.0 + closed,
                false => -2.0,
            }
        }
    }
}

/// Whether the words that stand on a sound between silences can be it: they have the time for their
/// syllables, and where it ends in an "m" they have such a letter.
fn explained(sound: &FilledPauseCandidate, words: &[&Word]) -> bool {
    let span = sound.span();
    let on_it: Vec<&&Word> = words
        .iter()
        .filter(|word| (span.start..span.end).contains(&((word.start + word.end) / 2.0)))
        .collect();
    let needed: usize = on_it.iter().map(|word| syllables(&word.text)).sum();
    let nasal = on_it.iter().any(|word| word.plain().contains(['m', 'n']));
    let closes = sound.closing > 0.5 && sound.murmur < 0.9;
    needed > 0 && span.len() >= FASTEST_SYLLABLE * needed as f64 && (nasal || !closes)
}

/// How much of a span is taken up by words, none longer than its syllables need.
fn covered(span: Span, words: &[&Word]) -> f64 {
    let shared = |word: &&Word| {
        let needed = WORD + SYLLABLE * syllables(&word.text).max(1) as f64;
        let end = word.end.min(word.start + needed);
        (span.end.min(end) - span.start.max(word.start)).max(0.0)
    };
    // Syllables take time to count, and few words are near.
    let near = |word: &&&Word| word.start < span.end && word.end > span.start;
    words.iter().filter(near).map(shared).sum::<Secs>() / span.len().max(1e-9)
}

/// Whether silence stands right before, and right after.
fn set_off(span: Span, speech: &[Span]) -> (bool, bool) {
    let silent = |from: Secs, to: Secs| {
        let heard = |s: &Span| s.start < to - 1e-6 && s.end > from + 1e-6;
        !speech.iter().any(heard)
    };
    let beside = |offset: Secs| -> (bool, bool) {
        let (start, end) = (span.start - offset, span.end + offset);
        (silent(start - PAUSE, start), silent(end, end + PAUSE))
    };
    [0.0, BESIDE / 2.0, BESIDE]
        .into_iter()
        .map(beside)
        .fold((false, false), |all, one| (all.0 || one.0, all.1 || one.1))
}

/// How it would be written.
fn text(sound: &FilledPauseCandidate) -> &'static str {
    match sound.murmur {
        murmur if murmur > 0.9 => "mm",
        _ if sound.closing > 0.3 => "um",
        _ => "uh",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::voice::Pitch;

    /// A steady sound of the voice, low and level, which is "uh" but for words on it.
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

    /// What is found of `sounds`, where words are written as `led 1.0-1.4`, between silences.
    fn check(sounds: &[FilledPauseCandidate], told: &str, speech: &[(Secs, Secs)], expected: &str) {
        let parts: Vec<&str> = told.split_whitespace().collect();
        let words = parts.chunks(2).map(|pair| {
            let (start, end) = pair[1].split_once('-').expect("a-b");
            Word {
                text: pair[0].to_owned(),
                start: start.parse().expect("secs"),
                end: end.parse().expect("secs"),
                confidence: 0.9,
            }
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
        let found: Vec<String> = read(&voice, &transcript)
            .iter()
            .map(|f| format!("{} {:.1}-{:.1}", f.text, f.start, f.end))
            .collect();
        assert_eq!(found.join(", "), expected, "{told}");
    }

    #[test]
    fn what_no_word_explains_is_a_hesitation() {
        let uh = steady(1.5, 2.0);
        let um = FilledPauseCandidate {
            murmur: 0.4,
            closing: 0.8,
            ..uh
        };
        let one = [(0.9, 3.0)];
        check(&[uh], "I 1.0-1.4 led 2.1-2.5", &one, "uh 1.5-2.0");
        check(&[um], "I 1.0-1.4 led 2.1-2.5", &one, "um 1.5-2.0");
        // A word that is stretched over it does not explain it ...
        check(&[uh], "I 1.0-2.0 led 2.1-2.5", &one, "uh 1.5-2.0");
        // ... one that needs the time does.
        let drawn = steady(1.5, 1.8);
        check(&[drawn], "I 1.0-1.4 slow 1.4-1.9", &one, "");
        // Nobody holds a vowel of a word for so long.
        check(
            &[steady(1.5, 2.4)],
            "I 1.0-1.4 responsibility 1.4-2.5",
            &one,
            "uh 1.5-2.4",
        );
        // A melody is speech.
        let melody = FilledPauseCandidate {
            pitch_sd_semitones: 1.5,
            ..drawn
        };
        check(&[melody], "I 1.0-1.4 led 2.1-2.5", &one, "");
    }

    #[test]
    fn what_is_written_is_not_found_again() {
        let uh = steady(1.5, 2.0);
        let one = [(0.9, 3.0)];
        check(&[uh], "I 1.0-1.4 um, 1.5-1.9 led 2.1-2.5", &one, "");
        check(&[uh], "I 1.0-1.4 Uh, 1.2-1.4 led 2.1-2.5", &one, "");
        // One that is written stands for one that is heard.
        let two = [uh, steady(2.2, 2.7)];
        check(
            &two,
            "I 1.0-1.4 um, 1.5-1.9 led 2.8-2.9",
            &one,
            "uh 2.2-2.7",
        );
    }

    #[test]
    fn alone_between_silences_it_may_be_short() {
        let apart = [(0.9, 1.4), (1.7, 1.9), (2.2, 2.6)];
        let um = FilledPauseCandidate {
            murmur: 0.3,
            closing: 0.6,
            ..alone(1.7, 1.9)
        };
        check(&[um], "I 1.0-1.4 led 2.2-2.5", &apart, "um 1.7-1.9");
        check(&[um], "I 1.0-1.4 an 1.7-1.9 team 2.2-2.5", &apart, "");
        // Four syllables are not said in a fifth of a second.
        check(
            &[um],
            "I 1.0-1.4 manageable 1.7-1.9 team 2.2-2.5",
            &apart,
            "um 1.7-1.9",
        );
        // An "m" is no "while", but may be an "I'm".
        check(
            &[um],
            "I 1.0-1.4 while 1.7-1.9 it 2.2-2.5",
            &apart,
            "um 1.7-1.9",
        );
        check(&[um], "so 1.0-1.4 I'm 1.7-1.9 it 2.2-2.5", &apart, "");
        // A bare vowel may be any word that was not written.
        let uh = alone(1.7, 1.9);
        check(&[uh], "I 1.0-1.4 led 2.2-2.5", &apart, "");
        // Hissing, it is a word; and so it is in the flow of speech.
        let so = FilledPauseCandidate { hiss: 0.4, ..um };
        check(&[so], "I 1.0-1.4 led 2.2-2.5", &apart, "");
        check(&[um], "I 1.0-1.4 led 2.2-2.5", &[(0.9, 2.6)], "");
    }

    #[test]
    fn without_words_nobody_hesitates() {
        check(&[steady(1.0, 2.0)], "", &[(0.9, 2.1)], "");
        // Nor long before or after they speak.
        check(
            &[steady(5.0, 6.0)],
            "I 1.0-1.4 led 2.2-2.5",
            &[(0.9, 2.6)],
            "",
        );
    }
}
