//! The file of a take: 16 kHz mono 16-bit WAV. Its header is made true twice a second, so that a
//! process that dies leaves a file that plays.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::coach::voice::ANALYSIS_RATE_HZ;

/// Samples between two flushes: half a second.
const FLUSH_EVERY: u64 = ANALYSIS_RATE_HZ as u64 / 2;

/// A sample of 1, in the file.
const FULL_SCALE: f32 = 32_768.0;

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

    /// Appends samples of -1 to 1, and gives them as they will be read again: 16 bits, and louder
    /// ones cut.
    pub fn push(&mut self, samples: &[f32]) -> io::Result<Vec<f32>> {
        let mut written = Vec::with_capacity(samples.len());
        for sample in samples {
            let value = (sample * FULL_SCALE).round();
            let value = value.clamp(-FULL_SCALE, FULL_SCALE - 1.0);
            self.wav.write_sample(value as i16).map_err(io_error)?;
            written.push(value / FULL_SCALE);
            self.samples += 1;
            if self.samples - self.flushed >= FLUSH_EVERY {
                self.wav.flush().map_err(io_error)?;
                self.flushed = self.samples;
            }
        }
        Ok(written)
    }

    /// Completes it: header true, bytes on the disk. The samples are those that the file holds,
    /// whatever became of the last of them.
    pub fn finish(mut self) -> (u64, io::Result<()>) {
        let finished = self.wav.finalize().map_err(io_error);
        let finished = finished.and_then(|()| self.disk.sync_all());
        match finished {
            Ok(()) => (self.samples, Ok(())),
            // The disk is full: what is there is the take.
            Err(error) => (mend(&mut self.disk).unwrap_or(0), Err(error)),
        }
    }
}

/// Bytes before the samples of a take.
const HEADER: u64 = 44;

/// Makes the header of a take tell its true length, in place, which needs no room. Gives the
/// number of samples.
fn mend(take: &mut File) -> io::Result<u64> {
    let samples = take.metadata()?.len().saturating_sub(HEADER) / 2;
    let bytes = u32::try_from(2 * samples).unwrap_or(u32::MAX - HEADER as u32);
    for (place, value) in [(4, bytes + HEADER as u32 - 8), (HEADER - 4, bytes)] {
        take.seek(SeekFrom::Start(place))?;
        take.write_all(&value.to_le_bytes())?;
    }
    Ok(samples)
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
    fn a_take_on_a_full_disk_tells_what_it_holds() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("take.wav");
        let mut file = TakeFile::create(&path).expect("a file");
        file.push(&vec![0.25; 8_000]).expect("room");
        file.push(&vec![0.25; 100]).expect("room");
        std::mem::forget(file);
        // Half of a later block came through, an odd byte of it too.
        let mut disk = OpenOptions::new().append(true).open(&path).expect("there");
        disk.write_all(&[1; 101]).expect("room");
        let mut disk = OpenOptions::new().write(true).open(&path).expect("there");
        let samples = mend(&mut disk).expect("in place");
        let read = hound::WavReader::open(&path).expect("a WAV");
        assert_eq!(u64::from(read.duration()), samples);
        assert!(samples >= 8_000 + 50, "{samples}");
    }

    #[test]
    fn a_take_is_never_overwritten() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("take.wav");
        let file = TakeFile::create(&path).expect("a file");
        file.finish().1.expect("room");
        assert!(TakeFile::create(&path).is_err());
    }
}
