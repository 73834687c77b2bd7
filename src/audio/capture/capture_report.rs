//! Problems of the microphone during a take, and their messages.

use std::fmt;

use crate::domain::time::{Secs, Span, clock};

/// Even a quiet room is not digital silence: a microphone that is digitally silent for this long is muted.
const SILENT_AFTER: Secs = 5.0;
/// Largest peak-to-peak range of silence: the last of 16 bits may flicker without a microphone.
const SILENCE_RANGE: f32 = 3.0 / 32_768.0;

/// State of the microphone's signal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum InputSignal {
    /// Audio arrives.
    #[default]
    Present,
    /// Digital silence for several seconds: it may be muted.
    Silent,
    /// No samples arrive.
    Lost,
}

/// Problems of the microphone during a take.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CaptureReport {
    /// Spans of the take without audio, filled with silence.
    pub gaps: Vec<Span>,
    /// Seconds of digital silence.
    pub silent: Secs,
    /// Name of the microphone that replaced the first one.
    pub switched_to: Option<String>,
}

/// Measures digital silence in arriving audio.
#[derive(Debug, Default)]
pub struct SilenceDetector {
    current: Secs,
    /// Total of the finished stretches.
    finished: Secs,
}

impl fmt::Display for InputSignal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            InputSignal::Present => "microphone signal restored",
            InputSignal::Silent => "no signal: is the microphone muted?",
            InputSignal::Lost => "no audio arrives: waiting for the microphone",
        })
    }
}

impl CaptureReport {
    /// One message per problem.
    pub fn messages(&self) -> Vec<String> {
        let mut messages = Vec::new();
        let lost: Secs = self.gaps.iter().map(|gap| gap.end - gap.start).sum();
        let switch = self.switched_to.as_ref().map_or(String::new(), |name| {
            format!(". After that, \u{201c}{name}\u{201d} was used")
        });
        match self.gaps.as_slice() {
            [] => messages.extend(self.switched_to.as_ref().map(|name| {
                format!("the microphone was lost; the take continues with \u{201c}{name}\u{201d}")
            })),
            [gap] => messages.push(format!(
                "the microphone delivered no audio for {lost:.1} s from {}: the take is silent there{switch}",
                clock(gap.start)
            )),
            [first, ..] => messages.push(format!(
                "the microphone delivered no audio {} times, {lost:.1} s in total, first at {}: the take is silent there{switch}",
                self.gaps.len(),
                clock(first.start)
            )),
        }
        if self.silent > 0.0 {
            messages.push(format!(
                "the microphone delivered only silence for {:.0} s of the take: check whether it is muted or switched off",
                self.silent
            ));
        }
        messages
    }
}

impl SilenceDetector {
    /// Adds samples that last `seconds`.
    pub fn push(&mut self, samples: &[f32], seconds: Secs) {
        let min = samples.iter().copied().fold(f32::INFINITY, f32::min);
        let max = samples.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        match max - min < SILENCE_RANGE {
            true => self.current += seconds,
            false => {
                self.finished = self.seconds();
                self.current = 0.0;
            }
        }
    }

    /// Whether the audio has been silent for a while.
    pub fn is_silent(&self) -> bool {
        self.current >= SILENT_AFTER
    }

    /// Total duration of the silent stretches that lasted long enough.
    pub fn seconds(&self) -> Secs {
        match self.is_silent() {
            true => self.finished + self.current,
            false => self.finished,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_problem_has_one_message() {
        let gap = |start, end| Span { start, end };
        for (gaps, silent, switched_to, expected) in [
            (vec![], 0.0, None, vec![]),
            (
                vec![gap(14.2, 16.5)],
                0.0,
                None,
                vec![
                    "the microphone delivered no audio for 2.3 s from 0:14: the take is silent there",
                ],
            ),
            (
                vec![gap(14.2, 16.5), gap(61.0, 62.0)],
                7.4,
                Some("Headset"),
                vec![
                    "the microphone delivered no audio 2 times, 3.3 s in total, first at 0:14: the take is silent there. After that, \u{201c}Headset\u{201d} was used",
                    "the microphone delivered only silence for 7 s of the take: check whether it is muted or switched off",
                ],
            ),
        ] {
            let report = CaptureReport {
                gaps,
                silent,
                switched_to: switched_to.map(str::to_owned),
            };
            assert_eq!(report.messages(), expected);
        }
    }

    #[test]
    fn digital_silence_is_detected_and_a_quiet_room_is_not() {
        let quiet_room = |i: usize| if i.is_multiple_of(2) { 2e-4 } else { -2e-4 };
        let muted = |_: usize| 0.25;
        let flickering = |i: usize| if i.is_multiple_of(2) { 3.1e-5 } else { -3.1e-5 };
        let cases: [(&dyn Fn(usize) -> f32, bool); 3] =
            [(&quiet_room, false), (&muted, true), (&flickering, true)];
        for (sample, silent) in cases {
            let samples: Vec<f32> = (0..1600).map(sample).collect();
            let mut silence = SilenceDetector::default();
            for _ in 0..49 {
                silence.push(&samples, 0.1);
                assert!(!silence.is_silent() && silence.seconds() == 0.0);
            }
            for _ in 0..21 {
                silence.push(&samples, 0.1);
            }
            assert_eq!(silence.is_silent(), silent);
            // Speech ends the silence; a pause of four seconds is too short to count.
            silence.push(&[0.5, -0.5], 0.1);
            assert!(!silence.is_silent());
            for _ in 0..40 {
                silence.push(&[0.0; 1600], 0.1);
            }
            let seconds = (silence.seconds() * 10.0).round() / 10.0;
            assert_eq!(seconds, if silent { 7.0 } else { 0.0 });
        }
    }
}
