//! A small neural network that compares a phrase with a window word by word (decomposable attention: Parikh et
//! al., 2016): each word attends to the words of the other side, a layer compares it with what it attends to, and
//! what comes out of both sides is weighed together with the features.

use std::ops::Range;

use super::comparison::PhraseWords;
use super::features::FEATURES;
use super::sentences::{Sentence, Window};
use super::vectors::dot;
use crate::analysis::number_reader::NumberReader;

/// Length of a word's vector, and of what it is projected to.
const INPUT: usize = 384;
const PROJECTED: usize = 48;
/// Width of the layer that compares words, and of the last layer.
const COMPARED: usize = 48;
const HIDDEN: usize = 48;
/// The network was trained on at most this many words of a phrase, and of a window with its margins.
const MAX_PHRASE: usize = 10;
const MAX_WINDOW: usize = 26;
/// Words around the window that are compared, too.
const MARGIN: usize = 2;
/// How much the vectors themselves, and their projections, count for the attention.
const ATTENTION_OF_VECTORS: f32 = 12.0;
const ATTENTION_OF_PROJECTIONS: f32 = 1.0 / 7.0;

/// One trained network.
#[derive(Debug)]
pub(super) struct Network {
    projection: Layer,
    attention: f32,
    compare_phrase: Layer,
    compare_window: Layer,
    hidden: Layer,
    output: Vec<f32>,
    bias: f32,
    means: Vec<f32>,
    deviations: Vec<f32>,
}

impl Network {
    pub(super) fn read(reader: &mut NumberReader) -> Option<Self> {
        Some(Self {
            projection: Layer::read(reader, INPUT, PROJECTED, false)?,
            attention: reader.take(1)?[0],
            compare_phrase: Layer::read(reader, 4 * PROJECTED, COMPARED, true)?,
            compare_window: Layer::read(reader, 4 * PROJECTED + 1, COMPARED, true)?,
            hidden: Layer::read(reader, 4 * COMPARED + FEATURES, HIDDEN, true)?,
            output: reader.take(HIDDEN)?.to_vec(),
            bias: reader.take(1)?[0],
            means: reader.take(FEATURES)?.to_vec(),
            deviations: reader.take(FEATURES)?.to_vec(),
        })
    }

    /// The log odds that the words of `window` say `phrase`. `None` if the vectors have another length than those
    /// that the network was trained on.
    pub(super) fn log_odds(
        &self,
        phrase: &PhraseWords,
        sentence: &Sentence,
        window: &Window,
        features: &[f32; FEATURES],
    ) -> Option<f32> {
        if phrase.mean.len() != INPUT {
            return None;
        }
        let start = window
            .first
            .saturating_sub(MARGIN)
            .max(sentence.tokens.start);
        let end = (window.last + 1 + MARGIN)
            .min(sentence.tokens.end)
            .min(start + MAX_WINDOW);
        let planned = 0..phrase.tokens().len().min(MAX_PHRASE);
        let planned = self.side(planned.map(|at| phrase.unit(at)));
        let said = self.side((start..end).map(|at| sentence.unit(at)));
        let of_phrase = self.compare(&self.compare_phrase, &planned, &said, None);
        let inside = window.first - start..window.last + 1 - start;
        let of_window = self.compare(&self.compare_window, &said, &planned, Some(inside));
        let mut all = pooled(&of_phrase);
        all.extend(pooled(&of_window));
        let scaled = (0..FEATURES).map(|at| (features[at] - self.means[at]) / self.deviations[at]);
        all.extend(scaled);
        Some(dot(&self.hidden.apply(&all), &self.output) + self.bias)
    }

    fn side<'a>(&self, units: impl Iterator<Item = &'a [f32]>) -> Vec<Word<'a>> {
        let word = |unit| Word {
            unit,
            projected: self.projection.apply(unit),
        };
        units.map(word).collect()
    }

    /// What comes out for each of `words`, compared with what it attends to among `others`.
    fn compare(
        &self,
        layer: &Layer,
        words: &[Word],
        others: &[Word],
        inside: Option<Range<usize>>,
    ) -> Vec<Vec<f32>> {
        let one = |(at, word): (usize, &Word)| {
            let attended = self.attended(word, others);
            let own = &word.projected;
            let mut input = own.clone();
            input.extend(&attended);
            input.extend(std::iter::zip(own, &attended).map(|(a, b)| (a - b).abs()));
            input.extend(std::iter::zip(own, &attended).map(|(a, b)| a * b));
            if let Some(inside) = &inside {
                input.push(if inside.contains(&at) { 1.0 } else { 0.0 });
            }
            layer.apply(&input)
        };
        words.iter().enumerate().map(one).collect()
    }

    /// The mean of `others`, weighted by how well they fit `word`.
    fn attended(&self, word: &Word, others: &[Word]) -> Vec<f32> {
        let fit = |other: &Word| {
            ATTENTION_OF_VECTORS * dot(word.unit, other.unit)
                + ATTENTION_OF_PROJECTIONS * self.attention * dot(&word.projected, &other.projected)
        };
        let fits: Vec<f32> = others.iter().map(fit).collect();
        let largest = fits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let shares: Vec<f32> = fits.iter().map(|fit| (fit - largest).exp()).collect();
        let sum: f32 = shares.iter().sum();
        let mut mean = vec![0.0; PROJECTED];
        for (other, share) in std::iter::zip(others, &shares) {
            std::iter::zip(&mut mean, &other.projected)
                .for_each(|(mean, x)| *mean += share / sum * x);
        }
        mean
    }
}

/// A word of one side.
struct Word<'a> {
    unit: &'a [f32],
    projected: Vec<f32>,
}

/// The mean and the largest of each value.
fn pooled(rows: &[Vec<f32>]) -> Vec<f32> {
    let columns = 0..COMPARED;
    let column = |at: usize| rows.iter().map(move |row| row[at]);
    let means = columns
        .clone()
        .map(|at| column(at).sum::<f32>() / rows.len() as f32);
    let largest = columns.map(|at| column(at).fold(0.0, f32::max));
    means.chain(largest).collect()
}

/// A matrix with an output a row, and a bias. Outputs below zero become zero, except in a projection.
#[derive(Debug)]
struct Layer {
    rows: Vec<f32>,
    inputs: usize,
    /// Empty for a projection.
    bias: Vec<f32>,
}

impl Layer {
    fn read(
        reader: &mut NumberReader,
        inputs: usize,
        outputs: usize,
        has_bias: bool,
    ) -> Option<Self> {
        Some(Self {
            rows: reader.take(inputs * outputs)?.to_vec(),
            inputs,
            bias: reader.take(if has_bias { outputs } else { 0 })?.to_vec(),
        })
    }

    fn apply(&self, input: &[f32]) -> Vec<f32> {
        let sums = self
            .rows
            .chunks_exact(self.inputs)
            .map(|row| dot(row, input));
        match self.bias.is_empty() {
            true => sums.collect(),
            false => std::iter::zip(sums, &self.bias)
                .map(|(sum, bias)| (sum + bias).max(0.0))
                .collect(),
        }
    }
}
