//! Decodes audio files of any format: WAV with hound, everything else (and WAV that is not plain PCM)
//! with symphonia. Files are read in blocks, so that one can also replace a microphone.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

use super::downmix::Downmix;
use super::resample::{RateError, Resampler};
use crate::acoustics::ANALYSIS_RATE_HZ;
use crate::domain::take::Audio;

/// Longer than any answer; protects against filling the memory with a film by mistake.
const LONGEST_SECONDS: u64 = 2 * 3600;
/// Largest header accepted before the samples of a WAV.
const LARGEST_HEADER: u64 = 1 << 20;
/// A file with at least this share of the promised frames is complete: lossy formats promise slightly
/// more than they contain.
const COMPLETE_SHARE: f64 = 0.98;
const BLOCK_FRAMES: usize = 4096;

/// A decoded file, ready for analysis.
#[derive(Debug)]
pub struct DecodedAudio {
    /// 16 kHz, mono.
    pub samples: Vec<f32>,
    /// Facts about the file.
    pub audio: Audio,
    /// Whether parts of the file could not be decoded.
    pub damaged: bool,
}

/// Why a file cannot be decoded.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// It is missing or not readable.
    #[error("cannot open {path}: {why}", path = path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// The system's error.
        why: io::Error,
    },
    /// It has no bytes.
    #[error("{path} is empty: record it again", path = .0.display())]
    Empty(PathBuf),
    /// It is not an audio file, or its format is not supported.
    #[error(
        "cannot decode {path} ({why}): use WAV, FLAC, MP3, M4A or OGG Vorbis",
        path = path.display()
    )]
    NotAudio {
        /// The file.
        path: PathBuf,
        /// The decoder's error.
        why: String,
    },
    /// Its sample rate is not supported.
    #[error("{path}: {why}", path = path.display())]
    Rate {
        /// The file.
        path: PathBuf,
        /// The rate.
        why: RateError,
    },
    /// It is far longer than any answer.
    #[error("{path} is longer than two hours: trim it to the answer", path = .0.display())]
    TooLong(PathBuf),
}

/// Decodes a whole file. A truncated file yields the part that exists.
pub fn decode_file(path: &Path) -> Result<DecodedAudio, DecodeError> {
    let mut blocks = BlockReader::open(path)?;
    let mut converter = AnalysisConverter::new(blocks.rate_hz, blocks.channels)
        .map_err(|why| blocks.rate_error(why))?;
    let mut samples = Vec::new();
    let mut block = Vec::new();
    while blocks.next(&mut block)? {
        converter.push(&block, &mut samples);
        if samples.len() as u64 > LONGEST_SECONDS * u64::from(ANALYSIS_RATE_HZ) {
            return Err(DecodeError::TooLong(path.to_owned()));
        }
    }
    let audio = converter.finish(&mut samples);
    Ok(DecodedAudio {
        samples,
        audio,
        damaged: blocks.damaged,
    })
}

/// Converts frames of any format to 16 kHz mono, for files and microphones alike.
pub(crate) struct AnalysisConverter {
    downmix: Downmix,
    resampler: Resampler,
    mixed: Vec<f32>,
    rate_hz: u32,
    channels: u16,
    frames: u64,
}

impl AnalysisConverter {
    pub(crate) fn new(rate_hz: u32, channels: u16) -> Result<Self, RateError> {
        Ok(Self {
            downmix: Downmix::new(channels),
            resampler: Resampler::new(rate_hz)?,
            mixed: Vec::new(),
            rate_hz,
            channels,
            frames: 0,
        })
    }

    /// Converts whole interleaved frames and appends the result to `out`.
    pub(crate) fn push(&mut self, interleaved: &[f32], out: &mut Vec<f32>) {
        self.mixed.clear();
        self.downmix.push(interleaved, &mut self.mixed);
        self.frames += self.mixed.len() as u64;
        self.resampler.push(&self.mixed, out);
    }

    /// Appends the rest, and returns facts about everything that was pushed.
    pub(crate) fn finish(mut self, out: &mut Vec<f32>) -> Audio {
        self.resampler.finish(out);
        Audio {
            seconds: self.frames as f64 / f64::from(self.rate_hz),
            sample_rate_hz: self.rate_hz,
            channels: self.channels,
            clipped_samples: self.downmix.clipped_frames(),
            lost_samples: 0,
        }
    }

    pub(crate) fn clipped_frames(&self) -> u64 {
        self.downmix.clipped_frames()
    }
}

/// Reads the frames of a file block by block.
pub(crate) struct BlockReader {
    path: PathBuf,
    pub(crate) rate_hz: u32,
    pub(crate) channels: u16,
    decoder: Decoder,
    /// Frame count promised by the container, if any.
    expected_frames: Option<u64>,
    frames: u64,
    damaged: bool,
}

enum Decoder {
    Hound(hound::WavReader<Box<dyn Read + Send>>),
    Symphonia {
        format: Box<dyn FormatReader>,
        decoder: Box<dyn AudioDecoder>,
        track: u32,
        /// The first block, decoded on opening to learn rate and channels.
        first: Option<Vec<f32>>,
    },
}

impl BlockReader {
    pub(crate) fn open(path: &Path) -> Result<Self, DecodeError> {
        let open_error = |why| DecodeError::Open {
            path: path.to_owned(),
            why,
        };
        let mut file = File::open(path).map_err(open_error)?;
        let size = file.metadata().map_err(open_error)?.len();
        if size == 0 {
            return Err(DecodeError::Empty(path.to_owned()));
        }
        let header = corrected_header(&mut file, size).map_err(open_error)?;
        if let Some(Header { bytes, truncated }) = header
            && let Ok(wav) =
                hound::WavReader::new(Box::new(Cursor::new(bytes).chain(BufReader::new(file)))
                    as Box<dyn Read + Send>)
            && is_supported_by_hound(&wav.spec())
        {
            let spec = wav.spec();
            return Ok(Self {
                path: path.to_owned(),
                rate_hz: spec.sample_rate,
                channels: spec.channels,
                decoder: Decoder::Hound(wav),
                expected_frames: None,
                frames: 0,
                damaged: truncated,
            });
        }
        // On some headers symphonia's arithmetic overflows, which panics in a debug build.
        let opened = catch_unwind(|| Self::open_symphonia(path).map_err(|why| why.to_string()));
        let opened = opened.unwrap_or_else(|_| Err("invalid header".to_owned()));
        opened.map_err(|why| DecodeError::NotAudio {
            path: path.to_owned(),
            why,
        })
    }

    fn open_symphonia(path: &Path) -> Result<Self, SymphoniaError> {
        let source = MediaSourceStream::new(Box::new(File::open(path)?), Default::default());
        let mut hint = Hint::new();
        if let Some(extension) = path.extension().and_then(|e| e.to_str()) {
            hint.with_extension(extension);
        }
        let format = symphonia::default::get_probe().probe(
            &hint,
            source,
            FormatOptions::default(),
            MetadataOptions::default(),
        )?;
        let no_track = SymphoniaError::Unsupported("it contains no audio");
        let track = format.default_track(TrackType::Audio).ok_or(no_track)?;
        let unknown = SymphoniaError::Unsupported("unknown audio codec");
        let parameters = track
            .codec_params
            .as_ref()
            .and_then(|p| p.audio())
            .ok_or(unknown)?;
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(parameters, &AudioDecoderOptions::default())?;
        let (track, expected_frames) = (track.id, track.num_frames);
        let mut blocks = Self {
            path: path.to_owned(),
            rate_hz: 0,
            channels: 0,
            decoder: Decoder::Symphonia {
                format,
                decoder,
                track,
                first: None,
            },
            expected_frames,
            frames: 0,
            damaged: false,
        };
        // Containers often lack rate and channels or have them wrong: the first frames are reliable.
        let mut first_block = Vec::new();
        if !blocks.next_symphonia(&mut first_block) {
            return Err(SymphoniaError::DecodeError("it contains no audio"));
        }
        if let Decoder::Symphonia { first, .. } = &mut blocks.decoder {
            *first = Some(first_block);
        }
        Ok(blocks)
    }

    /// Replaces `block` with the next interleaved frames; false at the end of the file.
    pub(crate) fn next(&mut self, block: &mut Vec<f32>) -> Result<bool, DecodeError> {
        block.clear();
        match &mut self.decoder {
            Decoder::Hound(wav) => {
                read_hound(wav, BLOCK_FRAMES * usize::from(self.channels), block);
                // A truncated file can end inside a frame.
                block.truncate(
                    block.len() / usize::from(self.channels) * usize::from(self.channels),
                );
                Ok(!block.is_empty())
            }
            Decoder::Symphonia { first, .. } => match first.take() {
                Some(first) => {
                    *block = first;
                    Ok(true)
                }
                None => Ok(self.next_symphonia(block)),
            },
        }
    }

    pub(crate) fn rate_error(&self, why: RateError) -> DecodeError {
        DecodeError::Rate {
            path: self.path.clone(),
            why,
        }
    }

    /// Skips corrupt packets, as players do. A file that cannot be read further ends there.
    fn next_symphonia(&mut self, block: &mut Vec<f32>) -> bool {
        let Decoder::Symphonia {
            format,
            decoder,
            track,
            ..
        } = &mut self.decoder
        else {
            return false;
        };
        loop {
            // If the demuxer panics on corrupt data, the file ends there.
            let packet = catch_unwind(AssertUnwindSafe(|| format.next_packet()));
            let packet = match packet {
                Ok(Ok(Some(packet))) => packet,
                Ok(Ok(None)) => {
                    // The demuxer may have skipped corrupt frames without an error.
                    let expected = self.expected_frames.unwrap_or(0) as f64;
                    self.damaged |= (self.frames as f64) < expected * COMPLETE_SHARE;
                    return false;
                }
                Ok(Err(_)) | Err(_) => {
                    self.damaged = true;
                    return false;
                }
            };
            if packet.track_id != *track {
                continue;
            }
            let decoded = catch_unwind(AssertUnwindSafe(|| {
                let decoded = decoder.decode(&packet).ok()?;
                decoded.copy_to_vec_interleaved(block);
                let channels = decoded.spec().channels().count() as u16;
                Some((decoded.spec().rate(), channels, decoded.frames()))
            }));
            let Ok(Some((rate_hz, channels, frames))) = decoded else {
                self.damaged = true;
                continue;
            };
            let same_format =
                self.rate_hz == 0 || (self.rate_hz, self.channels) == (rate_hz, channels);
            if frames == 0 || channels == 0 || !same_format {
                continue;
            }
            (self.rate_hz, self.channels) = (rate_hz, channels);
            self.frames += frames as u64;
            return true;
        }
    }
}

/// The bytes before a WAV's samples, with corrected lengths.
struct Header {
    bytes: Vec<u8>,
    /// Whether the original header promised more samples than exist.
    truncated: bool,
}

/// Corrects the header of a WAV: a process that died while recording leaves a length of zero or nonsense,
/// and the samples extend to the end of the file. `None` if it is not a WAV. Leaves `file` at its samples.
fn corrected_header(file: &mut File, size: u64) -> io::Result<Option<Header>> {
    let mut riff = [0; 12];
    let mut at = riff.len() as u64;
    file.seek(SeekFrom::Start(0))?;
    if file.read_exact(&mut riff).is_err() || !riff.starts_with(b"RIFF") || &riff[8..] != b"WAVE" {
        return Ok(None);
    }
    let mut chunk = [0; 8];
    loop {
        if file.read_exact(&mut chunk).is_err() {
            return Ok(None);
        }
        at += chunk.len() as u64;
        let length = u64::from(u32::from_le_bytes([chunk[4], chunk[5], chunk[6], chunk[7]]));
        if &chunk[..4] == b"data" {
            let available = size - at;
            let stale = length == 0 || length > available;
            // Programs that write to a pipe store the largest possible length.
            let truncated = stale && length > 0 && length < u64::from(u32::MAX) / 2;
            let mut header = vec![0; at as usize];
            file.seek(SeekFrom::Start(0))?;
            file.read_exact(&mut header)?;
            if stale {
                let block = header
                    .get(32..34)
                    .map_or(1, |b| u16::from_le_bytes([b[0], b[1]]));
                let rounded = available - available % u64::from(block.max(1));
                let length_offset = header.len() - 4;
                header[length_offset..]
                    .copy_from_slice(&u32::try_from(rounded).unwrap_or(u32::MAX).to_le_bytes());
            }
            return Ok(Some(Header {
                bytes: header,
                truncated,
            }));
        }
        // Chunks are padded to even lengths. Those before the samples are small.
        at += length + length % 2;
        if at >= size || at > LARGEST_HEADER {
            return Ok(None);
        }
        file.seek(SeekFrom::Start(at))?;
    }
}

/// hound opens formats that it cannot decode.
fn is_supported_by_hound(spec: &hound::WavSpec) -> bool {
    let bits = spec.bits_per_sample;
    spec.channels > 0
        && match spec.sample_format {
            hound::SampleFormat::Int => (1..=32).contains(&bits),
            hound::SampleFormat::Float => bits == 32,
        }
}

/// Reads up to `max` samples, scaled to -1 to 1; stops at the end of the file.
fn read_hound(wav: &mut hound::WavReader<Box<dyn Read + Send>>, max: usize, out: &mut Vec<f32>) {
    let spec = wav.spec();
    match spec.sample_format {
        hound::SampleFormat::Float => {
            out.extend(wav.samples::<f32>().take(max).map_while(Result::ok));
        }
        hound::SampleFormat::Int => {
            let scale = 1.0 / (1u64 << (spec.bits_per_sample - 1)) as f32;
            let samples = wav.samples::<i32>().take(max).map_while(Result::ok);
            out.extend(samples.map(|s| s as f32 * scale));
        }
    }
}
