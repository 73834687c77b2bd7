//! Reads recordings whose packets have to be found first: MP4, Matroska, Ogg, CAF, MP3, FLAC. Corrupt
//! packets are skipped, as players do.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_MP1, CODEC_ID_MP2, CODEC_ID_MP3, CODEC_ID_PCM_F32BE, CODEC_ID_PCM_F64BE,
    CODEC_ID_PCM_S24BE, CODEC_ID_PCM_S32BE,
};
use symphonia::core::codecs::audio::{
    AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions,
};
use symphonia::core::errors::{Error as SymphoniaError, Result};
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::well_known::{
    FORMAT_ID_ISOMP4, FORMAT_ID_MKV, FORMAT_ID_MP1, FORMAT_ID_MP2, FORMAT_ID_MP3,
};
use symphonia::core::formats::{FormatOptions, FormatReader, SeekMode, SeekTo, Track, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, TimeBase, Timestamp};

use super::codecs::CODECS;
use super::error::{AudioTracks, MissingAudio};
use super::frame_source::{FrameSource, StreamFormat};
use super::media::Media;
use super::mp4::{self, Edit, Mp4Track};
use super::timeline::{After, Timeline};

/// Why a film cannot be opened as a recording.
pub(super) const NO_AUDIO_TRACK: &str = "it contains no audio";
/// Lossy formats state slightly more than they contain, and some count the padding of the last packet: so much
/// less than the stated duration, as a share or in seconds, is complete.
const COMPLETE_SHARE: f64 = 0.98;
const COMPLETE_SECS: f64 = 0.3;
/// An MP3 that was cut out of another refers to data before its start: so many packets cannot be decoded.
const TOLERATED_PACKETS: u64 = 2;
/// An MP3 ends with so many packets of padding at most.
const PADDING_PACKETS: u32 = 2;
/// After a jump, decoders need some packets before their output is right.
const PRIMING_SECS: f64 = 0.1;
/// Streams that follow each other in one file.
const MOST_STREAMS: u32 = 1000;

/// Reads the packets of one audio track and decodes them.
pub(super) struct DemuxedReader {
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    parameters: AudioCodecParameters,
    track: u32,
    tracks: Option<AudioTracks>,
    time_base: Option<TimeBase>,
    edits: Vec<Edit>,
    timescale: u32,
    /// Frames at the start that only prime an Opus decoder.
    skip: u64,
    /// Created when the format is known.
    timeline: Option<(StreamFormat, Timeline)>,
    /// Where the demuxer continues, in frames.
    jump: Option<u64>,
    /// Duration by the container, unless it is only estimated.
    stated_secs: Option<f64>,
    /// Whether the packets of an MP3 say where the recording ends.
    trims_end: bool,
    read: Progress,
}

/// What was read so far.
#[derive(Debug, Default)]
struct Progress {
    /// Seconds of the media.
    media_secs: f64,
    /// Seconds that were returned.
    returned_secs: f64,
    skipped_packets: u64,
    padding_packets: u32,
    streams: u32,
    /// Whether the packets came to an end.
    is_at_end: bool,
    is_cut_off: bool,
}

impl DemuxedReader {
    /// `extension` only helps to recognize the format.
    pub(super) fn open(media: Media, extension: Option<&str>) -> Result<Self> {
        let description = media.section(0, u64::MAX);
        let mut description = description.map_err(SymphoniaError::IoError)?;
        let has_length = has_length_tag(&mut description);
        let mut hint = Hint::new();
        if let Some(extension) = extension {
            hint.with_extension(extension);
        }
        let format = symphonia::default::get_probe().probe(
            &hint,
            MediaSourceStream::new(Box::new(media), Default::default()),
            FormatOptions::default(),
            MetadataOptions::default(),
        )?;
        let id = format.format_info().format;
        let (track, parameters) = audio_track(&*format)?;
        let mut parameters = parameters.clone();
        let edited = match id {
            FORMAT_ID_ISOMP4 => mp4::audio_tracks(&mut description).unwrap_or_default(),
            _ => Vec::new(),
        };
        let edited = edited.into_iter().find(|edited| edited.id == track.id);
        if let Some(codec) = edited.as_ref().and_then(big_endian_codec) {
            parameters.for_codec(codec);
        }
        let (edits, timescale) = edited.map_or((Vec::new(), 1), |t| (t.edits, t.timescale));
        // The length of an MP3 without such a tag is estimated from its first packets.
        let is_estimated =
            matches!(id, FORMAT_ID_MP1 | FORMAT_ID_MP2 | FORMAT_ID_MP3) && !has_length;
        let stated_secs = stated_secs(track).filter(|secs| *secs > 0.0 && !is_estimated);
        // The edit list of an MP4 skips the priming frames.
        let skip = match edits.is_empty() {
            true => priming_frames(&parameters, id == FORMAT_ID_ISOMP4),
            false => 0,
        };
        Ok(Self {
            track: track.id,
            tracks: audio_tracks(&*format, track.id),
            time_base: track.time_base,
            edits,
            timescale,
            skip,
            timeline: None,
            jump: None,
            stated_secs,
            trims_end: !is_estimated,
            read: Progress::default(),
            decoder: new_decoder(&parameters)?,
            parameters,
            format,
        })
    }

    /// The next packet of the track; `None` at the end, and where the file cannot be read further.
    fn next_packet(&mut self) -> Option<Packet> {
        loop {
            let format = &mut self.format;
            // If the demuxer panics on corrupt data, the file ends there.
            let packet = catch_unwind(AssertUnwindSafe(|| format.next_packet()));
            match packet {
                Ok(Ok(Some(packet))) if packet.track_id == self.track => return Some(packet),
                Ok(Ok(Some(_))) => {}
                Ok(Ok(None)) => {
                    self.read.is_at_end = true;
                    return None;
                }
                Ok(Err(SymphoniaError::ResetRequired)) if self.read.streams < MOST_STREAMS => {
                    self.read.streams += 1;
                    self.follow_stream()?;
                }
                // Live recordings have no other end.
                Ok(Err(SymphoniaError::IoError(error)))
                    if error.kind() == io::ErrorKind::UnexpectedEof =>
                {
                    self.read.is_at_end = true;
                    return None;
                }
                Ok(Err(_)) | Err(_) => {
                    self.read.is_at_end = true;
                    self.read.is_cut_off = true;
                    return None;
                }
            }
        }
    }

    /// Another stream begins, as where two recordings were joined. `None` if it cannot be decoded.
    fn follow_stream(&mut self) -> Option<()> {
        let (track, parameters) = audio_track(&*self.format).ok()?;
        self.decoder = new_decoder(parameters).ok()?;
        self.skip = priming_frames(parameters, false);
        self.parameters = parameters.clone();
        self.track = track.id;
        self.time_base = track.time_base;
        self.timeline = None;
        // The stated duration is that of the first stream.
        self.stated_secs = None;
        Some(())
    }

    /// Decodes a packet into `block`; `None` if it has no frames or is corrupt.
    fn decode(&mut self, packet: &mut Packet, block: &mut Vec<f32>) -> Option<StreamFormat> {
        let is_mpeg = self.is_mpeg_audio();
        if is_mpeg && !self.keep_joined_packet(packet) {
            return None;
        }
        let mut decoded = decode_packet(&mut *self.decoder, packet, block);
        if decoded.is_none() && is_mpeg {
            // The decoder refuses other channels or another rate than those it began with.
            self.decoder = new_decoder(&self.parameters).ok()?;
            decoded = decode_packet(&mut *self.decoder, packet, block);
        }
        let Some(format) = decoded else {
            self.read.skipped_packets += 1;
            return None;
        };
        (!block.is_empty() && format.channels > 0 && format.rate_hz > 0).then_some(format)
    }

    fn is_mpeg_audio(&self) -> bool {
        matches!(
            self.parameters.codec,
            CODEC_ID_MP1 | CODEC_ID_MP2 | CODEC_ID_MP3
        )
    }

    /// The demuxer trims all after the stated end of an MP3, which is wrong if the end is only estimated, or
    /// if another recording was appended. False if the packet is padding.
    fn keep_joined_packet(&mut self, packet: &mut Packet) -> bool {
        let is_whole = packet.trim_end >= packet.dur;
        if !self.trims_end || is_whole {
            packet.trim_end = Duration::ZERO;
        }
        if self.trims_end && is_whole {
            self.read.padding_packets += 1;
            return self.read.padding_packets > PADDING_PACKETS;
        }
        true
    }

    /// First frame of a packet by its timestamp.
    fn first_frame(&self, packet: &Packet, rate_hz: u32) -> u64 {
        let seconds = self.time_base.and_then(|base| base.calc_time(packet.pts));
        let seconds = seconds.map_or(0.0, |time| time.as_secs_f64());
        (seconds * f64::from(rate_hz)).round().max(0.0) as u64
    }

    /// Leaves in `block` what is played of it; whether more follows.
    fn place(&mut self, packet: &Packet, format: StreamFormat, block: &mut Vec<f32>) -> bool {
        let at = self.first_frame(packet, format.rate_hz);
        let frames = block.len() / usize::from(format.channels);
        let end_secs = (at + frames as u64) as f64 / f64::from(format.rate_hz);
        self.read.media_secs = self.read.media_secs.max(end_secs);
        let is_other = self
            .timeline
            .as_ref()
            .is_none_or(|(known, _)| *known != format);
        if is_other && (self.timeline.is_none() || self.edits.is_empty()) {
            let fills_gaps = matches!(
                self.format.format_info().format,
                FORMAT_ID_ISOMP4 | FORMAT_ID_MKV
            );
            let stream = (format.rate_hz, format.channels);
            let edits = (&self.edits[..], self.timescale);
            let skip = std::mem::take(&mut self.skip);
            self.timeline = Some((format, Timeline::new(stream, edits, fills_gaps, skip)));
        }
        let Some((_, timeline)) = &mut self.timeline else {
            return false;
        };
        let after = timeline.place(at, block);
        let returned = block.len() / usize::from(format.channels);
        self.read.returned_secs += returned as f64 / f64::from(format.rate_hz);
        if let After::Frame(frame) = after {
            self.jump = Some(frame);
        }
        after != After::End
    }

    /// Continues at another place. `None` if that is impossible.
    fn jump(&mut self, frame: u64) -> Option<()> {
        let (format, timeline) = self.timeline.as_mut()?;
        let seconds = frame as f64 / f64::from(format.rate_hz) - PRIMING_SECS;
        let units = (seconds * f64::from(self.timescale)).max(0.0) as i64;
        let to = SeekTo::Timestamp {
            ts: Timestamp::new(units),
            track_id: self.track,
        };
        let demuxer = &mut self.format;
        let sought = catch_unwind(AssertUnwindSafe(|| demuxer.seek(SeekMode::Accurate, to)));
        timeline.jumped();
        self.decoder.reset();
        sought.ok()?.ok().map(|_| ())
    }
}

impl FrameSource for DemuxedReader {
    fn next(&mut self, block: &mut Vec<f32>) -> Option<StreamFormat> {
        while !self.read.is_at_end {
            if let Some(frame) = self.jump.take()
                && self.jump(frame).is_none()
            {
                self.read.is_at_end = true;
                self.read.is_cut_off = true;
                return None;
            }
            let mut packet = self.next_packet()?;
            let Some(format) = self.decode(&mut packet, block) else {
                continue;
            };
            if !self.place(&packet, format, block) {
                self.read.is_at_end = true;
                self.stated_secs = None;
            }
            if !block.is_empty() {
                return Some(format);
            }
        }
        None
    }

    fn tracks(&self) -> Option<AudioTracks> {
        self.tracks
    }

    fn missing(&self) -> Option<MissingAudio> {
        let count = self.read.skipped_packets;
        if count > TOLERATED_PACKETS {
            return Some(MissingAudio::Packets { count });
        }
        let played = self.timeline.as_ref().and_then(|(format, timeline)| {
            Some(timeline.len()? as f64 / f64::from(format.rate_hz))
        });
        let (stated, read) = match played {
            // Part of the media is not played.
            Some(played) => (self.stated_secs.map(|_| played), self.read.returned_secs),
            None => (self.stated_secs, self.read.media_secs),
        };
        match stated {
            Some(stated_secs)
                if read < (stated_secs * COMPLETE_SHARE).min(stated_secs - COMPLETE_SECS) =>
            {
                Some(MissingAudio::Shorter {
                    stated_secs,
                    read_secs: self.read.returned_secs,
                })
            }
            Some(_) => None,
            None => self.read.is_cut_off.then_some(MissingAudio::Rest {
                read_secs: self.read.returned_secs,
            }),
        }
    }
}

fn new_decoder(parameters: &AudioCodecParameters) -> Result<Box<dyn AudioDecoder>> {
    CODECS.make_audio_decoder(parameters, &AudioDecoderOptions::default())
}

/// Decodes a packet into `block`; `None` if it is corrupt.
fn decode_packet(
    decoder: &mut dyn AudioDecoder,
    packet: &Packet,
    block: &mut Vec<f32>,
) -> Option<StreamFormat> {
    block.clear();
    let decoded = catch_unwind(AssertUnwindSafe(|| {
        let decoded = decoder.decode(packet).ok()?;
        decoded.copy_to_vec_interleaved(block);
        Some(StreamFormat {
            rate_hz: decoded.spec().rate(),
            channels: decoded.spec().channels().count() as u16,
        })
    }));
    decoded.ok().flatten()
}

/// The codec of uncompressed samples whose byte order the demuxer does not read.
fn big_endian_codec(track: &Mp4Track) -> Option<AudioCodecId> {
    match &track.codec {
        _ if track.little_endian => None,
        b"in24" => Some(CODEC_ID_PCM_S24BE),
        b"in32" => Some(CODEC_ID_PCM_S32BE),
        b"fl32" => Some(CODEC_ID_PCM_F32BE),
        b"fl64" => Some(CODEC_ID_PCM_F64BE),
        _ => None,
    }
}

fn audio_track(format: &dyn FormatReader) -> Result<(&Track, &AudioCodecParameters)> {
    let is_decodable = |track: &&Track| {
        let parameters = track.codec_params.as_ref().and_then(|p| p.audio());
        parameters.is_some_and(|p| CODECS.get_audio_decoder(p.codec).is_some())
    };
    let track = format.tracks().iter().find(is_decodable);
    let track = track.or_else(|| format.default_track(TrackType::Audio));
    let track = track.ok_or(SymphoniaError::Unsupported(NO_AUDIO_TRACK))?;
    let parameters = track.codec_params.as_ref().and_then(|p| p.audio());
    parameters
        .map(|parameters| (track, parameters))
        .ok_or(SymphoniaError::Unsupported("unknown audio codec"))
}

/// Which audio track this is, if there are several.
fn audio_tracks(format: &dyn FormatReader, track: u32) -> Option<AudioTracks> {
    let is_audio = |other: &&Track| {
        other
            .codec_params
            .as_ref()
            .is_some_and(|p| p.audio().is_some())
    };
    let audio: Vec<&Track> = format.tracks().iter().filter(is_audio).collect();
    let decoded = audio.iter().position(|other| other.id == track)?;
    (audio.len() > 1).then_some(AudioTracks {
        decoded,
        count: audio.len(),
    })
}

/// Duration by the container.
fn stated_secs(track: &Track) -> Option<f64> {
    let time = track.time_base?.calc_duration(track.duration?)?;
    Some(time.as_secs_f64())
}

/// Frames before the first one that is heard, by the identification header of Opus; otherwise none.
fn priming_frames(parameters: &AudioCodecParameters, big_endian: bool) -> u64 {
    let header = parameters.extra_data.as_deref();
    match header.filter(|header| header.starts_with(b"OpusHead")) {
        Some([_, _, _, _, _, _, _, _, _, _, high, low, ..]) if big_endian => {
            u64::from(u16::from_be_bytes([*high, *low]))
        }
        Some([_, _, _, _, _, _, _, _, _, _, low, high, ..]) => {
            u64::from(u16::from_le_bytes([*low, *high]))
        }
        _ => 0,
    }
}

/// Whether the first packet of an MP3 states the number of packets.
fn has_length_tag(media: &mut Media) -> bool {
    /// Longest packet, and some zeros that may come before it.
    const REACH: usize = 8192;
    let start = match media.bytes_at(0, 10).as_deref() {
        Ok([b'I', b'D', b'3', _, _, _, a, b, c, d]) => {
            let seven = |byte: &u8| u64::from(byte & 0x7f);
            10 + (seven(a) << 21 | seven(b) << 14 | seven(c) << 7 | seven(d))
        }
        _ => 0,
    };
    let first = media.bytes_at(start, REACH).unwrap_or_default();
    let tags: [&[u8]; 3] = [b"Xing", b"Info", b"VBRI"];
    first.windows(4).any(|four| tags.contains(&four))
}
