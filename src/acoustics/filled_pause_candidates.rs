//! Stretches that may be a hesitation, "um" or "uh", measured and not judged: whether a word explains
//! them is for `analysis::hesitations`. Two shapes of them are looked for.
//!
//! A filled pause is a vowel held with the mouth at rest, often closed into an "m": for a while pitch
//! and spectrum stand still, as they never do in words (Goto, Itou & Hayamizu 1999, Eurospeech;
//! stable formants: Audhkhasi et al. 2009, ICASSP). Said quickly it is too short for that, but then
//! it mostly stands alone, between two silences.

use super::pitch::{Voiced, semitones};
use super::spectrum::{Bands, EAR_BANDS, HOP_SECS};
use crate::domain::time::{Secs, Span};
use crate::domain::voice::{CandidateKind, FilledPauseCandidate};

/// Frames a spectrum is compared over: 80 ms.
const CHANGE_FRAMES: usize = 4;
/// Spectra that differ by less, in dB over all bands, are of one sound.
const SAME_SOUND_DB: f32 = 5.0;
/// Bands this far below the loudest say nothing of a sound.
const BAND_RANGE_DB: f32 = 30.0;
/// From "u" to "m" the mouth takes up to so many frames.
const CLOSING_FRAMES: usize = 10;
/// In so many of them its period may not be seen, as the formants jump ...
const LOST_FRAMES: usize = 4;
/// ... but it has not moved meanwhile.
const SAME_PITCH_SEMITONES: f64 = 1.5;
/// Shorter stretches are vowels of words.
const SHORTEST_STEADY: Secs = 0.18;
/// How long a sound between silences may be.
const ALONE: [Secs; 2] = [0.1, 0.9];
/// The first band above 465 Hz, above 1640 Hz and above 2380 Hz: between the first two lie both
/// formants of the vowel at rest, below them the murmur of an "m", above them all hissing.
const VOWEL_BAND: usize = 3;
const FRONT_BAND: usize = 10;
const HISS_BAND: usize = 12;
/// A frame with this share of its energy below the vowel's formants is a murmur.
const MURMUR: f32 = 0.85;

/// The spectrum around a frame in dB, whatever its level: its mean is 0.
pub type Contour = [f32; EAR_BANDS];

/// Finds them, in order; a contour and a pitch a frame, `loud` the energy of the voice's loud frames.
pub fn find(
    frames: &[Bands],
    contours: &[Contour],
    track: &[Option<Voiced>],
    speech: &[Span],
    loud: f32,
) -> Vec<FilledPauseCandidate> {
    let measure = |from: usize, to: usize, shape: CandidateKind| -> Option<FilledPauseCandidate> {
        let (frames, track) = (frames.get(from..to)?, track.get(from..to)?);
        describe(frames, track, from, shape, loud)
    };
    let steady = steady_runs(contours, track);
    let mut sounds: Vec<FilledPauseCandidate> = steady
        .iter()
        .filter_map(|(from, to)| measure(*from, *to, CandidateKind::Steady))
        .collect();
    for span in speech {
        let at = |secs: Secs| (secs / HOP_SECS).round() as usize;
        let known = sounds
            .iter()
            .any(|sound| sound.end > span.start && sound.start < span.end);
        if (ALONE[0]..=ALONE[1]).contains(&span.len()) && !known {
            sounds.extend(measure(at(span.start), at(span.end), CandidateKind::Alone));
        }
    }
    sounds.sort_by(|a, b| a.start.total_cmp(&b.start));
    sounds
}

/// Runs of frames in which neither spectrum nor pitch moves, but for one closing of the mouth.
fn steady_runs(contours: &[Contour], track: &[Option<Voiced>]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let steady = |i: usize| track[i].is_some() && is_still(contours, i);
    let mut i = 0;
    while i < track.len() {
        if !steady(i) {
            i += 1;
            continue;
        }
        let from = i;
        while i < track.len() && steady(i) {
            i += 1;
        }
        if i - from < CHANGE_FRAMES {
            continue;
        }
        match runs.last_mut() {
            Some(last) if goes_on(track, last.1, from) => last.1 = i,
            _ => runs.push((from, i)),
        }
    }
    runs.retain(|(from, to)| (to - from) as f64 * HOP_SECS >= SHORTEST_STEADY);
    runs
}

/// Whether the voice goes on at its pitch from before frame `end` to after frame `start`.
fn goes_on(track: &[Option<Voiced>], end: usize, start: usize) -> bool {
    let pitch = |frames: &[Option<Voiced>]| median(frames.iter().flatten().map(|v| v.hz).collect());
    let lost = track[end..start].iter().filter(|v| v.is_none()).count();
    let before = pitch(&track[end.saturating_sub(3)..end]);
    let after = pitch(&track[start..(start + 3).min(track.len())]);
    let same = before
        .zip(after)
        .is_some_and(|(before, after)| semitones(after, before).abs() < SAME_PITCH_SEMITONES);
    start - end <= CLOSING_FRAMES && lost <= LOST_FRAMES && same
}

/// Whether a frame's spectrum is the same a little before and a little after.
fn is_still(contours: &[Contour], i: usize) -> bool {
    let before = i.checked_sub(CHANGE_FRAMES).map(|at| &contours[at]);
    let (Some(before), Some(after)) = (before, contours.get(i + CHANGE_FRAMES)) else {
        return false;
    };
    let squares = before.iter().zip(after).map(|(a, b)| (a - b) * (a - b));
    (squares.sum::<f32>() / EAR_BANDS as f32).sqrt() < SAME_SOUND_DB
}

/// How many contours no longer change when so many frames do not.
pub fn settled(frames: usize) -> usize {
    frames.saturating_sub(1)
}

/// The contour of a frame, by itself and its neighbours.
pub fn contour(frames: &[Bands], i: usize) -> Contour {
    let around = &frames[i.saturating_sub(1)..(i + 2).min(frames.len())];
    let mut shape = [0.0; EAR_BANDS];
    for (band, shape) in shape.iter_mut().enumerate() {
        let sum: f32 = around.iter().map(|bands| ear(bands)[band]).sum();
        *shape = 10.0 * (sum + 1e-30).log10();
    }
    let highest = shape.iter().copied().fold(f32::MIN, f32::max);
    for level in &mut shape {
        *level = level.max(highest - BAND_RANGE_DB);
    }
    let mean = shape.iter().sum::<f32>() / EAR_BANDS as f32;
    shape.map(|level| level - mean)
}

/// The spectrum without the voice's pitch, of which it is to say nothing.
fn ear(bands: &Bands) -> &[f32] {
    &bands[1..]
}

fn describe(
    frames: &[Bands],
    track: &[Option<Voiced>],
    from: usize,
    shape: CandidateKind,
    loud: f32,
) -> Option<FilledPauseCandidate> {
    let total = |bands: &Bands| ear(bands).iter().sum::<f32>();
    let below_vowel = |bands: &Bands| ear(bands)[..VOWEL_BAND].iter().sum::<f32>();
    let is_murmur = |bands: &&Bands| below_vowel(bands) >= MURMUR * total(bands);
    let share = |part: f32, whole: f32| match whole > 0.0 {
        true => f64::from(part / whole),
        false => 0.0,
    };
    let murmured = |frames: &[Bands]| {
        frames.iter().filter(is_murmur).count() as f64 / frames.len().max(1) as f64
    };
    let energy: f32 = frames.iter().map(total).sum();
    let hiss: f32 = frames
        .iter()
        .map(|bands| ear(bands)[HISS_BAND..].iter().sum::<f32>())
        .sum();
    let open = frames.iter().filter(|bands| !is_murmur(bands));
    let (vowel, open_energy) = open.fold((0.0, 0.0), |(vowel, all), bands| {
        let formants: f32 = ear(bands)[VOWEL_BAND..FRONT_BAND].iter().sum();
        (vowel + formants, all + total(bands))
    });
    let hz: Vec<f64> = track.iter().flatten().map(|voiced| voiced.hz).collect();
    let voiced = hz.len() as f64 / frames.len().max(1) as f64;
    let pitch_hz = median(hz.clone());
    let levels = frames.iter().map(|bands| f64::from(total(bands))).collect();
    Some(FilledPauseCandidate {
        start: from as f64 * HOP_SECS,
        end: (from + frames.len()) as f64 * HOP_SECS,
        shape,
        pitch_hz,
        pitch_sd_semitones: pitch_hz.map_or(0.0, |middle| {
            let squares = hz.iter().map(|hz| semitones(*hz, middle).powi(2));
            (squares.sum::<f64>() / hz.len() as f64).sqrt()
        }),
        level_db: 10.0 * (median(levels)? / f64::from(loud)).max(1e-12).log10(),
        voiced,
        murmur: murmured(frames),
        closing: murmured(&frames[frames.len() / 2..]),
        vowel: share(vowel, open_energy),
        hiss: share(hiss, energy),
    })
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    let middle = values.len() / 2;
    (!values.is_empty()).then(|| *values.select_nth_unstable_by(middle, f64::total_cmp).1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acoustics::pitch::track;
    use crate::acoustics::spectrum::frames;

    /// A vowel: its length, pitch at both ends, first and second formant at both ends.
    type Vowel = (Secs, [f64; 2], [f64; 2], [f64; 2]);
    const UH: [f64; 4] = [600.0, 600.0, 1200.0, 1200.0];

    /// Pulses through two resonances that glide; silence where there is no pitch.
    fn sound(parts: &[Vowel]) -> Vec<f32> {
        let mut samples = Vec::new();
        let (mut phase, mut filters) = (0.0f64, [[0.0f64; 2]; 2]);
        for (seconds, pitch, first, second) in parts {
            let count = (seconds * 16_000.0) as usize;
            for i in 0..count {
                let glide =
                    |ends: &[f64; 2]| ends[0] + (ends[1] - ends[0]) * i as f64 / count as f64;
                phase += glide(pitch) / 16_000.0;
                let mut out = if phase >= 1.0 { 1.0 } else { 0.0 };
                phase = phase.fract();
                for (filter, hz) in filters.iter_mut().zip([glide(first), glide(second)]) {
                    let radius = (-std::f64::consts::PI * 90.0 / 16_000.0).exp();
                    let angle = std::f64::consts::TAU * hz / 16_000.0;
                    let next =
                        out + 2.0 * radius * angle.cos() * filter[0] - radius * radius * filter[1];
                    *filter = [next, filter[0]];
                    out = next * (1.0 - radius);
                }
                samples.push(out as f32);
            }
        }
        samples
    }

    fn found(parts: &[Vowel], speech: &[(Secs, Secs)]) -> Vec<FilledPauseCandidate> {
        let speech: Vec<Span> = speech.iter().map(|(a, b)| Span::new(*a, *b)).collect();
        found_in(&sound(parts), &speech)
    }

    fn found_in(samples: &[f32], speech: &[Span]) -> Vec<FilledPauseCandidate> {
        let frames = frames(samples);
        let contours: Vec<Contour> = (0..frames.len()).map(|i| contour(&frames, i)).collect();
        let loud = frames.iter().map(|f| f.iter().sum()).fold(0.0, f32::max);
        find(&frames, &contours, &track(samples), speech, loud)
    }

    const SILENCE: Vowel = (0.4, [0.0, 0.0], [600.0, 600.0], [1200.0, 1200.0]);

    fn uh(seconds: Secs) -> Vowel {
        (seconds, [100.0, 97.0], [UH[0], UH[1]], [UH[2], UH[3]])
    }

    /// A word's vowel: everything moves.
    fn word(seconds: Secs) -> Vowel {
        (seconds, [110.0, 140.0], [350.0, 750.0], [2200.0, 1100.0])
    }

    #[test]
    fn a_vowel_that_stands_still_is_found_between_words() {
        let sounds = found(
            &[SILENCE, word(0.3), uh(0.5), word(0.3), SILENCE],
            &[(0.4, 1.5)],
        );
        assert_eq!(sounds.len(), 1, "{sounds:?}");
        let uh = sounds[0];
        assert!(
            (uh.start - 0.7).abs() < 0.08 && (uh.end - 1.2).abs() < 0.08,
            "{uh:?}"
        );
        assert_eq!(uh.shape, CandidateKind::Steady);
        assert!(
            uh.pitch_hz.is_some_and(|hz| (hz - 98.5).abs() < 2.0),
            "{uh:?}"
        );
        assert!(uh.pitch_sd_semitones < 0.6 && uh.murmur < 0.1, "{uh:?}");
        assert!(uh.vowel > 0.7 && uh.hiss < 0.1, "{uh:?}");
    }

    #[test]
    fn an_um_is_one_sound_that_ends_in_a_murmur() {
        let m: Vowel = (0.3, [97.0, 96.0], [250.0, 250.0], [1200.0, 1200.0]);
        let sounds = found(&[SILENCE, uh(0.3), m, SILENCE], &[(0.4, 1.0)]);
        assert_eq!(sounds.len(), 1, "{sounds:?}");
        assert!(sounds[0].closing > 0.8, "{sounds:?}");
        assert!((0.2..0.7).contains(&sounds[0].murmur), "{sounds:?}");
    }

    #[test]
    fn words_glide_and_a_short_one_alone_is_only_a_candidate() {
        let gliding = [
            SILENCE,
            word(0.2),
            word(0.2),
            word(0.2),
            word(0.2),
            word(0.2),
            SILENCE,
        ];
        assert_eq!(found(&gliding, &[(0.4, 1.4)]), []);
        let alone = found(&[SILENCE, word(0.2), SILENCE], &[(0.4, 0.6)]);
        assert_eq!(alone.len(), 1, "{alone:?}");
        assert_eq!(alone[0].shape, CandidateKind::Alone);
        assert_eq!(found(&[SILENCE; 3], &[]), []);
        assert_eq!(found(&[], &[]), []);
    }

    #[test]
    fn volume_and_a_wait_change_nothing() {
        let parts = [SILENCE, word(0.3), uh(0.5), word(0.3), SILENCE];
        let samples = sound(&parts);
        let measure = |samples: &[f32]| found_in(samples, &[]);
        let before = measure(&samples);
        assert_eq!(before.len(), 1);
        let louder: Vec<f32> = samples.iter().map(|s| 2.0 * s).collect();
        assert_eq!(measure(&louder), before);
        let mut later = vec![0.0; 48_000];
        later.extend(samples);
        let after = measure(&later);
        assert_eq!(after.len(), 1);
        assert!((after[0].start - before[0].start - 3.0).abs() < 1e-9);
        assert!((after[0].end - before[0].end - 3.0).abs() < 1e-9);
    }
}
