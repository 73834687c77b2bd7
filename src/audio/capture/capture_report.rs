//! What befell the microphone during a take, and how it is said.

use std::fmt;

use crate::domain::time::{Secs, Span, clock};

/// A person breathes, and the room hums: a microphone that gives nothing at all for so long is muted.
const SILENT_FROM: Secs = 5.0;
/// The range of samples that are silence: the last bit of 16 flickers even where nobody is connected.
const SILENCE: f32 = 3.0 / 32_768.0;

/// What of the microphone is heard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum InputSignal {
    /// All of it.
    #[default]
    Present,
    /// Nothing but digital silence, for seconds: it may be muted.
    Silent,
    /// Nothing arrives at all.
    Lost,
}

/// What befell the microphone during a take.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CaptureReport {
    /// Where no sound came, in the take's time: there the take is silent.
    pub gaps: Vec<Span>,
    /// Seconds in which nothing but digital silence came.
    pub silent: Secs,
    /// Which microphone is heard since, where it is another one.
    pub switched_to: Option<String>,
}

/// Sound that is nothing but silence, as it comes in.
#[derive(Debug, Default)]
pub struct SilenceDetector {
    lasts: Secs,
    /// Of stretches that are over.
    before: Secs,
}

impl fmt::Display for InputSignal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            InputSignal::Present => "the microphone is heard",
            InputSignal::Silent => "only silence comes: is the microphone muted?",
            InputSignal::Lost => "no sound comes: waiting for the microphone",
        })
    }
}

impl CaptureReport {
    /// Each in a sentence.
    pub fn messages(&self) -> Vec<String> {
        let mut sentences = Vec::new();
        let away: Secs = self.gaps.iter().map(|gap| gap.end - gap.start).sum();
        let since = self.switched_to.as_ref().map_or(String::new(), |name| {
            format!(". Since then \u{201c}{name}\u{201d} is heard")
        });
        match self.gaps.as_slice() {
            [] if self.switched_to.is_some() => sentences.push(format!(
                "the microphone went away{since}: what was said before is kept"
            )),
            [] => {}
            [gap] => sentences.push(format!(
                "no sound came from the microphone for {away:.1} s, from {} on: the take is silent there{since}",
                clock(gap.start)
            )),
            [first, ..] => sentences.push(format!(
                "{} times no sound came from the microphone, for {away:.1} s in all, first at {}: the take is silent there{since}",
                self.gaps.len(),
                clock(first.start)
            )),
        }
        if self.silent > 0.0 {
            sentences.push(format!(
                "for {:.0} s of the take the microphone gave nothing but silence: see whether it is muted or switched off",
                self.silent
            ));
        }
        sentences
    }
}

impl SilenceDetector {
    /// Samples that last `seconds` arrived.
    pub fn push(&mut self, samples: &[f32], seconds: Secs) {
        let least = samples.iter().copied().fold(f32::INFINITY, f32::min);
        let most = samples.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        match most - least < SILENCE {
            true => self.lasts += seconds,
            false => {
                self.before = self.seconds();
                self.lasts = 0.0;
            }
        }
    }

    /// Whether nothing else has come for a while.
    pub fn is_silent(&self) -> bool {
        self.lasts >= SILENT_FROM
    }

    /// Seconds of all of it that lasted.
    pub fn seconds(&self) -> Secs {
        match self.is_silent() {
            true => self.before + self.lasts,
            false => self.before,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_befell_it_is_said_in_a_sentence() {
        let gap = |start, end| Span { start, end };
        for (gaps, silent, since, expected) in [
            (vec![], 0.0, None, vec![]),
            (
                vec![gap(14.2, 16.5)],
                0.0,
                None,
                vec![
                    "no sound came from the microphone for 2.3 s, from 0:14 on: the take is silent there",
                ],
            ),
            (
                vec![gap(14.2, 16.5), gap(61.0, 62.0)],
                7.4,
                Some("Headset"),
                vec![
                    "2 times no sound came from the microphone, for 3.3 s in all, first at 0:14: the take is silent there. Since then \u{201c}Headset\u{201d} is heard",
                    "for 7 s of the take the microphone gave nothing but silence: see whether it is muted or switched off",
                ],
            ),
        ] {
            let since = since.map(str::to_owned);
            let mishaps = CaptureReport {
                gaps,
                silent,
                switched_to: since,
            };
            assert_eq!(mishaps.messages(), expected);
        }
    }

    #[test]
    fn silence_is_what_nobody_is_connected_to() {
        let quiet_room = |i: usize| if i.is_multiple_of(2) { 2e-4 } else { -2e-4 };
        let muted = |_: usize| 0.25;
        let flickering = |i: usize| if i.is_multiple_of(2) { 3.1e-5 } else { -3.1e-5 };
        let sound: [(&dyn Fn(usize) -> f32, bool); 3] =
            [(&quiet_room, false), (&muted, true), (&flickering, true)];
        for (sample, silent) in sound {
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
            // Somebody speaks; a pause of four seconds is a pause.
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
