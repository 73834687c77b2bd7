//! Mixes any number of channels to one. Uses the mean, unless the mean loses the voice (one silent
//! channel, or two in antiphase); then it uses the loudest channel, and those that carry other sound than it.

/// Frames per decision; the weights are cross-faded over them.
const BLOCK_FRAMES: usize = 480;
/// The mean is used while it has at least this share of the loudest channel's energy. Independent
/// channels of equal level leave a half; one silent channel of two leaves a quarter.
const MIN_MEAN_SHARE: f64 = 0.35;
/// A channel with less than this share of the loudest channel's energy (26 dB) is not needed beside it.
const MIN_SHARE_BESIDE: f64 = 0.0025;
/// Mean energy of a sample below which a channel is silent: -60 dBFS.
const SILENT_ENERGY: f64 = 1e-6;
/// Channels that correlate less than this carry different sound.
const MAX_CORRELATION_BESIDE: f64 = 0.3;
/// Decay of the energies per block: 0.3 s at 48 kHz.
const DECAY: f64 = 0.967;
/// Largest positive value of a 16-bit file. Floats beyond 1 are loud, but not cut off.
const FULL_SCALE: std::ops::RangeInclusive<f32> = 32_767.0 / 32_768.0..=1.0;
/// So many equal samples in a row at full scale were cut off. A peak has fewer.
const SHORTEST_CLIP: u64 = 3;

/// Mixes interleaved frames to one channel, over any number of calls.
#[derive(Debug)]
pub struct Downmix {
    channels: usize,
    /// Decayed energy of each channel, and products of each pair of channels, row by row.
    energy: Vec<f64>,
    products: Vec<f64>,
    /// The decayed number of frames in these.
    weight: f64,
    /// Channels that are not used.
    left_out: Vec<bool>,
    weights: Option<Vec<f32>>,
    /// Last sample of each channel, and how often it was repeated at full scale.
    flat: Vec<(f32, u64)>,
    clipped_frames: u64,
}

impl Downmix {
    /// For frames of `channels` samples, at least one.
    pub fn new(channels: u16) -> Self {
        let channels = usize::from(channels.max(1));
        Self {
            channels,
            energy: vec![0.0; channels],
            products: vec![0.0; channels * channels],
            weight: 0.0,
            left_out: vec![false; channels],
            weights: None,
            flat: vec![(0.0, 0); channels],
            clipped_frames: 0,
        }
    }

    /// Leaves channels out from now on; at least one must stay.
    pub fn leave_out(&mut self, left_out: &[bool]) {
        if left_out.len() == self.channels && left_out.contains(&false) {
            self.left_out.copy_from_slice(left_out);
        }
    }

    /// Appends the mix of `interleaved` (whole frames) to `out`. Non-finite samples count as silence.
    pub fn push(&mut self, interleaved: &[f32], out: &mut Vec<f32>) {
        for block in interleaved.chunks(BLOCK_FRAMES * self.channels) {
            self.measure(block);
            let from = self.weights.take();
            let to = self.target_weights();
            let from = from.unwrap_or_else(|| to.clone());
            let frames = block.len() / self.channels;
            for (i, frame) in block.chunks_exact(self.channels).enumerate() {
                let fade = (i + 1) as f32 / frames as f32;
                let mixed: f32 = frame
                    .iter()
                    .zip(from.iter().zip(&to))
                    .map(|(s, (a, b))| finite(*s) * (a + (b - a) * fade))
                    .sum();
                out.push(mixed);
            }
            self.weights = Some(to);
        }
    }

    /// Number of frames in which at least one channel was cut off at full scale.
    pub fn clipped_frames(&self) -> u64 {
        self.clipped_frames
    }

    fn measure(&mut self, block: &[f32]) {
        let decayed = self.energy.iter_mut().chain(&mut self.products);
        for energy in decayed.chain([&mut self.weight]) {
            *energy *= DECAY;
        }
        for frame in block.chunks_exact(self.channels) {
            let mut longest_flat = 0;
            let channels = self.energy.iter_mut().zip(&mut self.flat);
            for (sample, (energy, flat)) in frame.iter().zip(channels) {
                let sample = finite(*sample);
                *energy += f64::from(sample).powi(2);
                let repeats = if sample == flat.0 { flat.1 + 1 } else { 1 };
                let is_full = FULL_SCALE.contains(&sample.abs());
                *flat = (sample, if is_full { repeats } else { 0 });
                longest_flat = longest_flat.max(flat.1);
            }
            self.clipped_frames += match longest_flat {
                0..SHORTEST_CLIP => 0,
                SHORTEST_CLIP => SHORTEST_CLIP,
                _ => 1,
            };
        }
        self.weight += (block.len() / self.channels) as f64;
        for a in 0..self.channels {
            for b in a + 1..self.channels {
                // A silent channel has no products.
                if self.energy[a] > 0.0 && self.energy[b] > 0.0 {
                    let frames = block.chunks_exact(self.channels);
                    let products = frames.map(|frame| finite(frame[a]) * finite(frame[b]));
                    let product: f64 = products.map(f64::from).sum();
                    self.products[a * self.channels + b] += product;
                }
            }
        }
    }

    /// The energy of the mean of these channels.
    fn mean_energy(&self, used: &[usize]) -> f64 {
        let own: f64 = used.iter().map(|c| self.energy[*c]).sum();
        let pairs = used.iter().enumerate();
        let products: f64 = pairs
            .flat_map(|(row, a)| used[row + 1..].iter().map(move |b| (a, b)))
            .map(|(a, b)| self.products[a * self.channels + b])
            .sum();
        (own + 2.0 * products) / (used.len() * used.len()) as f64
    }

    fn used_channels(&self) -> Vec<usize> {
        (0..self.channels).filter(|c| !self.left_out[*c]).collect()
    }

    fn target_weights(&self) -> Vec<f32> {
        let used = self.used_channels();
        let loudest = used
            .iter()
            .copied()
            .max_by(|a, b| self.energy[*a].total_cmp(&self.energy[*b]));
        let mut weights = vec![0.0; self.channels];
        match loudest {
            Some(loudest) if self.mean_energy(&used) < MIN_MEAN_SHARE * self.energy[loudest] => {
                weights[loudest] = 1.0;
                // A quieter channel with other sound may be the voice, which keeps its level.
                for channel in used {
                    if self.is_needed_beside(loudest, channel) {
                        weights[channel] = 1.0;
                    }
                }
            }
            _ => {
                for channel in &used {
                    weights[*channel] = 1.0 / used.len() as f32;
                }
            }
        }
        weights
    }

    /// Whether a channel has sound of its own beside the loudest one.
    fn is_needed_beside(&self, loudest: usize, channel: usize) -> bool {
        let (energy, most) = (self.energy[channel], self.energy[loudest]);
        let (a, b) = (channel.min(loudest), channel.max(loudest));
        let correlation = self.products[a * self.channels + b].abs() / (energy * most).sqrt();
        channel != loudest
            && energy > SILENT_ENERGY * self.weight
            && energy > MIN_SHARE_BESIDE * most
            && correlation < MAX_CORRELATION_BESIDE
    }
}

fn finite(sample: f32) -> f32 {
    if sample.is_finite() { sample } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(i: usize) -> f32 {
        (i as f32 * 0.05).sin() * 0.5
    }

    fn level_of(frame: impl Fn(f32) -> Vec<f32>) -> f32 {
        let interleaved: Vec<f32> = (0..4800).flat_map(|i| frame(tone(i))).collect();
        let mut out = Vec::new();
        Downmix::new(frame(0.0).len() as u16).push(&interleaved, &mut out);
        assert_eq!(out.len(), 4800);
        let energy: f32 = out.iter().map(|s| s * s).sum();
        (energy / 4800.0).sqrt()
    }

    #[test]
    fn no_channel_layout_loses_the_voice() {
        let mono = level_of(|s| vec![s]);
        for (name, level) in [
            ("both", level_of(|s| vec![s, s])),
            ("one silent", level_of(|s| vec![0.0, s])),
            ("antiphase", level_of(|s| vec![s, -s])),
            (
                "one of eight",
                level_of(|s| vec![0., 0., 0., s, 0., 0., 0., 0.]),
            ),
            ("one broken", level_of(|s| vec![s, f32::NAN])),
        ] {
            assert!(
                (level / mono - 1.0).abs() < 0.01,
                "{name}: {level} of {mono}"
            );
        }
    }

    /// The share of the energy of `voice` that is in the mix of it with other channels.
    fn share_of(voice: &[f32], mix: &[f32]) -> f32 {
        let product: f32 = voice.iter().zip(mix).map(|(a, b)| a * b).sum();
        let energy: f32 = voice.iter().map(|s| s * s).sum();
        product / energy
    }

    #[test]
    fn quieter_voice_beside_other_sound_is_kept() {
        let noise =
            |i: u32| (f64::from(i.wrapping_mul(2_654_435_761)) / 2f64.powi(31) - 1.0) as f32;
        let voice: Vec<f32> = (0..48_000).map(|i| tone(i) * 0.2).collect();
        for (position, count, gain) in [(1, 2, 0.9), (3, 4, 0.9), (0, 6, 0.5), (2, 3, 0.02)] {
            let mut interleaved = Vec::new();
            for (i, sample) in (0..).zip(&voice) {
                let mut frame = vec![0.0; count];
                frame[(position + 1) % count] = noise(i) * gain;
                frame[position] = *sample;
                interleaved.extend(frame);
            }
            let mut mix = Vec::new();
            let mut downmix = Downmix::new(count as u16);
            downmix.push(&interleaved, &mut mix);
            let share = share_of(&voice, &mix);
            assert!(share > 0.3, "channel {position} of {count}: {share}");
            // Without the other channel, the voice is unchanged.
            let mut left_out = vec![false; count];
            left_out[(position + 1) % count] = true;
            downmix.leave_out(&left_out);
            mix.clear();
            downmix.push(&interleaved, &mut mix);
            let share = share_of(&voice[4_800..], &mix[4_800..]);
            assert!((share - 1.0).abs() < 0.05, "channel {position}: {share}");
        }
    }

    #[test]
    fn at_least_one_channel_stays() {
        let mut downmix = Downmix::new(2);
        downmix.leave_out(&[true, true]);
        downmix.leave_out(&[true]);
        let mut mix = Vec::new();
        downmix.push(&[0.5; 960], &mut mix);
        assert_eq!(mix, [0.5; 480]);
    }

    #[test]
    fn samples_cut_off_at_full_scale_are_counted_per_frame() {
        let clipped = |channels, samples: &[f32]| {
            let mut downmix = Downmix::new(channels);
            // A block may end anywhere.
            let (first, rest) = samples.split_at(2 * usize::from(channels));
            downmix.push(first, &mut Vec::new());
            downmix.push(rest, &mut Vec::new());
            downmix.clipped_frames()
        };
        let top = 32_767.0 / 32_768.0;
        assert_eq!(clipped(1, &[0.9, top, top, top, top, 0.9]), 4);
        assert_eq!(clipped(1, &[-0.9, -1.0, -1.0, -1.0, -0.9]), 3);
        assert_eq!(clipped(2, &[1.0, 0.1, 1.0, 0.2, 1.0, 0.3, 0.5, 0.4]), 3);
        // Peaks.
        assert_eq!(clipped(1, &[0.9, 1.0, 0.9, top, top, 0.9, -1.0, 1.0]), 0);
        // Floats keep what is louder.
        assert_eq!(
            clipped(1, &[0.9, 1.4, 1.8, 1.9, 1.8, 2.0, 2.0, 2.0, 2.0]),
            0
        );
    }
}
