//! Spectrum of a take in short frames: energy in bands that are as wide as those of human hearing.
//! Endpointing and filled-pause detection use it.

use std::sync::Arc;

use realfft::{RealFftPlanner, RealToComplex};

use super::frame::HOP;
use super::sample_tail::SampleTail;
use crate::domain::voice::ANALYSIS_RATE_HZ;

/// Samples per frame, around its middle: 20 ms.
const WINDOW: usize = 320;
/// Number of bands: one for low pitch, below the mel bands, ...
pub const BANDS: usize = 1 + MEL_BANDS;
/// ... and the mel bands.
pub const MEL_BANDS: usize = 20;
/// Lower limit of the pitch band, above rumble and DC offset. A creaky voice has little energy above this
/// band.
const PITCH_HZ: f64 = 100.0;
/// Limits of the mel bands.
const LOWEST_HZ: f64 = 125.0;
const HIGHEST_HZ: f64 = 7600.0;

/// Energy of one frame in each band, lowest band first, relative to full scale squared.
pub type Bands = [f32; BANDS];

/// The first sample of a frame. Frame `i` is centered on `(i + 0.5) * HOP_SECS`.
fn window_start(frame: usize) -> isize {
    (frame * HOP + HOP / 2) as isize - (WINDOW / 2) as isize
}

/// The first sample needed by frames from `frame` on.
pub fn first_sample(frame: usize) -> usize {
    window_start(frame).max(0) as usize
}

/// Number of frames that are completely covered by the first `samples` samples.
pub fn settled(samples: usize) -> usize {
    samples.saturating_sub(WINDOW / 2 - HOP / 2) / HOP
}

/// Computes band energies. The mel bands are equally wide in mel (O'Shaughnessy 1987).
pub struct SpectrumAnalyzer {
    fft: Arc<dyn RealToComplex<f32>>,
    taper: Vec<f32>,
    /// First bin of each band, and the end of the last band.
    edges: Vec<usize>,
    input: Vec<f32>,
    output: Vec<realfft::num_complex::Complex<f32>>,
    scratch: Vec<realfft::num_complex::Complex<f32>>,
}

impl SpectrumAnalyzer {
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

    /// Band energies of a frame.
    pub fn bands(&mut self, tail: &SampleTail, frame: usize) -> Bands {
        tail.copy(window_start(frame), &mut self.input);
        for (slot, taper) in self.input.iter_mut().zip(&self.taper) {
            *slot *= taper;
        }
        let mut bands = [0.0; BANDS];
        let lengths_fit = self
            .fft
            .process_with_scratch(&mut self.input, &mut self.output, &mut self.scratch)
            .is_ok();
        debug_assert!(lengths_fit, "the buffers come from the planner");
        // A full-scale sine has an energy of 0.5, its mean square.
        let scale = 16.0 / (3.0 * (WINDOW * WINDOW) as f32);
        for (band, edges) in bands.iter_mut().zip(self.edges.windows(2)) {
            let bins = &self.output[edges[0]..edges[1]];
            *band = scale * bins.iter().map(|bin| bin.norm_sqr()).sum::<f32>();
        }
        bands
    }
}

/// Band energies of all frames.
#[cfg(test)]
pub fn frames(samples: &[f32]) -> Vec<Bands> {
    let tail = SampleTail::from(samples);
    let mut spectrum = SpectrumAnalyzer::new();
    (0..samples.len() / HOP)
        .map(|frame| spectrum.bands(&tail, frame))
        .collect()
}

fn band_edges() -> Vec<usize> {
    let mel = |hz: f64| 2595.0 * (1.0 + hz / 700.0).log10();
    let hz = |mel: f64| 700.0 * (10f64.powf(mel / 2595.0) - 1.0);
    let (low, high) = (mel(LOWEST_HZ), mel(HIGHEST_HZ));
    let bin_hz = f64::from(ANALYSIS_RATE_HZ) / WINDOW as f64;
    let bin = |hz: f64| (hz / bin_hz).ceil() as usize;
    let mel_edges = (0..=MEL_BANDS)
        .map(|i| low + (high - low) * i as f64 / MEL_BANDS as f64)
        .map(|edge| bin(hz(edge)));
    std::iter::once(bin(PITCH_HZ)).chain(mel_edges).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sine_has_its_energy_in_its_band() {
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
                // Half of its energy is in the bin below.
                100.0 => assert!(energy > 0.3, "{hz} Hz has {energy}"),
                _ => assert!((energy - 0.5).abs() < 0.05, "{hz} Hz has {energy}"),
            }
        }
        assert!(loudest[1..].is_sorted(), "{loudest:?}");
        assert!(band_edges().windows(2).all(|edge| edge[0] < edge[1]));
    }

    #[test]
    fn incomplete_frames_are_left_out() {
        assert!(frames(&[]).is_empty());
        assert!(frames(&[0.1; HOP - 1]).is_empty());
        assert_eq!(frames(&[0.0; HOP]), [[0.0; BANDS]]);
    }
}
