//! How the words of a phrase and those of a window match by their vectors, both ways: whether each word of the
//! phrase has a counterpart, and whether the window says more than the phrase.

use std::ops::Range;

use super::comparison::{PhraseWords, is_content};
use super::features::ALIGNMENT_FEATURES;
use super::sentences::{Sentence, Window};
use super::vectors::dot;
use crate::analysis::language::Token;
use crate::analysis::phrases::word_vectors::cosine;

/// Words around the window that also count as context.
const CONTEXT: usize = 3;

/// Values that describe the match of `phrase` and `window`; all but the last five are cosines.
pub(super) fn align(
    phrase: &PhraseWords,
    tokens: &[Token],
    sentence: &Sentence,
    window: &Window,
) -> [f32; ALIGNMENT_FEATURES] {
    let inside = window.first..window.last + 1;
    let context = window
        .first
        .saturating_sub(CONTEXT)
        .max(sentence.tokens.start)
        ..(inside.end + CONTEXT).min(sentence.tokens.end);
    let rows = Rows::new(phrase, sentence, inside.clone());
    let content = phrase.content();
    let recall: Vec<f32> = rows.rows.iter().map(|row| maximum(row)).collect();
    let of_content = || content.iter().map(|at| recall[*at]);
    let precision: Vec<f32> = (0..inside.len())
        .map(|at| maximum(&rows.column(at)))
        .collect();
    let mut of_said: Vec<f32> = inside
        .clone()
        .filter(|at| is_content(&tokens[*at]))
        .map(|at| precision[at - inside.start])
        .collect();
    if of_said.is_empty() {
        of_said.clone_from(&precision);
    }
    of_said.sort_by(f32::total_cmp);
    let best: Vec<usize> = rows
        .rows
        .iter()
        .map(|row| position_of_maximum(row))
        .collect();
    let in_order = best.windows(2).filter(|pair| pair[1] > pair[0]).count();
    let span = best.iter().max().unwrap_or(&0) - best.iter().min().unwrap_or(&0) + 1;
    let mean_of_context = mean(context.clone().map(|at| sentence.vector(at)));
    let unit_means = cosine(
        &mean((0..rows.rows.len()).map(|at| phrase.unit(at))),
        &mean(inside.clone().map(|at| sentence.unit(at))),
    );
    let is_said = |token: &&Token| tokens[context.clone()].iter().any(|t| t.text == token.text);
    let (first, last) = (content.first(), content.last());
    let of = |at: Option<&usize>| at.map_or(0.0, |at| recall[*at]);
    [
        average(recall.iter().copied()),
        of_content().fold(1.0, f32::min),
        average(of_content()),
        average(precision.iter().copied()),
        of_said[0],
        average(of_said.iter().copied()),
        average(of_said.iter().take(2).copied()),
        in_order as f32 / (best.len().max(2) - 1) as f32,
        cosine(&phrase.mean, &mean_of_context),
        unit_means,
        recall[0],
        recall[recall.len() - 1],
        of(first),
        of(last),
        span as f32 / best.len() as f32,
        recall.len() as f32,
        content.len() as f32,
        inside.len() as f32,
        phrase.tokens().iter().filter(is_said).count() as f32 / recall.len() as f32,
    ]
}

/// The cosine of each word of a phrase with each word of a window.
struct Rows {
    rows: Vec<Vec<f32>>,
}

impl Rows {
    fn new(phrase: &PhraseWords, sentence: &Sentence, inside: Range<usize>) -> Self {
        let row = |word: usize| -> Vec<f32> {
            let said = inside.clone().map(|at| sentence.unit(at));
            said.map(|said| dot(phrase.unit(word), said)).collect()
        };
        Self {
            rows: (0..phrase.tokens().len()).map(row).collect(),
        }
    }

    fn column(&self, at: usize) -> Vec<f32> {
        self.rows.iter().map(|row| row[at]).collect()
    }
}

fn maximum(values: &[f32]) -> f32 {
    values.iter().copied().fold(-1.0, f32::max)
}

fn position_of_maximum(values: &[f32]) -> usize {
    let values = values.iter().enumerate();
    values
        .max_by(|(_, a), (_, b)| a.total_cmp(b))
        .map_or(0, |(at, _)| at)
}

fn average(values: impl Iterator<Item = f32>) -> f32 {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
    sum / count.max(1) as f32
}

fn mean<'a>(vectors: impl Iterator<Item = &'a [f32]>) -> Vec<f32> {
    let mut sum: Vec<f32> = Vec::new();
    for vector in vectors {
        sum.resize(vector.len(), 0.0);
        std::iter::zip(&mut sum, vector).for_each(|(sum, x)| *sum += x);
    }
    sum
}
