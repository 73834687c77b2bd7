//! Writes the WAV file of a take: 16 kHz mono, 16 bits. The header is updated twice a second, so that
//! the file remains playable if the process dies. The file is fsynced once a second in case of a power
//! failure.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::wav_repair::{HEADER_BYTES, SPEC, io_error, repair_header};
use crate::acoustics::ANALYSIS_RATE_HZ;

/// Samples between two updates of the header: half a second.
const FLUSH_INTERVAL: u64 = ANALYSIS_RATE_HZ as u64 / 2;
/// Shortest time between two fsyncs; the first flush after it requests the next one.
const FSYNC_INTERVAL: Duration = Duration::from_millis(900);

/// 16-bit value of a sample of 1.0.
const FULL_SCALE: f32 = 32_768.0;

/// The file of a take being written. It is locked meanwhile, so that other processes leave it alone.
pub struct WavWriter {
    path: PathBuf,
    wav: hound::WavWriter<BufWriter<File>>,
    disk: File,
    /// `None` if its thread could not be started; recording works without it.
    fsync: Option<FsyncThread>,
    samples: u64,
    flushed: u64,
}

impl WavWriter {
    /// Creates the file, readable by this user only. Fails if it exists.
    pub fn create(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        // On a file system without locks, the take is recorded without one.
        let _ = file.try_lock();
        let start = || {
            let disk = file.try_clone()?;
            let mut wav = hound::WavWriter::new(BufWriter::new(file), SPEC).map_err(io_error)?;
            wav.flush().map_err(io_error)?;
            Ok((wav, disk))
        };
        let (wav, disk) = start().inspect_err(|_: &io::Error| remove_empty(path))?;
        let folder = path.parent().map(Path::to_owned);
        let fsync = disk
            .try_clone()
            .and_then(|disk| FsyncThread::start(disk, folder));
        Ok(Self {
            fsync: fsync.ok(),
            path: path.to_owned(),
            wav,
            disk,
            samples: 0,
            flushed: 0,
        })
    }

    /// Path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Samples written so far.
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// Appends samples from -1 to 1, and returns them as they will be read back: rounded to 16 bits and
    /// clipped.
    pub fn push(&mut self, samples: &[f32]) -> io::Result<Vec<f32>> {
        let mut written = Vec::with_capacity(samples.len());
        for sample in samples {
            let value = (sample * FULL_SCALE).round();
            let value = value.clamp(-FULL_SCALE, FULL_SCALE - 1.0);
            self.wav.write_sample(value as i16).map_err(io_error)?;
            written.push(value / FULL_SCALE);
            self.samples += 1;
            if self.samples - self.flushed >= FLUSH_INTERVAL {
                self.wav.flush().map_err(io_error)?;
                self.flushed = self.samples;
                if let Some(fsync) = &mut self.fsync {
                    fsync.request();
                }
            }
        }
        Ok(written)
    }

    /// Completes the header and fsyncs the file. Returns the number of samples in the file, even if that
    /// fails.
    pub fn finish(mut self) -> (u64, io::Result<()>) {
        let finished = self.wav.finalize().map_err(io_error);
        let finished = finished.and_then(|()| self.disk.sync_all());
        // The system reports a write error only once, so an earlier fsync may have received it.
        let synced = self.fsync.map_or(Ok(()), FsyncThread::finish);
        let finished = finished.and(synced);
        match finished {
            Ok(()) => (self.samples, Ok(())),
            // If the disk is full, the take consists of what has been written.
            Err(error) => {
                let samples = repair_header(&mut self.disk).unwrap_or(0);
                if samples == 0 {
                    remove_empty(&self.path);
                }
                (samples, Err(error))
            }
        }
    }
}

/// Fsyncs the take on a thread of its own, because that may take seconds and the capture thread must
/// not block. The thread ends when its inbox is closed.
struct FsyncThread {
    requests: SyncSender<()>,
    last_request: Option<Instant>,
    thread: JoinHandle<io::Result<()>>,
}

impl FsyncThread {
    fn start(disk: File, folder: Option<PathBuf>) -> io::Result<Self> {
        // One queued request is enough: it covers everything written before it.
        let (requests, inbox) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("disk".to_owned())
            .spawn(move || fsync_on_request(&disk, folder, &inbox))?;
        Ok(Self {
            requests,
            last_request: None,
            thread,
        })
    }

    /// Never blocks.
    fn request(&mut self) {
        let is_due = |last: Instant| last.elapsed() >= FSYNC_INTERVAL;
        if self.last_request.is_none_or(is_due) {
            self.last_request = Some(Instant::now());
            // If the queue is full, a request is pending. If the thread has ended, `finish` reports why.
            let _ = self.requests.try_send(());
        }
    }

    /// Joins the thread and returns its error, if any.
    fn finish(self) -> io::Result<()> {
        drop(self.requests);
        let panicked = |_| io::Error::other("the fsync thread panicked");
        self.thread.join().unwrap_or_else(|why| Err(panicked(why)))
    }
}

fn fsync_on_request(disk: &File, folder: Option<PathBuf>, inbox: &Receiver<()>) -> io::Result<()> {
    // Fsyncs the file's name. Not every system can open a folder, nor every file system fsync one.
    if let Some(Ok(folder)) = folder.map(File::open) {
        let _ = folder.sync_all();
    }
    inbox.iter().try_for_each(|()| disk.sync_data())
}

/// Removes a file without samples: it is not a take.
fn remove_empty(path: &Path) {
    if path.metadata().is_ok_and(|meta| meta.len() <= HEADER_BYTES) {
        // If that fails, it is listed as a take without audio.
        let _ = std::fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::wav_repair::{blank_header, repair_take};
    use super::*;

    #[test]
    fn take_cut_off_by_a_crash_lacks_at_most_half_a_second() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("take.wav");
        let mut file = WavWriter::create(&path).expect("a file");
        file.push(&vec![0.25; 20_000]).expect("writable");
        // Like a crash: nothing is finished, no destructor runs.
        std::mem::forget(file);
        let left = hound::WavReader::open(&path).expect("a WAV").duration();
        assert!((16_000..=20_000).contains(&left), "{left} samples left");
    }

    #[test]
    fn header_of_take_on_full_disk_matches_its_samples() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("take.wav");
        let mut file = WavWriter::create(&path).expect("a file");
        file.push(&vec![0.25; 8_000]).expect("writable");
        file.push(&vec![0.25; 100]).expect("writable");
        std::mem::forget(file);
        // Half of a later block was written, including an odd byte.
        let mut disk = OpenOptions::new()
            .append(true)
            .open(&path)
            .expect("it exists");
        disk.write_all(&[1; 101]).expect("writable");
        let mut disk = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&path)
            .expect("it exists");
        let samples = repair_header(&mut disk).expect("in place");
        let read = hound::WavReader::open(&path).expect("a WAV");
        assert_eq!(u64::from(read.duration()), samples);
        assert!(samples >= 8_000 + 50, "{samples}");
    }

    #[test]
    fn take_is_repaired_wherever_its_recorder_died() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("take.wav");
        let mut file = WavWriter::create(&path).expect("a file");
        file.push(&vec![0.25; 20_000]).expect("writable");
        // While it is recorded, nobody else changes the file.
        assert_eq!(repair_take(&path).expect("it exists"), None);
        file.finish().1.expect("writable");
        let whole = std::fs::read(&path).expect("it exists");
        assert_eq!(repair_take(&path).expect("it exists"), Some(1.25));
        assert!(std::fs::read(&path).expect("it exists") == whole);

        // The header is half a second old, and the file may be cut off anywhere.
        let header = blank_header().expect("in memory");
        for length in [0, 1, 20, 43, 44, 45, 46, 1000, 20_001, whole.len()] {
            let died = [&header, &whole[44..]].concat();
            std::fs::write(&path, &died[..length]).expect("writable");
            let seconds = repair_take(&path).expect("it exists").expect("a take");
            let samples = length.saturating_sub(44) / 2;
            assert_eq!(seconds, samples as f64 / 16_000.0);
            let read = hound::WavReader::open(&path).expect("a WAV").duration();
            assert_eq!(read as usize, samples);
        }
    }

    #[test]
    fn existing_take_is_never_overwritten() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("take.wav");
        let file = WavWriter::create(&path).expect("a file");
        file.finish().1.expect("writable");
        assert!(WavWriter::create(&path).is_err());
    }
}
