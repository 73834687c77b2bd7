//! The encoder's products of matrices. whisper.cpp, as it is built here (`whisper/patches`),
//! leaves those of many rows to the crate `matrixmultiply`, in floats. That looks at the processor when
//! it runs, and uses AVX-512 where there is some; ggml's own, of 8-bit integers, are those of any
//! computer since 2015.

/// `c = b` times `a` transposed, as whisper.cpp asks for it: `a` has `m` rows, `b` and `c` have `n`;
/// `a` and `b` have `k` columns, `c` has `m`. A stride is that from row to row, in floats; the rows of
/// `a` lie on end.
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

/// Has whisper.cpp leave its products to this from now on.
#[allow(unsafe_code)]
pub fn install() {
    unsafe extern "C" {
        fn starling_set_product(product: Product);
    }
    // SAFETY: it is the function that a patch in `whisper/patches` adds, with this type; it keeps the pointer, which
    // is good for as long as the program runs. Set again, it is the same.
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
    // SAFETY: ggml hands over tensors of these shapes, and the memory of the result is no other's.
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
    fn a_product_is_that_of_rows_with_rows() {
        // Two rows of three; two rows of three with a gap behind them; the result has gaps, too.
        let a = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let b = [1.0, 0.0, 2.0, 9.0, 0.0, 1.0, 1.0, 9.0];
        let mut c = [7.0; 6];
        // SAFETY: as long as the shapes say.
        unsafe { product(2, 2, 3, a.as_ptr(), b.as_ptr(), 4, c.as_mut_ptr(), 3) };
        assert_eq!(c, [7.0, 16.0, 7.0, 5.0, 11.0, 7.0]);
    }
}
