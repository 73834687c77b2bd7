//! Mixes any number of channels to one. Uses the mean, unless the mean loses the voice (one silent
//! channel, or two in antiphase); then it uses the loudest channel alone.

/// Frames per decision; the weights are cross-faded over them.
const BLOCK_FRAMES: usize = 480;
/// The mean is used while it has at least this share of the loudest channel's energy. Independent
/// channels of equal level leave a half; one silent channel of two leaves a quarter.
const MIN_MEAN_SHARE: f64 = 0.35;
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
    energy: Vec<f64>,
    mean_energy: f64,
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
            mean_energy: 0.0,
            weights: None,
            flat: vec![(0.0, 0); channels],
            clipped_frames: 0,
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
        for energy in self.energy.iter_mut().chain([&mut self.mean_energy]) {
            *energy *= DECAY;
        }
        for frame in block.chunks_exact(self.channels) {
            let mut sum = 0.0;
            let mut longest_flat = 0;
            let channels = self.energy.iter_mut().zip(&mut self.flat);
            for (sample, (energy, flat)) in frame.iter().zip(channels) {
                let sample = finite(*sample);
                *energy += f64::from(sample).powi(2);
                sum += f64::from(sample);
                let repeats = if sample == flat.0 { flat.1 + 1 } else { 1 };
                let is_full = FULL_SCALE.contains(&sample.abs());
                *flat = (sample, if is_full { repeats } else { 0 });
                longest_flat = longest_flat.max(flat.1);
            }
            self.mean_energy += (sum / self.channels as f64).powi(2);
            self.clipped_frames += match longest_flat {
                0..SHORTEST_CLIP => 0,
                SHORTEST_CLIP => SHORTEST_CLIP,
                _ => 1,
            };
        }
    }

    fn target_weights(&self) -> Vec<f32> {
        let loudest = (0..self.channels).max_by(|a, b| self.energy[*a].total_cmp(&self.energy[*b]));
        match loudest {
            Some(loudest) if self.mean_energy < MIN_MEAN_SHARE * self.energy[loudest] => (0..self
                .channels)
                .map(|c| f32::from(u8::from(c == loudest)))
                .collect(),
            _ => vec![1.0 / self.channels as f32; self.channels],
        }
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
