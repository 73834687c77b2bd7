//! The forward pass of the language model: BERT with 6 layers (Devlin et al., 2019), as in
//! sentence-transformers/all-MiniLM-L6-v2. The weights are 8-bit integers in the file and floats in
//! memory, except for the word embeddings, of which a text needs few.

use super::matmul::Linear;
use super::tensor_file::{TensorError, TensorFile};

/// Length of a vector.
pub(super) const WIDTH: usize = 384;
/// A text has at most this many word pieces.
pub(super) const MAX_PIECES: usize = 512;

const LAYERS: usize = 6;
const HEADS: usize = 12;
const HEAD_WIDTH: usize = WIDTH / HEADS;
const FEED_FORWARD_WIDTH: usize = 1536;
const EPSILON: f32 = 1e-12;

/// The model.
#[derive(Debug)]
pub(super) struct Transformer {
    words: Vec<i8>,
    word_scales: Vec<f32>,
    positions: Vec<f32>,
    segment: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
}

#[derive(Debug)]
struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    attention_output: Linear,
    attention_norm: Norm,
    feed_forward_input: Linear,
    feed_forward_output: Linear,
    feed_forward_norm: Norm,
}

/// Normalizes vectors to mean 0 and variance 1, then scales and shifts them.
#[derive(Debug)]
struct Norm {
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl Transformer {
    /// Takes the weights from `file`, for a vocabulary of `vocabulary_size` word pieces.
    pub(super) fn new(file: &TensorFile, vocabulary_size: usize) -> Result<Self, TensorError> {
        let segments = file.floats("embeddings.segment", &[2, WIDTH])?;
        let positions = file.integers("embeddings.position.weight", &[MAX_PIECES, WIDTH])?;
        let position_scales = file.floats("embeddings.position.scale", &[MAX_PIECES, 1])?;
        let rows = std::iter::zip(positions.chunks_exact(WIDTH), &position_scales);
        Ok(Self {
            words: file.integers("embeddings.word.weight", &[vocabulary_size, WIDTH])?,
            word_scales: file.floats("embeddings.word.scale", &[vocabulary_size, 1])?,
            positions: rows
                .flat_map(|(row, scale)| row.iter().map(|value| f32::from(*value) * *scale))
                .collect(),
            segment: segments[..WIDTH].to_vec(),
            norm: Norm::new(file, "embeddings.norm")?,
            layers: (0..LAYERS)
                .map(|at| Layer::new(file, &format!("layer.{at}")))
                .collect::<Result<_, _>>()?,
        })
    }

    /// A vector for each of `pieces`, one after the other.
    ///
    /// # Panics
    ///
    /// If there are more than [`MAX_PIECES`], or a piece is not in the vocabulary.
    pub(super) fn encode(&self, pieces: &[usize]) -> Vec<f32> {
        let mut vectors = Vec::with_capacity(pieces.len() * WIDTH);
        for (at, piece) in pieces.iter().enumerate() {
            let scale = self.word_scales[*piece];
            let word = &self.words[piece * WIDTH..][..WIDTH];
            let position = &self.positions[at * WIDTH..][..WIDTH];
            vectors.extend(
                (0..WIDTH).map(|i| f32::from(word[i]) * scale + position[i] + self.segment[i]),
            );
        }
        self.norm.apply(&mut vectors);
        for layer in &self.layers {
            layer.apply(&mut vectors);
        }
        vectors
    }
}

impl Layer {
    fn new(file: &TensorFile, name: &str) -> Result<Self, TensorError> {
        let square = |part| linear(file, &format!("{name}.{part}"), WIDTH, WIDTH);
        Ok(Self {
            query: square("attention.query")?,
            key: square("attention.key")?,
            value: square("attention.value")?,
            attention_output: square("attention.output")?,
            attention_norm: Norm::new(file, &format!("{name}.attention.norm"))?,
            feed_forward_input: linear(
                file,
                &format!("{name}.feed_forward.input"),
                WIDTH,
                FEED_FORWARD_WIDTH,
            )?,
            feed_forward_output: linear(
                file,
                &format!("{name}.feed_forward.output"),
                FEED_FORWARD_WIDTH,
                WIDTH,
            )?,
            feed_forward_norm: Norm::new(file, &format!("{name}.feed_forward.norm"))?,
        })
    }

    fn apply(&self, vectors: &mut [f32]) {
        let attended = self.attention_output.apply(&self.attend(vectors));
        add(vectors, &attended);
        self.attention_norm.apply(vectors);
        let mut inner = self.feed_forward_input.apply(vectors);
        inner.iter_mut().for_each(|x| *x = gelu(*x));
        add(vectors, &self.feed_forward_output.apply(&inner));
        self.feed_forward_norm.apply(vectors);
    }

    /// Attention: each vector becomes, in each head, the mean of all values, weighted by how well
    /// their keys fit its query.
    fn attend(&self, vectors: &[f32]) -> Vec<f32> {
        let queries = self.query.apply(vectors);
        let keys = self.key.apply(vectors);
        let values = self.value.apply(vectors);
        let mut attended = vec![0.0; vectors.len()];
        let count = vectors.len() / WIDTH;
        let mut weights = vec![0.0; count];
        for head in 0..HEADS {
            let part =
                |of: usize| of * WIDTH + head * HEAD_WIDTH..of * WIDTH + (head + 1) * HEAD_WIDTH;
            for at in 0..count {
                let query = &queries[part(at)];
                for (other, weight) in weights.iter_mut().enumerate() {
                    let products = std::iter::zip(query, &keys[part(other)]);
                    let fit: f32 = products.map(|(a, b)| a * b).sum();
                    *weight = fit / (HEAD_WIDTH as f32).sqrt();
                }
                softmax(&mut weights);
                let sum = &mut attended[part(at)];
                for (other, weight) in weights.iter().enumerate() {
                    let value = &values[part(other)];
                    std::iter::zip(&mut *sum, value).for_each(|(sum, x)| *sum += weight * x);
                }
            }
        }
        attended
    }
}

impl Norm {
    fn new(file: &TensorFile, name: &str) -> Result<Self, TensorError> {
        Ok(Self {
            weights: file.floats(&format!("{name}.weight"), &[WIDTH])?,
            bias: file.floats(&format!("{name}.bias"), &[WIDTH])?,
        })
    }

    fn apply(&self, vectors: &mut [f32]) {
        for vector in vectors.chunks_exact_mut(WIDTH) {
            let mean = vector.iter().sum::<f32>() / WIDTH as f32;
            let squares = vector.iter().map(|x| (x - mean).powi(2));
            let deviation = (squares.sum::<f32>() / WIDTH as f32 + EPSILON).sqrt();
            for (i, x) in vector.iter_mut().enumerate() {
                *x = (*x - mean) / deviation * self.weights[i] + self.bias[i];
            }
        }
    }
}

fn linear(
    file: &TensorFile,
    name: &str,
    inputs: usize,
    outputs: usize,
) -> Result<Linear, TensorError> {
    let weights = file.integers(&format!("{name}.weight"), &[inputs, outputs])?;
    let scales = file.floats(&format!("{name}.scale"), &[1, outputs])?;
    let scaled = |row: &[i8]| -> Vec<f32> {
        let row = std::iter::zip(row, &scales);
        row.map(|(value, scale)| f32::from(*value) * scale)
            .collect()
    };
    Ok(Linear {
        weights: weights.chunks_exact(outputs).flat_map(scaled).collect(),
        bias: file.floats(&format!("{name}.bias"), &[outputs])?,
    })
}

fn add(to: &mut [f32], values: &[f32]) {
    std::iter::zip(to, values).for_each(|(to, value)| *to += value);
}

fn softmax(weights: &mut [f32]) {
    let largest = weights.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    weights.iter_mut().for_each(|w| *w = (*w - largest).exp());
    let sum: f32 = weights.iter().sum();
    weights.iter_mut().for_each(|w| *w /= sum);
}

/// The activation function of BERT, x times the normal distribution of x.
fn gelu(x: f32) -> f32 {
    0.5 * x * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2))
}

/// The error function, to 1.5e-7 (Abramowitz and Stegun, 7.1.26).
fn erf(x: f32) -> f32 {
    let t = 1.0 / (1.0 + 0.327_591_1 * x.abs());
    let polynomial = ((((1.061_405_4 * t - 1.453_152) * t + 1.421_413_7) * t - 0.284_496_74) * t
        + 0.254_829_6)
        * t;
    (1.0 - polynomial * (-x * x).exp()).copysign(x)
}
