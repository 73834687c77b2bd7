use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

const RATE_HZ: u32 = 16_000;

/// A detector that knows on which channels the sound is a voice.
struct FakeDetector {
    is_voice: bool,
}

impl VoiceDetector for FakeDetector {
    fn voice_probability(&mut self, samples: &[f32]) -> f32 {
        let is_loud = rms_dbfs(samples) > -40.0;
        f32::from(u8::from(self.is_voice && is_loud))
    }
}

fn survey(voices: &'static [bool]) -> ChannelSurvey {
    let next = AtomicUsize::new(0);
    let new: NewVoiceDetector = Arc::new(move || {
        let channel = next.fetch_add(1, Ordering::Relaxed);
        Some(Box::new(FakeDetector {
            is_voice: voices[channel],
        }))
    });
    ChannelSurvey::new(RATE_HZ, voices.len() as u16, true, Some(&new)).expect("a usual rate")
}

fn noise(seed: u32, i: usize) -> f32 {
    let mixed = (i as u32 ^ seed.wrapping_mul(0x9e37_79b9)).wrapping_mul(0x85eb_ca6b);
    let mixed = (mixed ^ (mixed >> 13)).wrapping_mul(0xc2b2_ae35);
    ((mixed ^ (mixed >> 16)) as f32 / u32::MAX as f32) * 2.0 - 1.0
}

/// Noise in syllables of different loudness, as in speech or lively music.
fn syllables(seed: u32, i: usize) -> f32 {
    let loudness = noise(seed + 1, i / 3_000).abs();
    let pause = noise(seed + 2, i / 3_000) < -0.4;
    match pause {
        true => 0.0,
        false => noise(seed, i) * loudness * 0.4,
    }
}

/// Pushes seconds of frames; `frame(i)` is the frame at sample `i` of the stream.
fn push(survey: &mut ChannelSurvey, from: f64, to: f64, frame: impl Fn(usize) -> Vec<f32>) {
    let [from, to] = [from, to].map(|at| (at * f64::from(RATE_HZ)) as usize);
    let interleaved: Vec<f32> = (from..to).flat_map(frame).collect();
    survey.push(&interleaved);
}

fn left_out(survey: &ChannelSurvey) -> Vec<usize> {
    let channels = survey.left_out().iter().enumerate();
    channels
        .filter(|(_, is_out)| **is_out)
        .map(|(channel, _)| channel + 1)
        .collect()
}

#[test]
fn same_voice_on_several_channels_is_one_sound() {
    // Equal; quieter and in antiphase; 4 ms later, as with a second microphone on the table.
    let frame = |i: usize| {
        let now = syllables(1, i);
        vec![now, -0.3 * now, syllables(1, i.saturating_sub(64)), 0.0]
    };
    let mut survey = survey(&[true, true, true, true]);
    push(&mut survey, 0.0, 20.0, frame);
    assert_eq!(left_out(&survey), Vec::<usize>::new());
    assert_eq!(survey.take_note(false), None);
}

#[test]
fn music_beside_a_voice_is_left_out_and_said_once() {
    let mut survey = survey(&[false, false, true, false, false]);
    let frame = |i: usize| {
        let music = syllables(7, i);
        vec![music, 0.8 * music, 0.3 * syllables(1, i), 0.0, 0.0]
    };
    push(&mut survey, 0.0, 8.0, frame);
    assert_eq!(left_out(&survey), [1, 2]);
    let note = survey.take_note(false);
    let expected = ChannelNote::LeftOut {
        recorded: vec![3],
        left_out: vec![1, 2],
    };
    assert_eq!(note, Some(expected));
    push(&mut survey, 8.0, 12.0, frame);
    assert_eq!(survey.take_note(false), None);
}

#[test]
fn voice_that_begins_on_a_channel_that_was_left_out_is_recorded_at_once() {
    let mut survey = survey(&[true, true]);
    let hum = |i: usize| 0.02 * (i as f32 * 0.05).sin();
    // A quiet hum is below what the detector takes for a voice.
    push(&mut survey, 0.0, 8.0, |i| {
        vec![syllables(1, i), 0.3 * hum(i)]
    });
    assert_eq!(left_out(&survey), [2]);
    push(&mut survey, 8.0, 8.1, |i| {
        vec![syllables(1, i), 0.3 * hum(i) + 0.3 * noise(3, i)]
    });
    assert_eq!(left_out(&survey), Vec::<usize>::new());
}

#[test]
fn two_voices_are_both_recorded_and_said() {
    let mut survey = survey(&[false, true, false, true]);
    let frame = |i: usize| vec![0.0, syllables(1, i), 0.0, syllables(5, i)];
    push(&mut survey, 0.0, 10.0, frame);
    assert_eq!(left_out(&survey), Vec::<usize>::new());
    assert_eq!(
        survey.take_note(false),
        Some(ChannelNote::Mixed(vec![2, 4]))
    );
}

#[test]
fn voice_that_talks_before_the_take_is_left_out_once_the_user_speaks() {
    let mut survey = survey(&[true, true]);
    let podcast = |i: usize| syllables(5, i);
    push(&mut survey, 0.0, 3.0, |i| vec![podcast(i), 0.0]);
    survey.begin_take();
    push(&mut survey, 3.0, 3.5, |i| vec![podcast(i), 0.0]);
    assert_eq!(left_out(&survey), Vec::<usize>::new());
    push(&mut survey, 3.5, 9.0, |i| vec![podcast(i), syllables(1, i)]);
    assert_eq!(left_out(&survey), [1]);
    // Outside of takes, nobody was asked to speak.
    let mut test = self::survey(&[true, true]);
    push(&mut test, 0.0, 3.0, |i| vec![podcast(i), 0.0]);
    push(&mut test, 3.0, 9.0, |i| vec![podcast(i), syllables(1, i)]);
    assert_eq!(left_out(&test), Vec::<usize>::new());
}

#[test]
fn without_a_detector_no_sound_is_left_out() {
    let mut survey = ChannelSurvey::new(RATE_HZ, 2, true, None).expect("a usual rate");
    push(&mut survey, 0.0, 10.0, |i| {
        vec![syllables(7, i), syllables(1, i)]
    });
    assert_eq!(left_out(&survey), Vec::<usize>::new());
    assert_eq!(
        survey.take_note(false),
        Some(ChannelNote::Mixed(vec![1, 2]))
    );
}

#[test]
fn levels_are_measured_for_each_channel_even_if_one_is_chosen() {
    let mut survey = ChannelSurvey::new(RATE_HZ, 3, false, None).expect("a usual rate");
    push(&mut survey, 0.0, 1.0, |i| {
        vec![0.5 * (i as f32 * 0.3).sin(), 0.0, f32::NAN]
    });
    let levels = survey.take_levels();
    assert!((levels[0] + 9.0).abs() < 0.5, "{levels:?}");
    assert!(levels[1] < -90.0 && levels[2] < -90.0, "{levels:?}");
    assert_eq!(left_out(&survey), Vec::<usize>::new());
    assert_eq!(survey.take_note(false), None);
}
