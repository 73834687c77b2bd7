//! The spectrum of a take in short frames: energy in bands as wide as the ear's. What edges of
//! speech and filler sounds are read from.

use std::sync::Arc;

use realfft::{RealFftPlanner, RealToComplex};

use super::ANALYSIS_RATE_HZ;
use super::analyzer::SampleTail;
use crate::domain::time::Secs;

/// Samples between two frames: 10 ms.
pub const HOP: usize = 160;
/// The same in seconds.
pub const HOP_SECS: Secs = HOP as f64 / ANALYSIS_RATE_HZ as f64;
/// Samples a frame looks at, around its middle: 20 ms.
const WINDOW: usize = 320;
/// How many bands there are: one of the voice's own pitch, below the others, ...
pub const BANDS: usize = 1 + EAR_BANDS;
/// ... and those that are as wide as the ear's.
pub const EAR_BANDS: usize = 20;
/// Where the first begins, above rumble and offset. A creaking voice has little above it.
const PITCH_HZ: f64 = 100.0;
/// Where the ear's begin and end.
const LOWEST_HZ: f64 = 125.0;
const HIGHEST_HZ: f64 = 7600.0;

/// Energy of one frame in each band, lowest first, in units of full scale squared.
pub type Bands = [f32; BANDS];

/// Where the samples begin that a frame looks at; frame `i` is centred on `(i + 0.5) * HOP_SECS`.
fn first(frame: usize) -> isize {
    (frame * HOP + HOP / 2) as isize - (WINDOW / 2) as isize
}

/// The first sample that frames from `frame` on look at.
pub fn first_sample(frame: usize) -> usize {
    first(frame).max(0) as usize
}

/// How many frames see all they look at in the first `samples` samples.
pub fn settled(samples: usize) -> usize {
    samples.saturating_sub(WINDOW / 2 - HOP / 2) / HOP
}

/// Turns samples into energies. The ear's bands are equally wide in mel (O'Shaughnessy 1987).
pub struct Spectrum {
    fft: Arc<dyn RealToComplex<f32>>,
    taper: Vec<f32>,
    /// First bin of each band, and the one after the last.
    edges: Vec<usize>,
    input: Vec<f32>,
    output: Vec<realfft::num_complex::Complex<f32>>,
    scratch: Vec<realfft::num_complex::Complex<f32>>,
}

impl Spectrum {
    pub fn new() -> Self {
        let fft = RealFftPlanner::<f32>::new().plan_fft_forward(WINDOW);
        let hann = |i: usize| 0.5 - 0.5 * (std::f64::consts::TAU * i as f64 / WINDOW as f64).cos();
        Self {
            taper: (0..WINDOW).map(|i| hann(i) as f32).collect(),
            edges: band_edges(),
            input: fft.make_input_vec(),
            output: fft.make_output_vec(),
            scratch: fft.make_scratch_vec(),
            fft,
        }
    }

    /// Energies of a frame.
    pub fn bands(&mut self, sound: &SampleTail, frame: usize) -> Bands {
        sound.copy(first(frame), &mut self.input);
        for (slot, taper) in self.input.iter_mut().zip(&self.taper) {
            *slot *= taper;
        }
        let mut bands = [0.0; BANDS];
        let lengths_fit = self
            .fft
            .process_with_scratch(&mut self.input, &mut self.output, &mut self.scratch)
            .is_ok();
        debug_assert!(lengths_fit, "the planner made the buffers");
        // A sine at full scale has 0.5, as its mean square.
        let scale = 16.0 / (3.0 * (WINDOW * WINDOW) as f32);
        for (band, edges) in bands.iter_mut().zip(self.edges.windows(2)) {
            let bins = &self.output[edges[0]..edges[1]];
            *band = scale * bins.iter().map(|bin| bin.norm_sqr()).sum::<f32>();
        }
        bands
    }
}

/// Energies of whole sounds.
#[cfg(test)]
pub fn frames(samples: &[f32]) -> Vec<Bands> {
    let sound = SampleTail::from(samples);
    let mut spectrum = Spectrum::new();
    (0..samples.len() / HOP)
        .map(|frame| spectrum.bands(&sound, frame))
        .collect()
}

fn band_edges() -> Vec<usize> {
    let mel = |hz: f64| 2595.0 * (1.0 + hz / 700.0).log10();
    let hz = |mel: f64| 700.0 * (10f64.powf(mel / 2595.0) - 1.0);
    let (low, high) = (mel(LOWEST_HZ), mel(HIGHEST_HZ));
    let bin_hz = f64::from(ANALYSIS_RATE_HZ) / WINDOW as f64;
    let bin = |hz: f64| (hz / bin_hz).ceil() as usize;
    let ear = (0..=EAR_BANDS)
        .map(|i| low + (high - low) * i as f64 / EAR_BANDS as f64)
        .map(|edge| bin(hz(edge)));
    std::iter::once(bin(PITCH_HZ)).chain(ear).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_is_in_its_band_with_its_energy() {
        let sine = |hz: f64| -> Vec<f32> {
            let at = |i: usize| 0.5 + std::f64::consts::TAU * hz * i as f64 / 16_000.0;
            (0..16_000).map(|i| at(i).sin() as f32).collect()
        };
        let mut loudest = Vec::new();
        for hz in [0.0, 100.0, 300.0, 1000.0, 3000.0, 7000.0] {
            let frames = frames(&sine(hz));
            assert_eq!(frames.len(), 100);
            let middle = frames[50];
            let band = (0..BANDS).max_by(|a, b| middle[*a].total_cmp(&middle[*b]));
            loudest.push(band.expect("bands"));
            let energy: f32 = middle.iter().sum();
            match hz {
                0.0 => assert!(energy < 0.001, "{hz} Hz has {energy}"),
                // Half of it lies in the bin below.
                100.0 => assert!(energy > 0.3, "{hz} Hz has {energy}"),
                _ => assert!((energy - 0.5).abs() < 0.05, "{hz} Hz has {energy}"),
            }
        }
        assert!(loudest[1..].is_sorted(), "{loudest:?}");
        assert!(band_edges().windows(2).all(|edge| edge[0] < edge[1]));
    }

    #[test]
    fn no_samples_have_no_frames() {
        assert!(frames(&[]).is_empty());
        assert!(frames(&[0.1; HOP - 1]).is_empty());
        assert_eq!(frames(&[0.0; HOP]), [[0.0; BANDS]]);
    }
}
