//! The thresholds of a profile that the user can adjust step by step in the settings. A step that would put
//! them in an inconsistent order is refused.

use std::fmt;

use super::profile::Profile;

/// One adjustable threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threshold {
    /// Lower limit of a good pace.
    PaceOkMin,
    /// Upper limit of a good pace.
    PaceOkMax,
    /// A slower pace is red.
    PaceRedMin,
    /// A faster pace is red.
    PaceRedMax,
    /// Up to this many fillers per minute are fine.
    FillersOkMax,
    /// From this many fillers per minute on, they are red.
    FillersRedMin,
    /// A longer pause inside a sentence is amber.
    PauseInsideMax,
    /// A longer pause anywhere is red.
    PauseRedMin,
    /// Shortest pause between sentences that is praised.
    PauseGoodMin,
    /// Longest pause between sentences that is praised.
    PauseGoodMax,
}

impl Threshold {
    /// All thresholds; those of one measurement are adjacent.
    pub const ALL: [Threshold; 10] = [
        Threshold::PaceOkMin,
        Threshold::PaceOkMax,
        Threshold::PaceRedMin,
        Threshold::PaceRedMax,
        Threshold::FillersOkMax,
        Threshold::FillersRedMin,
        Threshold::PauseInsideMax,
        Threshold::PauseRedMin,
        Threshold::PauseGoodMin,
        Threshold::PauseGoodMax,
    ];

    /// The value in words per minute, fillers per minute or seconds.
    pub fn value(self, profile: &Profile) -> f64 {
        let mut profile = profile.clone();
        *self.field_mut(&mut profile)
    }

    /// The value with its unit, for display.
    pub fn label(self, profile: &Profile) -> String {
        let number = self.value(profile);
        match self.step() {
            step if step < 1.0 => format!("{number:.1} s"),
            _ if matches!(self, Threshold::FillersOkMax | Threshold::FillersRedMin) => {
                format!("{number:.0}/min")
            }
            _ => format!("{number:.0} words/min"),
        }
    }

    /// The profile with this threshold one step higher or lower; `None` if that is not valid.
    pub fn adjusted(self, profile: &Profile, up: bool) -> Option<Profile> {
        let step = self.step();
        let mut changed = profile.clone();
        let number = self.field_mut(&mut changed);
        // A value edited by hand first snaps to a whole step.
        let steps = *number / step;
        let next = match up {
            true => (steps + 1e-6).floor() + 1.0,
            false => (steps - 1e-6).ceil() - 1.0,
        };
        // Rounded, so that the settings file shows 0.7 instead of 0.7000000000000001.
        *number = (next * step * 100.0).round() / 100.0;
        let in_order = |inner: [f64; 2], outer: [f64; 2]| {
            outer[0] <= inner[0] && inner[0] < inner[1] && inner[1] <= outer[1]
        };
        let is_valid = in_order(changed.pace_ok_wpm, changed.pace_red_wpm)
            && changed.pace_red_wpm[0] > 0.0
            && changed.fillers_ok_per_minute < changed.fillers_red_per_minute
            && changed.pause_inside_amber < changed.pause_red
            && changed.pause_inside_amber > 0.0
            && changed.pause_good[0] < changed.pause_good[1]
            && changed.pause_good[1] <= changed.pause_red
            && changed.problem().is_none();
        is_valid.then_some(changed)
    }

    fn step(self) -> f64 {
        match self {
            Threshold::PaceOkMin
            | Threshold::PaceOkMax
            | Threshold::PaceRedMin
            | Threshold::PaceRedMax => 5.0,
            Threshold::FillersOkMax | Threshold::FillersRedMin => 1.0,
            Threshold::PauseInsideMax | Threshold::PauseGoodMin | Threshold::PauseGoodMax => 0.1,
            Threshold::PauseRedMin => 0.5,
        }
    }

    fn field_mut(self, profile: &mut Profile) -> &mut f64 {
        match self {
            Threshold::PaceOkMin => &mut profile.pace_ok_wpm[0],
            Threshold::PaceOkMax => &mut profile.pace_ok_wpm[1],
            Threshold::PaceRedMin => &mut profile.pace_red_wpm[0],
            Threshold::PaceRedMax => &mut profile.pace_red_wpm[1],
            Threshold::FillersOkMax => &mut profile.fillers_ok_per_minute,
            Threshold::FillersRedMin => &mut profile.fillers_red_per_minute,
            Threshold::PauseInsideMax => &mut profile.pause_inside_amber,
            Threshold::PauseRedMin => &mut profile.pause_red,
            Threshold::PauseGoodMin => &mut profile.pause_good[0],
            Threshold::PauseGoodMax => &mut profile.pause_good[1],
        }
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Threshold::PaceOkMin => "Good pace from",
            Threshold::PaceOkMax => "Good pace up to",
            Threshold::PaceRedMin => "Slow pace below",
            Threshold::PaceRedMax => "Fast pace above",
            Threshold::FillersOkMax => "Acceptable fillers up to",
            Threshold::FillersRedMin => "Too many fillers from",
            Threshold::PauseInsideMax => "Long pause in a sentence above",
            Threshold::PauseRedMin => "Very long pause above",
            Threshold::PauseGoodMin => "Good pause from",
            Threshold::PauseGoodMax => "Good pause up to",
        })
    }
}

impl Profile {
    /// Resets all thresholds. The ownership style and the intonation baseline stay.
    pub fn with_default_thresholds(&self) -> Profile {
        Profile {
            ownership: self.ownership,
            baseline: self.baseline,
            ..Profile::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_up_and_down_returns_to_the_start() {
        let default = Profile::default();
        for threshold in Threshold::ALL {
            for up in [true, false] {
                let Some(stepped) = threshold.adjusted(&default, up) else {
                    continue;
                };
                let by = threshold.value(&stepped) - threshold.value(&default);
                assert!(
                    (by.abs() - threshold.step()).abs() < 1e-9,
                    "{threshold}: {by}"
                );
                assert_eq!(by > 0.0, up, "{threshold}");
                let back = threshold.adjusted(&stepped, !up);
                assert_eq!(back.as_ref(), Some(&default), "{threshold}");
            }
        }
        assert_eq!(Threshold::PaceOkMin.label(&default), "110 words/min");
        assert_eq!(Threshold::FillersRedMin.label(&default), "12/min");
        assert_eq!(Threshold::PauseGoodMin.label(&default), "0.5 s");
    }

    #[test]
    fn thresholds_keep_their_order() {
        let mut profile = Profile::default();
        let mut steps = 0;
        while let Some(stepped) = Threshold::PaceOkMin.adjusted(&profile, true) {
            profile = stepped;
            steps += 1;
            assert!(steps < 100);
        }
        assert_eq!(profile.pace_ok_wpm, [160.0, 165.0]);
        let mut profile = Profile::default();
        while let Some(stepped) = Threshold::PaceRedMin.adjusted(&profile, true) {
            profile = stepped;
        }
        assert_eq!(profile.pace_red_wpm, [110.0, 190.0]);
        let mut profile = Profile::default();
        while let Some(stepped) = Threshold::FillersOkMax.adjusted(&profile, false) {
            profile = stepped;
        }
        assert_eq!(profile.fillers_ok_per_minute, 0.0);
    }

    #[test]
    fn hand_edited_value_snaps_to_a_whole_step() {
        let by_hand = Profile {
            pace_ok_wpm: [112.0, 165.0],
            ..Profile::default()
        };
        let up = Threshold::PaceOkMin.adjusted(&by_hand, true).expect("room");
        let down = Threshold::PaceOkMin
            .adjusted(&by_hand, false)
            .expect("room");
        assert_eq!(up.pace_ok_wpm[0], 115.0);
        assert_eq!(down.pace_ok_wpm[0], 110.0);
    }
}
