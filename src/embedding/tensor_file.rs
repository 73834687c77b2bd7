//! Reads tensors from a file in the safetensors format: the length of a JSON header (8 bytes, little
//! endian), the header with type, shape and place of each tensor, then their values.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use serde::Deserialize;
use thiserror::Error;

/// Why a tensor cannot be read.
#[derive(Debug, Error)]
pub enum TensorError {
    /// The header is cut off or is no valid JSON.
    #[error("not a safetensors file")]
    Format,
    /// A tensor is missing, or has another type, shape or size.
    #[error("tensor {0} is missing or has the wrong type or size")]
    Tensor(String),
}

/// A file of tensors, in memory.
pub(super) struct TensorFile {
    bytes: Cow<'static, [u8]>,
    tensors: HashMap<String, Tensor>,
}

#[derive(Deserialize)]
struct Tensor {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: [usize; 2],
    /// Where its values stand in the file.
    #[serde(skip)]
    range: Range<usize>,
}

impl TensorFile {
    /// Parses the header.
    pub(super) fn parse(bytes: impl Into<Cow<'static, [u8]>>) -> Result<Self, TensorError> {
        let bytes = bytes.into();
        let length = bytes.first_chunk::<8>().ok_or(TensorError::Format)?;
        let length = usize::try_from(u64::from_le_bytes(*length)).ok();
        let start = length.and_then(|length| length.checked_add(8));
        let start = start.filter(|start| *start <= bytes.len());
        let start = start.ok_or(TensorError::Format)?;
        let header = serde_json::from_slice(&bytes[8..start]);
        let mut tensors: HashMap<String, Tensor> = header.map_err(|_| TensorError::Format)?;
        for (name, tensor) in &mut tensors {
            let [from, to] = tensor.data_offsets;
            let size = tensor.size_in_bytes();
            let range = start.checked_add(from).zip(start.checked_add(to));
            tensor.range = range
                .filter(|(from, to)| from <= to && *to <= bytes.len() && size == Some(to - from))
                .map(|(from, to)| from..to)
                .ok_or_else(|| TensorError::Tensor(name.clone()))?;
        }
        Ok(Self { bytes, tensors })
    }

    /// The values of a tensor of floats with this shape.
    pub(super) fn floats(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, TensorError> {
        let values = self.values(name, "F32", Some(shape))?.chunks_exact(4);
        Ok(values
            .map(|value| f32::from_le_bytes([value[0], value[1], value[2], value[3]]))
            .collect())
    }

    /// The values of a tensor of 8-bit integers with this shape.
    pub(super) fn integers(&self, name: &str, shape: &[usize]) -> Result<Vec<i8>, TensorError> {
        let values = self.values(name, "I8", Some(shape))?.iter();
        Ok(values.map(|value| value.cast_signed()).collect())
    }

    /// The values of a tensor of bytes, as text.
    pub(super) fn text(&self, name: &str) -> Result<&str, TensorError> {
        let values = self.values(name, "U8", None)?;
        str::from_utf8(values).map_err(|_| TensorError::Tensor(name.to_owned()))
    }

    fn values(
        &self,
        name: &str,
        dtype: &str,
        shape: Option<&[usize]>,
    ) -> Result<&[u8], TensorError> {
        let tensor = self.tensors.get(name).filter(|tensor| {
            tensor.dtype == dtype && shape.is_none_or(|shape| tensor.shape == shape)
        });
        let tensor = tensor.ok_or_else(|| TensorError::Tensor(name.to_owned()))?;
        Ok(&self.bytes[tensor.range.clone()])
    }
}

impl Tensor {
    fn size_in_bytes(&self) -> Option<usize> {
        let size = match self.dtype.as_str() {
            "I8" | "U8" => 1,
            "F32" => 4,
            _ => return None,
        };
        let sizes = self.shape.iter();
        sizes.copied().try_fold(size, usize::checked_mul)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header: &str, values: &[u8]) -> Vec<u8> {
        let length = (header.len() as u64).to_le_bytes();
        [&length, header.as_bytes(), values].concat()
    }

    #[test]
    fn tensors_are_read_by_name_type_and_shape() {
        let header = r#"{"f": {"dtype": "F32", "shape": [1, 1], "data_offsets": [0, 4]},
            "i": {"dtype": "I8", "shape": [2], "data_offsets": [4, 6]},
            "t": {"dtype": "U8", "shape": [2], "data_offsets": [6, 8]}}"#;
        let values = [&1.5_f32.to_le_bytes()[..], &[1, 255, b'o', b'k']].concat();
        let tensors = TensorFile::parse(file(header, &values)).expect("valid");
        assert_eq!(tensors.floats("f", &[1, 1]).expect("f"), [1.5]);
        assert_eq!(tensors.integers("i", &[2]).expect("i"), [1, -1]);
        assert_eq!(tensors.text("t").expect("t"), "ok");
        for missing in [
            tensors.floats("f", &[1]).map(drop),
            tensors.floats("i", &[2]).map(drop),
            tensors.floats("none", &[1]).map(drop),
        ] {
            assert!(missing.is_err());
        }
    }

    #[test]
    fn damaged_files_are_errors() {
        let outside = r#"{"f": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}"#;
        let huge = r#"{"f": {"dtype": "F32", "shape": [18446744073709551615, 9], "data_offsets": [0, 4]}}"#;
        let backwards = r#"{"f": {"dtype": "U8", "shape": [0], "data_offsets": [4, 0]}}"#;
        for bytes in [
            Vec::new(),
            vec![255; 8],
            file("{", &[]),
            file(outside, &[0; 3]),
            file(huge, &[0; 4]),
            file(backwards, &[0; 4]),
        ] {
            assert!(TensorFile::parse(bytes.clone()).is_err(), "{bytes:?}");
        }
    }
}
