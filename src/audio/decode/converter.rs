//! Converts frames of any rate and channel count to 16 kHz mono, for files and microphones alike.

use crate::audio::channels::note::ChannelNote;
use crate::audio::channels::rule::NewVoiceDetector;
use crate::audio::channels::survey::ChannelSurvey;
use crate::audio::downmix::Downmix;
use crate::audio::resample::{RateError, Resampler};
use crate::domain::take::Audio;

/// Frames after which the channels are judged anew: a fiftieth of a second.
const JUDGED_PER_SECOND: u32 = 50;

/// Converts frames of any format to 16 kHz mono.
pub(crate) struct AnalysisConverter {
    downmix: Downmix,
    /// `None` if there is only one channel.
    survey: Option<ChannelSurvey>,
    /// The only channel that is used, from 0.
    only: Option<usize>,
    resampler: Resampler,
    only_samples: Vec<f32>,
    mixed: Vec<f32>,
    rate_hz: u32,
    channels: u16,
    frames: u64,
}

impl AnalysisConverter {
    /// For an input with this format. `only` is the chosen channel, from 1; without one, the sound decides.
    pub(crate) fn new(
        rate_hz: u32,
        channels: u16,
        only: Option<u16>,
        detector: Option<&NewVoiceDetector>,
    ) -> Result<Self, RateError> {
        let only = only.filter(|channel| (1..=channels).contains(channel));
        Ok(Self {
            downmix: Downmix::new(if only.is_some() { 1 } else { channels }),
            survey: match channels {
                0 | 1 => None,
                _ => Some(ChannelSurvey::new(
                    rate_hz,
                    channels,
                    only.is_none(),
                    detector,
                )?),
            },
            only: only.map(|channel| usize::from(channel) - 1),
            resampler: Resampler::new(rate_hz)?,
            only_samples: Vec::new(),
            mixed: Vec::new(),
            rate_hz,
            channels,
            frames: 0,
        })
    }

    /// Whether it decides which channels are recorded.
    pub(crate) fn is_deciding(&self) -> bool {
        self.survey.is_some() && self.only.is_none()
    }

    /// Listens to interleaved frames that will be pushed, so that the decision does not have to wait for them.
    pub(crate) fn preview(&mut self, interleaved: &[f32]) {
        if let Some(survey) = &mut self.survey {
            survey.preview(interleaved);
        }
    }

    /// Converts whole interleaved frames and appends the result to `out`.
    pub(crate) fn push(&mut self, interleaved: &[f32], out: &mut Vec<f32>) {
        let channels = usize::from(self.channels.max(1));
        let step = (self.rate_hz / JUDGED_PER_SECOND).max(1) as usize * channels;
        for frames in interleaved.chunks(step) {
            if let Some(survey) = &mut self.survey {
                survey.push(frames);
                self.downmix.leave_out(survey.left_out());
            }
            self.mixed.clear();
            match self.only {
                Some(only) => {
                    self.only_samples.clear();
                    let samples = frames.iter().skip(only).step_by(channels);
                    self.only_samples.extend(samples);
                    self.downmix.push(&self.only_samples, &mut self.mixed);
                }
                None => self.downmix.push(frames, &mut self.mixed),
            }
            self.frames += self.mixed.len() as u64;
            self.resampler.push(&self.mixed, out);
        }
    }

    /// A take begins now: what was heard before is not the answer.
    pub(crate) fn begin_take(&mut self) {
        if let Some(survey) = &mut self.survey {
            survey.begin_take();
        }
    }

    /// What the user should know about the channels. Returned only once.
    pub(crate) fn take_note(&mut self, has_ended: bool) -> Option<ChannelNote> {
        self.survey.as_mut()?.take_note(has_ended)
    }

    /// The level of each of several channels since the last call, in dBFS.
    pub(crate) fn take_levels(&mut self) -> Option<Vec<f64>> {
        Some(self.survey.as_mut()?.take_levels())
    }

    /// The samples that are recorded of interleaved frames, if one channel was chosen; otherwise all.
    pub(crate) fn chosen(&self, interleaved: &[f32]) -> Vec<f32> {
        match self.only {
            Some(only) => {
                let channels = usize::from(self.channels.max(1));
                let samples = interleaved.iter().skip(only).step_by(channels);
                samples.copied().collect()
            }
            None => interleaved.to_vec(),
        }
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
