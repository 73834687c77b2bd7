//! Decides which decoded frames belong to a recording: it leaves out what an edit list skips, and fills time
//! without packets with silence. Knows nothing of files and codecs.

use super::mp4::Edit;

/// Timestamps are rounded, so that a shorter gap than this is none.
const SHORTEST_GAP_SECS: f64 = 0.06;
/// A longer gap is an invalid timestamp.
const LONGEST_GAP_SECS: f64 = 600.0;

/// What comes after a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// The following block.
    Following,
    /// The block with this frame, which is before the end of this one.
    Frame(u64),
    /// Nothing.
    End,
}

/// A stretch of frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stretch {
    Media { start: u64, end: u64 },
    Silence(u64),
}

/// The order of the frames of a recording.
#[derive(Debug)]
pub(super) struct Timeline {
    rate_hz: u32,
    channels: usize,
    /// Empty if everything is played.
    stretches: Vec<Stretch>,
    current: usize,
    fills_gaps: bool,
    /// End of the last block.
    end: Option<u64>,
    /// Frames at the start that only prime the decoder.
    skip: u64,
}

impl Timeline {
    /// `timescale` is that of the edits. `skip` frames at the start are left out.
    pub(super) fn new(
        (rate_hz, channels): (u32, u16),
        (edits, timescale): (&[Edit], u32),
        fills_gaps: bool,
        skip: u64,
    ) -> Self {
        let frames = |units: u64| {
            let frames = u128::from(units) * u128::from(rate_hz) / u128::from(timescale.max(1));
            u64::try_from(frames).unwrap_or(u64::MAX)
        };
        let most = (LONGEST_GAP_SECS * f64::from(rate_hz)) as u64;
        let stretch = |edit: &Edit| match (edit.start, edit.len) {
            (Some(start), len) => Stretch::Media {
                start: frames(start),
                end: len.map_or(u64::MAX, |len| frames(start.saturating_add(len))),
            },
            (None, len) => Stretch::Silence(len.map_or(0, frames).min(most)),
        };
        Self {
            rate_hz,
            channels: usize::from(channels),
            stretches: edits.iter().map(stretch).collect(),
            current: 0,
            fills_gaps,
            end: None,
            skip,
        }
    }

    /// Frames that are played, unless the end is open.
    pub(super) fn len(&self) -> Option<u64> {
        let mut len: u64 = 0;
        for stretch in &self.stretches {
            len = len.saturating_add(match stretch {
                Stretch::Media { end: u64::MAX, .. } => return None,
                Stretch::Media { start, end } => end - start,
                Stretch::Silence(frames) => *frames,
            });
        }
        (!self.stretches.is_empty()).then_some(len)
    }

    /// The demuxer continues at another place.
    pub(super) fn jumped(&mut self) {
        self.end = None;
    }

    /// Leaves in `block`, which begins at frame `at` of the media, what is played of it.
    pub(super) fn place(&mut self, at: u64, block: &mut Vec<f32>) -> After {
        let at = self.fill_gap(at, block);
        self.end = Some(at + (block.len() / self.channels) as u64);
        if self.stretches.is_empty() {
            let skipped = self.skip.min((block.len() / self.channels) as u64);
            self.skip -= skipped;
            block.drain(..skipped as usize * self.channels);
            return After::Following;
        }
        self.cut(at, block)
    }

    /// Puts silence before `block` if there is a gap before it, and returns its new beginning.
    fn fill_gap(&self, at: u64, block: &mut Vec<f32>) -> u64 {
        let Some(end) = self.end.filter(|end| self.fills_gaps && at > *end) else {
            return at;
        };
        let gap_secs = (at - end) as f64 / f64::from(self.rate_hz);
        if !(SHORTEST_GAP_SECS..LONGEST_GAP_SECS).contains(&gap_secs) {
            return at;
        }
        let silence = vec![0.0; (at - end) as usize * self.channels];
        block.splice(..0, silence);
        end
    }

    fn cut(&mut self, at: u64, block: &mut Vec<f32>) -> After {
        let block_end = at + (block.len() / self.channels) as u64;
        let whole = std::mem::take(block);
        loop {
            match self.stretches.get(self.current) {
                None => return After::End,
                Some(Stretch::Silence(frames)) => {
                    block.resize(block.len() + *frames as usize * self.channels, 0.0);
                }
                Some(Stretch::Media { start, end }) => {
                    let from = (*start).clamp(at, block_end) - at;
                    let to = (*end).clamp(at, block_end) - at;
                    let range =
                        from as usize * self.channels..to.max(from) as usize * self.channels;
                    block.extend(&whole[range]);
                    if *end > block_end {
                        return After::Following;
                    }
                }
            }
            self.current += 1;
            if let Some(Stretch::Media { start, .. }) = self.stretches.get(self.current)
                && *start < at
            {
                return After::Frame(*start);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays media of `len` frames in blocks of 10, from any multiple of 10, and returns what is played; a
    /// frame's sample is its number.
    fn played(edits: &[(Option<u64>, Option<u64>)], len: u64) -> Vec<f32> {
        let edit = |&(start, len)| Edit { start, len };
        let edits: Vec<Edit> = edits.iter().map(edit).collect();
        let mut timeline = Timeline::new((100, 1), (&edits, 100), false, 0);
        let mut out = Vec::new();
        let mut at = 0;
        while at < len {
            let mut block: Vec<f32> = (at..(at + 10).min(len)).map(|frame| frame as f32).collect();
            let after = timeline.place(at, &mut block);
            out.extend(block);
            at = match after {
                After::Following => at + 10,
                After::Frame(frame) => {
                    timeline.jumped();
                    frame / 10 * 10
                }
                After::End => break,
            };
        }
        out
    }

    /// Frames of ranges: first, and end.
    fn frames(ranges: &[(u64, u64)]) -> Vec<f32> {
        let all = ranges.iter().flat_map(|(first, end)| *first..*end);
        all.map(|frame| frame as f32).collect()
    }

    #[test]
    fn edits_are_played_in_their_order() {
        assert_eq!(played(&[], 35), frames(&[(0, 35)]));
        assert_eq!(played(&[(Some(13), None)], 35), frames(&[(13, 35)]));
        assert_eq!(played(&[(Some(3), Some(4))], 35), frames(&[(3, 7)]));
        let cut = [(Some(3), Some(4)), (Some(8), Some(1)), (Some(20), Some(11))];
        assert_eq!(played(&cut, 35), frames(&[(3, 7), (8, 9), (20, 31)]));
        let moved = [
            (Some(20), Some(5)),
            (Some(3), Some(19)),
            (Some(30), Some(99)),
        ];
        assert_eq!(played(&moved, 35), frames(&[(20, 25), (3, 22), (30, 35)]));
        let twice = [(Some(5), Some(20)), (Some(5), Some(20))];
        assert_eq!(played(&twice, 35), frames(&[(5, 25), (5, 25)]));
    }

    #[test]
    fn pause_of_an_edit_list_is_silence() {
        let edits = [(Some(28), Some(2)), (None, Some(3)), (Some(1), Some(2))];
        assert_eq!(played(&edits, 35), [28., 29., 0., 0., 0., 1., 2.]);
    }

    #[test]
    fn time_without_packets_is_silence() {
        let mut timeline = Timeline::new((100, 2), (&[], 1), true, 0);
        let mut place = |at, frames: usize| {
            let mut block = vec![1.0; frames * 2];
            timeline.place(at, &mut block);
            block
        };
        assert_eq!(place(500, 4), [1.0; 8]);
        // Rounding.
        assert_eq!(place(506, 1), [1.0; 2]);
        assert_eq!(
            place(515, 1)[..],
            [[0.0; 16].as_slice(), &[1.0; 2]].concat()
        );
        // Nonsense.
        assert_eq!(place(999_999, 1), [1.0; 2]);
    }

    #[test]
    fn priming_frames_are_skipped_once() {
        let mut timeline = Timeline::new((100, 1), (&[], 1), false, 12);
        let lens: Vec<usize> = (0..3)
            .map(|block| {
                let mut frames = vec![0.0; 10];
                timeline.place(block * 10, &mut frames);
                frames.len()
            })
            .collect();
        assert_eq!(lens, [0, 8, 10]);
    }
}
