//! Validates the structure of a ggml Whisper file. whisper.cpp trusts its input and aborts the process on
//! nonsense. So a file without a known checksum is walked through first: every length must be plausible, and
//! the last tensor must end at the end of the file.
//!
//! Layout, as read by whisper.cpp: magic, eleven parameters, mel filters, vocabulary, tensors. All integers
//! are little-endian with 32 bits.

use std::io::{self, Read, Seek, SeekFrom};

/// Why a file is rejected.
#[derive(Debug, PartialEq, Eq)]
pub enum GgmlError {
    /// It is not a Whisper model.
    Foreign,
    /// It ends too early.
    Truncated,
}

/// Type number of ggml, bytes per block, weights per block.
const TYPES: [(i32, u64, u64); 12] = [
    (0, 4, 1),      // f32
    (1, 2, 1),      // f16
    (2, 18, 32),    // q4_0
    (3, 20, 32),    // q4_1
    (6, 22, 32),    // q5_0
    (7, 24, 32),    // q5_1
    (8, 34, 32),    // q8_0
    (10, 84, 256),  // q2_K
    (11, 110, 256), // q3_K
    (12, 144, 256), // q4_K
    (13, 176, 256), // q5_K
    (14, 210, 256), // q6_K
];
/// `ftype` values for these types, without the quantization version in the thousands.
const FILE_TYPES: [i32; 12] = [0, 1, 2, 3, 7, 8, 9, 10, 11, 12, 13, 14];

/// Checks a whole file, starting after its magic. Reads lengths only, not weights.
pub fn validate(file: &mut (impl Read + Seek)) -> io::Result<Result<(), GgmlError>> {
    let size = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(4))?;
    let mut reader = GgmlReader { file, size, at: 4 };
    match reader.read_all() {
        Ok(()) => Ok(Ok(())),
        Err(ReadStop::Invalid(reason)) => Ok(Err(reason)),
        Err(ReadStop::Io(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
            Ok(Err(GgmlError::Truncated))
        }
        Err(ReadStop::Io(error)) => Err(error),
    }
}

struct GgmlReader<'a, F> {
    file: &'a mut F,
    size: u64,
    at: u64,
}

enum ReadStop {
    Invalid(GgmlError),
    Io(io::Error),
}

impl<F: Read + Seek> GgmlReader<'_, F> {
    fn read_all(&mut self) -> Result<(), ReadStop> {
        // n_vocab, then audio ctx, state, heads, layers, text ctx, state, heads, layers, mels, type
        let mut parameters = [0; 11];
        for parameter in &mut parameters {
            *parameter = self.int()?;
        }
        let [
            vocabulary,
            1500,
            audio_state,
            audio_heads,
            audio_layers,
            448,
            text_state,
            text_heads,
            text_layers,
            80 | 128,
            file_type,
        ] = parameters
        else {
            return Err(ReadStop::Invalid(GgmlError::Foreign));
        };
        let is_plausible = |state: i32, heads: i32, layers: i32| {
            (64..=4096).contains(&state)
                && (1..=64).contains(&heads)
                && state % heads == 0
                && (1..=64).contains(&layers)
        };
        let parameters_are_plausible = (51_864..=51_866).contains(&vocabulary)
            && is_plausible(audio_state, audio_heads, audio_layers)
            && is_plausible(text_state, text_heads, text_layers)
            && FILE_TYPES.contains(&(file_type % 1000));
        self.require(parameters_are_plausible)?;

        let (mels, bins) = (self.int()?, self.int()?);
        self.require(mels == parameters[9] && bins == 201)?;
        self.skip(4 * mels as u64 * bins as u64)?;

        let words = self.int()?;
        self.require((50_000..=vocabulary).contains(&words))?;
        for _ in 0..words {
            let length = self.int()?;
            self.require((0..=1024).contains(&length))?;
            self.skip(length as u64)?;
        }
        while self.at < self.size {
            self.tensor()?;
        }
        Ok(())
    }

    fn tensor(&mut self) -> Result<(), ReadStop> {
        let (dimensions, name_length, kind) = (self.int()?, self.int()?, self.int()?);
        self.require((1..=4).contains(&dimensions) && (1..=256).contains(&name_length))?;
        let tensor_type = TYPES.iter().find(|(number, _, _)| *number == kind);
        let Some((_, bytes, weights)) = tensor_type else {
            return Err(ReadStop::Invalid(GgmlError::Foreign));
        };
        let mut count = 1u64;
        for _ in 0..dimensions {
            let length = self.int()?;
            self.require((1..=1 << 20).contains(&length))?;
            count = count.saturating_mul(length as u64);
        }
        self.skip(name_length as u64)?;
        self.require(count.is_multiple_of(*weights))?;
        self.skip((count / weights).saturating_mul(*bytes))
    }

    fn int(&mut self) -> Result<i32, ReadStop> {
        let mut bytes = [0; 4];
        self.file.read_exact(&mut bytes).map_err(ReadStop::Io)?;
        self.at += 4;
        Ok(i32::from_le_bytes(bytes))
    }

    fn skip(&mut self, bytes: u64) -> Result<(), ReadStop> {
        self.at = self.at.saturating_add(bytes);
        if self.at > self.size {
            return Err(ReadStop::Invalid(GgmlError::Truncated));
        }
        self.file.seek_relative(bytes as i64).map_err(ReadStop::Io)
    }

    fn require(&self, condition: bool) -> Result<(), ReadStop> {
        match condition {
            true => Ok(()),
            false => Err(ReadStop::Invalid(GgmlError::Foreign)),
        }
    }
}
