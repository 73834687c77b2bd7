//! Voice activity detection with Silero v6, from the model file of whisper.cpp, computed hop by hop.
//!
//! whisper.cpp's own implementation resets its state at the end of each call. On streamed audio, even with
//! 2 s of context, one hop in thirty would differ from the same audio in a file. This implementation keeps
//! its state, so a take is segmented alike while it is recorded and later.
//!
//! Own code: crates for Silero bring ONNX Runtime as a second inference engine, or the weights of another
//! version. Here the network is 250 lines.

use std::fs;

use super::recognizer::EngineError;
use crate::domain::model_source::ModelSource;

/// Samples (16 kHz) per hop: 32 ms.
pub const HOP: usize = 512;

/// Samples reflected at both ends of a hop, so that four frames fit.
const MARGIN: usize = 64;
/// Window, step, bins and frames of the spectrum.
const WINDOW: usize = 256;
const STEP: usize = 128;
const BINS: usize = 129;
const FRAMES: usize = 4;
/// Channels of the network's layers.
const WIDE: usize = 128;
const NARROW: usize = 64;
/// Frames covered by a convolution.
const KERNEL: usize = 3;

/// The network. It is immutable, so several streams can share it.
pub struct Silero {
    basis: Matrix,
    encoder: [Layer; 4],
    input: Matrix,
    hidden: Matrix,
    gates_bias: Vec<f32>,
    last: Vec<f32>,
    last_bias: f32,
}

/// The recurrent state of one audio stream.
#[derive(Debug, Clone)]
pub struct SileroState {
    hidden: [f32; WIDE],
    cell: [f32; WIDE],
}

impl Default for SileroState {
    fn default() -> Self {
        Self {
            hidden: [0.0; WIDE],
            cell: [0.0; WIDE],
        }
    }
}

impl Silero {
    /// Loads a model such as `ggml-silero-v6.2.0.bin`.
    pub fn load(model: &ModelSource) -> Result<Self, EngineError> {
        let parsed = match model {
            ModelSource::File(path) => fs::read(path).ok().and_then(|bytes| Self::parse(&bytes)),
            ModelSource::Embedded(model) => Self::parse(model.bytes),
        };
        parsed.ok_or_else(|| EngineError::Model(model.path().to_owned()))
    }

    /// Speech probability, 0 to 1, of the next [`HOP`] samples of the stream with this `state`. Fewer
    /// samples are padded with silence.
    pub fn speech_probability(&self, state: &mut SileroState, samples: &[f32]) -> f32 {
        let mut hop = [0.0; HOP];
        let length = samples.len().min(HOP);
        hop[..length].copy_from_slice(&samples[..length]);
        let spectrum = self.spectrum(&hop);
        let [first, second, third, fourth] = &self.encoder;
        let encoded = first.run(&spectrum, FRAMES, 1);
        let encoded = second.run(&encoded, FRAMES, 2);
        let encoded = third.run(&encoded, FRAMES / 2, 2);
        let encoded = fourth.run(&encoded, 1, 1);
        self.update_state(state, &encoded);
        let logit: f32 = std::iter::zip(&state.hidden, &self.last)
            .map(|(value, weight)| value.max(0.0) * weight)
            .sum();
        sigmoid(logit + self.last_bias)
    }

    /// Magnitude spectra, frame by frame.
    fn spectrum(&self, hop: &[f32; HOP]) -> Vec<f32> {
        let mut padded = [0.0; HOP + 2 * MARGIN];
        padded[MARGIN..MARGIN + HOP].copy_from_slice(hop);
        for i in 0..MARGIN {
            padded[i] = hop[MARGIN - i];
            padded[MARGIN + HOP + i] = hop[HOP - 2 - i];
        }
        let mut spectrum = Vec::with_capacity(FRAMES * BINS);
        for frame in 0..FRAMES {
            let mut parts = [0.0; 2 * BINS];
            let at = frame * STEP;
            self.basis.add_product(&padded[at..at + WINDOW], &mut parts);
            let (real, imaginary) = parts.split_at(BINS);
            spectrum.extend(
                real.iter()
                    .zip(imaginary)
                    .map(|(a, b)| (a * a + b * b).sqrt()),
            );
        }
        spectrum
    }

    /// One LSTM step (gates in PyTorch's order: input, forget, cell, output).
    fn update_state(&self, state: &mut SileroState, encoded: &[f32]) {
        let mut gates = self.gates_bias.clone();
        self.input.add_product(encoded, &mut gates);
        self.hidden.add_product(&state.hidden, &mut gates);
        for i in 0..WIDE {
            let [input, forget, cell, output] = [0, 1, 2, 3].map(|gate| gates[gate * WIDE + i]);
            state.cell[i] = sigmoid(forget) * state.cell[i] + sigmoid(input) * cell.tanh();
            state.hidden[i] = sigmoid(output) * state.cell[i].tanh();
        }
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut file = Parser { bytes };
        if file.int()? != GGML_MAGIC {
            return None;
        }
        let name = file.length()?;
        file.take(name)?;
        let _version = [file.int()?, file.int()?, file.int()?];
        let (window, _context) = (file.int()?, file.int()?);
        let layers = file.int()?;
        let mut shapes = Vec::new();
        for _ in 0..layers.clamp(0, 16) {
            shapes.push([file.int()?, file.int()?, file.int()?]);
        }
        let rest = [file.int()?, file.int()?, file.int()?, file.int()?];
        let expected = [[129, 128, 3], [128, 64, 3], [64, 64, 3], [64, 128, 3]];
        if window != HOP as i32 || shapes != expected || rest != [128, 128, 128, 1] {
            return None;
        }
        let mut tensors = Vec::new();
        while !file.bytes.is_empty() {
            tensors.push(file.tensor()?);
        }
        let find = |part: &str, length: usize| -> Option<&[f32]> {
            let (_, values) = tensors.iter().find(|(name, _)| name.ends_with(part))?;
            (values.len() == length).then_some(values.as_slice())
        };
        let layer = |index: usize, inputs: usize, outputs: usize| -> Option<Layer> {
            let weights = format!("encoder.{index}.reparam_conv.weight");
            let bias = format!("encoder.{index}.reparam_conv.bias");
            Some(Layer {
                weights: Matrix::transposed(find(&weights, outputs * inputs * KERNEL)?, outputs),
                bias: find(&bias, outputs)?.to_vec(),
            })
        };
        let sum = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a + b).collect();
        Some(Self {
            basis: Matrix::transposed(
                find("stft.forward_basis_buffer", 2 * BINS * WINDOW)?,
                2 * BINS,
            ),
            encoder: [
                layer(0, BINS, WIDE)?,
                layer(1, WIDE, NARROW)?,
                layer(2, NARROW, NARROW)?,
                layer(3, NARROW, WIDE)?,
            ],
            input: Matrix::transposed(find("rnn.weight_ih", 4 * WIDE * WIDE)?, 4 * WIDE),
            hidden: Matrix::transposed(find("rnn.weight_hh", 4 * WIDE * WIDE)?, 4 * WIDE),
            gates_bias: sum(
                find("rnn.bias_ih", 4 * WIDE)?,
                find("rnn.bias_hh", 4 * WIDE)?,
            ),
            last: find("decoder.2.weight", WIDE)?.to_vec(),
            last_bias: *find("decoder.2.bias", 1)?.first()?,
        })
    }
}

/// Outputs summed at a time: as many as fit into the processor's registers.
const LANES: usize = 32;

/// Weights in blocks of [`LANES`] outputs, with one row per input. Products are then sums of rows, which
/// the compiler vectorizes.
struct Matrix {
    rows: Vec<[f32; LANES]>,
    inputs: usize,
}

impl Matrix {
    /// From weights stored output by output.
    fn transposed(weights: &[f32], outputs: usize) -> Self {
        let inputs = weights.len() / outputs;
        let weight = |input: usize, output: usize| match output < outputs {
            true => weights[output * inputs + input],
            false => 0.0,
        };
        let rows = (0..outputs.div_ceil(LANES))
            .flat_map(|block| (0..inputs).map(move |input| (block * LANES, input)))
            .map(|(first, input)| std::array::from_fn(|lane| weight(input, first + lane)))
            .collect();
        Self { rows, inputs }
    }

    fn add_product(&self, inputs: &[f32], outputs: &mut [f32]) {
        let blocks = self.rows.chunks_exact(self.inputs);
        for (outputs, rows) in outputs.chunks_mut(LANES).zip(blocks) {
            let mut sums = [0.0; LANES];
            for (input, row) in inputs.iter().zip(rows) {
                for (sum, weight) in sums.iter_mut().zip(row) {
                    *sum += input * weight;
                }
            }
            for (output, sum) in outputs.iter_mut().zip(sums) {
                *output += sum;
            }
        }
    }
}

/// A convolution over three frames with ReLU.
struct Layer {
    /// One row per input channel and frame, the frame changing fastest.
    weights: Matrix,
    bias: Vec<f32>,
}

impl Layer {
    /// Applies the layer to `input`, stored frame by frame. Returns every `stride`th frame.
    fn run(&self, input: &[f32], frames: usize, stride: usize) -> Vec<f32> {
        let channels = input.len() / frames;
        let mut output = Vec::new();
        let mut patch = vec![0.0; KERNEL * channels];
        for center in (0..frames).step_by(stride) {
            for offset in 0..KERNEL {
                // Frames outside the input are silent.
                let frame = (center + offset).checked_sub(1).filter(|f| *f < frames);
                for channel in 0..channels {
                    patch[KERNEL * channel + offset] =
                        frame.map_or(0.0, |frame| input[frame * channels + channel]);
                }
            }
            let mut sums = self.bias.clone();
            self.weights.add_product(&patch, &mut sums);
            output.extend(sums.into_iter().map(|sum| sum.max(0.0)));
        }
        output
    }
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

const GGML_MAGIC: i32 = 0x6767_6d6c;

/// Reads a file in ggml's layout: little-endian 32-bit integers, then tensors to the end.
struct Parser<'a> {
    bytes: &'a [u8],
}

impl<'a> Parser<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(taken)
    }

    fn int(&mut self) -> Option<i32> {
        Some(i32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn length(&mut self) -> Option<usize> {
        usize::try_from(self.int()?).ok()
    }

    /// Reads a tensor: name and values.
    fn tensor(&mut self) -> Option<(String, Vec<f32>)> {
        let (dimensions, name, kind) = (self.length()?, self.length()?, self.int()?);
        let mut count = 1usize;
        for _ in 0..dimensions {
            count = count.checked_mul(self.length()?)?;
        }
        let name = String::from_utf8_lossy(self.take(name)?).into_owned();
        let values = match kind {
            0 => self
                .take(count.checked_mul(4)?)?
                .chunks_exact(4)
                .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
                .collect(),
            1 => self
                .take(count.checked_mul(2)?)?
                .chunks_exact(2)
                .map(|b| f16_to_f32(u16::from_le_bytes([b[0], b[1]])))
                .collect(),
            _ => return None,
        };
        Some((name, values))
    }
}

/// Converts a half-precision float (IEEE 754).
fn f16_to_f32(bits: u16) -> f32 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f32::from(bits & 1023));
    sign * match exponent {
        0 => fraction * 2f32.powi(-24),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1024.0 + fraction) * 2f32.powi(exponent - 25),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_precision_floats_are_converted() {
        let values = [0x0000, 0x3c00, 0xc000, 0x7bff, 0x0001, 0x3555, 0xfc00].map(f16_to_f32);
        let expected = [
            0.0,
            1.0,
            -2.0,
            65_504.0,
            2f32.powi(-24),
            0.333_251_95,
            f32::NEG_INFINITY,
        ];
        assert_eq!(values, expected);
        assert!(f16_to_f32(0x7e00).is_nan());
    }

    #[test]
    fn corrupt_model_file_is_rejected() {
        let models = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
        let bytes = fs::read(models.join("ggml-silero-v6.2.0.bin")).expect("a model");
        assert!(Silero::parse(&bytes).is_some());
        for end in [0, 3, 100, 1000, bytes.len() - 1] {
            assert!(Silero::parse(&bytes[..end]).is_none(), "{end}");
        }
        let mut longer = bytes.clone();
        longer.extend([7; 20]);
        assert!(Silero::parse(&longer).is_none());
    }
}
