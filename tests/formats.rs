//! Recordings as people have them: every container and codec that is supported gives the audio of its source;
//! the others are named, with the command that converts them.
#![allow(clippy::expect_used, reason = "a failed test panics")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::recordings::{ffmpeg, likeness};
use common::{clip, temp_folder};
use starling::audio::{DecodeError, DecodedAudio, MissingAudio, decode_file};

/// "The drop rate got better and the team was happy."
const SPOKEN: &str = "weak_quiz_team_happy_joe.flac";
const RATE_HZ: usize = 16_000;
/// The priming of a codec, where a container does not say how long it is: two packets of AAC at 44.1 kHz.
const MOST_DELAY_SECS: f64 = 0.05;
/// Copies the one channel of the clip to 1, 2, 4 or 6 channels at the same level.
const MONO: &str = "pan=mono|c0=c0";
const STEREO: &str = "pan=stereo|c0=c0|c1=c0";
const QUAD: &str = "pan=4.0|c0=c0|c1=c0|c2=c0|c3=c0";
const SURROUND: &str = "pan=5.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0";
/// Only the second of six channels has the voice.
const ONE_OF_SIX: &str = "pan=5.1|c1=c0";

/// File name, channels, and how ffmpeg writes it.
type Case = (&'static str, &'static str, &'static [&'static str]);

/// Formats that lose nothing at 16 kHz and 16 bits.
const EXACT: [Case; 31] = [
    ("a.wav", MONO, &["-c:a", "pcm_s16le"]),
    ("a24.wav", STEREO, &["-c:a", "pcm_s24le"]),
    ("a32.wav", STEREO, &["-c:a", "pcm_s32le"]),
    ("float.wav", MONO, &["-c:a", "pcm_f32le"]),
    ("double.wav", MONO, &["-c:a", "pcm_f64le"]),
    ("surround.wav", SURROUND, &["-c:a", "pcm_s16le"]),
    ("one of six.wav", ONE_OF_SIX, &["-c:a", "pcm_s24le"]),
    ("rf64.wav", MONO, &["-rf64", "always"]),
    ("list.wav", MONO, &["-metadata", "title=An odd title!"]),
    ("a.w64", STEREO, &["-c:a", "pcm_s24le"]),
    ("a.aiff", MONO, &["-c:a", "pcm_s16be"]),
    ("a.aif", STEREO, &["-c:a", "pcm_s24be"]),
    ("sowt.aiff", STEREO, &["-c:a", "pcm_s16le"]),
    ("float.aiff", MONO, &["-c:a", "pcm_f32be"]),
    ("double.aiff", QUAD, &["-c:a", "pcm_f64be"]),
    ("a.au", MONO, &["-c:a", "pcm_s16be"]),
    ("float.au", STEREO, &["-c:a", "pcm_f32be"]),
    ("a.caf", MONO, &["-c:a", "pcm_s16be"]),
    ("little.caf", STEREO, &["-c:a", "pcm_s24le"]),
    ("float.caf", MONO, &["-c:a", "pcm_f32le"]),
    ("apple.caf", STEREO, &["-c:a", "alac"]),
    ("a.flac", STEREO, &["-c:a", "flac"]),
    ("flac.oga", MONO, &["-c:a", "flac"]),
    ("apple.m4a", SURROUND, &["-c:a", "alac"]),
    ("flac.mka", SURROUND, &["-c:a", "flac"]),
    ("pcm.mkv", MONO, &["-c:a", "pcm_s16le"]),
    ("a.mov", MONO, &["-c:a", "pcm_s16le"]),
    ("big.mov", STEREO, &["-c:a", "pcm_s24be"]),
    ("big float.mov", STEREO, &["-c:a", "pcm_f32be"]),
    ("little.mov", STEREO, &["-c:a", "pcm_s32le"]),
    ("misnamed.mp3", MONO, &["-c:a", "pcm_s16le", "-f", "wav"]),
];

/// Formats that lose a little, with the rate at which they are written.
const LOSSY: [(&str, &str, &str, &[&str]); 42] = [
    ("law.wav", MONO, "8000", &["-c:a", "pcm_mulaw"]),
    ("law.au", STEREO, "16000", &["-c:a", "pcm_alaw"]),
    ("alaw.wav", STEREO, "16000", &["-c:a", "pcm_alaw"]),
    ("mulaw.aiff", MONO, "16000", &["-c:a", "pcm_mulaw"]),
    ("alaw.caf", STEREO, "16000", &["-c:a", "pcm_alaw"]),
    ("mulaw.w64", MONO, "16000", &["-c:a", "pcm_mulaw"]),
    ("8 bit.wav", MONO, "16000", &["-c:a", "pcm_u8"]),
    ("8 bit.aiff", MONO, "16000", &["-c:a", "pcm_s8"]),
    ("8 bit.caf", MONO, "16000", &["-c:a", "pcm_s8"]),
    ("ima.wav", MONO, "16000", &["-c:a", "adpcm_ima_wav"]),
    (
        "ima stereo.wav",
        STEREO,
        "44100",
        &["-c:a", "adpcm_ima_wav"],
    ),
    ("ms.wav", MONO, "22050", &["-c:a", "adpcm_ms"]),
    ("ms.w64", STEREO, "16000", &["-c:a", "adpcm_ms"]),
    ("ima.aiff", MONO, "16000", &["-c:a", "adpcm_ima_qt"]),
    ("ima.caf", STEREO, "44100", &["-c:a", "adpcm_ima_qt"]),
    (
        "voice message.opus",
        MONO,
        "48000",
        &["-c:a", "libopus", "-b:a", "24k"],
    ),
    (
        "narrow.opus",
        MONO,
        "48000",
        &["-c:a", "libopus", "-b:a", "16k", "-application", "voip"],
    ),
    (
        "long packets.ogg",
        STEREO,
        "48000",
        &["-c:a", "libopus", "-frame_duration", "120"],
    ),
    (
        "short packets.ogg",
        STEREO,
        "48000",
        &["-c:a", "libopus", "-frame_duration", "2.5"],
    ),
    ("surround.opus", SURROUND, "48000", &["-c:a", "libopus"]),
    (
        "browser.webm",
        STEREO,
        "48000",
        &["-c:a", "libopus", "-b:a", "32k"],
    ),
    (
        "live.webm",
        MONO,
        "48000",
        &["-c:a", "libopus", "-live", "1"],
    ),
    ("surround.webm", SURROUND, "48000", &["-c:a", "libopus"]),
    ("opus.mka", MONO, "24000", &["-c:a", "libopus"]),
    ("opus.mp4", STEREO, "48000", &["-c:a", "libopus"]),
    ("opus.caf", MONO, "48000", &["-c:a", "libopus"]),
    ("a.ogg", STEREO, "44100", &["-c:a", "libvorbis"]),
    ("surround.ogg", SURROUND, "48000", &["-c:a", "libvorbis"]),
    ("vorbis.webm", STEREO, "48000", &["-c:a", "libvorbis"]),
    ("a.mp3", STEREO, "44100", &["-c:a", "libmp3lame"]),
    (
        "low.mp3",
        MONO,
        "22050",
        &["-c:a", "libmp3lame", "-b:a", "32k"],
    ),
    ("mp3.wav", STEREO, "48000", &["-c:a", "libmp3lame"]),
    ("mp3.mkv", MONO, "44100", &["-c:a", "libmp3lame"]),
    ("a.mp2", STEREO, "48000", &["-c:a", "mp2", "-b:a", "192k"]),
    ("mp2.wav", MONO, "48000", &["-c:a", "mp2", "-b:a", "128k"]),
    ("memo.m4a", MONO, "44100", &["-c:a", "aac"]),
    ("raw.aac", STEREO, "48000", &["-c:a", "aac"]),
    ("surround.m4a", SURROUND, "48000", &["-c:a", "aac"]),
    ("surround.aac", SURROUND, "44100", &["-c:a", "aac"]),
    ("quad.mka", QUAD, "48000", &["-c:a", "aac"]),
    (
        "fragments.mp4",
        STEREO,
        "48000",
        &["-c:a", "aac", "-movflags", "frag_keyframe+empty_moov"],
    ),
    ("high.m4a", MONO, "96000", &["-c:a", "aac"]),
];

/// An edit: start in seconds, `None` for a pause, and length.
type EditSecs = (Option<f64>, f64);

/// A folder with the recordings that a test makes of the clip.
struct Recordings {
    folder: tempfile::TempDir,
    source: Vec<f32>,
}

impl Recordings {
    fn new() -> Self {
        Self {
            folder: temp_folder(),
            source: decode(&clip(SPOKEN)).samples,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes the clip with ffmpeg.
    fn encode(&self, name: &str, channels: &str, rate: &str, arguments: &[&str]) -> PathBuf {
        let path = self.path(name);
        let spoken = clip(SPOKEN).display().to_string();
        let mut all = vec!["-i", &spoken, "-af", channels, "-ar", rate];
        all.extend(arguments);
        ffmpeg(&all, &path);
        path
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).expect("a recording");
        path
    }

    /// Fails unless `samples` are those of the clip.
    #[track_caller]
    fn check(&self, name: &str, samples: &[f32], correlation: f64) {
        let alike = likeness(&self.source, samples, MOST_DELAY_SECS);
        assert!(
            // The channel for the lowest tones has no voice.
            alike.correlation >= correlation && (0.6..1.1).contains(&alike.gain),
            "{name}: {alike:?}"
        );
        let longer = (samples.len() as f64 - self.source.len() as f64) / RATE_HZ as f64;
        // Codecs pad their last packet.
        assert!((-0.05..0.15).contains(&longer), "{name}: {longer} s longer");
    }
}

#[track_caller]
fn decode(path: &Path) -> DecodedAudio {
    decode_file(path).expect("a supported recording")
}

/// Decodes a recording of which nothing is missing.
#[track_caller]
fn decode_all(path: &Path) -> DecodedAudio {
    let decoded = decode(path);
    assert_eq!(decoded.missing, None, "{}", path.display());
    decoded
}

#[test]
fn lossless_formats_give_the_samples_of_their_source() {
    let recordings = Recordings::new();
    for (name, channels, arguments) in EXACT {
        let path = recordings.encode(name, channels, "16000", arguments);
        let decoded = decode_all(&path);
        assert_eq!(decoded.samples.len(), recordings.source.len(), "{name}");
        let pairs = decoded.samples.iter().zip(&recordings.source);
        let worst = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst <= 1.0 / 32_768.0, "{name}: off by {worst}");
        assert_eq!(decoded.audio.clipped_samples, 0, "{name}");
    }
}

#[test]
fn lossy_formats_give_the_audio_of_their_source() {
    let recordings = Recordings::new();
    for (name, channels, rate, arguments) in LOSSY {
        let path = recordings.encode(name, channels, rate, arguments);
        recordings.check(name, &decode_all(&path).samples, 0.95);
    }
}

#[test]
fn film_gives_its_audio() {
    let recordings = Recordings::new();
    let spoken = clip(SPOKEN).display().to_string();
    let picture = ["-f", "lavfi", "-i", "testsrc=d=2.9:s=64x64:r=5"];
    for (name, codecs) in [
        ("screen.mp4", ["-c:v", "mpeg4", "-c:a", "aac"]),
        ("screen.mkv", ["-c:v", "mpeg4", "-c:a", "libopus"]),
        ("camera.mov", ["-c:v", "mpeg4", "-c:a", "pcm_s16le"]),
    ] {
        let path = recordings.path(name);
        let input = ["-i", &spoken];
        ffmpeg(&[&picture[..], &input[..], &codecs[..]].concat(), &path);
        recordings.check(name, &decode_all(&path).samples, 0.95);
    }
    let silent = recordings.path("silent.mp4");
    ffmpeg(&[&picture[..], &["-c:v", "mpeg4"]].concat(), &silent);
    let error = decode_file(&silent).expect_err("a film without sound");
    assert!(matches!(error, DecodeError::NoAudio(_)), "{error}");
}

/// Recorders of screens and meetings write a track for each source. One of them is decoded, and the others are named.
#[test]
fn film_with_several_audio_tracks_says_which_was_decoded() {
    let recordings = Recordings::new();
    let clips = [SPOKEN, "edge_typing_10s.flac", "short_yes_joe.flac"];
    let clips = clips.map(|name| clip(name).display().to_string());
    let picture = ["-f", "lavfi", "-i", "testsrc=d=2:s=64x64:r=5"];
    for (name, count, codec) in [
        ("two.mkv", 2, "aac"),
        ("two.mp4", 2, "aac"),
        ("two.webm", 2, "libopus"),
        ("three.mka", 3, "flac"),
        ("film.mov", 3, "pcm_s16le"),
        // A picture is no audio track.
        ("film.mkv", 1, "aac"),
    ] {
        let has_picture = name.starts_with("film");
        let mut arguments: Vec<&str> = picture[..if has_picture { 4 } else { 0 }].to_vec();
        for clip in &clips[..count] {
            arguments.extend(["-i", clip]);
        }
        let inputs = count + usize::from(has_picture);
        for input in &["0", "1", "2", "3"][..inputs] {
            arguments.extend(["-map", input]);
        }
        arguments.extend(["-ar", "48000", "-c:a", codec]);
        let path = recordings.path(name);
        ffmpeg(&arguments, &path);
        let decoded = decode_all(&path);
        recordings.check(name, &decoded.samples, 0.95);
        let Some(tracks) = decoded.tracks else {
            assert_eq!(count, 1, "{name}");
            continue;
        };
        assert_eq!((tracks.decoded, tracks.count), (0, count), "{name}");
        let other = path.with_extension("track2.wav");
        let command = format!("-map 0:a:1 {}", other.display());
        let message = tracks.message(&path);
        assert!(message.contains(&command), "{message}");
    }
}

#[test]
fn joined_recordings_of_different_formats_are_read_to_the_end() {
    let recordings = Recordings::new();
    let mp3 =
        |name, channels, rate| recordings.encode(name, channels, rate, &["-c:a", "libmp3lame"]);
    let opus = |name, channels| recordings.encode(name, channels, "48000", &["-c:a", "libopus"]);
    let aac = |name, channels, rate| recordings.encode(name, channels, rate, &["-c:a", "aac"]);
    let vorbis = recordings.encode("v.ogg", STEREO, "44100", &["-c:a", "libvorbis"]);
    let joins = [
        (
            "same.mp3",
            vec![mp3("a.mp3", MONO, "44100"), mp3("b.mp3", MONO, "44100")],
        ),
        (
            "channels.mp3",
            vec![mp3("c.mp3", MONO, "44100"), mp3("d.mp3", STEREO, "44100")],
        ),
        (
            "rates.mp3",
            vec![
                mp3("e.mp3", STEREO, "48000"),
                mp3("f.mp3", MONO, "22050"),
                mp3("g.mp3", MONO, "44100"),
            ],
        ),
        (
            "channels.opus",
            vec![opus("a.opus", MONO), opus("b.opus", STEREO)],
        ),
        (
            "surround.opus",
            vec![opus("c.opus", SURROUND), opus("d.opus", MONO)],
        ),
        (
            "codecs.ogg",
            vec![vorbis.clone(), opus("e.opus", MONO), vorbis],
        ),
        (
            "channels.aac",
            vec![aac("a.aac", MONO, "48000"), aac("b.aac", SURROUND, "44100")],
        ),
    ];
    for (name, parts) in joins {
        let bytes: Vec<u8> = parts
            .iter()
            .flat_map(|part| fs::read(part).expect("a part"))
            .collect();
        let decoded = decode_all(&recordings.write(name, &bytes));
        let part_len = recordings.source.len();
        let longer = decoded.samples.len() as f64 / (part_len * parts.len()) as f64;
        assert!(
            (0.97..1.05).contains(&longer),
            "{name}: {longer} of the length"
        );
        let last = decoded.samples.len() - part_len;
        let second_half = &recordings.source[part_len / 2..];
        let alike = likeness(second_half, &decoded.samples[last + part_len / 2..], 0.1);
        assert!(
            alike.correlation > 0.9 && (0.6..1.1).contains(&alike.gain),
            "{name}: the last part: {alike:?}"
        );
    }
}

/// Replaces the edit list of an MP4 file that ffmpeg wrote, whose description is at the end. Edits are start,
/// in seconds of the media, and length.
fn with_edits(mp4: &[u8], media_rate: f64, edits: &[EditSecs]) -> Vec<u8> {
    let find = |name: &[u8]| {
        let at = mp4.windows(4).rposition(|four| four == name);
        at.unwrap_or_else(|| panic!("no {} in the file", name.escape_ascii()))
    };
    let word = |at: usize| u32::from_be_bytes(mp4[at..at + 4].try_into().expect("four bytes"));
    let movie_scale = f64::from(word(find(b"mvhd") + 16));
    let list = find(b"elst");
    let old_len = word(list - 4) as usize;
    let mut entries = Vec::new();
    for (start, len) in edits {
        let start = start.map_or(-1, |secs| (secs * media_rate) as i32);
        entries.extend(((len * movie_scale) as u32).to_be_bytes());
        entries.extend(start.to_be_bytes());
        entries.extend([0, 1, 0, 0]);
    }
    let grown = entries.len() as i64 + 16 - old_len as i64;
    let mut new = mp4.to_vec();
    new[list + 8..list + 12].copy_from_slice(&(edits.len() as u32).to_be_bytes());
    new.splice(list + 12..list - 4 + old_len, entries);
    for name in [b"elst", b"edts", b"trak", b"moov"] {
        let at = find(name) - 4;
        let len = (i64::from(word(at)) + grown) as u32;
        new[at..at + 4].copy_from_slice(&len.to_be_bytes());
    }
    new
}

#[test]
fn edit_list_decides_what_is_read_of_a_memo() {
    let recordings = Recordings::new();
    let all = recordings.source.len() as f64 / RATE_HZ as f64;
    // Start and length in seconds of the recording.
    let cases: [(&str, &[EditSecs]); 6] = [
        ("trimmed at the start", &[(Some(1.0), all - 1.0)]),
        ("trimmed at both ends", &[(Some(0.5), 1.25)]),
        ("cut in the middle", &[(Some(0.0), 0.75), (Some(1.5), 1.0)]),
        ("moved", &[(Some(1.5), 1.0), (Some(0.25), 1.0)]),
        ("repeated", &[(Some(0.5), 1.0), (Some(0.5), 1.0)]),
        (
            "with a pause",
            &[(Some(0.5), 1.0), (None, 0.5), (Some(1.5), 0.75)],
        ),
    ];
    for codec in ["aac", "alac", "libopus"] {
        let memo = recordings.encode("memo.mp4", STEREO, "48000", &["-c:a", codec]);
        let memo = fs::read(memo).expect("a memo");
        // What players skip of the media because it primes the decoder.
        let priming = match codec {
            "aac" => 1024.0 / 48_000.0,
            "alac" => 0.0,
            _ => 312.0 / 48_000.0,
        };
        for (what, edits) in cases {
            let media = |(start, len): &EditSecs| (start.map(|secs| secs + priming), *len);
            let edits_of_media: Vec<_> = edits.iter().map(media).collect();
            let path =
                recordings.write("edited.m4a", &with_edits(&memo, 48_000.0, &edits_of_media));
            let decoded = decode_all(&path).samples;
            let mut expected = Vec::new();
            for (start, len) in edits {
                let len = (len * RATE_HZ as f64) as usize;
                match start {
                    Some(secs) => {
                        let from = (secs * RATE_HZ as f64) as usize;
                        let to = (from + len).min(recordings.source.len());
                        expected.extend(&recordings.source[from..to]);
                    }
                    None => expected.resize(expected.len() + len, 0.0),
                }
            }
            let alike = likeness(&expected, &decoded, 0.01);
            let longer = decoded.len().abs_diff(expected.len());
            assert!(
                alike.correlation > 0.97 && longer < RATE_HZ / 50,
                "{codec} {what}: {alike:?}, {longer} samples longer or shorter"
            );
        }
    }
}

#[test]
fn length_of_mp3_without_tag_is_no_promise() {
    let recordings = Recordings::new();
    // The length is estimated from the first packets: too long if they are small, too short if they are large.
    for (name, silent) in [
        ("quiet first.mp3", "lt(t,1.4)"),
        ("loud first.mp3", "gt(t,1.4)"),
    ] {
        let channels = format!("volume=volume=0:enable='{silent}',{STEREO}");
        let arguments = ["-c:a", "libmp3lame", "-q:a", "0", "-write_xing", "0"];
        let path = recordings.encode(name, &channels, "48000", &arguments);
        let decoded = decode_all(&path);
        let seconds = decoded.samples.len() as f64 / RATE_HZ as f64;
        let all = recordings.source.len() as f64 / RATE_HZ as f64;
        assert!(
            (-0.05..0.1).contains(&(seconds - all)),
            "{name}: {seconds} of {all} s"
        );
    }
}

/// The clip as 16-bit little-endian samples.
fn samples_of(source: &[f32]) -> Vec<u8> {
    let samples = source.iter().map(|s| (s * 32_768.0).round() as i16);
    samples.flat_map(i16::to_le_bytes).collect()
}

fn chunk(id: &[u8; 4], len: u32, content: &[u8]) -> Vec<u8> {
    [&id[..], &len.to_le_bytes(), content].concat()
}

#[test]
fn wave_headers_as_programs_write_them_are_read() {
    let recordings = Recordings::new();
    let samples = samples_of(&recordings.source);
    let len = samples.len() as u32;
    let format = [1, 0, 1, 0, 0x80, 0x3e, 0, 0, 0, 0x7d, 0, 0, 2, 0, 16, 0];
    let fmt = chunk(b"fmt ", 16, &format);
    let data = chunk(b"data", len, &samples);
    let odd = chunk(b"LIST", 13, b"INFOIART\x01\0\0\0X");
    let padded = [&odd[..], &[0]].concat();
    let wave = |riff: u32, chunks: &[&[u8]]| {
        let all = [b"WAVE".to_vec(), chunks.concat()].concat();
        chunk(b"RIFF", riff, &all)
    };
    let endless = chunk(b"data", u32::MAX, &samples);
    let zero = chunk(b"data", 0, &samples);
    let signed_max = chunk(b"data", 0x7fff_ffff - 44, &samples);
    let sizes = [
        &0u64.to_le_bytes()[..],
        &u64::from(len).to_le_bytes(),
        &[0; 12],
    ]
    .concat();
    let mut rf64 = wave(
        u32::MAX,
        &[&chunk(b"ds64", 28, &sizes), &fmt, &endless, b"junk"],
    );
    rf64[..4].copy_from_slice(b"RF64");
    let mut bw64 = rf64.clone();
    bw64[..4].copy_from_slice(b"BW64");
    let extensible = [
        &[0xfe, 0xff][..],
        &format[2..],
        &[22, 0, 16, 0, 4, 0, 0, 0],
        b"\x01\0\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71",
    ]
    .concat();
    let cases = [
        ("odd chunk.wav", wave(0, &[&fmt, &odd, &data])),
        ("odd chunk first.wav", wave(0, &[&odd, &fmt, &data])),
        ("padded chunk.wav", wave(0, &[&fmt, &padded, &data])),
        ("after the samples.wav", wave(0, &[&fmt, &data, &padded])),
        ("short riff.wav", wave(36, &[&fmt, &data])),
        ("endless.wav", wave(u32::MAX, &[&fmt, &endless])),
        ("zero.wav", wave(0, &[&fmt, &zero])),
        ("signed.wav", wave(0x7fff_ffff, &[&fmt, &signed_max])),
        (
            "long format.wav",
            wave(
                0,
                &[&chunk(b"fmt ", 20, &[&format[..], &[0; 4]].concat()), &data],
            ),
        ),
        (
            "extensible.wav",
            wave(0, &[&chunk(b"fmt ", 40, &extensible), &data]),
        ),
        ("rf64.wav", rf64),
        ("bw64.wav", bw64),
    ];
    for (name, bytes) in cases {
        let decoded = decode_all(&recordings.write(name, &bytes));
        assert_eq!(decoded.samples.len(), recordings.source.len(), "{name}");
        recordings.check(name, &decoded.samples, 0.9999);
    }
}

#[test]
fn recording_that_ends_early_says_how_much_there_is() {
    let recordings = Recordings::new();
    let cases: [(&str, &[&str]); 4] = [
        ("a.wav", &["-c:a", "pcm_s16le"]),
        ("a.aiff", &["-c:a", "pcm_s16be"]),
        ("a.flac", &["-c:a", "flac"]),
        ("a.mp3", &["-c:a", "libmp3lame"]),
    ];
    for (name, arguments) in cases {
        let path = recordings.encode(name, MONO, "16000", arguments);
        let bytes = fs::read(&path).expect("a recording");
        let decoded = decode(&recordings.write(name, &bytes[..bytes.len() * 2 / 3]));
        let Some(MissingAudio::Shorter {
            stated_secs,
            read_secs,
        }) = decoded.missing
        else {
            panic!("{name}: {:?}", decoded.missing);
        };
        let all = recordings.source.len() as f64 / RATE_HZ as f64;
        assert!(
            (stated_secs - all).abs() < 0.1,
            "{name}: {stated_secs} s stated"
        );
        let read = decoded.samples.len() as f64 / RATE_HZ as f64;
        assert!(
            (read_secs - read).abs() < 0.1,
            "{name}: {read_secs} of {read} s read"
        );
        assert!((1.2..all - 0.5).contains(&read), "{name}: {read} s");
    }
}

#[test]
fn floats_above_full_scale_are_not_clipped() {
    let recordings = Recordings::new();
    let loud = format!("{MONO},volume=8");
    let float = recordings.encode("loud.wav", &loud, "16000", &["-c:a", "pcm_f32le"]);
    let decoded = decode_all(&float);
    assert!(decoded.samples.iter().any(|s| s.abs() > 1.0));
    assert_eq!(decoded.audio.clipped_samples, 0);
    let clipped = recordings.encode("clipped.wav", &loud, "16000", &["-c:a", "pcm_s16le"]);
    assert!(decode_all(&clipped).audio.clipped_samples > 10);
}

#[test]
fn pipe_is_read_like_a_file() {
    let recordings = Recordings::new();
    for (name, arguments) in [
        ("a.wav", ["-c:a", "pcm_s16le"]),
        ("a.m4a", ["-c:a", "aac"]),
        ("a.opus", ["-c:a", "libopus"]),
    ] {
        let bytes =
            fs::read(recordings.encode(name, MONO, "48000", &arguments)).expect("a recording");
        let pipe = recordings.path("pipe");
        let made = Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
        assert!(made.success());
        let writer = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::write(pipe, bytes)
        });
        let decoded = decode_all(&pipe);
        writer
            .join()
            .expect("the writer")
            .expect("everything is read");
        recordings.check(name, &decoded.samples, 0.95);
        fs::remove_file(pipe).expect("a pipe");
    }
    let error = decode_file(Path::new("/dev/null")).expect_err("nothing");
    assert_eq!(
        error.to_string(),
        "/dev/null has no content (0 bytes): choose another recording"
    );
}

#[test]
fn unsupported_format_is_named_with_the_command_that_converts_it() {
    let recordings = Recordings::new();
    let amr = recordings.write("voice memo.amr", b"#!AMR\n\x3c\x08\x10\x20\x30\x40");
    let cases: [(&str, &[&str], &str); 8] = [
        (
            "windows.wma",
            &["-c:a", "wmav2"],
            "Windows Media Audio in ASF",
        ),
        ("wave pack.wv", &["-c:a", "wavpack"], "WavPack"),
        ("dolby.mp4", &["-c:a", "ac3"], "AC-3 in MP4"),
        ("dolby film.mkv", &["-c:a", "ac3"], "AC-3 in Matroska"),
        ("g722.wav", &["-c:a", "g722"], "G.722 in WAV"),
        ("flac.wav", &["-c:a", "flac"], "FLAC in WAV"),
        ("stream.ts", &["-c:a", "aac"], "an MPEG transport stream"),
        ("film.avi", &["-c:a", "libmp3lame"], "AVI"),
    ];
    let paths = cases
        .map(|(name, arguments, what)| (recordings.encode(name, MONO, "48000", arguments), what));
    for (path, what) in paths.into_iter().chain([(amr, "AMR")]) {
        let error = decode_file(&path).expect_err("an unsupported format");
        let message = error.to_string();
        assert!(
            message.contains(&format!("{what} is not supported; convert it first: ")),
            "{message}"
        );
        let command = message
            .split("convert it first: ")
            .nth(1)
            .expect("a command");
        if path.extension() != Some("amr".as_ref()) {
            // The command works as it stands.
            let quiet = format!("{command} -loglevel error -nostdin");
            let ran = Command::new("sh").args(["-c", &quiet]).status();
            assert!(ran.expect("a shell").success(), "{command}");
            let wav = match path.extension() == Some("wav".as_ref()) {
                true => path.with_extension("converted.wav"),
                false => path.with_extension("wav"),
            };
            recordings.check(what, &decode_all(&wav).samples, 0.9);
        }
    }
    let text = recordings.write("a.wav", "Dear interviewer, I noticed...\n".as_bytes());
    let error = decode_file(&text).expect_err("a text").to_string();
    assert!(
        error.ends_with("a.wav: it begins like plain text, not like a recording"),
        "{error}"
    );
}
