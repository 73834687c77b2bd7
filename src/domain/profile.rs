//! The user's profile: thresholds that judge each measurement, and how "we" counts.
//!
//! The numbers here are the defaults of a settings file, not constants of the analysis.

use serde::{Deserialize, Serialize};

use super::time::Secs;

/// Thresholds and preferences. Every field has a default, so a file lists only what differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// How "we" in the Action section counts.
    pub ownership: OwnershipStyle,
    /// Words per minute that are in range; outside is at least amber. Speaker Coach warns outside 100-165,
    /// coaches aim at 140-160.
    #[serde(rename = "pace_quiet_wpm")]
    pub pace_ok_wpm: [f64; 2],
    /// Outside this range of words per minute, the pace is red.
    pub pace_red_wpm: [f64; 2],
    /// Share of the target time that is in range.
    #[serde(rename = "time_quiet")]
    pub time_ok: [f64; 2],
    /// Outside this share of the target time, the time is red: Toastmasters' grace period, scaled.
    pub time_red: [f64; 2],
    /// A longer pause inside a clause is amber.
    pub pause_inside_amber: Secs,
    /// A pause anywhere of this length is red (Frontiers in Psychology 2022, 778018).
    pub pause_red: Secs,
    /// Pauses between sentences of this length are praised.
    pub pause_good: [Secs; 2],
    /// Fillers per minute that do no harm (Henderson et al. 2023, jaba.1093).
    #[serde(rename = "fillers_quiet_per_minute")]
    pub fillers_ok_per_minute: f64,
    /// Fillers per minute that do harm (same source).
    pub fillers_red_per_minute: f64,
    /// Below this speech level, in dBFS, the measurements cannot be trusted.
    pub quiet_speech_dbfs: f64,
    /// The speaker's usual intonation. Without it intonation is not judged, because no range fits everyone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Baseline>,
}

/// A speaker's own usual values.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// Standard deviation of the pitch around its median.
    pub pitch_sd_semitones: f64,
}

/// How "we" counts. Amazon advises "I"; MIT's 138 mock interviews found that "we" helps (arXiv 1504.03425).
/// So the user chooses.
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
            pace_ok_wpm: [110.0, 165.0],
            pace_red_wpm: [100.0, 190.0],
            time_ok: [0.80, 1.05],
            time_red: [0.50, 1.20],
            pause_inside_amber: 1.0,
            pause_red: 4.0,
            pause_good: [0.5, 1.0],
            fillers_ok_per_minute: 5.0,
            fillers_red_per_minute: 12.0,
            quiet_speech_dbfs: -45.0,
            baseline: None,
        }
    }
}

/// How a measurement compares with its thresholds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rating {
    /// In range: nothing to report.
    #[serde(rename = "quiet")]
    Ok,
    /// Slightly out of range.
    Amber,
    /// So far out of range that an interviewer would notice.
    Red,
}

impl Profile {
    /// Describes the first invalid value in one sentence; `None` if the profile is valid.
    pub fn problem(&self) -> Option<String> {
        let ranges = [
            ("pace_quiet_wpm", self.pace_ok_wpm),
            ("pace_red_wpm", self.pace_red_wpm),
            ("time_quiet", self.time_ok),
            ("time_red", self.time_red),
            ("pause_good", self.pause_good),
            (
                "fillers_quiet_per_minute and fillers_red_per_minute",
                [self.fillers_ok_per_minute, self.fillers_red_per_minute],
            ),
            (
                "pause_inside_amber and pause_red",
                [self.pause_inside_amber, self.pause_red],
            ),
        ];
        let bad_range = ranges
            .into_iter()
            .find(|(_, [low, high])| !(0.0 <= *low && low <= high && high.is_finite()));
        let range_problem = bad_range.map(|(name, _)| {
            format!("{name} must be two numbers, 0 or greater, the lower one first")
        });
        let baseline = self.baseline.map_or(1.0, |own| own.pitch_sd_semitones);
        let is_baseline_invalid = !(baseline > 0.0 && baseline.is_finite());
        range_problem
            .or_else(|| {
                is_baseline_invalid
                    .then(|| "pitch_sd_semitones must be a number above 0".to_owned())
            })
            .or_else(|| {
                let is_level_invalid = !self.quiet_speech_dbfs.is_finite();
                is_level_invalid
                    .then(|| "quiet_speech_dbfs must be a number, such as -45".to_owned())
            })
    }
}

impl Rating {
    /// Ok inside `ok`, red outside `red`, amber between them. The limits belong to the better rating.
    pub fn from_ranges(value: f64, ok: [f64; 2], red: [f64; 2]) -> Rating {
        if (ok[0]..=ok[1]).contains(&value) {
            Rating::Ok
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
    fn invalid_profile_names_the_bad_key() {
        assert_eq!(Profile::default().problem(), None);
        let swapped_range = Profile {
            pace_ok_wpm: [165.0, 110.0],
            ..Profile::default()
        };
        let negative = Profile {
            fillers_ok_per_minute: -1.0,
            ..Profile::default()
        };
        let not_a_number = Profile {
            baseline: Some(Baseline {
                pitch_sd_semitones: f64::NAN,
            }),
            ..Profile::default()
        };
        for (profile, name) in [
            (swapped_range, "pace_quiet_wpm"),
            (negative, "fillers_quiet_per_minute"),
            (not_a_number, "pitch_sd_semitones"),
        ] {
            assert!(profile.problem().is_some_and(|why| why.contains(name)));
        }
    }

    #[test]
    fn limits_belong_to_the_better_rating() {
        let profile = Profile::default();
        let ratings: Vec<Rating> = [99.0, 100.0, 110.0, 165.0, 166.0, 190.0, 190.5]
            .map(|wpm| Rating::from_ranges(wpm, profile.pace_ok_wpm, profile.pace_red_wpm))
            .to_vec();
        use Rating::*;
        assert_eq!(ratings, [Red, Amber, Ok, Ok, Amber, Amber, Red]);
    }
}
