//! The sentences of an answer, and the windows of words in them that resemble a phrase as a whole: the
//! mean of their vectors points in its direction.

use std::ops::Range;
use std::sync::Arc;

use super::similarities::Similarities;
use super::vectors::{dot, units};
use crate::analysis::language::{Boundary, Token};
use crate::analysis::phrases::word_vectors::{SentenceModel, WordVectors};

/// A longer sentence is cut, at a comma if possible. Without punctuation, a whole answer is one sentence.
const MAX_SENTENCE_WORDS: usize = 48;
const MIN_SENTENCE_WORDS: usize = 24;
/// A window has up to twice the words of the phrase, and this many more.
const MORE_WORDS: usize = 6;
/// The best windows of a sentence that are compared in detail.
const MAX_WINDOWS: usize = 5;
/// Windows below both are not worth comparing.
const MIN_COSINE: f32 = 0.25;
const MIN_COVERAGE: f32 = 0.6;

/// A sentence of an answer.
pub(super) struct Sentence {
    /// Its tokens.
    pub(super) tokens: Range<usize>,
    vectors: Arc<WordVectors>,
    /// The vectors, with length 1.
    units: Vec<f32>,
    /// For each word, the sums of the products of all pairs of words before it: the squared length of
    /// the sum of a window's vectors follows from four of them.
    products: Vec<f32>,
}

/// Some words of a sentence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    /// First token.
    pub(super) first: usize,
    /// Last token.
    pub(super) last: usize,
    /// How much it resembles the phrase as a whole.
    pub(super) cosine: f32,
}

/// The tokens of each sentence.
pub(crate) fn ranges(tokens: &[Token]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for (at, token) in tokens.iter().enumerate().skip(1) {
        let length = at - start;
        let is_end = match token.break_before {
            Boundary::Sentence => true,
            Boundary::Clause => length >= MIN_SENTENCE_WORDS,
            Boundary::None => length >= MAX_SENTENCE_WORDS,
        };
        if is_end {
            ranges.push(start..at);
            start = at;
        }
    }
    if start < tokens.len() {
        ranges.push(start..tokens.len());
    }
    ranges
}

impl Sentence {
    /// The sentence of the tokens in `range`. `None` if the model cannot be used.
    pub(super) fn new(
        range: Range<usize>,
        tokens: &[Token],
        model: &dyn SentenceModel,
    ) -> Option<Self> {
        let texts: Vec<&str> = tokens[range.clone()]
            .iter()
            .map(|t| t.text.as_str())
            .collect();
        let vectors = model.vectors(&texts)?;
        let count = texts.len();
        if vectors.len() != count {
            return None;
        }
        let mut products = vec![0.0; (count + 1) * (count + 1)];
        for i in 0..count {
            for j in 0..count {
                let product = dot(vectors.word(i), vectors.word(j));
                let sum = |i: usize, j: usize| products[i * (count + 1) + j];
                let total = product + sum(i, j + 1) + sum(i + 1, j) - sum(i, j);
                products[(i + 1) * (count + 1) + j + 1] = total;
            }
        }
        Some(Self {
            tokens: range,
            units: units(&vectors),
            vectors,
            products,
        })
    }

    /// The vector of a token.
    pub(super) fn vector(&self, token: usize) -> &[f32] {
        self.vectors.word(token - self.tokens.start)
    }

    /// The vector of a token, with length 1.
    pub(super) fn unit(&self, token: usize) -> &[f32] {
        let width = self.units.len() / self.tokens.len();
        &self.units[(token - self.tokens.start) * width..][..width]
    }

    /// The windows that resemble a phrase most: as a whole, by its `mean`, and word by word. They overlap
    /// by half at most.
    pub(super) fn windows_like(
        &self,
        mean: &[f32],
        words: usize,
        similarities: &Similarities,
    ) -> Vec<Window> {
        let count = self.tokens.len();
        let along: Vec<f32> = std::iter::once(0.0)
            .chain((0..count).scan(0.0, |sum, at| {
                *sum += dot(self.vectors.word(at), mean);
                Some(*sum)
            }))
            .collect();
        let length = dot(mean, mean).sqrt();
        let shortest = words.saturating_sub(2).max(1);
        let longest = 2 * words + MORE_WORDS;
        let mut windows: Vec<(f32, Window)> = Vec::new();
        for first in 0..count {
            for end in first + shortest..=count.min(first + longest) {
                let norm = self.squared_length(first, end).max(f32::EPSILON).sqrt() * length;
                let cosine = (along[end] - along[first]) / norm.max(f32::EPSILON);
                let (from, to) = (self.tokens.start + first, self.tokens.start + end);
                let coverage = similarities.coverage(from..to);
                if cosine >= MIN_COSINE || coverage >= MIN_COVERAGE {
                    let window = Window {
                        first: from,
                        last: to - 1,
                        cosine,
                    };
                    windows.push((cosine + coverage, window));
                }
            }
        }
        windows.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        let mut best: Vec<Window> = Vec::new();
        for (_, window) in windows {
            if best.len() == MAX_WINDOWS {
                break;
            }
            if best.iter().all(|other| !window.overlaps(other)) {
                best.push(window);
            }
        }
        best
    }

    /// The window of the tokens from `first` to `last`, which are within the sentence.
    pub(super) fn window(&self, mean: &[f32], first: usize, last: usize) -> Window {
        let (from, end) = (first - self.tokens.start, last + 1 - self.tokens.start);
        let along: f32 = (from..end).map(|at| dot(self.vectors.word(at), mean)).sum();
        let norm = self.squared_length(from, end).max(f32::EPSILON).sqrt() * dot(mean, mean).sqrt();
        Window {
            first,
            last,
            cosine: along / norm.max(f32::EPSILON),
        }
    }

    /// The squared length of the sum of the vectors from `first` to `end`, excluded.
    fn squared_length(&self, first: usize, end: usize) -> f32 {
        let width = self.tokens.len() + 1;
        let sum = |i: usize, j: usize| self.products[i * width + j];
        sum(end, end) - sum(first, end) - sum(end, first) + sum(first, first)
    }
}

impl Window {
    /// Whether two windows share more than half of the shorter one.
    fn overlaps(&self, other: &Self) -> bool {
        let shared = (self.last.min(other.last) + 1).saturating_sub(self.first.max(other.first));
        let length = |window: &Self| window.last + 1 - window.first;
        2 * shared > length(self).min(length(other))
    }
}
