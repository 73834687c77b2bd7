//! Matrix multiplication for the encoder.
//!
//! whisper.cpp as built here (`whisper/patches`) delegates products of many rows to the crate
//! `matrixmultiply`, in floats. The crate detects the processor at run time and uses AVX-512 if available.
//! ggml's own products of 8-bit integers only use what any computer since 2015 has.

/// Computes `c = b * transpose(a)`, as called by whisper.cpp. `a` has `m` rows, `b` and `c` have `n`. `a`
/// and `b` have `k` columns, `c` has `m`. A stride is the distance between rows, in floats; the rows of `a`
/// are contiguous.
type Product = unsafe extern "C" fn(
    m: usize,
    n: usize,
    k: usize,
    a: *const f32,
    b: *const f32,
    b_stride: usize,
    c: *mut f32,
    c_stride: usize,
);

/// Makes whisper.cpp use this multiplication from now on.
#[allow(unsafe_code)]
pub fn install() {
    unsafe extern "C" {
        fn starling_set_product(product: Product);
    }
    // SAFETY: a patch in `whisper/patches` adds the function with this type. It stores the pointer, which
    // is valid as long as the program runs. Setting it again changes nothing.
    unsafe { starling_set_product(product) }
}

#[allow(unsafe_code)]
unsafe extern "C" fn product(
    m: usize,
    n: usize,
    k: usize,
    a: *const f32,
    b: *const f32,
    b_stride: usize,
    c: *mut f32,
    c_stride: usize,
) {
    let (k_stride, b_stride, c_stride) = (k as isize, b_stride as isize, c_stride as isize);
    // SAFETY: ggml passes tensors of these shapes, and nothing else accesses the memory of the result.
    unsafe {
        matrixmultiply::sgemm(
            n, k, m, 1.0, b, b_stride, 1, a, 1, k_stride, 0.0, c, c_stride, 1,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(unsafe_code)]
    fn product_multiplies_rows_with_rows() {
        // Two rows of three; two rows of three with a gap after each; the result has gaps, too.
        let a = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let b = [1.0, 0.0, 2.0, 9.0, 0.0, 1.0, 1.0, 9.0];
        let mut c = [7.0; 6];
        // SAFETY: the slices are as long as the shapes require.
        unsafe { product(2, 2, 3, a.as_ptr(), b.as_ptr(), 4, c.as_mut_ptr(), 3) };
        assert_eq!(c, [7.0, 16.0, 7.0, 5.0, 11.0, 7.0]);
    }
}
