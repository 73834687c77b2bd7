//! The file of a take: 16 kHz mono 16-bit WAV. Its header is made true twice a second, so that a
//! process that dies leaves a file that plays; the rest is mended afterwards. Once a second it is put on
//! the disk, for the power may go.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Cursor, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::acoustics::ANALYSIS_RATE_HZ;
use crate::domain::time::Secs;

/// Samples between two flushes: half a second.
const FLUSH_EVERY: u64 = ANALYSIS_RATE_HZ as u64 / 2;
/// Between two requests that the disk shall have it: the next flush after it makes one.
const SYNC_EVERY: Duration = Duration::from_millis(900);

/// A sample of 1, in the file.
const FULL_SCALE: f32 = 32_768.0;

/// 16 kHz, one channel, 16 bits.
const SPEC: hound::WavSpec = hound::WavSpec {
    channels: 1,
    sample_rate: ANALYSIS_RATE_HZ,
    bits_per_sample: 16,
    sample_format: hound::SampleFormat::Int,
};

/// A take that is being written. Its file is locked as long, so that others see that it is.
pub struct WavWriter {
    path: PathBuf,
    wav: hound::WavWriter<BufWriter<File>>,
    disk: File,
    /// `None` where there is no room for its thread: one may speak all the same.
    syncing: Option<FsyncThread>,
    samples: u64,
    flushed: u64,
}

impl WavWriter {
    /// Creates it, for this user's eyes only; fails where there is one already.
    pub fn create(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        // A file system without locks records as well.
        let _ = file.try_lock();
        let begun = || {
            let disk = file.try_clone()?;
            let mut wav = hound::WavWriter::new(BufWriter::new(file), SPEC).map_err(io_error)?;
            wav.flush().map_err(io_error)?;
            Ok((wav, disk))
        };
        let (wav, disk) = begun().inspect_err(|_: &io::Error| remove_empty(path))?;
        let folder = path.parent().map(Path::to_owned);
        let syncing = disk
            .try_clone()
            .and_then(|disk| FsyncThread::start(disk, folder));
        Ok(Self {
            syncing: syncing.ok(),
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
                if let Some(syncing) = &mut self.syncing {
                    syncing.ask();
                }
            }
        }
        Ok(written)
    }

    /// Completes it: header true, bytes on the disk. The samples are those that the file holds,
    /// whatever became of the last of them.
    pub fn finish(mut self) -> (u64, io::Result<()>) {
        let finished = self.wav.finalize().map_err(io_error);
        let finished = finished.and_then(|()| self.disk.sync_all());
        // What the system said to one who asked, it does not say again.
        let synced = self.syncing.map_or(Ok(()), FsyncThread::end);
        let finished = finished.and(synced);
        match finished {
            Ok(()) => (self.samples, Ok(())),
            // The disk is full: what is there is the take.
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

/// Puts a take on the disk while it is written, on a thread of its own: a disk may take seconds, and a
/// recorder has none. The thread ends with its inbox.
struct FsyncThread {
    requests: SyncSender<()>,
    asked: Option<Instant>,
    thread: JoinHandle<io::Result<()>>,
}

impl FsyncThread {
    fn start(disk: File, folder: Option<PathBuf>) -> io::Result<Self> {
        // One may wait while another is met: it covers all that came before it.
        let (requests, inbox) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("disk".to_owned())
            .spawn(move || sync(&disk, folder, &inbox))?;
        Ok(Self {
            requests,
            asked: None,
            thread,
        })
    }

    /// Never waits.
    fn ask(&mut self) {
        if self.asked.is_none_or(|asked| asked.elapsed() >= SYNC_EVERY) {
            self.asked = Some(Instant::now());
            // One waits already; or it ended, and says why in the end.
            let _ = self.requests.try_send(());
        }
    }

    /// What it met.
    fn end(self) -> io::Result<()> {
        drop(self.requests);
        let broke = |_| io::Error::other("the thread that puts it on the disk broke");
        self.thread.join().unwrap_or_else(|why| Err(broke(why)))
    }
}

fn sync(disk: &File, folder: Option<PathBuf>, inbox: &Receiver<()>) -> io::Result<()> {
    // Its name; not every system opens a folder, and not every file system has this.
    if let Some(Ok(folder)) = folder.map(File::open) {
        let _ = folder.sync_all();
    }
    inbox.iter().try_for_each(|()| disk.sync_data())
}

/// A file that there was no room for holds nothing, and is no take.
fn remove_empty(path: &Path) {
    if path.metadata().is_ok_and(|meta| meta.len() <= HEADER) {
        // Where it stays, it is found as a take without sound.
        let _ = std::fs::remove_file(path);
    }
}

/// Makes the header of a take whose recorder died tell its true length, and gives that. `None` for a
/// file that a recorder is writing to, or that no recorder of ours wrote: those stay as they are.
pub fn repair_take(path: &Path) -> io::Result<Option<Secs>> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
        return Ok(None);
    }
    let ours = blank_header()?;
    let mut header = Vec::with_capacity(ours.len());
    (&mut file).take(HEADER).read_to_end(&mut header)?;
    if header.len() < ours.len() {
        // It died before the header was on the disk.
        if !ours.starts_with(&header) {
            return Ok(None);
        }
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&ours)?;
        header = ours.clone();
    }
    let but_its_lengths = |header: &[u8]| {
        let kept = header.iter().enumerate();
        kept.filter(|(place, _)| !LENGTHS.iter().any(|at| (*at..at + 4).contains(place)))
            .map(|(_, byte)| *byte)
            .collect::<Vec<u8>>()
    };
    if but_its_lengths(&header) != but_its_lengths(&ours) {
        return Ok(None);
    }
    let samples = repair_header(&mut file)?;
    Ok(Some(samples as Secs / Secs::from(ANALYSIS_RATE_HZ)))
}

/// Bytes before the samples of a take.
const HEADER: u64 = 44;

/// Where in it two lengths stand: of what follows, and of the samples.
const LENGTHS: [usize; 2] = [4, HEADER as usize - 4];

/// The header of a take without samples.
fn blank_header() -> io::Result<Vec<u8>> {
    let mut blank = Cursor::new(Vec::new());
    let wav = hound::WavWriter::new(&mut blank, SPEC).map_err(io_error)?;
    wav.finalize().map_err(io_error)?;
    Ok(blank.into_inner())
}

/// Makes the header of a take tell its true length, in place, which needs no room; one that does is
/// left alone. Gives the number of samples.
fn repair_header(take: &mut File) -> io::Result<u64> {
    let samples = take.metadata()?.len().saturating_sub(HEADER) / 2;
    let bytes = u32::try_from(2 * samples).unwrap_or(u32::MAX - HEADER as u32);
    for (place, value) in LENGTHS.into_iter().zip([bytes + HEADER as u32 - 8, bytes]) {
        let mut told = [0; 4];
        take.seek(SeekFrom::Start(place as u64))?;
        let known = take.read_exact(&mut told).is_ok() && u32::from_le_bytes(told) == value;
        if !known {
            take.seek(SeekFrom::Start(place as u64))?;
            take.write_all(&value.to_le_bytes())?;
        }
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
        let mut file = WavWriter::create(&path).expect("a file");
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
        let mut file = WavWriter::create(&path).expect("a file");
        file.push(&vec![0.25; 8_000]).expect("room");
        file.push(&vec![0.25; 100]).expect("room");
        std::mem::forget(file);
        // Half of a later block came through, an odd byte of it too.
        let mut disk = OpenOptions::new().append(true).open(&path).expect("there");
        disk.write_all(&[1; 101]).expect("room");
        let mut disk = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&path)
            .expect("there");
        let samples = repair_header(&mut disk).expect("in place");
        let read = hound::WavReader::open(&path).expect("a WAV");
        assert_eq!(u64::from(read.duration()), samples);
        assert!(samples >= 8_000 + 50, "{samples}");
    }

    #[test]
    fn a_take_whose_recorder_died_is_mended_wherever_it_died() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("take.wav");
        let mut file = WavWriter::create(&path).expect("a file");
        file.push(&vec![0.25; 20_000]).expect("room");
        // It lives: nobody else touches its file.
        assert_eq!(repair_take(&path).expect("there"), None);
        file.finish().1.expect("room");
        let whole = std::fs::read(&path).expect("there");
        assert_eq!(repair_take(&path).expect("there"), Some(1.25));
        assert!(std::fs::read(&path).expect("there") == whole);

        // The header as it was half a second before; and cut off anywhere.
        let header = blank_header().expect("in memory");
        for length in [0, 1, 20, 43, 44, 45, 46, 1000, 20_001, whole.len()] {
            let died = [&header, &whole[44..]].concat();
            std::fs::write(&path, &died[..length]).expect("room");
            let seconds = repair_take(&path).expect("there").expect("a take");
            let samples = length.saturating_sub(44) / 2;
            assert_eq!(seconds, samples as f64 / 16_000.0);
            let read = hound::WavReader::open(&path).expect("a WAV").duration();
            assert_eq!(read as usize, samples);
        }
    }

    #[test]
    fn what_no_recorder_wrote_is_not_mended() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("mine.wav");
        let stereo = hound::WavSpec {
            channels: 2,
            ..SPEC
        };
        let wav = hound::WavWriter::create(&path, stereo).expect("a file");
        wav.finalize().expect("room");
        let mut other = std::fs::read(&path).expect("there");
        other.extend([1; 100]);
        for bytes in [other.as_slice(), b"notes, not sound", &[7; 200]] {
            std::fs::write(&path, bytes).expect("room");
            assert_eq!(repair_take(&path).expect("there"), None);
            assert_eq!(std::fs::read(&path).expect("there"), bytes);
        }
    }

    #[test]
    fn a_take_is_never_overwritten() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("take.wav");
        let file = WavWriter::create(&path).expect("a file");
        file.finish().1.expect("room");
        assert!(WavWriter::create(&path).is_err());
    }
}
