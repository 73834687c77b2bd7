//! Matrix products, in floats, with the crate `matrixmultiply`.

/// A dense layer: `inputs` x `outputs` weights, row by row, and a bias for each output.
#[derive(Debug)]
pub(super) struct Linear {
    pub(super) weights: Vec<f32>,
    pub(super) bias: Vec<f32>,
}

impl Linear {
    /// Applies the layer to each row of `rows`, whose length is the number of inputs.
    ///
    /// # Panics
    ///
    /// If `rows` is not a whole number of rows.
    pub(super) fn apply(&self, rows: &[f32]) -> Vec<f32> {
        let outputs = self.bias.len();
        let inputs = self.weights.len() / outputs;
        let count = rows.len() / inputs;
        let mut result = self.bias.repeat(count);
        multiply(rows, &self.weights, &mut result, [count, inputs, outputs]);
        result
    }
}

/// Adds the product of `a` (`m` x `k`) and `b` (`k` x `n`) to `c` (`m` x `n`).
#[allow(unsafe_code)]
fn multiply(a: &[f32], b: &[f32], c: &mut [f32], [m, k, n]: [usize; 3]) {
    assert!(a.len() == m * k && b.len() == k * n && c.len() == m * n);
    let (k_stride, n_stride) = (k as isize, n as isize);
    // SAFETY: the slices have the lengths that the shapes require, and `c` is borrowed exclusively.
    unsafe {
        matrixmultiply::sgemm(
            m,
            k,
            n,
            1.0,
            a.as_ptr(),
            k_stride,
            1,
            b.as_ptr(),
            n_stride,
            1,
            1.0,
            c.as_mut_ptr(),
            n_stride,
            1,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layer_multiplies_rows_and_adds_the_bias() {
        let layer = Linear {
            weights: vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
            bias: vec![0.5, 0.0, -1.0],
        };
        let result = layer.apply(&[1.0, 0.0, 1.0, 2.0]);
        assert_eq!(result, [1.5, 2.0, 2.0, 9.5, 12.0, 14.0]);
        assert!(layer.apply(&[]).is_empty());
    }
}
