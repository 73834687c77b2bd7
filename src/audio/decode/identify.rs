//! Names the codec and the container of files that cannot be decoded, by their first bytes. Knows nothing of
//! decoding.

use super::media::Media;
use super::mp4;

/// Enough for every header.
const START_BYTES: usize = 64 << 10;
/// Codes of the codecs that can be decoded in MP4.
const MP4_DECODABLE: [&[u8; 4]; 18] = [
    b"mp4a", b"alac", b"fLaC", b"Opus", b".mp3", b".mp2", b".mp1", b"sowt", b"twos", b"lpcm",
    b"ipcm", b"fpcm", b"in24", b"in32", b"fl32", b"fl64", b"raw ", b"NONE",
];
/// Codes of the codecs that can be decoded in CAF.
const CAF_DECODABLE: [&[u8; 4]; 10] = [
    b"lpcm", b"ulaw", b"alaw", b"ima4", b"aac ", b"alac", b"opus", b".mp1", b".mp2", b".mp3",
];

/// What a file is, as far as its first bytes show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Identity {
    /// A recording or film of a kind that cannot be decoded, such as "AMR in 3GP".
    Unsupported(String),
    /// Something else.
    Other(&'static str),
    Unknown,
}

/// Formats that are recognized by their first bytes alone.
const UNSUPPORTED: [(&[u8], &str); 27] = [
    (b"#!AMR-WB", "AMR-WB"),
    (b"#!AMR", "AMR"),
    (b"#!SILK", "SILK"),
    (b"\x02#!SILK", "SILK"),
    (
        b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
        "Windows Media Audio in ASF",
    ),
    (b"wvpk", "WavPack"),
    (b"MAC ", "Monkey's Audio"),
    (b"MPCK", "Musepack"),
    (b"MP+", "Musepack"),
    (b"TTA1", "True Audio"),
    (b"TTA2", "True Audio"),
    (b"OFR ", "OptimFROG"),
    (b"DSD ", "DSD"),
    (b"FRM8", "DSD in DSDIFF"),
    (b".RMF", "RealMedia"),
    (b".ra\xfd", "RealAudio"),
    (b"FLV\x01", "Flash Video"),
    (b"\0\0\x01\xba", "an MPEG program stream"),
    (b"\x0b\x77", "AC-3"),
    (b"\x7f\xfe\x80\x01", "DTS"),
    (b"\x56\xe0", "AAC in LOAS"),
    (b"Creative Voice File", "Creative Voice"),
    (b"NIST_1A", "NIST SPHERE"),
    (b"qoaf", "QOA"),
    (b"dns.", "little-endian Sun audio"),
    (b"2BIT", "AVR"),
    (b"8SVX", "8SVX"),
];

const OTHER: [(&[u8], &str); 16] = [
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"BM", "a bitmap image"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"SQLite format 3", "a database"),
    (b"MThd", "MIDI notes"),
    (b"{\\rtf", "an RTF document"),
];

/// Names what the file is.
pub(super) fn identify(media: &mut Media) -> Identity {
    let start = media.bytes_at(0, START_BYTES).unwrap_or_default();
    let unsupported = |codec: Option<String>, container: &str| match codec {
        Some(codec) => Identity::Unsupported(format!("{codec} in {container}")),
        None => Identity::Unknown,
    };
    match &start[..] {
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'A',
            b'V',
            b'I',
            b' ',
            ..,
        ] => {
            return Identity::Unsupported("AVI".to_owned());
        }
        [b'O', b'g', b'g', b'S', ..] => return unsupported(ogg_codec(&start), "Ogg"),
        [0x1a, 0x45, 0xdf, 0xa3, ..] => return unsupported(matroska_codec(&start), "Matroska"),
        [b'c', b'a', b'f', b'f', ..] => return unsupported(caf_codec(&start), "CAF"),
        [_, _, _, _, b'f', b't', b'y', b'p', brand, ..] => {
            let container = if *brand == b'3' { "3GP" } else { "MP4" };
            return unsupported(mp4_codec(media), container);
        }
        [_, _, _, _, b'm', b'o', b'o', b'v', ..]
        | [_, _, _, _, b'm', b'd', b'a', b't', ..]
        | [_, _, _, _, b'w', b'i', b'd', b'e', ..] => {
            return Identity::Unsupported("QuickTime without a file type".to_owned());
        }
        _ if is_transport_stream(&start) => {
            return Identity::Unsupported("an MPEG transport stream".to_owned());
        }
        _ => {}
    }
    let name_in = |table: &[(&[u8], &'static str)]| {
        let found = table.iter().find(|(magic, _)| start.starts_with(magic));
        found.map(|(_, name)| *name)
    };
    if let Some(name) = name_in(&UNSUPPORTED) {
        return Identity::Unsupported(name.to_owned());
    }
    match name_in(&OTHER) {
        Some(name) => Identity::Other(name),
        None if is_html(&start) => Identity::Other("a web page"),
        None if is_text(&start) => Identity::Other("plain text"),
        None => Identity::Unknown,
    }
}

fn ogg_codec(start: &[u8]) -> Option<String> {
    let segments = usize::from(*start.get(26)?);
    let packet = start.get(27 + segments..)?;
    let codecs: [(&[u8], &str); 5] = [
        (b"Speex   ", "Speex"),
        (b"PCM     ", "PCM"),
        (b"CELT    ", "CELT"),
        (b"\x80theora", "a film without decodable audio"),
        (b"BBCD\0", "a film without decodable audio"),
    ];
    let found = codecs.iter().find(|(magic, _)| packet.starts_with(magic));
    found.map(|(_, name)| (*name).to_owned())
}

fn matroska_codec(start: &[u8]) -> Option<String> {
    const CODEC_ID: u8 = 0x86;
    let is_audio =
        |at: &usize| start.get(*at) == Some(&CODEC_ID) && start.get(at + 2..at + 4) == Some(b"A_");
    let at = (0..start.len()).find(is_audio)?;
    let len = usize::from(start[at + 1] & 0x7f);
    let codec = String::from_utf8_lossy(start.get(at + 2..at + 2 + len)?);
    let is_decodable = [
        "A_AAC", "A_OPUS", "A_VORBIS", "A_FLAC", "A_MPEG", "A_ALAC", "A_PCM",
    ];
    if is_decodable.iter().any(|name| codec.starts_with(name)) {
        return None;
    }
    Some(match codec.split('/').next().unwrap_or_default() {
        "A_AC3" => "AC-3".to_owned(),
        "A_EAC3" => "E-AC-3".to_owned(),
        "A_DTS" => "DTS".to_owned(),
        "A_TRUEHD" => "TrueHD".to_owned(),
        "A_TTA1" => "True Audio".to_owned(),
        "A_WAVPACK4" => "WavPack".to_owned(),
        "A_MS" => "a Windows codec".to_owned(),
        "A_REAL" => "RealAudio".to_owned(),
        _ => format!("the codec \"{}\"", codec.escape_default()),
    })
}

fn caf_codec(start: &[u8]) -> Option<String> {
    /// Position of the code in the description, which comes first.
    const CODE_AT: usize = 28;
    let code = *start.get(CODE_AT..)?.first_chunk()?;
    match &code {
        b"aach" | b"aacp" | b"aacl" | b"aace" | b"aacf" => Some("this profile of AAC".to_owned()),
        b"flac" => Some("FLAC".to_owned()),
        code if CAF_DECODABLE.contains(&code) => None,
        _ => Some(mp4::codec_name(code)),
    }
}

fn mp4_codec(media: &mut Media) -> Option<String> {
    let tracks = mp4::audio_tracks(media).ok()?;
    let track = tracks.first()?;
    (!MP4_DECODABLE.contains(&&track.codec)).then(|| mp4::codec_name(track.codec))
}

/// Whether packets of 188 bytes follow each other.
fn is_transport_stream(start: &[u8]) -> bool {
    (0..4).all(|packet| start.get(packet * 188) == Some(&0x47))
}

fn is_html(start: &[u8]) -> bool {
    let text = String::from_utf8_lossy(start.get(..256).unwrap_or(start)).to_lowercase();
    let text = text.trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t']);
    text.starts_with("<!doctype html") || text.starts_with("<html")
}

fn is_text(start: &[u8]) -> bool {
    // The last character may be cut off.
    let valid = match std::str::from_utf8(start) {
        Ok(text) => text,
        Err(error) if error.valid_up_to() + 4 > start.len() => {
            std::str::from_utf8(&start[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    let is_control = |c: char| c.is_control() && !"\t\r\n\u{c}\u{1b}".contains(c);
    !valid.is_empty() && !valid.contains(is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_by_their_first_bytes() {
        let named = |bytes: &[u8]| match identify(&mut Media::from_bytes(bytes.to_vec())) {
            Identity::Unsupported(name) => name,
            Identity::Other(name) => name.to_owned(),
            Identity::Unknown => "unknown".to_owned(),
        };
        let ogg = [b"OggS\0\x02".as_slice(), &[0; 20], &[1, 30], b"Speex   1.2"].concat();
        let caf = [b"caff\0\x01\0\0desc".as_slice(), &[0; 16], b"QDM2"].concat();
        let matroska = b"\x1a\x45\xdf\xa3....\x86\x86A_DTS ";
        let cases: [(&[u8], &str); 10] = [
            (b"#!AMR\n\x3c", "AMR"),
            (&ogg, "Speex in Ogg"),
            (&caf, "QDesign Music in CAF"),
            (matroska, "the codec \"A_DTS \" in Matroska"),
            (b"RIFF\0\0\0\0AVI LIST", "AVI"),
            (b"%PDF-1.7", "a PDF document"),
            (b"\n<!DOCTYPE html>", "a web page"),
            ("Dear \u{e9}".as_bytes(), "plain text"),
            (&[0x47; 600], "an MPEG transport stream"),
            (&[0, 1, 2, 3, 200], "unknown"),
        ];
        for (bytes, name) in cases {
            assert_eq!(named(bytes), name);
        }
    }
}
