//! What is expected of a speaker: the bands of each reading and how "we" is seen. Defaults of a
//! file that the user can change, not constants of the analysis.

use serde::{Deserialize, Serialize};

use super::time::Secs;

/// A user's expectations; every field has a default, so a file names only what differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// How "we" in the Action section is seen.
    pub ownership: OwnershipStyle,
    /// Words a minute that are quiet; outside is amber. Speaker Coach warns outside 100-165,
    /// coaches aim at 140-160.
    pub pace_quiet_wpm: [f64; 2],
    /// Words a minute outside which the pace is red.
    pub pace_red_wpm: [f64; 2],
    /// Share of the target that is quiet.
    pub time_quiet: [f64; 2],
    /// Share of the target outside which the time is red: Toastmasters' grace, scaled.
    pub time_red: [f64; 2],
    /// A pause inside a clause longer than this is amber.
    pub pause_inside_amber: Secs,
    /// A pause anywhere of this length is red (Frontiers in Psychology 2022, 778018).
    pub pause_red: Secs,
    /// Pauses between sentences of this length are praised.
    pub pause_good: [Secs; 2],
    /// Fillers a minute that do no harm (Henderson et al. 2023, jaba.1093).
    pub fillers_quiet_per_minute: f64,
    /// Fillers a minute that do (same source).
    pub fillers_red_per_minute: f64,
    /// Speech below this level, in dBFS, is too quiet to trust the readings.
    pub quiet_speech_dbfs: f64,
    /// How the speaker's voice usually moves; nothing is said of it without: there is no band for
    /// everyone (metrics: "own baseline only").
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Baseline>,
}

/// A speaker's own usual values.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// Standard deviation of the pitch about its median.
    pub pitch_sd_semitones: f64,
}

/// How "we" is seen. Amazon's advice asks for "I"; MIT's 138 mock interviews found "we" to help
/// (arXiv 1504.03425): hence a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OwnershipStyle {
    /// "we" in Action is a finding.
    Amazon,
    /// "we" is fine.
    Collaborative,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            ownership: OwnershipStyle::Amazon,
            pace_quiet_wpm: [110.0, 165.0],
            pace_red_wpm: [100.0, 190.0],
            time_quiet: [0.80, 1.05],
            time_red: [0.50, 1.20],
            pause_inside_amber: 1.0,
            pause_red: 4.0,
            pause_good: [0.5, 1.0],
            fillers_quiet_per_minute: 5.0,
            fillers_red_per_minute: 12.0,
            quiet_speech_dbfs: -45.0,
            baseline: None,
        }
    }
}

/// How a reading stands to its band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rating {
    /// As expected: nothing to say.
    Quiet,
    /// Worth a look.
    Amber,
    /// An interviewer would notice.
    Red,
}

impl Profile {
    /// What cannot be meant, in a sentence; `None` for a profile that can be used.
    pub fn problem(&self) -> Option<String> {
        let ranges = [
            ("pace_quiet_wpm", self.pace_quiet_wpm),
            ("pace_red_wpm", self.pace_red_wpm),
            ("time_quiet", self.time_quiet),
            ("time_red", self.time_red),
            ("pause_good", self.pause_good),
            (
                "fillers_quiet_per_minute and fillers_red_per_minute",
                [self.fillers_quiet_per_minute, self.fillers_red_per_minute],
            ),
            (
                "pause_inside_amber and pause_red",
                [self.pause_inside_amber, self.pause_red],
            ),
        ];
        let wrong = ranges
            .into_iter()
            .find(|(_, [low, high])| !(0.0 <= *low && low <= high && high.is_finite()));
        let wrong = wrong.map(|(name, _)| {
            format!("{name}: two numbers are needed, from 0 up, the lower one first")
        });
        let baseline = self.baseline.map_or(1.0, |own| own.pitch_sd_semitones);
        let flat = !(baseline > 0.0 && baseline.is_finite());
        wrong
            .or_else(|| flat.then(|| "pitch_sd_semitones: a number above 0 is needed".to_owned()))
            .or_else(|| {
                let level = !self.quiet_speech_dbfs.is_finite();
                level.then(|| "quiet_speech_dbfs: a number is needed, such as -45".to_owned())
            })
    }
}

impl Rating {
    /// Quiet inside `quiet`, red outside `red`, amber between.
    pub fn of(value: f64, quiet: [f64; 2], red: [f64; 2]) -> Rating {
        if (quiet[0]..=quiet[1]).contains(&value) {
            Rating::Quiet
        } else if value < red[0] || value > red[1] {
            Rating::Red
        } else {
            Rating::Amber
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_that_cannot_be_meant_is_named() {
        assert_eq!(Profile::default().problem(), None);
        let upside_down = Profile {
            pace_quiet_wpm: [165.0, 110.0],
            ..Profile::default()
        };
        let negative = Profile {
            fillers_quiet_per_minute: -1.0,
            ..Profile::default()
        };
        let nothing = Profile {
            baseline: Some(Baseline {
                pitch_sd_semitones: f64::NAN,
            }),
            ..Profile::default()
        };
        for (profile, name) in [
            (upside_down, "pace_quiet_wpm"),
            (negative, "fillers_quiet_per_minute"),
            (nothing, "pitch_sd_semitones"),
        ] {
            assert!(profile.problem().is_some_and(|why| why.contains(name)));
        }
    }

    #[test]
    fn bands_hold_their_edges() {
        let profile = Profile::default();
        let bands: Vec<Rating> = [99.0, 100.0, 110.0, 165.0, 166.0, 190.0, 190.5]
            .map(|wpm| Rating::of(wpm, profile.pace_quiet_wpm, profile.pace_red_wpm))
            .to_vec();
        use Rating::*;
        assert_eq!(bands, [Red, Amber, Quiet, Quiet, Amber, Amber, Red]);
    }
}
