//! Repairs the WAV header of a take whose process died while recording. Knows the format of takes, but
//! not how they are written.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::acoustics::ANALYSIS_RATE_HZ;
use crate::domain::time::Secs;

/// Format of a take: 16 kHz, mono, 16 bits.
pub(super) const SPEC: hound::WavSpec = hound::WavSpec {
    channels: 1,
    sample_rate: ANALYSIS_RATE_HZ,
    bits_per_sample: 16,
    sample_format: hound::SampleFormat::Int,
};

/// Bytes before the samples of a take.
pub(super) const HEADER_BYTES: u64 = 44;

/// Offsets of the two lengths in the header: of the rest of the file, and of the samples.
const LENGTH_OFFSETS: [usize; 2] = [4, HEADER_BYTES as usize - 4];

/// Corrects the header of a take whose process died, and returns its length. `None` if the file is
/// being recorded or was not written by Starling; such a file is not changed.
pub fn repair_take(path: &Path) -> io::Result<Option<Secs>> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
        return Ok(None);
    }
    let expected = blank_header()?;
    let mut header = Vec::with_capacity(expected.len());
    (&mut file).take(HEADER_BYTES).read_to_end(&mut header)?;
    if header.len() < expected.len() {
        // The process died before the header was on the disk.
        if !expected.starts_with(&header) {
            return Ok(None);
        }
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&expected)?;
        header = expected.clone();
    }
    let without_lengths = |header: &[u8]| {
        let bytes = header.iter().enumerate();
        bytes
            .filter(|(i, _)| !LENGTH_OFFSETS.iter().any(|at| (*at..at + 4).contains(i)))
            .map(|(_, byte)| *byte)
            .collect::<Vec<u8>>()
    };
    if without_lengths(&header) != without_lengths(&expected) {
        return Ok(None);
    }
    let samples = repair_header(&mut file)?;
    Ok(Some(samples as Secs / Secs::from(ANALYSIS_RATE_HZ)))
}

/// Corrects the lengths in the header of a take and returns the number of samples. Writes in place, so
/// that a full disk is no obstacle; correct lengths are not rewritten.
pub(super) fn repair_header(take: &mut File) -> io::Result<u64> {
    let samples = take.metadata()?.len().saturating_sub(HEADER_BYTES) / 2;
    let bytes = u32::try_from(2 * samples).unwrap_or(u32::MAX - HEADER_BYTES as u32);
    let lengths = [bytes + HEADER_BYTES as u32 - 8, bytes];
    for (offset, length) in LENGTH_OFFSETS.into_iter().zip(lengths) {
        let mut stored = [0; 4];
        take.seek(SeekFrom::Start(offset as u64))?;
        let is_correct =
            take.read_exact(&mut stored).is_ok() && u32::from_le_bytes(stored) == length;
        if !is_correct {
            take.seek(SeekFrom::Start(offset as u64))?;
            take.write_all(&length.to_le_bytes())?;
        }
    }
    Ok(samples)
}

/// The header of a take without samples.
pub(super) fn blank_header() -> io::Result<Vec<u8>> {
    let mut blank = Cursor::new(Vec::new());
    let wav = hound::WavWriter::new(&mut blank, SPEC).map_err(io_error)?;
    wav.finalize().map_err(io_error)?;
    Ok(blank.into_inner())
}

pub(super) fn io_error(error: hound::Error) -> io::Error {
    match error {
        hound::Error::IoError(error) => error,
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_of_another_program_is_not_changed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("mine.wav");
        let stereo = hound::WavSpec {
            channels: 2,
            ..SPEC
        };
        let wav = hound::WavWriter::create(&path, stereo).expect("a file");
        wav.finalize().expect("writable");
        let mut other = std::fs::read(&path).expect("it exists");
        other.extend([1; 100]);
        for bytes in [other.as_slice(), b"notes, not sound", &[7; 200]] {
            std::fs::write(&path, bytes).expect("writable");
            assert_eq!(repair_take(&path).expect("it exists"), None);
            assert_eq!(std::fs::read(&path).expect("it exists"), bytes);
        }
    }
}
