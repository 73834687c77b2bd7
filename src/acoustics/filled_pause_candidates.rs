//! Finds stretches that may be filled pauses such as "um" or "uh" and measures them. Whether a transcribed
//! word explains them is decided in `analysis`.
//!
//! A filled pause is a vowel held with the mouth at rest, often closed into an "m". For a while pitch and
//! spectrum do not change, which never happens in words (Goto, Itou & Hayamizu 1999, Eurospeech; stable
//! formants: Audhkhasi et al. 2009, ICASSP). A quick one is too short for that, but then it is usually
//! isolated between two silences.

use super::frame::HOP_SECS;
use super::pitch::{VoicedFrame, semitones};
use super::spectrum::{Bands, MEL_BANDS};
use crate::domain::time::{Secs, Span};
use crate::domain::voice::{CandidateKind, FilledPauseCandidate};

/// Distance of the compared frames: 80 ms in total.
const CHANGE_FRAMES: usize = 4;
/// Spectra that differ by less, in dB over all bands, are the same sound.
const SAME_SOUND_DB: f32 = 5.0;
/// Bands this far below the loudest one are ignored.
const BAND_RANGE_DB: f32 = 30.0;
/// Maximum number of frames for closing the mouth from "u" to "m".
const MAX_CLOSING_FRAMES: usize = 10;
/// Number of these frames that may be unvoiced, because the formants jump ...
const MAX_UNVOICED_FRAMES: usize = 4;
/// ... while the pitch stays within this interval.
const SAME_PITCH_SEMITONES: f64 = 1.5;
/// Shorter stretches are vowels of words.
const MIN_SUSTAINED: Secs = 0.18;
/// Length of an isolated sound.
const ISOLATED_LENGTHS: [Secs; 2] = [0.1, 0.9];
/// First bands above 465 Hz, 1640 Hz and 2380 Hz. Both formants of a neutral vowel are between the first
/// two. Below is the murmur of an "m", above the last is hiss.
const VOWEL_BAND: usize = 3;
const FRONT_BAND: usize = 10;
const HISS_BAND: usize = 12;
/// Share of the energy below the vowel's formants that makes a frame a murmur.
const MURMUR_SHARE: f32 = 0.85;

/// Level-independent spectrum around a frame, in dB with a mean of 0.
pub type Contour = [f32; MEL_BANDS];

/// Finds all candidates, in order. There is one contour and one pitch per frame; `loud` is the energy of
/// the voice's loud frames.
pub fn find_candidates(
    frames: &[Bands],
    contours: &[Contour],
    track: &[Option<VoicedFrame>],
    speech: &[Span],
    loud: f32,
) -> Vec<FilledPauseCandidate> {
    let candidate = |from: usize, to: usize, kind: CandidateKind| -> Option<FilledPauseCandidate> {
        let (frames, track) = (frames.get(from..to)?, track.get(from..to)?);
        measure(frames, track, from, kind, loud)
    };
    let runs = steady_runs(contours, track);
    let mut candidates: Vec<FilledPauseCandidate> = runs
        .iter()
        .filter_map(|(from, to)| candidate(*from, *to, CandidateKind::Sustained))
        .collect();
    for span in speech {
        let at = |secs: Secs| (secs / HOP_SECS).round() as usize;
        let is_known = candidates
            .iter()
            .any(|other| other.end > span.start && other.start < span.end);
        if (ISOLATED_LENGTHS[0]..=ISOLATED_LENGTHS[1]).contains(&span.len()) && !is_known {
            candidates.extend(candidate(
                at(span.start),
                at(span.end),
                CandidateKind::Isolated,
            ));
        }
    }
    candidates.sort_by(|a, b| a.start.total_cmp(&b.start));
    candidates
}

/// Runs of frames in which pitch and spectrum are steady, except for one closing of the mouth.
fn steady_runs(contours: &[Contour], track: &[Option<VoicedFrame>]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let is_steady_frame = |i: usize| track[i].is_some() && is_steady(contours, i);
    let mut i = 0;
    while i < track.len() {
        if !is_steady_frame(i) {
            i += 1;
            continue;
        }
        let from = i;
        while i < track.len() && is_steady_frame(i) {
            i += 1;
        }
        if i - from < CHANGE_FRAMES {
            continue;
        }
        match runs.last_mut() {
            Some(last) if continues(track, last.1, from) => last.1 = i,
            _ => runs.push((from, i)),
        }
    }
    runs.retain(|(from, to)| (to - from) as f64 * HOP_SECS >= MIN_SUSTAINED);
    runs
}

/// Whether the voice continues at the same pitch from before frame `end` to after frame `start`.
fn continues(track: &[Option<VoicedFrame>], end: usize, start: usize) -> bool {
    let pitch =
        |frames: &[Option<VoicedFrame>]| median(frames.iter().flatten().map(|v| v.hz).collect());
    let unvoiced = track[end..start].iter().filter(|v| v.is_none()).count();
    let before = pitch(&track[end.saturating_sub(3)..end]);
    let after = pitch(&track[start..(start + 3).min(track.len())]);
    let same = before
        .zip(after)
        .is_some_and(|(before, after)| semitones(after, before).abs() < SAME_PITCH_SEMITONES);
    start - end <= MAX_CLOSING_FRAMES && unvoiced <= MAX_UNVOICED_FRAMES && same
}

/// Whether the spectrum is the same shortly before and after a frame.
fn is_steady(contours: &[Contour], i: usize) -> bool {
    let before = i.checked_sub(CHANGE_FRAMES).map(|at| &contours[at]);
    let (Some(before), Some(after)) = (before, contours.get(i + CHANGE_FRAMES)) else {
        return false;
    };
    let squares = before.iter().zip(after).map(|(a, b)| (a - b) * (a - b));
    (squares.sum::<f32>() / MEL_BANDS as f32).sqrt() < SAME_SOUND_DB
}

/// Number of contours that no longer change, given that number of frames.
pub fn settled(frames: usize) -> usize {
    frames.saturating_sub(1)
}

/// The contour of a frame, averaged with its neighbors.
pub fn contour(frames: &[Bands], i: usize) -> Contour {
    let around = &frames[i.saturating_sub(1)..(i + 2).min(frames.len())];
    let mut levels = [0.0; MEL_BANDS];
    for (band, level) in levels.iter_mut().enumerate() {
        let sum: f32 = around.iter().map(|bands| mel_bands(bands)[band]).sum();
        *level = 10.0 * (sum + 1e-30).log10();
    }
    let highest = levels.iter().copied().fold(f32::MIN, f32::max);
    for level in &mut levels {
        *level = level.max(highest - BAND_RANGE_DB);
    }
    let mean = levels.iter().sum::<f32>() / MEL_BANDS as f32;
    levels.map(|level| level - mean)
}

/// The bands without the pitch band.
fn mel_bands(bands: &Bands) -> &[f32] {
    &bands[1..]
}

fn measure(
    frames: &[Bands],
    track: &[Option<VoicedFrame>],
    from: usize,
    kind: CandidateKind,
    loud: f32,
) -> Option<FilledPauseCandidate> {
    let total = |bands: &Bands| mel_bands(bands).iter().sum::<f32>();
    let below_vowel = |bands: &Bands| mel_bands(bands)[..VOWEL_BAND].iter().sum::<f32>();
    let is_murmur = |bands: &&Bands| below_vowel(bands) >= MURMUR_SHARE * total(bands);
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
        .map(|bands| mel_bands(bands)[HISS_BAND..].iter().sum::<f32>())
        .sum();
    let open = frames.iter().filter(|bands| !is_murmur(bands));
    let (vowel, open_energy) = open.fold((0.0, 0.0), |(vowel, all), bands| {
        let formants: f32 = mel_bands(bands)[VOWEL_BAND..FRONT_BAND].iter().sum();
        (vowel + formants, all + total(bands))
    });
    let hz: Vec<f64> = track.iter().flatten().map(|voiced| voiced.hz).collect();
    let voiced = hz.len() as f64 / frames.len().max(1) as f64;
    let pitch_hz = median(hz.clone());
    let levels = frames.iter().map(|bands| f64::from(total(bands))).collect();
    Some(FilledPauseCandidate {
        start: from as f64 * HOP_SECS,
        end: (from + frames.len()) as f64 * HOP_SECS,
        kind,
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

    /// A vowel: length, pitch at both ends, first and second formant at both ends.
    type Vowel = (Secs, [f64; 2], [f64; 2], [f64; 2]);
    const UH: [f64; 4] = [600.0, 600.0, 1200.0, 1200.0];

    /// Pulses through two gliding resonances; silence where the pitch is 0.
    fn synthesize(parts: &[Vowel]) -> Vec<f32> {
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
        found_in(&synthesize(parts), &speech)
    }

    fn found_in(samples: &[f32], speech: &[Span]) -> Vec<FilledPauseCandidate> {
        let frames = frames(samples);
        let contours: Vec<Contour> = (0..frames.len()).map(|i| contour(&frames, i)).collect();
        let loud = frames.iter().map(|f| f.iter().sum()).fold(0.0, f32::max);
        find_candidates(&frames, &contours, &track(samples), speech, loud)
    }

    const SILENCE: Vowel = (0.4, [0.0, 0.0], [600.0, 600.0], [1200.0, 1200.0]);

    fn uh(seconds: Secs) -> Vowel {
        (seconds, [100.0, 97.0], [UH[0], UH[1]], [UH[2], UH[3]])
    }

    /// A vowel of a word: pitch and formants glide.
    fn word(seconds: Secs) -> Vowel {
        (seconds, [110.0, 140.0], [350.0, 750.0], [2200.0, 1100.0])
    }

    #[test]
    fn sustained_vowel_is_found_between_words() {
        let candidates = found(
            &[SILENCE, word(0.3), uh(0.5), word(0.3), SILENCE],
            &[(0.4, 1.5)],
        );
        assert_eq!(candidates.len(), 1, "{candidates:?}");
        let uh = candidates[0];
        assert!(
            (uh.start - 0.7).abs() < 0.08 && (uh.end - 1.2).abs() < 0.08,
            "{uh:?}"
        );
        assert_eq!(uh.kind, CandidateKind::Sustained);
        assert!(
            uh.pitch_hz.is_some_and(|hz| (hz - 98.5).abs() < 2.0),
            "{uh:?}"
        );
        assert!(uh.pitch_sd_semitones < 0.6 && uh.murmur < 0.1, "{uh:?}");
        assert!(uh.vowel > 0.7 && uh.hiss < 0.1, "{uh:?}");
    }

    #[test]
    fn um_is_one_candidate_that_ends_in_a_murmur() {
        let m: Vowel = (0.3, [97.0, 96.0], [250.0, 250.0], [1200.0, 1200.0]);
        let candidates = found(&[SILENCE, uh(0.3), m, SILENCE], &[(0.4, 1.0)]);
        assert_eq!(candidates.len(), 1, "{candidates:?}");
        assert!(candidates[0].closing > 0.8, "{candidates:?}");
        assert!((0.2..0.7).contains(&candidates[0].murmur), "{candidates:?}");
    }

    #[test]
    fn gliding_words_are_ignored_but_an_isolated_one_is_a_candidate() {
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
        assert_eq!(alone[0].kind, CandidateKind::Isolated);
        assert_eq!(found(&[SILENCE; 3], &[]), []);
        assert_eq!(found(&[], &[]), []);
    }

    #[test]
    fn volume_and_leading_silence_change_nothing() {
        let parts = [SILENCE, word(0.3), uh(0.5), word(0.3), SILENCE];
        let samples = synthesize(&parts);
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
