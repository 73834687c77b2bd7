//! How well each word of a sentence says each content word of a phrase.

use std::ops::Range;

/// How well each token of a sentence says each content word of a phrase.
pub(super) struct Similarities {
    /// First token of the sentence.
    start: usize,
    /// For each content word, a value for each token.
    rows: Vec<Vec<f32>>,
}

impl Similarities {
    /// `rows` has a value for each token of the sentence that begins at `start`.
    pub(super) fn new(start: usize, rows: Vec<Vec<f32>>) -> Self {
        Self { start, rows }
    }

    /// The mean of the best similarities within `range`.
    pub(super) fn coverage(&self, range: Range<usize>) -> f32 {
        let best = |row: &Vec<f32>| {
            let values = &row[range.start - self.start..range.end - self.start];
            values.iter().copied().fold(0.0, f32::max)
        };
        self.rows.iter().map(best).sum::<f32>() / self.rows.len() as f32
    }

    /// How well `token` says the content word of `row`.
    pub(super) fn of(&self, row: usize, token: usize) -> f32 {
        self.rows[row][token - self.start]
    }

    /// For each content word, the token in `range` that says it best, and how well.
    pub(super) fn counterparts(&self, range: Range<usize>) -> Vec<(usize, f32)> {
        let best = |row: usize| {
            let tokens = range.clone().map(|token| (token, self.of(row, token)));
            let first = (range.start, -1.0);
            tokens.fold(
                first,
                |best, next| if next.1 > best.1 { next } else { best },
            )
        };
        (0..self.rows.len()).map(best).collect()
    }
}
