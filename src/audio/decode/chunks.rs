//! Finds the chunks of RIFF-like files (WAV, RF64, W64, AIFF) as leniently as players do. Knows nothing of
//! what the chunks contain.

use std::io;

use super::media::Media;

/// Chunks before the samples are few; more is a file that only looks like one.
const MOST_CHUNKS: usize = 1000;
/// Chunks that may follow an odd one without the padding that the formats require.
const KNOWN: [&[u8; 4]; 27] = [
    b"fmt ", b"data", b"fact", b"LIST", b"bext", b"JUNK", b"junk", b"PAD ", b"FLLR", b"cue ",
    b"smpl", b"inst", b"PEAK", b"iXML", b"id3 ", b"ID3 ", b"ds64", b"COMM", b"SSND", b"MARK",
    b"INST", b"FVER", b"NAME", b"AUTH", b"ANNO", b"CHAN", b"(c) ",
];

/// How sizes and identifiers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChunkStyle {
    /// Four bytes each, sizes little-endian (RIFF, RF64).
    LittleEndian,
    /// Four bytes each, sizes big-endian (RIFX, FORM).
    BigEndian,
    /// Identifiers of 16 bytes; sizes of 8 bytes that count themselves, in steps of 8 (Sony Wave64).
    Wave64,
}

/// A chunk's place in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chunk {
    pub(super) id: [u8; 4],
    /// Position of the content.
    pub(super) start: u64,
    /// Length by its header; the file may be shorter.
    pub(super) len: u64,
}

impl Chunk {
    /// The first bytes of the content.
    pub(super) fn bytes(&self, media: &mut Media, most: usize) -> io::Result<Vec<u8>> {
        let len = usize::try_from(self.len).unwrap_or(most).min(most);
        media.bytes_at(self.start, len)
    }
}

/// The chunks from position `at`, up to the one for which `is_last` holds or to the end of the file.
pub(super) fn chunks(
    media: &mut Media,
    style: ChunkStyle,
    mut at: u64,
    is_last: impl Fn(&Chunk) -> bool,
) -> io::Result<Vec<Chunk>> {
    let mut found = Vec::new();
    while found.len() < MOST_CHUNKS {
        let Some(chunk) = chunk_at(media, style, at)? else {
            break;
        };
        found.push(chunk);
        if is_last(&chunk) {
            break;
        }
        at = chunk.start.saturating_add(chunk.len);
        at = match style {
            ChunkStyle::Wave64 => at.next_multiple_of(8),
            _ if chunk.len % 2 == 1 && !has_known_chunk(media, at)? => at + 1,
            _ => at,
        };
    }
    Ok(found)
}

fn chunk_at(media: &mut Media, style: ChunkStyle, at: u64) -> io::Result<Option<Chunk>> {
    let header_len = match style {
        ChunkStyle::Wave64 => 24,
        _ => 8,
    };
    if at >= media.len() {
        return Ok(None);
    }
    let header = media.bytes_at(at, header_len)?;
    let (Some(id), Some(word)) = (header.first_chunk(), header.last_chunk()) else {
        return Ok(None);
    };
    if header.len() < header_len {
        return Ok(None);
    }
    let word = *word;
    let len = match style {
        ChunkStyle::LittleEndian => u64::from(u32::from_le_bytes(word)),
        ChunkStyle::BigEndian => u64::from(u32::from_be_bytes(word)),
        ChunkStyle::Wave64 => {
            let low = u32::from_le_bytes([header[16], header[17], header[18], header[19]]);
            let whole = u64::from(u32::from_le_bytes(word)) << 32 | u64::from(low);
            whole.saturating_sub(header_len as u64)
        }
    };
    Ok(Some(Chunk {
        id: *id,
        start: at + header_len as u64,
        len,
    }))
}

fn has_known_chunk(media: &mut Media, at: u64) -> io::Result<bool> {
    let id = media.bytes_at(at, 4)?;
    Ok(KNOWN.iter().any(|known| known.as_slice() == id))
}
