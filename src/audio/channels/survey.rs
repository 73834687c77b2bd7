//! Listens to every channel of an input: its level, whether it has a voice, and which channels have the same sound.
//! Runs on the capture thread, never in the audio callback.

use std::collections::VecDeque;

use super::decision::{Decision, Heard, decide};
use super::note::ChannelNote;
use super::rule::{HOP, NewVoiceDetector, VoiceDetector};
use crate::acoustics::rms_dbfs;
use crate::audio::resample::{RateError, Resampler};

/// Quieter than this is silence or the noise of the input.
const SOUND_DBFS: f64 = -60.0;
/// The level of digital silence.
const SILENT_DBFS: f64 = -120.0;
/// Probability from which a hop has a voice.
const VOICE_PROBABILITY: f32 = 0.5;
/// Hops that are compared between channels: 4 s.
const WINDOW: usize = 125;
/// Fewer hops before a take say nothing about it: 1.5 s.
const BEFORE_MIN: usize = 47;
/// What was heard counts half after 42 s.
const DECAY: f64 = 0.99947;
/// Hops between two decisions: 0.25 s.
const DECIDE_EVERY: u64 = 8;
/// Levels of noise differ by less than this, between the quietest and the loudest tenth.
const STEADY_DB: f64 = 4.0;
/// A channel that is this much louder than before has a new sound.
const RISE_DB: f64 = 10.0;
/// Hops with a voice among the last ones after which a voice has begun.
const VOICE_BEGINS: (usize, usize) = (4, 6);
/// A channel counts as risen for so many hops after it became louder (1 s), or after a voice (5 s).
const RISEN_FOR: u64 = 31;
const VOICE_FOR: u64 = 156;
/// Hops with sound, 1 s, before two channels are compared.
const COMPARED_MIN: usize = 31;
/// Correlation of the waveforms from which two channels have the same sound, and below which they may differ.
const SAME_WAVE: f64 = 0.5;
const OTHER_WAVE: f64 = 0.3;
/// The same for the courses of their levels, which stay alike if one microphone is farther away than the other.
const SAME_LEVELS: f64 = 0.6;
const OTHER_LEVELS: f64 = 0.4;
/// A note waits for so many hops, so that it does not change at once: that channels are mixed (4 s) longer than that
/// some are left out (1 s), because the decision may follow.
const NOTE_AFTER: [u64; 2] = [125, 31];

/// What is known about the channels of an input.
pub(crate) struct ChannelSurvey {
    channels: Vec<Channel>,
    /// Interleaved to single channels.
    split: Vec<f32>,
    /// For each pair `(a, b)` with `a < b`, in this order.
    pairs: Vec<Pair>,
    hops: u64,
    /// Whether sound decides which channels are recorded.
    is_deciding: bool,
    left_out: Vec<bool>,
    note: Option<ChannelNote>,
    note_since: u64,
    /// Whether the user was told that channels are mixed, and that some are left out.
    told: [bool; 2],
}

struct Channel {
    resampler: Resampler,
    /// 16 kHz samples that are not judged yet.
    pending: Vec<f32>,
    detector: Option<Box<dyn VoiceDetector>>,
    /// Levels of the last hops, in dBFS.
    levels: VecDeque<f64>,
    /// Which of them have a voice.
    voices: VecDeque<bool>,
    /// Loudest hop since the levels were last taken.
    peak_dbfs: f64,
    heard: Heard,
    /// Until this hop, the channel counts as risen.
    risen_until: u64,
}

/// How two channels compare.
#[derive(Default, Clone)]
struct Pair {
    products: f64,
    energies: [f64; 2],
    differ: bool,
}

impl ChannelSurvey {
    /// For an input with this rate and number of channels. If one channel was chosen, only levels are measured.
    pub(crate) fn new(
        rate_hz: u32,
        channels: u16,
        is_deciding: bool,
        new_detector: Option<&NewVoiceDetector>,
    ) -> Result<Self, RateError> {
        let count = usize::from(channels.max(1));
        let channels = (0..count).map(|_| {
            Ok(Channel {
                resampler: Resampler::new(rate_hz)?,
                pending: Vec::new(),
                detector: match is_deciding {
                    true => new_detector.and_then(|new| new()),
                    false => None,
                },
                levels: VecDeque::new(),
                voices: VecDeque::new(),
                peak_dbfs: SILENT_DBFS,
                heard: Heard::default(),
                risen_until: 0,
            })
        });
        Ok(Self {
            channels: channels.collect::<Result<_, _>>()?,
            split: Vec::new(),
            pairs: vec![Pair::default(); count * (count - 1) / 2],
            hops: 0,
            is_deciding,
            left_out: vec![false; count],
            note: None,
            note_since: 0,
            told: [false; 2],
        })
    }

    /// Listens to interleaved frames.
    pub(crate) fn push(&mut self, interleaved: &[f32]) {
        let count = self.channels.len();
        for (index, channel) in self.channels.iter_mut().enumerate() {
            self.split.clear();
            let samples = interleaved.iter().skip(index).step_by(count);
            self.split
                .extend(samples.map(|s| if s.is_finite() { *s } else { 0.0 }));
            channel.resampler.push(&self.split, &mut channel.pending);
        }
        while self.channels.iter().all(|one| one.pending.len() >= HOP) {
            self.hop();
        }
    }

    /// Listens to what comes later, so that the decision does not have to wait for it.
    pub(crate) fn preview(&mut self, interleaved: &[f32]) {
        self.push(interleaved);
        for channel in &mut self.channels {
            // The last sound is not the one before the first.
            channel.heard.has_risen = false;
            channel.risen_until = 0;
        }
    }

    /// For each channel, whether it is left out.
    pub(crate) fn left_out(&self) -> &[bool] {
        &self.left_out
    }

    /// The level of each channel since the last call, in dBFS.
    pub(crate) fn take_levels(&mut self) -> Vec<f64> {
        let channels = self.channels.iter_mut();
        channels
            .map(|channel| std::mem::replace(&mut channel.peak_dbfs, SILENT_DBFS))
            .collect()
    }

    /// What the user should know, once it is certain or if the input `has_ended`. Each kind of note is returned only
    /// once.
    pub(crate) fn take_note(&mut self, has_ended: bool) -> Option<ChannelNote> {
        let note = self.note.as_ref()?;
        let kind = usize::from(matches!(note, ChannelNote::LeftOut { .. }));
        if !has_ended && self.hops < self.note_since + NOTE_AFTER[kind] {
            return None;
        }
        let is_told = std::mem::replace(&mut self.told[kind], true);
        (!is_told).then(|| note.clone())
    }

    /// A take begins now.
    pub(crate) fn begin_take(&mut self) {
        for channel in &mut self.channels {
            let hops = channel.voices.len();
            let voices = channel.voices.iter().filter(|voice| **voice).count();
            channel.heard.voice_before = (hops >= BEFORE_MIN).then(|| voices as f64 / hops as f64);
            channel.heard.voice_in_take = 0.0;
        }
    }

    fn hop(&mut self) {
        self.compare();
        for channel in &mut self.channels {
            channel.hop(self.hops);
        }
        self.hops += 1;
        if !self.is_deciding || self.channels.len() < 2 {
            return;
        }
        if self.hops.is_multiple_of(DECIDE_EVERY) {
            self.update_pairs();
            for channel in &mut self.channels {
                channel.heard.is_steady = is_steady(&channel.levels);
            }
        }
        let heard: Vec<Heard> = self.channels.iter().map(|one| one.heard).collect();
        let count = heard.len();
        let pairs = &self.pairs;
        let differ = |a: usize, b: usize| pairs[pair_index(count, a, b)].differ;
        let Decision { left_out, note } = decide(&heard, &differ);
        self.left_out = left_out;
        let kind = |note: &Option<ChannelNote>| note.as_ref().map(std::mem::discriminant);
        if kind(&self.note) != kind(&note) {
            self.note_since = self.hops;
        }
        self.note = note;
    }

    /// Adds the waveforms of the next hop to the comparison of the channels.
    fn compare(&mut self) {
        if !self.is_deciding {
            return;
        }
        let count = self.channels.len();
        let hop = |channel: usize| &self.channels[channel].pending[..HOP];
        let energy =
            |channel: usize| -> f64 { hop(channel).iter().map(|s| f64::from(s * s)).sum() };
        let energies: Vec<f64> = (0..count).map(energy).collect();
        for a in 0..count {
            for b in a + 1..count {
                let product: f32 = hop(a).iter().zip(hop(b)).map(|(x, y)| x * y).sum();
                let pair = &mut self.pairs[pair_index(count, a, b)];
                let decay = 1.0 - 1.0 / WINDOW as f64;
                pair.products = pair.products * decay + f64::from(product);
                pair.energies[0] = pair.energies[0] * decay + energies[a];
                pair.energies[1] = pair.energies[1] * decay + energies[b];
            }
        }
    }

    fn update_pairs(&mut self) {
        let count = self.channels.len();
        for a in 0..count {
            for b in a + 1..count {
                let (first, second) = (&self.channels[a].levels, &self.channels[b].levels);
                let pair = &mut self.pairs[pair_index(count, a, b)];
                let sound = |levels: &VecDeque<f64>| {
                    levels.iter().filter(|level| **level > SOUND_DBFS).count()
                };
                if sound(first) < COMPARED_MIN || sound(second) < COMPARED_MIN {
                    continue;
                }
                let wave = pair.products.abs() / (pair.energies[0] * pair.energies[1]).sqrt();
                let levels = level_correlation(first, second);
                if wave >= SAME_WAVE || levels >= SAME_LEVELS {
                    pair.differ = false;
                } else if wave < OTHER_WAVE && levels < OTHER_LEVELS {
                    pair.differ = true;
                }
            }
        }
    }
}

impl Channel {
    /// Judges the next hop.
    fn hop(&mut self, now: u64) {
        let samples: Vec<f32> = self.pending.drain(..HOP).collect();
        let dbfs = rms_dbfs(&samples);
        self.peak_dbfs = self.peak_dbfs.max(dbfs);
        let has_sound = dbfs > SOUND_DBFS;
        // The detector follows the channel also through its pauses.
        let has_voice = match &mut self.detector {
            Some(detector) => detector.voice_probability(&samples) > VOICE_PROBABILITY && has_sound,
            None => has_sound,
        };
        let loudest = self.levels.iter().copied().fold(SOUND_DBFS, f64::max);
        let rises = self.levels.len() >= BEFORE_MIN && dbfs > loudest + RISE_DB;
        push_within(&mut self.levels, dbfs);
        push_within(&mut self.voices, has_voice);
        let (wanted, among) = VOICE_BEGINS;
        let recent = self.voices.iter().rev().take(among);
        let voice_begins = recent.filter(|voice| **voice).count() >= wanted;
        for (has_begun, hops) in [(rises, RISEN_FOR), (voice_begins, VOICE_FOR)] {
            if has_begun {
                self.risen_until = self.risen_until.max(now + hops);
            }
        }
        let heard = &mut self.heard;
        heard.sound = heard.sound * DECAY + f64::from(u8::from(has_sound));
        heard.voice = heard.voice * DECAY + f64::from(u8::from(has_voice));
        heard.voice_in_take += f64::from(u8::from(has_voice));
        heard.has_risen = now < self.risen_until;
    }
}

fn is_steady(levels: &VecDeque<f64>) -> bool {
    let mut sorted: Vec<f64> = levels.iter().copied().collect();
    sorted.sort_by(f64::total_cmp);
    let tenth = sorted.len() / 10;
    let [quiet, loud] =
        [tenth, (sorted.len() - tenth).saturating_sub(1)].map(|index| sorted.get(index));
    match (quiet, loud) {
        (Some(quiet), Some(loud)) => levels.len() >= BEFORE_MIN && loud - quiet < STEADY_DB,
        _ => false,
    }
}

/// Appends a value, and drops the oldest one if there are more than [`WINDOW`].
fn push_within<T>(queue: &mut VecDeque<T>, value: T) {
    if queue.len() == WINDOW {
        queue.pop_front();
    }
    queue.push_back(value);
}

/// Correlation of two courses of levels in dB. Silence counts as quiet, however quiet it is. 0 if one is constant.
fn level_correlation(first: &VecDeque<f64>, second: &VecDeque<f64>) -> f64 {
    let floor = |level: &f64| level.max(SOUND_DBFS);
    let count = first.len().min(second.len()) as f64;
    let mean = |levels: &VecDeque<f64>| levels.iter().map(floor).sum::<f64>() / count;
    let (first_mean, second_mean) = (mean(first), mean(second));
    let mut sums = [0.0; 3];
    for (a, b) in first.iter().map(floor).zip(second.iter().map(floor)) {
        let (a, b) = (a - first_mean, b - second_mean);
        sums[0] += a * b;
        sums[1] += a * a;
        sums[2] += b * b;
    }
    let scale = (sums[1] * sums[2]).sqrt();
    if scale > 0.0 { sums[0] / scale } else { 0.0 }
}

/// The position of a pair of channels in a list of all pairs.
fn pair_index(count: usize, a: usize, b: usize) -> usize {
    let (a, b) = (a.min(b), a.max(b));
    a * count - a * (a + 1) / 2 + (b - a - 1)
}

#[cfg(test)]
mod tests;
