//! The file of a take: 16 kHz mono 16-bit WAV. Its header is made true twice a second, so that a
//! process that dies leaves a file that plays.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use crate::coach::voice::ANALYSIS_RATE_HZ;

/// Samples between two flushes: half a second.
const FLUSH_EVERY: u64 = ANALYSIS_RATE_HZ as u64 / 2;

/// A take that is being written.
pub struct TakeFile {
    path: PathBuf,
    wav: hound::WavWriter<BufWriter<File>>,
    disk: File,
    samples: u64,
    flushed: u64,
}

impl TakeFile {
    /// Creates it, for this user's eyes only; fails where there is one already.
    pub fn create(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        let disk = file.try_clone()?;
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: ANALYSIS_RATE_HZ,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut wav = hound::WavWriter::new(BufWriter::new(file), spec).map_err(io_error)?;
        wav.flush().map_err(io_error)?;
        Ok(Self {
            path: path.to_owned(),
            wav,
            disk,
            samples: 0,
            flushed: 0,
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Samples written so far.
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// Appends samples of -1 to 1; louder ones are cut.
    pub fn push(&mut self, samples: &[f32]) -> io::Result<()> {
        for sample in samples {
            let value = (sample * 32_768.0).round().clamp(-32_768.0, 32_767.0);
            self.wav.write_sample(value as i16).map_err(io_error)?;
            self.samples += 1;
            if self.samples - self.flushed >= FLUSH_EVERY {
                self.wav.flush().map_err(io_error)?;
                self.flushed = self.samples;
            }
        }
        Ok(())
    }

    /// Completes it: header true, bytes on the disk.
    pub fn finish(self) -> io::Result<()> {
        self.wav.finalize().map_err(io_error)?;
        self.disk.sync_all()
    }
}

fn io_error(error: hound::Error) -> io::Error {
    match error {
        hound::Error::IoError(error) => error,
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_take_that_is_cut_off_keeps_all_but_half_a_second() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("take.wav");
        let mut file = TakeFile::create(&path).expect("a file");
        file.push(&vec![0.25; 20_000]).expect("room");
        // The process dies here: nothing is finished, no destructor runs.
        std::mem::forget(file);
        let left = hound::WavReader::open(&path).expect("a WAV").duration();
        assert!((16_000..=20_000).contains(&left), "{left} samples left");
    }

    #[test]
    fn a_take_is_never_overwritten() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("take.wav");
        TakeFile::create(&path)
            .and_then(TakeFile::finish)
            .expect("a file");
        assert!(TakeFile::create(&path).is_err());
    }
}
