//! Opens a recording as bytes that can be read at any position: a file, a part of it, or the whole content
//! of a pipe. Knows nothing of formats.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use symphonia::core::io::MediaSource;

use super::error::DecodeError;

/// The name of standard input as an argument.
const STDIN: &str = "-";
/// A pipe cannot be read twice, so that its content is kept in memory: three hours of uncompressed stereo.
const LARGEST_PIPE: u64 = 2 << 30;

/// A range of bytes of a recording.
#[derive(Debug)]
pub(super) struct Media {
    bytes: Bytes,
    start: u64,
    len: u64,
    at: u64,
}

#[derive(Debug)]
enum Bytes {
    File(File),
    Memory(Arc<[u8]>),
}

impl Media {
    /// Opens a file, or reads a pipe to its end; `-` is standard input.
    pub(super) fn open(path: &Path) -> Result<Self, DecodeError> {
        let open_error = |why| DecodeError::Open {
            path: path.to_owned(),
            why,
        };
        let media = if path == Path::new(STDIN) {
            Self::read_pipe(io::stdin().lock(), path)?
        } else {
            let file = File::open(path).map_err(open_error)?;
            let facts = file.metadata().map_err(open_error)?;
            if facts.is_dir() {
                return Err(open_error(io::ErrorKind::IsADirectory.into()));
            }
            match facts.is_file() {
                true => Self::new(Bytes::File(file), facts.len()),
                // The size of a pipe or a device says nothing about its content.
                false => Self::read_pipe(file, path)?,
            }
        };
        match media.len {
            0 => Err(DecodeError::Empty(path.to_owned())),
            _ => Ok(media),
        }
    }

    fn read_pipe(pipe: impl Read, path: &Path) -> Result<Self, DecodeError> {
        let mut bytes = Vec::new();
        let read = pipe.take(LARGEST_PIPE + 1).read_to_end(&mut bytes);
        read.map_err(|why| DecodeError::Open {
            path: path.to_owned(),
            why,
        })?;
        if bytes.len() as u64 > LARGEST_PIPE {
            return Err(DecodeError::PipeTooLarge(path.to_owned()));
        }
        Ok(Self::from_bytes(bytes))
    }

    /// Bytes in memory.
    pub(super) fn from_bytes(bytes: Vec<u8>) -> Self {
        let len = bytes.len() as u64;
        Self::new(Bytes::Memory(bytes.into()), len)
    }

    fn new(bytes: Bytes, len: u64) -> Self {
        Self {
            bytes,
            start: 0,
            len,
            at: 0,
        }
    }

    /// The bytes from `start`, at most `len` of them, from their beginning.
    pub(super) fn section(&self, start: u64, len: u64) -> io::Result<Self> {
        let start = start.min(self.len);
        Ok(Self {
            bytes: match &self.bytes {
                Bytes::File(file) => Bytes::File(file.try_clone()?),
                Bytes::Memory(bytes) => Bytes::Memory(Arc::clone(bytes)),
            },
            start: self.start + start,
            len: len.min(self.len - start),
            at: 0,
        })
    }

    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Up to `len` bytes from `at`; fewer at the end.
    pub(super) fn bytes_at(&mut self, at: u64, len: usize) -> io::Result<Vec<u8>> {
        self.seek(SeekFrom::Start(at))?;
        let mut bytes = Vec::new();
        self.take(len as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl Read for Media {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.len.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let wanted = out.len().min(left);
        let read = match &mut self.bytes {
            Bytes::File(file) => {
                // Sections of a file share its position.
                file.seek(SeekFrom::Start(self.start + self.at))?;
                file.read(&mut out[..wanted])?
            }
            Bytes::Memory(bytes) => {
                let from = usize::try_from(self.start + self.at).unwrap_or(usize::MAX);
                let rest = bytes.get(from..).unwrap_or_default();
                let read = wanted.min(rest.len());
                out[..read].copy_from_slice(&rest[..read]);
                read
            }
        };
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Media {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.len.checked_add_signed(by),
        };
        self.at = to.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

impl MediaSource for Media {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_has_only_its_own_bytes() -> io::Result<()> {
        let whole = Media::from_bytes((0..100).collect());
        let mut part = whole.section(10, 20)?.section(5, 99)?;
        assert_eq!(part.len(), 15);
        assert_eq!(part.bytes_at(0, 3)?, [15, 16, 17]);
        assert_eq!(part.bytes_at(13, 9)?, [28, 29]);
        assert!(part.bytes_at(99, 9)?.is_empty());
        assert_eq!(whole.section(200, 1)?.len(), 0);
        Ok(())
    }
}
