//! Reads the text of a written answer from a file or from standard input.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

/// A larger file is not an answer: an hour of speech is shorter.
const MAX_BYTES: u64 = 100_000;

/// The name of standard input as an argument.
const STDIN: &str = "-";

/// The text in `file`, or of standard input for `-`. The error is one sentence that names the file.
pub fn read(file: &Path) -> Result<String, String> {
    let name = name(file);
    let unreadable = |error: io::Error| format!("cannot read {name}: {error}");
    let mut bytes = Vec::new();
    if file == Path::new(STDIN) {
        let stdin = io::stdin().lock();
        let read = stdin.take(MAX_BYTES + 1).read_to_end(&mut bytes);
        read.map_err(unreadable)?;
    } else {
        let is_folder = fs::metadata(file).map_err(unreadable)?.is_dir();
        if is_folder {
            return Err(format!("cannot read {name}: it is a folder"));
        }
        let opened = fs::File::open(file).map_err(unreadable)?;
        let read = opened.take(MAX_BYTES + 1).read_to_end(&mut bytes);
        read.map_err(unreadable)?;
    }
    if bytes.len() as u64 > MAX_BYTES {
        return Err(format!(
            "{name} is larger than 100 kB: an answer is shorter"
        ));
    }
    decode(&bytes).ok_or_else(|| {
        format!("{name} is not plain text in UTF-8 or UTF-16: save it as UTF-8, then try again")
    })
}

/// How messages call the file.
pub fn name(file: &Path) -> String {
    match file == Path::new(STDIN) {
        true => "standard input".to_owned(),
        false => file.display().to_string(),
    }
}

/// Decodes UTF-8 and, with a byte order mark or if every second byte is zero, UTF-16. `None` if the bytes are
/// no text.
fn decode(bytes: &[u8]) -> Option<String> {
    let text = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).ok()?,
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        [first, 0, ..] if *first != 0 => utf16(bytes, u16::from_le_bytes)?,
        [0, first, ..] if *first != 0 => utf16(bytes, u16::from_be_bytes)?,
        _ => String::from_utf8(bytes.to_vec()).ok()?,
    };
    let is_binary = text.contains('\0');
    (!is_binary).then_some(text)
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let pairs = bytes.chunks_exact(2);
    let is_whole = pairs.remainder().is_empty();
    let units: Vec<u16> = pairs.map(|pair| unit([pair[0], pair[1]])).collect();
    String::from_utf16(&units).ok().filter(|_| is_whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_and_utf16_are_decoded() {
        let text = "I fixed it. \u{1f600} \u{201c}Done\u{201d}";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [
            text.as_bytes().to_vec(),
            [&[0xef, 0xbb, 0xbf], text.as_bytes()].concat(),
            [&[0xff, 0xfe], little.as_slice()].concat(),
            [&[0xfe, 0xff], big.as_slice()].concat(),
            little,
            big,
        ] {
            assert_eq!(decode(&bytes).as_deref(), Some(text), "{bytes:?}");
        }
        assert_eq!(decode(b"").as_deref(), Some(""));
    }

    #[test]
    fn other_bytes_are_no_text() {
        for bytes in [
            &b"caf\xe9"[..],
            b"RIFF\0\0\0\0WAVE",
            b"\xff\xfea",
            b"\0\0\0\0",
            b"\xff\xfe\x00\xd8",
        ] {
            assert_eq!(decode(bytes), None, "{bytes:?}");
        }
    }
}
