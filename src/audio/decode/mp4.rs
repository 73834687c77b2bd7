//! Reads of an MP4 file what its demuxer does not tell: the edit lists, and the codecs by their codes.
//! Knows nothing of decoding.

use std::io;

use super::media::Media;

/// Largest description of a file that is read: hours of samples need a few megabytes.
const LARGEST_DESCRIPTION: u64 = 256 << 20;
/// A start of an edit that is not in the media: the edit is a pause.
const EMPTY: u64 = u64::MAX;

/// An audio track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mp4Track {
    pub(super) id: u32,
    /// Units per second of its media.
    pub(super) timescale: u32,
    /// Code of its codec, such as `mp4a`.
    pub(super) codec: [u8; 4],
    /// Whether uncompressed samples are stored with their last byte first.
    pub(super) little_endian: bool,
    /// What players play of its media, in this order; everything if there are none.
    pub(super) edits: Vec<Edit>,
}

/// A stretch of a track's media, in its units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edit {
    /// `None` for a pause.
    pub(super) start: Option<u64>,
    /// `None` for everything from there.
    pub(super) len: Option<u64>,
}

/// The audio tracks of an MP4 file; none if it is no such file.
pub(super) fn audio_tracks(media: &mut Media) -> io::Result<Vec<Mp4Track>> {
    let Some(movie) = movie(media)? else {
        return Ok(Vec::new());
    };
    let movie_scale = child(&movie, b"mvhd").and_then(timescale).unwrap_or(1);
    let tracks = boxes(&movie).filter(|(id, _)| id == b"trak");
    Ok(tracks
        .filter_map(|(_, track)| audio_track(track, movie_scale))
        .collect())
}

/// The content of the box `moov`.
fn movie(media: &mut Media) -> io::Result<Option<Vec<u8>>> {
    let mut at = 0;
    while at < media.len() {
        let header = media.bytes_at(at, 16)?;
        let (Some(short), Some(id)) = (number(&header, 0), header.get(4..8)) else {
            break;
        };
        let (start, len) = match short {
            // The last box has no length.
            0 => (8, media.len() - at),
            1 => match (number(&header, 8), number(&header, 12)) {
                (Some(high), Some(low)) => (16, high << 32 | low),
                _ => break,
            },
            len => (8, len),
        };
        if len < start {
            break;
        }
        if id == b"moov" {
            let len = (len - start).min(LARGEST_DESCRIPTION);
            return media.bytes_at(at + start, len as usize).map(Some);
        }
        at = at.saturating_add(len);
    }
    Ok(None)
}

fn audio_track(track: &[u8], movie_scale: u64) -> Option<Mp4Track> {
    let media = child(track, b"mdia")?;
    if child(media, b"hdlr")?.get(8..12)? != b"soun" {
        return None;
    }
    let header = child(track, b"tkhd")?;
    let id = number(header, if header.first() == Some(&1) { 20 } else { 12 })?;
    let scale = timescale(child(media, b"mdhd")?)?;
    let samples = child(child(child(media, b"minf")?, b"stbl")?, b"stsd")?;
    let edits = child(track, b"edts").and_then(|edits| child(edits, b"elst"));
    Some(Mp4Track {
        id: id as u32,
        timescale: scale as u32,
        codec: *samples.get(12..)?.first_chunk()?,
        little_endian: samples.windows(6).any(|six| six == b"enda\0\x01"),
        edits: edits
            .and_then(|list| edit_list(list, movie_scale, scale))
            .unwrap_or_default(),
    })
}

/// Units per second, from `mvhd` or `mdhd`.
fn timescale(header: &[u8]) -> Option<u64> {
    let at = if header.first() == Some(&1) { 20 } else { 12 };
    number(header, at).filter(|scale| *scale > 0)
}

/// `None` if the list is cut off.
fn edit_list(list: &[u8], movie_scale: u64, media_scale: u64) -> Option<Vec<Edit>> {
    let is_long = list.first() == Some(&1);
    let entry_len = if is_long { 20 } else { 12 };
    let count = usize::try_from(number(list, 4)?).ok()?;
    let entries = list.get(8..8 + count.checked_mul(entry_len)?)?;
    let edits = entries.chunks_exact(entry_len).map(|entry| {
        let (len, start) = match is_long {
            true => (long(entry, 0)?, long(entry, 8)?),
            false => {
                let start = number(entry, 4)?;
                let is_empty = start == u64::from(u32::MAX);
                (number(entry, 0)?, if is_empty { EMPTY } else { start })
            }
        };
        let len = u128::from(len) * u128::from(media_scale) / u128::from(movie_scale);
        let len = u64::try_from(len).ok()?;
        Some(Edit {
            start: (start != EMPTY).then_some(start),
            // A recording that was not finished has no length.
            len: (len > 0).then_some(len),
        })
    });
    let edits: Option<Vec<Edit>> = edits.collect();
    // A pause before the audio is no part of the recording.
    edits.map(|edits| {
        edits
            .into_iter()
            .skip_while(|edit| edit.start.is_none())
            .collect()
    })
}

/// The boxes in `bytes`: identifier and content.
fn boxes(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let id: [u8; 4] = *rest.get(4..)?.first_chunk()?;
        let (start, len) = match number(rest, 0)? {
            0 => (8, rest.len()),
            1 => (16, usize::try_from(long(rest, 8)?).ok()?),
            len => (8, len as usize),
        };
        let content = rest.get(start..len.min(rest.len()))?;
        rest = rest.get(len..).unwrap_or_default();
        Some((id, content))
    })
}

fn child<'a>(bytes: &'a [u8], id: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(bytes)
        .find(|(found, _)| found == id)
        .map(|(_, content)| content)
}

fn number(bytes: &[u8], at: usize) -> Option<u64> {
    let four = bytes.get(at..)?.first_chunk()?;
    Some(u64::from(u32::from_be_bytes(*four)))
}

fn long(bytes: &[u8], at: usize) -> Option<u64> {
    Some(number(bytes, at)? << 32 | number(bytes, at + 4)?)
}

/// Name of a codec, for messages.
pub(super) fn codec_name(code: [u8; 4]) -> String {
    let name = match &code {
        b"samr" => "AMR",
        b"sawb" => "AMR-WB",
        b"sawp" => "AMR-WB+",
        b"ac-3" => "AC-3",
        b"ec-3" => "E-AC-3",
        b"ac-4" => "AC-4",
        b"dtsc" | b"dtsh" | b"dtsl" | b"dtse" => "DTS",
        b"mlpa" => "TrueHD",
        b"enca" | b"drms" => "encrypted audio",
        b"Qclp" => "QCELP",
        b"alaw" => "A-law",
        b"ulaw" => "mu-law",
        b"ima4" | b"ms\0\x11" => "IMA ADPCM",
        b"ms\0\x02" => "Microsoft ADPCM",
        b"QDM2" | b"QDMC" => "QDesign Music",
        b"MAC3" | b"MAC6" => "MACE",
        b"agsm" => "GSM 6.10",
        b"mhm1" | b"mha1" => "MPEG-H",
        b"mp4a" => "this profile of AAC",
        _ => {
            let code = String::from_utf8_lossy(&code).escape_default().to_string();
            return format!("the codec \"{code}\"");
        }
    };
    name.to_owned()
}
